/* Giving bytes to the kernel. The descriptor never blocks, so what a blocking
 * process would see as one call is put together from several: the progress is
 * kept in c->done and told as one system call in the end. */
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "implicit.h"
#include "result.h"
#include "strace.h"

/* Whether the process would sleep inside the system call until all is taken. */
static bool sleeps(const struct call *c, const struct output *o)
{
    return c->sock && c->sock->timeout_s < 0 && !(o->flags & MSG_DONTWAIT);
}

/* Whether the next call would collect an error. After a partial send the
 * kernel returns the count and leaves the error for the next call
 * (tcp_sendmsg_locked() in net/ipv4/tcp.c); so it must not be touched here. */
static bool has_error(const struct call *c)
{
    struct pollfd p = {.fd = c->sock ? c->sock->fd : -1};

    return poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

/* write(2) on a broken connection raises SIGPIPE: the program ignores it as
 * Python does, and send(2) needs no flag that a student would have to see. */
static ssize_t put(const struct call *c, const struct output *o)
{
    int fd = c->sock ? c->sock->fd : -1;
    const char *from = o->data + c->done;
    size_t len = o->len - c->done;

    if (o->file)
        return write(fd, from, len);
    return sendto(fd, from, len, o->flags | MSG_NOSIGNAL,
        (const struct sockaddr *)o->to, o->to_len);
}

static enum call_step finish(struct call *c, const struct output *o)
{
    result_part(c);
    return result_value(c, o->all ? value_none() : value_int((int64_t)c->done));
}

static enum call_step stopped(
    struct call *c, const struct output *o, int errnum)
{
    bool waits =
        sleeps(c, o) || (!o->file && c->sock && c->sock->timeout_s > 0);

    if (errnum == EAGAIN && waits)
        return result_wait(c, CALL_WAIT_WRITE, EAGAIN);
    if (c->done > c->shown) {
        if (!o->all)
            return finish(c, o);
        result_part(c);
    }
    return result_failed(c, errnum);
}

enum call_step output_run(struct call *c, const struct output *o)
{
    if (c->sock && c->sock->type == SOCK_DGRAM && !implicit_bind(c))
        return CALL_DONE;
    for (;;) {
        if (!o->file && !result_ready(c, POLLOUT))
            return result_wait(c, CALL_WAIT_WRITE, EAGAIN);
        if (c->done > 0 && !o->all && has_error(c))
            return finish(c, o);
        ssize_t n = put(c, o);
        if (n < 0)
            return stopped(c, o, errno);
        c->done += (size_t)n;
        if (c->done >= o->len || (!o->all && !sleeps(c, o)))
            return finish(c, o);
        if (!sleeps(c, o))
            result_part(c);
    }
}

void output_describe(
    const struct call *c, const struct output *o, struct str *out)
{
    size_t len = o->len - c->shown;

    str_addf(out, "%s(%d, ", o->name, o->shown_fd);
    strace_bytes(out, o->data + c->shown, len);
    str_addf(out, ", %zu", len);
    if (!o->file) {
        str_add(out, ", ");
        strace_msg_flags(out, o->flags);
    }
    if (o->to) {
        str_add(out, ", ");
        strace_sockaddr(out, o->to);
        str_addf(out, ", %u", (unsigned)o->to_len);
    }
    str_add(out, ")");
}
