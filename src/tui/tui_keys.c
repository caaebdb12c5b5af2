/* What a key means: in a menu, on the help page, in the prompt, on the stage
 * and in the past. */
#include "tui_int.h"

#include "inspect.h"
#include "list_keys.h"

#include "sockstage/base/text.h"

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

    if (list_move(&menu->selected, menu->items.len, t->draw.list.h, key))
        return;
    if (key == KEY_RETURN)
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

/* By pages, to the ends, and by the wheel; the arrows are for earlier lines. */
static bool moves_choice(struct tui *t, uint32_t key)
{
    struct prompt *p = &t->ui.prompt;
    size_t at = p->choices.selected;

    if (!prompt_choosing(p) || key == KEY_CODE_UP || key == KEY_CODE_DOWN)
        return false;
    if (key == KEY_CODE_WHEEL_UP || key == KEY_CODE_WHEEL_DOWN)
        key = key == KEY_CODE_WHEEL_UP ? KEY_CODE_UP : KEY_CODE_DOWN;
    if (at == PROMPT_NO_CHOICE)
        at = 0;
    if (!list_move(&at, p->choices.of.of.len, t->draw.list.h, key))
        return false;
    prompt_take_choice(p, at);
    return true;
}

/* What a presenter's remote sends is never text: a script goes on beside what
 * is typed. It does not go back: in the past no line can be carried out. */
static bool plays_script(struct tui *t, const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, s->place.past);

    if (key_is_text(key) || !t->title ||
        (a != ACTION_NEXT && a != ACTION_STEP_BACK))
        return false;
    if (a == ACTION_NEXT)
        tui_act(t, s, a);
    else
        tui_show_message(t, _("Esc first: a line is typed."), false);
    return true;
}

static void key_in_prompt(struct tui *t, const struct shown *s, uint32_t key)
{
    struct prompt *p = &t->ui.prompt;

    if (p->search.on && prompt_search_key(p, key))
        return;
    if (!key_is_text(key) &&
        keymap_action(s->m.keys, key, s->place.past) == ACTION_NEXT &&
        tui_suggest(t, s))
        return;
    if (moves_choice(t, key) || plays_script(t, s, key))
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
static bool is_other(
    struct tui *t, const struct shown *s, uint32_t key, enum action a)
{
    uint32_t plain = keymap_plain(s->m.keys, key, s->place.past);
    int by = plain == KEY_CODE_LEFT ? -1 : 1;

    if ((plain != KEY_CODE_LEFT && plain != KEY_CODE_RIGHT) ||
        (a != ACTION_LEFT && a != ACTION_RIGHT))
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

    if (key < '1' || key > '9')
        key = keymap_plain(s->m.keys, key, s->place.past);
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
    if (is_other(t, s, key, a)) {
        return;
    } else if (letter && a != ACTION_NONE) {
        tui_letter(t, s, key, a);
    } else if (a != ACTION_NONE) {
        tui_act(t, s, a);
    } else if (past && key_is_text(key)) {
        tui_refuse_line(t, s);
    } else if (key_is_text(key) || (key == KEY_CTRL('R') && !past)) {
        prompt_start(&t->ui.prompt, "");
        if (key != ':')
            prompt_key(&t->ui.prompt, key);
    }
}

/* Where text is typed, keys are those of an editor. */
static bool is_typing(const struct ui *ui)
{
    return ui->mode == UI_NAME || (ui->mode == UI_STAGE && ui->prompt.typing);
}

static void key_in_mode(struct tui *t, const struct shown *s, uint32_t key)
{
    uint32_t plain =
        is_typing(&t->ui) ? key : keymap_plain(s->m.keys, key, s->place.past);

    if (tui_refused_key(t, s, key) || tui_auto_key(t, s, plain))
        return;
    if (t->ui.mode == UI_CARD && tui_key_in_card(t, s, plain))
        return;
    if (t->ui.mode == UI_LESSONS) {
        tui_key_in_lessons(t, s, plain);
        return;
    }
    if (t->ui.explain && key_in_explanation(t, s, plain))
        return;
    if (opens_explanation(t, s, key))
        tui_act(t, s, ACTION_EXPLAIN);
    else if (t->ui.mode == UI_MENU)
        key_in_menu(t, s, plain);
    else if (t->ui.mode == UI_NAME)
        tui_key_in_name(t, s, key);
    else if (t->ui.mode == UI_PASTE)
        tui_key_in_paste(t, s, plain);
    else if (t->ui.mode == UI_HELP)
        key_in_help(t, plain);
    else if (t->ui.prompt.typing)
        key_in_prompt(t, s, key);
    else
        key_on_stage(t, s, key);
}

/* A click on a line of the page of keys. */
static bool does_deed(struct tui *t, const struct shown *s, int y, int x)
{
    enum action a = mouse_deed(&t->draw, y, x);

    if (a == ACTION_NONE)
        return false;
    t->ui.mode = UI_STAGE;
    if (a != ACTION_HELP && a != ACTION_BACK)
        tui_act(t, s, a);
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

static void click(struct tui *t, const struct shown *s, int y, int x)
{
    uint32_t pressed = mouse_press(&t->draw, y, x);

    if (pressed) {
        tui_key_at_once(t, pressed);
        return;
    }
    if (does_deed(t, s, y, x))
        return;
    if (t->ui.mode == UI_LESSONS)
        tui_click_lessons(t, s, y, x);
    else if (t->ui.mode == UI_CARD)
        t->ui.mode = UI_STAGE;
    else if ((!has_list(t) && mouse_click_header(&t->ui, &t->draw, y, x)) ||
             tui_click_suggested(t, y, x))
        return;
    else if (t->ui.explain)
        t->ui.explain = false;
    else if (has_list(t))
        click_list(t, s, y, x);
    else
        mouse_click(&t->ui, &s->m, &t->draw, y, x);
}

static void turn_wheel(
    struct tui *t, const struct shown *s, uint32_t key, int y, int x)
{
    bool up = key == KEY_CODE_WHEEL_UP;
    bool on_stage = t->ui.mode == UI_STAGE;

    if (on_stage && moves_choice(t, key))
        return;
    if (on_stage && !t->ui.explain)
        mouse_wheel(&t->ui, &s->m, &t->draw, up ? -1 : 1, y, x);
    else
        key_in_mode(t, s, up ? KEY_CODE_UP : KEY_CODE_DOWN);
}

static void key_any(
    struct tui *t, const struct shown *s, uint32_t key, int y, int x)
{
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
    else if (key == KEY_CODE_MOUSE)
        click(t, s, y, x);
    else if (key == KEY_CODE_WHEEL_UP || key == KEY_CODE_WHEEL_DOWN)
        turn_wheel(t, s, key, y, x);
    else
        key_in_mode(t, s, key);
}

/* Nothing is to happen unseen; but whoever sees nothing may leave. */
static void key_unseen(struct tui *t, const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, s->place.past);

    if (a == ACTION_QUIT || a == ACTION_INTERRUPT || a == ACTION_SUSPEND)
        tui_act(t, s, a);
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
    if (layout_is_too_small(&t->canvas)) {
        key_unseen(t, &s, key);
        return;
    }
    if (tui_letters_key(t, &s, key))
        return;
    if (tui_mouse_on_timeline(t, key, y, x))
        return;
    tui_shown(t, &s);
    key_any(t, &s, key, y, x);
}
