/* Sockets by their addresses and all of them: what sock_diag finds, what it
 * must not take for an answer, and that it ends what the hosts leave.
 * Needs privilege. */
#include "kernel_stage.h"

static void test_diag_listener_is_no_connection(void **state)
{
    struct pair p = {.h = *state};
    struct sock_sample s;
    struct err e;

    listen_on(&p, AF_INET, "0.0.0.0");
    p.server = stage_addr("10.0.0.1", PORT);
    p.client = stage_addr("10.0.0.2", 1234);
    struct addr none = {.family = 0};
    struct diag *d = hosts_diag(p.h, HOST_SERVER);
    assert_int_equal(
        diag_query(d, IPPROTO_TCP, &p.server, &p.client, &s, &e), -ENOENT);
    assert_true(strlen(e.msg) > 0);
    assert_int_equal(s.state, TCP_STATE_NONE);
    /* The listener is on 0.0.0.0, not on 10.0.0.1. */
    assert_int_equal(
        diag_query(d, IPPROTO_TCP, &p.server, &none, &s, &e), -ENOENT);
    struct addr v6 = stage_addr("fd00:5::1", PORT);
    assert_int_equal(
        diag_query(d, IPPROTO_TCP, &p.server, &v6, &s, &e), -EAFNOSUPPORT);
    assert_int_equal(
        diag_query(d, IPPROTO_TCP, &none, &none, &s, &e), -EAFNOSUPPORT);
    close(p.listener);
}

/* An IPv4 client of a [::] listener: the socket is of AF_INET6, and is found
 * by the addresses on the wire and by its own ones. */
static void test_diag_mapped(void **state)
{
    struct pair p = {.h = *state};
    struct addr server = stage_addr("::ffff:10.0.0.1", PORT);
    struct addr client = stage_addr("::ffff:10.0.0.2", CLIENT_PORT);
    struct addr any = stage_addr("::", PORT), none = {.family = 0};

    listen_on(&p, AF_INET6, "::");
    assert_int_equal(
        stage_query(p.h, HOST_SERVER, &any, &none).state, TCP_STATE_LISTEN);
    begin_connect(&p, "10.0.0.2", "10.0.0.1");
    stage_carry(p.h, HOST_CLIENT);
    struct sock_sample plain = await_server(&p, TCP_STATE_SYN_RECEIVED);
    struct sock_sample mapped = stage_query(p.h, HOST_SERVER, &server, &client);
    assert_int_equal(plain.cookie, mapped.cookie);
    stage_carry(p.h, HOST_SERVER);
    stage_carry(p.h, HOST_CLIENT);
    plain = await_server(&p, TCP_STATE_ESTABLISHED);
    accept_it(&p);
    struct sock_sample fd = stage_probe(p.conn);
    plain = await_server(&p, TCP_STATE_ESTABLISHED);
    mapped = stage_query(p.h, HOST_SERVER, &server, &client);
    assert_same(&fd, &plain);
    assert_same(&fd, &mapped);
    assert_int_equal(fd.family, AF_INET6);
    assert_true(addr_equal(&fd.local, &server));
    assert_true(addr_equal(&fd.peer, &client));
    close(p.conn);
    close(p.sock);
    close(p.listener);
}

static void test_diag_ipv6(void **state)
{
    struct pair p = {.h = *state};

    listen_on(&p, AF_INET6, "fd00:5::1");
    begin_connect(&p, "fd00:5::2", "fd00:5::1");
    stage_carry(p.h, HOST_CLIENT);
    await_server(&p, TCP_STATE_SYN_RECEIVED);
    stage_carry(p.h, HOST_SERVER);
    stage_carry(p.h, HOST_CLIENT);
    await_server(&p, TCP_STATE_ESTABLISHED);
    struct sock_sample s = await_client(&p, TCP_STATE_ESTABLISHED);
    assert_int_equal(s.info.snd_mss, FULL_BYTES);
    close(p.sock);
    close(p.listener);
}

static void assert_udp(struct hosts *h, int fd, uint8_t state)
{
    struct sock_sample s = stage_probe(fd), found;
    struct err e;

    assert_int_equal(s.proto, IPPROTO_UDP);
    assert_int_equal(s.state, state);
    if (diag_query(hosts_diag(h, HOST_SERVER), IPPROTO_UDP, &s.local, &s.peer,
            &found, &e) < 0)
        fail_msg("%s", e.msg);
    assert_int_equal(found.cookie, s.cookie);
    assert_int_equal(found.state, state);
    assert_int_equal(found.family, s.family);
    assert_int_equal(found.inode, s.inode);
    assert_true(addr_equal(&found.peer, &s.peer));
    assert_int_equal(found.recv_buffer, 0);
}

static void test_diag_udp(void **state)
{
    static const char *const locals[] = {
        "10.0.0.1", "fd00:5::1", "0.0.0.0", "::", "::ffff:10.0.0.1"};
    static const char *const peers[] = {
        "10.0.0.2", "fd00:5::2", "10.0.0.2", "fd00:5::2", "::ffff:10.0.0.2"};

    for (size_t i = 0; i < 5; i++) {
        struct addr a = stage_addr(locals[i], PORT);
        int fd = stage_socket(*state, HOST_SERVER, a.family, SOCK_DGRAM);
        assert_int_equal(stage_probe(fd).state, TCP_STATE_CLOSED);
        assert_int_equal(stage_bind(fd, locals[i], PORT), 0);
        assert_udp(*state, fd, TCP_STATE_CLOSED);
        assert_int_equal(stage_connect(fd, peers[i], 1234), 0);
        assert_udp(*state, fd, TCP_STATE_ESTABLISHED);
        close(fd);
    }
    int fd = stage_socket(*state, HOST_SERVER, AF_INET, SOCK_DGRAM);
    assert_int_equal(stage_bind(fd, "10.0.0.1", PORT), 0);
    int client = stage_socket(*state, HOST_CLIENT, AF_INET, SOCK_DGRAM);
    assert_int_equal(stage_connect(client, "10.0.0.1", PORT), 0);
    assert_int_equal(send(client, "12345", 5, 0), 5);
    assert_int_equal(send(client, "1234567", 7, 0), 7);
    stage_carry(*state, HOST_CLIENT);
    stage_carry(*state, HOST_CLIENT);
    await_recv_buffer(fd, 5);
    close(fd);
    close(client);
}

struct found {
    size_t count;
    size_t per_state[16];
};

static void count_one(const struct sock_sample *s, void *ctx)
{
    struct found *f = ctx;

    f->count++;
    assert_in_range(s->state, 1, 11);
    f->per_state[s->state]++;
}

static struct found dump(
    struct hosts *h, enum host host, uint8_t proto, uint32_t states)
{
    struct found f = {0};
    struct err e;

    if (diag_dump(hosts_diag(h, host), proto, states, count_one, &f, &e) < 0)
        fail_msg("%s", e.msg);
    return f;
}

static void test_diag_dump(void **state)
{
    struct pair p = connected(*state);
    int bound = stage_socket(*state, HOST_SERVER, AF_INET, SOCK_STREAM);
    int v6 = stage_socket(*state, HOST_SERVER, AF_INET6, SOCK_STREAM);
    int udp = stage_socket(*state, HOST_SERVER, AF_INET, SOCK_DGRAM);

    assert_int_equal(stage_bind(bound, "10.0.0.1", 9), 0);
    assert_int_equal(stage_bind(v6, "fd00:5::1", PORT), 0);
    assert_int_equal(listen(v6, 1), 0);
    assert_int_equal(stage_bind(udp, "10.0.0.1", PORT), 0);
    struct found f = dump(*state, HOST_SERVER, IPPROTO_TCP, UINT32_MAX);
    assert_int_equal(f.count, 3);
    assert_int_equal(f.per_state[TCP_STATE_LISTEN], 2);
    assert_int_equal(f.per_state[TCP_STATE_ESTABLISHED], 1);
    f = dump(*state, HOST_SERVER, IPPROTO_TCP, 1u << TCP_STATE_ESTABLISHED);
    assert_int_equal(f.count, 1);
    f = dump(*state, HOST_SERVER, IPPROTO_UDP, UINT32_MAX);
    assert_int_equal(f.count, 1);
    f = dump(*state, HOST_CLIENT, IPPROTO_TCP, UINT32_MAX);
    assert_int_equal(f.count, 1);

    int another = stage_socket(*state, HOST_CLIENT, AF_INET, SOCK_STREAM);
    assert_int_equal(stage_connect(another, "10.0.0.1", PORT), -EINPROGRESS);
    stage_carry(*state, HOST_CLIENT);
    struct pollfd pfd = {hosts_wire_fd(*state, HOST_SERVER), POLLIN, 0};
    assert_int_equal(poll(&pfd, 1, STAGE_DEADLINE_MS), 1);
    f = dump(*state, HOST_SERVER, IPPROTO_TCP,
        1u << TCP_STATE_SYN_RECEIVED | 1u << TCP_STATE_TIME_WAIT);
    assert_int_equal(f.count, 1);
    close(another);
    close(bound);
    close(v6);
    close(udp);
    close(p.conn);
    close(p.sock);
    close(p.listener);
}

/* Closing the hosts ends every socket, orphans with data and half-open ones
 * too; otherwise the namespace would live until they give up. */
static void test_diag_nothing_outlives_the_hosts(void **state)
{
    struct hosts *h;
    struct diag *own[HOST_COUNT];
    struct err e;

    (void)state;
    assert_int_equal(hosts_open(HOSTS_PRIVATE, &h, &e), 0);
    for (int i = 0; i < HOST_COUNT; i++) {
        assert_int_equal(hosts_enter(h, (enum host)i, &e), 0);
        assert_int_equal(diag_open(&own[i], &e), 0);
    }
    struct pair p = connected(h);
    assert_int_equal(send(p.sock, "hello", 5, 0), 5);
    close(p.sock);
    await_client(&p, TCP_STATE_FIN_WAIT_1);
    int half_open = stage_socket(h, HOST_CLIENT, AF_INET, SOCK_STREAM);
    assert_int_equal(stage_connect(half_open, "10.0.0.1", PORT), -EINPROGRESS);
    stage_carry(h, HOST_CLIENT); /* data */
    stage_carry(h, HOST_CLIENT); /* FIN */
    stage_carry(h, HOST_CLIENT); /* SYN */
    close(half_open);
    struct pollfd pfd = {hosts_wire_fd(h, HOST_SERVER), POLLIN, 0};
    assert_int_equal(poll(&pfd, 1, STAGE_DEADLINE_MS), 1);
    close(p.listener);
    assert_int_equal(shutdown(p.conn, SHUT_WR), 0);
    hosts_close(h);
    close(p.conn);
    for (int i = 0; i < HOST_COUNT; i++) {
        struct found f = {0};
        uint32_t states = UINT32_MAX & ~(1u << TCP_STATE_TIME_WAIT);
        assert_int_equal(
            diag_dump(own[i], IPPROTO_TCP, states, count_one, &f, &e), 0);
        assert_int_equal(f.count, 0);
        diag_close(own[i]);
    }
}

#define ON_STAGE(test)                                                         \
    cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_diag_listener_is_no_connection),
        ON_STAGE(test_diag_mapped),
        ON_STAGE(test_diag_ipv6),
        ON_STAGE(test_diag_udp),
        ON_STAGE(test_diag_dump),
        cmocka_unit_test(test_diag_nothing_outlives_the_hosts),
    };

    diag_close(NULL);
    if (stage_is_refused())
        return STAGE_SKIPPED;
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
