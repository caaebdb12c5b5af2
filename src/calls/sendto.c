/* sendto(): gives a datagram and the address it is for. A connected TCP socket
 * ignores the address, as the kernel does (tcp_sendmsg_locked()). */
#include "args.h"
#include "output.h"
#include "rows.h"
#include "sockstage/base/text.h"

static struct output output_of(const struct call *c)
{
    struct output o = {
        .name = "sendto",
        .shown_fd = c->sock->shown_fd,
        .to = &c->peer,
        .to_len = c->peer_len,
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

const struct call_def call_sendto_def = {
    .name = "sendto",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"data", CALL_ARG_BYTES, false, "b'hello'"},
            {"address", CALL_ARG_ADDRESS, false, "('server', 9999)"},
        },
    .returns = CALL_RETURNS_NUMBER,
    .help = N_(
        "Sends one datagram to the address. It goes at once or is lost: "
        "nothing is confirmed, nothing is sent again. A socket without a port "
        "gets one."),
    .man = "sendto(2)",
    .run = run,
    .describe = describe,
};
