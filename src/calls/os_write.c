/* os.write(): a socket is a file. It takes a descriptor, so Python's timeouts
 * do not apply; a socket that has one does not block here. */
#include "args.h"
#include "output.h"
#include "rows.h"
#include "sockstage/base/text.h"

static struct output output_of(const struct call *c)
{
    struct output o = {
        .name = "write",
        .shown_fd = arg_int(c, 0, -1),
        .file = true,
    };

    o.data = arg_bytes(c, 1, &o.len);
    return o;
}

static void describe(const struct call *c, struct str *out)
{
    struct output o = output_of(c);

    output_describe(c, &o, out);
}

static enum call_step run(struct call *c)
{
    struct output o = output_of(c);

    c->sock = c->env->socket_by_fd(c->env->ctx, arg_int(c, 0, -1));
    return output_run(c, &o);
}

const struct call_def call_os_write_def = {
    .name = "write",
    .on = CALL_ON_OS,
    .args =
        {
            {"fd", CALL_ARG_INT, false, "s.fileno()"},
            {"data", CALL_ARG_BYTES, false, "b'x' * 1000"},
        },
    .returns = CALL_RETURNS_NUMBER,
    .help =
        N_("Writes the bytes to a descriptor and gives how many it took. On a "
           "socket it is send() without flags."),
    .man = "write(2)",
    .run = run,
    .describe = describe,
};
