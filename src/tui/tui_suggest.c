/* Taking a line that the screen suggests: a click types it, and once more
 * carries it out; the key for the next step types the first, then the others
 * in turn. */
#include "tui_int.h"

#include "guide.h"
#include "views.h"

#include "sockstage/base/text.h"

bool tui_suggest(struct tui *t, const struct shown *s)
{
    struct prompt *p = &t->ui.prompt;
    struct guide g;
    size_t next = 0;
    bool taken = p->text.len == 0;

    if (t->ui.mode != UI_STAGE || !guide_is_shown(&s->m))
        return false;
    guide_fill(&g, s->m.model);
    for (size_t i = 0; i < g.lines.len; i++) {
        if (!str_equal(g.lines.items[i].text, str_text(&p->text)))
            continue;
        taken = true;
        next = (i + 1) % g.lines.len;
    }
    taken = taken && g.lines.len > 0;
    if (taken)
        prompt_start(p, g.lines.items[next].text);
    guide_done(&g);
    return taken;
}

bool tui_click_suggested(struct tui *t, int y, int x)
{
    const char *line = mouse_offered(&t->draw, y, x);
    struct prompt *p = &t->ui.prompt;

    if (!line || t->ui.mode != UI_STAGE || t->ui.explain)
        return false;
    if (str_equal(str_text(&p->text), line))
        tui_submit_typed(t);
    else if (p->text.len == 0)
        prompt_start(p, line);
    return true;
}
