/* setblocking(): whether calls on the socket may block. */
#include "args.h"
#include "blocking.h"
#include "rows.h"
#include "sockstage/base/text.h"

static double timeout_of(const struct call *c)
{
    return value_truth(arg_value(c, 0)) ? -1 : 0;
}

static void describe(const struct call *c, struct str *out)
{
    blocking_describe(c, timeout_of(c), out);
}

static enum call_step run(struct call *c)
{
    return blocking_set(c, timeout_of(c));
}

const struct call_def call_setblocking_def = {
    .name = "setblocking",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"flag", CALL_ARG_BOOL, false, "False"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("False: calls that would wait raise BlockingIOError instead. True: "
           "they wait as long as it takes."),
    .man = "ioctl(2)",
    .run = run,
    .describe = describe,
};
