/* Lessons in the screen, on the real kernel; needs privilege or unprivileged
 * user namespaces: next and back, the vote behind the curtain, playing by
 * itself, again from the start, the list and what was played. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE_UP   "\033[5~"
#define PAGE_DOWN "\033[6~"

static char state_home[] = "/tmp/sockstage-lessons-XXXXXX";

static int open_folder(void **state)
{
    (void)state;
    return mkdtemp(state_home) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/sockstage/progress", state_home);
    unlink(path);
    snprintf(path, sizeof path, "%s/sockstage/history", state_home);
    unlink(path);
    snprintf(path, sizeof path, "%s/sockstage", state_home);
    rmdir(path);
    return rmdir(state_home);
}

/* On a machine that refuses the private wire there is nothing to test. */
static struct term *start_in(const char *state, const char *lesson)
{
    const struct term_setup setup = {.state = state};
    const char *args[] = {"--lang=en", lesson, NULL};
    struct term *t = term_start_with(24, 80, args, &setup);

    assert_true(term_wait(t, "c1>"));
    char *screen = term_dump(t);
    bool loopback = strstr(screen, "loopback") != NULL;
    free(screen);
    if (!loopback)
        return t;
    term_free(t);
    skip();
    return NULL;
}

static struct term *start(const char *lesson)
{
    return start_in(state_home, lesson);
}

/* One step, and its number in the header. */
static void next(struct term *t, int step)
{
    char text[32];

    term_keys(t, PAGE_DOWN);
    snprintf(text, sizeof text, "step %d of ", step);
    assert_true(term_wait(t, text));
}

static bool shows(struct term *t, const char *text)
{
    char *screen = term_dump(t);
    bool found = strstr(screen, text) != NULL;

    free(screen);
    return found;
}

static void test_next_and_back(void **state)
{
    struct term *t = start("accept");

    (void)state;
    for (int i = 1; i <= 5; i++)
        next(t, i);
    assert_true(term_wait(t, "to accept  1 of 6"));
    next(t, 6);
    assert_true(term_wait(t, "to accept  0 of 6"));
    term_keys(t, PAGE_UP);
    assert_true(term_wait(t, "PAST"));
    assert_true(term_wait(t, "step 5 of "));
    assert_true(term_wait(t, "to accept  1 of 6"));
    assert_true(term_wait(t, "does not go back"));
    term_keys(t, PAGE_UP);
    assert_true(term_wait(t, "step 4 of "));
    assert_true(term_wait(t, "to accept  0 of 6"));
    /* Forward through the past, to now, and on. */
    next(t, 5);
    assert_true(shows(t, "PAST"));
    next(t, 6);
    assert_true(term_wait_gone(t, "PAST"));
    next(t, 7);
    assert_false(shows(t, "PAST"));
    assert_true(term_quit(t));
}

/* What is typed gets no answer: whether it holds would be one. */
static void peek(struct term *t)
{
    term_line(t, "expect server.ls.accept_queue == 2");
    assert_true(term_wait(t, "server.ls.accept_queue is behind the curtain"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "behind the curtain"));
    assert_true(term_paste(t, "c9: a = 1\rexpect server.sockets == 3\r"));
    assert_true(term_wait(t, "PASTED"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "server.sockets is behind the curtain"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PASTED"));
}

static void test_vote_behind_curtain(void **state)
{
    struct term *t = start("backlog");

    (void)state;
    assert_false(shows(t, "How many"));
    for (int i = 1; i <= 4; i++)
        next(t, i);
    assert_true(term_wait(t, "to accept  0 of 2"));
    next(t, 5);
    assert_true(term_wait(t, "hidden until the vote"));
    assert_false(shows(t, "to accept"));
    assert_false(shows(t, "not accepted"));
    next(t, 6);
    next(t, 7);
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "How many connections wait"));
    /* Nothing that mixes both ends opens. */
    term_keys(t, "\r");
    assert_true(term_wait(t, "This would show what is hidden"));
    term_keys(t, "z");
    assert_true(term_wait(t, "This would show what is hidden"));
    term_keys(t, "1");
    assert_true(term_wait(t, "● 1  none"));
    term_keys(t, "\033[B\033[B\r"); /* the next one but one */
    assert_true(term_wait(t, "● 3  one"));
    peek(t);
    assert_true(shows(t, "● 3  one"));
    assert_false(shows(t, "✓"));
    next(t, 8);
    assert_true(term_wait(t, "✓ 2 right: two"));
    assert_true(term_wait(t, "✗ 3 chosen: one"));
    assert_true(term_wait(t, "to accept  2 of 2"));
    /* The past shows it as it stood, and takes no other choice. */
    term_keys(t, PAGE_UP);
    assert_true(term_wait(t, "● 3  one"));
    assert_true(term_wait(t, "hidden until the vote"));
    term_keys(t, "2");
    assert_true(term_wait(t, "This is the past"));
    assert_true(term_wait(t, "● 3  one"));
    next(t, 8);
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "limit is one more"));
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "The end: The accept queue"));
    assert_true(term_wait(t, "Connect c3, too."));
    assert_true(term_wait(t, "Next in the course (Enter): accept"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "accept() takes one out"));
    assert_true(term_wait(t, "step 0 of "));
    assert_true(term_quit(t));
}

/* A vote is a line like others: the recording has it. */
static void test_vote_is_recorded(void **state)
{
    const struct term_setup setup = {.state = state_home};
    char path[128];
    const char *args[] = {"--lang=en", "--record", path, "backlog", NULL};
    const char *replay[] = {"--lang=en", path, NULL};

    (void)state;
    assert_true(term_quit(start("backlog")));
    snprintf(path, sizeof path, "%s/vote.jsonl", state_home);
    struct term *t = term_start_with(24, 80, args, &setup);
    assert_true(term_wait(t, "c1>"));
    for (int i = 1; i <= 7; i++)
        next(t, i);
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "How many connections wait"));
    term_keys(t, "3");
    assert_true(term_wait(t, "● 3  one"));
    term_keys(t, "1");
    assert_true(term_wait(t, "● 1  none"));
    assert_true(term_wait_gone(t, "● 3  one"));
    assert_true(term_quit(t));
    t = term_start_with(24, 80, replay, &setup);
    assert_true(term_wait(t, "RECORDING"));
    term_keys(t, "\033[F");
    assert_true(term_wait(t, "● 1  none"));
    /* One event back it was still another. */
    term_keys(t, "[");
    assert_true(term_wait(t, "● 3  one"));
    term_keys(t, "[");
    assert_true(term_wait_gone(t, "● 3  one"));
    assert_true(shows(t, "How many connections wait"));
    assert_true(term_quit(t));
    assert_int_equal(unlink(path), 0);
}

static void test_click_on_an_option(void **state)
{
    struct term *t = start("backlog");

    (void)state;
    for (int i = 1; i <= 7; i++)
        next(t, i);
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "How many connections wait"));
    /* The second option is in the 21st row. */
    term_keys(t, "\033[<0;8;21M\033[<0;8;21m");
    assert_true(term_wait(t, "● 2  two"));
    assert_true(term_quit(t));
}

static void test_plays_by_itself(void **state)
{
    struct term *t = start("accept");

    (void)state;
    term_keys(t, "+++p");
    assert_true(term_wait(t, "A pause: it plays on"));
    assert_true(term_wait(t, "step 7 of "));
    term_keys(t, "p");
    assert_true(term_wait(t, "The end: accept()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "The end"));
    assert_true(term_wait(t, "to read 5"));
    assert_true(term_quit(t));
}

static void test_play_stops_at_question_and_key(void **state)
{
    struct term *t = start("backlog");

    (void)state;
    term_keys(t, "+++p");
    assert_true(term_wait(t, "A question: it plays on"));
    term_keys(t, "p");
    assert_true(term_wait(t, "✓ 2 right: two"));
    assert_true(term_wait(t, "The end"));
    assert_true(term_quit(t));
    t = start("backlog");
    term_keys(t, "--p");
    assert_true(term_wait(t, "p pause"));
    term_keys(t, " ");
    assert_true(term_wait(t, "p play"));
    assert_true(term_quit(t));
}

/* What was done by hand makes a line fail; the script goes on. */
static void test_by_hand_and_restart(void **state)
{
    struct term *t = start("accept");

    (void)state;
    for (int i = 1; i <= 5; i++)
        next(t, i);
    assert_true(term_wait(t, "to accept  1 of 6"));
    term_line(t, "c2: s = socket()");
    term_line(t, "c2: s.connect(('server', 8080))");
    assert_true(term_wait(t, "to accept  2 of 6"));
    next(t, 6);
    assert_true(term_wait(t, "After what was done by hand"));
    next(t, 7);
    next(t, 8);
    assert_true(term_wait(t, "to read 5"));
    term_keys(t, "r");
    assert_true(term_wait(t, "r once more starts"));
    term_keys(t, "r");
    assert_true(term_wait(t, "step 0 of "));
    assert_true(term_wait_gone(t, "LISTEN"));
    for (int i = 1; i <= 5; i++)
        next(t, i);
    assert_true(term_wait(t, "to accept  1 of 6"));
    /* The journal went on: the first stage is a chapter of it. */
    term_keys(t, "@");
    assert_true(term_wait(t, "  2  accept()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "  2  accept()"));
    assert_true(term_quit(t));
}

static void test_list_and_progress(void **state)
{
    struct term *t = start("accept");

    (void)state;
    next(t, 1);
    term_keys(t, "L");
    assert_true(term_wait(t, "establishing a connection"));
    assert_true(term_wait(t, "accept"));
    assert_true(term_wait(t, "backlog"));
    assert_true(term_wait(t, "own"));
    term_keys(t, "\033[A\r"); /* backlog is above accept */
    assert_true(term_wait(t, "Enter once more"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "establishing a connection"));
    assert_true(shows(t, "accept() takes one out"));
    term_keys(t, "L\033[B\r\r"); /* own is below it */
    assert_true(term_wait_gone(t, "accept() takes one out"));
    assert_true(term_wait(t, "A lesson of no section"));
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "Nothing happens here."));
    assert_true(term_wait(t, "The end"));
    assert_true(term_quit(t));
    t = start("own");
    term_keys(t, "L");
    assert_true(term_wait(t, "✓   own"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "✓   own"));
    assert_true(term_quit(t));
}

/* What a presenter's remote sends is never text: the script goes on, and what
 * was typed stays. */
static void test_remote_beside_a_line(void **state)
{
    struct term *t = start("accept");

    (void)state;
    term_keys(t, "c");
    assert_true(term_wait(t, "c1> c"));
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "step 1 of"));
    assert_true(term_wait(t, "c1> c"));
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "step 2 of"));
    term_keys(t, PAGE_UP);
    assert_true(term_wait(t, "Esc first: a line is typed."));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> c"));
    term_keys(t, PAGE_UP);
    assert_true(term_wait(t, "PAST"));
    assert_true(term_quit(t));
}

/* Where nothing can be kept, that is said once, and the lesson goes on. */
static void test_no_progress(void **state)
{
    struct term *t = start_in("/dev/null", "accept");

    (void)state;
    assert_true(term_wait(t, "can't keep what was played"));
    term_keys(t, "v");
    assert_true(term_wait_gone(t, "can't keep"));
    /* Nor can lines: that is said with the first one. */
    term_line(t, "c9: s = socket()");
    assert_true(term_wait(t, "can't keep the typed lines"));
    term_line(t, "s.close()");
    assert_true(term_wait_gone(t, "can't keep"));
    assert_true(term_quit(t));
}

static void test_unknown(void **state)
{
    const char *args[] = {"--lang=en", "acept", NULL};
    struct term *t = term_start(24, 80, args);

    (void)state;
    assert_true(term_wait(t, "there is no lesson acept; there is: accept"));
    assert_int_equal(term_wait_exit(t), 2);
    term_free(t);
}

/* What waits can be left out; once it no longer waits nothing is offered. */
static void test_offer_is_withdrawn(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/waits.stage", state_home);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(
        "c1: s = socket()\nexpect c1.call == none for 3s\nc1: s.close()\n", f);
    assert_int_equal(fclose(f), 0);
    struct term *t = start_in(state_home, path);
    unlink(path);
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "fd=3"));
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "It waits: "));
    assert_true(term_wait_gone(t, "It waits: "));
    term_keys(t, PAGE_DOWN);
    assert_true(term_wait(t, "s.close()"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offer_is_withdrawn),
        cmocka_unit_test(test_next_and_back),
        cmocka_unit_test(test_vote_behind_curtain),
        cmocka_unit_test(test_vote_is_recorded),
        cmocka_unit_test(test_click_on_an_option),
        cmocka_unit_test(test_plays_by_itself),
        cmocka_unit_test(test_play_stops_at_question_and_key),
        cmocka_unit_test(test_by_hand_and_restart),
        cmocka_unit_test(test_list_and_progress),
        cmocka_unit_test(test_remote_beside_a_line),
        cmocka_unit_test(test_no_progress),
        cmocka_unit_test(test_unknown),
    };
    const char *program = getenv("SOCKSTAGE_LESSONS");

    if (program)
        setenv("SOCKSTAGE", program, 1);
    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
