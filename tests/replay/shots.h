/* What a moment looks like on the screen, kept for a comparison: several
 * screens of it, a hash for each row of cells (characters, styles, colours),
 * and the text for the message. */
#ifndef TESTS_SHOTS_H
#define TESTS_SHOTS_H

#include "sockstage/base/str.h"
#include "sockstage/model/timeline.h"

#include <stdbool.h>
#include <stdint.h>

#define SHOT_ROWS_MAX 100

/* SHOT(id, name, rows, cols, every, view): a screen that is drawn in every
 * n-th moment. */
#define SHOTS                                                                  \
    SHOT(NOW, "the screen", 24, 80, 1, SHOW_NOW)                               \
    SHOT(NOW_LARGE, "the large screen", 36, 120, 5, SHOW_NOW)                  \
    SHOT(PAST, "the past", 24, 80, 1, SHOW_PAST)                               \
    SHOT(PAST_LARGE, "the past, large", 36, 120, 5, SHOW_PAST)                 \
    SHOT(SEGMENT, "the inspector", 90, 100, 1, SHOW_SEGMENT)

enum shot_id {
#define SHOT(id, name, rows, cols, every, view) SHOT_##id,
    SHOTS
#undef SHOT
        SHOT_COUNT
};

struct screen_shot {
    int rows; /* 0: not drawn in this moment */
    uint64_t hashes[SHOT_ROWS_MAX];
    char *text;
};

/* One moment. */
struct shot {
    uint64_t cursor;
    struct str model; /* packed */
    struct screen_shot screens[SHOT_COUNT];
};

/* Whose screen it is. */
struct shot_source {
    const struct model *model;
    uint64_t cursor; /* events applied */
    uint64_t now_ns;
    const struct timeline_place *place; /* of a recording; NULL: live */
};

/* A live screen has steps and a prompt where that of a recording has a
 * timeline: SHOW_NOW draws each as it is and leaves these rows blank. The
 * others are drawn as of a recording from either source, and whole:
 * SHOW_SEGMENT with the inspector of the newest segment. */
void shot_take(struct shot *s, const struct shot_source *from);
void shot_done(struct shot *s);

/* False if they differ; then `why` says in what, with both texts. */
bool shot_equal(const struct shot *a, const struct shot *b, struct str *why);

#endif
