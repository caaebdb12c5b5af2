/* What `?` says of the thing that is selected, chosen in a menu, or typed: a
 * few sentences from the tables, and what they mean at this moment.
 *
 *     explain.c           what is meant; processes, the wire, menus
 *     explain_sock.c      a socket, a listener, an orphan
 *     explain_segment.c   a segment: what it is for, its fate and reason
 *     explain_inspected.c the row of an inspector that is marked
 *     explain_word.c      a word of the prompt: of the notation, an errno, ..
 *     explain_rows.c      every row of every table that is explained
 */
#ifndef TUI_EXPLAIN_H
#define TUI_EXPLAIN_H

#include "ui.h"

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"

struct explain_part {
    enum theme_key style;
    char *text; /* translated; owned */
};

struct explanation {
    struct str title;
    VEC(struct explain_part) parts; /* a paragraph each */
    struct str see;                 /* "RFC 9293 3.6 / tcp(7)" */
    bool runs;                      /* a time in it passes */
};

void explanation_done(struct explanation *e);
/* What `?` (of a prompt that is typed in: F1) explains at this moment. */
void explain_selected(const struct moment *m, struct explanation *e);

/* ---- pieces -------------------------------------------------------------- */

/* Adds a paragraph; "" adds none. */
void explain_add(struct explanation *e, enum theme_key style, const char *text);
void explain_addf(struct explanation *e, enum theme_key style, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* Adds a place to read on, once. */
void explain_see(struct explanation *e, const char *see);

/* ---- tables -------------------------------------------------------------- */

enum explain_table {
    EXPLAIN_TOPIC,
    EXPLAIN_STATE,
    EXPLAIN_TIMER,
    EXPLAIN_FATE,
    EXPLAIN_KIND,
    EXPLAIN_REASON,
    EXPLAIN_ROLE,
    EXPLAIN_ORDER,
    EXPLAIN_CALL,
    EXPLAIN_ERRNO,
    EXPLAIN_CONSTANT,
    EXPLAIN_FIELD,
    EXPLAIN_INFO,
    EXPLAIN_MEM,
    EXPLAIN_SOCK_ROW,
    EXPLAIN_SEGMENT_ROW,
    EXPLAIN_FLAG,
    EXPLAIN_LINE,
    EXPLAIN_TEXT_LINE, /* the rest is a text */
    EXPLAIN_SETTING,
    EXPLAIN_WORD,
    EXPLAIN_TABLES
};
struct explain_row {
    enum explain_table table;
    const char *name, *text, *see; /* text: N_() */
};
/* All rows that stand in a popup, table after table; false beyond the last. */
bool explain_row_at(size_t i, struct explain_row *out);
bool explain_row_find(
    enum explain_table table, const char *name, struct explain_row *out);
/* Adds the row's text and reference, if there is such a row. */
bool explain_row(
    struct explanation *e, enum explain_table table, const char *name);

/* ---- subjects ------------------------------------------------------------ */

void explain_sock(
    const struct moment *m, const struct model_sock *s, struct explanation *e);
void explain_segment(const struct moment *m, const struct model_segment *s,
    struct explanation *e);
/* The row that is marked in the inspector that is open; false: none is. */
bool explain_inspected(const struct moment *m, struct explanation *e);
/* The word at that byte of a line, else the line; false: nothing is known. */
bool explain_word(const char *line, size_t at, struct explanation *e);
/* What the line does: its call, the one around that byte first, or its order.
 */
bool explain_line(const char *line, size_t at, struct explanation *e);
/* The call that a process waits in, and its last error; false: neither. Of a
 * socket (id not 0) only what was called on it. */
bool explain_calls(const struct moment *m, const char *process, uint64_t sock,
    struct explanation *e);

#endif
