/* The lines of a script that narrate, as a `line` event has them. */
#ifndef SOCKSTAGE_MODEL_LESSON_H
#define SOCKSTAGE_MODEL_LESSON_H

#include <stdbool.h>

enum lesson_kind {
    LESSON_NOTHING, /* a line that says nothing on the screen */
    LESSON_TITLE,
    LESSON_ASK,
    LESSON_OPTION,
    LESSON_TRY,
    LESSON_VOTE, /* keeps no text */
};

struct lesson_line {
    enum lesson_kind kind;
    char lang[3];
    bool right;       /* of an option: `option*` */
    const char *text; /* within the line */
};

/* False for a line that does something. */
bool lesson_read_line(const char *text, struct lesson_line *out);

#endif
