/* socket, bind, listen, accept, connect, shutdown, close, names, fork, exit:
 * results, errors and strace texts on the loopback of the machine. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls_fixture.h"

static void test_socket(void **state)
{
    struct fixture *f = *state;

    fixture_try(f, CALL_ON_MODULE, NULL, "socket", NULL);
    expect_syscall(f, "socket(AF_INET, SOCK_STREAM, 0) = 3");
    assert_null(f->call.result.exception);
    struct call_socket *s = fixture_take(f);
    assert_int_equal(s->family, AF_INET);
    assert_int_equal(s->type, SOCK_STREAM);

    fixture_try(f, CALL_ON_MODULE, NULL, "socket", value_int(AF_INET6),
        value_int(SOCK_DGRAM), value_int(IPPROTO_UDP), NULL);
    expect_syscall(f, "socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP) = 4");
    s = fixture_take(f);
    assert_int_equal(s->family, AF_INET6);
    assert_int_equal(s->type, SOCK_DGRAM);

    fixture_try(f, CALL_ON_MODULE, NULL, "socket", value_int(AF_INET),
        value_int(SOCK_STREAM), value_int(IPPROTO_UDP), NULL);
    expect_raised(
        f, "OSError", EPROTONOSUPPORT, "[Errno 93] Protocol not supported");
    expect_syscall(f, "socket(AF_INET, SOCK_STREAM, IPPROTO_UDP) = -1 "
                      "EPROTONOSUPPORT (Protocol not supported)");
}

static void test_socket_stays_on_stage(void **state)
{
    struct fixture *f = *state;

    fixture_try(f, CALL_ON_MODULE, NULL, "socket", value_int(AF_UNIX), NULL);
    expect_raised(f, "OSError", EAFNOSUPPORT,
        "[Errno 97] not on this stage: use AF_INET or AF_INET6");
    expect_syscall(f, "%s", "");
    expect_described(f, "%s", "");
    fixture_try(f, CALL_ON_MODULE, NULL, "socket", value_int(AF_INET),
        value_int(SOCK_RAW), NULL);
    expect_raised(f, "OSError", ESOCKTNOSUPPORT,
        "[Errno 94] not on this stage: use SOCK_STREAM or SOCK_DGRAM");
}

static void test_bind_listen(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "bind", fixture_address("", 0));
    expect_repr(f, "None");
    expect_syscall(f, "bind(3, {sa_family=AF_INET, sin_port=htons(0), "
                      "sin_addr=inet_addr(\"0.0.0.0\")}, 16) = 0");
    METHOD(f, s, "bind", fixture_address("localhost", 0));
    expect_raised(f, "OSError", EINVAL, "[Errno 22] Invalid argument");
    METHOD(f, s, "listen", value_int(5));
    expect_repr(f, "None");
    expect_syscall(f, "listen(3, 5) = 0");
    METHOD(f, s, "listen");
    expect_syscall(f, "listen(3, 128) = 0");
    METHOD(f, s, "listen", value_int(-1));
    expect_syscall(f, "listen(3, 0) = 0");
}

static void test_bind_in_use(void **state)
{
    struct fixture *f = *state;
    int port;
    fixture_listener(f, AF_INET, &port);
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "bind", fixture_address("localhost", port));
    expect_raised(
        f, "OSError", EADDRINUSE, "[Errno 98] Address already in use");
    expect_syscall(f,
        "bind(4, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EADDRINUSE (Address "
        "already in use)",
        port);
}

static void test_connect_accept(void **state)
{
    struct fixture *f = *state;
    char repr[64];
    int port;
    struct call_socket *ls = fixture_listener(f, AF_INET, &port);
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "connect", fixture_address("127.0.0.1", port));
    expect_repr(f, "None");
    expect_syscall(f,
        "connect(4, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
        port);
    METHOD(f, ls, "accept");
    snprintf(repr, sizeof repr, "('127.0.0.1', %d)", fixture_port(s));
    expect_repr(f, repr);
    expect_syscall(f,
        "accept(3, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 5",
        fixture_port(s));
    struct call_socket *conn = fixture_take(f);
    assert_int_equal(conn->family, AF_INET);
    assert_int_equal(conn->type, SOCK_STREAM);

    METHOD(f, s, "connect", fixture_address("127.0.0.1", port));
    expect_raised(f, "OSError", EISCONN,
        "[Errno 106] Transport endpoint is already connected");
    METHOD(f, conn, "getpeername");
    expect_repr(f, repr);
    expect_syscall(f,
        "getpeername(5, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 0",
        fixture_port(s));
    METHOD(f, s, "getsockname");
    expect_repr(f, repr);
}

static void test_inet6(void **state)
{
    struct fixture *f = *state;
    char repr[64];
    int port;
    struct call_socket *ls = fixture_listener(f, AF_INET6, &port);
    struct call_socket *s = fixture_socket(f, AF_INET6, SOCK_STREAM);

    METHOD(f, s, "connect", fixture_address("::1", port));
    expect_syscall(f,
        "connect(4, {sa_family=AF_INET6, sin6_port=htons(%d), "
        "sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), "
        "sin6_scope_id=0}, 28) = 0",
        port);
    METHOD(f, ls, "accept");
    fixture_take(f);
    snprintf(repr, sizeof repr, "('::1', %d, 0, 0)", fixture_port(s));
    expect_repr(f, repr);
    METHOD(f, ls, "accept", value_int(1));
    expect_raised(
        f, "TypeError", 0, "socket.accept() takes no arguments (1 given)");

    struct value *items[] = {
        fixture_text("::1"), value_int(port), value_int(7), value_int(9)};
    METHOD(f, fixture_socket(f, AF_INET6, SOCK_STREAM), "bind",
        value_tuple(items, 4));
    expect_syscall(f,
        "bind(6, {sa_family=AF_INET6, sin6_port=htons(%d), "
        "sin6_flowinfo=htonl(7), inet_pton(AF_INET6, \"::1\", &sin6_addr), "
        "sin6_scope_id=9}, 28) = -1 EADDRINUSE (Address already in use)",
        port);
}

/* Refused at once on the loopback; the second connect() collects it. */
static void test_connect_refused(void **state)
{
    struct fixture *f = *state;
    struct call_socket *unused = fixture_socket(f, AF_INET, SOCK_STREAM);
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);
    METHOD(f, unused, "bind", fixture_address("localhost", 0));
    int port = fixture_port(unused);

    METHOD(f, s, "connect", fixture_address("localhost", port));
    expect_raised(f, "ConnectionRefusedError", ECONNREFUSED,
        "[Errno 111] Connection refused");
    expect_syscall(f,
        "connect(4, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED "
        "(Connection refused)",
        port);
}

static void test_connect_nonblocking(void **state)
{
    struct fixture *f = *state;
    int port;
    fixture_listener(f, AF_INET, &port);
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    s->timeout_s = 0;
    METHOD(f, s, "connect", fixture_address("localhost", port));
    expect_raised(f, "BlockingIOError", EINPROGRESS,
        "[Errno 115] Operation now in progress");
    expect_syscall(f,
        "connect(4, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EINPROGRESS "
        "(Operation now in progress)",
        port);
    fixture_await(s, POLLOUT);
    METHOD(f, s, "connect", fixture_address("localhost", port));
    expect_repr(f, "None");
}

/* A listener whose queue is full drops SYNs: the only connect() on the
 * loopback that stays under way. */
static struct call_socket *full_listener(struct fixture *f, int *port)
{
    struct call_socket *ls = fixture_listener(f, AF_INET, port);

    METHOD(f, ls, "listen", value_int(0));
    METHOD(f, fixture_socket(f, AF_INET, SOCK_STREAM), "connect",
        fixture_address("localhost", *port));
    return ls;
}

static void test_connect_parked(void **state)
{
    struct fixture *f = *state;
    int port;
    struct call_socket *ls = full_listener(f, &port);
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    enum call_step step = fixture_try(f, CALL_ON_SOCKET, s, "connect",
        fixture_address("localhost", port), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    /* A try for nothing changes nothing: EALREADY. */
    assert_int_equal(call_run(&f->call), CALL_WAIT_WRITE);
    expect_syscall(f, "%s", "");
    expect_described(f,
        "connect(5, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16)",
        port);

    /* Interrupted, it goes on in the kernel, and a new call finds it. */
    call_interrupt(&f->call);
    expect_raised(f, "KeyboardInterrupt", EINTR, "");
    expect_syscall(f,
        "connect(5, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EINTR (Interrupted "
        "system call)",
        port);
    s->timeout_s = 0;
    METHOD(f, s, "connect", fixture_address("localhost", port));
    expect_raised(f, "BlockingIOError", EALREADY,
        "[Errno 114] Operation already in progress");
    s->timeout_s = -1;
    assert_int_equal(accept(ls->fd, NULL, NULL) >= 0, 1);
    METHOD(f, s, "connect", fixture_address("localhost", port));
    expect_repr(f, "None");
}

static void test_connect_timeout(void **state)
{
    struct fixture *f = *state;
    int port;
    full_listener(f, &port);
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    s->timeout_s = 2;
    enum call_step step = fixture_try(f, CALL_ON_SOCKET, s, "connect",
        fixture_address("localhost", port), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    assert_int_equal(call_run(&f->call), CALL_WAIT_WRITE);
    call_time_out(&f->call);
    expect_raised(f, "TimeoutError", ETIMEDOUT, "timed out");
    expect_syscall(f,
        "connect(5, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EINPROGRESS "
        "(Operation now in progress)",
        port);
}

static void test_accept_parked(void **state)
{
    struct fixture *f = *state;
    struct call_socket other = {
        .family = AF_INET, .type = SOCK_STREAM, .timeout_s = -1};
    int port;
    struct call_socket *ls = fixture_listener(f, AF_INET, &port);

    enum call_step step = fixture_try(f, CALL_ON_SOCKET, ls, "accept", NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    expect_described(f, "accept(3, ..., [16])");
    other.fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in in = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(other.fd, (struct sockaddr *)&in, sizeof in), 0);
    fixture_done(f, step);
    fixture_take(f);
    expect_syscall(f,
        "accept(3, {sa_family=AF_INET, sin_port=htons(%d), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 4",
        fixture_port(&other));
    close(other.fd);
}

static void test_accept_fails(void **state)
{
    struct fixture *f = *state;
    int port;
    struct call_socket *ls = fixture_listener(f, AF_INET6, &port);
    struct call_socket *fresh = fixture_socket(f, AF_INET, SOCK_STREAM);

    ls->timeout_s = 0;
    METHOD(f, ls, "accept");
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    expect_syscall(f, "accept(3, ..., [28]) = -1 EAGAIN (Resource temporarily "
                      "unavailable)");
    METHOD(f, fresh, "accept");
    expect_raised(f, "OSError", EINVAL, "[Errno 22] Invalid argument");
    ls->timeout_s = 1;
    assert_int_equal(
        fixture_try(f, CALL_ON_SOCKET, ls, "accept", NULL), CALL_WAIT_READ);
    call_time_out(&f->call);
    expect_raised(f, "TimeoutError", ETIMEDOUT, "timed out");
}

static void test_shutdown(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);
    struct call_socket *fresh = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, p.client, "shutdown", value_int(SHUT_WR));
    expect_repr(f, "None");
    expect_syscall(f, "shutdown(4, SHUT_WR) = 0");
    METHOD(f, p.server, "recv", value_int(10));
    expect_repr(f, "b''");
    METHOD(f, p.client, "send", fixture_bytes("hello"));
    expect_raised(f, "BrokenPipeError", EPIPE, "[Errno 32] Broken pipe");
    METHOD(f, fresh, "shutdown", value_int(SHUT_RDWR));
    expect_raised(f, "OSError", ENOTCONN,
        "[Errno 107] Transport endpoint is not connected");
    expect_syscall(f,
        "shutdown(6, SHUT_RDWR) = -1 ENOTCONN (Transport endpoint is not "
        "connected)");
    METHOD(f, fresh, "shutdown", value_int(7));
    expect_syscall(
        f, "shutdown(6, 0x7 /* SHUT_??? */) = -1 EINVAL (Invalid argument)");
}

static void test_close(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    METHOD(f, p.client, "close");
    expect_repr(f, "None");
    expect_syscall(f, "close(4) = 0");
    assert_int_equal(p.client->fd, -1);
    assert_int_equal(p.client->shown_fd, -1);
    METHOD(f, p.server, "recv", value_int(10));
    expect_repr(f, "b''");

    METHOD(f, p.client, "close");
    expect_repr(f, "None");
    expect_syscall(f, "%s", "");
    METHOD(f, p.client, "fileno");
    expect_repr(f, "-1");
    METHOD(f, p.client, "send", fixture_bytes("x"));
    expect_raised(f, "OSError", EBADF, "[Errno 9] Bad file descriptor");
    expect_syscall(f, "send(-1, \"x\", 1, 0) = -1 EBADF (Bad file descriptor)");
    METHOD(f, p.client, "accept");
    expect_syscall(f, "accept(-1, ..., [16]) = -1 EBADF (Bad file descriptor)");
    p.client->timeout_s = 1;
    METHOD(f, p.client, "recv", value_int(1));
    expect_syscall(f, "recv(-1, ..., 1, 0) = -1 EBADF (Bad file descriptor)");
}

static void test_names_fail(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "getsockname");
    expect_repr(f, "('0.0.0.0', 0)");
    METHOD(f, s, "getpeername");
    expect_raised(f, "OSError", ENOTCONN,
        "[Errno 107] Transport endpoint is not connected");
    expect_syscall(f,
        "getpeername(3, ..., [16]) = -1 ENOTCONN (Transport endpoint is "
        "not connected)");
}

static void test_udp(void **state)
{
    struct fixture *f = *state;
    struct call_socket *a = fixture_socket(f, AF_INET, SOCK_DGRAM);
    struct call_socket *b = fixture_socket(f, AF_INET, SOCK_DGRAM);

    METHOD(f, a, "bind", fixture_address("localhost", 0));
    METHOD(f, b, "connect", fixture_address("localhost", fixture_port(a)));
    expect_repr(f, "None");
    METHOD(f, b, "send", fixture_bytes("hello"));
    expect_repr(f, "5");
    METHOD(f, b, "send", fixture_bytes(""));
    expect_repr(f, "0");
    METHOD(f, a, "recv", value_int(3));
    expect_repr(f, "b'hel'");
    METHOD(f, a, "recv", value_int(100));
    expect_repr(f, "b''");
    METHOD(f, b, "send", fixture_bytes("hello"));
    METHOD(f, a, "recv", value_int(2), value_int(MSG_TRUNC));
    expect_repr(f, "b'he'");
    expect_syscall(f, "recv(3, \"he\", 2, MSG_TRUNC) = 5");
    METHOD(f, a, "close");
    METHOD(f, b, "send", fixture_bytes("hello"));
    METHOD(f, b, "recv", value_int(100));
    expect_raised(f, "ConnectionRefusedError", ECONNREFUSED,
        "[Errno 111] Connection refused");
}

static void test_fork_exit(void **state)
{
    struct fixture *f = *state;

    fixture_try(f, CALL_ON_MODULE, NULL, "fork", NULL);
    expect_raised(f, "TypeError", 0,
        "fork() needs a name for the new process: w = fork()");
    f->call.target = "w";
    f->call.result.exception = NULL;
    assert_int_equal(call_run(&f->call), CALL_DONE);
    expect_repr(f, "'w'");
    expect_syscall(f, "fork() = w");
    assert_string_equal(f->forked, "w");

    fixture_try(f, CALL_ON_MODULE, NULL, "exit", NULL);
    expect_repr(f, "None");
    expect_syscall(f, "exit(0) = ?");
    assert_int_equal(f->exits, 1);
}

static void test_fork_refused(void **state)
{
    struct fixture *f = *state;

    strcpy(f->forked, "w");
    fixture_try(f, CALL_ON_MODULE, NULL, "fork", NULL);
    f->call.target = "w";
    call_run(&f->call);
    expect_raised(f, "BlockingIOError", EAGAIN, "one child is enough");
    expect_syscall(f, "%s", "");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_socket),
        TEST(test_socket_stays_on_stage),
        TEST(test_bind_listen),
        TEST(test_bind_in_use),
        TEST(test_connect_accept),
        TEST(test_inet6),
        TEST(test_connect_refused),
        TEST(test_connect_nonblocking),
        TEST(test_connect_parked),
        TEST(test_connect_timeout),
        TEST(test_accept_parked),
        TEST(test_accept_fails),
        TEST(test_shutdown),
        TEST(test_close),
        TEST(test_names_fail),
        TEST(test_udp),
        TEST(test_fork_exit),
        TEST(test_fork_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
