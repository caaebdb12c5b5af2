/* Bytes on their way to a terminal: in order and complete, without waiting for
 * it; here a pipe is the terminal, and takes what fits into it. */
#include "../../src/tui/outlet.h"

#include "sockstage/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

struct way {
    uv_loop_t loop;
    struct outlet *outlet;
    int intake, terminal, reader;
    int drained, code;
    size_t written, read;
};

static void on_drained(void *ctx, int code)
{
    struct way *w = ctx;

    w->drained++;
    w->code = code;
}

static void open_way(struct way *w)
{
    int ends[2];
    struct err e;

    *w = (struct way){0};
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(uv_loop_init(&w->loop), 0);
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    w->reader = ends[0];
    w->terminal = ends[1];
    w->intake = fcntl(w->terminal, F_DUPFD_CLOEXEC, 0);
    assert_true(w->intake >= 0);
    assert_int_equal(outlet_open(&w->loop, w->terminal, w->intake, on_drained,
                         w, &w->outlet, &e),
        0);
}

static void close_way(struct way *w)
{
    outlet_close(w->outlet);
    close(w->intake);
    close(w->terminal);
    close(w->reader);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
}

/* The byte that comes at that place. */
static unsigned char byte_at(size_t place)
{
    return (unsigned char)(place * 7 + place / 251);
}

static void write_bytes(struct way *w, size_t count)
{
    unsigned char *bytes = xmalloc(count);

    for (size_t i = 0; i < count; i++)
        bytes[i] = byte_at(w->written + i);
    assert_int_equal(write(w->intake, bytes, count), count);
    w->written += count;
    free(bytes);
}

/* Reads what there is, at most `max`; each byte is the one that must come. */
static void read_bytes(struct way *w, size_t max)
{
    unsigned char bytes[4096];

    while (max > 0) {
        ssize_t n =
            read(w->reader, bytes, max < sizeof bytes ? max : sizeof bytes);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(bytes[i], byte_at(w->read + (size_t)i));
        w->read += (size_t)n;
        max -= (size_t)n;
    }
}

static void test_at_once(void **state)
{
    struct way w;

    (void)state;
    open_way(&w);
    for (int i = 0; i < 50; i++) {
        write_bytes(&w, 3000);
        assert_int_equal(w.read, w.written - 3000); /* not before it is sent */
        assert_int_equal(outlet_send(w.outlet), 0);
        assert_false(outlet_is_busy(w.outlet));
        read_bytes(&w, SIZE_MAX);
        assert_int_equal(w.read, w.written);
    }
    assert_int_equal(w.drained, 0);
    close_way(&w);
}

/* More than it takes; what is written meanwhile comes behind it, also where
 * nobody asks to send it. */
static void test_slowly(void **state)
{
    struct way w;

    (void)state;
    open_way(&w);
    for (int i = 1; i <= 3; i++) {
        write_bytes(&w, 300000);
        assert_int_equal(outlet_send(w.outlet), 0);
        assert_true(outlet_is_busy(w.outlet));
        write_bytes(&w, 50000);
        if (i != 2)
            assert_int_equal(outlet_send(w.outlet), 0);
        while (outlet_is_busy(w.outlet)) {
            assert_int_equal(w.drained, i - 1);
            read_bytes(&w, 10000);
            uv_run(&w.loop, UV_RUN_NOWAIT);
        }
        assert_int_equal(w.drained, i);
        assert_int_equal(w.code, 0);
        read_bytes(&w, SIZE_MAX);
        assert_int_equal(w.read, w.written);
    }
    close_way(&w);
}

/* The terminal has gone. */
static void test_lost(void **state)
{
    struct way w;

    (void)state;
    open_way(&w);
    write_bytes(&w, 300000);
    assert_int_equal(outlet_send(w.outlet), 0);
    close(w.reader);
    while (w.drained == 0)
        uv_run(&w.loop, UV_RUN_ONCE);
    assert_int_equal(w.code, -EPIPE);
    assert_false(outlet_is_busy(w.outlet));
    write_bytes(&w, 10);
    assert_int_equal(outlet_send(w.outlet), -EPIPE);
    assert_int_equal(outlet_send(w.outlet), 0); /* nothing is left */
    write_bytes(&w, 10);
    assert_int_equal(outlet_finish(w.outlet, 60000), -EPIPE);
    w.reader = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close_way(&w);
}

static void test_finish(void **state)
{
    struct way w;

    (void)state;
    open_way(&w);
    write_bytes(&w, 30000);
    assert_int_equal(outlet_finish(w.outlet, 60000), 0);
    read_bytes(&w, SIZE_MAX);
    assert_int_equal(w.read, 30000);
    write_bytes(&w, 300000);
    assert_int_equal(outlet_send(w.outlet), 0);
    assert_int_equal(outlet_finish(w.outlet, 20), -ETIMEDOUT);
    assert_false(outlet_is_busy(w.outlet));
    read_bytes(&w, SIZE_MAX);
    assert_true(w.read < w.written);
    w.written = w.read; /* the rest was dropped, all of it */
    write_bytes(&w, 100);
    assert_int_equal(outlet_send(w.outlet), 0);
    read_bytes(&w, SIZE_MAX);
    assert_int_equal(w.read, w.written);
    assert_int_equal(w.drained, 0);
    close_way(&w);
}

static void test_drop(void **state)
{
    struct way w;

    (void)state;
    open_way(&w);
    write_bytes(&w, 300000);
    assert_int_equal(outlet_send(w.outlet), 0);
    outlet_drop(w.outlet);
    assert_false(outlet_is_busy(w.outlet));
    read_bytes(&w, SIZE_MAX);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    read_bytes(&w, SIZE_MAX);
    assert_true(w.read < w.written);
    assert_int_equal(w.drained, 0);
    close_way(&w);
}

/* Where files may not grow there is no screen rather than half of one. */
static void test_limit(void **state)
{
    struct rlimit before, low;
    struct err e;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(outlet_check(&e), 0);
    low = before;
    low.rlim_cur = 100 << 10;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    int rc = outlet_check(&e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, -EFBIG);
    assert_non_null(strstr(e.msg, "ulimit -f unlimited"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_slowly),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_finish),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
