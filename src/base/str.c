/* A growing text. The buffer keeps one byte for the closing NUL at all times,
 * and doubles, so that adding byte by byte stays linear. */
#include "sockstage/base/str.h"

#include "sockstage/base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 32

char *str_reserve(struct str *s, size_t more)
{
    size_t need = more < SIZE_MAX - s->len - 1 ? s->len + more + 1 : SIZE_MAX;

    if (need <= s->cap)
        return s->data + s->len;
    size_t cap = s->cap < FIRST_CAP ? FIRST_CAP : s->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    s->data = xreallocarray(s->data, cap, 1);
    s->cap = cap;
    return s->data + s->len;
}

void str_init(struct str *s)
{
    *s = (struct str)STR_INIT;
}

void str_done(struct str *s)
{
    free(s->data);
    str_init(s);
}

void str_clear(struct str *s)
{
    s->len = 0;
    if (s->data)
        s->data[0] = '\0';
}

void str_truncate(struct str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->data[len] = '\0';
}

const char *str_text(const struct str *s)
{
    return s->data ? s->data : "";
}

char *str_steal(struct str *s)
{
    char *text = s->data ? s->data : xstrdup("");

    str_init(s);
    return text;
}

void str_add(struct str *s, const char *text)
{
    str_addn(s, text, strlen(text));
}

void str_addn(struct str *s, const char *data, size_t len)
{
    str_reserve(s, len);
    if (len > 0)
        memcpy(s->data + s->len, data, len);
    s->len += len;
    s->data[s->len] = '\0';
}

void str_addc(struct str *s, char c)
{
    str_addn(s, &c, 1);
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    str_addv(s, fmt, args);
    va_end(args);
}

void str_addv(struct str *s, const char *fmt, va_list args)
{
    va_list again;

    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    if (n > 0) {
        str_reserve(s, (size_t)n);
        vsnprintf(s->data + s->len, (size_t)n + 1, fmt, again);
        s->len += (size_t)n;
    }
    va_end(again);
}

static void add_escaped_byte(struct str *s, unsigned char c, char quote)
{
    switch (c) {
    case '\t':
        str_add(s, "\\t");
        return;
    case '\n':
        str_add(s, "\\n");
        return;
    case '\r':
        str_add(s, "\\r");
        return;
    default:
        break;
    }
    if (c == '\\' || c == (unsigned char)quote)
        str_addc(s, '\\');
    if (c >= 0x20 && c < 0x7f)
        str_addc(s, (char)c);
    else
        str_addf(s, "\\x%02x", c);
}

void str_add_escaped(struct str *s, const void *data, size_t len, char quote)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        add_escaped_byte(s, bytes[i], quote);
}

bool str_equal(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}
