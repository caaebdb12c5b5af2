/* The real program in a terminal, on the loopback stage: typing, the menu of
 * calls, selecting, errors, resizing, help, and an idle screen. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const loopback[] = {"--wire=loopback", NULL};

static struct term *start(void)
{
    struct term *t = term_start(24, 80, loopback);

    assert_true(term_wait(t, "c1>"));
    return t;
}

static void test_first_screen(void **state)
{
    struct term *t = start();

    (void)state;
    assert_true(term_wait(t, "The stage is empty."));
    assert_true(term_wait(t, "server: ls = socket()"));
    assert_true(term_wait(t, "Enter call"));
    assert_true(term_quit(t));
}

static void test_typed_connection(void **state)
{
    struct term *t = start();
    uint32_t fg = 0, bg = 0, plain = 0;
    unsigned port = term_free_port();
    char text[64];

    (void)state;
    term_line(t, "server: ls = socket()");
    assert_true(term_wait(t, "server>"));
    /* Without a process the line is the selected one's. */
    snprintf(text, sizeof text, "ls.bind(('', %u))", port);
    term_line(t, text);
    snprintf(text, sizeof text, "127.0.0.1:%u", port);
    assert_true(term_wait(t, text));
    term_line(t, "ls.listen(5)");
    assert_true(term_wait(t, "LISTEN"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    snprintf(text, sizeof text, "c1: s.connect(('server', %u))", port);
    term_line(t, text);
    assert_true(term_wait(t, "ESTABLISHED"));
    assert_true(term_wait(t, "to accept  1 of 6"));
    term_line(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "to accept  0 of 6"));
    assert_true(term_wait(t, "conn"));
    term_line(t, "c1: s.send(b'hello')");
    assert_true(term_wait(t, "to read 5"));
    assert_true(term_colours(t, "ESTABLISHED", &fg, &bg));
    assert_true(term_colours(t, "CLIENTS", &fg, &plain));
    assert_int_not_equal(bg, plain);
    assert_true(term_quit(t));
}

static void test_parked_call_and_interrupt(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "server: ls = socket()");
    term_line(t, "ls.bind(('', 8081))");
    term_line(t, "ls.listen(1)");
    assert_true(term_wait(t, "LISTEN"));
    term_line(t, "conn, addr = ls.accept()");
    assert_true(term_wait(t, "accept() "));
    assert_true(term_wait(t, "waiting 0.5 s"));
    term_keys(t, "\003");
    assert_true(term_wait(t, "KeyboardInterrupt"));
    /* Nothing is parked any more: now it leaves. */
    term_keys(t, "\003");
    assert_int_not_equal(term_wait_exit(t), -1);
    assert_true(term_is_restored(t));
    term_free(t);
}

static void test_error_position(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "c1: s = sokcet()");
    assert_true(term_wait(t, "^"));
    assert_true(term_wait(t, "c1: s = sokcet()"));
    /* The line stays for mending; Esc discards it. */
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "sokcet"));
    assert_true(term_wait(t, "Enter call"));
    assert_true(term_quit(t));
}

static void test_editing_and_history(void **state)
{
    struct term *t = start();

    (void)state;
    /* q is a shortcut only while the prompt is empty. */
    term_keys(t, ":quit 안녕");
    assert_true(term_wait(t, "c1> quit 안녕"));
    term_keys(t, "\177\177");
    assert_true(term_wait_gone(t, "안"));
    term_keys(t, "\001x");
    assert_true(term_wait(t, "xquit"));
    term_keys(t, "\005\025");
    assert_true(term_wait_gone(t, "xquit"));
    term_keys(t, "s = socket()\r");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, ":\033[A");
    assert_true(term_wait(t, "c1> s = socket()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> s = socket()"));
    assert_true(term_quit(t));
}

static void test_menu(void **state)
{
    struct term *t = start();

    (void)state;
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1: s = socket("));
    assert_true(term_wait(t, "Esc back"));
    term_keys(t, "\033[B"); /* not the server first */
    assert_true(term_wait(t, "▸ c1: s = socket("));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1> c1: s = socket("));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1: s.getsockname()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "Esc back"));
    assert_true(term_quit(t));
}

static void test_resize_and_help(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_resize(t, 10, 40);
    assert_true(term_wait(t, "60x16"));
    term_resize(t, 40, 132);
    assert_true(term_wait(t, "socket(AF_INET, SOCK_STREAM"));
    term_keys(t, "\033OP"); /* F1 */
    assert_true(term_wait(t, "KEYS"));
    term_resize(t, 24, 80);
    assert_true(term_wait(t, "KEYS"));
    term_keys(t, "\033");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_quit(t));
}

static void click(struct term *t, const char *text)
{
    char bytes[64];
    int row = 0, col = 0;

    assert_true(term_wait(t, text));
    assert_true(term_find(t, text, &row, &col));
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 1,
        row + 1, col + 1, row + 1);
    term_keys(t, bytes);
}

/* A click on a part of the first line explains it; one more, or Esc, closes
 * that, and another part takes its place. */
static void test_first_line(void **state)
{
    struct term *t = start();

    (void)state;
    click(t, "loopback: no wire");
    assert_true(term_wait(t, "Both sides are on 127.0.0.1"));
    click(t, "free play");
    assert_true(term_wait(t, "No script is open"));
    assert_true(term_wait_gone(t, "Both sides are on 127.0.0.1"));
    click(t, "free play");
    assert_true(term_wait_gone(t, "No script is open"));
    click(t, "free play");
    assert_true(term_wait(t, "No script is open"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "No script is open"));
    term_keys(t, "?"); /* what is selected is explained again */
    assert_true(term_wait(t, "A process comes into being"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "A process comes into being"));
    assert_true(term_quit(t));
}

/* While nothing happens and no time runs on the screen, the process sleeps. */
static void test_idle(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "server: ls = socket()");
    assert_true(term_wait(t, "server>"));
    /* The emphasis of what changed ends after a second. */
    term_pump(t, 1500);
    uint64_t before = term_switches(t);
    term_pump(t, 1500);
    uint64_t after = term_switches(t);
    assert_true(before > 0);
    assert_int_equal(after, before);
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_screen),
        cmocka_unit_test(test_typed_connection),
        cmocka_unit_test(test_parked_call_and_interrupt),
        cmocka_unit_test(test_error_position),
        cmocka_unit_test(test_editing_and_history),
        cmocka_unit_test(test_menu),
        cmocka_unit_test(test_resize_and_help),
        cmocka_unit_test(test_first_line),
        cmocka_unit_test(test_idle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
