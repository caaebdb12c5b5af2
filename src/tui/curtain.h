/* The curtain of a lesson: what it hides is nowhere on the screen. */
#ifndef TUI_CURTAIN_H
#define TUI_CURTAIN_H

#include "ui.h"

bool curtain_hides(const struct moment *m, enum column column);
bool curtain_hides_host(const struct moment *m, enum host host);
bool curtain_hides_process(const struct moment *m, const char *process);
bool curtain_is_down(const struct moment *m); /* over any of them */
/* Whether the action would show or need what is hidden. */
bool curtain_stops(const struct moment *m, enum action a);
/* Draws it instead of a column; false: that isn't hidden. */
bool curtain_draw(struct draw *d, struct rect r, enum column column);
const char *curtain_words(void);

#endif
