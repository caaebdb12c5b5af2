/* The last line: the keys that do something now. */
#include "rung.h"
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

/* While a segment is inspected. */
static const enum action inspect_hints[] = {
    ACTION_DELIVER,
    ACTION_DROP,
    ACTION_DUPLICATE,
    ACTION_NEXT,
    ACTION_HOLD,
};

static void hint(struct pen *p, const char *key, const char *what)
{
    int width = canvas_width(p->cv, key) + canvas_width(p->cv, what) + 1;

    if (width > pen_room(p))
        return;
    pen_text(p, THEME_HINT_KEY, key);
    pen_textf(p, THEME_HINTS, " %s  ", what);
}

static bool can_inspect(const struct moment *m)
{
    return m->ui->sel.column == COLUMN_WIRE && ui_can(m, ACTION_INSPECT);
}

static const char *hint_name(const struct moment *m, enum action a)
{
    if (a == ACTION_HOLD && model_wire_status(m->model)->holding)
        return _("release");
    if (a == ACTION_CALL && can_inspect(m)) {
        struct rung rung;
        bool run = rung_selected(m, &rung) && rung.run;
        return run ? _("look inside") : _("inspect");
    }
    return _(action_row(a)->name);
}

static void hint_actions(
    struct draw *d, struct pen *p, const enum action *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *keys = action_row(list[i])->keys;
        char key[16] = "";
        size_t len = strcspn(keys, " ");
        if (!ui_can(d->m, list[i]) || len >= sizeof key)
            continue;
        memcpy(key, keys, len);
        hint(p, key, hint_name(d->m, list[i]));
    }
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
    if (ui_inspected(d->m)) {
        hint(&p, "Esc", _("back"));
        hint(&p, "←→", _("other segment"));
        if (d->scroll_max > 0)
            hint(&p, "↑↓", _("scroll"));
        hint_actions(d, &p, inspect_hints, ARRAY_LEN(inspect_hints));
        hint(&p, "Enter", _("menu"));
        return;
    }
    hint_actions(d, &p, hints, ARRAY_LEN(hints));
}
