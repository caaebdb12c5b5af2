/* The rules of a step as the manual tells them. */
#include "presses.h"

static bool asks(const struct lesson_line *line)
{
    return lesson_line_is(line, "ask") || lesson_line_is(line, "option");
}

static bool does(const struct lesson_line *line)
{
    return line->part == PART_ACTION || line->part == PART_EXPECT;
}

static bool follows(const struct lesson_line *line)
{
    return line->part == PART_EXPECT || line->part == PART_CLAIM ||
           strcmp(line->word, "mark") == 0 || strcmp(line->word, "hide") == 0 ||
           strcmp(line->word, "show") == 0;
}

static struct press press_at(const struct lesson_text *l, size_t from)
{
    const struct lesson_line *lines = l->lines.items;
    struct press out = {.from = from, .to = from};

    while (out.to < l->lines.len) {
        const struct lesson_line *line = &lines[out.to++];
        bool last = out.to == l->lines.len;

        if (does(line)) {
            out.does = true;
            while (out.to < l->lines.len && follows(&lines[out.to]))
                out.to++;
            return out;
        }
        out.asks = asks(line) && (last || !asks(&lines[out.to]));
        if (out.asks)
            return out;
    }
    return out;
}

void presses_read(struct presses *p, const struct lesson_text *l)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < l->lines.len;) {
        struct press press = press_at(l, i);

        vec_push(&p->list, press);
        p->steps += press.does;
        i = press.to;
    }
    for (size_t i = 0; i < l->lines.len; i++)
        p->expects += l->lines.items[i].part == PART_EXPECT;
}

void presses_done(struct presses *p)
{
    vec_done(&p->list);
}
