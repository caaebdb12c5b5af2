/* The calls that make sense on a selected thing, as lines of the notation
 * with their arguments filled in. One row an offer in offers.def. */
#ifndef TUI_MENU_H
#define TUI_MENU_H

#include "sockstage/base/vec.h"
#include "sockstage/model/model.h"

#include <stddef.h>
#include <stdint.h>

struct menu_item {
    char *line;       /* "c1: s.connect(('server', 8080))"; owned */
    const char *help; /* N_() */
};

struct menu {
    VEC(struct menu_item) items;
    size_t selected;
};

/* For a socket (id not 0) of `process`, or for the process itself. */
void menu_fill(struct menu *menu, const struct model *m, const char *process,
    uint64_t sock);
/* For a segment that is held (id, else 0), and the wire as a whole. */
void menu_fill_wire(struct menu *menu, const struct model *m, uint64_t id);
void menu_done(struct menu *menu);

#endif
