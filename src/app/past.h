/* The past of a session on the screen, live or recorded: a journal that keeps
 * what happened, in memory and beyond that in temporary files, and the moments
 * that can be made of it. */
#ifndef SOCKSTAGE_APP_PAST_H
#define SOCKSTAGE_APP_PAST_H

#include "sockstage/model/timeline.h"

#include <stdint.h>

struct past {
    struct journal *journal;
    struct history *history;
    struct timeline *timeline;
    uint64_t memory, disk;
    char notice[768]; /* why the past is shorter than it could be; "": no why */
    void (*shortened)(void *ctx, const char *notice);
    void *ctx;
};

/* Makes the journal; what is published goes in from now on. Half of `memory`
 * (bytes) is for events, half for moments; of the disk each may take `disk`
 * bytes, or what a lecture takes at most if that is more. `shortened` is told
 * at most once, maybe before this returns, that what no longer fits into memory
 * is lost. */
void past_open(struct past *p, uint64_t memory, uint64_t disk,
    void (*shortened)(void *ctx, const char *notice), void *ctx);

/* Makes history and timeline of `latest` (borrowed), a model that a subscriber
 * of the journal keeps up to date. */
void past_follow(struct past *p, const struct model *latest, bool recording);

void past_close(struct past *p); /* one never opened is allowed */

#endif
