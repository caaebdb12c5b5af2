/* See traffic.h. */
#include "traffic.h"

#include <netinet/in.h>
#include <stdio.h>

#define MOVES  10 /* events of one data segment's story */
#define GAP_NS 25000000

void traffic_begin(struct traffic *t)
{
    for (unsigned i = 0; i < TRAFFIC_CONNECTIONS; i++) {
        struct traffic_connection *c = &t->connections[i];
        snprintf(c->process, sizeof c->process, "c%u", i + 1);
        snprintf(c->owner, sizeof c->owner, "c%u.s", i + 1);
        c->sent = 0;
    }
    t->calls = t->segments = 0;
}

static struct addr end_of(unsigned connection, bool client)
{
    struct addr a = {.family = AF_INET, .ip = {10, 0, 0, client ? 2 : 1}};

    a.port = client ? (uint16_t)(30000 + connection) : 8080;
    return a;
}

static void segment_event(
    struct traffic *t, unsigned n, bool data, struct event *e)
{
    struct segment *s = &e->u.segment.seg;

    e->kind = EVENT_SEGMENT;
    s->id = ++t->segments;
    s->t_ns = e->t_ns;
    s->from = data ? HOST_CLIENT : HOST_SERVER;
    s->proto = IPPROTO_TCP;
    s->src = end_of(n, data);
    s->dst = end_of(n, !data);
    s->flags = data ? SEGMENT_ACK | SEGMENT_PSH : SEGMENT_ACK;
    s->ttl = 64;
    s->len = data ? 1000 : 0;
    s->packet_len = s->len + 52;
    s->transport_offset = 20;
    s->payload_offset = 52;
    s->seq = data ? t->connections[n].sent : 1;
    s->ack = data ? 1 : t->connections[n].sent;
    s->seq_raw = s->seq + 77777777 * (n + 1);
    s->ack_raw = s->ack + 99999999 * (n + 1);
    s->has_relative = true;
    s->window = (uint16_t)(501 - t->segments % 7);
    s->options.has_timestamps = true;
    s->options.ts_val = (uint32_t)(e->t_ns / 1000000) + n;
    s->options.ts_ecr = s->options.ts_val - 3;
    s->flow = n + 1;
}

static void socket_event(
    struct traffic *t, unsigned n, bool client, struct event *e)
{
    struct event_socket *s = &e->u.socket;
    struct traffic_connection *c = &t->connections[n];

    e->kind = EVENT_SOCKET;
    s->id = 2 * n + (client ? 1 : 2);
    s->host = client ? HOST_CLIENT : HOST_SERVER;
    s->owners[0] = c->owner;
    s->owner_count = client ? 1 : 0;
    s->proto = IPPROTO_TCP;
    s->local = end_of(n, client);
    s->peer = end_of(n, !client);
    s->state = TCP_STATE_ESTABLISHED;
    s->send_buffer = client ? 1000 : 0;
    s->recv_buffer = client ? 0 : c->sent % 65536;
    s->has_mem = true;
    s->sndbuf = 87040;
    s->rcvbuf = 131072;
    s->info.snd_cwnd = 10 + c->sent % 5;
    s->info.rtt = 150 + c->sent % 77;
    info_set_add(&s->info_changed, 24);
    info_set_add(&s->info_changed, 27);
}

static void call_event(struct traffic *t, unsigned n, struct event *e)
{
    e->kind = EVENT_CALL;
    e->u.call.id = ++t->calls;
    e->u.call.process = t->connections[n].process;
    e->u.call.socket = "s";
    e->u.call.name = "send";
    snprintf(t->python, sizeof t->python, "s.send(b'x' * %u)", 1000 + n);
    e->u.call.python = t->python;
    e->u.call.syscall = "send(3, \"xxxxxxxxxxxxxxxx\"..., 1000, 0)";
}

static void return_event(struct traffic *t, unsigned n, struct event *e)
{
    e->kind = EVENT_RETURN;
    e->u.ret.id = t->calls;
    e->u.ret.process = t->connections[n].process;
    e->u.ret.result_is_number = true;
    e->u.ret.result_number = 1000;
    e->u.ret.elapsed_ns = 31000;
    e->u.ret.syscall = "send(3, \"xxxxxxxxxxxxxxxx\"..., 1000, 0) = 1000";
}

static void verdict_event(struct traffic *t, struct event *e)
{
    e->kind = EVENT_VERDICT;
    e->u.verdict.segment = t->segments;
    e->u.verdict.action = VERDICT_DELIVERED;
}

void traffic_event(struct traffic *t, uint64_t i, struct event *e)
{
    unsigned n = (unsigned)(i / MOVES % TRAFFIC_CONNECTIONS);

    *e = (struct event){.t_ns = i * GAP_NS / MOVES};
    switch (i % MOVES) {
    case 0:
        t->connections[n].sent += 1000;
        call_event(t, n, e);
        break;
    case 1:
        segment_event(t, n, true, e);
        break;
    case 3:
        return_event(t, n, e);
        break;
    case 6:
        segment_event(t, n, false, e);
        break;
    case 4:
    case 7:
        verdict_event(t, e);
        break;
    default:
        socket_event(t, n, i % MOVES % 2 == 0, e);
    }
}
