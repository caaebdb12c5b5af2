/* Reads what the tests of all lessons look at. Only the words in front count:
 * whether the rest makes sense is the parser's business. */
#include "lesson_text.h"

#include <stdio.h>

static enum lesson_part part_of(const char *word)
{
    static const struct {
        const char *word;
        enum lesson_part part;
    } parts[] = {{"title", PART_TEXT}, {"note", PART_TEXT}, {"ask", PART_TEXT},
        {"option", PART_TEXT}, {"try", PART_TEXT}, {"claim", PART_CLAIM},
        {"expect", PART_EXPECT}, {"mark", PART_QUIET}, {"require", PART_QUIET}};

    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (strcmp(parts[i].word, word) == 0)
            return parts[i].part;
    return PART_ACTION;
}

/* Takes `line->whole` apart. */
static void take_apart(struct lesson_line *line)
{
    const char *at = line->whole;
    size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz");

    snprintf(line->word, sizeof line->word, "%.*s", (int)len, at);
    line->part = part_of(line->word);
    at += len;
    for (int i = 0; i < 2; i++) {
        if (*at == '*') {
            line->right = true;
            at++;
        }
        if (strncmp(at, ".ko", 3) == 0) {
            line->korean = true;
            at += 3;
        }
    }
    line->text = at + strspn(at, " \t");
}

void lesson_text_read(struct lesson_text *l, const struct embed_file *file)
{
    const char *at = file->data;
    const char *end = file->data + file->len;

    memset(l, 0, sizeof *l);
    l->name = file->name;
    for (int number = 1; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        struct lesson_line line = {.number = number};

        if (len > 0 && *at != '#') {
            line.whole = xstrndup(at, len);
            take_apart(&line);
            vec_push(&l->lines, line);
        }
        at += len + 1;
    }
}

void lesson_text_done(struct lesson_text *l)
{
    for (size_t i = 0; i < l->lines.len; i++)
        free(l->lines.items[i].whole);
    vec_done(&l->lines);
}

bool lesson_line_is(const struct lesson_line *line, const char *word)
{
    return line->part == PART_TEXT && strcmp(line->word, word) == 0;
}
