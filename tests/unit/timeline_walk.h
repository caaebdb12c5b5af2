/* A journal with its model, its history and its timeline, and a small story in
 * it. */
#ifndef TIMELINE_WALK_H
#define TIMELINE_WALK_H

#include "model_events.h"
#include "sockstage/model/timeline.h"

#define SECOND (1000 * MS)

struct walk {
    struct journal *journal;
    struct model *latest;
    struct history *history;
    struct timeline *timeline;
};

void walk_begin(struct walk *w, size_t window);
void walk_look(struct walk *w, bool recording); /* makes the timeline */
void walk_end(struct walk *w);

void walk_publish(struct walk *w, struct event e);
/* Ten events, a tenth of a second between two:
 *   0 stage  1 title  2 process  3 note  4 call  5 return  6 mark  7 wire
 *   8 call  9 return */
void walk_publish_story(struct walk *w);

uint64_t walk_cursor(const struct walk *w);
void walk_assert_at(const struct walk *w, uint64_t cursor);

#endif
