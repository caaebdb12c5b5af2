/* The lines typed at the prompt, kept between runs in
 * $XDG_STATE_HOME/sockstage/history (else ~/.local/state), at most
 * LINE_HISTORY_MAX of them. Several running programs share the file. */
#ifndef SOCKSTAGE_APP_LINE_HISTORY_H
#define SOCKSTAGE_APP_LINE_HISTORY_H

#include "sockstage/base/err.h"
#include "sockstage/base/vec.h"

#include <stdbool.h>
#include <stddef.h>

#define LINE_HISTORY_MAX 1000

struct line_history {
    char *path;        /* NULL: nothing is kept (no home, or it failed) */
    VEC(char *) lines; /* of earlier runs, oldest first; owned */
};

/* Finds and reads the file; one that is not there yet is no error. After an
 * error nothing is kept in this run. */
int line_history_open(struct line_history *h, struct err *e);
/* Adds lines to the file. After the first error nothing more is kept. */
int line_history_add(struct line_history *h, const char *const *lines,
    size_t count, struct err *e);
void line_history_close(struct line_history *h);

#endif
