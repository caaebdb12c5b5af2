/* A recorded stage as lines of the notation, in the order in which they were
 * carried out: what the exports of scripts and programs are made from. A line
 * that was clicked is there as it would have been typed. */
#ifndef REPORT_NOTATION_H
#define REPORT_NOTATION_H

#include "sockstage/base/err.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/event.h"
#include "sockstage/script/script.h"

#include <stdbool.h>
#include <stdint.h>

enum notation_kind {
    NOTATION_CALL,   /* `c1: s.connect(...)`: a call, with what it returned */
    NOTATION_LINE,   /* any other one that a `line` event tells of; also
                        `c1: x = 5` and `c1: print(x)` */
    NOTATION_NOTE,   /* narration: `note ..`, `note.ko ..` */
    NOTATION_EXPECT, /* an expectation and whether it held */
};

struct notation_line {
    enum notation_kind kind;
    char *text; /* the whole line, as a script has it; owned */
    int line;   /* its number in the script; 0: typed or clicked, or a note */
    uint64_t t_ns;

    /* Of a call; texts are owned, NULL where there is none. */
    uint64_t id;
    char *process;
    bool blocked, returned;
    bool was_interrupted;  /* by an `interrupt` */
    size_t returned_after; /* the index of the first line that came later */
    uint64_t returned_ns;
    char *result; /* Python's repr, of a number too; NULL: None, or it raised */
    char *error;  /* errno name */
    char *exception;
    char *message; /* what the exception says */
    char *syscall; /* with its result; NULL: raised on the way to it */
    uint64_t elapsed_ns;

    bool held;    /* of an expectation */
    char *actual; /* and what was seen */

    bool unplayable; /* see notation_parse() */
};

struct notation {
    VEC(struct notation_line) lines;
    VEC(size_t) calls;     /* which of them are calls, by rising id */
    VEC(size_t) fresh;     /* and have returned since the last line */
    uint64_t delivered_ns; /* since then, the first segment; 0: none */
    size_t bytes;
    bool too_long; /* for a script: what came later is not in it */
    bool has_end;
    enum end_result end;
};

/* Takes the next event of one stage. */
void notation_add(struct notation *n, const struct event *e);
void notation_done(struct notation *n);

/* Whether it delivers what was held: told of when that is done, not before. */
bool notation_is_delivery(const struct notation_line *l);

/* All of it as one script; its line `l` is lines.items[l->line - 1], and notes,
 * titles and so on are in it too. Expectations that failed are not, nor is what
 * was typed at the screen and speaks of names that nobody had defined: such
 * lines get `unplayable`. NULL if a line is none of the notation, as only a
 * recording that was tampered with has: `e` says which. */
struct script *notation_parse(struct notation *n, struct err *e);

#endif
