/* The model of the wire: why a segment that arrived had no effect, everything
 * that became of one, and bulk transfers counted together. */
#include "sockstage/model/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "model_events.h"

static int setup(void **state)
{
    struct event e = make_stage();

    *state = model_new();
    model_apply(*state, &e);
    return 0;
}

static int teardown(void **state)
{
    model_free(*state);
    return 0;
}

static void apply(struct model *m, struct event e)
{
    model_apply(m, &e);
}

static void listener(struct model *m, uint32_t accept_queue, uint32_t syn_queue,
    uint32_t ignored)
{
    struct event e =
        make_socket(MS, 1, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);

    memset(&e.u.socket.peer, 0, sizeof e.u.socket.peer);
    e.u.socket.local = ip4("0.0.0.0", 8080);
    e.u.socket.is_listener = true;
    e.u.socket.backlog = 1;
    e.u.socket.accept_queue = accept_queue;
    e.u.socket.syn_queue = syn_queue;
    e.u.socket.ignored = ignored;
    apply(m, e);
}

static void arrives(struct model *m, uint64_t id, uint8_t flags)
{
    apply(m, make_segment(id * MS, id, HOST_CLIENT, flags));
    apply(m, make_verdict(id * MS, id, VERDICT_DELIVERED));
}

static enum model_reason reason(const struct model *m, uint64_t id)
{
    return model_segment(m, id)->reason;
}

/* The queues of the listener at that moment tell which one was full. */
static void test_full_queues(void **state)
{
    struct model *m = *state;

    listener(m, 0, 0, 0);
    arrives(m, 1, SEGMENT_SYN);
    listener(m, 0, 1, 0);
    assert_int_equal(reason(m, 1), MODEL_REASON_NONE);
    arrives(m, 2, SEGMENT_SYN);
    listener(m, 2, 0, 1);
    assert_int_equal(reason(m, 2), MODEL_REASON_ACCEPT_QUEUE);
    arrives(m, 3, SEGMENT_SYN);
    listener(m, 2, 2, 2);
    assert_int_equal(reason(m, 3), MODEL_REASON_SYN_QUEUE);
    arrives(m, 4, SEGMENT_ACK);
    listener(m, 2, 2, 3);
    assert_int_equal(reason(m, 4), MODEL_REASON_ACCEPT_QUEUE);
    arrives(m, 5, SEGMENT_SYN);
    listener(m, 1, 1, 4);
    assert_int_equal(reason(m, 5), MODEL_REASON_QUEUE);
    /* A count that rises for something else blames nobody twice. */
    listener(m, 1, 1, 5);
    assert_int_equal(reason(m, 4), MODEL_REASON_ACCEPT_QUEUE);
}

static void expect_refused(
    const struct model *m, const char *words, const char *brief)
{
    struct str text = STR_INIT;

    model_refused_words(model_sock(m, 1), false, &text);
    assert_string_equal(str_text(&text), words);
    str_clear(&text);
    model_refused_words(model_sock(m, 1), true, &text);
    assert_string_equal(str_text(&text), brief);
    str_done(&text);
}

/* The kernel counts one for a SYN and two for an ACK; people count segments,
 * where all were seen. */
static void test_refused_words(void **state)
{
    struct model *m = *state;

    listener(m, 2, 0, 0);
    arrives(m, 1, SEGMENT_SYN);
    listener(m, 2, 0, 1);
    expect_refused(m, "1 SYN ignored so far", "1 SYN ignored");
    arrives(m, 2, SEGMENT_ACK);
    listener(m, 2, 0, 3);
    expect_refused(m, "1 SYN and 1 ACK ignored so far", "1 SYN 1 ACK ignored");
    arrives(m, 3, SEGMENT_SYN);
    listener(m, 2, 0, 4);
    arrives(m, 4, SEGMENT_ACK | SEGMENT_PSH);
    listener(m, 2, 0, 6);
    expect_refused(
        m, "2 SYNs and 2 ACKs ignored so far", "2 SYN 2 ACK ignored");
    listener(m, 2, 0, 8);
    expect_refused(m, "8 drops counted", "8 drops counted");
}

/* With tcp_abort_on_overflow the RST may be seen before the count is. */
static void test_refused_with_a_reset(void **state)
{
    struct model *m = *state;
    struct event rst = make_segment(2 * MS, 2, HOST_SERVER, SEGMENT_RST);

    listener(m, 2, 0, 0);
    arrives(m, 1, SEGMENT_ACK);
    rst.u.segment.seg.seq_raw = 77;
    apply(m, rst);
    assert_int_equal(reason(m, 1), MODEL_REASON_NO_CONNECTION);
    listener(m, 2, 0, 2);
    assert_int_equal(reason(m, 1), MODEL_REASON_ACCEPT_QUEUE);
    expect_refused(m, "1 ACK ignored so far", "1 ACK ignored");
}

static void test_corrupted(void **state)
{
    struct model *m = *state;
    struct event e = make_segment(MS, 1, HOST_CLIENT, SEGMENT_ACK);

    apply(m, e);
    apply(m, make_verdict(2 * MS, 1, VERDICT_CORRUPTED));
    assert_false(model_segment(m, 1)->has_verdict);
    assert_int_equal(reason(m, 1), MODEL_REASON_NONE);
    apply(m, make_verdict(3 * MS, 1, VERDICT_DELIVERED));
    assert_int_equal(reason(m, 1), MODEL_REASON_CHECKSUM);
}

static void answer(
    struct model *m, uint64_t id, uint8_t flags, uint32_t seq, uint32_t ack)
{
    struct event e = make_segment(id * MS, id, HOST_SERVER, flags);

    e.u.segment.seg.seq_raw = seq;
    e.u.segment.seg.ack_raw = ack;
    apply(m, e);
}

/* A reset that answers is told from one that close() sent (RFC 9293, 3.5.2). */
static void test_resets(void **state)
{
    struct model *m = *state;
    struct event data = make_segment(3 * MS, 3, HOST_CLIENT, SEGMENT_ACK);

    arrives(m, 1, SEGMENT_SYN);
    uint32_t syn = model_segment(m, 1)->seg.seq_raw;
    answer(m, 2, SEGMENT_RST | SEGMENT_ACK, 0, syn + 1);
    assert_int_equal(reason(m, 1), MODEL_REASON_NOBODY);
    data.u.segment.seg.ack_raw = 500;
    apply(m, data);
    apply(m, make_verdict(3 * MS, 3, VERDICT_DELIVERED));
    answer(m, 4, SEGMENT_RST | SEGMENT_ACK, 500, 9);
    assert_int_equal(reason(m, 3), MODEL_REASON_NONE);
    answer(m, 5, SEGMENT_RST, 499, 0);
    assert_int_equal(reason(m, 3), MODEL_REASON_NONE);
    answer(m, 6, SEGMENT_RST, 500, 0);
    assert_int_equal(reason(m, 3), MODEL_REASON_NO_CONNECTION);
}

/* What the wire lost can't have met anybody. */
static void test_lost_is_not_refused(void **state)
{
    struct model *m = *state;

    apply(m, make_segment(MS, 1, HOST_CLIENT, SEGMENT_SYN));
    apply(m, make_verdict(MS, 1, VERDICT_DROPPED));
    answer(m, 2, SEGMENT_RST | SEGMENT_ACK, 0,
        model_segment(m, 1)->seg.seq_raw + 1);
    assert_int_equal(reason(m, 1), MODEL_REASON_NONE);
}

static struct event datagram(uint64_t id)
{
    struct event e = make_segment(id * MS, id, HOST_CLIENT, 0);

    e.u.segment.seg.proto = IPPROTO_UDP;
    return e;
}

static void icmp(struct model *m, uint64_t id, bool from_router)
{
    struct event e = make_segment(id * MS, id, HOST_SERVER, 0);
    struct segment *s = &e.u.segment.seg;

    s->proto = IPPROTO_ICMP;
    s->src.port = s->dst.port = 0;
    s->from_router = from_router;
    s->quoted.proto = IPPROTO_UDP;
    s->quoted.src = datagram(1).u.segment.seg.src;
    s->quoted.dst = datagram(1).u.segment.seg.dst;
    apply(m, e);
}

static void test_datagrams(void **state)
{
    struct model *m = *state;
    struct event e = make_socket(MS, 9, HOST_SERVER, "server.u", 7);

    apply(m, datagram(1));
    apply(m, make_verdict(MS, 1, VERDICT_DELIVERED));
    icmp(m, 2, true);
    assert_int_equal(reason(m, 1), MODEL_REASON_NONE);
    icmp(m, 3, false);
    assert_int_equal(reason(m, 1), MODEL_REASON_NOBODY);
    e.u.socket.proto = IPPROTO_UDP;
    e.u.socket.local = ip4("0.0.0.0", 8080);
    apply(m, e);
    apply(m, datagram(4));
    apply(m, make_verdict(4 * MS, 4, VERDICT_DELIVERED));
    e.u.socket.ignored = 1;
    apply(m, e);
    assert_int_equal(reason(m, 4), MODEL_REASON_RECV_BUFFER);
}

/* Also when its socket is gone. */
static void test_owner(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(MS, 5, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);

    arrives(m, 1, SEGMENT_SYN);
    const struct segment *s = &model_segment(m, 1)->seg;
    assert_null(model_segment_owner(m, s, HOST_CLIENT));
    apply(m, e);
    assert_string_equal(model_segment_owner(m, s, HOST_CLIENT), "c1.s");
    assert_null(model_segment_owner(m, s, HOST_SERVER));
    e.u.socket.owner_count = 0;
    apply(m, e);
    assert_string_equal(model_segment_owner(m, s, HOST_CLIENT), "c1.s");
    e.u.socket.gone = true;
    apply(m, e);
    assert_int_equal(model_sock_count(m), 0);
    assert_string_equal(model_segment_owner(m, s, HOST_CLIENT), "c1.s");
}

static void test_fates_in_order(void **state)
{
    static const enum verdict all[] = {
        VERDICT_HELD, VERDICT_DUPLICATED, VERDICT_DELIVERED};
    struct model *m = *state;

    apply(m, make_segment(MS, 1, HOST_CLIENT, SEGMENT_SYN));
    for (size_t i = 0; i < 3; i++)
        apply(m, make_verdict((2 + i) * MS, 1, all[i]));
    apply(m, make_verdict(9 * MS, 1, VERDICT_COALESCED));
    const struct model_segment *s = model_segment(m, 1);
    assert_int_equal(s->fate_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(s->fates[i].verdict, all[i]);
        assert_int_equal(s->fates[i].t_ns, (2 + i) * MS);
    }
    assert_true(s->duplicated);
    assert_int_equal(s->verdict, VERDICT_DELIVERED);
    assert_int_equal(s->copied_ns, 9 * MS);
    for (size_t i = 0; i < 2 * MODEL_FATES_MAX; i++)
        apply(m, make_verdict(10 * MS, 1, VERDICT_DUPLICATED));
    assert_int_equal(s->fate_count, MODEL_FATES_MAX);
}

/* ---- runs -----------------------------------------------------------------
 */

static void data(struct model *m, uint64_t id, enum host from, uint64_t t_ns)
{
    struct event e = make_segment(t_ns, id, from, SEGMENT_ACK);

    e.u.segment.seg.len = from == HOST_CLIENT ? 1000 : 0;
    apply(m, e);
    apply(m, make_verdict(t_ns, id, VERDICT_DELIVERED));
}

static void test_run_needs_many(void **state)
{
    struct model *m = *state;
    uint64_t id = 0;

    while (id < MODEL_RUN_MIN) {
        id++;
        data(m, id, HOST_CLIENT, id * MS);
        assert_null(model_run(m, 1));
    }
    id++;
    data(m, id, HOST_SERVER, id * MS);
    const struct model_run *run = model_run(m, 1);
    assert_non_null(run);
    assert_ptr_equal(model_run(m, id), run);
    assert_int_equal(run->count[HOST_CLIENT], MODEL_RUN_MIN);
    assert_int_equal(run->count[HOST_SERVER], 1);
    assert_int_equal(run->bytes[HOST_CLIENT], 1000 * MODEL_RUN_MIN);
    assert_int_equal(run->from_ns, MS);
    assert_int_equal(run->to_ns, id * MS);
    assert_null(model_run(m, id + 1));
    apply(m, make_segment((id + 1) * MS, id + 1, HOST_CLIENT, SEGMENT_ACK));
    apply(m, make_verdict((id + 1) * MS, id + 1, VERDICT_DROPPED));
    assert_int_equal(model_run(m, id + 1)->lost, 1);
}

static void test_slow_ones_stand_alone(void **state)
{
    struct model *m = *state;

    for (uint64_t id = 1; id <= 100; id++)
        data(m, id, HOST_CLIENT, id * 7 * MS);
    for (uint64_t id = 1; id <= 100; id++)
        assert_null(model_run(m, id));
}

/* A pause ends it, and so does what opens or ends a connection. */
static void test_run_ends(void **state)
{
    struct model *m = *state;
    uint64_t id = 0;

    while (id < 50)
        data(m, ++id, HOST_CLIENT, MS);
    apply(m, make_segment(MS, 51, HOST_CLIENT, SEGMENT_FIN | SEGMENT_ACK));
    for (id = 52; id <= 100; id++)
        data(m, id, HOST_CLIENT, MS);
    data(m, 101, HOST_CLIENT, 25 * MS);
    assert_int_equal(model_run(m, 1)->last, 50);
    assert_null(model_run(m, 51));
    assert_int_equal(model_run(m, 100)->first, 52);
    assert_null(model_run(m, 101));
}

/* Each held one is to be seen. */
static void test_held_ones_stand_alone(void **state)
{
    struct model *m = *state;

    for (uint64_t id = 1; id <= 100; id++) {
        apply(m, make_segment(MS, id, HOST_CLIENT, SEGMENT_ACK));
        if (id > 20)
            apply(m, make_verdict(MS, id, VERDICT_HELD));
    }
    assert_int_equal(model_run(m, 1)->last, 20);
    assert_int_equal(model_run(m, 20)->count[HOST_CLIENT], 20);
    for (uint64_t id = 21; id <= 100; id++)
        assert_null(model_run(m, id));
}

static void test_run_of_several(void **state)
{
    struct model *m = *state;

    for (uint64_t id = 1; id <= 40; id++) {
        struct event e = make_segment(MS, id, HOST_CLIENT, SEGMENT_ACK);
        e.u.segment.seg.src.port = id <= 30 ? 1 : 2;
        apply(m, e);
        assert_int_equal(
            model_run(m, id) != NULL && model_run(m, id)->several, id > 30);
    }
}

/* Beyond the tail a run's first segment is gone, the run is not. */
static void test_run_outlives_its_first(void **state)
{
    struct model *m = *state;

    for (uint64_t id = 1; id <= 20000; id++)
        data(m, id, id % 2 ? HOST_CLIENT : HOST_SERVER, MS + id);
    assert_true(model_segment_count(m) <= 4096);
    assert_int_equal(model_segment_index(m, 1), 0);
    const struct model_run *run = model_run(m, 20000);
    assert_int_equal(run->first, 1);
    assert_int_equal(run->count[HOST_CLIENT], 10000);
}

#define test(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_full_queues),
        test(test_refused_words),
        test(test_refused_with_a_reset),
        test(test_corrupted),
        test(test_resets),
        test(test_lost_is_not_refused),
        test(test_datagrams),
        test(test_owner),
        test(test_fates_in_order),
        test(test_run_needs_many),
        test(test_slow_ones_stand_alone),
        test(test_run_ends),
        test(test_held_ones_stand_alone),
        test(test_run_of_several),
        test(test_run_outlives_its_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
