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

/* In the past: an action and, where two belong together, the other. */
static const enum action past_hints[][2] = {
    {ACTION_PLAY, ACTION_NONE},
    {ACTION_EVENT_BACK, ACTION_EVENT_ON},
    {ACTION_TARGET_BACK, ACTION_TARGET_ON},
    {ACTION_RETURN, ACTION_NONE},
    {ACTION_OLDEST, ACTION_NONE},
    {ACTION_FASTER, ACTION_SLOWER},
    {ACTION_CHAPTERS, ACTION_NONE},
    {ACTION_HELP, ACTION_NONE},
    {ACTION_QUIT, ACTION_NONE},
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
    if (a == ACTION_PLAY && m->place->playing)
        return _("pause");
    if (a == ACTION_RETURN && m->place->recording)
        return _("end");
    if (a == ACTION_HOLD && model_wire_status(m->model)->holding)
        return _("release");
    if (a == ACTION_CALL && can_inspect(m)) {
        struct rung rung;
        bool run = rung_selected(m, &rung) && rung.run;
        return run ? _("look inside") : _("inspect");
    }
    return _(action_row(a)->name);
}

static void add_key(struct str *out, enum action a)
{
    const char *keys = action_row(a)->keys;

    str_addn(out, keys, strcspn(keys, " "));
}

static void hint_action(
    struct draw *d, struct pen *p, enum action a, enum action other)
{
    struct str keys = STR_INIT;

    if (!ui_can(d->m, a))
        return;
    add_key(&keys, a);
    if (other != ACTION_NONE) {
        str_addc(&keys, ' ');
        add_key(&keys, other);
    }
    hint(p, str_text(&keys), hint_name(d->m, a));
    str_done(&keys);
}

static void hint_actions(
    struct draw *d, struct pen *p, const enum action *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hint_action(d, p, list[i], ACTION_NONE);
}

static void hint_past(struct draw *d, struct pen *p)
{
    for (size_t i = 0; i < ARRAY_LEN(past_hints); i++)
        hint_action(d, p, past_hints[i][0], past_hints[i][1]);
}

/* What Enter does with a line of the menu. */
static const char *choice(const struct menu *menu)
{
    switch (menu->kind) {
    case MENU_LINES:
        return _("edit it, then Enter makes the call");
    case MENU_CHAPTERS:
        return _("go there");
    case MENU_ACTIONS:
        break;
    }
    return _("do it");
}

void view_hints(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct ui *ui = d->m->ui;

    canvas_ground(d->cv, r, THEME_HINTS);
    pen_go(&p, 1);
    if (ui->mode == UI_MENU) {
        hint(&p, "↑↓", _("choose"));
        hint(&p, "Enter", choice(&ui->menu));
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
        if (!moment_is_past(d->m)) {
            hint(&p, "Enter", _("menu"));
            return;
        }
    }
    if (moment_is_past(d->m)) {
        hint_past(d, &p);
        return;
    }
    hint_actions(d, &p, hints, ARRAY_LEN(hints));
}
