/* Releasing the tree. Everything may be half filled, as a line that does not
 * parse leaves it. */
#include "parser.h"

#include <stdlib.h>

void expr_free(struct expr *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->count; i++)
        expr_free(x->items[i]);
    free(x->items);
    value_free(x->value);
    free(x->name);
    free(x);
}

void parse_free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static void statement_done(struct statement *st)
{
    for (size_t i = 0; i < st->argc; i++)
        expr_free(st->args[i]);
    for (size_t i = 0; i < st->target_count; i++)
        free(st->targets[i]);
    free(st->text);
    free(st->variable);
    free(st->decode);
    expr_free(st->expr);
}

static void subject_done(struct subject *s)
{
    free(s->text);
    free(s->process);
    free(s->name);
}

static void expectation_done(struct expectation *e)
{
    subject_done(&e->subject);
    value_free(e->value.value);
    free(e->value.word);
    subject_done(&e->value.subject);
    free(e->items);
}

void script_line_free(struct script_line *l)
{
    if (!l)
        return;
    free(l->source);
    parse_free_names(l->processes, l->process_count);
    statement_done(&l->statement);
    free(l->name);
    free(l->text);
    expectation_done(&l->expect);
    free(l);
}
