/* The parts of the screen: each a pure function from a moment to cells, in
 * the rectangle that the layout gives it. */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

#include "ui.h"

enum view {
#define VIEW(id, function) VIEW_##id,
#include "views.def"
#undef VIEW
    VIEWS
};

#define VIEW(id, function) void function(struct draw *d, struct rect r);
#include "views.def"
#undef VIEW

/* The smallest screen that is drawn; below it one line says so. */
#define LAYOUT_MIN_COLS 60
#define LAYOUT_MIN_ROWS 16

/* Where it is narrower only one side is shown, beside the wire. */
#define LAYOUT_BOTH_COLS 80

struct layout {
    bool too_small;
    struct rect rects[VIEWS]; /* h == 0: not shown */
    struct rect rules[4];     /* lines between them; h or w is 1 */
    size_t rule_count;
};

void layout_compute(
    struct layout *l, const struct canvas *cv, const struct moment *m);

/* Lines of the prompt, and of what is wrong in it. */
int prompt_rows(struct canvas *cv, const struct moment *m);

/* Places what lies over the others, above the row `bottom`. */
void layout_over(struct layout *l, const struct canvas *cv,
    const struct moment *m, int bottom);

void column_heading(
    struct draw *d, struct rect r, const char *title, enum host host);

/* A frame with a ground of its own, for what lies over the columns. */
void popup_frame(struct draw *d, struct rect r);

/* What is left of a column below its heading. */
struct rect column_body(struct rect r);

/* Whether what could be done next is told at that moment. */
bool guide_is_shown(const struct moment *m);
/* Lines that it takes, its heading included; 0: there is nothing. */
int guide_rows(const struct moment *m);
/* The column where the words behind its lines begin. */
struct guide;
int guide_column(const struct draw *d, const struct guide *g);
/* One of them at the pen, with its words if there is room. */
struct guide_line;
void guide_draw_line(struct draw *d, struct pen *p,
    const struct guide_line *line, int column, enum theme_key style);

/* Lines below the list of a menu that explain what is selected, at that
 * width. */
int menu_help_lines(struct canvas *cv, const struct menu *menu, int width);

/* Lines of the card at that width. */
int card_lines(struct canvas *cv, const struct moment *m, int width);

/* Lines that the narration takes at that width; 0: there is none. */
int note_lines(struct canvas *cv, const struct moment *m, int width);

#endif
