/* The faults for the next segments of a pattern: duplicate, corrupt,
 * unreachable, and the cut. */
#include "wire_fixture.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static const struct pattern data = {.class = PATTERN_DATA};

static void order(struct fixture *f, enum wire_word word)
{
    order_next(f, word, 1, NULL);
}

/* Reads one packet that a host has received, or fails. */
static size_t receive(struct fixture *f, enum host host, uint8_t *packet)
{
    ssize_t n = read(f->far[host], packet, PACKETS_MAX);

    assert_true(n > 0);
    return (size_t)n;
}

static void test_duplicate(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    order_next(f, WIRE_DUPLICATE, 2, &data);
    put_client(f, ACK, 1, 1, 1);
    put_server(f, ACK, 1, 2, 0);
    put_client(f, ACK, 2, 1, 2);
    put_client(f, ACK, 4, 1, 3);
    assert_log(f, "+4 DATA 1, 4 duplicated, 4 delivered, 4 copied, +5 ACK, "
                  "5 delivered, +6 DATA 2, 6 duplicated, 6 delivered, "
                  "6 copied, +7 DATA 3, 7 delivered");
    assert_received(f, HOST_SERVER, "DATA 1, DATA 1, DATA 2, DATA 2, DATA 3");
}

/* Held ones first; they arrive twice once they are delivered. */
static void test_duplicate_held(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    order(f, WIRE_HOLD);
    put_client(f, ACK, 1, 1, 1);
    put_client(f, ACK, 2, 1, 2);
    order_next(f, WIRE_DUPLICATE, 2, &data); /* both */
    order_next(f, WIRE_DUPLICATE, 1, &data); /* one to come */
    put_client(f, ACK, 4, 1, 3);
    assert_log(f, "+4 DATA 1, 4 held, +5 DATA 2, 5 held, +6 DATA 3, 6 held");
    assert_received(f, HOST_SERVER, "");
    link_drop_id(f->link, 5);
    order(f, WIRE_RELEASE);
    assert_log(f, "5 dropped, 4 duplicated, 4 delivered, 4 copied, "
                  "6 duplicated, 6 delivered, 6 copied");
    assert_received(f, HOST_SERVER, "DATA 1, DATA 1, DATA 3, DATA 3");
}

static void test_duplicate_id(void **state)
{
    struct fixture *f = *state;

    order(f, WIRE_HOLD);
    put_client(f, SYN, 0, 0, 0);
    assert_true(link_duplicate_id(f->link, 1));
    assert_false(link_duplicate_id(f->link, 2));
    link_deliver_id(f->link, 1);
    assert_log(f, "+1 SYN, 1 held, 1 duplicated, 1 delivered, 1 copied");
    assert_received(f, HOST_SERVER, "SYN, SYN");
}

static void test_duplicate_delayed(void **state)
{
    struct fixture *f = *state;

    set_delay(f, WIRE_BOTH, 5 * NS_PER_MS);
    order_next(f, WIRE_DUPLICATE, 1, NULL);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+1 SYN");
    run_until_idle(f);
    assert_log(f, "1 duplicated, 1 delivered, 1 copied");
    assert_received(f, HOST_SERVER, "SYN, SYN");
}

/* How many bits two packets differ in, and where the last one is. */
static unsigned bits_apart(
    const uint8_t *a, const uint8_t *b, size_t len, size_t *where)
{
    unsigned bits = 0;

    for (size_t i = 0; i < len; i++) {
        for (unsigned diff = a[i] ^ b[i]; diff != 0; diff &= diff - 1) {
            bits++;
            *where = i;
        }
    }
    return bits;
}

/* A packet of that kind through `wire corrupt`: exactly one bit is turned
 * over, at a place from `first` to `last`. */
static void check_corrupted(struct fixture *f, const uint8_t *packet,
    size_t len, size_t first, size_t last)
{
    uint8_t got[PACKETS_MAX];
    size_t where = 0;

    order_next(f, WIRE_CORRUPT, 1, NULL);
    write_far(f, HOST_CLIENT, packet, len);
    pump(f);
    assert_int_equal(receive(f, HOST_SERVER, got), len);
    assert_int_equal(bits_apart(packet, got, len, &where), 1);
    assert_in_range(where, first, last);
    assert_non_null(strstr(str_text(&f->log), " corrupted, "));
    str_clear(&f->log);
}

static void test_corrupt(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX];

    for (int v6 = 0; v6 <= 1; v6++) {
        size_t ip = v6 ? 40 : 20;
        for (uint16_t i = 0; i < 40; i++) {
            struct packet_spec spec = {
                .v6 = v6,
                .client_port = (uint16_t)(50000 + i),
                .flags = SYN,
            };
            size_t len = packets_tcp(&spec, packet);
            check_corrupted(f, packet, len, ip + 4, ip + 11);
            len = packets_udp(&spec, packet);
            check_corrupted(f, packet, len, ip, ip + 1);
            spec.payload_len = 3;
            len = packets_udp(&spec, packet);
            check_corrupted(f, packet, len, ip + 8, ip + 10);
            len = packets_tcp(&spec, packet);
            check_corrupted(f, packet, len, ip + 20, ip + 22);
        }
    }
}

static void test_corrupt_held(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    order(f, WIRE_HOLD);
    put_client(f, ACK, 1, 1, 5);
    order_next(f, WIRE_CORRUPT, 1, &data);
    assert_log(f, "+4 DATA 5, 4 held");
    link_deliver_one(f->link, NULL);
    assert_log(f, "4 corrupted, 4 delivered");
    order(f, WIRE_RELEASE);
    /* The receiver knows nothing of it: the repeat is no copy of a known. */
    put_client(f, ACK, 1, 1, 5);
    assert_log(f, "+5 DATA 5, 5 delivered");
}

/* What has nothing behind its IP header cannot be corrupted. */
static void test_corrupt_nothing(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX], got[PACKETS_MAX];
    struct packet_spec spec = {.flags = SYN};

    packets_tcp(&spec, packet);
    packet[3] = 20; /* total length: the header alone */
    order_next(f, WIRE_CORRUPT, 1, NULL);
    write_far(f, HOST_CLIENT, packet, 20);
    pump(f);
    assert_int_equal(receive(f, HOST_SERVER, got), 20);
    assert_memory_equal(packet, got, 20);
    str_clear(&f->log);
}

static void test_corrupt_and_duplicate(void **state)
{
    struct fixture *f = *state;
    uint8_t one[PACKETS_MAX], two[PACKETS_MAX];

    handshake(f);
    order_next(f, WIRE_CORRUPT, 1, &data);
    order_next(f, WIRE_DUPLICATE, 1, &data);
    put_client(f, ACK, 1, 1, 5);
    assert_log(f, "+4 DATA 5, 4 corrupted, 4 duplicated, 4 delivered, "
                  "4 copied");
    size_t len = receive(f, HOST_SERVER, one);
    assert_int_equal(receive(f, HOST_SERVER, two), len);
    assert_memory_equal(one, two, len);
}

static void unreachable(struct fixture *f, enum wire_unreachable what)
{
    struct wire_order o = {.word = WIRE_UNREACHABLE, .what = what, .count = 1};

    assert_true(link_order(f->link, &o));
}

/* Each kind and family; the error goes to the sender. */
static void test_unreachable(void **state)
{
    struct fixture *f = *state;
    static const char *const names[2][WIRE_UNREACHABLES] = {
        {"ICMP host unreachable", "ICMP net unreachable",
            "ICMP port unreachable"},
        {"ICMP address unreachable", "ICMP no route to destination",
            "ICMP port unreachable"}};
    uint8_t packet[PACKETS_MAX];

    for (int v6 = 0; v6 <= 1; v6++) {
        for (int what = 0; what < WIRE_UNREACHABLES; what++) {
            struct packet_spec spec = {.v6 = v6, .flags = SYN};
            spec.client_port = (uint16_t)(100 + what);
            unreachable(f, (enum wire_unreachable)what);
            write_far(f, HOST_CLIENT, packet, packets_tcp(&spec, packet));
            pump(f);
            assert_received(f, HOST_CLIENT, names[v6][what]);
            assert_received(f, HOST_SERVER, "");
        }
    }
    str_clear(&f->log);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+13 SYN, 13 delivered");
}

static void test_unreachable_order(void **state)
{
    struct fixture *f = *state;
    const struct pattern syn = {.class = PATTERN_SYN};

    order_next(f, WIRE_UNREACHABLE, 2, &syn);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+1 SYN, 1 answered, +2 ICMP host unreachable router, "
                  "2 delivered");
    /* The router's answer crosses the wire as any segment does. */
    order(f, WIRE_HOLD);
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+3 SYN, 3 answered, +4 ICMP host unreachable router, "
                  "4 held");
    assert_int_equal(link_held_at(f->link, 0)->from, HOST_SERVER);
    assert_true(link_held_at(f->link, 0)->from_router);
    /* An error is never answered by an error. */
    unreachable(f, WIRE_UNREACHABLE_NET);
    order(f, WIRE_RELEASE);
    assert_log(f, "4 delivered");
    put_client(f, SYN, 0, 0, 0);
    assert_log(f, "+5 SYN, 5 answered, +6 ICMP net unreachable router, "
                  "6 delivered");
}

static void test_unreachable_held(void **state)
{
    struct fixture *f = *state;

    order(f, WIRE_HOLD);
    put_client(f, SYN, 0, 0, 0);
    set_delay(f, WIRE_SIDE(HOST_SERVER), 5 * NS_PER_MS);
    order(f, WIRE_RELEASE); /* nothing is delayed that was held */
    assert_log(f, "+1 SYN, 1 held, 1 delivered");
    order(f, WIRE_HOLD);
    put_client(f, SYN, 0, 0, 0);
    unreachable(f, WIRE_UNREACHABLE_PORT);
    assert_log(f, "+2 SYN, 2 held, 2 answered, +3 ICMP port unreachable "
                  "router, 3 held");
    order_next(f, WIRE_DROP, 1, &(struct pattern){.class = PATTERN_ICMP});
    assert_log(f, "3 dropped");
}

/* With a delay and without hold the answer is under way, and the loop alone
 * brings it. */
static void test_unreachable_delayed(void **state)
{
    struct fixture *f = *state;

    order(f, WIRE_HOLD);
    put_client(f, SYN, 0, 0, 0);
    link_hold(f->link);
    set_delay(f, WIRE_BOTH, 5 * NS_PER_MS);
    str_clear(&f->log);
    f->on_verdict = NULL;
    unreachable(f, WIRE_UNREACHABLE_HOST);
    assert_log(f, "1 answered, +2 ICMP host unreachable router, 2 held");
    order(f, WIRE_RELEASE);
    assert_log(f, "2 delivered");
    unreachable(f, WIRE_UNREACHABLE_HOST);
    put_client(f, SYN, 0, 0, 0);
    assert_int_equal(link_delayed(f->link), 1);
    assert_received(f, HOST_CLIENT, "ICMP host unreachable");
    run_until_idle(f);
    assert_received(f, HOST_CLIENT, "ICMP host unreachable");
    str_clear(&f->log);
}

static void test_cut(void **state)
{
    struct fixture *f = *state;

    order(f, WIRE_HOLD);
    put_client(f, SYN, 0, 0, 0);
    assert_false(link_is_cut(f->link));
    order(f, WIRE_CUT);
    assert_true(link_is_cut(f->link));
    order_next(f, WIRE_DROP, 1, NULL);
    put_server(f, SYN | ACK, 0, 1, 0);
    assert_log(f, "+1 SYN, 1 held, 1 dropped, +2 SYN+ACK, 2 dropped");
    order(f, WIRE_RELEASE);
    put_client(f, ACK, 1, 1, 0);
    order(f, WIRE_JOIN);
    assert_false(link_is_cut(f->link));
    put_client(f, ACK, 1, 1, 3);
    assert_log(f, "+3 ACK, 3 dropped, +4 DATA 3, 4 delivered");
    assert_int_equal(link_dropped(f->link), 3);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, wire_setup, wire_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_duplicate),
        TEST(test_duplicate_held),
        TEST(test_duplicate_id),
        TEST(test_duplicate_delayed),
        TEST(test_corrupt),
        TEST(test_corrupt_held),
        TEST(test_corrupt_nothing),
        TEST(test_corrupt_and_duplicate),
        TEST(test_unreachable),
        TEST(test_unreachable_order),
        TEST(test_unreachable_held),
        TEST(test_unreachable_delayed),
        TEST(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
