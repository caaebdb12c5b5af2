/* Taking bytes from the kernel. One try is one system call; only MSG_WAITALL
 * on a blocking socket is put together from several. */
#include "input.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "args.h"
#include "result.h"
#include "sockstage/base/mem.h"
#include "strace.h"

/* More than a receive queue holds. recv() may give less than asked for, so a
 * larger number needs no larger buffer. */
#define BUFFER_MAX_BYTES ((size_t)64 << 20)

/* What the kernel has given, beside the bytes. */
struct answer {
    ssize_t n;
    struct sockaddr_storage from;
    socklen_t from_len; /* 0: it gave no address */
};

static size_t address_room(const struct input *in)
{
    return in->family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                  : sizeof(struct sockaddr_in);
}

static void add_from(
    const struct input *in, const struct answer *a, struct str *out)
{
    str_add(out, ", ");
    if (a && a->from_len > 0)
        strace_sockaddr(out, &a->from);
    else
        str_add(out, STRACE_UNFILLED);
    str_addf(out, ", [%zu%s]", address_room(in),
        a && a->from_len == 0 ? " => 0" : "");
}

/* `data` and `a` are NULL while the kernel has not filled the buffer. */
static void add_form(const struct input *in, const char *data, size_t len,
    const struct answer *a, struct str *out)
{
    str_addf(out, "%s(%d, ", in->name, in->shown_fd);
    if (data)
        strace_bytes(out, data, len);
    else
        str_add(out, STRACE_UNFILLED);
    str_addf(out, ", %zu", in->size);
    if (!in->file) {
        str_add(out, ", ");
        strace_msg_flags(out, in->flags);
    }
    if (in->from)
        add_from(in, a, out);
    str_add(out, ")");
}

void input_describe(const struct input *in, struct str *out)
{
    add_form(in, NULL, 0, NULL, out);
}

static bool sleeps(const struct call *c, const struct input *in)
{
    return c->sock && c->sock->timeout_s < 0 && !(in->flags & MSG_DONTWAIT);
}

/* A peek would find the same bytes again: it is not put together. */
static bool collects(const struct call *c, const struct input *in)
{
    return sleeps(c, in) && c->sock->type == SOCK_STREAM &&
           (in->flags & MSG_WAITALL) && !(in->flags & (MSG_PEEK | MSG_TRUNC));
}

/* Whether only an error is left to collect. With some bytes in hand the kernel
 * returns them and leaves the error for the next call (tcp_recvmsg_locked()).
 */
static bool only_error_left(const struct call *c)
{
    struct pollfd p = {.fd = c->sock->fd};
    int queued = 0;

    return poll(&p, 1, 0) > 0 && (p.revents & POLLERR) &&
           ioctl(c->sock->fd, FIONREAD, &queued) == 0 && queued == 0;
}

/* Done with `len` bytes of `data`, a malloc'ed buffer that is taken over. */
static enum call_step finish(struct call *c, const struct input *in, char *data,
    size_t len, const struct answer *a)
{
    struct str *out = result_syscall(c);
    struct value *pair[2];

    add_form(in, data, len, a, out);
    strace_answer(out, a->n);
    pair[0] = value_take_bytes(xreallocarray(data, len + 1, 1), len);
    if (!in->from)
        return result_value(c, pair[0]);
    pair[1] = address_value(&a->from);
    return result_value(c, value_tuple(pair, 2));
}

static enum call_step finish_collected(struct call *c, const struct input *in)
{
    size_t len = c->input.len;
    struct answer a = {.n = (ssize_t)len};

    return finish(c, in, str_steal(&c->input), len, &a);
}

static enum call_step stopped(
    struct call *c, const struct input *in, int errnum)
{
    bool waits = sleeps(c, in) || (!in->file && c->sock->timeout_s > 0);

    if (errnum == EAGAIN && waits)
        return result_wait(c, CALL_WAIT_READ, EAGAIN);
    if (c->input.len > 0)
        return finish_collected(c, in);
    return result_failed(c, errnum);
}

static struct answer take(
    const struct call *c, const struct input *in, char *buffer, size_t size)
{
    int fd = c->sock ? c->sock->fd : -1;
    struct answer a = {.from_len = sizeof a.from};

    if (in->file)
        a.n = read(fd, buffer, size);
    else if (in->from)
        a.n = recvfrom(fd, buffer, size, in->flags, (struct sockaddr *)&a.from,
            &a.from_len);
    else
        a.n = recv(fd, buffer, size, in->flags);
    return a;
}

/* Keeps what came; true when nothing more is to be waited for. */
static bool collect(
    struct call *c, const struct input *in, const char *data, size_t len)
{
    str_addn(&c->input, data, len);
    c->done = c->input.len;
    return len == 0 || c->input.len >= in->size;
}

static enum call_step try_once(struct call *c, const struct input *in)
{
    size_t left = in->size - c->input.len;
    size_t size = left < BUFFER_MAX_BYTES ? left : BUFFER_MAX_BYTES;

    /* Not xmalloc(): the number comes from the user, and Python has an answer
     * to one that is too large. Zeroed, because MSG_TRUNC of TCP counts bytes
     * without storing them (tcp(7)). */
    char *buffer = calloc(size + 1, 1);
    if (!buffer)
        return result_raise(c, "MemoryError", 0, "%s", "");
    struct answer a = take(c, in, buffer, size);
    if (a.n < 0) {
        int errnum = errno;
        free(buffer);
        return stopped(c, in, errnum);
    }
    /* MSG_TRUNC of UDP gives the length of the datagram (udp(7)). */
    size_t len = (size_t)a.n < size ? (size_t)a.n : size;
    if (!collects(c, in))
        return finish(c, in, buffer, len, &a);
    bool complete = collect(c, in, buffer, len);
    free(buffer);
    return complete ? finish_collected(c, in) : CALL_WAIT_READ;
}

enum call_step input_run(struct call *c, const struct input *in)
{
    enum call_step step;

    if (!in->file && !result_ready(c, POLLIN))
        return result_wait(c, CALL_WAIT_READ, EAGAIN);
    /* Until EAGAIN says so, nobody promises another readiness event. */
    do {
        if (c->input.len > 0 && only_error_left(c))
            return finish_collected(c, in);
        c->wait_errnum = 0;
        step = try_once(c, in);
    } while (step == CALL_WAIT_READ && c->wait_errnum == 0);
    return step;
}
