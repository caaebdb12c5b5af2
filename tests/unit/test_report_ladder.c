/* What the picture of a recording shows: each segment's fate, calls that wait,
 * states, narration; rows that never run against time, and lanes that never
 * overlap; and what a flood of events is cut to. */
#include "../../src/report/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_events.h"

#define COLUMNS 60

static void tell(struct ladder *l, struct event e)
{
    ladder_add(l, &e);
}

static void begin(struct ladder *l)
{
    ladder_begin(l, "en", "A title");
    tell(l, make_stage());
}

/* A segment with its fate, both at once. */
static void tell_segment(struct ladder *l, uint64_t t_ns, uint64_t id,
    enum host from, uint8_t flags, enum verdict action)
{
    tell(l, make_segment(t_ns, id, from, flags));
    tell(l, make_verdict(t_ns, id, action));
}

static const struct ladder_item *arrow(const struct ladder *l, uint64_t id)
{
    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        if (item->kind == LADDER_ARROW && item->segment == id)
            return item;
    }
    fail_msg("no segment %llu", (unsigned long long)id);
    return NULL;
}

static const struct ladder_item *nth(
    const struct ladder *l, enum ladder_kind kind, size_t n)
{
    for (size_t i = 0; i < l->items.len; i++) {
        if (l->items.items[i].kind == kind && n-- == 0)
            return &l->items.items[i];
    }
    return NULL;
}

static void assert_in_order(const struct ladder *l)
{
    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        assert_true(item->row >= 0);
        assert_true(item->end_row >= item->row);
        assert_true(item->end_row < l->rows);
        assert_true(i == 0 || item->seq >= l->items.items[i - 1].seq);
    }
}

/* ---- segments ------------------------------------------------------------ */

static void test_fates(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    tell_segment(&l, 1 * MS, 1, HOST_CLIENT, SEGMENT_SYN, VERDICT_DELIVERED);
    tell_segment(&l, 2 * MS, 2, HOST_CLIENT, SEGMENT_ACK, VERDICT_DROPPED);
    tell_segment(&l, 3 * MS, 3, HOST_CLIENT, SEGMENT_ACK, VERDICT_ANSWERED);
    tell(&l, make_segment(4 * MS, 4, HOST_SERVER, SEGMENT_ACK));
    tell(&l, make_verdict(4 * MS, 4, VERDICT_DUPLICATED));
    tell(&l, make_verdict(4 * MS, 4, VERDICT_DELIVERED));
    tell(&l, make_verdict(5 * MS, 4, VERDICT_DELIVERED));
    tell(&l, make_segment(6 * MS, 5, HOST_CLIENT, SEGMENT_ACK));
    tell(&l, make_verdict(6 * MS, 5, VERDICT_CORRUPTED));
    tell(&l, make_verdict(6 * MS, 5, VERDICT_DELIVERED));
    tell_segment(&l, 7 * MS, 6, HOST_CLIENT, SEGMENT_ACK, VERDICT_HELD);
    tell(&l, make_verdict(7 * MS, 6, VERDICT_COALESCED));
    tell(&l, make_segment(8 * MS, 7, HOST_CLIENT, SEGMENT_ACK));
    ladder_finish(&l, COLUMNS);

    assert_int_equal(arrow(&l, 1)->fate, LADDER_ARRIVED);
    assert_string_equal(arrow(&l, 1)->text, "SYN");
    assert_string_equal(ladder_fate_word(arrow(&l, 1)), "");
    assert_int_equal(arrow(&l, 2)->fate, LADDER_LOST);
    assert_string_equal(ladder_fate_word(arrow(&l, 2)), "lost");
    assert_int_equal(arrow(&l, 3)->fate, LADDER_ANSWERED);
    assert_int_equal(arrow(&l, 4)->fate, LADDER_TWICE);
    assert_int_equal(arrow(&l, 4)->end_ns, 4 * MS);
    assert_int_equal(arrow(&l, 5)->fate, LADDER_IGNORED);
    assert_string_equal(
        ladder_fate_word(arrow(&l, 5)), "ignored: checksum wrong");
    assert_int_equal(arrow(&l, 6)->fate, LADDER_HELD);
    assert_int_equal(arrow(&l, 6)->copies, 1);
    assert_int_equal(arrow(&l, 7)->fate, LADDER_UNDER_WAY);
    assert_in_order(&l);
    ladder_done(&l);
}

/* The listener counts what it threw away only after it was delivered. */
static void test_why_it_was_ignored(void **state)
{
    struct event e =
        make_socket(1 * MS, 9, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);
    struct ladder l;

    (void)state;
    begin(&l);
    tell(&l, e);
    tell_segment(&l, 2 * MS, 1, HOST_CLIENT, SEGMENT_SYN, VERDICT_DELIVERED);
    e.t_ns = 2 * MS;
    e.u.socket.ignored = 1;
    e.u.socket.accept_queue = 2;
    e.u.socket.backlog = 1;
    tell(&l, e);
    ladder_finish(&l, COLUMNS);
    assert_int_equal(arrow(&l, 1)->fate, LADDER_IGNORED);
    assert_int_equal(arrow(&l, 1)->reason, MODEL_REASON_ACCEPT_QUEUE);
    ladder_done(&l);
}

static void test_a_held_one_waits_beside_the_others(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    for (uint64_t id = 1; id <= 3; id++)
        tell_segment(&l, id * MS, id, HOST_CLIENT, SEGMENT_ACK, VERDICT_HELD);
    tell(&l, make_call(4 * MS, 1, "c1", "send", "s.send(b'x')"));
    tell(&l, make_verdict(9 * MS, 2, VERDICT_DELIVERED));
    tell(&l, make_verdict(9 * MS, 1, VERDICT_DROPPED));
    ladder_finish(&l, COLUMNS);
    for (uint64_t id = 1; id <= 3; id++) {
        assert_true(arrow(&l, id)->was_held);
        assert_true(arrow(&l, id)->held_row > arrow(&l, id)->row);
        assert_int_equal(arrow(&l, id)->lane, (int)id - 1);
    }
    assert_true(arrow(&l, 2)->go_row > arrow(&l, 3)->held_row);
    assert_true(arrow(&l, 2)->end_row > arrow(&l, 2)->go_row);
    assert_true(arrow(&l, 1)->end_row > arrow(&l, 3)->held_row);
    assert_int_equal(arrow(&l, 3)->end_row, l.rows - 1);
    assert_int_equal(l.hosts[HOST_CLIENT].held_lanes, 3);
    assert_in_order(&l);
    ladder_done(&l);
}

/* Those that leave together are drawn side by side, each below the last. */
static void test_arrows_do_not_share_a_tip(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    for (uint64_t id = 1; id <= 8; id++)
        tell_segment(&l, 5 * MS, id, id % 3 ? HOST_CLIENT : HOST_SERVER,
            SEGMENT_ACK, VERDICT_DELIVERED);
    ladder_finish(&l, COLUMNS);
    for (uint64_t a = 1; a <= 8; a++) {
        const struct ladder_item *x = arrow(&l, a);
        assert_true(x->end_row >= x->row + 2);
        for (uint64_t b = 1; b < a; b++) {
            const struct ladder_item *y = arrow(&l, b);
            int begins = x->side == y->side ? y->row : y->end_row;
            int ends = x->side == y->side ? y->end_row : y->row;
            assert_int_not_equal(x->row, begins);
            assert_int_not_equal(x->end_row, ends);
        }
    }
    assert_in_order(&l);
    ladder_done(&l);
}

static void test_a_run_becomes_a_bundle_each_way(void **state)
{
    const struct ladder_item *up, *down;
    struct ladder l;
    char *words;

    (void)state;
    begin(&l);
    tell_segment(&l, 1 * MS, 1, HOST_CLIENT, SEGMENT_SYN, VERDICT_DELIVERED);
    for (uint64_t id = 2; id < 1202; id++) {
        struct event e = make_segment(
            2 * MS + id, id, id % 2 ? HOST_SERVER : HOST_CLIENT, SEGMENT_ACK);
        e.u.segment.seg.len = id % 2 ? 0 : 1000;
        tell(&l, e);
        tell(&l, make_verdict(2 * MS + id, id,
                     id == 600 ? VERDICT_DROPPED : VERDICT_DELIVERED));
    }
    tell_segment(&l, 3 * MS, 1202, HOST_CLIENT, SEGMENT_FIN, VERDICT_DELIVERED);
    ladder_finish(&l, COLUMNS);

    assert_int_equal(l.items.len, 4);
    up = nth(&l, LADDER_BUNDLE, 0);
    down = nth(&l, LADDER_BUNDLE, 1);
    assert_int_equal(up->side, HOST_CLIENT);
    assert_int_equal(up->count, 600);
    assert_int_equal(up->bytes, 600000);
    assert_int_equal(up->lost, 1);
    assert_int_equal(down->count, 600);
    assert_int_equal(down->lost, 0);
    words = ladder_bundle_words(up);
    assert_string_equal(words, "600 segments, 600 kB, 1 lost");
    free(words);
    assert_in_order(&l);
    ladder_done(&l);
}

/* ---- beside the wire ----------------------------------------------------- */

static void test_calls_that_wait(void **state)
{
    struct event e;
    struct ladder l;

    (void)state;
    begin(&l);
    tell(&l, make_process(0, "c1", HOST_CLIENT));
    tell(&l, make_process(0, "c2", HOST_CLIENT));
    tell(&l, make_call(1 * MS, 1, "c1", "connect", "s.connect(a)"));
    tell(&l, make_blocked(1 * MS, 1));
    tell(&l, make_call(2 * MS, 2, "c2", "connect", "s.connect(a)"));
    tell(&l, make_blocked(2 * MS, 2));
    e = make_return(301 * MS, 1, "c1");
    e.u.ret.error = "ECONNREFUSED";
    e.u.ret.exception = "ConnectionRefusedError";
    tell(&l, e);
    tell(&l, make_call(302 * MS, 3, "c1", "close", "s.close()"));
    tell(&l, make_return(302 * MS, 3, "c1"));
    ladder_finish(&l, COLUMNS);

    const struct ladder_item *one = nth(&l, LADDER_CALL, 0);
    const struct ladder_item *two = nth(&l, LADDER_CALL, 1);
    const struct ladder_item *three = nth(&l, LADDER_CALL, 2);
    assert_true(one->blocked && one->ends && one->failed && one->apart);
    assert_string_equal(one->who, "c1");
    assert_string_equal(one->more, "ConnectionRefusedError (ECONNREFUSED)");
    assert_true(two->blocked && !two->ends);
    assert_int_equal(two->end_row, l.rows - 1);
    assert_int_not_equal(one->lane, two->lane);
    assert_int_not_equal(one->row, two->row);
    assert_true(one->end_row < three->row);
    assert_false(three->apart);
    assert_int_equal(l.pauses.len, 1);
    assert_int_equal(l.pauses.items[0].ns, 299 * MS);
    assert_true(l.pauses.items[0].row > two->row);
    assert_true(l.pauses.items[0].row < one->end_row);
    assert_int_equal(l.hosts[HOST_CLIENT].call_lanes, 2);
    assert_in_order(&l);
    ladder_done(&l);
}

static void test_states(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    tell(&l, make_socket(1 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED));
    tell(&l, make_socket(2 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    tell(&l, make_socket(3 * MS, 2, HOST_SERVER, NULL, TCP_STATE_SYN_RECEIVED));
    tell(&l, make_socket(3 * MS, 2, HOST_SERVER, NULL, TCP_STATE_SYN_RECEIVED));
    tell(
        &l, make_socket(4 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED));
    ladder_finish(&l, COLUMNS);

    const struct ladder_item *sent = nth(&l, LADDER_STATE, 0);
    const struct ladder_item *received = nth(&l, LADDER_STATE, 1);
    const struct ladder_item *open = nth(&l, LADDER_STATE, 2);
    assert_null(nth(&l, LADDER_STATE, 3));
    assert_string_equal(sent->text, "SYN_SENT");
    assert_string_equal(sent->who, "c1.s");
    assert_int_equal(sent->until_row, open->row);
    assert_int_equal(sent->until_seq, open->seq);
    assert_int_equal(sent->lane, open->lane);
    assert_string_equal(received->who, "(c1.s)");
    assert_int_equal(received->side, HOST_SERVER);
    assert_true(open->until_seq == UINT64_MAX);
    ladder_done(&l);
}

static void tell_told(struct ladder *l)
{
    tell(l, make_line(0, "title Not a note", 1));
    tell(l, make_note(1, "Hello", "en"));
    tell(l, make_note(1, "\xec\x95\x88\xeb\x85\x95", "ko"));
    tell(l, make_line(2, "mark here", 3));
    tell(l, make_note(3, "English only", "en"));
    tell(l, make_line(4, "ask Nobody draws this", 4));
    tell(l, make_expect(5, "x == 1", 7, true, "1"));
    tell(l, make_expect(5, "x == 2", 8, false, "1"));
}

static void test_what_is_told(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    tell_told(&l);
    ladder_finish(&l, COLUMNS);
    assert_int_equal(l.items.len, 4);
    assert_string_equal(nth(&l, LADDER_NOTE, 0)->text, "Hello");
    assert_string_equal(nth(&l, LADDER_MARK, 0)->text, "here");
    assert_string_equal(nth(&l, LADDER_NOTE, 1)->text, "English only");
    assert_string_equal(
        nth(&l, LADDER_FAILED, 0)->text, "expected x == 2, was 1");
    ladder_done(&l);

    ladder_begin(&l, "ko", NULL);
    tell_told(&l);
    ladder_finish(&l, COLUMNS);
    assert_string_equal(
        nth(&l, LADDER_NOTE, 0)->text, "\xec\x95\x88\xeb\x85\x95");
    assert_string_equal(nth(&l, LADDER_NOTE, 1)->text, "English only");
    assert_null(nth(&l, LADDER_NOTE, 2));
    assert_in_order(&l);
    ladder_done(&l);
}

/* `wire release` is told of after what it let go. */
static void test_a_release_stands_before_what_it_lets_go(void **state)
{
    struct event hold = make_line(1 * MS, "wire hold", 1);
    struct event release = make_line(9 * MS, "wire release", 2);
    struct ladder l;

    (void)state;
    begin(&l);
    hold.u.line.wire.holding = true;
    tell(&l, hold);
    tell_segment(&l, 2 * MS, 1, HOST_CLIENT, SEGMENT_SYN, VERDICT_HELD);
    tell(&l, make_verdict(9 * MS, 1, VERDICT_DELIVERED));
    tell(&l, release);
    tell(&l, make_line(10 * MS, "wire drop client DATA", 3));
    ladder_finish(&l, COLUMNS);
    assert_string_equal(nth(&l, LADDER_WIRE, 0)->text, "wire hold");
    assert_string_equal(nth(&l, LADDER_WIRE, 1)->text, "wire release");
    assert_null(nth(&l, LADDER_WIRE, 2));
    assert_true(nth(&l, LADDER_WIRE, 1)->row < arrow(&l, 1)->end_row);
    assert_true(nth(&l, LADDER_WIRE, 1)->row <= arrow(&l, 1)->go_row);
    ladder_done(&l);
}

/* ---- how much ------------------------------------------------------------ */

static void test_a_flood_is_cut(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    for (uint64_t id = 1; id <= 3 * LADDER_ITEMS_MAX; id++) {
        tell(&l, make_call(id * MS, id, "c1", "recv", "s.recv(1)"));
        tell(&l, make_blocked(id * MS, id));
    }
    ladder_finish(&l, COLUMNS);
    assert_int_equal(l.items.len, LADDER_ITEMS_MAX);
    assert_int_equal(l.more, 2 * LADDER_ITEMS_MAX);
    assert_int_equal(l.more_ns, (LADDER_ITEMS_MAX + 1) * MS);
    assert_true(l.hosts[HOST_CLIENT].call_lanes <= LADDER_LANES_MAX);
    assert_in_order(&l);
    ladder_done(&l);
}

/* In no order, about what never was, again and again. */
static void test_nonsense(void **state)
{
    struct ladder l;

    (void)state;
    begin(&l);
    srandom(7);
    for (int i = 0; i < 20000; i++) {
        uint64_t id = (uint64_t)random() % 40, t = (uint64_t)random();
        enum host from = id % 2 ? HOST_CLIENT : HOST_SERVER;
        struct event any[] = {make_segment(t, id, from, (uint8_t)random()),
            make_verdict(t, id, (enum verdict)(random() % 7)),
            make_call(t, id, "c1", "recv", "x"), make_blocked(t, id),
            make_return(t, id, "c1"), make_note(t, "n", "ko"),
            make_socket(t, id, from, NULL, (uint8_t)(random() % 12))};
        tell(&l, any[random() % 7]);
    }
    ladder_finish(&l, COLUMNS);
    assert_in_order(&l);
    ladder_done(&l);
}

static void test_an_empty_one(void **state)
{
    struct ladder l;

    (void)state;
    ladder_begin(&l, "en", NULL);
    ladder_finish(&l, COLUMNS);
    assert_int_equal(l.rows, 0);
    ladder_done(&l);
}

static void test_lines_are_broken_between_words(void **state)
{
    const char *next = NULL;

    (void)state;
    assert_int_equal(ladder_wrap("one two", 7, &next), 7);
    assert_null(next);
    assert_int_equal(ladder_wrap("one two", 6, &next), 3);
    assert_string_equal(next, "two");
    assert_int_equal(ladder_wrap("one two", 3, &next), 3);
    assert_string_equal(next, "two");
    assert_int_equal(ladder_wrap("endless", 3, &next), 3);
    assert_string_equal(next, "less");
    assert_int_equal(ladder_wrap("\xea\xb0\x80\xeb\x82\x98", 1, &next), 3);
    assert_string_equal(next, "\xeb\x82\x98");
    assert_int_equal(ladder_wrap("", 3, &next), 0);
    assert_null(next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_why_it_was_ignored),
        cmocka_unit_test(test_a_held_one_waits_beside_the_others),
        cmocka_unit_test(test_arrows_do_not_share_a_tip),
        cmocka_unit_test(test_a_run_becomes_a_bundle_each_way),
        cmocka_unit_test(test_calls_that_wait),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_what_is_told),
        cmocka_unit_test(test_a_release_stands_before_what_it_lets_go),
        cmocka_unit_test(test_a_flood_is_cut),
        cmocka_unit_test(test_nonsense),
        cmocka_unit_test(test_an_empty_one),
        cmocka_unit_test(test_lines_are_broken_between_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
