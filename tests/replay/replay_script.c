/* Plays a script live and proves that what is shown of it is a fold of its
 * events: the recording gives at each event the screens that the live run had
 * there, and so does any moment made from a keyframe. Needs privilege: the
 * private wire.
 * Usage: replay_script FILE.stage */
#include "shots.h"

#include "script_run.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/event_json.h"
#include "sockstage/model/recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define WINDOW        ((size_t)64 << 20)
#define LIMIT_NS      UINT64_C(30000000000)
#define KEYFRAMES_MAX 128 /* each by a history of its own */
#define SLICE_MAX     300 /* bytes of a recording at once */

/* A script, and all that was seen of it while it was played. */
struct show {
    const char *file;
    bool is_open; /* false: this machine has no private wire */
    struct script_run run;
    VEC(struct shot) shots;  /* the i-th after i + 1 events */
    struct str recording[2]; /* without, and with the packets */
    struct history *histories[KEYFRAMES_MAX];
    uint64_t begun_at[KEYFRAMES_MAX]; /* the cursor of its keyframe */
    size_t history_count;
    uint64_t luck;
};

/* A number below `limit`; xorshift. */
static uint64_t luck(struct show *s, uint64_t limit)
{
    s->luck ^= s->luck << 13;
    s->luck ^= s->luck >> 7;
    s->luck ^= s->luck << 17;
    return s->luck % limit;
}

/* ---- live ---------------------------------------------------------------- */

/* The stage's model, a subscriber before this one, has the event already. */
static void hear(void *ctx, const struct event *e)
{
    struct show *s = ctx;
    struct shot shot;

    shot_take(&shot, &(struct shot_source){.model = stage_model(s->run.stage),
                         .cursor = e->seq + 1,
                         .now_ns = e->t_ns});
    vec_push(&s->shots, shot);
    for (size_t i = 0; i < 2; i++)
        event_to_json(e, i == 1, &s->recording[i]);
}

/* Looked at after each turn of the loop: there the model is up to date, and a
 * history that begins takes a keyframe of it. */
static bool has_ended(void *ctx)
{
    struct show *s = ctx;
    uint64_t end = journal_end(s->run.journal);
    size_t n = s->history_count;

    if (n < KEYFRAMES_MAX && (n == 0 || end > s->begun_at[n - 1])) {
        s->histories[n] =
            history_new(s->run.journal, stage_model(s->run.stage), WINDOW);
        s->begun_at[n] = end;
        s->history_count++;
    }
    return s->run.ended;
}

/* The stage's own first event came before anybody could subscribe. */
static void hear_first(struct show *s)
{
    assert_int_equal(journal_end(s->run.journal), 1);
    hear(s, journal_at(s->run.journal, 0));
}

static bool play(struct show *s)
{
    struct script_error e;
    char line[1024];

    s->luck = 88172645463325252;
    s->is_open = script_run_open(&s->run, STAGE_PRIVATE, PLAYER_BATCH);
    if (!s->is_open)
        return false;
    hear_first(s);
    journal_subscribe(s->run.journal, hear, s);
    s->run.script = script_parse_file(s->file, &e);
    if (!s->run.script)
        fail_msg("%s", script_error_format(&e, line, sizeof line));
    player_play(s->run.player, s->run.script, LIMIT_NS);
    script_run_until(&s->run, has_ended, s);
    return s->run.result != END_SKIPPED;
}

static void take_down(struct show *s)
{
    for (size_t i = 0; i < s->history_count; i++)
        history_free(s->histories[i]);
    if (s->is_open)
        script_run_close(&s->run);
    for (size_t i = 0; i < s->shots.len; i++)
        shot_done(&s->shots.items[i]);
    vec_done(&s->shots);
    for (size_t i = 0; i < 2; i++)
        str_done(&s->recording[i]);
}

static struct show *played(void **state)
{
    struct show *s = *state;

    if (!s->run.ended || s->run.result == END_SKIPPED)
        skip();
    return s;
}

/* That moment, from wherever it comes, is the one that was seen live. */
static void assert_seen(const struct show *s, const struct shot_source *from)
{
    struct str why = STR_INIT;
    struct shot shot;

    assert_true(from->cursor > 0 && from->cursor <= s->shots.len);
    shot_take(&shot, from);
    if (!shot_equal(&s->shots.items[from->cursor - 1], &shot, &why)) {
        print_error("%s\n", str_text(&why));
        fail();
    }
    shot_done(&shot);
    str_done(&why);
}

/* ---- the recording ------------------------------------------------------- */

struct replay {
    const struct show *show;
    struct journal *journal;
    struct model *latest;
    struct history *history;
    struct timeline *timeline;
};

static void fold(void *ctx, const struct event *e)
{
    model_apply(ctx, e);
}

static void hear_again(void *ctx, struct event *e)
{
    struct replay *r = ctx;
    struct timeline_place place = {.recording = true, .past = true};

    journal_publish(r->journal, e);
    assert_seen(r->show, &(struct shot_source){.model = r->latest,
                             .cursor = e->seq + 1,
                             .now_ns = e->t_ns,
                             .place = &place});
}

static void replay_open(struct replay *r, const struct show *s)
{
    *r = (struct replay){.show = s};
    r->journal = journal_new(WINDOW);
    r->latest = model_new();
    journal_subscribe(r->journal, fold, r->latest);
    r->history = history_new(r->journal, r->latest, WINDOW);
    r->timeline = timeline_new(r->history, r->journal, r->latest, true);
}

static void replay_close(struct replay *r)
{
    timeline_free(r->timeline);
    history_free(r->history);
    journal_free(r->journal);
    model_free(r->latest);
}

/* In slices of any length, as a disk or a pipe may give it. */
static void feed(struct show *s, struct replay *r, const struct str *text)
{
    struct recording *reader = recording_new(hear_again, r);
    struct recording_error error;
    bool cut_off = true;

    for (size_t at = 0; at < text->len;) {
        size_t n = luck(s, SLICE_MAX) + 1;
        if (n > text->len - at)
            n = text->len - at;
        if (!recording_feed(reader, text->data + at, n, &error))
            fail_msg("line %d: %s", (int)error.line, error.what);
        at += n;
    }
    assert_true(recording_end(reader, &cut_off, &error));
    assert_false(cut_off);
    recording_free(reader);
    assert_int_equal(journal_end(r->journal), s->shots.len);
}

/* Event by event, as the screen walks. */
static void walk(const struct show *s, struct replay *r)
{
    struct timeline *t = r->timeline;

    while (timeline_step(t, 1)) {
        struct timeline_place place = timeline_place(t);
        assert_seen(s, &(struct shot_source){.model = timeline_model(t),
                           .cursor = place.cursor,
                           .now_ns = timeline_now_ns(t, 0),
                           .place = &place});
    }
    assert_int_equal(timeline_place(t).cursor, s->shots.len);
}

static void replay(struct show *s, const struct str *text)
{
    struct replay r;

    replay_open(&r, s);
    feed(s, &r, text);
    walk(s, &r);
    replay_close(&r);
}

/* ---- tests --------------------------------------------------------------- */

/* All that drawing may take longer than what it expects in time; then what it
 * did until there is compared. */
static void test_it_plays(void **state)
{
    struct show *s = *state;

    if (!play(s))
        skip();
    if (s->run.result != END_PASSED)
        print_message("%s\n", s->run.why);
    assert_int_equal(s->shots.len, journal_end(s->run.journal));
    assert_true(s->shots.len > 5);
}

static void test_its_recording(void **state)
{
    struct show *s = played(state);

    replay(s, &s->recording[0]);
}

static void test_its_recording_with_packets(void **state)
{
    struct show *s = played(state);

    replay(s, &s->recording[1]);
}

static void assert_moment(struct show *s, struct history *h, uint64_t from)
{
    struct timeline_place place = {.recording = true, .past = true};
    uint64_t cursor = from + luck(s, s->shots.len + 1 - from);
    const struct model *m = history_at(h, cursor);

    assert_non_null(m);
    assert_seen(s, &(struct shot_source){.model = m,
                       .cursor = cursor,
                       .now_ns = model_now_ns(m),
                       .place = &place});
}

/* One behind each keyframe, made from it, and any one, wherever from. */
static void test_its_moments(void **state)
{
    struct show *s = played(state);

    assert_true(s->history_count > 3);
    for (size_t i = 0; i < s->history_count; i++) {
        struct history *h = s->histories[i];
        assert_moment(s, h, s->begun_at[i]);
        assert_int_equal(history_unpacked(h), 1);
        assert_moment(s, h, history_first(h) + 1);
    }
}

int main(int argc, char **argv)
{
    struct show s = {.file = argc == 2 ? argv[1] : NULL};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_it_plays, &s),
        cmocka_unit_test_prestate(test_its_recording, &s),
        cmocka_unit_test_prestate(test_its_recording_with_packets, &s),
        cmocka_unit_test_prestate(test_its_moments, &s),
    };
    int failed;

    if (!s.file) {
        fputs("usage: replay_script FILE.stage\n", stderr);
        return 2;
    }
    failed = cmocka_run_group_tests_name(s.file, tests, NULL, NULL);
    take_down(&s);
    return failed;
}
