/* Whose a name is: a line that uses one of another process says so, and what
 * to write instead. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

/* A script knows its own names only; at the prompt the stage has more, which a
 * child of fork() in the same lines will have too. */
static bool has_name(
    const struct parser *p, const char *process, const char *name)
{
    if (scopes_has(p->scopes, process, name))
        return true;
    if (!p->is_prompt)
        return false;
    return !p->names || scopes_is_child(p->scopes, process) ||
           p->names->has(p->names->ctx, process, name);
}

/* The other process that has it; NULL: the process itself has it, or nobody. */
static const char *owner_of(
    const struct parser *p, const char *process, const char *name)
{
    int64_t constant;
    const char *owner;

    if (has_name(p, process, name) || call_constant(name, &constant))
        return NULL;
    owner = scopes_owner(p->scopes, name);
    return owner || !p->names ? owner : p->names->owner(p->names->ctx, name);
}

/* ---- any name ----------------------------------------------------------- */

bool parse_check_name(
    struct parser *p, const char *process, const char *name, int column)
{
    struct str defined = STR_INIT;
    const char *owner = owner_of(p, process, name);
    int64_t constant;

    if (owner)
        return parse_fail_at(
            p, column, _("%s belongs to %s, not to %s"), name, owner, process);
    if (p->is_prompt || has_name(p, process, name) ||
        call_constant(name, &constant))
        return true;
    if (strcmp(name, "server") == 0 || strcmp(name, "client") == 0 ||
        strcmp(name, "localhost") == 0)
        return parse_fail_at(p, column,
            _("%s has no name %s; the name of a host is quoted: '%s'"), process,
            name, name);
    scopes_describe(p->scopes, process, name, &defined);
    parse_fail_at(p, column, _("%s has no name %s here: %s"), process, name,
        str_text(&defined));
    str_done(&defined);
    return false;
}

/* ---- the socket of a call ----------------------------------------------- */

/* What accept() gives needs names, whoever calls it. */
static const char *missing_names(const struct statement *st)
{
    bool two = st->def->returns == CALL_RETURNS_SOCKET_ADDR;

    return two && st->target_count == 0 ? "conn, addr = " : "";
}

static bool is_server(const char *process)
{
    return strcmp(process, "server") == 0;
}

/* Where the line says whose it is, Tab writes the right process. */
static void fix_process(struct parser *p, const struct statement *st,
    const char *process, const char *owner)
{
    struct str right = STR_INIT;
    size_t start = strspn(p->lex.text, " \t");

    if (p->statement_start == start) {
        p->error->column = lex_column(&p->lex, start);
        str_addf(&right, "%s: %s", owner, missing_names(st));
        parse_fix(p, "", str_text(&right));
    } else if (p->out->process_count == 1) {
        p->error->column = lex_column(&p->lex, start);
        parse_fix(p, process, owner);
    }
    str_done(&right);
}

static bool fail_receiver(struct parser *p, const struct statement *st,
    const char *process, const char *owner)
{
    char *text = parse_quote(p, p->statement_start, p->lex.tok.start);

    if (is_server(process) || is_server(owner))
        parse_fail_at(p, st->variable_column, _("%s belongs to %s: %s: %s%s"),
            st->variable, owner, owner, missing_names(st), text);
    else
        parse_fail_at(p, st->variable_column,
            _("%s has no name %s; %s has one: %s: %s%s"), process, st->variable,
            owner, owner, missing_names(st), text);
    free(text);
    if (p->is_prompt)
        fix_process(p, st, process, owner);
    return false;
}

bool parse_check_receiver(struct parser *p, const struct statement *st)
{
    const struct script_line *l = p->out;

    for (size_t i = 0; st->variable && i < l->process_count; i++) {
        const char *owner = owner_of(p, l->processes[i], st->variable);
        if (owner)
            return fail_receiver(p, st, l->processes[i], owner);
    }
    return true;
}
