/* Errors whose cause came, or did not come, over the wire: a RST, an ICMP
 * error, a segment that is held or lost. */
#include "why_int.h"

#include "sockstage/base/text.h"
#include "sockstage/model/words.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- refused --------------------------------------------------------------
 */

static bool has_wire(const struct why *w)
{
    return strcmp(w->m->wire, "loopback") != 0;
}

/* How the no was told. */
static void add_rst(const struct why *w, struct str *out)
{
    const struct model_segment *rst = why_reset(w);

    if (rst != NULL)
        str_addf(out,
            _(": the kernel there answered with RST (segment %" PRIu64 ")"),
            rst->seg.id);
    else if (has_wire(w))
        str_add(
            out, _(": the kernel answered with RST, and not over the wire"));
    else
        str_add(out, _(": the kernel answered with RST"));
}

/* A listener there with that port, but on another address. */
static const struct model_sock *elsewhere(const struct why *w, enum host host)
{
    for (size_t i = 0; i < w->m->socks.len; i++) {
        const struct model_sock *s = &w->m->socks.items[i]->pub;
        if (s->host == host && s->state == TCP_STATE_LISTEN &&
            s->local.port == w->target.port)
            return s;
    }
    return NULL;
}

bool why_nobody_listens(const struct why *w, struct str *out)
{
    char name[2 * MODEL_NAME_MAX], text[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];
    const struct model_sock *s = NULL;
    enum host host;

    if (!w->has_target || (w->sock != NULL && w->sock->proto != IPPROTO_TCP))
        return false;
    host = why_host_of(w, &w->target);
    addr_format(&w->target, text);
    if (host != HOST_COUNT)
        s = why_holder(w, host, IPPROTO_TCP, &w->target, true);
    if (s != NULL && s->state == TCP_STATE_CLOSED) {
        str_addf(out, _("%s is bound to %s but does not listen"),
            why_sock_name(s, name), text);
    } else if (s != NULL && s->state == TCP_STATE_LISTEN) {
        str_addf(out, _("when the SYN came, nobody listened on %s"), text);
    } else if (host != HOST_COUNT && (s = elsewhere(w, host)) != NULL) {
        str_addf(out, _("%s listens on %s, not on %s"), why_sock_name(s, name),
            addr_format(&s->local, other), text);
    } else {
        str_addf(out, _("nobody listens on %s"), text);
    }
    add_rst(w, out);
    return true;
}

static void add_icmp(const struct model_segment *s, struct str *out)
{
    char text[SEGMENT_ICMP_TEXT_MAX];

    str_addf(out, _("ICMP %s (segment %" PRIu64 ")"),
        segment_format_icmp(&s->seg, text), s->seg.id);
}

bool why_icmp_error(const struct why *w, struct str *out)
{
    const struct model_segment *s = why_icmp(w);
    char text[ADDR_TEXT_MAX];

    if (s == NULL)
        return false;
    str_addf(out,
        s->seg.from_router ? _("a router on the way to %s answered with ")
                           : _("the kernel at %s answered with "),
        addr_format_ip(&s->seg.quoted.dst, text));
    add_icmp(s, out);
    return true;
}

static bool is_older(
    const struct model_segment *s, const struct model_segment *other)
{
    return other != NULL && s->seg.id < other->seg.id;
}

bool why_icmp_port(const struct why *w, struct str *out)
{
    const struct model_segment *s = why_icmp(w);
    char text[ADDR_TEXT_MAX];

    if (s == NULL || is_older(s, why_reset(w)))
        return false;
    if (s->seg.from_router)
        return why_icmp_error(w, out);
    str_addf(out, _("no socket has %s: the kernel there answered with "),
        addr_format(&s->seg.quoted.dst, text));
    add_icmp(s, out);
    return true;
}

/* ---- gone -----------------------------------------------------------------
 */

static void add_unaccepted(
    const struct why *w, const struct model_sock *peer, struct str *out)
{
    const struct model_sock *s =
        why_holder(w, peer->host, IPPROTO_TCP, &peer->local, true);

    str_add(out, _("; nobody had accepted the connection"));
    if (s == NULL || s->state != TCP_STATE_LISTEN)
        str_add(out, _(", and its listener closed"));
}

/* A RST that answers nothing was sent by a close: of a connection with
 * SO_LINGER 0 or unread data, or of the listener that it waited at (tcp(7),
 * RFC 9293, section 3.10.4). */
static void add_close(
    const struct why *w, const struct model_segment *rst, struct str *out)
{
    const struct model_sock *peer = why_peer(w);
    char name[2 * MODEL_NAME_MAX] = "";
    enum why_end end;

    if (peer != NULL && !peer->accepted) {
        add_unaccepted(w, peer, out);
        return;
    }
    end = peer != NULL ? why_end_of(w, peer, rst->seg.t_ns, true)
                       : WHY_END_UNKNOWN;
    if (peer != NULL)
        why_sock_name(peer, name);
    if (end == WHY_END_UNKNOWN)
        str_add(out, _("; it answers no segment, so that end gave it up"));
    else if (why_resets_at_close(w, peer))
        str_addf(out,
            _("; %s has SO_LINGER (1, 0), and was closed: that sends RST"),
            name);
    else if (end == WHY_END_EXIT)
        str_addf(out,
            _("; exit() closed %s, and that sends RST when unread data is "
              "left"),
            name);
    else if (end == WHY_END_NO_NAME)
        str_addf(out,
            _("; no name held %s any more, so Python closed it, and that sends "
              "RST when unread data is left"),
            name);
    else
        str_addf(out,
            _("; %s closed, and that sends RST when unread data is left"),
            name);
}

/* Who the other end was: not the listener, which only has its port too. */
static void add_answer(const struct why *w, const struct model_segment *rst,
    const struct model_segment *answered, struct str *out)
{
    const struct model_sock *peer = why_peer(w);
    char name[2 * MODEL_NAME_MAX], what[64];
    enum why_end end = WHY_END_UNKNOWN;

    str_addf(out, _(" to %s (segment %" PRIu64 "): "),
        segment_format_name(&answered->seg, what, sizeof what),
        answered->seg.id);
    if (answered->reason == MODEL_REASON_ACCEPT_QUEUE) {
        str_add(out, _("accept queue full, and tcp_abort_on_overflow is 1"));
        return;
    }
    if (peer == NULL || !peer->accepted) {
        str_add(out, _("no such connection there"));
        return;
    }
    end = why_end_of(w, peer, rst->seg.t_ns, false);
    why_sock_name(peer, name);
    if (end == WHY_END_CLOSE)
        str_addf(out,
            _("%.*s had called close(); shutdown(SHUT_WR) would have kept "
              "receiving"),
            (int)strcspn(name, "."), name);
    else if (end == WHY_END_EXIT)
        str_addf(
            out, _("%.*s had ended, by exit()"), (int)strcspn(name, "."), name);
    else
        str_addf(out, _("%s no longer takes data"), name);
}

static bool add_reset(const struct why *w, struct str *out)
{
    const struct model_segment *rst = why_reset(w);
    const struct model_segment *answered;

    if (rst == NULL)
        return false;
    str_addf(out, _("the %s's kernel sent RST (segment %" PRIu64 ")"),
        host_name(rst->seg.from), rst->seg.id);
    answered = why_answered(w->m, rst);
    if (answered == NULL)
        add_close(w, rst, out);
    else
        add_answer(w, rst, answered, out);
    return true;
}

bool why_was_reset(const struct why *w, struct str *out)
{
    if (add_reset(w, out))
        return true;
    if (has_wire(w))
        str_add(out, _("no RST was seen on the wire: this side has given the "
                       "connection up"));
    else
        str_add(out, _("the peer's kernel sent RST"));
    return true;
}

bool why_sending_ended(const struct why *w, struct str *out)
{
    if (w->sock == NULL)
        return false;
    if (w->sock->proto == IPPROTO_UDP) {
        str_addf(out, _("shutdown() has ended this direction of %s"), w->name);
        return true;
    }
    switch (w->sock->state) {
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_FIN_WAIT_2:
    case TCP_STATE_CLOSING:
    case TCP_STATE_LAST_ACK:
    case TCP_STATE_TIME_WAIT:
        str_addf(
            out, _("shutdown() has ended this direction of %s: "), w->name);
        if (!model_fin_words(w->sock, out))
            str_add(out, _("its FIN is sent"));
        return true;
    default:
        break;
    }
    if (w->sock->state == TCP_STATE_CLOSED && w->sock->peer.family != 0 &&
        add_reset(w, out))
        return true;
    return why_not_connected(w, out);
}

/* ---- waiting --------------------------------------------------------------
 */

static bool is_call(const struct why *w, const char *name)
{
    return strcmp(w->call->name, name) == 0;
}

static bool is_sending(const struct why *w)
{
    return is_call(w, "send") || is_call(w, "sendall") ||
           is_call(w, "sendto") || is_call(w, "write");
}

/* Its own segment that nothing answered, else one that it waits for. */
static bool add_stuck(const struct why *w, struct str *out)
{
    const struct model_segment *s = why_stuck(w, true);

    if (s == NULL)
        s = why_stuck(w, false);
    if (s == NULL)
        return false;
    if (s->seg.from == w->host)
        str_add(out, _("its "));
    else
        str_addf(out, _("the %s's "), host_name(s->seg.from));
    why_add_segment(s, out);
    if (s->copies > 0)
        str_addf(out, _(", sent again x%" PRIu32), s->copies);
    return true;
}

/* The hosts that a wire of the stage joins are all there are. */
static bool add_nobody(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (!has_wire(w) || !why_is_nobodys(w))
        return false;
    str_addf(out,
        _("no host of this stage has the address %s, so nobody "
          "answers"),
        addr_format_ip(&w->target, text));
    return true;
}

static void add_accept(const struct why *w, struct str *out)
{
    const struct model_sock *s = w->sock;

    if (s != NULL && s->syn_queue > 0)
        str_addf(out,
            _("no connection is ready; half open: %" PRIu32
              ", the third segment of the handshake is due"),
            s->syn_queue);
    else
        str_add(out, _("no connection is ready for accept()"));
}

static void add_sending(const struct why *w, struct str *out)
{
    const struct model_sock *s = w->sock;

    if (s == NULL || s->state == TCP_STATE_SYN_SENT) {
        str_add(out, _("the handshake is not over yet"));
        return;
    }
    str_addf(out,
        _("the send buffer is full: %" PRIu32 " bytes have no ACK yet"),
        s->send_buffer);
    if (s->timer == SOCK_TIMER_PERSIST)
        str_add(out, _(", and the peer has no room (window 0)"));
}

static void add_receiving(const struct why *w, struct str *out)
{
    const struct model_segment *s = why_stuck(w, false);

    str_add(out, _("nothing to read"));
    if (s == NULL)
        return;
    str_add(out, ": ");
    why_add_segment(s, out);
}

bool why_waits(
    const struct model *m, const struct model_call *c, struct str *out)
{
    struct why w = why_make(m, c);

    if (is_call(&w, "accept"))
        add_accept(&w, out);
    else if (is_sending(&w))
        add_sending(&w, out);
    else if (!is_call(&w, "connect"))
        add_receiving(&w, out);
    else if (!add_stuck(&w, out) && !add_nobody(&w, out))
        str_add(out, _("its SYN has no answer yet"));
    return true;
}

bool why_would_wait(const struct why *w, struct str *out)
{
    if (!why_waits(w->m, w->call, out))
        return false;
    str_add(out, _("; a non-blocking call does not wait"));
    return true;
}

bool why_interrupted(const struct why *w, struct str *out)
{
    struct str what = STR_INIT;

    str_addf(out, _("interrupted while it waited in %s()"), w->call->name);
    if (why_waits(w->m, w->call, &what))
        str_addf(out, ": %s", str_text(&what));
    str_done(&what);
    return true;
}

/* The system call itself did not time out then. */
bool why_timed_out_by_settimeout(const struct why *w, struct str *out)
{
    if (w->call->syscall == NULL ||
        strstr(w->call->syscall, "ETIMEDOUT") != NULL)
        return false;
    str_add(out, _("settimeout() ended the wait: "));
    return why_waits(w->m, w->call, out);
}

bool why_never_answered(const struct why *w, struct str *out)
{
    str_add(out, _("the kernel gave up: "));
    if (!add_stuck(w, out) && !add_nobody(w, out))
        str_add(out, _("no answer came, why is not seen here"));
    return true;
}

bool why_handshake_goes_on(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (!w->has_target)
        return false;
    str_addf(out,
        _("non-blocking: the handshake with %s goes on without the call"),
        addr_format(&w->target, text));
    return true;
}

bool why_connect_goes_on(const struct why *w, struct str *out)
{
    str_add(out, _("the first connect() still goes on: "));
    if (!add_stuck(w, out) && !add_nobody(w, out))
        str_add(out, _("its SYN has no answer yet"));
    return true;
}
