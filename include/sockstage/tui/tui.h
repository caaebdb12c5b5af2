/* The screen: draws the model, turns keys into lines of the notation. */
#ifndef SOCKSTAGE_TUI_TUI_H
#define SOCKSTAGE_TUI_TUI_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"
#include "sockstage/model/timeline.h"
#include "sockstage/script/player.h"
#include "sockstage/stage/stage.h"

#include <stdbool.h>

struct tui;
struct uv_loop_s; /* uv_loop_t */

struct tui_config;

/* Lines typed in earlier runs, oldest first (borrowed until tui_open()
 * returns), and what is told of new ones; `add` may be NULL. */
struct tui_history {
    char *const *lines;
    size_t count;
    void (*add)(void *ctx, const char *const *lines, size_t count);
    void *ctx;
};

enum tui_played { TUI_NOT_PLAYED, TUI_BEGUN, TUI_PLAYED };

struct tui_lesson {
    const char *section; /* translated */
    const char *name, *title;
    enum tui_played played;
    size_t place;      /* in the course, from 1; 0: beside it */
    const char *about; /* what it shows, translated; "" */
};

/* The built-in lessons, and what the screen asks for: `open` one of them, or
 * `restart` what is played, each on a fresh stage (see tui_restage()). All
 * borrowed; the rows may change at any time. */
struct tui_lessons {
    const struct tui_lesson *list; /* section after section */
    size_t count;
    size_t current; /* the one that is played; `count`: none of them */
    size_t next;    /* in the course behind that; `count`: none */
    void (*open)(void *ctx, size_t lesson);
    void (*restart)(void *ctx);
    void *ctx;
};

struct tui_format {
    const char *name; /* "svg" */
    const char *help; /* translated */
};

/* What the screen asks for to save what it shows; all borrowed. */
struct tui_saving {
    const struct tui_format *formats;
    size_t count;
    /* Adds the name of a file that is not there yet. */
    void (*propose)(void *ctx, size_t format, struct str *name);
    /* Writes the stage that is shown at that cursor to a file of that name. The
     * screen goes on: what becomes of it is told by tui_message(), or by
     * tui_complain(). */
    void (*save)(void *ctx, size_t format, const char *name, uint64_t cursor);
    void *ctx;
};

struct tui_options {
    const struct tui_config *config; /* for the keys; borrowed; or NULL */
    const char *theme;               /* a built-in name or a file; NULL: dark */
    bool ascii; /* no boxes, arrows or symbols beyond ASCII; letters of the
                   user's text stay */
    const char *lang;   /* "en", "ko" */
    const char *notice; /* one line shown at first (why loopback ..); or NULL */
    const char *title;  /* of the script; NULL: free play */
    struct tui_history history;
    const struct tui_lessons *lessons; /* NULL: nothing can be opened */
    const struct tui_saving *saving;   /* NULL: nothing can be saved */
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

/* Whether it wants to quit because its terminal is gone: nobody asked for it.
 */
bool tui_terminal_is_gone(const struct tui *t);

/* Gives the terminal back at once, frees when libuv has closed its handles. */
void tui_close(struct tui *t, void (*closed)(void *ctx), void *ctx);

/* The stage is being changed for a fresh one: from NULL on keys are let go,
 * until the new one and its player are there. `title` as in the options. */
void tui_restage(struct tui *t, struct stage *stage, struct player *player,
    const char *title);

void tui_player_changed(struct tui *t, const char *why);
/* Shows a message in the message line (a recording that can't be written). */
void tui_message(struct tui *t, const char *text);
/* The same about something that went wrong. */
void tui_complain(struct tui *t, const char *text);

/* Reads a theme, maybe the same again, and draws with it. If it is wrong, the
 * old one stays and the message line names file, line and key; an empty file
 * (an editor is about to write it) is not worth a message. */
void tui_set_theme(struct tui *t, const char *name);

/* Writes what makes the terminal usable again, at the latest after a few
 * seconds; safe in a signal handler, and when no screen is open. */
void tui_emergency_restore(void);

/* Whether a theme can be read and is right: 0, or -errno and why not. */
int tui_theme_check(const char *name, struct err *e);
/* The built-in themes' names; NULL at the end. */
const char *tui_theme_name_at(size_t i);
/* All themes by name; `folder` is where the user's own are, NULL: built in. */
void tui_theme_list(
    void (*each)(void *ctx, const char *name, const char *folder), void *ctx);
/* The file that a theme is read from, or would be if it were there (a built-in
 * name); NULL: there can't be one. The caller frees. */
char *tui_theme_file(const char *name);

#endif
