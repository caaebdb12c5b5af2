/* The diagram of the states as a table, and the way that a socket has gone on
 * it so far. */
#ifndef TUI_STATE_PATH_H
#define TUI_STATE_PATH_H

#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATE_POINTS 4
#define STATE_BOXES  12
#define STATE_EDGES  19

enum state_align { STATE_LEFT, STATE_MIDDLE, STATE_RIGHT };

struct state_point {
    int x, y; /* of the grid; x < 0: none */
};

struct state_box {
    uint8_t state; /* enum tcp_state */
    struct state_point at;
};

struct state_edge {
    uint8_t from, to;
    struct state_point line[STATE_POINTS];
    struct state_point label;
    enum state_align align;
    const char *brief, *words, *wide; /* N_() */
};

extern const struct state_box state_boxes[STATE_BOXES];
extern const struct state_edge state_edges[STATE_EDGES];

struct state_path {
    bool box[STATE_BOXES];  /* it was there */
    bool edge[STATE_EDGES]; /* it went there */
    int now;                /* the box where it is; -1: nowhere */
    uint8_t before;         /* where it came from; TCP_STATE_NONE */
};

/* What is kept of the states of a TCP socket. NULL: an empty path. */
void state_path_make(
    struct state_path *out, const struct model *m, const struct model_sock *s);

#endif
