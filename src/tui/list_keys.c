/* Up, down, by pages and to the ends of a list; it does not go round. */
#include "list_keys.h"

#include "keymap.h"

static size_t by(size_t at, size_t count, size_t lines, bool down)
{
    if (!down)
        return at > lines ? at - lines : 0;
    return count - 1 - at > lines ? at + lines : count - 1;
}

bool list_move(size_t *at, size_t count, int page, uint32_t key)
{
    size_t lines = page > 1 ? (size_t)page - 1 : 1;

    if (key == KEY_CODE_UP || key == KEY_CODE_DOWN)
        lines = 1;
    else if (key == KEY_CODE_HOME || key == KEY_CODE_END)
        lines = count;
    else if (key != KEY_CODE_PAGE_UP && key != KEY_CODE_PAGE_DOWN)
        return false;
    if (*at < count)
        *at = by(*at, count, lines,
            key == KEY_CODE_DOWN || key == KEY_CODE_END ||
                key == KEY_CODE_PAGE_DOWN);
    return true;
}
