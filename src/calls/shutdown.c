/* shutdown(): ends one direction, or both, for all who share the socket. */
#include <errno.h>
#include <sys/socket.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

static void describe(const struct call *c, struct str *out)
{
    str_addf(out, "shutdown(%d, ", c->sock->shown_fd);
    strace_constant(out, CONSTANT_HOW, arg_int(c, 0, 0), "SHUT_???");
    str_add(out, ")");
}

static enum call_step run(struct call *c)
{
    if (shutdown(c->sock->fd, arg_int(c, 0, 0)) != 0)
        return result_failed(c, errno);
    return result_answer(c, 0, value_none());
}

const struct call_def call_shutdown_def = {
    .name = "shutdown",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"how", CALL_ARG_INT, false, "SHUT_WR"},
        },
    .returns = CALL_RETURNS_NONE,
    .help = N_(
        "Ends sending (SHUT_WR: a FIN follows the data), receiving (SHUT_RD: "
        "no segment) or both, even if other processes share the socket."),
    .man = "shutdown(2)",
    .run = run,
    .describe = describe,
};
