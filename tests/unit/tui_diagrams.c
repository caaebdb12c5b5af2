/* Stories of one connection from its first call on, for the three pictures of
 * it: zoomed, as a time diagram, in the diagram of the states. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"

#include <netinet/in.h>
#include <string.h>

#define CLIENT 1
#define CHILD  2
#define PORT   34254
#define WAY_MS 100
#define DATA   (SEGMENT_PSH | SEGMENT_ACK)

static const char *const owners[] = {[CLIENT] = "c1.s", [CHILD] = NULL};

static void begin_call(struct scene *s, uint64_t id, const char *process,
    const char *socket, const char *name)
{
    struct event e = {.kind = EVENT_CALL};

    e.u.call.id = id;
    e.u.call.process = process;
    e.u.call.socket = socket;
    e.u.call.name = name;
    e.u.call.python = name;
    scene_apply(s, &e);
}

static void wait_call(struct scene *s, uint64_t id)
{
    struct event e = {.kind = EVENT_BLOCKED};

    e.u.blocked.id = id;
    scene_apply(s, &e);
}

static void end_call(struct scene *s, uint64_t id, const char *process,
    const char *result, const char *error)
{
    struct event e = {.kind = EVENT_RETURN};
    const struct model_call *call = model_call(s->model, id);

    e.u.ret.id = id;
    e.u.ret.process = process;
    e.u.ret.result = result;
    e.u.ret.error = error;
    e.u.ret.elapsed_ns = s->t_ns - call->t_ns;
    scene_apply(s, &e);
}

static void quick_call(struct scene *s, uint64_t id, const char *process,
    const char *socket, const char *name)
{
    begin_call(s, id, process, socket, name);
    end_call(s, id, process, NULL, NULL);
}

static void state(struct scene *s, uint64_t id, const char *owner, uint8_t what,
    uint32_t send, uint32_t unsent, uint32_t recv)
{
    bool client = id == CLIENT;
    bool fresh = client && what == TCP_STATE_CLOSED && send == 1;
    bool repeats = what == TCP_STATE_SYN_SENT || unsent > 0;

    scene_sock(
        s, (struct scene_sock){.id = id,
               .host = client ? HOST_CLIENT : HOST_SERVER,
               .owner = owner,
               .state = what,
               .local = fresh    ? 0
                        : client ? PORT
                                 : 8080,
               .peer = fresh    ? 0
                       : client ? 8080
                                : PORT,
               .send = fresh ? 0 : send,
               .unsent = unsent,
               .recv = recv,
               .timer = repeats ? SOCK_TIMER_RETRANSMIT : SOCK_TIMER_NONE,
               .timer_ms = repeats ? 1900 : 0,
               .waiting = !owner});
}

static void enter(struct scene *s, uint64_t id, enum host from, uint8_t flags,
    uint32_t seq, uint32_t ack, uint32_t len, enum segment_kind kind)
{
    struct event e = {.kind = EVENT_SEGMENT};
    struct segment *g = &e.u.segment.seg;
    bool up = from == HOST_CLIENT;

    g->id = id;
    g->t_ns = s->t_ns;
    g->from = from;
    g->proto = IPPROTO_TCP;
    g->src = up ? scene_addr("10.0.0.2", PORT) : scene_addr("10.0.0.1", 8080);
    g->dst = up ? scene_addr("10.0.0.1", 8080) : scene_addr("10.0.0.2", PORT);
    g->flags = flags;
    g->len = len;
    g->has_relative = true;
    g->seq = seq;
    g->ack = ack;
    g->kind = kind;
    g->retransmission = kind != SEGMENT_KIND_NONE;
    g->flow = 1;
    scene_apply(s, &e);
}

static void fate(struct scene *s, uint64_t id, enum verdict what)
{
    struct event e = {.kind = EVENT_VERDICT};

    e.u.verdict.segment = id;
    e.u.verdict.action = what;
    scene_apply(s, &e);
}

/* One that arrives after its way. */
static void cross(struct scene *s, uint64_t id, enum host from, uint8_t flags,
    uint32_t seq, uint32_t ack)
{
    enter(s, id, from, flags, seq, ack, 0, SEGMENT_KIND_NONE);
    scene_after_ms(s, WAY_MS);
    fate(s, id, VERDICT_DELIVERED);
}

static void begin(struct scene *s)
{
    scene_wire(s, WAY_MS, false);
    scene_server(s, "ls.listen(5)");
    scene_listener(s, 0, 5, 0, 0);
    scene_process(s, "c1", HOST_CLIENT);
    scene_after_ms(s, 1190);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_CLOSED, 1, 0, 0);
    scene_after_ms(s, 2000);
}

static void connecting(struct scene *s)
{
    begin(s);
    begin_call(s, 10, "c1", "s", "connect");
    enter(s, 1, HOST_CLIENT, SEGMENT_SYN, 0, 0, 0, SEGMENT_KIND_NONE);
    wait_call(s, 10);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_SYN_SENT, 0, 0, 0);
    scene_after_ms(s, WAY_MS);
}

static void held(struct scene *s)
{
    scene_wire(s, WAY_MS, true);
    connecting(s);
    fate(s, 1, VERDICT_DELIVERED);
    state(s, CHILD, NULL, TCP_STATE_SYN_RECEIVED, 0, 0, 0);
    enter(s, 2, HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1, 0,
        SEGMENT_KIND_NONE);
    fate(s, 2, VERDICT_HELD);
    scene_after_ms(s, 1000);
    scene_repeat(s, 2);
    scene_after_ms(s, 2100);
}

static void accepted(struct scene *s)
{
    connecting(s);
    fate(s, 1, VERDICT_DELIVERED);
    state(s, CHILD, NULL, TCP_STATE_SYN_RECEIVED, 0, 0, 0);
    cross(s, 2, HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 0, 1);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_ESTABLISHED, 0, 0, 0);
    end_call(s, 10, "c1", NULL, NULL);
    cross(s, 3, HOST_CLIENT, SEGMENT_ACK, 1, 1);
    state(s, CHILD, NULL, TCP_STATE_ESTABLISHED, 0, 0, 0);
    scene_after_ms(s, 5000);
    begin_call(s, 11, "server", "ls", "accept");
    state(s, CHILD, "server.conn", TCP_STATE_ESTABLISHED, 0, 0, 0);
    end_call(s, 11, "server", "(<socket fd=4>, ('10.0.0.2', 34254))", NULL);
}

/* Four segments back to back, the second is lost; three duplicate ACKs and a
 * timeout bring it back; a read that waits; the last one is held. */
static void lossy(struct scene *s)
{
    accepted(s);
    scene_after_ms(s, 700);
    begin_call(s, 12, "server", "conn", "recv");
    wait_call(s, 12);
    scene_after_ms(s, 400);
    quick_call(s, 13, "c1", "s", "send");
    for (uint32_t i = 0; i < 4; i++) {
        enter(s, 20 + i, HOST_CLIENT, DATA, 1 + 1000 * i, 1, 1000,
            SEGMENT_KIND_NONE);
        if (i == 1)
            fate(s, 21, VERDICT_DROPPED);
    }
    state(s, CLIENT, owners[CLIENT], TCP_STATE_ESTABLISHED, 9000, 5000, 0);
    scene_after_ms(s, WAY_MS);
    for (uint64_t i = 0; i < 4; i++) {
        if (i != 1)
            fate(s, 20 + i, VERDICT_DELIVERED);
    }
    end_call(s, 12, "server", "b'xxx'", NULL);
    for (uint64_t i = 0; i < 3; i++)
        enter(s, 24 + i, HOST_SERVER, SEGMENT_ACK, 1, 1001, 0,
            i ? SEGMENT_KIND_DUPLICATE_ACK : SEGMENT_KIND_NONE);
    scene_after_ms(s, WAY_MS);
    for (uint64_t i = 0; i < 3; i++)
        fate(s, 24 + i, VERDICT_DELIVERED);
    scene_after_ms(s, 200);
    enter(s, 30, HOST_CLIENT, DATA, 1001, 1, 1000, SEGMENT_KIND_TIMEOUT);
    state(s, CHILD, "server.conn", TCP_STATE_ESTABLISHED, 0, 0, 1000);
    scene_after_ms(s, 60);
}

static void half_closed(struct scene *s)
{
    accepted(s);
    scene_after_ms(s, 800);
    quick_call(s, 14, "c1", "s", "shutdown");
    enter(s, 40, HOST_CLIENT, SEGMENT_FIN | SEGMENT_ACK, 1, 1, 0,
        SEGMENT_KIND_NONE);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_FIN_WAIT_1, 0, 0, 0);
    scene_after_ms(s, WAY_MS);
    fate(s, 40, VERDICT_DELIVERED);
    state(s, CHILD, "server.conn", TCP_STATE_CLOSE_WAIT, 0, 0, 0);
    cross(s, 41, HOST_SERVER, SEGMENT_ACK, 1, 2);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_FIN_WAIT_2, 0, 0, 0);
    begin_call(s, 15, "c1", "s", "recv");
    wait_call(s, 15);
    scene_after_ms(s, 3000);
}

static void crossing(struct scene *s)
{
    accepted(s);
    scene_after_ms(s, 800);
    quick_call(s, 14, "c1", "s", "close");
    enter(s, 40, HOST_CLIENT, SEGMENT_FIN | SEGMENT_ACK, 1, 1, 0,
        SEGMENT_KIND_NONE);
    state(s, CLIENT, NULL, TCP_STATE_FIN_WAIT_1, 0, 0, 0);
    scene_after_ms(s, 10);
    quick_call(s, 15, "server", "conn", "close");
    enter(s, 41, HOST_SERVER, SEGMENT_FIN | SEGMENT_ACK, 1, 1, 0,
        SEGMENT_KIND_NONE);
    state(s, CHILD, NULL, TCP_STATE_FIN_WAIT_1, 0, 0, 0);
    scene_after_ms(s, 90);
    fate(s, 40, VERDICT_DELIVERED);
    state(s, CHILD, NULL, TCP_STATE_CLOSING, 0, 0, 0);
    enter(s, 42, HOST_SERVER, SEGMENT_ACK, 2, 2, 0, SEGMENT_KIND_NONE);
    scene_after_ms(s, 10);
    fate(s, 41, VERDICT_DELIVERED);
    state(s, CLIENT, NULL, TCP_STATE_CLOSING, 0, 0, 0);
    enter(s, 43, HOST_CLIENT, SEGMENT_ACK, 2, 2, 0, SEGMENT_KIND_NONE);
    scene_after_ms(s, 90);
    fate(s, 42, VERDICT_DELIVERED);
    state(s, CLIENT, NULL, TCP_STATE_TIME_WAIT, 0, 0, 0);
    scene_after_ms(s, 10);
    fate(s, 43, VERDICT_DELIVERED);
    state(s, CHILD, NULL, TCP_STATE_TIME_WAIT, 0, 0, 0);
    scene_after_ms(s, 1500);
}

static void refused(struct scene *s)
{
    scene_wire(s, WAY_MS, false);
    scene_process(s, "c1", HOST_CLIENT);
    scene_after_ms(s, 1190);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_CLOSED, 1, 0, 0);
    begin_call(s, 10, "c1", "s", "connect");
    enter(s, 1, HOST_CLIENT, SEGMENT_SYN, 0, 0, 0, SEGMENT_KIND_NONE);
    wait_call(s, 10);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_SYN_SENT, 0, 0, 0);
    scene_after_ms(s, WAY_MS);
    fate(s, 1, VERDICT_DELIVERED);
    cross(s, 2, HOST_SERVER, SEGMENT_RST | SEGMENT_ACK, 0, 1);
    state(s, CLIENT, owners[CLIENT], TCP_STATE_CLOSED, 0, 0, 0);
    end_call(s, 10, "c1", NULL, "ECONNREFUSED");
    scene_after_ms(s, 2000);
}

static void listening(struct scene *s)
{
    scene_server(s, "ls.listen(5)");
    scene_listener(s, 0, 5, 0, 0);
    begin_call(s, 11, "server", "ls", "accept");
    wait_call(s, 11);
    s->ui.sel.column = COLUMN_SERVER;
    strcpy(s->ui.sel.process, "server");
    scene_after_ms(s, 4000);
}

/* As the keys z, t and g open it. */
static void show(struct scene *s, enum ui_scene scene, scene_maker *story)
{
    story(s);
    s->ui.scene = scene;
}

#define SCENE(name, which, story)                                              \
    void scene_##name(struct scene *s)                                         \
    {                                                                          \
        show(s, SCENE_##which, story);                                         \
    }
SCENE(time_held, TIME, held)
SCENE(time_accepted, TIME, accepted)
SCENE(time_lossy, TIME, lossy)
SCENE(time_half_closed, TIME, half_closed)
SCENE(time_crossing, TIME, crossing)
SCENE(time_refused, TIME, refused)
SCENE(time_listening, TIME, listening)
SCENE(zoom_held, ZOOM, held)
SCENE(zoom_accepted, ZOOM, accepted)
SCENE(zoom_lossy, ZOOM, lossy)
SCENE(zoom_half_closed, ZOOM, half_closed)
SCENE(zoom_refused, ZOOM, refused)
SCENE(zoom_listening, ZOOM, listening)
SCENE(states_held, STATES, held)
SCENE(states_accepted, STATES, accepted)
SCENE(states_half_closed, STATES, half_closed)
SCENE(states_crossing, STATES, crossing)
SCENE(states_refused, STATES, refused)
SCENE(states_listening, STATES, listening)
