/* Plays lines of the notation on a stage: a whole script by itself, a script
 * line by line, or single lines from the prompt or a key. All go the same way:
 * settle, carry out, wait where the line needs it.
 *
 * Loop thread only. The stage is borrowed and must outlive the player. */
#ifndef SOCKSTAGE_SCRIPT_PLAYER_H
#define SOCKSTAGE_SCRIPT_PLAYER_H

#include "sockstage/model/event.h"
#include "sockstage/script/script.h"
#include "sockstage/stage/stage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct player;

enum player_mode {
    /* As `run` does: the first failure ends it; an error that no `expect`
     * takes is a failure; `pause` does not wait. */
    PLAYER_BATCH,
    /* As the screen does: an error is shown and the next line goes on. */
    PLAYER_INTERACTIVE,
};

struct player_events {
    /* BATCH: the script has ended. `why`: "FILE:LINE:COLUMN: .." or NULL. The
     * `end` event is already in the journal. */
    void (*ended)(void *ctx, enum end_result result, const char *why);
    /* INTERACTIVE: a line was finished, failed (`why` set) or began to wait;
     * ask player_state() again. */
    void (*changed)(void *ctx, const char *why);
};

struct player *player_new(struct stage *s, enum player_mode mode,
    const struct player_events *events, void *ctx);
void player_free(struct player *p); /* NULL is allowed */

/* Gives it a script (borrowed). BATCH: starts to play it, `timeout_ns` for the
 * whole. INTERACTIVE: waits at its first line for player_next(). */
void player_play(
    struct player *p, const struct script *script, uint64_t timeout_ns);

/* INTERACTIVE: carries out the next step of the script: a line that does
 * something, the notes and titles before it, and what only checks, hides or
 * uncovers what it did. A question stops behind its options,
 * because the line that follows is the answer. -EBUSY while a line is being
 * waited for, -ENOENT after the last. */
int player_next(struct player *p, struct err *e);

/* INTERACTIVE: of that next line only what is said before it, or the rest if no
 * line does anything any more; false: nothing is. */
bool player_narrate(struct player *p);
/* INTERACTIVE: gives the line of the script up that is being waited for; false:
 * none is. */
bool player_skip(struct player *p);

/* INTERACTIVE: carries out one or more typed lines. A line that begins with no
 * process and no directive is `process`'s (may be NULL). False and `*e` set if
 * it does not parse: then nothing was done. */
bool player_submit(struct player *p, const char *process, const char *text,
    struct script_error *e);

struct player_state {
    size_t position, count;  /* lines of the script done, and of how many */
    bool waiting;            /* a line is being waited for */
    const char *waiting_for; /* its text; NULL: none */
    const char *next;        /* the next line's text; NULL: none */
    const char *next_step;   /* and of the next that does something */
    bool script_waits;       /* the line that waits is the script's */
    bool only_words;         /* no line that does something is left */
};
struct player_state player_state(const struct player *p);

/* A typed line that waits for its turn; the texts are the player's, until it
 * goes on. */
struct player_queued {
    const char *process; /* whose it is; NULL: nobody's */
    const char *text;
    const char *call; /* what its process waits in; NULL: nothing */
    const char *line; /* else the line that goes on before it; NULL: none */
};

#define PLAYER_QUEUE_MAX 8

struct player_queue {
    size_t count;                                 /* of all */
    struct player_queued first[PLAYER_QUEUE_MAX]; /* at most so many of them */
};
struct player_queue player_queue(const struct player *p);

#endif
