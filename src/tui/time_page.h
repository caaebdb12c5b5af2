/* Inside the time diagram: the page that its two files draw on. */
#ifndef TUI_TIME_PAGE_H
#define TUI_TIME_PAGE_H

#include "chart.h"

/* Where a label stands already. */
struct taken {
    int row, x, width;
};

struct time_page {
    struct draw *d;
    const struct conn *c;
    struct chart chart;
    VEC(struct taken) labels;
    struct rect body;
    int first;            /* the row of the chart that is on top */
    int area;             /* columns on each outer side */
    int line[HOST_COUNT]; /* columns of the lifelines */
};

/* What is drawn above what: first all lines, then the ends in the middle and
 * what waits, then the labels, which keep out of each other's way. */
enum pass { PASS_LINES, PASS_MARKS, PASS_LABELS, PASSES };

/* Text in a row of the chart, at a column of the page. */
void time_put(const struct time_page *g, int row, int x, enum theme_key style,
    const char *text);

/* An arrow or a bundle of them. */
void time_draw_arrow(
    struct time_page *g, const struct chart_item *item, enum pass pass);
void time_draw_bundle(
    struct time_page *g, const struct chart_item *item, enum pass pass);

#endif
