/* repr() and print() of values, letter for letter as CPython 3.11 gives them.
 */
#include "sockstage/base/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/mem.h"

#include <locale.h>
#include <math.h>
#include <string.h>

/* Frees the value. */
static void check_repr_of(
    struct value *v, size_t max_bytes, const char *expected)
{
    struct str out = STR_INIT;

    value_repr(v, max_bytes, &out);
    assert_string_equal(str_text(&out), expected);
    str_done(&out);
    value_free(v);
}

static void test_words_and_integers(void **state)
{
    (void)state;
    check_repr_of(value_none(), 0, "None");
    check_repr_of(value_bool(true), 0, "True");
    check_repr_of(value_bool(false), 0, "False");
    check_repr_of(value_int(0), 0, "0");
    check_repr_of(value_int(INT64_MIN), 0, "-9223372036854775808");
    check_repr_of(value_socket(9, 3), 0, "<socket fd=3>");
}

static void test_floats(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *repr;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {0.5, "0.5"},
        {5.0, "5.0"},
        {100.0, "100.0"},
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e-4, "0.0001"},
        {1.5e-4, "0.00015"},
        {1e-5, "1e-05"},
        {1e-7, "1e-07"},
        {1.25e-7, "1.25e-07"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e100, "1e+100"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {-NAN, "nan"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check_repr_of(value_float(cases[i].x), 0, cases[i].repr);
}

static void test_floats_in_a_locale_with_a_comma(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        return; /* not generated here, as on most machines */
    check_repr_of(value_float(1.25), 0, "1.25");
    setlocale(LC_NUMERIC, "C");
}

static void test_bytes(void **state)
{
    (void)state;
    check_repr_of(value_bytes("", 0), 0, "b''");
    check_repr_of(value_bytes("hello", 5), 0, "b'hello'");
    check_repr_of(value_bytes("it's", 4), 0, "b\"it's\"");
    check_repr_of(value_bytes("\"", 1), 0, "b'\"'");
    check_repr_of(value_bytes("'\"", 2), 0, "b'\\'\"'");
    check_repr_of(value_bytes("\t\n\r\\\0\x1f\x7f\xff", 8), 0,
        "b'\\t\\n\\r\\\\\\x00\\x1f\\x7f\\xff'");
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *repr;
    } cases[] = {
        {"", "''"},
        {"server", "'server'"},
        {"it's", "\"it's\""},
        {"'\"", "'\\'\"'"},
        {"\a\n\x7f", "'\\x07\\n\\x7f'"},
        {"caf\xc3\xa9", "'caf\xc3\xa9'"},
        {"\xec\x86\x8c\xec\xbc\x93", "'\xec\x86\x8c\xec\xbc\x93'"},
        {"\xc2\x85\xc2\xa0\xc2\xad", "'\\x85\\xa0\\xad'"},
        {"\xe2\x80\xa8\xe3\x80\x80", "'\\u2028\\u3000'"},
        {"\xee\x80\x80", "'\\ue000'"},
        {"\xf0\x9f\x98\x80", "'\xf0\x9f\x98\x80'"},
        {"\xf3\xa0\x80\x81", "'\\U000e0001'"},
        {"\xff", "'\\udcff'"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check_repr_of(
            value_str(cases[i].text, strlen(cases[i].text)), 0, cases[i].repr);
}

static void test_tuples(void **state)
{
    (void)state;
    struct value *addr[] = {value_str("10.0.0.2", 8), value_int(34254)};
    struct value *one[] = {value_int(1)};
    struct value *nested[] = {value_tuple(one, 1), value_tuple(NULL, 0)};

    check_repr_of(value_tuple(addr, 2), 0, "('10.0.0.2', 34254)");
    check_repr_of(value_tuple(nested, 2), 0, "((1,), ())");
}

static void test_long_data_is_cut_outside_the_quotes(void **state)
{
    (void)state;
    struct value *items[] = {value_bytes("abcdef", 6), value_str("xyz", 3)};

    check_repr_of(value_bytes("abcdef", 6), 6, "b'abcdef'");
    check_repr_of(value_bytes("abcdef", 6), 5, "b'abcde'...");
    check_repr_of(value_bytes("abc'", 4), 3, "b'abc'...");
    check_repr_of(value_bytes("\x80\x80\x80", 3), 2, "b'\\x80\\x80'...");
    check_repr_of(
        value_str("\xec\x86\x8c\xec\xbc\x93", 6), 5, "'\xec\x86\x8c'...");
    check_repr_of(value_tuple(items, 2), 2, "(b'ab'..., 'xy'...)");
}

static void test_print(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    struct value *text = value_str("it's\n", 5);
    struct value *data = value_bytes("it's\n", 5);

    value_print(text, &out);
    assert_string_equal(str_text(&out), "it's\n");
    str_clear(&out);
    value_print(data, &out);
    assert_string_equal(str_text(&out), "b\"it's\\n\"");
    str_done(&out);
    value_free(text);
    value_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_and_integers),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_floats_in_a_locale_with_a_comma),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_tuples),
        cmocka_unit_test(test_long_data_is_cut_outside_the_quotes),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
