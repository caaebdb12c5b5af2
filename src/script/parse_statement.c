/* What a process does: a call, an assignment, print() or an import. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- import ------------------------------------------------------------- */

static bool is_module(const struct lexer *lx)
{
    static const char *const modules[] = {
        "socket", "os", "struct", "time", "sys"};

    for (size_t i = 0; i < ARRAY_LEN(modules); i++)
        if (lex_is_word(lx, modules[i]))
            return true;
    return false;
}

static bool fail_import(struct parser *p)
{
    return parse_fail_here(
        p, _("only import socket, os and struct are taken here"));
}

static bool parse_from_import(struct parser *p)
{
    struct lexer *lx = &p->lex;

    if (!is_module(lx))
        return fail_import(p);
    lex_next(lx);
    if (!lex_take_word(lx, "import"))
        return parse_fail_here(p, _("write from socket import *"));
    if (lex_take(lx, '*'))
        return true;
    do {
        if (lx->tok.kind != TOKEN_NAME)
            return parse_fail_here(p, _("write from socket import *"));
        lex_next(lx);
    } while (lex_take(lx, ','));
    return true;
}

static bool parse_import(struct parser *p)
{
    struct lexer *lx = &p->lex;

    do {
        if (!is_module(lx))
            return fail_import(p);
        lex_next(lx);
    } while (lex_take(lx, ','));
    if (lex_is_word(lx, "as"))
        return parse_fail_here(
            p, _("modules keep their names here: import socket"));
    return true;
}

/* ---- print -------------------------------------------------------------- */

static bool parse_print(struct parser *p, struct statement *st)
{
    struct lexer *lx = &p->lex;
    size_t open = lx->tok.start;

    st->kind = STATEMENT_PRINT;
    st->expr = parse_expr_new(p, EXPR_TUPLE, lex_column(lx, open));
    if (!lex_take(lx, '('))
        return parse_fail_here(p, _("print has parentheses: print(x)"));
    while (!lex_is(lx, ')')) {
        struct expr *x = parse_expr(p);
        if (!x)
            return false;
        st->expr->items = xreallocarray(
            st->expr->items, st->expr->count + 1, sizeof(struct expr *));
        st->expr->items[st->expr->count++] = x;
        if (p->nodes > PARSE_NODES_MAX)
            return parse_fail_here(p, _("this line is too long"));
        if (!lex_take(lx, ','))
            break;
    }
    if (lex_take(lx, ')'))
        return true;
    if (lx->tok.kind == TOKEN_END)
        return parse_fail(
            p, open, _("the parenthesis that opens here is not closed: add )"));
    if (lex_is(lx, '%'))
        return parse_fail_here(
            p, _("print() takes several values here: print('n is', n)"));
    return parse_fail_here(p, _("a comma or ) belongs here"));
}

/* ---- targets ------------------------------------------------------------ */

static bool fail_targets(struct parser *p, const struct lexer *at)
{
    return parse_fail(p, at->tok.start,
        _("at most two names stand before the =: conn, addr = ls.accept()"));
}

/* NAME = or a, b = if that stands here; else nothing. */
static bool parse_targets(struct parser *p, struct statement *st)
{
    struct lexer ahead = p->lex;
    size_t starts[3];
    size_t count = 0;
    bool in_parentheses = lex_take(&ahead, '(');

    for (;; lex_next(&ahead)) {
        if (ahead.tok.kind != TOKEN_NAME)
            return true;
        if (count < ARRAY_LEN(starts))
            starts[count++] = ahead.tok.start;
        lex_next(&ahead);
        if (!lex_is(&ahead, ','))
            break;
    }
    if (in_parentheses && !lex_take(&ahead, ')'))
        return true;
    if (!lex_is(&ahead, '='))
        return true;
    for (size_t i = 0; i < count; i++) {
        lex_seek(&p->lex, starts[i]);
        if (i >= ARRAY_LEN(st->targets))
            return fail_targets(p, &p->lex);
        char *name = lex_copy(&p->lex);
        st->targets[st->target_count++] = name;
        if (!parse_check_target(p, name, starts[i]))
            return false;
    }
    lex_seek(&p->lex, ahead.tok.end);
    return true;
}

/* ---- statements --------------------------------------------------------- */

/* An operator behind a whole expression that Python has and this has not. */
static bool fail_behind_value(
    struct parser *p, const struct statement *st, size_t start)
{
    struct lexer *lx = &p->lex;

    if (lx->tok.kind == TOKEN_BAD)
        return parse_fail_here(p, "%s", "");
    if (lex_is(lx, '='))
        return parse_fail_here(
            p, st->target_count
                   ? _("one = a line: assign twice on two lines")
                   : _("only a name, or two, can stand before the ="));
    if (lex_is(lx, ';'))
        return parse_fail_here(p, _("one action a line"));
    char *value = parse_quote(p, start, lx->tok.start);
    if (lex_is(lx, LEX_OP2('+', '=')) || lex_is(lx, LEX_OP2('-', '=')))
        parse_fail_here(p, _("write it out: %s = %s %c .."), value, value,
            lx->text[lx->tok.start]);
    else if (lex_is(lx, LEX_OP2('=', '=')))
        parse_fail_here(
            p, _("a process does not compare; to check a value write a line "
                 "expect c1.n == 5"));
    else if (lx->tok.kind == TOKEN_OP)
        parse_fail_here(
            p, _("there is no such operator here; there are +, -, * and |"));
    else
        parse_fail_here(p, _("this does not belong behind %s"), value);
    free(value);
    return false;
}

static bool at_line_end(const struct lexer *lx)
{
    struct lexer ahead = *lx;

    if (lex_is(&ahead, ':') || lex_is(&ahead, ';'))
        lex_next(&ahead);
    return ahead.tok.kind == TOKEN_END;
}

static bool parse_value(struct parser *p, struct statement *st)
{
    size_t start = p->lex.tok.start;

    st->kind = STATEMENT_ASSIGN;
    st->expr = parse_expr_list(p);
    if (!st->expr)
        return false;
    bool closes = lex_is(&p->lex, ')') || lex_is(&p->lex, ']');
    if (!closes && !at_line_end(&p->lex))
        return fail_behind_value(p, st, start);
    if (st->target_count > 0 || closes)
        return true;
    char *value = parse_quote(p, start, p->lex.tok.start);
    parse_fail(p, start,
        _("nothing happens with this value: write print(%s), or give it a "
          "name: x = %s"),
        value, value);
    free(value);
    return false;
}

/* `s.listen 5`, `s.close`: known, but without parentheses. */
static bool fail_without_parentheses(struct parser *p)
{
    struct lexer ahead = p->lex;
    bool on_socket = false;

    if (ahead.tok.kind != TOKEN_NAME)
        return true;
    char *first = lex_copy(&ahead);
    char *name = NULL;
    lex_next(&ahead);
    if (lex_take(&ahead, '.') && ahead.tok.kind == TOKEN_NAME) {
        name = lex_copy(&ahead);
        lex_next(&ahead);
        on_socket = call_find(CALL_ON_SOCKET, name) != NULL;
    }
    char *rest = parse_quote(p, ahead.tok.start, p->lex.len);
    bool ok = true;
    if (on_socket && ahead.tok.kind != TOKEN_OP)
        ok = parse_fail(p, ahead.tok.start,
            _("a call has parentheses: %s.%s(%s)"), first, name, rest);
    else if (!name && call_find(CALL_ON_MODULE, first) &&
             ahead.tok.kind != TOKEN_OP)
        ok = parse_fail(
            p, ahead.tok.start, _("a call has parentheses: %s()"), first);
    free(first);
    free(name);
    free(rest);
    return ok;
}

/* Lines of the notation that somebody gave to a process. */
static bool check_no_line(struct parser *p)
{
    struct lexer ahead = p->lex;

    if (ahead.tok.kind != TOKEN_NAME)
        return true;
    char *word = lex_copy(&ahead);
    lex_next(&ahead);
    bool ok = true;
    if (lex_is(&ahead, ':') && !at_line_end(&ahead))
        ok = parse_fail_here(p,
            _("one process a line: %s: is inside the line or block of another "
              "one (is a ``` fence still open?)"),
            word);
    else if (ahead.tok.kind != TOKEN_OP && ahead.tok.kind != TOKEN_END &&
             directive_find(word))
        ok = parse_fail_here(p,
            _("a line %s .. stands alone: no process before it, not indented"),
            word);
    free(word);
    return ok;
}

static bool parse_body(struct parser *p, struct statement *st)
{
    struct lexer *lx = &p->lex;

    if (lex_is(lx, '$'))
        return parse_fail_here(
            p, _("programs on the stage are not in this version"));
    if (lex_take_word(lx, "import") || lex_is_word(lx, "from")) {
        st->kind = STATEMENT_NOTHING;
        return lex_take_word(lx, "from") ? parse_from_import(p)
                                         : parse_import(p);
    }
    if (lx->tok.kind == TOKEN_NAME) {
        char *word = lex_copy(lx);
        bool is_keyword = parse_is_python_keyword(word);
        if (is_keyword)
            parse_fail_python_keyword(p, word);
        free(word);
        if (is_keyword)
            return false;
    }
    if (!check_no_line(p) || !parse_targets(p, st))
        return false;
    if (st->target_count == 0 && lex_take_word(lx, "print"))
        return parse_print(p, st);
    if (!parse_at_call(p))
        return fail_without_parentheses(p) && parse_value(p, st);
    st->kind = STATEMENT_CALL;
    return parse_call(p, st);
}

bool parse_statement(struct parser *p, struct statement *st)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;

    p->statement_start = start;
    st->column = lex_column(lx, start);
    p->nodes = 0;
    p->depth = 0;
    if (!parse_body(p, st))
        return false;
    st->text = lex_copy_part(lx, start, lx->tok.start);
    if (at_line_end(lx) && lx->tok.kind != TOKEN_END) {
        parse_hint(p, lx->tok.start,
            _("the %c at the end of the line is not "
              "needed; it was left out"),
            lx->text[lx->tok.start]);
        lex_next(lx);
    }
    if (lex_is(lx, ';'))
        return parse_fail_here(p, _("one action a line"));
    if (lex_is(lx, ')') || lex_is(lx, ']'))
        return parse_fail_here(p, _("this %c closes nothing: take it away"),
            lx->text[lx->tok.start]);
    if (st->kind == STATEMENT_CALL && lx->tok.kind == TOKEN_OP)
        return parse_fail_here(
            p, _("give the result of the call a name, and go on with that on "
                 "the next line"));
    return parse_end(p);
}
