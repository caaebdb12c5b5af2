/* sendall(): send() again and again until nothing is left, as in Python. */
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
        .all = true,
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

const struct call_def call_sendall_def = {
    .name = "sendall",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"data", CALL_ARG_BYTES, false, "b'x' * 1000"},
            {"flags", CALL_ARG_INT, true, "0"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("Sends all of the bytes and gives None. On a non-blocking socket it "
           "raises BlockingIOError after an unknown part."),
    .man = "send(2)",
    .run = run,
    .describe = describe,
};
