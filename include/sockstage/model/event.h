/* What happened: the one record that all views, expectations and outputs are
 * made from. Plain data; the JSON form is that of the manual (event_json.h).
 *
 * An event that is being published borrows its texts from the publisher; the
 * journal keeps a copy of its own. Texts are UTF-8; NULL where JSON has null.
 */
#ifndef SOCKSTAGE_MODEL_EVENT_H
#define SOCKSTAGE_MODEL_EVENT_H

#include "sockstage/base/addr.h"
#include "sockstage/base/host.h"
#include "sockstage/kernel/sample.h"
#include "sockstage/model/fields.h"
#include "sockstage/wire/rebuild.h"
#include "sockstage/wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
#define EVENT(id, name) EVENT_##id,
#include "sockstage/model/events.def"
#undef EVENT
    EVENT_KINDS
};

const char *event_kind_name(enum event_kind kind); /* "call", "segment".. */

struct event_stage {
    uint64_t opened_ns;  /* Unix time */
    const char *wire;    /* "private", "loopback" */
    const char *kernel;  /* uname -r */
    const char *program; /* "sockstage 0.1.0" */
    struct addr addresses[HOST_COUNT][8];
    size_t address_count[HOST_COUNT];
};

struct event_call {
    uint64_t id; /* 1, 2, ... */
    const char *process;
    const char *socket;  /* variable it is made on, or NULL */
    const char *name;    /* "connect" */
    const char *python;  /* as typed */
    const char *syscall; /* strace form, not yet returned; or NULL */
    int line;            /* 0: typed or clicked, or nobody's line */
};

struct event_blocked {
    uint64_t id;
};

struct event_return {
    uint64_t id;
    const char *process;
    bool result_is_number;
    int64_t result_number;
    const char *result;    /* Python's repr, NULL for None or after an error */
    const char *error;     /* errno name, or NULL */
    const char *exception; /* Python's, or NULL */
    const char *message;   /* what it says, or NULL */
    uint64_t elapsed_ns;
    const char *syscall; /* with its result; or NULL */
};

struct event_segment {
    struct segment seg;       /* t_ns is since the stage opened here */
    struct segment_rest rest; /* what else its headers say */
    const uint8_t *packet;    /* the whole IP packet; NULL unless kept */
    size_t packet_len;
};

struct event_verdict {
    uint64_t segment;
    enum verdict action;
};

#define EVENT_OWNERS_MAX 8

/* A socket whose state or counts changed. */
struct event_socket {
    uint64_t id; /* the cookie */
    enum host host;
    const char *owners[EVENT_OWNERS_MAX]; /* "c1.s"; none: only the kernel */
    size_t owner_count;
    uint8_t proto;           /* IPPROTO_TCP, IPPROTO_UDP */
    struct addr local, peer; /* family 0: none */
    uint8_t state;           /* enum tcp_state; CLOSED also "is gone" */
    bool gone;               /* the kernel dropped it: its last event */
    bool accepted;           /* a process holds or held it */
    uint32_t send_buffer, unsent, recv_buffer;
    uint32_t recv_memory; /* UDP: of all waiting datagrams, see sample.h */
    bool has_mem;
    uint32_t sndbuf, rcvbuf;
    uint32_t mem_changed; /* bit per row of mem.def */
    struct sample_mem mem;
    uint8_t timer;        /* enum sock_timer */
    uint64_t timer_at_ns; /* when it fires, since the stage opened */
    uint32_t timer_retrans;
    bool is_listener;
    uint32_t accept_queue, backlog, syn_queue, ignored;
    struct info_set info_changed; /* rows of info.def */
    struct sample_tcp_info info;
};

enum process_action { PROCESS_STARTED, PROCESS_EXITED };

struct event_process {
    const char *process;
    enum host host;
    const char *parent; /* NULL unless forked */
    enum process_action action;
};

struct event_output {
    const char *process;
    const char *stream; /* "stdout", "stderr" */
    const char *text;
};

struct event_note {
    const char *text;
    const char *lang; /* "en", "ko" */
    bool notice;      /* the stage says it by itself, no line does */
};

struct event_expect {
    const char *text;
    const char *file; /* the included one that it is in; NULL: none */
    int line;
    bool ok;
    const char *actual;
};

/* The wire's settings after a line; part of the `line` event. */
struct wire_status {
    bool holding;
    bool coalesce;
    bool cut;
    uint64_t rate;                 /* bits a second, 0: no limit */
    uint32_t mtu;                  /* 0: not known */
    uint64_t seed;                 /* of every random choice */
    uint64_t delay_ns[HOST_COUNT]; /* these three by sender */
    uint64_t jitter_ns[HOST_COUNT];
    uint32_t loss_ppm[HOST_COUNT]; /* of a million */
};

struct event_line {
    const char *text;
    int line; /* 0: typed or clicked */
    struct wire_status wire;
};

enum end_result { END_PASSED, END_FAILED, END_SKIPPED };

struct event_end {
    enum end_result result;
};

struct event {
    enum event_kind kind;
    uint64_t seq;  /* 0, 1, ...: its place in the journal, set on publishing */
    uint64_t t_ns; /* since the stage opened */
    union {
        struct event_stage stage;
        struct event_call call;
        struct event_blocked blocked;
        struct event_return ret;
        struct event_segment segment;
        struct event_verdict verdict;
        struct event_socket socket;
        struct event_process process;
        struct event_output output;
        struct event_note note;
        struct event_expect expect;
        struct event_line line;
        struct event_end end;
    } u;
};

#endif
