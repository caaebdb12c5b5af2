/* Inside the model: the stages of a journal, found as their events come. */
#ifndef CHAPTERS_H
#define CHAPTERS_H

#include "sockstage/model/timeline.h"

struct chapters;

/* Those that are in the journal already, and from now on those that come. */
struct chapters *chapters_new(struct journal *j);
void chapters_free(struct chapters *c); /* before the journal */

size_t chapters_count(const struct chapters *c);
const struct timeline_chapter *chapters_at(const struct chapters *c, size_t i);
/* Which of them that cursor is in; 0 before the first. */
size_t chapters_find(const struct chapters *c, uint64_t cursor);

#endif
