/* The faults that chance and time decide: loss and jitter follow the seed and
 * the segments alone, the rate makes packets wait for each other. */
#include "wire_fixture.h"

#include <string.h>
#include <unistd.h>

static void set_loss(struct fixture *f, unsigned sides, uint32_t ppm)
{
    const struct wire_order o = {
        .word = WIRE_LOSS, .sides = sides, .loss_ppm = ppm};

    assert_true(link_order(f->link, &o));
}

static void set_seed(struct fixture *f, uint64_t seed)
{
    const struct wire_order o = {.word = WIRE_SEED, .seed = seed};

    assert_true(link_order(f->link, &o));
    assert_int_equal(link_seed(f->link), seed);
}

#define SENT 300

static unsigned count(const bool lost[SENT])
{
    unsigned n = 0;

    for (size_t i = 0; i < SENT; i++)
        n += lost[i];
    return n;
}

static bool same_fates(bool a[SENT], bool b[SENT])
{
    return memcmp(a, b, SENT * sizeof *a) == 0;
}

/* Sends segments of one byte over a link of its own, with a loss of 30 %, and
 * notes which were lost. `interleaved`: with other traffic between them. */
static void play_anew(uint64_t seed, bool interleaved, bool lost[SENT])
{
    void *state;
    struct fixture *f;

    wire_setup_dgram(&state);
    f = state;
    if (seed)
        set_seed(f, seed);
    set_loss(f, WIRE_SIDE(HOST_CLIENT), 0);
    handshake(f);
    set_loss(f, WIRE_SIDE(HOST_CLIENT), 300000);
    for (uint32_t i = 0; i < SENT; i++) {
        uint64_t before = link_dropped(f->link);
        char names[PACKETS_MAX];
        put_client(f, ACK, 1 + i, 1, 1);
        lost[i] = link_dropped(f->link) > before;
        if (interleaved && i % 3 == 0)
            put_server(f, ACK, 1, 1 + i, 0);
        while (read(f->far[HOST_SERVER], names, sizeof names) > 0)
            ;
        while (read(f->far[HOST_CLIENT], names, sizeof names) > 0)
            ;
    }
    wire_teardown(&state);
}

static void test_loss_follows_the_seed(void **state)
{
    bool first[SENT], again[SENT], other[SENT], plain[SENT];

    (void)state;
    play_anew(7, false, first);
    play_anew(7, true, again);
    play_anew(8, false, other);
    play_anew(0, false, plain);
    assert_true(same_fates(first, again));
    assert_false(same_fates(first, other));
    assert_in_range(count(first), SENT / 5, SENT * 2 / 5);
    play_anew(1, false, other); /* the default */
    assert_true(same_fates(plain, other));
}

/* A repeat is drawn for anew, or it could never get through. */
static void test_loss_of_repeats(void **state)
{
    struct fixture *f = *state;
    unsigned lost = 0;

    set_loss(f, WIRE_BOTH, 500000);
    for (unsigned i = 0; i < 200; i++)
        put_client(f, SYN, 0, 0, 0);
    lost = (unsigned)link_dropped(f->link);
    assert_in_range(lost, 60, 140);
    str_clear(&f->log);
}

static void test_loss_by_side(void **state)
{
    struct fixture *f = *state;

    set_loss(f, WIRE_SIDE(HOST_SERVER), WIRE_LOSS_ALL);
    assert_int_equal(link_loss_ppm(f->link, HOST_CLIENT), 0);
    assert_int_equal(link_loss_ppm(f->link, HOST_SERVER), WIRE_LOSS_ALL);
    put_client(f, SYN, 0, 0, 0);
    put_server(f, SYN | ACK, 0, 1, 0);
    set_loss(f, WIRE_BOTH, 0);
    put_server(f, SYN | ACK, 0, 1, 0);
    assert_log(f, "+1 SYN, 1 delivered, +2 SYN+ACK, 2 dropped, +3 SYN+ACK, "
                  "3 delivered");
}

/* What is not TCP has no numbers; each is drawn for nevertheless. */
static void test_loss_of_datagrams(void **state)
{
    struct fixture *f = *state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.payload_len = 1};
    size_t len = packets_udp(&spec, packet);

    set_loss(f, WIRE_BOTH, 500000);
    for (unsigned i = 0; i < 200; i++) {
        write_far(f, HOST_CLIENT, packet, len);
        pump(f);
    }
    assert_in_range(link_dropped(f->link), 60, 140);
    str_clear(&f->log);
}

static uint64_t travelled_ns(struct fixture *f, uint32_t seq)
{
    put_client(f, ACK, seq, 1, 1);
    run_until_idle(f);
    return f->verdict_ns - f->entered_ns;
}

/* The jitter only adds, differs, and keeps the order. */
static void test_jitter(void **state)
{
    struct fixture *f = *state;
    struct wire_order o = {
        .word = WIRE_DELAY,
        .sides = WIRE_SIDE(HOST_CLIENT),
        .delay_ns = 5 * NS_PER_MS,
        .jitter_ns = 40 * NS_PER_MS,
    };
    uint64_t most = 0;

    handshake(f);
    assert_true(link_order(f->link, &o));
    assert_int_equal(link_jitter_ns(f->link, HOST_CLIENT), o.jitter_ns);
    assert_int_equal(link_jitter_ns(f->link, HOST_SERVER), 0);
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t ns = travelled_ns(f, 1 + i);
        assert_true(ns >= o.delay_ns);
        most = ns > most ? ns : most;
    }
    assert_true(most > o.delay_ns + 10 * NS_PER_MS);
    str_clear(&f->log);
    for (uint32_t i = 0; i < 5; i++)
        put_client(f, ACK, 9 + i, 1, 1);
    str_clear(&f->log);
    run_until_idle(f);
    assert_log(f, "12 delivered, 13 delivered, 14 delivered, 15 delivered, "
                  "16 delivered");
}

static void test_rate(void **state)
{
    struct fixture *f = *state;
    const struct wire_order o = {.word = WIRE_RATE, .rate = 100000};

    handshake(f);
    assert_true(link_order(f->link, &o));
    assert_int_equal(link_rate(f->link), 100000);
    put_client(f, ACK, 1, 1, 85); /* 125 bytes are 10 ms */
    uint64_t start_ns = f->entered_ns;
    put_client(f, ACK, 86, 1, 85);
    put_client(f, ACK, 171, 1, 85);
    str_clear(&f->log);
    run_until_idle(f);
    assert_log(f, "4 delivered, 5 delivered, 6 delivered");
    assert_true(f->verdict_ns >= start_ns + 30 * NS_PER_MS);
    assert_true(link_order(f->link, &(struct wire_order){.word = WIRE_RATE}));
    put_client(f, ACK, 256, 1, 85);
    assert_log(f, "+7 DATA 85, 7 delivered");
}

/* Each direction is a line of its own. */
static void test_rate_each_way(void **state)
{
    struct fixture *f = *state;
    const struct wire_order o = {.word = WIRE_RATE, .rate = 1000};

    handshake(f);
    assert_true(link_order(f->link, &o));
    for (uint32_t i = 0; i < 100; i++)
        put_client(f, ACK, 1 + i * 85, 1, 85); /* 100 s */
    put_server(f, ACK, 1, 1, 0);               /* 0.32 s */
    str_clear(&f->log);
    while (link_delayed(f->link) > 100)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_log(f, "104 delivered");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, wire_setup, wire_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss_follows_the_seed),
        TEST(test_loss_of_repeats),
        TEST(test_loss_by_side),
        TEST(test_loss_of_datagrams),
        TEST(test_jitter),
        TEST(test_rate),
        TEST(test_rate_each_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
