/* accept(): takes the oldest connection of the accept queue. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

static void describe(const struct call *c, struct str *out)
{
    strace_address_call(
        out, "accept", c->sock->shown_fd, NULL, c->sock->family);
}

static enum call_step run(struct call *c)
{
    struct sockaddr_storage peer = {0};
    socklen_t len = sizeof peer;

    if (!result_ready(c, POLLIN))
        return result_wait(c, CALL_WAIT_READ, EAGAIN);
    int fd = accept4(c->sock->fd, (struct sockaddr *)&peer, &len,
        SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && errno == EAGAIN && c->sock->timeout_s != 0)
        return result_wait(c, CALL_WAIT_READ, EAGAIN);
    if (fd < 0)
        return result_failed(c, errno);
    c->result.new_fd = fd;
    c->result.new_family = c->sock->family;
    c->result.new_type = c->sock->type;
    struct str *out = result_syscall(c);
    strace_address_call(
        out, "accept", c->sock->shown_fd, &peer, c->sock->family);
    strace_answer(out, c->next_fd);
    return result_value(c, address_value(&peer));
}

const struct call_def call_accept_def = {
    .name = "accept",
    .on = CALL_ON_SOCKET,
    .returns = CALL_RETURNS_SOCKET_ADDR,
    .help = N_(
        "Takes the oldest established connection from the accept queue and "
        "gives a new socket for it and the client's address. Blocks while the "
        "queue is empty."),
    .man = "accept(2)",
    .run = run,
    .describe = describe,
};
