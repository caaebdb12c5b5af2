/* Changing the shape of the wire: the MTU with what follows from it, and the
 * machine's own defaults instead of the calm wire; on both kinds of devices. */
#include <stdlib.h>

#include "kernel_stage.h"

#define HEADERS_BYTES (20 + 32) /* IPv4, and TCP with timestamps */

/* Where TCP's header begins; IPv4 is without options here. */
static size_t tcp_at(const struct packet *p)
{
    return (p->data[0] >> 4) == 6 ? 40 : 20;
}

static uint32_t seq_of(const struct packet *p)
{
    uint32_t seq;

    memcpy(&seq, p->data + tcp_at(p) + 4, sizeof seq);
    return ntohl(seq);
}

/* Closing it then sends a RST: nothing is left that could be repeated. */
static void close_abort(int fd)
{
    const struct linger abort = {.l_onoff = 1};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close(fd);
}

/* The MSS option of a SYN without IP options; 0 if there is none. */
static unsigned syn_mss(const struct packet *p)
{
    size_t ip = tcp_at(p);
    size_t end = ip + (size_t)(p->data[ip + 12] >> 4) * 4;

    assert_true(end <= p->len);
    for (size_t at = ip + 20; at < end;) {
        if (p->data[at] == 2)
            return (unsigned)p->data[at + 2] << 8 | p->data[at + 3];
        at += p->data[at] == 1 ? 1 : p->data[at + 1];
    }
    return 0;
}

/* What both ends advertise in a handshake; the connection is then aborted. */
static void assert_mss(struct hosts *h, const char *server, unsigned want)
{
    struct addr a = stage_addr(server, PORT);
    int listener = stage_socket(h, HOST_SERVER, a.family, SOCK_STREAM);
    int sock = stage_socket(h, HOST_CLIENT, a.family, SOCK_STREAM);
    const int on = 1;
    struct packet p;

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(stage_bind(listener, server, PORT), 0);
    assert_int_equal(listen(listener, 3), 0);
    assert_int_equal(stage_connect(sock, server, PORT), -EINPROGRESS);
    stage_take(h, HOST_CLIENT, &p);
    assert_int_equal(syn_mss(&p), want);
    stage_put(h, HOST_SERVER, &p);
    stage_take(h, HOST_SERVER, &p);
    assert_int_equal(syn_mss(&p), want);
    stage_put(h, HOST_CLIENT, &p);
    stage_carry(h, HOST_CLIENT);
    close_abort(sock);
    stage_carry(h, HOST_CLIENT);
    close(listener);
    assert_true(stage_is_quiet(h, 0));
}

/* The payload of the next segments that the client sends. On a slow machine
 * its timer repeats one before the test has carried it. */
static void assert_segments(struct pair *p, const size_t *want, size_t count)
{
    uint32_t before = 0;

    for (size_t i = 0; i < count;) {
        struct packet packet;
        stage_take(p->h, HOST_CLIENT, &packet);
        if (i > 0 && (int32_t)(seq_of(&packet) - before) <= 0)
            continue;
        before = seq_of(&packet);
        assert_int_equal(packet.len - HEADERS_BYTES, want[i++]);
        stage_put(p->h, HOST_SERVER, &packet);
    }
}

static void drop_all(struct hosts *h)
{
    while (!stage_is_quiet(h, 0)) {
        uint8_t frame[STAGE_PACKET_MAX];
        for (int host = 0; host < HOST_COUNT; host++)
            while (read(hosts_wire_fd(h, (enum host)host), frame,
                       sizeof frame) > 0)
                ;
    }
}

static void close_pair(struct pair *p)
{
    close_abort(p->sock);
    close_abort(p->conn);
    close(p->listener);
    drop_all(p->h);
}

static void set_mtu(struct hosts *h, uint32_t mtu_bytes)
{
    struct err e;

    if (hosts_set_mtu(h, mtu_bytes, &e) < 0)
        fail_msg("%u: %s", mtu_bytes, e.msg);
}

static void test_shape_mtu_sets_mss(void **state)
{
    static const struct {
        uint32_t mtu;
        unsigned mss;
    } rows[] = {
        {1500, 1012},
        {576, 536},
        {1052, 1012},
        {1051, 1011},
        {9000, 1012},
        {65535, 1012},
        {1500, 1012},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set_mtu(*state, rows[i].mtu);
        assert_mss(*state, "10.0.0.1", rows[i].mss);
        assert_int_equal(hosts_has_ipv6(*state), rows[i].mtu >= 1280);
        if (rows[i].mtu >= 1280)
            assert_mss(*state, "fd00:5::1", rows[i].mss);
    }
}

/* One that exists follows as well, both ways. */
static void test_shape_mtu_of_a_connection(void **state)
{
    static const char data[1500];
    static const size_t before[] = {1000, 500}, small[] = {524, 524, 452};
    struct pair p = connected(*state);

    assert_int_equal(send(p.sock, data, sizeof data, 0), sizeof data);
    assert_segments(&p, before, 2);
    stage_carry(*state, HOST_SERVER);
    stage_carry(*state, HOST_SERVER);
    await_send_buffer(p.sock, 0);
    set_mtu(*state, 576);
    assert_int_equal(send(p.sock, data, sizeof data, 0), sizeof data);
    assert_segments(&p, small, 3);
    for (int i = 0; i < 3; i++)
        stage_carry(*state, HOST_SERVER);
    assert_int_equal(stage_probe(p.conn).recv_buffer, 2 * sizeof data);
    close_pair(&p);
}

static void test_shape_mtu_refused(void **state)
{
    static const uint32_t bad[] = {0, 1, 67, 65536, UINT32_MAX};
    struct err e;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(hosts_set_mtu(*state, bad[i], &e), -EINVAL);
        assert_non_null(strstr(e.msg, "68"));
    }
    assert_mss(*state, "10.0.0.1", 1012);
    set_mtu(*state, 68);
    set_mtu(*state, 1500);
}

static size_t count_addresses(struct hosts *h, enum host host)
{
    struct addr all[8];

    return hosts_addresses(h, host, all, 8);
}

/* Below 1280 there is no IPv6; above, all of it again, and no more. */
static void test_shape_ipv6_comes_back(void **state)
{
    for (int i = 0; i < 3; i++) {
        set_mtu(*state, 1279);
        assert_false(hosts_has_ipv6(*state));
        assert_int_equal(count_addresses(*state, HOST_SERVER), 3);
        assert_int_equal(count_addresses(*state, HOST_CLIENT), 2);
        int fd = stage_socket(*state, HOST_CLIENT, AF_INET6, SOCK_STREAM);
        assert_int_equal(stage_connect(fd, "fd00:5::1", 80), -ENETUNREACH);
        close(fd);
        assert_mss(*state, "10.0.0.1", 1012);
        set_mtu(*state, 1280);
        assert_true(hosts_has_ipv6(*state));
        assert_int_equal(count_addresses(*state, HOST_SERVER), 4);
        assert_mss(*state, "fd00:5::1", 1012);
        set_mtu(*state, 1400); /* it was there already */
        assert_mss(*state, "fd00:5::1", 1012);
    }
    assert_true(stage_is_quiet(*state, 1200));
}

static void assert_setting(
    struct hosts *h, enum host host, const char *name, const char *want)
{
    struct str now = STR_INIT;
    struct err e;

    if (hosts_setting_read(h, host, name, &now, &e) < 0)
        fail_msg("%s", e.msg);
    assert_string_equal(str_text(&now), want);
    str_done(&now);
}

static void test_shape_defaults(void **state)
{
    static const char data[2000];
    static const size_t segments[] = {1448, 552};
    struct err e;

    if (hosts_use_defaults(*state, &e) < 0)
        fail_msg("%s", e.msg);
    for (int host = 0; host < HOST_COUNT; host++) {
        assert_setting(*state, (enum host)host, "tcp_retrans_collapse", "1");
        assert_setting(*state, (enum host)host, "tcp_no_metrics_save", "0");
        assert_setting(*state, (enum host)host, "tcp_rfc1337", "0");
        assert_setting(*state, (enum host)host, "tcp_syn_retries", "127");
        assert_setting(*state, (enum host)host, "tcp_retries2", "255");
    }
    assert_mss(*state, "10.0.0.1", 1460);
    assert_mss(*state, "fd00:5::1", 1440);
    struct pair p = connected(*state);
    assert_int_equal(send(p.sock, data, sizeof data, 0), sizeof data);
    assert_segments(&p, segments, 2);
    close_pair(&p);
    set_mtu(*state, 576); /* from now on the MSS is what the MTU allows */
    assert_mss(*state, "10.0.0.1", 536);
    set_mtu(*state, 1500);
    assert_mss(*state, "10.0.0.1", 1460);
    assert_mss(*state, "fd00:5::1", 1440);
}

/* The machine's. Needs privilege. */
static void test_shape_defaults_congestion(void **state)
{
    struct str machine = STR_INIT;
    struct hosts *loopback;
    struct err e;

    assert_setting(*state, HOST_SERVER, "tcp_congestion_control", "reno");
    if (geteuid() != 0)
        skip(); /* there is no way back to the machine's network to look */
    hosts_close(*state);
    assert_int_equal(hosts_open(HOSTS_LOOPBACK, &loopback, &e), 0);
    assert_int_equal(hosts_setting_read(loopback, HOST_SERVER,
                         "tcp_congestion_control", &machine, &e),
        0);
    assert_int_equal(hosts_set_mtu(loopback, 1500, &e), -ENOTSUP);
    assert_int_equal(hosts_use_defaults(loopback, &e), -ENOTSUP);
    assert_null(hosts_wire_name(loopback));
    hosts_close(loopback);
    assert_int_equal(stage_setup(state), 0);
    assert_int_equal(hosts_use_defaults(*state, &e), 0);
    assert_setting(
        *state, HOST_SERVER, "tcp_congestion_control", str_text(&machine));
    assert_setting(
        *state, HOST_CLIENT, "tcp_congestion_control", str_text(&machine));
    str_done(&machine);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, stage_setup, stage_teardown)
    static const char *const builds[] = {"tun", "veth"};
    const struct CMUnitTest tests[] = {
        TEST(test_shape_mtu_sets_mss),
        TEST(test_shape_mtu_of_a_connection),
        TEST(test_shape_mtu_refused),
        TEST(test_shape_ipv6_comes_back),
        TEST(test_shape_defaults),
        TEST(test_shape_defaults_congestion),
    };
    int ran = 0;

    for (size_t i = 0; i < 2; i++) {
        setenv("SOCKSTAGE_WIRE", builds[i], 1);
        if (stage_is_refused())
            continue;
        ran++;
        if (cmocka_run_group_tests_name(builds[i], tests, NULL, NULL))
            return 1;
    }
    return ran ? 0 : STAGE_SKIPPED;
}
