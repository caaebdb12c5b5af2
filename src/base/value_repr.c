/* Values as CPython writes them: repr() and the form print() gives. Only the
 * code points that no Unicode version will ever print are escaped; one that
 * Python's own database happens not to know yet is shown as it is. */
#include "sockstage/base/value.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOUBLE_DIGITS_MAX 17 /* always enough to round trip */
#define EXPONENT_MIN      (-4)
#define EXPONENT_END      16 /* from 1e+16 on, as float_repr_style 'short' */

/* Other (control, format, surrogate, private use) and separators but space. */
static const struct range {
    uint32_t first, last;
} unprintable[] = {
    {0x0, 0x1f},
    {0x7f, 0xa0},
    {0xad, 0xad},
    {0x600, 0x605},
    {0x61c, 0x61c},
    {0x6dd, 0x6dd},
    {0x70f, 0x70f},
    {0x890, 0x891},
    {0x8e2, 0x8e2},
    {0x1680, 0x1680},
    {0x180e, 0x180e},
    {0x2000, 0x200f},
    {0x2028, 0x202f},
    {0x205f, 0x206f},
    {0x3000, 0x3000},
    {0xd800, 0xf8ff},
    {0xfeff, 0xfeff},
    {0xfff0, 0xfffb},
    {0xfffe, 0xffff},
    {0x110bd, 0x110bd},
    {0x110cd, 0x110cd},
    {0x13430, 0x13438},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0x323b0, 0xe00ff}, /* planes without a character, and the tags */
    {0xe01f0, 0x10ffff},
};

static bool is_printable(uint32_t cp)
{
    for (size_t i = 0; i < ARRAY_LEN(unprintable); i++)
        if (cp <= unprintable[i].last)
            return cp < unprintable[i].first;
    return true;
}

static char quote_for(const char *data, size_t len)
{
    if (len == 0)
        return '\'';
    return memchr(data, '\'', len) && !memchr(data, '"', len) ? '"' : '\'';
}

static void repr_bytes(const char *data, size_t len, struct str *out)
{
    char quote = quote_for(data, len);

    str_addc(out, 'b');
    str_addc(out, quote);
    str_add_escaped(out, data, len, quote);
    str_addc(out, quote);
}

static void repr_code_point(
    uint32_t cp, const char *raw, size_t n, char quote, struct str *out)
{
    if (cp < 0x80)
        str_add_escaped(out, raw, 1, quote);
    else if (is_printable(cp))
        str_addn(out, raw, n);
    else if (cp < 0x100)
        str_addf(out, "\\x%02" PRIx32, cp);
    else if (cp < 0x10000)
        str_addf(out, "\\u%04" PRIx32, cp);
    else
        str_addf(out, "\\U%08" PRIx32, cp);
}

static void repr_text(const char *data, size_t len, struct str *out)
{
    char quote = quote_for(data, len);

    str_addc(out, quote);
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(data + i, len - i, &cp);
        if (n == 1 && (unsigned char)data[i] >= 0x80)
            cp = 0xdc00 + (unsigned char)data[i]; /* as surrogateescape does */
        repr_code_point(cp, data + i, n, quote, out);
        i += n;
    }
    str_addc(out, quote);
}

/* The longest start of `data` that fits and does not cut a code point. */
static size_t shown_bytes(
    const char *data, size_t len, size_t max_bytes, bool is_text)
{
    if (max_bytes == 0 || len <= max_bytes)
        return len;
    size_t shown = max_bytes;
    while (is_text && shown > 0 && max_bytes - shown < 4 &&
           ((unsigned char)data[shown] & 0xc0) == 0x80)
        shown--;
    return shown;
}

/* The digits of the shortest decimal that reads back as `x`, which is finite
 * and not negative; the first stands before the point of `*exponent`. The
 * point itself depends on the locale and is skipped. (At some powers of two far
 * from 1, below 1e-40 say, CPython finds a decimal one digit shorter.) */
static void shortest_digits(
    double x, char digits[DOUBLE_DIGITS_MAX + 1], int *exponent)
{
    char text[40];

    for (int n = 1; n <= DOUBLE_DIGITS_MAX; n++) {
        snprintf(text, sizeof text, "%.*e", n - 1, x);
        if (strtod(text, NULL) == x)
            break;
    }
    size_t len = 0;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9' && len < DOUBLE_DIGITS_MAX)
            digits[len++] = *p;
    digits[len] = '\0';
    *exponent = *p ? (int)strtol(p + 1, NULL, 10) : 0;
}

static void repr_fixed(const char *digits, int exponent, struct str *out)
{
    int len = (int)strlen(digits);

    if (exponent < 0) {
        str_add(out, "0.");
        for (int i = -1; i > exponent; i--)
            str_addc(out, '0');
        str_add(out, digits);
        return;
    }
    for (int i = 0; i <= exponent; i++)
        str_addc(out, i < len ? digits[i] : '0');
    str_addc(out, '.');
    str_add(out, exponent + 1 < len ? digits + exponent + 1 : "0");
}

static void repr_float(double x, struct str *out)
{
    char digits[DOUBLE_DIGITS_MAX + 1] = "";
    int exponent;

    if (isnan(x)) {
        str_add(out, "nan");
        return;
    }
    if (signbit(x))
        str_addc(out, '-');
    if (isinf(x)) {
        str_add(out, "inf");
        return;
    }
    shortest_digits(fabs(x), digits, &exponent);
    if (exponent >= EXPONENT_MIN && exponent < EXPONENT_END) {
        repr_fixed(digits, exponent, out);
        return;
    }
    str_addc(out, digits[0]);
    if (digits[1])
        str_addf(out, ".%s", digits + 1);
    str_addf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

static void repr_data(const struct value *v, size_t max_bytes, struct str *out)
{
    bool is_text = value_kind(v) == VALUE_STR;
    size_t len;
    const char *data = value_data(v, &len);
    size_t shown = shown_bytes(data, len, max_bytes, is_text);

    if (is_text)
        repr_text(data, shown, out);
    else
        repr_bytes(data, shown, out);
    if (shown < len)
        str_add(out, "...");
}

static void repr_tuple(const struct value *v, size_t max_bytes, struct str *out)
{
    size_t len = value_tuple_len(v);

    str_addc(out, '(');
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            str_add(out, ", ");
        value_repr(value_tuple_item(v, i), max_bytes, out);
    }
    str_add(out, len == 1 ? ",)" : ")");
}

void value_repr(const struct value *v, size_t max_bytes, struct str *out)
{
    switch (value_kind(v)) {
    case VALUE_NONE:
        str_add(out, "None");
        return;
    case VALUE_BOOL:
        str_add(out, value_truth(v) ? "True" : "False");
        return;
    case VALUE_INT:
        str_addf(out, "%" PRId64, value_as_int(v));
        return;
    case VALUE_FLOAT:
        repr_float(value_as_float(v), out);
        return;
    case VALUE_BYTES:
    case VALUE_STR:
        repr_data(v, max_bytes, out);
        return;
    case VALUE_TUPLE:
        repr_tuple(v, max_bytes, out);
        return;
    case VALUE_SOCKET:
        str_addf(out, "<socket fd=%d>", value_socket_fd(v));
        return;
    }
}

void value_print(const struct value *v, struct str *out)
{
    size_t len;

    if (value_kind(v) == VALUE_STR) {
        const char *data = value_data(v, &len);
        str_addn(out, data, len);
        return;
    }
    value_repr(v, 0, out);
}
