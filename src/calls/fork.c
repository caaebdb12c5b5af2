/* fork(): a second process that shares every open socket. Processes of the
 * stage are roles inside one program, so no real fork(2) is made; the number
 * it would give is shown as the new process's name. */
#include <errno.h>
#include <string.h>

#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

static void describe(const struct call *c, struct str *out)
{
    if (c->target)
        str_add(out, "fork()");
}

static enum call_step run(struct call *c)
{
    struct err e = {0};

    if (!c->target)
        return result_raise(c, "TypeError", 0,
            "fork() needs a name for the new process: w = fork()");
    int rc = c->env->fork(c->env->ctx, c->target, &e);
    if (rc < 0)
        return result_raise(c, call_exception(-rc), -rc, "%s", e.msg);
    struct str *out = result_syscall(c);
    str_addf(out, "fork() = %s", c->target);
    return result_value(c, value_str(c->target, strlen(c->target)));
}

const struct call_def call_fork_def = {
    .name = "fork",
    .on = CALL_ON_MODULE,
    .returns = CALL_RETURNS_PROCESS,
    .help = N_(
        "Makes a new process that shares every open socket: closing one copy "
        "sends no FIN as long as the other is open."),
    .man = "fork(2)",
    .run = run,
    .describe = describe,
};
