/* One line of the ladder: a label at its sender, an arrow, and a word. */
#ifndef TUI_ARROW_H
#define TUI_ARROW_H

#include "canvas.h"
#include "fate.h"

struct arrow {
    enum host from;
    const struct fate_row *look;
    const char *label;
    enum theme_key label_style;
    const char *word; /* "" : none */
    enum theme_key word_style;
    const char *line; /* what it is made of: "─" */
    const char *mark; /* in its middle; NULL: nothing */
    int permille;     /* REACH_TRAVELLED: of its way */
    bool word_below;  /* its label leaves the word no room */
};

/* The columns that the way of its head has in a line of `width`. */
int arrow_room(struct canvas *cv, int width, const struct arrow *a);
/* Whether its label is cut, so that the word should go below. */
bool arrow_cuts_label(struct canvas *cv, int width, const struct arrow *a);
/* Whether its word stands in its line. */
bool arrow_holds_word(struct canvas *cv, int width, const struct arrow *a);
/* Draws it; r.h is 1, or 2 with the word below: at the receiver, if it has
 * come there. */
void arrow_draw(struct canvas *cv, struct rect r, const struct arrow *a);

#endif
