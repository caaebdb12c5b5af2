/* A recorded stage as a picture, plain data: who sent what when and what became
 * of it, which call waited how long, which states the sockets passed, what was
 * told. Time runs down in rows, but not evenly: what happens at once takes rows
 * of its own, and a pause is squeezed. The client's host is on the left.
 *
 * Memory is bounded: beyond LADDER_ITEMS_MAX items the rest is only counted. */
#ifndef REPORT_LADDER_H
#define REPORT_LADDER_H

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LADDER_ITEMS_MAX 2000
/* Bars and held segments beside each other; further ones have no lane. */
#define LADDER_LANES_MAX 8

enum ladder_kind {
    LADDER_ARROW,   /* a segment */
    LADDER_BUNDLE,  /* many segments one way, faster than the eye */
    LADDER_CALL,    /* a system call */
    LADDER_STATE,   /* a socket's new state */
    LADDER_PROCESS, /* one was forked, or has ended */
    LADDER_OUTPUT,  /* a line that a process printed */
    LADDER_NOTE,    /* narration */
    LADDER_MARK,    /* a `mark` line */
    LADDER_WIRE,    /* a line that set the wire or a host: "wire delay 1s" */
    LADDER_FAILED,  /* an expectation that did not hold */
    LADDER_GONE,    /* part of a bundle: none is left in the end */
};

enum ladder_fate {
    LADDER_UNDER_WAY, /* when the recording ends */
    LADDER_HELD,      /* the same, by `wire hold` */
    LADDER_ARRIVED,
    LADDER_TWICE,    /* arrived, and the wire has doubled it */
    LADDER_LOST,     /* on the wire */
    LADDER_ANSWERED, /* by an ICMP error of a router */
    LADDER_IGNORED,  /* arrived without effect: `reason` */
};

struct ladder_item {
    enum ladder_kind kind;
    enum host side; /* whose it is, or who sends; of no meaning of the rest */

    /* The events that began it, and ended it (arrival, return), as counted by
     * ladder_add(): the first of the stage is 0. Without an end both are the
     * same. */
    uint64_t seq, end_seq;
    uint64_t t_ns, end_ns;
    bool ends;

    int row, end_row; /* the same without an end, but see `blocked` */
    int lines;        /* rows that a caption takes, from `row`; else 1 */
    int columns;      /* of a caption: cells of a line, for ladder_wrap() */
    int lane; /* of a bar or a held arrow beside others; -1: none left */

    /* Texts are owned, one line each, cut where they are endless; not escaped
     * for any language. NULL: none. */
    char *who;  /* process "c1"; of a state the socket "c1.s", or "(c1.s)" if
                   only the kernel has it: whom it is connected to; of an arrow
                   its client's */
    char *text; /* Python's, a state's name, "DATA 1000", a narration */
    char *
        more; /* what a call gave: "5", "ConnectionRefusedError
                 (ECONNREFUSED)", of accept() the address, "" of a socket; of an
                 arrow "seq 1 ack 1"; what a failed expectation was instead */

    /* Of an arrow. */
    uint64_t segment; /* id */
    uint32_t flow;    /* its connection; 0: none, or SYN or RST */
    uint16_t window;  /* the raw field */
    enum ladder_fate fate;
    enum model_reason reason;
    enum segment_kind segment_kind;
    bool again;     /* its bytes were sent before */
    bool corrupted; /* a bit was turned over */
    bool doubled;   /* by the wire */
    bool from_router;
    uint32_t copies; /* repeats folded into it */
    bool was_held;
    uint64_t held_seq;    /* when it began to be */
    int held_row, go_row; /* where it is parked, and where it goes on */

    /* Of a bundle. */
    uint32_t count, lost, repeats;
    uint64_t bytes;
    uint64_t last_segment;

    /* Of a call. */
    uint64_t call; /* id */
    char *name;    /* "connect" */
    bool blocked;  /* it had to wait: a bar; without an end down to the last
                      row */
    bool failed;   /* it raised an exception */
    bool apart;    /* what it gave is in `end_row` */

    uint8_t proto; /* of a state or a segment: IPPROTO_TCP.. */

    /* Of a state. */
    uint64_t sock;      /* id */
    uint8_t state;      /* enum tcp_state; gone: TCP_STATE_NONE */
    int until_row;      /* the next state of that socket, or the last row */
    uint64_t until_seq; /* its event; UINT64_MAX: there is none */
};

/* A row that says how long nothing happened, or when what is in it did. */
struct ladder_mark {
    int row;
    uint64_t ns;
};

struct ladder_host {
    char *address; /* owned; NULL: not known */
    /* Names of its processes in the order of coming; owned. */
    VEC(char *) processes;
    int sockets;                             /* that had a state */
    int state_lanes, call_lanes, held_lanes; /* in use at most */
};

struct ladder_work;

struct ladder {
    char *title;    /* owned; NULL: none */
    bool is_silent; /* whoever shows the picture tells the narration: there is
                       none in it; may be set after ladder_begin() */
    char lang[8];
    struct ladder_host hosts[HOST_COUNT];
    VEC(struct ladder_item) items; /* by `seq` */
    VEC(struct ladder_mark) pauses;
    VEC(struct ladder_mark) stamps;
    int rows;
    uint64_t events, last_ns;
    uint64_t more;            /* items beyond LADDER_ITEMS_MAX, */
    uint64_t more_ns;         /* the first of which was then */
    struct ladder_work *work; /* until ladder_finish() */
};

/* `lang`: whose narration; `title` may be NULL. */
void ladder_begin(struct ladder *l, const char *lang, const char *title);
/* Takes the next event of the stage. */
void ladder_add(struct ladder *l, const struct event *e);
/* All have been taken: gives rows. A caption has `columns` cells a line. */
void ladder_finish(struct ladder *l, int columns);
void ladder_done(struct ladder *l);

/* How many bytes of `text` fit into a line of so many cells; whole words, where
 * one fits. `*next` is where the next line begins, NULL: nowhere. */
size_t ladder_wrap(const char *text, int columns, const char **next);

/* "held", "lost", "ignored: accept queue full"; translated, "" for what simply
 * arrived. */
const char *ladder_fate_word(const struct ladder_item *item);
/* "again (RTO)", "(keep-alive)"; translated, "" for none. */
const char *ladder_kind_word(const struct ladder_item *item);

/* "1,204 segments, 1.2 MB, 3 lost": of a bundle; translated, owned. */
char *ladder_bundle_words(const struct ladder_item *item);

/* That there is more, and from when on; translated. */
void ladder_add_more(struct str *out, const struct ladder *l);
/* "0.2 ms", "1.25 s" */
void ladder_add_duration(struct str *out, uint64_t ns);
/* "1,204", "1.2 MB" */
void ladder_add_count(struct str *out, uint64_t n);
void ladder_add_bytes(struct str *out, uint64_t n);

#endif
