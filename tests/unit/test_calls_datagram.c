/* sendto and recvfrom, and the other calls on datagram sockets: message
 * boundaries, empty and oversized messages, errors told once, addresses. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls_fixture.h"

#define DATAGRAM_MAX 65507 /* 65535 less the headers of IPv4 and UDP */

static struct call_socket *bound(struct fixture *f, int family)
{
    struct call_socket *s = fixture_socket(f, family, SOCK_DGRAM);

    METHOD(f, s, "bind", fixture_address("localhost", 0));
    return s;
}

static struct value *address_of(const struct call_socket *s)
{
    return fixture_address("localhost", fixture_port(s));
}

/* How many bytes the last recvfrom() has given. */
static size_t received(const struct fixture *f)
{
    size_t len;

    value_data(value_tuple_item(f->call.result.value, 0), &len);
    return len;
}

/* The textual form of both system calls and the pair that comes back. */
static void test_forms(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    struct call_socket *b = bound(f, AF_INET);
    char repr[64];

    METHOD(f, b, "sendto", fixture_bytes("hello"), address_of(a));
    expect_repr(f, "5");
    expect_syscall(f,
        "sendto(4, \"hello\", 5, 0, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 5",
        fixture_port(a));
    METHOD(f, a, "recvfrom", value_int(100));
    snprintf(
        repr, sizeof repr, "(b'hello', ('127.0.0.1', %d))", fixture_port(b));
    expect_repr(f, repr);
    expect_syscall(f,
        "recvfrom(3, \"hello\", 100, 0, {sa_family=AF_INET, "
        "sin_port=htons(%d), sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 5",
        fixture_port(b));
}

static void test_inet6(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET6);
    struct call_socket *b = bound(f, AF_INET6);
    char repr[64];

    METHOD(f, b, "sendto", fixture_bytes("hello"), address_of(a));
    METHOD(f, a, "recvfrom", value_int(100));
    snprintf(
        repr, sizeof repr, "(b'hello', ('::1', %d, 0, 0))", fixture_port(b));
    expect_repr(f, repr);
    expect_syscall(f,
        "recvfrom(3, \"hello\", 100, 0, {sa_family=AF_INET6, "
        "sin6_port=htons(%d), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "
        "\"::1\", &sin6_addr), sin6_scope_id=0}, [28]) = 5",
        fixture_port(b));
}

static void test_boundaries(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    struct call_socket *b = bound(f, AF_INET);

    METHOD(f, b, "sendto", fixture_bytes("one"), address_of(a));
    METHOD(f, b, "sendto", fixture_bytes("two"), address_of(a));
    METHOD(f, b, "sendto", fixture_bytes(""), address_of(a));
    expect_repr(f, "0");
    METHOD(f, b, "sendto", fixture_bytes("four"), address_of(a));
    METHOD(f, b, "sendto", fixture_bytes("five"), address_of(a));
    METHOD(f, a, "recv", value_int(100));
    expect_repr(f, "b'one'");
    METHOD(f, a, "recv", value_int(2)); /* the rest is gone */
    expect_repr(f, "b'tw'");
    METHOD(f, a, "recv", value_int(100));
    expect_repr(f, "b''");
    METHOD(f, a, "recv", value_int(2), value_int(MSG_PEEK | MSG_TRUNC));
    expect_repr(f, "b'fo'");
    expect_syscall(f, "recv(3, \"fo\", 2, MSG_PEEK|MSG_TRUNC) = 4");
    METHOD(f, a, "recvfrom", value_int(0)); /* takes it, unlike recv(0) */
    METHOD(f, a, "recv", value_int(100), value_int(MSG_WAITALL));
    expect_repr(f, "b'five'");
    METHOD(f, a, "recvfrom", value_int(100), value_int(MSG_DONTWAIT));
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    expect_syscall(f,
        "recvfrom(3, ..., 100, MSG_DONTWAIT, ..., [16]) = -1 EAGAIN "
        "(Resource temporarily unavailable)");
    METHOD(f, a, "recvfrom", value_int(-1));
    expect_raised(f, "ValueError", 0, "negative buffersize in recvfrom");
}

static void test_parked(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)fixture_port(a))};

    assert_true(fd >= 0);
    enum call_step step =
        fixture_try(f, CALL_ON_SOCKET, a, "recvfrom", value_int(100), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        sendto(fd, "", 0, 0, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fixture_wait(f, CALL_WAIT_READ), CALL_DONE);
    assert_int_equal(received(f), 0);
    close(fd);
}

static void test_time_out(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);

    a->timeout_s = 0.1;
    enum call_step step =
        fixture_try(f, CALL_ON_SOCKET, a, "recvfrom", value_int(100), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    call_time_out(&f->call);
    expect_raised(f, "TimeoutError", ETIMEDOUT, "timed out");
}

static void test_largest(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    struct call_socket *b = bound(f, AF_INET);

    METHOD(f, b, "sendto", fixture_many(DATAGRAM_MAX + 1), address_of(a));
    expect_raised(f, "OSError", EMSGSIZE, "[Errno 90] Message too long");
    METHOD(f, b, "sendto", fixture_many(DATAGRAM_MAX), address_of(a));
    expect_repr(f, "65507");
    METHOD(f, a, "recvfrom", value_int(DATAGRAM_MAX));
    assert_int_equal(received(f), DATAGRAM_MAX);
}

/* A closed port: the unconnected hears nothing, the connected once. */
static void test_refused(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    struct call_socket *b = fixture_socket(f, AF_INET, SOCK_DGRAM);
    int port = fixture_port(a);

    METHOD(f, a, "close");
    METHOD(
        f, b, "sendto", fixture_bytes("x"), fixture_address("localhost", port));
    METHOD(
        f, b, "sendto", fixture_bytes("x"), fixture_address("localhost", port));
    expect_repr(f, "1");
    METHOD(f, b, "connect", fixture_address("localhost", port));
    METHOD(f, b, "send", fixture_bytes("x"));
    fixture_await(b, POLLERR);
    METHOD(
        f, b, "sendto", fixture_bytes("x"), fixture_address("localhost", port));
    expect_raised(f, "ConnectionRefusedError", ECONNREFUSED,
        "[Errno 111] Connection refused");
    b->timeout_s = 0;
    METHOD(f, b, "recvfrom", value_int(1));
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
}

/* A connected socket hears its peer only, and another connect() changes it. */
static void test_connected(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    struct call_socket *b = bound(f, AF_INET);
    struct call_socket *c = bound(f, AF_INET);

    METHOD(f, a, "send", fixture_bytes("x"));
    expect_raised(
        f, "OSError", EDESTADDRREQ, "[Errno 89] Destination address required");
    METHOD(f, a, "connect", address_of(b));
    METHOD(f, c, "sendto", fixture_bytes("stranger"), address_of(a));
    METHOD(f, b, "sendto", fixture_bytes("peer"), address_of(a));
    METHOD(f, a, "recv", value_int(100));
    expect_repr(f, "b'peer'");
    METHOD(f, a, "connect", address_of(c));
    METHOD(f, a, "send", fixture_bytes("x"));
    METHOD(f, c, "recv", value_int(100));
    expect_repr(f, "b'x'");
}

static void test_not_for_datagrams(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);

    METHOD(f, a, "listen", value_int(1));
    expect_raised(
        f, "OSError", EOPNOTSUPP, "[Errno 95] Operation not supported");
    METHOD(f, a, "accept");
    expect_raised(
        f, "OSError", EOPNOTSUPP, "[Errno 95] Operation not supported");
    METHOD(f, a, "shutdown", value_int(SHUT_WR));
    expect_raised(f, "OSError", ENOTCONN,
        "[Errno 107] Transport endpoint is not connected");
}

/* As Python does it: TCP ignores the address and gives none. */
static void test_on_a_connection(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    METHOD(f, p.client, "sendto", fixture_bytes("hello"),
        fixture_address("localhost", 1));
    expect_repr(f, "5");
    METHOD(f, p.server, "recvfrom", value_int(100));
    expect_repr(f, "(b'hello', None)");
    expect_syscall(f, "recvfrom(5, \"hello\", 100, 0, ..., [16 => 0]) = 5");
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);
    METHOD(f, s, "sendto", fixture_bytes("hello"),
        fixture_address("localhost", 1));
    expect_raised(f, "BrokenPipeError", EPIPE, "[Errno 32] Broken pipe");
}

static int resolve_one(void *ctx, const char *host, int family, uint16_t port,
    struct addr *out, struct err *e)
{
    (void)ctx;
    (void)host;
    (void)e;
    return addr_parse(family == AF_INET6 ? "::1" : "127.0.0.1", port, out)
               ? 0
               : -EINVAL;
}

/* Where '' is one address, nothing is bound to all of them by itself. */
static void test_implicit_bind(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = bound(f, AF_INET);
    struct call_socket *b = fixture_socket(f, AF_INET, SOCK_DGRAM);
    struct call_socket *c = fixture_socket(f, AF_INET, SOCK_DGRAM);
    struct call_socket *ls = fixture_socket(f, AF_INET6, SOCK_STREAM);
    struct call_socket *sockets[] = {b, c, ls};

    f->env.resolve = resolve_one;
    METHOD(f, b, "sendto", fixture_bytes("x"), address_of(a));
    expect_repr(f, "1");
    METHOD(f, c, "send", fixture_bytes("x")); /* fails, but gets a port */
    METHOD(f, ls, "listen", value_int(1));
    expect_syscall(f, "listen(6, 1) = 0");
    for (size_t i = 0; i < 3; i++) {
        struct sockaddr_storage sa;
        socklen_t len = sizeof sa;

        getsockname(sockets[i]->fd, (struct sockaddr *)&sa, &len);
        struct addr own = addr_from_sockaddr(&sa);
        assert_true(own.port != 0);
        assert_false(addr_is_any(&own));
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_forms),
        TEST(test_inet6),
        TEST(test_boundaries),
        TEST(test_parked),
        TEST(test_time_out),
        TEST(test_largest),
        TEST(test_refused),
        TEST(test_connected),
        TEST(test_not_for_datagrams),
        TEST(test_on_a_connection),
        TEST(test_implicit_bind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
