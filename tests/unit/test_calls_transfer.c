/* send, sendall, recv, os.read, os.write: blocking, non-blocking and with a
 * timeout, whole and in parts, and what the kernel says after the peer is
 * gone. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls_fixture.h"

#define X32  "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"..."
#define BULK 1000000 /* more than the small buffers of small_pair() hold */

/* Both buffers are set, so that neither grows; large enough for the loopback's
 * segments of 64 KiB, or the persist timer would set the pace. */
static struct pair small_pair(struct fixture *f)
{
    struct pair p = fixture_pair(f, AF_INET);
    int size = 65536;
    int rc =
        setsockopt(p.client->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);

    assert_int_equal(rc, 0);
    rc = setsockopt(p.server->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    assert_int_equal(rc, 0);
    return p;
}

/* Reads what is there; returns how much. */
static size_t drain(const struct call_socket *s)
{
    char buffer[65536];
    size_t total = 0;
    ssize_t n;

    while ((n = recv(s->fd, buffer, sizeof buffer, 0)) > 0)
        total += (size_t)n;
    return total;
}

/* An RST to the peer, with nothing unread left there to hide it. */
static void reset(struct call_socket *s)
{
    struct linger linger = {.l_onoff = 1};

    assert_int_equal(
        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    close(s->fd);
    s->fd = s->shown_fd = -1;
}

static void test_send_recv(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    METHOD(f, p.client, "send", fixture_bytes("hello"));
    expect_repr(f, "5");
    expect_syscall(f, "send(4, \"hello\", 5, 0) = 5");
    METHOD(f, p.server, "recv", value_int(4096), value_int(MSG_PEEK));
    expect_repr(f, "b'hello'");
    expect_syscall(f, "recv(5, \"hello\", 4096, MSG_PEEK) = 5");
    METHOD(f, p.server, "recv", value_int(3));
    expect_repr(f, "b'hel'");
    expect_syscall(f, "recv(5, \"hel\", 3, 0) = 3");
    METHOD(f, p.server, "recv", value_int(4096));
    expect_repr(f, "b'lo'");
    METHOD(f, p.client, "send", fixture_many(1000));
    expect_syscall(f, "send(4, " X32 ", 1000, 0) = 1000");
    METHOD(f, p.server, "recv", value_int(1000));
    expect_syscall(f, "recv(5, " X32 ", 1000, 0) = 1000");
    METHOD(f, p.client, "send", value_bytes("\0\n\"\xea", 4),
        value_int(MSG_OOB | MSG_DONTWAIT));
    expect_syscall(
        f, "send(4, \"\\x00\\n\\\"\\xea\", 4, MSG_OOB|MSG_DONTWAIT) = 4");
    METHOD(f, p.client, "send", fixture_bytes(""));
    expect_repr(f, "0");
}

static void test_recv_nothing(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    METHOD(f, p.server, "recv", value_int(0));
    expect_repr(f, "b''");
    expect_syscall(f, "%s", "");
    METHOD(f, p.server, "recv", value_int(-1));
    expect_raised(f, "ValueError", 0, "negative buffersize in recv");
    p.server->timeout_s = 0;
    METHOD(f, p.server, "recv", value_int(1000));
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    expect_syscall(f, "recv(5, ..., 1000, 0) = -1 EAGAIN (Resource temporarily "
                      "unavailable)");
    p.server->timeout_s = -1;
    METHOD(f, p.server, "recv", value_int(1), value_int(MSG_DONTWAIT));
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    METHOD(f, p.server, "recv", value_int(INT32_MAX),
        value_int(MSG_DONTWAIT | 0x200000));
    expect_syscall(f,
        "recv(5, ..., 2147483647, MSG_DONTWAIT|0x200000) = -1 EAGAIN "
        "(Resource temporarily unavailable)");
}

static void test_recv_parked(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    enum call_step step =
        fixture_try(f, CALL_ON_SOCKET, p.server, "recv", value_int(1000), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    expect_described(f, "recv(5, ..., 1000, 0)");
    expect_syscall(f, "%s", "");
    assert_int_equal(send(p.client->fd, "abc", 3, 0), 3);
    fixture_done(f, step);
    expect_repr(f, "b'abc'");
    expect_syscall(f, "recv(5, \"abc\", 1000, 0) = 3");
    assert_int_equal(f->call.tries, 2);

    fixture_try(f, CALL_ON_SOCKET, p.server, "recv", value_int(1), NULL);
    call_interrupt(&f->call);
    expect_raised(f, "KeyboardInterrupt", EINTR, "");
    expect_syscall(
        f, "recv(5, ..., 1, 0) = -1 EINTR (Interrupted system call)");

    p.server->timeout_s = 0.5;
    step = fixture_try(f, CALL_ON_SOCKET, p.server, "recv", value_int(1), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    call_time_out(&f->call);
    expect_raised(f, "TimeoutError", ETIMEDOUT, "timed out");
    expect_syscall(f, "recv(5, ..., 1, 0) = -1 EAGAIN (Resource temporarily "
                      "unavailable)");
}

static void test_recv_waitall(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    assert_int_equal(send(p.client->fd, "abc", 3, 0), 3);
    fixture_await(p.server, POLLIN);
    enum call_step step = fixture_try(f, CALL_ON_SOCKET, p.server, "recv",
        value_int(5), value_int(MSG_WAITALL), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    assert_int_equal(send(p.client->fd, "defg", 4, 0), 4);
    fixture_done(f, step);
    expect_repr(f, "b'abcde'");
    expect_syscall(f, "recv(5, \"abcde\", 5, MSG_WAITALL) = 5");

    /* The end of the stream ends the wait. */
    shutdown(p.client->fd, SHUT_WR);
    METHOD(f, p.server, "recv", value_int(5), value_int(MSG_WAITALL));
    expect_repr(f, "b'fg'");
}

/* The error stays for the next call, as after a blocking recv(). */
static void test_recv_waitall_reset(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    assert_int_equal(send(p.client->fd, "abc", 3, 0), 3);
    fixture_await(p.server, POLLIN);
    enum call_step step = fixture_try(f, CALL_ON_SOCKET, p.server, "recv",
        value_int(5), value_int(MSG_WAITALL), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    reset(p.client);
    fixture_await(p.server, POLLERR);
    fixture_done(f, step);
    expect_repr(f, "b'abc'");
    METHOD(f, p.server, "recv", value_int(5));
    expect_raised(f, "ConnectionResetError", ECONNRESET,
        "[Errno 104] Connection reset by peer");
    METHOD(f, p.server, "recv", value_int(5));
    expect_repr(f, "b''");
}

static void test_send_blocking(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);
    size_t received = 0;

    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "send", fixture_many(BULK), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    assert_true(f->call.done > 0 && f->call.done < BULK);
    expect_described(f, "send(4, " X32 ", %d, 0)", BULK);
    while (step != CALL_DONE) {
        fixture_await(p.server, POLLIN);
        received += drain(p.server);
        step = call_run(&f->call);
    }
    expect_repr(f, "1000000");
    expect_syscall(f, "send(4, " X32 ", %d, 0) = %d", BULK, BULK);
    assert_true(received <= BULK);
}

static void test_send_interrupted(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    fixture_try(f, CALL_ON_SOCKET, p.client, "send", fixture_many(BULK), NULL);
    size_t done = f->call.done;
    call_interrupt(&f->call);
    expect_raised(f, "KeyboardInterrupt", EINTR, "");
    expect_syscall(f, "send(4, " X32 ", %d, 0) = %zu", BULK, done);
    assert_int_equal(fixture_try(f, CALL_ON_SOCKET, p.client, "sendall",
                         fixture_bytes("x"), NULL),
        CALL_WAIT_WRITE);
    call_interrupt(&f->call);
    expect_syscall(
        f, "send(4, \"x\", 1, 0) = -1 EINTR (Interrupted system call)");
}

static void test_send_nonblocking(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    p.client->timeout_s = 0;
    METHOD(f, p.client, "send", fixture_many(BULK));
    size_t done = f->call.done;
    assert_true(done > 0 && done < BULK);
    assert_int_equal(value_as_int(f->call.result.value), done);
    expect_syscall(f, "send(4, " X32 ", %d, 0) = %zu", BULK, done);
    /* The peer's buffer may still take some of it; then nothing fits. */
    do {
        METHOD(f, p.client, "send", fixture_many(BULK));
    } while (!f->call.result.exception);
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    expect_syscall(f,
        "send(4, " X32 ", %d, 0) = -1 EAGAIN (Resource temporarily "
        "unavailable)",
        BULK);
}

/* Python polls first, and sends once: a part is an answer. */
static void test_send_timeout(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    p.client->timeout_s = 1;
    METHOD(f, p.client, "send", fixture_many(BULK));
    assert_true(f->call.done > 0 && f->call.done < BULK);
    enum call_step step;
    do {
        step = fixture_try(
            f, CALL_ON_SOCKET, p.client, "send", fixture_bytes("x"), NULL);
    } while (step == CALL_DONE);
    assert_int_equal(step, CALL_WAIT_WRITE);
    call_time_out(&f->call);
    expect_raised(f, "TimeoutError", ETIMEDOUT, "timed out");
    expect_syscall(f, "send(4, \"x\", 1, 0) = -1 EAGAIN (Resource temporarily "
                      "unavailable)");
}

/* "Writable" takes a third of the buffer free, so Python waits with a timeout
 * where a send() would still find some room. */
static void test_send_polls_first(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);
    struct pollfd writable = {.fd = p.client->fd, .events = POLLOUT};
    char data[1000] = {0};

    /* 100 ms outlast a delayed ACK that would free some more. */
    while (poll(&writable, 1, 100) == 1)
        assert_true(send(p.client->fd, data, sizeof data, 0) > 0);
    p.client->timeout_s = 1;
    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "send", fixture_bytes("x"), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    p.client->timeout_s = 0;
    METHOD(f, p.client, "send", fixture_bytes("x"));
    expect_repr(f, "1");
}

/* The kernel gives the part and keeps the error for the next call. */
static void test_send_reset(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "send", fixture_many(BULK), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    size_t done = f->call.done;
    reset(p.server);
    fixture_await(p.client, POLLERR);
    fixture_done(f, step);
    expect_syscall(f, "send(4, " X32 ", %d, 0) = %zu", BULK, done);
    assert_null(f->call.result.exception);
    METHOD(f, p.client, "send", fixture_bytes("x"));
    expect_raised(f, "ConnectionResetError", ECONNRESET,
        "[Errno 104] Connection reset by peer");
    METHOD(f, p.client, "send", fixture_bytes("x"));
    expect_raised(f, "BrokenPipeError", EPIPE, "[Errno 32] Broken pipe");
    METHOD(f, p.client, "recv", value_int(10));
    expect_repr(f, "b''");
}

static void test_not_connected(void **state)
{
    struct fixture *f = *state;
    struct call_socket *s = fixture_socket(f, AF_INET, SOCK_STREAM);

    METHOD(f, s, "send", fixture_bytes("hi"));
    expect_raised(f, "BrokenPipeError", EPIPE, "[Errno 32] Broken pipe");
    expect_syscall(f, "send(3, \"hi\", 2, 0) = -1 EPIPE (Broken pipe)");
    METHOD(f, s, "recv", value_int(10));
    expect_raised(f, "OSError", ENOTCONN,
        "[Errno 107] Transport endpoint is not connected");
    s->timeout_s = 2;
    METHOD(f, s, "recv", value_int(10));
    expect_raised(f, "OSError", ENOTCONN,
        "[Errno 107] Transport endpoint is not connected");
}

static void test_sendall(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    METHOD(f, p.client, "sendall", fixture_bytes(""));
    expect_repr(f, "None");
    expect_syscall(f, "send(4, \"\", 0, 0) = 0");
    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "sendall", fixture_many(BULK), NULL);
    while (step != CALL_DONE) {
        fixture_await(p.server, POLLIN);
        drain(p.server);
        step = call_run(&f->call);
    }
    expect_repr(f, "None");
    expect_syscall(f, "send(4, " X32 ", %d, 0) = %d", BULK, BULK);
}

static void test_sendall_nonblocking(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);
    char end[256];

    p.client->timeout_s = 0;
    METHOD(f, p.client, "sendall", fixture_many(BULK));
    size_t done = f->call.done;
    assert_true(done > 0 && done < BULK);
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    snprintf(end, sizeof end,
        "; send(4, " X32 ", %zu, 0) = -1 EAGAIN (Resource temporarily "
        "unavailable)",
        BULK - done);
    assert_non_null(strstr(str_text(&f->call.result.syscall), end));
}

/* Each part is a system call of its own; the parts add up. */
static void test_sendall_timeout(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);
    const char *at;
    size_t sum = 0;

    p.client->timeout_s = 5;
    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "sendall", fixture_many(BULK), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    while (step != CALL_DONE) {
        fixture_await(p.server, POLLIN);
        drain(p.server);
        step = call_run(&f->call);
    }
    expect_repr(f, "None");
    at = str_text(&f->call.result.syscall);
    while ((at = strstr(at, ", 0) = ")) != NULL) {
        size_t n = strtoul(at + strlen(", 0) = "), NULL, 10);
        assert_true(n > 0);
        sum += n;
        at++;
    }
    assert_int_equal(sum, BULK);
    assert_non_null(strstr(str_text(&f->call.result.syscall), "; send(4, "));
}

static void test_sendall_timed_out(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);
    struct str before = STR_INIT;

    p.client->timeout_s = 5;
    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "sendall", fixture_many(BULK), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    str_add(&before, str_text(&f->call.result.syscall));
    size_t done = f->call.done;
    expect_described(
        f, "%s; send(4, " X32 ", %zu, 0)", str_text(&before), BULK - done);
    call_time_out(&f->call);
    expect_raised(f, "TimeoutError", ETIMEDOUT, "timed out");
    expect_syscall(f,
        "%s; send(4, " X32 ", %zu, 0) = -1 EAGAIN (Resource temporarily "
        "unavailable)",
        str_text(&before), BULK - done);
    str_done(&before);
}

static void test_sendall_reset(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    enum call_step step = fixture_try(
        f, CALL_ON_SOCKET, p.client, "sendall", fixture_many(BULK), NULL);
    size_t done = f->call.done;
    reset(p.server);
    fixture_await(p.client, POLLERR);
    fixture_done(f, step);
    expect_raised(f, "ConnectionResetError", ECONNRESET,
        "[Errno 104] Connection reset by peer");
    expect_syscall(f,
        "send(4, " X32 ", %d, 0) = %zu; send(4, " X32 ", %zu, 0) = -1 "
        "ECONNRESET (Connection reset by peer)",
        BULK, done, BULK - done);
}

static void os_call(
    struct fixture *f, const char *name, struct value *fd, struct value *arg)
{
    fixture_done(f, fixture_try(f, CALL_ON_OS, NULL, name, fd, arg, NULL));
}

static void test_os_read_write(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    os_call(f, "write", value_int(4), fixture_bytes("def"));
    expect_repr(f, "3");
    expect_syscall(f, "write(4, \"def\", 3) = 3");
    os_call(f, "read", value_int(5), value_int(0));
    expect_repr(f, "b''");
    os_call(f, "read", value_int(5), value_int(1000));
    expect_repr(f, "b'def'");
    expect_syscall(f, "read(5, \"def\", 1000) = 3");

    enum call_step step = fixture_try(
        f, CALL_ON_OS, NULL, "read", value_int(5), value_int(9), NULL);
    assert_int_equal(step, CALL_WAIT_READ);
    assert_ptr_equal(f->call.sock, p.server);
    expect_described(f, "read(5, ..., 9)");
    close(p.client->fd);
    p.client->fd = p.client->shown_fd = -1;
    fixture_done(f, step);
    expect_repr(f, "b''");
    expect_syscall(f, "read(5, \"\", 9) = 0");
}

static void test_os_errors(void **state)
{
    struct fixture *f = *state;
    struct pair p = fixture_pair(f, AF_INET);

    os_call(f, "read", value_int(77), value_int(10));
    expect_raised(f, "OSError", EBADF, "[Errno 9] Bad file descriptor");
    expect_syscall(f, "read(77, ..., 10) = -1 EBADF (Bad file descriptor)");
    os_call(f, "write", value_int(-1), fixture_bytes("x"));
    expect_syscall(f, "write(-1, \"x\", 1) = -1 EBADF (Bad file descriptor)");
    os_call(f, "read", value_int(5), value_int(-1));
    expect_raised(f, "OSError", EINVAL, "[Errno 22] Invalid argument");
    expect_syscall(f, "%s", "");
    /* Python's timeouts do not apply: the descriptor is just non-blocking. */
    p.server->timeout_s = 2;
    os_call(f, "read", value_int(5), value_int(1));
    expect_raised(f, "BlockingIOError", EAGAIN,
        "[Errno 11] Resource temporarily unavailable");
    /* No signal kills the process. */
    shutdown(p.client->fd, SHUT_WR);
    os_call(f, "write", value_int(4), fixture_bytes("x"));
    expect_raised(f, "BrokenPipeError", EPIPE, "[Errno 32] Broken pipe");
    expect_syscall(f, "write(4, \"x\", 1) = -1 EPIPE (Broken pipe)");
}

static void test_os_write_blocking(void **state)
{
    struct fixture *f = *state;
    struct pair p = small_pair(f);

    enum call_step step = fixture_try(
        f, CALL_ON_OS, NULL, "write", value_int(4), fixture_many(BULK), NULL);
    assert_int_equal(step, CALL_WAIT_WRITE);
    while (step != CALL_DONE) {
        fixture_await(p.server, POLLIN);
        drain(p.server);
        step = call_run(&f->call);
    }
    expect_syscall(f, "write(4, " X32 ", %d) = %d", BULK, BULK);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_send_recv),
        TEST(test_recv_nothing),
        TEST(test_recv_parked),
        TEST(test_recv_waitall),
        TEST(test_recv_waitall_reset),
        TEST(test_send_blocking),
        TEST(test_send_interrupted),
        TEST(test_send_nonblocking),
        TEST(test_send_timeout),
        TEST(test_send_polls_first),
        TEST(test_send_reset),
        TEST(test_not_connected),
        TEST(test_sendall),
        TEST(test_sendall_nonblocking),
        TEST(test_sendall_timeout),
        TEST(test_sendall_timed_out),
        TEST(test_sendall_reset),
        TEST(test_os_read_write),
        TEST(test_os_errors),
        TEST(test_os_write_blocking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
