/* Where in a journal the person looks: at now, or at a moment of the past that
 * can be walked, searched and played. Pure: it knows no clock; whoever plays
 * tells the time (nanoseconds of any steady clock).
 *
 * Live, the newest moment is now, and going forward past the last event
 * returns to it. A recording has no now: its last moment is its end. */
#ifndef SOCKSTAGE_MODEL_TIMELINE_H
#define SOCKSTAGE_MODEL_TIMELINE_H

#include "sockstage/model/history.h"

#include <stdbool.h>
#include <stdint.h>

struct timeline;

/* Borrows the history and what it borrows. A recording's timeline begins at
 * its first moment, a live one at now. */
struct timeline *timeline_new(struct history *h, struct journal *j,
    const struct model *latest, bool recording);
void timeline_free(struct timeline *t); /* NULL is allowed */

/* The model to draw. Never NULL; valid until the next move or event. */
const struct model *timeline_model(struct timeline *t);

/* What time it is in that moment: `live_ns` at now; in the past the time of
 * the last event applied, and what it has played since: a pause stops time, and
 * only a move goes back to an event. */
uint64_t timeline_now_ns(const struct timeline *t, uint64_t live_ns);

/* Speed is a power of two: 0 is the original, 1 twice as fast, -1 half. */
#define TIMELINE_SPEED_MIN (-4)
#define TIMELINE_SPEED_MAX 6

struct timeline_place {
    bool recording;
    bool past;       /* the past is shown; always in a recording */
    bool at_end;     /* nothing comes after */
    uint64_t cursor; /* events applied */
    uint64_t first;  /* the oldest cursor that can be shown */
    uint64_t end;    /* the newest one */
    uint64_t news;   /* live: events that came while the past is shown */
    uint64_t t_ns;   /* of the moment, since its stage opened */
    bool playing;
    int speed;
    size_t chapter, chapters; /* which of them, from 0; stages so far */
    const char *target; /* text of the mark or narration that the cursor stands
                           behind directly; NULL: none */
};
struct timeline_place timeline_place(struct timeline *t);

/* ---- moving; each pauses, and says whether the moment has changed -------- */

bool timeline_step(struct timeline *t, int64_t events);
/* To the next (1) or previous (-1) target: behind a mark, a narration, a call,
 * or a stage's beginning. Without one: to the end, or the first. */
bool timeline_jump(struct timeline *t, int direction);
/* As near to that cursor as there are moments. Live, `end` is now. */
bool timeline_seek(struct timeline *t, uint64_t cursor);
bool timeline_seek_chapter(struct timeline *t, size_t chapter);
/* Live: back to now. In a recording: to its end. */
bool timeline_return(struct timeline *t);

/* ---- playing ------------------------------------------------------------- */

/* From the end, playing starts over in a recording; at now it does nothing. */
void timeline_play(struct timeline *t, uint64_t clock_ns);
void timeline_pause(struct timeline *t);
void timeline_set_speed(struct timeline *t, int speed, uint64_t clock_ns);
/* Applies what is due at that time. Returns in how many nanoseconds the next
 * event is due; UINT64_MAX: it does not play (any more). Gaps longer than
 * TIMELINE_GAP_NS of real time are shortened to it. */
#define TIMELINE_GAP_NS UINT64_C(3000000000)
uint64_t timeline_run(struct timeline *t, uint64_t clock_ns);

/* ---- chapters: a stage each ---------------------------------------------- */

struct timeline_chapter {
    uint64_t cursor; /* the moment behind its `stage` event */
    char title[128]; /* its first `title` line; "" if it has none (yet) */
};
/* NULL beyond the last. Only the first TIMELINE_CHAPTERS_MAX are kept. */
#define TIMELINE_CHAPTERS_MAX 4096
const struct timeline_chapter *timeline_chapter_at(
    const struct timeline *t, size_t i);

#endif
