/* Letters at the empty prompt that are shortcuts and begin words: what can do
 * nothing is typed, what was done is taken back by a letter right behind it,
 * and what can't be taken back waits. The last parts need privilege, or a user
 * namespace and /dev/net/tun; they skip where the program says that it can't.
 */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define APART_MS 1300 /* two keys that are no word */
#define WAIT_MS  500  /* longer than a letter waits */

static const char *const loopback[] = {"--wire=loopback", NULL};
static const char *const private_wire[] = {"--wire=private", NULL};

static struct term *start(const char *const *args)
{
    struct term *t = term_start(24, 80, args);

    assert_true(term_wait(t, "c1>"));
    return t;
}

/* Typed at once, it stands in the prompt; then the prompt is empty again. */
static void types(struct term *t, const char *text)
{
    char line[128];

    term_keys(t, text);
    snprintf(line, sizeof line, "> %s", text);
    assert_true(term_wait(t, line));
    assert_true(term_wait(t, "Esc discard"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, line));
    assert_true(term_wait_gone(t, "Esc discard"));
}

static void test_nothing_to_do(void **state)
{
    static const char *const lines[] = {"data = s.recv(10)", "n = 1", "r = 2",
        "print(n)", "u = 3", "hold", "z = 4", "g = 5", "@ping", "+1",
        "\343\205\207\343\205\201"};
    struct term *t = start(loopback);

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        types(t, lines[i]);
    /* But a blank begins nothing. */
    term_keys(t, " ");
    assert_true(term_wait(t, "No segment is held"));
    assert_true(term_quit(t));
}

static void test_views_close_again(void **state)
{
    static const char *const lines[] = {"import socket", "title of mine",
        "vote 2", "include x", "Lx", "?x", "z = 1", "t = 2", "g = 3",
        "\343\205\205\343\205\201", "\343\205\221\343\205\203"};
    struct term *t = start(loopback);

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_pump(t, APART_MS); /* until nothing is emphasised */
    char *before = term_dump(t);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        types(t, lines[i]);
    char *after = term_dump(t);
    assert_string_equal(strstr(after, "c1.s"), strstr(before, "c1.s"));
    free(before);
    free(after);
    assert_true(term_quit(t));
}

/* A second later it is another thought; and : begins a line at any time. */
static void test_views_stay(void **state)
{
    struct term *t = start(loopback);

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "i");
    assert_true(term_wait(t, "changes from now"));
    term_pump(t, APART_MS);
    term_keys(t, "x");
    assert_true(term_wait(t, "c1> x"));
    term_keys(t, "\033");
    assert_true(term_wait(t, "changes from now"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "changes from now"));
    term_keys(t, "i");
    assert_true(term_wait(t, "changes from now"));
    term_keys(t, ":x");
    assert_true(term_wait(t, "c1> x"));
    term_keys(t, "\033");
    assert_true(term_wait(t, "changes from now"));
    /* The same key twice is no word either. */
    term_keys(t, "\033zzx");
    assert_true(term_wait(t, "c1> x"));
    term_keys(t, "\033");
    assert_true(term_quit(t));
}

/* n plays its step also where it turns out to be a letter. */
static void test_next_is_typed(void **state)
{
    char path[] = "/tmp/sockstage-letters-XXXXXX.stage";
    const char *args[] = {"--wire=loopback", path, NULL};
    int fd = mkstemps(path, sizeof ".stage" - 1);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

    (void)state;
    assert_non_null(f);
    fputs("c1: a = 1\nc1: b = 2\nc1: c = 3\n", f);
    fclose(f);
    struct term *t = start(args);
    assert_true(term_wait(t, "step 0 of 3"));
    types(t, "note here");
    assert_true(term_wait(t, "step 1 of 3"));
    types(t, "n = 1");
    assert_true(term_wait(t, "step 2 of 3"));
    types(t, "r = 1");
    types(t, "print(1)");
    assert_true(term_wait(t, "step 2 of 3"));
    term_keys(t, "r");
    assert_true(term_wait(t, "step 0 of 3"));
    assert_true(term_quit(t));
    unlink(path);
}

/* With a SYN held. */
static struct term *start_held(void)
{
    struct term *t;

    if (term_wire_is_refused())
        skip();
    t = start(private_wire);
    term_keys(t, "h");
    assert_true(term_wait(t, "holding 0"));
    term_line(t, ":s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_line(t, "s.connect(('server', 8080))");
    assert_true(term_wait(t, "holding 1"));
    return t;
}

static void test_drop_waits(void **state)
{
    struct term *t = start_held();

    (void)state;
    types(t, "data = s.recv(10)");
    types(t, "\343\205\207\343\205\201");
    types(t, "dir");
    term_pump(t, WAIT_MS);
    assert_true(term_wait(t, "holding 1"));
    /* Esc takes it back before it is done. */
    term_keys(t, "d\033");
    term_pump(t, WAIT_MS);
    assert_true(term_wait(t, "holding 1"));
    term_keys(t, "d");
    assert_true(term_wait(t, "lost"));
    assert_true(term_wait(t, "holding 0"));
    assert_true(term_quit(t));
}

/* Behind another letter Space may be a blank of a word; alone it delivers at
 * once, and so does a click. */
static void test_blank_behind_a_letter(void **state)
{
    struct term *t = start_held();
    char bytes[64];
    int row, col;

    (void)state;
    types(t, "i = 1");
    assert_true(term_wait(t, "holding 1"));
    assert_true(term_find(t, "d drop", &row, &col));
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dmx", col + 1,
        row + 1, col + 1, row + 1);
    term_keys(t, bytes);
    assert_true(term_wait(t, "c1> x"));
    assert_true(term_wait(t, "lost"));
    term_keys(t, "\033");
    assert_true(term_wait(t, "holding 1")); /* its repeat */
    term_keys(t, " x");
    assert_true(term_wait(t, "c1> x"));
    assert_true(term_wait(t, "holding"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> x"));
    term_keys(t, " ");
    assert_true(term_wait(t, "ECONNREFUSED"));
    assert_true(term_quit(t));
}

static void test_hold_is_toggled_back(void **state)
{
    if (term_wire_is_refused())
        skip();
    struct term *t = start(private_wire);

    (void)state;
    types(t, "hold");
    assert_true(term_wait_gone(t, "holding"));
    term_keys(t, "h");
    assert_true(term_wait(t, "holding 0"));
    term_pump(t, APART_MS);
    types(t, "hallo");
    assert_true(term_wait(t, "holding 0"));
    /* What is held stays so; and no word begins with `h` and then s. */
    term_line(t, "s = socket()");
    term_line(t, "s.connect(('server', 8080))");
    assert_true(term_wait(t, "holding 1"));
    assert_true(term_quit(t));
}

/* The letters that lines begin with are no shortcuts: what was pressed before
 * one, however shortly, is done and stays so. */
static void test_a_line_right_behind(void **state)
{
    if (term_wire_is_refused())
        skip();
    struct term *t = start(private_wire);

    (void)state;
    term_keys(t, "hc1: s = socket()\r");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_wait(t, "holding 0"));
    term_keys(t, "vserver: ls = socket()\r");
    assert_true(term_wait(t, "ls  CLOSED"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_right_behind),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_views_close_again),
        cmocka_unit_test(test_views_stay),
        cmocka_unit_test(test_next_is_typed),
        cmocka_unit_test(test_drop_waits),
        cmocka_unit_test(test_blank_behind_a_letter),
        cmocka_unit_test(test_hold_is_toggled_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
