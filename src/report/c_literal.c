/* Literals of the notation as those of C: numbers, bytes, text. */
#include "c_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STRING_MAX     4000 /* of one literal; ISO C promises 4095 */
#define STRING_COLUMNS 56

/* ---- strings ------------------------------------------------------------ */

/* Two question marks would begin a trigraph. */
static void add_byte(unsigned char c, unsigned char before, struct str *out)
{
    if (c == '"' || c == '\\' || (c == '?' && before == '?'))
        str_addf(out, "\\%c", c);
    else if (c == '\n')
        str_add(out, "\\n");
    else if (c == '\t')
        str_add(out, "\\t");
    else if (c == '\r')
        str_add(out, "\\r");
    else if (c < ' ' || c >= 0x7f)
        str_addf(out, "\\%03o", c);
    else
        str_addc(out, (char)c);
}

/* Bytes at `at` that may stand as they are: a letter beyond ASCII. */
static size_t letter_length(const char *data, size_t len, size_t at)
{
    struct value *v;
    struct str repr = STR_INIT;
    uint32_t cp;
    size_t n = utf8_decode(data + at, len - at, &cp);

    if (n == 1)
        return 0;
    v = value_str(data + at, n);
    value_repr(v, 0, &repr); /* which escapes what is not printable */
    value_free(v);
    if (!strncmp(str_text(&repr), "'\\", 2))
        n = 0;
    str_done(&repr);
    return n;
}

void c_string(const char *data, size_t len, struct str *out)
{
    size_t begin;

    str_addc(out, '"');
    begin = out->len;
    for (size_t i = 0; i < len;) {
        size_t n = letter_length(data, len, i);
        unsigned char before = i > 0 ? (unsigned char)data[i - 1] : '\0';

        if (out->len - begin >= STRING_COLUMNS) {
            str_add(out, "\"\n            \"");
            begin = out->len;
            before = '\0';
        }
        if (n > 0)
            str_addn(out, data + i, n);
        else
            add_byte((unsigned char)data[i], before, out);
        i += n > 0 ? n : 1;
    }
    str_addc(out, '"');
}

static void add_data(
    const char *macro, const char *data, size_t len, struct str *out)
{
    str_addf(out, "%s(", macro);
    c_string(data, len, out);
    str_addc(out, ')');
}

/* Where a long text may be cut: not inside a letter. */
static size_t cut(const char *data, size_t len)
{
    size_t at = STRING_MAX / 4; /* a byte is \000 at worst */

    if (len <= at)
        return len;
    while (at > 1 && ((unsigned char)data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static struct c_value data_literal(const struct value *v)
{
    bool is_text = value_kind(v) == VALUE_STR;
    const char *macro = is_text ? "TEXT" : "BYTES";
    struct str out = STR_INIT;
    size_t len, parts = 0;
    const char *data = value_data(v, &len);

    for (size_t at = 0; at < len; at += cut(data + at, len - at))
        parts++;
    if (parts > 1)
        str_addf(&out, "joined(%zu", parts);
    else
        add_data(macro, data, len, &out);
    for (size_t at = 0, n; parts > 1 && at < len; at += n) {
        n = cut(data + at, len - at);
        str_add(&out, ",\n        ");
        add_data(macro, data + at, n, &out);
    }
    if (parts > 1)
        str_addc(&out, ')');
    return c_code(is_text ? C_TEXT : C_BYTES, C_LEVEL_ATOM, str_steal(&out));
}

/* ---- numbers ------------------------------------------------------------ */

struct c_value c_number(int64_t n)
{
    struct c_value v = {.type = C_NUMBER, .level = C_LEVEL_ATOM};

    v.is_constant = true;
    v.n = n;
    if (n < 0)
        v.level = C_LEVEL_UNARY;
    if (n == INT64_MIN) {
        v.level = C_LEVEL_ATOM;
        v.code = xstrdup("(-9223372036854775807LL - 1)");
    } else if (n > INT_MAX || n < -INT_MAX) {
        v.code = c_format("%" PRId64 "LL", n);
    } else {
        v.code = c_format("%" PRId64, n);
    }
    return v;
}

static struct c_value real_literal(const struct value *v)
{
    struct str out = STR_INIT;

    if (isinf(value_as_float(v)))
        str_add(&out, "1e999");
    else
        value_repr(v, 0, &out);
    return c_code(C_REAL, C_LEVEL_ATOM, str_steal(&out));
}

bool c_literal(struct c_writer *w, const struct expr *x, struct c_value *out)
{
    switch (value_kind(x->value)) {
    case VALUE_NONE:
        *out = (struct c_value){.type = C_NONE};
        return true;
    case VALUE_BOOL:
        *out = c_number(value_truth(x->value));
        out->type = C_BOOL;
        free(out->code);
        out->code = xstrdup(value_truth(x->value) ? "true" : "false");
        return true;
    case VALUE_INT:
        *out = c_number(value_as_int(x->value));
        if (x->name) {
            free(out->code);
            out->code = xstrdup(x->name);
            out->level = C_LEVEL_ATOM;
        }
        return true;
    case VALUE_FLOAT:
        *out = real_literal(x->value);
        return true;
    case VALUE_BYTES:
    case VALUE_STR:
        *out = data_literal(x->value);
        return true;
    default:
        return c_fail(w, "this value has no form in C");
    }
}
