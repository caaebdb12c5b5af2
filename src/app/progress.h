/* Which lessons were played so far: $XDG_STATE_HOME/sockstage/progress, a line
 * each: `NAME begun` or `NAME played`. */
#ifndef SOCKSTAGE_APP_PROGRESS_H
#define SOCKSTAGE_APP_PROGRESS_H

#include "sockstage/base/err.h"
#include "sockstage/tui/tui.h"

enum tui_played progress_of(const char *lesson);
/* Keeps it, if it is more than what is known. 0 or -errno. */
int progress_set(const char *lesson, enum tui_played played, struct err *e);

#endif
