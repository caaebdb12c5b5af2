/* Binding what the kernel would bind itself, see implicit.h. */
#include "implicit.h"

#include <errno.h>
#include <sys/socket.h>

#include "result.h"

/* A connect() that failed gives the port back, but Linux goes on naming it
 * with the wildcard address (__inet_put_port(), net/ipv4/inet_hashtables.c). */
static bool is_unbound(const struct call *c)
{
    struct sockaddr_storage sa = {0};
    socklen_t len = sizeof sa;

    if (getsockname(c->sock->fd, (struct sockaddr *)&sa, &len) != 0)
        return false;
    const struct addr local = addr_from_sockaddr(&sa);
    return local.port == 0 || addr_is_any(&local);
}

bool implicit_bind(struct call *c)
{
    struct sockaddr_storage sa;
    struct addr any;
    struct err e;
    socklen_t len;

    if (!is_unbound(c) ||
        c->env->resolve(c->env->ctx, "", c->sock->family, 0, &any, &e) < 0 ||
        addr_is_any(&any))
        return true;
    len = addr_to_sockaddr(&any, &sa);
    if (bind(c->sock->fd, (const struct sockaddr *)&sa, len) == 0)
        return true;
    result_failed(c, errno);
    return false;
}
