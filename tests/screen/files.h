/* What tests do with the files that a program under test saves. */
#ifndef TESTS_SCREEN_FILES_H
#define TESTS_SCREEN_FILES_H

#include "term.h"

#include <stddef.h>

/* An empty folder, into which the test (and what it starts) goes; removed with
 * what is in it by files_leave(). */
void files_enter(void);
void files_leave(void);

/* The name of the only file that ends so; NULL: there is none, or several. The
 * caller frees. */
char *files_only(const char *ending);
size_t files_count(void);
/* All that is in it; the caller frees. */
char *files_text(const char *name);
/* How many of its lines have that text. */
size_t files_lines(const char *name, const char *text);

/* A recording of one stage with so many lines behind it; the last one's text is
 * their number less one, with zeros before it. */
void files_write_long(const char *name, int lines);

/* Opens the menu of what can be saved and takes that one: the prompt asks for
 * the name then. False if it does not get there. */
bool files_choose(struct term *t, const char *format);

#endif
