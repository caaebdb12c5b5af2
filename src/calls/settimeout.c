/* settimeout(): how long calls on the socket may wait. */
#include "args.h"
#include "blocking.h"
#include "rows.h"
#include "sockstage/base/text.h"

static double timeout_of(const struct call *c)
{
    const struct value *v = arg_value(c, 0);

    return value_kind(v) == VALUE_NONE ? -1 : value_as_float(v);
}

static void describe(const struct call *c, struct str *out)
{
    blocking_describe(c, timeout_of(c), out);
}

static enum call_step run(struct call *c)
{
    return blocking_set(c, timeout_of(c));
}

const struct call_def call_settimeout_def = {
    .name = "settimeout",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"timeout", CALL_ARG_TIMEOUT, false, "2"},
        },
    .returns = CALL_RETURNS_NONE,
    .help = N_("Bounds how many seconds a call may wait before it raises "
               "TimeoutError. None waits for ever, 0 not at all."),
    .man = "ioctl(2)",
    .run = run,
    .describe = describe,
};
