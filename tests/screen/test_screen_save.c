/* Saving by a key on the real program: the menu, the name, the file and what is
 * told of it; live, in the past, in a replay; where it can't be written; by
 * mouse; on a screen that is too small. */
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

#define SAMPLE TEST_SOURCE_DIR "/screen/handshake.jsonl"
#define CLEAR  "\025" /* Ctrl-U */
#define STAGE  "\"event\":\"stage\""

static struct term *start(const char *file)
{
    const char *const args[] = {"--wire=loopback", file, NULL};
    struct term *t = term_start(24, 80, args);

    assert_true(term_wait(t, "c1>"));
    return t;
}

static struct term *replay(void)
{
    static const char *const args[] = {SAMPLE, NULL};
    struct term *t = term_start(24, 80, args);

    assert_true(term_wait(t, "RECORDING"));
    return t;
}

static void quit(struct term *t)
{
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    assert_true(term_is_restored(t));
    term_free(t);
}

/* Saves under the name that is typed; "" is the proposed one. */
static void save(struct term *t, const char *format, const char *name)
{
    assert_true(files_choose(t, format));
    if (name[0]) {
        term_keys(t, CLEAR);
        term_keys(t, name);
        assert_true(term_wait(t, name));
    }
    term_keys(t, "\r");
}

static void test_live(void **state)
{
    struct term *t;
    char *name;

    (void)state;
    files_enter();
    t = start(NULL);
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    save(t, "jsonl", "");
    assert_true(term_wait(t, "Saved as sockstage-"));
    name = files_only(".jsonl");
    assert_non_null(name);
    assert_int_equal(strncmp(name, "sockstage-20", 12), 0);
    assert_int_equal(strlen(name), strlen("sockstage-20261122-155700.jsonl"));
    assert_int_equal(files_lines(name, STAGE), 1);
    assert_true(files_lines(name, "socket()") > 0);
    free(name);
    /* The session goes on, and what is saved now has more. */
    term_line(t, "c1: s2 = socket()");
    assert_true(term_wait(t, "c1.s2"));
    save(t, "text", "log.txt");
    assert_true(term_wait(t, "Saved as log.txt in /tmp/"));
    assert_int_equal(files_lines("log.txt", "== "), 1);
    name = files_text("log.txt");
    assert_non_null(strstr(name, "s2 = socket()"));
    free(name);
    quit(t);
    files_leave();
}

/* What is there is kept, whatever is typed. */
static void test_never_over(void **state)
{
    struct term *t;
    char *first, *text;

    (void)state;
    files_enter();
    t = start(NULL);
    save(t, "jsonl", "a.jsonl");
    assert_true(term_wait(t, "Saved as a.jsonl"));
    first = files_text("a.jsonl");
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    save(t, "jsonl", "a.jsonl");
    assert_true(term_wait(t, "Saved as a-2.jsonl"));
    text = files_text("a.jsonl");
    assert_string_equal(text, first);
    assert_true(files_lines("a-2.jsonl", "{") > files_lines("a.jsonl", "{"));
    free(text);
    free(first);
    quit(t);
    assert_int_equal(files_count(), 2);
    files_leave();
}

/* Keys of the prompt edit the name, earlier lines are not among them; Esc and
 * Ctrl-C leave, and nothing is written. */
static void test_the_name(void **state)
{
    struct term *t;

    (void)state;
    files_enter();
    t = start(NULL);
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    assert_true(files_choose(t, "text"));
    term_keys(t, "\033[A\t\022" CLEAR "xname");
    assert_true(term_wait(t, "save as: xname"));
    term_keys(t, "\001\033[3~\005.txt");
    assert_true(term_wait(t, "save as: name.txt"));
    assert_true(term_paste(t, "2\nx"));
    assert_true(term_wait(t, "save as: name.txt2"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "save as:"));
    assert_true(term_wait(t, "c1>"));
    assert_true(files_choose(t, "text"));
    term_keys(t, "\003");
    assert_true(term_wait_gone(t, "save as:"));
    assert_true(files_choose(t, "text"));
    term_keys(t, CLEAR "\r");
    assert_true(term_wait(t, "A file needs a name"));
    term_keys(t, "\003");
    assert_true(term_wait_gone(t, "save as:"));
    quit(t);
    assert_int_equal(files_count(), 0);
    files_leave();
}

static void test_where_it_can_not_be(void **state)
{
    struct term *t;

    (void)state;
    files_enter();
    t = start(NULL);
    save(t, "text", "nowhere/x.txt");
    assert_true(term_wait(t, "nowhere/x.txt can't be saved: ENOENT"));
    assert_true(term_wait(t, "there is no"));
    save(t, "text", "/sys/x.txt"); /* not even for root */
    assert_true(term_wait(t, "/sys/x.txt can't be saved: E"));
    assert_true(term_wait(t, "name a folder"));
    if (geteuid() != 0) {
        assert_int_equal(chmod(".", 0555), 0);
        save(t, "text", "x.txt");
        assert_true(term_wait(t, "x.txt can't be saved: EACCES"));
        assert_int_equal(chmod(".", 0755), 0);
    }
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    quit(t);
    assert_int_equal(files_count(), 0);
    files_leave();
}

/* All of it, wherever one looks. */
static void test_replay(void **state)
{
    struct term *t;
    char *name;

    (void)state;
    files_enter();
    t = replay();
    term_keys(t, " [");
    save(t, "jsonl", "");
    assert_true(term_wait(t, "Saved as handshake-20"));
    assert_true(term_wait(t, "RECORDING"));
    name = files_only(".jsonl");
    assert_non_null(name);
    assert_int_equal(files_lines(name, "{"), files_lines(SAMPLE, "{"));
    assert_int_equal(
        files_lines(name, "\"segment\""), files_lines(SAMPLE, "\"segment\""));
    save(t, "pcap", "wire.pcap");
    assert_true(term_wait(t, "zeros stand for the payload"));
    assert_int_equal(files_count(), 2);
    quit(t);
    free(name);
    files_leave();
}

/* The recording has all stages, a log the one that is shown. */
static void test_stages(void **state)
{
    struct term *t;
    FILE *f;

    (void)state;
    files_enter();
    f = fopen("two.stage", "w");
    assert_non_null(f);
    fputs("title  Twice\nc1: first = socket()\nc1: other = socket()\n", f);
    fclose(f);
    t = start("two.stage");
    term_keys(t, "n");
    assert_true(term_wait(t, "step 1 of 2"));
    term_keys(t, "rr");
    assert_true(term_wait(t, "step 0 of 2"));
    term_keys(t, "nn");
    assert_true(term_wait(t, "step 2 of 2"));
    save(t, "jsonl", "all.jsonl");
    assert_true(term_wait(t, "Saved as all.jsonl"));
    assert_int_equal(files_lines("all.jsonl", STAGE), 2);
    save(t, "text", "one.txt");
    assert_true(term_wait(t, "Saved as one.txt"));
    assert_int_equal(files_lines("one.txt", "== Twice"), 1);
    char *text = files_text("one.txt");
    char *line = strstr(text, "first = socket()");
    assert_non_null(line);
    assert_null(strstr(line + 1, "first = socket()"));
    assert_non_null(strstr(text, "other = socket()"));
    free(text);
    /* In the past the same. */
    term_keys(t, "[");
    assert_true(term_wait(t, "PAST"));
    save(t, "text", "past.txt");
    assert_true(term_wait(t, "Saved as past.txt"));
    assert_true(term_wait(t, "PAST"));
    char *past = files_text("past.txt");
    assert_non_null(strstr(past, "other = socket()"));
    free(past);
    quit(t);
    files_leave();
}

static void click(struct term *t, const char *text)
{
    char *screen = term_dump(t), bytes[64];
    char *at = strstr(screen, text);
    int row = 1, col = 1;

    assert_non_null(at);
    for (char *p = screen; p < at; p++) {
        row += *p == '\n';
        col = *p == '\n' ? 1 : col + (((unsigned char)*p & 0xc0) != 0x80);
    }
    free(screen);
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", col, row, col,
        row);
    term_keys(t, bytes);
}

static void test_mouse(void **state)
{
    struct term *t;

    (void)state;
    files_enter();
    t = replay();
    term_keys(t, " S");
    assert_true(term_wait(t, "Enter this one"));
    click(t, "text  ");
    assert_true(term_wait(t, "▸ text"));
    click(t, "text  ");
    assert_true(term_wait(t, "save as: handshake-"));
    assert_true(term_wait(t, "Enter write it"));
    click(t, "write it");
    assert_true(term_wait(t, "Saved as handshake-"));
    quit(t);
    assert_int_equal(files_count(), 1);
    files_leave();
}

/* Who leaves before all is written waits for it, and is told. */
static void test_leaving(void **state)
{
    static const char *const args[] = {"long.jsonl", NULL};
    struct term *t;

    (void)state;
    files_enter();
    files_write_long("long.jsonl", 200000);
    t = term_start(24, 80, args);
    assert_true(term_wait(t, "RECORDING"));
    assert_true(files_choose(t, "text"));
    term_keys(t, CLEAR "x.txt\rq");
    assert_int_equal(term_wait_exit(t), 0);
    assert_true(term_wait(t, "Saved as x.txt"));
    assert_int_equal(files_count(), 2);
    term_free(t);
    files_leave();
}

/* Too small to show anything: nothing is chosen unseen, and all is there when
 * there is room again. */
static void test_small(void **state)
{
    struct term *t;

    (void)state;
    files_enter();
    t = start(NULL);
    term_keys(t, "S");
    assert_true(term_wait(t, "What to save?"));
    term_resize(t, 10, 40);
    assert_true(term_wait(t, "q quits."));
    term_keys(t, "\r");
    term_pump(t, 100); /* it is read before the window grows */
    term_resize(t, 24, 80);
    assert_true(term_wait(t, "What to save?"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "save as: "));
    term_resize(t, 10, 40);
    assert_true(term_wait(t, "q quits."));
    term_resize(t, 24, 80);
    assert_true(term_wait(t, "save as: "));
    term_keys(t, "\r");
    assert_true(term_wait(t, "Saved as sockstage-"));
    quit(t);
    assert_int_equal(files_count(), 1);
    files_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_never_over),
        cmocka_unit_test(test_the_name),
        cmocka_unit_test(test_where_it_can_not_be),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_leaving),
        cmocka_unit_test(test_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
