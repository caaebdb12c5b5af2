/* Inside the screen: what its files share.
 *
 *     tui.c       its life, and drawing when something has changed
 *     tui_keys.c  what a key or the mouse means in each mode
 *     tui_acts.c  what actions do on the stage: lines of the notation
 *     tui_past.c  walking and playing the past
 */
#ifndef TUI_INT_H
#define TUI_INT_H

#include "input.h"
#include "screen.h"
#include "ui.h"

#include "sockstage/base/clock.h"
#include "sockstage/tui/tui.h"

struct tui {
    struct tui_source source; /* borrowed things */
    struct theme theme;
    struct screen *screen;
    struct input *input;
    struct journal_subscriber *subscriber;
    struct stage_timer *frame; /* draws what is dirty */
    struct stage_timer *fresh; /* ends an emphasis */
    struct stage_timer *play;  /* the next event of the past is due */
    struct canvas canvas;
    struct draw draw;
    struct ui ui;
    struct rect drag; /* the slider that the mouse holds; h == 0: none */
    char *title, *lang;
    uint64_t paid_ns; /* each drawing pays for one frame of time */
    bool dirty, scheduled, quitting;
    void (*quit)(void *ctx);
    void *quit_ctx;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

/* A moment, with what it points to. */
struct shown {
    struct moment m;
    struct player_state play;
    struct timeline_place place;
};

/* ---- tui.c --------------------------------------------------------------- */

/* The moment that the screen shows; valid until the next event or move. */
void tui_shown(struct tui *t, struct shown *s);
void tui_mark_dirty(struct tui *t);
/* After a burst of keys: what they changed is on the screen at once, unless
 * they come faster than frames (a paste). */
void tui_keys_done(struct tui *t);
void tui_show_message(struct tui *t, const char *text, bool is_error);
void tui_quit(struct tui *t);

/* ---- tui_keys.c ---------------------------------------------------------- */

void tui_on_key(void *ctx, uint32_t key, int y, int x);

/* ---- tui_acts.c ---------------------------------------------------------- */

void tui_submit_typed(struct tui *t);
/* Carries out an action, in the past as far as it changes nothing there. */
void tui_act(struct tui *t, const struct shown *s, enum action a);

/* ---- tui_past.c ---------------------------------------------------------- */

/* Tells that nothing can be done in what is shown. */
void tui_refuse(struct tui *t, const struct shown *s);
/* An action that moves in time; false if it is another one. */
bool tui_travel(struct tui *t, const struct shown *s, enum action a);
void tui_go_to_chapter(struct tui *t, size_t chapter);
/* Playing: applies what is due, and comes back when the next event is. */
void tui_play_on(struct tui *t);
void tui_on_play(void *ctx);
/* How long it takes on the clock until the moment shown is so much older;
 * UINT64_MAX: it stands still. */
uint64_t tui_real_ns(const struct timeline_place *place, uint64_t ns);
/* A press of the mouse; while it holds the slider, also its moves and its
 * release. False if it means nothing here. */
bool tui_mouse_on_timeline(struct tui *t, uint32_t key, int y, int x);

#endif
