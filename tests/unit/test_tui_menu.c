/* The menus: arguments from the situation, what makes no sense and why, what
 * no call can reach; and selecting by typing a name. */
#include "tui_moments.h"

#include "../../src/tui/situation.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void make(struct scene *s, scene_maker *maker)
{
    scene_init(s);
    maker(s);
    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.play = &s->play;
}

static void empty(struct scene *s)
{
    scene_wire(s, 0, false);
}

static const struct menu_item *find(const struct menu *menu, const char *part)
{
    for (size_t i = 0; i < menu->items.len; i++)
        if (strstr(menu->items.items[i].line, part))
            return &menu->items.items[i];
    return NULL;
}

static void has(const struct menu *menu, const char *line, bool sense)
{
    const struct menu_item *item = find(menu, line);

    if (!item)
        fail_msg("no %s", line);
    if (sense != !item->why)
        fail_msg("%s: %s", line, item->why ? item->why : "makes sense");
}

/* A socket of c1 in that state, on the stage of nothing else. */
static void with_state(
    struct scene *s, uint8_t state, uint16_t local, uint16_t peer)
{
    make(s, empty);
    scene_process(s, "c1", HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 7,
                      .host = HOST_CLIENT,
                      .owner = "c1.s",
                      .state = state,
                      .local = local,
                      .peer = peer});
    menu_fill(&s->ui.menu, s->model, "c1", 7);
}

static void test_first_the_sensible(void **state)
{
    struct scene s;

    (void)state;
    with_state(&s, TCP_STATE_ESTABLISHED, 40000, 8080);
    const struct menu *menu = &s.ui.menu;
    has(menu, "c1: n = s.send(b'x' * 1000)", true);
    has(menu, "c1: s.close()", true);
    has(menu, "c1: s.bind(", false);
    has(menu, "s.listen(", false);
    has(menu, "c1: s2 = socket()", true);
    for (size_t i = 0; i < menu->items.len; i++)
        assert_true((menu->items.items[i].why != NULL) == (i >= menu->grey));
    /* One row more than items: the rule between them. */
    size_t item = 0;
    assert_int_equal(menu_rows(menu), (int)menu->items.len + 1);
    assert_false(menu_at_row(menu, (int)menu->grey, &item));
    assert_true(menu_at_row(menu, (int)menu->grey + 1, &item));
    assert_int_equal(item, menu->grey);
    assert_true(menu_at_row(menu, menu_rows(menu) - 1, &item));
    assert_int_equal(item, menu->items.len - 1);
    assert_false(menu_at_row(menu, menu_rows(menu), &item));
    assert_false(menu_at_row(menu, -1, &item));
    scene_done(&s);
}

/* Every state: each call either makes sense or says why not, in a few words. */
static void test_every_state_has_reasons(void **state)
{
    (void)state;
    for (uint8_t st = TCP_STATE_ESTABLISHED; st <= TCP_STATE_CLOSING; st++) {
        struct scene s;
        with_state(&s, st, 40000, st == TCP_STATE_LISTEN ? 0 : 8080);
        for (size_t i = 0; i < s.ui.menu.items.len; i++) {
            const char *why = s.ui.menu.items.items[i].why;
            if (why && (strlen(why) > 60 ||
                           strstr(why, "makes no sense in this state")))
                fail_msg("%s: %s", s.ui.menu.items.items[i].line, why);
        }
        scene_done(&s);
    }
}

static void test_arguments(void **state)
{
    struct scene s;

    (void)state;
    with_state(&s, TCP_STATE_CLOSED, 0, 0);
    has(&s.ui.menu, "c1: s.connect(('server', 8080))", false);
    assert_string_equal(find(&s.ui.menu, "s.connect")->why,
        "nobody listens there: ECONNREFUSED; make the server listen first");
    has(&s.ui.menu, "s.bind(('', 8080))", true);
    /* Somebody listens: there the call goes, and that port is taken. */
    scene_process(&s, "server", HOST_SERVER);
    scene_listener(&s, 0, 1, 0, 0);
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    has(&s.ui.menu, "c1: s.connect(('server', 8080))", true);
    assert_non_null(strstr(s.ui.menu.items.items[0].line, "connect"));
    scene_done(&s);
    /* As many bytes as wait. */
    make(&s, empty);
    scene_process(&s, "c1", HOST_CLIENT);
    scene_sock(&s, (struct scene_sock){.id = 7,
                       .host = HOST_CLIENT,
                       .owner = "c1.s",
                       .state = TCP_STATE_ESTABLISHED,
                       .local = 40000,
                       .peer = 8080,
                       .recv = 250});
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    has(&s.ui.menu, "data = s.recv(250)", true);
    scene_done(&s);
}

/* Nothing to call yet: what a socket could do is there, and what comes first.
 */
static void test_no_socket_yet(void **state)
{
    struct scene s;

    (void)state;
    make(&s, empty);
    menu_fill(&s.ui.menu, s.model, "c1", 0);
    assert_string_equal(s.ui.menu.items.items[0].line, "server: ls = socket()");
    assert_string_equal(s.ui.menu.items.items[0].because,
        "nobody listens yet: the server first");
    assert_string_equal(s.ui.menu.items.items[1].line, "c1: s = socket()");
    assert_null(s.ui.menu.items.items[1].because);
    assert_int_equal(s.ui.menu.grey, 2);
    has(&s.ui.menu, "c1: s.connect(('server', 8080))", false);
    has(&s.ui.menu, "c1: s.close()", false);
    assert_string_equal(
        find(&s.ui.menu, "s.recv")->why, "no socket yet: s = socket() first");
    menu_fill(&s.ui.menu, s.model, "server", 0);
    assert_string_equal(find(&s.ui.menu, "server: ls.listen(1)")->why,
        "no socket yet: ls = socket() first");
    /* It has one: its calls stand at the socket. */
    scene_process(&s, "c1", HOST_CLIENT);
    struct scene_sock own = {.id = 7,
        .host = HOST_CLIENT,
        .owner = "c1.s",
        .state = TCP_STATE_CLOSED};
    scene_sock(&s, own);
    menu_fill(&s.ui.menu, s.model, "c1", 0);
    has(&s.ui.menu, "c1: s2 = socket()", true);
    assert_null(find(&s.ui.menu, "connect"));
    /* It was closed. */
    own.owner = NULL;
    scene_sock(&s, own);
    menu_fill(&s.ui.menu, s.model, "c1", 0);
    assert_string_equal(
        find(&s.ui.menu, "connect")->why, "no open socket: s = socket() first");
    scene_done(&s);
}

static void first_is(const struct menu *menu, size_t i, const char *line)
{
    assert_true(i < menu->items.len);
    assert_string_equal(menu->items.items[i].line, line);
    assert_null(menu->items.items[i].why);
}

/* A client is led to what the server has to do next, whatever its socket is
 * called, and not to bind() and listen(). */
static void test_server_first(void **state)
{
    struct scene s;
    struct scene_sock client = {.id = 7,
        .host = HOST_CLIENT,
        .owner = "c1.s",
        .state = TCP_STATE_CLOSED};
    struct scene_sock server = {.id = 8,
        .host = HOST_SERVER,
        .owner = "server.a",
        .state = TCP_STATE_CLOSED};

    (void)state;
    make(&s, empty);
    scene_process(&s, "c1", HOST_CLIENT);
    scene_sock(&s, client);
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    first_is(&s.ui.menu, 0, "server: ls = socket()");
    first_is(&s.ui.menu, 1, "c1: s.close()");
    has(&s.ui.menu, "c1: s.bind(", true);
    scene_process(&s, "server", HOST_SERVER);
    scene_sock(&s, server);
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    first_is(&s.ui.menu, 0, "server: a.bind(('', 8080))");
    server.local = 8080;
    scene_sock(&s, server);
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    first_is(&s.ui.menu, 0, "server: a.listen(1)");
    /* Once somebody listens the client goes on. */
    server.state = TCP_STATE_LISTEN;
    scene_sock(&s, server);
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    first_is(&s.ui.menu, 0, "c1: s.connect(('server', 8080))");
    assert_null(find(&s.ui.menu, "server:"));
    scene_done(&s);
}

/* The row of a process offers what its sockets wait for. */
static void test_process_row(void **state)
{
    struct scene s;
    struct scene_sock sock = {.id = 8,
        .host = HOST_SERVER,
        .owner = "server.b",
        .state = TCP_STATE_CLOSED};

    (void)state;
    make(&s, empty);
    scene_process(&s, "server", HOST_SERVER);
    scene_sock(&s, sock);
    menu_fill(&s.ui.menu, s.model, "server", 0);
    first_is(&s.ui.menu, 0, "server: b.bind(('', 8080))");
    first_is(&s.ui.menu, 1, "server: ls = socket()");
    sock.local = 8080;
    scene_sock(&s, sock);
    menu_fill(&s.ui.menu, s.model, "server", 0);
    first_is(&s.ui.menu, 0, "server: b.listen(1)");
    scene_listener(&s, 1, 1, 0, 0);
    menu_fill(&s.ui.menu, s.model, "server", 0);
    first_is(&s.ui.menu, 0, "server: conn, addr = ls.accept()");
    first_is(&s.ui.menu, 1, "server: b.listen(1)");
    scene_listener(&s, 0, 1, 0, 0); /* nobody waits: it is less urgent */
    menu_fill(&s.ui.menu, s.model, "server", 0);
    first_is(&s.ui.menu, 0, "c1: s = socket()");
    assert_string_equal(s.ui.menu.items.items[0].because,
        "nobody has come yet: a client first");
    first_is(&s.ui.menu, 2, "server: conn, addr = ls.accept()");
    /* Bytes that wait come before all that takes time. */
    sock.owner = "server.conn";
    sock.id = 9;
    sock.state = TCP_STATE_CLOSE_WAIT;
    sock.peer = 40000;
    sock.recv = 5;
    scene_sock(&s, sock);
    menu_fill(&s.ui.menu, s.model, "server", 0);
    first_is(&s.ui.menu, 0, "server: data = conn.recv(5)");
    has(&s.ui.menu, "server: conn.close()", true);
    scene_done(&s);
}

static void test_out_of_reach(void **state)
{
    struct scene s;

    (void)state;
    make(&s, empty);
    scene_process(&s, "c1", HOST_CLIENT);
    scene_sock(&s, (struct scene_sock){.id = 7,
                       .host = HOST_CLIENT,
                       .owner = NULL,
                       .state = TCP_STATE_TIME_WAIT,
                       .local = 40000,
                       .peer = 8080});
    menu_fill(&s.ui.menu, s.model, "c1", 7);
    assert_int_equal(s.ui.menu.items.len, 0);
    assert_non_null(strstr(s.ui.menu.about, "any more"));
    struct event e = {.kind = EVENT_PROCESS};
    e.u.process.process = "c1";
    e.u.process.action = PROCESS_EXITED;
    scene_apply(&s, &e);
    menu_fill(&s.ui.menu, s.model, "c1", 0);
    assert_int_equal(s.ui.menu.items.len, 0);
    assert_non_null(strstr(s.ui.menu.about, "has ended"));
    scene_done(&s);
}

static void test_wire_menu(void **state)
{
    struct scene s;

    (void)state;
    make(&s, empty);
    menu_fill_wire(&s.ui.menu, s.model, 0);
    assert_string_equal(s.ui.menu.items.items[0].line, "wire hold");
    has(&s.ui.menu, "wire delay 100ms", true);
    has(&s.ui.menu, "wire drop client DATA", true);
    has(&s.ui.menu, "wire deliver", false);
    has(&s.ui.menu, "wire release", false);
    has(&s.ui.menu, "wire join", false);
    has(&s.ui.menu, "wire real", true);
    scene_done(&s);
    make(&s, scene_handshake);
    menu_fill_wire(&s.ui.menu, s.model, 2);
    assert_string_equal(
        s.ui.menu.items.items[0].line, "wire deliver server SYN+ACK c1.s");
    has(&s.ui.menu, "wire hold", false);
    has(&s.ui.menu, "wire real", false);
    scene_done(&s);
}

static void test_select_by_name(void **state)
{
    struct scene s;

    (void)state;
    make(&s, scene_handshake);
    assert_true(ui_select_named(&s.ui, &s.moment, "wire"));
    assert_int_equal(s.ui.sel.column, COLUMN_WIRE);
    assert_true(ui_select_named(&s.ui, &s.moment, " server.ls "));
    assert_int_equal(s.ui.sel.column, COLUMN_SERVER);
    assert_string_equal(s.ui.sel.process, "server");
    assert_int_not_equal(s.ui.sel.sock, 0);
    assert_true(ui_select_named(&s.ui, &s.moment, "c1.s"));
    assert_int_equal(s.ui.sel.column, COLUMN_CLIENTS);
    assert_true(ui_select_named(&s.ui, &s.moment, "server"));
    assert_int_equal(s.ui.sel.sock, 0);
    /* Without a process it is that of the prompt. */
    assert_true(ui_select_named(&s.ui, &s.moment, "ls"));
    assert_int_not_equal(s.ui.sel.sock, 0);
    assert_true(ui_select_named(&s.ui, &s.moment, "c9"));
    assert_string_equal(ui_process(&s.moment), "c9");
    assert_false(ui_select_named(&s.ui, &s.moment, "nobody"));
    assert_false(ui_select_named(&s.ui, &s.moment, "c1.nothing"));
    assert_false(ui_select_named(&s.ui, &s.moment, "c1 s"));
    assert_false(ui_select_named(&s.ui, &s.moment, "c1.s.close()"));
    assert_false(ui_select_named(&s.ui, &s.moment, "c"));
    assert_false(ui_select_named(&s.ui, &s.moment, ""));
    assert_string_equal(ui_process(&s.moment), "c9");
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_the_sensible),
        cmocka_unit_test(test_every_state_has_reasons),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_no_socket_yet),
        cmocka_unit_test(test_server_first),
        cmocka_unit_test(test_process_row),
        cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_wire_menu),
        cmocka_unit_test(test_select_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
