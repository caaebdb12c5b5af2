/* Keys that the user has given away, in every list and picture; the page of
 * keys under the mouse; a window that is too small; what is wrong in the
 * settings, and the console's own look. On loopback. */
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const plain[] = {"--wire=loopback", NULL};

static int enter(void **state)
{
    (void)state;
    files_enter();
    return 0;
}

static int leave(void **state)
{
    (void)state;
    unlink("sockstage/config.ini");
    rmdir("sockstage");
    files_leave();
    return 0;
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "we");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* With these settings; NULL: none. */
static struct term *start(
    const char *config, const char *const *args, const char *terminal)
{
    char *here = realpath(".", NULL);

    mkdir("sockstage", 0700);
    if (config)
        write_file("sockstage/config.ini", config);
    struct term *t = term_start_with(
        24, 80, args, &(struct term_setup){.config = here, .term = terminal});
    free(here);
    assert_true(term_wait(t, "c1>"));
    return t;
}

static void press(struct term *t, const char *bytes, const char *then)
{
    term_keys(t, bytes);
    if (!term_wait(t, then))
        fail_msg("no \"%s\"", then);
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

#define F10 "\033[21~"

static void test_given_away(void **state)
{
    struct term *t =
        start("[keys]\nback = F10 b\nleft = a\nright = l\nup = k\ndown = j\n"
              "call = x\npast_menu = y\n",
            plain, NULL);

    (void)state;
    term_line(t, "s = socket()");
    term_line(t, "s2 = socket()");
    assert_true(term_wait(t, "c1.s2"));
    press(t, "z", "F10 back  a l other connection");
    press(t, F10, "x call");
    press(t, "i", "a l other socket");
    press(t, "l", "SOCKET  c1.s2");
    press(t, "a", "SOCKET  c1.s  CLOSED");
    press(t, "b", "x call");
    press(t, "x", "k j choose");
    press(t, "j", "2 of ");
    press(t, "k", "1 of ");
    press(t, F10, "x call");
    press(t, "L", "k j choose  x open it");
    press(t, "j", "▸     socket");
    press(t, "k", "▸     lifecycle");
    press(t, F10, "x call");
    press(t, "?", "F10 back  ? all keys");
    press(t, "b", "x call");
    press(t, "\033OP", "KEYS, while the prompt");
    term_keys(t, "j");
    assert_true(term_wait_gone(t, "KEYS, while the prompt"));
    press(t, F10, "x call");
    press(t, "[", "F10 now");
    press(t, "y", "k j choose  y do it  F10 back");
    press(t, F10, "F10 now");
    press(t, F10, "x call");
    /* Those that everybody knows go on meaning the same. */
    press(t, "\r", "k j choose");
    press(t, "\033[B", "2 of ");
    press(t, "\033", "x call");
    /* In a line they are letters. */
    press(t, "mx", "c1> mx");
    press(t, "b", "c1> mxb");
    press(t, "\033", "x call");
    assert_true(term_quit(t));
}

/* The page of keys is a menu for the mouse; the first line leads there. */
static void test_page_of_keys(void **state)
{
    struct term *t = start(NULL, plain, NULL);

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    click(t, "free play");
    click(t, "? all keys");
    assert_true(term_wait(t, "A click on a line"));
    click(t, "every field of a segment");
    assert_true(term_wait(t, "SOCKET  c1.s"));
    assert_true(term_wait_gone(t, "A click on a line"));
    press(t, "\033OP", "A click on a line");
    term_keys(t, "\033[<65;9;9M\033[<65;9;9M\033[<65;9;9M\033[<65;9;9M"
                 "\033[<65;9;9M\033[<65;9;9M\033[<65;9;9M\033[<65;9;9M");
    click(t, "its two ends on the diagram");
    assert_true(term_wait(t, "STATES  ▲ c1.s"));
    press(t, "\033OP", "A click on a line");
    click(t, "A click on a line"); /* that is none */
    assert_true(term_wait(t, "A click on a line"));
    term_resize(t, 60, 80);
    click(t, "leave, and take");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
}

/* What nobody sees is not done. */
static void test_too_small(void **state)
{
    struct term *t = start(NULL, plain, NULL);

    (void)state;
    term_resize(t, 10, 50);
    assert_true(term_wait(t, "q quits."));
    term_line(t, "s = socket()");
    term_paste(t, "s2 = socket()\ns3 = socket()\n");
    term_keys(t, "zL");
    term_resize(t, 24, 80);
    assert_true(term_wait(t, "c1>"));
    term_line(t, "s4 = socket()");
    assert_true(term_wait(t, "c1.s4"));
    char *screen = term_dump(t);
    assert_null(strstr(screen, "s2"));
    assert_null(strstr(screen, "s3"));
    free(screen);
    term_resize(t, 10, 50);
    assert_true(term_wait(t, "q quits."));
    assert_true(term_quit(t));
}

/* All that is wrong is told at the end, a line each. */
static void test_complaints(void **state)
{
    static const char *const with[] = {
        "--wire=loopback", "--theme=nosuch", NULL};
    struct term *t =
        start("[keys]\nwhat\nnor this\n[screen]\ntheme = nope\n", with, NULL);

    (void)state;
    assert_true(term_wait(t, "can't read the theme nosuch"));
    assert_true(term_wait(t, "(and 3 more, told at the end)"));
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    assert_true(term_wait(t, "sockstage: can't read the theme nosuch"));
    assert_true(term_wait(t, "there are colorblind, dark"));
    assert_true(term_wait(t, "config.ini:2: this"));
    assert_true(term_wait(t, "config.ini:3: this"));
    assert_true(term_wait(t, "config.ini:5: theme: can't"));
    term_free(t);
}

/* The console's font has few symbols. */
static void test_console(void **state)
{
    struct term *t = start(NULL, plain, "linux");

    (void)state;
    assert_true(term_wait(t, "<--> column"));
    term_free(t);
    t = start("[screen]\nascii = no\n", plain, "linux");
    assert_true(term_wait(t, "←→ column"));
    term_free(t);
    t = start("[screen]\nascii = yes\n", plain, NULL);
    assert_true(term_wait(t, "<--> column"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_given_away, enter, leave),
        cmocka_unit_test_setup_teardown(test_page_of_keys, enter, leave),
        cmocka_unit_test_setup_teardown(test_too_small, enter, leave),
        cmocka_unit_test_setup_teardown(test_complaints, enter, leave),
        cmocka_unit_test_setup_teardown(test_console, enter, leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
