/* The line of the notation that means one held segment. */
#ifndef TUI_WIRE_LINE_H
#define TUI_WIRE_LINE_H

#include "sockstage/base/str.h"
#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stdint.h>

/* Adds "VERB client DATA(1000) seq 1001 c1.s" to `out`; false, and nothing
 * added, if an older held segment fits the same words. */
bool wire_line(
    const struct model *m, uint64_t id, const char *verb, struct str *out);

#endif
