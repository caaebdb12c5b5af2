/* What a session at the screen needs beside its lines to be played by itself:
 * that a person waited for something, saw a call fail, saw what one returned.
 * Each of these is an expectation that stands before one of the lines. */
#ifndef REPORT_SESSION_H
#define REPORT_SESSION_H

#include "notation.h"

#include "sockstage/model/model.h"
#include "sockstage/script/ast.h"

/* What the stage changed at last, beside what a line did at once. */
struct session_change {
    enum session_change_kind {
        SESSION_NOTHING,
        SESSION_STATE,
        SESSION_RECEIVED,
        SESSION_SENT,
        SESSION_QUEUED,  /* for accept() */
        SESSION_HELD,    /* on the wire */
        SESSION_DROPPED, /* a socket, by its host's kernel */
    } kind;
    uint64_t sock; /* id */
    enum host host;
    uint64_t t_ns, since_ns; /* since then it had been as before */
};

struct session_insertion {
    size_t before; /* the index of a line; or how many there are */
    char *text;    /* owned */
};

/* The stage had changed before a line; whether it has to be waited for shows
 * once all lines are known. */
struct session_wait {
    size_t before;
    uint64_t t_ns, since_ns;
    char *subject, *value; /* owned */
};

struct session {
    struct notation notation;
    struct model *model;
    struct session_change change;
    VEC(struct session_wait) waits;
    VEC(struct session_insertion) insertions; /* ascending */
    struct session_wait delivering; /* as it was when a delivery began */
    bool was_delayed, was_random;   /* the wire, ever */
    bool has_typed; /* some line was typed or clicked, none of a script */
    bool has_waits; /* some insertion waits for what time brings */
    uint64_t longest_ns;
};

void session_init(struct session *s);
void session_done(struct session *s);
/* Takes the next event of one stage. */
void session_event(struct session *s, const struct event *e);

/* Fills `insertions`, the script being notation_parse()'s. */
void session_compare(struct session *s, const struct script *script);

/* The line of the script that index `i` of the notation made; NULL: none. */
const struct script_line *session_line(
    const struct script *script, size_t i, size_t *at);

#endif
