/* What a key means: in a menu, on the help page, in the prompt, on the stage
 * and in the past. */
#include "tui_int.h"

#include "inspect.h"

#include <stdio.h>

static void choose(struct tui *t, const struct shown *s)
{
    const struct menu *menu = &t->ui.menu;

    t->ui.mode = UI_STAGE;
    if (menu->selected >= menu->items.len)
        return;
    const struct menu_item *item = &menu->items.items[menu->selected];
    switch (menu->kind) {
    case MENU_LINES:
        if (s->place.past)
            tui_refuse(t, s);
        else
            prompt_start(&t->ui.prompt, item->line);
        break;
    case MENU_ACTIONS:
        tui_act(t, s, item->action);
        break;
    case MENU_CHAPTERS:
        tui_go_to_chapter(t, menu->selected);
        break;
    case MENU_FORMATS:
        tui_name_file(t, menu->selected);
        break;
    }
}

static void key_in_menu(struct tui *t, const struct shown *s, uint32_t key)
{
    struct menu *menu = &t->ui.menu;

    if (key == KEY_CODE_UP && menu->selected > 0)
        menu->selected--;
    else if (key == KEY_CODE_DOWN && menu->selected + 1 < menu->items.len)
        menu->selected++;
    else if (key == KEY_RETURN)
        choose(t, s);
    else if (key == KEY_ESC)
        t->ui.mode = UI_STAGE;
}

static void key_in_help(struct tui *t, uint32_t key)
{
    if (key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_DOWN)
        t->ui.help_scroll += t->ui.help_scroll < t->draw.scroll_max;
    else if (key == KEY_CODE_UP || key == KEY_CODE_PAGE_UP)
        t->ui.help_scroll -= t->ui.help_scroll > 0;
    else
        t->ui.mode = UI_STAGE;
}

static void key_in_prompt(struct tui *t, const struct shown *s, uint32_t key)
{
    struct prompt *p = &t->ui.prompt;

    if (p->search.on && prompt_search_key(p, key))
        return;
    if (key == KEY_TAB || key == KEY_CODE_BACK_TAB)
        tui_complete(t, s, key == KEY_TAB ? 1 : -1);
    else if (key == KEY_RETURN)
        tui_submit_typed(t);
    else if (key == KEY_ESC && prompt_choosing(p))
        prompt_close_choices(p, true);
    else if (key == KEY_ESC)
        prompt_reset(p);
    else
        prompt_key(p, key);
}

/* A click on a list selects; a second one takes. Beside it, it closes. */
static void click_list(struct tui *t, const struct shown *s, int y, int x)
{
    const struct rect *r = &t->draw.list;
    bool inside = r->h > 0 && y >= r->y && y < r->y + r->h && x >= r->x &&
                  x < r->x + r->w;
    size_t row = t->draw.list_first + (size_t)(inside ? y - r->y : 0);
    size_t item = row;

    if (t->ui.mode == UI_STAGE) {
        if (inside)
            prompt_take_choice(&t->ui.prompt, row);
        else
            prompt_close_choices(&t->ui.prompt, true);
        return;
    }
    if (!inside)
        t->ui.mode = UI_STAGE;
    else if (!menu_at_row(&t->ui.menu, (int)row, &item))
        return;
    else if (item == t->ui.menu.selected)
        choose(t, s);
    else
        t->ui.menu.selected = item;
}

/* Whether a list is open that takes clicks. */
static bool has_list(const struct tui *t)
{
    return t->ui.mode == UI_MENU ||
           (t->ui.mode == UI_STAGE && prompt_choosing(&t->ui.prompt));
}

/* In an inspector the arrows go from segment to segment, socket to socket. */
static bool is_other(struct tui *t, const struct shown *s, uint32_t key)
{
    int by = key == KEY_CODE_LEFT ? -1 : 1;

    if (key != KEY_CODE_LEFT && key != KEY_CODE_RIGHT)
        return false;
    if (ui_inspected(&s->m))
        ui_select(&t->ui, &s->m, 0, by);
    else if (ui_inspected_sock(&s->m))
        ui_inspect_other(&t->ui, &s->m, by);
    else
        return false;
    return true;
}

/* Scrolls or leaves an explanation; any other key does there what it does
 * where the explanation is closed. False: it is such a key. */
static bool key_in_explanation(
    struct tui *t, const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, s->place.past);
    bool again = a == ACTION_EXPLAIN && !t->ui.prompt.typing;
    int *scroll = &t->ui.explain_scroll;

    if (key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_DOWN) {
        *scroll += *scroll < t->draw.scroll_max;
        return true;
    }
    if (key == KEY_CODE_UP || key == KEY_CODE_PAGE_UP) {
        *scroll -= *scroll > 0;
        return true;
    }
    t->ui.explain = false;
    if (a == ACTION_HELP || again) {
        t->ui.mode = UI_HELP;
        t->ui.help_scroll = 0;
        return true;
    }
    return key == KEY_ESC;
}

/* In a menu, and by a key that is no text in the prompt. */
static bool opens_explanation(
    const struct tui *t, const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, s->place.past);
    bool in_prompt = t->ui.mode == UI_STAGE && t->ui.prompt.typing;

    if (a != ACTION_EXPLAIN && a != ACTION_HELP)
        return false;
    return t->ui.mode == UI_MENU || (in_prompt && !key_is_text(key));
}

static bool chooses_option(struct tui *t, const struct shown *s, uint32_t key)
{
    char line[32];
    size_t vote = 0;

    if (t->ui.scene != SCENE_COLUMNS || ui_inspected(&s->m) ||
        ui_inspected_sock(&s->m) || !question_key(&t->ui, &s->m, key, &vote))
        return false;
    if (vote > 0) {
        snprintf(line, sizeof line, "vote %zu", vote);
        tui_submit_line(t, line);
    }
    return true;
}

static void key_on_stage(struct tui *t, const struct shown *s, uint32_t key)
{
    bool past = s->place.past;
    enum action a = keymap_action(s->m.keys, key, past);

    bool letter = key_is_text(key) && !past && !t->at_once;

    if (chooses_option(t, s, key))
        return;
    if (letter && !tui_letter_acts(t, s, a))
        a = ACTION_NONE;
    if (is_other(t, s, key)) {
        return;
    } else if (letter && a != ACTION_NONE) {
        tui_letter(t, s, key, a);
    } else if (a != ACTION_NONE) {
        tui_act(t, s, a);
    } else if (past && key_is_text(key)) {
        tui_refuse(t, s);
    } else if (key_is_text(key) || (key == KEY_CTRL('R') && !past)) {
        prompt_start(&t->ui.prompt, "");
        if (key != ':')
            prompt_key(&t->ui.prompt, key);
    }
}

static void key_in_mode(struct tui *t, const struct shown *s, uint32_t key)
{
    if (tui_auto_key(t, s, key))
        return;
    if (t->ui.mode == UI_CARD && tui_key_in_card(t, s, key))
        return;
    if (t->ui.mode == UI_LESSONS) {
        tui_key_in_lessons(t, s, key);
        return;
    }
    if (t->ui.explain && key_in_explanation(t, s, key))
        return;
    if (opens_explanation(t, s, key))
        tui_act(t, s, ACTION_EXPLAIN);
    else if (t->ui.mode == UI_MENU)
        key_in_menu(t, s, key);
    else if (t->ui.mode == UI_NAME)
        tui_key_in_name(t, s, key);
    else if (t->ui.mode == UI_PASTE)
        tui_key_in_paste(t, s, key);
    else if (t->ui.mode == UI_HELP)
        key_in_help(t, key);
    else if (t->ui.prompt.typing)
        key_in_prompt(t, s, key);
    else
        key_on_stage(t, s, key);
}

/* A click on a line that is offered types it, unless something is typed
 * already. */
static bool types_offered(struct tui *t, int y, int x)
{
    const char *line = mouse_offered(&t->draw, y, x);

    if (!line || t->ui.mode != UI_STAGE || t->ui.explain ||
        t->ui.prompt.text.len > 0)
        return false;
    prompt_start(&t->ui.prompt, line);
    return true;
}

/* What a key does in every mode, also where it could be part of a line. */
static enum action action_anywhere(const struct shown *s, uint32_t key)
{
    enum action a = ACTION_NONE;

    if (!key_is_text(key))
        a = keymap_action(s->m.keys, key, s->place.past);
    return a == ACTION_INTERRUPT || a == ACTION_SUSPEND ? a : ACTION_NONE;
}

static void key_any(
    struct tui *t, const struct shown *s, uint32_t key, int y, int x)
{
    bool up = key == KEY_CODE_WHEEL_UP;
    bool wheel = up || key == KEY_CODE_WHEEL_DOWN;
    enum action anywhere = action_anywhere(s, key);
    bool discards = t->ui.prompt.typing && t->ui.prompt.text.len > 0;

    t->ui.message[0] = '\0';
    if (anywhere == ACTION_INTERRUPT && t->ui.mode == UI_NAME)
        tui_key_in_name(t, s, KEY_ESC);
    else if (anywhere == ACTION_INTERRUPT && discards)
        prompt_reset(&t->ui.prompt);
    else if (anywhere == ACTION_INTERRUPT && t->ui.mode == UI_PASTE)
        tui_key_in_paste(t, s, KEY_ESC);
    else if (anywhere != ACTION_NONE)
        tui_act(t, s, anywhere);
    else if (key == KEY_CODE_MOUSE && mouse_press(&t->draw, y, x))
        tui_key_at_once(t, mouse_press(&t->draw, y, x));
    else if (key == KEY_CODE_MOUSE && t->ui.mode == UI_LESSONS)
        tui_click_lessons(t, s, y, x);
    else if (key == KEY_CODE_MOUSE && t->ui.mode == UI_CARD)
        t->ui.mode = UI_STAGE;
    else if (key == KEY_CODE_MOUSE && !has_list(t) &&
             mouse_click_header(&t->ui, &t->draw, y, x))
        return;
    else if (key == KEY_CODE_MOUSE && types_offered(t, y, x))
        return;
    else if (key == KEY_CODE_MOUSE && t->ui.explain)
        t->ui.explain = false;
    else if (key == KEY_CODE_MOUSE && has_list(t))
        click_list(t, s, y, x);
    else if (key == KEY_CODE_MOUSE)
        mouse_click(&t->ui, &s->m, &t->draw, y, x);
    else if (wheel && t->ui.mode == UI_STAGE && !t->ui.explain)
        mouse_wheel(&t->ui, &s->m, &t->draw, up ? -1 : 1, y, x);
    else if (wheel)
        key_in_mode(t, s, up ? KEY_CODE_UP : KEY_CODE_DOWN);
    else
        key_in_mode(t, s, key);
}

void tui_key_at_once(struct tui *t, uint32_t key)
{
    struct shown s;

    tui_shown(t, &s);
    if (!t->source.player && !s.place.recording)
        return; /* the stage is being changed */
    t->dirty = true;
    t->at_once = true;
    key_any(t, &s, key, -1, -1);
    t->at_once = false;
}

void tui_on_key(void *ctx, uint32_t key, int y, int x)
{
    struct tui *t = ctx;
    struct shown s;

    bool drags = key == KEY_CODE_DRAG || key == KEY_CODE_RELEASE;

    if (drags && t->drag.h == 0)
        return;
    tui_shown(t, &s);
    if (!t->source.player && !s.place.recording)
        return; /* the stage is being changed */
    t->dirty = true;
    if (tui_letters_key(t, &s, key))
        return;
    if (tui_mouse_on_timeline(t, key, y, x))
        return;
    tui_shown(t, &s);
    key_any(t, &s, key, y, x);
}
