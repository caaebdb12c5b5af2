/* Expressions to values, by the rules and in the words of CPython 3.11. What
 * Python has and this does not: integers beyond 64 bits (OverflowError) and
 * values beyond 256 MiB (MemoryError). */
#include "eval_int.h"

#include "sockstage/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct eval {
    expr_lookup *lookup;
    void *ctx;
    struct raised raised;
};

static struct value *eval(const struct eval *e, const struct expr *x);

struct value *raise_error(
    const struct raised *r, const char *exception, const char *fmt, ...)
{
    va_list args;

    *r->exception = exception;
    va_start(args, fmt);
    vsnprintf(r->message, r->size, fmt, args);
    va_end(args);
    return NULL;
}

static struct value *eval_name(const struct eval *e, const char *name)
{
    int64_t constant;
    struct value *v = e->lookup(e->ctx, name);

    if (v)
        return value_ref(v);
    if (call_constant(name, &constant))
        return value_int(constant);
    return raise_error(
        &e->raised, "NameError", "name '%s' is not defined", name);
}

static struct value *eval_fileno(const struct eval *e, const char *name)
{
    struct value *v = e->lookup(e->ctx, name);

    if (!v)
        return raise_error(
            &e->raised, "NameError", "name '%s' is not defined", name);
    if (value_kind(v) != VALUE_SOCKET)
        return raise_error(&e->raised, "AttributeError",
            "'%s' object has no attribute 'fileno'", value_type_name(v));
    return value_int(value_socket_fd(v));
}

static void free_values(struct value **items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        value_free(items[i]);
    free(items);
}

static struct value *eval_tuple(const struct eval *e, const struct expr *x)
{
    struct value **items = xcalloc(x->count + 1, sizeof(struct value *));

    for (size_t i = 0; i < x->count; i++) {
        items[i] = eval(e, x->items[i]);
        if (!items[i]) {
            free_values(items, i);
            return NULL;
        }
    }
    struct value *v = value_tuple(items, x->count);
    free(items);
    return eval_checked_tuple(v, &e->raised);
}

static struct value *apply(
    const struct eval *e, const struct expr *x, struct value **v)
{
    switch (x->kind) {
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_OR:
        return eval_binary(x->kind, v[0], v[1], &e->raised);
    case EXPR_NEG:
        return eval_negative(v[0], &e->raised);
    case EXPR_INDEX:
        return eval_index(v[0], v[1], &e->raised);
    case EXPR_SLICE:
        return eval_slice(v[0], v[1], v[2], &e->raised);
    case EXPR_LEN:
        return eval_len(v[0], &e->raised);
    case EXPR_ENCODE:
        return value_encode(v[0], x->name, &e->raised);
    case EXPR_DECODE:
        return value_decode(v[0], x->name, e->raised.exception,
            e->raised.message, e->raised.size);
    default:
        return raise_error(&e->raised, "SyntaxError", "invalid syntax");
    }
}

/* Of everything with one to three operands, of which some may be missing. */
static struct value *eval_operands(const struct eval *e, const struct expr *x)
{
    struct value *v[3] = {NULL, NULL, NULL};
    struct value *result = NULL;

    for (size_t i = 0; i < x->count && i < ARRAY_LEN(v); i++) {
        if (!x->items[i])
            continue;
        v[i] = eval(e, x->items[i]);
        if (!v[i])
            goto out;
    }
    result = apply(e, x, v);
out:
    for (size_t i = 0; i < ARRAY_LEN(v); i++)
        value_free(v[i]);
    return result;
}

static struct value *eval(const struct eval *e, const struct expr *x)
{
    switch (x->kind) {
    case EXPR_LITERAL:
        return value_ref(x->value);
    case EXPR_NAME:
        return eval_name(e, x->name);
    case EXPR_FILENO:
        return eval_fileno(e, x->name);
    case EXPR_TUPLE:
        return eval_tuple(e, x);
    default:
        return eval_operands(e, x);
    }
}

struct value *expr_eval(const struct expr *x, expr_lookup *lookup, void *ctx,
    const char **exception, char *message, size_t message_size)
{
    struct eval e = {lookup, ctx, {exception, message, message_size}};

    *exception = NULL;
    return eval(&e, x);
}
