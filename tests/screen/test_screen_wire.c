/* The private wire on the screen: held segments, Space, h and d. It
 * needs privilege, or a user namespace and /dev/net/tun; it skips where the
 * program says that it can't. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Exit code 3 is "the machine cannot do what was asked". */
static bool is_refused(void)
{
    int status = system("echo 'require private' | \"$SOCKSTAGE\" run "
                        "--wire=private - >/dev/null 2>&1");

    return WIFEXITED(status) && WEXITSTATUS(status) == 3;
}

static void test_handshake(void **state)
{
    static const char *const args[] = {"--wire=private", NULL};

    (void)state;
    if (is_refused())
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
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    assert_true(term_is_restored(t));
    term_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
