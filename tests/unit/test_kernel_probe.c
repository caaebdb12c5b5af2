/* What the kernel says of a socket in every state, by descriptor and by
 * addresses: the test carries each segment by hand and looks after each one.
 * Needs privilege. */
#include <netinet/tcp.h>
#include <stdlib.h>

#include "kernel_stage.h"

static void test_probe_fresh_and_bound(void **state)
{
    int fd = stage_socket(*state, HOST_SERVER, AF_INET, SOCK_STREAM);
    struct sock_sample s = stage_probe(fd);

    assert_true(s.cookie != 0 && s.inode != 0);
    assert_int_equal(s.proto, IPPROTO_TCP);
    assert_int_equal(s.family, AF_INET);
    assert_int_equal(s.state, TCP_STATE_CLOSED);
    assert_int_equal(s.local.port, 0);
    assert_int_equal(s.peer.family, 0);
    assert_true(s.has_mem && s.sndbuf > 0 && s.rcvbuf > 0);
    assert_true(s.info_len >= 200);
    assert_int_equal(stage_bind(fd, "10.0.0.1", PORT), 0);
    s = stage_probe(fd);
    assert_int_equal(s.state, TCP_STATE_CLOSED);
    assert_int_equal(s.local.port, PORT);
    struct addr none = {.family = 0};
    assert_int_equal(diag_query(hosts_diag(*state, HOST_SERVER), IPPROTO_TCP,
                         &s.local, &none, &s, NULL),
        -ENOENT);
    close(fd);
}

static void assert_listener(
    struct pair *p, uint32_t accept_queue, uint32_t backlog)
{
    struct addr any = stage_addr("0.0.0.0", PORT), none = {.family = 0};
    struct sock_sample by_fd = stage_probe(p->listener);
    struct sock_sample by_addr = stage_query(p->h, HOST_SERVER, &any, &none);

    assert_same(&by_fd, &by_addr);
    assert_int_equal(by_fd.state, TCP_STATE_LISTEN);
    assert_int_equal(by_fd.accept_queue, accept_queue);
    assert_int_equal(by_fd.backlog, backlog);
    assert_int_equal(by_fd.peer.family, 0);
    assert_int_equal(by_addr.peer.family, 0);
}

static void test_probe_handshake(void **state)
{
    struct pair p = {.h = *state};

    listen_on(&p, AF_INET, "0.0.0.0");
    assert_listener(&p, 0, 3);
    begin_connect(&p, "10.0.0.2", "10.0.0.1");

    struct sock_sample fd = stage_probe(p.sock);
    struct sock_sample syn = await_client(&p, TCP_STATE_SYN_SENT);
    assert_same(&fd, &syn);
    assert_int_equal(fd.peer.family, 0);
    assert_true(addr_equal(&syn.peer, &p.server));
    assert_int_equal(syn.send_buffer, 0);
    assert_true(syn.has_timer && !fd.has_timer);
    assert_int_equal(syn.timer, SOCK_TIMER_RETRANSMIT);
    assert_in_range(syn.timer_left_ms, 0, 1100);
    assert_int_equal(stage_query(p.h, HOST_SERVER, &p.server, &p.client).state,
        TCP_STATE_NONE);

    stage_carry(p.h, HOST_CLIENT); /* SYN */
    struct sock_sample embryo = await_server(&p, TCP_STATE_SYN_RECEIVED);
    assert_true(embryo.cookie != 0 && embryo.inode == 0);
    assert_false(embryo.has_mem);
    assert_int_equal(embryo.info_len, 0);
    assert_int_equal(embryo.timer, SOCK_TIMER_SYNACK);
    assert_listener(&p, 0, 3);

    stage_carry(p.h, HOST_SERVER); /* SYN-ACK */
    struct sock_sample client = await_client(&p, TCP_STATE_ESTABLISHED);
    assert_int_equal(client.cookie, syn.cookie);
    assert_int_equal(client.info.snd_mss, FULL_BYTES);
    await_server(&p, TCP_STATE_SYN_RECEIVED);
    assert_listener(&p, 0, 3);

    stage_carry(p.h, HOST_CLIENT); /* ACK */
    struct sock_sample waiting = await_server(&p, TCP_STATE_ESTABLISHED);
    assert_int_equal(waiting.inode, 0);
    assert_int_equal(waiting.cookie, embryo.cookie);
    assert_listener(&p, 1, 3);

    accept_it(&p);
    assert_listener(&p, 0, 3);
    fd = stage_probe(p.conn);
    struct sock_sample conn = await_server(&p, TCP_STATE_ESTABLISHED);
    assert_same(&fd, &conn);
    assert_int_equal(fd.cookie, embryo.cookie);
    assert_true(addr_equal(&fd.peer, &p.client));
    assert_true(addr_equal(&conn.peer, &p.client));
    assert_true(stage_is_quiet(p.h, 0));
    close(p.sock);
    close(p.conn);
    close(p.listener);
}

static void assert_buffers(
    const struct sock_sample *s, uint32_t send, uint32_t unsent, uint32_t recv)
{
    assert_int_equal(s->send_buffer, send);
    assert_int_equal(s->unsent, unsent);
    assert_int_equal(s->recv_buffer, recv);
}

static void test_probe_buffers(void **state)
{
    static const char data[20 * FULL_BYTES];
    struct pair p = connected(*state);

    /* 10 segments are the initial window. */
    assert_int_equal(send(p.sock, data, sizeof data, 0), sizeof data);
    struct sock_sample fd = stage_probe(p.sock);
    struct sock_sample s = await_client(&p, TCP_STATE_ESTABLISHED);
    assert_same(&fd, &s);
    assert_buffers(&s, 20 * FULL_BYTES, 10 * FULL_BYTES, 0);
    assert_int_equal(s.timer, SOCK_TIMER_RETRANSMIT);

    struct packet packet;
    stage_take(p.h, HOST_CLIENT, &packet);
    assert_int_equal(packet.len, 20 + 20 + 12 + FULL_BYTES);
    assert_int_equal(stage_probe(p.conn).recv_buffer, 0);
    stage_put(p.h, HOST_SERVER, &packet);
    await_recv_buffer(p.conn, FULL_BYTES);
    fd = stage_probe(p.conn);
    s = await_server(&p, TCP_STATE_ESTABLISHED);
    assert_same(&fd, &s);
    assert_int_equal(stage_probe(p.sock).send_buffer, 20 * FULL_BYTES);

    stage_carry(p.h, HOST_SERVER); /* quickack: at once, and of this one */
    await_send_buffer(p.sock, 19 * FULL_BYTES);
    s = await_client(&p, TCP_STATE_ESTABLISHED);
    assert_buffers(&s, 19 * FULL_BYTES, 8 * FULL_BYTES, 0);
    close(p.sock);
    close(p.conn);
    close(p.listener);
}

/* The FIN is neither in the send buffer, sent or not, nor in the receive
 * buffer, although the kernel counts it. */
static void test_probe_close_in_four(void **state)
{
    struct pair p = connected(*state);

    uint64_t cookie = stage_probe(p.sock).cookie;
    assert_int_equal(send(p.sock, "hello", 5, 0), 5);
    stage_carry(p.h, HOST_CLIENT);
    await_recv_buffer(p.conn, 5);
    stage_carry(p.h, HOST_SERVER);
    await_send_buffer(p.sock, 0);

    close(p.sock);
    struct sock_sample s = await_client(&p, TCP_STATE_FIN_WAIT_1);
    assert_int_equal(s.inode, 0);
    assert_buffers(&s, 0, 0, 0);
    stage_carry(p.h, HOST_CLIENT); /* FIN */
    s = await_server(&p, TCP_STATE_CLOSE_WAIT);
    struct sock_sample fd = stage_probe(p.conn);
    assert_same(&fd, &s);
    assert_buffers(&s, 0, 0, 5);
    stage_carry(p.h, HOST_SERVER); /* ACK */
    s = await_client(&p, TCP_STATE_FIN_WAIT_2);
    assert_int_equal(s.cookie, cookie);

    char buf[8];
    assert_int_equal(recv(p.conn, buf, sizeof buf, 0), 5);
    s = await_server(&p, TCP_STATE_CLOSE_WAIT);
    assert_buffers(&s, 0, 0, 0);
    assert_int_equal(shutdown(p.conn, SHUT_WR), 0);
    s = await_server(&p, TCP_STATE_LAST_ACK);
    fd = stage_probe(p.conn);
    assert_same(&fd, &s);
    assert_buffers(&s, 0, 0, 0);
    stage_carry(p.h, HOST_SERVER); /* FIN */
    s = await_client(&p, TCP_STATE_TIME_WAIT);
    assert_int_equal(s.cookie, cookie);
    assert_int_equal(s.timer, SOCK_TIMER_TIMEWAIT);
    assert_in_range(s.timer_left_ms, 50000, 62000);
    assert_false(s.has_mem);
    stage_carry(p.h, HOST_CLIENT); /* ACK */
    await_server(&p, TCP_STATE_NONE);
    s = stage_probe(p.conn);
    assert_int_equal(s.state, TCP_STATE_CLOSED);
    assert_buffers(&s, 0, 0, 0);
    close(p.conn);
    close(p.listener);
}

/* A FIN that waits behind unsent data, in the state of an orphan. */
static void test_probe_orphan_with_unsent_data(void **state)
{
    static const char data[15 * FULL_BYTES];
    struct pair p = connected(*state);

    assert_int_equal(send(p.sock, data, sizeof data, 0), sizeof data);
    assert_int_equal(shutdown(p.sock, SHUT_WR), 0);
    struct sock_sample fd = stage_probe(p.sock);
    struct sock_sample s = await_client(&p, TCP_STATE_FIN_WAIT_1);
    assert_same(&fd, &s);
    assert_buffers(&s, 15 * FULL_BYTES, 5 * FULL_BYTES, 0);
    close(p.sock);
    s = await_client(&p, TCP_STATE_FIN_WAIT_1);
    assert_int_equal(s.inode, 0);
    assert_buffers(&s, 15 * FULL_BYTES, 5 * FULL_BYTES, 0);
    close(p.conn);
    close(p.listener);
}

static void test_probe_leaves_the_error(void **state)
{
    struct pair p = {.h = *state};
    int error = 0;
    socklen_t len = sizeof error;

    begin_connect(&p, "10.0.0.2", "10.0.0.1");
    stage_carry(p.h, HOST_CLIENT); /* SYN */
    stage_carry(p.h, HOST_SERVER); /* RST */
    await_client(&p, TCP_STATE_NONE);
    for (int i = 0; i < 3; i++) {
        struct sock_sample s = stage_probe(p.sock);
        assert_int_equal(s.state, TCP_STATE_CLOSED);
        assert_buffers(&s, 0, 0, 0);
    }
    assert_int_equal(getsockopt(p.sock, SOL_SOCKET, SO_ERROR, &error, &len), 0);
    assert_int_equal(error, ECONNREFUSED);
    close(p.sock);
}

static void test_probe_refuses(void **state)
{
    struct sock_sample s;
    struct err e;
    int fds[2];

    (void)state;
    assert_int_equal(probe_fd(-1, &s, &e), -EBADF);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(probe_fd(fds[0], &s, &e), -ENOTSOCK);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(probe_fd(fds[0], &s, &e), -EPROTONOSUPPORT);
    close(fds[0]);
    close(fds[1]);
}

#define ON_STAGE(test)                                                         \
    cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_probe_fresh_and_bound),
        ON_STAGE(test_probe_handshake),
        ON_STAGE(test_probe_buffers),
        ON_STAGE(test_probe_close_in_four),
        ON_STAGE(test_probe_orphan_with_unsent_data),
        ON_STAGE(test_probe_leaves_the_error),
        cmocka_unit_test(test_probe_refuses),
    };

    if (stage_is_refused())
        return STAGE_SKIPPED;
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
