/* getblocking(): False only after setblocking(False) or settimeout(0). */
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
    return result_value(c, value_bool(c->sock->timeout_s != 0));
}

const struct call_def call_getblocking_def = {
    .name = "getblocking",
    .on = CALL_ON_SOCKET,
    .returns = CALL_RETURNS_VALUE,
    .help = N_("Whether calls on the socket may wait: False after "
               "setblocking(False)."),
    .man = "",
    .run = run,
    .describe = describe,
};
