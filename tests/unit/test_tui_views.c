/* Screens drawn from written events, compared as text with the goldens in
 * tests/screen/golden; UPDATE_GOLDEN=1 rewrites these. */
#include "tui_moments.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    int cols, rows;
} sizes[] = {{80, 24}, {120, 36}};

static void draw_scene(const struct scene_row *row, int cols, int rows,
    struct canvas *cv, struct draw *d)
{
    struct scene s;

    scene_init(&s);
    row->make(&s);
    s.moment.model = s.model;
    s.moment.ui = &s.ui;
    s.moment.play = s.place.recording ? NULL : &s.play;
    s.moment.place = &s.place;
    s.moment.now_ns = s.t_ns;
    canvas_init(cv, rows, cols);
    cv->ascii = row->ascii;
    cv->colour = !row->ascii;
    memset(d, 0, sizeof *d);
    d->cv = cv;
    d->m = &s.moment;
    ui_draw(d);
    d->m = NULL;
    scene_done(&s);
}

static char *read_all(const char *path)
{
    struct str text = STR_INIT;
    char buf[4096];
    FILE *f = fopen(path, "r");

    if (!f)
        return NULL;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_addn(&text, buf, n);
    fclose(f);
    str_add(&text, "");
    return text.data ? str_steal(&text) : xstrdup("");
}

static void compare(const char *path, const struct str *drawn)
{
    if (getenv("UPDATE_GOLDEN")) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(str_text(drawn), f);
        assert_int_equal(fclose(f), 0);
        return;
    }
    char *golden = read_all(path);
    if (!golden)
        fail_msg("no golden %s; UPDATE_GOLDEN=1 writes it", path);
    if (strcmp(golden, str_text(drawn)) != 0)
        print_message("--- %s\n%s+++ drawn\n%s", path, golden, str_text(drawn));
    assert_string_equal(golden, str_text(drawn));
    free(golden);
}

static void compare_drawn(const struct scene_row *row, int cols, int rows)
{
    struct canvas cv;
    struct draw d;
    struct str text = STR_INIT;
    char path[512];

    draw_scene(row, cols, rows, &cv, &d);
    canvas_dump(&cv, &text);
    snprintf(path, sizeof path, "%s/%s_%dx%d.txt",
        TEST_SOURCE_DIR "/screen/golden", row->name, cols, rows);
    compare(path, &text);
    str_done(&text);
    canvas_done(&cv);
}

/* The same screens have goldens of the program itself in tests/views. */
static bool is_shown_there(const char *name)
{
    static const char *const names[] = {"empty", "guide", "help"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void test_goldens(void **state)
{
    (void)state;
    for (const struct scene_row *row = scenes; row->name; row++) {
        if (is_shown_there(row->name))
            continue;
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
            compare_drawn(row, sizes[i].cols, sizes[i].rows);
    }
}

/* Every size from nothing to large draws, and keeps wide characters whole. */
static void test_any_size(void **state)
{
    (void)state;
    for (const struct scene_row *row = scenes; row->name; row++) {
        for (int cols = 1; cols <= 210; cols += cols < 90 ? 7 : 31) {
            for (int rows = 1; rows <= 70; rows += rows < 30 ? 3 : 13) {
                struct canvas cv;
                struct draw d;
                draw_scene(row, cols, rows, &cv, &d);
                for (int y = 0; y < cv.rows; y++) {
                    const struct cell *first = canvas_at(&cv, y, 0);
                    assert_int_not_equal(first->code[0], 0);
                    for (int x = 0; x < cv.cols; x++) {
                        const struct cell *c = canvas_at(&cv, y, x);
                        const struct cell *next = canvas_at(&cv, y, x + 1);
                        bool wide = c->code[0] && utf8_width(c->code[0]) == 2;
                        bool half = next && next->code[0] == 0;
                        assert_int_equal(wide, half);
                    }
                }
                canvas_done(&cv);
            }
        }
    }
}

static const struct scene_row *scene_named(const char *name)
{
    const struct scene_row *row = scenes;

    while (row->name && strcmp(row->name, name) != 0)
        row++;
    assert_non_null(row->name);
    return row;
}

/* One side at a time, the smallest that is drawn, one that is smaller, and
 * plenty of room. */
static void test_other_sizes(void **state)
{
    static const struct {
        const char *name;
        int cols, rows;
    } others[] = {{"backlog", 60, 16}, {"narrated", 79, 23},
        {"level_kernel", 79, 23}, {"many", 60, 16}, {"many_server", 72, 20},
        {"backlog", 40, 10}, {"level_tcp", 200, 60}, {"buffers", 200, 60},
        {"many", 200, 60}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        compare_drawn(
            scene_named(others[i].name), others[i].cols, others[i].rows);
}

/* A running time asks for the timer of the screen; an idle stage does not. */
static void test_ticking(void **state)
{
    static const struct {
        const char *scene;
        bool ticking;
    } expected[] = {{"empty", false}, {"handshake", true},
        {"half_closed", true}, {"help", false}, {"travelling", false},
        {"past_first", false}, {"inspect_syn", true}, {"inspect_udp", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct canvas cv;
        struct draw d;
        draw_scene(scene_named(expected[i].scene), 80, 24, &cv, &d);
        assert_int_equal(d.ticking, expected[i].ticking);
        canvas_done(&cv);
    }
}

static void test_emphasis_ends(void **state)
{
    struct canvas cv;
    struct draw d;

    (void)state;
    draw_scene(scene_named("buffers"), 80, 24, &cv, &d);
    assert_true(d.fresh_until_ns > 0);
    canvas_done(&cv);
    draw_scene(scene_named("half_closed"), 80, 24, &cv, &d);
    assert_int_equal(d.fresh_until_ns, 0);
    canvas_done(&cv);
}

/* --ascii draws no symbol beyond ASCII. */
static void test_ascii(void **state)
{
    (void)state;
    for (const struct scene_row *row = scenes; row->name; row++) {
        struct canvas cv;
        struct draw d;
        struct str text = STR_INIT;
        if (!row->ascii)
            continue;
        draw_scene(row, 120, 36, &cv, &d);
        canvas_dump(&cv, &text);
        for (size_t i = 0; i < text.len; i++)
            assert_true((unsigned char)text.data[i] < 0x80);
        str_done(&text);
        canvas_done(&cv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goldens),
        cmocka_unit_test(test_other_sizes),
        cmocka_unit_test(test_any_size),
        cmocka_unit_test(test_ticking),
        cmocka_unit_test(test_emphasis_ends),
        cmocka_unit_test(test_ascii),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
