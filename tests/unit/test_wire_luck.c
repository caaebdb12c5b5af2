/* The draws behind loss, jitter and corruption. */
#include "../../src/wire/luck.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct segment segment(uint32_t seq)
{
    return (struct segment){
        .from = HOST_CLIENT,
        .proto = IPPROTO_TCP,
        .flags = SEGMENT_ACK,
        .flow = 1,
        .has_relative = true,
        .seq = seq,
        .ack = 1,
        .len = 100,
    };
}

static bool draws_differ(const struct segment *a, const struct segment *b)
{
    return luck_draw(1, 0, a) != luck_draw(1, 0, b);
}

static void test_what_counts(void **state)
{
    const struct segment a = segment(1);
    struct segment b = a;

    (void)state;
    b.id = 99;
    b.t_ns = 99;
    b.src.port = 99;
    b.seq_raw = b.ack_raw = 99;
    b.window = 99;
    b.ack = 99; /* of data: a matter of timing */
    assert_false(draws_differ(&a, &b));
    b.times = 1;
    assert_true(draws_differ(&a, &b));
    b = segment(2);
    assert_true(draws_differ(&a, &b));
    b = a;
    b.flow = 2;
    assert_true(draws_differ(&a, &b));
    b = a;
    b.from = HOST_SERVER;
    assert_true(draws_differ(&a, &b));
    b = a;
    b.flags |= SEGMENT_FIN;
    assert_true(draws_differ(&a, &b));
    assert_true(luck_draw(1, 0, &a) != luck_draw(2, 0, &a));
    assert_true(luck_draw(1, 0, &a) != luck_draw(1, 1, &a));
}

/* A bare ACK is what it acknowledges. */
static void test_acks(void **state)
{
    struct segment a = segment(1), b;

    (void)state;
    a.len = 0;
    b = a;
    b.ack = 2;
    assert_true(draws_differ(&a, &b));
    b = a;
    b.seq = 2;
    assert_false(draws_differ(&a, &b));
}

static void test_below(void **state)
{
    (void)state;
    assert_int_equal(luck_below(0, 10), 0);
    assert_int_equal(luck_below(UINT64_MAX, 10), 9);
    assert_int_equal(luck_below(UINT64_MAX, 1), 0);
    assert_int_equal(luck_below(UINT64_C(1) << 63, 10), 5);
    assert_true(luck_below(UINT64_MAX, UINT64_MAX) == UINT64_MAX - 1);
    assert_true(
        luck_below(UINT64_C(1) << 63, UINT64_C(1) << 63) == UINT64_C(1) << 62);
}

/* 10,000 draws into ten: each gets 1000, give or take six deviations. */
static void test_even(void **state)
{
    unsigned counts[10] = {0};

    (void)state;
    for (uint32_t i = 0; i < 10000; i++) {
        const struct segment s = segment(i * 1000);
        counts[luck_below(luck_draw(7, 3, &s), 10)]++;
    }
    for (size_t i = 0; i < 10; i++)
        assert_in_range(counts[i], 820, 1180);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_counts),
        cmocka_unit_test(test_acks),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
