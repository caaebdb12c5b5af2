/* A terminal that stops reading in the middle of a frame stops nothing but the
 * screen: the stage goes on, the newest moment is drawn when it reads again,
 * and it is given back in time whatever ends the program. */
#include "files.h"
#include "term.h"

#include "sockstage/base/clock.h"

#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define RECORDING "stuck.jsonl"

static const char *const args[] = {
    "--wire=loopback", "--record", RECORDING, NULL};

static int enter(void **state)
{
    (void)state;
    files_enter();
    return 0;
}

static int leave(void **state)
{
    (void)state;
    files_leave();
    return 0;
}

/* Zooms in and out: that changes most of a screen. */
static struct term *start_stuck(const struct term_setup *setup)
{
    struct term *t = term_start_with(36, 120, args, setup);

    assert_true(term_wait(t, "c1>"));
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_stick(t, "z"));
    return t;
}

/* Waits until so many calls have returned, by the recording. */
static bool wait_returned(size_t count)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;

    while (files_lines(RECORDING, "\"event\":\"return\"") < count) {
        poll(NULL, 0, 10);
        if (clock_now_ns() > end)
            return false;
    }
    return true;
}

/* Waits until the program sleeps: then nothing but the terminal wakes it. */
static bool wait_calm(const struct term *t)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
    uint64_t before;

    do {
        before = term_switches(t);
        poll(NULL, 0, 1500);
    } while (term_switches(t) != before && clock_now_ns() < end);
    return term_switches(t) == before;
}

/* Data goes from one end to the other while nothing can be shown. */
static void transfer(struct term *t)
{
    char bind[64], connect[64];
    const char *const lines[] = {
        "server: ls = socket()",
        bind,
        "ls.listen(1)",
        connect,
        "server: conn, addr = ls.accept()",
    };
    unsigned port = term_free_port();

    snprintf(bind, sizeof bind, "ls.bind(('', %u))", port);
    snprintf(connect, sizeof connect, "c1: s.connect(('server', %u))", port);
    size_t count = sizeof lines / sizeof lines[0];

    for (size_t i = 0; i < count; i++) {
        term_line(t, lines[i]);
        assert_true(wait_returned(i + 2));
    }
    for (size_t i = 0; i < 20; i++) {
        term_line(t, "c1: s.send(b'x' * 5000)");
        assert_true(wait_returned(count + 2 + 2 * i));
        term_line(t, "server: conn.recv(5000)");
        assert_true(wait_returned(count + 3 + 2 * i));
    }
}

/* The same screen again, all of it drawn anew. */
static void assert_drawn_right(struct term *t, const char *newest)
{
    term_pump(t, 300);
    char *shown = term_paint(t);
    int status = 0;
    kill(term_pid(t), SIGTSTP);
    assert_int_equal(waitpid(term_pid(t), &status, WUNTRACED), term_pid(t));
    assert_true(term_wait_gone(t, newest));
    kill(term_pid(t), SIGCONT);
    assert_true(term_wait(t, newest));
    term_pump(t, 300);
    char *anew = term_paint(t);
    assert_string_equal(shown, anew);
    free(shown);
    free(anew);
}

static void test_stage_goes_on(void **state)
{
    struct term *t = start_stuck(&(struct term_setup){0});

    (void)state;
    transfer(t);
    term_line(t, "c1: s.send(b'y' * 77)");
    assert_true(wait_returned(47));
    assert_true(wait_calm(t));
    assert_true(term_wait(t, "to read 77"));
    assert_drawn_right(t, "to read 77");
    assert_true(term_quit(t));
}

/* The rest of a frame for the old size comes first. */
static void test_resized_meanwhile(void **state)
{
    struct term *t = start_stuck(&(struct term_setup){0});

    (void)state;
    term_resize_unread(t, 50, 160);
    term_line(t, "s.getsockname()");
    assert_true(wait_returned(2));
    assert_true(term_wait(t, "getsockname()"));
    assert_drawn_right(t, "getsockname()");
    assert_true(term_quit(t));
}

/* The size of the file in memory that keeps what is to be sent; -1: there is
 * none. */
static long long kept_bytes(const struct term *t)
{
    char path[320], target[64];
    long long size = -1;
    struct stat st;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)term_pid(t));
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(
            path, sizeof path, "/proc/%d/fd/%s", (int)term_pid(t), e->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (strncmp(target, "/memfd:screen", 13) == 0 && stat(path, &st) == 0)
            size = st.st_size;
    }
    if (d)
        closedir(d);
    return size;
}

/* However much changes meanwhile, no more is kept than one frame. */
static void test_memory(void **state)
{
    struct term *t = start_stuck(&(struct term_setup){0});
    long long before = kept_bytes(t);

    (void)state;
    assert_true(before > 0);
    for (size_t i = 0; i < 40; i++) {
        term_keys(t, "z");
        if (i % 4 == 0)
            term_resize_unread(t, 36 + (int)i, 120 + (int)i);
        term_line(t, "c1: s.fileno()");
        assert_true(wait_returned(i + 2));
    }
    assert_int_equal(kept_bytes(t), before);
    assert_true(term_wait(t, "s.fileno()"));
    assert_true(term_quit(t));
}

/* Ends it while the terminal is stuck; the code that it ended with. */
static int end_stuck(const char *key, int signal)
{
    struct term *t = start_stuck(&(struct term_setup){0});
    uint64_t begin = clock_now_ns();

    if (signal)
        kill(term_pid(t), signal);
    else
        term_keys(t, key);
    int code = term_wait_exit_unread(t);
    assert_true(clock_now_ns() - begin < 5000 * NS_PER_MS);
    assert_true(term_has_settings(t));
    assert_true(term_is_restored(t));
    term_free(t);
    return code;
}

static void test_quit(void **state)
{
    (void)state;
    assert_int_equal(end_stuck("q", 0), 0);
}

static void test_signals(void **state)
{
    (void)state;
    assert_int_equal(end_stuck(NULL, SIGTERM), 130);
    assert_int_equal(end_stuck(NULL, SIGHUP), 130);
}

static void test_crash(void **state)
{
    (void)state;
    assert_int_not_equal(end_stuck(NULL, SIGABRT), -1);
}

/* The shell gets it back, and what is drawn later is right. */
static void test_stop_and_go_on(void **state)
{
    struct term *t = start_stuck(&(struct term_setup){.shell = true});

    (void)state;
    term_keys(t, "\032");
    assert_true(term_wait_stopped_unread(t));
    assert_true(term_has_settings(t));
    assert_true(term_is_restored(t));
    term_order(t, SHELL_FG);
    term_line(t, "c1: s.getsockname()");
    assert_true(term_wait(t, "getsockname()"));
    assert_true(term_quit(t));
}

/* It takes its time to give the terminal back; who continues it before it has
 * stopped is not to find it stopped for it later. */
static void continue_stopping(pid_t program, int signal)
{
    kill(program, SIGTSTP);
    poll(NULL, 0, 300);
    if (signal)
        kill(program, signal);
    kill(program, SIGCONT);
}

static void test_continued_while_stopping(void **state)
{
    (void)state;
    for (int shell = 0; shell <= 1; shell++) {
        struct term *t = start_stuck(&(struct term_setup){.shell = shell != 0});
        continue_stopping(term_foreground(t), 0);
        term_line(t, "c1: s.getsockname()");
        assert_true(term_wait(t, "getsockname()"));
        assert_true(term_quit(t));
    }
}

static void test_ended_while_stopping(void **state)
{
    (void)state;
    for (int shell = 0; shell <= 1; shell++) {
        struct term *t = start_stuck(&(struct term_setup){.shell = shell != 0});
        continue_stopping(term_foreground(t), SIGTERM);
        assert_int_equal(term_wait_exit_unread(t), 130);
        assert_true(term_has_settings(t));
        assert_true(term_is_restored(t));
        term_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_stage_goes_on, enter, leave),
        cmocka_unit_test_setup_teardown(test_resized_meanwhile, enter, leave),
        cmocka_unit_test_setup_teardown(test_memory, enter, leave),
        cmocka_unit_test_setup_teardown(test_quit, enter, leave),
        cmocka_unit_test_setup_teardown(test_signals, enter, leave),
        cmocka_unit_test_setup_teardown(test_crash, enter, leave),
        cmocka_unit_test_setup_teardown(test_stop_and_go_on, enter, leave),
        cmocka_unit_test_setup_teardown(
            test_continued_while_stopping, enter, leave),
        cmocka_unit_test_setup_teardown(
            test_ended_while_stopping, enter, leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
