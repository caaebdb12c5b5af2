/* Packets that wait on the wire, oldest first. Each owns a copy of its bytes;
 * the queue owns the packets in it. */
#ifndef SOCKSTAGE_WIRE_PACKET_QUEUE_H
#define SOCKSTAGE_WIRE_PACKET_QUEUE_H

#include "sockstage/wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet {
    struct segment segment;
    uint64_t due_ns;
    unsigned marks;    /* 1 << enum fault_id: whose leave() is to come */
    uint32_t copies;   /* to be written behind it */
    bool is_copy;      /* the original is written */
    bool is_corrupted; /* no host will take it */
    size_t len;
    uint8_t bytes[];
};

/* Freed with free(3). */
struct packet *packet_new(
    const struct segment *s, const uint8_t *bytes, size_t len);

struct packet_queue {
    struct packet **items;
    size_t head, len, cap; /* items[head .. head + len) are in use */
};

void packet_queue_done(struct packet_queue *q);
void packet_queue_push(struct packet_queue *q, struct packet *p);
struct packet *packet_queue_at(const struct packet_queue *q, size_t i);

/* Takes packet `i` out; the caller owns it. The first costs O(1). */
struct packet *packet_queue_take(struct packet_queue *q, size_t i);

/* The place of the segment with this id in a queue whose ids rise; SIZE_MAX
 * if it isn't there. */
size_t packet_queue_find(const struct packet_queue *q, uint64_t id);

#endif
