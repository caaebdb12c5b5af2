/* How many events a second the journal takes: when it only tells them, when it
 * keeps a window, and with a spool behind it; what memory that costs, and how
 * fast the past is read again.
 * Usage: bench_journal [--goal NAME=VALUE].. EVENTS ROUNDS */
#include "figures.h"
#include "observe.h"

#include "sockstage/model/journal.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_BYTES ((size_t)16 << 20)
#define SPOOL_BYTES  (UINT64_C(1) << 30)
#define SOCKET_EVERY 20  /* events, as in a bulk transfer */
#define CALL_EVERY   500 /* ditto */
#define RANDOM_READS 10000
#define SECOND_NS    1e9

struct mode {
    size_t window;
    uint64_t spool;
    struct figure publish, rss, back, anywhere, find;
};

static struct mode told = {
    .publish = {.name = "told_per_s"}, .rss = {.name = "told_rss_mib"}};
static struct mode kept = {.window = WINDOW_BYTES,
    .publish = {.name = "kept_per_s"},
    .rss = {.name = "kept_rss_mib"},
    .back = {.name = "kept_back_per_s"},
    .anywhere = {.name = "kept_anywhere_per_s"},
    .find = {.name = "kept_find_ms"}};
static struct mode spooled = {.window = WINDOW_BYTES,
    .spool = SPOOL_BYTES,
    .publish = {.name = "spooled_per_s"},
    .rss = {.name = "spooled_rss_mib"},
    .back = {.name = "spooled_back_per_s"},
    .anywhere = {.name = "spooled_anywhere_per_s"},
    .find = {.name = "spooled_find_ms"}};

/* ---- events -------------------------------------------------------------- */

static struct event segment, verdict, sock, call;

static void make_events(void)
{
    struct segment *seg = &segment.u.segment.seg;

    segment.kind = EVENT_SEGMENT;
    seg->proto = IPPROTO_TCP;
    addr_parse("10.0.0.2", 34254, &seg->src);
    addr_parse("10.0.0.1", 8080, &seg->dst);
    seg->ttl = 64;
    seg->packet_len = 1500;
    seg->transport_offset = 20;
    seg->payload_offset = 52;
    seg->flags = SEGMENT_ACK | SEGMENT_PSH;
    seg->has_relative = true;
    seg->len = 1448;
    seg->window = 512;
    seg->options.has_timestamps = true;
    seg->flow = 1;
    verdict.kind = EVENT_VERDICT;
    verdict.u.verdict.action = VERDICT_DELIVERED;
    sock.kind = EVENT_SOCKET;
    sock.u.socket.id = 4711;
    sock.u.socket.owners[0] = "c1.s";
    sock.u.socket.owner_count = 1;
    sock.u.socket.proto = IPPROTO_TCP;
    sock.u.socket.local = seg->src;
    sock.u.socket.peer = seg->dst;
    sock.u.socket.sndbuf = 87040;
    sock.u.socket.rcvbuf = 131072;
    sock.u.socket.info.rtt = 150;
    sock.u.socket.info.snd_cwnd = 10;
    call.kind = EVENT_CALL;
    call.u.call.process = "c1";
    call.u.call.socket = "s";
    call.u.call.name = "send";
    call.u.call.python = "s.send(b'x' * 1000)";
    call.u.call.syscall = "send(3, \"xxxxxxxxxxxxxxxx\"..., 1000, 0)";
}

/* What differs from one event of its kind to the next. */
static struct event *event_number(uint64_t i)
{
    struct event *e = &segment;

    if (i % CALL_EVERY == 0) {
        e = &call;
        call.u.call.id = i;
    } else if (i % SOCKET_EVERY == 0) {
        e = &sock;
        sock.u.socket.send_buffer = (uint32_t)i;
    } else if (i % 2 == 0) {
        e = &verdict;
        verdict.u.verdict.segment = i;
    } else {
        segment.u.segment.seg.id = i;
        segment.u.segment.seg.t_ns = i * 1000;
        segment.u.segment.seg.seq = (uint32_t)i * 1448;
        segment.u.segment.seg.seq_raw = (uint32_t)i * 1448 + 77;
        segment.u.segment.seg.ack_raw = (uint32_t)i;
        segment.u.segment.seg.options.ts_val = (uint32_t)i;
        segment.u.segment.seg.options.ts_ecr = (uint32_t)i;
    }
    e->t_ns = i * 1000;
    return e;
}

/* ---- measuring ----------------------------------------------------------- */

static void hear(void *ctx, const struct event *e)
{
    uint64_t *count = ctx;

    *count += e->kind < EVENT_KINDS;
}

static void add_rate(struct figure *f, uint64_t count, uint64_t begin)
{
    figure_add(f, (double)count * SECOND_NS / (double)(now_ns() - begin));
}

static int read_again(struct mode *m, const struct journal *j)
{
    uint64_t first = journal_first(j), end = journal_end(j);
    uint64_t begin = now_ns();

    for (uint64_t seq = end; seq-- > first;) {
        if (!journal_at(j, seq))
            return -1;
    }
    add_rate(&m->back, end - first, begin);
    begin = now_ns();
    for (uint64_t i = 0; i < RANDOM_READS; i++) {
        if (!journal_at(j, first + i * 7368787 % (end - first)))
            return -1;
    }
    add_rate(&m->anywhere, RANDOM_READS, begin);
    begin = now_ns();
    if (journal_find(j, end, -1, 1U << EVENT_END, NULL) != end)
        return -1;
    figure_add_ms(&m->find, now_ns() - begin);
    return 0;
}

static int one_round(struct mode *m, uint64_t events)
{
    struct journal *j = journal_new(m->window);
    struct spool *s = NULL;
    struct err e;
    uint64_t begin, heard = 0;
    int r = 0;

    if (m->spool > 0 && spool_open(m->spool, &s, &e) < 0) {
        fprintf(stderr, "bench_journal: %s\n", e.msg);
        journal_free(j);
        return -1;
    }
    journal_set_spool(j, s, NULL, NULL);
    journal_subscribe(j, hear, &heard);
    begin = now_ns();
    for (uint64_t i = 0; i < events; i++)
        journal_publish(j, event_number(i));
    add_rate(&m->publish, events, begin);
    figure_add(&m->rss, memory_mib(getpid(), "Rss:"));
    if (heard != events || (m->window > 0 && read_again(m, j) < 0)) {
        fputs("bench_journal: events are missing\n", stderr);
        r = -1;
    }
    journal_free(j);
    return r;
}

int main(int argc, char **argv)
{
    struct mode *const modes[] = {&told, &kept, &spooled};
    struct figure *const all[] = {&told.publish, &told.rss, &kept.publish,
        &kept.rss, &kept.back, &kept.anywhere, &kept.find, &spooled.publish,
        &spooled.rss, &spooled.back, &spooled.anywhere, &spooled.find};
    uint64_t events;
    long rounds;

    while (argc > 2 && strcmp(argv[1], "--goal") == 0 && !goal_add(argv[2])) {
        argv += 2;
        argc -= 2;
    }
    events = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
    rounds = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (events == 0 || rounds <= 0) {
        fputs("usage: bench_journal [--goal NAME=VALUE].. EVENTS ROUNDS\n",
            stderr);
        return 2;
    }
    make_events();
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        for (long round = 0; round < rounds; round++) {
            if (one_round(modes[i], events) < 0)
                return 1;
        }
    }
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
