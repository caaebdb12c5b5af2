/* A script played on the screen and recorded, then its recording: the same
 * moments look the same, header, prompt and timeline apart. Needs privilege:
 * the private wire. */
#include "term.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_BACK 9 /* events, a few times */
#define STEPS     4

/* What was seen of a session. */
struct sight {
    char *end;            /* as text */
    char *moments[STEPS]; /* painted */
    char places[STEPS][64];
};

static void sight_done(struct sight *s)
{
    free(s->end);
    for (int i = 0; i < STEPS; i++)
        free(s->moments[i]);
}

/* ---- the screen ---------------------------------------------------------- */

/* Without its first row and the last two. */
static char *middle(char *screen, int rows)
{
    char *from = strchr(screen, '\n') + 1, *to = from;

    for (int i = 1; i < rows - 2; i++)
        to = strchr(to, '\n') + 1;
    *to = '\0';
    memmove(screen, from, strlen(from) + 1);
    return screen;
}

/* "12 of 34" in the header: lines of the script. */
static bool steps(struct term *t, unsigned *done, unsigned *count)
{
    char *screen = term_dump(t);
    char *end = strchr(screen, '\n');
    bool found = false;

    *end = '\0';
    for (char *at = screen; (at = strstr(at, " of ")) != NULL; at++) {
        char *number = at;
        while (number > screen && number[-1] >= '0' && number[-1] <= '9')
            number--;
        found = sscanf(number, "%u of %u", done, count) == 2;
    }
    free(screen);
    return found;
}

static void play_to_the_end(struct term *t)
{
    unsigned done = 0, count = 0, before;

    assert_true(term_wait(t, "0 of "));
    assert_true(steps(t, &done, &count));
    while (done < count) {
        uint64_t until = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
        before = done;
        term_keys(t, "n");
        while (done == before) {
            assert_true(clock_now_ns() < until);
            term_pump(t, 5);
            steps(t, &done, &count);
        }
    }
    term_pump(t, 50);     /* what the last line did */
    term_keys(t, "\033"); /* and what the message line says of it */
    term_pump(t, 50);
}

/* "event 12 of 34", where the timeline is. */
static bool place(struct term *t, unsigned *cursor, unsigned *end)
{
    char *screen = term_dump(t);
    const char *at = strstr(screen, "event ");
    bool found = at && sscanf(at, "event %u of %u", cursor, end) == 2;

    free(screen);
    return found;
}

/* Back event by event, from the last moment. */
static void look_back(struct term *t, struct sight *s, int rows)
{
    unsigned cursor = 0, end = 0;
    uint64_t until = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;

    term_keys(t, "[");
    while (!place(t, &cursor, &end) || cursor + 1 != end) {
        assert_true(clock_now_ns() < until);
        term_pump(t, 5);
    }
    for (int i = 0; i < STEPS; i++) {
        snprintf(
            s->places[i], sizeof s->places[i], "event %u of %u ", cursor, end);
        assert_true(term_wait(t, s->places[i]));
        s->moments[i] = middle(term_paint(t), rows);
        cursor -= STEP_BACK;
        for (int k = 0; k < STEP_BACK; k++)
            term_keys(t, "[");
    }
}

/* ---- the two sessions ---------------------------------------------------- */

static void see_live(const char *script, const char *recording, int rows,
    int cols, struct sight *s)
{
    const char *const args[] = {
        "--wire=private", "--record", recording, script, NULL};
    struct term *t = term_start(rows, cols, args);

    play_to_the_end(t);
    s->end = middle(term_dump(t), rows);
    look_back(t, s, rows);
    assert_true(term_quit(t));
}

static void see_recorded(
    const char *recording, int rows, int cols, struct sight *s)
{
    const char *const args[] = {recording, NULL};
    struct term *t = term_start(rows, cols, args);

    assert_true(term_wait(t, "RECORDING"));
    term_keys(t, "\033[F"); /* End */
    assert_true(term_wait(t, "‖ RECORDING"));
    term_pump(t, 20);
    s->end = middle(term_dump(t), rows);
    look_back(t, s, rows);
    assert_true(term_quit(t));
}

/* Tells the first row that differs; `slider` is a row of the timeline's, where
 * a tall screen has a line at now. 0: there is none. */
static void assert_same_screen(const char *a, const char *b, int slider)
{
    for (int row = 2; *a && *b; row++) {
        size_t n = strcspn(a, "\n") + 1, k = strcspn(b, "\n") + 1;
        if (row != slider && (n != k || memcmp(a, b, n) != 0))
            fail_msg("row %d\nlive:     %.*srecorded: %.*s", row, (int)n, a,
                (int)k, b);
        a += n;
        b += k;
    }
    assert_string_equal(a, b);
}

/* A script that ends without running times: they go on at now, and stand still
 * in a recording. */
static void compare(const char *script, int rows, int cols)
{
    char folder[] = "/tmp/sockstage-same.XXXXXX";
    char recording[64];
    struct sight live = {0}, recorded = {0};

    if (term_wire_is_refused())
        skip();
    assert_non_null(mkdtemp(folder));
    snprintf(recording, sizeof recording, "%s/a.jsonl", folder);
    see_live(script, recording, rows, cols, &live);
    see_recorded(recording, rows, cols, &recorded);
    unlink(recording);
    rmdir(folder);
    assert_same_screen(
        live.end, recorded.end, rows < 30 ? 0 : rows - 2 - rows / 8);
    for (int i = 0; i < STEPS; i++) {
        assert_string_equal(live.places[i], recorded.places[i]);
        assert_same_screen(live.moments[i], recorded.moments[i], 0);
    }
    assert_string_not_equal(live.moments[0], live.moments[STEPS - 1]);
    sight_done(&live);
    sight_done(&recorded);
}

#define STAGE(name) TEST_SOURCE_DIR "/stage/" name ".stage"

static void test_handshake(void **state)
{
    (void)state;
    compare(STAGE("handshake"), 24, 80);
}

static void test_handshake_large(void **state)
{
    (void)state;
    compare(STAGE("handshake"), 36, 120);
}

static void test_datagrams(void **state)
{
    (void)state;
    compare(STAGE("udp_datagrams"), 24, 80);
}

static void test_unreachable(void **state)
{
    (void)state;
    compare(STAGE("wire_unreachable"), 36, 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handshake),
        cmocka_unit_test(test_handshake_large),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_unreachable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
