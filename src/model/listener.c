/* The two queues of a listener, found again among the sockets: those that no
 * process holds yet and that came to the listener's address and port. */
#include "model_int.h"

#include <netinet/in.h>

/* An IPv6 wildcard takes IPv4 connections too (ipv6(7), IPV6_V6ONLY). */
static bool covers(const struct addr *listener, const struct addr *local)
{
    struct addr want = addr_unmapped(listener);
    struct addr have = addr_unmapped(local);

    if (want.port != have.port)
        return false;
    if (addr_is_any(&want))
        return want.family == AF_INET6 || have.family == AF_INET;
    return addr_same_ip(&want, &have);
}

static bool waits_for_accept(const struct sock *s)
{
    return s->pub.state == TCP_STATE_ESTABLISHED ||
           s->pub.state == TCP_STATE_CLOSE_WAIT;
}

static bool is_half_open(const struct sock *s)
{
    return s->pub.state == TCP_STATE_SYN_RECEIVED;
}

static bool is_queued(
    const struct model_sock *listener, const struct model_sock *s)
{
    return s->proto == IPPROTO_TCP && s->host == listener->host &&
           !s->accepted && s->owner_count == 0 && !s->gone &&
           s->local.port == listener->local.port &&
           covers(&listener->local, &s->local);
}

/* The i-th in the order in which they came into their state: accept() takes
 * the one whose handshake finished first, whenever it began. */
static const struct model_sock *queued_at(const struct model *m,
    const struct model_sock *listener, size_t i,
    bool (*is_in)(const struct sock *s))
{
    const struct sock *found = NULL;

    for (size_t round = 0; round <= i; round++) {
        const struct sock *next = NULL;
        for (size_t k = 0; k < m->socks.len; k++) {
            const struct sock *s = m->socks.items[k];
            if ((found != NULL && s->queued <= found->queued) ||
                (next != NULL && s->queued >= next->queued) || !is_in(s) ||
                !is_queued(listener, &s->pub))
                continue;
            next = s;
        }
        if (next == NULL)
            return NULL;
        found = next;
    }
    return &found->pub;
}

const struct model_sock *model_accept_queue_at(
    const struct model *m, const struct model_sock *listener, size_t i)
{
    return queued_at(m, listener, i, waits_for_accept);
}

const struct model_sock *model_syn_queue_at(
    const struct model *m, const struct model_sock *listener, size_t i)
{
    return queued_at(m, listener, i, is_half_open);
}
