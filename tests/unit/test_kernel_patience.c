/* Patience: a connection whose SYN, SYN+ACK, data or FIN is held (taken from
 * one host and not given to the other) lives on for ten minutes. Nobody waits
 * for that: the limits are read from each host, what has been spent of them
 * from each socket, and when the kernel would give up follows from its own
 * rules, which the last test holds against the kernel with small limits.
 * Needs privilege. */
#include "kernel_stage.h"

#include <netinet/tcp.h>
#include <stdlib.h>

#define TEN_MINUTES_NS (600 * NS_PER_S)

/* net/ipv4/tcp.h: TCP_TIMEOUT_INIT, TCP_RTO_MIN, TCP_RTO_MAX. The last is a
 * setting since Linux 6.15. */
#define RTO_INIT_NS (1 * NS_PER_S)
#define RTO_MIN_NS  (200 * NS_PER_MS)
#define RTO_MAX_MS  120000

struct family {
    int family;
    const char *client, *server, *any;
};

static const struct family families[] = {
    {AF_INET, "10.0.0.2", "10.0.0.1", "0.0.0.0"},
    {AF_INET6, "fd00:5::2", "fd00:5::1", "::"},
};

static const char *const limits[] = {"tcp_syn_retries", "tcp_synack_retries",
    "tcp_retries2", "tcp_orphan_retries"};

static bool has_setting(struct hosts *h, enum host host, const char *name)
{
    struct str text = STR_INIT;
    struct err e;
    int r = hosts_setting_read(h, host, name, &text, &e);

    str_done(&text);
    return r == 0;
}

static uint64_t setting(struct hosts *h, enum host host, const char *name)
{
    struct str text = STR_INIT;
    struct err e;
    uint64_t value;

    if (hosts_setting_read(h, host, name, &text, &e) < 0)
        fail_msg("%s", e.msg);
    value = strtoull(str_text(&text), NULL, 10);
    str_done(&text);
    return value;
}

static uint64_t rto_max_ns(struct hosts *h, enum host host)
{
    if (!has_setting(h, host, "tcp_rto_max_ms"))
        return RTO_MAX_MS * NS_PER_MS;
    return setting(h, host, "tcp_rto_max_ms") * NS_PER_MS;
}

/* How long `count` timeouts take, the first of `rto_ns`, each twice the one
 * before it. SYN and SYN+ACK: tcp_write_timeout() and reqsk_timer_handler()
 * count how often they were sent. Data and FIN: tcp_model_timeout() sums up
 * the same row, from the smallest RTO on, and compares the time. */
static uint64_t timeouts_ns(uint64_t rto_ns, uint64_t count, uint64_t max_ns)
{
    uint64_t sum_ns = 0;

    for (uint64_t i = 0; i < count; i++) {
        sum_ns += rto_ns < max_ns ? rto_ns : max_ns;
        rto_ns = rto_ns < max_ns ? 2 * rto_ns : max_ns;
    }
    return sum_ns;
}

/* From the first sending to the end, by the settings of the sender's host. */
static uint64_t give_up_ns(
    struct hosts *h, enum host host, const char *limit, uint64_t rto_ns)
{
    return timeouts_ns(
        rto_ns, setting(h, host, limit) + 1, rto_max_ns(h, host));
}

/* Nothing of the socket's own makes it less patient than its host. */
static void assert_no_own_limits(int fd, enum host host, struct hosts *h)
{
    static const struct {
        int level, name;
    } none[] = {
        {IPPROTO_TCP, TCP_USER_TIMEOUT},
        {SOL_SOCKET, SO_KEEPALIVE},
    };
    int value;
    socklen_t len;

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        len = sizeof value;
        assert_int_equal(
            getsockopt(fd, none[i].level, none[i].name, &value, &len), 0);
        assert_int_equal(value, 0);
    }
    len = sizeof value;
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &value, &len), 0);
    assert_int_equal(value, setting(h, host, "tcp_syn_retries"));
}

static struct sock_sample server_side(struct pair *p)
{
    return stage_query(p->h, HOST_SERVER, &p->server, &p->client);
}

static struct sock_sample client_side(struct pair *p)
{
    return stage_query(p->h, HOST_CLIENT, &p->client, &p->server);
}

/* It has repeated the held segment once and goes on doing so. */
static void assert_repeating(const struct sock_sample *s, uint8_t timer)
{
    assert_true(s->has_timer);
    assert_int_equal(s->timer, timer);
    assert_int_equal(s->timer_retrans, 1);
    assert_true(s->timer_left_ms > 0);
}

/* The next packet of `host` is a repeat of `held`. */
static void take_repeat(
    struct hosts *h, enum host host, const struct packet *held)
{
    struct packet again;

    stage_take(h, host, &again);
    assert_int_equal(again.len, held->len);
}

static struct pair begin(struct hosts *h, const struct family *f)
{
    struct pair p = {.h = h};

    listen_on(&p, f->family, f->any);
    begin_connect(&p, f->client, f->server);
    return p;
}

static struct pair begin_connected(struct hosts *h, const struct family *f)
{
    struct pair p = begin(h, f);

    stage_carry(h, HOST_CLIENT);
    stage_carry(h, HOST_SERVER);
    stage_carry(h, HOST_CLIENT);
    await_server(&p, TCP_STATE_ESTABLISHED);
    accept_it(&p);
    return p;
}

static void test_limits(void **state)
{
    struct hosts *h = *state;

    for (int i = 0; i < HOST_COUNT; i++) {
        enum host host = (enum host)i;

        for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
            uint64_t rto_ns = k < 2 ? RTO_INIT_NS : RTO_MIN_NS;
            uint64_t ns = give_up_ns(h, host, limits[k], rto_ns);

            if (ns <= TEN_MINUTES_NS)
                fail_msg("%s: %s gives up after %llu s", host_name(host),
                    limits[k], (unsigned long long)(ns / NS_PER_S));
        }
        assert_true(
            setting(h, host, "tcp_fin_timeout") * NS_PER_S > TEN_MINUTES_NS);
        /* Or ten held SYN+ACKs would be more than may wait. */
        assert_true(setting(h, host, "tcp_max_syn_backlog") >= 64);
    }
}

static void hold_handshake(struct hosts *h, const struct family *f)
{
    struct pair p = begin(h, f);
    struct packet held;
    struct sock_sample s;
    uint64_t left;

    stage_take(h, HOST_CLIENT, &held);
    take_repeat(h, HOST_CLIENT, &held);
    s = client_side(&p);
    assert_int_equal(s.state, TCP_STATE_SYN_SENT);
    assert_repeating(&s, SOCK_TIMER_RETRANSMIT);
    assert_int_equal(s.info.retransmits, 1);
    assert_int_equal(s.info.backoff, 1);
    assert_no_own_limits(p.sock, HOST_CLIENT, h);
    left = setting(h, HOST_CLIENT, "tcp_syn_retries") - s.info.retransmits;
    assert_true(timeouts_ns(s.info.rto * NS_PER_US, left,
                    rto_max_ns(h, HOST_CLIENT)) > TEN_MINUTES_NS);

    stage_put(h, HOST_SERVER, &held);
    await_server(&p, TCP_STATE_SYN_RECEIVED);
    stage_take(h, HOST_SERVER, &held);
    take_repeat(h, HOST_SERVER, &held);
    s = server_side(&p);
    assert_int_equal(s.state, TCP_STATE_SYN_RECEIVED);
    assert_repeating(&s, SOCK_TIMER_SYNACK);
    left = setting(h, HOST_SERVER, "tcp_synack_retries") - s.timer_retrans;
    assert_true(timeouts_ns(s.timer_left_ms * NS_PER_MS, left,
                    rto_max_ns(h, HOST_SERVER)) > TEN_MINUTES_NS);
    close(p.sock);
    close(p.listener);
}

static void test_held_syn(void **state)
{
    hold_handshake(*state, &families[0]);
}

static void test_held_syn_ipv6(void **state)
{
    hold_handshake(*state, &families[1]);
}

static void hold_data(struct hosts *h, const struct family *f)
{
    struct pair p = begin_connected(h, f);
    struct packet held;
    struct sock_sample s;

    assert_int_equal(send(p.sock, "held", 4, 0), 4);
    stage_take(h, HOST_CLIENT, &held);
    take_repeat(h, HOST_CLIENT, &held);
    s = client_side(&p);
    assert_int_equal(s.state, TCP_STATE_ESTABLISHED);
    assert_int_equal(s.send_buffer, 4);
    assert_repeating(&s, SOCK_TIMER_RETRANSMIT);
    assert_int_equal(s.info.retransmits, 1);
    assert_int_equal(s.info.backoff, 1);
    assert_no_own_limits(p.sock, HOST_CLIENT, h);
    assert_true(give_up_ns(h, HOST_CLIENT, "tcp_retries2", RTO_MIN_NS) >
                TEN_MINUTES_NS);
    /* The receiver knows nothing of it and has no timer to lose it by. */
    s = server_side(&p);
    assert_int_equal(s.state, TCP_STATE_ESTABLISHED);
    assert_int_equal(s.timer, SOCK_TIMER_NONE);
    assert_no_own_limits(p.conn, HOST_SERVER, h);
    close(p.sock);
    close(p.conn);
    close(p.listener);
}

static void test_held_data(void **state)
{
    hold_data(*state, &families[0]);
}

static void test_held_data_ipv6(void **state)
{
    hold_data(*state, &families[1]);
}

/* The closer has no process any more: an orphan has limits of its own. */
static void hold_fin(struct hosts *h, const struct family *f)
{
    struct pair p = begin_connected(h, f);
    struct packet held;
    struct sock_sample s;

    close(p.sock);
    stage_take(h, HOST_CLIENT, &held);
    take_repeat(h, HOST_CLIENT, &held);
    s = client_side(&p);
    assert_int_equal(s.state, TCP_STATE_FIN_WAIT_1);
    assert_int_equal(s.inode, 0);
    assert_repeating(&s, SOCK_TIMER_RETRANSMIT);
    assert_true(give_up_ns(h, HOST_CLIENT, "tcp_orphan_retries", RTO_MIN_NS) >
                TEN_MINUTES_NS);

    /* Its FIN acknowledged, it waits for the peer's: fin_timeout. */
    stage_put(h, HOST_SERVER, &held);
    await_server(&p, TCP_STATE_CLOSE_WAIT);
    stage_carry(h, HOST_SERVER);
    s = await_client(&p, TCP_STATE_FIN_WAIT_2);
    assert_int_equal(s.timer, SOCK_TIMER_KEEPALIVE);
    assert_true(s.timer_left_ms * NS_PER_MS > TEN_MINUTES_NS);
    assert_int_equal(server_side(&p).timer, SOCK_TIMER_NONE);

    /* The peer's FIN is held too: LAST_ACK. */
    close(p.conn);
    stage_take(h, HOST_SERVER, &held);
    take_repeat(h, HOST_SERVER, &held);
    s = server_side(&p);
    assert_int_equal(s.state, TCP_STATE_LAST_ACK);
    assert_repeating(&s, SOCK_TIMER_RETRANSMIT);
    close(p.listener);
}

static void test_held_fin(void **state)
{
    hold_fin(*state, &families[0]);
}

static void test_held_fin_ipv6(void **state)
{
    hold_fin(*state, &families[1]);
}

/* ---- the rules themselves ----------------------------------------------- */

static void limit_to(struct hosts *h, const char *limit, const char *value)
{
    struct err e;

    for (int i = 0; i < HOST_COUNT; i++)
        if (hosts_setting_write(h, (enum host)i, limit, value, &e) < 0)
            fail_msg("%s", e.msg);
}

/* Nothing is delivered; returns when the kernel has given up. */
static uint64_t await_gone(struct pair *p, enum host host, int fd)
{
    uint64_t end_ns = clock_now_ns() + 30 * NS_PER_S;
    struct packet ignored;

    for (;;) {
        struct sock_sample s =
            host == HOST_CLIENT ? client_side(p) : server_side(p);
        struct pollfd wire = {hosts_wire_fd(p->h, host), POLLIN, 0};

        if (s.state == TCP_STATE_NONE)
            return clock_now_ns();
        if (clock_now_ns() > end_ns)
            fail_msg("descriptor %d has not given up", fd);
        if (poll(&wire, 1, 10) == 1)
            stage_take(p->h, host, &ignored);
    }
}

static void assert_patient_by(struct hosts *h, enum host host,
    const char *limit, uint64_t rto_ns, uint64_t took_ns)
{
    uint64_t computed_ns = give_up_ns(h, host, limit, rto_ns);

    assert_true(computed_ns < TEN_MINUTES_NS);
    if (took_ns < computed_ns)
        fail_msg("%s: gave up after %llu ms, computed %llu ms", limit,
            (unsigned long long)(took_ns / NS_PER_MS),
            (unsigned long long)(computed_ns / NS_PER_MS));
}

/* With small limits the kernel gives up, and never before the computed time. */
static void test_computed_is_no_more_than_real(void **state)
{
    struct hosts *h = *state;
    struct pair p;
    struct packet held;
    uint64_t begin_ns;

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        limit_to(h, limits[i], "1");
    p = begin_connected(h, &families[0]);
    begin_ns = clock_now_ns();
    assert_int_equal(send(p.sock, "lost", 4, 0), 4);
    assert_patient_by(h, HOST_CLIENT, "tcp_retries2", RTO_MIN_NS,
        await_gone(&p, HOST_CLIENT, p.sock) - begin_ns);
    assert_int_equal(send(p.sock, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, ETIMEDOUT);
    begin_ns = clock_now_ns();
    close(p.conn);
    assert_patient_by(h, HOST_SERVER, "tcp_orphan_retries", RTO_MIN_NS,
        await_gone(&p, HOST_SERVER, p.conn) - begin_ns);
    close(p.sock);
    close(p.listener);

    begin_ns = clock_now_ns();
    p = begin(h, &families[0]);
    stage_take(h, HOST_CLIENT, &held);
    stage_put(h, HOST_SERVER, &held);
    await_server(&p, TCP_STATE_SYN_RECEIVED);
    assert_patient_by(h, HOST_CLIENT, "tcp_syn_retries", RTO_INIT_NS,
        await_gone(&p, HOST_CLIENT, p.sock) - begin_ns);
    assert_patient_by(h, HOST_SERVER, "tcp_synack_retries", RTO_INIT_NS,
        await_gone(&p, HOST_SERVER, p.listener) - begin_ns);
    close(p.sock);
    close(p.listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_limits, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_held_syn, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_held_syn_ipv6, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_held_data, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_held_data_ipv6, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_held_fin, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_held_fin_ipv6, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_computed_is_no_more_than_real, stage_setup, stage_teardown),
    };

    if (stage_is_refused())
        return STAGE_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
