/* What the panel of suggestions says, in the menu as well: the lines of the
 * process itself first, those of others behind its own next call. */
#include "menu.h"

#include "guide.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <string.h>

static bool is_of(const char *line, const char *process)
{
    size_t len = strlen(process);

    return strncmp(line, process, len) == 0 && line[len] == ':';
}

static bool find(const struct menu *menu, const char *line, size_t *at)
{
    for (*at = 0; *at < menu->items.len; (*at)++)
        if (str_equal(menu->items.items[*at].line, line))
            return true;
    return false;
}

/* Takes an item to an earlier place. */
static void move(struct menu *menu, size_t from, size_t to)
{
    struct menu_item item = menu->items.items[from];

    for (size_t i = from; i > to; i--)
        menu->items.items[i] = menu->items.items[i - 1];
    menu->items.items[to] = item;
}

/* At that place, unless it is there earlier; true: it is there now. */
static bool suggest(
    struct menu *menu, const struct guide_line *line, size_t place)
{
    size_t at;

    if (!line->call)
        return false;
    if (!find(menu, line->text, &at)) {
        at = menu->grey;
        menu_add(menu, xstrdup(line->text), line->call->help, NULL);
    }
    if (at < place || at >= menu->grey)
        return false;
    move(menu, at, place);
    free(menu->items.items[place].words);
    menu->items.items[place].words = xstrdup(line->words);
    return true;
}

void menu_suggest(
    struct menu *menu, const struct guide *guide, const char *process)
{
    size_t place = 0;

    if (menu->about || menu->items.len == 0)
        return;
    /* What has to come first is there. */
    if (menu->items.items[0].because)
        place = 1;
    for (size_t i = 0; i < guide->ready; i++)
        if (is_of(guide->lines.items[i].text, process))
            place += suggest(menu, &guide->lines.items[i], place);
    if (place == 0)
        place = 1;
    for (size_t i = 0; i < guide->ready; i++)
        if (!is_of(guide->lines.items[i].text, process))
            place += suggest(menu, &guide->lines.items[i], place);
}
