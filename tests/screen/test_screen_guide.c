/* The real program before somebody who has never seen it: by the menus alone
 * from the empty stage to a connection; and by typing the lines that the screen
 * suggests, to a full accept queue and a half close as well. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    /* The next is a client's, and stands here all the same. */
    take_first(t, "c1: s = socket()");
    assert_true(term_wait(t, "▸c1.s"));
    take_first(t, "c1: s.connect(('server', 8080))");
    assert_true(term_wait(t, "ESTABLISHED"));
    assert_true(term_wait(t, "not accepted yet: what next"));
    take_first(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "conn c1"));
    assert_true(term_wait_gone(t, "what next"));
    /* A call on a socket selects it. */
    term_line(t, "server: ls.fileno()");
    assert_true(term_wait(t, "▸ls"));
    term_line(t, "server: n = conn.fileno()");
    assert_true(term_wait(t, "▸conn"));
    assert_true(term_quit(t));
}

/* ---- reading what there is to do ------------------------------------------
 */

static const char *const titles[] = {"Type these lines, and press Enter",
    "still to do for a first connection", "connected, but not accepted yet",
    "what to try next"};

/* The first line below one of the titles, without what it does. */
static bool read_line(struct term *t, char *out, size_t size)
{
    int row, col;
    bool found = false;

    for (size_t i = 0; i < 4 && !found; i++)
        found = term_find(t, titles[i], &row, &col);
    if (!found)
        return false;
    char *screen = term_dump(t);
    char *at = screen;
    for (int i = 0; at && i <= row; i++)
        at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    at += strspn(at, " \n");
    const char *end = strstr(at, "  ");
    snprintf(out, size, "%.*s", (int)(end ? end - at : 0), at);
    free(screen);
    return out[0] != '\0';
}

/* What must have been on the screen; what the kernel did. */
static struct seen {
    const char *text;
    bool was;
} seen[] = {
    {"ESTABLISHED", false},
    {"empty", false},
    {"to read 1000", false},
    {"FIN_WAIT_2", false},
    {"CLOSE_WAIT", false},
    {"-> b''", false},
    {"TIME_WAIT", false},
    {"2 of 2", false},
    {"accept queue full", false},
    {"SYN_SENT", false},
    {"conn2", false},
};

#define SEEN_COUNT (sizeof seen / sizeof seen[0])

/* How many of them have been by now. */
static size_t look(struct term *t)
{
    size_t count = 0;
    int row, col;

    for (size_t i = 0; i < SEEN_COUNT; i++) {
        seen[i].was = seen[i].was || term_find(t, seen[i].text, &row, &col);
        count += seen[i].was;
    }
    return count;
}

#define LINES_MAX 30

static void test_by_reading(void **state)
{
    static const char *const ascii[] = {"--ascii", NULL};
    struct term *t = term_start(24, 80, ascii);
    char line[80] = "", last[80] = "";
    size_t lines = 0, letters = 0, count = 0;

    (void)state;
    assert_true(term_wait(t, titles[0]));
    for (int waits = 0; waits < TERM_WAIT_MS / 20;) {
        count = look(t);
        if (!read_line(t, line, sizeof line) || strcmp(line, last) == 0) {
            if (count == SEEN_COUNT)
                break;
            term_pump(t, 20);
            waits++;
            continue;
        }
        assert_true(++lines <= LINES_MAX);
        letters += strlen(line);
        term_line(t, line);
        snprintf(last, sizeof last, "%s", line);
        waits = 0;
    }
    for (size_t i = 0; i < SEEN_COUNT; i++)
        if (!seen[i].was)
            fail_msg("never on the screen: %s", seen[i].text);
    print_message("%zu lines, %zu characters\n", lines, letters);
    assert_true(term_quit(t));
}

/* A click on a suggested line types it. */
static void test_by_clicking(void **state)
{
    struct term *t = term_start(24, 80, loopback);
    char click[64];
    int row, col;

    (void)state;
    assert_true(term_wait(t, "ls.accept()"));
    assert_true(term_find(t, "server: ls = socket()", &row, &col));
    snprintf(click, sizeof click, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 2,
        row + 1, col + 2, row + 1);
    term_keys(t, click);
    assert_true(term_wait(t, "c1> server: ls = socket()"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "server>"));
    assert_true(term_find(t, "server: ls.bind", &row, &col));
    snprintf(click, sizeof click, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 2,
        row + 1, col + 2, row + 1);
    term_keys(t, click);
    assert_true(term_wait(t, "server> server: ls.bind(('', 8080))"));
    term_keys(t, click); /* once more carries it out */
    assert_true(term_wait(t, ":8080  CLOSED"));
    /* So does the key for the next step, which goes through them all. */
    term_keys(t, "\033[6~");
    assert_true(term_wait(t, "server> server: ls.listen(1)"));
    term_keys(t, "\033[6~");
    assert_true(term_wait(t, "server> c1: s = socket()"));
    assert_true(term_wait(t, "▸c1: s = socket()"));
    /* A click on another takes its place. */
    assert_true(term_find(t, "server: ls.listen(1)  ", &row, &col));
    snprintf(click, sizeof click, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 2,
        row + 1, col + 2, row + 1);
    term_keys(t, click);
    assert_true(term_wait(t, "server> server: ls.listen(1)"));
    term_keys(t, "\033[6~");
    assert_true(term_wait(t, "server> c1: s = socket()"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "▸c1.s"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_the_menus),
        cmocka_unit_test(test_by_reading),
        cmocka_unit_test(test_by_clicking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
