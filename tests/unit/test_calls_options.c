/* setsockopt, getsockopt, and what a socket believes of blocking: values both
 * ways, and their strace texts. */
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "calls_fixture.h"

static void set(struct fixture *f, struct call_socket *s, int level, int option,
    struct value *v)
{
    METHOD(f, s, "setsockopt", value_int(level), value_int(option), v);
}

static void get(struct fixture *f, struct call_socket *s, int level, int option)
{
    METHOD(f, s, "getsockopt", value_int(level), value_int(option));
}

static void test_numbers(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    set(f, s, SOL_SOCKET, SO_SNDBUF, value_int(4096));
    expect_repr(f, "None");
    expect_syscall(f, "setsockopt(3, SOL_SOCKET, SO_SNDBUF, [4096], 4) = 0");
    get(f, s, SOL_SOCKET, SO_SNDBUF);
    expect_repr(f, "8192");
    expect_syscall(f, "getsockopt(3, SOL_SOCKET, SO_SNDBUF, [8192], [4]) = 0");
    set(f, s, IPPROTO_TCP, TCP_NODELAY, value_bool(true));
    expect_syscall(f, "setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0");
    get(f, s, IPPROTO_TCP, TCP_NODELAY);
    expect_repr(f, "1");
    set(f, s, IPPROTO_IP, IP_TTL, value_int(5));
    expect_syscall(f, "setsockopt(3, SOL_IP, IP_TTL, [5], 4) = 0");
    s = fixture_socket(f, AF_INET6, SOCK_STREAM);
    set(f, s, IPPROTO_IPV6, IPV6_V6ONLY, value_int(1));
    expect_syscall(f, "setsockopt(4, SOL_IPV6, IPV6_V6ONLY, [1], 4) = 0");
}

static void test_unknown(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    set(f, s, SOL_SOCKET, 999, value_int(1));
    expect_raised(
        f, "OSError", ENOPROTOOPT, "[Errno 92] Protocol not available");
    expect_syscall(f,
        "setsockopt(3, SOL_SOCKET, 0x3e7 /* SO_??? */, [1], 4) = -1 "
        "ENOPROTOOPT (Protocol not available)");
    set(f, s, 77, 999, value_int(1));
    expect_syscall(f,
        "setsockopt(3, 0x4d /* SOL_?? */, 999, [1], 4) = -1 ENOPROTOOPT "
        "(Protocol not available)");
    get(f, s, SOL_SOCKET, 999);
    expect_syscall(f,
        "getsockopt(3, SOL_SOCKET, 0x3e7 /* SO_??? */, ..., [4]) = -1 "
        "ENOPROTOOPT (Protocol not available)");
}

static void test_linger(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);
    struct linger linger = {.l_onoff = 1, .l_linger = 7};
    struct value *pair[] = {value_int(1), value_int(0)};

    set(f, s, SOL_SOCKET, SO_LINGER, value_tuple(pair, 2));
    expect_repr(f, "None");
    expect_syscall(f,
        "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) "
        "= 0");
    set(f, s, SOL_SOCKET, SO_LINGER, value_bytes(&linger, sizeof linger));
    expect_syscall(f,
        "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=7}, 8) "
        "= 0");
    METHOD(f, s, "getsockopt", value_int(SOL_SOCKET), value_int(SO_LINGER),
        value_int(8));
    expect_syscall(f,
        "getsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=7}, [8]) "
        "= 0");
    expect_repr(f, "b'\\x01\\x00\\x00\\x00\\x07\\x00\\x00\\x00'");
    set(f, s, SOL_SOCKET, SO_LINGER, value_int(1));
    expect_raised(f, "OSError", EINVAL, "[Errno 22] Invalid argument");
}

static void test_bytes(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    set(f, s, IPPROTO_TCP, TCP_CONGESTION, fixture_bytes("reno"));
    expect_syscall(
        f, "setsockopt(3, SOL_TCP, TCP_CONGESTION, \"reno\", 4) = 0");
    METHOD(f, s, "getsockopt", value_int(IPPROTO_TCP),
        value_int(TCP_CONGESTION), value_int(16));
    size_t len;
    assert_memory_equal(value_data(f->call.result.value, &len), "reno", 5);
    assert_int_equal(len, 16);
    METHOD(f, s, "getsockopt", value_int(IPPROTO_TCP), value_int(TCP_INFO),
        value_int(1024));
    value_data(f->call.result.value, &len);
    assert_true(len > 0 && len < 1024);
    METHOD(f, s, "getsockopt", value_int(IPPROTO_TCP), value_int(TCP_INFO),
        value_int(1025));
    expect_raised(f, "OSError", 0, "getsockopt buflen out of range");
    expect_syscall(f, "%s", "");
}

/* SO_ERROR tells the error by its name, once. */
static void test_so_error(void **state)
{
    struct fixture *f = *state;
    struct call_socket *unused = fixture_socket(f, AF_INET, SOCK_STREAM);
    METHOD(f, unused, "bind", fixture_address("localhost", 0));
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    s->timeout_s = 0;
    METHOD(f, s, "connect", fixture_address("localhost", fixture_port(unused)));
    get(f, s, SOL_SOCKET, SO_ERROR);
    expect_repr(f, "111");
    expect_syscall(
        f, "getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0");
    get(f, s, SOL_SOCKET, SO_ERROR);
    expect_repr(f, "0");
    expect_syscall(f, "getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0");
}

static void test_blocking(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "gettimeout");
    expect_repr(f, "None");
    METHOD(f, s, "getblocking");
    expect_repr(f, "True");
    METHOD(f, s, "setblocking", value_bool(false));
    expect_repr(f, "None");
    expect_syscall(f, "ioctl(3, FIONBIO, [1]) = 0");
    METHOD(f, s, "getblocking");
    expect_repr(f, "False");
    expect_syscall(f, "%s", "");
    METHOD(f, s, "gettimeout");
    expect_repr(f, "0.0");
    METHOD(f, s, "setblocking", value_int(1));
    expect_syscall(f, "ioctl(3, FIONBIO, [0]) = 0");
    METHOD(f, s, "gettimeout");
    expect_repr(f, "None");
    METHOD(f, s, "settimeout", value_float(0.5));
    expect_syscall(f, "ioctl(3, FIONBIO, [1]) = 0");
    METHOD(f, s, "gettimeout");
    expect_repr(f, "0.5");
    METHOD(f, s, "getblocking");
    expect_repr(f, "True");
    METHOD(f, s, "settimeout", value_none());
    expect_syscall(f, "ioctl(3, FIONBIO, [0]) = 0");
    METHOD(f, s, "fileno");
    expect_repr(f, "3");
    METHOD(f, s, "close");
    METHOD(f, s, "setblocking", value_bool(true));
    expect_raised(f, "OSError", EBADF, "[Errno 9] Bad file descriptor");
    expect_syscall(
        f, "ioctl(-1, FIONBIO, [0]) = -1 EBADF (Bad file descriptor)");
}

static void timeout_raises(struct fixture *f, struct value *v,
    const char *exception, const char *message)
{
    struct call_socket *s = &f->sockets[0];

    METHOD(f, s, "settimeout", v);
    expect_raised(f, exception, 0, message);
    expect_syscall(f, "%s", "");
    assert_true(s->timeout_s < 0);
}

static void test_timeout_values(void **state)
{
    struct fixture *f = *state;

    fixture_socket(f, AF_INET, SOCK_STREAM);
    timeout_raises(
        f, value_int(-1), "ValueError", "Timeout value out of range");
    timeout_raises(
        f, value_float(NAN), "ValueError", "Invalid value NaN (not a number)");
    timeout_raises(f, value_float(INFINITY), "OverflowError",
        "timestamp too large to convert to C _PyTime_t");
    timeout_raises(f, fixture_text("2"), "TypeError",
        "'str' object cannot be interpreted as an integer");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_numbers),
        TEST(test_unknown),
        TEST(test_linger),
        TEST(test_bytes),
        TEST(test_so_error),
        TEST(test_blocking),
        TEST(test_timeout_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
