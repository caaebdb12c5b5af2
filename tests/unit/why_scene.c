/* Sockets, segments and calls of a moment, as a stage would publish them. */
#include "why_scene.h"

#include <netinet/in.h>
#include <string.h>

void why_apply(struct why_scene *s, struct event e)
{
    s->t_ns += MS;
    e.t_ns = s->t_ns;
    if (e.kind == EVENT_SEGMENT)
        e.u.segment.seg.t_ns = s->t_ns;
    model_apply(s->m, &e);
}

struct why_scene why_begin(void)
{
    struct why_scene s = {.m = model_new()};
    struct event e = make_stage();

    e.u.stage.wire = "private";
    e.u.stage.addresses[HOST_CLIENT][0] = ip4("10.0.0.2", 0);
    e.u.stage.address_count[HOST_CLIENT] = 1;
    e.u.stage.addresses[HOST_SERVER][0] = ip4("10.0.0.1", 0);
    e.u.stage.addresses[HOST_SERVER][1] = ip4("10.0.1.1", 0);
    e.u.stage.address_count[HOST_SERVER] = 2;
    why_apply(&s, e);
    why_apply(&s, make_process(0, "server", HOST_SERVER));
    why_apply(&s, make_process(0, "c1", HOST_CLIENT));
    return s;
}

/* A socket of that state; the addresses as make_socket() has them. */
struct event why_sock_event(
    uint64_t id, enum host host, const char *owner, uint8_t state)
{
    return make_socket(0, id, host, owner, state);
}

void why_has_sock(struct why_scene *s, uint64_t id, enum host host,
    const char *owner, uint8_t state)
{
    why_apply(s, why_sock_event(id, host, owner, state));
}

void why_listener(struct why_scene *s, const char *ip, uint16_t port)
{
    struct event e =
        why_sock_event(100, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);

    e.u.socket.local = ip4(ip, port);
    why_apply(s, e);
}

/* c1's socket of the pair 34254, 8081, closed after it failed. */
void why_failed_client(struct why_scene *s)
{
    struct event e = why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);

    e.u.socket.local = ip4("10.0.0.2", 34254);
    e.u.socket.peer = ip4("10.0.0.1", 8081);
    why_apply(s, e);
}

static struct segment *segment_of(struct event *e)
{
    return &e->u.segment.seg;
}

/* A segment of the pair with that server port, and its fate (COALESCED: none
 * yet). Returns its id. */
uint64_t why_segment(struct why_scene *s, enum host from, uint16_t port,
    uint8_t flags, uint32_t len, enum verdict verdict)
{
    struct event e = make_segment(0, ++s->segment, from, flags);
    struct segment *g = segment_of(&e);

    g->len = len;
    *(from == HOST_CLIENT ? &g->dst : &g->src) = ip4("10.0.0.1", port);
    if (flags == (SEGMENT_RST | SEGMENT_ACK)) { /* it answers a SYN */
        g->seq_raw = 0;
        g->ack_raw = 4000000001U;
    }
    why_apply(s, e);
    if (verdict != VERDICT_COALESCED)
        why_apply(s, make_verdict(0, s->segment, verdict));
    return s->segment;
}

void why_icmp_event(struct why_scene *s, uint8_t proto, uint8_t type,
    uint8_t code, bool router, uint16_t port)
{
    struct event e = make_segment(0, ++s->segment, HOST_SERVER, 0);
    struct segment *g = segment_of(&e);

    g->proto = IPPROTO_ICMP;
    g->src.port = g->dst.port = 0;
    g->icmp_type = type;
    g->icmp_code = code;
    g->from_router = router;
    g->quoted.proto = proto;
    g->quoted.src = ip4("10.0.0.2", 34254);
    g->quoted.dst = ip4("10.0.0.1", port);
    why_apply(s, e);
    why_apply(s, make_verdict(0, s->segment, VERDICT_DELIVERED));
}

void why_calls(struct why_scene *s, const char *process, const char *socket,
    const char *name, const char *python)
{
    struct event e = make_call(0, ++s->call, process, name, python);

    e.u.call.socket = socket;
    why_apply(s, e);
}

/* The call made last returns with that error; gives the line about it. */
const char *why_fails(struct why_scene *s, const char *process,
    const char *error, const char *sys)
{
    struct event e = make_return(0, s->call, process);
    const struct model_call *c;

    e.u.ret.error = error;
    e.u.ret.exception = "OSError";
    e.u.ret.syscall = sys;
    why_apply(s, e);
    c = model_call(s->m, s->call);
    return c->why != NULL ? c->why : "";
}

void why_succeeds(struct why_scene *s, const char *process, const char *sys)
{
    struct event e = make_return(0, s->call, process);

    e.u.ret.syscall = sys;
    why_apply(s, e);
}

void why_end(struct why_scene *s)
{
    model_free(s->m);
}
