/* A word of a line: the call, errno, constant, state, number or wire word that
 * the cursor is on; else the call of the line. */
#include "explain.h"

#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

/* The word around that byte, or right before it. */
static void word_at(const char *line, size_t at, char out[WORD_MAX])
{
    size_t from = at, to = at;

    while (from > 0 && is_word(line[from - 1]))
        from--;
    while (is_word(line[to]))
        to++;
    snprintf(out, WORD_MAX, "%.*s", (int)(to - from < WORD_MAX ? to - from : 0),
        line + from);
}

static bool explain_call(const char *name, struct explanation *e)
{
    struct explain_row row;

    if (!explain_row_find(EXPLAIN_CALL, name, &row))
        return false;
    str_addf(&e->title, "%s()", name);
    explain_add(e, THEME_SCREEN, _(row.text));
    explain_see(e, row.see);
    return true;
}

static bool is_wire_line(const char *line)
{
    return strncmp(line + strspn(line, " "), "wire", 4) == 0;
}

/* In the order of what a word means first: `close` is a call, CLOSED a state.
 */
static bool explain_name(
    const char *line, const char *word, struct explanation *e)
{
    static const enum explain_table tables[] = {EXPLAIN_ERRNO, EXPLAIN_CONSTANT,
        EXPLAIN_STATE, EXPLAIN_FIELD, EXPLAIN_TIMER};

    if (word[0] == '\0')
        return false;
    if (is_wire_line(line)) {
        if (!explain_row(e, EXPLAIN_ORDER, word))
            return false;
        str_addf(&e->title, "wire %s", word);
        return true;
    }
    if (explain_call(word, e))
        return true;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (explain_row(e, tables[i], word)) {
            str_add(&e->title, word);
            return true;
        }
    }
    return false;
}

/* The last word before an opening parenthesis that is a call; of a wire line
 * the word behind `wire`. */
static bool explain_line(const char *line, size_t at, struct explanation *e)
{
    char word[WORD_MAX];

    if (is_wire_line(line)) {
        const char *next = line + strspn(line, " ") + 4;
        next += strspn(next, " ");
        word_at(line, (size_t)(next - line), word);
        return explain_name(line, word, e);
    }
    for (size_t i = at; i > 0; i--) {
        if (line[i - 1] != '(')
            continue;
        word_at(line, i - 1, word);
        if (explain_call(word, e))
            return true;
    }
    for (const char *p = line; (p = strchr(p, '(')) != NULL; p++) {
        word_at(line, (size_t)(p - line), word);
        if (explain_call(word, e))
            return true;
    }
    return false;
}

bool explain_word(const char *line, size_t at, struct explanation *e)
{
    char word[WORD_MAX];

    if (at > strlen(line))
        at = strlen(line);
    word_at(line, at, word);
    return explain_name(line, word, e) || explain_line(line, at, e);
}
