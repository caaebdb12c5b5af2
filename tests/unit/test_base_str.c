/* The growing text: additions of every kind, escapes, hand-over. */
#include "sockstage/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void test_starts_empty_and_usable(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    assert_string_equal(str_text(&s), "");
    str_clear(&s);
    str_done(&s);
    str_add(&s, "again");
    assert_string_equal(str_text(&s), "again");
    str_done(&s);
    assert_int_equal(s.len, 0);
}

static void test_adds(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    str_add(&s, "c1");
    str_addc(&s, ':');
    str_addn(&s, " s.send", 2);
    str_addf(&s, ".%s(%d)", "recv", 1000);
    str_addf(&s, "%s", "");
    str_addn(&s, NULL, 0);
    assert_string_equal(str_text(&s), "c1: s.recv(1000)");
    assert_int_equal(s.len, 16);
    str_done(&s);
}

static void test_truncates(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    str_truncate(&s, 0);
    str_add(&s, "-1 EAGAIN (words)");
    str_truncate(&s, 17);
    str_truncate(&s, 99);
    assert_string_equal(str_text(&s), "-1 EAGAIN (words)");
    str_truncate(&s, 9);
    assert_string_equal(str_text(&s), "-1 EAGAIN");
    str_add(&s, "!");
    assert_string_equal(str_text(&s), "-1 EAGAIN!");
    str_done(&s);
}

static void test_holds_nul_bytes(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    str_addn(&s, "a\0b", 3);
    str_addc(&s, '\0');
    assert_int_equal(s.len, 4);
    assert_memory_equal(s.data, "a\0b\0", 5);
    str_done(&s);
}

static void test_grows_far(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    for (int i = 0; i < 5000; i++)
        str_addf(&s, "%04d,", i);
    assert_int_equal(s.len, 25000);
    assert_string_equal(str_text(&s) + 24995, "4999,");
    str_done(&s);
}

static void test_reserves(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    for (size_t i = 0; i < 1000; i++) {
        char *at = str_reserve(&s, i);
        assert_ptr_equal(at, s.data + s.len);
        assert_true(s.cap > s.len + i);
        memset(at, 'x', i);
        s.len += i;
        s.data[s.len] = '\0';
    }
    assert_int_equal(strlen(str_text(&s)), 999 * 1000 / 2);
    str_done(&s);
}

static void test_steal_leaves_it_empty(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    char *nothing = str_steal(&s);

    str_add(&s, "mine");
    char *text = str_steal(&s);
    assert_string_equal(nothing, "");
    assert_string_equal(text, "mine");
    assert_string_equal(str_text(&s), "");
    free(nothing);
    free(text);
    str_done(&s);
}

static void test_escapes(void **state)
{
    (void)state;
    struct str s = STR_INIT;

    str_add_escaped(&s, "a'\"\\\n\r\t\0\x1b\x7f\xea~ ", 13, '\'');
    assert_string_equal(
        str_text(&s), "a\\'\"\\\\\\n\\r\\t\\x00\\x1b\\x7f\\xea~ ");
    str_clear(&s);
    str_add_escaped(&s, "'\"", 2, '"');
    assert_string_equal(str_text(&s), "'\\\"");
    str_done(&s);
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(str_equal("a", "a"));
    assert_false(str_equal("a", "b"));
    assert_false(str_equal("a", NULL));
    assert_false(str_equal(NULL, ""));
    assert_true(str_equal(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_empty_and_usable),
        cmocka_unit_test(test_adds),
        cmocka_unit_test(test_truncates),
        cmocka_unit_test(test_holds_nul_bytes),
        cmocka_unit_test(test_grows_far),
        cmocka_unit_test(test_reserves),
        cmocka_unit_test(test_steal_leaves_it_empty),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
