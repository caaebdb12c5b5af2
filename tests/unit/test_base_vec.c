/* The growing array: order kept over many growths, removal at both ends. */
#include "sockstage/base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_push_keeps_order(void **state)
{
    (void)state;
    VEC(uint32_t) v = VEC_INIT;

    for (uint32_t i = 0; i < 10000; i++)
        vec_push(&v, i * 3);
    assert_int_equal(v.len, 10000);
    assert_true(v.cap >= v.len);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(v.items[i], i * 3);
    vec_done(&v);
    assert_null(v.items);
    assert_int_equal(v.len, 0);
}

static void test_remove(void **state)
{
    (void)state;
    VEC(char) v = VEC_INIT;

    for (char c = 'a'; c <= 'e'; c++)
        vec_push(&v, c);
    vec_remove(&v, 0);
    vec_remove(&v, 3);
    vec_remove(&v, 1);
    assert_int_equal(v.len, 2);
    assert_memory_equal(v.items, "bd", 2);
    vec_done(&v);
}

static void test_clear_keeps_the_memory(void **state)
{
    (void)state;
    VEC(int) v = VEC_INIT;

    vec_push(&v, 1);
    const int *items = v.items;
    vec_clear(&v);
    vec_push(&v, 2);
    assert_ptr_equal(v.items, items);
    assert_int_equal(v.len, 1);
    assert_int_equal(v.items[0], 2);
    vec_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_push_keeps_order),
        cmocka_unit_test(test_remove),
        cmocka_unit_test(test_clear_keeps_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
