/* getsockopt(): reads an option, as a number or, with a length, as bytes. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

#define BUFFER_MAX_BYTES 1024 /* Python's limit for the length */

static bool wants_bytes(const struct call *c)
{
    return arg_int(c, 2, 0) != 0;
}

static bool is_length_valid(const struct call *c)
{
    int len = arg_int(c, 2, 0);

    return len >= 0 && len <= BUFFER_MAX_BYTES;
}

/* `data` is NULL while the kernel has not filled the buffer. */
static void add_form(
    const struct call *c, const void *data, socklen_t len, struct str *out)
{
    int level = arg_int(c, 0, 0);
    int option = arg_int(c, 1, 0);

    str_addf(out, "getsockopt(%d, ", c->sock->shown_fd);
    strace_option(out, level, option);
    str_add(out, ", ");
    if (data)
        strace_option_value(out, level, option, !wants_bytes(c), data, len);
    else
        str_add(out, STRACE_UNFILLED);
    str_addf(out, ", [%u])", (unsigned)len);
}

static void describe(const struct call *c, struct str *out)
{
    if (is_length_valid(c))
        add_form(c, NULL,
            wants_bytes(c) ? (socklen_t)arg_int(c, 2, 0) : sizeof(int), out);
}

static enum call_step run(struct call *c)
{
    unsigned char buffer[BUFFER_MAX_BYTES] = {0};
    int number;

    if (!is_length_valid(c))
        return result_raise(c, "OSError", 0, "getsockopt buflen out of range");
    socklen_t len =
        wants_bytes(c) ? (socklen_t)arg_int(c, 2, 0) : sizeof number;
    if (getsockopt(
            c->sock->fd, arg_int(c, 0, 0), arg_int(c, 1, 0), buffer, &len) != 0)
        return result_failed(c, errno);
    struct str *out = result_syscall(c);
    add_form(c, buffer, len, out);
    strace_answer(out, 0);
    if (wants_bytes(c))
        return result_value(c, value_bytes(buffer, len));
    memcpy(&number, buffer, sizeof number);
    return result_value(c, value_int(number));
}

const struct call_def call_getsockopt_def = {
    .name = "getsockopt",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"level", CALL_ARG_INT, false, "SOL_SOCKET"},
            {"optname", CALL_ARG_INT, false, "SO_SNDBUF"},
            {"buflen", CALL_ARG_INT, true, "8"},
        },
    .returns = CALL_RETURNS_VALUE,
    .help =
        N_("Reads an option: a number, or bytes if a length is given. Reading "
           "SO_ERROR also clears it."),
    .man = "getsockopt(2)",
    .run = run,
    .describe = describe,
};
