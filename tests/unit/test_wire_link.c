/* The link: what it reports and carries, holding and delivering, callbacks that
 * call its verbs, full and broken descriptors, closing. */
#include "wire_fixture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void test_pass(void **state)
{
    struct fixture *f = *state;

    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+1 SYN, 1 delivered");
    put(f, HOST_SERVER, SYN | ACK, 0, 1, 0);
    put(f, HOST_CLIENT, ACK, 1, 1, 0);
    while (f->log.len < strlen("+2 ACK, 2 delivered, +3 SYN+ACK, 3 delivered"))
        uv_run(&f->loop, UV_RUN_ONCE); /* the loop pumps by itself, too */
    str_clear(&f->log);
    assert_received(f, HOST_SERVER, "SYN, ACK");
    assert_received(f, HOST_CLIENT, "SYN+ACK");
    assert_false(link_pump(f->link));
    assert_int_equal(link_held(f->link), 0);
    assert_int_equal(link_delayed(f->link), 0);
}

static void test_other_packets(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.payload_len = PACKETS_MAX - 28};

    write_far(f, HOST_CLIENT, packet, packets_udp(&spec, packet));
    pump(f);
    assert_log(f, "+1 UDP 65507, 1 delivered");
    assert_received(f, HOST_SERVER, "UDP 65507");
    write_far(f, HOST_CLIENT, (const uint8_t *)"\0ARP", 4);
    pump(f);
    assert_log(f, "");
    assert_received(f, HOST_SERVER, "");
}

static void test_hold_deliver(void **state)
{
    struct fixture *f = *state;
    const struct pattern fin = {.class = PATTERN_FIN};
    const struct pattern syn = {.class = PATTERN_SYN};

    handshake(f);
    link_hold(f->link);
    assert_true(link_is_holding(f->link));
    put_client(f, ACK, 1, 1, 100);
    put_client(f, ACK, 101, 1, 200);
    put_client(f, FIN | ACK, 301, 1, 0);
    assert_log(f, "+4 DATA 100, 4 held, +5 DATA 200, 5 held, +6 FIN, 6 held");
    assert_received(f, HOST_SERVER, "");
    assert_int_equal(link_held(f->link), 3);
    assert_int_equal(link_held_at(f->link, 1)->id, 5);
    assert_null(link_held_at(f->link, 3));
    assert_false(link_deliver_one(f->link, &syn));
    assert_true(link_deliver_one(f->link, &fin));
    assert_log(f, "6 delivered");
    assert_true(link_deliver_id(f->link, 5));
    assert_false(link_deliver_id(f->link, 5));
    assert_false(link_deliver_id(f->link, 1));
    assert_true(link_deliver_one(f->link, NULL));
    assert_false(link_deliver_one(f->link, NULL));
    assert_log(f, "5 delivered, 4 delivered");
    assert_received(f, HOST_SERVER, "FIN, DATA 200, DATA 100");
    assert_true(link_is_holding(f->link));
}

static void answer_data(struct fixture *f, const struct segment *s)
{
    (void)s;
    put(f, HOST_SERVER, ACK, 1, 101, 0);
    /* A callback can't pump: the packets that are held go first. */
    assert_false(link_pump(f->link));
}

static void test_release(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    link_hold(f->link);
    put_client(f, ACK, 1, 1, 100);
    put_server(f, ACK, 1, 1, 50);
    put_client(f, ACK, 101, 1, 100);
    str_clear(&f->log);
    f->on_verdict = answer_data;
    link_release(f->link);
    assert_false(link_is_holding(f->link));
    assert_log(f, "4 delivered, 5 delivered, 6 delivered");
    pump(f);
    assert_log(f, "+7 ACK, 7 delivered");
    assert_received(f, HOST_SERVER, "DATA 100, DATA 100");
    assert_received(f, HOST_CLIENT, "DATA 50, ACK");
}

static void hold_again(struct fixture *f, const struct segment *s)
{
    (void)s;
    link_hold(f->link);
    assert_true(link_deliver_one(f->link, NULL));
}

/* Verbs from within a callback: the outer one goes on with what is left. */
static void test_callback_verbs(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    link_hold(f->link);
    for (uint32_t i = 0; i < 3; i++)
        put_client(f, ACK, 1 + i * 10, 1, 10);
    str_clear(&f->log);
    f->on_verdict = hold_again;
    link_release(f->link);
    assert_log(f, "4 delivered, 5 delivered, 6 delivered");
    assert_true(link_is_holding(f->link));
    f->on_verdict = hold_again; /* delivers 7 while it is reported held */
    put_client(f, ACK, 31, 1, 10);
    assert_log(f, "+7 DATA 10, 7 held, 7 delivered");
    assert_received(f, HOST_SERVER, "DATA 10, DATA 10, DATA 10, DATA 10");
}

static void test_holds_flow(void **state)
{
    struct fixture *f = *state;
    struct addr client, server, mapped;

    assert_true(addr_parse("10.0.0.2", 40000, &client));
    assert_true(addr_parse("10.0.0.1", 8080, &server));
    assert_true(addr_parse("::ffff:10.0.0.1", 8080, &mapped));
    link_hold(f->link);
    assert_false(link_holds_flow(f->link, &client, &server));
    put_client(f, SYN, 0, 0, 0);
    assert_true(link_holds_flow(f->link, &client, &server));
    assert_true(link_holds_flow(f->link, &server, &client));
    assert_true(link_holds_flow(f->link, &client, &mapped));
    client.port++;
    assert_false(link_holds_flow(f->link, &client, &server));
}

/* A full descriptor keeps the packets, in order, until there is room. */
static void test_blocked(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX];
    uint32_t sent = 0, received = 0;
    ssize_t n;

    handshake(f);
    while (link_delayed(f->link) < 5)
        put_client(f, ACK, 1 + 1000 * sent++, 1, 1000);
    for (int more = 10; received < sent; uv_run(&f->loop, UV_RUN_NOWAIT)) {
        while ((n = read(f->far[HOST_SERVER], packet, sizeof packet)) > 0) {
            struct segment s;
            if (more-- > 0) /* room is made while others wait */
                put_client(f, ACK, 1 + 1000 * sent++, 1, 1000);
            assert_true(segment_decode(packet, (size_t)n, &s));
            assert_int_equal(s.seq_raw, 1001 + 1000 * received++);
        }
    }
    assert_int_equal(link_delayed(f->link), 0);
    assert_int_equal(link_dropped(f->link), 0);
}

/* One whose far end is gone: reported once, and all for it is lost. */
static void test_gone(void **state)
{
    struct fixture *f = *state;

    close(f->far[HOST_SERVER]);
    f->far[HOST_SERVER] = -1;
    put_client(f, SYN, 0, 0, 0);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+1 SYN, 1 dropped, +2 SYN, 2 dropped");
    assert_int_equal(f->failures, 1);
    assert_int_equal(link_dropped(f->link), 2);
    for (int i = 0; i < 3; i++)
        uv_run(&f->loop, UV_RUN_NOWAIT);
    assert_int_equal(f->failures, 1);
}

static void test_gone_while_idle(void **state)
{
    struct fixture *f = *state;

    close(f->far[HOST_SERVER]);
    f->far[HOST_SERVER] = -1;
    while (f->failures == 0)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(f->failures, 1);
}

/* teardown closes it with these on the wire. */
static void test_close_with_queued(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    set_delay(f, WIRE_BOTH, NS_PER_S);
    put_client(f, ACK, 1, 1, 100);
    link_hold(f->link);
    put_client(f, ACK, 101, 1, 100);
    order_next(f, WIRE_DROP, 9, &(struct pattern){.class = PATTERN_RST});
    assert_int_equal(link_held(f->link), 1);
    assert_int_equal(link_delayed(f->link), 1);
}

static void test_open_refused(void **state)
{
    struct fixture *f = *state;
    const struct link_port client = {.fd = f->far[HOST_CLIENT]};
    const struct link_port nowhere = {.fd = 1000};
    struct link *l = NULL;
    struct err e;

    assert_int_equal(
        link_open(&f->loop, &client, &nowhere, &wire_events, f, &l, &e),
        -EBADF);
    assert_non_null(strstr(e.msg, "server"));
    assert_null(l);
}

static void test_verdict_names(void **state)
{
    (void)state;

    assert_string_equal(verdict_name(VERDICT_HELD), "held");
    assert_string_equal(verdict_name(VERDICT_ANSWERED), "answered");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, wire_setup, wire_teardown)
#define TEST_DGRAM(name)                                                       \
    cmocka_unit_test_setup_teardown(name, wire_setup_dgram, wire_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_pass),
        TEST_DGRAM(test_pass),
        TEST(test_other_packets),
        TEST(test_hold_deliver),
        TEST(test_release),
        TEST(test_callback_verbs),
        TEST(test_holds_flow),
        TEST(test_blocked),
        TEST_DGRAM(test_blocked),
        TEST(test_gone),
        TEST(test_gone_while_idle),
        TEST(test_close_with_queued),
        TEST(test_open_refused),
        cmocka_unit_test(test_verdict_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
