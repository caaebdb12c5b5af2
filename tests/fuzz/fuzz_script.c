/* Scripts and prompt lines of any bytes: they parse or say why not, and their
 * expressions have a value or raise. */
#include "../../src/script/ast.h"
#include "../../src/script/parse.h"

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
    if (!memmem(text, size, "include", 7)) {
        look_at(script_parse("f.stage", text, size, &e), &e);
        look_at(script_parse_prompt("c1", text, &e), &e);
    }
    free(text);
    return 0;
}
