/* Following the stage event by event: what had changed, and how long before,
 * when the next line was carried out. */
#include "session.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

void session_init(struct session *s)
{
    *s = (struct session){.model = model_new()};
}

static void wait_done(struct session_wait *w)
{
    free(w->subject);
    free(w->value);
    *w = (struct session_wait){0};
}

void session_done(struct session *s)
{
    for (size_t i = 0; i < s->waits.len; i++)
        wait_done(&s->waits.items[i]);
    for (size_t i = 0; i < s->insertions.len; i++)
        free(s->insertions.items[i].text);
    wait_done(&s->delivering);
    vec_done(&s->waits);
    vec_done(&s->insertions);
    notation_done(&s->notation);
    model_free(s->model);
    *s = (struct session){0};
}

/* ---- changes ------------------------------------------------------------ */

static enum session_change_kind what_changed(
    const struct model_sock *old, const struct event_socket *now)
{
    if (now->gone)
        return now->proto == IPPROTO_TCP ? SESSION_DROPPED : SESSION_NOTHING;
    if (now->owner_count == 0)
        return SESSION_NOTHING;
    if (old == NULL || old->state != now->state)
        return SESSION_STATE;
    if (now->is_listener)
        return old->accept_queue != now->accept_queue ? SESSION_QUEUED
                                                      : SESSION_NOTHING;
    if (old->recv_buffer != now->recv_buffer)
        return SESSION_RECEIVED;
    if (old->send_buffer != now->send_buffer)
        return SESSION_SENT;
    return SESSION_NOTHING;
}

static void note_socket(struct session *s, const struct event *e)
{
    const struct event_socket *now = &e->u.socket;
    const struct model_sock *old = model_sock(s->model, now->id);
    enum session_change_kind kind = what_changed(old, now);

    if (kind != SESSION_NOTHING)
        s->change = (struct session_change){.kind = kind,
            .sock = now->id,
            .host = now->host,
            .t_ns = e->t_ns,
            .since_ns = old != NULL ? old->changed_ns : 0};
}

/* "c1.s.recv_buffer" and "1000"; false: it has no name any more. */
static bool describe_socket(
    const struct session *s, struct str *subject, struct str *value)
{
    const struct model_sock *sock = model_sock(s->model, s->change.sock);

    if (sock == NULL || sock->owner_count == 0)
        return false;
    str_addf(subject, "%s.", sock->owners[0]);
    switch (s->change.kind) {
    case SESSION_STATE:
        str_add(subject, "state");
        str_add(value, state_name(sock->proto, sock->state));
        return true;
    case SESSION_RECEIVED:
        str_add(subject, "recv_buffer");
        str_addf(value, "%" PRIu32, sock->recv_buffer);
        return true;
    case SESSION_SENT:
        str_add(subject, "send_buffer");
        str_addf(value, "%" PRIu32, sock->send_buffer);
        return true;
    case SESSION_QUEUED:
        str_add(subject, "accept_queue");
        str_addf(value, "%" PRIu32, sock->accept_queue);
        return true;
    default:
        return false;
    }
}

static bool describe_change(
    const struct session *s, struct str *subject, struct str *value)
{
    switch (s->change.kind) {
    case SESSION_NOTHING:
        return false;
    case SESSION_HELD:
        str_add(subject, "wire.held");
        str_addf(value, "%" PRIu64, model_held(s->model));
        return true;
    case SESSION_DROPPED:
        str_addf(subject, "%s.sockets", host_name(s->change.host));
        str_addf(value, "%zu",
            model_listed(s->model, s->change.host, TCP_STATE_NONE));
        return true;
    default:
        return describe_socket(s, subject, value);
    }
}

/* As the stage is now, just before a line. */
static struct session_wait wait_now(const struct session *s)
{
    struct str subject = STR_INIT, value = STR_INIT;
    struct session_wait w = {
        .t_ns = s->change.t_ns, .since_ns = s->change.since_ns};

    if (describe_change(s, &subject, &value)) {
        w.subject = str_steal(&subject);
        w.value = str_steal(&value);
    }
    str_done(&subject);
    str_done(&value);
    return w;
}

/* ---- events ------------------------------------------------------------- */

static void note_verdict(struct session *s, const struct event *e)
{
    enum verdict v = e->u.verdict.action;

    if (v == VERDICT_HELD)
        s->change =
            (struct session_change){.kind = SESSION_HELD, .t_ns = e->t_ns};
    if (v == VERDICT_DELIVERED && s->delivering.subject == NULL &&
        model_wire_status(s->model)->holding)
        s->delivering = wait_now(s);
}

static void note_line(struct session *s, const struct event *e)
{
    size_t i = s->notation.lines.len - 1;
    struct session_wait w = {0};

    if (notation_is_delivery(&s->notation.lines.items[i])) {
        w = s->delivering;
        s->delivering = (struct session_wait){0};
    } else if (s->change.kind != SESSION_NOTHING) {
        w = wait_now(s);
    }
    wait_done(&s->delivering);
    if (w.subject != NULL) {
        w.before = i;
        vec_push(&s->waits, w);
    }
    s->change = (struct session_change){0};
    if (e->kind != EVENT_NOTE)
        s->has_typed |= s->notation.lines.items[i].line == 0;
}

static void note_wire(struct session *s, const struct event_line *l)
{
    for (int h = 0; h < HOST_COUNT; h++) {
        s->was_delayed |= l->wire.delay_ns[h] > 0;
        s->was_random |= l->wire.jitter_ns[h] > 0 || l->wire.loss_ppm[h] > 0;
    }
    s->was_delayed |= l->wire.rate > 0;
    s->was_random |= l->wire.rate > 0 ||
                     (l->text != NULL && strcmp(l->text, "wire real") == 0);
}

void session_event(struct session *s, const struct event *e)
{
    size_t lines = s->notation.lines.len;

    notation_add(&s->notation, e);
    if (s->notation.lines.len > lines)
        note_line(s, e);
    if (e->kind == EVENT_SOCKET)
        note_socket(s, e);
    else if (e->kind == EVENT_VERDICT)
        note_verdict(s, e);
    else if (e->kind == EVENT_LINE)
        note_wire(s, &e->u.line);
    model_apply(s->model, e);
}
