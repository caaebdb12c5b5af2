/* A port with a link-layer header, and the exactness of the delay timer. */
#include "wire_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Writes a packet behind a header of zeros, as a card would. */
static void write_framed(
    struct fixture *f, enum host from, const uint8_t *packet, size_t len)
{
    uint8_t frame[WIRE_HEADER_BYTES + 2048] = {0};

    assert_true(len <= 2048);
    memcpy(frame + WIRE_HEADER_BYTES, packet, len);
    len += WIRE_HEADER_BYTES;
    assert_int_equal(write(f->far[from], frame, len), len);
    pump(f);
}

/* `header` is what stands in front, the EtherType included. */
static void assert_framed(struct fixture *f, enum host host,
    const char header[WIRE_HEADER_BYTES + 1], const uint8_t *packet, size_t len)
{
    uint8_t frame[4096];
    ssize_t n = read(f->far[host], frame, sizeof frame);

    assert_int_equal(n, WIRE_HEADER_BYTES + len);
    assert_memory_equal(frame, header, WIRE_HEADER_BYTES);
    assert_memory_equal(frame + WIRE_HEADER_BYTES, packet, len);
    assert_int_equal(read(f->far[host], frame, sizeof frame), -1);
}

static void test_port_header(void **state)
{
    struct fixture *f = *state;
    struct packet_spec spec = {.flags = SYN, .seq = 1000, .window = 100};
    uint8_t packet[PACKETS_MAX];
    size_t len = packets_tcp(&spec, packet);

    write_framed(f, HOST_CLIENT, packet, len);
    assert_log(f, "+1 SYN, 1 delivered");
    assert_framed(f, HOST_SERVER, "BBBBBBBBBBBB\x08\x00", packet, len);
    spec = (struct packet_spec){
        .v6 = true, .from_server = true, .flags = SYN, .payload_len = 10};
    len = packets_tcp(&spec, packet);
    write_framed(f, HOST_SERVER, packet, len);
    str_clear(&f->log);
    assert_framed(f, HOST_CLIENT, "AAAAAAAAAAAA\x86\xdd", packet, len);
}

/* A held packet has no header; it gets one when it goes. */
static void test_port_header_of_a_held_one(void **state)
{
    struct fixture *f = *state;
    struct packet_spec spec = {.flags = SYN};
    uint8_t packet[PACKETS_MAX];
    size_t len = packets_tcp(&spec, packet);

    link_hold(f->link);
    write_framed(f, HOST_CLIENT, packet, len);
    assert_log(f, "+1 SYN, 1 held");
    link_release(f->link);
    assert_log(f, "1 delivered");
    assert_framed(f, HOST_SERVER, "BBBBBBBBBBBB\x08\x00", packet, len);
}

/* What is no IP packet ends at the port; it does not end the port. */
static void test_port_runts(void **state)
{
    static const uint8_t arp[28] = {0, 1, 8, 0, 6, 4};
    struct fixture *f = *state;
    struct packet_spec spec = {.flags = SYN};
    uint8_t packet[PACKETS_MAX];
    size_t len = packets_tcp(&spec, packet);

    for (size_t n = 1; n <= WIRE_HEADER_BYTES + 1; n++)
        assert_int_equal(write(f->far[HOST_CLIENT], arp, n), n);
    pump(f);
    write_framed(f, HOST_CLIENT, arp, sizeof arp);
    assert_log(f, "");
    assert_int_equal(f->failures, 0);
    write_framed(f, HOST_CLIENT, packet, len);
    assert_log(f, "+1 SYN, 1 delivered");
    assert_framed(f, HOST_SERVER, "BBBBBBBBBBBB\x08\x00", packet, len);
}

/* The time left of the process's only timerfd, see proc(5) for fdinfo. */
static uint64_t timer_left_ns(void)
{
    uint64_t left_ns = 0;
    int timers = 0;

    for (int fd = 0; fd < 64; fd++) {
        unsigned long long s, ns;
        char line[128];
        snprintf(line, sizeof line, "/proc/self/fdinfo/%d", fd);
        FILE *info = fopen(line, "r");
        while (info && fgets(line, sizeof line, info))
            if (sscanf(line, "it_value: (%llu, %llu)", &s, &ns) == 2) {
                left_ns = s * NS_PER_S + ns;
                timers++;
            }
        if (info)
            fclose(info);
    }
    assert_int_equal(timers, 1);
    return left_ns;
}

/* The kernel wakes the loop when the packet is due and not at the next whole
 * millisecond, and it is carried then, never before. */
static void test_delay_is_exact(void **state)
{
    const uint64_t delay_ns = 20 * NS_PER_MS + 370123;
    struct fixture *f = *state;

    handshake(f);
    link_order(f->link,
        &(struct wire_order){
            .word = WIRE_DELAY, .sides = WIRE_BOTH, .delay_ns = delay_ns});
    put_client(f, ACK, 1, 1, 1);
    uint64_t due_ns = f->entered_ns + delay_ns;
    uint64_t before_ns = clock_now_ns();
    uint64_t left_ns = timer_left_ns();
    uint64_t after_ns = clock_now_ns();
    if (after_ns < due_ns) { /* else the machine was too busy to look */
        assert_true(before_ns + left_ns <= due_ns);
        assert_true(after_ns + left_ns >= due_ns);
    }
    run_until_idle(f);
    assert_true(f->verdict_ns >= due_ns);
    assert_log(f, "+4 DATA 1, 4 delivered");
}

/* One that is due earlier moves the timer forward, one that is gone stops it:
 * the loop has nothing to wake up for. */
static void test_timer_follows_the_first(void **state)
{
    struct fixture *f = *state;

    handshake(f);
    link_order(f->link, &(struct wire_order){.word = WIRE_DELAY,
                            .sides = WIRE_SIDE(HOST_CLIENT),
                            .delay_ns = 3600 * NS_PER_S});
    put_client(f, ACK, 1, 1, 1);
    link_order(f->link, &(struct wire_order){.word = WIRE_DELAY,
                            .sides = WIRE_SIDE(HOST_SERVER),
                            .delay_ns = NS_PER_MS});
    put_server(f, ACK, 1, 1, 1);
    assert_int_equal(link_delayed(f->link), 2);
    while (link_delayed(f->link) > 1)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_log(f, "+4 DATA 1, +5 DATA 1, 5 delivered");
}

int main(void)
{
#define TEST(name, setup)                                                      \
    cmocka_unit_test_setup_teardown(name, setup, wire_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_port_header, wire_setup_header),
        TEST(test_port_header_of_a_held_one, wire_setup_header),
        TEST(test_port_runts, wire_setup_header),
        TEST(test_delay_is_exact, wire_setup),
        TEST(test_timer_follows_the_first, wire_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
