/* Events as no stage publishes them, but a recording may have them: memory
 * stays bounded, and ids that do not grow break nothing. */
#include "sockstage/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"

static int set_up(void **state)
{
    *state = model_new();
    return 0;
}

static int tear_down(void **state)
{
    model_free(*state);
    return 0;
}

static void apply(struct model *m, struct event e)
{
    model_apply(m, &e);
}

static void test_sockets(void **state)
{
    const size_t most = 65536;
    struct model *m = *state;

    for (uint64_t id = 1; id <= most + 10; id++)
        apply(m, make_socket(1, id, HOST_CLIENT, NULL, TCP_STATE_CLOSED));
    assert_int_equal(model_sock_count(m), most);
    assert_null(model_sock(m, most + 1));
    /* Those that are there go on living. */
    apply(m, make_socket(2, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED));
    assert_int_equal(model_sock(m, 1)->state, TCP_STATE_ESTABLISHED);
    apply(m, make_stage());
    assert_int_equal(model_sock_count(m), 0);
}

static void test_processes(void **state)
{
    const size_t most = 16384;
    struct model *m = *state;
    char name[16];

    for (size_t i = 0; i < most + 10; i++) {
        snprintf(name, sizeof name, "c%zu", i);
        apply(m, make_process(1, name, HOST_CLIENT));
    }
    assert_int_equal(model_process_count(m), most);
    assert_non_null(model_process(m, "c0"));
    assert_null(model_process(m, name));
    /* A call of one that is not known hurts nobody. */
    apply(m, make_call(2, 1, name, "connect", "s.connect()"));
    apply(m, make_blocked(2, 1));
    apply(m, make_return(3, 1, name));
    assert_true(model_call(m, 1)->returned);
}

static void test_held_segments(void **state)
{
    const uint64_t most = 1000000;
    struct model *m = *state;

    for (uint64_t id = 1; id <= most + 10; id++)
        apply(m, make_verdict(1, id, VERDICT_HELD));
    assert_int_equal(model_held(m), most);
    apply(m, make_verdict(1, 1, VERDICT_DELIVERED));
    assert_int_equal(model_held(m), most - 1);
}

static void test_call_texts(void **state)
{
    enum { LONG = 3 * 16384 };
    struct model *m = *state;
    struct event e = make_return(2, 1, "c1");
    const struct model_call *c;
    char *text = xmalloc(LONG + 1);

    /* Three bytes a character: none of them is cut in two. */
    for (size_t i = 0; i < LONG; i++)
        text[i] = "\xea\xb0\x80"[i % 3];
    text[LONG] = '\0';
    apply(m, make_call(1, 1, "c1", text, text));
    e.u.ret.result = text;
    apply(m, e);
    c = model_call(m, 1);
    assert_int_equal(strlen(c->python), 16383);
    assert_int_equal(strlen(c->name), 16383);
    assert_int_equal(strlen(c->result), 16383);
    free(text);
}

static struct event data_segment(uint64_t id, enum host from)
{
    struct event e = make_segment(id * MS, id, from, SEGMENT_ACK);

    e.u.segment.seg.len = 1000;
    return e;
}

static void test_ids_that_do_not_grow(void **state)
{
    struct model *m = *state;

    apply(m, make_segment(1, 5, HOST_SERVER, SEGMENT_SYN));
    apply(m, data_segment(5, HOST_CLIENT));
    apply(m, data_segment(4, HOST_CLIENT));
    assert_int_equal(model_segment_count(m), 1);
    apply(m, make_verdict(2, 5, VERDICT_HELD));
    apply(m, make_verdict(2, 5, VERDICT_HELD));
    assert_int_equal(model_segment(m, 5)->fate_count, 2);
    for (uint64_t id = 6; id < 30; id++)
        apply(m, data_segment(id, HOST_CLIENT));
    for (int i = 0; i < 3; i++)
        apply(m, make_verdict(2, 29, VERDICT_HELD));
    assert_int_equal(model_run(m, 7)->count[HOST_CLIENT], 23);
    assert_int_equal(model_run(m, 7)->bytes[HOST_CLIENT], 23000);
    apply(m, make_call(1, 7, "c1", "send", "s.send(b'')"));
    apply(m, make_call(1, 7, "c1", "recv", "s.recv(1)"));
    apply(m, make_call(1, 6, "c1", "recv", "s.recv(1)"));
    assert_int_equal(model_call_count(m), 1);
    assert_string_equal(model_call(m, 7)->name, "send");
}

static size_t memory_used(void)
{
    return mallinfo2().uordblks;
}

/* Behind a segment that is held for good, runs of others without end. */
static void test_runs(void **state)
{
    struct model *m = *state;
    size_t before = 0;
    uint64_t id = 1;

    apply(m, data_segment(id++, HOST_CLIENT));
    apply(m, make_verdict(1, 1, VERDICT_HELD));
    for (int round = 0; round < 20000; round++) {
        for (int i = 0; i < 20; i++) {
            struct event e = data_segment(id++, HOST_SERVER);
            e.u.segment.seg.t_ns = (uint64_t)round * 1000 * MS;
            model_apply(m, &e);
        }
        if (round == 10000)
            before = memory_used();
    }
    assert_non_null(model_segment(m, 1));
    assert_non_null(model_run(m, id - 1));
    assert_true(memory_used() <= before + 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sockets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_processes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_held_segments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_call_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_ids_that_do_not_grow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_runs, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
