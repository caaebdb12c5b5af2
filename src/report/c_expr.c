/* Expressions of the notation in C. Numbers, bytes and text have operators or
 * functions there; a tuple is its items, as far as their number is known. */
#include "c_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/calls/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 60 /* of functions in each other: clang has limits */
#define ITEMS_MAX 64 /* of a tuple */

/* ---- values ------------------------------------------------------------- */

char *c_format(const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&text, fmt, args);
    va_end(args);
    str_reserve(&text, 0);
    return str_steal(&text);
}

struct c_value c_code(enum c_type type, enum c_level level, char *code)
{
    return (struct c_value){.type = type, .level = level, .code = code};
}

bool c_fail(struct c_writer *w, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(w->why, sizeof w->why, fmt, args);
    va_end(args);
    return false;
}

bool c_is_number(const struct c_value *v)
{
    return v->type == C_BOOL || v->type == C_NUMBER || v->type == C_REAL;
}

static bool is_integer(const struct c_value *v)
{
    return v->type == C_BOOL || v->type == C_NUMBER;
}

/* Code inside an operator of that level. */
static char *inside(const struct c_value *v, enum c_level level)
{
    return c_format(v->level < level ? "(%s)" : "%s", v->code);
}

/* ---- names -------------------------------------------------------------- */

static bool name(struct c_writer *w, const struct expr *x, struct c_value *out)
{
    const struct c_value *v = c_lookup(w, x->name);
    int64_t n;

    if (v) {
        *out = c_value_copy(v);
        return true;
    }
    if (!call_constant(x->name, &n))
        return c_fail(w, "%s has no value yet", x->name);
    *out = c_number(n);
    free(out->code);
    out->code = xstrdup(x->name);
    out->level = C_LEVEL_ATOM;
    return true;
}

/* ---- + - * | ------------------------------------------------------------ */

/* Python's integers do not overflow; those of C are computed here, so that no
 * compiler has to say so. */
static bool fold(enum expr_kind kind, const struct c_value *a,
    const struct c_value *b, struct c_value *out)
{
    int64_t n = 0;
    bool over = false;

    if (!a->is_constant || !b->is_constant || kind == EXPR_OR)
        return false;
    if (kind == EXPR_ADD)
        over = __builtin_add_overflow(a->n, b->n, &n);
    else if (kind == EXPR_SUB)
        over = __builtin_sub_overflow(a->n, b->n, &n);
    else
        over = __builtin_mul_overflow(a->n, b->n, &n);
    if (over)
        return false;
    *out = c_number(n);
    return true;
}

static bool arithmetic(struct c_writer *w, enum expr_kind kind,
    const struct c_value *a, const struct c_value *b, struct c_value *out)
{
    static const struct {
        const char *sign;
        enum c_level level;
    } ops[] = {
        [EXPR_ADD] = {"+", C_LEVEL_SUM},
        [EXPR_SUB] = {"-", C_LEVEL_SUM},
        [EXPR_MUL] = {"*", C_LEVEL_PRODUCT},
        [EXPR_OR] = {"|", C_LEVEL_OR},
    };
    enum c_level level = ops[kind].level;
    bool is_real = a->type == C_REAL || b->type == C_REAL;

    if (fold(kind, a, b, out))
        return true;
    if (a->is_constant && b->is_constant && kind != EXPR_OR)
        return c_fail(w, "the number is too large");
    if (kind == EXPR_OR && is_real)
        return c_fail(w, "| is for integers");
    /* gcc wants parentheses around + inside of |. */
    bool keep = kind == EXPR_OR && a->level != C_LEVEL_OR;
    char *left = inside(a, keep ? C_LEVEL_UNARY : level);
    char *right = inside(b, kind == EXPR_OR ? C_LEVEL_UNARY : level + 1);
    *out = c_code(is_real ? C_REAL : C_NUMBER, level,
        c_format("%s %s %s", left, ops[kind].sign, right));
    free(left);
    free(right);
    return true;
}

static bool repeat_tuple(struct c_writer *w, const struct c_value *v,
    const struct c_value *times, struct c_value *out)
{
    size_t n = times->is_constant && times->n > 0 ? (size_t)times->n : 0;

    if (!times->is_constant || n > ITEMS_MAX || v->count * n > ITEMS_MAX)
        return c_fail(w, "a tuple of C has a small, known number of items");
    *out = (struct c_value){.type = C_TUPLE};
    out->items = xcalloc(v->count * n + 1, sizeof *out->items);
    for (size_t i = 0; i < v->count * n; i++)
        out->items[out->count++] = c_value_copy(&v->items[i % v->count]);
    return true;
}

static bool multiply(struct c_writer *w, const struct c_value *a,
    const struct c_value *b, struct c_value *out)
{
    const struct c_value *sequence = is_integer(b) ? a : b;
    const struct c_value *times = is_integer(b) ? b : a;

    if (c_is_number(a) && c_is_number(b))
        return arithmetic(w, EXPR_MUL, a, b, out);
    if (!is_integer(times))
        return c_fail(w, "* has no such operands");
    if (sequence->type == C_TUPLE)
        return repeat_tuple(w, sequence, times, out);
    if (sequence->type != C_BYTES && sequence->type != C_TEXT)
        return c_fail(w, "* has no such operands");
    *out = c_code(sequence->type, C_LEVEL_ATOM,
        c_format("repeated(%s, %s)", sequence->code, times->code));
    return true;
}

static bool join_tuples(struct c_writer *w, const struct c_value *a,
    const struct c_value *b, struct c_value *out)
{
    if (a->count + b->count > ITEMS_MAX)
        return c_fail(w, "a tuple of C has few items");
    *out = (struct c_value){.type = C_TUPLE};
    out->items = xcalloc(a->count + b->count + 1, sizeof *out->items);
    for (size_t i = 0; i < a->count + b->count; i++)
        out->items[out->count++] =
            c_value_copy(i < a->count ? &a->items[i] : &b->items[i - a->count]);
    return true;
}

/* a + b + c of bytes is one joined(3, a, b, c). */
static char *join_data(const struct c_value *a, const struct c_value *b)
{
    const char *rest = a->code;
    char *end = NULL;
    unsigned long count = 1;

    if (strncmp(a->code, "joined(", 7) == 0) {
        count = strtoul(a->code + 7, &end, 10);
        rest = end + 2; /* up to the closing parenthesis */
        return c_format("joined(%lu, %.*s, %s)", count + 1,
            (int)strlen(rest) - 1, rest, b->code);
    }
    return c_format("joined(2, %s, %s)", rest, b->code);
}

static bool add(struct c_writer *w, const struct c_value *a,
    const struct c_value *b, struct c_value *out)
{
    if (c_is_number(a) && c_is_number(b))
        return arithmetic(w, EXPR_ADD, a, b, out);
    if (a->type == C_TUPLE && b->type == C_TUPLE)
        return join_tuples(w, a, b, out);
    if (a->type != b->type || (a->type != C_BYTES && a->type != C_TEXT))
        return c_fail(w, "+ has no such operands");
    *out = c_code(a->type, C_LEVEL_ATOM, join_data(a, b));
    return true;
}

static bool negate(
    struct c_writer *w, const struct c_value *v, struct c_value *out)
{
    char *code;

    if (!c_is_number(v))
        return c_fail(w, "- has no such operand");
    if (v->is_constant && v->n != INT64_MIN) {
        *out = c_number(-v->n);
        return true;
    }
    code = inside(v, C_LEVEL_ATOM);
    *out = c_code(v->type == C_REAL ? C_REAL : C_NUMBER, C_LEVEL_UNARY,
        c_format("-%s", code));
    free(code);
    return true;
}

/* ---- parts -------------------------------------------------------------- */

static bool part_of_address(
    struct c_writer *w, const struct c_value *v, int64_t i, struct c_value *out)
{
    static const char *const parts[] = {
        "host_of", "port_of", "flow_of", "scope_of"};

    if (i < 0 || i >= (int64_t)ARRAY_LEN(parts))
        return c_fail(w, "an address has no such part");
    *out = c_code(i == 0 ? C_TEXT : C_NUMBER, C_LEVEL_ATOM,
        c_format("%s(%s)", parts[i], v->code));
    out->is_exact = true;
    return true;
}

static bool take_item(struct c_writer *w, const struct c_value *v,
    const struct c_value *at, struct c_value *out)
{
    int64_t i = at->n;

    if (!is_integer(at))
        return c_fail(w, "an index is a number");
    switch (v->type) {
    case C_BYTES:
        *out = c_code(C_NUMBER, C_LEVEL_ATOM,
            c_format("byte(%s, %s)", v->code, at->code));
        out->is_exact = true;
        return true;
    case C_TEXT:
        *out = c_code(C_TEXT, C_LEVEL_ATOM,
            c_format("character(%s, %s)", v->code, at->code));
        return true;
    case C_ADDRESS:
        if (at->is_constant)
            return part_of_address(w, v, i, out);
        break;
    case C_TUPLE:
        if (i < 0)
            i += (int64_t)v->count;
        if (!at->is_constant || i < 0 || i >= (int64_t)v->count)
            break;
        *out = c_value_copy(&v->items[i]);
        return true;
    default:
        break;
    }
    return c_fail(w, "the index is not known beforehand");
}

/* A bound of a slice of `count` items. */
static bool known_bound(
    const struct c_value *at, size_t count, size_t missing, size_t *out)
{
    int64_t n = at->n;

    *out = missing;
    if (at->type == C_NONE)
        return true;
    if (!at->is_constant)
        return false;
    if (n < 0)
        n += (int64_t)count;
    *out = n < 0 ? 0 : (uint64_t)n > count ? count : (size_t)n;
    return true;
}

/* Of an address only what both families have. */
static bool slice_items(struct c_writer *w, const struct c_value *v,
    const struct c_value *bounds, struct c_value *out)
{
    bool is_address = v->type == C_ADDRESS;
    size_t count = is_address ? 2 : v->count;
    size_t from, to;

    if (!known_bound(&bounds[0], count, 0, &from) ||
        !known_bound(&bounds[1], count, count, &to) ||
        (is_address && (bounds[1].type == C_NONE || bounds[1].n < 0 ||
                           bounds[1].n > 2 || bounds[0].n < 0)))
        return c_fail(w, "the bounds are not known beforehand");
    *out = (struct c_value){.type = C_TUPLE};
    out->items = xcalloc(count + 1, sizeof *out->items);
    for (size_t i = from; i < to; i++) {
        if (is_address)
            part_of_address(w, v, (int64_t)i, &out->items[out->count++]);
        else
            out->items[out->count++] = c_value_copy(&v->items[i]);
    }
    return true;
}

static bool take_slice(struct c_writer *w, const struct c_value *v,
    const struct c_value *bounds, struct c_value *out)
{
    const char *from = bounds[0].type == C_NONE ? "0" : bounds[0].code;
    const char *to = bounds[1].type == C_NONE ? "END" : bounds[1].code;

    for (int i = 0; i < 2; i++)
        if (bounds[i].type != C_NONE && !is_integer(&bounds[i]))
            return c_fail(w, "the bound of a slice is a number");
    if (v->type == C_TUPLE || v->type == C_ADDRESS)
        return slice_items(w, v, bounds, out);
    if (v->type != C_BYTES && v->type != C_TEXT)
        return c_fail(w, "there is no slice of this");
    *out = c_code(v->type, C_LEVEL_ATOM,
        c_format("%s(%s, %s, %s)", v->type == C_TEXT ? "slice_text" : "slice",
            v->code, from, to));
    return true;
}

static bool length(
    struct c_writer *w, const struct c_value *v, struct c_value *out)
{
    switch (v->type) {
    case C_BYTES:
        *out = c_code(
            C_NUMBER, C_LEVEL_ATOM, c_format("(long long)%s.len", v->code));
        break;
    case C_TEXT:
        *out =
            c_code(C_NUMBER, C_LEVEL_ATOM, c_format("characters(%s)", v->code));
        break;
    case C_ADDRESS:
        *out =
            c_code(C_NUMBER, C_LEVEL_ATOM, c_format("parts_of(%s)", v->code));
        break;
    case C_TUPLE:
        *out = c_number((int64_t)v->count);
        return true;
    default:
        return c_fail(w, "this has no length");
    }
    out->is_exact = true;
    return true;
}

/* ---- encodings ---------------------------------------------------------- */

static bool is_latin1(const char *encoding)
{
    return encoding[0] == 'l' || encoding[0] == 'L' ||
           strstr(encoding, "8859") != NULL;
}

/* UTF-8 and ASCII are the bytes that the text is kept in. */
void c_codec(const char *encoding, bool decode, struct c_value *v)
{
    char *code;

    v->type = decode ? C_TEXT : C_BYTES;
    if (!is_latin1(encoding))
        return;
    code = c_format("%s(%s)", decode ? "from_latin1" : "to_latin1", v->code);
    free(v->code);
    v->code = code;
}

static bool codec(struct c_writer *w, const struct expr *x,
    const struct c_value *v, struct c_value *out)
{
    bool decode = x->kind == EXPR_DECODE;

    if (v->type != (decode ? C_BYTES : C_TEXT))
        return c_fail(
            w, "there is nothing to %s", decode ? "decode" : "encode");
    *out = c_value_copy(v);
    c_codec(x->name, decode, out);
    return true;
}

/* ---- all of them -------------------------------------------------------- */

static bool tuple(struct c_writer *w, const struct expr *x, struct c_value *out)
{
    if (x->count > ITEMS_MAX)
        return c_fail(w, "a tuple of C has few items");
    *out = (struct c_value){.type = C_TUPLE};
    out->items = xcalloc(x->count + 1, sizeof *out->items);
    for (size_t i = 0; i < x->count; i++) {
        if (!c_expr(w, x->items[i], &out->items[i])) {
            c_value_done(out);
            return false;
        }
        out->count++;
    }
    return true;
}

static bool apply(struct c_writer *w, const struct expr *x, struct c_value *v,
    struct c_value *out)
{
    switch (x->kind) {
    case EXPR_ADD:
        return add(w, &v[0], &v[1], out);
    case EXPR_MUL:
        return multiply(w, &v[0], &v[1], out);
    case EXPR_SUB:
    case EXPR_OR:
        if (!c_is_number(&v[0]) || !c_is_number(&v[1]))
            return c_fail(w, "the operator has no such operands");
        return arithmetic(w, x->kind, &v[0], &v[1], out);
    case EXPR_NEG:
        return negate(w, &v[0], out);
    case EXPR_INDEX:
        return take_item(w, &v[0], &v[1], out);
    case EXPR_SLICE:
        return take_slice(w, &v[0], &v[1], out);
    case EXPR_LEN:
        return length(w, &v[0], out);
    case EXPR_ENCODE:
    case EXPR_DECODE:
        return codec(w, x, &v[0], out);
    default:
        return c_fail(w, "this kind of expression is not known");
    }
}

/* A missing operand is None. */
static bool operands(
    struct c_writer *w, const struct expr *x, struct c_value *out)
{
    struct c_value v[3] = {{0}, {0}, {0}};
    bool ok = true;

    for (size_t i = 0; ok && i < x->count && i < ARRAY_LEN(v); i++)
        if (x->items[i])
            ok = c_expr(w, x->items[i], &v[i]);
    ok = ok && apply(w, x, v, out);
    for (size_t i = 0; i < ARRAY_LEN(v); i++)
        c_value_done(&v[i]);
    return ok;
}

static bool fileno_of(
    struct c_writer *w, const struct expr *x, struct c_value *out)
{
    const struct c_value *v = c_lookup(w, x->name);

    if (!v || v->type != C_SOCKET)
        return c_fail(w, "%s is no socket", x->name);
    *out = c_code(C_NUMBER, C_LEVEL_ATOM, xstrdup(v->code));
    return true;
}

bool c_expr(struct c_writer *w, const struct expr *x, struct c_value *out)
{
    bool ok;

    if (w->depth >= DEPTH_MAX)
        return c_fail(w, "the expression is too deep");
    w->depth++;
    if (x->kind == EXPR_LITERAL)
        ok = c_literal(w, x, out);
    else if (x->kind == EXPR_NAME)
        ok = name(w, x, out);
    else if (x->kind == EXPR_FILENO)
        ok = fileno_of(w, x, out);
    else if (x->kind == EXPR_TUPLE)
        ok = tuple(w, x, out);
    else
        ok = operands(w, x, out);
    w->depth--;
    return ok;
}
