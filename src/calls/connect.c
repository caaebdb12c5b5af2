/* connect(): opens a connection, or sets the peer of a UDP socket. A second
 * connect() with the same address collects the outcome (connect(2)), not
 * SO_ERROR: that would eat the error, and a later connect() would only say
 * ECONNABORTED. */
#include <errno.h>
#include <sys/socket.h>

#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

static void describe(const struct call *c, struct str *out)
{
    str_addf(out, "connect(%d, ", c->sock->shown_fd);
    strace_sockaddr(out, &c->peer);
    str_addf(out, ", %u)", (unsigned)c->peer_len);
}

/* Whether the process waits for a connection that is under way. CPython waits
 * with a timeout only for one that this very call has begun
 * (internal_connect() in Modules/socketmodule.c). */
static bool waits(const struct call *c, int errnum)
{
    double timeout_s = c->sock->timeout_s;

    if (errnum == EINPROGRESS)
        return timeout_s < 0 || timeout_s > 0;
    if (errnum == EALREADY)
        return timeout_s < 0 || c->tries > 1;
    return false;
}

static enum call_step run(struct call *c)
{
    const struct sockaddr *sa = (const struct sockaddr *)&c->peer;

    if (connect(c->sock->fd, sa, c->peer_len) == 0)
        return result_answer(c, 0, value_none());
    int errnum = errno;
    /* Another process that shares the socket has collected our success. */
    if (errnum == EISCONN && c->tries > 1)
        return result_answer(c, 0, value_none());
    if (waits(c, errnum))
        return result_wait(c, CALL_WAIT_WRITE, EINPROGRESS);
    return result_failed(c, errnum);
}

const struct call_def call_connect_def = {
    .name = "connect",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"address", CALL_ARG_ADDRESS, false, "('server', 8080)"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("Connects to the address. For TCP this is the three-way handshake: "
           "the call blocks until it is established or has failed."),
    .man = "connect(2)",
    .run = run,
    .describe = describe,
};
