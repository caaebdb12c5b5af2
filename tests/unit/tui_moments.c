/* Events as a stage would publish them, for the views' tests. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define SERVER_IP "10.0.0.1"
#define CLIENT_IP "10.0.0.2"

struct addr scene_addr(const char *ip, uint16_t port)
{
    struct addr a;

    memset(&a, 0, sizeof a);
    addr_parse(ip, port, &a);
    return a;
}

void scene_apply(struct scene *s, struct event *e)
{
    e->t_ns = s->t_ns;
    model_apply(s->model, e);
}

void scene_after_ms(struct scene *s, uint64_t ms)
{
    s->t_ns += ms * NS_PER_MS;
}

void scene_wire(struct scene *s, uint64_t delay_ms, bool holding)
{
    struct event e = {.kind = EVENT_LINE};

    e.u.line.text = holding ? "wire hold" : "wire delay";
    e.u.line.wire.holding = holding;
    e.u.line.wire.coalesce = true;
    e.u.line.wire.delay_ns[HOST_CLIENT] = delay_ms * NS_PER_MS;
    e.u.line.wire.delay_ns[HOST_SERVER] = delay_ms * NS_PER_MS;
    scene_apply(s, &e);
}

void scene_process(struct scene *s, const char *name, enum host host)
{
    struct event e = {.kind = EVENT_PROCESS};

    e.u.process.process = name;
    e.u.process.host = host;
    e.u.process.action = PROCESS_STARTED;
    scene_apply(s, &e);
}

static void call(struct scene *s, uint64_t id, const char *name,
    const char *socket, const char *def, const char *python, const char *result,
    const char *syscall)
{
    struct event e = {.kind = EVENT_CALL};

    e.u.call.id = id;
    e.u.call.process = name;
    e.u.call.socket = socket;
    e.u.call.name = def;
    e.u.call.python = python;
    e.u.call.syscall = syscall;
    scene_apply(s, &e);
    memset(&e, 0, sizeof e);
    if (!result) {
        e.kind = EVENT_BLOCKED;
        e.u.blocked.id = id;
    } else {
        e.kind = EVENT_RETURN;
        e.u.ret.id = id;
        e.u.ret.process = name;
        e.u.ret.result = strcmp(result, "None") == 0 ? NULL : result;
        e.u.ret.elapsed_ns = 20000;
        e.u.ret.syscall = syscall;
    }
    scene_apply(s, &e);
}

void scene_sock(struct scene *s, struct scene_sock k)
{
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *o = &e.u.socket;
    bool server = k.host == HOST_SERVER;

    o->id = k.id;
    o->host = k.host;
    o->owner_count = k.owner ? 1 : 0;
    o->owners[0] = k.owner;
    o->proto = IPPROTO_TCP;
    if (k.local)
        o->local = scene_addr(server ? SERVER_IP : CLIENT_IP, k.local);
    if (k.peer)
        o->peer = scene_addr(server ? CLIENT_IP : SERVER_IP, k.peer);
    o->state = k.state;
    o->accepted = !k.waiting;
    o->send_buffer = k.send;
    o->unsent = k.unsent;
    o->recv_buffer = k.recv;
    o->has_mem = true;
    o->sndbuf = 16384;
    o->rcvbuf = 131072;
    o->timer = k.timer;
    o->timer_at_ns = s->t_ns + k.timer_ms * NS_PER_MS;
    scene_apply(s, &e);
}

void scene_listener(struct scene *s, uint32_t accept_queue, uint32_t backlog,
    uint32_t syn_queue, uint32_t ignored)
{
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *o = &e.u.socket;

    o->id = 100;
    o->host = HOST_SERVER;
    o->owner_count = 1;
    o->owners[0] = "server.ls";
    o->proto = IPPROTO_TCP;
    o->local = scene_addr("0.0.0.0", 8080);
    o->state = TCP_STATE_LISTEN;
    o->accepted = true;
    o->is_listener = true;
    o->accept_queue = accept_queue;
    o->backlog = backlog;
    o->syn_queue = syn_queue;
    o->ignored = ignored;
    scene_apply(s, &e);
}

void scene_segment(struct scene *s, uint64_t id, enum host from, uint16_t port,
    uint8_t flags, uint32_t len, enum verdict verdict)
{
    struct event e = {.kind = EVENT_SEGMENT};
    struct segment *g = &e.u.segment.seg;
    bool up = from == HOST_CLIENT;

    g->id = id;
    g->t_ns = s->t_ns;
    g->from = from;
    g->proto = IPPROTO_TCP;
    g->src = up ? scene_addr(CLIENT_IP, port) : scene_addr(SERVER_IP, 8080);
    g->dst = up ? scene_addr(SERVER_IP, 8080) : scene_addr(CLIENT_IP, port);
    g->flags = flags;
    g->len = len;
    g->has_relative = true;
    g->seq = flags & SEGMENT_SYN ? 0 : 1;
    g->ack = flags & SEGMENT_ACK ? 1 : 0;
    g->window = 65000;
    scene_apply(s, &e);
    if (verdict == VERDICT_COALESCED)
        return;
    memset(&e, 0, sizeof e);
    e.kind = EVENT_VERDICT;
    e.u.verdict.segment = id;
    e.u.verdict.action = verdict;
    scene_apply(s, &e);
}

void scene_repeat(struct scene *s, uint64_t id)
{
    struct event e = {.kind = EVENT_VERDICT};

    e.u.verdict.segment = id;
    e.u.verdict.action = VERDICT_COALESCED;
    scene_apply(s, &e);
}

static void note(struct scene *s, const char *text, const char *lang)
{
    struct event e = {.kind = EVENT_NOTE};

    e.u.note.text = text;
    e.u.note.lang = lang;
    scene_apply(s, &e);
}

void scene_line(struct scene *s, const char *text)
{
    struct event e = {.kind = EVENT_LINE};

    e.u.line.text = text;
    e.u.line.wire = *model_wire_status(s->model);
    scene_apply(s, &e);
}

static void open_stage(struct scene *s)
{
    struct event e = {.kind = EVENT_STAGE};
    struct event_stage *o = &e.u.stage;

    o->wire = "private";
    o->kernel = "6.1.0";
    o->program = "sockstage";
    o->addresses[HOST_SERVER][0] = scene_addr(SERVER_IP, 0);
    o->addresses[HOST_SERVER][1] = scene_addr("10.0.1.1", 0);
    o->address_count[HOST_SERVER] = 2;
    o->addresses[HOST_CLIENT][0] = scene_addr(CLIENT_IP, 0);
    o->address_count[HOST_CLIENT] = 1;
    scene_apply(s, &e);
}

void scene_server(struct scene *s, const char *listen)
{
    scene_process(s, "server", HOST_SERVER);
    call(s, 1, "server", NULL, "socket", "ls = socket()", "<socket fd=3>",
        "socket(AF_INET, SOCK_STREAM, 0) = 3");
    call(s, 2, "server", "ls", "bind", "ls.bind(('', 8080))", "None",
        "bind(3, {sa_family=AF_INET, sin_port=htons(8080)}, 16) = 0");
    call(s, 3, "server", "ls", "listen", listen, "None", "listen(3, 1) = 0");
}

/* ---- the scenes -----------------------------------------------------------
 */

static void empty(struct scene *s)
{
    (void)s;
}

static void typing(struct scene *s)
{
    prompt_start(&s->ui.prompt, "s.conect(('server', 8080))");
    prompt_fail(
        &s->ui.prompt, 3, "a socket has no conect(); did you mean connect()?");
}

void scene_handshake(struct scene *s)
{
    scene_wire(s, 100, true);
    scene_server(s, "ls.listen(5)");
    scene_listener(s, 0, 5, 1, 0);
    scene_process(s, "c1", HOST_CLIENT);
    call(s, 4, "c1", NULL, "socket", "s = socket()", "<socket fd=3>",
        "socket(AF_INET, SOCK_STREAM, 0) = 3");
    scene_after_ms(s, 1200);
    call(s, 5, "c1", "s", "connect", "s.connect(('server', 8080))", NULL,
        "connect(3, {sa_family=AF_INET, sin_port=htons(8080)}, 16");
    scene_segment(s, 1, HOST_CLIENT, 34254, SEGMENT_SYN, 0, VERDICT_DELIVERED);
    scene_segment(
        s, 2, HOST_SERVER, 34254, SEGMENT_SYN | SEGMENT_ACK, 0, VERDICT_HELD);
    scene_after_ms(s, 1000);
    scene_repeat(s, 2);
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_SYN_SENT,
                      .local = 34254,
                      .peer = 8080,
                      .timer = SOCK_TIMER_RETRANSMIT,
                      .timer_ms = 3000});
    scene_sock(s, (struct scene_sock){.id = 2,
                      .host = HOST_SERVER,
                      .state = TCP_STATE_SYN_RECEIVED,
                      .local = 8080,
                      .peer = 34254,
                      .timer = SOCK_TIMER_SYNACK,
                      .timer_ms = 900,
                      .waiting = true});
    scene_after_ms(s, 2100);
}

static void connect_client(struct scene *s, int n, uint8_t state, bool accepted)
{
    static const char *const owners[] = {
        "c1.s", "c2.s", "c3.s", "c4.s", "c5.s", "c6.s"};
    static const char *const conns[] = {
        "server.conn", "server.conn2", "server.conn3"};
    uint16_t port = (uint16_t)(34250 + 4 * n);
    char name[8];

    snprintf(name, sizeof name, "c%d", n);
    scene_process(s, name, HOST_CLIENT);
    scene_segment(s, (uint64_t)n * 10, HOST_CLIENT, port, SEGMENT_SYN, 0,
        VERDICT_DELIVERED);
    scene_after_ms(s, 100);
    scene_sock(
        s, (struct scene_sock){.id = (uint64_t)n,
               .owner = owners[n - 1],
               .state = state,
               .local = port,
               .peer = 8080,
               .timer = state == TCP_STATE_SYN_SENT ? SOCK_TIMER_RETRANSMIT
                                                    : SOCK_TIMER_NONE,
               .timer_ms = 1900});
    if (state != TCP_STATE_ESTABLISHED)
        return;
    scene_segment(s, (uint64_t)n * 10 + 1, HOST_SERVER, port,
        SEGMENT_SYN | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    scene_after_ms(s, 100);
    scene_segment(s, (uint64_t)n * 10 + 2, HOST_CLIENT, port, SEGMENT_ACK, 0,
        VERDICT_DELIVERED);
    scene_sock(s, (struct scene_sock){.id = 50 + (uint64_t)n,
                      .host = HOST_SERVER,
                      .owner = accepted ? conns[n - 1] : NULL,
                      .state = state,
                      .local = 8080,
                      .peer = port,
                      .waiting = !accepted});
}

static void backlog(struct scene *s)
{
    scene_wire(s, 100, false);
    scene_server(s, "ls.listen(1)");
    scene_listener(s, 0, 1, 0, 0);
    connect_client(s, 1, TCP_STATE_ESTABLISHED, false);
    connect_client(s, 2, TCP_STATE_ESTABLISHED, false);
    scene_listener(s, 2, 1, 0, 0);
    connect_client(s, 3, TCP_STATE_SYN_SENT, false);
    call(s, 6, "c3", "s", "connect", "s.connect(('server', 8080))", NULL,
        "connect(3, {sa_family=AF_INET, sin_port=htons(8080)}, 16");
    scene_listener(s, 2, 1, 0, 1);
    connect_client(s, 4, TCP_STATE_SYN_SENT, false);
    call(s, 7, "c4", "s", "connect", "s.connect(('server', 8080))", NULL,
        "connect(3, {sa_family=AF_INET, sin_port=htons(8080)}, 16");
    scene_listener(s, 2, 1, 0, 2);
    scene_after_ms(s, 1500);
}

static void half_closed(struct scene *s)
{
    scene_server(s, "ls.listen(5)");
    scene_listener(s, 0, 5, 0, 0);
    connect_client(s, 1, TCP_STATE_ESTABLISHED, true);
    connect_client(s, 2, TCP_STATE_ESTABLISHED, true);
    scene_after_ms(s, 1000);
    call(s, 8, "c1", "s", "shutdown", "s.shutdown(SHUT_WR)", "None",
        "shutdown(3, SHUT_WR) = 0");
    scene_segment(s, 90, HOST_CLIENT, 34254, SEGMENT_FIN | SEGMENT_ACK, 0,
        VERDICT_DELIVERED);
    scene_segment(s, 91, HOST_SERVER, 34254, SEGMENT_ACK, 0, VERDICT_DELIVERED);
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_FIN_WAIT_2,
                      .local = 34254,
                      .peer = 8080,
                      .recv = 250});
    scene_sock(s, (struct scene_sock){.id = 51,
                      .host = HOST_SERVER,
                      .owner = "server.conn",
                      .state = TCP_STATE_CLOSE_WAIT,
                      .local = 8080,
                      .peer = 34254});
    scene_sock(s, (struct scene_sock){.id = 70,
                      .host = HOST_SERVER,
                      .state = TCP_STATE_TIME_WAIT,
                      .local = 8080,
                      .peer = 34240,
                      .timer = SOCK_TIMER_TIMEWAIT,
                      .timer_ms = 57000});
    scene_segment(s, 92, HOST_CLIENT, 34258, SEGMENT_ACK | SEGMENT_PSH, 1000,
        VERDICT_DROPPED);
    call(s, 9, "server", "conn2", "recv", "data = conn2.recv(4096)", NULL,
        "recvfrom(5, ");
    scene_after_ms(s, 4000);
}

static void buffers(struct scene *s)
{
    scene_wire(s, 100, true);
    scene_server(s, "ls.listen(5)");
    scene_listener(s, 0, 5, 0, 0);
    connect_client(s, 1, TCP_STATE_ESTABLISHED, true);
    connect_client(s, 2, TCP_STATE_ESTABLISHED, true);
    scene_after_ms(s, 1000);
    for (uint64_t i = 0; i < 10; i++)
        scene_segment(
            s, 200 + i, HOST_CLIENT, 34254, SEGMENT_ACK, 1000, VERDICT_HELD);
    scene_segment(
        s, 220, HOST_CLIENT, 34258, SEGMENT_ACK, 5, VERDICT_COALESCED);
    call(s, 10, "c1", "s", "send", "n = s.send(b'x' * 18000)", "18000",
        "sendto(3, \"xxxxxxxx\"..., 18000, 0, NULL, 0) = 18000");
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_ESTABLISHED,
                      .local = 34254,
                      .peer = 8080,
                      .send = 18000,
                      .unsent = 8000,
                      .timer = SOCK_TIMER_RETRANSMIT,
                      .timer_ms = 400});
    scene_sock(s, (struct scene_sock){.id = 52,
                      .host = HOST_SERVER,
                      .owner = "server.conn2",
                      .state = TCP_STATE_ESTABLISHED,
                      .local = 8080,
                      .peer = 34258,
                      .recv = 250});
    scene_after_ms(s, 100);
}

void scene_narrated(struct scene *s)
{
    backlog(s);
    note(s,
        "The server accepts nobody. c1 and c2 are connected all the same; "
        "c3 hears nothing.",
        "en");
    s->moment.title = "backlog: what listen() promises";
    s->play.position = s->moment.step = 7;
    s->play.count = s->moment.steps = 19;
    s->play.next = "server: conn, addr = ls.accept()";
    scene_line(s, "ask What does c3 do now?");
    scene_line(s, "option it gives up");
    scene_line(s, "option* it repeats its SYN");
    scene_line(s, "option it is refused");
}

void scene_korean(struct scene *s)
{
    backlog(s);
    note(s,
        "server가 accept()를 부르지 않아도 c1과 c2는 연결됩니다. c3의 SYN은 "
        "accept queue가 가득 차서 무시됩니다.",
        "ko");
    s->moment.title = "backlog: listen()의 약속";
    s->moment.lang = "ko";
    prompt_start(&s->ui.prompt, "s.send('안녕하세요'.encode())");
}

static void menu(struct scene *s)
{
    half_closed(s);
    menu_fill(&s->ui.menu, s->model, "c2", 2);
    s->ui.mode = UI_MENU;
}

static void help(struct scene *s)
{
    s->ui.mode = UI_HELP;
}

const struct scene_row scenes[] = {
    {"empty", empty, false},
    {"guide", scene_guide, false},
    {"guide_client", scene_guide_client, false},
    {"full", scene_full, false},
    {"typing", typing, false},
    {"handshake", scene_handshake, false},
    {"backlog", backlog, false},
    {"half_closed", half_closed, false},
    {"buffers", buffers, false},
    {"datagrams", scene_datagrams, false},
    {"narrated", scene_narrated, false},
    {"korean", scene_korean, false},
    {"fates", scene_fates, false},
    {"fates_ascii", scene_fates, true},
    {"travelling", scene_travelling, false},
    {"bulk", scene_bulk, false},
    {"bulk_opened", scene_bulk_opened, false},
    {"inspect_syn", scene_inspect_syn, false},
    {"inspect_data", scene_inspect_data, false},
    {"inspect_ignored", scene_inspect_ignored, false},
    {"inspect_udp", scene_inspect_udp, false},
    {"inspect_icmp", scene_inspect_icmp, false},
    {"faulty", scene_faulty, false},
    {"menu", menu, false},
    {"menu_grey", scene_menu_grey, false},
    {"menu_orphan", scene_menu_orphan, false},
    {"menu_wire", scene_menu_wire, false},
    {"choices", scene_choices, false},
    {"many_choices", scene_many_choices, false},
    {"searching", scene_searching, false},
    {"mending", scene_mending, false},
    {"long_mistake", scene_long_mistake, false},
    {"pasted", scene_pasted, false},
    {"pasted_wrong", scene_pasted_wrong, false},
    {"help", help, false},
    {"ascii", backlog, true},
    {"past_handshake", scene_past_handshake, false},
    {"past_first", scene_past_first, false},
    {"past_narrated", scene_past_narrated, false},
    {"past_korean", scene_past_korean, false},
    {"past_menu", scene_past_menu, false},
    {"save", scene_save, false},
    {"save_ascii", scene_save, true},
    {"save_name", scene_save_name, false},
    {"past_save_name", scene_past_save_name, false},
    {"saved", scene_saved, false},
    {"past_ascii", scene_past_handshake, true},
    {"time_held", scene_time_held, false},
    {"time_accepted", scene_time_accepted, false},
    {"time_lossy", scene_time_lossy, false},
    {"time_half_closed", scene_time_half_closed, false},
    {"time_crossing", scene_time_crossing, false},
    {"time_refused", scene_time_refused, false},
    {"time_listening", scene_time_listening, false},
    {"zoom_held", scene_zoom_held, false},
    {"zoom_accepted", scene_zoom_accepted, false},
    {"zoom_lossy", scene_zoom_lossy, false},
    {"zoom_half_closed", scene_zoom_half_closed, false},
    {"zoom_refused", scene_zoom_refused, false},
    {"zoom_listening", scene_zoom_listening, false},
    {"states_held", scene_states_held, false},
    {"states_accepted", scene_states_accepted, false},
    {"states_half_closed", scene_states_half_closed, false},
    {"states_crossing", scene_states_crossing, false},
    {"states_refused", scene_states_refused, false},
    {"states_listening", scene_states_listening, false},
    {"time_lossy_ascii", scene_time_lossy, true},
    {"zoom_lossy_ascii", scene_zoom_lossy, true},
    {"states_crossing_ascii", scene_states_crossing, true},
    {"explain_socket", scene_explain_socket, false},
    {"explain_bytes", scene_explain_bytes, false},
    {"explain_listener", scene_explain_listener, false},
    {"explain_orphan", scene_explain_orphan, false},
    {"explain_process", scene_explain_process, false},
    {"explain_held", scene_explain_held, false},
    {"explain_ignored", scene_explain_ignored, false},
    {"explain_wire", scene_explain_wire, false},
    {"explain_menu", scene_explain_menu, false},
    {"explain_typed", scene_explain_typed, false},
    {"explain_error", scene_explain_error, false},
    {"inspect_sock", scene_inspect_sock, false},
    {"inspect_changed", scene_inspect_changed, false},
    {"why", scene_why, false},
    {"inspect_changed_ascii", scene_inspect_changed, true},
    {"inspect_fresh", scene_inspect_fresh, false},
    {"inspect_fresh_ascii", scene_inspect_fresh, true},
    {"header_wire", scene_header_wire, false},
    {"header_hold", scene_header_hold, false},
    {"header_step", scene_header_step, false},
    {"header_title", scene_header_title, false},
    {"question_open", scene_question_open, false},
    {"question_chosen", scene_question_chosen, false},
    {"question_judged", scene_question_judged, false},
    {"question_right", scene_question_right, false},
    {"question_korean", scene_question_korean, false},
    {"question_many", scene_question_many, false},
    {"curtain", scene_curtain, false},
    {"curtain_wire", scene_curtain_wire, false},
    {"curtain_zoom", scene_curtain_zoom, false},
    {"lessons", scene_lessons, false},
    {"lessons_sure", scene_lessons_sure, false},
    {"lessons_none", scene_lessons_none, false},
    {"card", scene_card, false},
    {"card_korean", scene_card_korean, false},
    {"long_note", scene_long_note, false},
    {"question_ascii", scene_question_chosen, true},
    {"curtain_ascii", scene_curtain, true},
    {"lessons_ascii", scene_lessons, true},
    {"level_tcp", scene_level_tcp, false},
    {"level_kernel", scene_level_kernel, false},
    {"many", scene_many, false},
    {"many_server", scene_many_server, false},
    {NULL, NULL, false},
};

void scene_init(struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->model = model_new();
    prompt_init(&s->ui.prompt);
    snprintf(s->ui.sel.process, sizeof s->ui.sel.process, "c1");
    s->moment.lang = "en";
    open_stage(s);
    scene_after_ms(s, 10);
}

void scene_done(struct scene *s)
{
    prompt_done(&s->ui.prompt);
    menu_done(&s->ui.menu);
    paste_done(&s->ui.paste);
    model_free(s->model);
}
