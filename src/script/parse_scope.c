/* The names that each process has at this point of the script. A child of
 * fork() sees what its parent had then, without a copy: every name carries a
 * number, and the child looks no further than the number of its birth. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define SHOWN_NAMES_MAX 8

struct name {
    char *text;
    size_t number;
    UT_hash_handle hh;
};

struct scope {
    char *process;
    struct name *names;
    const struct scope *parent; /* NULL: no child of fork() */
    size_t parent_names;        /* that were there at fork() */
    int generation;
    UT_hash_handle hh;
};

struct scopes {
    struct scope *all;
};

struct scopes *scopes_new(void)
{
    return xcalloc(1, sizeof(struct scopes));
}

/* HASH_CLEAR() frees only the table: the items stay linked. */
static void scope_free(struct scope *s)
{
    struct name *n = s->names;

    HASH_CLEAR(hh, s->names);
    while (n) {
        struct name *next = n->hh.next;
        free(n->text);
        free(n);
        n = next;
    }
    free(s->process);
    free(s);
}

void scopes_free(struct scopes *s)
{
    struct scope *scope = s->all;

    HASH_CLEAR(hh, s->all);
    while (scope) {
        struct scope *next = scope->hh.next;
        scope_free(scope);
        scope = next;
    }
    free(s);
}

static struct scope *scope_find(const struct scopes *s, const char *process)
{
    struct scope *found = NULL;

    HASH_FIND_STR(s->all, process, found);
    return found;
}

static struct scope *scope_ensure(struct scopes *s, const char *process)
{
    struct scope *scope = scope_find(s, process);

    if (!scope) {
        scope = xcalloc(1, sizeof *scope);
        scope->process = xstrdup(process);
        HASH_ADD_KEYPTR(
            hh, s->all, scope->process, strlen(scope->process), scope);
    }
    return scope;
}

/* Among the names of the scope itself that came before `count` others. */
static bool has_own(const struct scope *s, const char *name, size_t count)
{
    struct name *found = NULL;

    HASH_FIND_STR(s->names, name, found);
    return found && found->number < count;
}

static bool scope_has(const struct scope *s, const char *name)
{
    size_t count = SIZE_MAX;

    for (; s; count = s->parent_names, s = s->parent)
        if (has_own(s, name, count))
            return true;
    return false;
}

void scopes_meet(struct scopes *s, const char *process)
{
    scope_ensure(s, process);
}

void scopes_define(struct scopes *s, const char *process, const char *name)
{
    struct scope *scope = scope_ensure(s, process);
    struct name *n = NULL;

    HASH_FIND_STR(scope->names, name, n);
    if (n)
        return;
    n = xcalloc(1, sizeof *n);
    n->text = xstrdup(name);
    n->number = HASH_COUNT(scope->names);
    HASH_ADD_KEYPTR(hh, scope->names, n->text, strlen(n->text), n);
}

bool scopes_has(const struct scopes *s, const char *process, const char *name)
{
    return scope_has(scope_find(s, process), name);
}

bool scopes_knows(const struct scopes *s, const char *process)
{
    return scope_find(s, process) != NULL;
}

bool scopes_fork(struct scopes *s, const char *parent, const char *child)
{
    struct scope *from = scope_ensure(s, parent);

    if (from->generation >= PARSE_FORK_MAX)
        return false;
    if (scope_find(s, child))
        return true; /* fork() itself will say that it exists */
    struct scope *to = scope_ensure(s, child);
    to->parent = from;
    to->parent_names = HASH_COUNT(from->names);
    to->generation = from->generation + 1;
    return true;
}

void scopes_describe(const struct scopes *s, const char *process,
    const char *wanted, struct str *out)
{
    struct near near = {.word = wanted};
    size_t shown = 0;
    size_t count = SIZE_MAX;
    const struct scope *scope = scope_find(s, process);

    for (; scope; count = scope->parent_names, scope = scope->parent) {
        struct name *n, *next;
        HASH_ITER(hh, scope->names, n, next)
        {
            if (n->number >= count)
                continue;
            near_try(&near, n->text);
            if (shown < SHOWN_NAMES_MAX) {
                str_add(out, shown ? ", " : _("it has "));
                str_add(out, n->text);
            }
            shown++;
        }
    }
    if (shown == 0)
        str_add(out, _("it has no names yet"));
    else if (shown > SHOWN_NAMES_MAX)
        str_add(out, ", ..");
    if (near.best)
        str_addf(out, _("; did you mean %s?"), near.best);
}

const char *scopes_owner(const struct scopes *s, const char *name)
{
    for (const struct scope *scope = s->all; scope; scope = scope->hh.next)
        if (scope_has(scope, name))
            return scope->process;
    return NULL;
}

bool scopes_is_child(const struct scopes *s, const char *process)
{
    const struct scope *scope = scope_find(s, process);

    return scope && scope->parent;
}
