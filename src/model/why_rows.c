/* Errors whose cause is a state or an address: of this socket, or of another
 * one that stands in its way. */
#include "why_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <string.h>

/* A state says that it is connected, or was. */
static bool has_connection(const struct model_sock *s)
{
    return s->state != TCP_STATE_CLOSED && s->state != TCP_STATE_NONE &&
           s->state != TCP_STATE_LISTEN && s->state != TCP_STATE_SYN_SENT;
}

/* ---- addresses ------------------------------------------------------------
 */

static void add_kept(
    const struct why *w, const struct model_sock *s, struct str *out)
{
    uint64_t now = model_now_ns(w->m);
    uint64_t left = s->timer_at_ns > now ? s->timer_at_ns - now : 0;
    char name[2 * MODEL_NAME_MAX];

    if (s->state == TCP_STATE_TIME_WAIT)
        str_addf(out,
            _("a connection in TIME_WAIT keeps port %u for %" PRIu64
              " s more; SO_REUSEADDR on the old and the new socket allows it"),
            s->local.port, left / NS_PER_S);
    else
        str_addf(out,
            _("%s (%s) still has port %u; SO_REUSEADDR on the old and the new "
              "socket allows it"),
            why_sock_name(s, name), state_name(s->proto, s->state),
            s->local.port);
}

bool why_address_taken(const struct why *w, struct str *out)
{
    uint8_t proto = w->sock != NULL ? w->sock->proto : IPPROTO_TCP;
    const struct addr *want = w->has_target     ? &w->target
                              : w->sock != NULL ? &w->sock->local
                                                : NULL;
    const struct model_sock *s =
        want != NULL ? why_holder(w, w->host, proto, want, false) : NULL;
    char name[2 * MODEL_NAME_MAX], text[ADDR_TEXT_MAX];

    if (s == NULL) {
        str_add(out, _("another socket has that address and port; which one is "
                       "not known here"));
        return true;
    }
    addr_format(&s->local, text);
    if (s->state == TCP_STATE_LISTEN)
        str_addf(
            out, _("%s listens on %s already"), why_sock_name(s, name), text);
    else if (s->state == TCP_STATE_CLOSED)
        str_addf(
            out, _("%s is bound to %s already"), why_sock_name(s, name), text);
    else
        add_kept(w, s, out);
    return true;
}

static bool is_connected_to(const struct model_sock *s, const struct addr *to)
{
    struct addr peer = addr_unmapped(&s->peer), plain = addr_unmapped(to);

    return peer.family != 0 && addr_equal(&peer, &plain);
}

/* It is bound, so no other port was looked for: a connection of that port to
 * that peer is there already (__inet_check_established()). */
bool why_same_numbers(const struct why *w, struct str *out)
{
    char name[2 * MODEL_NAME_MAX], from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];

    if (w->sock == NULL || w->sock->proto != IPPROTO_TCP ||
        w->sock->local.port == 0 || !w->has_target)
        return false;
    addr_format(&w->target, to);
    for (size_t i = 0; i < w->m->socks.len; i++) {
        const struct model_sock *s = &w->m->socks.items[i]->pub;
        if (s == w->sock || s->host != w->host || s->proto != IPPROTO_TCP ||
            s->gone || s->state == TCP_STATE_CLOSED ||
            s->local.port != w->sock->local.port ||
            !is_connected_to(s, &w->target))
            continue;
        str_addf(out, _("%s (%s) has the same four numbers: %s and %s"),
            why_sock_name(s, name), state_name(s->proto, s->state),
            addr_format(&s->local, from), to);
        return true;
    }
    str_addf(out,
        _("it is bound to port %u; a connection from there to %s would be in "
          "the way, but none is seen here"),
        w->sock->local.port, to);
    return true;
}

bool why_no_port_left(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (!w->has_target)
        return false;
    str_addf(out, _("no free port of this host is left for a connection to %s"),
        addr_format(&w->target, text));
    return true;
}

bool why_not_our_address(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (!w->has_target)
        return false;
    str_addf(out, _("%s is no address of the %s, which has"),
        addr_format_ip(&w->target, text), host_name(w->host));
    for (size_t i = 0; i < w->m->address_count[w->host]; i++)
        str_addf(out, "%s %s", i > 0 ? "," : "",
            addr_format_ip(&w->m->addresses[w->host][i], text));
    return true;
}

bool why_low_port(const struct why *w, struct str *out)
{
    if (!w->has_target || w->target.port == 0 || w->target.port >= 1024)
        return false;
    str_addf(out,
        _("port %u is below 1024: it needs the right CAP_NET_BIND_SERVICE"),
        w->target.port);
    return true;
}

bool why_prohibited(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (!w->has_target)
        return false;
    str_addf(out,
        _("this host may not send to %s: a broadcast needs SO_BROADCAST, or a "
          "route prohibits it"),
        addr_format_ip(&w->target, text));
    return true;
}

bool why_no_route(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (!w->has_target)
        return false;
    str_addf(out, _("the %s has no route to %s, so nothing was sent"),
        host_name(w->host), addr_format_ip(&w->target, text));
    return true;
}

/* What socket() of the stage refuses by itself. */
bool why_family_not_here(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("the stage has AF_INET and AF_INET6 only"));
    return true;
}

bool why_type_not_here(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("the stage has SOCK_STREAM and SOCK_DGRAM only"));
    return true;
}

bool why_protocol_not_here(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("the stage has IPPROTO_TCP and IPPROTO_UDP only"));
    return true;
}

bool why_other_family(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("the address is not of the socket's family"));
    return true;
}

/* ---- states ---------------------------------------------------------------
 */

static bool is_listener(const struct why *w)
{
    return w->sock != NULL && w->sock->state == TCP_STATE_LISTEN;
}

static void add_listener(const struct why *w, struct str *out)
{
    str_addf(out,
        _("%s is a listener: data goes over the socket that accept() gives"),
        w->name);
}

/* It was ESTABLISHED at any time since its connection began; true also where
 * that is not known any more. */
static bool may_have_been_open(const struct why *w)
{
    const struct model_change *c = w->m->changes.items;

    if (why_was_accepted(w) ||
        (w->m->changes.len > 0 && c[0].t_ns > w->since_ns))
        return true;
    for (size_t i = w->m->changes.len; i-- > 0 && c[i].t_ns >= w->since_ns;)
        if (c[i].sock == w->sock->id && c[i].state == TCP_STATE_ESTABLISHED)
            return true;
    return false;
}

bool why_connect_failed(const struct why *w, struct str *out)
{
    const struct model_call *c = why_connect(w);

    if (c == NULL || c->error == NULL || w->sock->proto != IPPROTO_TCP ||
        w->sock->state != TCP_STATE_CLOSED)
        return false;
    if (!why_goes_on(c))
        str_addf(out,
            _("connect() of %s failed with %s: there is no connection"),
            w->name, c->error);
    else if (!may_have_been_open(w))
        str_addf(
            out, _("the handshake of %s ended without a connection"), w->name);
    else
        return false;
    return true;
}

bool why_not_connected(const struct why *w, struct str *out)
{
    if (w->sock == NULL)
        return false;
    if (is_listener(w))
        add_listener(w, out);
    else if (w->sock->state == TCP_STATE_SYN_SENT)
        str_addf(out, _("the handshake of %s is not over yet"), w->name);
    else if (why_connect_failed(w, out))
        return true;
    else if (w->sock->peer.family != 0)
        str_addf(out, _("the connection of %s is over"), w->name);
    else if (w->sock->proto == IPPROTO_UDP)
        str_addf(out, _("%s has no peer: only connect() sets one"), w->name);
    else
        str_addf(
            out, _("%s was never connected: connect() comes first"), w->name);
    return true;
}

bool why_bound_already(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (w->sock == NULL || w->sock->local.port == 0)
        return false;
    str_addf(out, _("%s has the address %s already: a socket is bound once"),
        w->name, addr_format(&w->sock->local, text));
    return true;
}

bool why_does_not_listen(const struct why *w, struct str *out)
{
    if (w->sock == NULL || is_listener(w))
        return false;
    if (has_connection(w->sock) || w->sock->state == TCP_STATE_SYN_SENT)
        str_addf(out, _("%s is a connection (%s), only a listener accepts"),
            w->name, state_name(w->sock->proto, w->sock->state));
    else if (why_stopped_listening(w))
        str_addf(out,
            _("shutdown() has ended the listening of %s; listen() would begin "
              "it anew"),
            w->name);
    else
        str_addf(out, _("%s does not listen: listen() comes first"), w->name);
    return true;
}

bool why_cannot_listen(const struct why *w, struct str *out)
{
    if (w->sock == NULL ||
        (!has_connection(w->sock) && w->sock->state != TCP_STATE_SYN_SENT))
        return false;
    str_addf(out, _("%s is a connection (%s); a listener is another socket"),
        w->name, state_name(w->sock->proto, w->sock->state));
    return true;
}

static bool is_loopback(const struct addr *a)
{
    char text[ADDR_TEXT_MAX];

    addr_format_ip(a, text);
    return strncmp(text, "127.", 4) == 0 || strstr(text, "::1") == text;
}

bool why_is_nobodys(const struct why *w)
{
    return w->has_target && !addr_is_any(&w->target) &&
           !is_loopback(&w->target) && why_host_of(w, &w->target) == HOST_COUNT;
}

bool why_cannot_reach_from_there(const struct why *w, struct str *out)
{
    char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];

    if (!w->has_target || w->sock == NULL || !is_loopback(&w->sock->local) ||
        is_loopback(&w->target))
        return false;
    str_addf(out,
        _("%s is bound to %s, which never leaves its host; %s is "
          "another one"),
        w->name, addr_format_ip(&w->sock->local, from),
        addr_format_ip(&w->target, to));
    return true;
}

bool why_no_direction(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("shutdown() ends SHUT_RD (0), SHUT_WR (1) or SHUT_RDWR (2), "
                   "and there is nothing else to end"));
    return true;
}

bool why_value_refused(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("the option does not take that value, or not in this state "
                   "of the socket"));
    return true;
}

bool why_option_unknown(const struct why *w, struct str *out)
{
    (void)w;
    str_add(out, _("this kernel, or this kind of socket, has no such option"));
    return true;
}

bool why_connected_already(const struct why *w, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    if (w->sock == NULL)
        return false;
    if (is_listener(w))
        add_listener(w, out);
    else if (w->sock->state == TCP_STATE_CLOSED)
        str_addf(out,
            _("the connection of %s is over; a new one needs a new socket"),
            w->name);
    else if (w->sock->peer.family != 0)
        str_addf(out,
            _("%s is connected to %s; another connection needs another socket"),
            w->name, addr_format(&w->sock->peer, text));
    else
        str_addf(out, _("%s is connected already"), w->name);
    return true;
}

bool why_connect_again(const struct why *w, struct str *out)
{
    str_addf(out,
        _("the attempt before has failed, and its error was taken; "
          "connect() of %s may be called anew"),
        w->name);
    return true;
}

/* ---- datagrams ------------------------------------------------------------
 */

/* The length field counts 16 bits: without the headers of IPv4 and UDP. Over
 * IPv6 its own header does not count (RFC 8200, section 3). */
#define DATAGRAM_MAX4 (65535 - 20 - 8)
#define DATAGRAM_MAX6 (65535 - 8)

bool why_too_long(const struct why *w, struct str *out)
{
    bool six = w->has_target && addr_unmapped(&w->target).family == AF_INET6;
    unsigned most = six ? DATAGRAM_MAX6 : DATAGRAM_MAX4;
    unsigned long len;

    if (why_length(w->call, &len) && len > most)
        str_addf(out,
            _("%lu bytes do not fit into one datagram: %u is the most over %s"),
            len, most, six ? "IPv6" : "IPv4");
    else
        str_add(out, _("it is larger than a packet that may not be cut"));
    return true;
}

bool why_no_peer(const struct why *w, struct str *out)
{
    str_addf(out,
        _("%s has no peer: sendto() names an address, connect() sets one"),
        w->name);
    return true;
}

bool why_datagrams_only(const struct why *w, struct str *out)
{
    if (w->sock == NULL || w->sock->proto != IPPROTO_UDP)
        return false;
    str_addf(out, _("%s is a UDP socket: without connections there is no %s()"),
        w->name, w->call->name);
    return true;
}

/* ---- names ----------------------------------------------------------------
 */

bool why_closed_name(const struct why *w, struct str *out)
{
    if (w->call->socket == NULL) {
        str_add(out, _("no open socket of this process has that descriptor"));
        return true;
    }
    str_addf(out, _("%s was closed: the name is left, its descriptor is not"),
        w->name);
    return true;
}

/* ---- what went well -------------------------------------------------------
 */

static bool is_here(const struct why *w)
{
    struct addr plain = addr_unmapped(&w->target);

    for (size_t i = 0; i < w->m->address_count[w->host]; i++)
        if (addr_same_ip(&w->m->addresses[w->host][i], &plain))
            return true;
    return w->sock != NULL && addr_same_ip(&w->sock->local, &w->target);
}

static bool owns(const struct model_sock *s, const char *process)
{
    size_t len = strlen(process);

    for (size_t i = 0; i < s->owner_count; i++)
        if (strncmp(s->owners[i], process, len) == 0 &&
            s->owners[i][len] == '.')
            return true;
    return false;
}

/* A beginner's next line still goes to the process of the listener. */
bool why_noticed(
    const struct model *m, const struct model_call *c, struct str *out)
{
    struct why w;
    const struct model_sock *s;

    if (c->error != NULL || c->exception != NULL ||
        strcmp(c->name, "connect") != 0)
        return false;
    w = why_make(m, c);
    if (w.sock == NULL || w.sock->proto != IPPROTO_TCP || !w.has_target ||
        !is_here(&w))
        return false;
    s = why_holder(&w, w.host, IPPROTO_TCP, &w.target, true);
    if (s == NULL || s->state != TCP_STATE_LISTEN || !owns(s, c->process))
        return false;
    str_addf(out, _("%s has connected to itself"), c->process);
    if (w.host == HOST_SERVER)
        str_add(out, _("; for a client type c1: s = socket()"));
    return true;
}
