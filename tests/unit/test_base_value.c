/* Values: counting, kinds, truth and equality as Python has them. */
#include "sockstage/base/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/mem.h"

#include <math.h>
#include <string.h>

static struct value *pair(struct value *a, struct value *b)
{
    struct value *items[] = {a, b};

    return value_tuple(items, 2);
}

/* Compares and frees both. */
static bool equal(struct value *a, struct value *b)
{
    bool same = value_equal(a, b);

    assert_int_equal(value_equal(b, a), same);
    value_free(a);
    value_free(b);
    return same;
}

static bool truth(struct value *v)
{
    bool is_true = value_truth(v);

    value_free(v);
    return is_true;
}

static void test_counting(void **state)
{
    (void)state;
    struct value *data = value_bytes("abc", 3);
    struct value *tuple = pair(value_ref(data), value_int(1));
    size_t len;

    value_free(data);
    assert_memory_equal(value_data(value_tuple_item(tuple, 0), &len), "abc", 3);
    value_free(value_ref(tuple));
    assert_int_equal(value_tuple_len(tuple), 2);
    value_free(tuple);
    value_free(NULL);
    assert_null(value_ref(NULL));
}

static void test_bytes_are_copied_or_taken(void **state)
{
    (void)state;
    char text[] = "abc";
    struct value *copy = value_bytes(text, 3);
    struct value *taken = value_take_bytes(xmemdup("xyz", 3), 3);
    struct value *nothing = value_take_bytes(NULL, 0);
    size_t len;

    text[0] = '!';
    assert_memory_equal(value_data(copy, &len), "abc", 3);
    assert_int_equal(len, 3);
    assert_memory_equal(value_data(taken, &len), "xyz", 3);
    assert_string_equal(value_data(nothing, &len), "");
    assert_int_equal(len, 0);
    value_free(copy);
    value_free(taken);
    value_free(nothing);
}

static void test_kinds_and_type_names(void **state)
{
    (void)state;
    static const char *const names[] = {
        "NoneType",
        "bool",
        "int",
        "float",
        "bytes",
        "str",
        "tuple",
        "socket",
    };
    struct value *values[] = {
        value_none(),
        value_bool(true),
        value_int(1),
        value_float(1),
        value_bytes("", 0),
        value_str("", 0),
        value_tuple(NULL, 0),
        value_socket(1, 3),
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        assert_int_equal(value_kind(values[i]), i);
        assert_string_equal(value_type_name(values[i]), names[i]);
        assert_int_equal(
            value_is_number(values[i]), i >= VALUE_BOOL && i <= VALUE_FLOAT);
        value_free(values[i]);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    struct value *n = value_int(-7);
    struct value *yes = value_bool(true);
    struct value *half = value_float(0.5);

    assert_int_equal(value_as_int(n), -7);
    assert_int_equal(value_as_int(yes), 1);
    assert_true(value_as_float(n) == -7.0);
    assert_true(value_as_float(half) == 0.5);
    value_free(n);
    value_free(yes);
    value_free(half);
}

static void test_truth(void **state)
{
    (void)state;
    assert_false(truth(value_none()));
    assert_false(truth(value_bool(false)));
    assert_false(truth(value_int(0)));
    assert_false(truth(value_float(-0.0)));
    assert_false(truth(value_bytes("", 0)));
    assert_false(truth(value_str("", 0)));
    assert_false(truth(value_tuple(NULL, 0)));
    assert_true(truth(value_bool(true)));
    assert_true(truth(value_int(-1)));
    assert_true(truth(value_float(NAN)));
    assert_true(truth(value_bytes("\0", 1)));
    assert_true(truth(value_str("0", 1)));
    assert_true(truth(pair(value_none(), value_none())));
    assert_true(truth(value_socket(1, -1)));
}

static void test_equality_of_numbers(void **state)
{
    (void)state;
    int64_t big = INT64_C(9007199254740993); /* 2^53 + 1: no double */

    assert_true(equal(value_int(1), value_bool(true)));
    assert_true(equal(value_int(1), value_float(1.0)));
    assert_true(equal(value_float(0.0), value_float(-0.0)));
    assert_true(equal(value_int(INT64_MIN), value_float(-0x1p63)));
    assert_false(equal(value_int(INT64_MAX), value_float(0x1p63)));
    assert_false(equal(value_int(big), value_float((double)big)));
    assert_false(equal(value_int(0), value_float(0.5)));
    assert_false(equal(value_int(0), value_float(INFINITY)));
    assert_false(equal(value_float(NAN), value_float(NAN)));
    assert_false(equal(value_int(0), value_none()));
}

static void test_equality_of_the_others(void **state)
{
    (void)state;
    assert_true(equal(value_none(), value_none()));
    assert_true(equal(value_bytes("a\0b", 3), value_bytes("a\0b", 3)));
    assert_true(equal(value_bytes("", 0), value_take_bytes(NULL, 0)));
    assert_false(equal(value_bytes("a", 1), value_bytes("ab", 2)));
    assert_false(equal(value_bytes("a", 1), value_str("a", 1)));
    assert_true(equal(value_socket(1, 3), value_socket(1, 4)));
    assert_false(equal(value_socket(1, 3), value_socket(2, 3)));
    assert_true(equal(pair(value_str("10.0.0.2", 8), value_int(80)),
        pair(value_str("10.0.0.2", 8), value_float(80))));
    assert_false(equal(
        pair(value_int(1), value_int(2)), pair(value_int(1), value_int(3))));
    assert_false(equal(pair(value_int(1), value_int(2)), value_tuple(NULL, 0)));
}

static void test_held_sockets(void **state)
{
    (void)state;
    struct value *inner = pair(value_int(1), value_socket(7, 3));
    struct value *outer = pair(inner, value_none());

    assert_true(value_holds_socket(outer, 7));
    assert_false(value_holds_socket(outer, 1));
    assert_int_equal(value_socket_id(value_tuple_item(inner, 1)), 7);
    assert_int_equal(value_socket_fd(value_tuple_item(inner, 1)), 3);
    assert_null(value_tuple_item(outer, 2));
    value_free(outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counting),
        cmocka_unit_test(test_bytes_are_copied_or_taken),
        cmocka_unit_test(test_kinds_and_type_names),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_truth),
        cmocka_unit_test(test_equality_of_numbers),
        cmocka_unit_test(test_equality_of_the_others),
        cmocka_unit_test(test_held_sockets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
