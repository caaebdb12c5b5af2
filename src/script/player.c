/* The player's life and what its owner asks of it. */
#include "player_int.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- life --------------------------------------------------------------- */

static void lane_open(struct player *p, struct lane *lane)
{
    lane->player = p;
    lane->deadline = stage_timer_new(stage_loop(p->stage), lane_expired, lane);
}

struct player *player_new(struct stage *s, enum player_mode mode,
    const struct player_events *events, void *ctx)
{
    struct player *p = xcalloc(1, sizeof *p);

    p->stage = s;
    p->mode = mode;
    p->events = *events;
    p->ctx = ctx;
    p->wake = stage_timer_new(stage_loop(s), player_woken, p);
    p->limit = stage_timer_new(stage_loop(s), player_timed_out, p);
    lane_open(p, &p->script_lane);
    lane_open(p, &p->typed_lane);
    p->subscriber = journal_subscribe(stage_journal(s), player_heard, p);
    return p;
}

static void lane_close(struct lane *lane)
{
    lane_clear(lane);
    vec_done(&lane->tasks);
    stage_timer_free(lane->deadline);
}

static void forget_actors(struct player *p)
{
    for (size_t i = 0; i < p->actors.len; i++)
        free(p->actors.items[i].name);
    vec_done(&p->actors);
}

void player_free(struct player *p)
{
    if (!p)
        return;
    if (p->settling)
        stage_when_settled(p->stage, NULL, NULL);
    journal_unsubscribe(stage_journal(p->stage), p->subscriber);
    lane_close(&p->script_lane);
    lane_close(&p->typed_lane);
    stage_timer_free(p->wake);
    stage_timer_free(p->limit);
    forget_actors(p);
    wire_log_done(&p->wire);
    str_done(&p->why);
    free(p);
}

/* ---- a script ----------------------------------------------------------- */

/* The first line that only a private wire can carry out. */
static const struct script_line *needs_wire(const struct script *s)
{
    for (size_t i = 0; i < s->lines.len; i++) {
        const struct script_line *l = s->lines.items[i];

        if (l->kind == LINE_WIRE ||
            (l->kind == LINE_EXPECT && l->expect.kind != EXPECT_COMPARE))
            return l;
    }
    return NULL;
}

static void play_batch(struct player *p)
{
    bool is_private = stage_wire_kind(p->stage) == STAGE_PRIVATE;
    const struct script_line *wire = needs_wire(p->script);

    if (!is_private && script_requires_private(p->script)) {
        str_add(&p->why, _("this needs the private wire"));
        player_end(p, END_SKIPPED);
        return;
    }
    if (!is_private && wire) {
        player_fail(p, wire, false,
            _("`%s` needs the private wire: --wire=private"), wire->source);
        player_end(p, END_FAILED);
        return;
    }
    if (p->timeout_ns > 0)
        stage_timer_start(p->limit, p->timeout_ns);
    player_kick(p);
}

void player_play(
    struct player *p, const struct script *script, uint64_t timeout_ns)
{
    lane_clear(&p->script_lane);
    forget_actors(p);
    wire_log_advance(&p->wire);
    str_clear(&p->why);
    p->script = script;
    p->position = 0;
    p->timeout_ns = timeout_ns;
    p->ending = p->told = false;
    if (player_is_batch(p))
        play_batch(p);
}

/* A question and its options stand together, and there the play stops: the
 * line behind them is the answer. */
static bool ends_question(const struct script *s, size_t next)
{
    enum line_kind kind = s->lines.items[next - 1]->kind;

    if (kind != LINE_ASK && kind != LINE_OPTION)
        return false;
    if (next == s->lines.len)
        return true;
    kind = s->lines.items[next]->kind;
    return kind != LINE_ASK && kind != LINE_OPTION;
}

/* What only checks, hides or uncovers what was done goes along with it. */
static void push_what_follows(struct player *p)
{
    const struct script *s = p->script;

    while (p->position < s->lines.len &&
           line_kind_follows(s->lines.items[p->position]->kind))
        lane_push(&p->script_lane, s->lines.items[p->position++], NULL);
}

int player_next(struct player *p, struct err *e)
{
    const struct script *s = p->script;

    if (lane_waiting(&p->script_lane))
        return err_set(e, EBUSY, _("line %d is being waited for"),
            lane_waiting(&p->script_lane)->line->line);
    if (!s || p->position >= s->lines.len)
        return err_set(e, ENOENT, _("there is no line left to play"));
    while (p->position < s->lines.len) {
        const struct script_line *l = s->lines.items[p->position++];

        lane_push(&p->script_lane, l, NULL);
        if (line_kind_does(l->kind)) {
            push_what_follows(p);
            break;
        }
        if (ends_question(s, p->position))
            break;
    }
    player_kick(p);
    return 0;
}

bool player_narrate(struct player *p)
{
    const struct script *s = p->script;
    size_t from = p->position;

    if (!s || lane_waiting(&p->script_lane))
        return false;
    while (p->position < s->lines.len &&
           !line_kind_does(s->lines.items[p->position]->kind)) {
        lane_push(&p->script_lane, s->lines.items[p->position++], NULL);
        if (ends_question(s, p->position))
            break;
    }
    if (p->position == from)
        return false;
    player_kick(p);
    return true;
}

bool player_skip(struct player *p)
{
    const struct task *t = lane_waiting(&p->script_lane);

    if (!t)
        return false;
    task_publish_delivered(p, t);
    lane_clear(&p->script_lane);
    p->changed = true;
    player_kick(p);
    return true;
}

bool player_submit(struct player *p, const char *process, const char *text,
    struct script_error *e)
{
    struct script_names names = player_names(p);
    struct script *script = script_parse_typed(process, text, &names, e);
    struct typed *typed;

    if (!script)
        return false;
    if (script->lines.len == 0) {
        script_free(script);
        return true;
    }
    typed = xcalloc(1, sizeof *typed);
    typed->script = script;
    for (size_t i = 0; i < script->lines.len; i++)
        lane_push(&p->typed_lane, script->lines.items[i], typed);
    player_kick(p);
    return true;
}

/* ---- where it stands ---------------------------------------------------- */

static const struct task *waiting_task(const struct player *p)
{
    const struct task *t = lane_waiting(&p->script_lane);

    return t ? t : lane_waiting(&p->typed_lane);
}

/* A step is over when what follows it is. */
static bool is_being_checked(const struct player *p)
{
    const struct lane *lane = &p->script_lane;

    return lane->tasks.len > 0 &&
           line_kind_follows(lane->tasks.items[0]->line->kind);
}

struct player_state player_state(const struct player *p)
{
    struct player_state out = {0};
    const struct task *t = waiting_task(p);
    const struct script *s = p->script;
    size_t done;

    out.waiting = t != NULL;
    out.waiting_for = t ? t->line->source : NULL;
    if (!s)
        return out;
    out.script_waits = lane_waiting(&p->script_lane) != NULL;
    done = p->position - p->script_lane.tasks.len;
    out.count = s->steps.len;
    while (out.position < out.count && s->steps.items[out.position] < done)
        out.position++;
    if (out.position > 0 && is_being_checked(p))
        out.position--;
    if (p->position < s->lines.len)
        out.next = s->lines.items[p->position]->source;
    for (size_t i = 0; i < s->steps.len && !out.next_step; i++)
        if (s->steps.items[i] >= p->position)
            out.next_step = s->lines.items[s->steps.items[i]]->source;
    out.only_words =
        s->steps.len == 0 || s->steps.items[s->steps.len - 1] < p->position;
    return out;
}
