/* Keys in no order, pasted text, clicks and resizes on the real program in a
 * real terminal: it does not crash, keeps every wide character whole, and gives
 * the terminal back. SEED tries another order. */
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define KEYS    1200
#define PUMP_MS 1
#define EVERY   50 /* keys between two looks whether it has quit */
#define SAMPLE  TEST_SOURCE_DIR "/screen/handshake.jsonl"

static uint64_t seed = 88172645463325252U;
static int rows = 24, cols = 80;

static uint64_t luck(uint64_t limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % limit;
}

/* No Ctrl-Z, no Ctrl-C and no q, which would end it. */
static const char *const keys[] = {"\r", "\t", " ", "\033[A", "\033[B",
    "\033[C", "\033[D", "\033[5~", "\033[6~", "\033[H", "\033[F", "\033OP", "v",
    "z", "t", "g", "i", "?", "n", "h", "d", "u", "[", "]", "L", "p", "x", "1",
    "ㅋ", "한", "\033[Z", "\x7f", "\x12", "\x15", "@", "+", "-", "S"};

static const char *const lines[] = {"server: ls = socket()",
    "server: ls.bind(('', 8080))", "server: ls.listen(1)", "c1: s = socket()",
    "c1: s.connect(('server', 8080))", "server: conn, a = ls.accept()",
    "c1: s.send('안녕하세요'.encode() * 100)", "wire hold", "wire release",
    "note ko: 무엇이 보입니까?", "c2: s = socket()",
    "c2: s.connect(('server', 8080))", "c1: s.close()", "nonsense (("};

/* Not in the last row, where a hint may be that quits. */
static void click(struct term *t)
{
    char bytes[32];
    int y = 1 + (int)luck((uint64_t)rows - 1);
    int x = 1 + (int)luck((uint64_t)cols);

    snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dM", luck(4) ? 0 : 64, x, y);
    term_keys(t, bytes);
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dm", x, y);
    term_keys(t, bytes);
}

static void press(struct term *t)
{
    static const int sizes[][2] = {
        {24, 80}, {36, 120}, {16, 60}, {10, 40}, {24, 79}, {50, 160}};
    uint64_t what = luck(60);

    if (what == 0) {
        size_t i = luck(sizeof sizes / sizeof sizes[0]);
        rows = sizes[i][0];
        cols = sizes[i][1];
        term_resize(t, rows, cols);
    } else if (what == 1) {
        term_paste(t, "c1: a = '가나다'\nc1: b = 2\n");
    } else if (what < 5) {
        term_keys(t, "\033\033");
        term_pump(t, 60); /* so that it is a key of its own */
        term_line(t, lines[luck(sizeof lines / sizeof lines[0])]);
    } else if (what < 10) {
        click(t);
    } else {
        term_keys(t, keys[luck(sizeof keys / sizeof keys[0])]);
    }
    term_pump(t, PUMP_MS);
}

/* By a click on the line of that key, on the page of keys. */
static bool has_quit(struct term *t)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)term_pid(t), &info,
               WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

static struct term *start(const char *const *args)
{
    struct term *t = term_start(24, 80, args);

    rows = 24;
    cols = 80;
    term_pump(t, 300);
    return t;
}

static struct term *start_again(struct term *t, const char *const *args)
{
    assert_int_equal(term_wait_exit(t), 0);
    assert_true(term_is_restored(t));
    term_free(t);
    return start(args);
}

static void press_and_leave(const char *const *args)
{
    const char *given = getenv("SEED");
    struct term *t;

    files_enter(); /* one of the keys saves */
    if (given)
        seed = strtoull(given, NULL, 10) | 1;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    t = start(args);
    for (int i = 1; i <= KEYS; i++) {
        press(t);
        if (i % EVERY == 0 && has_quit(t))
            t = start_again(t, args);
    }
    if (has_quit(t))
        t = start_again(t, args);
    /* It draws what it is told, still: below its smallest it says so. */
    term_resize(t, 10, 40);
    assert_true(term_wait(t, "60x16"));
    assert_int_equal(kill(term_pid(t), SIGTERM), 0);
    assert_int_equal(term_wait_exit(t), 130);
    assert_true(term_is_restored(t));
    term_free(t);
    files_leave();
}

static void on_a_stage(void **state)
{
    (void)state;
    press_and_leave((const char *const[]){NULL});
}

static void in_a_recording(void **state)
{
    (void)state;
    press_and_leave((const char *const[]){SAMPLE, NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_a_stage),
        cmocka_unit_test(in_a_recording),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
