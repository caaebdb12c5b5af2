/* Which numbers of a socket changed when, for as long as a screen emphasises
 * what has just changed: a short tail, of all sockets together. */
#include "model_int.h"

enum field_row {
#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    ROW_##name,
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    ROW_##name,
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)         \
    ROW_##name,
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD
    FIELD_ROWS
};

_Static_assert(FIELD_ROWS <= MODEL_FIELDS_MAX, "one bit per row");

/* The same number of the socket, and of the event that changes it. */
#define NUMBERS(name, applies, value)                                          \
    static int64_t was_##name(const struct model_sock *s)                      \
    {                                                                          \
        return applies ? (int64_t)(value) : -1;                                \
    }                                                                          \
    static int64_t is_##name(const struct event_socket *s)                     \
    {                                                                          \
        return applies ? (int64_t)(value) : -1;                                \
    }
#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    NUMBERS(name, (applies), value)
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    NUMBERS(name, (applies), value)
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD

static uint32_t changed_fields(
    const struct model_sock *s, const struct event_socket *e)
{
    uint32_t changed = 0;

#define NUMBER(name)                                                           \
    changed |= (uint32_t)(was_##name(s) != is_##name(e)) << ROW_##name;
#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    NUMBER(name)
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    NUMBER(name)
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD
    return changed;
}

/* What is told may be what it was; an age is told when it began anew. */
static struct info_set changed_info(
    const struct model_sock *s, const struct event_socket *e)
{
    const struct info_set *told = &e->info_changed;
    struct info_set changed = {0};

    for (size_t i = info_set_next(told, 0); i < info_field_count();
         i = info_set_next(told, i + 1)) {
        if (info_field_at(i)->is_age ||
            info_field_get(&s->info, i) != info_field_get(&e->info, i))
            info_set_add(&changed, i);
    }
    return changed;
}

static bool same_owners(
    const struct model_sock *s, const struct event_socket *e)
{
    if (s->owner_count != e->owner_count)
        return false;
    for (size_t i = 0; i < s->owner_count && i < EVENT_OWNERS_MAX; i++) {
        if (strcmp(s->owners[i], e->owners[i]) != 0)
            return false;
    }
    return true;
}

static uint8_t changed_texts(
    const struct model_sock *s, const struct event_socket *e)
{
    bool timer = s->timer != e->timer || s->timer_retrans != e->timer_retrans;

    return (uint8_t)(!same_owners(s, e) << MODEL_TEXT_OWNERS |
                     !addr_equal(&s->local, &e->local) << MODEL_TEXT_LOCAL |
                     !addr_equal(&s->peer, &e->peer) << MODEL_TEXT_PEER |
                     timer << MODEL_TEXT_TIMER);
}

/* A change of before `now_ns` that no screen emphasises any more. */
static bool is_over(const struct recent *r, uint64_t now_ns)
{
    return now_ns > r->t_ns && now_ns - r->t_ns >= MODEL_RECENT_NS;
}

/* Room for one more: what is over goes, at the latest when there is none. */
static void make_room(struct model *m, uint64_t now_ns)
{
    const size_t some = MODEL_RECENT_MAX / MODEL_TAIL_SPARE;
    size_t gone = 0;

    while (gone < m->recent.len && is_over(&m->recent.items[gone], now_ns))
        gone++;
    if (gone < some)
        gone = m->recent.len == MODEL_RECENT_MAX ? some : 0;
    if (gone == 0)
        return;
    m->recent.len -= gone;
    memmove(m->recent.items, m->recent.items + gone,
        m->recent.len * sizeof *m->recent.items);
}

void recent_note(
    struct model *m, const struct model_sock *s, const struct event *e)
{
    const struct event_socket *es = &e->u.socket;
    struct recent r = {.sock = s->id,
        .t_ns = e->t_ns,
        .info = changed_info(s, es),
        .fields = changed_fields(s, es),
        .mem = es->mem_changed
                   ? es->mem_changed & mem_changed(&s->mem, &es->mem)
                   : 0,
        .texts = changed_texts(s, es)};

    if (info_set_is_empty(&r.info) && !r.fields && !r.mem && !r.texts)
        return;
    make_room(m, e->t_ns);
    vec_push(&m->recent, r);
}

void recent_clear(struct model *m)
{
    vec_done(&m->recent);
}

static void take(struct model_recent *out, const struct recent *r)
{
    for (size_t i = info_set_next(&r->info, 0); i < INFO_SET_MAX;
         i = info_set_next(&r->info, i + 1))
        out->info_ns[i] = r->t_ns;
    for (size_t i = 0; i < MODEL_FIELDS_MAX; i++) {
        if (r->fields >> i & 1)
            out->field_ns[i] = r->t_ns;
        if (r->mem >> i & 1)
            out->mem_ns[i] = r->t_ns;
    }
    for (size_t i = 0; i < MODEL_TEXTS; i++) {
        if (r->texts >> i & 1)
            out->text_ns[i] = r->t_ns;
    }
}

void model_recent(
    const struct model *m, uint64_t sock, struct model_recent *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < m->recent.len; i++) {
        if (m->recent.items[i].sock == sock)
            take(out, &m->recent.items[i]);
    }
}
