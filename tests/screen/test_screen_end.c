/* Whatever ends the program, the terminal is as it was. */
#include "term.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

/* Where files may not grow the terminal is not even taken. */
static void test_file_limit(void **state)
{
    static const char *const args[] = {"--wire=loopback", NULL};
    struct rlimit before, low;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = before;
    low.rlim_cur = 100 << 10;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    struct term *t = term_start(24, 80, args);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(term_wait(t, "ulimit -f unlimited"));
    assert_int_equal(term_wait_exit(t), 3);
    assert_true(term_is_restored(t));
    term_free(t);
}

/* Waits for either; whether it was the first. */
static bool is_first_of(struct term *t, const char *first, const char *other)
{
    bool is_first = false, is_other = false;

    for (int i = 0; i < TERM_WAIT_MS / 20 && !is_first && !is_other; i++) {
        term_pump(t, 20);
        char *screen = term_dump(t);
        is_first = strstr(screen, first) != NULL;
        is_other = strstr(screen, other) != NULL;
        free(screen);
    }
    assert_true(is_first || is_other);
    return is_first;
}

/* Too few descriptors are named as what they are, wherever they run out. */
static void test_descriptor_limit(void **state)
{
    static const char *const args[] = {"--wire=loopback", NULL};
    struct rlimit before, low;
    bool starts = false;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    for (low.rlim_cur = 12; !starts && low.rlim_cur < 40; low.rlim_cur++) {
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
        struct term *t = term_start(24, 120, args);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        starts = is_first_of(t, "c1>", "EMFILE (");
        term_free(t);
    }
    assert_true(starts);
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
        cmocka_unit_test(test_file_limit),
        cmocka_unit_test(test_descriptor_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
