/* What a key means: in a menu, on the help page, in the prompt, on the stage
 * and in the past. */
#include "tui_int.h"

static void choose(struct tui *t, const struct shown *s)
{
    const struct menu *menu = &t->ui.menu;
    const struct menu_item *item = &menu->items.items[menu->selected];

    t->ui.mode = UI_STAGE;
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

static void key_in_prompt(struct tui *t, uint32_t key)
{
    if (key == KEY_RETURN)
        tui_submit_typed(t);
    else if (key == KEY_ESC)
        prompt_reset(&t->ui.prompt);
    else
        prompt_key(&t->ui.prompt, key);
}

static bool is_text(uint32_t key)
{
    return key >= 0x20 && key < KEY_CODE_FIRST;
}

/* In the inspector the arrows go from segment to segment. */
static bool is_other_segment(const struct shown *s, uint32_t key)
{
    return ui_inspected(&s->m) &&
           (key == KEY_CODE_LEFT || key == KEY_CODE_RIGHT);
}

static void key_on_stage(struct tui *t, const struct shown *s, uint32_t key)
{
    bool past = s->place.past;
    enum action a = keymap_action(key, past);

    /* These letters also begin what people type. */
    if ((a == ACTION_DUPLICATE || a == ACTION_INSPECT) &&
        (t->ui.sel.column != COLUMN_WIRE || !ui_can(&s->m, a)))
        a = ACTION_NONE;
    if (is_other_segment(s, key)) {
        ui_select(&t->ui, &s->m, 0, key == KEY_CODE_LEFT ? -1 : 1);
    } else if (a != ACTION_NONE) {
        tui_act(t, s, a);
    } else if (past && is_text(key)) {
        tui_refuse(t, s);
    } else if (is_text(key)) {
        prompt_start(&t->ui.prompt, "");
        if (key != ':')
            prompt_key(&t->ui.prompt, key);
    }
}

static void key_in_mode(struct tui *t, const struct shown *s, uint32_t key)
{
    if (t->ui.mode == UI_MENU)
        key_in_menu(t, s, key);
    else if (t->ui.mode == UI_HELP)
        key_in_help(t, key);
    else if (t->ui.prompt.typing)
        key_in_prompt(t, key);
    else
        key_on_stage(t, s, key);
}

static void key_any(
    struct tui *t, const struct shown *s, uint32_t key, int y, int x)
{
    bool up = key == KEY_CODE_WHEEL_UP;
    bool wheel = up || key == KEY_CODE_WHEEL_DOWN;
    bool discards = t->ui.prompt.typing && t->ui.prompt.text.len > 0;

    t->ui.message[0] = '\0';
    if (key == KEY_CTRL('C') && discards)
        prompt_reset(&t->ui.prompt);
    else if (key == KEY_CTRL('C'))
        tui_act(t, s, ACTION_INTERRUPT);
    else if (key == KEY_CODE_MOUSE)
        mouse_click(&t->ui, &s->m, &t->draw, y, x);
    else if (wheel && t->ui.mode == UI_STAGE)
        mouse_wheel(&t->ui, &s->m, &t->draw, up ? -1 : 1, y, x);
    else if (wheel)
        key_in_mode(t, s, up ? KEY_CODE_UP : KEY_CODE_DOWN);
    else
        key_in_mode(t, s, key);
}

void tui_on_key(void *ctx, uint32_t key, int y, int x)
{
    struct tui *t = ctx;
    struct shown s;

    bool drags = key == KEY_CODE_DRAG || key == KEY_CODE_RELEASE;

    if (drags && t->drag.h == 0)
        return;
    t->dirty = true;
    if (tui_mouse_on_timeline(t, key, y, x))
        return;
    tui_shown(t, &s);
    key_any(t, &s, key, y, x);
}
