/* The stage on the private wire: what the kernel says of every socket after
 * each call and each single segment. Needs privilege (namespaces, TUN). */
#include "stage_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ASSERT_STATE(f, process, variable, want)                               \
    assert_int_equal(rig_sock(f, process, variable)->state, want)

static void deliver(struct rig *f)
{
    struct err e;

    if (stage_wire_deliver(f->stage, NULL, &e) < 0)
        fail_msg("deliver: %s", e.msg);
    rig_settle(f);
}

static void test_handshake_one_segment_at_a_time(void **state)
{
    struct rig *f = rig_opened(state);
    const struct model *m = stage_model(f->stage);
    const struct model_sock *queued;

    rig_listen(f, 5);
    ASSERT_STATE(f, "server", "ls", TCP_STATE_LISTEN);
    assert_int_equal(rig_sock(f, "server", "ls")->backlog, 5);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_CLOSED);
    assert_int_equal(rig_wire(f, WIRE_HOLD), 0);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", 8080), NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_SYN_SENT);
    assert_int_equal(rig_sock(f, "c1", "s")->peer.port, 8080);
    assert_int_equal(rig_sock(f, "c1", "s")->timer, SOCK_TIMER_RETRANSMIT);
    assert_string_equal(stage_process_status(f->stage, "c1").parked, "connect");
    deliver(f); /* SYN */
    assert_int_equal(rig_sock(f, "server", "ls")->syn_queue, 1);
    queued = model_syn_queue_at(m, rig_sock(f, "server", "ls"), 0);
    assert_non_null(queued);
    assert_int_equal(queued->timer, SOCK_TIMER_SYNACK);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_SYN_SENT);
    deliver(f); /* SYN+ACK */
    ASSERT_STATE(f, "c1", "s", TCP_STATE_ESTABLISHED);
    assert_null(stage_process_status(f->stage, "c1").parked);
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 0);
    deliver(f); /* ACK */
    assert_int_equal(rig_sock(f, "server", "ls")->syn_queue, 0);
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 1);
    rig_call(f, "server", "conn,addr", "ls", "accept", NULL);
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 0);
    ASSERT_STATE(f, "server", "conn", TCP_STATE_ESTABLISHED);
    assert_int_equal(rig_sock(f, "server", "conn")->peer.port,
        rig_sock(f, "c1", "s")->local.port);
}

static void test_bytes_move_with_their_segments(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", "n", "s", "send", rig_bytes(1000), NULL);
    assert_int_equal(rig_sock(f, "c1", "s")->send_buffer, 1000);
    assert_int_equal(rig_sock(f, "server", "conn")->recv_buffer, 0);
    deliver(f); /* DATA */
    assert_int_equal(rig_sock(f, "c1", "s")->send_buffer, 1000);
    assert_int_equal(rig_sock(f, "server", "conn")->recv_buffer, 1000);
    deliver(f); /* ACK */
    assert_int_equal(rig_sock(f, "c1", "s")->send_buffer, 0);
    assert_int_equal(value_as_int(stage_variable(f->stage, "c1", "n")), 1000);
}

/* Nothing runs between the delivery and the look: no transition is missed,
 * even if the next packet comes at once. */
static void test_a_delivery_is_looked_at_by_itself(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", "n", "s", "send", rig_bytes(1000), NULL);
    assert_int_equal(stage_wire_deliver(f->stage, NULL, NULL), 0);
    assert_int_equal(rig_sock(f, "server", "conn")->recv_buffer, 1000);
}

static void test_close_in_four_segments(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", NULL, "s", "close", NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_FIN_WAIT_1);
    assert_int_equal(rig_sock(f, "c1", "s")->send_buffer, 0);
    assert_int_equal(rig_sock(f, "c1", "s")->owner_count, 0);
    deliver(f);
    ASSERT_STATE(f, "server", "conn", TCP_STATE_CLOSE_WAIT);
    assert_int_equal(rig_sock(f, "server", "conn")->recv_buffer, 0);
    deliver(f);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_FIN_WAIT_2);
    rig_call(f, "server", NULL, "conn", "close", NULL);
    ASSERT_STATE(f, "server", "conn", TCP_STATE_LAST_ACK);
    deliver(f);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_TIME_WAIT);
    assert_int_equal(rig_sock(f, "c1", "s")->timer, SOCK_TIMER_TIMEWAIT);
    deliver(f);
    ASSERT_STATE(f, "server", "conn", TCP_STATE_CLOSED);
    assert_true(rig_sock(f, "server", "conn")->gone);
    assert_int_equal(
        model_listed(stage_model(f->stage), HOST_CLIENT, TCP_STATE_TIME_WAIT),
        1);
}

static bool is_listed_empty(struct rig *f, const void *arg)
{
    (void)arg;
    return rig_sock(f, "server", "ls")->accept_queue == 2;
}

static void test_backlog_overflow_is_silence(void **state)
{
    static const char *const clients[] = {"c1", "c2", "c3", "c4"};
    struct rig *f = rig_opened(state);
    size_t waiting = 0;

    rig_listen(f, 1);
    for (size_t i = 0; i < 4; i++) {
        rig_call(f, clients[i], "s", NULL, "socket", NULL);
        rig_call(f, clients[i], NULL, "s", "connect",
            rig_address("server", 8080), NULL);
    }
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 2);
    assert_int_equal(rig_sock(f, "server", "ls")->backlog, 1);
    assert_int_equal(rig_sock(f, "server", "ls")->ignored, 2);
    for (size_t i = 0; i < 4; i++) {
        const struct model_sock *s = rig_sock(f, clients[i], "s");

        if (s->state == TCP_STATE_SYN_SENT) {
            assert_int_equal(s->timer, SOCK_TIMER_RETRANSMIT);
            waiting++;
        }
    }
    assert_int_equal(waiting, 2);
    rig_call(f, "server", "k1,a", "ls", "accept", NULL);
    rig_call(f, "server", "k2,a", "ls", "accept", NULL);
    rig_wait(f, is_listed_empty, NULL, 8000);
}

static void test_a_socket_without_a_name_is_closed(void **state)
{
    struct rig *f = rig_opened(state);
    const char *name = "s";
    struct value *none = value_none();

    rig_connected(f);
    assert_int_equal(stage_assign(f->stage, "c1", &name, 1, none, NULL), 0);
    value_free(none);
    rig_settle(f);
    ASSERT_STATE(f, "server", "conn", TCP_STATE_CLOSE_WAIT);
}

static void test_fork_shares_until_the_last_close(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_call(f, "server", "w", NULL, "fork", NULL);
    assert_int_equal(rig_sock(f, "w", "conn")->owner_count, 2);
    rig_call(f, "server", NULL, "conn", "close", NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_ESTABLISHED);
    rig_call(f, "w", NULL, "conn", "close", NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_CLOSE_WAIT);
}

static void test_interrupt_and_timeout_end_a_parked_call(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_call(f, "c1", "m", "s", "recv", value_int(10), NULL);
    assert_string_equal(stage_process_status(f->stage, "c1").parked, "recv");
    assert_true(stage_variable_pending(f->stage, "c1", "m"));
    assert_int_equal(stage_interrupt(f->stage, "c1", NULL), 0);
    assert_string_equal(
        stage_process_status(f->stage, "c1").exception, "KeyboardInterrupt");
    assert_null(stage_variable(f->stage, "c1", "m"));
    rig_call(f, "c1", NULL, "s", "settimeout", value_float(0.05), NULL);
    rig_call(f, "c1", "m", "s", "recv", value_int(10), NULL);
    while (stage_process_status(f->stage, "c1").parked)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_string_equal(
        stage_process_status(f->stage, "c1").error, "ETIMEDOUT");
    assert_true(stage_process_status(f->stage, "c1").elapsed_ns >= 50000000);
}

static void test_lingering_close_parks(void **state)
{
    struct rig *f = rig_opened(state);
    struct value *on[] = {value_int(1), value_int(1)};
    int64_t level, option;

    rig_connected(f);
    assert_true(call_constant("SOL_SOCKET", &level));
    assert_true(call_constant("SO_LINGER", &option));
    rig_call(f, "c1", NULL, "s", "setsockopt", value_int(level),
        value_int(option), value_tuple(on, 2), NULL);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", NULL, "s", "close", NULL);
    assert_string_equal(stage_process_status(f->stage, "c1").parked, "close");
    rig_wire(f, WIRE_RELEASE);
    while (stage_process_status(f->stage, "c1").parked)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_null(stage_process_status(f->stage, "c1").exception);
}

static void test_connection_within_one_host(void **state)
{
    struct rig *f = rig_opened(state);

    rig_listen(f, 5);
    rig_call(f, "server", "s", NULL, "socket", NULL);
    rig_call(f, "server", NULL, "s", "connect", rig_address("localhost", 8080),
        NULL);
    ASSERT_STATE(f, "server", "s", TCP_STATE_ESTABLISHED);
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 1);
    assert_int_equal(model_segment_count(stage_model(f->stage)), 0);
}

static void test_waiting_for_nothing_is_known(void **state)
{
    struct rig *f = rig_opened(state);
    struct str why = STR_INIT;

    rig_listen(f, 5);
    rig_call(f, "server", "conn,addr", "ls", "accept", NULL);
    assert_false(stage_can_go_on(f->stage, "server", &why));
    str_clear(&why);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", 8080), NULL);
    assert_false(stage_can_go_on(f->stage, "c1", &why));
    assert_non_null(strstr(str_text(&why), "SYN is held"));
    str_done(&why);
}

static void on_reopened(
    void *ctx, struct stage *fresh, const struct err *why_not)
{
    struct rig *f = ctx;

    if (!fresh)
        print_message("%s\n", why_not->msg);
    f->stage = fresh;
}

static bool is_open(struct rig *f, const void *arg)
{
    (void)arg;
    return f->stage != NULL;
}

/* Another stage on the same journal: nothing of the first one is left, and the
 * model is the same object. */
static void test_reopened(void **state)
{
    struct rig *f = rig_opened(state);
    const struct model *model = stage_model(f->stage);
    struct stage *old = f->stage;
    uint64_t end;

    rig_call(f, "c1", "s", NULL, "socket", NULL);
    assert_int_equal(model_process_count(model), 1);
    end = journal_end(f->journal);
    f->stage = NULL;
    stage_reopen(old, on_reopened, f);
    rig_wait(f, is_open, NULL, 5000);
    assert_ptr_equal(stage_model(f->stage), model);
    assert_int_equal(model_process_count(model), 0);
    assert_int_equal(journal_at(f->journal, end)->kind, EVENT_STAGE);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    assert_int_equal(rig_sock(f, "c1", "s")->state, TCP_STATE_CLOSED);
    /* The journal goes on, the first stage is still in it. */
    assert_true(journal_find(f->journal, 0, 1, 1U << EVENT_CALL, NULL) < end);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_handshake_one_segment_at_a_time),
        TEST(test_bytes_move_with_their_segments),
        TEST(test_a_delivery_is_looked_at_by_itself),
        TEST(test_close_in_four_segments),
        TEST(test_backlog_overflow_is_silence),
        TEST(test_a_socket_without_a_name_is_closed),
        TEST(test_fork_shares_until_the_last_close),
        TEST(test_interrupt_and_timeout_end_a_parked_call),
        TEST(test_lingering_close_parks),
        TEST(test_connection_within_one_host),
        TEST(test_waiting_for_nothing_is_known),
        TEST(test_reopened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
