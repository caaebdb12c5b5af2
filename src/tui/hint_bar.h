/* The bar of the keys that do something now: what fits of it is drawn, and a
 * click on a hint presses its key. */
#ifndef TUI_HINT_BAR_H
#define TUI_HINT_BAR_H

#include "views.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HINT_BAR_MAX 24

/* The hints of the line, collected before it is known which of them fit. */
struct hint_bar {
    const struct canvas *cv;
    struct hint {
        uint32_t keys[2]; /* the second: 0, or it belongs to the first */
        char what[64];
        bool keep; /* the last to be left out */
        bool fill; /* only where there is plenty of room */
    } hints[HINT_BAR_MAX];
    size_t count;
};

/* One key or two that belong together; without a key there is no hint. */
void hint_keys(struct draw *d, struct hint_bar *b, uint32_t key, uint32_t other,
    const char *what);

/* Whole hints only, in their order, with room between them where there is. */
void hint_bar_draw(struct draw *d, struct rect r, struct hint_bar *b);

#endif
