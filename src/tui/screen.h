/* The terminal: takes it, puts a canvas on it, gives it back. It may take its
 * time: nothing here waits for it, except to give it back, and that not long.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "canvas.h"

#include "sockstage/base/err.h"

#include <stdbool.h>

struct screen;
struct uv_loop_s; /* uv_loop_t */

/* Takes /dev/tty. `theme` is borrowed; `ready` is called when the terminal has
 * taken what screen_show() left to the loop, or when that is `lost`: then it
 * should be shown again. */
int screen_open(const struct theme *theme, struct uv_loop_s *loop,
    void (*ready)(void *ctx, bool lost), void *ctx, struct screen **out,
    struct err *e);
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
/* Whether something may be shown: the terminal has taken all of the last time,
 * and is ours. */
bool screen_is_ready(const struct screen *s);

/* Where screen_is_ready(): puts on the terminal what differs from the last
 * time; the cursor is hidden where `cursor_y` is negative. False: it is
 * lost, and should be shown again. */
bool screen_show(
    struct screen *s, const struct canvas *cv, int cursor_y, int cursor_x);

#endif
