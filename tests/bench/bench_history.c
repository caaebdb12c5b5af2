/* The past of a busy stage: how many events a second are kept and applied,
 * keyframes included, how long it takes to see any moment again, and what
 * memory that costs with a window for the events, one of the same size for
 * keyframes, and files for the rest.
 * Usage: bench_history [--goal NAME=VALUE].. EVENTS WINDOW_MIB ROUNDS */
#include "figures.h"
#include "observe.h"

#include "../../src/model/model_pack.h"
#include "sockstage/model/history.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SPOOL_BYTES (UINT64_C(2) << 30)
#define CONNECTIONS 100
#define REWINDS     300
#define MOVES       10 /* events of one data segment's story */
#define GAP_NS      25000000

static struct figure applied = {.name = "applied_per_s"};
static struct figure rewind_to = {.name = "rewind_ms"};
static struct figure step_back = {.name = "step_back_ms"};
static struct figure step_on = {.name = "step_on_ms"};
static struct figure pack = {.name = "pack_ms"};
static struct figure unpack = {.name = "unpack_ms"};
static struct figure keyframe = {.name = "keyframe_kib"};
static struct figure rss = {.name = "rss_mib"};

/* ---- events -------------------------------------------------------------- */

struct connection {
    char process[16], owner[24];
    uint32_t sent;
};

struct traffic {
    struct connection connections[CONNECTIONS];
    uint64_t calls, segments;
    char python[64];
};

static void begin_traffic(struct traffic *t)
{
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &t->connections[i];
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
    struct connection *c = &t->connections[n];

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
    s->info_changed = UINT64_C(1) << 24 | UINT64_C(1) << 27;
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

/* A call sends a segment, it arrives, its acknowledgment comes back. */
static void make_event(struct traffic *t, uint64_t i, struct event *e)
{
    unsigned n = (unsigned)(i / MOVES % CONNECTIONS);

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

/* ---- measuring ----------------------------------------------------------- */

static void apply(void *ctx, const struct event *e)
{
    model_apply(ctx, e);
}

static bool look(struct history *h, uint64_t cursor, struct figure *f)
{
    uint64_t begin = now_ns();
    const struct model *m = history_at(h, cursor);

    figure_add_ms(f, now_ns() - begin);
    return m != NULL;
}

static bool look_around(struct history *h, uint64_t events)
{
    for (uint64_t i = 1; i <= REWINDS; i++) {
        uint64_t cursor = i * 7368787 % (events - 1) + 1;
        if (!look(h, cursor, &rewind_to) || !look(h, cursor - 1, &step_back) ||
            !look(h, cursor, &step_on))
            return false;
    }
    return true;
}

static bool pack_again(const struct model *m)
{
    struct model *copy = model_new();
    struct str bytes = STR_INIT;
    bool ok = true;

    for (int i = 0; i < 20 && ok; i++) {
        uint64_t begin = now_ns();
        str_clear(&bytes);
        model_pack(m, &bytes);
        figure_add_ms(&pack, now_ns() - begin);
        begin = now_ns();
        ok = model_unpack(bytes.data, bytes.len, copy);
        figure_add_ms(&unpack, now_ns() - begin);
        figure_add(&keyframe, (double)bytes.len / 1024);
    }
    str_done(&bytes);
    model_free(copy);
    return ok;
}

static bool measure(struct journal *j, struct history *h,
    const struct model *latest, uint64_t events)
{
    struct traffic t;
    struct event e;
    uint64_t begin;

    begin_traffic(&t);
    begin = now_ns();
    for (uint64_t i = 0; i < events; i++) {
        make_event(&t, i, &e);
        journal_publish(j, &e);
    }
    figure_add(&applied, (double)events * 1e9 / (double)(now_ns() - begin));
    if (history_first(h) != 0 || !look_around(h, events))
        return false;
    figure_add(&rss, memory_mib(getpid(), "Rss:"));
    return pack_again(latest);
}

static int one_round(uint64_t events, size_t window)
{
    struct journal *j = journal_new(window);
    struct model *latest = model_new();
    struct history *h;
    struct spool *of_events = NULL, *of_keyframes = NULL;
    struct err e = {.msg = "moments are missing"};
    int r = -1;

    journal_subscribe(j, apply, latest);
    h = history_new(j, latest, window);
    if (spool_open(SPOOL_BYTES, &of_events, &e) < 0)
        goto out;
    journal_set_spool(j, of_events, NULL, NULL);
    if (spool_open(SPOOL_BYTES, &of_keyframes, &e) < 0)
        goto out;
    history_set_spool(h, of_keyframes, NULL, NULL);
    if (measure(j, h, latest, events))
        r = 0;
out:
    if (r < 0)
        fprintf(stderr, "bench_history: %s\n", e.msg);
    history_free(h);
    journal_free(j);
    model_free(latest);
    return r;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {&applied, &rewind_to, &step_back, &step_on,
        &pack, &unpack, &keyframe, &rss};
    uint64_t events;
    size_t window;
    long rounds;

    while (argc > 2 && strcmp(argv[1], "--goal") == 0 && !goal_add(argv[2])) {
        argv += 2;
        argc -= 2;
    }
    events = argc == 4 ? strtoull(argv[1], NULL, 10) : 0;
    window = argc == 4 ? strtoull(argv[2], NULL, 10) << 20 : 0;
    rounds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    if (events < 2 || window == 0 || rounds <= 0) {
        fputs("usage: bench_history [--goal NAME=VALUE].. EVENTS WINDOW_MIB "
              "ROUNDS\n",
            stderr);
        return 2;
    }
    while (rounds-- > 0) {
        if (one_round(events, window) < 0)
            return 1;
    }
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
