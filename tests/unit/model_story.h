/* Endless made-up stories: events of every kind in any order, as a stage and
 * as a hostile recording might have them. The same seed tells the same. */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

#include "sockstage/model/event.h"

#define STORY_NAME 80

struct story {
    uint64_t luck; /* of xorshift; not 0 */
    uint64_t t_ns;
    uint64_t call, segment;
    bool begun;
    unsigned burst; /* events of a bulk transfer still to come */
    bool verdict_due;
    /* What the latest event borrows. */
    char texts[EVENT_OWNERS_MAX][STORY_NAME];
    char text[256];
};

void story_begin(struct story *s, uint64_t seed);

/* The next event; valid until the one after it. The first opens a stage. */
struct event story_next(struct story *s);

/* A number below `limit`. */
uint64_t story_luck(struct story *s, uint64_t limit);

#endif
