/* What is to be looked at while a script of this folder is shown: comments
 * behind its marks and questions, each a screen by its name and the keys that
 * open it.
 *
 *   # shot NAME: KEYS   recorded, and at now in a live run
 *   # past NAME: KEYS   recorded, and of that moment when it is the past of a
 *                       live run: what goes on by itself stands still there
 *   # recorded NAME: KEYS   only recorded: a live run says something else there
 *   # live NAME: KEYS   only at now in a live run: a recording has no such view
 *   # keys KEYS         pressed in each; nothing is compared
 *
 * KEYS are names of keys (Enter, Esc, PgDn .., Down*9 for nine of them),
 * characters, "text" that is typed, @"text" that is clicked on, ~"text" that is
 * waited for, and ^"text" that is pasted, \n in it a new line. */
#ifndef TESTS_VIEWS_PLAN_H
#define TESTS_VIEWS_PLAN_H

#include "sockstage/base/vec.h"

#include <stdbool.h>
#include <stddef.h>

enum shot_kind {
    SHOT_NOW,
    SHOT_PAST,
    SHOT_RECORDED,
    SHOT_LIVE,
    SHOT_KEYS,
    SHOT_KINDS
};

struct shot {
    enum shot_kind kind;
    char *name; /* of its goldens; NULL: SHOT_KEYS */
    char *keys;
    char *mark; /* or question, behind which it stands; "": none */
};

struct plan {
    char *text; /* of the script */
    VEC(struct shot) shots;
    bool has_script; /* lines besides the comments */
};

/* The name of a mark, or a question, if the line is one; else NULL. */
const char *plan_mark(const char *line);

/* Fails the test if it can't be read, or holds a line that is none of these. */
void plan_read(struct plan *p, const char *path);
void plan_done(struct plan *p);

enum key_kind { KEY_PRESS, KEY_CLICK, KEY_AWAIT, KEY_PASTE };

/* A key of KEYS, made ready. */
struct plan_key {
    enum key_kind kind;
    char bytes[256]; /* of KEY_PRESS what the terminal sends; else the text */
    size_t count;    /* keys that these are */
    size_t times;
};

/* Takes the next one off `*keys`; false: there is none. Fails the test if it is
 * none. */
bool plan_key_next(const char **keys, struct plan_key *out);

/* All of a file; NULL: it is not there. The caller frees. */
char *plan_file(const char *path);

#endif
