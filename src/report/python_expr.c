/* Expressions and calls in Python. The notation is a part of it, so they look
 * as they were typed: only modules are named and options packed as Python
 * wants them. */
#include "python.h"

#include "sockstage/base/mem.h"
#include "sockstage/calls/call.h"

#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* How tightly an expression holds together. */
enum level { LEVEL_OR, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY, LEVEL_ATOM };

struct writer {
    struct python_names *names;
    struct str *out, *remark;
};

/* Names that the program uses in the functions of the processes, and words of
 * Python. */
static const char *const taken[] = {"False", "NEVER", "None", "True",
    "__debug__", "and", "as", "assert", "async", "await", "become", "break",
    "class", "continue", "def", "del", "elif", "else", "except", "exit",
    "finally", "finish", "float", "for", "fork", "from", "global", "if",
    "import", "in", "is", "lambda", "len", "nonlocal", "not", "or", "os",
    "pass", "print", "raise", "return", "socket", "struct", "try", "turn",
    "while", "with", "yield"};

/* Constants of the stage that the socket module of Python 3.11 has not. */
static const char *const missing[] = {"SOL_IPV6", "SO_BUSY_POLL", "IP_FREEBIND",
    "IP_MTU", "IP_MTU_DISCOVER", "IP_RECVERR", "IP_RECVTTL"};

static void write_expr(
    struct writer *w, const struct expr *x, enum level around);

/* ---- names -------------------------------------------------------------- */

static bool is_one_of(
    const char *name, size_t len, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == len && strncmp(list[i], name, len) == 0)
            return true;
    return false;
}

/* One more underscore for all of `turn`, `turn_`, `turn__`: no two names
 * become one. */
void python_name(const char *name, struct str *out)
{
    size_t len = strlen(name);

    str_add(out, name);
    while (len > 1 && name[len - 1] == '_' &&
           !is_one_of(name, len, taken, ARRAY_LEN(taken)))
        len--;
    if (is_one_of(name, len, taken, ARRAY_LEN(taken)))
        str_addc(out, '_');
}

static bool is_constant(const struct python_names *names, const char *name)
{
    int64_t n;

    if (!call_constant(name, &n))
        return false;
    for (size_t i = 0; i < names->constants.len; i++)
        if (strcmp(names->constants.items[i], name) == 0)
            return false;
    return true;
}

static void assign(struct writer *w, const char *name)
{
    if (is_constant(w->names, name))
        vec_push(&w->names->constants, name);
}

static void write_constant(struct writer *w, const char *name)
{
    int64_t n = 0;

    if (!is_one_of(name, strlen(name), missing, ARRAY_LEN(missing))) {
        str_addf(w->out, "socket.%s", name);
        return;
    }
    call_constant(name, &n);
    str_addf(w->out, "%" PRId64, n);
    str_addf(
        w->remark, "%s%s is %" PRId64, w->remark->len ? ", " : "", name, n);
}

/* ---- expressions -------------------------------------------------------- */

static void write_literal(struct writer *w, const struct expr *x)
{
    bool is_float = value_kind(x->value) == VALUE_FLOAT;

    if (x->name)
        write_constant(w, x->name);
    else if (is_float && isinf(value_as_float(x->value)))
        str_add(w->out, "float('inf')");
    else
        value_repr(x->value, 0, w->out);
}

static void write_items(struct writer *w, const struct expr *x)
{
    for (size_t i = 0; i < x->count; i++) {
        if (i > 0)
            str_add(w->out, ", ");
        write_expr(w, x->items[i], LEVEL_OR);
    }
}

static void write_tuple(struct writer *w, const struct expr *x)
{
    str_addc(w->out, '(');
    write_items(w, x);
    str_add(w->out, x->count == 1 ? ",)" : ")");
}

static void write_slice(struct writer *w, const struct expr *x)
{
    write_expr(w, x->items[0], LEVEL_ATOM);
    str_addc(w->out, '[');
    if (x->items[1])
        write_expr(w, x->items[1], LEVEL_OR);
    if (x->kind == EXPR_SLICE)
        str_addc(w->out, ':');
    if (x->kind == EXPR_SLICE && x->items[2])
        write_expr(w, x->items[2], LEVEL_OR);
    str_addc(w->out, ']');
}

static void write_codec(
    struct writer *w, const char *method, const char *encoding)
{
    struct value *v = value_str(encoding, strlen(encoding));

    str_addf(w->out, ".%s(", method);
    if (strcmp(encoding, "utf-8") != 0)
        value_repr(v, 0, w->out);
    str_addc(w->out, ')');
    value_free(v);
}

static void write_binary(
    struct writer *w, const struct expr *x, const char *op, enum level level)
{
    write_expr(w, x->items[0], level);
    str_add(w->out, op);
    write_expr(w, x->items[1], level + 1);
}

/* A dot behind a number would be taken for its decimals. */
static void write_receiver(struct writer *w, const struct expr *x)
{
    bool is_number = x->kind == EXPR_LITERAL && value_is_number(x->value);

    if (is_number)
        str_addc(w->out, '(');
    write_expr(w, x, LEVEL_ATOM);
    if (is_number)
        str_addc(w->out, ')');
}

static enum level level_of(const struct expr *x)
{
    switch (x->kind) {
    case EXPR_OR:
        return LEVEL_OR;
    case EXPR_ADD:
    case EXPR_SUB:
        return LEVEL_SUM;
    case EXPR_MUL:
        return LEVEL_PRODUCT;
    case EXPR_NEG:
        return LEVEL_UNARY;
    default:
        return LEVEL_ATOM;
    }
}

static void write_operation(struct writer *w, const struct expr *x)
{
    switch (x->kind) {
    case EXPR_OR:
        write_binary(w, x, " | ", LEVEL_OR);
        return;
    case EXPR_ADD:
        write_binary(w, x, " + ", LEVEL_SUM);
        return;
    case EXPR_SUB:
        write_binary(w, x, " - ", LEVEL_SUM);
        return;
    case EXPR_MUL:
        write_binary(w, x, " * ", LEVEL_PRODUCT);
        return;
    default:
        str_addc(w->out, '-');
        write_expr(w, x->items[0], LEVEL_UNARY);
        return;
    }
}

static void write_atom(struct writer *w, const struct expr *x)
{
    switch (x->kind) {
    case EXPR_LITERAL:
        write_literal(w, x);
        return;
    case EXPR_NAME:
        if (is_constant(w->names, x->name))
            write_constant(w, x->name);
        else
            python_name(x->name, w->out);
        return;
    case EXPR_FILENO:
        python_name(x->name, w->out);
        str_add(w->out, ".fileno()");
        return;
    case EXPR_LEN:
        str_add(w->out, "len(");
        write_expr(w, x->items[0], LEVEL_OR);
        str_addc(w->out, ')');
        return;
    case EXPR_ENCODE:
    case EXPR_DECODE:
        write_receiver(w, x->items[0]);
        write_codec(w, x->kind == EXPR_ENCODE ? "encode" : "decode", x->name);
        return;
    case EXPR_TUPLE:
        write_tuple(w, x);
        return;
    default:
        write_slice(w, x);
        return;
    }
}

static void write_expr(
    struct writer *w, const struct expr *x, enum level around)
{
    enum level level = level_of(x);

    if (level < around)
        str_addc(w->out, '(');
    if (level == LEVEL_ATOM)
        write_atom(w, x);
    else
        write_operation(w, x);
    if (level < around)
        str_addc(w->out, ')');
}

/* ---- calls -------------------------------------------------------------- */

static bool is_number(const struct expr *x, int64_t *n)
{
    if (!x || x->kind != EXPR_LITERAL || value_kind(x->value) != VALUE_INT)
        return false;
    *n = value_as_int(x->value);
    return true;
}

/* socket(type=SOCK_DGRAM) leaves a plain number for the family. */
static bool write_socket_argument(
    struct writer *w, const struct expr *x, size_t i)
{
    static const char *const families[] = {"AF_INET", "AF_INET6"};
    static const char *const types[] = {"SOCK_STREAM", "SOCK_DGRAM"};
    int64_t n, known;

    if (i > 1 || x->name || !is_number(x, &n))
        return false;
    for (size_t k = 0; k < 2; k++) {
        const char *name = i == 0 ? families[k] : types[k];
        if (call_constant(name, &known) && known == n) {
            write_constant(w, name);
            return true;
        }
    }
    return false;
}

static bool is_linger(const struct statement *st)
{
    const struct expr *option = st->argc > 1 ? st->args[1] : NULL;

    return option && option->name && strcmp(option->name, "SO_LINGER") == 0;
}

/* The option's value: (onoff, seconds) is what the notation has, a packed
 * struct what Python wants. */
static void write_option(
    struct writer *w, const struct statement *st, const struct expr *x)
{
    int numbers[2];
    size_t len = 0;
    const char *data = NULL;

    if (x->kind == EXPR_LITERAL && value_kind(x->value) == VALUE_BYTES)
        data = value_data(x->value, &len);
    if (x->kind == EXPR_TUPLE && x->count == 2) {
        str_add(w->out, "struct.pack('ii', ");
        write_items(w, x);
        str_addc(w->out, ')');
    } else if (data && len == sizeof numbers && is_linger(st)) {
        memcpy(numbers, data, sizeof numbers);
        str_addf(w->out, "struct.pack('ii', %d, %d)", numbers[0], numbers[1]);
    } else {
        write_expr(w, x, LEVEL_OR);
    }
}

static void write_arguments(struct writer *w, const struct statement *st)
{
    str_addc(w->out, '(');
    for (size_t i = 0; i < st->argc; i++) {
        const struct expr *x = st->args[i];

        if (i > 0)
            str_add(w->out, ", ");
        if (st->def->returns == CALL_RETURNS_SOCKET &&
            write_socket_argument(w, x, i))
            continue;
        if (st->def->args[i].kind == CALL_ARG_OPTION)
            write_option(w, st, x);
        else
            write_expr(w, x, LEVEL_OR);
    }
    str_addc(w->out, ')');
}

static void write_call(struct writer *w, const struct statement *st)
{
    switch (st->def->on) {
    case CALL_ON_SOCKET:
        python_name(st->variable, w->out);
        str_addc(w->out, '.');
        break;
    case CALL_ON_OS:
        str_add(w->out, "os.");
        break;
    case CALL_ON_MODULE:
        if (st->def->returns == CALL_RETURNS_SOCKET)
            str_add(w->out, "socket.");
        break;
    }
    str_add(w->out, st->def->name);
    write_arguments(w, st);
    if (st->decode)
        write_codec(w, "decode", st->decode);
}

/* ---- statements --------------------------------------------------------- */

static void write_targets(struct writer *w, const struct statement *st)
{
    for (size_t i = 0; i < st->target_count; i++) {
        if (i > 0)
            str_add(w->out, ", ");
        python_name(st->targets[i], w->out);
    }
    if (st->target_count > 0)
        str_add(w->out, " = ");
}

void python_statement(struct python_names *names, const struct statement *st,
    struct str *out, struct str *remark)
{
    struct writer w = {names, out, remark};

    switch (st->kind) {
    case STATEMENT_CALL:
        write_targets(&w, st);
        write_call(&w, st);
        break;
    case STATEMENT_ASSIGN:
        write_targets(&w, st);
        write_expr(&w, st->expr, LEVEL_OR);
        break;
    case STATEMENT_PRINT:
        str_add(out, "print(");
        write_items(&w, st->expr);
        str_addc(out, ')');
        break;
    case STATEMENT_NOTHING:
        str_add(out, "pass");
        break;
    }
    for (size_t i = 0; i < st->target_count; i++)
        assign(&w, st->targets[i]);
}
