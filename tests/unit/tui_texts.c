/* Moments in which something is explained or a socket is inspected, and calls
 * that failed with the reason beside them: the scenes of the texts. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"

#include <netinet/in.h>
#include <string.h>

static void explained(struct scene *s, enum column column, const char *process,
    uint64_t sock, uint64_t segment)
{
    struct selection *sel = &s->ui.sel;

    sel->column = column;
    sel->sock = sock;
    sel->segment = segment;
    strcpy(sel->process, process);
    s->ui.explain = true;
}

void scene_explain_socket(struct scene *s)
{
    scene_handshake(s);
    explained(s, COLUMN_CLIENTS, "c1", 1, 0);
}

void scene_explain_bytes(struct scene *s)
{
    scene_fates(s);
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_ESTABLISHED,
                      .local = 34254,
                      .peer = 8080,
                      .send = 18000,
                      .unsent = 8000,
                      .recv = 250,
                      .timer = SOCK_TIMER_PERSIST,
                      .timer_ms = 400});
    explained(s, COLUMN_CLIENTS, "c1", 1, 0);
}

void scene_explain_listener(struct scene *s)
{
    scene_narrated(s);
    explained(s, COLUMN_SERVER, "server", 100, 0);
}

void scene_explain_orphan(struct scene *s)
{
    scene_handshake(s);
    scene_sock(s, (struct scene_sock){.id = 70,
                      .host = HOST_SERVER,
                      .state = TCP_STATE_TIME_WAIT,
                      .local = 8080,
                      .peer = 34240,
                      .timer = SOCK_TIMER_TIMEWAIT,
                      .timer_ms = 57000});
    explained(s, COLUMN_SERVER, "server", 70, 0);
}

void scene_explain_process(struct scene *s)
{
    scene_handshake(s);
    explained(s, COLUMN_SERVER, "server", 0, 0);
}

void scene_explain_held(struct scene *s)
{
    scene_handshake(s);
    explained(s, COLUMN_WIRE, "c1", 0, 2);
}

void scene_explain_ignored(struct scene *s)
{
    scene_inspect_ignored(s);
    s->ui.inspect = false;
    s->ui.explain = true;
}

void scene_explain_wire(struct scene *s)
{
    scene_faulty(s);
    explained(s, COLUMN_WIRE, "c1", 0, 0);
}

void scene_explain_menu(struct scene *s)
{
    scene_handshake(s);
    menu_fill(&s->ui.menu, s->model, "server", 100);
    s->ui.mode = UI_MENU;
    s->ui.explain = true;
}

void scene_explain_typed(struct scene *s)
{
    scene_handshake(s);
    prompt_start(&s->ui.prompt, "s.setsockopt(SOL_SOCKET, SO_REUSEADDR");
    s->ui.explain = true;
}

/* ---- the first line, as a click on it explains it -------------------------
 */

void scene_header_wire(struct scene *s)
{
    scene_faulty(s);
    s->ui.explain = true;
    s->ui.explain_header = HEADER_WIRE;
}

void scene_header_hold(struct scene *s)
{
    scene_handshake(s);
    s->ui.explain = true;
    s->ui.explain_header = HEADER_HOLD;
}

void scene_header_step(struct scene *s)
{
    scene_handshake(s);
    s->moment.step = 7;
    s->moment.steps = 19;
    s->ui.explain = true;
    s->ui.explain_header = HEADER_STEP;
}

void scene_header_title(struct scene *s)
{
    scene_narrated(s);
    s->ui.explain = true;
    s->ui.explain_header = HEADER_TITLE;
}

/* ---- the inspector of a socket --------------------------------------------
 */

static void info(struct scene *s, uint32_t cwnd, uint64_t bytes)
{
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *o = &e.u.socket;

    o->id = 1;
    o->owner_count = 1;
    o->owners[0] = "c1.s";
    o->proto = IPPROTO_TCP;
    o->local = scene_addr("10.0.0.2", 34254);
    o->peer = scene_addr("10.0.0.1", 8080);
    o->state = TCP_STATE_ESTABLISHED;
    o->accepted = true;
    o->has_mem = true;
    o->sndbuf = 16384;
    o->rcvbuf = 131072;
    o->send_buffer = 3000;
    o->mem = (struct sample_mem){.wmem_queued = (uint32_t)bytes + 840,
        .fwd_alloc = 4096 - (uint32_t)bytes % 4096};
    o->mem_changed = (1U << mem_field_count()) - 1;
    for (size_t i = 0; i < info_field_count(); i++)
        info_set_add(&o->info_changed, i);
    o->info = (struct sample_tcp_info){.state = TCP_STATE_ESTABLISHED,
        .options = 7,
        .wscale = 0xa7,
        .rto = 201000,
        .rtt = 100250,
        .rttvar = 50125,
        .snd_mss = 1000,
        .snd_cwnd = cwnd,
        .snd_ssthresh = INT32_MAX,
        .bytes_sent = bytes,
        .max_pacing_rate = UINT64_MAX,
        .min_rtt = UINT32_MAX};
    scene_apply(s, &e);
}

void scene_inspect_sock(struct scene *s)
{
    scene_handshake(s);
    info(s, 10, 3000);
    scene_after_ms(s, 1500);
    s->ui.inspect_sock = 1;
    s->ui.inspect_base = *model_sock(s->model, 1);
}

void scene_inspect_changed(struct scene *s)
{
    scene_inspect_sock(s);
    info(s, 11, 6000);
    scene_after_ms(s, 1500);
    s->ui.inspect_row = 24;
}

/* What changed just now, among what changed since it was opened. */
void scene_inspect_fresh(struct scene *s)
{
    scene_inspect_sock(s);
    info(s, 11, 6000);
    scene_after_ms(s, 1500);
    info(s, 11, 8000);
    scene_after_ms(s, 500);
    s->ui.inspect_row = 67;
}

/* ---- why it happened ------------------------------------------------------
 */

static void failed(struct scene *s, uint64_t id, const char *socket,
    const char *name, const char *python, const char *error, const char *sys)
{
    struct event e = {.kind = EVENT_CALL};

    e.u.call.id = id;
    e.u.call.process = "c1";
    e.u.call.socket = socket;
    e.u.call.name = name;
    e.u.call.python = python;
    scene_apply(s, &e);
    memset(&e, 0, sizeof e);
    e.kind = EVENT_RETURN;
    e.u.ret.id = id;
    e.u.ret.process = "c1";
    e.u.ret.error = error;
    e.u.ret.exception = "OSError";
    e.u.ret.syscall = sys;
    scene_apply(s, &e);
}

void scene_why(struct scene *s)
{
    scene_process(s, "c1", HOST_CLIENT);
    scene_segment(s, 1, HOST_CLIENT, 34254, SEGMENT_SYN, 0, VERDICT_DELIVERED);
    scene_segment(s, 2, HOST_SERVER, 34254, SEGMENT_RST | SEGMENT_ACK, 0,
        VERDICT_DELIVERED);
    scene_sock(s, (struct scene_sock){.id = 1,
                      .owner = "c1.s",
                      .state = TCP_STATE_CLOSED,
                      .local = 34254,
                      .peer = 8080});
    failed(s, 1, "s", "connect", "s.connect(('server', 8080))", "ECONNREFUSED",
        "connect(3, {sa_family=AF_INET, sin_port=htons(8080), "
        "sin_addr=inet_addr(\"10.0.0.1\")}, 16) = -1 ECONNREFUSED");
    failed(s, 2, "t", "connect", "t.connect(('192.0.2.1', 80))", "ENETUNREACH",
        "connect(4, {sa_family=AF_INET, sin_port=htons(80), "
        "sin_addr=inet_addr(\"192.0.2.1\")}, 16) = -1 ENETUNREACH");
    scene_after_ms(s, 2000);
}

void scene_explain_error(struct scene *s)
{
    scene_why(s);
    explained(s, COLUMN_CLIENTS, "c1", 0, 0);
}
