/* The journal: order, the bounded window and its spool, searching, and
 * subscribers that publish or leave while they are being told. */
#include "sockstage/model/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "spool_file.h"

#define HEARD_MAX 16

struct listener {
    struct journal *journal;
    struct journal_subscriber *self, *other;
    uint64_t heard[HEARD_MAX];
    size_t count;
    bool publishes, leaves;
};

static void hear(void *ctx, const struct event *e)
{
    struct listener *l = ctx;
    struct event more = make_end(0, END_PASSED);

    assert_true(l->count < HEARD_MAX);
    l->heard[l->count++] = e->u.blocked.id;
    if (l->publishes && e->u.blocked.id < 3) {
        more = make_blocked(0, e->u.blocked.id + 1);
        journal_publish(l->journal, &more);
    }
    if (!l->leaves)
        return;
    journal_unsubscribe(l->journal, l->self);
    if (l->other != NULL)
        journal_unsubscribe(l->journal, l->other);
}

static void publish_blocked(struct journal *j, uint64_t id)
{
    struct event e = make_blocked(0, id);

    journal_publish(j, &e);
}

static void test_keeps_copies_in_order(void **state)
{
    struct journal *j = journal_new(1 << 20);
    char text[] = "hello";
    struct event e = make_note(5, text, "en");

    (void)state;
    assert_null(journal_at(j, 0));
    journal_publish(j, &e);
    memset(text, 'x', sizeof text - 1);
    publish_blocked(j, 7);
    assert_int_equal(journal_first(j), 0);
    assert_int_equal(journal_end(j), 2);
    assert_string_equal(journal_at(j, 0)->u.note.text, "hello");
    assert_int_equal(journal_at(j, 0)->seq, 0);
    assert_int_equal(journal_at(j, 1)->seq, 1);
    assert_int_equal(journal_at(j, 1)->u.blocked.id, 7);
    assert_null(journal_at(j, 2));
    journal_free(j);
    journal_free(NULL);
}

/* A packed blocked event takes 14 bytes where its time is 0. */
#define WINDOW (64U * 1024)

static void assert_all_readable(const struct journal *j)
{
    uint64_t first = journal_first(j), end = journal_end(j);

    for (uint64_t seq = first; seq < end; seq++) {
        const struct event *e = journal_at(j, seq);
        assert_non_null(e);
        assert_int_equal(e->seq, seq);
        assert_int_equal(e->u.blocked.id, seq);
    }
    for (uint64_t seq = end; seq-- > first;)
        assert_int_equal(journal_at(j, seq)->u.blocked.id, seq);
    assert_null(journal_at(j, end));
    if (first > 0)
        assert_null(journal_at(j, first - 1));
}

static void test_window_is_bounded(void **state)
{
    struct journal *j = journal_new(WINDOW);
    uint64_t kept;

    (void)state;
    for (uint64_t i = 0; i < 30000; i++)
        publish_blocked(j, i);
    assert_int_equal(journal_end(j), 30000);
    kept = journal_end(j) - journal_first(j);
    assert_true(kept <= WINDOW / 14);
    assert_true(kept >= WINDOW / 18);
    assert_all_readable(j);
    journal_free(j);
}

static void test_event_larger_than_the_window_is_told(void **state)
{
    struct journal *j = journal_new(1);
    struct listener l = {.journal = j};

    (void)state;
    l.self = journal_subscribe(j, hear, &l);
    publish_blocked(j, 1);
    publish_blocked(j, 2);
    assert_int_equal(l.count, 2);
    assert_non_null(journal_at(j, 1));
    assert_null(journal_at(j, 0));
    journal_free(j);
}

static void test_published_while_told_comes_after(void **state)
{
    struct journal *j = journal_new(1);
    struct listener first = {.journal = j, .publishes = true};
    struct listener second = {.journal = j};
    const uint64_t order[] = {1, 2, 3};

    (void)state;
    journal_subscribe(j, hear, &first);
    journal_subscribe(j, hear, &second);
    publish_blocked(j, 1);
    assert_int_equal(first.count, 3);
    assert_int_equal(second.count, 3);
    assert_memory_equal(first.heard, order, sizeof order);
    assert_memory_equal(second.heard, order, sizeof order);
    journal_free(j);
}

static void test_unsubscribing_while_told(void **state)
{
    struct journal *j = journal_new(1 << 20);
    struct listener first = {.journal = j, .leaves = true};
    struct listener second = {.journal = j};
    struct listener third = {.journal = j};

    (void)state;
    first.self = journal_subscribe(j, hear, &first);
    first.other = journal_subscribe(j, hear, &second);
    third.self = journal_subscribe(j, hear, &third);
    publish_blocked(j, 1);
    publish_blocked(j, 2);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 0);
    assert_int_equal(third.count, 2);
    journal_unsubscribe(j, third.self);
    publish_blocked(j, 3);
    assert_int_equal(third.count, 2);
    journal_free(j);
}

static void test_late_subscriber_hears_only_what_follows(void **state)
{
    struct journal *j = journal_new(1 << 20);
    struct listener l = {.journal = j};

    (void)state;
    publish_blocked(j, 1);
    journal_subscribe(j, hear, &l);
    publish_blocked(j, 2);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.heard[0], 2);
    journal_free(j);
}

/* Packets cost memory for each segment: only whoever asks gets them. */
static void test_packets_are_kept_on_request(void **state)
{
    struct journal *j = journal_new(1 << 20);
    struct event e = make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN);

    (void)state;
    e.u.segment.packet = (const uint8_t *)"packet";
    e.u.segment.packet_len = 7;
    journal_publish(j, &e);
    assert_null(journal_at(j, 0)->u.segment.packet);
    assert_int_equal(journal_at(j, 0)->u.segment.packet_len, 0);
    assert_int_equal(journal_at(j, 0)->u.segment.seg.id, 1);
    journal_keep_packets(j, true);
    journal_publish(j, &e);
    assert_string_equal(
        (const char *)journal_at(j, 1)->u.segment.packet, "packet");
    assert_ptr_not_equal(
        journal_at(j, 1)->u.segment.packet, e.u.segment.packet);
    assert_int_equal(journal_at(j, 1)->u.segment.packet_len, 7);
    journal_keep_packets(j, false);
    journal_publish(j, &e);
    assert_null(journal_at(j, 2)->u.segment.packet);
    journal_free(j);
}

/* ---- what subscribers hear ----------------------------------------------- */

struct witness {
    struct journal *journal;
    const struct event *heard[4];
    struct event copies[4];
    char texts[4][32];
    size_t count;
};

static void watch(void *ctx, const struct event *e)
{
    struct witness *w = ctx;
    const char *text = e->kind == EVENT_NOTE
                           ? e->u.note.text
                           : (const char *)e->u.segment.packet;

    assert_true(w->count < ARRAY_LEN(w->heard));
    w->heard[w->count] = e;
    w->copies[w->count] = *e;
    strcpy(w->texts[w->count], text);
    w->count++;
}

/* Publishes a segment and a note, and spoils what they borrow at once. */
static void publish_more(void *ctx, const struct event *e)
{
    struct witness *w = ctx;
    char packet[] = "packet", text[] = "nested";
    struct event seg = make_segment(3, 8, HOST_CLIENT, SEGMENT_SYN);
    struct event note = make_note(4, text, "en");

    if (e->seq != 0)
        return;
    seg.u.segment.packet = (const uint8_t *)packet;
    seg.u.segment.packet_len = sizeof packet;
    journal_publish(w->journal, &seg);
    journal_publish(w->journal, &note);
    assert_int_equal(seg.seq, 1);
    assert_int_equal(note.seq, 2);
    assert_int_equal(journal_end(w->journal), 3);
    memset(packet, 'x', sizeof packet - 1);
    memset(text, 'x', sizeof text - 1);
}

static void hear_nested(size_t window)
{
    struct journal *j = journal_new(window);
    struct witness w = {.journal = j};
    struct event e = make_note(1, "outer", "en");

    journal_subscribe(j, publish_more, &w);
    journal_subscribe(j, watch, &w);
    journal_publish(j, &e);
    assert_int_equal(w.count, 3);
    assert_ptr_equal(w.heard[0], &e);
    for (size_t i = 0; i < w.count; i++)
        assert_int_equal(w.copies[i].seq, i);
    assert_string_equal(w.texts[0], "outer");
    assert_string_equal(w.texts[1], "packet");
    assert_int_equal(w.copies[1].u.segment.packet_len, 7);
    assert_int_equal(w.copies[1].u.segment.seg.id, 8);
    assert_int_equal(w.copies[1].t_ns, 3);
    assert_string_equal(w.texts[2], "nested");
    journal_free(j);
}

static void test_hears_the_event_itself_or_a_copy_if_nested(void **state)
{
    (void)state;
    hear_nested(0);
    hear_nested(1 << 20);
}

static void test_window_of_nothing_keeps_nothing(void **state)
{
    struct journal *j = journal_new(0);
    struct listener l = {.journal = j};
    int fd;

    (void)state;
    journal_subscribe(j, hear, &l);
    journal_set_spool(j, spool_file_open(1 << 20, &fd), NULL, NULL);
    publish_blocked(j, 4);
    publish_blocked(j, 5);
    assert_int_equal(l.count, 2);
    assert_int_equal(l.heard[1], 5);
    assert_int_equal(journal_first(j), 2);
    assert_int_equal(journal_end(j), 2);
    assert_null(journal_at(j, 0));
    assert_null(journal_at(j, 1));
    assert_int_equal(journal_find(j, 0, 1, 1U << EVENT_BLOCKED, NULL), 2);
    assert_int_equal(journal_find(j, 1, -1, 1U << EVENT_BLOCKED, NULL), 2);
    journal_free(j);
}

/* ---- the spool ----------------------------------------------------------- */

struct failure {
    struct journal *journal;
    unsigned times;
    int code;
    uint64_t at;
};

static void on_failed(void *ctx, const struct err *e)
{
    struct failure *f = ctx;
    struct event note = make_note(0, "the spool is full", "en");

    f->times++;
    f->code = e->code;
    journal_publish(f->journal, &note);
    f->at = note.seq;
}

static void test_spool_takes_what_leaves_the_window(void **state)
{
    struct journal *j = journal_new(WINDOW);
    struct failure f = {.journal = j};
    int fd;

    (void)state;
    journal_set_spool(j, spool_file_open(1 << 20, &fd), on_failed, &f);
    for (uint64_t i = 0; i < 20000; i++)
        publish_blocked(j, i);
    assert_int_equal(journal_first(j), 0);
    assert_all_readable(j);
    for (uint64_t i = 20000; i < 100000; i++)
        publish_blocked(j, i);
    assert_true(journal_first(j) > 0);
    assert_true(journal_end(j) - journal_first(j) > (1 << 20) / 18);
    assert_all_readable(j);
    assert_int_equal(f.times, 0);
    journal_free(j);
}

static void note_order(void *ctx, const struct event *e)
{
    uint64_t *next = ctx;

    assert_int_equal(e->seq, *next);
    ++*next;
}

static void test_failing_spool_is_told_once(void **state)
{
    struct journal *j = journal_new(WINDOW);
    struct failure f = {.journal = j};
    uint64_t next = 0;
    int fd;

    (void)state;
    journal_subscribe(j, note_order, &next);
    journal_set_spool(j, spool_file_open(1 << 20, &fd), on_failed, &f);
    for (uint64_t i = 0; i < 10000; i++)
        publish_blocked(j, i);
    spool_file_fill_disk(fd);
    for (uint64_t i = 10000; i < 20000; i++)
        publish_blocked(j, journal_end(j));
    assert_int_equal(f.times, 1);
    assert_int_equal(f.code, ENOSPC);
    assert_int_equal(next, 20001);
    assert_int_equal(journal_end(j), 20001);
    assert_true(journal_first(j) > f.at);
    assert_true(journal_end(j) - journal_first(j) >= WINDOW / 18);
    assert_all_readable(j);
    journal_free(j);
}

static void test_unreadable_spool(void **state)
{
    struct journal *j = journal_new(WINDOW);
    const unsigned kinds = 1U << EVENT_BLOCKED;
    int fd;

    (void)state;
    journal_set_spool(j, spool_file_open(1 << 20, &fd), NULL, NULL);
    for (uint64_t i = 0; i < 20000; i++)
        publish_blocked(j, i);
    spool_file_lose(fd);
    assert_int_equal(journal_first(j), 0);
    assert_null(journal_at(j, 0));
    assert_int_equal(journal_at(j, 19999)->u.blocked.id, 19999);
    assert_int_equal(journal_find(j, 0, 1, kinds, NULL), 20000);
    assert_int_equal(journal_find(j, 19999, -1, kinds, NULL), 19999);
    journal_free(j);
}

/* ---- searching ----------------------------------------------------------- */

#define NOTES (1U << EVENT_NOTE)
#define ENDS  (1U << EVENT_END)

static bool is_korean(const struct event *e)
{
    return e->kind == EVENT_NOTE && strcmp(e->u.note.lang, "ko") == 0;
}

/* Notes at 0, 1000, 2000 .., every third one Korean; an end at 5500. */
static void publish_mixed(struct journal *j, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct event note = make_note(0, "x", i / 1000 % 3 == 2 ? "ko" : "en");
        struct event end = make_end(0, END_PASSED);
        if (i % 1000 == 0)
            journal_publish(j, &note);
        else if (i == 5500)
            journal_publish(j, &end);
        else
            publish_blocked(j, i);
    }
}

static void assert_finds(const struct journal *j)
{
    const uint64_t none = journal_end(j);

    assert_int_equal(journal_find(j, 0, 1, NOTES, NULL), 0);
    assert_int_equal(journal_find(j, 1, 1, NOTES, NULL), 1000);
    assert_int_equal(journal_find(j, 7001, 1, NOTES, NULL), 8000);
    assert_int_equal(journal_find(j, 1000, 1, NOTES, NULL), 1000);
    assert_int_equal(journal_find(j, 1000, -1, NOTES, NULL), 1000);
    assert_int_equal(journal_find(j, 999, -1, NOTES, NULL), 0);
    assert_int_equal(journal_find(j, 19001, 1, NOTES, NULL), none);
    assert_int_equal(journal_find(j, 19999, -1, NOTES, NULL), 19000);
    assert_int_equal(journal_find(j, none, -1, NOTES, NULL), 19000);
    assert_int_equal(journal_find(j, UINT64_MAX, -1, NOTES, NULL), 19000);
    assert_int_equal(journal_find(j, none, 1, NOTES, NULL), none);
    assert_int_equal(journal_find(j, 0, 1, ENDS, NULL), 5500);
    assert_int_equal(journal_find(j, 5501, 1, ENDS, NULL), none);
    assert_int_equal(journal_find(j, 5499, -1, ENDS, NULL), none);
    assert_int_equal(journal_find(j, 5400, 1, NOTES | ENDS, NULL), 5500);
    assert_int_equal(journal_find(j, 0, 1, 0, NULL), none);
    assert_int_equal(journal_find(j, 0, 1, NOTES, is_korean), 2000);
    assert_int_equal(journal_find(j, 2001, 1, NOTES, is_korean), 5000);
    assert_int_equal(journal_find(j, 4999, -1, NOTES, is_korean), 2000);
    assert_int_equal(journal_find(j, 1999, -1, NOTES, is_korean), none);
    assert_int_equal(journal_find(j, 0, 1, ENDS, is_korean), none);
}

static void test_finds_in_memory(void **state)
{
    struct journal *j = journal_new(4 << 20);

    (void)state;
    assert_int_equal(journal_find(j, 0, 1, NOTES, NULL), 0);
    assert_int_equal(journal_find(j, 0, -1, NOTES, NULL), 0);
    publish_mixed(j, 20000);
    assert_finds(j);
    journal_free(j);
}

static void test_finds_in_the_spool(void **state)
{
    struct journal *j = journal_new(WINDOW);
    int fd;

    (void)state;
    journal_set_spool(j, spool_file_open(4 << 20, &fd), NULL, NULL);
    publish_mixed(j, 20000);
    assert_finds(j);
    journal_free(j);
}

static void test_finds_what_is_left(void **state)
{
    struct journal *j = journal_new(WINDOW);
    uint64_t first, want;

    (void)state;
    publish_mixed(j, 20000);
    first = journal_first(j);
    want = (first + 999) / 1000 * 1000;
    assert_true(first > 10000);
    assert_int_equal(journal_find(j, 0, 1, NOTES, NULL), want);
    assert_int_equal(journal_find(j, first, 1, NOTES, NULL), want);
    assert_int_equal(journal_find(j, want - 1, -1, NOTES, NULL), 20000);
    assert_int_equal(journal_find(j, 5, -1, NOTES, NULL), 20000);
    journal_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_copies_in_order),
        cmocka_unit_test(test_window_is_bounded),
        cmocka_unit_test(test_event_larger_than_the_window_is_told),
        cmocka_unit_test(test_published_while_told_comes_after),
        cmocka_unit_test(test_unsubscribing_while_told),
        cmocka_unit_test(test_late_subscriber_hears_only_what_follows),
        cmocka_unit_test(test_packets_are_kept_on_request),
        cmocka_unit_test(test_hears_the_event_itself_or_a_copy_if_nested),
        cmocka_unit_test(test_window_of_nothing_keeps_nothing),
        cmocka_unit_test(test_spool_takes_what_leaves_the_window),
        cmocka_unit_test(test_failing_spool_is_told_once),
        cmocka_unit_test(test_unreadable_spool),
        cmocka_unit_test(test_finds_in_memory),
        cmocka_unit_test(test_finds_in_the_spool),
        cmocka_unit_test(test_finds_what_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
