/* The moments of a journal: the model after any number of its events. Copies
 * of the model (keyframes) taken on the way make going back quick; one is
 * taken after about as many bytes of events as the last one was large, so that
 * they cost no more memory than the events.
 *
 * A cursor is a number of events: the moment `n` is that after the events
 * 0 .. n-1 of the journal. */
#ifndef SOCKSTAGE_MODEL_HISTORY_H
#define SOCKSTAGE_MODEL_HISTORY_H

#include "sockstage/model/journal.h"
#include "sockstage/model/model.h"

struct history;

/* Listens to the journal from now on, and takes keyframes of `latest`: the
 * model with every event applied so far, kept up to date by a subscriber that
 * came before. Both are borrowed. Keyframes take at most `window_bytes` of
 * memory. */
struct history *history_new(
    struct journal *j, const struct model *latest, size_t window_bytes);
void history_free(struct history *h); /* before its journal; NULL is allowed */

/* As journal_set_spool(), for the keyframes. */
void history_set_spool(struct history *h, struct spool *s,
    void (*failed)(void *ctx, const struct err *e), void *ctx);

/* The oldest moment that can be made. */
uint64_t history_first(const struct history *h);

/* The moment at that cursor; NULL before history_first() or beyond the
 * journal's end. Going forward from the moment asked for last applies only the
 * events between. Valid until the next call for another moment. */
const struct model *history_at(struct history *h, uint64_t cursor);

/* Moments made by unpacking a keyframe, and events applied to make moments, so
 * far: for tests and benchmarks. */
uint64_t history_unpacked(const struct history *h);
uint64_t history_applied(const struct history *h);

#endif
