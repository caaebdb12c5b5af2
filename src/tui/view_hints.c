/* The last line: the keys that do something now. */
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <string.h>

/* In the order in which they are missed the least. */
static const enum action hints[] = {
    ACTION_CALL,
    ACTION_DELIVER,
    ACTION_NEXT,
    ACTION_HOLD,
    ACTION_DROP,
    ACTION_HELP,
    ACTION_QUIT,
};

static void hint(struct pen *p, const char *key, const char *what)
{
    int width = canvas_width(p->cv, key) + canvas_width(p->cv, what) + 1;

    if (width > pen_room(p))
        return;
    pen_text(p, THEME_HINT_KEY, key);
    pen_textf(p, THEME_HINTS, " %s  ", what);
}

static const char *hint_name(const struct moment *m, enum action a)
{
    if (a == ACTION_HOLD && model_wire_status(m->model)->holding)
        return _("release");
    return _(action_row(a)->name);
}

void view_hints(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct ui *ui = d->m->ui;

    canvas_ground(d->cv, r, THEME_HINTS);
    pen_go(&p, 1);
    if (ui->mode == UI_MENU) {
        hint(&p, "↑↓", _("choose"));
        hint(&p, "Enter", _("edit it, then Enter makes the call"));
        hint(&p, "Esc", _("back"));
        return;
    }
    if (ui->mode == UI_HELP) {
        hint(&p, "Esc", _("back"));
        hint(&p, "↑↓", _("scroll"));
        return;
    }
    if (ui->prompt.typing) {
        hint(&p, "Enter", _("do it"));
        hint(&p, "Esc", _("discard"));
        hint(&p, "↑↓", _("earlier lines"));
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
        const char *keys = action_row(hints[i])->keys;
        char key[16] = "";
        size_t len = strcspn(keys, " ");
        if (!ui_can(d->m, hints[i]) || len >= sizeof key)
            continue;
        memcpy(key, keys, len);
        hint(&p, key, hint_name(d->m, hints[i]));
    }
}
