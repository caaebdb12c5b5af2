/* Operators of the notation on values. Text is indexed by characters, as in
 * Python, though it is kept as UTF-8. */
#include "eval_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

static bool is_integer(const struct value *v)
{
    return value_kind(v) == VALUE_INT || value_kind(v) == VALUE_BOOL;
}

static bool is_sequence(const struct value *v)
{
    enum value_kind kind = value_kind(v);

    return kind == VALUE_BYTES || kind == VALUE_STR || kind == VALUE_TUPLE;
}

static struct value *make_data(enum value_kind kind, char *data, size_t len)
{
    if (kind == VALUE_BYTES)
        return value_take_bytes(data, len);
    struct value *v = value_str(data, len);
    free(data);
    return v;
}

static struct value *too_large(const struct raised *r)
{
    return raise_error(
        r, "MemoryError", "more than %lu MiB", EVAL_BYTES_MAX >> 20);
}

/* ---- tuples ------------------------------------------------------------- */

/* Adds up the items of a tuple and of all tuples in it, as far as `limit`. */
static size_t count_items(const struct value *v, size_t limit)
{
    size_t count = 0;

    for (size_t i = 0; i < value_tuple_len(v) && count <= limit; i++)
        count += 1 + count_items(value_tuple_item(v, i), limit - count);
    return count;
}

struct value *eval_checked_tuple(struct value *v, const struct raised *r)
{
    if (count_items(v, EVAL_ITEMS_MAX) <= EVAL_ITEMS_MAX)
        return v;
    value_free(v);
    return raise_error(
        r, "MemoryError", "a tuple of more than %d items", EVAL_ITEMS_MAX);
}

/* Items [from, to) of `a` followed by those of `b` (which may be NULL). */
static struct value *join_tuples(const struct value *a, size_t from, size_t to,
    const struct value *b, const struct raised *r)
{
    size_t b_len = b ? value_tuple_len(b) : 0;
    size_t len = to - from + b_len;
    struct value **items = xcalloc(len + 1, sizeof(struct value *));

    for (size_t i = from; i < to; i++)
        items[i - from] = value_ref(value_tuple_item(a, i));
    for (size_t i = 0; i < b_len; i++)
        items[to - from + i] = value_ref(value_tuple_item(b, i));
    struct value *v = value_tuple(items, len);
    free(items);
    return eval_checked_tuple(v, r);
}

static struct value *repeat_tuple(
    const struct value *v, int64_t times, const struct raised *r)
{
    size_t len = value_tuple_len(v);

    if (times < 0 || len == 0)
        times = 0;
    if (len > 0 && (uint64_t)times > EVAL_ITEMS_MAX / len)
        return raise_error(
            r, "MemoryError", "a tuple of more than %d items", EVAL_ITEMS_MAX);
    size_t total = len * (size_t)times;
    struct value **items = xcalloc(total + 1, sizeof(struct value *));
    for (size_t i = 0; i < total; i++)
        items[i] = value_ref(value_tuple_item(v, i % len));
    struct value *all = value_tuple(items, total);
    free(items);
    return eval_checked_tuple(all, r);
}

/* ---- + - * | ------------------------------------------------------------ */

static struct value *unsupported(const char *op, const struct value *a,
    const struct value *b, const struct raised *r)
{
    return raise_error(r, "TypeError",
        "unsupported operand type(s) for %s: '%s' and '%s'", op,
        value_type_name(a), value_type_name(b));
}

static struct value *overflow(const struct raised *r)
{
    return raise_error(
        r, "OverflowError", "int too large: integers have 64 bits here");
}

static struct value *join_data(
    const struct value *a, const struct value *b, const struct raised *r)
{
    size_t a_len, b_len;
    const char *a_data = value_data(a, &a_len);
    const char *b_data = value_data(b, &b_len);

    if (a_len + b_len > EVAL_BYTES_MAX)
        return too_large(r);
    char *data = xmalloc(a_len + b_len + 1);
    memcpy(data, a_data, a_len);
    memcpy(data + a_len, b_data, b_len);
    data[a_len + b_len] = '\0';
    return make_data(value_kind(a), data, a_len + b_len);
}

static struct value *join(
    const struct value *a, const struct value *b, const struct raised *r)
{
    if (value_kind(a) == value_kind(b))
        return value_kind(a) == VALUE_TUPLE
                   ? join_tuples(a, 0, value_tuple_len(a), b, r)
                   : join_data(a, b, r);
    switch (value_kind(a)) {
    case VALUE_BYTES:
        return raise_error(
            r, "TypeError", "can't concat %s to bytes", value_type_name(b));
    case VALUE_STR:
        return raise_error(r, "TypeError",
            "can only concatenate str (not \"%s\") to str", value_type_name(b));
    default:
        return raise_error(r, "TypeError",
            "can only concatenate tuple (not \"%s\") to tuple",
            value_type_name(b));
    }
}

static struct value *repeat_data(
    const struct value *v, int64_t times, const struct raised *r)
{
    size_t len;
    const char *data = value_data(v, &len);

    if (times < 0 || len == 0)
        times = 0;
    if (len > 0 && (uint64_t)times > EVAL_BYTES_MAX / len)
        return too_large(r);
    size_t total = len * (size_t)times;
    char *all = xmalloc(total + 1);
    if (len == 1)
        memset(all, data[0], total);
    else
        for (size_t at = 0; at < total; at += len)
            memcpy(all + at, data, len);
    all[total] = '\0';
    return make_data(value_kind(v), all, total);
}

static struct value *repeat(const struct value *sequence,
    const struct value *times, const struct raised *r)
{
    if (!is_integer(times))
        return raise_error(r, "TypeError",
            "can't multiply sequence by non-int of type '%s'",
            value_type_name(times));
    if (value_kind(sequence) == VALUE_TUPLE)
        return repeat_tuple(sequence, value_as_int(times), r);
    return repeat_data(sequence, value_as_int(times), r);
}

static struct value *float_binary(enum expr_kind kind, double a, double b)
{
    if (kind == EXPR_ADD)
        return value_float(a + b);
    return value_float(kind == EXPR_SUB ? a - b : a * b);
}

static struct value *number_binary(enum expr_kind kind, const struct value *a,
    const struct value *b, const struct raised *r)
{
    int64_t x = value_as_int(a);
    int64_t y = value_as_int(b);
    int64_t n = 0;
    bool over = false;

    if (!is_integer(a) || !is_integer(b))
        return float_binary(kind, value_as_float(a), value_as_float(b));
    if (kind == EXPR_ADD)
        over = __builtin_add_overflow(x, y, &n);
    else if (kind == EXPR_SUB)
        over = __builtin_sub_overflow(x, y, &n);
    else
        over = __builtin_mul_overflow(x, y, &n);
    return over ? overflow(r) : value_int(n);
}

static struct value *or_of(
    const struct value *a, const struct value *b, const struct raised *r)
{
    if (!is_integer(a) || !is_integer(b))
        return unsupported("|", a, b, r);
    int64_t n = value_as_int(a) | value_as_int(b);
    if (value_kind(a) == VALUE_BOOL && value_kind(b) == VALUE_BOOL)
        return value_bool(n != 0);
    return value_int(n);
}

struct value *eval_binary(enum expr_kind kind, const struct value *a,
    const struct value *b, const struct raised *r)
{
    if (kind == EXPR_OR)
        return or_of(a, b, r);
    if (value_is_number(a) && value_is_number(b))
        return number_binary(kind, a, b, r);
    if (kind == EXPR_MUL && is_sequence(a))
        return repeat(a, b, r);
    if (kind == EXPR_MUL && is_sequence(b))
        return repeat(b, a, r);
    if (kind == EXPR_ADD && is_sequence(a))
        return join(a, b, r);
    return unsupported(kind == EXPR_ADD   ? "+"
                       : kind == EXPR_SUB ? "-"
                                          : "*",
        a, b, r);
}

struct value *eval_negative(const struct value *v, const struct raised *r)
{
    if (value_kind(v) == VALUE_FLOAT)
        return value_float(-value_as_float(v));
    if (!is_integer(v))
        return raise_error(r, "TypeError", "bad operand type for unary -: '%s'",
            value_type_name(v));
    if (value_as_int(v) == INT64_MIN)
        return overflow(r);
    return value_int(-value_as_int(v));
}

/* ---- parts of a sequence ------------------------------------------------ */

/* Bytes that the first `count` characters of UTF-8 text take. */
static size_t offset_of(const char *text, size_t len, size_t count)
{
    size_t at = 0;

    for (; at < len && count > 0; count--) {
        uint32_t cp;
        at += utf8_decode(text + at, len - at, &cp);
    }
    return at;
}

static size_t length_of(const struct value *v)
{
    size_t len;
    const char *data = value_data(v, &len);
    size_t characters = 0;

    if (value_kind(v) == VALUE_TUPLE)
        return value_tuple_len(v);
    if (value_kind(v) == VALUE_BYTES)
        return len;
    for (size_t i = 0; i < len; i++)
        characters += ((unsigned char)data[i] & 0xc0) != 0x80;
    return characters;
}

struct value *eval_len(const struct value *v, const struct raised *r)
{
    if (!is_sequence(v))
        return raise_error(r, "TypeError", "object of type '%s' has no len()",
            value_type_name(v));
    return value_int((int64_t)length_of(v));
}

static struct value *bad_index(
    const struct value *v, const struct value *at, const struct raised *r)
{
    switch (value_kind(v)) {
    case VALUE_BYTES:
        return raise_error(r, "TypeError",
            "byte indices must be integers or slices, not %s",
            value_type_name(at));
    case VALUE_STR:
        return raise_error(r, "TypeError",
            "string indices must be integers, not '%s'", value_type_name(at));
    default:
        return raise_error(r, "TypeError",
            "tuple indices must be integers or slices, not %s",
            value_type_name(at));
    }
}

static struct value *part_of(
    const struct value *v, size_t from, size_t to, const struct raised *r)
{
    size_t len;
    const char *data = value_data(v, &len);

    if (to < from)
        to = from;
    if (value_kind(v) == VALUE_TUPLE)
        return join_tuples(v, from, to, NULL, r);
    if (value_kind(v) == VALUE_BYTES)
        return value_bytes(data + from, to - from);
    size_t start = offset_of(data, len, from);
    size_t part = offset_of(data + start, len - start, to - from);
    return value_str(data + start, part);
}

struct value *eval_index(
    const struct value *v, const struct value *at, const struct raised *r)
{
    if (!is_sequence(v))
        return raise_error(r, "TypeError", "'%s' object is not subscriptable",
            value_type_name(v));
    if (!is_integer(at))
        return bad_index(v, at, r);
    int64_t len = (int64_t)length_of(v);
    int64_t i = value_as_int(at);
    if (i < 0)
        i += len;
    if (i < 0 || i >= len)
        return raise_error(r, "IndexError", "%sindex out of range",
            value_kind(v) == VALUE_STR     ? "string "
            : value_kind(v) == VALUE_TUPLE ? "tuple "
                                           : "");
    if (value_kind(v) == VALUE_TUPLE)
        return value_ref(value_tuple_item(v, (size_t)i));
    if (value_kind(v) == VALUE_STR)
        return part_of(v, (size_t)i, (size_t)i + 1, r);
    size_t ignored;
    return value_int((unsigned char)value_data(v, &ignored)[i]);
}

/* Where a bound of a slice stands in a sequence of that length; false if it
 * can't be one. */
static bool slice_bound(
    const struct value *bound, size_t len, size_t missing, size_t *out)
{
    *out = missing;
    if (!bound || value_kind(bound) == VALUE_NONE)
        return true;
    if (!is_integer(bound))
        return false;
    int64_t n = value_as_int(bound);
    if (n < 0)
        n += (int64_t)len;
    *out = n < 0 ? 0 : (uint64_t)n > len ? len : (size_t)n;
    return true;
}

struct value *eval_slice(const struct value *v, const struct value *from,
    const struct value *to, const struct raised *r)
{
    size_t start, end;

    if (!is_sequence(v))
        return raise_error(r, "TypeError", "'%s' object is not subscriptable",
            value_type_name(v));
    size_t len = length_of(v);
    if (!slice_bound(from, len, 0, &start) || !slice_bound(to, len, len, &end))
        return raise_error(r, "TypeError",
            "slice indices must be integers or None or have an __index__ "
            "method");
    return part_of(v, start, end, r);
}
