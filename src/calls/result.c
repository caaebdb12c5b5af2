/* Results: values, exceptions as Python words them, and the system calls. */
#include "result.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "strace.h"

struct str *result_syscall(struct call *c)
{
    if (c->result.syscall.len > 0)
        str_add(&c->result.syscall, "; ");
    return &c->result.syscall;
}

enum call_step result_value(struct call *c, struct value *value)
{
    c->result.value = value;
    return CALL_DONE;
}

enum call_step result_answer(struct call *c, long answer, struct value *value)
{
    struct str *out = result_syscall(c);

    c->def->describe(c, out);
    strace_answer(out, answer);
    return result_value(c, value);
}

enum call_step result_raise(
    struct call *c, const char *exception, int errnum, const char *fmt, ...)
{
    struct call_result *r = &c->result;
    va_list args;

    r->exception = exception;
    r->errnum = errnum;
    va_start(args, fmt);
    vsnprintf(r->message, sizeof r->message, fmt, args);
    va_end(args);
    return CALL_DONE;
}

enum call_step result_errno(struct call *c, int errnum)
{
    const char *text = strerrordesc_np(errnum);

    return result_raise(c, call_exception(errnum), errnum, "[Errno %d] %s",
        errnum, text ? text : "Unknown error");
}

enum call_step result_failed(struct call *c, int errnum)
{
    struct str *out = result_syscall(c);

    c->def->describe(c, out);
    strace_errno(out, errnum);
    return result_errno(c, errnum);
}

enum call_step result_wait(struct call *c, enum call_step step, int errnum)
{
    c->wait_errnum = errnum;
    return step;
}

void result_part(struct call *c)
{
    struct str *out = result_syscall(c);

    c->def->describe(c, out);
    strace_answer(out, (long)(c->done - c->shown));
    c->shown = c->done;
}

bool result_ready(const struct call *c, short events)
{
    struct pollfd p = {.fd = c->sock->fd, .events = events};

    /* A closed socket is "ready": the call itself is to say EBADF. */
    if (c->sock->timeout_s <= 0 || c->sock->fd < 0)
        return true;
    return poll(&p, 1, 0) != 0;
}
