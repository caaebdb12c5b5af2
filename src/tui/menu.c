/* The list itself, and the menus that hold no lines of the notation: the ways
 * through the past, the chapters, and the formats of files. */
#include "menu.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

void menu_add(struct menu *menu, char *line, const char *help, const char *why)
{
    struct menu_item item = {.line = line, .help = help, .why = why};

    vec_push(&menu->items, item);
    if (why)
        return;
    /* In front of those that make no sense. */
    for (size_t i = menu->items.len - 1; i > menu->grey; i--)
        menu->items.items[i] = menu->items.items[i - 1];
    menu->items.items[menu->grey++] = item;
}

int menu_rows(const struct menu *menu)
{
    bool rule = menu->grey < menu->items.len;

    return (int)menu->items.len + rule;
}

bool menu_at_row(const struct menu *menu, int row, size_t *item)
{
    if (row < 0 || row >= menu_rows(menu))
        return false;
    size_t at = (size_t)row;
    if (menu->grey < menu->items.len && at == menu->grey)
        return false;
    *item = at > menu->grey ? at - 1 : at;
    return *item < menu->items.len;
}

/* ---- the past ------------------------------------------------------------
 */

static void add_action(
    struct menu *menu, const struct keymap *keys, enum action a)
{
    const struct action_row *row = action_row(a);
    struct str line = STR_INIT;

    str_addf(&line, "%-9s %s", keymap_keys(keys, a), _(row->help));
    menu_add(menu, str_steal(&line), NULL, NULL);
    menu->items.items[menu->items.len - 1].action = a;
}

void menu_fill_past(struct menu *menu, const struct keymap *keys, bool chapters)
{
    static const enum action offered[] = {ACTION_PLAY, ACTION_EVENT_BACK,
        ACTION_EVENT_ON, ACTION_TARGET_BACK, ACTION_TARGET_ON, ACTION_FASTER,
        ACTION_SLOWER, ACTION_OLDEST, ACTION_RETURN, ACTION_CHAPTERS};

    menu_done(menu);
    menu->kind = MENU_ACTIONS;
    for (size_t i = 0; i < ARRAY_LEN(offered); i++)
        if (offered[i] != ACTION_CHAPTERS || chapters)
            add_action(menu, keys, offered[i]);
}

void menu_fill_chapters(
    struct menu *menu, const struct timeline *t, size_t selected)
{
    const struct timeline_chapter *c;

    menu_done(menu);
    menu->kind = MENU_CHAPTERS;
    for (size_t i = 0; (c = timeline_chapter_at(t, i)) != NULL; i++) {
        struct str line = STR_INIT;
        str_addf(
            &line, "%3zu  %s", i + 1, c->title[0] ? c->title : _("(no title)"));
        menu_add(menu, str_steal(&line), NULL, NULL);
    }
    menu->selected = selected < menu->items.len ? selected : 0;
}

void menu_fill_formats(struct menu *menu, const struct tui_saving *saving)
{
    menu_done(menu);
    menu->kind = MENU_FORMATS;
    menu->about = N_("What to save? The recording has everything so far, the "
                     "others have the stage that is shown.");
    for (size_t i = 0; i < saving->count; i++) {
        const struct tui_format *f = &saving->formats[i];
        struct str line = STR_INIT;
        str_addf(&line, "%-8s %s", f->name, f->help);
        menu_add(menu, str_steal(&line), NULL, NULL);
    }
}

void menu_done(struct menu *menu)
{
    for (size_t i = 0; i < menu->items.len; i++) {
        free(menu->items.items[i].line);
        free(menu->items.items[i].words);
    }
    vec_done(&menu->items);
    menu->selected = menu->grey = 0;
    menu->about = NULL;
    menu->kind = MENU_LINES;
}
