/* Expressions, in Python's order of precedence: | then + - then * then unary
 * minus, then what stands behind a value. Each function reads from the current
 * token on and returns NULL once it does not parse. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>

static struct expr *parse_or(struct parser *p);

struct expr *parse_expr_new(struct parser *p, enum expr_kind kind, int column)
{
    struct expr *x = xcalloc(1, sizeof *x);

    x->kind = kind;
    x->column = column;
    p->nodes++;
    return x;
}

/* Takes over the children, also when it returns NULL. */
static struct expr *node(struct parser *p, enum expr_kind kind, int column,
    struct expr **children, size_t count)
{
    struct expr *x = parse_expr_new(p, kind, column);

    x->items = xmemdup(children, count * sizeof(struct expr *));
    x->count = count;
    if (p->nodes > PARSE_NODES_MAX) {
        parse_fail_at(p, column,
            _("this expression is too long: give its parts names first"));
        expr_free(x);
        return NULL;
    }
    return x;
}

static int column_here(const struct parser *p)
{
    return lex_column(&p->lex, p->lex.tok.start);
}

/* ---- atoms -------------------------------------------------------------- */

static struct expr *literal(struct parser *p, struct value *v)
{
    if (!v)
        return NULL;
    struct expr *x = parse_expr_new(p, EXPR_LITERAL, column_here(p));
    x->value = v;
    lex_next(&p->lex);
    return x;
}

/* Whether the name at the current token is followed by `op` directly. */
static bool name_then(struct parser *p, int op)
{
    struct lexer ahead = p->lex;

    lex_next(&ahead);
    return lex_is(&ahead, op);
}

static struct expr *parse_len(struct parser *p)
{
    int column = column_here(p);

    lex_next(&p->lex);
    lex_next(&p->lex);
    struct expr *of = parse_or(p);
    if (!of)
        return NULL;
    if (!lex_take(&p->lex, ')')) {
        expr_free(of);
        parse_fail_here(p, _("len( is not closed: add )"));
        return NULL;
    }
    return node(p, EXPR_LEN, column, &of, 1);
}

/* socket.AF_INET */
static struct expr *parse_module_constant(struct parser *p)
{
    int64_t n;
    size_t start = p->lex.tok.start;

    lex_next(&p->lex);
    lex_next(&p->lex);
    char *name = lex_copy(&p->lex);
    bool is_known = p->lex.tok.kind == TOKEN_NAME && call_constant(name, &n);
    struct near near = {.word = name};
    for (size_t i = 0; !is_known && call_constant_at(i); i++)
        near_try(&near, call_constant_at(i));
    if (!is_known && name_then(p, '('))
        parse_fail(p, start,
            _("a call stands on a line of its own, with a name for its "
              "result: x = socket.%s(..)"),
            name);
    else if (!is_known && near.best) {
        parse_fail(p, p->lex.tok.start,
            _("the stage has no socket.%s; did you mean socket.%s?"), name,
            near.best);
        parse_fix(p, name, near.best);
    } else if (!is_known)
        parse_fail(p, p->lex.tok.start, _("the stage has no socket.%s"), name);
    if (is_known) {
        struct expr *x = literal(p, value_int(n));
        x->name = name;
        return x;
    }
    free(name);
    return NULL;
}

static bool fail_function(struct parser *p)
{
    char *name = lex_copy(&p->lex);

    if (call_find(CALL_ON_MODULE, name))
        parse_fail_here(p,
            _("a call stands on a line of its own, with a name for its "
              "result: x = %s(..)"),
            name);
    else
        parse_fail_here(p,
            _("%s() can't stand here; an expression is made of names, "
              "numbers, b'..', '..', +, -, *, [..], len(), .encode(), "
              ".decode() and (a, b)"),
            name);
    free(name);
    return false;
}

static struct expr *parse_name(struct parser *p)
{
    struct lexer *lx = &p->lex;

    if (lex_is_word(lx, "True") || lex_is_word(lx, "False"))
        return literal(p, value_bool(lex_is_word(lx, "True")));
    if (lex_is_word(lx, "None"))
        return literal(p, value_none());
    if (lex_is_word(lx, "len") && name_then(p, '('))
        return parse_len(p);
    if (lex_is_word(lx, "socket") && name_then(p, '.'))
        return parse_module_constant(p);
    if (lex_is_word(lx, "struct") && name_then(p, '.')) {
        int column = column_here(p);
        struct value *v = parse_struct_pack(p);
        if (!v)
            return NULL;
        struct expr *x = parse_expr_new(p, EXPR_LITERAL, column);
        x->value = v;
        return x;
    }
    if (name_then(p, '(')) {
        fail_function(p);
        return NULL;
    }
    char *name = lex_copy(lx);
    if (parse_is_python_keyword(name)) {
        parse_fail_here(p,
            _("%s has no place in an expression here; give the value a name "
              "and look at it with print() or expect"),
            name);
        free(name);
        return NULL;
    }
    struct expr *x = parse_expr_new(p, EXPR_NAME, column_here(p));
    x->name = name;
    lex_next(lx);
    return x;
}

static bool push_item(struct expr *tuple, struct expr *item)
{
    if (!item)
        return false;
    tuple->items =
        xreallocarray(tuple->items, tuple->count + 1, sizeof(struct expr *));
    tuple->items[tuple->count++] = item;
    return true;
}

/* Further items behind the first, up to the token `end`, or to the end of what
 * can be an item. */
static struct expr *parse_items(
    struct parser *p, struct expr *first, int column, int end)
{
    struct expr *tuple = parse_expr_new(p, EXPR_TUPLE, column);

    push_item(tuple, first);
    while (lex_take(&p->lex, ',')) {
        if (end ? lex_is(&p->lex, end) : p->lex.tok.kind == TOKEN_END)
            break;
        if (p->nodes > PARSE_NODES_MAX) {
            parse_fail_here(p, _("this tuple is too long"));
            expr_free(tuple);
            return NULL;
        }
        if (!push_item(tuple, parse_or(p))) {
            expr_free(tuple);
            return NULL;
        }
    }
    return tuple;
}

/* (x) or (), (x,), (a, b) */
static struct expr *parse_parentheses(struct parser *p)
{
    size_t start = p->lex.tok.start;
    int column = column_here(p);

    lex_next(&p->lex);
    if (lex_take(&p->lex, ')'))
        return parse_expr_new(p, EXPR_TUPLE, column);
    struct expr *x = parse_or(p);
    if (x && lex_is(&p->lex, ','))
        x = parse_items(p, x, column, ')');
    if (!x)
        return NULL;
    if (lex_take(&p->lex, ')'))
        return x;
    if (p->lex.tok.kind == TOKEN_END)
        parse_fail(p, start,
            _("the parenthesis that opens here is not closed: add )"));
    else if (p->lex.tok.kind == TOKEN_FLOAT)
        parse_fail(p, start, _("an IP address is quoted: '10.0.0.1'"));
    else
        parse_fail_here(p, _("a comma or ) belongs here"));
    expr_free(x);
    return NULL;
}

static bool fail_no_atom(struct parser *p)
{
    switch (p->lex.tok.kind) {
    case TOKEN_END:
        return parse_fail_here(
            p, _("the line ends where a value belongs: a name, a number, b'..' "
                 "or '..'"));
    case TOKEN_DURATION:
        return parse_fail_here(
            p, _("in a call, seconds are plain numbers: 0.1 for 100ms"));
    default:
        break;
    }
    if (lex_is(&p->lex, '[') || lex_is(&p->lex, '{'))
        return parse_fail_here(p,
            _("lists, sets and dictionaries are not in the notation; a tuple "
              "is (a, b)"));
    if (lex_is(&p->lex, LEX_OP3('.', '.', '.')) ||
        lex_is(&p->lex, LEX_OP2('.', '.')))
        return parse_fail_here(p, _("write the whole value in place of .."));
    return parse_fail_here(
        p, _("a value belongs here: a name, a number, b'..' or '..'"));
}

static struct expr *parse_atom(struct parser *p)
{
    struct lexer *lx = &p->lex;

    switch (lx->tok.kind) {
    case TOKEN_INT:
        return literal(p, value_int(lx->tok.n));
    case TOKEN_FLOAT:
        return literal(p, value_float(lx->tok.x));
    case TOKEN_STRING:
        return literal(p, parse_string(p));
    case TOKEN_NAME:
        return parse_name(p);
    default:
        break;
    }
    if (lex_is(lx, '('))
        return parse_parentheses(p);
    fail_no_atom(p);
    return NULL;
}

/* ---- behind a value ----------------------------------------------------- */

static bool fail_subscript(struct parser *p, size_t start)
{
    if (p->lex.tok.kind == TOKEN_END)
        return parse_fail(
            p, start, _("the bracket that opens here is not closed: add ]"));
    if (lex_is(&p->lex, ':'))
        return parse_fail_here(
            p, _("a slice has two parts here, x[a:b], and no step"));
    return parse_fail_here(p, _("a ] belongs here"));
}

/* [i] or [a:b] behind `x`, which it takes over. */
static struct expr *parse_subscript(struct parser *p, struct expr *x)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;
    int column = x->column;
    struct expr *items[3] = {x, NULL, NULL};
    bool is_slice = false;

    lex_next(lx);
    if (!lex_is(lx, ':')) {
        items[1] = parse_or(p);
        if (!items[1])
            goto failed;
    }
    if (lex_take(lx, ':')) {
        is_slice = true;
        if (!lex_is(lx, ']') && !lex_is(lx, ':')) {
            items[2] = parse_or(p);
            if (!items[2])
                goto failed;
        }
    }
    if (!lex_take(lx, ']')) {
        fail_subscript(p, start);
        goto failed;
    }
    return node(
        p, is_slice ? EXPR_SLICE : EXPR_INDEX, column, items, is_slice ? 3 : 2);
failed:
    for (size_t i = 0; i < ARRAY_LEN(items); i++)
        expr_free(items[i]);
    return NULL;
}

bool parse_encoding(struct parser *p, char **out)
{
    struct lexer *lx = &p->lex;

    if (!lex_take(lx, '('))
        return parse_fail_here(p, _("parentheses are missing here: ()"));
    if (lex_take_word(lx, "encoding") && !lex_take(lx, '='))
        return parse_fail_here(p, _("write encoding='utf-8'"));
    if (lx->tok.kind == TOKEN_STRING) {
        struct value *v = parse_string(p);
        size_t len;
        if (!v)
            return false;
        *out = xstrdup(value_data(v, &len));
        bool is_text = value_kind(v) == VALUE_STR;
        value_free(v);
        if (!is_text)
            return parse_fail_here(
                p, _("the encoding is written in quotes: 'utf-8'"));
        lex_next(lx);
    } else {
        *out = xstrdup("utf-8");
    }
    if (!lex_take(lx, ')'))
        return parse_fail_here(p,
            _("only the encoding may stand here, in quotes: 'utf-8'; then )"));
    return true;
}

static bool fail_method(struct parser *p, const struct expr *x)
{
    size_t start = p->lex.tok.start;
    const char *on = x->kind == EXPR_NAME ? x->name : "x";

    if (p->lex.tok.kind != TOKEN_NAME)
        return parse_fail_here(
            p, _("a name belongs behind the dot: .encode() or .decode()"));
    char *name = lex_copy(&p->lex);
    const struct call_def *def = call_find(CALL_ON_SOCKET, name);
    if (def && def->returns == CALL_RETURNS_NONE)
        parse_fail(p, start, _("a call stands on a line of its own: %s.%s(..)"),
            on, name);
    else if (def)
        parse_fail(p, start,
            _("a call stands on a line of its own, with a name for its "
              "result: n = %s.%s(..), then n"),
            on, name);
    else
        parse_fail(p, start,
            _("an expression has no .%s; there are .encode() and .decode()"),
            name);
    free(name);
    return false;
}

/* .encode(..), .decode(..), .fileno() behind `x`, which it takes over. */
static struct expr *parse_method(struct parser *p, struct expr *x)
{
    struct lexer *lx = &p->lex;
    int column = x->column;
    enum expr_kind kind = EXPR_ENCODE;

    lex_next(lx);
    if (lex_is_word(lx, "fileno") && x->kind == EXPR_NAME) {
        lex_next(lx);
        if (lex_take(lx, '(') && lex_take(lx, ')')) {
            x->kind = EXPR_FILENO;
            return x;
        }
        parse_fail_here(
            p, _("fileno takes no arguments: %s.fileno()"), x->name);
        expr_free(x);
        return NULL;
    }
    if (lex_is_word(lx, "decode")) {
        kind = EXPR_DECODE;
    } else if (!lex_is_word(lx, "encode")) {
        fail_method(p, x);
        expr_free(x);
        return NULL;
    }
    lex_next(lx);
    char *encoding = NULL;
    if (!parse_encoding(p, &encoding)) {
        free(encoding);
        expr_free(x);
        return NULL;
    }
    struct expr *made = node(p, kind, column, &x, 1);
    if (made)
        made->name = encoding;
    else
        free(encoding);
    return made;
}

static struct expr *parse_postfix(struct parser *p)
{
    struct expr *x = parse_atom(p);

    while (x) {
        if (lex_is(&p->lex, '['))
            x = parse_subscript(p, x);
        else if (lex_is(&p->lex, '.'))
            x = parse_method(p, x);
        else
            break;
    }
    return x;
}

/* ---- operators ---------------------------------------------------------- */

static struct expr *parse_unary(struct parser *p)
{
    int column = column_here(p);
    struct expr *x;

    if (p->depth >= PARSE_DEPTH_MAX) {
        parse_fail_here(p, _("too many parentheses inside each other"));
        return NULL;
    }
    p->depth++;
    if (lex_take(&p->lex, '-')) {
        x = parse_unary(p);
        if (x)
            x = node(p, EXPR_NEG, column, &x, 1);
    } else {
        x = parse_postfix(p);
    }
    p->depth--;
    return x;
}

static struct expr *binary(struct parser *p, enum expr_kind kind,
    struct expr *left, struct expr *(*parse_right)(struct parser *p))
{
    lex_next(&p->lex);
    struct expr *operands[2] = {left, parse_right(p)};
    if (!operands[1]) {
        expr_free(left);
        return NULL;
    }
    return node(p, kind, left->column, operands, 2);
}

static struct expr *parse_product(struct parser *p)
{
    struct expr *x = parse_unary(p);

    while (x && lex_is(&p->lex, '*'))
        x = binary(p, EXPR_MUL, x, parse_unary);
    return x;
}

static struct expr *parse_sum(struct parser *p)
{
    struct expr *x = parse_product(p);

    while (x && (lex_is(&p->lex, '+') || lex_is(&p->lex, '-')))
        x = binary(
            p, lex_is(&p->lex, '+') ? EXPR_ADD : EXPR_SUB, x, parse_product);
    return x;
}

static struct expr *parse_or(struct parser *p)
{
    struct expr *x = parse_sum(p);

    while (x && lex_is(&p->lex, '|'))
        x = binary(p, EXPR_OR, x, parse_sum);
    return x;
}

struct expr *parse_expr(struct parser *p)
{
    return parse_or(p);
}

struct expr *parse_expr_list(struct parser *p)
{
    int column = column_here(p);
    struct expr *x = parse_or(p);

    if (x && lex_is(&p->lex, ','))
        x = parse_items(p, x, column, 0);
    return x;
}

static struct value *no_variable(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

struct value *parse_constant(
    struct parser *p, const struct expr *x, const char *instead)
{
    const char *exception;
    char message[128];
    size_t len;
    struct value *v =
        expr_eval(x, no_variable, NULL, &exception, message, sizeof message);

    if (!v) {
        parse_fail_at(p, x->column, "%s: %s; %s", exception, message, instead);
        return NULL;
    }
    value_data(v, &len);
    p->constant_bytes += len;
    if (p->constant_bytes > PARSE_CONSTANT_MAX) {
        value_free(v);
        parse_fail_at(p, x->column,
            _("the values of this script are larger than %lu MiB"),
            PARSE_CONSTANT_MAX >> 20);
        return NULL;
    }
    return v;
}
