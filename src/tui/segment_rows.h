/* Every header field of a segment with its meaning, and what became of it. */
#ifndef TUI_SEGMENT_ROWS_H
#define TUI_SEGMENT_ROWS_H

#include "ui.h"

#include "sockstage/base/str.h"

/* What the rows are made from. */
struct inspected {
    const struct model *m;
    const struct model_segment *s;
    uint64_t now_ns;
    bool knows_scale; /* of the window; what it is */
    uint8_t scale;
};
struct inspected inspected_make(
    const struct moment *m, const struct model_segment *s);

/* One line: "TTL", "64", "routers that it may still pass". A name without a
 * value is a heading. */
struct segment_line {
    const char *name; /* translated */
    bool is_heading;
    struct str value;
    struct str meaning;  /* translated */
    bool is_own;         /* the meaning is of this segment alone */
    const char *explain; /* N_() */
    const char *see;
};
enum segment_where {
    SEGMENT_IN_PANEL = 1,
    SEGMENT_IN_BOX = 2,
    SEGMENT_IN_BOTH = 3,
};
/* Calls `add` for each line that this segment has there. */
void segment_lines(const struct inspected *in, enum segment_where where,
    void (*add)(void *ctx, const struct segment_line *line), void *ctx);

/* The most telling fields for a small box. */
#define SEGMENT_BOX_LINES 7
void segment_box_draw(
    struct draw *d, struct rect r, const struct model_segment *s);

#endif
