/* Earlier lines: up and down among those that begin as what was typed, and the
 * search that Ctrl-R begins. */
#include "prompt.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <string.h>

bool prompt_remember(struct prompt *p, const char *text)
{
    size_t n = p->history.len;

    if (*text == '\0' || (n && str_equal(p->history.items[n - 1], text)))
        return false;
    if (n == PROMPT_HISTORY_MAX) {
        free(p->history.items[0]);
        vec_remove(&p->history, 0);
    }
    vec_push(&p->history, xstrdup(text));
    p->browse = p->history.len;
    return true;
}

static void show(struct prompt *p, const char *text, size_t cursor)
{
    str_clear(&p->text);
    str_add(&p->text, text);
    p->cursor = cursor < p->text.len ? cursor : p->text.len;
    p->inserting = false;
}

static void begin(struct prompt *p)
{
    free(p->draft);
    p->draft = xstrdup(str_text(&p->text));
    p->draft_prefix = p->cursor;
}

/* Whether the line is another one than shown, and begins as what was typed. */
static bool fits(const struct prompt *p, size_t i)
{
    return strncmp(p->history.items[i], p->draft, p->draft_prefix) == 0 &&
           !str_equal(p->history.items[i], str_text(&p->text));
}

void prompt_browse(struct prompt *p, int step)
{
    size_t n = p->history.len;
    size_t at = p->browse < n ? p->browse : n;

    if (at == n && step > 0)
        return;
    if (at == n)
        begin(p);
    for (;;) {
        if (step < 0 && at == 0)
            return;
        at = step < 0 ? at - 1 : at + 1;
        if (at == n) {
            p->browse = n;
            show(p, p->draft, p->draft_prefix);
            return;
        }
        if (fits(p, at))
            break;
    }
    p->browse = at;
    show(p, p->history.items[at], PROMPT_LINE_MAX);
}

/* ---- searching ----------------------------------------------------------- */

void prompt_search_start(struct prompt *p)
{
    struct prompt_search *s = &p->search;

    str_clear(&s->query);
    free(s->before);
    s->before = xstrdup(str_text(&p->text));
    s->at = p->history.len;
    s->on = true;
    s->failed = false;
}

void prompt_search_stop(struct prompt *p)
{
    free(p->search.before);
    p->search.before = NULL;
    p->search.on = false;
}

/* From `at` on to older lines. */
static void search_from(struct prompt *p, size_t at)
{
    struct prompt_search *s = &p->search;

    s->failed = true;
    if (s->query.len == 0) {
        s->failed = false;
        return;
    }
    for (size_t i = at < p->history.len ? at + 1 : p->history.len; i-- > 0;) {
        const char *line = p->history.items[i];
        const char *hit = strstr(line, str_text(&s->query));
        if (!hit)
            continue;
        s->failed = false;
        s->at = i;
        show(p, line, (size_t)(hit - line));
        return;
    }
}

static void search_older(struct prompt *p)
{
    if (p->search.at > 0)
        search_from(p, p->search.at - 1);
    else
        p->search.failed = true;
}

static void shorten(struct prompt *p)
{
    struct str *query = &p->search.query;

    while (query->len > 0) {
        unsigned char c = (unsigned char)query->data[--query->len];
        query->data[query->len] = '\0';
        if ((c & 0xc0) != 0x80)
            break;
    }
    search_from(p, p->history.len);
}

bool prompt_search_key(struct prompt *p, uint32_t key)
{
    char utf8[4];

    if (key == KEY_CTRL('R') || key == KEY_CODE_UP) {
        search_older(p);
        return true;
    }
    if (key == KEY_CODE_BACKSPACE) {
        shorten(p);
        return true;
    }
    if (key == KEY_ESC || key == KEY_CTRL('G')) {
        show(p, p->search.before, PROMPT_LINE_MAX);
        prompt_search_stop(p);
        return true;
    }
    if (key < 0x20 || key == 0x7f || key > 0x10ffff) {
        prompt_search_stop(p);
        return key == KEY_RETURN || key == KEY_TAB;
    }
    if (p->search.query.len + sizeof utf8 <= PROMPT_LINE_MAX)
        str_addn(&p->search.query, utf8, utf8_encode(key, utf8));
    search_from(p, p->search.at);
    return true;
}
