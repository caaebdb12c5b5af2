/* Ctrl-Z and fg as in a shell: the terminal is given back as it was and taken
 * again, whatever its size is by then; the stage goes on as if nothing were. */
#include "term.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const args[] = {"--wire=loopback", NULL};

static struct term *start(void)
{
    struct term *t =
        term_start_with(24, 80, args, &(struct term_setup){.shell = true});

    assert_true(term_wait(t, "c1>"));
    return t;
}

static void stop(struct term *t)
{
    term_keys(t, "\032");
    assert_true(term_wait_stopped(t));
    assert_true(term_is_restored(t));
}

/* The connection made before is there behind it, and can be used. */
static void test_stop_and_go_on(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "server: ls = socket()");
    term_line(t, "ls.bind(('', 8080))");
    term_line(t, "ls.listen(1)");
    term_line(t, "c1: s = socket()");
    term_line(t, "s.connect(('server', 8080))");
    term_line(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "(<socket fd=4>"));
    stop(t);
    term_order(t, SHELL_FG);
    assert_true(term_wait(t, "ESTABLISHED"));
    term_line(t, "c1: s.send(b'x' * 77)");
    assert_true(term_wait(t, "to read 77"));
    stop(t);
    term_order(t, SHELL_FG);
    assert_true(term_wait(t, "to read 77"));
    assert_true(term_quit(t));
}

/* While a line is typed it is a key like any other time; the line stays. */
static void test_while_typing(void **state)
{
    struct term *t = start();

    (void)state;
    term_keys(t, "s = sock");
    assert_true(term_wait(t, "s = sock"));
    stop(t);
    term_order(t, SHELL_FG);
    assert_true(term_wait(t, "s = sock"));
    term_line(t, "et()");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_quit(t));
}

static void test_resized_meanwhile(void **state)
{
    struct term *t = start();

    (void)state;
    stop(t);
    term_resize(t, 40, 130);
    term_order(t, SHELL_FG);
    assert_true(term_wait(t, "c1>"));
    char *screen = term_dump(t);
    int rows = 0;
    for (const char *c = screen; *c; c++)
        rows += *c == '\n';
    /* The bottom line is at the bottom of the new size. */
    assert_int_equal(rows, 40);
    const char *last = screen;
    for (const char *c = screen; c[0] && c[1]; c++)
        last = *c == '\n' ? c + 1 : last;
    assert_int_not_equal(*last, '\n');
    free(screen);
    assert_true(term_quit(t));
}

/* What stops it from outside, as `kill -TSTP` does, is no other way. */
static void test_back_and_front(void **state)
{
    struct term *t = start();

    (void)state;
    stop(t);
    /* In the background it wants the terminal, and is stopped for it. */
    term_order(t, SHELL_BG);
    assert_true(term_wait_stopped(t));
    assert_true(term_is_restored(t));
    term_order(t, SHELL_FG);
    assert_true(term_wait(t, "c1>"));
    assert_true(term_quit(t));
}

/* A stopped program that is told to end does, and leaves the terminal alone. */
static void test_killed_while_stopped(void **state)
{
    struct term *t = start();

    (void)state;
    stop(t);
    term_order(t, SHELL_BG);
    assert_true(term_wait_stopped(t));
    term_order(t, SHELL_KILL);
    assert_int_equal(term_wait_exit(t), 130);
    assert_true(term_is_restored(t));
    term_free(t);
}

/* Nor does it stop once more for want of the terminal, however long it was
 * stopped before. */
static void test_killed_after_a_while(void **state)
{
    struct term *t = start();

    (void)state;
    stop(t);
    term_pump(t, 400);
    term_order(t, SHELL_KILL);
    assert_int_equal(term_wait_exit(t), 130);
    assert_true(term_is_restored(t));
    term_free(t);
}

/* Without a shell there is nothing to return to. */
static void test_no_shell(void **state)
{
    struct term *t = term_start(24, 80, args);

    (void)state;
    assert_true(term_wait(t, "c1>"));
    term_keys(t, "\032");
    assert_true(term_wait(t, "No shell"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_and_go_on),
        cmocka_unit_test(test_while_typing),
        cmocka_unit_test(test_resized_meanwhile),
        cmocka_unit_test(test_back_and_front),
        cmocka_unit_test(test_killed_while_stopped),
        cmocka_unit_test(test_killed_after_a_while),
        cmocka_unit_test(test_no_shell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
