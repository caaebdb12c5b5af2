/* gettimeout(): the seconds of settimeout(), None without one. */
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
    double timeout_s = c->sock->timeout_s;

    if (timeout_s < 0)
        return result_value(c, value_none());
    return result_value(c, value_float(timeout_s));
}

const struct call_def call_gettimeout_def = {
    .name = "gettimeout",
    .on = CALL_ON_SOCKET,
    .returns = CALL_RETURNS_VALUE,
    .help = N_("How many seconds a call may wait; None: for ever."),
    .man = "",
    .run = run,
    .describe = describe,
};
