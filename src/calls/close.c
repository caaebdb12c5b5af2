/* close(): gives the descriptor up. The last copy of it ends the connection. */
#include <errno.h>
#include <unistd.h>

#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

/* Python forgets the descriptor, so that a second close() does nothing. */
static void describe(const struct call *c, struct str *out)
{
    if (c->sock->shown_fd >= 0)
        str_addf(out, "close(%d)", c->sock->shown_fd);
}

static enum call_step run(struct call *c)
{
    int errnum = 0;

    if (c->sock->fd < 0)
        return result_value(c, value_none());
    if (close(c->sock->fd) != 0)
        errnum = errno;
    /* The descriptor is gone even after an error (close(2)). */
    if (errnum != 0)
        result_failed(c, errnum);
    else
        result_answer(c, 0, value_none());
    c->sock->fd = -1;
    c->sock->shown_fd = -1;
    return CALL_DONE;
}

const struct call_def call_close_def = {
    .name = "close",
    .on = CALL_ON_SOCKET,
    .returns = CALL_RETURNS_NONE,
    .closes = true,
    .help =
        N_("Gives the descriptor up. No more receiving either; to end only "
           "sending: shutdown(SHUT_WR). If no other process holds the socket, "
           "the kernel sends what is left and a FIN, and goes on by itself."),
    .man = "close(2)",
    .run = run,
    .describe = describe,
};
