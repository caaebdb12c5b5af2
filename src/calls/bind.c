/* bind(): gives a socket its own address. */
#include <errno.h>
#include <sys/socket.h>

#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

static void describe(const struct call *c, struct str *out)
{
    str_addf(out, "bind(%d, ", c->sock->shown_fd);
    strace_sockaddr(out, &c->peer);
    str_addf(out, ", %u)", (unsigned)c->peer_len);
}

static enum call_step run(struct call *c)
{
    const struct sockaddr *sa = (const struct sockaddr *)&c->peer;

    if (bind(c->sock->fd, sa, c->peer_len) != 0)
        return result_failed(c, errno);
    return result_answer(c, 0, value_none());
}

const struct call_def call_bind_def = {
    .name = "bind",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"address", CALL_ARG_ADDRESS, false, "('', 8080)"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("Gives the socket its own address. '' is every address of the host, "
           "port 0 lets the kernel choose a port."),
    .man = "bind(2)",
    .run = run,
    .describe = describe,
};
