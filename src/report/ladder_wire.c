/* Segments of the picture: each an arrow with its fate; many that follow each
 * other faster than the eye, as the model counts them, become a bundle each
 * way. */
#include "ladder_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_BACK  16  /* arrows that what just happened may be about */
#define LOOK_EVERY 256 /* segments; the model keeps many more */

/* ---- one segment --------------------------------------------------------- */

/* What comes with data is worth a word only if it is new. */
static bool is_new_ack(struct ladder_work *w, const struct segment *s)
{
    size_t place = s->flow % LADDER_FLOWS_MAX;
    bool same = w->acks[s->from][place].flow == s->flow &&
                w->acks[s->from][place].ack == s->ack;

    w->acks[s->from][place].flow = s->flow;
    w->acks[s->from][place].ack = s->ack;
    return !same || s->len == 0;
}

static void add_numbers(
    struct ladder_work *w, struct str *out, const struct segment *s)
{
    if (s->proto != IPPROTO_TCP || !s->has_relative)
        return;
    if (segment_seq_len(s) > 0 || s->probe)
        str_addf(out, " seq %" PRIu32, s->seq);
    if ((s->flags & SEGMENT_ACK) != 0 && (s->flags & SEGMENT_RST) == 0 &&
        is_new_ack(w, s))
        str_addf(out, " ack %" PRIu32, s->ack);
}

/* "seq 1 ack 1" */
static char *numbers(struct ladder_work *w, const struct segment *s)
{
    struct str text = STR_INIT;

    add_numbers(w, &text, s);
    char *out = xstrdup(text.len > 0 ? str_text(&text) + 1 : "");
    str_done(&text);
    return out;
}

static struct ladder_item *add_arrow(
    struct ladder *l, const struct segment *s, uint64_t t_ns)
{
    struct ladder_item *item = ladder_new_item(l, LADDER_ARROW, t_ns);
    struct ladder_ref ref = {s->id, l->items.len - 1};
    char *more = numbers(l->work, s);
    char name[64];

    if (item == NULL) {
        free(more);
        return NULL;
    }
    item->side = s->from;
    item->text = ladder_line(segment_format_name(s, name, sizeof name), 0);
    item->more = more;
    item->segment = item->last_segment = s->id;
    item->fate = LADDER_UNDER_WAY;
    item->segment_kind = s->kind;
    item->again = s->retransmission;
    item->from_router = s->from_router;
    item->proto = s->proto;
    item->flow = (s->flags & (SEGMENT_SYN | SEGMENT_RST)) == 0 ? s->flow : 0;
    item->window = s->window;
    item->count = 1;
    item->bytes = s->len;
    vec_push(&l->work->arrows.of, ref);
    return item;
}

/* ---- many of them -------------------------------------------------------- */

static struct ladder_item *bundle(const struct ladder *l, enum host side)
{
    size_t i = l->work->bundle[side];

    return i > 0 ? &l->items.items[i - 1] : NULL;
}

static bool is_bundled(const struct ladder *l, uint64_t id)
{
    return l->work->run_first != 0 && id >= l->work->run_first;
}

static void join(struct ladder_item *into, const struct ladder_item *item)
{
    into->count += item->count;
    into->bytes += item->bytes;
    into->repeats += item->again;
    into->lost += item->fate == LADDER_LOST;
    into->last_segment = item->segment;
    into->end_ns = item->end_ns;
    into->end_seq = item->end_seq;
}

static void make_bundle(struct ladder_item *item)
{
    item->kind = LADDER_BUNDLE;
    item->repeats = item->again;
    item->lost = item->fate == LADDER_LOST;
    item->fate = LADDER_ARRIVED;
    item->ends = true;
}

/* Turns the arrows of the run so far into at most one bundle a way. */
static void begin_bundles(struct ladder *l, uint64_t first)
{
    struct ladder_work *w = l->work;
    size_t from = w->arrows.of.len;

    w->run_first = first;
    w->bundle[HOST_CLIENT] = w->bundle[HOST_SERVER] = 0;
    while (from > 0 && w->arrows.of.items[from - 1].id >= first)
        from--;
    for (size_t i = from; i < w->arrows.of.len; i++) {
        size_t at = w->arrows.of.items[i].item;
        struct ladder_item *item = &l->items.items[at];
        struct ladder_item *into = bundle(l, item->side);
        if (into == NULL) {
            make_bundle(item);
            w->bundle[item->side] = at + 1;
            continue;
        }
        join(into, item);
        item->kind = LADDER_GONE;
        w->gone++;
    }
    w->arrows.of.len = from;
}

static void add_to_bundle(
    struct ladder *l, const struct segment *s, uint64_t t_ns)
{
    struct ladder_work *w = l->work;
    struct ladder_item *into = bundle(l, s->from);

    if (into != NULL) {
        into->count++;
        into->bytes += s->len;
        into->repeats += s->retransmission;
        into->last_segment = s->id;
        into->end_ns = t_ns;
        into->end_seq = l->events;
        return;
    }
    into = add_arrow(l, s, t_ns);
    if (into == NULL)
        return;
    make_bundle(into);
    w->bundle[s->from] = l->items.len;
    w->arrows.of.len--;
}

/* One that is held is to be seen by itself. It is the last one that came. */
static void take_from_bundle(
    struct ladder *l, const struct segment *s, uint64_t t_ns)
{
    struct ladder_item *from = bundle(l, s->from);

    if (from == NULL || from->last_segment != s->id)
        return;
    l->work->run_first = 0;
    if (from->count == 1) {
        struct ladder_ref ref = {s->id, (size_t)(from - l->items.items)};
        from->kind = LADDER_ARROW;
        from->fate = LADDER_UNDER_WAY;
        from->ends = false;
        vec_push(&l->work->arrows.of, ref);
        return;
    }
    from->count--;
    from->bytes -= s->len;
    from->repeats -= s->retransmission;
    add_arrow(l, s, t_ns);
}

void ladder_add_segment(struct ladder *l, const struct event *e)
{
    const struct segment *s = &e->u.segment.seg;
    const struct model_run *run;

    /* As the model: a second one of an id is none. */
    if (model_segment(l->work->model, s->id) == NULL ||
        (l->work->arrows.of.len > 0 &&
            l->work->arrows.of.items[l->work->arrows.of.len - 1].id >= s->id))
        return;
    if (++l->work->segments % LOOK_EVERY == 0)
        ladder_look_again(l, true);
    run = model_run(l->work->model, s->id);
    if (run == NULL) {
        l->work->run_first = 0;
        add_arrow(l, s, e->t_ns);
        return;
    }
    if (l->work->run_first != run->first) {
        add_arrow(l, s, e->t_ns);
        begin_bundles(l, run->first);
    } else {
        add_to_bundle(l, s, e->t_ns);
    }
}

/* ---- fates --------------------------------------------------------------- */

static void end_arrow(struct ladder *l, struct ladder_item *item,
    const struct event *e, enum ladder_fate fate)
{
    if (item->ends) /* the copy of a doubled one */
        return;
    if (item->was_held && l->work->let_go == 0)
        l->work->let_go = l->events + 1;
    item->fate = fate;
    item->ends = true;
    item->end_ns = e->t_ns;
    item->end_seq = l->events;
}

static void hold(struct ladder *l, struct ladder_item *item)
{
    if (item->ends || item->was_held)
        return;
    item->fate = LADDER_HELD;
    item->was_held = true;
    item->held_seq = l->events;
}

static void take_verdict(
    struct ladder *l, struct ladder_item *item, const struct event *e)
{
    switch (e->u.verdict.action) {
    case VERDICT_HELD:
        hold(l, item);
        break;
    case VERDICT_DELIVERED:
        end_arrow(l, item, e, item->doubled ? LADDER_TWICE : LADDER_ARRIVED);
        break;
    case VERDICT_DROPPED:
        end_arrow(l, item, e, LADDER_LOST);
        break;
    case VERDICT_ANSWERED:
        end_arrow(l, item, e, LADDER_ANSWERED);
        break;
    case VERDICT_DUPLICATED:
        item->doubled = true;
        break;
    case VERDICT_CORRUPTED:
        item->corrupted = true;
        break;
    case VERDICT_COALESCED:
        item->copies++;
        break;
    }
}

void ladder_add_verdict(struct ladder *l, const struct event *e)
{
    const struct event_verdict *v = &e->u.verdict;
    struct ladder_item *item = ladder_find(l, &l->work->arrows, v->segment);
    const struct model_segment *s;

    if (item == NULL && is_bundled(l, v->segment)) {
        s = model_segment(l->work->model, v->segment);
        if (s != NULL && v->action == VERDICT_HELD) {
            take_from_bundle(l, &s->seg, e->t_ns);
            item = ladder_find(l, &l->work->arrows, v->segment);
        } else if (s != NULL && v->action == VERDICT_DROPPED &&
                   bundle(l, s->seg.from) != NULL) {
            bundle(l, s->seg.from)->lost++;
        }
    }
    if (item != NULL)
        take_verdict(l, item, e);
}

/* ---- what is known only later -------------------------------------------- */

static void look_at(struct ladder *l, struct ladder_item *item)
{
    const struct model *m = l->work->model;
    const struct model_segment *s = model_segment(m, item->segment);
    const char *owner;

    if (s == NULL)
        return;
    if (item->fate == LADDER_ARRIVED || item->fate == LADDER_TWICE) {
        item->reason = s->reason;
        if (s->reason != MODEL_REASON_NONE)
            item->fate = LADDER_IGNORED;
    }
    owner =
        item->who == NULL ? model_segment_owner(m, &s->seg, HOST_CLIENT) : NULL;
    if (owner != NULL)
        item->who = xstrndup(owner, strcspn(owner, "."));
}

void ladder_look_again(struct ladder *l, bool all)
{
    struct ladder_refs *arrows = &l->work->arrows;
    size_t n = arrows->of.len;
    size_t from = n > LOOK_BACK ? n - LOOK_BACK : 0;

    for (size_t i = all ? 0 : from; i < n; i++)
        look_at(l, &l->items.items[arrows->of.items[i].item]);
}

/* ---- windows ------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static uint64_t receiver_of(const struct ladder_item *item)
{
    return (uint64_t)item->flow * HOST_COUNT + item->side;
}

/* Where a window was shut once, each is worth a word. */
void ladder_tell_windows(struct ladder *l)
{
    VEC(uint64_t) shut = VEC_INIT;

    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        if (item->kind == LADDER_ARROW && item->flow != 0 && item->window == 0)
            vec_push(&shut, receiver_of(item));
    }
    if (shut.len > 0)
        qsort(shut.items, shut.len, sizeof *shut.items, by_number);
    for (size_t i = 0; i < l->items.len && shut.len > 0; i++) {
        struct ladder_item *item = &l->items.items[i];
        uint64_t key = receiver_of(item);
        struct str more = STR_INIT;
        if (item->kind != LADDER_ARROW || item->flow == 0 ||
            bsearch(&key, shut.items, shut.len, sizeof key, by_number) == NULL)
            continue;
        str_addf(&more, item->more[0] != '\0' ? "%s win %u" : "%swin %u",
            item->more, item->window);
        free(item->more);
        item->more = str_steal(&more);
    }
    vec_done(&shut);
}
