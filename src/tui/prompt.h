/* The line that is being typed: text, cursor, history, what is being completed
 * or searched for, and where the last one that was submitted went wrong.
 *
 *     prompt.c           editing
 *     prompt_history.c   earlier lines: up, down, and the search
 *     prompt_choices.c   completion
 */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "keymap.h"

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/script/complete.h"
#include "sockstage/script/script.h"

#include <stdbool.h>
#include <stddef.h>

#define PROMPT_HISTORY_MAX 1000
#define PROMPT_LINE_MAX    4096 /* bytes */

/* What can be undone: the line before an edit. */
struct prompt_edit {
    char *text;
    size_t cursor;
};

/* Ctrl-R: the newest line before `at` that holds the query. */
struct prompt_search {
    bool on, failed;
    struct str query;
    size_t at;    /* in the history; its len: none found yet */
    char *before; /* the line as it was */
};

#define PROMPT_NO_CHOICE ((size_t)-1)

/* The list that Tab has opened. */
struct prompt_choices {
    struct completion of; /* empty: no list is open */
    size_t selected;      /* stands in the line; PROMPT_NO_CHOICE: none yet */
    char *typed;          /* the line before */
    size_t typed_cursor;
    bool nothing; /* Tab found nothing that fits */
};

struct prompt {
    bool typing; /* every key is text until Enter or Esc */
    struct str text;
    size_t cursor;       /* in bytes, on a character's first */
    VEC(char *) history; /* oldest first; owned */
    size_t browse;       /* history.len: not browsing */
    char *draft;         /* what was typed before browsing; NULL: none */
    size_t draft_prefix; /* bytes of it that a line must begin with */
    char *killed;        /* what Ctrl-Y brings back; NULL: nothing */
    VEC(struct prompt_edit) edits;
    bool inserting; /* the last edit was a letter: undone together */
    struct prompt_search search;
    struct prompt_choices choices;
    int error_column; /* in characters from 1; 0: no error is shown */
    char error[512];
    struct script_fix fix; /* what Tab would mend; `right` "": nothing */
};

void prompt_init(struct prompt *p);
void prompt_done(struct prompt *p);

/* Begins typing with that text, the cursor at its end. */
void prompt_start(struct prompt *p, const char *text);
/* Empties the line; keys are shortcuts again. */
void prompt_reset(struct prompt *p);
/* One key of an edit; false if it means nothing here. */
bool prompt_key(struct prompt *p, uint32_t key);
/* Types text (of one line) where the cursor is; what no line can hold is left
 * out. */
void prompt_insert(struct prompt *p, const char *text);
/* Puts `text` in place of the bytes [from, to); the cursor goes behind it. */
void prompt_replace(struct prompt *p, size_t from, size_t to, const char *text);
/* Shows where the line went wrong. */
void prompt_fail(struct prompt *p, int column, const char *what);
/* The byte at which that character of the line (from 1) begins. */
size_t prompt_byte_of_column(const char *text, int column);

/* ---- prompt_history.c ---------------------------------------------------- */

/* Keeps a submitted line; false if it is the one before or empty. */
bool prompt_remember(struct prompt *p, const char *text);
/* Up and down through the lines that begin as what was typed. */
void prompt_browse(struct prompt *p, int step);
void prompt_search_start(struct prompt *p);
/* A key while searching; false: the search is over, and the key has its usual
 * meaning. */
bool prompt_search_key(struct prompt *p, uint32_t key);
void prompt_search_stop(struct prompt *p);

/* ---- prompt_choices.c ---------------------------------------------------- */

/* Tab (`step` 1) and Shift-Tab (-1): mends the error that is shown, else
 * inserts what all candidates share, else goes through them. */
void prompt_complete(
    struct prompt *p, const struct complete_names *names, int step);
/* Takes candidate `i` of the open list. */
void prompt_take_choice(struct prompt *p, size_t i);
bool prompt_choosing(const struct prompt *p);
/* Closes the list; `back`: with the line as it was before. */
void prompt_close_choices(struct prompt *p, bool back);

#endif
