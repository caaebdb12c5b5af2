/* The typed lines that wait: for the call of their process, or for a line
 * before them. */
#include "player_int.h"

#include "sockstage/base/text.h"

#include <string.h>

static struct player_queued queued_of(
    const struct player *p, const struct task *t, const struct task *busy)
{
    const struct script_line *l = t->line;
    struct player_queued out = {.text = l->source};

    if ((l->kind == LINE_PROCESS || l->kind == LINE_REPEAT) &&
        l->process_count > 0) {
        out.process = l->processes[t->step % l->process_count];
        out.text = l->statement.text;
        out.call = stage_process_status(p->stage, out.process).parked;
    }
    if (!out.call && busy)
        out.line = busy->line->source;
    return out;
}

struct player_queue player_queue(const struct player *p)
{
    struct player_queue out = {0};
    const struct task *busy = NULL;

    for (size_t i = 0; i < p->typed_lane.tasks.len; i++) {
        const struct task *t = p->typed_lane.tasks.items[i];

        if (t->waiting && !t->for_process) {
            busy = t;
            continue;
        }
        if (!t->for_process && !busy)
            continue;
        if (out.count < PLAYER_QUEUE_MAX)
            out.first[out.count] = queued_of(p, t, busy);
        out.count++;
    }
    return out;
}
