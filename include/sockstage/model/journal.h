/* The ordered record of everything that happened. It keeps a window of events
 * in memory, bounded in bytes; the oldest leave first.
 *
 * Loop thread only. Subscribers hear each event once, in the order in which
 * they came; one may publish or unsubscribe (itself too) from its callback: an
 * event published there is heard by all after the current one. */
#ifndef SOCKSTAGE_MODEL_JOURNAL_H
#define SOCKSTAGE_MODEL_JOURNAL_H

#include "sockstage/model/event.h"

struct journal;
struct journal_subscriber;

struct journal *journal_new(size_t window_bytes);
void journal_free(struct journal *j); /* NULL is allowed */

/* Whether the copies of segment events keep their packets, for subscribers and
 * readers alike; false at first, which makes a bulk transfer cheap. */
void journal_keep_packets(struct journal *j, bool keep);

/* Copies the event, gives it its `seq`, tells the subscribers. Texts that `e`
 * borrows need to live only until the return. */
void journal_publish(struct journal *j, const struct event *e);

/* The events kept: first .. end-1 by seq; journal_at() is NULL outside. Valid
 * until the next publish. */
uint64_t journal_first(const struct journal *j);
uint64_t journal_end(const struct journal *j);
const struct event *journal_at(const struct journal *j, uint64_t seq);

struct journal_subscriber *journal_subscribe(struct journal *j,
    void (*heard)(void *ctx, const struct event *e), void *ctx);
void journal_unsubscribe(struct journal *j, struct journal_subscriber *s);

#endif
