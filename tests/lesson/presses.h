/* What each press of Page Down plays of a lesson: the texts that are said, one
 * line that does something, and what only checks, hides or uncovers what it
 * did; a question stands alone. Read from the file's words, not by the player
 * that is tested. */
#ifndef TESTS_LESSON_PRESSES_H
#define TESTS_LESSON_PRESSES_H

#include "lesson_text.h"

#include "sockstage/base/vec.h"

#include <stdbool.h>
#include <stddef.h>

struct press {
    size_t from, to; /* lines of the lesson, `to` not included */
    bool does;       /* counts as a step */
    bool asks;       /* stops at an open question */
};

struct presses {
    VEC(struct press) list;
    size_t steps, expects;
};

void presses_read(struct presses *p, const struct lesson_text *l);
void presses_done(struct presses *p);

#endif
