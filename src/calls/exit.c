/* exit(): the end of a process; the kernel closes what it held. */
#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

static void describe(const struct call *c, struct str *out)
{
    str_addf(out, "exit(%d)", arg_int(c, 0, 0));
}

static enum call_step run(struct call *c)
{
    struct str *out = result_syscall(c);

    describe(c, out);
    str_add(out, " = ?");
    c->env->exit(c->env->ctx);
    return result_value(c, value_none());
}

const struct call_def call_exit_def = {
    .name = "exit",
    .on = CALL_ON_MODULE,
    .args =
        {
            {"status", CALL_ARG_INT, true, "0"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("Ends the process. The kernel closes every socket that it held."),
    .man = "exit(3)",
    .run = run,
    .describe = describe,
};
