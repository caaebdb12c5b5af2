/* What expectations accept, what they refuse and what they say then. The part
 * about segments needs privilege, or a machine that gives the private wire to
 * everybody. */
#include "script_run.h"

#include "sockstage/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void plays(enum stage_wire wire, const char *text)
{
    char why[1024];
    enum end_result result = script_run_text(wire, text, why);

    assert_string_equal(why, "");
    assert_int_equal(result, END_PASSED);
}

static void fails(enum stage_wire wire, const char *text, const char *expected)
{
    char why[1024];
    enum end_result result = script_run_text(wire, text, why);

    assert_int_equal(result, END_FAILED);
    if (!strstr(why, expected))
        fail_msg("\"%s\" does not say \"%s\"", why, expected);
}

/* ---- comparing ---------------------------------------------------------- */

static void compares_values_as_python(void **state)
{
    (void)state;
    plays(STAGE_LOOPBACK,
        "c1: n = 5\nexpect c1.n == 5\nexpect c1.n != 6\nexpect c1.n < 6\n"
        "expect c1.n <= 5\nexpect c1.n > 4\nexpect c1.n >= 5\n"
        "c1: b = b'abc'\nexpect c1.b == b'abc'\nexpect len(c1.b) == 3\n"
        "c1: t = 'abc'\nexpect c1.t == 'abc'\nexpect c1.t != c1.b\n"
        "c1: u = '\\uad6d'\nexpect len(c1.u) == 1\n"
        "c1: z = None\nexpect c1.z == None\nexpect c1.n != None\n"
        "c1: y = True\nexpect c1.y == 1\n"
        "c1: s = socket()\nc1: s.settimeout(0.5)\nc1: x = s.gettimeout()\n"
        "expect c1.x == 0.5\nexpect c1.x < 1\n");
}

static void an_address_is_its_text(void **state)
{
    (void)state;
    plays(STAGE_LOOPBACK,
        "c1: a = ('10.0.0.2', 34254)\nexpect c1.a == '10.0.0.2:34254'\n"
        "expect c1.a != '10.0.0.2:34255'\n"
        "expect c1.a == ('10.0.0.2', 34254)\n"
        "c1: s = socket()\nc1: s.bind(('127.0.0.1', 0))\n"
        "c1: me = s.getsockname()\nexpect c1.s.local == c1.me\n"
        "expect c1.me == c1.s.local\n");
}

static void what_is_not_there_holds_for_nothing(void **state)
{
    (void)state;
    fails(STAGE_LOOPBACK,
        "c1: s = socket()\nexpect c1.s.backlog != 1 within 1ms\n",
        "was undefined: c1.s has no backlog in state CLOSED");
    fails(STAGE_LOOPBACK,
        "server: ls = socket()\nserver: ls.bind(('', 0))\n"
        "server: ls.listen(1)\nserver: conn, addr = ls.accept()\n"
        "expect server.conn != 1 within 1ms\n",
        "was undefined: server is in accept() since line 4");
    fails(STAGE_LOOPBACK,
        "server: ls = socket()\nserver: ls.bind(('', 0))\n"
        "server: ls.listen(1)\nserver: conn, addr = ls.accept()\n"
        "expect server.error != ENOENT within 1ms\n",
        "was undefined: server is in accept() since line 4");
}

static void says_what_was_there(void **state)
{
    (void)state;
    fails(STAGE_LOOPBACK,
        "c1: s = socket()\nexpect c1.s.state == ESTABLISHED\n",
        "t.stage:2:1: expected c1.s.state == ESTABLISHED within 1s, was "
        "CLOSED");
    fails(STAGE_LOOPBACK,
        "c1: s = socket()\nc1: n = 5\nexpect c1.elapsed > c1.n within 9s\n",
        "a duration (200ms, 2s) can't be compared with a number like this");
}

static void holds_for_a_time(void **state)
{
    uint64_t before = clock_now_ns();

    (void)state;
    plays(STAGE_LOOPBACK, "c1: n = 5\nexpect c1.n == 5 for 200ms\n");
    assert_true(clock_now_ns() - before >= 200 * NS_PER_MS);
    fails(STAGE_LOOPBACK, "c1: n = 5\nexpect c1.n == 6 for 200ms\n",
        "expected c1.n == 6 for 200ms, was 5");
}

/* ---- the wire ----------------------------------------------------------- */

#define CONNECTED                                                              \
    "server: ls = socket()\n"                                                  \
    "server: ls.bind(('', 8080))\n"                                            \
    "server: ls.listen(5)\n"                                                   \
    "c1: s = socket()\n"                                                       \
    "c1: s.connect(('server', 8080))\n"

static void wire_list_is_exact(void **state)
{
    uint64_t before = clock_now_ns();

    (void)state;
    plays(STAGE_PRIVATE,
        CONNECTED "expect wire client SYN, server SYN+ACK, client ACK\n");
    plays(STAGE_PRIVATE, CONNECTED "expect wire client SYN, ...\n"
                                   "expect wire quiet for 10ms\n");
    plays(STAGE_PRIVATE, CONNECTED "expect wire ..., client ACK\n");
    plays(STAGE_PRIVATE, CONNECTED "expect wire ..., server SYN+ACK c1.s, "
                                   "..., client ACK, ...\n");
    fails(STAGE_PRIVATE, CONNECTED "expect wire client SYN, server SYN+ACK\n",
        "t.stage:6:1: expected wire client SYN, server SYN+ACK; seen: client "
        "SYN, server SYN+ACK, client ACK");
    fails(STAGE_PRIVATE, CONNECTED "expect wire server SYN+ACK, client ACK\n",
        "seen: client SYN, ");
    fails(STAGE_PRIVATE,
        CONNECTED "expect wire ..., client FIN, ... within "
                  "10ms\n",
        "seen: client SYN, ");
    /* Nothing but the last but one had to wait. */
    assert_true(clock_now_ns() - before < 5 * NS_PER_S);
}

static void wire_cursor_moves(void **state)
{
    (void)state;
    plays(STAGE_PRIVATE,
        CONNECTED "expect wire client SYN, server SYN+ACK, client ACK\n"
                  "c1: s.send(b'hi')\n"
                  "expect wire client DATA(2), server ACK\n"
                  "c1: s.close()\nexpect wire client FIN, server ACK\n");
    fails(STAGE_PRIVATE,
        CONNECTED "expect wire ...\nexpect wire client SYN within 10ms\n",
        "expected wire client SYN within 10ms; seen: nothing");
}

static void a_prefix_waits(void **state)
{
    (void)state;
    plays(STAGE_PRIVATE,
        "wire delay 50ms\n" CONNECTED
        "expect wire client SYN, server SYN+ACK, client ACK\n");
    fails(STAGE_PRIVATE,
        "wire delay 50ms\n" CONNECTED
        "expect wire client SYN, server RST, client ACK\n",
        "seen: client SYN, server SYN+ACK");
}

static void repeats_count_only_when_named(void **state)
{
    (void)state;
    plays(STAGE_PRIVATE,
        "wire drop client SYN\n" CONNECTED
        "expect c1.s.state == ESTABLISHED within 3s\n"
        "expect wire client SYN, server SYN+ACK, client ACK\n");
    plays(STAGE_PRIVATE,
        "wire drop client SYN\n" CONNECTED
        "expect wire client SYN, client SYN again, server SYN+ACK, ... "
        "within 3s\n");
}

static void quiet_is_broken_by_a_segment(void **state)
{
    (void)state;
    plays(STAGE_PRIVATE, CONNECTED "expect wire quiet for 50ms\n");
    fails(STAGE_PRIVATE,
        "wire delay 50ms\n" CONNECTED "expect wire quiet for 500ms\n",
        "but a segment entered: server SYN+ACK");
}

static void deliver_waits_and_fails(void **state)
{
    (void)state;
    fails(STAGE_PRIVATE, "wire hold\n" CONNECTED "wire deliver server\n",
        "t.stage:7:1: nothing to deliver: server *, held: SYN from client");
    fails(STAGE_PRIVATE, CONNECTED "wire deliver\n", "t.stage:6:1: ");
    fails(STAGE_PRIVATE, "wire hold\n" CONNECTED "wire deliver 9\n",
        "nothing more to deliver after 3");
    fails(STAGE_PRIVATE, "wire hold\n" CONNECTED "c1: s.close()\n",
        "line 7 waits for c1, in connect() since line 6; its SYN is held: "
        "`wire deliver`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire_list_is_exact),
        cmocka_unit_test(wire_cursor_moves),
        cmocka_unit_test(a_prefix_waits),
        cmocka_unit_test(repeats_count_only_when_named),
        cmocka_unit_test(quiet_is_broken_by_a_segment),
        cmocka_unit_test(deliver_waits_and_fails),
        cmocka_unit_test(compares_values_as_python),
        cmocka_unit_test(an_address_is_its_text),
        cmocka_unit_test(what_is_not_there_holds_for_nothing),
        cmocka_unit_test(says_what_was_there),
        cmocka_unit_test(holds_for_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
