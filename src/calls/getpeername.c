/* getpeername(): the peer's address of a socket. */
#include <errno.h>
#include <sys/socket.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

static void describe(const struct call *c, struct str *out)
{
    strace_address_call(
        out, "getpeername", c->sock->shown_fd, NULL, c->sock->family);
}

static enum call_step run(struct call *c)
{
    struct sockaddr_storage sa = {0};
    socklen_t len = sizeof sa;

    if (getpeername(c->sock->fd, (struct sockaddr *)&sa, &len) != 0)
        return result_failed(c, errno);
    struct str *out = result_syscall(c);
    strace_address_call(
        out, "getpeername", c->sock->shown_fd, &sa, c->sock->family);
    strace_answer(out, 0);
    return result_value(c, address_value(&sa));
}

const struct call_def call_getpeername_def = {
    .name = "getpeername",
    .on = CALL_ON_SOCKET,
    .returns = CALL_RETURNS_VALUE,
    .help = N_("The address at the other end; ENOTCONN if there is none."),
    .man = "getpeername(2)",
    .run = run,
    .describe = describe,
};
