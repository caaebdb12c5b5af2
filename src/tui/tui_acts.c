/* What actions do: lines of the notation for the stage, and what of the screen
 * is selected or open. */
#include "tui_int.h"

#include "block.h"
#include "curtain.h"
#include "guide.h"
#include "inspect.h"
#include "scene.h"
#include "views.h"
#include "wire_line.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- lines --------------------------------------------------------------- */

void tui_submit_line(struct tui *t, const char *line)
{
    struct script_error e;

    if (!player_submit(t->source.player, NULL, line, &e))
        tui_show_message(t, e.what, true);
}

/* What can be done with a held segment. */
static const struct held_act {
    enum action action;
    const char *verb;
    int (*act)(struct stage *s, uint64_t id, struct err *e);
    const char *message; /* N_(), where nothing is seen at once; or NULL */
} held_acts[] = {
    {ACTION_DELIVER, "wire deliver", stage_wire_deliver_id, NULL},
    {ACTION_DROP, "wire drop 1", stage_wire_drop_id, NULL},
    {ACTION_DUPLICATE, "wire duplicate 1", stage_wire_duplicate_id,
        N_("It arrives twice when it is delivered.")},
};

static const struct held_act *held_act(enum action a)
{
    size_t i = 0;

    while (held_acts[i].action != a)
        i++;
    return &held_acts[i];
}

/* Deliver, drop or double the chosen held segment: as a line of the notation
 * where words can choose it, so that the journal can be played again. */
static void act_on_held(struct tui *t, const struct moment *m, enum action a)
{
    uint64_t id = ui_held_segment(m);
    const struct held_act *what = held_act(a);
    struct str line = STR_INIT;
    struct err e = {0};

    if (!id) {
        char text[WORDS_MAX];
        snprintf(text, sizeof text, _("No segment is held; %s holds the wire."),
            ui_key(m, ACTION_HOLD).text);
        tui_show_message(t, text, false);
        return;
    }
    if (what->message)
        tui_show_message(t, _(what->message), false);
    if (wire_line(m->model, id, what->verb, &line)) {
        tui_submit_line(t, str_text(&line));
    } else {
        if (what->act(t->source.stage, id, &e) < 0)
            tui_show_message(t, e.msg, true);
        else
            stage_publish_line(t->source.stage, what->verb, 0);
    }
    str_done(&line);
}

static void interrupt(struct tui *t, const struct shown *s)
{
    const struct model_process *p =
        model_process(s->m.model, ui_process(&s->m));
    char line[MODEL_NAME_MAX + 16];

    if (s->place.past && !s->place.recording) {
        tui_refuse(t, s);
        return;
    }
    if (!p || !p->parked_call || s->place.recording) {
        tui_quit(t);
        return;
    }
    snprintf(line, sizeof line, "interrupt %s", p->name);
    tui_submit_line(t, line);
}

/* ---- menus --------------------------------------------------------------- */

static void suggest_calls(struct tui *t, const struct moment *m)
{
    struct guide g;

    if (!guide_is_shown(m))
        return;
    guide_fill(&g, m->model);
    menu_suggest(&t->ui.menu, &g, ui_process(m));
    guide_done(&g);
}

static void open_calls(struct tui *t, const struct moment *m)
{
    struct selection *sel = &t->ui.sel;

    if (sel->column == COLUMN_WIRE) {
        menu_fill_wire(&t->ui.menu, m->model, ui_held_segment(m));
    } else {
        struct blocks b = {.spans = VEC_INIT};
        blocks_fill(&b, m->model,
            sel->column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT);
        size_t at = blocks_selected(&b, sel);
        uint64_t sock = at < b.len ? blocks_at(&b, at).sock : 0;
        menu_fill(&t->ui.menu, m->model, ui_process(m), sock);
        blocks_done(&b);
        suggest_calls(t, m);
    }
    if (t->ui.menu.items.len > 0 || t->ui.menu.about)
        t->ui.mode = UI_MENU;
}

/* On the wire a segment is opened before the menu is. */
static void open_menu(struct tui *t, const struct shown *s)
{
    if (t->ui.sel.column == COLUMN_WIRE && t->ui.scene == SCENE_COLUMNS &&
        ui_open_segment(&t->ui, &s->m))
        return;
    if (!s->place.past) {
        open_calls(t, &s->m);
        return;
    }
    menu_fill_past(&t->ui.menu, s->m.keys, s->place.chapters > 1);
    t->ui.mode = UI_MENU;
}

/* What is open is closed first, so that Esc never does two things. */
static void go_back(struct tui *t, const struct shown *s)
{
    bool past = s->place.past && !s->place.recording;

    if (ui_inspect_close(&t->ui, &s->m))
        return;
    if ((!past || ui_inspected(&s->m)) && ui_close_segment(&t->ui, &s->m))
        return;
    if (past)
        tui_travel(t, s, ACTION_RETURN);
}

/* ---- actions ------------------------------------------------------------- */

static void inspect(struct tui *t, const struct shown *s)
{
    bool again = ui_inspected_sock(&s->m) != NULL;

    if (t->ui.sel.column == COLUMN_WIRE)
        ui_open_segment(&t->ui, &s->m);
    else if (ui_inspect_sock(&t->ui, &s->m) && again)
        tui_show_message(t, _("What changes from now on is marked."), false);
}

/* Those that only the stage can carry out. */
static void act_on_stage(struct tui *t, const struct shown *s, enum action a)
{
    switch (a) {
    case ACTION_DELIVER:
    case ACTION_DROP:
    case ACTION_DUPLICATE:
        act_on_held(t, &s->m, a);
        break;
    case ACTION_HOLD:
        tui_submit_line(t, model_wire_status(s->m.model)->holding
                               ? "wire release"
                               : action_row(a)->line);
        break;
    default:
        break;
    }
}

/* Says why it can't be done in what is shown. */
static bool is_refused(struct tui *t, const struct shown *s, enum action a)
{
    bool past = s->place.past && action_row(a)->when == AT_NOW;
    bool hidden = curtain_stops(&s->m, a);

    if (past)
        tui_refuse(t, s);
    else if (hidden)
        tui_show_message(
            t, _("This would show what is hidden until the vote."), false);
    return past || hidden;
}

/* Of the rows of an inspector, else of what can be selected. */
static void to_end(struct tui *t, const struct shown *s, int dy)
{
    if (ui_inspected(&s->m) || ui_inspected_sock(&s->m))
        ui_up_or_down(&t->ui, &s->m, &t->draw, dy);
    else
        ui_select(&t->ui, &s->m, 0, dy);
}

void tui_act(struct tui *t, const struct shown *s, enum action a)
{
    if (is_refused(t, s, a) || (a == ACTION_NEXT && tui_suggest(t, s)))
        return;
    if (tui_play_act(t, s, a) || scene_act(&t->ui, &s->m, &t->draw, a) ||
        tui_travel(t, s, a))
        return;
    switch (a) {
    case ACTION_CALL:
    case ACTION_PAST_MENU:
        open_menu(t, s);
        break;
    case ACTION_INSPECT:
        inspect(t, s);
        break;
    case ACTION_SAVE:
        tui_open_formats(t);
        break;
    case ACTION_DETAIL:
        t->ui.detail = (t->ui.detail + 1) % DETAILS;
        break;
    case ACTION_EXPLAIN:
        t->ui.explain = true;
        t->ui.explain_header = HEADER_NONE;
        t->ui.explain_scroll = 0;
        break;
    case ACTION_UP:
    case ACTION_DOWN:
        ui_up_or_down(&t->ui, &s->m, &t->draw, a == ACTION_UP ? -1 : 1);
        break;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        ui_select(&t->ui, &s->m, a == ACTION_LEFT ? -1 : 1, 0);
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        to_end(t, s, a == ACTION_FIRST ? UI_FIRST : UI_LAST);
        break;
    case ACTION_HELP:
        t->ui.mode = UI_HELP;
        t->ui.help_scroll = 0;
        break;
    case ACTION_SUSPEND:
        tui_suspend(t);
        break;
    case ACTION_QUIT:
        tui_quit(t);
        break;
    case ACTION_BACK:
        go_back(t, s);
        break;
    case ACTION_INTERRUPT:
        interrupt(t, s);
        break;
    default:
        act_on_stage(t, s, a);
        break;
    }
}
