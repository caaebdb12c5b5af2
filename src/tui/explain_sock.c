/* A socket at this moment: its state, what its counts mean, its timer. */
#include "explain.h"

#include "words.h"

#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>

/* The kernel's counter, which `expect` asks for too, is no number of segments:
 * see reason.c. */
static void add_refused(const struct model_sock *s, struct explanation *e)
{
    uint32_t syns, acks;

    if (s->ignored == 0)
        return;
    if (model_refused(s, &syns, &acks))
        explain_addf(e, THEME_FULL,
            _("Thrown away so far because a queue was full: SYNs %u, last ACKs "
              "of a handshake %u. The kernel's counter, one for a SYN and two "
              "for an ACK, says %u."),
            syns, acks, s->ignored);
    else
        explain_addf(e, THEME_FULL,
            _("Thrown away so far because a queue was full: the kernel counts "
              "%u, one for a SYN and two for the last ACK of a handshake."),
            s->ignored);
}

static void add_listener(const struct model_sock *s, struct explanation *e)
{
    explain_addf(e, THEME_WORDS,
        _("Now: half open %u (SYN queue); ready for accept() %u. listen(%u) "
          "lets Linux keep %u of each."),
        s->syn_queue, s->accept_queue, s->backlog, s->backlog + 1);
    if (s->accept_queue > s->backlog)
        explain_add(e, THEME_FULL,
            _("The accept queue is FULL: SYNs and last ACKs are thrown away "
              "without an answer until accept() makes room."));
    add_refused(s, e);
    explain_see(e, "listen(2)");
}

static void add_datagrams(const struct model_sock *s, struct explanation *e)
{
    if (s->recv_memory > 0)
        explain_addf(e, THEME_WORDS,
            _("Now: the next datagram has %u bytes; all that wait take %u "
              "bytes of memory, of at most %u (SO_RCVBUF)."),
            s->recv_buffer, s->recv_memory, s->rcvbuf);
    else
        explain_add(e, THEME_WORDS, _("Now: no datagram waits to be read."));
    if (s->ignored > 0)
        explain_addf(e, THEME_FULL,
            _("Datagrams that arrived and were thrown away so far: %u."),
            s->ignored);
    explain_see(e, "udp(7)");
}

/* In TIME_WAIT the kernel keeps no buffers any more. */
static bool counts_bytes(const struct model_sock *s)
{
    if (s->send_buffer > 0 || s->recv_buffer > 0)
        return true;
    return state_is_synchronised(s->state) && s->state != TCP_STATE_TIME_WAIT;
}

static void add_fin(const struct model_sock *s, struct explanation *e)
{
    struct str text = STR_INIT;

    if (model_fin_words(s, &text))
        explain_addf(e, THEME_WORDS, _("Not sent yet: %s."), str_text(&text));
    str_done(&text);
}

static void add_bytes(const struct model_sock *s, struct explanation *e)
{
    uint32_t unsent = s->unsent < s->send_buffer ? s->unsent : s->send_buffer;

    if (!counts_bytes(s))
        return;
    if (s->send_buffer > 0)
        explain_addf(e, THEME_WORDS,
            _("Now: %u bytes are in the send buffer. %u of them are sent and "
              "kept until their ACK comes, %u are not sent yet."),
            s->send_buffer, s->send_buffer - unsent, unsent);
    add_fin(s, e);
    if (s->recv_buffer > 0)
        explain_addf(e, THEME_WORDS,
            _("Now: %u bytes have arrived in order and wait for recv()."),
            s->recv_buffer);
    if (s->send_buffer == 0 && s->recv_buffer == 0)
        explain_add(e, THEME_WORDS,
            _("Now: both buffers are empty: nothing waits for an ACK, nothing "
              "waits for recv()."));
}

static void add_timer(
    const struct moment *m, const struct model_sock *s, struct explanation *e)
{
    uint64_t left = s->timer_at_ns > m->now_ns ? s->timer_at_ns - m->now_ns : 0;
    char time[32];

    if (s->timer == SOCK_TIMER_NONE)
        return;
    e->runs = true;
    words_duration(left, time, sizeof time);
    if (s->timer_retrans > 0)
        explain_addf(e, THEME_TIMER,
            _("The timer %s fires in %s; it has fired x%u. %s"),
            timer_name(s->timer), time, s->timer_retrans,
            _(model_timer_explain(s)));
    else
        explain_addf(e, THEME_TIMER, _("The timer %s fires in %s. %s"),
            timer_name(s->timer), time, _(model_timer_explain(s)));
    explain_see(e, model_timer_section(s));
}

static void add_title(const struct model_sock *s, struct explanation *e)
{
    char text[ADDR_TEXT_MAX];

    if (s->owner_count > 0)
        str_add(&e->title, s->owners[0]);
    else if (s->former[0])
        str_addf(&e->title, _("formerly %s"), s->former);
    else
        str_add(&e->title, addr_format(&s->local, text));
    if (s->owner_count == 0 && s->peer.family)
        str_addf(&e->title, " → %s", addr_format(&s->peer, text));
    str_addf(&e->title, "  %s", state_name(s->proto, s->state));
}

static void add_state(
    const struct moment *m, const struct model_sock *s, struct explanation *e)
{
    const struct model_sock *peer = model_sock_peer(m->model, s);
    struct str see = STR_INIT;

    explain_add(e, THEME_SCREEN, _(state_explain(s->proto, s->state)));
    if (s->proto == IPPROTO_UDP) {
        explain_see(e, "RFC 768");
        return;
    }
    str_addf(&see, "RFC 9293 %s", state_section(s->state));
    explain_see(e, str_text(&see));
    str_done(&see);
    explain_see(e, "tcp(7)");
    if (peer && !peer->accepted && s->state == TCP_STATE_ESTABLISHED)
        explain_row(e, EXPLAIN_TOPIC, "NOT_ACCEPTED");
}

void explain_sock(
    const struct moment *m, const struct model_sock *s, struct explanation *e)
{
    char process[MODEL_NAME_MAX] = "";

    add_title(s, e);
    add_state(m, s, e);
    if (s->owner_count > 0) {
        words_process(s->owners[0], process);
        explain_calls(m, process, s->id, e);
    }
    if (s->owner_count == 0 && s->accepted && !s->gone)
        explain_row(e, EXPLAIN_TOPIC, "ORPHAN");
    if (s->is_listener)
        add_listener(s, e);
    else if (s->proto == IPPROTO_UDP)
        add_datagrams(s, e);
    else
        add_bytes(s, e);
    add_timer(m, s, e);
}
