/* The keys that go through a list: a menu, the lessons, the choices of Tab. */
#ifndef TUI_LIST_KEYS_H
#define TUI_LIST_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the key leads from line `*at` of `count`, which shows `page` lines at
 * once: by one, by a page, to an end. False: it is no such key. */
bool list_move(size_t *at, size_t count, int page, uint32_t key);

#endif
