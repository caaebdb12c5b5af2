/* UTF-8 by the table of RFC 3629, and widths as a terminal draws them. */
#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void test_every_code_point_round_trips(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        char bytes[4];
        uint32_t back;
        size_t n = utf8_encode(cp, bytes);
        if (cp >= 0xd800 && cp <= 0xdfff) {
            assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
            continue;
        }
        assert_int_equal(utf8_decode(bytes, n, &back), n);
        assert_int_equal(back, cp);
    }
}

static void test_malformed_input_is_one_replacement(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"\x80", 1},             /* a continuation alone */
        {"\xc0\x80", 2},         /* overlong NUL */
        {"\xc1\xbf", 2},         /* overlong */
        {"\xe0\x9f\xbf", 3},     /* overlong */
        {"\xf0\x8f\xbf\xbf", 4}, /* overlong */
        {"\xed\xa0\x80", 3},     /* surrogate */
        {"\xf4\x90\x80\x80", 4}, /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", 4}, /* no lead byte */
        {"\xff", 1},             /* no lead byte */
        {"\xe2\x82", 2},         /* cut off */
        {"\xe2\x82x", 3},        /* broken off */
    };

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        uint32_t cp = 0;
        assert_int_equal(utf8_decode(bad[i].bytes, bad[i].len, &cp), 1);
        assert_int_equal(cp, 0xfffd);
        assert_false(utf8_valid(bad[i].bytes, bad[i].len));
    }
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0b", 3));
    assert_true(utf8_valid("\xed\x95\x9c\xea\xb8\x80 \xef\xbf\xbd", 10));
    assert_false(utf8_valid("ok\xff", 3));
}

static void test_width_of_code_points(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        {'a', 1},
        {0, 1},
        {0x1b, 1},
        {0x7f, 1},
        {0x85, 1},
        {0xad, 1},
        {0xe9, 1},
        {0x2500, 1},
        {0x2588, 1},
        {0x2192, 1},
        {0xfffd, 1},
        {0x300, 0},
        {0x36f, 0},
        {0x200b, 0},
        {0x200d, 0},
        {0xfe0f, 0},
        {0x1160, 0},
        {0x11ff, 0},
        {0x1100, 2},
        {0x115f, 2},
        {0xac00, 2},
        {0xd7a3, 2},
        {0x4e00, 2},
        {0x3042, 2},
        {0x3131, 2},
        {0xff01, 2},
        {0xff60, 2},
        {0xff61, 1},
        {0xffe6, 2},
        {0x1f600, 2},
        {0x20000, 2},
        {0x3fffd, 2},
        {0xe0100, 0},
        {0x231a, 2},
        {0x10ffff, 1},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (utf8_width(cases[i].cp) != cases[i].width)
            fail_msg(
                "U+%04X: %d", (unsigned)cases[i].cp, utf8_width(cases[i].cp));
}

static void test_width_of_texts(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("ESTABLISHED"), 11);
    assert_int_equal(text_width("\xec\x86\x8c\xec\xbc\x93 API"), 8);
    assert_int_equal(text_width("e\xcc\x81"), 1); /* e, combining acute */
    assert_int_equal(text_width("a\xff"), 2);
}

/* No terminal acts on it, nor is its order turned around. */
static void test_text_from_outside(void **state)
{
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"a\nb\n", "a b"},
        {"\033[31m\x7f", "\xe2\x90\x9b[31m\xe2\x90\xa1"},
        {"a\xe2\x80\xae"
         "b",
            "a\xef\xbf\xbd"
            "b"},
        {"\xe2\x80\xa8\xe2\x81\xa6\xc2\x9b",
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xea\xb0\x80", "\xea\xb0\x80"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str out = STR_INIT;
        text_add_visible(&out, rows[i].text, 0);
        assert_string_equal(str_text(&out), rows[i].shown);
        str_done(&out);
    }
}

static void test_digits(void **state)
{
    (void)state;
    char ours[TEXT_DIGITS_MAX + 1], theirs[TEXT_DIGITS_MAX + 1];

    for (uint64_t n = 1; n < UINT64_MAX / 20; n = n * 10 + n % 7) {
        for (uint64_t k = n - 1; k <= n; k++) {
            *text_digits(ours, k) = '\0';
            snprintf(theirs, sizeof theirs, "%" PRIu64, k);
            assert_string_equal(ours, theirs);
        }
    }
    *text_digits(ours, UINT64_MAX) = '\0';
    assert_string_equal(ours, "18446744073709551615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point_round_trips),
        cmocka_unit_test(test_malformed_input_is_one_replacement),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_width_of_code_points),
        cmocka_unit_test(test_width_of_texts),
        cmocka_unit_test(test_text_from_outside),
        cmocka_unit_test(test_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
