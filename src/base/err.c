/* Error messages. A message is built beside its target first, so that the text
 * it wraps may be the old message itself: err_set(e, c, "x: %s", e->msg). */
#include "sockstage/base/err.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ERRNO_MAX 4095 /* MAX_ERRNO of the kernel's include/linux/err.h */

/* Names that share a number with another, which strerrorname_np(3) gives. */
static const struct alias {
    const char *name;
    int number;
} aliases[] = {
    {"EWOULDBLOCK", EWOULDBLOCK},
    {"EDEADLOCK", EDEADLOCK},
    {"ENOTSUP", ENOTSUP},
    {"EOPNOTSUPP", EOPNOTSUPP},
};

/* Cuts a half code point that truncation left at the end, and newlines. */
static void tidy_end(char *text)
{
    size_t len = strlen(text);
    size_t start = len;

    while (start > 0 && len - start < 3 &&
           ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0 &&
        !utf8_valid(text + start - 1, len - start + 1))
        len = start - 1;
    while (len > 0 && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
}

int err_vset(struct err *e, int code, const char *fmt, va_list args)
{
    char msg[sizeof e->msg];

    if (e) {
        vsnprintf(msg, sizeof msg, fmt, args);
        tidy_end(msg);
        e->code = code;
        memcpy(e->msg, msg, strlen(msg) + 1);
    }
    return code ? -code : -EINVAL;
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int rc = err_vset(e, code, fmt, args);
    va_end(args);
    return rc;
}

static void append(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct err *e, const char *fmt, ...)
{
    size_t len = strlen(e->msg);
    va_list args;

    va_start(args, fmt);
    vsnprintf(e->msg + len, sizeof e->msg - len, fmt, args);
    va_end(args);
    tidy_end(e->msg);
}

int err_sys(struct err *e, int code, const char *fmt, ...)
{
    char reason[128];
    va_list args;

    va_start(args, fmt);
    int rc = err_vset(e, code, fmt, args);
    va_end(args);
    if (e)
        append(e, ": %s (%s)", err_name(code),
            strerror_r(code, reason, sizeof reason));
    return rc;
}

void err_hint(struct err *e, const char *fmt, ...)
{
    char hint[sizeof e->msg];
    va_list args;

    if (!e)
        return;
    va_start(args, fmt);
    vsnprintf(hint, sizeof hint, fmt, args);
    va_end(args);
    append(e, "; %s", hint);
}

const char *err_name(int code)
{
    static char unknown[16];
    const char *name = strerrorname_np(code);

    if (name && code != 0)
        return name;
    snprintf(unknown, sizeof unknown, "E%d", code);
    return unknown;
}

int err_number(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].number;
    for (int code = 1; code <= ERRNO_MAX; code++) {
        const char *candidate = strerrorname_np(code);
        if (candidate && strcmp(candidate, name) == 0)
            return code;
    }
    return 0;
}
