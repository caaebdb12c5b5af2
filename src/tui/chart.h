/* The time diagram of a connection as rows: which segment leaves and arrives
 * in which row, where a call begins and ends, where a state changes. Time runs
 * down, but not evenly: what happens at once takes a row each, and a pause is
 * squeezed. */
#ifndef TUI_CHART_H
#define TUI_CHART_H

#include "conn.h"
#include "fate.h"

#include "sockstage/base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum chart_kind {
    CHART_ARROW,  /* a segment */
    CHART_BUNDLE, /* many of them, faster than the eye, one way */
    CHART_CALL,
    CHART_STATE,
};

struct chart_item {
    uint64_t from_ns, to_ns;
    size_t segment; /* index in the model; of a bundle the first */
    uint64_t bytes;
    uint64_t call; /* id */
    enum chart_kind kind;
    enum host side;   /* whose call or state it is, or who sends */
    int row, end_row; /* without an end: how far it would go, or goes */
    int width;        /* of a call's or a state's text */
    int end_width;    /* of an error's, where the call ends */
    enum fate fate;
    uint32_t count; /* of a bundle; of a call: so many alike at once */
    uint32_t lost;
    uint8_t proto, state;
    bool ends; /* `to_ns` counts: it has arrived, or returned */
};

struct chart_mark {
    int row;
    uint64_t ns; /* a pause's length, or a time */
};

struct chart {
    VEC(struct chart_item) items;
    VEC(struct chart_mark) pauses; /* squeezed: no row but this one */
    VEC(struct chart_mark) stamps; /* rows where something happens, and when */
    uint64_t row_ns; /* the time of a row where none is squeezed */
    int rows;
    bool pending; /* it grows with the time */
};

/* `slope` rows for a usual way over the wire; `area` columns for a call and a
 * state side by side. */
void chart_fill(struct chart *out, const struct moment *m, const struct conn *c,
    int slope, int area);
void chart_done(struct chart *chart);

/* Rows from one moment to one `ns` later, at most `most`; beyond it the pause
 * is squeezed. */
int chart_rows(uint64_t ns, uint64_t row_ns, int most, bool *squeezed);

/* The cell of a slanted line, `column` of `width`, that goes down over `rows`
 * rows: the row below its first, and how deep in it, of CHART_DEPTHS. */
#define CHART_DEPTHS 3
int chart_slant(int column, int width, int rows, int *depth);

#endif
