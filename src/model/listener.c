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

/* The i-th in the order in which they came into their state: accept() takes
 * the one whose handshake finished first, whenever it began. */
static const struct model_sock *queued_at(const struct model *m,
    const struct model_sock *listener, size_t i, enum bucket_kind kind)
{
    const struct bucket *b = index_queue(m, kind, listener);

    for (size_t k = 0; b != NULL && k < b->of.len; k++) {
        const struct model_sock *s = &b->of.items[k].sock->pub;
        if (covers(&listener->local, &s->local) && i-- == 0)
            return s;
    }
    return NULL;
}

const struct model_sock *model_accept_queue_at(
    const struct model *m, const struct model_sock *listener, size_t i)
{
    return queued_at(m, listener, i, BUCKET_READY);
}

const struct model_sock *model_syn_queue_at(
    const struct model *m, const struct model_sock *listener, size_t i)
{
    return queued_at(m, listener, i, BUCKET_HALF_OPEN);
}
