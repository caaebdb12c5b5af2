/* UDP sockets as a stage would publish them: one that hears everybody and has
 * run out of room, one that is connected, one datagram lost on the wire. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"

#include <netinet/in.h>
#include <string.h>

#define SERVER_IP "10.0.0.1"
#define CLIENT_IP "10.0.0.2"

static struct addr at(const char *ip, uint16_t port)
{
    struct addr a;

    memset(&a, 0, sizeof a);
    addr_parse(ip, port, &a);
    return a;
}

static void apply(struct scene *s, struct event *e)
{
    e->t_ns = s->t_ns;
    model_apply(s->model, e);
}

static void starts(struct scene *s, const char *name, enum host host)
{
    struct event e = {.kind = EVENT_PROCESS};

    e.u.process.process = name;
    e.u.process.host = host;
    e.u.process.action = PROCESS_STARTED;
    apply(s, &e);
}

static void udp_sock(struct scene *s, uint64_t id, const char *owner,
    struct addr local, struct addr peer, uint32_t next, uint32_t memory,
    uint32_t ignored)
{
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *o = &e.u.socket;
    bool server = strncmp(owner, "server", 6) == 0;

    o->id = id;
    o->host = server ? HOST_SERVER : HOST_CLIENT;
    o->owner_count = 1;
    o->owners[0] = owner;
    o->proto = IPPROTO_UDP;
    o->accepted = true;
    o->local = local;
    o->peer = peer;
    o->state = peer.family ? TCP_STATE_ESTABLISHED : TCP_STATE_CLOSED;
    o->recv_buffer = next;
    o->recv_memory = memory;
    o->ignored = ignored;
    o->has_mem = true;
    o->sndbuf = 212992;
    o->rcvbuf = 2304;
    apply(s, &e);
}

static void udp_segment(struct scene *s, uint64_t id, uint16_t port,
    uint32_t len, enum verdict verdict)
{
    struct event e = {.kind = EVENT_SEGMENT};
    struct segment *g = &e.u.segment.seg;

    g->id = id;
    g->t_ns = s->t_ns;
    g->proto = IPPROTO_UDP;
    g->src = at(CLIENT_IP, port);
    g->dst = at(SERVER_IP, 9999);
    g->len = len;
    apply(s, &e);
    memset(&e, 0, sizeof e);
    e.kind = EVENT_VERDICT;
    e.u.verdict.segment = id;
    e.u.verdict.action = verdict;
    apply(s, &e);
}

void scene_datagrams(struct scene *s)
{
    const struct addr none = {0}, any = at("0.0.0.0", 9999);

    starts(s, "server", HOST_SERVER);
    udp_sock(s, 1, "server.s", any, none, 0, 0, 0);
    starts(s, "c1", HOST_CLIENT);
    udp_sock(s, 2, "c1.s", at("0.0.0.0", 41000), none, 0, 0, 0);
    udp_segment(s, 1, 41000, 3, VERDICT_DELIVERED);
    udp_sock(s, 1, "server.s", any, none, 3, 832, 0);
    udp_segment(s, 2, 41000, 3, VERDICT_DROPPED);
    starts(s, "c2", HOST_CLIENT);
    udp_sock(s, 3, "c2.s", at(CLIENT_IP, 42000), at(SERVER_IP, 9999), 0, 0, 0);
    udp_segment(s, 3, 42000, 1000, VERDICT_DELIVERED);
    udp_sock(s, 1, "server.s", any, none, 3, 2304, 0);
    udp_segment(s, 4, 42000, 5, VERDICT_DELIVERED);
    udp_sock(s, 1, "server.s", any, none, 3, 2304, 1);
    s->t_ns += 2 * NS_PER_S;
}
