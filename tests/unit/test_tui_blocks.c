/* The three columns: what they say where there is little room, and that no row
 * is left empty while something is not said. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/model/fields.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct shown {
    struct scene s;
    bool large;
    struct canvas cv;
    struct draw d;
    struct str text;
};

static void begin(struct shown *x)
{
    memset(x, 0, sizeof *x);
    scene_init(&x->s);
    x->s.moment.model = x->s.model;
    x->s.moment.ui = &x->s.ui;
}

/* Draws it at that size; the text is valid until the next. */
static const char *draw(struct shown *x, int cols, int rows)
{
    canvas_done(&x->cv);
    canvas_init(&x->cv, rows, cols);
    x->cv.colour = true;
    x->cv.large = x->large;
    memset(&x->d, 0, sizeof x->d);
    x->d.cv = &x->cv;
    x->d.m = &x->s.moment;
    x->s.moment.now_ns = x->s.t_ns;
    ui_draw(&x->d);
    str_clear(&x->text);
    canvas_dump(&x->cv, &x->text);
    return str_text(&x->text);
}

static void end(struct shown *x)
{
    str_done(&x->text);
    canvas_done(&x->cv);
    scene_done(&x->s);
}

static void expect_(const char *screen, const char *text, bool there, int line)
{
    if ((strstr(screen, text) != NULL) != there)
        fail_msg("line %d: \"%s\" is %son\n%s", line, text, there ? "not " : "",
            screen);
}

#define has(screen, text)   expect_(screen, text, true, __LINE__)
#define lacks(screen, text) expect_(screen, text, false, __LINE__)

/* ---- what happens --------------------------------------------------------
 */

static void call(struct shown *x, uint64_t id, const char *process,
    const char *socket, const char *name, const char *python,
    const char *result, const char *syscall)
{
    struct event e = {.kind = EVENT_CALL};

    e.u.call.id = id;
    e.u.call.process = process;
    e.u.call.socket = socket;
    e.u.call.name = name;
    e.u.call.python = python;
    scene_apply(&x->s, &e);
    memset(&e, 0, sizeof e);
    e.kind = result ? EVENT_RETURN : EVENT_BLOCKED;
    if (result) {
        e.u.ret.id = id;
        e.u.ret.process = process;
        e.u.ret.result = result;
        e.u.ret.syscall = syscall;
    } else {
        e.u.blocked.id = id;
    }
    scene_apply(&x->s, &e);
}

static void sock(struct shown *x, uint64_t id, enum host host,
    const char *owner, uint8_t state, uint16_t port)
{
    bool server = host == HOST_SERVER;

    scene_sock(&x->s, (struct scene_sock){.id = id,
                          .host = host,
                          .owner = owner,
                          .state = state,
                          .local = server ? 8080 : port,
                          .peer = server ? port : 8080,
                          .waiting = server && !owner});
}

/* Client `n` with a socket of that name, and its end at the server. */
static void connection(
    struct shown *x, unsigned n, const char *variable, const char *conn)
{
    char process[16], owner[40];
    uint16_t port = (uint16_t)(34250 + n);

    snprintf(process, sizeof process, "c%u", n);
    snprintf(owner, sizeof owner, "c%u.%s", n, variable);
    scene_process(&x->s, process, HOST_CLIENT);
    sock(x, n, HOST_CLIENT, owner, TCP_STATE_ESTABLISHED, port);
    sock(x, 50 + n, HOST_SERVER, conn, TCP_STATE_ESTABLISHED, port);
}

static void tell(struct event_socket *o, const char *row, uint64_t value)
{
    for (size_t i = 0; i < info_field_count(); i++) {
        if (strcmp(info_field_at(i)->name, row) != 0)
            continue;
        info_field_set(&o->info, i, value);
        info_set_add(&o->info_changed, i);
    }
}

struct row_value {
    const char *row;
    uint64_t value;
};

static void numbers(
    struct shown *x, uint64_t id, const struct row_value *rows, size_t count)
{
    const struct model_sock *s = model_sock(x->s.model, id);
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *o = &e.u.socket;
    char owner[2 * MODEL_NAME_MAX];

    snprintf(owner, sizeof owner, "%s", s->owners[0]);
    o->id = id;
    o->host = s->host;
    o->owner_count = 1;
    o->owners[0] = owner;
    o->proto = s->proto;
    o->local = s->local;
    o->peer = s->peer;
    o->state = s->state;
    o->accepted = true;
    o->has_mem = true;
    o->sndbuf = o->rcvbuf = 16384;
    for (size_t i = 0; i < count; i++)
        tell(o, rows[i].row, rows[i].value);
    scene_apply(&x->s, &e);
}

struct sent {
    enum host from;
    uint8_t flags;
    uint32_t len;
    uint16_t window;
    int wscale; /* -1: none offered */
};

static void segment(struct shown *x, uint64_t id, struct sent t)
{
    struct event e = {.kind = EVENT_SEGMENT};
    struct segment *g = &e.u.segment.seg;
    struct addr client = scene_addr("10.0.0.2", 34251);
    struct addr server = scene_addr("10.0.0.1", 8080);
    bool up = t.from == HOST_CLIENT;

    g->id = id;
    g->t_ns = x->s.t_ns;
    g->from = t.from;
    g->proto = IPPROTO_TCP;
    g->src = up ? client : server;
    g->dst = up ? server : client;
    g->flags = t.flags;
    g->len = t.len;
    g->has_relative = true;
    g->seq = 100000;
    g->ack = t.flags & SEGMENT_ACK ? 200000 : 0;
    g->window = t.window;
    g->options.has_wscale = t.wscale >= 0;
    g->options.wscale = (uint8_t)(t.wscale >= 0 ? t.wscale : 0);
    scene_apply(&x->s, &e);
    memset(&e, 0, sizeof e);
    e.kind = EVENT_VERDICT;
    e.u.verdict.segment = id;
    e.u.verdict.action = VERDICT_DELIVERED;
    scene_apply(&x->s, &e);
}

static void handshake(struct shown *x, uint64_t id, int client, int server)
{
    segment(x, id, (struct sent){HOST_CLIENT, SEGMENT_SYN, 0, 64240, client});
    segment(x, id + 1,
        (struct sent){
            HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 65160, server});
}

/* ---- the wire ------------------------------------------------------------
 */

static void test_window_scale(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    x.s.ui.detail = DETAIL_TCP;
    scene_process(&x.s, "server", HOST_SERVER);
    connection(&x, 1, "s", "server.conn");
    handshake(&x, 1, 7, 9);
    segment(&x, 3, (struct sent){HOST_CLIENT, SEGMENT_ACK, 0, 512, -1});
    segment(&x, 4, (struct sent){HOST_SERVER, SEGMENT_ACK, 0, 126, -1});
    const char *screen = draw(&x, 200, 40);
    has(screen, "win 65536");
    has(screen, "win 64512");
    has(screen, "win 64240"); /* a SYN's is never scaled */
    /* The kernel no longer knows it; the SYNs still do. */
    sock(&x, 1, HOST_CLIENT, NULL, TCP_STATE_TIME_WAIT, 34251);
    sock(&x, 51, HOST_SERVER, NULL, TCP_STATE_LAST_ACK, 34251);
    screen = draw(&x, 200, 40);
    has(screen, "win 65536");
    has(screen, "win 64512");
    lacks(screen, "win 512");
    /* The same ports again, and this time one side does not offer it. */
    handshake(&x, 5, 7, -1);
    segment(&x, 7, (struct sent){HOST_CLIENT, SEGMENT_ACK, 0, 511, -1});
    screen = draw(&x, 200, 40);
    has(screen, "win 65536");
    has(screen, "win 511");
    end(&x);
}

static void test_window_unknown(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    x.s.ui.detail = DETAIL_TCP;
    scene_process(&x.s, "server", HOST_SERVER);
    segment(&x, 1,
        (struct sent){HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 65160, 7});
    segment(&x, 2, (struct sent){HOST_CLIENT, SEGMENT_ACK, 0, 512, -1});
    const char *screen = draw(&x, 200, 40);
    has(screen, "seq 100000 ack 200000 ");
    lacks(screen, "win 512");
    end(&x);
}

/* The numbers of a bare ACK are those of the other direction. */
static void test_bare_ack(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    x.s.ui.detail = DETAIL_TCP;
    scene_process(&x.s, "server", HOST_SERVER);
    handshake(&x, 1, 7, 7);
    segment(&x, 3, (struct sent){HOST_CLIENT, SEGMENT_ACK, 0, 512, -1});
    segment(&x, 4, (struct sent){HOST_CLIENT, SEGMENT_ACK, 9, 511, -1});
    const char *screen = draw(&x, 80, 24);
    has(screen, " ack 200000 win 65536");
    has(screen, "seq 100000 ack 200000");
    lacks(screen, "win 65408");
    end(&x);
}

/* ---- the log -------------------------------------------------------------
 */

static void test_results(void **state)
{
    static const char many[] =
        "b'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxx'...";
    struct shown x;

    (void)state;
    begin(&x);
    scene_process(&x.s, "server", HOST_SERVER);
    call(&x, 1, "server", "ls", "accept", "conn, addr = ls.accept()",
        "(<socket fd=4>, ('10.0.0.2', 34254))",
        "accept(3, {sa_family=AF_INET, sin_port=htons(34254), "
        "sin_addr=inet_addr(\"10.0.0.2\")}, [16]) = 4");
    call(&x, 2, "server", "conn", "recv", "data = conn.recv(4096)", many,
        "recv(4, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"..., 4096, 0)"
        " = 1000");
    const char *screen = draw(&x, 80, 24);
    has(screen, "→ (<socket fd=4>, ('10.0.0.2', 34254))");
    has(screen, "→ 1000 bytes b'xxx");
    has(screen, "x…'");
    screen = draw(&x, 120, 36);
    has(screen, "→ (<socket fd=4>, ('10.0.0.2', 34254))");
    has(screen, "→ 1000 bytes b'xxx");
    has(screen, ") = 4\n");
    has(screen, ") = 1000\n");
    has(screen, " 0.0 s server");
    x.s.ui.detail = DETAIL_KERNEL;
    screen = draw(&x, 80, 24);
    has(screen, ") = 4\n");
    has(screen, ") = 1000\n");
    end(&x);
}

/* What fits is told as it is, and an errno stays. */
static void test_short_results(void **state)
{
    struct shown x;
    struct event e = {.kind = EVENT_CALL};

    (void)state;
    begin(&x);
    scene_process(&x.s, "server", HOST_SERVER);
    call(&x, 1, "server", "conn", "recv", "conn.recv(5)", "b'hello'",
        "recv(4, \"hello\", 5, 0) = 5");
    e.u.call = (struct event_call){.id = 2,
        .process = "server",
        .socket = "conn",
        .name = "connect",
        .python = "s.connect(('192.0.2.1', 80))"};
    scene_apply(&x.s, &e);
    memset(&e, 0, sizeof e);
    e.kind = EVENT_RETURN;
    e.u.ret.id = 2;
    e.u.ret.process = "server";
    e.u.ret.error = "ECONNREFUSED";
    e.u.ret.exception = "ConnectionRefusedError";
    e.u.ret.syscall = "connect(4, {sa_family=AF_INET, sin_port=htons(80), "
                      "sin_addr=inet_addr(\"192.0.2.1\")}, 16) = -1 "
                      "ECONNREFUSED (Connection refused)";
    scene_apply(&x.s, &e);
    const char *screen = draw(&x, 120, 36);
    has(screen, "→ b'hello'");
    lacks(screen, "5 bytes");
    has(screen, "= -1 ECONNREFUSED\n");
    end(&x);
}

/* ---- numbers -------------------------------------------------------------
 */

static void test_zero_window(void **state)
{
    static const struct row_value rows[] = {{"rtt", 45}, {"rto", 204000},
        {"snd_cwnd", 1}, {"snd_wnd", 0}, {"rcv_wnd", 0}, {"rttvar", 0},
        {"lost", 0}};
    struct shown x;

    (void)state;
    begin(&x);
    x.s.ui.detail = DETAIL_TCP;
    scene_process(&x.s, "server", HOST_SERVER);
    connection(&x, 1, "s", "server.conn");
    numbers(&x, 1, rows, ARRAY_LEN(rows));
    const char *screen = draw(&x, 120, 36);
    has(screen, "snd_wnd 0 bytes");
    has(screen, "rcv_wnd 0 bytes");
    has(screen, "cwnd 1 segment ");
    has(screen, "rtt 45 µs");
    lacks(screen, "rttvar");
    end(&x);
}

/* A higher level says more, whatever is selected. */
static void test_levels_grow(void **state)
{
    static const struct row_value rows[] = {{"rtt", 1700}, {"rto", 204000},
        {"snd_cwnd", 10}, {"snd_wnd", 65536}, {"snd_mss", 1000},
        {"rcv_wnd", 65536}, {"rttvar", 900}, {"pmtu", 1500}, {"segs_in", 3},
        {"rcv_mss", 536}, {"rcv_space", 10000}, {"bytes_acked", 6}};
    struct shown x;

    (void)state;
    begin(&x);
    scene_server(&x.s, "ls.listen(1)");
    scene_listener(&x.s, 0, 1, 0, 0);
    connection(&x, 1, "s", "server.conn");
    numbers(&x, 51, rows, ARRAY_LEN(rows));
    strcpy(x.s.ui.sel.process, "server");
    x.s.ui.sel.column = COLUMN_SERVER;
    x.s.ui.detail = DETAIL_TCP;
    has(draw(&x, 80, 24), "snd_wnd 65536 bytes");
    x.s.ui.detail = DETAIL_KERNEL;
    const char *screen = draw(&x, 80, 24);
    has(screen, "rtt 1.7 ms");
    has(screen, "cookie 51");
    end(&x);
}

/* ---- blocks --------------------------------------------------------------
 */

static void test_long_names(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    scene_process(&x.s, "server", HOST_SERVER);
    connection(&x, 1, "client_socket", "server.conn_socket");
    connection(&x, 2, "client_socket", "server.other_socket");
    const char *screen = draw(&x, 80, 24);
    has(screen, "c1.client_socket ");
    has(screen, " :34251  ESTABLISHED ");
    has(screen, "c2.client_socket ");
    has(screen, " :34252  ESTABLISHED ");
    has(screen, "conn_socket");
    has(screen, " c1  ESTABLISHED");
    has(screen, " c2  ESTABLISHED");
    end(&x);
}

/* A side takes what the other does without, and keeps it while the states
 * change. */
static void test_shares(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    scene_process(&x.s, "server", HOST_SERVER);
    connection(&x, 1, "s", "server.k");
    draw(&x, 80, 24);
    int short_names = x.d.wire.x;
    connection(&x, 2, "so", "server.m");
    const char *screen = draw(&x, 80, 24);
    int longer = x.d.wire.x;
    assert_true(longer > short_names);
    has(screen, "c2.so :34252  ESTABLISHED ");
    sock(&x, 2, HOST_CLIENT, "c2.so", TCP_STATE_CLOSE_WAIT, 34252);
    draw(&x, 80, 24);
    assert_int_equal(x.d.wire.x, longer);
    /* No side is starved, however long the names of the other are. */
    connection(&x, 3, "a_socket_with_a_very_long_name", "server.n");
    draw(&x, 80, 24);
    assert_true(80 - x.d.wire.x - x.d.wire.w - 1 >= 26);
    end(&x);
}

static void test_rows_are_used(void **state)
{
    struct shown x;
    char owner[16];

    (void)state;
    begin(&x);
    scene_server(&x.s, "ls.listen(1)");
    scene_listener(&x.s, 0, 1, 0, 0);
    for (unsigned n = 1; n <= 10; n++) {
        snprintf(owner, sizeof owner, "server.k%u", n);
        connection(&x, n, "s", owner);
    }
    const char *screen = draw(&x, 80, 24);
    has(screen, "half open  0 of 2");
    end(&x);
}

/* In large letters a connection that goes well has no timer, but one that
 * awaits an ACK does. */
static void test_timer_of_unacknowledged(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    x.large = true;
    scene_process(&x.s, "server", HOST_SERVER);
    connection(&x, 1, "s", "server.conn");
    scene_sock(&x.s, (struct scene_sock){.id = 1,
                         .owner = "c1.s",
                         .state = TCP_STATE_ESTABLISHED,
                         .local = 34251,
                         .peer = 8080,
                         .send = 5,
                         .timer = SOCK_TIMER_RETRANSMIT,
                         .timer_ms = 1800});
    const char *screen = draw(&x, 80, 24);
    has(screen, "sends again in 1.8 s");
    has(screen, "no ACK yet 5 bytes");
    end(&x);
}

/* `count` connections that wait for accept(). */
static void queue(struct shown *x, unsigned count)
{
    for (unsigned n = 1; n <= count; n++)
        connection(x, n, "s", NULL);
}

static void test_queue_wraps(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    scene_server(&x.s, "ls.listen(8)");
    queue(&x, 9);
    scene_listener(&x.s, 9, 8, 0, 0);
    const char *screen = draw(&x, 80, 24);
    has(screen, "to accept  9 of 9 c1 c2 c3");
    has(screen, " c4 c5 c6 c7 c8 c9");
    end(&x);
}

/* The listener says how many wait; a socket whose state is ahead of that is
 * not shown in a slot yet. */
static void test_slots_are_as_many(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    scene_server(&x.s, "ls.listen(5)");
    queue(&x, 1);
    scene_listener(&x.s, 0, 5, 0, 0);
    const char *screen = draw(&x, 80, 24);
    has(screen, "to accept  0 of 6");
    lacks(screen, "0 of 6  c1");
    scene_listener(&x.s, 1, 5, 0, 0);
    has(draw(&x, 80, 24), "to accept  1 of 6  c1");
    end(&x);
}

/* What is not there yet is no socket that has no room, and clients are counted
 * where clients are named. */
static void test_counts(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    queue(&x, 20);
    for (unsigned n = 0; n < 4; n++)
        sock(&x, 200 + n, HOST_CLIENT, NULL, TCP_STATE_TIME_WAIT,
            (uint16_t)(40000 + n));
    const char *screen = draw(&x, 80, 24);
    has(screen, "of 20 ");
    lacks(screen, "of 24");
    has(screen, " more");
    int shown = 0;
    for (const char *at = screen; (at = strstr(at, ".s :")); at++)
        shown++;
    char more[32];
    snprintf(more, sizeof more, "… %d more", 24 - shown);
    has(screen, more);
    end(&x);
}

static void test_waiting_call(void **state)
{
    struct shown x;

    (void)state;
    begin(&x);
    scene_process(&x.s, "server", HOST_SERVER);
    connection(&x, 1, "s", "server.k1");
    connection(&x, 2, "s", "server.k2");
    call(&x, 1, "server", "k2", "recv", "data = k2.recv(100)", NULL, NULL);
    scene_after_ms(&x.s, 2000);
    has(draw(&x, 80, 24), "◴ k2.recv() 2.0 s");
    has(draw(&x, 200, 60), "◴ waiting in k2.recv() 2.0 s");
    end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window_scale),
        cmocka_unit_test(test_window_unknown),
        cmocka_unit_test(test_bare_ack),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_short_results),
        cmocka_unit_test(test_zero_window),
        cmocka_unit_test(test_levels_grow),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_rows_are_used),
        cmocka_unit_test(test_timer_of_unacknowledged),
        cmocka_unit_test(test_queue_wraps),
        cmocka_unit_test(test_slots_are_as_many),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_waiting_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
