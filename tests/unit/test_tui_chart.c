/* The rows of the time diagram: arrows as steep as their time on the way,
 * pauses squeezed, everything in its order; and the way on the diagram of the
 * states. */
#include "tui_moments.h"

#include "../../src/tui/chart.h"
#include "../../src/tui/scene.h"
#include "../../src/tui/state_path.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SLOPE 2
#define AREA  24

static void open_scene(struct scene *s, scene_maker *make)
{
    scene_init(s);
    make(s);
    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.play = &s->play;
    s->moment.place = &s->place;
    s->moment.now_ns = s->t_ns;
}

static void test_gaps(void **state)
{
    bool squeezed;

    (void)state;
    assert_int_equal(chart_rows(0, 50, 4, &squeezed), 0);
    assert_false(squeezed);
    assert_int_equal(chart_rows(100, 50, 4, &squeezed), 2);
    assert_int_equal(chart_rows(120, 50, 4, &squeezed), 2);
    assert_int_equal(chart_rows(130, 50, 4, &squeezed), 3);
    assert_false(squeezed);
    assert_int_equal(chart_rows(UINT64_MAX / 2, 50, 4, &squeezed), 4);
    assert_true(squeezed);
}

/* From the top of the first row to the bottom of the last, never up. */
static void test_slant(void **state)
{
    (void)state;
    for (int rows = 1; rows < 6; rows++) {
        for (int width = 2; width < 150; width += 7) {
            int before = 0, depth = 0;
            assert_int_equal(chart_slant(0, width, rows, &depth), 0);
            assert_int_equal(depth, 0);
            for (int x = 0; x < width; x++) {
                int row = chart_slant(x, width, rows, &depth);
                assert_in_range(depth, 0, CHART_DEPTHS - 1);
                assert_true(row * CHART_DEPTHS + depth >= before);
                before = row * CHART_DEPTHS + depth;
            }
            assert_int_equal(before, rows * CHART_DEPTHS - 1);
        }
    }
    int depth;
    assert_int_equal(chart_slant(0, 1, 3, &depth), 0);
}

static void fill(struct scene *s, struct chart *chart)
{
    struct conn c = conn_shown(&s->moment);

    chart_fill(chart, &s->moment, &c, SLOPE, AREA);
}

static const struct chart_item *arrow_of(
    const struct scene *s, const struct chart *chart, uint64_t id)
{
    for (size_t i = 0; i < chart->items.len; i++) {
        const struct chart_item *item = &chart->items.items[i];
        if (item->kind == CHART_ARROW &&
            model_segment_at(s->model, item->segment)->seg.id == id)
            return item;
    }
    fail_msg("no arrow %d", (int)id);
    return NULL;
}

/* Segments that leave together and take the same time are parallel, and none
 * shares a row with another at its end. */
static void test_slopes(void **state)
{
    struct scene s;
    struct chart chart;

    (void)state;
    open_scene(&s, scene_time_lossy);
    fill(&s, &chart);
    assert_int_equal(chart.row_ns, 100 * NS_PER_MS / SLOPE);
    const struct chart_item *first = arrow_of(&s, &chart, 20);
    for (uint64_t id = 20; id < 24; id++) {
        const struct chart_item *item = arrow_of(&s, &chart, id);
        assert_int_equal(item->row, first->row + (int)(id - 20));
        if (id != 21)
            assert_true(item->end_row - item->row >= SLOPE - 1);
    }
    assert_int_equal(first->end_row - first->row, SLOPE + 1);
    assert_int_equal(arrow_of(&s, &chart, 21)->fate, FATE_LOST);
    assert_false(arrow_of(&s, &chart, 21)->ends);
    /* What is still on its way goes on below now. */
    assert_int_equal(arrow_of(&s, &chart, 30)->fate, FATE_UNDER_WAY);
    assert_true(chart.pending);
    chart_done(&chart);
    scene_done(&s);
}

/* Time never goes up, no two things lie on the same place. */
static void test_order(void **state)
{
    static scene_maker *const makers[] = {scene_time_held, scene_time_accepted,
        scene_time_lossy, scene_time_half_closed, scene_time_crossing,
        scene_time_refused, scene_time_listening};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        struct scene s;
        struct chart chart;
        open_scene(&s, makers[i]);
        fill(&s, &chart);
        for (size_t k = 1; k < chart.stamps.len; k++) {
            assert_true(
                chart.stamps.items[k].row >= chart.stamps.items[k - 1].row);
            assert_true(
                chart.stamps.items[k].ns >= chart.stamps.items[k - 1].ns);
        }
        for (size_t k = 0; k < chart.items.len; k++) {
            const struct chart_item *a = &chart.items.items[k];
            assert_in_range(a->row, 0, chart.rows - 1);
            assert_true(a->end_row >= a->row);
            for (size_t n = 0; n < k; n++) {
                const struct chart_item *b = &chart.items.items[n];
                assert_false(a->kind == b->kind && a->side == b->side &&
                             a->row == b->row);
            }
        }
        for (size_t k = 0; k < chart.pauses.len; k++) {
            for (size_t n = 0; n < chart.stamps.len; n++)
                assert_int_not_equal(
                    chart.pauses.items[k].row, chart.stamps.items[n].row);
        }
        chart_done(&chart);
        scene_done(&s);
    }
}

/* Five seconds take no more room than one row. */
static void test_squeezed(void **state)
{
    struct scene s;
    struct chart chart;
    size_t long_ones = 0;

    (void)state;
    open_scene(&s, scene_time_accepted);
    fill(&s, &chart);
    for (size_t i = 0; i < chart.pauses.len; i++)
        long_ones += chart.pauses.items[i].ns >= 4900 * NS_PER_MS;
    assert_int_equal(long_ones, 1);
    assert_true(chart.rows < 20);
    chart_done(&chart);
    scene_done(&s);
}

/* A run of many is a bundle each way. */
static void test_bundle(void **state)
{
    struct scene s;
    struct chart chart;
    size_t bundles = 0;

    (void)state;
    open_scene(&s, scene_bulk);
    fill(&s, &chart);
    for (size_t i = 0; i < chart.items.len; i++)
        bundles += chart.items.items[i].kind == CHART_BUNDLE;
    assert_in_range(bundles, 1, 4);
    assert_true(chart.rows < 40);
    chart_done(&chart);
    scene_done(&s);
}

static bool was_in(const struct state_path *p, uint8_t state)
{
    bool was = false;

    for (int i = 0; i < STATE_BOXES; i++)
        was |= state_boxes[i].state == state && p->box[i];
    return was;
}

static bool went(const struct state_path *p, uint8_t from, uint8_t to)
{
    for (int i = 0; i < STATE_EDGES; i++) {
        if (state_edges[i].from == from && state_edges[i].to == to)
            return p->edge[i];
    }
    return false;
}

static void test_path(void **state)
{
    struct scene s;
    struct state_path client, server;

    (void)state;
    open_scene(&s, scene_states_half_closed);
    struct conn c = conn_shown(&s.moment);
    state_path_make(&client, s.model, c.end[HOST_CLIENT]);
    state_path_make(&server, s.model, c.end[HOST_SERVER]);
    assert_true(went(&client, TCP_STATE_CLOSED, TCP_STATE_SYN_SENT));
    assert_true(went(&client, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED));
    assert_true(went(&client, TCP_STATE_FIN_WAIT_1, TCP_STATE_FIN_WAIT_2));
    assert_false(went(&client, TCP_STATE_SYN_SENT, TCP_STATE_CLOSED));
    assert_false(was_in(&client, TCP_STATE_CLOSE_WAIT));
    assert_int_equal(state_boxes[client.now].state, TCP_STATE_FIN_WAIT_2);
    /* A socket that a listener made begins behind LISTEN. */
    assert_true(went(&server, TCP_STATE_LISTEN, TCP_STATE_SYN_RECEIVED));
    assert_true(went(&server, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT));
    assert_int_equal(state_boxes[server.now].state, TCP_STATE_CLOSE_WAIT);
    scene_done(&s);
}

/* A reset is no edge of the figure: the way ends, none is made up. */
static void test_path_after_reset(void **state)
{
    struct scene s;
    struct state_path p;
    struct event e = {.kind = EVENT_SOCKET};

    (void)state;
    open_scene(&s, scene_states_accepted);
    struct conn c = conn_shown(&s.moment);
    e.u.socket.id = c.end[HOST_CLIENT]->id;
    e.u.socket.gone = true;
    scene_apply(&s, &e);
    state_path_make(&p, s.model, c.end[HOST_CLIENT]);
    assert_true(went(&p, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED));
    assert_false(was_in(&p, TCP_STATE_FIN_WAIT_1));
    assert_false(was_in(&p, TCP_STATE_LAST_ACK));
    assert_int_equal(state_boxes[p.now].state, TCP_STATE_CLOSED);
    /* Refused, it is back where it began. */
    scene_done(&s);
    open_scene(&s, scene_states_refused);
    c = conn_shown(&s.moment);
    state_path_make(&p, s.model, c.end[HOST_CLIENT]);
    assert_int_equal(p.now, 0);
    scene_done(&s);
}

/* z, t and g change the picture, left and right the connection. */
static void test_keys(void **state)
{
    struct scene s;
    struct draw d = {0};

    (void)state;
    open_scene(&s, scene_time_lossy);
    s.ui.scene = SCENE_COLUMNS;
    struct conn c = conn_shown(&s.moment);
    assert_string_equal(c.end[HOST_CLIENT]->owners[0], "c1.s");
    assert_string_equal(c.end[HOST_SERVER]->owners[0], "server.conn");
    assert_false(scene_act(&s.ui, &s.moment, &d, ACTION_LEFT));
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_TIME));
    assert_int_equal(s.ui.scene, SCENE_TIME);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_ZOOM));
    assert_int_equal(s.ui.scene, SCENE_ZOOM);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_RIGHT));
    c = conn_shown(&s.moment);
    assert_true(conn_is_listener(&c));
    assert_int_equal(s.ui.sel.column, COLUMN_SERVER);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_RIGHT));
    c = conn_shown(&s.moment);
    assert_string_equal(c.end[HOST_CLIENT]->owners[0], "c1.s");
    d.scroll_max = 3;
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_UP));
    assert_int_equal(s.ui.scene_scroll, 1);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_FIRST));
    assert_int_equal(s.ui.scene_scroll, 3);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_LAST));
    assert_int_equal(s.ui.scene_scroll, 0);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_ZOOM));
    assert_int_equal(s.ui.scene, SCENE_COLUMNS);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_STATES));
    assert_false(scene_act(&s.ui, &s.moment, &d, ACTION_INSPECT));
    assert_int_equal(s.ui.scene, SCENE_COLUMNS);
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_STATES));
    assert_true(scene_act(&s.ui, &s.moment, &d, ACTION_BACK));
    assert_int_equal(s.ui.scene, SCENE_COLUMNS);
    assert_false(scene_act(&s.ui, &s.moment, &d, ACTION_BACK));
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_slant),
        cmocka_unit_test(test_slopes),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_squeezed),
        cmocka_unit_test(test_bundle),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_path_after_reset),
        cmocka_unit_test(test_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
