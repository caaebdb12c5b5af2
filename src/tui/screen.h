/* The terminal: takes it, puts a canvas on it, gives it back. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "canvas.h"

#include "sockstage/base/err.h"

#include <stdbool.h>

struct screen;

/* Takes /dev/tty. `theme` is borrowed. */
int screen_open(const struct theme *theme, struct screen **out, struct err *e);
/* Gives the terminal back as it was; NULL is allowed. */
void screen_close(struct screen *s);

int screen_rows(const struct screen *s);
int screen_cols(const struct screen *s);
bool screen_has_colour(const struct screen *s);
/* Asks the terminal for its size again, after SIGWINCH. */
void screen_resized(struct screen *s);
/* The theme has other colours now. */
void screen_recolour(struct screen *s);
/* Gives the terminal back as it was, until screen_continued(): nothing is drawn
 * meanwhile, and closing leaves the terminal to whoever has it. */
void screen_suspend(struct screen *s);
/* Takes the terminal again after SIGCONT: whoever stopped the program may have
 * used it since. In the background that stops the program again (SIGTTOU), as
 * the shell expects it. */
void screen_continued(struct screen *s);
/* Whether the terminal takes output now: one that nobody reads would block. */
bool screen_can_take(const struct screen *s);

/* Puts on the terminal what differs from the last time; the cursor is hidden
 * where `cursor_y` is negative. */
void screen_show(
    struct screen *s, const struct canvas *cv, int cursor_y, int cursor_x);

#endif
