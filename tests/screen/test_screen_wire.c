/* The private wire on the screen: held segments, Space, h and d. It
 * needs privilege, or a user namespace and /dev/net/tun; it skips where the
 * program says that it can't. */
#include "term.h"

#include "sockstage/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_handshake(void **state)
{
    static const char *const args[] = {"--wire=private", NULL};

    (void)state;
    if (term_wire_is_refused())
        skip();
    struct term *t = term_start(24, 80, args);
    assert_true(term_wait(t, "c1>"));
    term_line(t, "server: ls = socket()");
    term_line(t, "ls.bind(('', 8080))");
    term_line(t, "ls.listen(1)");
    assert_true(term_wait(t, "*:8080"));
    term_keys(t, "h");
    assert_true(term_wait(t, "holding 0"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_line(t, "c1: s.connect(('server', 8080))");
    assert_true(term_wait(t, "SYN c1 "));
    assert_true(term_wait(t, "held"));
    assert_true(term_wait(t, "SYN_SENT"));
    assert_true(term_wait(t, "connect() "));
    term_keys(t, " ");
    assert_true(term_wait(t, "half open  1 of 2"));
    assert_true(term_wait(t, "SYN+ACK c1"));
    term_keys(t, " ");
    assert_true(term_wait(t, "ESTABLISHED"));
    term_keys(t, " ");
    assert_true(term_wait(t, "to accept  1 of 2"));
    term_line(t, "c1: s.send(b'x' * 1000)");
    assert_true(term_wait(t, "no ACK 1000"));
    term_keys(t, "d");
    assert_true(term_wait(t, "lost"));
    term_keys(t, "h");
    assert_true(term_wait_gone(t, "holding"));
    assert_true(term_wait_gone(t, "no ACK 1000"));
    assert_true(term_quit(t));
}

/* A held segment, opened, doubled and delivered; then one that nobody wants
 * and one that is corrupted say why they had no effect. */
static void test_inspect(void **state)
{
    static const char *const args[] = {"--wire=private", NULL};

    (void)state;
    if (term_wire_is_refused())
        skip();
    struct term *t = term_start(24, 80, args);
    assert_true(term_wait(t, "c1>"));
    term_line(t, "server: ls = socket()");
    term_line(t, "ls.bind(('', 8080))");
    term_line(t, "ls.listen(1)");
    assert_true(term_wait(t, "*:8080"));
    term_line(t, "wire hold");
    term_line(t, "c1: s = socket()");
    term_line(t, "c1: s.connect(('server', 8080))");
    assert_true(term_wait(t, "SYN c1 "));
    assert_true(term_wait(t, "held"));
    term_keys(t, "\t\r");
    assert_true(term_wait(t, "TCP header"));
    assert_true(term_wait(t, "waits on the wire"));
    assert_true(term_wait(t, "duplicate"));
    term_keys(t, "u");
    assert_true(term_wait(t, "arrives twice"));
    term_keys(t, " ");
    assert_true(term_wait(t, "doubled"));
    assert_true(term_wait(t, "delivered"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "wire release"));
    term_keys(t, "\x1b");
    assert_true(term_wait_gone(t, "wire release"));
    term_keys(t, "\x1b");
    assert_true(term_wait_gone(t, "TCP header"));
    term_keys(t, "h");
    assert_true(term_wait(t, "ESTABLISHED"));
    term_line(t, "wire corrupt 1 client DATA");
    term_line(t, "c1: s.send(b'x' * 1000)");
    assert_true(term_wait(t, "checksum wrong"));
    term_line(t, "c2: s = socket()");
    term_line(t, "c2: s.connect(('server', 9090))");
    assert_true(term_wait(t, "nobody listens"));
    assert_true(term_quit(t));
}

/* At how many places the segment was seen until that text appeared. */
static int places_until(struct term *t, const char *text)
{
    uint64_t give_up = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
    long last = -1;
    int places = 0;
    bool seen = false;

    while (!seen && clock_now_ns() < give_up) {
        term_pump(t, 20);
        char *screen = term_dump(t);
        const char *row = strstr(screen, "SYN c1 ");
        const char *head = row ? strstr(row, "▶") : NULL;
        if (head && head - row != last) {
            last = head - row;
            places++;
        }
        seen = strstr(screen, text) != NULL;
        free(screen);
    }
    return seen ? places : 0;
}

/* A delayed segment is seen at more than one place before it arrives. */
static void test_travel(void **state)
{
    static const char *const args[] = {"--wire=private", NULL};

    (void)state;
    if (term_wire_is_refused())
        skip();
    struct term *t = term_start(24, 80, args);
    assert_true(term_wait(t, "c1>"));
    term_line(t, "wire delay 3s from client");
    term_line(t, "c1: s = socket()");
    term_line(t, "c1: s.connect(('server', 8080))");
    assert_true(term_wait(t, "SYN c1 "));
    assert_true(places_until(t, "nobody listens") >= 3);
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handshake),
        cmocka_unit_test(test_inspect),
        cmocka_unit_test(test_travel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
