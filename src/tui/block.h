/* The blocks of the two outer columns: a process, a socket, a socket that
 * only the kernel holds, and a process that is not there yet. */
#ifndef TUI_BLOCK_H
#define TUI_BLOCK_H

#include "ui.h"

#include "sockstage/base/vec.h"

enum block_kind {
    BLOCK_PROCESS,
    BLOCK_SOCK,
    BLOCK_ORPHAN,
    BLOCK_NEW,
};

struct block {
    enum block_kind kind;
    char process[MODEL_NAME_MAX];   /* "" for an orphan */
    char label[2 * MODEL_NAME_MAX]; /* "c1.s", "ls", "w.conn" */
    uint64_t sock;
    bool shows_call; /* the parked call of the process is shown here */
};

/* The blocks of a process stand together; `first` is the index of theirs. */
struct block_span {
    const struct model_process *process;
    size_t first;
};

/* A column's blocks, each made when it is asked for: what a long column costs
 * is what is seen of it. Valid until the next event. */
struct blocks {
    const struct model *model;
    enum host host;
    VEC(struct block_span) spans;
    size_t headings; /* blocks that are no socket's and no client's */
    size_t orphans;  /* index of the first */
    bool has_next;   /* the last is the process that is not there yet */
    size_t len;
};

/* How much of a socket is shown. */
enum density {
    DENSITY_LEAST, /* state, and what is not empty */
    DENSITY_BRIEF, /* and the state in words */
    DENSITY_LESS,  /* both buffers; name and state share a line */
    DENSITY_FULL,
    DENSITY_NUMBERS, /* and the main ones of the level of detail */
    DENSITY_DETAIL,  /* all of them */
    DENSITIES,
};

/* What a block shows beyond that, where rows are free. */
enum extra {
    EXTRA_TIMER,     /* of a connection that goes well, until the ACK is here */
    EXTRA_HALF_OPEN, /* a listener's, also where nobody is */
    EXTRA_QUEUES,    /* as many lines of its queues as it takes */
    EXTRA_ADDRESS,   /* in a second line, where the first has no room for it */
    EXTRAS,
};

#define QUEUE_LINES_MAX 8 /* of the clients in a listener's queue */

void blocks_fill(struct blocks *b, const struct model *m, enum host host);
void blocks_done(struct blocks *b);
struct block blocks_at(const struct blocks *b, size_t i);
/* Which of them is selected; b->len: none. */
size_t blocks_selected(const struct blocks *b, const struct selection *sel);

/* Draws a block at the top of `r` and returns the lines that it takes, also
 * where `r` is lower. */
int block_draw(
    struct draw *d, struct rect r, const struct block *b, enum density density);
/* The same for a listener's two queues; called by block_draw(). */
void listener_draw(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density);

/* Whether words are short; whether name and state have a line each, and the
 * words are long. */
bool block_narrow(const struct pen *p);
bool block_is_full(const struct pen *p, enum density density);

/* Pieces that blocks share. */
void block_badge(struct draw *d, struct pen *p, const struct model_sock *s);
int block_badge_width(const struct draw *d, const struct model_sock *s);
/* The longest of the texts that fits, else the last, cut. */
void block_fit2(struct pen *p, enum theme_key style, const char *longer,
    const char *shorter);
void block_parked(struct draw *d, struct pen *p, const char *process);
/* Columns that name, address and badge take in one line; the same for every
 * state of a connection. */
int block_head_width(const struct canvas *cv, const struct model *m,
    const struct model_sock *s, const char *label);
/* Adds the timer's line, if one runs. */
void block_timer(struct draw *d, struct pen *p, const struct model_sock *s);

/* Add the lines of the send buffer, the receive buffer, or the receive buffer
 * of a datagram socket. */
void block_send(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density);
void block_recv(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density);
void block_datagrams(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density);

/* Adds what the level of detail tells of it, in numbers. */
void block_detail(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density);

/* The columns that the longest head of its first `rows` sockets takes. */
int column_wish(
    const struct canvas *cv, const struct model *m, enum host host, int rows);
/* One of the outer columns: its blocks, as dense as the room `r` asks; where
 * they are more, the heading tells which are seen, behind its title. */
void column_draw(struct draw *d, struct rect heading, int title, struct rect r,
    enum column column);

#endif
