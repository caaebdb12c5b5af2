/* listen(): makes a socket passive. */
#include <errno.h>
#include <sys/socket.h>

#include "args.h"
#include "implicit.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

#define DEFAULT_BACKLOG 128 /* Python: min(SOMAXCONN, 128) */

/* CPython passes 0 for a negative backlog. */
static int backlog_of(const struct call *c)
{
    int backlog = arg_int(c, 0, DEFAULT_BACKLOG);

    return backlog < 0 ? 0 : backlog;
}

static void describe(const struct call *c, struct str *out)
{
    str_addf(out, "listen(%d, %d)", c->sock->shown_fd, backlog_of(c));
}

static enum call_step run(struct call *c)
{
    if (!implicit_bind(c))
        return CALL_DONE;
    if (listen(c->sock->fd, backlog_of(c)) != 0)
        return result_failed(c, errno);
    return result_answer(c, 0, value_none());
}

const struct call_def call_listen_def = {
    .name = "listen",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"backlog", CALL_ARG_INT, true, "1"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("Makes the socket wait for connections. The backlog bounds how many "
           "may be ready for accept(); Linux keeps one more than that."),
    .man = "listen(2)",
    .run = run,
    .describe = describe,
};
