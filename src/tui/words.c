/* Names and plain words for what the model holds. */
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void words_process(const char *owner, char out[MODEL_NAME_MAX])
{
    size_t len = strcspn(owner, ".");

    snprintf(out, MODEL_NAME_MAX, "%.*s", (int)len, owner);
}

static void name_or_port(
    const struct model_sock *s, uint16_t port, char out[WORDS_MAX])
{
    if (s && s->owner_count > 0) {
        char process[MODEL_NAME_MAX];
        words_process(s->owners[0], process);
        snprintf(out, WORDS_MAX, "%s", process);
    } else {
        snprintf(out, WORDS_MAX, ":%u", port);
    }
}

void words_client(
    const struct model *m, const struct model_sock *s, char out[WORDS_MAX])
{
    if (s->host == HOST_CLIENT)
        name_or_port(s, s->local.port, out);
    else
        name_or_port(model_sock_peer(m, s), s->peer.port, out);
}

/* The end at the client; of an ICMP error, that of the packet it quotes. */
static uint16_t client_port(const struct segment *s)
{
    bool up = s->from == HOST_CLIENT;

    if (s->quoted.src.family)
        return up ? s->quoted.dst.port : s->quoted.src.port;
    return up ? s->src.port : s->dst.port;
}

void words_segment_owner(
    const struct model *m, const struct segment *s, char out[WORDS_MAX])
{
    uint16_t port = client_port(s);

    out[0] = '\0';
    if (port == 0)
        return;
    const char *owner = model_segment_owner(m, s, HOST_CLIENT);
    if (owner) {
        char process[MODEL_NAME_MAX];
        words_process(owner, process);
        snprintf(out, WORDS_MAX, "%s", process);
    } else {
        snprintf(out, WORDS_MAX, ":%u", port);
    }
}

void words_address(
    const struct model *m, const struct addr *a, char out[WORDS_MAX])
{
    char ip[ADDR_TEXT_MAX];

    if (addr_is_any(a)) {
        snprintf(out, WORDS_MAX, "*:%u", a->port);
        return;
    }
    /* On loopback both hosts have one address: it names neither. */
    if (str_equal(model_wire(m), "loopback")) {
        snprintf(out, WORDS_MAX, "%s", addr_format(a, ip));
        return;
    }
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        const struct addr *list = NULL;
        size_t n = model_addresses(m, h, &list);
        struct addr plain = addr_unmapped(a);
        if (n > 0 && addr_same_ip(&list[0], &plain)) {
            snprintf(out, WORDS_MAX, "%s:%u", host_name(h), a->port);
            return;
        }
    }
    snprintf(out, WORDS_MAX, "%s", addr_format(a, ip));
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

const char *words_state(
    const struct model *m, const struct model_sock *s, bool brief)
{
    if (s->proto == IPPROTO_UDP)
        return brief ? "UDP" : datagram_words(s);
    const char *short_form = brief ? brief_words(s) : NULL;
    return short_form ? short_form : state_words(m, s);
}

/* Colours by class; a column more of the same enum. */
static const struct {
    enum theme_key badge, words;
} class_styles[] = {
    [CLASS_CLOSED] = {THEME_STATE_CLOSED, THEME_WORDS},
    [CLASS_LISTEN] = {THEME_STATE_LISTEN, THEME_WORDS},
    [CLASS_OPENING] = {THEME_STATE_OPENING, THEME_WORDS},
    [CLASS_ESTABLISHED] = {THEME_STATE_ESTABLISHED, THEME_WORDS},
    [CLASS_HALF_CLOSED] = {THEME_STATE_HALF_CLOSED, THEME_WORDS_HALF_CLOSED},
    [CLASS_CLOSING] = {THEME_STATE_CLOSING, THEME_WORDS},
};

enum theme_key words_class_badge(enum state_class class)
{
    return class_styles[class].badge;
}

enum theme_key words_state_badge(const struct model_sock *s)
{
    if (s->owner_count == 0)
        return THEME_STATE_KERNEL;
    return words_class_badge(state_class(s->proto, s->state));
}

enum theme_key words_state_style(const struct model_sock *s)
{
    if (s->owner_count == 0)
        return THEME_DIM;
    return class_styles[state_class(s->proto, s->state)].words;
}

const char *words_timer(const struct model_sock *s)
{
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

char *words_duration(uint64_t ns, char *out, size_t size)
{
    uint64_t tenths = ns / (NS_PER_S / 10);

    if (tenths < 100)
        snprintf(
            out, size, "%" PRIu64 ".%" PRIu64 " s", tenths / 10, tenths % 10);
    else
        snprintf(out, size, "%" PRIu64 " s", tenths / 10);
    return out;
}
