/* Scripts and prompt lines of any bytes: they parse or say why not, and their
 * expressions have a value or raise. */
#include "sockstage/script/ast.h"

#include "sockstage/script/complete.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct value *no_variable(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

static void evaluate(const struct expr *x)
{
    const char *exception;
    char message[256];

    if (x)
        value_free(expr_eval(
            x, no_variable, NULL, &exception, message, sizeof message));
}

static void look_at(struct script *s, const struct script_error *e)
{
    if (!s) {
        if (e->what[0] == '\0' || e->line < 1 || e->column < 1)
            abort(); /* an error without a place or a reason */
        return;
    }
    for (size_t i = 0; i < s->lines.len; i++) {
        const struct statement *st = &s->lines.items[i]->statement;
        evaluate(st->expr);
        for (size_t j = 0; j < st->argc; j++)
            evaluate(st->args[j]);
    }
    for (size_t i = 0; i < script_line_count(s); i++)
        if (script_line_number(s, i) < 1 || !script_line_text(s, i))
            abort();
    script_needs_wire_line(s);
    script_free(s);
}

static const char *name_at(void *ctx, size_t i)
{
    (void)ctx;
    return i == 0 ? "c1" : NULL;
}

static const char *variable_at(void *ctx, const char *process, size_t i)
{
    (void)process;
    return name_at(ctx, i) ? "s" : NULL;
}

static bool is_socket(void *ctx, const char *process, const char *variable)
{
    (void)ctx;
    (void)process;
    return variable[0] == 's';
}

static bool port_at(void *ctx, const char *process, const char *variable,
    const struct call_def *def, const char *host, size_t i, uint16_t *port)
{
    (void)ctx;
    (void)process;
    (void)variable;
    *port = (uint16_t)(def->name[0] + host[0]);
    return i == 0;
}

/* Whatever is offered can stand for the word at the cursor. */
static void complete_at(const char *text, size_t size, size_t cursor)
{
    static const struct complete_names names = {.process = "c1",
        .process_at = name_at,
        .variable_at = variable_at,
        .is_socket = is_socket,
        .host_at = name_at,
        .port_at = port_at};
    struct completion c = {0};

    complete(&c, text, size, cursor, &names);
    if (c.from > c.to || c.to != cursor)
        abort();
    for (size_t i = 0; i < c.of.len; i++)
        if (strlen(c.of.items[i].text) < c.common)
            abort();
    completion_done(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script_error e;
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    /* Files of the machine are no input of this test. */
    complete_at(text, size, size);
    complete_at(text, size, size / 2);
    complete_at(text, size, size - size / 4);
    if (!memmem(text, size, "include", 7)) {
        look_at(script_parse("f.stage", text, size, &e), &e);
        look_at(script_parse_prompt("c1", text, &e), &e);
    }
    free(text);
    return 0;
}
