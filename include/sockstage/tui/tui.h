/* The screen: draws the model, turns keys into lines of the notation. */
#ifndef SOCKSTAGE_TUI_TUI_H
#define SOCKSTAGE_TUI_TUI_H

#include "sockstage/base/err.h"
#include "sockstage/model/timeline.h"
#include "sockstage/script/player.h"
#include "sockstage/stage/stage.h"

#include <stdbool.h>

struct tui;
struct uv_loop_s; /* uv_loop_t */

struct tui_options {
    const char *theme; /* a built-in name or a file; NULL: dark */
    bool ascii; /* no boxes, arrows or symbols beyond ASCII; letters of the
                   user's text stay */
    const char *lang;   /* "en", "ko" */
    const char *notice; /* one line shown at first (why loopback ..); or NULL */
    const char *title;  /* of the script; NULL: free play */
};

/* What is shown; all borrowed. A live stage, or a recording: then `stage` and
 * `player` are NULL, and it plays from its start. */
struct tui_source {
    struct journal *journal;
    struct timeline *timeline; /* of that journal */
    const struct model *model; /* with every event applied so far */
    struct stage *stage;
    struct player *player; /* INTERACTIVE; its events are to be forwarded to
                              tui_player_changed() */
};

/* Opens the terminal (its own /dev/tty), draws the first screen at once, and
 * lives on the loop until `quit` is called back. */
int tui_open(struct uv_loop_s *loop, const struct tui_source *source,
    const struct tui_options *options, void (*quit)(void *ctx), void *ctx,
    struct tui **out, struct err *e);

/* Gives the terminal back at once, frees when libuv has closed its handles. */
void tui_close(struct tui *t, void (*closed)(void *ctx), void *ctx);

void tui_player_changed(struct tui *t, const char *why);
/* Shows a message in the message line (a recording that can't be written). */
void tui_message(struct tui *t, const char *text);

/* Writes what makes the terminal usable again; safe in a signal handler, and
 * when no screen is open. */
void tui_emergency_restore(void);

/* From now on nothing more is written to the terminal: it is stuck, and the
 * program has to end. Safe in a signal handler, and when no screen is open. */
void tui_emergency_mute(void);

/* The built-in themes' names; NULL at the end. */
const char *tui_theme_name_at(size_t i);

#endif
