/* What the tests of the kernel layer share: private hosts whose packets the
 * test carries by hand, and waiting for facts with a deadline. */
#ifndef SOCKSTAGE_TESTS_KERNEL_STAGE_H
#define SOCKSTAGE_TESTS_KERNEL_STAGE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "sockstage/base/clock.h"
#include "sockstage/kernel/hosts.h"

#define STAGE_SKIPPED     77
#define STAGE_DEADLINE_MS 5000
#define STAGE_PACKET_MAX  65536

struct packet {
    size_t len;
    uint8_t data[STAGE_PACKET_MAX];
};

/* Opens private hosts for each test. */
static inline int stage_setup(void **state)
{
    struct hosts *h = NULL;
    struct err e;

    if (hosts_open(HOSTS_PRIVATE, &h, &e) < 0) {
        print_error("%s\n", e.msg);
        return -1;
    }
    *state = h;
    return 0;
}

static inline int stage_teardown(void **state)
{
    hosts_close(*state);
    return 0;
}

/* True, with the reason printed, where the machine has no private hosts. */
static inline bool stage_is_refused(void)
{
    struct err e;

    if (hosts_try_private(&e) == 0)
        return false;
    printf("skipped: %s\n", e.msg);
    return true;
}

static inline struct addr stage_addr(const char *ip, uint16_t port)
{
    struct addr a;

    assert_true(addr_parse(ip, port, &a));
    return a;
}

/* A non-blocking socket on that host. */
static inline int stage_socket(
    struct hosts *h, enum host host, int family, int type)
{
    struct err e;

    assert_int_equal(hosts_enter(h, host, &e), 0);
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    return fd;
}

static inline int stage_bind(int fd, const char *ip, uint16_t port)
{
    struct sockaddr_storage sa;
    struct addr a = stage_addr(ip, port);
    socklen_t len = addr_to_sockaddr(&a, &sa);

    return bind(fd, (struct sockaddr *)&sa, len) < 0 ? -errno : 0;
}

static inline int stage_connect(int fd, const char *ip, uint16_t port)
{
    struct sockaddr_storage sa;
    struct addr a = stage_addr(ip, port);
    socklen_t len = addr_to_sockaddr(&a, &sa);

    return connect(fd, (struct sockaddr *)&sa, len) < 0 ? -errno : 0;
}

/* The next packet that `host` sends. */
static inline void stage_take(struct hosts *h, enum host host, struct packet *p)
{
    struct pollfd pfd = {hosts_wire_fd(h, host), POLLIN, 0};
    uint8_t header[HOSTS_HEADER_MAX];
    size_t header_len = hosts_wire_header(h, header);
    const struct iovec parts[] = {
        {header, header_len}, {p->data, sizeof p->data}};

    assert_int_equal(poll(&pfd, 1, STAGE_DEADLINE_MS), 1);
    ssize_t n = readv(pfd.fd, parts, 2);
    assert_true(n > (ssize_t)header_len);
    p->len = (size_t)n - header_len;
}

static inline void stage_put(
    struct hosts *h, enum host host, const struct packet *p)
{
    uint8_t header[HOSTS_HEADER_MAX];
    size_t header_len = hosts_wire_header(h, header);
    const struct iovec parts[] = {
        {header, header_len}, {(void *)(uintptr_t)p->data, p->len}};

    if (header_len > 0 && p->data[0] >> 4 == 6)
        memcpy(header + header_len - 2, "\x86\xdd", 2);
    assert_int_equal(writev(hosts_wire_fd(h, host), parts, 2),
        (ssize_t)(header_len + p->len));
}

/* Carries one packet from `host` to the other. */
static inline void stage_carry(struct hosts *h, enum host host)
{
    struct packet p;

    stage_take(h, host, &p);
    stage_put(h, host_other(host), &p);
}

static inline bool stage_is_quiet(struct hosts *h, int for_ms)
{
    struct pollfd pfd[HOST_COUNT] = {
        {hosts_wire_fd(h, HOST_CLIENT), POLLIN, 0},
        {hosts_wire_fd(h, HOST_SERVER), POLLIN, 0},
    };

    return poll(pfd, HOST_COUNT, for_ms) == 0;
}

static inline struct sock_sample stage_query(struct hosts *h, enum host host,
    const struct addr *local, const struct addr *peer)
{
    struct sock_sample s;

    diag_query(hosts_diag(h, host), IPPROTO_TCP, local, peer, &s, NULL);
    return s;
}

/* Waits until that connection is in `state`; TCP_STATE_NONE: gone. */
static inline struct sock_sample stage_await(struct hosts *h, enum host host,
    const struct addr *local, const struct addr *peer, uint8_t state)
{
    uint64_t end = clock_now_ns() + STAGE_DEADLINE_MS * NS_PER_MS;
    struct sock_sample s = stage_query(h, host, local, peer);

    while (s.state != state && clock_now_ns() < end) {
        poll(NULL, 0, 1);
        s = stage_query(h, host, local, peer);
    }
    assert_int_equal(s.state, state);
    return s;
}

static inline struct sock_sample stage_probe(int fd)
{
    struct sock_sample s;
    struct err e;

    if (probe_fd(fd, &s, &e) < 0)
        fail_msg("%s", e.msg);
    return s;
}

#define PORT        8080
#define CLIENT_PORT 40000
#define FULL_BYTES  1000

/* One connection and its two ends. */
struct pair {
    struct hosts *h;
    struct addr server, client;
    int listener, conn, sock;
};

static inline void listen_on(struct pair *p, int family, const char *ip)
{
    p->listener = stage_socket(p->h, HOST_SERVER, family, SOCK_STREAM);
    assert_int_equal(stage_bind(p->listener, ip, PORT), 0);
    assert_int_equal(listen(p->listener, 3), 0);
}

/* Sends the SYN; it stays on the wire. */
static inline void begin_connect(
    struct pair *p, const char *client, const char *server)
{
    p->server = stage_addr(server, PORT);
    p->client = stage_addr(client, CLIENT_PORT);
    p->sock = stage_socket(p->h, HOST_CLIENT, p->client.family, SOCK_STREAM);
    assert_int_equal(stage_bind(p->sock, client, CLIENT_PORT), 0);
    assert_int_equal(stage_connect(p->sock, server, PORT), -EINPROGRESS);
}

static inline struct sock_sample await_server(struct pair *p, uint8_t state)
{
    return stage_await(p->h, HOST_SERVER, &p->server, &p->client, state);
}

static inline struct sock_sample await_client(struct pair *p, uint8_t state)
{
    return stage_await(p->h, HOST_CLIENT, &p->client, &p->server, state);
}

static inline void accept_it(struct pair *p)
{
    p->conn = accept4(p->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(p->conn >= 0);
}

static inline struct pair connected(struct hosts *h)
{
    struct pair p = {.h = h};

    listen_on(&p, AF_INET, "0.0.0.0");
    begin_connect(&p, "10.0.0.2", "10.0.0.1");
    stage_carry(h, HOST_CLIENT);
    stage_carry(h, HOST_SERVER);
    stage_carry(h, HOST_CLIENT);
    await_server(&p, TCP_STATE_ESTABLISHED);
    accept_it(&p);
    return p;
}

/* Waits until the descriptor shows that many bytes. */
static inline void await_recv_buffer(int fd, uint32_t bytes)
{
    uint64_t end = clock_now_ns() + STAGE_DEADLINE_MS * NS_PER_MS;

    while (stage_probe(fd).recv_buffer != bytes && clock_now_ns() < end)
        poll(NULL, 0, 1);
    assert_int_equal(stage_probe(fd).recv_buffer, bytes);
}

static inline void await_send_buffer(int fd, uint32_t bytes)
{
    uint64_t end = clock_now_ns() + STAGE_DEADLINE_MS * NS_PER_MS;

    while (stage_probe(fd).send_buffer != bytes && clock_now_ns() < end)
        poll(NULL, 0, 1);
    assert_int_equal(stage_probe(fd).send_buffer, bytes);
}

/* Whatever both probes know of one socket is the same. */
static inline void assert_same(
    const struct sock_sample *a, const struct sock_sample *b)
{
    assert_int_equal(a->cookie, b->cookie);
    assert_int_equal(a->proto, b->proto);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->family, b->family);
    assert_true(addr_equal(&a->local, &b->local));
    assert_int_equal(a->inode, b->inode);
    assert_int_equal(a->send_buffer, b->send_buffer);
    assert_int_equal(a->unsent, b->unsent);
    assert_int_equal(a->recv_buffer, b->recv_buffer);
    assert_int_equal(a->accept_queue, b->accept_queue);
    assert_int_equal(a->backlog, b->backlog);
    assert_int_equal(a->info_len, b->info_len);
    assert_true(a->has_mem && b->has_mem);
    assert_int_equal(a->sndbuf, b->sndbuf);
    assert_int_equal(a->rcvbuf, b->rcvbuf);
    assert_int_equal(a->mem.drops, b->mem.drops);
}

#endif
