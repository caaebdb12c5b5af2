/* Theme files: colours as names, numbers and #rrggbb; a bad line names file,
 * line and key, and the default stays. */
#include "../../src/tui/colours.h"

#include "sockstage/base/embed.h"
#include "sockstage/base/mem.h"
#include "sockstage/tui/tui.h"

#include <math.h>
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
    assert_true(theme_read(&t, "my.ini", "[theme]\nmeters = huge\n", &e) < 0);
    assert_non_null(strstr(e.msg, "my.ini:2: meters"));
    assert_true(theme_read(&t, "my.ini", "[theme]\nbase = nice\n", &e) < 0);
    assert_non_null(strstr(e.msg, "my.ini:2: base"));
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
    static const char *const names[] = {
        "colorblind", "dark", "light", "mono", "projector"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_string_equal(tui_theme_name_at(i), names[i]);
}

/* A theme may begin from a built-in one, and say how large meters are. */
static void test_base(void **state)
{
    static const char text[] = "[theme]\nname = mine\nbase = light\n"
                               "meters = large\n[colours]\ndim = 0\n";
    struct theme t, light;
    struct err e;

    (void)state;
    theme_defaults(&light);
    assert_int_equal(theme_load(&light, "light", &e), 0);
    theme_defaults(&t);
    assert_false(t.large_meters);
    assert_int_equal(theme_read(&t, "my.ini", text, &e), 0);
    assert_true(t.large_meters);
    assert_int_equal(t.styles[THEME_DIM].fg, 0);
    assert_int_equal(t.styles[THEME_SCREEN].bg, light.styles[THEME_SCREEN].bg);
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

/* What a colour means survives: a green is never shown red. */
static void test_meaning(void **state)
{
    struct theme t;
    struct err e;

    (void)state;
    theme_defaults(&t);
    struct style s = colour_look(&t, THEME_STATE_ESTABLISHED, THEME_SCREEN, 8);
    assert_int_equal(s.bg, 2);
    assert_int_equal(s.fg, 0);
    /* Of red on black too little would be seen. */
    s = colour_look(&t, THEME_FULL, THEME_SCREEN, 8);
    assert_int_equal(s.bg, 1);
    assert_int_equal(s.fg, 7);
    assert_int_equal(s.attrs, STYLE_BOLD);
    /* A background that would be the screen's changes places with its text. */
    s = colour_look(&t, THEME_STATE_CLOSED, THEME_SCREEN, 8);
    assert_int_equal(s.bg, 7);
    assert_int_equal(s.fg, 0);
    assert_int_equal(theme_load(&t, "light", &e), 0);
    s = colour_look(&t, THEME_LOG_RESULT, THEME_SCREEN, 8);
    assert_int_equal(s.bg, 7);
    assert_int_equal(s.fg, 0);
}

static bool looks_as(const struct style *a, const struct style *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

/* With eight colours too, what matters stands out from what is around it. */
static void test_stands_out(void **state)
{
    static const struct {
        enum theme_key key, ground;
    } pairs[] = {
        {THEME_FULL, THEME_SCREEN},
        {THEME_WAITING, THEME_SCREEN},
        {THEME_ERROR, THEME_SCREEN},
        {THEME_CHANGED, THEME_SCREEN},
        {THEME_SEG_LOST, THEME_SCREEN},
        {THEME_SEG_HELD, THEME_SCREEN},
        {THEME_HEADER, THEME_SCREEN},
        {THEME_PAST, THEME_HEADER},
        {THEME_HEADER_HOLD, THEME_HEADER},
        {THEME_MENU_SELECTED, THEME_MENU},
    };

    (void)state;
    for (size_t i = 0; tui_theme_name_at(i); i++) {
        struct theme t;
        struct err e;
        theme_defaults(&t);
        assert_int_equal(theme_load(&t, tui_theme_name_at(i), &e), 0);
        for (size_t k = 0; k < ARRAY_LEN(pairs); k++) {
            struct style s = colour_look(&t, pairs[k].key, pairs[k].ground, 8);
            struct style around =
                colour_look(&t, pairs[k].ground, pairs[k].ground, 8);
            if (looks_as(&s, &around))
                fail_msg("%s: %s", tui_theme_name_at(i),
                    theme_key_name(pairs[k].key));
        }
    }
}

/* ---- contrast ------------------------------------------------------------ */

/* Least contrasts: WCAG 2.2 asks 4.5:1 of text (1.4.3) and 3:1 of shapes that
 * tell something (1.4.11): meters, sliders, empty slots, whatever their size.
 * Lines and the empty part of a meter tell nothing: they need only be there. */
#define OF_TEXT  4.5
#define OF_SHAPE 3.0
#define OF_LINE  1.3

static const struct {
    enum theme_key key;
    double least;
} not_text[] = {
    {THEME_RULE, OF_LINE},
    {THEME_METER_EMPTY, OF_LINE},
    {THEME_METER_FLIGHT, OF_SHAPE},
    {THEME_METER_UNSENT, OF_SHAPE},
    {THEME_METER_RECV, OF_SHAPE},
    {THEME_SLOT_FREE, OF_SHAPE},
    {THEME_SLIDER_PAST, OF_SHAPE},
    {THEME_SLIDER_KNOB, OF_SHAPE},
    {THEME_SLIDER_REST, OF_SHAPE},
};

static double least_of(enum theme_key key)
{
    for (size_t i = 0; i < ARRAY_LEN(not_text); i++)
        if (not_text[i].key == key)
            return not_text[i].least;
    return OF_TEXT;
}

/* Which keys are drawn on a ground other than the screen's, by their name:
 * those of the bars; what is in the columns also lies on the selection, and
 * some of it in menus. */
static const struct {
    const char *prefix;
    enum theme_key ground;
    bool only; /* never on the screen's */
} on_ground[] = {
    {"header.", THEME_HEADER, true},
    {"hint.", THEME_HINTS, true},
    {"timeline.", THEME_TIMELINE, true},
    {"slider.", THEME_TIMELINE, false},
    {"dim", THEME_MENU, false},
    {"screen", THEME_MENU, false},
    {"", THEME_SELECTED, false},
};

static size_t check(const char *theme, const struct theme *t,
    enum theme_key key, enum theme_key ground, int colours)
{
    struct style s = colour_look(t, key, ground, colours);
    double contrast = colour_contrast(s.fg, s.bg);
    /* Direct colours below 8 are the palette's. */
    bool default_colours = s.fg == COLOUR_DEFAULT && s.bg == COLOUR_DEFAULT;

    if (colours > 256) {
        struct style full = theme_mix(t, key, ground);
        contrast = colour_contrast(full.fg, full.bg);
    }
    double least = least_of(key);
    if (default_colours || contrast >= least - 0.005)
        return 0;
    print_message("%s, %d colours: %s on %s: %.2f of %.1f\n", theme, colours,
        theme_key_name(key), theme_key_name(ground), contrast, least);
    return 1;
}

static size_t check_key(
    const char *theme, const struct theme *t, enum theme_key key, int colours)
{
    const char *name = theme_key_name(key);
    bool only = false;
    size_t bad = 0;

    for (size_t i = 0; i < ARRAY_LEN(on_ground) && !only; i++) {
        if (strncmp(name, on_ground[i].prefix, strlen(on_ground[i].prefix)))
            continue;
        bad += check(theme, t, key, on_ground[i].ground, colours);
        only = on_ground[i].only;
    }
    return bad + (only ? 0 : check(theme, t, key, THEME_SCREEN, colours));
}

/* Everything in every theme can be read: as it is written, and as terminals
 * with 256, 16 and 8 colours show it. */
static void test_contrast(void **state)
{
    static const int reduced[] = {1 << 24, 256, 16, 8};
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; tui_theme_name_at(i); i++) {
        struct theme t;
        struct err e;
        theme_defaults(&t);
        assert_int_equal(theme_load(&t, tui_theme_name_at(i), &e), 0);
        for (size_t c = 0; c < ARRAY_LEN(reduced); c++)
            for (enum theme_key key = 0; key < THEME_KEYS; key++)
                bad += check_key(tui_theme_name_at(i), &t, key, reduced[c]);
    }
    assert_int_equal(bad, 0);
}

/* ---- eyes that see no red or no green ------------------------------------ */

static double light_of(int32_t colour, int channel)
{
    return pow(
        (double)(colour_rgb(colour) >> (16 - 8 * channel) & 0xff) / 255, 2.2);
}

/* How far two colours are apart, 0 to 1.7, for eyes without the cones for long
 * (0) or middle (1) waves (Vienot, Brettel and Mollon 1999). */
static double apart(int32_t first, int32_t second, int cones)
{
    static const double of[2][3][3] = {
        {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
        {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},
    };
    double sum = 0;

    for (int row = 0; row < 3; row++) {
        double a = 0;
        double b = 0;
        for (int i = 0; i < 3; i++) {
            a += of[cones][row][i] * light_of(first, i);
            b += of[cones][row][i] * light_of(second, i);
        }
        double d = cbrt(a) - cbrt(b);
        sum += d * d;
    }
    return sqrt(sum);
}

/* The least distance between the grounds of two states. */
static double states_apart(const char *name)
{
    struct theme t;
    struct err e;
    double least = 2;

    theme_defaults(&t);
    assert_int_equal(theme_load(&t, name, &e), 0);
    for (int a = THEME_STATE_CLOSED; a <= THEME_STATE_KERNEL; a++)
        for (int b = a + 1; b <= THEME_STATE_KERNEL; b++)
            for (int cones = 0; cones < 2; cones++) {
                double d = apart(t.styles[a].bg, t.styles[b].bg, cones);
                least = d < least ? d : least;
            }
    return least;
}

static void test_colorblind(void **state)
{
    (void)state;
    assert_true(states_apart("dark") < 0.12);
    assert_true(states_apart("colorblind") > 0.2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_dark_is_default),
        cmocka_unit_test(test_past_is_readable),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_meaning),
        cmocka_unit_test(test_stands_out),
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_colorblind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
