/* What holds of every drawing, whatever it shows. */
#ifndef TESTS_TUI_GRID_H
#define TESTS_TUI_GRID_H

#include "../../src/tui/ui.h"

/* Wide characters are whole, all that can be clicked lies on the screen, and
 * the cursor too; fails the test. */
void grid_check(const struct canvas *cv, const struct draw *d);
/* The text of these cells, trailing blanks left out. */
void grid_text(const struct canvas *cv, struct rect r, struct str *out);

#endif
