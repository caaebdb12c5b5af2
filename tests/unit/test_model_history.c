/* The moments of a journal: the same by whatever way they are made, from a
 * keyframe or from the start, whether or not windows and spools have lost what
 * is old. */
#include "sockstage/model/history.h"

#include "../../src/model/model_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model_events.h"
#include "model_story.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/vec.h"
#include "spool_file.h"

#define EVENTS  10000
#define KIB     ((size_t)1024)
#define MIB     (1024 * KIB)
#define CURSORS 30

struct past {
    struct journal *journal;
    struct model *latest;
    struct history *history;
    struct story story;
    int fd; /* of the keyframes' spool */
};

static void apply(void *ctx, const struct event *e)
{
    struct past *p = ctx;

    model_apply(p->latest, e);
}

static void begin(
    struct past *p, uint64_t seed, size_t events_bytes, size_t keyframes_bytes)
{
    p->journal = journal_new(events_bytes);
    p->latest = model_new();
    journal_subscribe(p->journal, apply, p);
    p->history = history_new(p->journal, p->latest, keyframes_bytes);
    story_begin(&p->story, seed);
}

static void no_failure(void *ctx, const struct err *e)
{
    (void)ctx;
    fail_msg("%s", e->msg);
}

static void add_spools(struct past *p, uint64_t limit)
{
    int fd;

    journal_set_spool(
        p->journal, spool_file_open(limit, &fd), no_failure, NULL);
    history_set_spool(
        p->history, spool_file_open(limit, &p->fd), no_failure, NULL);
}

static void tell(struct past *p, size_t events)
{
    for (size_t i = 0; i < events; i++) {
        struct event e = story_next(&p->story);
        journal_publish(p->journal, &e);
    }
}

static void end(struct past *p)
{
    history_free(p->history);
    journal_free(p->journal);
    model_free(p->latest);
}

static void assert_same(const struct model *a, const struct model *b)
{
    struct str x = STR_INIT, y = STR_INIT;

    assert_non_null(a);
    model_pack(a, &x);
    model_pack(b, &y);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
    str_done(&x);
    str_done(&y);
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Random moments in any order, each compared with the story told again from
 * its beginning. */
static void assert_moments(struct past *p, uint64_t seed)
{
    uint64_t first = history_first(p->history);
    uint64_t count = journal_end(p->journal) - first + 1;
    uint64_t cursors[CURSORS];
    struct str moments[CURSORS];
    struct model *told = model_new();
    struct story s, luck;
    uint64_t n = 0;

    story_begin(&luck, seed + 1000);
    for (size_t i = 0; i < CURSORS; i++)
        cursors[i] = first + story_luck(&luck, count);
    cursors[0] = first;
    cursors[1] = journal_end(p->journal);
    qsort(cursors, CURSORS, sizeof *cursors, ascending);
    story_begin(&s, seed);
    for (size_t i = 0; i < CURSORS; i++) {
        for (; n < cursors[i]; n++) {
            struct event e = story_next(&s);
            model_apply(told, &e);
        }
        str_init(&moments[i]);
        model_pack(told, &moments[i]);
    }
    for (size_t i = 0; i < 2 * (size_t)CURSORS; i++) {
        size_t k = story_luck(&luck, CURSORS);
        const struct model *m = history_at(p->history, cursors[k]);
        struct str bytes = STR_INIT;
        assert_non_null(m);
        model_pack(m, &bytes);
        assert_int_equal(bytes.len, moments[k].len);
        assert_memory_equal(bytes.data, moments[k].data, bytes.len);
        str_done(&bytes);
    }
    for (size_t i = 0; i < CURSORS; i++)
        str_done(&moments[i]);
    model_free(told);
}

static void test_all_kept(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct past p;
        begin(&p, seed, 64 * MIB, 64 * MIB);
        tell(&p, EVENTS);
        assert_int_equal(history_first(p.history), 0);
        assert_moments(&p, seed);
        assert_true(history_unpacked(p.history) > 0);
        end(&p);
    }
}

static void test_small_windows(void **state)
{
    static const struct {
        size_t events, keyframes;
    } windows[] = {
        {400 * KIB, 1 * MIB},
        {256 * KIB, 4 * MIB},
        {400 * KIB, 100 * KIB},
        {20 * KIB, 20 * KIB},
        {200, 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
        struct past p;
        uint64_t first;
        begin(&p, i + 10, windows[i].events, windows[i].keyframes);
        tell(&p, i + 1 < ARRAY_LEN(windows) ? EVENTS : 500);
        first = history_first(p.history);
        assert_in_range(first, 1, journal_end(p.journal));
        assert_non_null(history_at(p.history, first));
        assert_null(history_at(p.history, first - 1));
        assert_null(history_at(p.history, journal_end(p.journal) + 1));
        assert_moments(&p, i + 10);
        end(&p);
    }
}

/* Small windows, and room for the rest in files. */
static void test_spools(void **state)
{
    (void)state;
    for (uint64_t seed = 20; seed < 22; seed++) {
        struct past p;
        begin(&p, seed, 100 * KIB, 100 * KIB);
        add_spools(&p, 512 * MIB);
        tell(&p, EVENTS);
        assert_int_equal(history_first(p.history), 0);
        assert_moments(&p, seed);
        end(&p);
    }
}

/* Files that are too small as well. */
static void test_small_spools(void **state)
{
    struct past p;

    (void)state;
    begin(&p, 30, 100 * KIB, 100 * KIB);
    add_spools(&p, 300 * KIB);
    tell(&p, EVENTS);
    assert_true(history_first(p.history) > 0);
    assert_true(history_first(p.history) < journal_end(p.journal));
    assert_moments(&p, 30);
    end(&p);
}

/* What can't be read is no moment, and no fault either. */
static void test_lost_spool(void **state)
{
    const struct model *m;
    struct past p;

    (void)state;
    begin(&p, 31, 64 * MIB, 10 * KIB);
    add_spools(&p, 512 * MIB);
    tell(&p, EVENTS);
    spool_file_lose(p.fd);
    m = history_at(p.history, EVENTS / 2);
    assert_null(m);
    m = history_at(p.history, 100);
    assert_non_null(m);
    end(&p);
}

/* Forward, only what is new is applied; back, no more than is between two
 * keyframes. */
static void test_is_cheap(void **state)
{
    struct past p;
    uint64_t applied;

    (void)state;
    begin(&p, 40, 64 * MIB, 64 * MIB);
    tell(&p, EVENTS);
    history_at(p.history, 8000);
    applied = history_applied(p.history);
    assert_true(applied < 6000);
    for (uint64_t i = 8001; i <= 8100; i++)
        assert_non_null(history_at(p.history, i));
    assert_int_equal(history_applied(p.history), applied + 100);
    assert_non_null(history_at(p.history, 8100));
    assert_int_equal(history_applied(p.history), applied + 100);
    end(&p);
}

/* Keyframes take about as many bytes as the events, never many more. */
static void test_spacing(void **state)
{
    struct past p;
    uint64_t unpacked;

    (void)state;
    begin(&p, 41, 64 * MIB, 64 * MIB);
    tell(&p, EVENTS);
    /* Each step back lands on the keyframe before: at most so many. */
    unpacked = history_unpacked(p.history);
    for (uint64_t i = EVENTS; i > 0; i -= 100)
        assert_non_null(history_at(p.history, i));
    unpacked = history_unpacked(p.history) - unpacked;
    assert_true(unpacked > 0 && unpacked <= EVENTS / 100);
    end(&p);
}

static void test_begun_late(void **state)
{
    struct past p;
    struct history *late;

    (void)state;
    begin(&p, 50, 64 * MIB, 64 * MIB);
    tell(&p, 5000);
    late = history_new(p.journal, p.latest, 64 * MIB);
    assert_int_equal(history_first(late), 0);
    assert_same(history_at(late, 5000), p.latest);
    assert_same(history_at(late, 10), history_at(p.history, 10));
    history_free(late);
    end(&p);

    begin(&p, 51, 50 * KIB, 64 * MIB);
    tell(&p, 5000);
    late = history_new(p.journal, p.latest, 64 * MIB);
    assert_int_equal(history_first(late), 5000);
    assert_same(history_at(late, 5000), p.latest);
    tell(&p, 100);
    assert_same(history_at(late, 5100), p.latest);
    history_free(late);
    end(&p);
}

/* The moment somebody looks at stays while what it was made from leaves. */
static void test_looked_at(void **state)
{
    struct str before = STR_INIT, after = STR_INIT;
    struct past p;
    uint64_t at;

    (void)state;
    begin(&p, 60, 100 * KIB, 100 * KIB);
    tell(&p, 2000);
    at = history_first(p.history) + 1;
    model_pack(history_at(p.history, at), &before);
    tell(&p, 8000);
    assert_true(history_first(p.history) > at);
    assert_non_null(history_at(p.history, at));
    model_pack(history_at(p.history, at), &after);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    assert_non_null(history_at(p.history, journal_end(p.journal)));
    assert_null(history_at(p.history, at));
    str_done(&before);
    str_done(&after);
    end(&p);
}

static void test_no_past(void **state)
{
    struct past p;

    (void)state;
    begin(&p, 70, 0, 64 * MIB);
    assert_int_equal(history_first(p.history), 0);
    assert_non_null(history_at(p.history, 0));
    tell(&p, 1000);
    assert_int_equal(history_first(p.history), 1000);
    assert_null(history_at(p.history, 999));
    end(&p);
}

/* A subscriber that publishes: the keyframes are of the moments in between. */
struct echo {
    struct past *past;
    unsigned left;
};

static void answer(void *ctx, const struct event *e)
{
    struct echo *echo = ctx;
    struct event note = make_note(e->t_ns, "heard", "en");

    if (e->kind == EVENT_NOTE || echo->left-- == 0)
        return;
    for (int i = 0; i < 40; i++)
        journal_publish(echo->past->journal, &note);
}

static void test_published_inside(void **state)
{
    struct past p;
    struct model *told = model_new();
    struct echo echo = {&p, 200};

    (void)state;
    p.journal = journal_new(64 * MIB);
    p.latest = model_new();
    journal_subscribe(p.journal, answer, &echo);
    journal_subscribe(p.journal, apply, &p);
    p.history = history_new(p.journal, p.latest, 64 * MIB);
    story_begin(&p.story, 80);
    tell(&p, 6000);
    for (uint64_t n = 0; n < journal_end(p.journal); n++) {
        model_apply(told, journal_at(p.journal, n));
        if (n % 997 == 0)
            assert_same(history_at(p.history, n + 1), told);
    }
    for (uint64_t n = journal_end(p.journal); n > 1000; n -= 1000)
        assert_non_null(history_at(p.history, n));
    assert_same(history_at(p.history, journal_end(p.journal)), told);
    model_free(told);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kept),
        cmocka_unit_test(test_small_windows),
        cmocka_unit_test(test_spools),
        cmocka_unit_test(test_small_spools),
        cmocka_unit_test(test_lost_spool),
        cmocka_unit_test(test_is_cheap),
        cmocka_unit_test(test_spacing),
        cmocka_unit_test(test_begun_late),
        cmocka_unit_test(test_looked_at),
        cmocka_unit_test(test_no_past),
        cmocka_unit_test(test_published_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
