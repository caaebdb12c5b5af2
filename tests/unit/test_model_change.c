/* The tail of state changes: what a connection went through, also when its
 * sockets are gone, bounded, and packed with the model. */
#include "../../src/model/model_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model_events.h"

static void apply(struct model *m, struct event e)
{
    model_apply(m, &e);
}

static void assert_change(const struct model *m, size_t i, uint64_t sock,
    uint8_t before, uint8_t state, uint64_t t_ns)
{
    const struct model_change *c = model_change_at(m, i);

    assert_non_null(c);
    assert_int_equal(c->sock, sock);
    assert_int_equal(c->before, before);
    assert_int_equal(c->state, state);
    assert_int_equal(c->t_ns, t_ns);
}

/* An event that leaves the state as it is adds nothing. */
static void test_states_of_a_socket(void **state)
{
    struct model *m = model_new();
    struct event gone = make_socket(40, 7, HOST_CLIENT, NULL, 0);

    (void)state;
    apply(m, make_stage());
    apply(m, make_socket(10, 7, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED));
    apply(m, make_socket(20, 7, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    apply(m, make_socket(25, 7, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    apply(m, make_socket(30, 7, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED));
    gone.u.socket.gone = true;
    apply(m, gone);
    assert_int_equal(model_change_count(m), 4);
    assert_change(m, 0, 7, TCP_STATE_NONE, TCP_STATE_CLOSED, 10);
    assert_change(m, 1, 7, TCP_STATE_CLOSED, TCP_STATE_SYN_SENT, 20);
    assert_change(m, 2, 7, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, 30);
    assert_change(m, 3, 7, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSED, 40);
    assert_null(model_change_at(m, 4));
    apply(m, make_stage());
    assert_int_equal(model_change_count(m), 0);
    model_free(m);
}

/* However many there are, the newest are kept, in their order. */
static void test_bounded(void **state)
{
    struct model *m = model_new();
    size_t n;

    (void)state;
    apply(m, make_stage());
    for (uint64_t i = 1; i <= 20000; i++)
        apply(m, make_socket(i, 1, HOST_CLIENT, "c1.s",
                     i % 2 ? TCP_STATE_SYN_SENT : TCP_STATE_ESTABLISHED));
    n = model_change_count(m);
    assert_in_range(n, 512, 4096);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(model_change_at(m, i)->t_ns, 20000 - n + 1 + i);
    model_free(m);
}

static void test_packed(void **state)
{
    struct model *m = model_new(), *copy = model_new();
    struct str bytes = STR_INIT;

    (void)state;
    apply(m, make_stage());
    apply(m, make_socket(10, 7, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED));
    apply(m, make_socket(20, 8, HOST_SERVER, "server.s", TCP_STATE_LISTEN));
    apply(m, make_socket(30, 7, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    model_pack(m, &bytes);
    assert_true(model_unpack(bytes.data, bytes.len, copy));
    assert_int_equal(model_change_count(copy), 3);
    assert_change(copy, 0, 7, TCP_STATE_NONE, TCP_STATE_CLOSED, 10);
    assert_change(copy, 1, 8, TCP_STATE_NONE, TCP_STATE_LISTEN, 20);
    assert_change(copy, 2, 7, TCP_STATE_CLOSED, TCP_STATE_SYN_SENT, 30);
    str_done(&bytes);
    model_free(copy);
    model_free(m);
}

/* The other end, after it is gone: not that of an older connection between
 * the same ports. */
static void test_last_peer(void **state)
{
    struct model *m = model_new();
    struct event server = make_socket(10, 1, HOST_SERVER, "server.conn", 1);
    struct event client = make_socket(20, 2, HOST_CLIENT, "c1.s", 1);

    (void)state;
    apply(m, make_stage());
    server.u.socket.local = client.u.socket.peer = ip4("10.0.0.1", 8080);
    server.u.socket.peer = client.u.socket.local = ip4("10.0.0.2", 34254);
    apply(m, client);
    apply(m, server);
    assert_int_equal(model_sock_last_peer(m, model_sock(m, 2))->id, 1);
    server.t_ns = 30;
    server.u.socket.owner_count = 0;
    server.u.socket.gone = true;
    apply(m, server);
    assert_null(model_sock_peer(m, model_sock(m, 2)));
    assert_int_equal(model_sock_last_peer(m, model_sock(m, 2))->id, 1);
    client.t_ns = 40;
    client.u.socket.id = 3;
    apply(m, client);
    assert_null(model_sock_last_peer(m, model_sock(m, 3)));
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_of_a_socket),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_last_peer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
