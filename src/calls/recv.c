/* recv(): takes bytes out of the receive buffer. */
#include "args.h"
#include "input.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

static struct input input_of(const struct call *c)
{
    return (struct input){
        .name = "recv",
        .shown_fd = c->sock->shown_fd,
        .size = (size_t)arg_int(c, 0, 0),
        .flags = arg_int(c, 1, 0),
    };
}

/* CPython makes no system call for recv(0) or a negative size
 * (sock_recv_guts() in Modules/socketmodule.c). */
static void describe(const struct call *c, struct str *out)
{
    struct input in = input_of(c);

    if (arg_int(c, 0, 0) > 0)
        input_describe(&in, out);
}

static enum call_step run(struct call *c)
{
    struct input in = input_of(c);

    if (arg_int(c, 0, 0) < 0)
        return result_raise(c, "ValueError", 0, "negative buffersize in recv");
    if (in.size == 0)
        return result_value(c, value_bytes("", 0));
    return input_run(c, &in);
}

const struct call_def call_recv_def = {
    .name = "recv",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"bufsize", CALL_ARG_INT, false, "1000"},
            {"flags", CALL_ARG_INT, true, "0"},
        },
    .returns = CALL_RETURNS_BYTES,
    .help = N_(
        "Takes at most so many bytes from the receive buffer. Blocks while it "
        "is empty; gives b'' once the peer has ended its side."),
    .man = "recv(2)",
    .run = run,
    .describe = describe,
};
