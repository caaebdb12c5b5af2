/* Inside the screen: what its files share.
 *
 *     tui.c       its life, and drawing when something has changed
 *     tui_keys.c  what a key or the mouse means in each mode
 *     tui_letters.c  letters that are shortcuts and may begin a word
 *     tui_acts.c  what actions do on the stage: lines of the notation
 *     tui_typed.c what Enter does at the prompt
 *     tui_suggest.c  taking a line that is suggested
 *     tui_made.c  selecting what a typed line makes
 *     tui_paste.c what is pasted
 *     completer.c what Tab does there
 *     tui_past.c  walking and playing the past
 *     tui_lesson.c  playing a script
 *     tui_save.c  what is saved, and under which name
 */
#ifndef TUI_INT_H
#define TUI_INT_H

#include "input.h"
#include "screen.h"
#include "ui.h"

#include "sockstage/base/clock.h"
#include "sockstage/tui/tui.h"

/* Where in the journal a step of the script began. */
struct tui_step {
    uint64_t cursor;
    size_t position; /* steps done before */
};

#define LETTERS_MAX 16

/* Shortcuts that were pressed just now and may be the beginning of a word. */
struct letters {
    uint32_t keys[LETTERS_MAX];
    size_t len;
    bool waits;        /* the last has not acted yet */
    bool repeats;      /* the key under way is the one before, once more */
    uint64_t until_ns; /* a later key is none of that word */
    struct ui before;  /* a shallow copy, for ui_restore() */
    bool was_holding, toggled; /* the wire */
    uint64_t held;
};

/* A socket that a typed line will make. */
struct made {
    char variable[MODEL_NAME_MAX]; /* "": none is awaited */
    struct selection at;           /* when the line was typed */
    uint64_t old;                  /* the socket of that name then, by id */
};

/* Where the screen stood in the past when it was drawn last. Its time stands
 * still there: what a move changed is emphasised by the clock. */
struct seen {
    bool past, stands; /* does not play */
    uint64_t cursor, t_ns;
    uint64_t from_ns;  /* what changed from then on is emphasised .. */
    uint64_t until_ns; /* .. until then, by the clock */
};

struct tui {
    struct tui_source source; /* borrowed things */
    struct theme theme;
    bool theme_failed; /* the message line says why it isn't the newest */
    const struct keymap *keys; /* borrowed */
    struct screen *screen;
    struct input *input;
    struct journal_subscriber *subscriber;
    struct stage_timer *frame;         /* draws what is dirty */
    struct stage_timer *fresh;         /* ends an emphasis */
    struct stage_timer *play;          /* the next event of the past is due */
    struct stage_timer *auto_timer;    /* the next step of the script is due */
    struct stage_timer *letters_timer; /* what waits acts */
    struct letters letters;
    size_t queued; /* typed lines that wait, as told last */
    char queued_process[MODEL_NAME_MAX]; /* of the last of them; "": none */
    char queued_call[MODEL_NAME_MAX];    /* that it waited in */
    bool at_once;  /* the key under way is none that is typed */
    bool refusing; /* a line that somebody types in the past */
    const struct tui_lessons *lessons; /* borrowed; NULL: none */
    const struct tui_saving *saving;   /* borrowed; NULL: none */
    VEC(struct tui_step) steps;        /* of this stage; ascending */
    bool narrated;       /* what is said before the next line is said already */
    bool by_hand;        /* something was typed since the script began */
    bool sure;           /* once more restarts */
    size_t skip_offered; /* the position, plus 1, that it was offered at */
    uint64_t passed;     /* the question that playing may go on from */
    struct canvas canvas;
    struct draw draw;
    struct ui ui;
    struct made made;
    struct tui_history history;
    struct seen seen;
    struct rect drag; /* the slider that the mouse holds; h == 0: none */
    char *title, *lang;
    uint64_t paid_ns; /* each drawing pays for one frame of time */
    bool dirty, scheduled, quitting;
    bool terminal_gone;
    void (*quit)(void *ctx);
    void *quit_ctx;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

/* A moment, with what it points to. */
struct shown {
    struct moment m;
    struct player_state play;
    struct player_queue queue;
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
/* Gives the terminal back and stops, as the shell expects it. */
void tui_suspend(struct tui *t);

/* ---- tui_keys.c ---------------------------------------------------------- */

void tui_on_key(void *ctx, uint32_t key, int y, int x);

/* The same for a click on a key, or for one that need not wait any longer. */
void tui_key_at_once(struct tui *t, uint32_t key);

/* ---- tui_letters.c ------------------------------------------------------- */

/* Any key before it is looked at: what came before may have been the beginning
 * of a word; true: the key belonged to it. */
bool tui_letters_key(struct tui *t, const struct shown *s, uint32_t key);
/* Whether the letter of that action does something now; else it is typed. */
bool tui_letter_acts(const struct tui *t, const struct shown *s, enum action a);
/* Carries it out, now or a little later. */
void tui_letter(
    struct tui *t, const struct shown *s, uint32_t key, enum action a);
/* What waited does so no longer. */
void tui_letters_settle(struct tui *t);
void tui_letters_forget(struct tui *t);
void tui_on_letters(void *ctx);

/* ---- tui_paste.c --------------------------------------------------------- */

/* Pasted: one line is typed, several are shown before they are run. */
void tui_on_paste(void *ctx, const char *text, size_t len);
void tui_key_in_paste(struct tui *t, const struct shown *s, uint32_t key);

/* ---- completer.c --------------------------------------------------------- */

/* Tab (`step` 1) and Shift-Tab (-1) at the prompt. */
void tui_complete(struct tui *t, const struct shown *s, int step);

/* ---- tui_typed.c --------------------------------------------------------- */

void tui_submit_typed(struct tui *t);
/* Says so when a typed line begins to wait for its turn, and when it has it. */
void tui_tell_queue(struct tui *t);
/* Carries typed lines out for that process. False and `*e` set if they don't
 * parse, or if an `expect` of them asks for what the curtain hides. */
bool tui_submit(struct tui *t, const struct moment *m, const char *text,
    struct script_error *e);
/* Keeps lines that were carried out for the prompt, also for later runs. */
void tui_remember(struct tui *t, const char *const *lines, size_t count);
/* A line that names its process moves the selection there. */
void tui_follow(struct tui *t, const char *line);

/* ---- tui_suggest.c ------------------------------------------------------- */

/* Types what is suggested, or the next of it; false: nothing is, or something
 * else is typed. */
bool tui_suggest(struct tui *t, const struct shown *s);
/* A click there; false: nothing is suggested there. */
bool tui_click_suggested(struct tui *t, int y, int x);

/* ---- tui_made.c ---------------------------------------------------------- */

/* The selection will go to the socket that the line makes, if it makes one;
 * and goes there, once it is there. */
void tui_made_await(struct tui *t, const char *line);
void tui_made_check(struct tui *t);

/* ---- tui_acts.c ---------------------------------------------------------- */

/* A line behind a key. */
void tui_submit_line(struct tui *t, const char *line);
/* Carries out an action, in the past as far as it changes nothing there. */
void tui_act(struct tui *t, const struct shown *s, enum action a);

/* ---- tui_lesson.c -------------------------------------------------------- */

/* An action that plays a script or opens one; false if it is another one. */
bool tui_play_act(struct tui *t, const struct shown *s, enum action a);
/* Steps done at that moment of the past; `now`: at the latest one. */
size_t tui_step_at(const struct tui *t, uint64_t cursor, size_t now);
/* Any key stops the play; true: that was all it means. */
bool tui_auto_key(struct tui *t, const struct shown *s, uint32_t key);
void tui_auto_stop(struct tui *t);
void tui_auto_changed(struct tui *t, bool failed);
void tui_on_auto(void *ctx);
void tui_key_in_lessons(struct tui *t, const struct shown *s, uint32_t key);
void tui_click_lessons(struct tui *t, const struct shown *s, int y, int x);
bool tui_key_in_card(struct tui *t, const struct shown *s, uint32_t key);

/* ---- tui_save.c ---------------------------------------------------------- */

/* Asks what to save, then under which name. */
void tui_open_formats(struct tui *t);
void tui_name_file(struct tui *t, size_t format);
void tui_key_in_name(struct tui *t, const struct shown *s, uint32_t key);
void tui_paste_in_name(struct tui *t, const char *text, size_t len);

/* ---- tui_past.c ---------------------------------------------------------- */

/* Tells that nothing can be done in what is shown. */
void tui_refuse(struct tui *t, const struct shown *s);
/* The same of a line that somebody begins to type: what belongs to it means
 * nothing else. */
void tui_refuse_line(struct tui *t, const struct shown *s);
/* Whether the key belongs to such a line, which Enter or Esc ends. */
bool tui_refused_key(struct tui *t, const struct shown *s, uint32_t key);
/* An action that moves in time; false if it is another one. */
bool tui_travel(struct tui *t, const struct shown *s, enum action a);
void tui_go_to_chapter(struct tui *t, size_t chapter);
/* Playing: applies what is due, and comes back when the next event is. */
void tui_play_on(struct tui *t);
void tui_on_play(void *ctx);
/* From when on changes are emphasised; UINT64_MAX: none is (any more). To be
 * asked once a drawing. */
uint64_t tui_fresh_from(
    struct tui *t, const struct timeline_place *p, uint64_t clock_ns);
/* How long it takes on the clock until the moment shown is so much older;
 * UINT64_MAX: it stands still. */
uint64_t tui_real_ns(const struct timeline_place *place, uint64_t ns);
/* A press of the mouse; while it holds the slider, also its moves and its
 * release. False if it means nothing here. */
bool tui_mouse_on_timeline(struct tui *t, uint32_t key, int y, int x);

#endif
