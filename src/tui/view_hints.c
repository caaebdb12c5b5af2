/* The last line: the keys that do something now. */
#include "hint_bar.h"
#include "inspect.h"
#include "rung.h"
#include "scene.h"
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>
#include <string.h>

/* In the order in which they are missed the most: what stands last is left out
 * first. */
static const enum action hints[] = {
    ACTION_DELIVER,
    ACTION_NEXT,
    ACTION_INTERRUPT,
    ACTION_HOLD,
    ACTION_DROP,
    ACTION_EXPLAIN,
    ACTION_INSPECT,
    ACTION_ZOOM,
};
static const enum action more_hints[] = {
    ACTION_LESSONS,
    ACTION_DETAIL,
    ACTION_TIME,
    ACTION_STATES,
    ACTION_SAVE,
    ACTION_DUPLICATE,
};

/* Before anything was done. */
static const enum action empty_hints[] = {
    ACTION_LESSONS,
    ACTION_EXPLAIN,
    ACTION_HOLD,
    ACTION_HELP,
    ACTION_DETAIL,
    ACTION_QUIT,
};

/* While a script is open. */
static const enum action script_hints[] = {
    ACTION_NEXT,
    ACTION_STEP_BACK,
    ACTION_DELIVER,
    ACTION_INTERRUPT,
    ACTION_AUTOPLAY,
    ACTION_CALL,
    ACTION_EXPLAIN,
    ACTION_LESSONS,
    ACTION_HOLD,
    ACTION_RESTART,
    ACTION_DROP,
    ACTION_INSPECT,
    ACTION_ZOOM,
    ACTION_DETAIL,
    ACTION_TIME,
    ACTION_STATES,
    ACTION_SAVE,
    ACTION_QUIT,
};

/* In the picture of one connection. */
static const enum action scene_hints[] = {
    ACTION_ZOOM,
    ACTION_TIME,
    ACTION_STATES,
};
static const enum action scene_stage_hints[] = {
    ACTION_DELIVER,
    ACTION_NEXT,
    ACTION_HOLD,
    ACTION_EXPLAIN,
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
    {ACTION_STEP_BACK, ACTION_NEXT},
    {ACTION_RETURN, ACTION_NONE},
    {ACTION_OLDEST, ACTION_NONE},
    {ACTION_FASTER, ACTION_SLOWER},
    {ACTION_CHAPTERS, ACTION_NONE},
    {ACTION_EXPLAIN, ACTION_NONE},
    {ACTION_INSPECT, ACTION_NONE},
    {ACTION_SAVE, ACTION_NONE},
    {ACTION_QUIT, ACTION_NONE},
};

static void hint(
    struct draw *d, struct hint_bar *p, uint32_t key, const char *what)
{
    hint_keys(d, p, key, 0, what);
}

/* The key of one of those that have a fixed one too. Over the stage that always
 * works, and while something is typed only that. */
static uint32_t key_of(const struct draw *d, enum action a)
{
    const struct ui *ui = d->m->ui;

    if (ui->prompt.typing || ui->mode == UI_NAME)
        return keymap_fixed(a);
    if (ui->mode != UI_STAGE || ui->explain)
        return keymap_moving(d->m->keys, a);
    return keymap_first(d->m->keys, a);
}

static void hint_back(struct draw *d, struct hint_bar *p)
{
    hint(d, p, key_of(d, ACTION_BACK), _("back"));
}

static uint32_t enter_key(const struct draw *d)
{
    return key_of(d, moment_is_past(d->m) ? ACTION_PAST_MENU : ACTION_CALL);
}

static void hint_up_down(struct draw *d, struct hint_bar *p, const char *what)
{
    hint_keys(d, p, key_of(d, ACTION_UP), key_of(d, ACTION_DOWN), what);
}

static void hint_left_right(
    struct draw *d, struct hint_bar *p, const char *what)
{
    hint_keys(d, p, key_of(d, ACTION_LEFT), key_of(d, ACTION_RIGHT), what);
}

static bool can_inspect(const struct moment *m)
{
    return m->ui->sel.column == COLUMN_WIRE && ui_can(m, ACTION_INSPECT);
}

/* Else the key means to quit. */
static bool can_interrupt(const struct moment *m)
{
    const struct model_process *p = model_process(m->model, ui_process(m));

    return p && p->parked_call;
}

static const char *hint_name(const struct moment *m, enum action a)
{
    if ((a == ACTION_STEP_BACK || a == ACTION_NEXT) && moment_is_past(m))
        return _("step");
    if (a == ACTION_AUTOPLAY && m->ui->playing)
        return _("pause");
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

static void hint_action(
    struct draw *d, struct hint_bar *p, enum action a, enum action other)
{
    const struct keymap *keys = d->m->keys;
    bool both = other != ACTION_NONE;

    /* There Enter does the same, and is named. */
    if (a == ACTION_INSPECT && !moment_is_past(d->m) && can_inspect(d->m))
        return;
    if (!ui_can(d->m, a) || (a == ACTION_INTERRUPT && !can_interrupt(d->m)) ||
        (a == ACTION_DUPLICATE && d->m->ui->sel.column != COLUMN_WIRE))
        return;
    size_t before = p->count;
    hint_keys(d, p, keymap_first(keys, a), both ? keymap_first(keys, other) : 0,
        hint_name(d->m, a));
    /* For the mouse what else there is stands behind `explain`. */
    bool crowded = d->m->steps > 0 || moment_is_past(d->m);
    if (p->count > before)
        p->hints[before].keep =
            a == ACTION_QUIT || (a == ACTION_EXPLAIN && crowded);
}

static void hint_actions(
    struct draw *d, struct hint_bar *p, const enum action *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hint_action(d, p, list[i], ACTION_NONE);
}

/* Of two that belong together one may have nowhere to go. */
static void hint_past(struct draw *d, struct hint_bar *p)
{
    for (size_t i = 0; i < ARRAY_LEN(past_hints); i++) {
        enum action a = past_hints[i][0];
        enum action other = past_hints[i][1];
        if (other != ACTION_NONE && !ui_can(d->m, a)) {
            a = other;
            other = ACTION_NONE;
        } else if (other != ACTION_NONE && !ui_can(d->m, other)) {
            other = ACTION_NONE;
        }
        hint_action(d, p, a, other);
    }
}

/* Whether the line is a process and its call, no order to the stage. */
static bool is_call(const struct menu *menu)
{
    const char *line = menu->selected < menu->items.len
                           ? menu->items.items[menu->selected].line
                           : "";

    return line[strcspn(line, ": ")] == ':';
}

/* What Enter does with a line of the menu. */
static const char *choice(const struct menu *menu)
{
    switch (menu->kind) {
    case MENU_LINES:
        return is_call(menu) ? _("edit it, then Enter makes the call")
                             : _("edit it, then Enter does it");
    case MENU_CHAPTERS:
        return _("go there");
    case MENU_FORMATS:
        return _("this one");
    case MENU_ACTIONS:
        break;
    }
    return _("do it");
}

static void hint_scene(struct draw *d, struct hint_bar *p)
{
    hint_back(d, p);
    hint_left_right(d, p, _("other connection"));
    if (d->scroll_max > 0)
        hint_up_down(d, p, _("scroll"));
    for (size_t i = 0; i < ARRAY_LEN(scene_hints); i++) {
        if (scene_hints[i] != scene_action(d->m->ui->scene))
            hint_action(d, p, scene_hints[i], ACTION_NONE);
    }
    if (moment_is_past(d->m))
        hint_past(d, p);
    else
        hint_actions(d, p, scene_stage_hints, ARRAY_LEN(scene_stage_hints));
}

static void hint_explained(struct draw *d, struct hint_bar *p)
{
    enum action more = d->m->ui->prompt.typing ? ACTION_HELP : ACTION_EXPLAIN;

    hint_back(d, p);
    hint(d, p, keymap_first(d->m->keys, more), _("all keys"));
    if (d->scroll_max > 0)
        hint_up_down(d, p, _("scroll"));
}

/* While a socket is inspected; false: none is. */
static bool hint_inspected_sock(struct draw *d, struct hint_bar *p)
{
    if (!ui_inspected_sock(d->m))
        return false;
    hint_back(d, p);
    hint_left_right(d, p, _("other socket"));
    if (d->last_row > 0)
        hint_up_down(d, p, _("field"));
    hint(d, p, keymap_first(d->m->keys, ACTION_INSPECT), _("changes from now"));
    hint_action(d, p, ACTION_EXPLAIN, ACTION_NONE);
    if (moment_is_past(d->m))
        hint_past(d, p);
    else
        hint_actions(d, p, inspect_hints, ARRAY_LEN(inspect_hints));
    return true;
}

static void hint_search(struct draw *d, struct hint_bar *p)
{
    hint(d, p, KEY_CTRL('R'), _("older"));
    hint(d, p, KEY_RETURN, _("take this line"));
    hint(d, p, KEY_ESC, _("as it was"));
}

static void hint_choices(struct draw *d, struct hint_bar *p)
{
    hint_keys(d, p, KEY_TAB, KEY_CODE_BACK_TAB, _("choose"));
    hint(d, p, KEY_RETURN, _("do it"));
    hint(d, p, KEY_ESC, _("as it was"));
}

static void hint_prompt(struct draw *d, struct hint_bar *p)
{
    const struct prompt *prompt = &d->m->ui->prompt;
    char fix[80];

    if (prompt->search.on) {
        hint_search(d, p);
        return;
    }
    if (prompt_choosing(prompt)) {
        hint_choices(d, p);
        return;
    }
    if (prompt->error_column && prompt->fix.right[0]) {
        snprintf(fix, sizeof fix, _("write %s"), prompt->fix.right);
        hint(d, p, KEY_TAB, fix);
    }
    hint(d, p, KEY_RETURN, _("do it"));
    hint(d, p, KEY_ESC, _("discard"));
    if (!prompt->error_column)
        hint(d, p, KEY_TAB, _("complete"));
    hint(d, p, keymap_first(d->m->keys, ACTION_HELP), _("explain"));
    hint_keys(d, p, KEY_CODE_UP, KEY_CODE_DOWN, _("earlier lines"));
    hint(d, p, KEY_CTRL('R'), _("search them"));
}

/* Where only one side is shown, how to come to the other. */
static void hint_other_side(struct draw *d, struct hint_bar *p)
{
    enum column at = d->m->ui->sel.column;
    enum action a = at == COLUMN_CLIENTS ? ACTION_LEFT : ACTION_RIGHT;

    if (d->cv->cols < LAYOUT_BOTH_COLS)
        hint(d, p, keymap_first(d->m->keys, a),
            at == COLUMN_SERVER ? _("clients") : _("server"));
}

static void hint_lessons(struct draw *d, struct hint_bar *p)
{
    const struct tui_lessons *l = d->m->lessons;

    if (l && l->count > 0) {
        hint_up_down(d, p, _("choose"));
        hint(d, p, enter_key(d), _("open it on a fresh stage"));
    }
    hint_back(d, p);
}

static void hint_card(struct draw *d, struct hint_bar *p)
{
    const struct tui_lessons *l = d->m->lessons;

    hint_back(d, p);
    if (l && l->current < l->count && l->next < l->count)
        hint(d, p, enter_key(d), _("next lesson"));
    hint_action(d, p, ACTION_RESTART, ACTION_NONE);
    hint_action(d, p, ACTION_LESSONS, ACTION_NONE);
    hint_action(d, p, ACTION_QUIT, ACTION_NONE);
}

/* What a question waits for comes first. */
static void hint_question(struct draw *d, struct hint_bar *p)
{
    size_t n = model_lesson(d->m->model, d->m->lang).option_count;
    char what[64];

    if (!question_is_open(d->m) || moment_is_past(d->m))
        return;
    snprintf(what, sizeof what, _("to %zu: choose"), n);
    hint(d, p, '1', what);
    if (question_arrow(d->m))
        hint(d, p, enter_key(d), _("take it"));
    else
        hint_up_down(d, p, _("choose"));
}

/* The ways to another column, and to what stands below. */
static void hint_ways(struct draw *d, struct hint_bar *p)
{
    const struct keymap *keys = d->m->keys;

    hint_keys(d, p, keymap_first(keys, ACTION_LEFT),
        keymap_first(keys, ACTION_RIGHT), _("column"));
    hint_keys(d, p, keymap_first(keys, ACTION_UP),
        keymap_first(keys, ACTION_DOWN), _("select"));
}

/* The play of a script at now; false: none is open. */
static bool hint_script(struct draw *d, struct hint_bar *p)
{
    if (d->m->steps == 0 || moment_is_past(d->m))
        return false;
    hint_question(d, p);
    if (d->m->ui->playing)
        hint_action(d, p, ACTION_FASTER, ACTION_SLOWER);
    hint_actions(d, p, script_hints, ARRAY_LEN(script_hints));
    return true;
}

#define FEW_SOCKS   3 /* with fewer, the way to the other side is news */
#define FIRST_SOCKS 5 /* with fewer, it is still looked for */

static void hint_free(struct draw *d, struct hint_bar *p)
{
    const struct keymap *keys = d->m->keys;
    size_t socks = model_sock_count(d->m->model);
    /* What is held is the matter then. */
    bool both = d->cv->cols >= LAYOUT_BOTH_COLS && model_held(d->m->model) == 0;
    bool few = socks < FEW_SOCKS && both;
    bool first = socks < FIRST_SOCKS && both;

    hint_action(d, p, ACTION_CALL, ACTION_NONE);
    if (few)
        hint_ways(d, p);
    if (model_process_count(d->m->model) == 0) {
        hint_actions(d, p, empty_hints, ARRAY_LEN(empty_hints));
        return;
    }
    hint_actions(d, p, hints, ARRAY_LEN(hints));
    if (first && !few)
        hint_ways(d, p);
    hint_keys(d, p, keymap_first(keys, ACTION_EVENT_BACK),
        keymap_first(keys, ACTION_EVENT_ON), _("rewind"));
    hint_actions(d, p, more_hints, ARRAY_LEN(more_hints));
    size_t needed = p->count;
    hint_action(d, p, ACTION_HELP, ACTION_NONE);
    if (!first)
        hint_ways(d, p);
    for (size_t i = needed; i < p->count; i++)
        p->hints[i].fill = true;
    hint_action(d, p, ACTION_QUIT, ACTION_NONE);
}

static void hint_menu(struct draw *d, struct hint_bar *p)
{
    const struct menu *menu = &d->m->ui->menu;

    if (menu->items.len > 0) {
        hint_up_down(d, p, _("choose"));
        hint(d, p, enter_key(d), choice(menu));
    }
    hint_back(d, p);
    hint_action(d, p, ACTION_EXPLAIN, ACTION_NONE);
}

/* What lies over the stage; false: nothing does. */
static bool hint_mode(struct draw *d, struct hint_bar *p)
{
    switch (d->m->ui->mode) {
    case UI_MENU:
        hint_menu(d, p);
        break;
    case UI_LESSONS:
        hint_lessons(d, p);
        break;
    case UI_CARD:
        hint_card(d, p);
        break;
    case UI_HELP:
        hint_back(d, p);
        hint_up_down(d, p, _("scroll"));
        break;
    case UI_PASTE:
        hint(d, p, enter_key(d), _("run all these lines"));
        hint(d, p, key_of(d, ACTION_BACK), _("discard"));
        hint_up_down(d, p, _("scroll"));
        break;
    case UI_NAME:
        hint(d, p, KEY_RETURN, _("write it"));
        hint(d, p, KEY_ESC, _("back"));
        break;
    case UI_STAGE:
        return false;
    }
    return true;
}

static void fill_bar(struct draw *d, struct hint_bar *p)
{
    const struct ui *ui = d->m->ui;

    if (ui->explain && ui->mode != UI_HELP) {
        hint_explained(d, p);
        return;
    }
    if (hint_mode(d, p))
        return;
    if (ui->prompt.typing) {
        hint_prompt(d, p);
        return;
    }
    if (ui_inspected(d->m)) {
        hint_back(d, p);
        hint_left_right(d, p, _("other segment"));
        if (d->last_row > 0)
            hint_up_down(d, p, _("field"));
        hint_action(d, p, ACTION_EXPLAIN, ACTION_NONE);
        hint_actions(d, p, inspect_hints, ARRAY_LEN(inspect_hints));
        if (!moment_is_past(d->m)) {
            hint(d, p, enter_key(d), _("menu"));
            return;
        }
    }
    if (hint_inspected_sock(d, p))
        return;
    if (ui->scene != SCENE_COLUMNS) {
        hint_scene(d, p);
        return;
    }
    hint_other_side(d, p);
    if (moment_is_past(d->m)) {
        hint_past(d, p);
        return;
    }
    if (!hint_script(d, p))
        hint_free(d, p);
}

void view_hints(struct draw *d, struct rect r)
{
    struct hint_bar b = {.cv = d->cv};

    canvas_ground(d->cv, r, THEME_HINTS);
    fill_bar(d, &b);
    hint_bar_draw(d, r, &b);
}
