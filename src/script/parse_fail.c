/* Errors and hints with their place, and the word that was probably meant. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes away the half character that truncation may leave at the end. */
static void cut_cleanly(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && !utf8_valid(text, len))
        len--;
    text[len] = '\0';
}

static void set_place(
    const struct parser *p, struct script_error *e, int column)
{
    snprintf(e->file, sizeof e->file, "%s", p->file);
    cut_cleanly(e->file);
    e->line = p->line;
    e->column = column;
    e->fix = (struct script_fix){0};
}

static void fail_at(struct parser *p, int column, const char *fmt, va_list args)
{
    set_place(p, p->error, column);
    vsnprintf(p->error->what, sizeof p->error->what, fmt, args);
    cut_cleanly(p->error->what);
}

bool parse_fail_at(struct parser *p, int column, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fail_at(p, column, fmt, args);
    va_end(args);
    return false;
}

bool parse_fail(struct parser *p, size_t offset, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fail_at(p, lex_column(&p->lex, offset), fmt, args);
    va_end(args);
    return false;
}

bool parse_fail_here(struct parser *p, const char *fmt, ...)
{
    const struct token *tok = &p->lex.tok;
    int column = lex_column(&p->lex, tok->start);
    va_list args;

    if (tok->kind == TOKEN_BAD)
        return parse_fail_at(p, column, "%s", _(tok->why));
    va_start(args, fmt);
    fail_at(p, column, fmt, args);
    va_end(args);
    return false;
}

bool parse_fix(struct parser *p, const char *wrong, const char *right)
{
    struct script_fix *fix = &p->error->fix;

    if (strlen(wrong) < sizeof fix->wrong &&
        strlen(right) < sizeof fix->right) {
        snprintf(fix->wrong, sizeof fix->wrong, "%s", wrong);
        snprintf(fix->right, sizeof fix->right, "%s", right);
    }
    return false;
}

void parse_hint(struct parser *p, size_t offset, const char *fmt, ...)
{
    struct script_error hint;
    va_list args;

    set_place(p, &hint, lex_column(&p->lex, offset));
    va_start(args, fmt);
    vsnprintf(hint.what, sizeof hint.what, fmt, args);
    va_end(args);
    cut_cleanly(hint.what);
    if (p->script->hints.len < SCRIPT_HINTS_MAX)
        vec_push(&p->script->hints, hint);
}

#define QUOTE_MAX 60

char *parse_quote(const struct parser *p, size_t start, size_t end)
{
    char *text = lex_copy_part(&p->lex, start, end);
    struct str shortened = STR_INIT;

    if (strlen(text) <= QUOTE_MAX)
        return text;
    text[QUOTE_MAX] = '\0';
    cut_cleanly(text);
    str_addf(&shortened, "%s..", text);
    free(text);
    return str_steal(&shortened);
}

#define WORD_MAX 32

static int least(int a, int b, int c)
{
    int ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Edit distance with swaps of neighbours, letters of either case the same;
 * both words shorter than WORD_MAX. */
static int distance(const char *a, const char *b)
{
    int rows[3][WORD_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_len; i++) {
        int *now = rows[i % 3];
        const int *before = rows[(i + 2) % 3];
        const int *two_before = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= b_len; j++) {
            int differs = (a[i - 1] | 0x20) != (b[j - 1] | 0x20);
            now[j] =
                least(before[j] + 1, now[j - 1] + 1, before[j - 1] + differs);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && two_before[j - 2] + 1 < now[j])
                now[j] = two_before[j - 2] + 1;
        }
    }
    return rows[a_len % 3][b_len];
}

void near_try(struct near *n, const char *candidate)
{
    size_t len = strlen(n->word);

    if (len >= WORD_MAX || strlen(candidate) >= WORD_MAX)
        return;
    int d = distance(n->word, candidate);
    int allowed = len < 3 ? 0 : len < 6 ? 1 : 2;
    if (d <= allowed && (!n->best || d < n->distance)) {
        n->best = candidate;
        n->distance = d;
    }
}
