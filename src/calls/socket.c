/* socket(): makes an endpoint. Only internet sockets: an AF_UNIX or AF_PACKET
 * one would reach out of the stage. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

struct kind {
    int family, type, proto;
};

/* -1 stands for the default, as in Python. */
static struct kind kind_of(const struct call *c)
{
    struct kind k = {
        .family = arg_int(c, 0, -1),
        .type = arg_int(c, 1, -1),
        .proto = arg_int(c, 2, -1),
    };

    if (k.family == -1)
        k.family = AF_INET;
    if (k.type == -1)
        k.type = SOCK_STREAM;
    if (k.proto == -1)
        k.proto = 0;
    return k;
}

/* The errno for what the stage has not; 0 if it has it. */
static int refusal(struct kind k, const char **what)
{
    if (k.family != AF_INET && k.family != AF_INET6) {
        *what = "AF_INET or AF_INET6";
        return EAFNOSUPPORT;
    }
    if (k.type != SOCK_STREAM && k.type != SOCK_DGRAM) {
        *what = "SOCK_STREAM or SOCK_DGRAM";
        return ESOCKTNOSUPPORT;
    }
    if (k.proto != 0 && k.proto != IPPROTO_TCP && k.proto != IPPROTO_UDP) {
        *what = "0, IPPROTO_TCP or IPPROTO_UDP";
        return EPROTONOSUPPORT;
    }
    return 0;
}

static void describe(const struct call *c, struct str *out)
{
    struct kind k = kind_of(c);
    const char *what;

    if (refusal(k, &what) != 0)
        return;
    str_add(out, "socket(");
    strace_constant(out, CONSTANT_FAMILY, k.family, "AF_???");
    str_add(out, ", ");
    strace_constant(out, CONSTANT_TYPE, k.type, "SOCK_???");
    str_add(out, ", ");
    if (k.proto == 0)
        str_add(out, "0");
    else
        strace_constant(out, CONSTANT_PROTO, k.proto, "IPPROTO_???");
    str_add(out, ")");
}

static enum call_step run(struct call *c)
{
    struct kind k = kind_of(c);
    const char *what;
    int errnum = refusal(k, &what);

    if (errnum != 0)
        return result_raise(c, call_exception(errnum), errnum,
            "[Errno %d] not on this stage: use %s", errnum, what);
    int fd = socket(k.family, k.type | SOCK_NONBLOCK | SOCK_CLOEXEC, k.proto);
    if (fd < 0)
        return result_failed(c, errno);
    c->result.new_fd = fd;
    c->result.new_family = k.family;
    c->result.new_type = k.type;
    return result_answer(c, c->next_fd, NULL);
}

const struct call_def call_socket_def = {
    .name = "socket",
    .on = CALL_ON_MODULE,
    .args =
        {
            {"family", CALL_ARG_INT, true, "AF_INET"},
            {"type", CALL_ARG_INT, true, "SOCK_STREAM"},
            {"proto", CALL_ARG_INT, true, "0"},
        },
    .returns = CALL_RETURNS_SOCKET,
    .help =
        N_("Makes a socket: an endpoint without an address yet, connected to "
           "nothing. No packet is sent."),
    .man = "socket(2)",
    .run = run,
    .describe = describe,
};
