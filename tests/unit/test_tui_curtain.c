/* What is behind the curtain stands nowhere on the screen: in no column, log,
 * header, inspector, picture, explanation or menu, at any level of detail. */
#include "../../src/tui/curtain.h"
#include "tui_moments.h"

#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The server has two clients in its accept queue, c3 and c4 found it full. */
static void make(struct scene *s, const char *hide)
{
    const struct scene_row *row = scenes;

    while (strcmp(row->name, "backlog") != 0)
        row++;
    scene_init(s);
    row->make(s);
    scene_line(s, hide);
    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.play = &s->play;
    s->moment.place = &s->place;
    s->moment.now_ns = s->t_ns;
}

static char *drawn(struct scene *s, int cols, int rows)
{
    struct canvas cv;
    struct draw d = {.cv = &cv, .m = &s->moment};
    struct str text = STR_INIT;

    canvas_init(&cv, rows, cols);
    cv.colour = true;
    ui_draw(&d);
    canvas_dump(&cv, &text);
    canvas_done(&cv);
    return str_steal(&text);
}

static void check(struct scene *s, const char *const *secrets)
{
    static const int sizes[][2] = {{80, 24}, {120, 36}, {200, 60}};

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        char *text = drawn(s, sizes[i][0], sizes[i][1]);
        for (size_t k = 0; secrets[k]; k++)
            if (strstr(text, secrets[k])) {
                fputs(text, stderr);
                fail_msg("\"%s\" is on the screen", secrets[k]);
            }
        assert_non_null(strstr(text, "hidden until the vote"));
        free(text);
    }
}

static void check_everything(const char *hide, const char *const *secrets)
{
    for (int scene = SCENE_COLUMNS; scene <= SCENE_STATES; scene++) {
        for (int column = 0; column < COLUMNS; column++) {
            for (int detail = 0; detail < DETAILS; detail++) {
                struct scene s;

                make(&s, hide);
                s.ui.scene = (enum ui_scene)scene;
                s.ui.sel.column = (enum column)column;
                s.ui.sel.sock = model_sock_at(s.model, 0)->id;
                s.ui.inspect_sock = s.ui.sel.sock;
                s.ui.sel.segment = model_segment_at(s.model, 6)->seg.id;
                s.ui.inspect = true;
                s.ui.detail = detail;
                check(&s, secrets);
                s.ui.explain = true;
                check(&s, secrets);
                s.ui.explain = false;
                menu_fill(&s.ui.menu, s.model, "c1", 0);
                s.ui.mode = UI_MENU;
                check(&s, secrets);
                scene_done(&s);
            }
        }
    }
}

static void test_server(void **state)
{
    static const char *const secrets[] = {"FULL", "accept queue", "LISTEN",
        "of 2", "not accepted", "ignored", "nobody listens", NULL};

    (void)state;
    check_everything("hide server", secrets);
}

static void test_wire(void **state)
{
    static const char *const secrets[] = {
        "SYN c1", "SYN+ACK c1", "──▶", "◀──", "seq 0", "SEGMENT", NULL};

    (void)state;
    check_everything("hide wire", secrets);
}

static void test_client(void **state)
{
    static const char *const secrets[] = {"c1.s", "SYN_SENT", "repeats", NULL};

    (void)state;
    check_everything("hide client", secrets);
}

/* What a call of a hidden process gave, or that it waits. */
static void test_log(void **state)
{
    struct scene s;
    struct event call = {.kind = EVENT_CALL}, ret = {.kind = EVENT_RETURN};

    (void)state;
    make(&s, "hide server");
    call.u.call.id = ret.u.ret.id = 900;
    call.u.call.process = ret.u.ret.process = "server";
    call.u.call.name = "getsockopt";
    call.u.call.python = "n = ls.getsockopt(SOL_SOCKET, SO_ERROR)";
    scene_apply(&s, &call);
    static const char *const waiting[] = {"waiting", NULL};
    s.ui.detail = 0;
    scene_line(&s, "hide client");
    check(&s, waiting);
    ret.u.ret.result = "4711";
    ret.u.ret.syscall = "getsockopt(3, ...) = 4711";
    scene_apply(&s, &ret);
    static const char *const result[] = {"4711", NULL};
    for (int detail = 0; detail < DETAILS; detail++) {
        s.ui.detail = detail;
        check(&s, result);
    }
    scene_line(&s, "show");
    char *text = drawn(&s, 80, 24);
    assert_non_null(strstr(text, "4711"));
    assert_non_null(strstr(text, "LISTEN"));
    free(text);
    scene_done(&s);
}

/* No selection by the arrows, and no action, goes behind it. */
static void test_keys(void **state)
{
    struct scene s;

    (void)state;
    make(&s, "hide server");
    s.ui.sel.column = COLUMN_WIRE;
    ui_select(&s.ui, &s.moment, 1, 0);
    assert_int_equal(s.ui.sel.column, COLUMN_CLIENTS);
    assert_false(ui_select_named(&s.ui, &s.moment, "server.ls"));
    assert_false(ui_can(&s.moment, ACTION_CALL));
    assert_false(ui_can(&s.moment, ACTION_EXPLAIN));
    assert_false(ui_can(&s.moment, ACTION_ZOOM));
    scene_line(&s, "show");
    assert_true(ui_can(&s.moment, ACTION_EXPLAIN));
    assert_true(ui_select_named(&s.ui, &s.moment, "server.ls"));
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_wire),
        cmocka_unit_test(test_client),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
