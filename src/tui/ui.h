/* What a screen is drawn from: a moment of the stage (the model and a time)
 * and what the person at the keyboard has chosen. Views are pure functions of
 * these and a rectangle. */
#ifndef TUI_UI_H
#define TUI_UI_H

#include "canvas.h"
#include "menu.h"
#include "prompt.h"

#include "sockstage/model/model.h"
#include "sockstage/script/player.h"

#include <stdbool.h>
#include <stdint.h>

enum column { COLUMN_CLIENTS, COLUMN_WIRE, COLUMN_SERVER, COLUMNS };

/* Ids and names, never pointers: what they point to may be gone. */
struct selection {
    enum column column;
    char process[MODEL_NAME_MAX];
    uint64_t sock;    /* 0: the process itself */
    uint64_t segment; /* of the wire; 0: follows the newest */
};

/* Which segments arrived and were thrown away, because a queue of the listener
 * was full: the listener's own count rises right after such a delivery. */
#define IGNORED_MAX 64
struct ignored {
    uint64_t delivered; /* the last one */
    uint64_t segments[IGNORED_MAX];
    size_t next;
    struct {
        uint64_t id;
        uint32_t count;
    } listeners[8];
};
void ignored_hear(struct ignored *ig, const struct event *e);
bool ignored_has(const struct ignored *ig, uint64_t segment);

enum ui_mode { UI_STAGE, UI_MENU, UI_HELP };

struct ui {
    enum ui_mode mode;
    struct selection sel;
    struct prompt prompt;
    struct menu menu;
    struct ignored ignored;
    int help_scroll;
    char message[512]; /* "" : none */
    bool message_is_error;
};

struct moment {
    const struct model *model;
    uint64_t now_ns; /* since the stage opened */
    const struct ui *ui;
    const struct player_state *play;
    const char *title; /* of the script; NULL: free play */
    const char *lang;
};

/* Where a click selects something. */
struct hit {
    struct rect area;
    struct selection sel;
};
#define HITS_MAX 64

/* One drawing under way: where to, from what, and what it learnt. */
struct draw {
    struct canvas *cv;
    const struct moment *m;
    bool measuring;          /* only lines are counted */
    bool ticking;            /* a running time is on the screen */
    uint64_t fresh_until_ns; /* when an emphasis ends; 0: there is none */
    int cursor_y, cursor_x;  /* -1: hidden */
    struct hit hits[HITS_MAX];
    size_t hit_count;
};

/* What just changed is emphasised for so long. */
#define FRESH_NS UINT64_C(1000000000)
/* Whether `changed_ns` is so recent; notes when that ends. */
bool draw_is_fresh(struct draw *d, uint64_t changed_ns);
void draw_hit(struct draw *d, struct rect area, const struct selection *sel);

/* Draws the whole screen. */
void ui_draw(struct draw *d);

/* The process that a typed line without one belongs to. */
const char *ui_process(const struct moment *m);
/* The held segment that Space and d mean: the selected one, else the oldest;
 * 0: none. */
uint64_t ui_held_segment(const struct moment *m);
/* Whether the action does something now (and so is worth a hint). */
bool ui_can(const struct moment *m, enum action a);
/* Moves the selection; `dx` columns, `dy` items. */
void ui_select(struct ui *ui, const struct moment *m, int dx, int dy);

#endif
