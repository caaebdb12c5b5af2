/* Relative numbers, repeats and probes over the life of a connection. */
#include "sockstage/wire/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "packets.h"

#define CLIENT_ISN 0xfffffff0U /* so that the numbers wrap early */
#define SERVER_ISN 5000U

struct fixture {
    struct flow_table *table;
    uint64_t last_id;
};

static int setup(void **state)
{
    static struct fixture f;

    f = (struct fixture){.table = flow_table_new()};
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    flow_table_free(f->table);
    return 0;
}

/* Relative seq and ack, as people think; 0 for both is the ISN. */
static struct segment make(
    enum host from, uint8_t flags, uint32_t seq, uint32_t ack, size_t len)
{
    uint8_t packet[PACKETS_MAX];
    bool client = from == HOST_CLIENT;
    struct packet_spec spec = {
        .from_server = !client,
        .flags = flags,
        .seq = (client ? CLIENT_ISN : SERVER_ISN) + seq,
        .payload_len = len,
    };
    struct segment s;

    if (flags & SEGMENT_ACK)
        spec.ack = (client ? SERVER_ISN : CLIENT_ISN) + ack;
    assert_true(segment_decode(packet, packets_tcp(&spec, packet), &s));
    s.from = from;
    return s;
}

/* Lets a segment enter; `*original` gets what flow_classify() says. */
static struct segment enter_wire(
    struct fixture *f, struct segment s, uint64_t *original)
{
    *original = flow_classify(f->table, &s);
    s.id = ++f->last_id;
    flow_sent(f->table, &s);
    return s;
}

static void assert_new(struct fixture *f, struct segment s)
{
    uint64_t original;

    s = enter_wire(f, s, &original);
    assert_int_equal(original, 0);
    assert_false(s.retransmission);
    assert_false(s.probe);
    flow_delivered(f->table, &s);
}

static void assert_repeats(struct fixture *f, struct segment s, uint64_t id)
{
    uint64_t original = flow_classify(f->table, &s);

    assert_true(s.retransmission);
    assert_false(s.probe);
    assert_int_equal(original, id);
}

/* Ids 1 to 3. */
static void handshake(struct fixture *f)
{
    assert_new(f, make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0));
    assert_new(f, make(HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0));
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 0));
}

static void test_relative(void **state)
{
    struct fixture *f = *state;
    struct segment s = make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0);
    uint64_t original;

    s = enter_wire(f, s, &original);
    assert_true(s.has_relative);
    assert_int_equal(s.seq, 0);
    assert_int_equal(s.ack, 0);
    s = enter_wire(
        f, make(HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0), &original);
    assert_int_equal(s.seq, 0);
    assert_int_equal(s.ack, 1);
    s = enter_wire(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 1000), &original);
    assert_int_equal(s.seq, 1);
    assert_int_equal(s.ack, 1);
    s = enter_wire(f, make(HOST_SERVER, SEGMENT_ACK, 1, 1001, 0), &original);
    assert_int_equal(s.ack, 1001);
}

static void test_refusal(void **state)
{
    struct fixture *f = *state;
    struct segment syn = make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0);
    struct segment rst = make(HOST_SERVER, SEGMENT_RST | SEGMENT_ACK, 0, 1, 0);
    uint64_t original;

    rst.seq_raw = 0;
    enter_wire(f, syn, &original);
    rst = enter_wire(f, rst, &original);
    assert_true(rst.has_relative);
    assert_int_equal(rst.seq, 0);
    assert_int_equal(rst.ack, 1);
}

static void test_unknown_connection(void **state)
{
    struct fixture *f = *state;
    struct segment s = make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 10);
    uint64_t original;

    s = enter_wire(f, s, &original);
    assert_false(s.has_relative);
    assert_false(s.retransmission);
    s = enter_wire(f, s, &original);
    assert_false(s.retransmission);
}

static void test_repeats(void **state)
{
    struct fixture *f = *state;

    assert_new(f, make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0));
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0), 1);
    assert_new(f, make(HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0));
    assert_repeats(f, make(HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0), 2);
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 0));
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 0)); /* never one */
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 100));
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 101, 1, 100));
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 100), 5);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 101, 1, 100), 6);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 200), 5);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 150, 1, 10), 6);
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 101, 1, 101)); /* 1 new */
    assert_new(f, make(HOST_CLIENT, SEGMENT_FIN | SEGMENT_ACK, 202, 1, 0));
    assert_repeats(
        f, make(HOST_CLIENT, SEGMENT_FIN | SEGMENT_ACK, 202, 1, 0), 8);
    assert_new(f, make(HOST_CLIENT, SEGMENT_RST, 203, 0, 0));
}

static void test_acknowledged_is_forgotten(void **state)
{
    struct fixture *f = *state;
    struct segment data = make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 100);
    uint64_t original;

    handshake(f);
    data = enter_wire(f, data, &original);
    struct segment ack =
        enter_wire(f, make(HOST_SERVER, SEGMENT_ACK, 1, 101, 0), &original);
    assert_repeats(f, data, 4); /* the ACK has not arrived */
    assert_int_equal(flow_original(f->table, &data, data.seq_raw + 99)->id, 4);
    assert_null(flow_original(f->table, &data, data.seq_raw + 100));
    flow_delivered(f->table, &ack);
    assert_repeats(f, data, 0);
    assert_null(flow_original(f->table, &data, data.seq_raw));
}

/* A repeat that travels stands for what it repeats. */
static void test_repeat_replaces(void **state)
{
    struct fixture *f = *state;
    uint64_t original;

    handshake(f);
    for (uint32_t i = 0; i < 5; i++)
        enter_wire(
            f, make(HOST_CLIENT, SEGMENT_ACK, 1 + i * 10, 1, 10), &original);
    struct segment whole = make(HOST_CLIENT, SEGMENT_ACK, 11, 1, 30);
    assert_repeats(f, whole, 5);
    enter_wire(f, whole, &original);
    assert_int_equal(original, 5);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 10), 4);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 21, 1, 10), 9);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 31, 1, 20), 9);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 41, 1, 10), 8);
    struct segment ack =
        enter_wire(f, make(HOST_SERVER, SEGMENT_ACK, 1, 41, 0), &original);
    flow_delivered(f->table, &ack);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 11, 1, 30), 0);
    assert_repeats(f, make(HOST_CLIENT, SEGMENT_ACK, 41, 1, 10), 8);
}

static void test_probe(void **state)
{
    struct fixture *f = *state;
    uint64_t original;

    handshake(f);
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 1000));
    struct segment s =
        enter_wire(f, make(HOST_CLIENT, SEGMENT_ACK, 1000, 1, 0), &original);
    assert_true(s.probe);
    assert_false(s.retransmission);
    assert_int_equal(s.seq, 1000);
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1001, 1, 0));
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 500, 1, 0));
    s = enter_wire(f, make(HOST_SERVER, SEGMENT_ACK, 0, 1001, 0), &original);
    assert_true(s.probe); /* a keep-alive of who has sent nothing yet */
}

static void test_new_connection(void **state)
{
    struct fixture *f = *state;
    uint64_t original;

    handshake(f);
    assert_new(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 1000));
    struct segment syn = make(HOST_CLIENT, SEGMENT_SYN, 77777, 0, 0);
    syn = enter_wire(f, syn, &original);
    assert_false(syn.retransmission);
    assert_int_equal(syn.seq, 0);
    struct segment answer =
        make(HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 99999, 77778, 0);
    answer = enter_wire(f, answer, &original);
    assert_false(answer.retransmission);
    assert_int_equal(answer.seq, 0);
    assert_int_equal(answer.ack, 1);
}

/* What the server said in the old connection tells nothing about the new. */
static void test_new_connection_refused(void **state)
{
    struct fixture *f = *state;
    struct segment rst =
        make(HOST_SERVER, SEGMENT_RST | SEGMENT_ACK, 0, 77778, 0);
    uint64_t original;

    handshake(f);
    enter_wire(f, make(HOST_CLIENT, SEGMENT_SYN, 77777, 0, 0), &original);
    rst.seq_raw = 0;
    rst = enter_wire(f, rst, &original);
    assert_true(rst.has_relative);
    assert_int_equal(rst.seq, 0);
    assert_int_equal(rst.ack, 1);
}

static void test_simultaneous_open(void **state)
{
    struct fixture *f = *state;

    assert_new(f, make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0));
    assert_new(f, make(HOST_SERVER, SEGMENT_SYN, 0, 0, 0));
    struct segment s = make(HOST_CLIENT, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0);
    flow_classify(f->table, &s);
    assert_true(s.has_relative);
    assert_int_equal(s.seq, 0);
    assert_int_equal(s.ack, 1);
}

static void test_others_are_left_alone(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.payload_len = 5};
    struct segment s;
    uint64_t original;

    assert_true(segment_decode(packet, packets_udp(&spec, packet), &s));
    s = enter_wire(f, s, &original);
    s = enter_wire(f, s, &original);
    assert_false(s.has_relative);
    assert_false(s.retransmission);
    s = make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0);
    s.malformed = true;
    s = enter_wire(f, s, &original);
    assert_false(s.has_relative);
}

/* More connections than the table keeps: the silent ones go, and the one that
 * still speaks stays. */
static void test_bounded(void **state)
{
    struct fixture *f = *state;
    uint64_t original;

    handshake(f);
    for (unsigned i = 0; i < 70000; i++) {
        struct segment s = make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0);
        s.src.port = (uint16_t)i;
        s.dst.port = (uint16_t)(i >> 16 | 2);
        enter_wire(f, s, &original);
        if (i % 1000 == 0) {
            s = enter_wire(
                f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 0), &original);
            assert_true(s.has_relative);
        }
    }
    struct segment first = make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 0);
    first.src.port = 0;
    first.dst.port = 2;
    flow_classify(f->table, &first);
    assert_false(first.has_relative);
}

static void assert_kind(
    struct fixture *f, struct segment s, enum segment_kind kind, uint32_t times)
{
    uint64_t original;

    s = enter_wire(f, s, &original);
    assert_int_equal(s.kind, kind);
    assert_int_equal(s.times, times);
}

/* RFC 5681: nothing but the same number, while more is outstanding. */
static void test_duplicate_acks(void **state)
{
    struct fixture *f = *state;
    struct segment s;

    handshake(f);
    assert_kind(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 10), 0, 0);
    assert_kind(f, make(HOST_CLIENT, SEGMENT_ACK, 11, 1, 10), 0, 0);
    assert_kind(f, make(HOST_SERVER, SEGMENT_ACK, 1, 11, 0), 0, 0);
    assert_kind(f, make(HOST_SERVER, SEGMENT_ACK, 1, 11, 0),
        SEGMENT_KIND_DUPLICATE_ACK, 1);
    assert_kind(f, make(HOST_SERVER, SEGMENT_ACK, 1, 11, 0),
        SEGMENT_KIND_DUPLICATE_ACK, 2);
    s = make(HOST_SERVER, SEGMENT_ACK, 1, 11, 0);
    s.window = 77; /* a window update */
    assert_kind(f, s, SEGMENT_KIND_NONE, 3);
    assert_kind(f, make(HOST_SERVER, SEGMENT_ACK, 1, 11, 5), 0, 0);
    assert_kind(f, make(HOST_SERVER, SEGMENT_ACK, 6, 21, 0), 0, 0);
    /* Nothing is outstanding. */
    assert_kind(f, make(HOST_SERVER, SEGMENT_ACK, 6, 21, 0), 0, 1);
}

static void test_kinds(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    assert_kind(f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 10), 0, 0);
    assert_kind(
        f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 10), SEGMENT_KIND_REPEAT, 1);
    assert_kind(
        f, make(HOST_CLIENT, SEGMENT_ACK, 1, 1, 10), SEGMENT_KIND_REPEAT, 2);
    assert_kind(
        f, make(HOST_CLIENT, SEGMENT_ACK, 10, 1, 0), SEGMENT_KIND_PROBE, 1);
}

/* A new connection on the same ports is another one. */
static void test_flow_numbers(void **state)
{
    struct fixture *f = *state;
    struct segment s = make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0);
    uint64_t original;

    s = enter_wire(f, s, &original);
    assert_int_equal(s.flow, 1);
    s = enter_wire(
        f, make(HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0), &original);
    assert_int_equal(s.flow, 1);
    s = enter_wire(f, make(HOST_CLIENT, SEGMENT_SYN, 900, 0, 0), &original);
    assert_int_equal(s.flow, 2);
    s = make(HOST_CLIENT, SEGMENT_SYN, 0, 0, 0);
    s.src.port++;
    s = enter_wire(f, s, &original);
    assert_int_equal(s.flow, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_relative),
        TEST(test_refusal),
        TEST(test_unknown_connection),
        TEST(test_repeats),
        TEST(test_acknowledged_is_forgotten),
        TEST(test_repeat_replaces),
        TEST(test_probe),
        TEST(test_new_connection),
        TEST(test_new_connection_refused),
        TEST(test_simultaneous_open),
        TEST(test_others_are_left_alone),
        TEST(test_bounded),
        TEST(test_duplicate_acks),
        TEST(test_kinds),
        TEST(test_flow_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
