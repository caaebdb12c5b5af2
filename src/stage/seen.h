/* A socket that the stage has seen, and the table of all of them. */
#ifndef SOCKSTAGE_STAGE_SEEN_H
#define SOCKSTAGE_STAGE_SEEN_H

#include "stage_int.h"

/* The names of a socket: "c1.s". Compared as bytes. */
struct owners {
    size_t count;
    char text[EVENT_OWNERS_MAX][2 * MODEL_NAME_MAX];
};

/* The addresses of a connection as packets carry them, on one host. Filled
 * after memset(), because it is hashed as bytes. */
struct flow_key {
    uint32_t host, proto;
    struct addr local, peer;
};

/* A socket that the kernel has (or a process holds), known by its cookie. */
struct seen {
    uint64_t cookie;
    enum host host;
    VEC(struct proc_sock *) holders; /* borrowed */
    bool accepted;                   /* a process holds or held it */
    bool published;                  /* `last` was published */
    bool postponed;                  /* is in stage.postponed */
    bool off_wire;                   /* its segments don't cross the wire */
    struct sock_sample last;
    struct sample_mem mem;             /* as published */
    uint64_t info_since_ns[INFO_AGES]; /* so are the ages */
    uint32_t info_len;                 /* so much of tcp_info was told of */
    uint64_t timer_at_ns;              /* since the stage opened; 0: none */
    uint64_t check_ns;    /* when to look whether it has fired; 0: never */
    uint64_t late_ns;     /* how long to give a timer that is late */
    struct owners owners; /* as published */
    uint64_t names_seen;  /* stage.names_touched when `owners` was made */
    uint32_t syn_queue;   /* as published */
    bool indexed;         /* is in stage.flows */
    struct flow_key key;
    UT_hash_handle hh;      /* stage.seen, by cookie */
    UT_hash_handle by_flow; /* stage.flows */
};

struct seen *seen_find(const struct stage *s, uint64_t cookie);
struct seen *seen_add(struct stage *s, enum host host, uint64_t cookie);

struct flow_key seen_flow_key(enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer);
struct seen *seen_find_flow(const struct stage *s, const struct flow_key *key);
/* The same by the ends of a packet; mostly it is the same one again. */
struct seen *seen_find_ends(struct stage *s, enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer);
/* Whether a segment belongs to it; see model_takes_segment(). */
bool seen_takes(const struct seen *k, const struct segment *seg);

/* Takes a new sample in and publishes what changed. */
void seen_update(struct stage *s, struct seen *k, struct sock_sample *now);
/* The kernel has it no more and no process holds it: publishes that, as
 * CLOSED, if it was ever told of, and forgets it. */
void seen_gone(struct stage *s, struct seen *k);
void seen_free_all(struct stage *s);

/* Lets observe_kernel_timer_fired() run at that time at the latest. */
void seen_arm_timer(struct stage *s, uint64_t at_ns);

#endif
