/* Walking and playing: a cursor into the journal, and the time since it moved.
 * What happens at which cursor is asked of the journal; what it looks like, of
 * the history. */
#include "sockstage/model/timeline.h"

#include "chapters.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"

#include <stdlib.h>
#include <string.h>

/* Between two stages of a recording, whose times have nothing in common. */
#define STAGE_PAUSE_NS UINT64_C(1000000000)
/* Played at once; where more are due, the time they needed is let go. */
#define RUN_EVENTS_MAX 16384

struct timeline {
    struct history *history;
    struct journal *journal;
    const struct model *latest;
    struct chapters *chapters;
    bool recording;

    bool past;
    uint64_t cursor;  /* in the past; else not valid */
    uint64_t t_ns;    /* of the event before the cursor */
    uint64_t left_at; /* live: the journal's end when the past was entered */
    struct str target;

    bool playing;
    int speed;
    uint64_t clock_ns;  /* told last, while playing */
    uint64_t waited_ns; /* for the event behind the cursor, at this speed */
};

static uint64_t where(const struct timeline *t)
{
    return t->past ? t->cursor : journal_end(t->journal);
}

/* The moment that is shown stays, even where those before it are lost. */
static uint64_t first(const struct timeline *t)
{
    uint64_t oldest = history_first(t->history);

    return t->past && t->cursor < oldest ? t->cursor : oldest;
}

static uint64_t time_of(const struct timeline *t, uint64_t cursor)
{
    const struct event *e =
        cursor > 0 ? journal_at(t->journal, cursor - 1) : NULL;
    const struct model *m = NULL;

    if (e != NULL)
        return e->t_ns;
    if (cursor > 0)
        m = history_at(t->history, cursor);
    return m != NULL ? model_now_ns(m) : 0;
}

/* To a cursor between the first and the end. */
static void go_to(struct timeline *t, uint64_t cursor)
{
    bool is_now = !t->recording && cursor == journal_end(t->journal);

    if (!t->past)
        t->left_at = journal_end(t->journal);
    t->past = !is_now;
    t->waited_ns = 0;
    if (is_now)
        return;
    t->cursor = cursor;
    t->t_ns = time_of(t, cursor);
}

struct timeline *timeline_new(struct history *h, struct journal *j,
    const struct model *latest, bool recording)
{
    struct timeline *t = xcalloc(1, sizeof *t);

    t->history = h;
    t->journal = j;
    t->latest = latest;
    t->recording = recording;
    t->chapters = chapters_new(j);
    str_init(&t->target);
    if (recording)
        go_to(t, history_first(h));
    return t;
}

void timeline_free(struct timeline *t)
{
    if (t == NULL)
        return;
    chapters_free(t->chapters);
    str_done(&t->target);
    free(t);
}

bool timeline_seek(struct timeline *t, uint64_t cursor)
{
    uint64_t end = journal_end(t->journal);
    uint64_t before = where(t);
    /* From a moment that is lost, back is nowhere and on is what is left. */
    uint64_t oldest = cursor > before ? history_first(t->history) : first(t);
    bool was_past = t->past;

    t->playing = false;
    if (cursor < oldest)
        cursor = oldest;
    if (cursor > end)
        cursor = end;
    if (t->past && cursor == before)
        return false;
    go_to(t, cursor);
    return where(t) != before || t->past != was_past;
}

bool timeline_step(struct timeline *t, int64_t events)
{
    uint64_t from = where(t);
    uint64_t by = events < 0 ? 0 - (uint64_t)events : (uint64_t)events;

    if (events < 0)
        return timeline_seek(t, by < from ? from - by : 0);
    return timeline_seek(t, by < UINT64_MAX - from ? from + by : UINT64_MAX);
}

/* The name behind `mark`; NULL if it is another line. */
static const char *mark_in(const struct event *e)
{
    const char *text = e->kind == EVENT_LINE ? e->u.line.text : NULL;

    if (text == NULL || strncmp(text, "mark ", 5) != 0)
        return NULL;
    return text + 5 + strspn(text + 5, " \t");
}

static bool is_target(const struct event *e)
{
    return e->kind != EVENT_LINE || mark_in(e) != NULL;
}

bool timeline_jump(struct timeline *t, int direction)
{
    const unsigned kinds = 1U << EVENT_STAGE | 1U << EVENT_CALL |
                           1U << EVENT_NOTE | 1U << EVENT_LINE;
    uint64_t from = where(t), end = journal_end(t->journal), found = end;

    if (direction > 0 && from < end)
        found = journal_find(t->journal, from, 1, kinds, is_target);
    else if (direction <= 0 && from >= 2)
        found = journal_find(t->journal, from - 2, -1, kinds, is_target);
    if (found < end)
        return timeline_seek(t, found + 1);
    return timeline_seek(t, direction > 0 ? end : 0);
}

bool timeline_seek_chapter(struct timeline *t, size_t chapter)
{
    const struct timeline_chapter *c = chapters_at(t->chapters, chapter);

    if (c != NULL)
        return timeline_seek(t, c->cursor);
    t->playing = false;
    return false;
}

bool timeline_return(struct timeline *t)
{
    return timeline_seek(t, UINT64_MAX);
}

/* What may have been lost since the cursor was set is made up for by the
 * oldest moment there is. */
const struct model *timeline_model(struct timeline *t)
{
    const struct model *m;

    if (where(t) == journal_end(t->journal))
        return t->latest;
    m = history_at(t->history, t->cursor);
    if (m != NULL)
        return m;
    go_to(t, history_first(t->history));
    m = history_at(t->history, where(t));
    if (m != NULL)
        return m;
    go_to(t, journal_end(t->journal));
    return t->latest;
}

/* ---- playing ------------------------------------------------------------- */

/* Time on the stage that real time stands for; saturates. */
static uint64_t sped_up(uint64_t real_ns, int speed)
{
    if (speed <= 0)
        return real_ns >> -speed;
    return real_ns > UINT64_MAX >> speed ? UINT64_MAX : real_ns << speed;
}

uint64_t timeline_now_ns(const struct timeline *t, uint64_t live_ns)
{
    uint64_t passed = sped_up(t->waited_ns, t->speed);

    if (!t->past)
        return live_ns;
    return t->t_ns + passed < t->t_ns ? UINT64_MAX : t->t_ns + passed;
}

void timeline_play(struct timeline *t, uint64_t clock_ns)
{
    if (!t->past || t->playing)
        return;
    if (t->cursor == journal_end(t->journal))
        go_to(t, history_first(t->history));
    t->playing = true;
    t->clock_ns = clock_ns;
}

void timeline_pause(struct timeline *t)
{
    t->playing = false;
}

void timeline_set_speed(struct timeline *t, int speed, uint64_t clock_ns)
{
    uint64_t passed;

    if (t->playing)
        timeline_run(t, clock_ns);
    if (speed < TIMELINE_SPEED_MIN)
        speed = TIMELINE_SPEED_MIN;
    if (speed > TIMELINE_SPEED_MAX)
        speed = TIMELINE_SPEED_MAX;
    passed = sped_up(t->waited_ns, t->speed);
    t->waited_ns = sped_up(passed, -speed);
    t->speed = speed;
}

/* Real time between the event before the cursor and that one behind it. Times
 * of a hostile recording may go backward: then it is due at once. */
static uint64_t wait_for(const struct timeline *t, const struct event *next)
{
    uint64_t wait;

    if (t->cursor == 0)
        return 0;
    if (next->kind == EVENT_STAGE)
        return STAGE_PAUSE_NS;
    if (next->t_ns < t->t_ns)
        return 0;
    wait = sped_up(next->t_ns - t->t_ns, -t->speed);
    return wait < TIMELINE_GAP_NS ? wait : TIMELINE_GAP_NS;
}

static uint64_t stop_at_end(struct timeline *t)
{
    t->playing = false;
    t->waited_ns = 0;
    if (!t->recording)
        t->past = false;
    return UINT64_MAX;
}

uint64_t timeline_run(struct timeline *t, uint64_t clock_ns)
{
    if (!t->playing)
        return UINT64_MAX;
    if (clock_ns > t->clock_ns) {
        t->waited_ns += clock_ns - t->clock_ns;
        t->clock_ns = clock_ns;
    }
    for (int played = 0; played < RUN_EVENTS_MAX; played++) {
        uint64_t wait, oldest = history_first(t->history);
        const struct event *next = journal_at(t->journal, t->cursor);
        if (next == NULL && t->cursor >= oldest)
            return stop_at_end(t); /* or where the spool can't be read */
        if (next == NULL) {
            go_to(t, oldest);
            continue;
        }
        wait = wait_for(t, next);
        if (t->waited_ns < wait)
            return wait - t->waited_ns;
        t->waited_ns -= wait;
        t->t_ns = next->t_ns;
        t->cursor++;
    }
    t->waited_ns = 0;
    return 0;
}

/* ---- what a screen asks -------------------------------------------------- */

/* Copied, because the journal's text may be gone with the next event. */
static const char *target_text(struct timeline *t)
{
    const struct event *e = NULL;
    const char *text = NULL;

    if (t->past && t->cursor > 0)
        e = journal_at(t->journal, t->cursor - 1);
    if (e != NULL)
        text = e->kind == EVENT_NOTE ? e->u.note.text : mark_in(e);
    if (text == NULL)
        return NULL;
    str_clear(&t->target);
    str_add(&t->target, text);
    return str_text(&t->target);
}

struct timeline_place timeline_place(struct timeline *t)
{
    struct timeline_place p = {.recording = t->recording,
        .past = t->past,
        .cursor = where(t),
        .first = first(t),
        .end = journal_end(t->journal),
        .playing = t->playing,
        .speed = t->speed,
        .chapters = chapters_count(t->chapters)};

    p.at_end = p.cursor == p.end;
    p.news = t->past && !t->recording ? p.end - t->left_at : 0;
    p.t_ns = timeline_now_ns(t, model_now_ns(t->latest));
    p.chapter = chapters_find(t->chapters, p.cursor);
    p.target = target_text(t);
    return p;
}

const struct timeline_chapter *timeline_chapter_at(
    const struct timeline *t, size_t i)
{
    return chapters_at(t->chapters, i);
}
