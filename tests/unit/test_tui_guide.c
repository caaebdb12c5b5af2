/* The way to a first connection: which lines are done, with whose names, and
 * when it is of no use any more; and the way to a column that is empty. */
#include "tui_moments.h"

#include "../../src/tui/guide.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void open_scene(struct scene *s)
{
    scene_init(s);
    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.play = &s->play;
    scene_wire(s, 0, false);
}

/* The lines still to do, joined by blanks. */
static const char *to_do(const struct scene *s)
{
    static char text[512];
    struct str all = STR_INIT;

    for (enum guide_step i = 0; i < GUIDE_STEPS; i++) {
        if (guide_is_done(s->model, i))
            continue;
        str_add(&all, all.len > 0 ? " | " : "");
        guide_add_line(&all, s->model, i);
    }
    snprintf(text, sizeof text, "%s", str_text(&all));
    str_done(&all);
    return text;
}

static void test_step_by_step(void **state)
{
    struct scene s;
    struct scene_sock client = {.id = 7,
        .host = HOST_CLIENT,
        .owner = "c2.x",
        .state = TCP_STATE_CLOSED};

    (void)state;
    open_scene(&s);
    assert_string_equal(to_do(&s),
        "server: ls = socket() | server: ls.bind(('', 8080)) | "
        "server: ls.listen(1) | c1: s = socket() | "
        "c1: s.connect(('server', 8080)) | server: conn, addr = ls.accept()");
    scene_process(&s, "c2", HOST_CLIENT);
    scene_sock(&s, client);
    assert_string_equal(to_do(&s),
        "server: ls = socket() | server: ls.bind(('', 8080)) | "
        "server: ls.listen(1) | c2: x.connect(('server', 8080)) | "
        "server: conn, addr = ls.accept()");
    scene_server(&s, "ls.listen(1)");
    scene_listener(&s, 0, 1, 0, 0);
    assert_string_equal(to_do(&s),
        "c2: x.connect(('server', 8080)) | server: conn, addr = ls.accept()");
    client.state = TCP_STATE_ESTABLISHED;
    client.local = 40000;
    client.peer = 8080;
    scene_sock(&s, client);
    scene_listener(&s, 1, 1, 0, 0);
    assert_string_equal(to_do(&s), "server: conn, addr = ls.accept()");
    assert_true(guide_is_wanted(s.model));
    scene_sock(&s, (struct scene_sock){.id = 8,
                       .host = HOST_SERVER,
                       .owner = "server.conn",
                       .state = TCP_STATE_ESTABLISHED,
                       .local = 8080,
                       .peer = 40000});
    assert_string_equal(to_do(&s), "");
    assert_false(guide_is_wanted(s.model));
    scene_done(&s);
}

/* A refused socket is no beginning: the next one has another name. */
static void test_refused(void **state)
{
    char process[MODEL_NAME_MAX];
    struct scene s;

    (void)state;
    open_scene(&s);
    scene_process(&s, "c1", HOST_CLIENT);
    scene_sock(&s, (struct scene_sock){.id = 7,
                       .host = HOST_CLIENT,
                       .owner = "c1.s",
                       .state = TCP_STATE_CLOSED,
                       .local = 40000,
                       .peer = 8080});
    assert_non_null(strstr(to_do(&s), "c1: s2 = socket() | c1: s2.connect("));
    assert_int_equal(guide_next(s.model, process), GUIDE_SERVER);
    assert_string_equal(process, "server");
    scene_done(&s);
}

/* What is suggested, joined by blanks. */
static const char *suggested(const struct scene *s)
{
    static char text[512];
    struct str all = STR_INIT;
    struct guide g;

    guide_fill(&g, s->model);
    for (size_t i = 0; i < g.lines.len; i++)
        str_addf(&all, "%s%s", i > 0 ? " | " : "", g.lines.items[i].text);
    snprintf(text, sizeof text, "%s", str_text(&all));
    str_done(&all);
    guide_done(&g);
    return text;
}

/* connect() goes to the newest listener: there it would be accepted. */
static void test_two_listeners(void **state)
{
    struct scene s;
    struct scene_sock second = {.id = 101,
        .host = HOST_SERVER,
        .owner = "server.l2",
        .state = TCP_STATE_LISTEN,
        .local = 8081};

    (void)state;
    open_scene(&s);
    scene_server(&s, "ls.listen(1)");
    scene_listener(&s, 0, 1, 0, 0);
    scene_sock(&s, second);
    assert_string_equal(suggested(&s),
        "c1: s = socket() | c1: s.connect(('server', 8081)) | "
        "server: conn, addr = l2.accept()");
    scene_listener(&s, 1, 1, 0, 0); /* but one waits at the first */
    assert_non_null(strstr(suggested(&s), "server: conn, addr = ls.accept()"));
    scene_done(&s);
}

/* A name that stands for a socket is not taken for what a call returns: that
 * would close it. */
static void test_names_are_free(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    scene_process(&s, "c1", HOST_CLIENT);
    scene_sock(&s, (struct scene_sock){.id = 7,
                       .host = HOST_CLIENT,
                       .owner = "c1.data",
                       .state = TCP_STATE_CLOSE_WAIT,
                       .local = 40000,
                       .peer = 8080,
                       .recv = 5});
    s.ui.sel.column = COLUMN_CLIENTS;
    for (uint64_t i = 1; i < 12; i++) /* past a first connection */
        scene_segment(
            &s, i, HOST_CLIENT, 40000, SEGMENT_ACK, 0, VERDICT_DELIVERED);
    assert_string_equal(suggested(&s), "c1: data2 = data.recv(5)");
    scene_done(&s);
}

/* A call to recv() that waits at one end takes nothing at the other. */
static void test_bytes_are_taken(void **state)
{
    struct scene s;
    struct event e = {.kind = EVENT_CALL};

    (void)state;
    open_scene(&s);
    scene_server(&s, "ls.listen(1)");
    scene_process(&s, "c1", HOST_CLIENT);
    scene_sock(&s, (struct scene_sock){.id = 7,
                       .host = HOST_CLIENT,
                       .owner = "c1.s",
                       .state = TCP_STATE_ESTABLISHED,
                       .local = 40000,
                       .peer = 8080});
    scene_sock(&s, (struct scene_sock){.id = 8,
                       .host = HOST_SERVER,
                       .owner = "server.conn",
                       .state = TCP_STATE_ESTABLISHED,
                       .local = 8080,
                       .peer = 40000,
                       .recv = 5});
    for (uint64_t i = 1; i < 12; i++) /* past a first connection */
        scene_segment(
            &s, i, HOST_CLIENT, 40000, SEGMENT_ACK, 0, VERDICT_DELIVERED);
    e.u.call.id = 50;
    e.u.call.process = "c1";
    e.u.call.socket = "s";
    e.u.call.name = "recv";
    e.u.call.python = "s.recv(100)";
    scene_apply(&s, &e);
    assert_string_equal(suggested(&s), "server: data = conn.recv(5)");
    scene_done(&s);
}

static void test_not_wanted(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    assert_true(guide_is_wanted(s.model));
    for (uint64_t i = 1; i < 12; i++)
        scene_segment(
            &s, i, HOST_CLIENT, 40000, SEGMENT_SYN, 0, VERDICT_DROPPED);
    assert_false(guide_is_wanted(s.model));
    scene_done(&s);
    open_scene(&s);
    scene_datagrams(&s);
    assert_false(guide_is_wanted(s.model));
    scene_done(&s);
}

/* The empty wire is skipped, both ways, until something is on it. */
static void test_empty_wire_is_skipped(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    ui_select(&s.ui, &s.moment, 0, 0);
    ui_select(&s.ui, &s.moment, 1, 0);
    assert_int_equal(s.ui.sel.column, COLUMN_SERVER);
    assert_string_equal(ui_process(&s.moment), "server");
    ui_select(&s.ui, &s.moment, -1, 0);
    assert_int_equal(s.ui.sel.column, COLUMN_CLIENTS);
    scene_segment(&s, 1, HOST_CLIENT, 40000, SEGMENT_SYN, 0, VERDICT_HELD);
    ui_select(&s.ui, &s.moment, 1, 0);
    assert_int_equal(s.ui.sel.column, COLUMN_WIRE);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step_by_step),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_two_listeners),
        cmocka_unit_test(test_names_are_free),
        cmocka_unit_test(test_bytes_are_taken),
        cmocka_unit_test(test_not_wanted),
        cmocka_unit_test(test_empty_wire_is_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
