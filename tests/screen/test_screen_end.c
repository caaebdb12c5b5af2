/* Whatever ends the program, the terminal is as it was. */
#include "term.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct term *start(void)
{
    static const char *const args[] = {"--wire=loopback", NULL};
    struct term *t = term_start(24, 80, args);

    assert_true(term_wait(t, "c1>"));
    return t;
}

static void test_quit(void **state)
{
    struct term *t = start();

    (void)state;
    assert_true(term_quit(t));
}

static void test_control_c(void **state)
{
    struct term *t = start();

    (void)state;
    term_keys(t, "\003");
    assert_int_not_equal(term_wait_exit(t), -1);
    assert_true(term_is_restored(t));
    term_free(t);
}

/* Sends the signal to a stage at work. */
static int end_by(int signal)
{
    struct term *t = start();

    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    kill(term_pid(t), signal);
    int code = term_wait_exit(t);
    assert_true(term_is_restored(t));
    term_free(t);
    return code;
}

static void test_signals(void **state)
{
    (void)state;
    assert_int_equal(end_by(SIGTERM), 130);
    assert_int_equal(end_by(SIGHUP), 130);
    assert_int_equal(end_by(SIGINT), 130);
}

static void test_crash(void **state)
{
    (void)state;
    assert_int_not_equal(end_by(SIGSEGV), 0);
    assert_int_not_equal(end_by(SIGABRT), 0);
    assert_int_not_equal(end_by(SIGQUIT), 0);
    assert_int_not_equal(end_by(SIGUSR1), 0);
}

/* Stopped, it leaves the terminal to others; then it draws everything anew. */
static void test_stop_and_go_on(void **state)
{
    struct term *t = start();
    int status = 0;

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    kill(term_pid(t), SIGTSTP);
    assert_int_equal(waitpid(term_pid(t), &status, WUNTRACED), term_pid(t));
    assert_true(WIFSTOPPED(status));
    assert_true(term_is_restored(t));
    assert_true(term_wait_gone(t, "c1.s"));
    kill(term_pid(t), SIGCONT);
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "[");
    assert_true(term_wait(t, "PAST"));
    assert_true(term_quit(t));
}

/* A closed window: whoever notices first, the signal or the keyboard. */
static void test_hang_up(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct term *t = start();
        term_line(t, "s = socket()");
        assert_true(term_wait(t, "c1.s"));
        assert_int_equal(term_hang_up(t), 130);
        term_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hang_up),
        cmocka_unit_test(test_quit),
        cmocka_unit_test(test_control_c),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_stop_and_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
