/* Whose names there are on the stage: also those that a line will have made
 * that still waits for its turn. */
#include "player_int.h"

#include "sockstage/model/model.h"

#include <string.h>

static bool is_for(const struct script_line *l, const char *process)
{
    for (size_t i = 0; i < l->process_count; i++)
        if (strcmp(l->processes[i], process) == 0)
            return true;
    return false;
}

/* Whether the line gives the process that name, or is the fork() that makes
 * the process, with whatever its parent has. */
static bool line_gives(
    const struct script_line *l, const char *process, const char *name)
{
    const struct statement *st = &l->statement;
    bool forks = st->def && st->def->returns == CALL_RETURNS_PROCESS;

    if (l->kind != LINE_PROCESS && l->kind != LINE_REPEAT)
        return false;
    if (forks && strcmp(st->targets[0], process) == 0)
        return true;
    for (size_t i = 0; i < st->target_count; i++)
        if (strcmp(st->targets[i], name) == 0 && is_for(l, process))
            return true;
    return false;
}

static bool lane_gives(
    const struct lane *lane, const char *process, const char *name)
{
    for (size_t i = 0; i < lane->tasks.len; i++)
        if (line_gives(lane->tasks.items[i]->line, process, name))
            return true;
    return false;
}

static bool has(const void *ctx, const char *process, const char *name)
{
    const struct player *p = ctx;

    return stage_variable(p->stage, process, name) ||
           stage_variable_pending(p->stage, process, name) ||
           lane_gives(&p->script_lane, process, name) ||
           lane_gives(&p->typed_lane, process, name);
}

/* What the curtain hides is told by no message. */
static bool is_hidden(const struct model *m, const struct model_process *of)
{
    return model_hides(
        m, of->host == HOST_SERVER ? MODEL_SERVER : MODEL_CLIENT);
}

static const char *owner(const void *ctx, const char *name)
{
    const struct player *p = ctx;
    const struct model *m = stage_model(p->stage);

    for (size_t i = 0; i < model_process_count(m); i++) {
        const struct model_process *of = model_process_at(m, i);

        if (!of->exited && !is_hidden(m, of) &&
            stage_variable(p->stage, of->name, name))
            return of->name;
    }
    return NULL;
}

struct script_names player_names(const struct player *p)
{
    return (struct script_names){.ctx = p, .has = has, .owner = owner};
}
