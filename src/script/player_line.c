/* Lines that no process carries out: the wire, settings, narration, waiting.
 * One row a kind says what a step of it does. */
#include "expect.h"
#include "player_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <errno.h>

#define DELIVER_PATIENCE_NS NS_PER_S
#define HELD_SHOWN_MAX      8

static enum step publish_done(struct player *p, const struct task *t)
{
    stage_publish_line(p->stage, t->line->source, t->typed ? 0 : t->line->line);
    return STEP_DONE;
}

static enum step done_or_failed(
    struct player *p, const struct task *t, int r, const struct err *e)
{
    return r < 0 ? task_fail(p, t, "%s", e->msg) : publish_done(p, t);
}

/* ---- the wire ----------------------------------------------------------- */

static void say_held(const struct player *p, struct str *out)
{
    const struct model *m = stage_model(p->stage);
    size_t count = model_segment_count(m), shown = 0;

    for (size_t i = 0; i < count; i++) {
        const struct model_segment *seg = model_segment_at(m, i);
        char name[64];

        if (!seg->has_verdict || seg->verdict != VERDICT_HELD)
            continue;
        if (shown == HELD_SHOWN_MAX) {
            str_add(out, ", ...");
            return;
        }
        segment_format_name(&seg->seg, name, sizeof name);
        str_addf(out, _("%s%s from %s"), shown > 0 ? ", " : "", name,
            host_name(seg->seg.from));
        shown++;
    }
    if (shown == 0)
        str_add(out, _("nothing"));
}

static enum step fail_deliver(struct player *p, const struct task *t)
{
    char pattern[PATTERN_TEXT_MAX];
    struct str held = STR_INIT;
    enum step step;

    pattern_format(&t->line->wire.pattern, pattern);
    say_held(p, &held);
    if (t->step > 0)
        step = task_fail(p, t,
            _("nothing more to deliver after %zu: %s, held: %s"), t->step,
            pattern, str_text(&held));
    else
        step = task_fail(p, t, _("nothing to deliver: %s, held: %s"), pattern,
            str_text(&held));
    str_done(&held);
    return step;
}

static enum step step_deliver(
    struct player *p, struct lane *lane, struct task *t)
{
    struct err e = {0};
    int r = stage_wire_deliver(p->stage, &t->line->wire.pattern, &e);

    if (r == -ENOENT) {
        if (t->expired) {
            task_publish_delivered(p, t);
            return fail_deliver(p, t);
        }
        if (!t->waiting)
            task_deadline(lane, t, DELIVER_PATIENCE_NS);
        t->waiting = true;
        return STEP_WAIT;
    }
    if (r < 0) {
        task_publish_delivered(p, t);
        return task_fail(p, t, "%s", e.msg);
    }
    t->waiting = false;
    task_no_deadline(lane, t);
    if (++t->step < t->line->wire.count)
        return STEP_MORE;
    return publish_done(p, t);
}

static enum step step_wire(struct player *p, struct lane *lane, struct task *t)
{
    const struct wire_order *o = &t->line->wire;
    struct err e = {0};

    if (o->word == WIRE_DELIVER)
        return step_deliver(p, lane, t);
    return done_or_failed(p, t, stage_wire(p->stage, o, &e), &e);
}

/* What part of it was done is journaled, though the line is given up. */
void task_publish_delivered(struct player *p, const struct task *t)
{
    char pattern[PATTERN_TEXT_MAX];
    struct str line = STR_INIT;

    if (t->line->kind != LINE_WIRE || t->line->wire.word != WIRE_DELIVER ||
        t->step == 0)
        return;
    pattern_format(&t->line->wire.pattern, pattern);
    str_addf(&line, "wire deliver %zu %s", t->step, pattern);
    stage_publish_line(p->stage, str_text(&line), t->typed ? 0 : t->line->line);
    str_done(&line);
}

/* ---- other lines -------------------------------------------------------- */

static enum step step_set(struct player *p, struct lane *lane, struct task *t)
{
    struct err e = {0};
    int r = stage_set(p->stage, t->line->host, t->line->name,
        t->line->text ? t->line->text : "", &e);

    (void)lane;
    return done_or_failed(p, t, r, &e);
}

static enum step step_name(struct player *p, struct lane *lane, struct task *t)
{
    struct err e = {0};
    int r = stage_add_name(p->stage, t->line->name, t->line->host, &e);

    (void)lane;
    return done_or_failed(p, t, r, &e);
}

static enum step step_interrupt(
    struct player *p, struct lane *lane, struct task *t)
{
    struct err e = {0};
    int r;

    if (player_is_batch(p) && player_has_raised(p, t->line->processes[0]))
        return player_fail_raised(p, t->line->processes[0]);
    r = stage_interrupt(p->stage, t->line->processes[0], &e);

    (void)lane;
    return done_or_failed(p, t, r, &e);
}

static enum step step_note(struct player *p, struct lane *lane, struct task *t)
{
    (void)lane;
    stage_publish_note(p->stage, t->line->text ? t->line->text : "",
        t->line->lang[0] ? t->line->lang : "en");
    return STEP_DONE;
}

static enum step step_say(struct player *p, struct lane *lane, struct task *t)
{
    (void)lane;
    return publish_done(p, t);
}

static enum step step_vote(struct player *p, struct lane *lane, struct task *t)
{
    size_t options = model_open_options(stage_model(p->stage));
    int64_t option = t->line->number;

    (void)lane;
    if (options == 0)
        return task_fail(p, t,
            _("no question waits for a vote: `vote` stands behind the options "
              "of one and before the line that answers it"));
    if (option > (int64_t)options)
        return task_fail(p, t,
            ngettext("there is no option %lld: the question has %zu option",
                "there is no option %lld: the question has %zu options",
                options),
            (long long)option, options);
    return publish_done(p, t);
}

static enum step step_wait(struct player *p, struct lane *lane, struct task *t)
{
    if (t->expired)
        return STEP_DONE;
    if (!t->waiting) {
        publish_done(p, t);
        task_deadline(lane, t, t->line->ns);
    }
    t->waiting = true;
    return STEP_WAIT;
}

static enum step step_require(
    struct player *p, struct lane *lane, struct task *t)
{
    (void)lane;
    if (stage_wire_kind(p->stage) != STAGE_PRIVATE)
        return task_fail(p, t, _("this needs the private wire"));
    return publish_done(p, t);
}

/* ---- every kind --------------------------------------------------------- */

static enum step (*const steps[])(
    struct player *p, struct lane *lane, struct task *t) = {
    [LINE_PROCESS] = task_step_process,
    [LINE_WIRE] = step_wire,
    [LINE_SET] = step_set,
    [LINE_EXPECT] = task_step_expect,
    [LINE_TITLE] = step_say,
    [LINE_NOTE] = step_note,
    [LINE_ASK] = step_say,
    [LINE_OPTION] = step_say,
    [LINE_VOTE] = step_vote,
    [LINE_TRY] = step_say,
    [LINE_CLAIM] = step_say,
    [LINE_MARK] = step_say,
    [LINE_WAIT] = step_wait,
    [LINE_PAUSE] = step_say,
    [LINE_INTERRUPT] = step_interrupt,
    [LINE_REQUIRE] = step_require,
    [LINE_NAME] = step_name,
    [LINE_HIDE] = step_say,
    [LINE_SHOW] = step_say,
    [LINE_REPEAT] = task_step_process,
};

enum step task_step(struct player *p, struct lane *lane, struct task *t)
{
    return steps[t->line->kind](p, lane, t);
}
