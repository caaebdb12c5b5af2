/* The door between the link and its faults. A fault sees every segment that
 * enters the wire and lets it pass, sets when it is due, marks it for what
 * happens when it leaves, or takes it over; and it takes the wire lines that
 * are its own. Faults keep their own state and know nothing of each other but
 * what link.h and this header tell everybody. */
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

/* A segment between its entering and its fate. The bytes are borrowed. */
struct crossing {
    struct segment segment;
    const uint8_t *packet;
    size_t len;
    uint64_t due_ns; /* when it leaves; starts as the time of entering */
    unsigned marks;  /* 1 << enum fault_id: whose leave() is still to come */
};

enum fault_answer {
    FAULT_PASS,     /* on to the next fault, and then over the wire */
    FAULT_CONSUMED, /* its fate is decided, and reported */
};

/* All but start and stop may be NULL. */
struct fault {
    /* Makes and frees the state of one link. */
    void *(*start)(void);
    void (*stop)(void *state);
    /* Carries out a wire line; false if it is another fault's. */
    bool (*order)(struct link *l, void *state, const struct wire_order *o);
    /* Is this repeat to be folded? Asked before the segment gets an id and is
     * reported; if so, sets *original to what it repeats. */
    bool (*fold)(struct link *l, void *state, const struct segment *repeat,
        struct segment *original);
    enum fault_answer (*enter)(struct link *l, void *state, struct crossing *c);
    /* A packet that the fault has marked is about to be written. */
    void (*leave)(struct link *l, void *state, struct packet *p);
};

#define FAULT(id, name) extern const struct fault fault_##name;
#include "faults.def"
#undef FAULT

/* The state that the start() of this fault made. */
void *link_fault_state(const struct link *l, enum fault_id id);
const struct flow_table *link_flows(const struct link *l);

/* 64 random bits that follow the seed (luck.h), for this fault and segment. */
uint64_t link_luck(
    const struct link *l, enum fault_id id, const struct segment *s);

/* Reports a fate, and counts the lost. `s` must outlive the callback, which may
 * call any verb: so never a segment in a queue. */
void link_report(struct link *l, const struct segment *s, enum verdict v);

/* Writes a packet to the host opposite `p->segment.from` now; takes `p`. */
void link_carry(struct link *l, struct packet *p);

/* Lets a packet of the wire's own enter, made by a router for the sender of
 * `to`. */
void link_answer(struct link *l, const struct segment *to,
    const uint8_t *packet, size_t len);

/* Whether the segment of this id is held. */
bool link_is_held(const struct link *l, uint64_t id);
/* Takes the oldest held packet that fits, and that `test` (NULL: any) lets
 * through, out of the wire; NULL: none. The caller owns it. */
struct packet *link_take_held(struct link *l, const struct pattern *p,
    bool (*test)(const struct segment *s));
/* Marks the oldest held segments that fit, at most `count`, and returns how
 * many there were. */
uint32_t link_mark_held(
    struct link *l, enum fault_id id, uint32_t count, const struct pattern *p);

/* Whether the pattern (NULL: any) means this segment, its connection
 * included. */
bool link_fits(
    const struct link *l, const struct pattern *p, const struct segment *s);

#endif
