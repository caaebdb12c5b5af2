/* How a column is set: chosen once, from the rows that it has, and then drawn.
 */
#ifndef TUI_BLOCK_FIT_H
#define TUI_BLOCK_FIT_H

#include "block.h"

/* How much each block shows, and whether a blank line stands between them. The
 * selected block may show more. */
struct setting {
    enum density density, selected_density;
    size_t selected; /* b->len: none */
    bool gaps;
    size_t until[EXTRAS]; /* the blocks before that one show this as well */
};

/* What was measured while one column is drawn. Begins zeroed, but for the
 * width. */
struct measures {
    int width;
    struct measured *items; /* of the column's first blocks */
    size_t len;
};
void measures_done(struct measures *m);

/* The most that fits. Sets `number_lines` and `queue_lines` of `d`, which hold
 * until the column is drawn. */
struct setting blocks_fit(struct draw *d, const struct rect *r,
    const struct blocks *b, size_t selected);

enum density block_density(const struct setting *set, size_t i);
/* Bits by enum extra. */
unsigned block_extras(const struct setting *set, size_t i);
/* The lines of block `i` in a column of that width; where `d` has measures,
 * which are of this column, it is measured once. */
int block_measure(struct draw *d, int width, const struct blocks *b, size_t i,
    const struct setting *set);
/* The blank lines behind it. */
int block_gap(const struct blocks *b, size_t i, const struct setting *set);
/* Whether all fit. */
bool blocks_all_fit(struct draw *d, const struct rect *r,
    const struct blocks *b, const struct setting *set);
/* Whether all blocks of a column fit there with their states in words. */
bool column_fits(struct draw *d, struct rect r, enum column column);

#endif
