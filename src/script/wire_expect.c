/* Compares the segments seen with the list of an `expect wire`. The list is a
 * small regular expression (`...` stands for any number of segments), run as
 * a set of positions so that every reading of `...` is tried at once. */
#include "wire_expect.h"

#include "sockstage/base/host.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Beyond this many nobody writes a list; a bulk transfer must not grow us. */
#define SEEN_MAX  4096
#define SHOWN_MAX 16

void wire_log_done(struct wire_log *log)
{
    vec_done(&log->seen);
}

static void log_add(struct wire_log *log, const struct segment *s)
{
    if (log->seen.len == SEEN_MAX) {
        size_t kept = SEEN_MAX / 2;

        memmove(log->seen.items, log->seen.items + (SEEN_MAX - kept),
            kept * sizeof *log->seen.items);
        log->forgotten += SEEN_MAX - kept;
        log->seen.len = kept;
    }
    vec_push(&log->seen, *s);
}

void wire_log_hear(struct wire_log *log, const struct event *e)
{
    if (e->kind == EVENT_SEGMENT) {
        if (!e->u.segment.seg.from_router)
            log_add(log, &e->u.segment.seg);
    } else if (e->kind == EVENT_SOCKET && e->u.socket.gone) {
        struct wire_gone *gone = &log->gone[log->gone_next];

        gone->id = e->u.socket.id;
        gone->host = e->u.socket.host;
        gone->proto = e->u.socket.proto;
        gone->local = e->u.socket.local;
        gone->peer = e->u.socket.peer;
        log->gone_next = (log->gone_next + 1) % WIRE_GONE_MAX;
    }
}

void wire_log_advance(struct wire_log *log)
{
    vec_clear(&log->seen);
    log->forgotten = 0;
}

const struct wire_gone *wire_log_gone(const struct wire_log *log, uint64_t id)
{
    for (size_t i = 0; i < WIRE_GONE_MAX; i++)
        if (log->gone[i].id == id && id != 0)
            return &log->gone[i];
    return NULL;
}

struct matcher {
    const struct wire_item *items;
    size_t count;
    wire_of_socket *of_socket;
    void *ctx;
    bool *at; /* at[i]: the items before i are matched; count + 1 of them */
};

/* `...` may also stand for nothing. */
static void matcher_close(struct matcher *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->at[i] && m->items[i].any_number)
            m->at[i + 1] = true;
}

static bool item_takes(const struct matcher *m, const struct wire_item *item,
    const struct segment *s)
{
    const struct pattern *p = &item->pattern;

    if (s->retransmission && !p->again)
        return false;
    if (!pattern_matches(p, s))
        return false;
    return p->process[0] == '\0' ||
           m->of_socket(m->ctx, s, p->process, p->socket);
}

static void matcher_feed(struct matcher *m, const struct segment *s)
{
    /* Backwards, so that at[i] is still the position before this segment. */
    for (size_t i = m->count + 1; i-- > 0;) {
        bool before = m->at[i];
        bool stays =
            s->retransmission || (i < m->count && m->items[i].any_number);

        if (before && i < m->count && !m->items[i].any_number &&
            item_takes(m, &m->items[i], s))
            m->at[i + 1] = true;
        m->at[i] = before && stays;
    }
    matcher_close(m);
}

static bool matcher_is_alive(const struct matcher *m)
{
    for (size_t i = 0; i <= m->count; i++)
        if (m->at[i])
            return true;
    return false;
}

enum wire_match wire_log_match(const struct wire_log *log,
    const struct wire_item *items, size_t count, wire_of_socket *of_socket,
    void *ctx)
{
    struct matcher m = {.items = items,
        .count = count,
        .of_socket = of_socket,
        .ctx = ctx,
        .at = xcalloc(count + 1, sizeof(bool))};
    enum wire_match match = WIRE_DIFFERS;

    /* What is no longer known can only belong to a leading `...`. */
    m.at[0] = log->forgotten == 0 || (count > 0 && items[0].any_number);
    matcher_close(&m);
    for (size_t i = 0; i < log->seen.len; i++)
        matcher_feed(&m, &log->seen.items[i]);
    if (m.at[count])
        match = WIRE_EQUAL;
    else if (matcher_is_alive(&m))
        match = WIRE_PREFIX;
    free(m.at);
    return match;
}

void segment_say(const struct segment *s, struct str *out)
{
    char name[64];

    segment_format_name(s, name, sizeof name);
    str_addf(out, "%s %s%s", host_name(s->from), name,
        s->retransmission ? " again" : "");
}

void wire_log_say(const struct wire_log *log, struct str *out)
{
    size_t first = 0;

    if (log->seen.len == 0 && log->forgotten == 0) {
        str_add(out, "nothing");
        return;
    }
    if (log->seen.len > SHOWN_MAX)
        first = log->seen.len - SHOWN_MAX;
    if (first > 0 || log->forgotten > 0)
        str_add(out, "..., ");
    for (size_t i = first; i < log->seen.len; i++) {
        if (i > first)
            str_add(out, ", ");
        segment_say(&log->seen.items[i], out);
    }
}
