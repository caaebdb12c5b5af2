/* Completion at the prompt: what all candidates share is inserted first, then
 * Tab goes through them. Nothing is ever submitted by it. */
#include "prompt.h"

#include "sockstage/base/mem.h"

#include <string.h>

bool prompt_choosing(const struct prompt *p)
{
    return p->choices.of.of.len > 0;
}

void prompt_close_choices(struct prompt *p, bool back)
{
    struct prompt_choices *c = &p->choices;

    if (back && c->typed)
        prompt_replace(p, 0, p->text.len, c->typed);
    if (back && c->typed && c->typed_cursor <= p->text.len)
        p->cursor = c->typed_cursor;
    completion_done(&c->of);
    free(c->typed);
    c->typed = NULL;
    c->selected = PROMPT_NO_CHOICE;
    c->nothing = false;
}

/* Puts it where the word is, or the one chosen before. */
static void put_word(struct prompt *p, const char *text)
{
    prompt_replace(p, p->choices.of.from, p->choices.of.to, text);
    p->choices.of.to = p->cursor;
}

void prompt_take_choice(struct prompt *p, size_t i)
{
    if (i >= p->choices.of.of.len)
        return;
    p->choices.selected = i;
    put_word(p, p->choices.of.of.items[i].text);
}

/* The error that is shown is mended where it stands. */
static bool mend(struct prompt *p)
{
    const char *text = str_text(&p->text);
    size_t at = prompt_byte_of_column(text, p->error_column);
    size_t wrong = strlen(p->fix.wrong);

    if (p->error_column == 0 || !p->fix.right[0] ||
        strncmp(text + at, p->fix.wrong, wrong) != 0)
        return false;
    size_t behind = p->text.len - at - wrong;
    prompt_replace(p, at, at + wrong, p->fix.right);
    p->cursor = p->text.len - behind;
    return true;
}

static void open_list(struct prompt *p, const struct complete_names *names)
{
    struct prompt_choices *c = &p->choices;

    c->typed = xstrdup(str_text(&p->text));
    c->typed_cursor = p->cursor;
    complete(&c->of, str_text(&p->text), p->text.len, p->cursor, names);
    size_t word = c->of.to - c->of.from;
    if (c->of.of.len == 0) {
        c->nothing = true;
        return;
    }
    char *shared = xstrndup(c->of.of.items[0].text, c->of.common);
    if (c->of.common > word)
        put_word(p, shared);
    free(shared);
    if (c->of.of.len == 1)
        prompt_close_choices(p, false);
}

static void choose_next(struct prompt *p, int step)
{
    size_t n = p->choices.of.of.len;
    size_t at = p->choices.selected;

    if (at == PROMPT_NO_CHOICE)
        at = step > 0 ? 0 : n - 1;
    else
        at = step > 0 ? (at + 1) % n : (at + n - 1) % n;
    prompt_take_choice(p, at);
}

void prompt_complete(
    struct prompt *p, const struct complete_names *names, int step)
{
    bool mended = mend(p);

    p->error_column = 0;
    if (mended)
        return;
    if (p->search.on)
        prompt_search_stop(p);
    if (prompt_choosing(p)) {
        choose_next(p, step);
        return;
    }
    prompt_close_choices(p, false);
    open_list(p, names);
}
