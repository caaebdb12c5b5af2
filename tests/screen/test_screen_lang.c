/* The Korean screen in a terminal: its wide letters take two columns each, so
 * that nothing beside them is moved or cut off. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct term *start(int rows, int cols)
{
    static const char *const args[] = {"--wire=loopback", "--lang", "ko", NULL};
    struct term *t = term_start(rows, cols, args);

    assert_true(term_wait(t, "c1>"));
    return t;
}

static void test_texts(void **state)
{
    struct term *t = start(24, 80);

    (void)state;
    assert_true(term_wait(t, "Stage가 비어 있다."));
    assert_true(term_wait(t, "q 종료"));
    assert_true(term_wait(t, "loopback: wire 없음"));
    term_line(t, "s = sokcet()");
    assert_true(term_wait(t, "혹시 socket()?"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "혹시 socket()?"));
    assert_true(term_quit(t));
}

/* The column of the server begins where it begins in English. */
static void test_columns(void **state)
{
    struct term *t = start(24, 80);
    unsigned port = term_free_port();
    char line[64];

    (void)state;
    term_line(t, "server: ls = socket()");
    snprintf(line, sizeof line, "ls.bind(('', %u))", port);
    term_line(t, line);
    term_line(t, "ls.listen(1)");
    term_line(t, "c1: s = socket()");
    snprintf(line, sizeof line, "c1: s.connect(('server', %u))", port);
    term_line(t, line);
    assert_true(term_wait(t, "accept 대기 1 / 2"));
    assert_true(term_wait(t, "recv ▆▆▆▆▆▆ 비었음       │ "));
    assert_true(term_quit(t));
}

static void test_help(void **state)
{
    struct term *t = start(70, 120);

    (void)state;
    term_keys(t, "\033OP"); /* F1 */
    assert_true(term_wait(t, "화면 읽는 법"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "화면 읽는 법"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
