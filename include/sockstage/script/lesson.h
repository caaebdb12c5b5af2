/* The built-in lessons: scripts that are part of the program, by section, in
 * the order of the course. Plain data; the titles are in the scripts. */
#ifndef SOCKSTAGE_SCRIPT_LESSON_H
#define SOCKSTAGE_SCRIPT_LESSON_H

#include "sockstage/base/embed.h"
#include "sockstage/base/str.h"
#include "sockstage/script/script.h"

#include <stdbool.h>
#include <stddef.h>

struct lesson {
    const struct embed_file *file;
    const char *section; /* N_() */
    size_t place;        /* in the course, from 1; 0: beside it */
    const char *about;   /* what it shows, N_(); "": not said */
};

struct lessons;

/* From files sorted by name, the last with the name NULL; borrowed. */
struct lessons *lessons_new(const struct embed_file *files);
void lessons_free(struct lessons *l); /* NULL is allowed */

/* Section after section; NULL beyond the last. */
const struct lesson *lessons_at(const struct lessons *l, size_t i);
const struct lesson *lessons_find(const struct lessons *l, const char *name);
/* The one with that place in the course, else the next one there is; NULL:
 * none comes any more. */
const struct lesson *lessons_of_course(const struct lessons *l, size_t place);

/* Whether an argument can only mean a lesson: a word, no path, no file. */
bool lesson_is_word(const char *argument);
/* Adds the names that are like that one, ", " between them; false: none is. */
bool lessons_add_near(
    const struct lessons *l, const char *name, struct str *out);

struct script *lesson_parse(const struct lesson *l, struct script_error *e);

#endif
