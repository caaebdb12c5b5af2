/* The stage at one moment: the events of the journal, folded. It changes only
 * through model_apply(); it knows no clock, reads nothing, and draws nothing.
 *
 * Times are nanoseconds since the stage opened. Pointers that it returns are
 * valid until the next model_apply(); keep ids and names instead. */
#ifndef SOCKSTAGE_MODEL_MODEL_H
#define SOCKSTAGE_MODEL_MODEL_H

#include "sockstage/model/event.h"
#include "sockstage/model/fields.h"
#include "sockstage/model/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_NAME_MAX 32

struct model_process {
    char name[MODEL_NAME_MAX];
    char parent[MODEL_NAME_MAX]; /* "" : none */
    enum host host;
    bool exited;
    uint64_t parked_call; /* id, 0: not parked */
    uint64_t last_call;   /* id, 0: none yet */
};

struct model_call {
    uint64_t id;
    char process[MODEL_NAME_MAX];
    char *socket; /* NULL: none */
    char *name;   /* "connect" */
    char *python;
    char *syscall; /* with result once returned; NULL: none */
    uint64_t t_ns; /* when it was made */
    bool blocked;  /* it had to wait */
    bool returned;
    char *result; /* repr; NULL for None or an error */
    char *error;  /* errno name */
    char *exception;
    char *message;
    char *why; /* why it failed here, see why.h; NULL: not known, or of one of
                  the older calls */
    uint64_t elapsed_ns;
};

struct model_sock {
    uint64_t id; /* cookie */
    enum host host;
    char owners[EVENT_OWNERS_MAX][2 * MODEL_NAME_MAX];
    size_t owner_count;
    char former[2 * MODEL_NAME_MAX]; /* who held it last, once nobody does */
    uint8_t proto;
    uint8_t state; /* enum tcp_state */
    struct addr local, peer;
    bool is_listener, gone, accepted, has_mem;
    uint32_t send_buffer, unsent, recv_buffer; /* payload bytes */
    uint32_t recv_memory; /* UDP: of all waiting datagrams, see sample.h */
    uint32_t sndbuf, rcvbuf;
    struct sample_mem mem;
    uint8_t timer; /* enum sock_timer */
    uint64_t timer_at_ns;
    uint32_t timer_retrans;
    uint32_t accept_queue, backlog, syn_queue, ignored;
    uint32_t refused_syns, refused_acks; /* see model_refused() */
    struct info_set info_known;          /* rows of info.def */
    struct sample_tcp_info info;
    uint64_t info_since_ns[INFO_AGES]; /* see info_age_since() */
    uint64_t opened_ns;
    uint64_t changed_ns;       /* any change */
    uint64_t state_changed_ns; /* of the state */
    uint64_t send_changed_ns, recv_changed_ns;
};

/* Why a segment that arrived had no effect; see reasons.def. */
enum model_reason {
    MODEL_REASON_NONE,
#define REASON(id, brief, words, meaning, explain, see) MODEL_REASON_##id,
#include "sockstage/model/reasons.def"
#undef REASON
    MODEL_REASONS
};
/* N_(); "" for NONE. */
const char *model_reason_words(enum model_reason r, bool brief);
const char *model_reason_meaning(enum model_reason r);
/* A few sentences, N_(), and where that stands. */
const char *model_reason_explain(enum model_reason r);
const char *model_reason_see(enum model_reason r);

#define MODEL_FATES_MAX 6

struct model_segment {
    struct segment seg;
    bool has_verdict;
    enum verdict verdict; /* its fate: the latest of the others */
    uint64_t verdict_ns;
    uint32_t copies;            /* repeats folded into it */
    uint64_t copied_ns;         /* the latest of them */
    bool duplicated, corrupted; /* on its way */
    enum model_reason reason;
    struct {
        enum verdict verdict;
        uint64_t t_ns;
    } fates[MODEL_FATES_MAX]; /* all, COALESCED aside, the oldest first */
    size_t fate_count;
};

/* Segments that followed each other faster than the eye: data, its
 * acknowledgments, and datagrams, none of them held. */
#define MODEL_RUN_MIN 16 /* more than so many, that is */
struct model_run {
    uint64_t first, last; /* ids; all between belong to it */
    uint64_t from_ns, to_ns;
    uint8_t proto;
    struct addr client, server; /* of the first one's ends */
    bool several;               /* not all are of that connection */
    uint32_t count[HOST_COUNT]; /* by sender, as the payload bytes */
    uint64_t bytes[HOST_COUNT];
    uint32_t lost, again;
};

/* A socket came into being in a state (`before` is TCP_STATE_NONE), or went
 * from one to another. */
struct model_change {
    uint64_t sock; /* id */
    uint64_t t_ns;
    uint8_t before, state; /* enum tcp_state */
};

/* What the inspector shows of a socket beside numbers. */
enum model_text {
    MODEL_TEXT_OWNERS,
    MODEL_TEXT_LOCAL,
    MODEL_TEXT_PEER,
    MODEL_TEXT_TIMER, /* which, and how often it fired */
    MODEL_TEXTS
};

#define MODEL_RECENT_NS  UINT64_C(1000000000)
#define MODEL_FIELDS_MAX 32 /* rows of fields.def, and of mem.def */

/* When each row of a socket's numbers changed: known for MODEL_RECENT_NS at
 * least, as far as not too many others changed since; 0: not known. What it
 * began with is no change. */
struct model_recent {
    uint64_t info_ns[INFO_SET_MAX]; /* rows of info.def */
    uint64_t mem_ns[MODEL_FIELDS_MAX];
    uint64_t field_ns[MODEL_FIELDS_MAX]; /* as field_at() counts, but for those
                                            that are rows of tcp_info */
    uint64_t text_ns[MODEL_TEXTS];
};

struct model_note {
    char *text; /* NULL: none yet */
    char lang[8];
    uint64_t t_ns;
};

#define MODEL_OPTIONS_MAX 9

/* What the lines of a script say at that moment. */
struct model_lesson {
    const char *title;    /* NULL: none yet, as the others */
    const char *question; /* until the next narration or question */
    const char *options[MODEL_OPTIONS_MAX];
    size_t option_count;
    size_t right;   /* the right option, from 1; 0: it isn't told */
    size_t vote;    /* the class' choice, from 1; 0: none */
    uint64_t asked; /* when, plus 1: tells it from others of its stage */
    bool judged;    /* a call or a line that does something has followed */
    bool told;      /* a narration has: it belongs to the answer */
    const char *try_text;
};

/* What a curtain can hide, until `show`. */
enum model_part { MODEL_CLIENT, MODEL_WIRE, MODEL_SERVER, MODEL_PARTS };

struct model;

struct model *model_new(void);
void model_free(struct model *m); /* NULL is allowed */

void model_apply(struct model *m, const struct event *e);

/* When the last applied event happened. */
uint64_t model_now_ns(const struct model *m);

/* What kind of wire ("private"...); "" before the stage event. */
const char *model_wire(const struct model *m);
const struct wire_status *model_wire_status(const struct model *m);
size_t model_addresses(
    const struct model *m, enum host host, const struct addr **out);

/* In the order in which they came into being. */
size_t model_process_count(const struct model *m);
const struct model_process *model_process_at(const struct model *m, size_t i);
/* How many of them are of that host. */
size_t model_host_processes(const struct model *m, enum host host);
const struct model_process *model_process(
    const struct model *m, const char *name);

/* Sockets that the kernel still has or a process still holds, in the order of
 * their first event, both hosts together. One that is gone leaves this list,
 * but model_sock() and model_sock_owned() still find the latest of them. */
size_t model_sock_count(const struct model *m);
const struct model_sock *model_sock_at(const struct model *m, size_t i);
const struct model_sock *model_sock(const struct model *m, uint64_t id);
/* The socket that PROCESS holds under that variable, or held there last, if it
 * was closed since; NULL if there was none. */
const struct model_sock *model_sock_owned(
    const struct model *m, const char *process, const char *variable);
/* The sockets of a process (of the first one, where several hold it), and
 * those that only the kernel of a host still has; what waits for accept() is
 * among neither. In the order of their first event. */
size_t model_process_sock_count(const struct model_process *p);
const struct model_sock *model_process_sock_at(
    const struct model_process *p, size_t i);
size_t model_orphan_count(const struct model *m, enum host host);
const struct model_sock *model_orphan_at(
    const struct model *m, enum host host, size_t i);
/* Its place among these; SIZE_MAX: it is in none. */
size_t model_sock_place(const struct model_sock *s);
/* The other end of a connection, on the other (or the same) host. */
const struct model_sock *model_sock_peer(
    const struct model *m, const struct model_sock *s);
/* As model_sock_peer(), but where there is none the latest that has been and
 * is gone since `s` came into being. */
const struct model_sock *model_sock_last_peer(
    const struct model *m, const struct model_sock *s);
/* The i-th socket that waits for accept() (ESTABLISHED side) or in the SYN
 * queue of this listener; NULL beyond the last. */
const struct model_sock *model_accept_queue_at(
    const struct model *m, const struct model_sock *listener, size_t i);
const struct model_sock *model_syn_queue_at(
    const struct model *m, const struct model_sock *listener, size_t i);

/* What a listener has thrown away because a queue was full, by kind: of those
 * that are no SYN each carried the last ACK of a handshake. False if not all
 * of it was seen on the wire: then only the kernel's counter, `ignored`, tells
 * of it, and that is no number of segments. */
bool model_refused(const struct model_sock *s, uint32_t *syns, uint32_t *acks);

/* The changes of state kept (a bounded tail of all sockets' together), oldest
 * first. */
size_t model_change_count(const struct model *m);
const struct model_change *model_change_at(const struct model *m, size_t i);

void model_recent(
    const struct model *m, uint64_t sock, struct model_recent *out);

/* Whether a segment belongs to the socket of that host with these addresses
 * (`peer` may have family 0): one of its connection, of a listener or an
 * unconnected UDP socket all to and from its port, and an ICMP error about one
 * of these. */
bool model_takes_segment(enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer, const struct segment *s);

/* Who holds the socket at that end of a segment, or held it last: "c1.s"; NULL
 * if nobody is known to. */
const char *model_segment_owner(
    const struct model *m, const struct segment *s, enum host host);

/* The socket whose connection the segment belongs to, at that end; NULL if none
 * is listed. */
const struct model_sock *model_segment_connection(
    const struct model *m, const struct segment *s, enum host host);

/* How many TCP entries `ss -ta` would list on that host; of one state, or of
 * all with TCP_STATE_NONE. */
size_t model_listed(const struct model *m, enum host host, uint8_t state);

/* The segments kept (a bounded tail), oldest first; by id NULL if not kept. */
size_t model_segment_count(const struct model *m);
const struct model_segment *model_segment_at(const struct model *m, size_t i);
const struct model_segment *model_segment(const struct model *m, uint64_t id);
/* The index of that segment, or of the first kept one behind it. */
size_t model_segment_index(const struct model *m, uint64_t id);
/* Those with SYN among them, in the same order. */
size_t model_syn_count(const struct model *m);
const struct model_segment *model_syn_at(const struct model *m, size_t i);
/* The run that the segment with that id belongs to; NULL if it stands alone. */
const struct model_run *model_run(const struct model *m, uint64_t id);
uint64_t model_held(const struct model *m);    /* held now */
uint64_t model_dropped(const struct model *m); /* dropped so far */

/* The calls kept (a bounded tail), oldest first; by id NULL if not kept. */
size_t model_call_count(const struct model *m);
const struct model_call *model_call_at(const struct model *m, size_t i);
const struct model_call *model_call(const struct model *m, uint64_t id);

/* The latest narration of that language, else of any; NULL if there is none. */
const struct model_note *model_note(const struct model *m, const char *lang);

/* Each text in that language (NULL: English), else in English. */
struct model_lesson model_lesson(const struct model *m, const char *lang);
/* How many options an open question has, in the language that has the most;
 * 0: none is open. */
size_t model_open_options(const struct model *m);
bool model_hides(const struct model *m, enum model_part part);
bool model_hides_any(const struct model *m);

#endif
