/* The tape: records by number, the bound of its memory, what goes to a spool
 * and comes back, and spools that fail. */
#include "../../src/model/tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sockstage/base/mem.h"
#include "spool_file.h"

#define WINDOW     (64U * 1024)
#define RECORD_MAX 300
#define PREFIX     4 /* bytes that each record takes beside its own */
#define COUNT      5000

static size_t record_len(uint64_t n)
{
    return (size_t)(n * 37 % RECORD_MAX);
}

static void record_fill(uint64_t n, uint8_t bytes[RECORD_MAX])
{
    for (size_t i = 0; i < record_len(n); i++)
        bytes[i] = (uint8_t)(n * 31 + i);
}

static void append(struct tape *t, uint64_t count)
{
    uint8_t bytes[RECORD_MAX];

    for (uint64_t i = 0; i < count; i++) {
        uint64_t n = tape_end(t);
        record_fill(n, bytes);
        tape_append(t, n % 1000 == 999 ? 2 : 1, bytes, record_len(n));
        assert_int_equal(tape_end(t), n + 1);
    }
}

static void assert_readable(struct tape *t, uint64_t n)
{
    uint8_t want[RECORD_MAX];
    const uint8_t *bytes;
    size_t len;

    record_fill(n, want);
    assert_true(tape_get(t, n, &bytes, &len));
    assert_int_equal(len, record_len(n));
    assert_memory_equal(bytes, want, len);
}

/* Forwards, backwards, and far apart; nothing outside. Returns their bytes. */
static size_t assert_all_readable(struct tape *t)
{
    uint64_t first = tape_first(t), end = tape_end(t);
    const uint8_t *bytes;
    size_t len, sum = 0;

    for (uint64_t n = first; n < end; n++) {
        assert_readable(t, n);
        sum += record_len(n) + PREFIX;
    }
    for (uint64_t n = end; n-- > first;)
        assert_readable(t, n);
    for (uint64_t i = 0; i < 500; i++)
        assert_readable(t, first + i * 7919 % (end - first));
    assert_false(tape_get(t, end, &bytes, &len));
    assert_false(tape_get(t, UINT64_MAX, &bytes, &len));
    if (first > 0)
        assert_false(tape_get(t, first - 1, &bytes, &len));
    return sum;
}

static void test_window_is_bounded(void **state)
{
    struct tape *t = tape_new(WINDOW);
    size_t sum;

    (void)state;
    assert_int_equal(tape_first(t), 0);
    assert_int_equal(tape_end(t), 0);
    append(t, 300);
    assert_int_equal(tape_first(t), 0);
    assert_all_readable(t);
    for (int i = 0; i < 20; i++) {
        append(t, 211);
        sum = assert_all_readable(t);
        assert_true(sum <= WINDOW);
        assert_true(sum > WINDOW * 3 / 4);
    }
    tape_free(t);
    tape_free(NULL);
}

static void test_window_of_nothing(void **state)
{
    struct tape *t = tape_new(0);
    const uint8_t *bytes;
    size_t len;

    (void)state;
    append(t, 10);
    assert_int_equal(tape_first(t), 10);
    assert_int_equal(tape_end(t), 10);
    assert_false(tape_get(t, 9, &bytes, &len));
    tape_free(t);
}

static void test_newest_always_stays(void **state)
{
    struct tape *t = tape_new(1);
    uint8_t *large = xcalloc(1, WINDOW);
    const uint8_t *bytes;
    size_t len;

    (void)state;
    for (uint64_t n = 0; n < 20; n++) {
        append(t, 1);
        assert_int_equal(tape_first(t), n);
        assert_readable(t, n);
    }
    large[WINDOW - 1] = 9;
    tape_append(t, 0, large, WINDOW);
    assert_int_equal(tape_first(t), 20);
    assert_true(tape_get(t, 20, &bytes, &len));
    assert_int_equal(len, WINDOW);
    assert_memory_equal(bytes, large, WINDOW);
    append(t, 1);
    assert_int_equal(tape_first(t), 21);
    assert_readable(t, 21);
    free(large);
    tape_free(t);
}

/* ---- the spool ----------------------------------------------------------- */

struct failure {
    struct tape *tape;
    unsigned times;
    struct err why;
};

static void on_failed(void *ctx, const struct err *e)
{
    struct failure *f = ctx;

    f->times++;
    f->why = *e;
    assert_readable(f->tape, tape_end(f->tape) - 1);
}

static struct tape *with_spool(uint64_t limit, struct failure *f, int *fd)
{
    struct tape *t = tape_new(WINDOW);

    *f = (struct failure){.tape = t};
    tape_set_spool(t, spool_file_open(limit, fd), on_failed, f);
    return t;
}

static void test_all_comes_back_from_the_spool(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(1 << 20, &f, &fd);
    uint8_t *large = xcalloc(1, 3 * WINDOW);
    const uint8_t *bytes;
    size_t len;

    (void)state;
    append(t, COUNT);
    assert_int_equal(tape_first(t), 0);
    assert_true(assert_all_readable(t) > 10 * WINDOW);
    tape_append(t, 0, large, 3 * WINDOW);
    append(t, 500);
    assert_readable(t, 0);
    assert_true(tape_get(t, COUNT, &bytes, &len));
    assert_int_equal(len, 3 * WINDOW);
    assert_memory_equal(bytes, large, len);
    assert_readable(t, 1);
    assert_readable(t, COUNT + 1);
    assert_int_equal(f.times, 0);
    free(large);
    tape_free(t);
}

static void test_written_in_large_pieces(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(1 << 20, &f, &fd);
    struct stat st;
    off_t before = 0;

    (void)state;
    for (uint64_t n = 0; n < COUNT; n++) {
        append(t, 1);
        assert_int_equal(fstat(fd, &st), 0);
        if (st.st_size != before)
            assert_true(st.st_size - before > WINDOW / 8 - 2 * RECORD_MAX);
        before = st.st_size;
    }
    assert_true(before > 9 * (off_t)WINDOW);
    tape_free(t);
}

static void test_full_ring_loses_the_oldest(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(2 * WINDOW, &f, &fd);
    uint64_t first = 0;

    (void)state;
    for (int i = 0; i < 40; i++) {
        append(t, 300);
        assert_true(tape_first(t) >= first);
        first = tape_first(t);
        assert_true(assert_all_readable(t) <= 3 * WINDOW);
    }
    assert_true(first > 0);
    assert_true(assert_all_readable(t) > 5 * WINDOW / 2);
    assert_int_equal(f.times, 0);
    tape_free(t);
}

static void test_failing_spool_is_told_once(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(1 << 20, &f, &fd);
    size_t sum;

    (void)state;
    append(t, 1500);
    assert_int_equal(tape_first(t), 0);
    assert_readable(t, 0); /* has its chunk loaded */
    spool_file_fill_disk(fd);
    append(t, 500);
    assert_int_equal(f.times, 1);
    assert_int_equal(f.why.code, ENOSPC);
    for (int i = 0; i < 5; i++) {
        append(t, 500);
        sum = assert_all_readable(t);
        assert_true(sum <= WINDOW && sum > WINDOW * 3 / 4);
    }
    assert_int_equal(f.times, 1);
    tape_free(t);
}

/* A record that the whole spool is too small for. */
static void test_record_larger_than_the_spool(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(WINDOW, &f, &fd);
    uint8_t *large = xcalloc(2, WINDOW);

    (void)state;
    tape_append(t, 0, large, 2 * WINDOW);
    assert_int_equal(tape_first(t), 0);
    append(t, 1);
    assert_int_equal(f.times, 1);
    assert_int_equal(f.why.code, EFBIG);
    assert_int_equal(tape_first(t), 1);
    assert_readable(t, 1);
    free(large);
    tape_free(t);
}

static void test_unreadable_spool(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(1 << 20, &f, &fd);
    const uint8_t *bytes;
    size_t len;

    (void)state;
    append(t, COUNT);
    assert_readable(t, 0);
    spool_file_lose(fd);
    assert_readable(t, 1); /* of the chunk that was read last */
    assert_false(tape_get(t, COUNT / 2, &bytes, &len));
    assert_false(tape_get(t, 0, &bytes, &len));
    assert_readable(t, COUNT - 1);
    assert_int_equal(f.times, 0);
    tape_free(t);
}

static void test_another_spool(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(1 << 20, &f, &fd);
    uint64_t first;

    (void)state;
    append(t, COUNT);
    tape_set_spool(t, spool_file_open(1 << 20, &fd), on_failed, &f);
    first = tape_first(t);
    assert_true(first > COUNT / 2);
    append(t, COUNT);
    assert_int_equal(tape_first(t), first);
    assert_all_readable(t);
    tape_set_spool(t, NULL, NULL, NULL);
    assert_true(assert_all_readable(t) <= WINDOW);
    append(t, COUNT);
    assert_true(assert_all_readable(t) <= WINDOW);
    tape_free(t);
}

/* ---- tags ---------------------------------------------------------------- */

static void test_skips_what_has_no_such_tag(void **state)
{
    struct failure f;
    int fd;
    struct tape *t = with_spool(1 << 20, &f, &fd);
    uint64_t from, to, asked = 0, found = 0;

    (void)state;
    append(t, COUNT);
    for (uint64_t n = 0; n < COUNT;) {
        if (tape_skip(t, n, 2, &from, &to)) {
            assert_true(from <= n && to > n && to <= COUNT);
            assert_true((from + 1) / 1000 == to / 1000);
            n = to;
        } else {
            found += n % 1000 == 999;
            n++;
        }
        asked++;
    }
    assert_int_equal(found, COUNT / 1000);
    assert_true(asked < COUNT / 5);
    assert_false(tape_skip(t, 5, 1, &from, &to));
    assert_false(tape_skip(t, 5, 3, &from, &to));
    assert_false(tape_skip(t, COUNT, 2, &from, &to));
    tape_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window_is_bounded),
        cmocka_unit_test(test_window_of_nothing),
        cmocka_unit_test(test_newest_always_stays),
        cmocka_unit_test(test_all_comes_back_from_the_spool),
        cmocka_unit_test(test_written_in_large_pieces),
        cmocka_unit_test(test_full_ring_loses_the_oldest),
        cmocka_unit_test(test_failing_spool_is_told_once),
        cmocka_unit_test(test_record_larger_than_the_spool),
        cmocka_unit_test(test_unreadable_spool),
        cmocka_unit_test(test_another_spool),
        cmocka_unit_test(test_skips_what_has_no_such_tag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
