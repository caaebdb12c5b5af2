/* The tables (calls, constants, exceptions) and the arguments that a call
 * refuses, in CPython's words and before any system call. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "calls_fixture.h"

static void test_rows(void **state)
{
    (void)state;
    const struct call_def *def;
    size_t count = 0;

    for (; (def = call_at(count)) != NULL; count++) {
        assert_ptr_equal(call_find(def->on, def->name), def);
        assert_non_null(def->run);
        assert_non_null(def->describe);
        assert_true(strlen(def->help) > 20);
        assert_non_null(def->man);
        for (size_t i = 0; i < CALL_ARGS_MAX && def->args[i].name; i++)
            assert_non_null(def->args[i].suggestion);
        assert_int_equal(def->closes, strcmp(def->name, "close") == 0);
    }
    assert_int_equal(count, 25);
    assert_non_null(call_find(CALL_ON_OS, "read"));
    assert_null(call_find(CALL_ON_SOCKET, "read"));
    assert_null(call_find(CALL_ON_MODULE, "connect"));
    assert_null(call_find(CALL_ON_SOCKET, "lisen"));
}

static void test_constants(void **state)
{
    (void)state;
    int64_t value = -1;
    const char *name;

    assert_true(call_constant("AF_INET6", &value));
    assert_int_equal(value, AF_INET6);
    assert_true(call_constant("SHUT_WR", &value));
    assert_int_equal(value, SHUT_WR);
    assert_true(call_constant("INADDR_BROADCAST", &value));
    assert_int_equal(value, 4294967295);
    assert_true(call_constant("TCP_NODELAY", &value));
    assert_int_equal(value, TCP_NODELAY);
    assert_false(call_constant("SO_WHAT", &value));
    for (size_t i = 0; (name = call_constant_at(i)) != NULL; i++)
        assert_true(call_constant(name, &value));
}

static void test_exceptions(void **state)
{
    (void)state;
    assert_string_equal(call_exception(EAGAIN), "BlockingIOError");
    assert_string_equal(call_exception(EINPROGRESS), "BlockingIOError");
    assert_string_equal(call_exception(ECONNREFUSED), "ConnectionRefusedError");
    assert_string_equal(call_exception(ETIMEDOUT), "TimeoutError");
    assert_string_equal(call_exception(EACCES), "PermissionError");
    assert_string_equal(call_exception(ENOTCONN), "OSError");
}

/* The last call raised, and made no system call. */
static void refused(
    struct fixture *f, const char *exception, const char *message)
{
    expect_raised(f, exception, 0, message);
    expect_syscall(f, "%s", "");
    assert_int_equal(f->call.tries, 0);
}

static void test_count(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "connect", fixture_text("server"), value_int(8080));
    refused(f, "TypeError",
        "socket.connect() takes exactly one argument (2 given)");
    METHOD(f, s, "connect");
    refused(f, "TypeError",
        "socket.connect() takes exactly one argument (0 given)");
    METHOD(f, s, "fileno", value_int(1));
    refused(f, "TypeError", "socket.fileno() takes no arguments (1 given)");
    METHOD(f, s, "recv");
    refused(f, "TypeError", "recv() takes at least 1 argument (0 given)");
    METHOD(f, s, "recv", value_int(1), value_int(2), value_int(3));
    refused(f, "TypeError", "recv() takes at most 2 arguments (3 given)");
    METHOD(f, s, "setsockopt", value_int(1), value_int(2));
    refused(f, "TypeError", "setsockopt() takes exactly 3 arguments (2 given)");
    METHOD(f, s, "sendto", fixture_bytes("x"));
    refused(f, "TypeError", "sendto() takes exactly 2 arguments (1 given)");
    METHOD(f, s, "getsockopt", value_int(1), value_int(2), value_int(3),
        value_int(4));
    refused(f, "TypeError", "getsockopt() takes at most 3 arguments (4 given)");
}

static void test_types(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "send", fixture_text("hello"));
    refused(f, "TypeError", "a bytes-like object is required, not 'str'");
    METHOD(f, s, "setsockopt", value_int(1), value_int(2), value_none());
    refused(f, "TypeError", "a bytes-like object is required, not 'NoneType'");
    METHOD(f, s, "recv", fixture_text("1000"));
    refused(f, "TypeError", "'str' object cannot be interpreted as an integer");
    METHOD(f, s, "recv", value_float(1.5));
    refused(
        f, "TypeError", "'float' object cannot be interpreted as an integer");
    METHOD(f, s, "listen", value_int(INT64_C(1) << 40));
    refused(f, "OverflowError", "signed integer is greater than maximum");
    METHOD(f, s, "listen", value_int(-(INT64_C(1) << 40)));
    refused(f, "OverflowError", "signed integer is less than minimum");
    fixture_try(f, CALL_ON_MODULE, NULL, "socket", fixture_text("inet"), NULL);
    refused(f, "TypeError", "'str' object cannot be interpreted as an integer");
}

static void test_addresses(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);
    struct call_socket *s6 = fixture_socket(f, AF_INET6, SOCK_STREAM);
    struct value *host[] = {fixture_text("localhost")};
    struct value *port_text[] = {fixture_text("localhost"), fixture_text("80")};
    struct value *nul[] = {value_str("a\0b", 3), value_int(80)};
    struct value *flow[] = {
        fixture_text("::1"), value_int(0), value_int(1 << 20)};
    struct value *number[] = {value_int(1), value_int(80)};

    METHOD(f, s, "connect", fixture_text("localhost"));
    refused(
        f, "TypeError", "connect(): AF_INET address must be tuple, not str");
    METHOD(f, s, "sendto", fixture_bytes("x"), fixture_text("localhost"));
    refused(f, "TypeError", "sendto(): AF_INET address must be tuple, not str");
    METHOD(f, s6, "bind", value_int(8080));
    refused(f, "TypeError", "bind(): AF_INET6 address must be tuple, not int");
    METHOD(f, s, "connect", value_tuple(host, 1));
    refused(f, "TypeError", "AF_INET address must be a pair (host, port)");
    METHOD(f, s, "connect", value_tuple(port_text, 2));
    refused(f, "TypeError", "'str' object cannot be interpreted as an integer");
    METHOD(f, s, "connect", value_tuple(number, 2));
    refused(f, "TypeError", "str, bytes or bytearray expected, not int");
    METHOD(f, s, "connect", value_tuple(nul, 2));
    refused(f, "TypeError", "host name must not contain null character");
    METHOD(f, s, "connect", fixture_address("localhost", 65536));
    refused(f, "OverflowError", "connect(): port must be 0-65535.");
    METHOD(f, s, "bind", fixture_address("localhost", -1));
    refused(f, "OverflowError", "bind(): port must be 0-65535.");
    METHOD(f, s6, "bind", value_tuple(flow, 3));
    refused(f, "OverflowError", "bind(): flowinfo must be 0-1048575.");
}

static void test_names(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);
    struct value *bytes[] = {fixture_bytes("127.0.0.1"), value_int(0)};

    METHOD(f, s, "connect", fixture_address("nosuch", 80));
    refused(f, "gaierror", "no host nosuch; there is localhost");
    METHOD(f, s, "connect", fixture_address("forbidden", 80));
    expect_raised(
        f, "PermissionError", EACCES, "forbidden is not on this wire");
    expect_syscall(f, "%s", "");
    METHOD(f, s, "bind", value_tuple(bytes, 2));
    expect_repr(f, "None");
}

/* The stage asks for the text before it makes the first try. */
static void test_describe_first(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    fixture_begin(f, CALL_ON_SOCKET, s, "connect",
        fixture_address("localhost", 8080), NULL);
    expect_described(f, "connect(3, {sa_family=AF_INET, sin_port=htons(8080), "
                        "sin_addr=inet_addr(\"127.0.0.1\")}, 16)");
    fixture_begin(
        f, CALL_ON_SOCKET, s, "connect", fixture_address("nosuch", 8080), NULL);
    expect_described(f, "%s", "");
    assert_null(f->call.result.exception);
    fixture_begin(f, CALL_ON_SOCKET, s, "send", fixture_text("hello"), NULL);
    expect_described(f, "%s", "");
    fixture_begin(f, CALL_ON_SOCKET, s, "getsockopt", value_int(SOL_SOCKET),
        value_int(SO_ERROR), NULL);
    expect_described(f, "getsockopt(3, SOL_SOCKET, SO_ERROR, ..., [4])");
    fixture_begin(f, CALL_ON_SOCKET, s, "recv", value_int(0), NULL);
    expect_described(f, "%s", "");
    fixture_begin(f, CALL_ON_SOCKET, s, "recvfrom", value_int(0), NULL);
    expect_described(f, "recvfrom(3, ..., 0, 0, ..., [16])");
    fixture_begin(f, CALL_ON_SOCKET, s, "sendto", fixture_bytes("hello"),
        fixture_address("localhost", 80), NULL);
    expect_described(f,
        "sendto(3, \"hello\", 5, 0, {sa_family=AF_INET, sin_port=htons(80), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, 16)");
    fixture_begin(f, CALL_ON_SOCKET, s, "gettimeout", NULL);
    expect_described(f, "%s", "");
    fixture_begin(f, CALL_ON_MODULE, NULL, "exit", value_int(1), NULL);
    expect_described(f, "exit(1)");
    fixture_begin(
        f, CALL_ON_OS, NULL, "read", value_int(3), value_int(10), NULL);
    expect_described(f, "read(3, ..., 10)");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rows),
        TEST(test_constants),
        TEST(test_exceptions),
        TEST(test_count),
        TEST(test_types),
        TEST(test_addresses),
        TEST(test_names),
        TEST(test_describe_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
