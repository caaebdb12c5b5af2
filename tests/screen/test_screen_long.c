/* A recording of 200,000 events with little memory to keep them in: it takes no
 * more than that, and any moment of it can be gone to. */
#include "term.h"

#include "sockstage/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALLS  40000 /* each with its events */
#define EVENTS 5
#define FIRST  1 /* the stage */
#define CLICKS 40

#define ROWS       36
#define COLS       120
#define SLIDER_ROW 30 /* on a screen of that size, from 1 */

/* --memory=8M, and the program itself. */
#define PEAK_MIB 24
#if defined(__SANITIZE_ADDRESS__)
#define WATCHED true /* by a sanitizer, with a shadow and a quarantine */
#elif defined(__has_feature)
#define WATCHED __has_feature(address_sanitizer)
#else
#define WATCHED false
#endif

/* ---- the file ------------------------------------------------------------ */

static void write_call(FILE *out, int n)
{
    int t = n / 1000, us = n % 1000 * 1000;

    fprintf(out,
        "{\"t\":%d.%06d,\"event\":\"call\",\"id\":%d,\"process\":\"c%d\","
        "\"socket\":\"s\",\"name\":\"send\",\"python\":\"n = s.send(b'x' * "
        "%d)\",\"syscall\":\"sendto(3, \\\"xxxxxxxx\\\"..., %d, 0, NULL, "
        "0)\"}\n",
        t, us, n, n % 50 + 1, n, n);
    fprintf(out,
        "{\"t\":%d.%06d,\"event\":\"segment\",\"id\":%d,\"from\":\"client\","
        "\"proto\":\"tcp\",\"src\":\"10.0.0.2:%d\",\"dst\":\"10.0.0.1:8080\","
        "\"flags\":\"PSH+ACK\",\"seq\":%d,\"ack\":1,\"len\":1000,"
        "\"window\":502}\n",
        t, us + 1, n, 40000 + n % 50, n);
    fprintf(out,
        "{\"t\":%d.%06d,\"event\":\"verdict\",\"segment\":%d,"
        "\"action\":\"delivered\"}\n",
        t, us + 2, n);
    fprintf(out,
        "{\"t\":%d.%06d,\"event\":\"socket\",\"id\":%d,\"host\":\"client\","
        "\"owners\":[\"c%d.s\"],\"proto\":\"tcp\",\"local\":\"10.0.0.2:%d\","
        "\"peer\":\"10.0.0.1:8080\",\"state\":\"ESTABLISHED\","
        "\"send_buffer\":%d,\"unsent\":0,\"recv_buffer\":0,"
        "\"info\":{\"snd_cwnd\":%d,\"rtt\":%d}}\n",
        t, us + 3, n % 50 + 1, n % 50 + 1, 40000 + n % 50, n % 60000, n % 77,
        n);
    fprintf(out,
        "{\"t\":%d.%06d,\"event\":\"return\",\"id\":%d,\"process\":\"c%d\","
        "\"result\":%d,\"elapsed\":0.000004}\n",
        t, us + 4, n, n % 50 + 1, n);
}

static void write_recording(const char *path)
{
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    fputs("{\"t\":0,\"event\":\"stage\",\"version\":1,\"wire\":\"private\"}\n",
        out);
    for (int n = 1; n <= CALLS; n++)
        write_call(out, n);
    assert_int_equal(fclose(out), 0);
}

/* ---- the screen ---------------------------------------------------------- */

static unsigned long peak_mib(pid_t pid)
{
    char path[64], line[256];
    unsigned long kib = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "r");
    assert_non_null(f);
    while (kib == 0 && fgets(line, sizeof line, f))
        sscanf(line, "VmHWM: %lu", &kib);
    fclose(f);
    return kib >> 10;
}

static unsigned cursor_of(struct term *t)
{
    char *screen = term_dump(t);
    const char *at = strstr(screen, "event ");
    unsigned cursor = 0;

    assert_non_null(at);
    assert_int_equal(sscanf(at, "event %u of", &cursor), 1);
    free(screen);
    return cursor;
}

/* Whether the newest call in the log is the one that is due at `cursor`. */
static void assert_moment(struct term *t, unsigned cursor)
{
    char text[64], *screen;

    snprintf(text, sizeof text, "b'x' * %u)",
        (cursor - FIRST + EVENTS - 1) / EVENTS);
    assert_true(term_wait(t, text));
    snprintf(text, sizeof text, "b'x' * %u)",
        (cursor - FIRST + EVENTS - 1) / EVENTS + 1);
    screen = term_dump(t);
    assert_null(strstr(screen, text));
    free(screen);
}

static unsigned click(struct term *t, int column, unsigned from)
{
    char bytes[64];
    uint64_t until = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
    unsigned cursor = from;

    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", column,
        SLIDER_ROW, column, SLIDER_ROW);
    term_keys(t, bytes);
    while (cursor == from) {
        assert_true(clock_now_ns() < until);
        term_pump(t, 2);
        cursor = cursor_of(t);
    }
    return cursor;
}

static void look_around(struct term *t)
{
    unsigned cursor = CALLS * EVENTS + FIRST;
    char text[64];

    for (int i = 1; i <= CLICKS; i++) {
        cursor = click(t, i * 47 % (COLS - 20) + 10, cursor);
        assert_moment(t, cursor);
        term_keys(t, "[[[[[[");
        snprintf(text, sizeof text, "event %u of", cursor -= 6);
        assert_true(term_wait(t, text));
        assert_moment(t, cursor);
    }
}

static void test_long_recording(void **state)
{
    const char *path = *state;
    const char *const args[] = {path, "--memory=8M", NULL};
    char text[64];

    write_recording(path);
    struct term *t = term_start(ROWS, COLS, args);
    assert_true(term_wait(t, "RECORDING"));
    term_keys(t, " ");
    snprintf(text, sizeof text, " of %d ", CALLS * EVENTS + FIRST);
    assert_true(term_wait(t, text));
    term_keys(t, "\033[F"); /* End */
    assert_moment(t, CALLS * EVENTS + FIRST);
    look_around(t);
    if (!WATCHED && peak_mib(term_pid(t)) > PEAK_MIB)
        fail_msg("it took %lu MiB", peak_mib(term_pid(t)));
    print_message("%lu MiB at most\n", peak_mib(term_pid(t)));
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
}

int main(void)
{
    char path[] = "/var/tmp/sockstage-long-XXXXXX";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_long_recording, path),
    };
    int fd = mkstemp(path), failed;

    if (fd < 0) {
        perror(path);
        return 1;
    }
    close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
