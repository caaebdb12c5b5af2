/* A text that grows: always NUL-terminated, may hold NUL bytes. */
#ifndef SOCKSTAGE_BASE_STR_H
#define SOCKSTAGE_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
    char *data; /* NULL until something is added; see str_text() */
    size_t len; /* bytes without the closing NUL */
    size_t cap;
};

#define STR_INIT                                                               \
    {                                                                          \
        NULL, 0, 0                                                             \
    }

/* str_init() makes it empty; str_done() frees what it holds and leaves it
 * empty and usable; str_clear() keeps the memory. */
void str_init(struct str *s);
void str_done(struct str *s);
void str_clear(struct str *s);

/* Only the first `len` bytes stay; all of it, if it has no more. */
void str_truncate(struct str *s, size_t len);

/* What it holds, never NULL; valid until the next change. */
const char *str_text(const struct str *s);

/* Hands the text to the caller, who frees it; `s` is empty afterwards. */
char *str_steal(struct str *s);

/* Room for `more` bytes behind what it holds, and the NUL: where they belong.
 * Who writes them counts them in `len` and puts a NUL behind. */
char *str_reserve(struct str *s, size_t more);

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *data, size_t len);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void str_addv(struct str *s, const char *fmt, va_list args);

/* Adds `len` bytes as the inside of a literal with the escapes that C, Python
 * and strace share (\n, \t, \\, \xHH ...); `quote` is escaped too. */
void str_add_escaped(struct str *s, const void *data, size_t len, char quote);

bool str_equal(const char *a, const char *b); /* both may be NULL */

#endif
