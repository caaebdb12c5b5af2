/* A queue of packets: an array of pointers whose used part moves towards its
 * end, so that taking the first is cheap and any one can be reached. */
#include "packet_queue.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 16U

struct packet *packet_new(
    const struct segment *s, const uint8_t *bytes, size_t len)
{
    struct packet *p = xmalloc(sizeof *p + len);

    *p = (struct packet){.segment = *s, .len = len};
    memcpy(p->bytes, bytes, len);
    return p;
}

void packet_queue_done(struct packet_queue *q)
{
    for (size_t i = 0; i < q->len; i++)
        free(packet_queue_at(q, i));
    free(q->items);
    *q = (struct packet_queue){0};
}

static void make_room(struct packet_queue *q)
{
    if (q->head + q->len < q->cap)
        return;
    if (q->head > q->len) {
        memmove(q->items, q->items + q->head, q->len * sizeof(struct packet *));
        q->head = 0;
        return;
    }
    q->cap = q->cap ? q->cap * 2 : FIRST_CAP;
    q->items = xreallocarray(q->items, q->cap, sizeof(struct packet *));
}

void packet_queue_push(struct packet_queue *q, struct packet *p)
{
    make_room(q);
    q->items[q->head + q->len++] = p;
}

struct packet *packet_queue_at(const struct packet_queue *q, size_t i)
{
    return q->items[q->head + i];
}

struct packet *packet_queue_take(struct packet_queue *q, size_t i)
{
    struct packet *p = packet_queue_at(q, i);
    struct packet **place = q->items + q->head + i;

    q->len--;
    if (i == 0)
        q->head++;
    else
        memmove(place, place + 1, (q->len - i) * sizeof(struct packet *));
    if (q->len == 0)
        q->head = 0;
    return p;
}

size_t packet_queue_find(const struct packet_queue *q, uint64_t id)
{
    size_t low = 0, high = q->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (packet_queue_at(q, middle)->segment.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < q->len && packet_queue_at(q, low)->segment.id == id)
        return low;
    return SIZE_MAX;
}
