/* fileno(): the number of the descriptor as the process sees it. */
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

/* Python knows the answer: no system call. */
static void describe(const struct call *c, struct str *out)
{
    (void)c;
    (void)out;
}

static enum call_step run(struct call *c)
{
    return result_value(c, value_int(c->sock->shown_fd));
}

const struct call_def call_fileno_def = {
    .name = "fileno",
    .on = CALL_ON_SOCKET,
    .returns = CALL_RETURNS_NUMBER,
    .help = N_(
        "The descriptor's number, -1 once the socket is closed. A socket is a "
        "file: os.read() and os.write() take this number."),
    .man = "",
    .run = run,
    .describe = describe,
};
