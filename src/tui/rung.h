/* The lines of the ladder: a segment each, or a run of them that came faster
 * than the eye, unless it is opened. */
#ifndef TUI_RUNG_H
#define TUI_RUNG_H

#include "ui.h"

struct rung {
    size_t first, end;           /* indices of the model's segments */
    const struct model_run *run; /* NULL: it is one segment */
};

/* The one that the segment at index `i` is in. */
struct rung rung_at(const struct moment *m, size_t i);
/* The selected one; false if there is none. */
bool rung_selected(const struct moment *m, struct rung *out);

#endif
