/* Playing the moments of a journal by a clock, live and of a recording. */
#include "sockstage/model/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "timeline_walk.h"

static void test_plays(void **state)
{
    struct walk w;
    const uint64_t at = 5000 * SECOND;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    assert_int_equal(timeline_run(w.timeline, at), UINT64_MAX);
    timeline_play(w.timeline, at);
    assert_true(timeline_place(w.timeline).playing);
    assert_int_equal(timeline_run(w.timeline, at), 100 * MS);
    walk_assert_at(&w, 1);
    assert_int_equal(timeline_run(w.timeline, at + 40 * MS), 60 * MS);
    walk_assert_at(&w, 1);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 40 * MS);
    assert_int_equal(timeline_place(w.timeline).t_ns, 40 * MS);
    assert_int_equal(timeline_run(w.timeline, at + 310 * MS), 90 * MS);
    walk_assert_at(&w, 4);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 310 * MS);
    assert_int_equal(timeline_run(w.timeline, at + 899 * MS), MS);
    assert_int_equal(timeline_run(w.timeline, at + 900 * MS), UINT64_MAX);
    walk_assert_at(&w, 10);
    assert_false(timeline_place(w.timeline).playing);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 900 * MS);
    /* From the end it starts over. */
    timeline_play(w.timeline, at + SECOND);
    walk_assert_at(&w, 0);
    assert_int_equal(timeline_run(w.timeline, at + SECOND), 100 * MS);
    walk_assert_at(&w, 1);
    walk_end(&w);
}

static void test_pauses(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    timeline_play(w.timeline, 0);
    timeline_run(w.timeline, 230 * MS);
    timeline_pause(w.timeline);
    assert_false(timeline_place(w.timeline).playing);
    assert_int_equal(timeline_run(w.timeline, 800 * MS), UINT64_MAX);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 230 * MS);
    walk_assert_at(&w, 3);
    timeline_play(w.timeline, 9 * SECOND);
    assert_int_equal(timeline_run(w.timeline, 9 * SECOND), 70 * MS);
    /* A move is paused too, and is at an event. */
    assert_true(timeline_step(w.timeline, 1));
    assert_false(timeline_place(w.timeline).playing);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 300 * MS);
    timeline_play(w.timeline, 10 * SECOND);
    assert_int_equal(timeline_run(w.timeline, 10 * SECOND), 100 * MS);
    timeline_seek(w.timeline, 4);
    assert_false(timeline_place(w.timeline).playing);
    timeline_play(w.timeline, 10 * SECOND);
    assert_false(timeline_seek_chapter(w.timeline, 7));
    assert_false(timeline_place(w.timeline).playing);
    walk_end(&w);
}

static void test_speed(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    timeline_set_speed(w.timeline, 1, 0);
    timeline_play(w.timeline, 0);
    assert_int_equal(timeline_run(w.timeline, 0), 50 * MS);
    assert_int_equal(timeline_run(w.timeline, 20 * MS), 30 * MS);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 40 * MS);
    timeline_set_speed(w.timeline, -2, 30 * MS); /* 60 ms have passed */
    assert_int_equal(timeline_now_ns(w.timeline, 0), 60 * MS);
    assert_int_equal(timeline_run(w.timeline, 30 * MS), 160 * MS);
    assert_int_equal(timeline_run(w.timeline, 70 * MS), 120 * MS);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 70 * MS);
    timeline_set_speed(w.timeline, 100, 70 * MS);
    assert_int_equal(timeline_place(w.timeline).speed, TIMELINE_SPEED_MAX);
    timeline_set_speed(w.timeline, -100, 70 * MS);
    assert_int_equal(timeline_place(w.timeline).speed, TIMELINE_SPEED_MIN);
    timeline_set_speed(w.timeline, 0, 70 * MS);
    assert_int_equal(timeline_run(w.timeline, 70 * MS), 30 * MS);
    walk_end(&w);
}

static void test_gaps(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish(&w, make_stage());
    walk_publish(&w, make_note(3600 * SECOND, "an hour later", "en"));
    walk_publish(&w, make_note(3604 * SECOND, "soon", "en"));
    walk_look(&w, true);
    timeline_play(w.timeline, 0);
    assert_int_equal(timeline_run(w.timeline, 0), TIMELINE_GAP_NS);
    assert_int_equal(
        timeline_run(w.timeline, SECOND), TIMELINE_GAP_NS - SECOND);
    assert_int_equal(timeline_now_ns(w.timeline, 0), SECOND);
    assert_int_equal(timeline_run(w.timeline, 3 * SECOND), TIMELINE_GAP_NS);
    walk_assert_at(&w, 2);
    assert_int_equal(timeline_now_ns(w.timeline, 0), 3600 * SECOND);
    timeline_set_speed(w.timeline, 1, 3 * SECOND);
    assert_int_equal(timeline_run(w.timeline, 3 * SECOND), 2 * SECOND);
    walk_end(&w);
}

/* Each stage has a time of its own; times of a hostile recording are any. */
static void test_odd_times(void **state)
{
    struct walk w;
    uint64_t clock = 0, wait;
    int rounds = 0;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish(&w, make_stage());
    walk_publish(&w, make_note(50 * SECOND, "late", "en"));
    walk_publish(&w, make_stage());
    walk_publish(&w, make_note(100 * MS, "early", "en"));
    walk_publish(&w, make_note(50 * MS, "earlier", "en"));
    walk_publish(&w, make_note(UINT64_MAX, "never", "en"));
    walk_publish(&w, make_note(0, "back", "en"));
    walk_look(&w, true);
    timeline_seek(w.timeline, 2);
    timeline_play(w.timeline, clock);
    wait = timeline_run(w.timeline, clock);
    assert_in_range(wait, 100 * MS, 2 * SECOND);
    wait = timeline_run(w.timeline, clock += wait);
    walk_assert_at(&w, 3);
    assert_int_equal(wait, 100 * MS);
    wait = timeline_run(w.timeline, clock += wait);
    walk_assert_at(&w, 5);
    assert_int_equal(wait, TIMELINE_GAP_NS);
    assert_int_equal(timeline_run(w.timeline, clock + wait - 1), 1);
    assert_int_equal(timeline_run(w.timeline, clock + wait), UINT64_MAX);
    walk_assert_at(&w, 7);
    for (int speed = -4; speed <= 6; speed++) {
        timeline_set_speed(w.timeline, speed, clock);
        timeline_seek(w.timeline, 6);
        assert_true(timeline_now_ns(w.timeline, 0) == UINT64_MAX);
        timeline_seek(w.timeline, 0);
        timeline_play(w.timeline, clock);
        for (wait = 0; wait != UINT64_MAX && rounds < 1000; rounds++)
            wait = timeline_run(w.timeline, clock += wait);
    }
    assert_true(rounds < 1000);
    walk_end(&w);
}

/* A clock that stands or goes back is none of its business. */
static void test_odd_clock(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    timeline_play(w.timeline, 10 * SECOND);
    assert_int_equal(timeline_run(w.timeline, 5 * SECOND), 100 * MS);
    assert_int_equal(timeline_run(w.timeline, 10 * SECOND), 100 * MS);
    assert_int_equal(timeline_run(w.timeline, UINT64_MAX), UINT64_MAX);
    walk_assert_at(&w, 10);
    walk_end(&w);
}

static void test_plays_to_now(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, false);
    timeline_play(w.timeline, 0);
    assert_false(timeline_place(w.timeline).playing);
    timeline_seek(w.timeline, 8);
    timeline_play(w.timeline, 0);
    assert_int_equal(timeline_run(w.timeline, 0), 100 * MS);
    /* What comes meanwhile is played too. */
    walk_publish(&w, make_note(SECOND, "new", "en"));
    assert_int_equal(timeline_run(w.timeline, 250 * MS), 50 * MS);
    assert_true(timeline_place(w.timeline).past);
    walk_assert_at(&w, 10);
    assert_int_equal(timeline_run(w.timeline, 300 * MS), UINT64_MAX);
    assert_false(timeline_place(w.timeline).past);
    assert_false(timeline_place(w.timeline).playing);
    assert_int_equal(timeline_now_ns(w.timeline, 77), 77);
    walk_end(&w);
}

/* More events at once than can be applied in the time that they took. */
static void test_plays_a_flood(void **state)
{
    struct walk w;
    uint64_t wait = 0;
    int rounds = 0;

    (void)state;
    walk_begin(&w, 64 << 20);
    walk_publish(&w, make_stage());
    for (uint64_t i = 1; i < 100000; i++)
        walk_publish(&w, make_blocked(i, i));
    walk_look(&w, true);
    timeline_play(w.timeline, 0);
    assert_int_equal(timeline_run(w.timeline, SECOND), 0);
    assert_true(walk_cursor(&w) < 50000);
    for (; wait != UINT64_MAX && rounds < 1000; rounds++)
        wait = timeline_run(w.timeline, 2 * SECOND + (uint64_t)rounds * MS);
    assert_in_range(rounds, 2, 100);
    walk_assert_at(&w, 100000);
    walk_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plays),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_speed),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_odd_times),
        cmocka_unit_test(test_odd_clock),
        cmocka_unit_test(test_plays_to_now),
        cmocka_unit_test(test_plays_a_flood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
