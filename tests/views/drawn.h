/* What the program under test tells of its screen, in a file that both map:
 * which views the last screen was made of, what it shows, and how many keys
 * were taken so far. $SOCKSTAGE_DRAWN names the file. */
#ifndef TESTS_VIEWS_DRAWN_H
#define TESTS_VIEWS_DRAWN_H

#include <stdatomic.h>
#include <stdint.h>

#define DRAWN_TEXT (64 << 10)

struct drawn {
    _Atomic uint64_t views;  /* a bit a row of views.def */
    _Atomic uint64_t cursor; /* in the journal; UINT64_MAX: now */
    _Atomic uint64_t keys;   /* taken so far */
    _Atomic uint64_t shown;  /* of these, by the last screen */
    _Atomic uint64_t open;   /* 1: it has something that Esc closes */
    _Atomic uint64_t checks; /* lines expect, mark, option done so far */
    _Atomic uint64_t mark;   /* cursor behind the last mark or option */
    _Atomic uint64_t turn;   /* of `text`; odd: it is being written */
    char text[DRAWN_TEXT];   /* what was drawn, a line a row */
};

#define DRAWN_FILE "SOCKSTAGE_DRAWN"
#define DRAWN_NOW  UINT64_MAX

#endif
