/* What the files of the stage share.
 *
 *     stage.c     opening, closing, publishing
 *     timer.c     timers for the layers above
 *     process.c   processes, their variables and sockets
 *     parked.c    calls: made, parked, tried again, ended
 *     observe.c   what the kernel says of every socket, read when it can
 *                 have changed
 *     seen.c      the sockets seen so far; publishes what changed
 *     carry.c     the wire: segments and their fates, the wire lines
 *     settle.c    letting everything happen that happens by itself
 *     names.c     host names and addresses
 *     outlook.c   whether a parked call can still return
 */
#ifndef SOCKSTAGE_STAGE_INT_H
#define SOCKSTAGE_STAGE_INT_H

#include "sockstage/base/vec.h"
#include "sockstage/kernel/hosts.h"
#include "sockstage/kernel/ready.h"
#include "sockstage/stage/stage.h"
#include "sockstage/wire/link.h"

#include <uthash.h>

struct process;
struct running;
struct seen;

/* A socket object of one process: one descriptor, however many names. */
struct proc_sock {
    uint32_t id;           /* the process's own number: value_socket_id() */
    struct call_socket io; /* fd -1 once closed */
    uint64_t key;          /* in the ready set */
    bool watched;          /* is in it */
    uint64_t cookie;
    struct process *owner; /* borrowed */
    UT_hash_handle hh;     /* stage.socks, by key */
};

struct variable {
    char *name;
    struct value *value; /* owned */
    uint64_t cookie;     /* of the socket it holds or held last; 0: none */
};

/* The last call of a process that returned. */
struct outcome {
    bool has_returned, interrupted;
    struct value *result; /* owned */
    const char *error;    /* static text */
    const char *exception;
    char message[512];
    uint64_t elapsed_ns;
};

struct process {
    struct stage *stage; /* borrowed */
    char *name;
    enum host host;
    bool exited;
    bool collecting; /* process_collect() is at work */
    uint32_t next_sock_id;
    uint64_t calls;
    VEC(struct variable) variables;
    VEC(struct proc_sock *) socks; /* owned */
    struct running *running;       /* NULL: not parked */
    struct outcome last;
};

/* A call in progress. */
struct running {
    struct stage *stage; /* borrowed */
    struct process *process;
    struct call call;
    struct proc_sock *sock; /* NULL unless made on a socket */
    uint64_t id;
    uint64_t started_ns;
    char *python;
    int line; /* of the script */
    char *variable;
    char *targets[2];
    size_t target_count;
    value_convert *convert; /* NULL: none */
    char *decode;
    enum call_step step;
    bool parked;
    bool deadline_open; /* the timer handle must be closed */
    uv_timer_t deadline;
    /* A lingering close() on the thread pool, which has the descriptor. */
    bool working;
    struct call_socket lingering;
    bool threaded; /* `thread` runs */
    uv_thread_t thread;
    uv_async_t ended;
};

struct host_alias {
    char *name;
    enum host host;
};

struct stage {
    uv_loop_t *loop;         /* borrowed */
    struct journal *journal; /* borrowed */
    struct model *model;
    struct journal_subscriber *model_subscription;
    struct hosts *hosts;
    struct link *link; /* NULL on loopback */
    uint32_t mtu;      /* of the wire */
    struct ready *ready;
    uint64_t opened_ns;    /* CLOCK_MONOTONIC */
    bool patience_changed; /* a limit or timer was set by hand */

    VEC(struct process *) processes;
    VEC(struct host_alias) aliases;
    struct proc_sock *socks; /* hash by key */
    struct seen *seen;       /* hash by cookie */
    struct seen *flows;      /* hash by addresses, of those not CLOSED */
    struct seen *recent[HOST_COUNT]; /* found last among them, or NULL */
    VEC(struct seen *) listeners;
    size_t syn_received;     /* how many of `seen` are SYN_RECEIVED */
    size_t off_wire;         /* how many never meet the wire */
    unsigned burst;          /* segments without a pause, up to now */
    uint64_t burst_ns;       /* when the last of them was looked at */
    uint64_t told_ns;        /* of the event published last */
    uint64_t looked_ns;      /* when the postponed were looked at last */
    VEC(uint64_t) postponed; /* cookies to look at when the pump is over */
    uint64_t next_check_ns;  /* for which kernel_timer is set; 0: it is not */
    uint64_t next_key, next_call;
    uint64_t names_touched; /* grows whenever a name or its holder changes */
    struct call_env env;    /* ctx is the process of the call being tried */

    uv_poll_t ready_poll;
    uv_idle_t settle_idle;
    uv_timer_t kernel_timer; /* the next kernel timer that can fire */
    uv_timer_t tail_timer;   /* looks again at what no segment announces */
    unsigned tail_step;
    void (*settled)(void *ctx);
    void *settled_ctx;
    uint64_t settle_from_ns; /* when it was asked for */

    bool closing;
    unsigned handles; /* that closing still has to wait for */
    void (*closed)(void *ctx);
    void *closed_ctx;
    void (*reopened)(void *ctx, struct stage *fresh, const struct err *e);
};

/* process.c */
struct process *process_find(const struct stage *s, const char *name);
int process_ensure(
    struct stage *s, const char *name, struct process **out, struct err *e);
/* As process_ensure(), for what only a living process does: -ESRCH. */
int process_to_act(
    struct stage *s, const char *name, struct process **out, struct err *e);
int process_fork(struct process *parent, const char *name, struct err *e);
void process_exit(struct process *p);
/* What it still holds will end with RST, without a trace in the kernel. */
void process_reset(struct process *p);
void process_free(struct process *p);
struct variable *process_variable(const struct process *p, const char *name);
void process_assign(struct process *p, const char *name, struct value *v);
/* Closes the sockets that no name holds any more, as Python does. */
void process_collect(struct process *p);
int process_next_fd(const struct process *p);
/* Takes a kernel descriptor over as a new socket object of `p`. */
struct proc_sock *process_adopt(
    struct process *p, int fd, int shown_fd, int family, int type);
/* Lets epoll tell what happens to it, or not. */
void process_watch(struct proc_sock *ps);
void process_unwatch(struct proc_sock *ps);
struct proc_sock *process_sock(const struct process *p, uint32_t id);
struct proc_sock *process_sock_by_variable(
    const struct process *p, const char *name);

/* parked.c */
/* Makes a call outside the notation: `wish->variable` is replaced by `on`. */
int running_start(struct process *p, const struct stage_call *wish,
    struct proc_sock *on, struct err *e);
void running_retry(struct running *r);
void running_abandon(struct running *r); /* at teardown: no events */
/* Whether the thread of a lingering close() is about to begin or to end. */
bool running_linger_moves(struct stage *s);

/* observe.c */
/* Learns the cookie of a descriptor just made (asked for at once: made later,
 * the TIME_WAIT entry would carry another) and says nothing yet. */
void observe_attach(struct proc_sock *ps);
void observe_sock(struct proc_sock *ps);
void observe_process(struct process *p);
/* The socket of a host with these addresses, and the listener behind it. In a
 * long burst one that is ESTABLISHED is looked at when the burst is over, and
 * every few milliseconds, unless the segment can change its state
 * (`is_control`: SYN, FIN, RST). */
void observe_flow(struct stage *s, enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer, bool is_control);
void observe_postponed(struct stage *s); /* looks at them now */
void observe_pumped(struct stage *s);    /* .. if it is time */
/* The UDP sockets of a host that a datagram to or from `own`, an address of the
 * host, concerns; family 0: all of them. A UDP socket may have no peer, so it
 * is found by its own address alone. */
void observe_datagram(struct stage *s, enum host host, const struct addr *own);
/* Everything no process holds on a host, and all that never meets the wire. */
void observe_unheld(struct stage *s, enum host host);
void observe_off_wire(struct stage *s);
/* The descriptor is about to be closed. */
void observe_detach(struct proc_sock *ps);
/* It has been closed. Where other processes hold copies the kernel does
 * nothing, so no segment will announce that it has fewer owners. */
void observe_left(const struct proc_sock *ps);
/* Whether close() of this descriptor would wait for the peer (SO_LINGER of
 * more than 0 seconds, last copy, something to be acknowledged). */
bool observe_lingers(const struct proc_sock *ps);
/* Whether a FIN of the socket waits for its acknowledgment now. */
bool observe_fin_waits(struct stage *s, uint64_t cookie);
/* After a call: what no segment will announce is looked at again soon. */
void observe_tail_start(struct stage *s);
void observe_kernel_timer_fired(uv_timer_t *t);
void observe_tail_fired(uv_timer_t *t);

/* carry.c */
int carry_open(struct stage *s, struct err *e);
struct wire_status carry_status(const struct stage *s);

/* settle.c */
bool settle_pump(struct stage *s);
void settle_idle_turn(uv_idle_t *idle);
void settle_ready(uv_poll_t *poll, int status, int events);

/* names.c */
bool names_is_loopback(const struct addr *a);
int names_resolve(void *ctx, const char *host, int family, uint16_t port,
    struct addr *out, struct err *e);

/* stage.c */
void stage_publish(struct stage *s, struct event *e);
/* A note that no line asked for; English. */
void stage_notice(struct stage *s, const char *text);
/* One libuv handle (or job) fewer that closing has to wait for. */
void stage_handle_closed(struct stage *s);

#endif
