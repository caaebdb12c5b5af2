/* Inside the ladder: what is known only while its events come. */
#ifndef REPORT_LADDER_INT_H
#define REPORT_LADDER_INT_H

#include "ladder.h"
#include "narration.h"

/* More connections at once share a place: an ACK more is told. */
#define LADDER_FLOWS_MAX 64

/* Which item an id means; ids of calls and of segments grow. */
struct ladder_ref {
    uint64_t id;
    size_t item;
};
struct ladder_refs {
    VEC(struct ladder_ref) of;
};

struct ladder_work {
    struct model *model;
    struct narration narration;
    struct ladder_refs calls, arrows;
    size_t gone; /* items of kind LADDER_GONE */
    uint64_t now_ns;

    /* The run of segments that bundles are made of now; 0: none. */
    uint64_t run_first;
    size_t bundle[HOST_COUNT]; /* items + 1; 0: none that way yet */

    bool was_held; /* `wire hold`, before this event */
    struct wire_status status;
    uint64_t let_go; /* seq + 1 of the first held segment delivered since the
                        last line; 0: none */
    struct {
        uint32_t flow, ack;
    } acks[HOST_COUNT][LADDER_FLOWS_MAX]; /* the latest, by flow number */
    uint64_t segments;                    /* since all were looked at */
};

/* The item that a new thing becomes; NULL beyond LADDER_ITEMS_MAX. */
struct ladder_item *ladder_new_item(
    struct ladder *l, enum ladder_kind kind, uint64_t t_ns);
/* The item with that id; NULL: there is none. */
struct ladder_item *ladder_find(
    struct ladder *l, const struct ladder_refs *refs, uint64_t id);
/* As one visible line of at most so many cells; owned. */
char *ladder_line(const char *text, size_t columns);

/* ladder_wire.c: segments and their fates, after the model has the event */
void ladder_add_segment(struct ladder *l, const struct event *e);
void ladder_add_verdict(struct ladder *l, const struct event *e);
/* What is known of segments only later: why ignored, whose. */
void ladder_look_again(struct ladder *l, bool all);
/* Adds to `more`, once all are there. */
void ladder_tell_windows(struct ladder *l);

/* ladder_rows.c */
void ladder_place(struct ladder *l, int columns);

#endif
