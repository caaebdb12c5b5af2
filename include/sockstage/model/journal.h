/* The ordered record of everything that happened. It keeps a window of events,
 * packed, in memory bounded in bytes; the oldest leave first: to a spool if it
 * has one, else for good.
 *
 * Loop thread only. Subscribers hear each event once, in the order in which
 * they came; one may publish or unsubscribe (itself too) from its callback: an
 * event published there is heard by all after the current one. */
#ifndef SOCKSTAGE_MODEL_JOURNAL_H
#define SOCKSTAGE_MODEL_JOURNAL_H

#include "sockstage/base/spool.h"
#include "sockstage/model/event.h"

struct journal;
struct journal_subscriber;

/* With a window of 0 bytes no past is kept and nothing is copied: the cheapest
 * way for those who only listen. */
struct journal *journal_new(size_t window_bytes);
void journal_free(struct journal *j); /* NULL is allowed */

/* Gives it a spool (owned from now on) for what leaves the window. `failed` is
 * told once if it can't be written any more; then the window alone is left. */
void journal_set_spool(struct journal *j, struct spool *s,
    void (*failed)(void *ctx, const struct err *e), void *ctx);

/* Whether segment events that are kept keep their packets; false at first,
 * which makes a bulk transfer cheap. Subscribers always hear the packet that
 * was published. */
void journal_keep_packets(struct journal *j, bool keep);

/* Gives the event its `seq`, keeps a copy, tells the subscribers. What `e`
 * borrows needs to live only until the return. */
void journal_publish(struct journal *j, struct event *e);

/* The events kept: first .. end-1 by seq. */
uint64_t journal_first(const struct journal *j);
uint64_t journal_end(const struct journal *j);
/* What all events published so far took, packed; 0 if no past is kept. */
uint64_t journal_bytes_published(const struct journal *j);
/* NULL outside, or where the spool can't be read. Valid until the next call of
 * journal_at(), journal_find() or journal_publish(). */
const struct event *journal_at(const struct journal *j, uint64_t seq);

/* The nearest event from `seq` on (itself included), in steps of +1 or -1,
 * whose kind is among `kinds` (bits: 1 << EVENT_..) and which `fits` (NULL:
 * any) takes; journal_end() if there is none, or the spool can't be read. From
 * outside it begins at the first or the last one. Passes over stretches without
 * such a kind quickly. */
uint64_t journal_find(const struct journal *j, uint64_t seq, int step,
    unsigned kinds, bool (*fits)(const struct event *e));

struct journal_subscriber *journal_subscribe(struct journal *j,
    void (*heard)(void *ctx, const struct event *e), void *ctx);
void journal_unsubscribe(struct journal *j, struct journal_subscriber *s);

#endif
