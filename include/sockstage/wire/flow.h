/* What each connection has sent so far: gives segments their relative
 * numbers, and tells repeats, probes and what a repeat repeats. Pure
 * bookkeeping over decoded segments; no I/O, no clock. */
#ifndef SOCKSTAGE_WIRE_FLOW_H
#define SOCKSTAGE_WIRE_FLOW_H

#include "sockstage/wire/segment.h"

#include <stdint.h>

struct flow_table;

struct flow_table *flow_table_new(void);
void flow_table_free(struct flow_table *t); /* NULL is allowed */

/* Sets seq, ack, has_relative, retransmission, probe, kind, flow and times of a
 * TCP segment, and `times` of any other. For a repeat it returns the id of the
 * segment it repeats, 0 if that is not known any more; 0 for all others. A SYN
 * with another ISN begins a new connection. Call it once a segment, in the
 * order of entering; the caller then calls flow_sent() for a segment that is
 * not folded, with its id set. */
uint64_t flow_classify(struct flow_table *t, struct segment *s);
void flow_sent(struct flow_table *t, const struct segment *s);

/* Forgets what the receiver of this delivered segment has learnt to be
 * acknowledged, so that memory stays bounded. */
void flow_delivered(struct flow_table *t, const struct segment *s);

/* The segment that carried sequence number `seq` in the direction of `s`, as
 * flow_sent() got it; the latest one if there were several; NULL if it isn't
 * known any more. Borrowed until the next change of the table. */
const struct segment *flow_original(
    const struct flow_table *t, const struct segment *s, uint32_t seq);

#endif
