/* Inside the model: what the files that fold the events share. */
#ifndef MODEL_INT_H
#define MODEL_INT_H

#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/lesson.h"
#include "sockstage/model/model.h"

#define uthash_malloc(size) xmalloc(size)
#include <netinet/in.h>
#include <string.h>
#include <uthash.h>

#define MODEL_SEGMENTS_MAX 4096
#define MODEL_CALLS_MAX    1024
#define MODEL_WHYS_MAX     64 /* calls that keep why they failed */
#define MODEL_CHANGES_MAX  1024
#define MODEL_RECENT_MAX   256
#define MODEL_DEPARTED_MAX 256 /* gone sockets that can still be asked for */
#define MODEL_TAIL_SPARE   8   /* 1/8 of a full tail leaves at once */
#define MODEL_NOTES_MAX    4   /* languages */
/* What no stage comes near to, but a hostile recording would go beyond. Newer
 * ones are passed over, texts cut. */
#define MODEL_SOCKS_MAX     65536
#define MODEL_PROCESSES_MAX 16384
#define MODEL_HELD_MAX      1000000
#define MODEL_RUNS_MAX      MODEL_SEGMENTS_MAX
#define MODEL_CALL_TEXT_MAX 16384 /* bytes */
#define MODEL_LESSON_MAX    48    /* texts: these in four languages */

/* Of a model_sock or an event_socket: it counts bytes both ways. */
#define IS_CONNECTION(s) (!(s)->is_listener && (s)->proto == IPPROTO_TCP)
#define IS_DATAGRAM(s)   ((s)->proto == IPPROTO_UDP)

struct process {
    struct model_process pub; /* first: see index.c */
    struct bucket *held;      /* sockets; NULL: none */
    UT_hash_handle hh;        /* by pub.name */
};

struct call {
    struct model_call pub;
    struct process *process; /* owned by the model; NULL if unknown */
};

/* Sockets that answer the same question, see index.c. */
enum bucket_kind {
    BUCKET_HELD,   /* by the process `name` */
    BUCKET_ORPHAN, /* by the kernel of `host` only */
    BUCKET_PORTS,
    BUCKET_HALF_OPEN, /* in the queues of what listens on `local` */
    BUCKET_READY,
};

/* Hashed and compared as bytes: `unused` is 0, and there is no padding. */
struct bucket_key {
    uint8_t kind, host, proto, unused;
    uint16_t local, peer; /* ports */
    char name[MODEL_NAME_MAX];
};

struct bucket_item {
    uint64_t order;
    struct sock *sock;
};

struct bucket {
    struct bucket_key key;
    VEC(struct bucket_item) of; /* ascending; never empty */
    UT_hash_handle hh;
};

/* A socket is in at most one bucket of each kind, at that order. */
enum index_kind { INDEX_HOLDER, INDEX_PORTS, INDEX_QUEUE, INDEX_KINDS };

struct indexed {
    struct bucket *bucket; /* NULL: in none */
    uint64_t order;
};

struct sock {
    struct model_sock pub; /* first: see index.c */
    struct indexed in[INDEX_KINDS];
    bool departed;
    size_t former_count; /* of pub.owners, once nobody holds it; else 0 */
    uint64_t order;      /* grows from first event to first event */
    uint64_t queued;     /* grows too; set anew when the handshake ends */
    UT_hash_handle hh;   /* by pub.id */
};

/* Which socket a name such as "c1.s" means: the one that got it last, also
 * after close(), when only the kernel holds it or nobody does. */
struct owner {
    char name[2 * MODEL_NAME_MAX];
    struct sock *sock;
    UT_hash_handle hh;
};

/* What of a socket changed with one event, a bit per row; see recent.c. */
struct recent {
    uint64_t sock, t_ns;
    struct info_set info;
    uint32_t fields, mem;
    uint8_t texts; /* of enum model_text */
};

struct held {
    uint64_t id;
    UT_hash_handle hh;
};

struct lesson_text {
    enum lesson_kind kind;
    char lang[3];
    char *text; /* owned; never NULL */
    bool right; /* of an option */
};

struct model {
    uint64_t now_ns;
    char wire[16];
    struct wire_status status;
    struct addr addresses[HOST_COUNT][8];
    size_t address_count[HOST_COUNT];

    VEC(struct process *) processes; /* owned */
    size_t host_processes[HOST_COUNT];
    struct process *process_by_name;

    VEC(struct sock *) socks;    /* owned; ascending by `order` */
    struct sock *sock_by_id;     /* the departed too */
    VEC(struct sock *) departed; /* owned; the oldest first */
    struct owner *owners;        /* owned */
    struct bucket *buckets;      /* owned */
    uint64_t order;              /* the latest given to a socket */
    VEC(struct model_change) changes;
    VEC(struct recent) recent;

    VEC(struct model_segment *) segments; /* owned */
    VEC(struct model_segment *) spare;    /* owned; no longer used */
    VEC(struct model_segment *) syns;     /* those of `segments` */
    struct held *held;                    /* owned */
    uint64_t dropped;
    uint64_t last_delivered;    /* id; 0: its effect is known already */
    VEC(struct model_run) runs; /* ascending; the last may be too short */
    bool run_open;              /* the next segment may belong to the last */

    VEC(struct call *) calls; /* owned */

    struct model_note notes[MODEL_NOTES_MAX];
    size_t note_count;
    bool note_over; /* something was done: the next note is another one */

    VEC(struct lesson_text) lesson; /* in the order of the lines */
    uint64_t asked;                 /* see struct model_lesson */
    uint8_t vote;                   /* the latest for the question; 0: none */
    bool judged;
    bool told; /* a narration has followed the question */
    bool hidden[MODEL_PARTS];
};

/* model.c: makes it empty, as model_new() does */
void model_clear(struct model *m);

/* process.c: processes and their calls */
void process_apply(struct model *m, const struct event_process *e);
void call_apply(struct model *m, const struct event *e);
void call_apply_blocked(struct model *m, const struct event_blocked *e);
void call_apply_return(struct model *m, const struct event_return *e);
void process_clear(struct model *m);

/* sock.c */
void sock_apply(struct model *m, const struct event *e);
void sock_clear(struct model *m);

/* index.c: brings it up to date with what the socket says now, or that it
 * departed */
void index_follow(struct model *m, struct sock *s);
void index_add_process(struct model *m, struct process *p);
void index_clear(struct model *m);
/* Those with that local port and that of the peer (0: none); NULL: none. */
const struct bucket *index_ports(
    const struct model *m, uint8_t proto, uint16_t local, uint16_t peer);
/* Those that wait at that port of the host, whichever address it has. */
const struct bucket *index_queue(const struct model *m, enum bucket_kind kind,
    const struct model_sock *listener);

/* change.c: a socket that is in another state than before, or is new */
void change_add(
    struct model *m, const struct model_sock *s, uint8_t before, uint64_t t_ns);
void change_clear(struct model *m);

/* recent.c: before the event is applied to the socket */
void recent_note(
    struct model *m, const struct model_sock *s, const struct event *e);
void recent_clear(struct model *m);

/* traffic.c: segments and their fates */
void traffic_apply_segment(struct model *m, const struct event_segment *e);
void traffic_apply_verdict(struct model *m, const struct event *e);
void traffic_clear(struct model *m);
/* All `syns` anew, where `segments` were read or some left. */
void traffic_find_syns(struct model *m);
struct model_segment *traffic_find(const struct model *m, uint64_t id);

/* reason.c: what a delivered segment met. The socket event is the one that the
 * socket is about to take. */
void reason_delivered(struct model *m, struct model_segment *s);
void reason_counted(
    struct model *m, struct model_sock *sock, const struct event_socket *e);
void reason_answered(struct model *m, const struct segment *answer);
bool reason_is_reset_of(const struct segment *rst, const struct segment *s);

/* run.c */
void run_entered(struct model *m, const struct segment *s);
void run_held(struct model *m, const struct segment *s);
void run_lost(struct model *m, uint64_t id);
void run_trim(struct model *m);
void run_clear(struct model *m);

/* lesson.c */
void lesson_apply(struct model *m, const struct event *e);
void lesson_clear(struct model *m);

/* host.c */
void host_apply(struct model *m, const struct event_stage *e);

/* Copies a text into a fixed array; a longer one is cut, NULL becomes "". */
void model_copy_text(char *out, size_t size, const char *text);

#endif
