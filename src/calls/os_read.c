/* os.read(): a socket is a file. It takes a descriptor, so Python's timeouts
 * do not apply; a socket that has one does not block here. */
#include <errno.h>

#include "args.h"
#include "input.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

static struct input input_of(const struct call *c)
{
    return (struct input){
        .name = "read",
        .shown_fd = arg_int(c, 0, -1),
        .size = (size_t)arg_int(c, 1, 0),
        .file = true,
    };
}

static void describe(const struct call *c, struct str *out)
{
    struct input in = input_of(c);

    if (arg_int(c, 1, 0) >= 0)
        input_describe(&in, out);
}

static enum call_step run(struct call *c)
{
    struct input in = input_of(c);

    /* CPython's own answer, without a system call (Modules/posixmodule.c). */
    if (arg_int(c, 1, 0) < 0)
        return result_errno(c, EINVAL);
    c->sock = c->env->socket_by_fd(c->env->ctx, in.shown_fd);
    return input_run(c, &in);
}

const struct call_def call_os_read_def = {
    .name = "read",
    .on = CALL_ON_OS,
    .args =
        {
            {"fd", CALL_ARG_INT, false, "s.fileno()"},
            {"n", CALL_ARG_INT, false, "1000"},
        },
    .returns = CALL_RETURNS_BYTES,
    .help =
        N_("Reads at most so many bytes from a descriptor. On a socket it is "
           "recv() without flags."),
    .man = "read(2)",
    .run = run,
    .describe = describe,
};
