/* Theme files: colours as names, numbers and #rrggbb; a bad line names file,
 * line and key, and the default stays. */
#include "../../src/tui/theme.h"

#include "sockstage/base/embed.h"
#include "sockstage/tui/tui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_styles(void **state)
{
    struct style s;

    (void)state;
    assert_true(style_parse("bold #ff8000 on 17", &s));
    assert_int_equal(s.fg, COLOUR_RGB | 0xff8000);
    assert_int_equal(s.bg, 17);
    assert_int_equal(s.attrs, STYLE_BOLD);
    assert_true(style_parse("default on bright-blue", &s));
    assert_int_equal(s.fg, COLOUR_DEFAULT);
    assert_int_equal(s.bg, 12);
    assert_true(style_parse("reverse", &s));
    static const char *const bad[] = {"", "on", "red on", "red blue", "#12345",
        "256", "-1", "#ggffff", "red on blue green", "on on red"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(style_parse(bad[i], &s));
}

static void test_bad_lines(void **state)
{
    struct theme t, before;
    struct err e;

    (void)state;
    theme_defaults(&t);
    before = t;
    int rc = theme_read(&t, "my.ini",
        "[colours]\n"
        "note = red\n"
        "title = purplish\n"
        "dim = 8\n",
        &e);
    assert_true(rc < 0);
    assert_non_null(strstr(e.msg, "my.ini:3: title"));
    assert_int_equal(t.styles[THEME_NOTE].fg, 1);
    assert_int_equal(t.styles[THEME_DIM].fg, 8);
    assert_memory_equal(&t.styles[THEME_TITLE], &before.styles[THEME_TITLE],
        sizeof t.styles[0]);
    assert_true(theme_read(&t, "my.ini", "[colours]\nnotes = red\n", &e) < 0);
    assert_non_null(strstr(e.msg, "my.ini:2: notes"));
    assert_true(theme_read(&t, "my.ini", "[colours]\nwhat\n", &e) < 0);
    assert_non_null(strstr(e.msg, "my.ini:2"));
    assert_true(theme_load(&t, "/nonexistent/x.ini", &e) < 0);
    assert_non_null(strstr(e.msg, "ENOENT"));
}

static void test_built_in(void **state)
{
    (void)state;
    for (size_t i = 0; tui_theme_name_at(i); i++) {
        struct theme t;
        struct err e = {0};
        theme_defaults(&t);
        if (theme_load(&t, tui_theme_name_at(i), &e) < 0)
            fail_msg("%s", e.msg);
    }
    assert_string_equal(tui_theme_name_at(0), "dark");
}

/* The dark theme is what is built in without any file. */
static void test_dark_is_default(void **state)
{
    struct theme t, d;
    struct err e;

    (void)state;
    theme_defaults(&t);
    d = t;
    assert_int_equal(theme_load(&t, "dark", &e), 0);
    for (size_t i = 0; i < THEME_KEYS; i++) {
        assert_int_equal(t.styles[i].fg, d.styles[i].fg);
        assert_int_equal(t.styles[i].bg, d.styles[i].bg);
        assert_int_equal(t.styles[i].attrs, d.styles[i].attrs);
    }
}

/* x to the power of 2.4, the fifth root of its twelfth (Newton), for want of
 * libm. */
static double gamma_of(double x)
{
    double cube = x * x * x, twelfth = cube * cube * cube * cube, y = 1;

    for (int i = 0; i < 100; i++)
        y -= (y * y * y * y * y - twelfth) / (5 * y * y * y * y);
    return y;
}

static double linear(uint32_t part)
{
    double c = (double)(part & 0xff) / 255;

    return c <= 0.03928 ? c / 12.92 : gamma_of((c + 0.055) / 1.055);
}

static double luminance(int32_t colour)
{
    uint32_t c = (uint32_t)colour;

    assert_true(colour & COLOUR_RGB);
    return 0.2126 * linear(c >> 16) + 0.7152 * linear(c >> 8) +
           0.0722 * linear(c);
}

/* WCAG 2.1, 1.4.3: between 1 and 21. */
static double contrast(
    const struct theme *t, enum theme_key key, enum theme_key ground)
{
    struct style s = theme_mix(t, key, ground);
    double a = luminance(s.fg) + 0.05, b = luminance(s.bg) + 0.05;

    return a > b ? a / b : b / a;
}

/* What says that the past is shown can be read from the last row. */
static void test_past_is_readable(void **state)
{
    static const enum theme_key keys[] = {THEME_TIMELINE, THEME_TIMELINE_STRONG,
        THEME_TIMELINE_NEWS, THEME_SLIDER_PAST, THEME_SLIDER_KNOB,
        THEME_SLIDER_REST};
    static const char *const themes[] = {"dark", "light"};

    (void)state;
    for (size_t i = 0; i < sizeof themes / sizeof themes[0]; i++) {
        struct theme t;
        struct err e;
        theme_defaults(&t);
        assert_int_equal(theme_load(&t, themes[i], &e), 0);
        assert_true(contrast(&t, THEME_PAST, THEME_PAST) >= 4.5);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            assert_true(contrast(&t, keys[k], THEME_TIMELINE) >= 4.5);
        assert_true(contrast(&t, THEME_SLIDER_PAST, THEME_SCREEN) >= 4.5);
        assert_true(contrast(&t, THEME_SLIDER_REST, THEME_SCREEN) >= 4.5);
        assert_true(contrast(&t, THEME_SLIDER_KNOB, THEME_SCREEN) >= 4.5);
    }
}

static void test_nearest(void **state)
{
    (void)state;
    assert_int_equal(colour_nearest(COLOUR_RGB | 0x005f87, 256), 24);
    assert_int_equal(colour_nearest(COLOUR_RGB | 0x121212, 256), 233);
    assert_int_equal(colour_nearest(COLOUR_RGB | 0xf01010, 8), 1);
    assert_int_equal(colour_nearest(COLOUR_RGB | 0xffffff, 16), 15);
    assert_int_equal(colour_nearest(COLOUR_DEFAULT, 8), COLOUR_DEFAULT);
    assert_int_equal(colour_nearest(200, 256), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_dark_is_default),
        cmocka_unit_test(test_past_is_readable),
        cmocka_unit_test(test_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
