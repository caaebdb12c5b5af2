/* One connection, both ends, as the three pictures of it show it: zoomed, as
 * a time diagram, in the diagram of the states. */
#ifndef TUI_CONN_H
#define TUI_CONN_H

#include "ui.h"
#include "words.h"

#include "sockstage/base/vec.h"

struct conn {
    /* By the side that it is drawn on, the client's on the left; NULL: that
     * end is not there (yet). Both NULL: there is nothing to show. */
    const struct model_sock *end[HOST_COUNT];
};

/* The one that the scene shows. */
struct conn conn_shown(const struct moment *m);
/* The one that opening a scene now would show: of the selected socket or
 * segment, else of the newest segment, else of any socket. */
struct conn conn_selected(const struct moment *m);
/* The socket that stands for it: the client's, else the server's; 0: none. */
uint64_t conn_id(const struct conn *c);
/* The one after (`by` > 0) or before the one shown, around the end. */
struct conn conn_next(const struct moment *m, int by);

bool conn_is_listener(const struct conn *c);
/* Who holds that end, or held it last: "c1.s", ":34254", or who is missing. */
void conn_name(const struct moment *m, const struct conn *c, enum host side,
    char out[WORDS_MAX]);
/* The call that a process waits in at that end; NULL: none. On the server's
 * side it may be the accept() that the connection is for. */
const struct model_call *conn_parked(
    const struct moment *m, const struct conn *c, enum host side);
/* Whether a call was made on that end. */
bool conn_takes_call(const struct moment *m, const struct conn *c,
    enum host side, const struct model_call *call);
/* Which side has sent it. */
enum host conn_sender(const struct conn *c, const struct segment *s);

/* Indices of the newest of its segments, at most `most`, oldest first. */
struct conn_segments {
    VEC(size_t) of;
};
void conn_segments_fill(struct conn_segments *out, const struct moment *m,
    const struct conn *c, size_t most);
void conn_segments_done(struct conn_segments *s);

/* The line above each picture: what it is, and whose. */
void conn_title(
    struct draw *d, struct rect r, const char *what, const struct conn *c);

#endif
