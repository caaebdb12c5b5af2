/* The door between the link and its faults. A fault sees every segment that
 * enters the wire and lets it pass, sets when it is due, changes it, or takes
 * it over. Faults keep their own state and know nothing of each other but
 * what link.h tells everybody. */
#ifndef SOCKSTAGE_WIRE_LINK_INTERNAL_H
#define SOCKSTAGE_WIRE_LINK_INTERNAL_H

#include "sockstage/wire/flow.h"
#include "sockstage/wire/link.h"

#include "packet_queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_id {
#define FAULT(id, name) FAULT_##id,
#include "faults.def"
#undef FAULT
    FAULT_COUNT
};

/* A segment between its entering and its fate. The bytes are borrowed; a fault
 * that changes them points to its own, which stay valid during the call. */
struct crossing {
    struct segment segment;
    const uint8_t *packet;
    size_t len;
    uint64_t due_ns; /* when it leaves; starts as the time of entering */
};

enum fault_answer {
    FAULT_PASS,     /* on to the next fault, and then over the wire */
    FAULT_CONSUMED, /* its fate is decided, and reported */
};

struct fault {
    /* Makes and frees the state of one link. */
    void *(*start)(void);
    void (*stop)(void *state);
    /* May be NULL. Is this repeat to be folded? Asked before the segment gets
     * an id and is reported; if so, sets *original to what it repeats. */
    bool (*fold)(struct link *l, void *state, const struct segment *repeat,
        struct segment *original);
    /* May be NULL. */
    enum fault_answer (*enter)(struct link *l, void *state, struct crossing *c);
};

#define FAULT(id, name) extern const struct fault fault_##name;
#include "faults.def"
#undef FAULT

/* The state that the start() of this fault made. */
void *link_fault_state(const struct link *l, enum fault_id id);
const struct flow_table *link_flows(const struct link *l);

/* Reports a fate, and counts the lost. `s` must outlive the callback, which may
 * call any verb: so never a segment in a queue. */
void link_report(struct link *l, const struct segment *s, enum verdict v);

/* Writes a packet to the host opposite `p->segment.from` now; takes `p`. */
void link_carry(struct link *l, struct packet *p);

/* Whether the segment of this id is held. */
bool link_is_held(const struct link *l, uint64_t id);

/* Whether the pattern (NULL: any) means this segment, its connection
 * included. */
bool link_fits(
    const struct link *l, const struct pattern *p, const struct segment *s);

#endif
