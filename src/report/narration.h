/* What a script tells, in one language: its notes, questions, options and what
 * to try. Each is told in the chosen language, in another one only where that
 * language has none. */
#ifndef REPORT_NARRATION_H
#define REPORT_NARRATION_H

#include "sockstage/model/event.h"
#include "sockstage/model/lesson.h"

#include <stdbool.h>
#include <stdint.h>

enum telling_kind {
    TELLING_NONE,
    TELLING_NOTE,
    TELLING_ASK,
    TELLING_OPTION,
    TELLING_TRY
};

struct telling {
    enum telling_kind kind;
    bool right; /* of an option */
    uint64_t t_ns, seq;
    const char *text;
};

struct narration {
    const char *lang; /* borrowed, "ko"; NULL: English */
    void (*told)(void *ctx, const struct telling *t);
    void *ctx;

    enum telling_kind kind; /* of the latest text; NONE: something came after */
    bool is_told;           /* in that language */
    char *waiting;          /* in another one; owned; NULL: none */
    char waiting_lang[8];   /* "": none has been there */
    bool waiting_right;
    uint64_t waiting_ns, waiting_seq;
};

/* True if the event is narration or heads a script (title, require, claim):
 * there is nothing else to tell of it. `seq` is handed on to `told`. */
bool narration_take(struct narration *n, const struct event *e, uint64_t seq);
/* Nothing follows: tells what still waits for its translation. */
void narration_end(struct narration *n);
/* Forgets it. */
void narration_done(struct narration *n);

#endif
