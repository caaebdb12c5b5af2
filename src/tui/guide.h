/* What could be done next by somebody who has never seen this, as lines of the
 * notation with the names that are there: the way to a first connection, then
 * three things to try with it (guide_try.c). */
#ifndef TUI_GUIDE_H
#define TUI_GUIDE_H

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/model.h"

#include <stdbool.h>

enum guide_step {
#define GUIDE(id, call, words, because) GUIDE_##id,
#include "guide.def"
#undef GUIDE
    GUIDE_STEPS
};

bool guide_is_done(const struct model *m, enum guide_step step);
/* The next step, and whose turn it is; GUIDE_STEPS: a connection is there. */
enum guide_step guide_next(const struct model *m, char process[MODEL_NAME_MAX]);
const struct call_def *guide_call(enum guide_step step);
/* Why it comes before what another process could do; N_(). */
const char *guide_because(enum guide_step step);
/* Adds its line: "server: ls.bind(('', 8080))". */
void guide_add_line(
    struct str *out, const struct model *m, enum guide_step step);
/* Whether a first connection is still to come: not where somebody is past
 * that, or goes another way. */
bool guide_is_wanted(const struct model *m);

struct guide_line {
    char *text;                  /* a line of the notation; owned */
    char *words;                 /* what it does; owned */
    const struct call_def *call; /* NULL: an order for the wire */
};

struct guide {
    const char *title; /* N_(); NULL: there is nothing to tell */
    VEC(struct guide_line) lines;
    size_t ready; /* the first so many make sense now */
};

/* Beyond these nobody needs it any more, or it would be in the way. */
struct guide_limits {
    size_t calls, socks, segments;
};
bool guide_is_within(const struct model *m, const struct guide_limits *limits);

/* What there is to do now; the first comes first, of a connection's steps as
 * well as of what there is to try. */
void guide_fill(struct guide *g, const struct model *m);
void guide_done(struct guide *g);
/* Adds a line; takes both texts. */
void guide_add(struct guide *g, const struct call_def *call, struct str *text,
    struct str *words);
/* Adds the next line of somebody new: its socket, then its connect(); which of
 * the calls it is. */
const struct call_def *guide_add_client(
    struct str *line, const struct model *m);
/* What is to try once somebody listens; called by guide_fill(): all of it, or
 * only more clients than the queue has room for. */
void guide_fill_queue(struct guide *g, const struct model *m);
void guide_fill_tries(struct guide *g, const struct model *m);

#endif
