/* A grid of cells that views draw into and one backend puts on the terminal.
 * Text is UTF-8; a wide character takes two cells and never half of one; what
 * does not fit is cut. Control bytes are shown as symbols, so that no text
 * from outside reaches the terminal raw. */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include "theme.h"

#include "sockstage/base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct rect {
    int y, x, h, w;
};

#define CELL_CODES 3 /* a character and two combining ones */

struct cell {
    uint32_t code[CELL_CODES]; /* 0: none; code[0] == 0: right half of wide */
    uint8_t style;             /* enum theme_key: foreground, attributes */
    uint8_t ground;            /* whose background shines through */
};

struct canvas {
    int rows, cols;
    bool ascii;  /* symbols beyond ASCII are drawn as ASCII */
    bool colour; /* the terminal has colours: meters may rely on them */
    bool large;  /* for the last row of a hall: larger meters, fewer things */
    struct cell *cells;
};

void canvas_init(struct canvas *cv, int rows, int cols);
void canvas_done(struct canvas *cv);
void canvas_resize(struct canvas *cv, int rows, int cols); /* and clears */
void canvas_clear(struct canvas *cv);
struct cell *canvas_at(const struct canvas *cv, int y, int x); /* or NULL */

/* Gives every cell of `r` that background. */
void canvas_ground(struct canvas *cv, struct rect r, enum theme_key ground);

/* The columns that `text` takes on this canvas. */
int canvas_width(const struct canvas *cv, const char *text);
/* The whole as text, a line a row, trailing blanks left out. */
void canvas_dump(const struct canvas *cv, struct str *out);

/* Writes at a place inside a rectangle, and cuts there. The height may be 0:
 * then nothing is drawn and `y` only counts lines. */
struct pen {
    struct canvas *cv;
    struct rect clip;
    int y, x; /* relative to the rectangle */
};

struct pen pen_at(struct canvas *cv, struct rect clip);
void pen_text(struct pen *p, enum theme_key style, const char *text);
void pen_textf(struct pen *p, enum theme_key style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As pen_text(), but at most `width` columns, cut with an ellipsis. */
void pen_fit(struct pen *p, enum theme_key style, const char *text, int width);
void pen_repeat(
    struct pen *p, enum theme_key style, const char *symbol, int times);
void pen_go(struct pen *p, int x); /* to that column, forward or back */
void pen_newline(struct pen *p, int x);
int pen_room(const struct pen *p); /* columns left in the line */
/* Words broken at blanks into lines of the rectangle, at most `max` lines;
 * returns how many. The pen stays behind the last character. */
int pen_wrap(struct pen *p, enum theme_key style, const char *text, int max);

#endif
