/* The wire: carries packets between two descriptors, one IP packet a read and
 * a write, and does to them what the wire lines say.
 *
 * Loop thread only. The descriptors (two TUN devices, or any pair of message
 * sockets) are borrowed and must be non-blocking. Everything that happens is
 * reported through struct link_events, from within link_pump() and the
 * verbs below; a callback may call the verbs but not link_close(). */
#ifndef SOCKSTAGE_WIRE_LINK_H
#define SOCKSTAGE_WIRE_LINK_H

#include "sockstage/base/err.h"
#include "sockstage/base/host.h"
#include "sockstage/wire/pattern.h"
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
    /* Does this segment belong to the connection PROCESS.SOCKET? */
    bool (*of_socket)(void *ctx, const struct segment *s, const char *process,
        const char *socket);
    /* A descriptor failed in a way that stops it (not EAGAIN). */
    void (*failed)(void *ctx, const struct err *e);
};

struct link;

int link_open(uv_loop_t *loop, int client_fd, int server_fd,
    const struct link_events *events, void *ctx, struct link **out,
    struct err *e);

/* Stops at once; frees the link when libuv has closed its handles, then calls
 * `closed` (may be NULL). Segments still on the wire are gone, silently. */
void link_close(struct link *l, void (*closed)(void *ctx), void *ctx);

/* Reads what has entered (at most a batch) and carries all that is due.
 * Returns whether anything moved. Called from the loop when a descriptor is
 * readable or a delay is over, and by whoever wants the wire to settle. */
bool link_pump(struct link *l);

/* Sides are a mask: 1 << HOST_CLIENT, 1 << HOST_SERVER: segments *from* them.
 * The delay counts from entering the wire; segments already under way keep
 * theirs; those of one side never overtake each other. */
#define LINK_BOTH ((1U << HOST_CLIENT) | (1U << HOST_SERVER))
void link_set_delay(struct link *l, unsigned sides, uint64_t delay_ns);
uint64_t link_delay_ns(const struct link *l, enum host from);

/* hold: from now on every segment waits. release: delivers all held ones in
 * the order of entering (each as if delivered alone) and stops holding. */
void link_hold(struct link *l);
void link_release(struct link *l);
bool link_is_holding(const struct link *l);

/* Delivers, or drops, the oldest held segment that fits (NULL: any); returns
 * whether there was one. */
bool link_deliver_one(struct link *l, const struct pattern *p);
bool link_drop_held(struct link *l, const struct pattern *p);
/* The same for one segment by its id. */
bool link_deliver_id(struct link *l, uint64_t id);
bool link_drop_id(struct link *l, uint64_t id);

/* The next `count` segments that fit vanish: held ones first, then those still
 * to come. */
void link_drop_next(struct link *l, uint32_t count, const struct pattern *p);

/* Whether repeats are folded (default true). */
void link_set_coalesce(struct link *l, bool on);
bool link_coalesces(const struct link *l);

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
