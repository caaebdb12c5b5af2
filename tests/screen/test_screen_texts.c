/* What the screen explains, on the real kernel: why calls failed (why.stage,
 * and why_before.stage, line by line), `?` and `i` on what is selected. It
 * needs privilege, or a user namespace and /dev/net/tun; it skips where the
 * program says that it can't. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The lines of why.stage that fail, by their order, as the log has them, and
 * what is said about each. */
struct failure {
    int step;
    const char *call, *why;
};

static const struct failure failures[] = {
    {2, "s.connect(('server', 8081))",
        "nobody listens on 10.0.0.1:8081: the kernel there answered with RST"},
    {7, "b.bind(('', 8080))", "server.a listens on 0.0.0.0:8080 already"},
    {8, "b.bind(('10.0.0.99', 8082))", "10.0.0.99 is no address of the server"},
    {9, "conn, addr = b.accept()", "server.b does not listen"},
    {10, "m = a.recv(10)", "server.a is a listener"},
    {12, "t.connect(('192.0.2.1', 80))",
        "the client has no route to 192.0.2.1"},
    {14, "u.sendto(b'x' * 65508", "65508 bytes do not fit into one datagram"},
    {15, "u.send(b'x')", "c1.u has no peer: sendto() names an address"},
    {17, "m = t.recv(1)", "c1.t was closed: the name is left"},
    {23, "m = s.recv(10)",
        "server.conn closed, and that sends RST when unread data is left"},
    {24, "s.send(b'x')", "the server's kernel sent RST"},
    {28, "s.connect(('server', 8080))",
        "settimeout() ended the wait: its SYN (segment"},
    {31, "s.connect(('server', 8080))",
        "the handshake with 10.0.0.1:8080 goes on"},
    {32, "s.connect(('server', 8080))",
        "the first connect() still goes on: its SYN (segment"},
};

/* The same of why_before.stage. */
static const struct failure failures_before[] = {
    {6, "m = s.recv(10)", "connect() of c1.s failed with ECONNREFUSED"},
    {11, "s.send(b'x')", "server had called close(); shutdown(SHUT_WR) would"},
    {12, "s.connect(('server', 8080))",
        "the connection of c1.s is over; a new"},
    {21, "m = conn.recv(10)", "nothing to read; a non-blocking call"},
    {23, "os.write(s.fileno(), b'x')",
        "shutdown() has ended this direction of c2.s: its FIN is sent"},
    {28, "u.sendto(b'x'", "a broadcast needs SO_BROADCAST"},
    {34, "m = s.recv(1)", "exit() closed server.last, and that sends RST"},
};

/* Plays the script up to that line. */
static void play_to(struct term *t, int *step, int to)
{
    char position[32];

    for (; *step <= to; ++*step) {
        snprintf(position, sizeof position, "step %d of ", *step);
        term_keys(t, "n");
        assert_true(term_wait(t, position));
    }
}

static struct term *play_failures(
    const char *script, const struct failure *rows, size_t count)
{
    const char *const args[] = {"--wire=private", script, NULL};
    struct term *t;
    int step = 1;

    if (term_wire_is_refused())
        skip();
    t = term_start(40, 140, args);
    assert_true(term_wait(t, "c1>"));
    for (size_t i = 0; i < count; i++) {
        play_to(t, &step, rows[i].step);
        assert_true(term_wait(t, rows[i].call));
        assert_true(term_wait(t, rows[i].why));
    }
    return t;
}

static void test_why_before(void **state)
{
    (void)state;
    assert_true(term_quit(play_failures(TEST_SOURCE_DIR
        "/screen/why_before.stage",
        failures_before, sizeof failures_before / sizeof *failures_before)));
}

static void test_why(void **state)
{
    struct term *t = play_failures(TEST_SOURCE_DIR "/screen/why.stage",
        failures, sizeof failures / sizeof *failures);

    (void)state;
    /* Any key clears the line of messages; the log still says it. */
    term_keys(t, "\033");
    assert_true(term_wait(t, "└ the first connect() still goes on"));
    assert_true(term_quit(t));
}

static void test_explain_and_inspect(void **state)
{
    static const char *const args[] = {"--wire=private", NULL};

    (void)state;
    if (term_wire_is_refused())
        skip();
    struct term *t = term_start(24, 80, args);
    assert_true(term_wait(t, "c1>"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_line(t, "c1: s.connect(('server', 8081))");
    assert_true(term_wait(t, "nobody listens on 10.0.0.1:8081"));
    term_keys(t, "?");
    assert_true(term_wait(t, "c1.s  CLOSED"));
    assert_true(term_wait(t, "raised ECONNREFUSED: nobody listens"));
    assert_true(term_wait(t, "see: RFC 9293 3.3.2"));
    assert_true(term_wait(t, "all keys"));
    term_keys(t, "?");
    assert_true(term_wait(t, "KEYS, while the prompt is empty"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "KEYS, while"));
    term_keys(t, "i");
    assert_true(term_wait(t, "SOCKET"));
    assert_true(term_wait(t, "held by"));
    assert_true(term_wait(t, "other socket"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "held by"));
    /* While typing F1 explains the word; the line stays. */
    term_keys(t, "s.shutdown(");
    term_keys(t, "\033OP");
    assert_true(term_wait(t, "see: shutdown(2)"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "see: shutdown(2)"));
    assert_true(term_wait(t, "c1> s.shutdown("));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "s.shutdown("));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_why),
        cmocka_unit_test(test_why_before),
        cmocka_unit_test(test_explain_and_inspect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
