/* The list of lessons: rows of headings and lessons. */
#ifndef TUI_LESSON_LIST_H
#define TUI_LESSON_LIST_H

#include "sockstage/tui/tui.h"

#include <stdbool.h>
#include <stddef.h>

/* Lines below the list: a rule, what the marked lesson shows, and the signs. */
#define LESSON_LIST_ABOUT 2
#define LESSON_LIST_BELOW (1 + LESSON_LIST_ABOUT + 1)

size_t lesson_list_rows(const struct tui_lessons *l);
/* The lesson in that row; false: a heading, or nothing. */
bool lesson_list_at(const struct tui_lessons *l, size_t row, size_t *lesson);
size_t lesson_list_row(const struct tui_lessons *l, size_t lesson);

#endif
