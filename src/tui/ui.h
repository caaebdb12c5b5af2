/* What a screen is drawn from: a moment of the stage (the model and a time)
 * and what the person at the keyboard has chosen. Views are pure functions of
 * these and a rectangle. */
#ifndef TUI_UI_H
#define TUI_UI_H

#include "canvas.h"
#include "menu.h"
#include "paste.h"
#include "prompt.h"
#include "question.h"

#include "sockstage/model/timeline.h"
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

enum ui_mode {
    UI_STAGE,
    UI_MENU,
    UI_PASTE,
    UI_HELP,
    UI_LESSONS,
    UI_CARD,
    UI_NAME, /* the prompt asks for the name of a file */
};

/* How much is shown: words for beginners, the numbers of TCP, those of the
 * kernel and its system calls. */
enum ui_detail { DETAIL_NOTES, DETAIL_TCP, DETAIL_KERNEL, DETAILS };

/* What takes the place of the three columns: pictures of one connection. */
enum ui_scene { SCENE_COLUMNS, SCENE_ZOOM, SCENE_TIME, SCENE_STATES };

/* The parts of the first line, of which each can be explained. */
enum header_part {
    HEADER_NONE,
    HEADER_TITLE,
    HEADER_WIRE,
    HEADER_HOLD,
    HEADER_STEP,
    HEADER_PARTS
};

struct ui {
    enum ui_mode mode;
    struct selection sel;
    struct prompt prompt;
    struct menu menu;
    struct paste paste; /* of UI_PASTE */
    int help_scroll;
    uint64_t open_run;     /* its first segment's id; 0: all runs are folded */
    bool inspect;          /* the selected segment's inspector is open */
    int inspect_row;       /* the marked one of the inspector that is open */
    uint64_t inspect_sock; /* whose inspector is open, by id; 0: none */
    struct model_sock inspect_base; /* it, when that was opened */
    bool explain; /* what is selected is explained, over all else */
    enum header_part explain_header; /* this is, instead; NONE: it isn't */
    int explain_scroll;
    enum ui_detail detail;
    enum ui_scene scene;
    uint64_t scene_sock; /* an end of its connection; 0: what is selected */
    int scene_scroll;    /* rows back from the newest */
    char message[512];   /* "" : none */
    bool message_is_error;
    bool message_is_offer; /* to leave a line out, while that waits */
    uint64_t message_call; /* the call whose error it explains; 0: none */
    struct option_arrow arrow;
    size_t lesson;    /* selected in the list of UI_LESSONS */
    bool lesson_sure; /* once more Enter there, and the stage is left */
    bool playing;     /* the script plays by itself */
    int pace;         /* how fast: a power of two */
    size_t format;    /* of UI_NAME: what the file will be */
};

struct moment {
    const struct model *model;
    uint64_t now_ns;        /* since the stage opened */
    uint64_t fresh_from_ns; /* what changed before is no longer emphasised */
    const struct ui *ui;
    const struct player_state *play;    /* of now; NULL: a recording */
    const struct player_queue *queue;   /* of now; NULL: a recording */
    const struct timeline_place *place; /* NULL: now */
    const struct keymap *keys;          /* NULL: the defaults */
    const struct tui_lessons *lessons;  /* NULL: none can be opened */
    const struct tui_saving *saving;    /* NULL: nothing can be saved */
    size_t step, steps; /* of the script; 0 of 0: none is open */
    const char *title;  /* until the moment has one; NULL: free play */
    const char *lang;
};

/* Where a click selects something. */
struct hit {
    struct rect area;
    struct selection sel;
};
#define HITS_MAX 160

/* Where a click presses a key: the bottom line, the level of detail; or where
 * it closes the page of keys and does what stands there. */
struct press {
    struct rect area;
    uint32_t key;
    enum action action; /* NONE: the key is pressed */
};
#define PRESSES_MAX 96

/* Where a click types a line. */
struct offered {
    struct rect area;
    char line[160];
};
#define OFFERED_MAX 8

/* One drawing under way: where to, from what, and what it learnt. */
struct draw {
    struct canvas *cv;
    const struct moment *m;
    bool measuring;               /* only lines are counted */
    bool ticking;                 /* a running time is on the screen */
    int number_lines;             /* where a block has only the main numbers */
    struct window_scales *scales; /* found so far, while the wire is drawn */
    struct measures *measures;    /* taken so far, while a column is drawn */
    int queue_lines;              /* of a listener's queue; 0: one */
    unsigned extras;              /* bits by enum extra */
    bool many_fresh;    /* in this column more changed than names can tell */
    uint64_t travel_ms; /* until a segment moves by a column; 0: none */
    struct rect wire;   /* where its column is; h == 0: nowhere */
    struct rect header[HEADER_PARTS];
    struct rect slider; /* of the timeline, as the badge of the past */
    struct rect badge;
    struct rect list;        /* of a menu or of choices; h == 0: none is open */
    size_t list_first;       /* the row that stands in its first line */
    int scroll_max;          /* of help, an explanation or a scene */
    int last_row;            /* of the inspector, the last to be marked */
    uint64_t fresh_until_ns; /* when an emphasis ends; 0: there is none */
    int cursor_y, cursor_x;  /* -1: hidden */
    struct hit hits[HITS_MAX];
    size_t hit_count;
    struct press presses[PRESSES_MAX];
    size_t press_count;
    struct offered offered[OFFERED_MAX];
    size_t offered_count;
};

/* What just changed is emphasised for so long. */
#define FRESH_NS UINT64_C(1000000000)
/* Whether `changed_ns` is so recent; notes when that ends. */
bool draw_is_fresh(struct draw *d, uint64_t changed_ns);
/* The level of detail that was chosen; where there is plenty of room, the
 * numbers of TCP come along with the words. */
enum ui_detail draw_detail(const struct draw *d);
void draw_hit(struct draw *d, struct rect area, const struct selection *sel);

/* A click there presses the key. */
void draw_press(struct draw *d, struct rect area, uint32_t key);
/* A click there closes the page and does this, whether it has a key or not. */
void draw_deed(struct draw *d, struct rect area, enum action a);
/* A click there types the line. */
void draw_offered(struct draw *d, struct rect area, const char *line);

/* Whether a screen of that size can't be drawn. */
bool layout_is_too_small(const struct canvas *cv);
/* Draws the whole screen. */
void ui_draw(struct draw *d);

bool moment_is_past(const struct moment *m);
/* What the key of an action is called, for texts that name one. */
struct key_name ui_key(const struct moment *m, enum action a);
/* The cursor that column `x` of a slider of that width stands for. */
uint64_t slider_cursor(const struct timeline_place *p, int width, int x);

/* The process that a typed line without one belongs to. */
const char *ui_process(const struct moment *m);
/* The held segment that Space and d mean: the selected one, else the oldest;
 * 0: none. */
uint64_t ui_held_segment(const struct moment *m);
/* The segment whose inspector is open; NULL: none. */
const struct model_segment *ui_inspected(const struct moment *m);
/* Whether the action does something now (and so is worth a hint). */
bool ui_can(const struct moment *m, enum action a);
/* Selects what a typed line names, if it is nothing but a name. */
bool ui_select_named(struct ui *ui, const struct moment *m, const char *typed);
/* What is selected and open is again as it was in that copy. */
void ui_restore(struct ui *ui, const struct ui *before);
/* Moves the selection; `dx` columns, `dy` items. */
void ui_select(struct ui *ui, const struct moment *m, int dx, int dy);
#define UI_FIRST (-1000000) /* as `dy` */
#define UI_LAST  1000000
/* Enter on the wire: opens a run, else the inspector, else the menu; false:
 * the menu. */
bool ui_open_segment(struct ui *ui, const struct moment *m);
/* Esc there: closes what is open; false if nothing was. */
bool ui_close_segment(struct ui *ui, const struct moment *m);

/* In the inspector up and down scroll, where it is longer than its panel. */
void ui_up_or_down(
    struct ui *ui, const struct moment *m, const struct draw *d, int dy);
/* The key that a click there presses; 0: none. */
uint32_t mouse_press(const struct draw *d, int y, int x);
/* What a click there does; ACTION_NONE: nothing of that kind. */
enum action mouse_deed(const struct draw *d, int y, int x);
/* The line that a click there types; NULL: none. */
const char *mouse_offered(const struct draw *d, int y, int x);
/* A click selects; a second one on a segment opens it. Over the wire the wheel
 * moves through the segments, whatever is selected. */
void mouse_click(
    struct ui *ui, const struct moment *m, const struct draw *d, int y, int x);
/* A click on a part of the first line explains it, a second one closes that;
 * false: it is on none. */
bool mouse_click_header(struct ui *ui, const struct draw *d, int y, int x);
void mouse_wheel(struct ui *ui, const struct moment *m, const struct draw *d,
    int dy, int y, int x);

#endif
