/* What a call may say about how it went: it is done, it failed, it waits. The
 * texts of result.syscall grow here, one system call after the other. */
#ifndef SOCKSTAGE_CALLS_RESULT_H
#define SOCKSTAGE_CALLS_RESULT_H

#include "sockstage/calls/call.h"

/* Where the next system call is written: behind "; " if one is there. */
struct str *result_syscall(struct call *c);

/* Done, with that value (taken over); nothing is added to the system calls. */
enum call_step result_value(struct call *c, struct value *value);

/* As result_value(), after a system call that answered `answer`. */
enum call_step result_answer(struct call *c, long answer, struct value *value);

/* Done with an exception: of our own making, or that of an errno. */
enum call_step result_raise(struct call *c, const char *exception, int errnum,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
enum call_step result_errno(struct call *c, int errnum);

/* As result_errno(), after a system call that answered -1. */
enum call_step result_failed(struct call *c, int errnum);

/* Not done: the last try was answered `errnum`. */
enum call_step result_wait(struct call *c, enum call_step step, int errnum);

/* Adds a system call that took a part of the data, and notes what is told. */
void result_part(struct call *c);

/* Whether a try makes sense. CPython polls before each call on a socket with
 * a timeout (sock_call_ex() in Modules/socketmodule.c), so that the kernel's
 * threshold for "writable" decides there, as it would for the process. */
bool result_ready(const struct call *c, short events);

#endif
