/* Every line of the inspector of a socket: what the kernel says of it, by
 * groups, with units; what it does not say is left out. */
#ifndef TUI_SOCK_ROWS_H
#define TUI_SOCK_ROWS_H

#include "explain.h"

#include "sockstage/base/str.h"
#include "sockstage/model/fields.h"

/* How a value differs from an earlier look at the same socket. */
enum sock_change { SOCK_SAME, SOCK_GREW, SOCK_SHRANK, SOCK_OTHER };

struct sock_line {
    enum field_group group;
    const char *name;    /* translated where it is a word */
    struct str value;    /* "10 segments" */
    struct str was;      /* the earlier value, if it changed */
    const char *meaning; /* translated */
    const char *see;
    uint64_t changed_ns;      /* if that was but a moment ago; may be 0 else */
    enum explain_table table; /* of its row, and the row's name there */
    const char *key;
    enum sock_change change;
    bool runs; /* a time that passes: no change, but drawn again */
};

/* Calls `add` for each line, group by group. `before` is the same socket as it
 * was at an earlier look; NULL: nothing counts as changed since. */
void sock_lines_each(const struct moment *m, const struct model_sock *s,
    const struct model_sock *before,
    void (*add)(void *ctx, const struct sock_line *line), void *ctx);

/* For the test of the tables: name, meaning and reference of row `i` of
 * sock_rows.def; false beyond the last. */
bool sock_row_at(
    size_t i, const char **name, const char **meaning, const char **see);

#endif
