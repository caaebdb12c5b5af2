/* The wire's column: where a travelling segment is at a given time, what a
 * key selects among thousands of segments, and what the inspector says. */
#include "../../src/tui/arrow.h"
#include "../../src/tui/explain.h"
#include "../../src/tui/rung.h"
#include "../../src/tui/segment_rows.h"
#include "tui_moments.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct shown {
    struct scene s;
    struct canvas cv;
    struct draw d;
};

static void show(struct shown *x, const char *scene)
{
    const struct scene_row *row = scenes;

    while (row->name && strcmp(row->name, scene) != 0)
        row++;
    assert_non_null(row->name);
    memset(x, 0, sizeof *x);
    scene_init(&x->s);
    row->make(&x->s);
    x->s.moment.model = x->s.model;
    x->s.moment.ui = &x->s.ui;
    x->s.moment.play = &x->s.play;
    x->s.moment.now_ns = x->s.t_ns;
    canvas_init(&x->cv, 24, 80);
}

static void draw(struct shown *x)
{
    memset(&x->d, 0, sizeof x->d);
    x->d.cv = &x->cv;
    x->d.m = &x->s.moment;
    ui_draw(&x->d);
}

static void done(struct shown *x)
{
    canvas_done(&x->cv);
    scene_done(&x->s);
}

/* The column of that character in a row of the wire; -1: not there. */
static int column_of(const struct shown *x, int y, uint32_t code)
{
    for (int i = x->d.wire.x; i < x->d.wire.x + x->d.wire.w; i++) {
        if (canvas_at(&x->cv, y, i)->code[0] == code)
            return i - x->d.wire.x;
    }
    return -1;
}

static bool is_on_screen(const struct shown *x, uint32_t code)
{
    for (int y = 0; y < x->cv.rows; y++)
        for (int i = 0; i < x->cv.cols; i++)
            if (canvas_at(&x->cv, y, i)->code[0] == code)
                return true;
    return false;
}

#define MARK      0x25b8
#define HEAD_UP   0x25b6
#define HEAD_DOWN 0x25c0

/* The SYN entered at 10 ms, its answer at 1010 ms; each takes two seconds. */
static void test_positions(void **state)
{
    static const struct {
        uint64_t at_ms;
        int up, down;
    } expected[] = {{1010, 17, 7}, {1510, 19, 6}, {2009, 21, 5}, {2010, 22, 4},
        {3010, 22, 1}};
    struct shown x;

    (void)state;
    show(&x, "travelling");
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        x.s.moment.now_ns = expected[i].at_ms * NS_PER_MS;
        draw(&x);
        assert_int_equal(column_of(&x, 2, HEAD_UP), expected[i].up);
        assert_int_equal(column_of(&x, 3, HEAD_DOWN), expected[i].down);
    }
    done(&x);
}

/* The screen asks for a frame a column, and for none when nothing moves. */
static void test_frames(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "travelling");
    draw(&x);
    assert_in_range(x.d.travel_ms, 66, 250);
    x.s.moment.now_ns = 20 * NS_PER_S; /* late: by a rate, say */
    draw(&x);
    assert_int_equal(x.d.travel_ms, 0);
    done(&x);
    show(&x, "handshake");
    draw(&x);
    assert_int_equal(x.d.travel_ms, 0);
    done(&x);
}

/* A delay that the eye can't follow needs no frames. */
static void test_short_delay(void **state)
{
    struct shown x;
    struct event e = {.kind = EVENT_LINE};

    (void)state;
    show(&x, "travelling");
    e.t_ns = x.s.t_ns;
    e.u.line.text = "wire delay 199ms";
    e.u.line.wire.delay_ns[HOST_CLIENT] = 199 * NS_PER_MS;
    e.u.line.wire.delay_ns[HOST_SERVER] = 199 * NS_PER_MS;
    model_apply(x.s.model, &e);
    draw(&x);
    assert_int_equal(x.d.travel_ms, 0);
    done(&x);
}

static void select_by(struct shown *x, int dx, int dy)
{
    ui_select(&x->s.ui, &x->s.moment, dx, dy);
}

static uint64_t selected(const struct shown *x)
{
    return x->s.ui.sel.segment;
}

/* Segments 3 .. 402 are one line of the ladder. */
static void test_run_is_one_line(void **state)
{
    struct shown x;
    struct rung rung;

    (void)state;
    show(&x, "bulk");
    select_by(&x, 1, 0);
    assert_int_equal(selected(&x), 403);
    select_by(&x, 0, -1);
    assert_int_equal(selected(&x), 3);
    assert_true(rung_selected(&x.s.moment, &rung));
    assert_non_null(rung.run);
    assert_int_equal(rung.end - rung.first, 400);
    assert_null(ui_inspected(&x.s.moment));
    select_by(&x, 0, -1);
    assert_int_equal(selected(&x), 2);
    select_by(&x, 0, 2);
    assert_int_equal(selected(&x), 403);
    done(&x);
}

static void test_run_opens(void **state)
{
    struct shown x;
    struct rung rung;

    (void)state;
    show(&x, "bulk");
    select_by(&x, 1, 0);
    select_by(&x, 0, -1);
    assert_true(ui_open_segment(&x.s.ui, &x.s.moment));
    assert_int_equal(selected(&x), 3);
    select_by(&x, 0, 5);
    assert_int_equal(selected(&x), 8);
    assert_true(rung_selected(&x.s.moment, &rung));
    assert_null(rung.run);
    assert_true(ui_open_segment(&x.s.ui, &x.s.moment));
    assert_int_equal(ui_inspected(&x.s.moment)->seg.id, 8);
    assert_true(ui_close_segment(&x.s.ui, &x.s.moment));
    assert_null(ui_inspected(&x.s.moment));
    assert_true(ui_close_segment(&x.s.ui, &x.s.moment));
    assert_true(rung_selected(&x.s.moment, &rung));
    assert_non_null(rung.run);
    done(&x);
}

/* Leaving it at either end folds it again. */
static void test_run_folds(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "bulk_opened");
    select_by(&x, 0, 201);
    assert_int_equal(selected(&x), 402);
    assert_int_equal(x.s.ui.open_run, 3);
    select_by(&x, 0, 1);
    assert_int_equal(selected(&x), 403);
    assert_int_equal(x.s.ui.open_run, 0);
    select_by(&x, 0, UI_FIRST);
    assert_int_equal(selected(&x), 1);
    select_by(&x, 0, UI_LAST);
    assert_int_equal(selected(&x), 0);
    done(&x);
}

/* Enter on the wire opens what is held; on an empty wire it is the menu. */
static void test_open(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "buffers");
    x.s.ui.sel.column = COLUMN_WIRE;
    assert_true(ui_open_segment(&x.s.ui, &x.s.moment));
    assert_int_equal(ui_inspected(&x.s.moment)->seg.id, 200);
    assert_false(ui_open_segment(&x.s.ui, &x.s.moment));
    select_by(&x, 1, 0);
    assert_false(x.s.ui.inspect);
    done(&x);
    show(&x, "empty");
    x.s.ui.sel.column = COLUMN_WIRE;
    assert_false(ui_open_segment(&x.s.ui, &x.s.moment));
    done(&x);
}

/* A row is marked, which stays on the screen, and `?` explains it: first what
 * became of the segment, then its fields. */
static void explains(struct shown *x, int row, const char *title)
{
    struct explanation e = {0};

    x->s.ui.inspect_row = row;
    draw(x);
    assert_true(is_on_screen(x, MARK));
    explain_selected(&x->s.moment, &e);
    if (!strstr(str_text(&e.title), title))
        fail_msg("row %d: %s", row, str_text(&e.title));
    assert_true(e.parts.len > 0 && e.see.len > 0);
    explanation_done(&e);
}

static void test_marks(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "inspect_syn");
    draw(&x);
    int last = x.d.last_row;
    assert_in_range(last, 15, 40);
    explains(&x, 0, "SYN :34254  client");
    explains(&x, 1, "from port");
    explains(&x, 3, "seq");
    explains(&x, last, "length");
    explains(&x, last + 9, "length"); /* of a segment with more fields */
    for (int i = 0; i <= last; i++)
        explains(&x, i, "");
    canvas_resize(&x.cv, 60, 200);
    explains(&x, last, "length");
    assert_int_equal(x.d.last_row, last);
    done(&x);
}

/* Over the wire the wheel walks there, elsewhere in what is selected; a second
 * click on a segment opens it. */
static void test_mouse(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "bulk_opened");
    draw(&x);
    mouse_wheel(&x.s.ui, &x.s.moment, &x.d, 1, 5, x.d.wire.x + 3);
    assert_int_equal(selected(&x), 204);
    mouse_wheel(&x.s.ui, &x.s.moment, &x.d, -1, 5, x.d.wire.x + 3);
    assert_int_equal(selected(&x), 201);
    mouse_click(&x.s.ui, &x.s.moment, &x.d, 2, 3);
    assert_int_equal(x.s.ui.sel.column, COLUMN_CLIENTS);
    mouse_wheel(&x.s.ui, &x.s.moment, &x.d, 1, 5, 3);
    assert_int_equal(x.s.ui.sel.column, COLUMN_CLIENTS);
    done(&x);
    show(&x, "fates");
    x.s.moment.steps = 1; /* of a script: nothing is suggested */
    draw(&x);
    mouse_click(&x.s.ui, &x.s.moment, &x.d, 5, x.d.wire.x + 3);
    assert_int_equal(selected(&x), 3); /* its second row: the reason */
    assert_null(ui_inspected(&x.s.moment));
    mouse_click(&x.s.ui, &x.s.moment, &x.d, 4, x.d.wire.x + 3);
    assert_int_equal(ui_inspected(&x.s.moment)->seg.id, 3);
    done(&x);
}

/* ---- the inspector's lines ------------------------------------------------
 */

struct wanted {
    const char *name;
    struct str value, meaning;
};

static void catch (void *ctx, const struct segment_line *line)
{
    struct wanted *w = ctx;

    if (strcmp(line->name, w->name) != 0 || line->is_heading)
        return;
    str_clear(&w->value);
    str_clear(&w->meaning);
    str_add(&w->value, str_text(&line->value));
    str_add(&w->meaning, str_text(&line->meaning));
}

/* `value` NULL: there is no such line. */
static void check_line(const struct shown *x, uint64_t id, const char *name,
    const char *value, const char *meaning)
{
    struct wanted w = {.name = name, .value = STR_INIT, .meaning = STR_INIT};
    struct inspected in =
        inspected_make(&x->s.moment, model_segment(x->s.model, id));

    segment_lines(&in, SEGMENT_IN_PANEL, catch, &w);
    assert_string_equal(str_text(&w.value), value ? value : "");
    if (meaning)
        assert_string_equal(str_text(&w.meaning), meaning);
    str_done(&w.value);
    str_done(&w.meaning);
}

static void test_syn_fields(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "inspect_syn");
    check_line(&x, 1, "seq", "0 (raw 3812345678)", NULL);
    check_line(&x, 1, "ack", NULL, NULL);
    check_line(&x, 1, "header", "40 bytes",
        "data offset 10 words: 20 bytes, 20 of options");
    check_line(&x, 1, "flags", "SYN", NULL);
    check_line(
        &x, 1, "window", "64240", "bytes of room; in a SYN it is never scaled");
    check_line(&x, 1, "MSS", "1012", NULL);
    check_line(&x, 1, "scale", "7 (x 128)", NULL);
    check_line(&x, 1, "TTL", "64", NULL);
    check_line(&x, 1, "protocol", "6 TCP", NULL);
    done(&x);
}

static void test_data_fields(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "fates");
    check_line(&x, 5, "from port", "34254", "c1.s");
    check_line(&x, 5, "to port", "8080", "server.ls");
    check_line(&x, 5, "window", "502 x 128 = 64256", NULL);
    check_line(&x, 5, "payload", "1000 bytes", "bytes 1 to 1000 of the stream");
    check_line(&x, 5, "is", "timeout", NULL);
    check_line(&x, 5, "MSS", NULL, NULL);
    done(&x);
}

/* Without the SYNs a scale is not invented. */
static void test_unknown_scale(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "buffers");
    check_line(&x, 200, "window", "65000", NULL);
    done(&x);
    show(&x, "fates");
    check_line(&x, 10, "window", "0",
        "room before scaling; the scale is not known, as its SYN was not "
        "seen");
    done(&x);
}

static void test_datagram_fields(void **state)
{
    struct shown x;

    (void)state;
    show(&x, "fates");
    check_line(&x, 11, "length", "33", "bytes of the whole packet");
    check_line(&x, 11, "to port", "9999", NULL);
    check_line(&x, 11, "seq", NULL, NULL);
    check_line(&x, 12, "type", "port unreachable (3/3)",
        "no socket has that port: ECONNREFUSED");
    check_line(&x, 12, "quotes", "UDP 10.0.0.2:40000 → 10.0.0.1:9999", NULL);
    check_line(&x, 12, "made by", NULL, NULL);
    check_line(&x, 8, "made by", "the wire", NULL);
    check_line(&x, 12, "from port", NULL, NULL);
    done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_short_delay),
        cmocka_unit_test(test_run_is_one_line),
        cmocka_unit_test(test_run_opens),
        cmocka_unit_test(test_run_folds),
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_syn_fields),
        cmocka_unit_test(test_data_fields),
        cmocka_unit_test(test_unknown_scale),
        cmocka_unit_test(test_datagram_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
