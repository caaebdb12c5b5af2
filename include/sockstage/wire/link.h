/* The wire: carries packets between two descriptors, one IP packet a read and
 * a write, and does to them what the wire lines say.
 *
 * Loop thread only. The descriptors (two TUN devices, two packet sockets, or
 * any pair of message sockets) are borrowed and must be non-blocking.
 * Everything that happens is reported through struct link_events, from within
 * link_pump() and the verbs below; a callback may call the verbs but not
 * link_close(). */
#ifndef SOCKSTAGE_WIRE_LINK_H
#define SOCKSTAGE_WIRE_LINK_H

#include "sockstage/base/err.h"
#include "sockstage/base/host.h"
#include "sockstage/wire/order.h"
#include "sockstage/wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct link_events {
    /* A segment entered the wire. The packet is valid during the call. */
    void (*entered)(
        void *ctx, const struct segment *s, const uint8_t *packet, size_t len);
    /* Its fate. For DELIVERED the packet has just been written and the
     * receiving kernel has processed it: this is the moment to look at the
     * receiver, before any other packet arrives. */
    void (*verdict)(void *ctx, const struct segment *s, enum verdict v);
    /* A link_pump() that moved something is over. NULL: not asked for. */
    void (*pumped)(void *ctx);
    /* The copy of a duplicated segment has been written as well: it may have
     * changed the receiver again. May be NULL. */
    void (*copied)(void *ctx, const struct segment *s);
    /* Does this segment belong to the connection PROCESS.SOCKET? */
    bool (*of_socket)(void *ctx, const struct segment *s, const char *process,
        const char *socket);
    /* A descriptor failed in a way that stops it (not EAGAIN). */
    void (*failed)(void *ctx, const struct err *e);
};

struct link;

/* Where the packets of one host come and go. In front of each stands a header
 * of the link layer, which ends in an EtherType; a length of 0 is for bare IP
 * packets. */
#define LINK_HEADER_MAX 16
struct link_port {
    int fd;
    size_t header_len;
    uint8_t header[LINK_HEADER_MAX]; /* the EtherType is filled in by the link
                                      */
};

int link_open(uv_loop_t *loop, const struct link_port *client,
    const struct link_port *server, const struct link_events *events, void *ctx,
    struct link **out, struct err *e);

/* Stops at once; frees the link when libuv has closed its handles, then calls
 * `closed` (may be NULL). Segments still on the wire are gone, silently. */
void link_close(struct link *l, void (*closed)(void *ctx), void *ctx);

/* Reads what has entered (at most a batch) and carries all that is due.
 * Returns whether anything moved. Called from the loop when a descriptor is
 * readable or a delay is over, and by whoever wants the wire to settle. */
bool link_pump(struct link *l);

/* Carries a wire line out; false if it is not for the link (deliver, mtu,
 * real). What it sets holds for what enters from now on; segments of one side
 * never overtake each other while they are under way. */
bool link_order(struct link *l, const struct wire_order *o);

/* What is set now; of delay, jitter and loss for the segments of one side. */
uint64_t link_delay_ns(const struct link *l, enum host from);
uint64_t link_jitter_ns(const struct link *l, enum host from);
uint32_t link_loss_ppm(const struct link *l, enum host from);
uint64_t link_rate(const struct link *l); /* bits a second, 0: no limit */
uint64_t link_seed(const struct link *l);
bool link_is_cut(const struct link *l);
bool link_coalesces(const struct link *l); /* repeats are folded */

/* hold: from now on every segment waits. release: delivers all held ones in
 * the order of entering (each as if delivered alone) and stops holding. */
void link_hold(struct link *l);
void link_release(struct link *l);
bool link_is_holding(const struct link *l);

/* Delivers, or drops, the oldest held segment that fits (NULL: any); returns
 * whether there was one. */
bool link_deliver_one(struct link *l, const struct pattern *p);
bool link_drop_held(struct link *l, const struct pattern *p);
/* The same for one segment by its id; duplicate: once it is delivered. */
bool link_deliver_id(struct link *l, uint64_t id);
bool link_drop_id(struct link *l, uint64_t id);
bool link_duplicate_id(struct link *l, uint64_t id);

/* Counts: held now (delayed ones aside), delayed now, dropped since opening,
 * and held by one flow (either direction). */
size_t link_held(const struct link *l);
size_t link_delayed(const struct link *l);
uint64_t link_dropped(const struct link *l);
bool link_holds_flow(
    const struct link *l, const struct addr *a, const struct addr *b);

/* The held segments, oldest first; NULL at the end. Valid until the next
 * change of the link. */
const struct segment *link_held_at(const struct link *l, size_t i);

#endif
