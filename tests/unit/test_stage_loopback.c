/* The stage on the machine's own loopback: no wire, no privilege. States and
 * queues are real; nothing may leave 127.0.0.1. */
#include "stage_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    struct rig *f = calloc(1, sizeof *f);

    assert_true(rig_open(f, STAGE_LOOPBACK));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

/* Any free port: the machine's own programs listen here too. */
static int listen_on_any(struct rig *f)
{
    rig_call(f, "server", "ls", NULL, "socket", NULL);
    rig_call(f, "server", NULL, "ls", "bind", rig_address("", 0), NULL);
    rig_call(f, "server", NULL, "ls", "listen", value_int(5), NULL);
    return rig_sock(f, "server", "ls")->local.port;
}

static void test_both_ends_are_seen(void **state)
{
    struct rig *f = *state;
    int port = listen_on_any(f);
    struct addr lo;

    assert_int_equal(stage_wire_kind(f->stage), STAGE_LOOPBACK);
    assert_string_equal(model_wire(stage_model(f->stage)), "loopback");
    assert_true(addr_parse("127.0.0.1", (uint16_t)port, &lo));
    assert_true(addr_equal(&rig_sock(f, "server", "ls")->local, &lo));
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", port), NULL);
    assert_int_equal(rig_sock(f, "c1", "s")->state, TCP_STATE_ESTABLISHED);
    assert_int_equal(rig_sock(f, "server", "ls")->accept_queue, 1);
    rig_call(f, "server", "conn,addr", "ls", "accept", NULL);
    assert_ptr_equal(
        model_sock_peer(stage_model(f->stage), rig_sock(f, "c1", "s")),
        rig_sock(f, "server", "conn"));
    rig_call(f, "c1", "n", "s", "send", rig_bytes(100), NULL);
    assert_int_equal(rig_sock(f, "server", "conn")->recv_buffer, 100);
    rig_call(f, "c1", NULL, "s", "close", NULL);
    assert_int_equal(
        rig_sock(f, "server", "conn")->state, TCP_STATE_CLOSE_WAIT);
    assert_int_equal(model_segment_count(stage_model(f->stage)), 0);
}

static void test_no_other_address_is_reached(void **state)
{
    struct rig *f = *state;

    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("10.0.0.1", 80), NULL);
    assert_non_null(stage_process_status(f->stage, "c1").exception);
    assert_non_null(strstr(
        stage_process_status(f->stage, "c1").message, "not on the stage"));
    assert_int_equal(rig_sock(f, "c1", "s")->state, TCP_STATE_CLOSED);
    rig_call(f, "c1", NULL, "s", "bind", rig_address("0.0.0.0", 0), NULL);
    assert_non_null(stage_process_status(f->stage, "c1").exception);
}

/* A connect() that failed leaves a socket that names a port it has lost. */
static void test_who_listens_unbound_is_on_loopback_only(void **state)
{
    struct rig *f = *state;
    struct addr lo;

    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", 1), NULL);
    assert_non_null(stage_process_status(f->stage, "c1").exception);
    rig_call(f, "c1", NULL, "s", "listen", value_int(1), NULL);
    assert_null(stage_process_status(f->stage, "c1").exception);
    assert_true(
        addr_parse("127.0.0.1", rig_sock(f, "c1", "s")->local.port, &lo));
    assert_true(addr_equal(&rig_sock(f, "c1", "s")->local, &lo));
}

static void test_there_is_no_wire_to_control(void **state)
{
    struct rig *f = *state;

    for (int word = 0; word < WIRE_WORDS; word++)
        assert_int_equal(rig_wire(f, (enum wire_word)word), -ENOTSUP);
    assert_int_equal(stage_wire_deliver(f->stage, NULL, NULL), -ENOTSUP);
    assert_int_equal(stage_wire_deliver_id(f->stage, 1, NULL), -ENOTSUP);
    assert_int_equal(stage_wire_drop_id(f->stage, 1, NULL), -ENOTSUP);
    assert_int_equal(stage_wire_duplicate_id(f->stage, 1, NULL), -ENOTSUP);
    assert_int_equal(
        stage_set(f->stage, HOST_SERVER, "tcp_syn_retries", "3", NULL), -EPERM);
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
    struct rig *f = *state;
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_both_ends_are_seen),
        TEST(test_no_other_address_is_reached),
        TEST(test_who_listens_unbound_is_on_loopback_only),
        TEST(test_there_is_no_wire_to_control),
        TEST(test_reopened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
