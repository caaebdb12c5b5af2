/* What went wrong, told to a person. Functions that can fail return 0 or a
 * negative errno and fill a caller-owned struct err: what was tried, on what,
 * what the system answered, what to do about it. */
#ifndef SOCKSTAGE_BASE_ERR_H
#define SOCKSTAGE_BASE_ERR_H

#include <stdarg.h>

struct err {
    int code;      /* positive errno, 0 if none applies */
    char msg[512]; /* UTF-8, no newline at the end */
};

/* Fills `e` (which may be NULL) with a message and returns -code; code 0
 * stands for "no errno applies" and returns -EINVAL. */
int err_set(struct err *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int err_vset(struct err *e, int code, const char *fmt, va_list args);

/* As err_set(), with ": ENAME (text of the errno)" appended. */
int err_sys(struct err *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends "; hint" to a message that is already set. */
void err_hint(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The name of an errno ("ECONNREFUSED"); "E<number>" for an unknown one. The
 * text lives until the next call for an unknown number. */
const char *err_name(int code);

/* The number of an errno name, 0 if there is none of that name. */
int err_number(const char *name);

#endif
