/* The lines of a lesson as its file has them, for the tests of all lessons. */
#ifndef TESTS_LESSON_TEXT_H
#define TESTS_LESSON_TEXT_H

#include "sockstage/base/embed.h"
#include "sockstage/base/vec.h"

#include <stdbool.h>

enum lesson_part {
    PART_TEXT,   /* title, note, ask, option, try */
    PART_CLAIM,  /* claim */
    PART_EXPECT, /* expect */
    PART_QUIET,  /* mark, require: nothing happens */
    PART_ACTION, /* everything else */
};

struct lesson_line {
    enum lesson_part part;
    int number;       /* in its file, from 1 */
    char word[16];    /* "option" of `option*.ko TEXT` */
    bool right;       /* option* */
    bool korean;      /* .ko */
    char *whole;      /* the line */
    const char *text; /* behind the word, in `whole` */
};

struct lesson_text {
    const char *name;
    VEC(struct lesson_line) lines; /* without blank ones and comments */
};

void lesson_text_read(struct lesson_text *l, const struct embed_file *file);
void lesson_text_done(struct lesson_text *l);

/* Whether it is a text that begins with that word. */
bool lesson_line_is(const struct lesson_line *line, const char *word);

#endif
