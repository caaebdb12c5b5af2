/* Inside the picture: where things are, and what several of its files use. All
 * lengths are those of the viewBox: pixels at its own size. */
#ifndef REPORT_SVG_INT_H
#define REPORT_SVG_INT_H

#include "svg.h"

#define SVG_ROW   30.0
#define SVG_TOP   142.0 /* of row 0's middle */
#define SVG_CELL  11.45 /* of the monospace font at 19 */
#define SVG_SMALL 9.65  /* and at 16 */

#define SVG_STATE_PITCH 13.0
#define SVG_CALL_PITCH  15.0
#define SVG_LABEL_MOST  40 /* cells of the text beside a lifeline */

struct svg {
    struct str *out;
    const struct ladder *l;
    bool on_page; /* narrower, without what the page tells: title, times */
    double width, height;
    double life[HOST_COUNT];  /* x of the lifelines */
    double bars[HOST_COUNT];  /* where the bars of calls begin, outwards */
    double label[HOST_COUNT]; /* where the texts do */
    double edge[HOST_COUNT];  /* how far they may go */
};

/* The middle of a row. */
double svg_row_y(int row);
/* 1 to the right, -1 to the left: outwards of that side. */
double svg_outwards(enum host side);

/* svg_text.c */
extern const char svg_style[];
/* At most `columns` cells. */
void svg_add_cut(struct str *out, const char *text, int columns);
int svg_cells(const char *text);
/* svg_side.c: what is beside the lifelines */
int svg_label_cells(const struct ladder *l, const struct ladder_item *item);
void svg_add_side(struct svg *s, const struct ladder_item *item);
void svg_add_bar(struct svg *s, const struct ladder_item *item);

/* svg_wire.c: what is between them */
double svg_wire_width(const struct ladder *l); /* that its texts need */
bool svg_is_probe(const struct ladder_item *item);
/* Its lines, or its texts. */
void svg_add_arrow(struct svg *s, const struct ladder_item *item, bool text);
void svg_add_bundle(struct svg *s, const struct ladder_item *item, bool text);
/* One that looks like it, from (x, y) to the right. */
enum svg_look {
    SVG_LOOK_AGAIN,
    SVG_LOOK_PROBE,
    SVG_LOOK_HELD,
    SVG_LOOK_LOST,
    SVG_LOOK_IGNORED,
    SVG_LOOK_TWICE,
    SVG_LOOK_ANSWERED,
    SVG_LOOK_UNDER_WAY,
    SVG_LOOK_BUNDLE,
    SVG_LOOKS
};
void svg_add_sample(struct svg *s, enum svg_look look, double x, double y);

/* svg_legend.c; returns how high it is. */
double svg_add_legend(struct svg *s, double y, bool draw);

#endif
