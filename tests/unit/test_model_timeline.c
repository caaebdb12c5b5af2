/* Walking through the moments of a journal, live and of a recording: steps,
 * jumps, chapters, and what is left where the oldest is lost. */
#include "sockstage/model/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "timeline_walk.h"

static void test_begins(void **state)
{
    struct walk w;
    struct timeline_place p;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_look(&w, false);
    p = timeline_place(w.timeline);
    assert_false(p.past || p.recording || p.playing);
    assert_true(p.at_end);
    assert_int_equal(p.end, 0);
    assert_int_equal(p.chapters, 0);
    assert_null(p.target);
    assert_null(timeline_chapter_at(w.timeline, 0));
    assert_ptr_equal(timeline_model(w.timeline), w.latest);
    assert_false(timeline_step(w.timeline, -1));
    assert_false(timeline_step(w.timeline, 1));
    assert_false(timeline_jump(w.timeline, -1));
    assert_false(timeline_jump(w.timeline, 1));
    walk_publish_story(&w);
    assert_ptr_equal(timeline_model(w.timeline), w.latest);
    assert_int_equal(timeline_now_ns(w.timeline, 77), 77);
    walk_assert_at(&w, 10);
    timeline_free(w.timeline);
    walk_look(&w, true);
    p = timeline_place(w.timeline);
    assert_true(p.past && p.recording);
    assert_false(p.at_end);
    assert_int_equal(timeline_now_ns(w.timeline, 77), 0);
    walk_assert_at(&w, 0);
    assert_string_equal(model_wire(timeline_model(w.timeline)), "");
    walk_end(&w);
}

static void test_steps(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, false);
    assert_true(timeline_step(w.timeline, -1));
    walk_assert_at(&w, 9);
    assert_true(timeline_place(w.timeline).past);
    assert_int_equal(timeline_now_ns(w.timeline, 77), 800 * MS);
    assert_int_equal(timeline_place(w.timeline).t_ns, 800 * MS);
    assert_true(timeline_step(w.timeline, -4));
    walk_assert_at(&w, 5);
    assert_true(timeline_step(w.timeline, 2));
    walk_assert_at(&w, 7);
    assert_true(timeline_step(w.timeline, INT64_MIN));
    walk_assert_at(&w, 0);
    assert_int_equal(timeline_now_ns(w.timeline, 77), 0);
    assert_false(timeline_step(w.timeline, -1));
    assert_true(timeline_step(w.timeline, INT64_MAX));
    assert_false(timeline_place(w.timeline).past);
    walk_assert_at(&w, 10);
    assert_false(timeline_step(w.timeline, 1));
    assert_true(timeline_seek(w.timeline, 3));
    walk_assert_at(&w, 3);
    assert_false(timeline_seek(w.timeline, 3));
    assert_true(timeline_return(w.timeline));
    assert_false(timeline_return(w.timeline));
    assert_ptr_equal(timeline_model(w.timeline), w.latest);
    walk_end(&w);
}

/* The last event done is a moment of its own in a recording, and now live. */
static void test_ends(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    assert_true(timeline_seek(w.timeline, 99));
    walk_assert_at(&w, 10);
    assert_true(timeline_place(w.timeline).past);
    assert_false(timeline_step(w.timeline, 1));
    assert_false(timeline_return(w.timeline));
    timeline_free(w.timeline);
    walk_look(&w, false);
    assert_true(timeline_step(w.timeline, -1));
    assert_true(timeline_step(w.timeline, 1));
    assert_false(timeline_place(w.timeline).past);
    walk_end(&w);
}

static void test_news(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, false);
    timeline_step(w.timeline, -2);
    assert_int_equal(timeline_place(w.timeline).news, 0);
    walk_publish(&w, make_note(SECOND, "new", "en"));
    walk_publish(&w, make_note(SECOND, "newer", "en"));
    timeline_step(w.timeline, -1);
    assert_int_equal(timeline_place(w.timeline).news, 2);
    walk_assert_at(&w, 7);
    assert_int_equal(timeline_place(w.timeline).end, 12);
    timeline_step(w.timeline, 4);
    walk_assert_at(&w, 11);
    assert_int_equal(timeline_place(w.timeline).news, 2);
    timeline_return(w.timeline);
    assert_int_equal(timeline_place(w.timeline).news, 0);
    timeline_step(w.timeline, -1);
    assert_int_equal(timeline_place(w.timeline).news, 0);
    walk_end(&w);
}

static void test_jumps(void **state)
{
    static const uint64_t stops[] = {1, 4, 5, 7, 9, 10};
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    for (size_t i = 0; i < 6; i++) {
        assert_true(timeline_jump(w.timeline, 1));
        walk_assert_at(&w, stops[i]);
    }
    assert_false(timeline_jump(w.timeline, 1));
    for (size_t i = 5; i-- > 0;) {
        assert_true(timeline_jump(w.timeline, -1));
        walk_assert_at(&w, stops[i]);
    }
    assert_true(timeline_jump(w.timeline, -1));
    walk_assert_at(&w, 0);
    assert_false(timeline_jump(w.timeline, -1));
    timeline_seek(w.timeline, 6);
    assert_true(timeline_jump(w.timeline, -1));
    walk_assert_at(&w, 5);
    timeline_free(w.timeline);
    walk_look(&w, false);
    assert_true(timeline_jump(w.timeline, -1));
    walk_assert_at(&w, 9);
    assert_true(timeline_jump(w.timeline, 1));
    assert_false(timeline_place(w.timeline).past);
    walk_end(&w);
}

static void test_targets(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish_story(&w);
    walk_look(&w, true);
    assert_null(timeline_place(w.timeline).target);
    timeline_seek(w.timeline, 4);
    assert_string_equal(timeline_place(w.timeline).target, "Look here.");
    timeline_seek(w.timeline, 5);
    assert_null(timeline_place(w.timeline).target);
    timeline_seek(w.timeline, 7);
    assert_string_equal(timeline_place(w.timeline).target, "the wire");
    timeline_seek(w.timeline, 8);
    assert_null(timeline_place(w.timeline).target);
    timeline_free(w.timeline);
    walk_look(&w, false);
    timeline_seek(w.timeline, 4);
    timeline_return(w.timeline);
    assert_null(timeline_place(w.timeline).target);
    walk_end(&w);
}

/* ---- chapters ------------------------------------------------------------ */

static void test_chapters(void **state)
{
    struct walk w;
    const struct timeline_chapter *c;
    char text[400];

    (void)state;
    walk_begin(&w, 1 << 20);
    walk_publish(&w, make_line(0, "title Not of a stage", 1));
    walk_publish_story(&w);
    walk_publish(&w, make_line(SECOND, "title Again", 9));
    walk_look(&w, true);
    assert_int_equal(timeline_place(w.timeline).chapters, 1);
    c = timeline_chapter_at(w.timeline, 0);
    assert_int_equal(c->cursor, 2);
    assert_string_equal(c->title, "First");
    walk_publish(&w, make_stage()); /* 12 */
    assert_string_equal(timeline_chapter_at(w.timeline, 1)->title, "");
    walk_publish(&w, make_line(0, "titles", 1));
    walk_publish(&w, make_line(0, "title.ko \xeb\x91\x98", 1));
    walk_publish(&w, make_line(0, "title Two", 2));
    assert_string_equal(
        timeline_chapter_at(w.timeline, 1)->title, "\xeb\x91\x98");
    walk_publish(&w, make_stage()); /* 16 */
    memset(text, 'x', sizeof text);
    memcpy(text, "title  ", 7);
    /* A letter of three bytes lies across the end of the array. */
    memcpy(text + 7 + 126, "\xeb\x91\x98", 3);
    text[sizeof text - 1] = '\0';
    walk_publish(&w, make_line(0, text, 1));
    assert_int_equal(strlen(timeline_chapter_at(w.timeline, 2)->title), 126);
    walk_publish(&w, make_stage()); /* 18 */
    memset(text + 7, 'x', sizeof text - 8);
    walk_publish(&w, make_line(0, text, 1));
    assert_int_equal(strlen(timeline_chapter_at(w.timeline, 3)->title), 127);
    assert_int_equal(timeline_place(w.timeline).chapters, 4);
    assert_null(timeline_chapter_at(w.timeline, 4));

    assert_int_equal(timeline_place(w.timeline).chapter, 0);
    assert_true(timeline_seek_chapter(w.timeline, 1));
    walk_assert_at(&w, 13);
    assert_int_equal(timeline_place(w.timeline).chapter, 1);
    timeline_step(w.timeline, -1);
    assert_int_equal(timeline_place(w.timeline).chapter, 0);
    assert_true(timeline_seek_chapter(w.timeline, 2));
    assert_int_equal(timeline_place(w.timeline).chapter, 2);
    assert_false(timeline_seek_chapter(w.timeline, 4));
    walk_assert_at(&w, 17);
    walk_end(&w);
}

static void test_many_chapters(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 64 << 20);
    walk_look(&w, true);
    for (int i = 0; i < TIMELINE_CHAPTERS_MAX + 10; i++)
        walk_publish(&w, make_stage());
    walk_publish(&w, make_line(0, "title Too late", 2));
    assert_int_equal(
        timeline_place(w.timeline).chapters, TIMELINE_CHAPTERS_MAX);
    assert_string_equal(
        timeline_chapter_at(w.timeline, TIMELINE_CHAPTERS_MAX - 1)->title, "");
    walk_end(&w);
}

/* ---- what has left the window -------------------------------------------- */

static void test_lost(void **state)
{
    struct walk w;
    struct timeline_place p;

    (void)state;
    walk_begin(&w, 16 << 10);
    walk_look(&w, false);
    walk_publish_story(&w);
    timeline_seek(w.timeline, 5);
    walk_assert_at(&w, 5);
    for (uint64_t i = 0; i < 20000; i++)
        walk_publish(
            &w, make_call(SECOND + i, 3 + i, "c1", "send", "s.send(b'')"));
    /* What is shown stays, and what comes next is what is left. */
    p = timeline_place(w.timeline);
    assert_int_equal(p.cursor, 5);
    assert_int_equal(p.first, 5);
    assert_int_equal(p.news, 20000);
    assert_int_equal(model_now_ns(timeline_model(w.timeline)), 400 * MS);
    assert_true(history_first(w.history) > 5);
    assert_false(timeline_step(w.timeline, -1));
    assert_int_equal(walk_cursor(&w), 5);
    timeline_play(w.timeline, 0);
    timeline_run(w.timeline, 0);
    assert_true(walk_cursor(&w) >= history_first(w.history));
    timeline_seek(w.timeline, 0);
    assert_int_equal(walk_cursor(&w), history_first(w.history));
    /* The event before it is not there to ask for its time. */
    assert_int_equal(timeline_now_ns(w.timeline, 0),
        model_now_ns(timeline_model(w.timeline)));
    assert_in_range(timeline_now_ns(w.timeline, 0), SECOND, 2 * SECOND);
    timeline_seek(w.timeline, history_first(w.history) + 1);
    assert_true(timeline_jump(w.timeline, -1));
    assert_int_equal(walk_cursor(&w), history_first(w.history));
    assert_false(timeline_jump(w.timeline, -1));
    walk_end(&w);
}

static void test_begins_late(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 16 << 10);
    for (uint64_t i = 0; i < 20000; i++)
        walk_publish(&w, make_note(i, "and so on", "en"));
    walk_look(&w, true);
    assert_int_equal(walk_cursor(&w), history_first(w.history));
    assert_true(walk_cursor(&w) > 0);
    assert_int_equal(timeline_place(w.timeline).first, walk_cursor(&w));
    assert_int_equal(timeline_now_ns(w.timeline, 0), walk_cursor(&w) - 1);
    walk_end(&w);
}

static void test_steps_on_from_lost(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 16 << 10);
    walk_look(&w, false);
    walk_publish_story(&w);
    timeline_seek(w.timeline, 5);
    for (uint64_t i = 0; i < 20000; i++)
        walk_publish(&w, make_note(SECOND + i, "and so on", "en"));
    assert_true(timeline_step(w.timeline, 1));
    assert_int_equal(walk_cursor(&w), history_first(w.history));
    walk_end(&w);
}

/* A cursor that was set but never drawn, and is gone before it is. */
static void test_lost_unseen(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 16 << 10);
    walk_look(&w, false);
    walk_publish_story(&w);
    timeline_seek(w.timeline, 5);
    for (uint64_t i = 0; i < 20000; i++)
        walk_publish(
            &w, make_call(SECOND + i, 3 + i, "c1", "send", "s.send(b'')"));
    assert_non_null(timeline_model(w.timeline));
    assert_int_equal(walk_cursor(&w), history_first(w.history));
    walk_end(&w);
}

static void test_no_past(void **state)
{
    struct walk w;

    (void)state;
    walk_begin(&w, 0);
    walk_look(&w, false);
    walk_publish_story(&w);
    assert_false(timeline_step(w.timeline, -1));
    assert_false(timeline_jump(w.timeline, -1));
    assert_ptr_equal(timeline_model(w.timeline), w.latest);
    walk_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begins),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_jumps),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_chapters),
        cmocka_unit_test(test_many_chapters),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_begins_late),
        cmocka_unit_test(test_steps_on_from_lost),
        cmocka_unit_test(test_lost_unseen),
        cmocka_unit_test(test_no_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
