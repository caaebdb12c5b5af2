/* The variables of an exported C program: which names they may have, what type
 * each is, and which socket it holds. */
#include "c_int.h"

#include "sockstage/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *zero, *suffix;
} types[C_TYPES] = {
    [C_NONE] = {NULL, NULL, "none"},
    [C_BOOL] = {"bool", "false", "flag"},
    [C_NUMBER] = {"long long", "0", "number"},
    [C_REAL] = {"double", "0", "real"},
    [C_TIMEOUT] = {"double", "NONE", "timeout"},
    [C_BYTES] = {"struct bytes", "{0}", "bytes"},
    [C_TEXT] = {"struct bytes", "{0}", "text"},
    [C_ADDRESS] = {"struct address", "{0}", "address"},
    [C_SOCKET] = {"int", "-1", "socket"},
    [C_TUPLE] = {NULL, NULL, "tuple"},
};

const char *c_type_name(enum c_type type)
{
    return types[type].name;
}

const char *c_type_zero(enum c_type type)
{
    return types[type].zero;
}

/* ---- values ------------------------------------------------------------- */

void c_value_done(struct c_value *v)
{
    for (size_t i = 0; i < v->count; i++)
        c_value_done(&v->items[i]);
    free(v->items);
    free(v->code);
    *v = (struct c_value){0};
}

struct c_value c_value_copy(const struct c_value *v)
{
    struct c_value copy = *v;

    copy.code = v->code ? xstrdup(v->code) : NULL;
    copy.items = NULL;
    if (v->count > 0)
        copy.items = xcalloc(v->count, sizeof *copy.items);
    for (size_t i = 0; i < v->count; i++)
        copy.items[i] = c_value_copy(&v->items[i]);
    return copy;
}

/* ---- names -------------------------------------------------------------- */

/* Words of C, and what the statements of a process are written in. */
static const char *const taken[] = {"asm", "at", "at_scope", "auto", "become",
    "bool", "break", "byte", "case", "char", "character", "characters", "const",
    "continue", "default", "do", "double", "dropped", "else", "enum", "errno",
    "extern", "false", "finish", "float", "flow_of", "for", "fortran",
    "from_latin1", "goto", "host_of", "if", "inline", "int", "joined", "long",
    "parts_of", "port_of", "printf", "register", "renamed", "repeated",
    "restrict", "return", "scope_of", "short", "shown", "shown_address",
    "shown_real", "shown_text", "shown_timeout", "signed", "sizeof", "slice",
    "slice_text", "static", "stderr", "stdin", "stdout", "struct", "switch",
    "to_latin1", "true", "turn", "typedef", "typeof", "union", "unsigned",
    "void", "volatile", "while", "whole"};

/* Macros of the system's headers that have small letters begin so, as do the
 * names of the program's own (new_0, Send). */
static const char *const taken_beginnings[] = {"AF_", "L_", "PF_", "P_", "h_",
    "new_", "play_", "s6_", "sa_", "si_", "sigev_", "st_", "linux", "unix"};

static bool is_taken(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(taken); i++)
        if (strcmp(taken[i], name) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_LEN(taken_beginnings); i++)
        if (strncmp(taken_beginnings[i], name, strlen(taken_beginnings[i])) ==
            0)
            return true;
    /* A macro or one of the calls, as far as one can know. */
    return name[0] >= 'A' && name[0] <= 'Z' && name[1] != '\0';
}

static const char *beginning(const char *name)
{
    return name[0] == '_' ? "v" : "";
}

static struct c_declared *find_declared(
    const struct c_writer *w, const char *name)
{
    struct c_declared *found = NULL;

    HASH_FIND_STR(w->declared, name, found);
    return found;
}

/* The C variable of that owner and type; made if it is new. */
static struct c_declared *declare(
    struct c_writer *w, const char *owner, enum c_type type)
{
    struct c_declared *d;
    char name[128], safe[64];

    snprintf(safe, sizeof safe, "%s%.48s%s", beginning(owner), owner,
        is_taken(owner) ? "_" : "");
    for (char *at = safe; *at; at++)
        if (*at == '.')
            *at = '_';
    snprintf(name, sizeof name, "%s", safe);
    for (unsigned i = 1;; i++) {
        d = find_declared(w, name);
        if (!d || (d->type == type && strcmp(d->owner, owner) == 0))
            break;
        if (i == 1)
            snprintf(name, sizeof name, "%s_%s", safe, types[type].suffix);
        else
            snprintf(name, sizeof name, "%s_%s%u", safe, types[type].suffix, i);
    }
    if (d)
        return d;
    d = xcalloc(1, sizeof *d);
    d->name = xstrdup(name);
    d->owner = xstrdup(owner);
    d->type = type;
    HASH_ADD_KEYPTR(hh, w->declared, d->name, strlen(d->name), d);
    return d;
}

/* int ls = -1, conn = -1; as many on a line as it has room for. */
static void declare_type(
    const struct c_writer *w, enum c_type type, struct str *out)
{
    size_t column = PROGRAM_COLUMNS;
    bool is_open = false;

    for (const struct c_declared *d = w->declared; d; d = d->hh.next) {
        size_t len =
            strlen(d->name) + strlen("  = ,") + strlen(types[type].zero);

        if (d->type != type)
            continue;
        if (column + len > PROGRAM_COLUMNS) {
            str_addf(out, "%s    %s", is_open ? ";\n" : "", types[type].name);
            column = 4 + strlen(types[type].name);
        } else {
            str_addc(out, ',');
        }
        str_addf(out, " %s = %s", d->name, types[type].zero);
        column += len;
        is_open = true;
    }
    if (is_open)
        str_add(out, ";\n");
}

/* Behind a comment or a literal of the program's own text. */
static const char *skip_quoted(const char *at)
{
    const char *end;

    if (strncmp(at, "/*", 2) == 0) {
        end = strstr(at, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

/* Finds what the body reads: all names but those at the beginning of a line
 * that get a value there. Compilers complain of those that only do that. */
static void mark_read(struct c_writer *w)
{
    const char *at = str_text(&w->out);
    bool begins = true;

    while (*at) {
        struct c_declared *d = NULL;
        size_t len = 0;

        if (*at == '"' || strncmp(at, "/*", 2) == 0) {
            at = skip_quoted(at);
            begins = false;
            continue;
        }
        while (is_name_char(at[len]))
            len++;
        if (len > 0)
            HASH_FIND(hh, w->declared, at, len, d);
        if (d && !(begins && strncmp(at + len, " = ", 3) == 0))
            d->is_read = true;
        begins = len == 0 && (*at == '\n' || (begins && *at == ' '));
        at += len > 0 ? len : 1;
    }
}

void c_declarations(struct c_writer *w, struct str *out)
{
    mark_read(w);
    for (int type = 0; type < C_TYPES; type++)
        if (types[type].name)
            declare_type(w, (enum c_type)type, out);
    for (const struct c_declared *d = w->declared; d; d = d->hh.next)
        if (!d->is_read)
            str_addf(out, "    (void)%s;\n", d->name);
    if (w->declared)
        str_addc(out, '\n');
}

/* HASH_CLEAR() frees only the table: the items stay linked. */
void c_forget_declared(struct c_writer *w)
{
    struct c_declared *d = w->declared;

    HASH_CLEAR(hh, w->declared);
    while (d) {
        struct c_declared *next = d->hh.next;
        free(d->name);
        free(d->owner);
        free(d);
        d = next;
    }
}

/* ---- variables ---------------------------------------------------------- */

const struct c_value *c_lookup(const struct c_writer *w, const char *name)
{
    struct c_variable *found = NULL;

    HASH_FIND_STR(w->variables, name, found);
    return found ? &found->value : NULL;
}

static void bind_value(struct c_writer *w, const char *owner, struct c_value *v)
{
    free(v->code);
    v->code = NULL;
    v->level = C_LEVEL_ATOM;
    v->is_constant = false;
    v->is_exact = types[v->type].name != NULL;
    if (v->is_exact)
        v->code = xstrdup(declare(w, owner, v->type)->name);
    for (size_t i = 0; i < v->count; i++) {
        char *item = c_format("%s.%zu", owner, i);
        bind_value(w, item, &v->items[i]);
        free(item);
    }
}

void c_bind(struct c_writer *w, const char *name, struct c_value *v)
{
    struct c_variable *var = NULL;

    bind_value(w, name, v);
    HASH_FIND_STR(w->variables, name, var);
    if (!var) {
        var = xcalloc(1, sizeof *var);
        var->name = name;
        HASH_ADD_KEYPTR(hh, w->variables, name, strlen(name), var);
    }
    c_value_done(&var->value);
    var->value = c_value_copy(v);
}

void c_forget_variables(struct c_writer *w)
{
    struct c_variable *v = w->variables;

    HASH_CLEAR(hh, w->variables);
    while (v) {
        struct c_variable *next = v->hh.next;
        c_value_done(&v->value);
        free(v);
        v = next;
    }
}

struct c_variable *c_copy_variables(const struct c_variable *variables)
{
    struct c_variable *copies = NULL;

    for (const struct c_variable *v = variables; v; v = v->hh.next) {
        struct c_variable *copy = xcalloc(1, sizeof *copy);
        copy->name = v->name;
        copy->value = c_value_copy(&v->value);
        HASH_ADD_KEYPTR(hh, copies, copy->name, strlen(copy->name), copy);
    }
    return copies;
}

static bool holds(const struct c_value *v, unsigned socket)
{
    if (v->socket == socket)
        return true;
    for (size_t i = 0; i < v->count; i++)
        if (holds(&v->items[i], socket))
            return true;
    return false;
}

bool c_is_held(const struct c_writer *w, unsigned socket)
{
    for (const struct c_variable *v = w->variables; v; v = v->hh.next)
        if (holds(&v->value, socket))
            return true;
    return false;
}
