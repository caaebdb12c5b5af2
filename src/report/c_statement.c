/* Statements in C: calls with the names for their results, assignments,
 * print(). They also follow which C variable has which socket, because Python
 * closes one that no name holds any more and C does not. */
#include "c_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT_MAX  600 /* bytes of one printf() format */
#define PLAIN_MAX   100 /* of text in it */
#define LEAVES_MAX  128
#define TARGETS_MAX 2

/* A line of code, broken behind commas where it is long. */
static void add_line(
    const struct c_writer *w, struct str *out, const char *text)
{
    size_t indent = w->indent;
    size_t len = strlen(text);

    while (indent + len > PROGRAM_COLUMNS && !strchr(text, '\n')) {
        size_t room =
            PROGRAM_COLUMNS > indent + 20 ? PROGRAM_COLUMNS - indent : 20;
        size_t at = 0;
        bool in_quotes = false;

        for (size_t i = 0; i < room && i + 1 < len; i++) {
            if (text[i] == '"' && (i == 0 || text[i - 1] != '\\'))
                in_quotes = !in_quotes;
            if (!in_quotes && text[i] == ',' && text[i + 1] == ' ')
                at = i + 1;
        }
        if (at == 0)
            break;
        str_addf(out, "%*s%.*s\n", (int)indent, "", (int)at, text);
        indent = w->indent + 4;
        text += at + 1;
        len -= at + 1;
    }
    str_addf(out, "%*s%s\n", (int)indent, "", text);
}

static void add_code(const struct c_writer *w, struct str *out, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static void add_code(
    const struct c_writer *w, struct str *out, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&text, fmt, args);
    va_end(args);
    add_line(w, out, str_text(&text));
    str_done(&text);
}

/* ---- giving names ------------------------------------------------------- */

/* The values of C in a value: itself, or a tuple's items. */
struct leaves {
    const struct c_value *items[LEAVES_MAX]; /* borrowed */
    size_t count;
};

static void add_leaves(const struct c_value *v, struct leaves *out)
{
    if (v->code && out->count < LEAVES_MAX)
        out->items[out->count++] = v;
    for (size_t i = 0; i < v->count; i++)
        add_leaves(&v->items[i], out);
}

static size_t leaf_count(const struct c_value *v)
{
    size_t count = v->code != NULL;

    for (size_t i = 0; i < v->count; i++)
        count += leaf_count(&v->items[i]);
    return count;
}

/* One name of Python and what it gets: before and after it is bound, and what
 * it had. */
struct naming {
    const char *name;
    struct c_value value, bound, old; /* owned */
};

static void naming_bind(struct c_writer *w, struct naming *n)
{
    struct c_variable *v = NULL;

    HASH_FIND_STR(w->variables, n->name, v);
    if (v)
        n->old = c_value_copy(&v->value);
    n->bound = c_value_copy(&n->value);
    c_bind(w, n->name, &n->bound);
}

static void naming_done(struct naming *n)
{
    c_value_done(&n->value);
    c_value_done(&n->bound);
    c_value_done(&n->old);
}

/* Whether the C variable had a socket that nothing holds any more. */
static bool is_dropped(
    const struct c_writer *w, const struct naming *n, const char *variable)
{
    struct leaves old = {0};

    add_leaves(&n->old, &old);
    for (size_t i = 0; i < old.count; i++)
        if (old.items[i]->socket > 0 &&
            strcmp(old.items[i]->code, variable) == 0)
            return !c_is_held(w, old.items[i]->socket);
    return false;
}

/* Drops what nothing holds any more, but for what is in `but`: that variable
 * has got something else. Returns how many; `out` may be NULL. */
static size_t drop_old(struct c_writer *w, const struct naming *n,
    const char *but, struct str *out)
{
    struct leaves old = {0};
    size_t count = 0;

    add_leaves(&n->old, &old);
    for (size_t i = 0; i < old.count; i++) {
        const struct c_value *s = old.items[i];

        if (s->socket == 0 || c_is_held(w, s->socket) ||
            (but && strcmp(but, s->code) == 0))
            continue;
        count++;
        if (!out)
            continue;
        add_code(w, out, "dropped(&%s);", s->code);
    }
    return count;
}

/* Assigns several values at once, or one that something is dropped for: all
 * are computed before a variable changes. */
static void assign_all(
    struct c_writer *w, struct naming *n, size_t count, struct str *out)
{
    struct leaves from = {0}, to = {0};

    for (size_t i = 0; i < count; i++) {
        add_leaves(&n[i].value, &from);
        add_leaves(&n[i].bound, &to);
    }
    add_line(w, out, "{");
    w->indent += 4;
    for (size_t i = 0; i < from.count; i++)
        add_code(w, out, "%s new_%zu = %s;", c_type_name(from.items[i]->type),
            i, from.items[i]->code);
    for (size_t i = 0; i < count; i++)
        drop_old(w, &n[i], NULL, out);
    for (size_t i = 0; i < from.count && i < to.count; i++)
        add_code(w, out, "%s = new_%zu;", to.items[i]->code, i);
    w->indent -= 4;
    add_line(w, out, "}");
}

static void assign(
    struct c_writer *w, struct naming *n, size_t count, struct str *out)
{
    struct leaves from = {0};
    size_t drops = 0;

    for (size_t i = 0; i < count; i++) {
        naming_bind(w, &n[i]);
        add_leaves(&n[i].value, &from);
    }
    for (size_t i = 0; i < count; i++)
        drops += drop_old(w, &n[i], NULL, NULL);
    if (from.count == 1 && drops == 0 && n[0].bound.code &&
        strcmp(n[0].bound.code, from.items[0]->code) == 0)
        return; /* x = x */
    if (from.count == 1 && drops == 0 && n[0].bound.code)
        add_code(w, out, "%s = %s;", n[0].bound.code, from.items[0]->code);
    else if (from.count > 0 || drops > 0)
        assign_all(w, n, count, out);
}

/* Shares a tuple or an address out to two names. */
static bool unpack(
    struct c_writer *w, const struct c_value *v, struct naming n[TARGETS_MAX])
{
    if (v->type == C_ADDRESS) {
        n[0].value =
            c_code(C_TEXT, C_LEVEL_ATOM, c_format("host_of(%s)", v->code));
        n[1].value =
            c_code(C_NUMBER, C_LEVEL_ATOM, c_format("port_of(%s)", v->code));
        return true;
    }
    if (v->type != C_TUPLE || v->count != TARGETS_MAX)
        return c_fail(w, "these are not two values");
    for (size_t i = 0; i < TARGETS_MAX; i++)
        n[i].value = c_value_copy(&v->items[i]);
    return true;
}

static bool write_assignment(
    struct c_writer *w, const struct statement *st, struct str *out)
{
    struct naming n[TARGETS_MAX] = {{0}, {0}};
    struct c_value v = {0};
    bool ok = c_expr(w, st->expr, &v);

    for (size_t i = 0; i < st->target_count; i++)
        n[i].name = st->targets[i];
    if (ok && st->target_count == TARGETS_MAX)
        ok = unpack(w, &v, n);
    else if (ok)
        n[0].value = c_value_copy(&v);
    if (ok && leaf_count(&v) > LEAVES_MAX)
        ok = c_fail(w, "there are too many values in this");
    if (ok)
        assign(w, n, st->target_count, out);
    for (size_t i = 0; i < TARGETS_MAX; i++)
        naming_done(&n[i]);
    c_value_done(&v);
    return ok;
}

/* ---- calls -------------------------------------------------------------- */

static bool is_bound(const struct c_writer *w, const char *name)
{
    struct c_variable *v = NULL;

    HASH_FIND_STR(w->variables, name, v);
    return v != NULL;
}

/* An exception leaves the names alone: they are left out where they have a
 * value already. */
static size_t targets_of(const struct c_writer *w, const struct step *s)
{
    const struct statement *st = s->st;

    if (!step_error(s) && !step_never_returned(s))
        return st->target_count;
    for (size_t i = 0; i < st->target_count; i++)
        if (is_bound(w, st->targets[i]))
            return 0;
    return st->target_count;
}

/* The result of a call in its variable, and what that had dropped. */
static void assign_result(struct c_writer *w, const struct naming *n,
    const struct c_value *to, const char *code, struct str *out)
{
    if (!to->code) {
        add_code(w, out, "%s;", code);
    } else if (is_dropped(w, n, to->code)) {
        add_code(w, out, "%s = renamed(%s, %s);", to->code, to->code, code);
    } else {
        add_code(w, out, "%s = %s;", to->code, code);
    }
    drop_old(w, n, to->code, out);
}

/* conn, addr = ls.accept() is conn = Accept(ls, &addr); the code of the call
 * ends with a place for where the address goes. */
#define ADDRESS_PLACE "@)"

static void name_pair(struct c_writer *w, const struct step *s, size_t targets,
    const struct c_value *call, struct str *out)
{
    struct naming n[TARGETS_MAX] = {{0}, {0}};
    struct c_value result = {.type = call->type};
    const struct c_value *first, *second;
    size_t len = strlen(call->code) - strlen(ADDRESS_PLACE);
    char *code;

    if (call->type == C_SOCKET)
        result.socket = ++w->sockets;
    for (size_t i = 0; i < targets; i++) {
        n[i].name = s->st->targets[i];
        n[i].value = i == 0 ? result : (struct c_value){.type = C_ADDRESS};
    }
    if (targets == 1) {
        n[0].value = (struct c_value){.type = C_TUPLE, .count = 2};
        n[0].value.items = xcalloc(2, sizeof(struct c_value));
        n[0].value.items[0] = result;
        n[0].value.items[1].type = C_ADDRESS;
    }
    for (size_t i = 0; i < targets; i++)
        naming_bind(w, &n[i]);
    first = targets == 1 ? &n[0].bound.items[0] : &n[0].bound;
    second = targets == 1 ? &n[0].bound.items[1] : &n[1].bound;
    code = c_format("%.*s%s%s)", (int)len, call->code, targets ? "&" : "",
        targets ? second->code : "NULL");
    if (targets > 0)
        assign_result(w, &n[0], first, code, out);
    if (targets == 2)
        drop_old(w, &n[1], first->code, out);
    free(code);
    for (size_t i = 0; i < TARGETS_MAX; i++)
        naming_done(&n[i]);
}

static void name_one(struct c_writer *w, const struct step *s,
    const struct c_value *call, struct str *out)
{
    struct naming n = {.name = s->st->targets[0]};

    n.value.type = call->type;
    if (call->type == C_SOCKET)
        n.value.socket = ++w->sockets;
    naming_bind(w, &n);
    assign_result(w, &n, &n.bound, call->code, out);
    naming_done(&n);
}

/* host, port = s.getsockname() */
static bool name_parts(struct c_writer *w, const struct step *s,
    const struct c_value *call, struct str *out)
{
    struct naming n[TARGETS_MAX] = {{0}, {0}};
    struct c_value whole = {.type = C_ADDRESS};
    bool ok;

    whole.code = xstrdup("whole");
    ok = call->type == C_ADDRESS && unpack(w, &whole, n);
    if (ok) {
        for (size_t i = 0; i < TARGETS_MAX; i++)
            n[i].name = s->st->targets[i];
        add_line(w, out, "{");
        w->indent += 4;
        add_code(w, out, "struct address whole = %s;", call->code);
        add_line(w, out, "");
        assign(w, n, TARGETS_MAX, out);
        w->indent -= 4;
        add_line(w, out, "}");
    } else {
        c_fail(w, "these are not two values");
    }
    for (size_t i = 0; i < TARGETS_MAX; i++)
        naming_done(&n[i]);
    c_value_done(&whole);
    return ok;
}

/* Other names of a socket that was closed know of it in Python. */
static void close_aliases(
    struct c_writer *w, const struct statement *st, struct str *out)
{
    const struct c_value *closed = c_lookup(w, st->variable);

    for (const struct c_variable *v = w->variables; closed && v;
         v = v->hh.next) {
        struct leaves leaves = {0};

        add_leaves(&v->value, &leaves);
        for (size_t i = 0; i < leaves.count; i++)
            if (closed->socket > 0 &&
                leaves.items[i]->socket == closed->socket &&
                strcmp(leaves.items[i]->code, closed->code) != 0)
                add_code(w, out, "%s = -1;", leaves.items[i]->code);
    }
}

static bool write_call(
    struct c_writer *w, const struct step *s, struct str *out)
{
    const struct statement *st = s->st;
    size_t targets = targets_of(w, s);
    struct c_value call = {0};
    size_t len;
    bool ok = c_call(w, st, "@", &call);

    if (!ok)
        return false;
    len = strlen(call.code);
    if (len > 2 && strcmp(call.code + len - 2, ADDRESS_PLACE) == 0)
        name_pair(w, s, targets, &call, out);
    else if (targets == 0)
        add_code(w, out, "%s;", call.code);
    else if (targets == 1)
        name_one(w, s, &call, out);
    else
        ok = name_parts(w, s, &call, out);
    if (ok && st->def->closes)
        close_aliases(w, st, out);
    c_value_done(&call);
    return ok;
}

/* ---- print() ------------------------------------------------------------ */

struct printing {
    struct c_writer *w;
    struct str format, args, *out;
};

static void print_flush(struct printing *p)
{
    struct str literal = STR_INIT;

    if (p->format.len == 0)
        return;
    c_string(str_text(&p->format), p->format.len, &literal);
    add_code(
        p->w, p->out, "printf(%s%s);", str_text(&literal), str_text(&p->args));
    str_done(&literal);
    str_clear(&p->format);
    str_clear(&p->args);
}

static void print_with(struct printing *p, const char *format,
    const char *before, const char *code, const char *after)
{
    str_add(&p->format, format);
    str_addf(&p->args, ", %s%s%s", before, code, after);
    if (p->format.len + p->args.len > FORMAT_MAX)
        print_flush(p);
}

static void print_plain(struct printing *p, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '%')
            str_addc(&p->format, '%');
        str_addc(&p->format, *text);
    }
}

static void print_value(
    struct printing *p, const struct c_value *v, bool is_item);

static void print_tuple(struct printing *p, const struct c_value *v)
{
    print_plain(p, "(");
    for (size_t i = 0; i < v->count; i++) {
        if (i > 0)
            print_plain(p, ", ");
        print_value(p, &v->items[i], true);
    }
    print_plain(p, v->count == 1 ? ",)" : ")");
}

static void print_value(
    struct printing *p, const struct c_value *v, bool is_item)
{
    switch (v->type) {
    case C_NONE:
        print_plain(p, "None");
        return;
    case C_BOOL:
        print_with(p, "%s", "", v->code, " ? \"True\" : \"False\"");
        return;
    case C_NUMBER:
        print_with(p, "%lld", v->is_exact ? "" : "(long long)(", v->code,
            v->is_exact ? "" : ")");
        return;
    case C_REAL:
        print_with(p, "%s", "shown_real(", v->code, ")");
        return;
    case C_TIMEOUT:
        print_with(p, "%s", "shown_timeout(", v->code, ")");
        return;
    case C_BYTES:
        print_with(p, "%s", "shown(", v->code, ")");
        return;
    case C_TEXT:
        if (is_item)
            print_with(p, "%s", "shown_text(", v->code, ")");
        else
            print_with(p, "%s", "", v->code, ".data");
        return;
    case C_ADDRESS:
        print_with(p, "%s", "shown_address(", v->code, ")");
        return;
    case C_SOCKET:
        print_with(p, "<socket fd=%d>", "", v->code, "");
        return;
    default:
        print_tuple(p, v);
        return;
    }
}

/* Text that the line itself has becomes part of the format. */
static bool print_literal(struct printing *p, const struct expr *x)
{
    size_t len;
    const char *text;

    if (x->kind != EXPR_LITERAL || value_kind(x->value) != VALUE_STR)
        return false;
    text = value_data(x->value, &len);
    if (len > PLAIN_MAX || strlen(text) != len)
        return false;
    print_plain(p, text);
    return true;
}

static bool write_print(
    struct c_writer *w, const struct statement *st, struct str *out)
{
    struct str text = STR_INIT;
    struct printing p = {.w = w, .out = &text};
    bool ok = true;

    for (size_t i = 0; ok && i < st->expr->count; i++) {
        const struct expr *x = st->expr->items[i];
        struct c_value v = {0};

        if (i > 0)
            print_plain(&p, " ");
        if (print_literal(&p, x))
            continue;
        ok = c_expr(w, x, &v);
        if (ok)
            print_value(&p, &v, false);
        c_value_done(&v);
    }
    print_plain(&p, "\n");
    print_flush(&p);
    if (ok)
        str_add(out, str_text(&text));
    str_done(&text);
    str_done(&p.format);
    str_done(&p.args);
    return ok;
}

/* ---- all of them -------------------------------------------------------- */

bool c_statement(struct c_writer *w, const struct step *s, struct str *out)
{
    struct str text = STR_INIT;
    bool ok = true;

    w->why[0] = '\0';
    w->depth = 0;
    switch (s->st->kind) {
    case STATEMENT_CALL:
        ok = write_call(w, s, &text);
        break;
    case STATEMENT_ASSIGN:
        ok = write_assignment(w, s->st, &text);
        break;
    case STATEMENT_PRINT:
        ok = write_print(w, s->st, &text);
        break;
    case STATEMENT_NOTHING:
        break;
    }
    if (ok)
        str_add(out, str_text(&text));
    str_done(&text);
    return ok;
}
