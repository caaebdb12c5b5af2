/* The faults of the wire beside holding: delay, folding of repeats, drop. */
#include "wire_fixture.h"

/* The SYN of another connection. */
static void put_syn_of_port(struct fixture *f, uint16_t port)
{
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.client_port = port, .flags = SYN, .seq = port};

    write_far(f, HOST_CLIENT, packet, packets_tcp(&spec, packet));
    pump(f);
}

/* So that the wire isn't empty of held segments. */
static void hold_other(struct fixture *f)
{
    put_syn_of_port(f, 50000);
    str_clear(&f->log);
}

static void test_delay(void **state)
{
    struct fixture *f = *state;

    set_delay(f, 1U << HOST_CLIENT, 30 * NS_PER_MS);
    assert_int_equal(link_delay_ns(f->link, HOST_CLIENT), 30 * NS_PER_MS);
    assert_int_equal(link_delay_ns(f->link, HOST_SERVER), 0);
    for (int i = 0; i < 5; i++) {
        put_client(f, SYN, 0, 0, 0);
        assert_int_equal(link_delayed(f->link), 1);
        assert_int_equal(link_held(f->link), 0);
        assert_received(f, HOST_SERVER, "");
        while (i % 2 == 0 && link_delayed(f->link) > 0)
            link_pump(f->link); /* may ask at any time */
        run_until_idle(f);
        assert_true(f->verdict_ns >= f->entered_ns + 30 * NS_PER_MS);
        assert_received(f, HOST_SERVER, "SYN");
    }
    str_clear(&f->log);
    put_server(f, SYN | ACK, 0, 1, 0);
    assert_log(f, "+6 SYN+ACK, 6 delivered");
}

/* A shorter delay does not let later segments of that side overtake. */
static void test_delay_keeps_order(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    set_delay(f, WIRE_BOTH, 40 * NS_PER_MS);
    put_client(f, ACK, 1, 1, 1);
    uint64_t first_ns = f->entered_ns;
    set_delay(f, WIRE_BOTH, 20 * NS_PER_MS);
    put_server(f, ACK, 1, 1, 3);
    set_delay(f, WIRE_BOTH, 0);
    put_client(f, ACK, 2, 1, 2);
    put_server(f, ACK, 4, 1, 4);
    assert_int_equal(link_delayed(f->link), 4);
    run_until_idle(f);
    assert_log(f, "+4 DATA 1, +5 DATA 3, +6 DATA 2, +7 DATA 4, 5 delivered, "
                  "7 delivered, 4 delivered, 6 delivered");
    assert_true(f->verdict_ns >= first_ns + 40 * NS_PER_MS);
    put_client(f, ACK, 4, 1, 5);
    assert_log(f, "+8 DATA 5, 8 delivered");
}

/* What enters while holding is held at once; what is under way arrives. */
static void test_delay_and_hold(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    set_delay(f, WIRE_BOTH, 10 * NS_PER_MS);
    put_client(f, ACK, 1, 1, 1);
    link_hold(f->link);
    put_client(f, ACK, 2, 1, 2);
    assert_log(f, "+4 DATA 1, +5 DATA 2, 5 held");
    run_until_idle(f);
    assert_log(f, "4 delivered");
    link_release(f->link);
    assert_log(f, "5 delivered");
    put_client(f, ACK, 4, 1, 3);
    assert_int_equal(link_delayed(f->link), 1);
    run_until_idle(f);
    assert_received(f, HOST_SERVER, "DATA 1, DATA 2, DATA 3");
    str_clear(&f->log);
}

static void test_coalesce_held(void **state)
{
    struct fixture *f = *state;

    assert_true(link_coalesces(f->link));
    link_hold(f->link);
    put_client(f, SYN, 0, 0, 0);
    put_client(f, SYN, 0, 0, 0);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+1 SYN, 1 held, 1 coalesced, 1 coalesced");
    assert_int_equal(link_held(f->link), 1);
    assert_true(
        link_order(f->link, &(struct wire_order){.word = WIRE_COALESCE}));
    assert_false(link_coalesces(f->link));
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+2 SYN, 2 held");
    assert_true(link_held_at(f->link, 1)->retransmission);
}

/* Delivered, but what says so is held. */
static void test_coalesce_answered(void **state)
{
    struct fixture *f = *state;

    link_hold(f->link);
    put_client(f, SYN, 0, 0, 0);
    hold_other(f);
    link_deliver_id(f->link, 1);
    put_client(f, SYN, 0, 0, 0); /* nothing answers yet: shown, held */
    assert_log(f, "1 delivered, +3 SYN, 3 held");
    link_deliver_id(f->link, 3);
    put_server(f, SYN | ACK, 0, 1, 0);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "3 delivered, +4 SYN+ACK, 4 held, 3 coalesced");
    link_deliver_id(f->link, 4);
    put_client(f, ACK, 1, 1, 0);
    put_client(f, ACK, 1, 1, 0); /* a bare ACK is never a repeat */
    put_server(f, SYN | ACK, 0, 1, 0);
    assert_log(f, "4 delivered, +5 ACK, 5 held, +6 ACK, 6 held, 4 coalesced");
    link_drop_id(f->link, 5);
    link_deliver_id(f->link, 6);
    put_server(f, SYN | ACK, 0, 1, 0); /* acknowledged, yet it comes again */
    assert_log(f, "5 dropped, 6 delivered, +7 SYN+ACK, 7 held");
}

static void test_coalesce_not_the_dropped(void **state)
{
    struct fixture *f = *state;

    link_hold(f->link);
    put_client(f, SYN, 0, 0, 0);
    put_client(f, SYN, 0, 0, 0);
    hold_other(f);
    assert_true(link_drop_id(f->link, 1));
    put_client(f, SYN, 0, 0, 0);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "1 dropped, +3 SYN, 3 held, 3 coalesced");
}

/* A delayed segment is not held. */
static void test_coalesce_not_the_delayed(void **state)
{
    struct fixture *f = *state;

    set_delay(f, WIRE_BOTH, NS_PER_S * 1000);
    put_client(f, SYN, 0, 0, 0);
    link_hold(f->link);
    hold_other(f);
    put_client(f, SYN, 0, 0, 0);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+3 SYN, 3 held, 3 coalesced");
}

/* One repeat of three segments (tcp_retrans_collapse) is folded only while
 * none of them is lost. */
static void test_coalesce_merged(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    link_hold(f->link);
    for (uint32_t i = 0; i < 3; i++)
        put_client(f, ACK, 1 + i * 100, 1, 100);
    str_clear(&f->log);
    put_client(f, ACK, 101, 1, 200);
    put_client(f, ACK, 1, 1, 300);
    assert_log(f, "5 coalesced, 4 coalesced");
    link_drop_id(f->link, 6);
    put_client(f, ACK, 1, 1, 300);
    assert_log(f, "6 dropped, +7 DATA 300, 7 held");
}

static void test_coalesce_selective(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {
        .from_server = true,
        .flags = ACK,
        .seq = 2001,
        .ack = 1001,
        .sack_left = 1101,
        .sack_right = 1201,
    };

    handshake(f);
    link_hold(f->link);
    put_client(f, ACK, 1, 1, 100);
    put_client(f, ACK, 101, 1, 100);
    link_deliver_id(f->link, 5);
    write_far(f, HOST_SERVER, packet, packets_tcp(&spec, packet));
    pump(f);
    str_clear(&f->log);
    put_client(f, ACK, 101, 1, 100);
    assert_log(f, "5 coalesced");
}

static void test_drop(void **state)
{
    struct fixture *f = *state;
    const struct pattern data = {.class = PATTERN_DATA};

    handshake(f);
    link_hold(f->link);
    put_client(f, ACK, 1, 1, 100);
    put_client(f, FIN | ACK, 101, 1, 0);
    str_clear(&f->log);
    order_next(f, WIRE_DROP, 3, &data); /* one held, two to come */
    assert_log(f, "4 dropped");
    link_release(f->link);
    put_client(f, ACK, 1, 1, 100);
    put_client(f, FIN | ACK, 101, 1, 0);
    put_client(f, ACK, 1, 1, 100);
    put_client(f, ACK, 1, 1, 100);
    assert_log(f, "5 delivered, +6 DATA 100, 6 dropped, +7 FIN, 7 delivered, "
                  "+8 DATA 100, 8 dropped, +9 DATA 100, 9 delivered");
    assert_int_equal(link_dropped(f->link), 3);
    assert_received(f, HOST_SERVER, "FIN, FIN, DATA 100");
    order_next(f, WIRE_DROP, 1, NULL);
    put_server(f, ACK, 1, 1, 0);
    put_server(f, ACK, 1, 1, 0);
    assert_log(f, "+10 ACK, 10 dropped, +11 ACK, 11 delivered");
}

static void test_drop_again(void **state)
{
    struct fixture *f = *state;
    const struct pattern again = {.class = PATTERN_SYN, .again = true};

    order_next(f, WIRE_DROP, 1, &again);
    for (int i = 0; i < 3; i++)
        put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+1 SYN, 1 delivered, +2 SYN, 2 dropped, +3 SYN, "
                  "3 delivered");
}

static void test_drop_of_socket(void **state)
{
    struct fixture *f = *state;
    const struct pattern c1 = {.process = "c1", .socket = "s"};
    const struct pattern c2 = {.process = "c2", .socket = "s"};

    order_next(f, WIRE_DROP, 1, &c2);
    order_next(f, WIRE_DROP, 1, &c1);
    put_syn_of_port(f, 40000);
    put_syn_of_port(f, 40001);
    put_syn_of_port(f, 40001);
    assert_log(f, "+1 SYN, 1 delivered, +2 SYN, 2 dropped, +3 SYN, "
                  "3 delivered");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, wire_setup, wire_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_delay),
        TEST(test_delay_keeps_order),
        TEST(test_delay_and_hold),
        TEST(test_coalesce_held),
        TEST(test_coalesce_answered),
        TEST(test_coalesce_not_the_dropped),
        TEST(test_coalesce_not_the_delayed),
        TEST(test_coalesce_merged),
        TEST(test_coalesce_selective),
        TEST(test_drop),
        TEST(test_drop_again),
        TEST(test_drop_of_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
