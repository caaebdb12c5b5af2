/* The stage where life cycles meet: sockets that nobody names, processes that
 * end while others wait, close() that lingers, a wire that is taken down under
 * parked calls. Needs privilege (namespaces, TUN). */
#include "stage_rig.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define ASSERT_STATE(f, process, variable, want)                               \
    assert_int_equal(rig_sock(f, process, variable)->state, want)

static void linger(
    struct rig *f, const char *process, const char *variable, int seconds)
{
    struct value *on[] = {value_int(1), value_int(seconds)};
    int64_t level, option;

    assert_true(call_constant("SOL_SOCKET", &level));
    assert_true(call_constant("SO_LINGER", &option));
    rig_call(f, process, NULL, variable, "setsockopt", value_int(level),
        value_int(option), value_tuple(on, 2), NULL);
}

static struct stage_process_status status(struct rig *f, const char *process)
{
    return stage_process_status(f->stage, process);
}

/* How many events of a kind the journal has; a call's `name` may be asked. */
static size_t count_events(
    struct rig *f, enum event_kind kind, const char *call)
{
    size_t n = 0;

    for (uint64_t i = 0; i < journal_end(f->journal); i++) {
        const struct event *e = journal_at(f->journal, i);

        if (e->kind == kind &&
            (!call || (e->u.call.name && strcmp(e->u.call.name, call) == 0)))
            n++;
    }
    return n;
}

/* ---- sockets that nobody names ------------------------------------------ */

static void test_a_socket_never_named_is_never_told(void **state)
{
    struct rig *f = rig_opened(state);

    rig_call(f, "c1", NULL, NULL, "socket", NULL);
    assert_int_equal(count_events(f, EVENT_CALL, "close"), 1);
    assert_int_equal(count_events(f, EVENT_SOCKET, NULL), 0);
}

static void test_accept_without_names_closes_at_once(void **state)
{
    struct rig *f = rig_opened(state);

    rig_listen(f, 5);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", 8080), NULL);
    rig_call(f, "server", NULL, "ls", "accept", NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_CLOSE_WAIT);
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 0);
    assert_null(status(f, "server").parked);
    /* The number is free again. */
    rig_call(f, "server", "t", NULL, "socket", NULL);
    rig_call(f, "server", "fd", "t", "fileno", NULL);
    assert_int_equal(value_as_int(stage_variable(f->stage, "server", "fd")), 4);
}

/* ---- listeners ---------------------------------------------------------- */

/* A SYN that is thrown away is told by nothing but its listener's count, and
 * that is looked at once. */
static void test_listeners_of_one_port_are_all_looked_at(void **state)
{
    static const char *const variables[] = {"a", "b"};
    static const char *const addresses[] = {"10.0.0.1", "10.0.1.1"};
    static const char *const clients[] = {
        "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    static const size_t to[] = {0, 1, 0, 1, 1, 0, 0};
    struct rig *f = rig_opened(state);
    unsigned came[2] = {0, 0};

    for (size_t i = 0; i < 2; i++) {
        rig_call(f, "server", variables[i], NULL, "socket", NULL);
        rig_call(f, "server", NULL, variables[i], "bind",
            rig_address(addresses[i], 8080), NULL);
        rig_call(f, "server", NULL, variables[i], "listen", value_int(0), NULL);
    }
    for (size_t i = 0; i < 7; i++) {
        rig_call(f, clients[i], "s", NULL, "socket", NULL);
        rig_call(f, clients[i], NULL, "s", "connect",
            rig_address(addresses[to[i]], 8080), NULL);
        came[to[i]]++;
        for (size_t k = 0; k < 2; k++)
            if (came[k] > 0)
                assert_int_equal(
                    rig_sock(f, "server", variables[k])->ignored, came[k] - 1);
    }
}

/* ---- processes that end ------------------------------------------------- */

static void test_exit_while_a_sibling_waits(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_call(f, "server", "w", NULL, "fork", NULL);
    rig_call(f, "w", "m", "conn", "recv", value_int(10), NULL);
    rig_call(f, "server", NULL, NULL, "exit", NULL);
    assert_true(status(f, "server").exited);
    assert_string_equal(status(f, "w").parked, "recv");
    ASSERT_STATE(f, "c1", "s", TCP_STATE_ESTABLISHED);
    rig_call(f, "c1", NULL, "s", "send", rig_bytes(3), NULL);
    assert_null(status(f, "w").parked);
    assert_int_equal(value_as_int(status(f, "c1").result), 3);
    rig_call(f, "w", NULL, NULL, "exit", NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_CLOSE_WAIT);
}

/* Who holds it according to the last event about it: "server.ls w.ls". */
static void assert_owners(struct rig *f, uint64_t id, const char *want)
{
    char owners[256] = "";

    for (uint64_t i = 0; i < journal_end(f->journal); i++) {
        const struct event *e = journal_at(f->journal, i);
        size_t len = 0;

        if (e->kind != EVENT_SOCKET || e->u.socket.id != id)
            continue;
        owners[0] = '\0';
        for (size_t o = 0; o < e->u.socket.owner_count; o++)
            len += (size_t)snprintf(owners + len, sizeof owners - len, "%s%s",
                o > 0 ? " " : "", e->u.socket.owners[o]);
    }
    assert_string_equal(owners, want);
}

/* The kernel does nothing when one of several copies is closed, and no segment
 * tells of it. */
static void test_owners_follow_each_close_of_a_copy(void **state)
{
    static const char *const names[] = {"ls", "conn", "u"};
    struct value *none = value_none();
    struct rig *f = rig_opened(state);
    const char *name;
    uint64_t id;

    rig_connected(f);
    rig_call(f, "server", "u", NULL, "socket", value_int(AF_INET),
        value_int(SOCK_DGRAM), NULL);
    rig_call(f, "server", NULL, "u", "bind", rig_address("", 9000), NULL);
    rig_call(f, "server", "w", NULL, "fork", NULL);
    rig_call(f, "w", "x", NULL, "fork", NULL);
    rig_call(f, "x", "y", NULL, "fork", NULL);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char want[64];

        name = names[i];
        id = stage_socket_id(f->stage, "server", name);
        snprintf(want, sizeof want, "server.%s w.%s x.%s y.%s", name, name,
            name, name);
        assert_owners(f, id, want);
        rig_call(f, "server", NULL, name, "close", NULL);
        assert_owners(f, id, strchr(want, ' ') + 1);
        assert_int_equal(stage_assign(f->stage, "w", &name, 1, none, NULL), 0);
        snprintf(want, sizeof want, "x.%s y.%s", name, name);
        assert_owners(f, id, want);
    }
    value_free(none);
    rig_call(f, "x", NULL, NULL, "exit", NULL);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char want[64];

        snprintf(want, sizeof want, "y.%s", names[i]);
        assert_owners(f, stage_socket_id(f->stage, "y", names[i]), want);
    }
    rig_call(f, "y", NULL, NULL, "exit", NULL);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_owners(f, stage_socket_id(f->stage, "y", names[i]), "");
    ASSERT_STATE(f, "c1", "s", TCP_STATE_CLOSE_WAIT);
}

static void test_an_exited_process_does_nothing(void **state)
{
    struct rig *f = rig_opened(state);
    struct stage_call wish = {.process = "c1",
        .def = call_find(CALL_ON_MODULE, "socket"),
        .python = "socket()"};
    struct value *none = value_none();
    const char *name = "n";

    rig_call(f, "c1", NULL, NULL, "exit", NULL);
    assert_int_equal(stage_call(f->stage, &wish, NULL), -ESRCH);
    assert_int_equal(
        stage_assign(f->stage, "c1", &name, 1, none, NULL), -ESRCH);
    assert_int_equal(stage_print(f->stage, "c1", "x", NULL), -ESRCH);
    assert_int_equal(
        stage_raise(f->stage, "c1", "x", 0, "NameError", "", NULL), -ESRCH);
    assert_null(stage_variable(f->stage, "c1", "n"));
    value_free(none);
}

/* A process that exits never lingers (inet_release() in net/ipv4/af_inet.c),
 * and the kernel would block the whole program. */
static void test_exit_does_not_linger(void **state)
{
    struct rig *f = rig_opened(state);
    uint64_t before;

    rig_connected(f);
    linger(f, "c1", "s", 3);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", NULL, "s", "send", rig_bytes(100), NULL);
    before = clock_now_ns();
    rig_call(f, "c1", NULL, NULL, "exit", NULL);
    assert_true(clock_now_ns() - before < 2 * NS_PER_S);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_FIN_WAIT_1);
}

/* SO_LINGER with 0 seconds resets, at exit too. */
static void test_exit_with_linger_zero_resets(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    linger(f, "c1", "s", 0);
    rig_call(f, "c1", NULL, NULL, "exit", NULL);
    ASSERT_STATE(f, "server", "conn", TCP_STATE_CLOSED);
}

/* ---- close() that lingers ----------------------------------------------- */

static void test_lingering_close_is_not_interrupted(void **state)
{
    struct rig *f = rig_opened(state);
    struct err e;

    rig_connected(f);
    linger(f, "c1", "s", 1);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", NULL, "s", "close", NULL);
    assert_int_equal(stage_interrupt(f->stage, "c1", &e), -EBUSY);
    assert_string_equal(status(f, "c1").parked, "close");
    /* Settled: the FIN is out, and what can return has returned. */
    assert_int_equal(model_held(stage_model(f->stage)), 1);
    rig_wire(f, WIRE_RELEASE);
    rig_settle(f);
    assert_null(status(f, "c1").parked);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_FIN_WAIT_2);
}

static void test_what_cannot_linger_does_not_park(void **state)
{
    struct rig *f = rig_opened(state);
    size_t before;

    rig_connected(f);
    before = count_events(f, EVENT_BLOCKED, NULL);
    linger(f, "server", "ls", 3);
    rig_call(f, "server", NULL, "ls", "close", NULL);
    linger(f, "server", "conn", 3);
    rig_call(f, "server", "w", NULL, "fork", NULL);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "server", NULL, "conn", "close", NULL);
    assert_int_equal(count_events(f, EVENT_BLOCKED, NULL), before);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_ESTABLISHED);
}

static void test_stage_closes_under_a_lingering_close(void **state)
{
    struct rig *f = rig_opened(state);
    uint64_t before;

    rig_connected(f);
    linger(f, "c1", "s", 20);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", NULL, "s", "send", rig_bytes(100), NULL);
    rig_call(f, "c1", NULL, "s", "close", NULL);
    assert_string_equal(status(f, "c1").parked, "close");
    before = clock_now_ns();
    rig_close(f);
    free(f);
    *state = NULL;
    assert_true(clock_now_ns() - before < 5 * NS_PER_S);
}

static void test_stage_closes_under_parked_calls(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_call(f, "c1", NULL, "s", "settimeout", value_float(30), NULL);
    rig_call(f, "c1", "m", "s", "recv", value_int(10), NULL);
    rig_call(f, "server", "k,a", "ls", "accept", NULL);
    rig_call(f, "c2", "s", NULL, "socket", NULL);
    rig_call(f, "c2", NULL, "s", "connect", rig_address("10.0.9.9", 1), NULL);
    assert_string_equal(status(f, "c1").parked, "recv");
    assert_string_equal(status(f, "server").parked, "accept");
    assert_string_equal(status(f, "c2").parked, "connect");
}

/* ---- calls -------------------------------------------------------------- */

static void test_os_read_parks_and_returns(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    rig_call(f, "server", "m", "os", "read", value_int(4), value_int(10), NULL);
    assert_string_equal(status(f, "server").parked, "read");
    rig_call(f, "c1", NULL, "s", "send", rig_bytes(3), NULL);
    assert_null(status(f, "server").parked);
    assert_int_equal(
        value_kind(stage_variable(f->stage, "server", "m")), VALUE_BYTES);
    rig_call(f, "server", "m", "os", "read", value_int(9), value_int(1), NULL);
    assert_string_equal(status(f, "server").error, "EBADF");
}

static void test_raise_is_a_call_that_failed(void **state)
{
    struct rig *f = rig_opened(state);
    struct stage_process_status st;
    const struct model_call *call;

    assert_int_equal(stage_raise(f->stage, "c1", "x", 0, "NameError",
                         "name 'x' is not defined", NULL),
        0);
    st = status(f, "c1");
    assert_true(st.has_returned);
    assert_int_equal(st.calls, 1);
    assert_string_equal(st.error, "NameError");
    assert_string_equal(st.message, "name 'x' is not defined");
    assert_null(st.result);
    call = model_call_at(stage_model(f->stage), 0);
    assert_string_equal(call->exception, "NameError");
    assert_null(call->error); /* no errno */
    assert_true(call->returned);
    assert_int_equal(
        stage_raise(f->stage, "wire", "x", 0, "NameError", "", NULL), -EINVAL);
}

/* ---- names and the wire ------------------------------------------------- */

static void test_a_name_added_is_resolved(void **state)
{
    struct rig *f = rig_opened(state);

    rig_listen(f, 5);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("np.hufs.ac.kr", 8080),
        NULL);
    assert_string_equal(status(f, "c1").exception, "gaierror");
    assert_int_equal(
        stage_add_name(f->stage, "np.hufs.ac.kr", HOST_CLIENT, NULL), 0);
    assert_int_equal(
        stage_add_name(f->stage, "np.hufs.ac.kr", HOST_SERVER, NULL), 0);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("np.hufs.ac.kr", 8080),
        NULL);
    ASSERT_STATE(f, "c1", "s", TCP_STATE_ESTABLISHED);
    assert_int_equal(stage_add_name(f->stage, "", HOST_SERVER, NULL), -EINVAL);
}

static void test_a_segment_by_its_id(void **state)
{
    struct rig *f = rig_opened(state);
    const struct model *m = stage_model(f->stage);

    rig_listen(f, 5);
    rig_wire(f, WIRE_HOLD);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", 8080), NULL);
    rig_call(f, "c2", "s", NULL, "socket", NULL);
    rig_call(f, "c2", NULL, "s", "connect", rig_address("server", 8080), NULL);
    assert_int_equal(model_held(m), 2);
    assert_int_equal(stage_wire_deliver_id(f->stage, 2, NULL), 0);
    rig_settle(f);
    assert_int_equal(rig_sock(f, "server", "ls")->syn_queue, 1);
    assert_int_equal(stage_wire_drop_id(f->stage, 1, NULL), 0);
    assert_int_equal(model_dropped(m), 1);
    assert_int_equal(stage_wire_deliver_id(f->stage, 1, NULL), -ENOENT);
    assert_int_equal(stage_wire_drop_id(f->stage, 2, NULL), -ENOENT);
}

static bool has_fin_wait_2(struct rig *f, const void *arg)
{
    (void)arg;
    return model_listed(
               stage_model(f->stage), HOST_SERVER, TCP_STATE_FIN_WAIT_2) == 1;
}

/* ::1 is off the wire as 127.0.0.1 is: no segment announces a change. */
static void test_connection_within_one_host_by_ipv6(void **state)
{
    struct rig *f = rig_opened(state);
    int64_t family;

    assert_true(call_constant("AF_INET6", &family));
    rig_call(f, "server", "ls", NULL, "socket", value_int(family), NULL);
    rig_call(f, "server", NULL, "ls", "bind", rig_address("", 8080), NULL);
    rig_call(f, "server", NULL, "ls", "listen", value_int(5), NULL);
    rig_call(f, "server", "s", NULL, "socket", value_int(family), NULL);
    rig_call(f, "server", NULL, "s", "connect", rig_address("localhost", 8080),
        NULL);
    assert_int_equal(
        model_listed(stage_model(f->stage), HOST_SERVER, TCP_STATE_NONE), 3);
    rig_call(f, "server", NULL, "s", "close", NULL);
    rig_wait(f, has_fin_wait_2, NULL, 2000);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_socket_never_named_is_never_told),
        TEST(test_accept_without_names_closes_at_once),
        TEST(test_listeners_of_one_port_are_all_looked_at),
        TEST(test_exit_while_a_sibling_waits),
        TEST(test_owners_follow_each_close_of_a_copy),
        TEST(test_an_exited_process_does_nothing),
        TEST(test_exit_does_not_linger),
        TEST(test_exit_with_linger_zero_resets),
        TEST(test_lingering_close_is_not_interrupted),
        TEST(test_what_cannot_linger_does_not_park),
        TEST(test_stage_closes_under_a_lingering_close),
        TEST(test_stage_closes_under_parked_calls),
        TEST(test_os_read_parks_and_returns),
        TEST(test_raise_is_a_call_that_failed),
        TEST(test_a_name_added_is_resolved),
        TEST(test_a_segment_by_its_id),
        TEST(test_connection_within_one_host_by_ipv6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
