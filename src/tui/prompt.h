/* The line that is being typed: text, cursor, history, and where the last one
 * that was submitted went wrong. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "keymap.h"

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"

#include <stdbool.h>
#include <stddef.h>

#define PROMPT_HISTORY_MAX 500

struct prompt {
    bool typing; /* every key is text until Enter or Esc */
    struct str text;
    size_t cursor;       /* in bytes, on a character's first */
    VEC(char *) history; /* oldest first; owned */
    size_t browse;       /* history.len: not browsing */
    char *draft;         /* what was typed before browsing; NULL: none */
    int error_column;    /* in characters from 1; 0: no error is shown */
    char error[512];
};

void prompt_init(struct prompt *p);
void prompt_done(struct prompt *p);

/* Begins typing with that text, the cursor at its end. */
void prompt_start(struct prompt *p, const char *text);
/* Empties the line; keys are shortcuts again. */
void prompt_reset(struct prompt *p);
/* One key of an edit; false if it means nothing here. */
bool prompt_key(struct prompt *p, uint32_t key);
/* Keeps a submitted line for history up. */
void prompt_remember(struct prompt *p, const char *text);
void prompt_fail(struct prompt *p, int column, const char *what);

#endif
