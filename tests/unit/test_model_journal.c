/* The journal: order, the bounded window, and subscribers that publish or
 * leave while they are being told. */
#include "sockstage/model/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"

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

static void test_window_is_bounded(void **state)
{
    struct journal *j = journal_new(64 * 1024);
    size_t bytes = 0;

    (void)state;
    for (uint64_t i = 0; i < 10000; i++)
        publish_blocked(j, i);
    assert_int_equal(journal_end(j), 10000);
    assert_true(journal_first(j) > 9000);
    assert_null(journal_at(j, journal_first(j) - 1));
    for (uint64_t seq = journal_first(j); seq < journal_end(j); seq++) {
        assert_int_equal(journal_at(j, seq)->u.blocked.id, seq);
        bytes += event_bytes(journal_at(j, seq));
    }
    assert_true(bytes <= 64 * 1024);
    assert_true(bytes > 32 * 1024);
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

static void test_copy_owns_all_texts(void **state)
{
    char owner[] = "c1.s", packet[] = "packet", file[] = "f";
    struct event sock =
        make_socket(0, 1, HOST_CLIENT, owner, TCP_STATE_SYN_SENT);
    struct event seg = make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN);
    struct event expect = make_expect(0, "x", 1, false, NULL);
    struct event *copy;

    (void)state;
    sock.u.socket.owner_count = 1;
    copy = event_copy(&sock);
    owner[0] = '?';
    assert_string_equal(copy->u.socket.owners[0], "c1.s");
    event_free(copy);

    seg.u.segment.packet = (const uint8_t *)packet;
    seg.u.segment.packet_len = sizeof packet;
    assert_true(event_bytes(&seg) >= sizeof seg + sizeof packet);
    copy = event_copy(&seg);
    packet[0] = '?';
    assert_memory_equal(copy->u.segment.packet, "packet", sizeof packet);
    event_free(copy);

    expect.u.expect.file = file;
    copy = event_copy(&expect);
    file[0] = '?';
    assert_string_equal(copy->u.expect.file, "f");
    assert_null(copy->u.expect.actual);
    event_free(copy);
    event_free(NULL);
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
    journal_keep_packets(j, false);
    journal_publish(j, &e);
    assert_null(journal_at(j, 2)->u.segment.packet);
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
        cmocka_unit_test(test_copy_owns_all_texts),
        cmocka_unit_test(test_packets_are_kept_on_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
