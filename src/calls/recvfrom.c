/* recvfrom(): takes one datagram and tells who sent it; on a TCP socket the
 * next bytes and no address, because there the kernel gives none. */
#include "args.h"
#include "input.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"

static struct input input_of(const struct call *c)
{
    return (struct input){
        .name = "recvfrom",
        .shown_fd = c->sock->shown_fd,
        .size = (size_t)arg_int(c, 0, 0),
        .flags = arg_int(c, 1, 0),
        .from = true,
        .family = c->sock->family,
    };
}

static void describe(const struct call *c, struct str *out)
{
    struct input in = input_of(c);

    if (arg_int(c, 0, 0) >= 0)
        input_describe(&in, out);
}

/* Unlike recv(0), recvfrom(0) is a system call in CPython, too: it takes a
 * datagram and throws it away. */
static enum call_step run(struct call *c)
{
    struct input in = input_of(c);

    if (arg_int(c, 0, 0) < 0)
        return result_raise(
            c, "ValueError", 0, "negative buffersize in recvfrom");
    return input_run(c, &in);
}

const struct call_def call_recvfrom_def = {
    .name = "recvfrom",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"bufsize", CALL_ARG_INT, false, "1000"},
            {"flags", CALL_ARG_INT, true, "0"},
        },
    .returns = CALL_RETURNS_BYTES_ADDR,
    .help = N_(
        "Takes the oldest datagram and gives its bytes and its sender's "
        "address. Blocks while there is none; what is longer than the number "
        "is cut off and lost."),
    .man = "recvfrom(2)",
    .run = run,
    .describe = describe,
};
