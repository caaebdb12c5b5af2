/* Taking a line that the screen suggests: a click types it, and once more
 * carries it out; the key for the next step types the first, then the others
 * in turn. */
#include "tui_int.h"

#include "guide.h"
#include "views.h"

#include "sockstage/base/text.h"

/* Which of them is typed; lines.len: none, or something else. */
static size_t typed(const struct guide *g, const struct prompt *p)
{
    size_t i = 0;

    while (i < g->lines.len &&
           !str_equal(g->lines.items[i].text, str_text(&p->text)))
        i++;
    return i;
}

bool tui_suggest(struct tui *t, const struct shown *s)
{
    struct prompt *p = &t->ui.prompt;
    struct guide g;
    bool taken;

    if (t->ui.mode != UI_STAGE || !guide_is_shown(&s->m))
        return false;
    guide_fill(&g, s->m.model);
    size_t count = g.lines.len, at = typed(&g, p);
    taken = count > 0 && (p->text.len == 0 || at < count);
    if (taken)
        prompt_start(p, g.lines.items[at < count ? (at + 1) % count : 0].text);
    guide_done(&g);
    return taken;
}

/* Nothing is typed, or only what was suggested. */
static bool may_be_replaced(const struct tui *t)
{
    const struct prompt *p = &t->ui.prompt;

    for (size_t i = 0; i < t->draw.offered_count; i++)
        if (str_equal(t->draw.offered[i].line, str_text(&p->text)))
            return true;
    return p->text.len == 0;
}

bool tui_click_suggested(struct tui *t, int y, int x)
{
    const char *line = mouse_offered(&t->draw, y, x);
    struct prompt *p = &t->ui.prompt;

    if (!line || t->ui.mode != UI_STAGE || t->ui.explain)
        return false;
    if (str_equal(str_text(&p->text), line))
        tui_submit_typed(t);
    else if (may_be_replaced(t))
        prompt_start(p, line);
    return true;
}
