/* Events of a busy stage, as many as wanted: a hundred connections, one after
 * the other; a call sends a segment, it arrives, its acknowledgment comes
 * back. The `stage` event before them is not among them. */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include "sockstage/model/event.h"

#define TRAFFIC_CONNECTIONS 100

struct traffic_connection {
    char process[16], owner[24];
    uint32_t sent;
};

struct traffic {
    struct traffic_connection connections[TRAFFIC_CONNECTIONS];
    uint64_t calls, segments;
    char python[64];
};

void traffic_begin(struct traffic *t);

/* The i-th event, asked for in order; valid until the next. */
void traffic_event(struct traffic *t, uint64_t i, struct event *e);

#endif
