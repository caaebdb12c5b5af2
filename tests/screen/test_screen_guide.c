/* The real program on the loopback stage: by the menus alone from the empty
 * stage to a connection, as somebody does who has never seen it. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const loopback[] = {"--wire=loopback", NULL};

/* Enter opens the menu, takes its first line, and carries that out. */
static void take_first(struct term *t, const char *line)
{
    char text[80];

    term_keys(t, "\r");
    snprintf(text, sizeof text, "▸ %s", line);
    assert_true(term_wait(t, text));
    term_keys(t, "\r");
    snprintf(text, sizeof text, "> %s", line);
    assert_true(term_wait(t, text));
    term_keys(t, "\r");
    assert_true(term_wait_gone(t, text));
}

static void test_by_the_menus(void **state)
{
    struct term *t = term_start(24, 80, loopback);

    (void)state;
    assert_true(term_wait(t, "c1: s.connect(('server', 8080))"));
    take_first(t, "server: ls = socket()");
    /* What was made is selected. */
    assert_true(term_wait(t, "▸ls"));
    assert_true(term_wait(t, "still to do"));
    take_first(t, "server: ls.bind(('', 8080))");
    assert_true(term_wait(t, ":8080"));
    take_first(t, "server: ls.listen(1)");
    assert_true(term_wait(t, "listen(1): room for 1 + 1"));
    term_keys(t, "\033[D"); /* over the empty wire */
    assert_true(term_wait(t, "c1>"));
    take_first(t, "c1: s = socket()");
    assert_true(term_wait(t, "▸c1.s"));
    take_first(t, "c1: s.connect(('server', 8080))");
    assert_true(term_wait(t, "ESTABLISHED"));
    assert_true(term_wait(t, "still to do"));
    term_line(t, "server");
    assert_true(term_wait(t, "server>"));
    take_first(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "conn c1"));
    assert_true(term_wait_gone(t, "still to do"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_the_menus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
