/* send(): copies bytes into the send buffer. */
#include "args.h"
#include "output.h"
#include "rows.h"
#include "sockstage/base/text.h"

static struct output output_of(const struct call *c)
{
    struct output o = {
        .name = "send",
        .shown_fd = c->sock->shown_fd,
        .flags = arg_int(c, 1, 0),
    };

    o.data = arg_bytes(c, 0, &o.len);
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

    return output_run(c, &o);
}

const struct call_def call_send_def = {
    .name = "send",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"data", CALL_ARG_BYTES, false, "b'x' * 1000"},
            {"flags", CALL_ARG_INT, true, "0"},
        },
    .returns = CALL_RETURNS_NUMBER,
    .help = N_(
        "Copies the bytes into the send buffer and gives how many it took. A "
        "blocking socket takes all; a non-blocking one only what fits."),
    .man = "send(2)",
    .run = run,
    .describe = describe,
};
