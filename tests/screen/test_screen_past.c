/* Looking at the past on the real program: keys, the slider under the mouse,
 * what is refused there, news counted, a screen that sleeps. On loopback. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define REFUSED "This is the past: Esc returns to now."

static struct term *start(int rows, int cols)
{
    static const char *const loopback[] = {"--wire=loopback", NULL};
    struct term *t = term_start(rows, cols, loopback);

    assert_true(term_wait(t, "c1>"));
    return t;
}

static void connect_client(struct term *t)
{
    char line[64];
    int port = 20000 + (int)getpid() % 10000; /* of the machine itself */

    term_line(t, "server: ls = socket()");
    term_line(t, "server: ls.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)");
    snprintf(line, sizeof line, "server: ls.bind(('', %d))", port);
    term_line(t, line);
    term_line(t, "server: ls.listen(5)");
    assert_true(term_wait(t, "LISTEN"));
    term_line(t, "c1: s = socket()");
    snprintf(line, sizeof line, "c1: s.connect(('server', %d))", port);
    term_line(t, line);
    assert_true(term_wait(t, "ESTABLISHED"));
}

/* Goes to the past by that key; the last thing drawn is waited for. */
static void look_back(struct term *t, const char *key)
{
    term_keys(t, key);
    assert_true(term_wait(t, "PAST"));
    assert_true(term_wait(t, "Space play"));
}

/* The numbers of "event 12 of 34". */
static void place(struct term *t, unsigned *cursor, unsigned *end)
{
    char *screen = term_dump(t);
    const char *at = strstr(screen, "event ");

    assert_non_null(at);
    assert_int_equal(sscanf(at, "event %u of %u", cursor, end), 2);
    free(screen);
}

static void test_walking(void **state)
{
    struct term *t = start(24, 80);
    unsigned before = 0, after = 0, end = 0;

    (void)state;
    connect_client(t);
    look_back(t, "[");
    assert_true(term_wait(t, "Esc now"));
    place(t, &before, &end);
    assert_int_equal(before + 1, end);
    /* Before the call there was no connection, and before that no listener. */
    term_keys(t, "{{");
    assert_true(term_wait_gone(t, "ESTABLISHED"));
    assert_true(term_wait(t, "LISTEN"));
    term_keys(t, "\033[H");
    assert_true(term_wait_gone(t, "LISTEN"));
    assert_true(term_wait(t, "event 0 of"));
    term_keys(t, "[");
    assert_true(term_wait(t, "This is the beginning."));
    term_keys(t, "}");
    assert_true(term_wait(t, "event 1 of"));
    place(t, &before, &end);
    term_keys(t, "]");
    assert_true(term_wait(t, "event 2 of"));
    term_keys(t, "}\033[6~");
    assert_true(term_wait(t, "server"));
    place(t, &after, &end);
    assert_true(after > before);
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PAST"));
    assert_true(term_wait(t, "ESTABLISHED"));
    term_keys(t, "]");
    assert_true(term_wait(t, "This is now."));
    assert_true(term_quit(t));
}

/* Nothing that is done there reaches the stage. */
static void test_refused(void **state)
{
    static const char *const keys[] = {"x", ":", "h", "d", "u", "1", "\003"};
    struct term *t = start(24, 80);
    unsigned before = 0, after = 0, end = 0;

    (void)state;
    connect_client(t);
    look_back(t, "{");
    place(t, &before, &end);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        term_keys(t, keys[i]);
        assert_true(term_wait(t, REFUSED));
        term_keys(t, "\t"); /* selecting works, and ends the message */
        assert_true(term_wait_gone(t, REFUSED));
    }
    place(t, &after, &end);
    assert_int_equal(after, before);
    term_keys(t, "\033OP"); /* F1 */
    assert_true(term_wait(t, "KEYS"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "KEYS"));
    assert_true(term_wait(t, "PAST"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "play from here"));
    for (int i = 0; i < 8; i++)
        term_keys(t, "\033[B");
    term_keys(t, "\r");
    assert_true(term_wait_gone(t, "PAST"));
    assert_true(term_quit(t));
}

static void test_news_and_play(void **state)
{
    struct term *t = start(24, 80);

    (void)state;
    connect_client(t);
    term_line(t, "server: ls.settimeout(0.3)");
    term_line(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "to accept  0 of 6"));
    term_line(t, "server: c, a = ls.accept()");
    assert_true(term_wait(t, "waiting"));
    term_keys(t, "[");
    assert_true(term_wait(t, " new "));
    assert_true(term_wait(t, "waiting"));
    term_keys(t, "\033");
    assert_true(term_wait(t, "ETIMEDOUT"));
    /* Played fast enough it comes back to now by itself. */
    look_back(t, "{{");
    term_keys(t, "++++++");
    assert_true(term_wait(t, "64×"));
    term_keys(t, "-");
    assert_true(term_wait(t, "32×"));
    term_keys(t, " ");
    assert_true(term_wait_gone(t, "PAST"));
    assert_true(term_quit(t));
}

/* Where that text begins; false: it isn't on the screen. */
static bool find(struct term *t, const char *text, int *row, int *col)
{
    char *screen = term_dump(t);
    const char *at = strstr(screen, text);
    bool found = at != NULL;

    *row = *col = 0;
    for (char *p = screen; found && p < at; p++) {
        if (*p == '\n') {
            ++*row;
            *col = 0;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            ++*col;
        }
    }
    free(screen);
    return found;
}

/* SGR mouse reports (mode 1006): button 0, moved while pressed 32. */
static void mouse(struct term *t, int button, int row, int col, char how)
{
    char bytes[32];

    snprintf(
        bytes, sizeof bytes, "\033[<%d;%d;%d%c", button, col + 1, row + 1, how);
    term_keys(t, bytes);
}

static void drag(int rows, int cols)
{
    struct term *t = start(rows, cols);
    unsigned before = 0, middle = 0, end = 0;
    char text[32];
    int row, col;

    connect_client(t);
    look_back(t, "[");
    assert_true(find(t, "●", &row, &col));
    place(t, &before, &end);
    mouse(t, 0, row, col - 10, 'M');
    snprintf(text, sizeof text, "event %u of", before);
    assert_true(term_wait_gone(t, text));
    place(t, &middle, &end);
    assert_true(middle < before);
    /* Moved beyond its end, and off its row: still held. */
    mouse(t, 32, row - 3, 0, 'M');
    assert_true(term_wait(t, "event 0 of"));
    mouse(t, 32, row, cols + 50, 'M');
    assert_true(term_wait_gone(t, "PAST"));
    mouse(t, 32, row, col - 10, 'M');
    snprintf(text, sizeof text, "event %u of", middle);
    assert_true(term_wait(t, text));
    mouse(t, 0, row, col - 10, 'm');
    mouse(t, 0, 5, 5, 'M'); /* no longer held: a click elsewhere */
    mouse(t, 0, 5, 5, 'm');
    term_keys(t, "x");
    assert_true(term_wait(t, REFUSED));
    assert_true(term_wait(t, text));
    assert_true(find(t, "PAST", &row, &col));
    mouse(t, 0, row, col, 'M');
    assert_true(term_wait_gone(t, "PAST"));
    assert_true(term_quit(t));
}

static void test_dragging(void **state)
{
    (void)state;
    drag(24, 80);
    drag(36, 120);
}

/* A line that is typed there does nothing, up to its Enter: its blanks do not
 * play, its letters open nothing. */
static void test_typed_line(void **state)
{
    struct term *t = start(24, 80);
    unsigned before = 0, after = 0, end = 0;

    (void)state;
    connect_client(t);
    look_back(t, "{");
    place(t, &before, &end);
    term_keys(t, "c1: s.close() g t i");
    assert_true(term_wait(t, "Enter ends what you type."));
    term_keys(t, "\r");
    assert_true(term_wait(t, REFUSED));
    place(t, &after, &end);
    assert_int_equal(after, before);
    assert_true(term_wait(t, "CLIENTS")); /* no picture, no menu */
    term_keys(t, "\r");
    assert_true(term_wait(t, "play from here"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "play from here"));
    /* Esc ends it too, and returns; any other key that is no text goes on. */
    term_keys(t, "c1\033[D[");
    place(t, &after, &end);
    assert_true(term_wait(t, "PAST"));
    term_keys(t, "s. x");
    assert_true(term_wait(t, "Enter ends what you type."));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PAST"));
    assert_true(term_quit(t));
}

/* A waiting call counts its time at now; in the past time stands still, and
 * the process sleeps. */
static void test_sleeps(void **state)
{
    struct term *t = start(24, 80);

    (void)state;
    term_line(t, "server: ls = socket()");
    term_line(t, "server: ls.listen(1)");
    term_line(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "waiting 0."));
    look_back(t, "[");
    term_pump(t, 1300); /* the emphasis of what changed ends */
    uint64_t before = term_switches(t);
    term_pump(t, 1500);
    assert_int_equal(term_switches(t), before);
    assert_true(term_quit(t));
}

/* ---- a recording --------------------------------------------------------- */

/* The sample, twice: two stages in one file. */
static void write_twice(const char *path)
{
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    for (int i = 0; i < 2; i++) {
        FILE *in = fopen(TEST_SOURCE_DIR "/screen/handshake.jsonl", "r");
        int c;
        assert_non_null(in);
        while ((c = fgetc(in)) != EOF)
            fputc(c, out);
        fclose(in);
    }
    assert_int_equal(fclose(out), 0);
}

static void test_recording(void **state)
{
    char path[] = "/tmp/sockstage-past-XXXXXX";
    const char *const args[] = {path, NULL};
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    write_twice(path);
    struct term *t = term_start(24, 80, args);
    assert_true(term_wait(t, "▶ RECORDING"));
    term_keys(t, " ");
    assert_true(term_wait(t, "‖ RECORDING"));
    term_keys(t, "x");
    assert_true(term_wait(t, "A recording can only be watched."));
    term_keys(t, "\033"); /* harmless: it does not leave the moment */
    term_keys(t, "\033[F");
    assert_true(term_wait(t, "chapter 2 of 2"));
    term_keys(t, "]");
    assert_true(term_wait(t, "This is the end of the recording."));
    term_keys(t, "@");
    assert_true(term_wait(t, "  2  "));
    term_keys(t, "\033[A\r");
    assert_true(term_wait(t, "chapter 1 of 2"));
    assert_true(term_wait(t, "event 1 of"));
    assert_true(term_quit(t));
    unlink(path);
}

/* The colour of what has just changed, in xterm's cube as libvterm has it. */
#define CHANGED 0xffff33

static bool any_changed(struct term *t)
{
    uint32_t fg = 0, bg = 0;

    for (int row = 1; row < 16; row++) {
        for (int col = 0; col < 80; col++) {
            term_colours_at(t, row, col, &fg, &bg);
            if (fg == CHANGED)
                return true;
        }
    }
    return false;
}

/* Where time stands still the emphasis of what a move changed ends too. */
static void test_emphasis(void **state)
{
    struct term *t = start(24, 80);
    char at[32];
    bool changed = false;
    unsigned cursor = 0, end = 0;

    (void)state;
    connect_client(t);
    look_back(t, "[");
    place(t, &cursor, &end);
    while (!changed && cursor > 1) {
        term_keys(t, "[");
        snprintf(at, sizeof at, "event %u of", --cursor);
        assert_true(term_wait(t, at));
        changed = any_changed(t);
    }
    assert_true(changed);
    for (int ms = 0; changed && ms < TERM_WAIT_MS; ms += 100) {
        term_pump(t, 100);
        changed = any_changed(t);
    }
    assert_false(changed);
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_emphasis),
        cmocka_unit_test(test_walking),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_typed_line),
        cmocka_unit_test(test_news_and_play),
        cmocka_unit_test(test_dragging),
        cmocka_unit_test(test_sleeps),
        cmocka_unit_test(test_recording),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
