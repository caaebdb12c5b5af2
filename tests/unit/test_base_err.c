/* Error messages: return codes, errno names, hints, truncation. */
#include "sockstage/base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/text.h"

#include <errno.h>
#include <string.h>

static void test_set_returns_the_negative_code(void **state)
{
    (void)state;
    struct err e;

    assert_int_equal(err_set(&e, ENOENT, "no theme \"%s\"", "x"), -ENOENT);
    assert_int_equal(e.code, ENOENT);
    assert_string_equal(e.msg, "no theme \"x\"");
    assert_int_equal(err_set(&e, 0, "odd"), -EINVAL);
    assert_int_equal(e.code, 0);
    assert_int_equal(err_set(NULL, EPERM, "nobody listens"), -EPERM);
}

static void test_sys_names_the_errno(void **state)
{
    (void)state;
    struct err e;

    assert_int_equal(err_sys(&e, EACCES, "open %s", "/dev/net/tun"), -EACCES);
    assert_string_equal(e.msg, "open /dev/net/tun: EACCES (Permission denied)");
    assert_int_equal(err_sys(NULL, EACCES, "open"), -EACCES);
}

static void test_hint_is_appended(void **state)
{
    (void)state;
    struct err e;

    err_set(&e, EPERM, "refused");
    err_hint(&e, "try %s", "sudo");
    assert_string_equal(e.msg, "refused; try sudo");
    err_hint(NULL, "nobody listens");
}

static void test_a_message_may_wrap_itself(void **state)
{
    (void)state;
    struct err e;

    err_set(&e, EPERM, "inner");
    err_set(&e, EPERM, "outer: %s", e.msg);
    assert_string_equal(e.msg, "outer: inner");
    err_hint(&e, "see %s", e.msg);
    assert_string_equal(e.msg, "outer: inner; see outer: inner");
}

static void test_long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    char text[1024];

    for (size_t shift = 0; shift < 4; shift++) {
        struct err e;
        text[0] = '\0';
        for (size_t i = 0; i < shift; i++)
            strcat(text, "x");
        for (int i = 0; i < 200; i++)
            strcat(text, i % 2 ? "\xf0\x9f\x98\x80" : "\xed\x95\x9c");
        err_sys(&e, EIO, "%s", text);
        size_t len = strlen(e.msg);
        assert_in_range(len, sizeof e.msg - 4, sizeof e.msg - 1);
        assert_true(utf8_valid(e.msg, len));
    }
}

static void test_no_newline_at_the_end(void **state)
{
    (void)state;
    struct err e;

    err_set(&e, EIO, "line\n\n");
    assert_string_equal(e.msg, "line");
    err_set(&e, EIO, "%s", "");
    assert_string_equal(e.msg, "");
}

static void test_names_and_numbers(void **state)
{
    (void)state;
    assert_string_equal(err_name(ECONNREFUSED), "ECONNREFUSED");
    assert_string_equal(err_name(EAGAIN), "EAGAIN");
    assert_string_equal(err_name(4000), "E4000");
    assert_string_equal(err_name(0), "E0");
    assert_int_equal(err_number("ECONNREFUSED"), ECONNREFUSED);
    assert_int_equal(err_number("EWOULDBLOCK"), EAGAIN);
    assert_int_equal(err_number("EOPNOTSUPP"), EOPNOTSUPP);
    assert_int_equal(err_number("ENOTSUP"), EOPNOTSUPP);
    assert_int_equal(err_number("ENOSUCHNAME"), 0);
    assert_int_equal(err_number("0"), 0);
    assert_int_equal(err_number(""), 0);
    for (int code = 1; code < 134; code++)
        if (strncmp(err_name(code), "E4", 2) != 0 &&
            strncmp(err_name(code), "E5", 2) != 0)
            assert_int_equal(err_number(err_name(code)), code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_returns_the_negative_code),
        cmocka_unit_test(test_sys_names_the_errno),
        cmocka_unit_test(test_hint_is_appended),
        cmocka_unit_test(test_a_message_may_wrap_itself),
        cmocka_unit_test(test_long_messages_are_cut_between_characters),
        cmocka_unit_test(test_no_newline_at_the_end),
        cmocka_unit_test(test_names_and_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
