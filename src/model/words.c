/* Names and plain words for what the model holds. */
#include "sockstage/model/words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static void name_or_port(
    const struct model_sock *s, uint16_t port, char out[MODEL_WORDS_MAX])
{
    if (s && s->owner_count > 0) {
        size_t len = strcspn(s->owners[0], ".");
        snprintf(out, MODEL_WORDS_MAX, "%.*s", (int)len, s->owners[0]);
    } else {
        snprintf(out, MODEL_WORDS_MAX, ":%u", port);
    }
}

void model_client_words(const struct model *m, const struct model_sock *s,
    char out[MODEL_WORDS_MAX])
{
    if (s->host == HOST_CLIENT)
        name_or_port(s, s->local.port, out);
    else
        name_or_port(model_sock_peer(m, s), s->peer.port, out);
}

void model_address_words(
    const struct model *m, const struct addr *a, char out[MODEL_WORDS_MAX])
{
    char ip[ADDR_TEXT_MAX];

    if (addr_is_any(a)) {
        snprintf(out, MODEL_WORDS_MAX, "*:%u", a->port);
        return;
    }
    /* On loopback both hosts have one address: it names neither. */
    if (str_equal(model_wire(m), "loopback")) {
        snprintf(out, MODEL_WORDS_MAX, "%s", addr_format(a, ip));
        return;
    }
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        const struct addr *list = NULL;
        size_t n = model_addresses(m, h, &list);
        struct addr plain = addr_unmapped(a);
        if (n > 0 && addr_same_ip(&list[0], &plain)) {
            snprintf(out, MODEL_WORDS_MAX, "%s:%u", host_name(h), a->port);
            return;
        }
    }
    snprintf(out, MODEL_WORDS_MAX, "%s", addr_format(a, ip));
}

static const char *closed_words(const struct model_sock *s)
{
    if (s->gone || s->peer.family)
        return _("the kernel is done with it");
    return s->local.port ? _("has its port, does nothing yet")
                         : _("fresh, no address yet");
}

static const char *established_words(
    const struct model *m, const struct model_sock *s)
{
    const struct model_sock *peer =
        s->host == HOST_CLIENT ? model_sock_peer(m, s) : NULL;

    /* It stands in the client's column, but is the server's doing. */
    if (model_hides(m, MODEL_SERVER))
        return "";
    return peer && !peer->accepted ? _("not accepted yet") : "";
}

static const char *state_words(
    const struct model *m, const struct model_sock *s)
{
    bool held = s->owner_count > 0;

    switch (s->state) {
    case TCP_STATE_ESTABLISHED:
        return established_words(m, s);
    case TCP_STATE_SYN_SENT:
        return _("SYN sent, no answer yet");
    case TCP_STATE_SYN_RECEIVED:
        return _("SYN+ACK sent, no ACK yet");
    case TCP_STATE_FIN_WAIT_1:
        return held ? _("we ended, FIN not confirmed")
                    : _("closed, FIN not confirmed");
    case TCP_STATE_FIN_WAIT_2:
        return held ? _("we ended, can still receive")
                    : _("closed, the kernel waits for the peer");
    case TCP_STATE_TIME_WAIT:
        return _("the kernel waits for stragglers");
    case TCP_STATE_CLOSED:
        return closed_words(s);
    case TCP_STATE_CLOSE_WAIT:
        return _("peer ended; can still send; close() when done");
    case TCP_STATE_LAST_ACK:
        return held ? _("both ended, last ACK is due")
                    : _("closed, last ACK is due");
    case TCP_STATE_CLOSING:
        return _("both ended at the same time");
    default:
        return "";
    }
}

static const char *datagram_words(const struct model_sock *s)
{
    if (s->gone)
        return _("UDP, closed");
    if (s->peer.family)
        return _("UDP, hears its peer only");
    return s->local.port ? _("UDP, hears every sender")
                         : _("UDP, no address yet");
}

/* Where a column has no room for the whole sentence. */
static const char *brief_words(const struct model_sock *s)
{
    switch (s->state) {
    case TCP_STATE_SYN_SENT:
        return _("no answer yet");
    case TCP_STATE_FIN_WAIT_1:
        return _("FIN not confirmed");
    case TCP_STATE_FIN_WAIT_2:
        return s->owner_count > 0 ? _("we ended, can receive")
                                  : _("closed, waits for peer");
    case TCP_STATE_CLOSE_WAIT:
        return _("peer ended, can send");
    case TCP_STATE_LAST_ACK:
        return _("last ACK is due");
    case TCP_STATE_TIME_WAIT:
        return _("waits for stragglers");
    case TCP_STATE_CLOSING:
        return _("both ended at once");
    case TCP_STATE_CLOSED:
        if (s->gone || s->peer.family)
            return _("the kernel is done");
        return s->local.port ? _("has its port") : NULL;
    default:
        return NULL;
    }
}

const char *model_state_words(
    const struct model *m, const struct model_sock *s, bool brief)
{
    if (s->proto == IPPROTO_UDP)
        return brief ? "UDP" : datagram_words(s);
    const char *short_form = brief ? brief_words(s) : NULL;
    return short_form ? short_form : state_words(m, s);
}

bool model_waits_for_fin(const struct model_sock *s)
{
    return s->timer == SOCK_TIMER_KEEPALIVE && s->owner_count == 0 &&
           s->state == TCP_STATE_FIN_WAIT_2;
}

const char *model_timer_explain(const struct model_sock *s)
{
    if (model_waits_for_fin(s))
        return N_(
            "Nothing is asked then: this end is closed, and Linux keeps "
            "the whole socket for the peer's FIN no longer than "
            "tcp_fin_timeout less 60 s, by the timer of keep-alive. A "
            "small entry waits as long once more, then all is forgotten.");
    return timer_explain(s->timer);
}

const char *model_timer_section(const struct model_sock *s)
{
    return model_waits_for_fin(s) ? "tcp(7)" : timer_section(s->timer);
}

const char *model_timer_words(const struct model_sock *s)
{
    if (model_waits_for_fin(s))
        return _("waits for the peer's FIN, given up");
    switch (s->timer) {
    case SOCK_TIMER_RETRANSMIT:
        return s->state == TCP_STATE_SYN_SENT ? _("repeats its SYN")
                                              : _("sends again");
    case SOCK_TIMER_SYNACK:
        return _("repeats its SYN+ACK");
    case SOCK_TIMER_PERSIST:
        return _("asks for room");
    case SOCK_TIMER_KEEPALIVE:
        return _("asks if the peer is there");
    case SOCK_TIMER_TIMEWAIT:
        return _("the kernel forgets it");
    default:
        return NULL;
    }
}

/* ---- a FIN that is not sent ----------------------------------------------
 */

bool model_fin_words(const struct model_sock *s, struct str *out)
{
    if (s->state != TCP_STATE_FIN_WAIT_1 && s->state != TCP_STATE_CLOSING &&
        s->state != TCP_STATE_LAST_ACK)
        return false;
    if (s->unsent > 0)
        str_addf(out,
            ngettext("its FIN follows the %u byte that waits",
                "its FIN follows the %u bytes that wait", s->unsent),
            s->unsent);
    else if (s->timer == SOCK_TIMER_PERSIST)
        str_add(out, _("its FIN waits until the peer has room"));
    else
        return false;
    return true;
}

/* ---- what a listener has refused ----------------------------------------- */

static void add_both(uint32_t syns, uint32_t acks, bool brief, struct str *out)
{
    if (brief) {
        str_addf(out, _("%u SYN %u ACK ignored"), syns, acks);
        return;
    }
    str_addf(out, ngettext("%u SYN", "%u SYNs", syns), syns);
    str_add(out, _(" and "));
    str_addf(out,
        ngettext("%u ACK ignored so far", "%u ACKs ignored so far", acks),
        acks);
}

void model_refused_words(
    const struct model_sock *s, bool brief, struct str *out)
{
    uint32_t syns, acks;

    if (!model_refused(s, &syns, &acks))
        str_addf(out,
            ngettext("%u drop counted", "%u drops counted", s->ignored),
            s->ignored);
    else if (syns > 0 && acks > 0)
        add_both(syns, acks, brief, out);
    else if (acks > 0)
        str_addf(out,
            brief ? ngettext("%u ACK ignored", "%u ACKs ignored", acks)
                  : ngettext("%u ACK ignored so far", "%u ACKs ignored so far",
                        acks),
            acks);
    else
        str_addf(out,
            brief ? ngettext("%u SYN ignored", "%u SYNs ignored", syns)
                  : ngettext("%u SYN ignored so far", "%u SYNs ignored so far",
                        syns),
            syns);
}

/* ---- the wire's settings ------------------------------------------------- */

#define USUAL_MTU 1500 /* of the calm wire */

static void add_ms(struct str *s, uint64_t ns)
{
    uint64_t us = ns / NS_PER_US;

    if (us % 1000)
        str_addf(s, "%" PRIu64 ".%" PRIu64, us / 1000, us % 1000 / 100);
    else
        str_addf(s, "%" PRIu64, us / 1000);
}

static void delay_text(const struct wire_status *w, bool brief, struct str *out)
{
    uint64_t up = w->delay_ns[HOST_CLIENT];
    uint64_t down = w->delay_ns[HOST_SERVER];

    if (up == 0 && down == 0)
        return;
    if (!brief && up == down) {
        add_ms(out, up);
        str_add(out, _(" ms each way, "));
    } else if (!brief) {
        add_ms(out, up);
        str_add(out, _(" ms there, "));
        add_ms(out, down);
        str_add(out, _(" back, "));
    }
    str_add(out, _("RTT "));
    add_ms(out, up + down);
    if (w->jitter_ns[HOST_CLIENT] || w->jitter_ns[HOST_SERVER]) {
        str_add(out, "-");
        add_ms(out,
            up + down + w->jitter_ns[HOST_CLIENT] + w->jitter_ns[HOST_SERVER]);
    }
    str_add(out, brief ? _(" ms") : "");
}

static void rate_text(const struct wire_status *w, bool brief, struct str *out)
{
    static const struct {
        uint64_t from;
        const char *unit;
    } units[] = {{1000000000, "Gbit/s"}, {1000000, "Mbit/s"}, {1000, "kbit/s"},
        {1, "bit/s"}};
    size_t i = 0;

    (void)brief;
    if (w->rate == 0)
        return;
    while (units[i].from > w->rate)
        i++;
    str_addf(out, "%" PRIu64, w->rate / units[i].from);
    if (w->rate % units[i].from)
        str_addf(
            out, ".%" PRIu64, w->rate % units[i].from / (units[i].from / 10));
    str_addf(out, " %s", units[i].unit);
}

static void add_percent(struct str *out, uint32_t ppm)
{
    str_addf(out, "%" PRIu32, ppm / 10000);
    if (ppm % 10000)
        str_addf(out, ".%" PRIu32, ppm % 10000 / 1000);
    str_add(out, "%");
}

static void loss_text(const struct wire_status *w, bool brief, struct str *out)
{
    uint32_t up = w->loss_ppm[HOST_CLIENT];
    uint32_t down = w->loss_ppm[HOST_SERVER];

    if (up == 0 && down == 0)
        return;
    str_add(out, _("loss "));
    if (up == down) {
        add_percent(out, up);
        return;
    }
    if (up > 0) {
        add_percent(out, up);
        str_add(out, brief ? "→" : _(" there"));
    }
    if (up > 0 && down > 0)
        str_add(out, brief ? " " : ", ");
    if (down > 0) {
        str_add(out, brief ? "←" : "");
        add_percent(out, down);
        str_add(out, brief ? "" : _(" back"));
    }
}

static void mtu_text(const struct wire_status *w, bool brief, struct str *out)
{
    (void)brief;
    if (w->mtu && w->mtu != USUAL_MTU)
        str_addf(out, "MTU %" PRIu32, w->mtu);
}

void model_wire_words(
    const struct wire_status *w, size_t part, bool brief, struct str *out)
{
    static void (*const parts[MODEL_WIRE_WORDS])(const struct wire_status *w,
        bool brief,
        struct str *out) = {delay_text, rate_text, loss_text, mtu_text};

    parts[part](w, brief, out);
}
