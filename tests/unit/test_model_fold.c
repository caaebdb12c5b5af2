/* The model: what a handshake, a call, a close and a busy wire leave in it. */
#include "sockstage/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/clock.h"

static int setup(void **state)
{
    *state = model_new();
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

static void test_empty(void **state)
{
    const struct model *m = *state;
    const struct addr *addresses;

    assert_string_equal(model_wire(m), "");
    assert_true(model_wire_status(m)->coalesce);
    assert_int_equal(model_addresses(m, HOST_CLIENT, &addresses), 0);
    assert_null(model_process(m, "c1"));
    assert_null(model_sock(m, 1));
    assert_null(model_sock_owned(m, "c1", "s"));
    assert_null(model_segment(m, 1));
    assert_null(model_call(m, 1));
    assert_null(model_note(m, "en"));
    assert_null(model_segment_at(m, 0));
    assert_int_equal(model_held(m), 0);
}

/* The handshake with every segment held and delivered alone. */
static void test_handshake(void **state)
{
    struct model *m = *state;
    const struct model_sock *ls, *s, *conn;
    struct event e;

    apply(m, make_stage());
    assert_string_equal(model_wire(m), "private");
    apply(m, make_socket(0, 1, HOST_SERVER, "server.ls", TCP_STATE_LISTEN));
    apply(m, make_socket(0, 2, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    ls = model_sock_owned(m, "server", "ls");
    s = model_sock_owned(m, "c1", "s");
    assert_non_null(ls);
    assert_null(model_syn_queue_at(m, ls, 0));
    assert_null(model_sock_peer(m, s));

    apply(m, make_socket(9, 3, HOST_SERVER, NULL, TCP_STATE_SYN_RECEIVED));
    ls = model_sock(m, 1);
    assert_int_equal(model_syn_queue_at(m, ls, 0)->id, 3);
    assert_null(model_syn_queue_at(m, ls, 1));
    assert_null(model_accept_queue_at(m, ls, 0));
    assert_int_equal(model_sock_peer(m, model_sock(m, 2))->id, 3);

    apply(m, make_socket(20, 2, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED));
    apply(m, make_socket(30, 3, HOST_SERVER, NULL, TCP_STATE_ESTABLISHED));
    ls = model_sock(m, 1);
    assert_null(model_syn_queue_at(m, ls, 0));
    assert_int_equal(model_accept_queue_at(m, ls, 0)->id, 3);
    assert_int_equal(model_listed(m, HOST_SERVER, TCP_STATE_NONE), 2);
    assert_int_equal(model_listed(m, HOST_SERVER, TCP_STATE_LISTEN), 1);

    e = make_socket(40, 3, HOST_SERVER, "server.conn", TCP_STATE_ESTABLISHED);
    apply(m, e);
    conn = model_sock_owned(m, "server", "conn");
    assert_int_equal(conn->id, 3);
    assert_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    assert_int_equal(conn->opened_ns, 9);
    assert_int_equal(conn->state_changed_ns, 30);
    assert_int_equal(conn->changed_ns, 40);
    assert_int_equal(model_now_ns(m), 40);
    assert_int_equal(model_sock_count(m), 3);
    assert_int_equal(model_sock_at(m, 0)->id, 1);
}

/* accept() takes the connection whose handshake ended first. */
static void test_accept_queue_order(void **state)
{
    struct model *m = *state;
    const struct model_sock *ls;

    apply(m, make_socket(0, 1, HOST_SERVER, "server.ls", TCP_STATE_LISTEN));
    for (uint64_t id = 2; id <= 4; id++)
        apply(
            m, make_socket(id, id, HOST_SERVER, NULL, TCP_STATE_SYN_RECEIVED));
    for (uint64_t id = 4; id >= 2; id--)
        apply(m, make_socket(20, id, HOST_SERVER, NULL, TCP_STATE_ESTABLISHED));
    ls = model_sock(m, 1);
    assert_int_equal(model_accept_queue_at(m, ls, 0)->id, 4);
    assert_int_equal(model_accept_queue_at(m, ls, 1)->id, 3);
    assert_int_equal(model_accept_queue_at(m, ls, 2)->id, 2);
    assert_null(model_accept_queue_at(m, ls, 3));
}

static void test_queues_belong_to_their_listener(void **state)
{
    struct model *m = *state;
    struct event ls =
        make_socket(0, 1, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);
    struct event mapped =
        make_socket(1, 2, HOST_SERVER, NULL, TCP_STATE_ESTABLISHED);

    assert_true(addr_parse("::ffff:10.0.0.1", 8080, &mapped.u.socket.local));
    apply(m, mapped);
    apply(m, ls);
    assert_non_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    ls.u.socket.local = ip4("10.0.0.1", 8080);
    apply(m, ls);
    assert_non_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    ls.u.socket.local = ip4("10.0.1.1", 8080);
    apply(m, ls);
    assert_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    ls.u.socket.local = ip4("0.0.0.0", 8081);
    apply(m, ls);
    assert_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    ls.u.socket.local = ip4("::", 8080);
    apply(m, ls);
    assert_non_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    ls.u.socket.host = HOST_CLIENT;
    apply(m, ls);
    assert_null(model_accept_queue_at(m, model_sock(m, 1), 0));
    /* An orphan was accepted once. */
    ls.u.socket.host = HOST_SERVER;
    apply(m, ls);
    mapped.u.socket.accepted = true;
    apply(m, mapped);
    assert_null(model_accept_queue_at(m, model_sock(m, 1), 0));
}

static void test_gone_sockets(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);

    apply(m, e);
    e.u.socket.gone = true;
    e.u.socket.state = TCP_STATE_CLOSED;
    apply(m, e);
    assert_int_equal(model_sock_owned(m, "c1", "s")->state, TCP_STATE_CLOSED);
    assert_int_equal(model_listed(m, HOST_CLIENT, TCP_STATE_NONE), 0);
    e.u.socket.owner_count = 0;
    apply(m, e);
    assert_int_equal(model_sock_count(m), 0);
    /* What was closed can still be asked for, by its name and its id. */
    assert_ptr_equal(model_sock_owned(m, "c1", "s"), model_sock(m, 1));
    assert_true(model_sock(m, 1)->gone);
    assert_string_equal(model_sock(m, 1)->former, "c1.s");
    apply(m, make_socket(0, 3, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED));
    assert_int_equal(model_sock_owned(m, "c1", "s")->id, 3);
    e = make_socket(0, 3, HOST_CLIENT, NULL, TCP_STATE_CLOSED);
    e.u.socket.gone = true;
    apply(m, e);

    e = make_socket(0, 2, HOST_SERVER, NULL, TCP_STATE_TIME_WAIT);
    apply(m, e);
    assert_int_equal(model_listed(m, HOST_SERVER, TCP_STATE_TIME_WAIT), 1);
    e.u.socket.gone = true;
    apply(m, e);
    assert_int_equal(model_sock_count(m), 0);
    apply(m, e); /* of a socket that was never there */
    assert_int_equal(model_sock_count(m), 0);
}

static void test_names_move(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);

    apply(m, e);
    apply(m, make_socket(1, 2, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED));
    assert_int_equal(model_sock_owned(m, "c1", "s")->id, 2);
    e.u.socket.owner_count = 0;
    apply(m, e);
    assert_int_equal(model_sock_owned(m, "c1", "s")->id, 2);
    e = make_socket(2, 2, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    e.u.socket.owners[1] = "w.s";
    e.u.socket.owner_count = 2;
    apply(m, e);
    assert_int_equal(model_sock_owned(m, "w", "s")->id, 2);
}

static void test_removal_keeps_order_and_lookup(void **state)
{
    struct model *m = *state;
    struct event e;

    for (uint64_t id = 1; id <= 100; id++)
        apply(m, make_socket(0, id, HOST_CLIENT, NULL, TCP_STATE_TIME_WAIT));
    for (uint64_t id = 1; id <= 100; id += 2) {
        e = make_socket(1, id, HOST_CLIENT, NULL, TCP_STATE_CLOSED);
        e.u.socket.gone = true;
        apply(m, e);
    }
    assert_int_equal(model_sock_count(m), 50);
    for (size_t i = 0; i < 50; i++) {
        assert_int_equal(model_sock_at(m, i)->id, 2 * i + 2);
        assert_ptr_equal(model_sock(m, 2 * i + 2), model_sock_at(m, i));
    }
}

static void test_peer_prefers_the_living(void **state)
{
    struct model *m = *state;
    struct event old =
        make_socket(0, 2, HOST_SERVER, "server.old", TCP_STATE_CLOSED);
    struct event now =
        make_socket(0, 3, HOST_SERVER, "server.conn", TCP_STATE_ESTABLISHED);

    apply(m, make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED));
    old.u.socket.local = now.u.socket.local;
    old.u.socket.peer = now.u.socket.peer;
    old.u.socket.gone = true;
    apply(m, now);
    apply(m, old);
    assert_int_equal(model_sock_peer(m, model_sock(m, 1))->id, 3);
    assert_int_equal(model_sock_peer(m, model_sock(m, 3))->id, 1);
}

static void test_counts_and_info(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(10, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    const struct model_sock *s;
    struct info_set cwnd = {0};

    info_set_add(&cwnd, info_field_find("snd_cwnd"));
    e.u.socket.info_changed = cwnd;
    e.u.socket.info.snd_cwnd = 10;
    e.u.socket.info.rtt = 999; /* not told: must not be taken */
    apply(m, e);
    e.t_ns = 20;
    e.u.socket.send_buffer = 1000;
    e.u.socket.info_changed = (struct info_set){0};
    e.u.socket.info.snd_cwnd = 0;
    apply(m, e);
    s = model_sock(m, 1);
    assert_int_equal(s->info.snd_cwnd, 10);
    assert_int_equal(s->info.rtt, 0);
    assert_memory_equal(&s->info_known, &cwnd, sizeof cwnd);
    assert_int_equal(s->send_changed_ns, 20);
    assert_int_equal(s->recv_changed_ns, 0);
    assert_int_equal(s->state_changed_ns, 10);
}

/* Memory and ages come along with other news: what is not told stays. */
static void test_memory_and_ages(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(500 * NS_PER_MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    const size_t sent = info_field_find("last_data_sent");
    const size_t got = info_field_find("last_data_recv");
    const struct model_sock *s;

    e.u.socket.has_mem = true;
    e.u.socket.mem.rmem_alloc = 832;
    e.u.socket.mem.drops = 7;   /* not told */
    e.u.socket.mem_changed = 1; /* the first row */
    info_set_add(&e.u.socket.info_changed, sent);
    info_set_add(&e.u.socket.info_changed, got);
    e.u.socket.info.last_data_sent = 200;
    e.u.socket.info.last_data_recv = 501; /* before there was a stage */
    apply(m, e);
    s = model_sock(m, 1);
    assert_int_equal(s->mem.rmem_alloc, 832);
    assert_int_equal(s->mem.drops, 0);
    assert_int_equal(info_age_since(s, sent), 300 * NS_PER_MS);
    assert_int_equal(info_age_since(s, got), 0);
    e.t_ns = 900 * NS_PER_MS;
    e.u.socket.mem_changed = 0;
    e.u.socket.mem.rmem_alloc = 0;
    e.u.socket.info_changed = (struct info_set){0};
    apply(m, e);
    assert_int_equal(s->mem.rmem_alloc, 832);
    assert_int_equal(info_age_since(s, sent), 300 * NS_PER_MS);
    e.u.socket.gone = true;
    e.u.socket.owner_count = 0;
    apply(m, e);
    assert_int_equal(model_sock(m, 1)->mem.rmem_alloc, 0);
}

/* The inspector emphasises what changed a moment ago. */
static void test_what_changed_when(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(1 * NS_PER_S, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    const size_t cwnd = info_field_find("snd_cwnd");
    struct model_recent recent;
    size_t send = 0;

    while (strcmp(field_at(send)->name, "send_buffer") != 0)
        send++;
    info_set_add(&e.u.socket.info_changed, cwnd);
    apply(m, e);
    model_recent(m, 1, &recent); /* what it began with */
    assert_int_equal(recent.info_ns[cwnd], 0);
    e.t_ns = 2 * NS_PER_S;
    e.u.socket.send_buffer = 1000;
    e.u.socket.info.snd_cwnd = 10;
    info_set_add(&e.u.socket.info_changed, 0); /* told, but as it was */
    apply(m, e);
    e.t_ns += 1;
    e.u.socket.info_changed = (struct info_set){0};
    e.u.socket.owners[0] = "c2.s";
    apply(m, e);
    model_recent(m, 1, &recent);
    assert_int_equal(recent.info_ns[cwnd], 2 * NS_PER_S);
    assert_int_equal(recent.info_ns[0], 0);
    assert_int_equal(recent.field_ns[send], 2 * NS_PER_S);
    assert_int_equal(recent.text_ns[MODEL_TEXT_OWNERS], 2 * NS_PER_S + 1);
    assert_int_equal(recent.text_ns[MODEL_TEXT_PEER], 0);
    assert_int_equal(recent.mem_ns[0], 0);
    model_recent(m, 2, &recent);
    assert_int_equal(recent.info_ns[cwnd], 0);
}

/* However much changes, the latest is known, and that for its second. */
static void test_many_changes(void **state)
{
    struct model *m = *state;
    struct event e =
        make_socket(1 * NS_PER_S, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    struct model_recent recent;

    apply(m, e);
    e.u.socket.mem.rmem_alloc = 1;
    e.u.socket.mem_changed = 1;
    apply(m, e);
    e.u.socket.mem_changed = 2;
    for (size_t i = 0; i < 100; i++) {
        e.t_ns += NS_PER_S / 101;
        e.u.socket.mem.wmem_alloc++;
        apply(m, e);
    }
    model_recent(m, 1, &recent);
    assert_int_equal(recent.mem_ns[0], 1 * NS_PER_S);
    assert_int_equal(recent.mem_ns[1], e.t_ns);
    for (size_t i = 0; i < 10000; i++) {
        e.t_ns++;
        e.u.socket.mem.wmem_alloc++;
        apply(m, e);
    }
    model_recent(m, 1, &recent);
    assert_int_equal(recent.mem_ns[0], 0);
    assert_int_equal(recent.mem_ns[1], e.t_ns);
}

static void test_calls(void **state)
{
    struct model *m = *state;
    struct event e;

    apply(m, make_process(0, "c1", HOST_CLIENT));
    apply(m, make_call(100, 1, "c1", "connect", "s.connect(a)"));
    apply(m, make_blocked(100, 1));
    assert_int_equal(model_process(m, "c1")->parked_call, 1);
    assert_int_equal(model_process(m, "c1")->last_call, 1);
    assert_true(model_call(m, 1)->blocked);
    assert_false(model_call(m, 1)->returned);
    e = make_return(200, 1, "c1");
    e.u.ret.result_is_number = true;
    e.u.ret.result_number = -1000;
    apply(m, e);
    assert_int_equal(model_process(m, "c1")->parked_call, 0);
    assert_true(model_call(m, 1)->returned);
    assert_string_equal(model_call(m, 1)->result, "-1000");
    assert_string_equal(model_call(m, 1)->syscall, "connect(3, {...}, 16) = 0");
    assert_int_equal(model_call(m, 1)->t_ns, 100);
    apply(m, make_return(300, 99, "c1")); /* never made */
    assert_null(model_call(m, 99));
}

static void test_calls_are_a_bounded_tail(void **state)
{
    struct model *m = *state;

    apply(m, make_process(0, "c1", HOST_CLIENT));
    apply(m, make_process(0, "c2", HOST_CLIENT));
    apply(m, make_call(0, 1, "c1", "recv", "s.recv(1)"));
    apply(m, make_blocked(0, 1));
    for (uint64_t id = 2; id < 5000; id++) {
        apply(m, make_call(0, id, "c2", "fileno", "s.fileno()"));
        apply(m, make_return(0, id, "c2"));
        assert_true(model_call_count(m) <= 1024);
    }
    assert_true(model_call_count(m) > 512);
    assert_int_equal(model_call_at(m, 0)->id, 1); /* c1 is still in it */
    assert_non_null(model_call(m, 1));
    assert_null(model_call(m, 2));
    assert_int_equal(model_call_at(m, model_call_count(m) - 1)->id, 4999);
}

static void test_processes(void **state)
{
    struct model *m = *state;
    struct event e = make_process(0, "w", HOST_SERVER);

    apply(m, make_process(0, "server", HOST_SERVER));
    e.u.process.parent = "server";
    apply(m, e);
    assert_int_equal(model_process_count(m), 2);
    assert_string_equal(model_process_at(m, 1)->name, "w");
    assert_string_equal(model_process(m, "w")->parent, "server");
    assert_string_equal(model_process(m, "server")->parent, "");
    e.u.process.action = PROCESS_EXITED;
    apply(m, e);
    assert_true(model_process(m, "w")->exited);
    assert_int_equal(model_process_count(m), 2);
}

static void test_segments_and_verdicts(void **state)
{
    struct model *m = *state;

    apply(m, make_segment(1, 1, HOST_CLIENT, SEGMENT_SYN));
    assert_false(model_segment(m, 1)->has_verdict);
    apply(m, make_verdict(1, 1, VERDICT_HELD));
    apply(m, make_verdict(1, 1, VERDICT_HELD));
    assert_int_equal(model_held(m), 1);
    apply(m, make_verdict(2, 1, VERDICT_COALESCED));
    assert_int_equal(model_segment(m, 1)->copies, 1);
    apply(m, make_verdict(2, 1, VERDICT_DUPLICATED));
    assert_true(model_segment(m, 1)->duplicated);
    assert_false(model_segment(m, 1)->corrupted);
    assert_int_equal(model_segment(m, 1)->verdict, VERDICT_HELD);
    assert_int_equal(model_held(m), 1);
    apply(m, make_verdict(3, 1, VERDICT_DELIVERED));
    apply(m, make_verdict(3, 1, VERDICT_CORRUPTED));
    assert_true(model_segment(m, 1)->corrupted);
    assert_int_equal(model_held(m), 0);
    assert_int_equal(model_segment(m, 1)->verdict, VERDICT_DELIVERED);
    assert_int_equal(model_segment(m, 1)->verdict_ns, 3);
    apply(m, make_segment(4, 2, HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK));
    apply(m, make_verdict(4, 2, VERDICT_DROPPED));
    assert_int_equal(model_dropped(m), 1);
    assert_int_equal(model_held(m), 0);
}

static void test_segments_are_a_bounded_tail(void **state)
{
    struct model *m = *state;

    apply(m, make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN));
    apply(m, make_verdict(0, 1, VERDICT_HELD));
    for (uint64_t id = 2; id <= 20000; id++) {
        apply(m, make_segment(0, id, HOST_CLIENT, SEGMENT_ACK));
        assert_true(model_segment_count(m) <= 4096);
    }
    assert_true(model_segment_count(m) > 2048);
    assert_non_null(model_segment(m, 1)); /* held */
    assert_null(model_segment(m, 2));
    assert_non_null(model_segment(m, 20000));
    /* Even where all are held, and in spite of what left. */
    for (uint64_t id = 20001; id <= 30000; id++) {
        apply(m, make_segment(0, id, HOST_CLIENT, SEGMENT_ACK));
        apply(m, make_verdict(0, id, VERDICT_HELD));
    }
    assert_true(model_segment_count(m) <= 4096);
    assert_int_equal(model_held(m), 10001);
    for (uint64_t id = 20001; id <= 30000; id++)
        apply(m, make_verdict(0, id, VERDICT_DELIVERED));
    assert_int_equal(model_held(m), 1);
}

static void test_notes(void **state)
{
    struct model *m = *state;

    apply(m, make_note(1, "one", "en"));
    assert_string_equal(model_note(m, "ko")->text, "one");
    apply(m, make_note(2, "two", "ko"));
    apply(m, make_note(3, "three", "en"));
    /* Another narration: nothing is left of the last one. */
    assert_string_equal(model_note(m, "ko")->text, "three");
    assert_string_equal(model_note(m, "en")->text, "three");
    assert_string_equal(model_note(m, "de")->text, "three");
    for (int i = 0; i < 20; i++) {
        char lang[16];
        snprintf(lang, sizeof lang, "x%d", i);
        apply(m, make_note(10, "other", lang));
    }
    assert_string_equal(model_note(m, "x19")->text, "other");
}

static void test_wire_status(void **state)
{
    struct model *m = *state;
    struct event e = make_line(0, "wire hold", 1);

    e.u.line.wire.holding = true;
    e.u.line.wire.delay_ns[HOST_SERVER] = 5;
    apply(m, e);
    assert_true(model_wire_status(m)->holding);
    assert_int_equal(model_wire_status(m)->delay_ns[HOST_SERVER], 5);
}

/* A recording holds several scripts one after another. */
static void test_stage_begins_anew(void **state)
{
    struct model *m = *state;
    const struct addr *addresses;

    apply(m, make_process(0, "c1", HOST_CLIENT));
    apply(m, make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    apply(m, make_call(0, 1, "c1", "connect", "s.connect(a)"));
    apply(m, make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN));
    apply(m, make_verdict(0, 1, VERDICT_HELD));
    apply(m, make_note(0, "one", "en"));
    apply(m, make_line(0, "wire coalesce off", 1));
    apply(m, make_stage());
    assert_int_equal(model_process_count(m), 0);
    assert_int_equal(model_sock_count(m), 0);
    assert_null(model_sock_owned(m, "c1", "s"));
    assert_int_equal(model_call_count(m), 0);
    assert_int_equal(model_segment_count(m), 0);
    assert_int_equal(model_held(m), 0);
    assert_null(model_note(m, "en"));
    assert_true(model_wire_status(m)->coalesce);
    assert_int_equal(model_addresses(m, HOST_SERVER, &addresses), 2);
    assert_true(addr_same_ip(
        &addresses[0], &(struct addr){.family = AF_INET, .ip = {10, 0, 0, 1}}));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty),
        TEST(test_handshake),
        TEST(test_accept_queue_order),
        TEST(test_queues_belong_to_their_listener),
        TEST(test_gone_sockets),
        TEST(test_names_move),
        TEST(test_removal_keeps_order_and_lookup),
        TEST(test_peer_prefers_the_living),
        TEST(test_counts_and_info),
        TEST(test_memory_and_ages),
        TEST(test_what_changed_when),
        TEST(test_many_changes),
        TEST(test_calls),
        TEST(test_calls_are_a_bounded_tail),
        TEST(test_processes),
        TEST(test_segments_and_verdicts),
        TEST(test_segments_are_a_bounded_tail),
        TEST(test_notes),
        TEST(test_wire_status),
        TEST(test_stage_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
