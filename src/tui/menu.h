/* What can be chosen from a list: the calls that make sense on a selected
 * thing, as lines of the notation with their arguments filled in (one row an
 * offer in offers.def); ways through the past; the chapters of a recording; the
 * formats in which it can be saved. */
#ifndef TUI_MENU_H
#define TUI_MENU_H

#include "keymap.h"

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/timeline.h"

#include <stddef.h>
#include <stdint.h>

enum menu_kind { MENU_LINES, MENU_ACTIONS, MENU_CHAPTERS, MENU_FORMATS };

struct menu_item {
    char *line;       /* "c1: s.connect(('server', 8080))"; owned */
    const char *help; /* N_() */
    const char *why;  /* N_(); why it makes no sense here: it is shown grey,
                         and can be taken all the same. NULL: it does.
                         Where it is long, what stands behind its `;` is
                         shown below only */
    const char
        *because; /* N_(); why it comes first; NULL: it explains itself */
    char *words;  /* what it would show, as a suggestion; owned, or NULL */
    enum action action; /* of MENU_ACTIONS */
};

struct menu {
    enum menu_kind kind;
    VEC(struct menu_item) items;
    size_t selected;
    size_t grey;       /* the first that makes no sense; items.len: none */
    const char *about; /* N_(); stands above, or alone; NULL: nothing */
};

/* For a socket (id not 0) of `process`, or for the process itself. Where no
 * call is possible, `about` says why. */
void menu_fill(struct menu *menu, const struct model *m, const char *process,
    uint64_t sock);
/* For a process that waits in a call; called by menu_fill(). */
void menu_fill_parked(
    struct menu *menu, const struct model *m, const struct model_process *p);
/* Brings in what is suggested, see guide.h; after menu_fill(). */
struct guide;
void menu_suggest(
    struct menu *menu, const struct guide *guide, const char *process);
/* For a segment that is held (id, else 0), and the wire as a whole. */
void menu_fill_wire(struct menu *menu, const struct model *m, uint64_t id);
/* The ways through the past. */
void menu_fill_past(
    struct menu *menu, const struct keymap *keys, bool chapters);
/* The chapters in their order, that one selected. */
void menu_fill_chapters(
    struct menu *menu, const struct timeline *t, size_t selected);
/* What can be saved; an item a format. */
struct tui_saving;
void menu_fill_formats(struct menu *menu, const struct tui_saving *saving);
/* An item behind the others; takes the line. Those with a `why` come last. */
void menu_add(struct menu *menu, char *line, const char *help, const char *why);
/* Adds a call as a line of the notation, its arguments from the situation;
 * `variable` NULL: it is on no socket. */
void menu_add_call(struct str *line, const struct model *m, const char *process,
    const char *variable, const struct call_def *def);
/* Adds a name that drops no socket when it is assigned to. */
void menu_add_free_name(struct str *line, const struct model *m,
    const char *process, const char *base);
/* Lines that its list takes, the rule before the grey ones included. */
int menu_rows(const struct menu *menu);
/* The item in a row of the list; false: none is there. */
bool menu_at_row(const struct menu *menu, int row, size_t *item);
void menu_done(struct menu *menu);

#endif
