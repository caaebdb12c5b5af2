/* Process lines: each member of a fan-out or repeat in its turn, waiting while
 * its process is parked; arguments evaluated; calls made; errors remembered
 * until an `expect` takes them. */
#include "player_int.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- actors ------------------------------------------------------------- */

static const struct actor *actor_find(
    const struct player *p, const char *process)
{
    for (size_t i = 0; i < p->actors.len; i++)
        if (strcmp(p->actors.items[i].name, process) == 0)
            return &p->actors.items[i];
    return NULL;
}

struct actor *player_actor(struct player *p, const char *process)
{
    const struct actor *found = actor_find(p, process);

    if (!found) {
        struct actor fresh = {.name = xstrdup(process)};

        vec_push(&p->actors, fresh);
        return &p->actors.items[p->actors.len - 1];
    }
    return &p->actors.items[found - p->actors.items];
}

void player_say_parked(
    const struct player *p, const char *process, struct str *out)
{
    const struct actor *actor = actor_find(p, process);
    struct stage_process_status status =
        stage_process_status(p->stage, process);

    if (!status.parked)
        return;
    str_addf(out, "in %s()", status.parked);
    if (actor && actor->line)
        str_addf(out, " since line %d", actor->line->line);
}

bool player_has_raised(const struct player *p, const char *process)
{
    const struct actor *actor = actor_find(p, process);
    struct stage_process_status status =
        stage_process_status(p->stage, process);

    return actor && actor->line && !actor->taken && !status.parked &&
           status.has_returned && status.error && !status.interrupted;
}

const char *player_first_raised(const struct player *p)
{
    const struct actor *first = NULL;

    for (size_t i = 0; i < p->actors.len; i++) {
        const struct actor *a = &p->actors.items[i];

        if (player_has_raised(p, a->name) &&
            (!first || a->order < first->order))
            first = a;
    }
    return first ? first->name : NULL;
}

/* A name that another process has was probably meant for that one. */
static void say_whose(
    const struct player *p, const char *message, struct str *out)
{
    const struct script_names names = player_names(p);
    char name[MODEL_NAME_MAX];
    const char *owner = NULL;

    if (sscanf(message, "name '%31[^']' is not defined", name) == 1)
        owner = names.owner(names.ctx, name);
    if (owner)
        str_addf(out, _("; %s belongs to %s"), name, owner);
}

static void say_raised(const struct player *p, const char *process,
    const char *text, struct str *out)
{
    struct stage_process_status status =
        stage_process_status(p->stage, process);
    bool has_errno = strcmp(status.error, status.exception) != 0;

    str_addf(out, _("%s: %s raised %s"), process, text, status.exception);
    if (has_errno)
        str_addf(out, " (%s)", status.error);
    /* Python's text of an errno says no more than its name. */
    if (status.message[0] && strncmp(status.message, "[Errno", 6) != 0)
        str_addf(out, ": %s", status.message);
    if (strcmp(status.exception, "NameError") == 0)
        say_whose(p, status.message, out);
}

enum step player_fail_raised(struct player *p, const char *process)
{
    const struct actor *actor = actor_find(p, process);
    struct stage_process_status status =
        stage_process_status(p->stage, process);
    struct str what = STR_INIT;
    enum step step;

    say_raised(p, process, actor->line->statement.text, &what);
    step = player_fail(p, actor->line, false,
        _("%s; expect it with `expect %s.error == %s`"), str_text(&what),
        process, status.error);
    str_done(&what);
    return step;
}

/* ---- statements --------------------------------------------------------- */

struct scope {
    const struct player *player;
    const char *process;
};

static struct value *lookup(void *ctx, const char *name)
{
    const struct scope *scope = ctx;

    return stage_variable(scope->player->stage, scope->process, name);
}

/* What Python would raise on the way to the call. */
struct raised {
    const char *exception; /* NULL: nothing */
    char message[256];
};

static struct value *evaluate(const struct player *p, const char *process,
    const struct expr *x, struct raised *raised)
{
    struct scope scope = {.player = p, .process = process};

    return expr_eval(x, lookup, &scope, &raised->exception, raised->message,
        sizeof raised->message);
}

static void check_receiver(const struct player *p, const char *process,
    const struct statement *st, struct raised *raised)
{
    const struct value *v;

    if (st->def->on != CALL_ON_SOCKET)
        return;
    v = stage_variable(p->stage, process, st->variable);
    if (!v) {
        raised->exception = "NameError";
        snprintf(raised->message, sizeof raised->message,
            "name '%s' is not defined", st->variable);
    } else if (value_kind(v) != VALUE_SOCKET) {
        raised->exception = "AttributeError";
        snprintf(raised->message, sizeof raised->message,
            "'%s' object has no attribute '%s'", value_type_name(v),
            st->def->name);
    }
}

/* 0 for what is typed. */
static int line_number(const struct task *t)
{
    return t->typed ? 0 : t->line->line;
}

static int make_call(const struct player *p, const struct task *t,
    const char *process, struct raised *raised, struct err *e)
{
    const struct statement *st = &t->line->statement;
    struct stage_call wish = {.process = process,
        .variable = st->variable,
        .def = st->def,
        .target_count = st->target_count,
        .convert = st->decode ? value_decode : NULL,
        .decode = st->decode,
        .python = st->text,
        .line = line_number(t)};
    int r = 0;

    check_receiver(p, process, st, raised);
    for (size_t i = 0; i < st->target_count; i++)
        wish.targets[i] = st->targets[i];
    while (!raised->exception && wish.argc < st->argc) {
        struct value *v = evaluate(p, process, st->args[wish.argc], raised);

        if (v)
            wish.args[wish.argc++] = v;
    }
    if (!raised->exception)
        r = stage_call(p->stage, &wish, e);
    for (size_t i = 0; i < wish.argc; i++)
        value_free(wish.args[i]);
    return r;
}

static int make_assignment(const struct player *p, const char *process,
    const struct statement *st, struct raised *raised, struct err *e)
{
    const char *targets[ARRAY_LEN(st->targets)];
    struct value *v = evaluate(p, process, st->expr, raised);
    int r;

    if (!v)
        return 0;
    for (size_t i = 0; i < st->target_count; i++)
        targets[i] = st->targets[i];
    r = stage_assign(p->stage, process, targets, st->target_count, v, e);
    value_free(v);
    return r;
}

static int make_print(const struct player *p, const char *process,
    const struct statement *st, struct raised *raised, struct err *e)
{
    struct str text = STR_INIT;
    int r = 0;

    for (size_t i = 0; st->expr && i < st->expr->count; i++) {
        struct value *v = evaluate(p, process, st->expr->items[i], raised);

        if (!v)
            goto out;
        if (i > 0)
            str_addc(&text, ' ');
        value_print(v, &text);
        value_free(v);
    }
    str_addc(&text, '\n');
    r = stage_print(p->stage, process, str_text(&text), e);
out:
    str_done(&text);
    return r;
}

static int carry_out(struct player *p, const struct task *t,
    const char *process, struct raised *raised, struct err *e)
{
    const struct statement *st = &t->line->statement;

    switch (st->kind) {
    case STATEMENT_CALL:
        return make_call(p, t, process, raised, e);
    case STATEMENT_ASSIGN:
        return make_assignment(p, process, st, raised, e);
    case STATEMENT_PRINT:
        return make_print(p, process, st, raised, e);
    case STATEMENT_NOTHING:
        break;
    }
    return stage_process_ensure(p->stage, process, e);
}

/* The line that made the process's last call, and whose error is open. */
static void actor_called(
    struct player *p, const struct task *t, const char *process)
{
    struct actor *actor = player_actor(p, process);

    actor->line = t->typed ? NULL : t->line;
    actor->taken = false;
    actor->order = ++p->calls;
}

/* What a process does beside calls is journaled as a line of its own, member
 * by member: one of a fan-out may have raised. */
static void publish_statement(
    struct player *p, const struct task *t, const char *process)
{
    struct str text = STR_INIT;

    if (t->line->statement.kind == STATEMENT_CALL || t->raised)
        return;
    str_addf(&text, "%s: %s", process, t->line->statement.text);
    stage_publish_line(p->stage, str_text(&text), line_number(t));
    str_done(&text);
}

static enum step run_statement(
    struct player *p, struct task *t, const char *process)
{
    const struct statement *st = &t->line->statement;
    struct raised raised = {0};
    struct err e = {0};
    int r;

    if (st->kind == STATEMENT_CALL)
        actor_called(p, t, process);
    r = carry_out(p, t, process, &raised, &e);
    t->raised = raised.exception != NULL;
    if (r == 0 && t->raised) {
        actor_called(p, t, process);
        r = stage_raise(p->stage, process, st->text, line_number(t),
            raised.exception, raised.message, &e);
    }
    if (r < 0)
        return task_fail(p, t, "%s", e.msg);
    publish_statement(p, t, process);
    return STEP_MORE;
}

/* ---- the line ----------------------------------------------------------- */

static enum step wait_for_process(
    struct player *p, struct task *t, const char *process)
{
    struct str why = STR_INIT, parked = STR_INIT;
    enum step step = STEP_WAIT;

    t->waiting = true;
    t->for_process = true;
    if (player_is_batch(p) && !stage_can_go_on(p->stage, process, &why)) {
        player_say_parked(p, process, &parked);
        step = task_fail(p, t, _("line %d waits for %s, %s%s%s"), t->line->line,
            process, str_text(&parked), why.len ? "; " : "", str_text(&why));
    }
    str_done(&why);
    str_done(&parked);
    return step;
}

/* At the screen an error is shown, and the next line goes on. */
static void tell_raised(
    struct player *p, const struct task *t, const char *process)
{
    struct stage_process_status status =
        stage_process_status(p->stage, process);

    if (player_is_batch(p) || status.parked || !status.error ||
        status.interrupted)
        return;
    if (t->line->statement.kind != STATEMENT_CALL && !t->raised)
        return;
    str_clear(&p->why);
    say_raised(p, process, t->line->statement.text, &p->why);
}

enum step task_step_process(struct player *p, struct lane *lane, struct task *t)
{
    const struct script_line *line = t->line;
    size_t times = line->kind == LINE_REPEAT ? (size_t)line->number : 1;
    size_t total = times * line->process_count;
    const char *process;
    struct stage_process_status status;
    enum step step;

    (void)lane;
    if (t->step >= total)
        return STEP_DONE;
    process = line->processes[t->step % line->process_count];
    status = stage_process_status(p->stage, process);
    if (status.exited)
        return task_fail(
            p, t, _("%s has exited: it can do nothing more"), process);
    if (status.parked)
        return wait_for_process(p, t, process);
    t->waiting = t->for_process = false;
    if (player_is_batch(p) && player_has_raised(p, process))
        return player_fail_raised(p, process);
    step = run_statement(p, t, process);
    if (step == STEP_FAILED)
        return step;
    tell_raised(p, t, process);
    if (++t->step < total)
        return STEP_MORE;
    return STEP_DONE;
}
