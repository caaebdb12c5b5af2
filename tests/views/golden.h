/* Goldens: screens as text, and below each the views of which it was made. */
#ifndef TESTS_VIEWS_GOLDEN_H
#define TESTS_VIEWS_GOLDEN_H

#include "sockstage/base/str.h"

#include <stddef.h>
#include <stdint.h>

/* The i-th row of views.def; NULL behind the last. */
const char *golden_view_name(size_t i);

/* As it is kept in the file. */
void golden_add(struct str *out, const char *screen, uint64_t views);

/* What has to be the same in every run of a script on a real kernel: the same
 * text with signs in the place of what the kernel or the clock chooses. */
char *golden_of_any_run(const char *text);
/* Of that, what has to be the same at now and in a recording. The caller frees
 * both. */
char *golden_of_any_place(const char *text);

#endif
