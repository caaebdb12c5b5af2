/* One call of the socket API, checked against its row in the table of calls:
 * a new call needs no change here. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct argument {
    struct expr *value;
    size_t start, end;
};

/* A call while it is read. */
struct reading {
    struct statement *st;
    const char *name;
    size_t at; /* of the name */
    struct argument args[PARSE_ARGS_MAX];
    size_t count;
};

bool parse_at_call(struct parser *p)
{
    struct lexer ahead = p->lex;
    bool is_module = lex_is_word(&ahead, "socket") || lex_is_word(&ahead, "os");
    bool is_struct = lex_is_word(&ahead, "struct");

    if (ahead.tok.kind != TOKEN_NAME || lex_is_word(&ahead, "len"))
        return false;
    lex_next(&ahead);
    if (lex_is(&ahead, '('))
        return true;
    if (is_struct || !lex_take(&ahead, '.') || ahead.tok.kind != TOKEN_NAME)
        return false;
    if (!is_module &&
        (lex_is_word(&ahead, "encode") || lex_is_word(&ahead, "decode")))
        return false;
    lex_next(&ahead);
    if (lex_take(&ahead, '.') && ahead.tok.kind == TOKEN_NAME)
        lex_next(&ahead);
    return lex_is(&ahead, '(');
}

/* Name and receiver, up to the opening parenthesis. */
static bool parse_callee(
    struct parser *p, struct statement *st, char **name, size_t *at)
{
    struct lexer *lx = &p->lex;
    enum call_receiver on = CALL_ON_MODULE;

    if (!parse_check_no_dotted_call(p))
        return false;
    char *first = lex_copy(lx);
    size_t start = lx->tok.start;
    *at = start;
    lex_next(lx);
    if (!lex_take(lx, '.')) {
        *name = first;
    } else {
        *at = lx->tok.start;
        *name = lex_copy(lx);
        lex_next(lx);
        if (strcmp(first, "os") == 0)
            on = CALL_ON_OS;
        else if (strcmp(first, "socket") != 0)
            on = CALL_ON_SOCKET;
        if (on == CALL_ON_SOCKET) {
            st->variable = first;
            st->variable_column = lex_column(lx, start);
        } else {
            free(first);
        }
    }
    st->def = call_find(on, *name);
    if (!st->def)
        return parse_fail_no_call(p, on, st->variable, *name, *at);
    return true;
}

/* ---- arguments ---------------------------------------------------------- */

/* socket(type=SOCK_STREAM): which argument the keyword stands for. */
static bool parse_keyword(
    struct parser *p, const struct call_def *def, size_t *index)
{
    struct lexer *lx = &p->lex;
    char *keyword = lex_copy(lx);

    if (def->returns != CALL_RETURNS_SOCKET) {
        parse_fail_here(p,
            _("%s() takes its arguments without names: leave %s= out"),
            def->name, keyword);
        free(keyword);
        return false;
    }
    for (size_t i = 0; i < CALL_ARGS_MAX && def->args[i].name; i++) {
        if (strcmp(def->args[i].name, keyword) == 0) {
            free(keyword);
            *index = i;
            lex_next(lx);
            lex_next(lx);
            return true;
        }
    }
    parse_fail_here(p, _("%s() has no argument %s"), def->name, keyword);
    free(keyword);
    return false;
}

static bool is_keyword(const struct parser *p)
{
    struct lexer ahead = p->lex;

    if (ahead.tok.kind != TOKEN_NAME)
        return false;
    lex_next(&ahead);
    return lex_is(&ahead, '=');
}

static bool parse_argument(struct parser *p, struct reading *r)
{
    size_t index = r->count;
    size_t start = p->lex.tok.start;

    if (is_keyword(p) && !parse_keyword(p, r->st->def, &index))
        return false;
    if (index >= PARSE_ARGS_MAX || r->args[index].value)
        return parse_fail(p, start, _("there is one argument too many here"));
    struct expr *x = parse_expr(p);
    if (!x)
        return false;
    r->args[index] = (struct argument){x, start, p->lex.tok.start};
    if (r->count <= index)
        r->count = index + 1;
    return true;
}

static bool parse_arguments(struct parser *p, struct reading *r)
{
    struct lexer *lx = &p->lex;
    size_t open = lx->tok.start;

    if (!lex_take(lx, '('))
        return parse_fail_here(
            p, _("parentheses are missing here: %s()"), r->name);
    while (!lex_is(lx, ')')) {
        if (lx->tok.kind == TOKEN_END)
            break;
        if (!parse_argument(p, r))
            return false;
        if (!lex_take(lx, ','))
            break;
    }
    if (lex_take(lx, ')'))
        return true;
    if (lx->tok.kind == TOKEN_END)
        return parse_fail(
            p, open, _("the parenthesis that opens here is not closed: add )"));
    if (lex_is(lx, '='))
        return parse_fail_here(p, _("= has no place in an argument"));
    return parse_fail_here(p, _("a comma or ) belongs here"));
}

/* ---- checks ------------------------------------------------------------- */

static size_t args_known(const struct call_def *def)
{
    size_t n = 0;

    while (n < CALL_ARGS_MAX && def->args[n].name)
        n++;
    return n;
}

/* "s.connect(('server', 8080))" with the arguments that the table suggests. */
static void example(
    const struct statement *st, const char *args, struct str *out)
{
    const struct call_def *def = st->def;

    if (def->on == CALL_ON_OS)
        str_add(out, "os.");
    else if (def->on == CALL_ON_SOCKET)
        str_addf(out, "%s.", st->variable);
    str_addf(out, "%s(", def->name);
    if (args)
        str_add(out, args);
    for (size_t i = 0; !args && i < args_known(def); i++)
        if (!def->args[i].optional)
            str_addf(out, "%s%s", i ? ", " : "", def->args[i].suggestion);
    str_addc(out, ')');
}

static bool fail_example(struct parser *p, const struct reading *r, size_t at,
    const char *args, const char *fmt) __attribute__((format(printf, 5, 0)));

/* The message takes the name of the call and the example. */
static bool fail_example(struct parser *p, const struct reading *r, size_t at,
    const char *args, const char *fmt)
{
    struct str text = STR_INIT;

    example(r->st, args, &text);
    parse_fail(p, at, fmt, r->st->def->name, str_text(&text));
    str_done(&text);
    return false;
}

/* Text, as far as that can be seen without running anything. */
static bool is_text(const struct expr *x)
{
    switch (x->kind) {
    case EXPR_LITERAL:
        return value_kind(x->value) == VALUE_STR;
    case EXPR_DECODE:
        return true;
    case EXPR_ADD:
        return is_text(x->items[0]) && is_text(x->items[1]);
    case EXPR_MUL:
        return is_text(x->items[0]) || is_text(x->items[1]);
    case EXPR_SLICE:
        return is_text(x->items[0]);
    default:
        return false;
    }
}

/* s.connect('server', 8080): the pair without its parentheses. */
static bool is_address_in_two(const struct reading *r, size_t known)
{
    return known > 0 && r->count == known + 1 &&
           r->st->def->args[known - 1].kind == CALL_ARG_ADDRESS &&
           (known == 1 || is_text(r->args[known - 1].value));
}

static bool fail_address_in_two(
    struct parser *p, const struct reading *r, size_t host)
{
    size_t start = r->args[host].start;
    char *before = lex_copy_part(&p->lex, r->args[0].start, start);
    char *pair = lex_copy_part(&p->lex, start, r->args[host + 1].end);
    struct str args = STR_INIT;

    str_addf(&args, "%s%s(%s)", before, *before ? " " : "", pair);
    fail_example(p, r, start, str_text(&args),
        _("%s() takes one address, a pair in parentheses of its own: %s"));
    str_done(&args);
    free(before);
    free(pair);
    return false;
}

static bool fail_too_many(struct parser *p, const struct reading *r)
{
    const struct call_def *def = r->st->def;
    size_t known = args_known(def);

    if (is_address_in_two(r, known))
        return fail_address_in_two(p, r, known - 1);
    if (known == 0)
        return fail_example(
            p, r, r->args[0].start, "", _("%s() takes no arguments: %s"));
    return parse_fail(p, r->args[known].start,
        _("%s() takes at most %zu arguments"), def->name, known);
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static bool fail_text(
    struct parser *p, const struct reading *r, const struct argument *a)
{
    char *text = parse_quote(p, a->start, a->end);

    if (a->value->kind == EXPR_LITERAL && is_ascii(text) &&
        (*text == '\'' || *text == '"'))
        parse_fail(p, a->start, _("%s() takes bytes, not str: b%s"),
            r->st->def->name, text);
    else if (a->value->kind == EXPR_LITERAL)
        parse_fail(p, a->start, _("%s() takes bytes, not str: %s.encode()"),
            r->st->def->name, text);
    else
        parse_fail(p, a->start,
            _("%s() takes bytes, not str: (%s).encode(), or b'..' for the "
              "text"),
            r->st->def->name, text);
    free(text);
    return false;
}

static bool is_literal(const struct expr *x, enum value_kind kind)
{
    return x->kind == EXPR_LITERAL && value_kind(x->value) == kind;
}

/* What can be seen of an address: a pair of a text and a number, or four items
 * as getsockname() gives them for AF_INET6. */
static bool check_address(
    struct parser *p, const struct reading *r, const struct argument *a)
{
    const struct expr *x = a->value;

    if (x->kind != EXPR_TUPLE) {
        if (x->kind == EXPR_NAME || x->kind == EXPR_INDEX)
            return true;
        return fail_example(p, r, a->start, NULL,
            _("%s() takes an address, a pair (host, port) in parentheses of "
              "its own: %s"));
    }
    if (x->count < 2 || x->count > 4)
        return fail_example(p, r, a->start, NULL,
            _("the address of %s() is a pair (host, port): %s"));
    if (is_literal(x->items[1], VALUE_STR))
        return parse_fail_at(
            p, x->items[1]->column, _("the port is a number, without quotes"));
    if (is_literal(x->items[0], VALUE_INT) ||
        is_literal(x->items[0], VALUE_BYTES))
        return parse_fail_at(p, x->items[0]->column,
            _("the host is text: 'server', '10.0.0.1', or '' for every "
              "address of this host"));
    return true;
}

static bool check_argument(struct parser *p, const struct reading *r, size_t i)
{
    const struct argument *a = &r->args[i];

    switch (r->st->def->args[i].kind) {
    case CALL_ARG_BYTES:
        return !is_text(a->value) || fail_text(p, r, a);
    case CALL_ARG_ADDRESS:
        return check_address(p, r, a);
    default:
        return true;
    }
}

/* An argument left out before a keyword: its suggestion is its default. */
static struct expr *default_argument(
    struct parser *p, const struct call_arg *arg)
{
    int64_t n = 0;
    struct expr *x = parse_expr_new(p, EXPR_LITERAL, 1);

    call_constant(arg->suggestion, &n);
    x->value = value_int(n);
    return x;
}

static bool check_arguments(struct parser *p, struct reading *r)
{
    const struct call_def *def = r->st->def;
    size_t known = args_known(def);

    if (r->count > known)
        return fail_too_many(p, r);
    for (size_t i = 0; i < known; i++) {
        if (i >= r->count && !def->args[i].optional)
            return fail_example(
                p, r, r->at, NULL, _("%s() needs an argument: %s"));
        if (i < r->count && !r->args[i].value)
            r->args[i].value = default_argument(p, &def->args[i]);
        if (i < r->count && !check_argument(p, r, i))
            return false;
    }
    return true;
}

/* A new socket that no name can reach would be no use. */
static bool check_keeper(struct parser *p, const struct reading *r)
{
    const struct statement *st = r->st;
    const char *on = st->variable ? st->variable : "";
    const char *name = st->target_count > 0 ? st->targets[0] : NULL;
    char names[PARSE_NAME_MAX + sizeof ", addr"];

    if (!name && st->def->returns == CALL_RETURNS_SOCKET) {
        parse_fail(p, p->statement_start,
            _("nobody keeps the new socket: write s = %s()"), st->def->name);
        return parse_fix(p, "", "s = ");
    }
    if (st->def->returns != CALL_RETURNS_SOCKET_ADDR || st->target_count == 2)
        return true;
    if (!name) {
        parse_fail(p, p->statement_start,
            _("nobody keeps the new socket: write conn, addr = %s.%s()"), on,
            st->def->name);
        return parse_fix(p, "", "conn, addr = ");
    }
    snprintf(names, sizeof names, "%s, addr",
        strcmp(name, "addr") == 0 ? "conn" : name);
    parse_fail(p, p->statement_start, _("%s() gives two values: %s = %s.%s()"),
        st->def->name, names, on, st->def->name);
    return parse_fix(p, name, names);
}

/* Who keeps what the call makes. */
static bool check_targets(struct parser *p, const struct reading *r)
{
    const struct statement *st = r->st;

    if (!parse_check_receiver(p, st) || !check_keeper(p, r))
        return false;
    if (st->def->returns == CALL_RETURNS_PROCESS && st->target_count != 1)
        return parse_fail(p, r->at,
            _("the new process needs a name: write w = %s()"), st->def->name);
    if (st->def->returns == CALL_RETURNS_PROCESS &&
        !parse_check_process(p, st->targets[0], p->statement_start))
        return false;
    if (st->target_count == 2 && st->def->returns != CALL_RETURNS_SOCKET_ADDR &&
        st->def->returns != CALL_RETURNS_BYTES_ADDR &&
        st->def->returns != CALL_RETURNS_VALUE)
        return parse_fail(p, r->at,
            _("%s() returns one value: write one name before the ="),
            st->def->name);
    return true;
}

static bool parse_behind(struct parser *p, const struct reading *r)
{
    struct lexer *lx = &p->lex;

    if (!lex_is(lx, '.') && !lex_is(lx, '['))
        return true;
    size_t dot = lx->tok.start;
    if (lex_take(lx, '.') && lex_take_word(lx, "decode")) {
        enum call_returns returns = r->st->def->returns;
        if (returns != CALL_RETURNS_BYTES && returns != CALL_RETURNS_VALUE)
            return parse_fail(p, dot,
                _("%s() returns no bytes: there is nothing to decode"),
                r->st->def->name);
        return parse_encoding(p, &r->st->decode);
    }
    return parse_fail(p, dot,
        _("give the result a name and go on with that on the next line; only "
          ".decode() may stand here"));
}

bool parse_call(struct parser *p, struct statement *st)
{
    struct reading r = {.st = st};
    char *name = NULL;
    bool ok = parse_callee(p, st, &name, &r.at);

    r.name = name;
    ok = ok && parse_arguments(p, &r) && check_arguments(p, &r) &&
         check_targets(p, &r) && parse_behind(p, &r);
    for (size_t i = 0; i < r.count; i++) {
        if (ok)
            st->args[st->argc++] = r.args[i].value;
        else
            expr_free(r.args[i].value);
    }
    free(name);
    return ok;
}
