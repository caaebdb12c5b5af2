/* Events into the lines of a recording, and back: how many a second, of three
 * kinds. A `return` is a small one; of a bulk transfer each packet is a
 * `segment` and a `verdict`; the `socket` here is a large one.
 * Usage: bench_recording [--goal NAME=VALUE].. ROUNDS EVENTS */
#include "figures.h"

#include "sockstage/model/event_json.h"
#include "sockstage/model/fields.h"
#include "sockstage/model/recording.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sample { SMALL, SEGMENT, LARGE, SAMPLES };

static struct figure written[SAMPLES] = {
    {.name = "write_small_per_s"},
    {.name = "write_segment_per_s"},
    {.name = "write_large_per_s"},
};
static struct figure read_again[SAMPLES] = {
    {.name = "read_small_per_s"},
    {.name = "read_segment_per_s"},
    {.name = "read_large_per_s"},
};

static struct event make_small(void)
{
    struct event e = {.kind = EVENT_RETURN, .t_ns = 1234567891};

    e.u.ret = (struct event_return){.id = 42,
        .process = "c1",
        .result_is_number = true,
        .result_number = 1000,
        .elapsed_ns = 31415,
        .syscall = "sendto(3, \"xxxxxxxxxxxxxxxx\"..., 1000, 0, NULL, 0)"
                   " = 1000"};
    return e;
}

static struct event make_segment(void)
{
    struct event e = {.kind = EVENT_SEGMENT, .t_ns = 1234567891};
    struct segment *s = &e.u.segment.seg;

    *s = (struct segment){.id = 4711,
        .t_ns = e.t_ns,
        .proto = IPPROTO_TCP,
        .src = {AF_INET, 34254, {10, 0, 0, 2}},
        .dst = {AF_INET, 8080, {10, 0, 0, 1}},
        .ttl = 64,
        .packet_len = 1052,
        .transport_offset = 20,
        .payload_offset = 52,
        .flags = SEGMENT_PSH | SEGMENT_ACK,
        .seq_raw = 4000012345,
        .ack_raw = 77,
        .seq = 12345,
        .ack = 1,
        .has_relative = true,
        .len = 1000,
        .window = 502,
        .flow = 1};
    s->options.has_timestamps = true;
    s->options.ts_val = 3141592653;
    s->options.ts_ecr = 2718281828;
    return e;
}

static struct event make_large(void)
{
    struct event e = {.kind = EVENT_SOCKET, .t_ns = 1234567891};
    struct event_socket *s = &e.u.socket;

    *s = (struct event_socket){.id = 4711,
        .owners = {"c1.s"},
        .owner_count = 1,
        .accepted = true,
        .proto = IPPROTO_TCP,
        .state = 1,
        .local = {AF_INET, 34254, {10, 0, 0, 2}},
        .peer = {AF_INET, 8080, {10, 0, 0, 1}},
        .send_buffer = 3000,
        .has_mem = true,
        .sndbuf = 87040,
        .rcvbuf = 131072,
        .timer = 1,
        .timer_at_ns = 1434567891,
        .mem_changed = (1U << mem_field_count()) - 1};
    for (size_t i = 0; i < info_field_count(); i++) {
        info_field_set(&s->info, i, 123456789);
        info_set_add(&s->info_changed, i);
    }
    for (size_t i = 0; i < mem_field_count(); i++)
        mem_field_set(&s->mem, i, 123456);
    return e;
}

static double per_second(long events, uint64_t begin)
{
    return (double)events * 1e9 / (double)(now_ns() - begin);
}

static void measure_writing(const struct event *e, long n, struct figure *out)
{
    struct str line = STR_INIT;
    uint64_t begin = now_ns();

    for (long i = 0; i < n; i++) {
        str_clear(&line);
        event_to_json(e, false, &line);
    }
    figure_add(out, per_second(n, begin));
    str_done(&line);
}

static void hear(void *ctx, struct event *e)
{
    (void)e;
    ++*(long *)ctx;
}

/* In feeds as a file is read: some lines come in two parts. */
#define FEED_BYTES 65536

static int feed(struct recording *r, const struct str *text)
{
    struct recording_error error;

    for (size_t at = 0; at < text->len; at += FEED_BYTES) {
        size_t left = text->len - at;
        if (!recording_feed(r, str_text(text) + at,
                left < FEED_BYTES ? left : FEED_BYTES, &error)) {
            fprintf(stderr, "bench_recording: %s\n", error.what);
            return -1;
        }
    }
    return recording_end(r, NULL, &error) ? 0 : -1;
}

static int measure_reading(const struct event *e, long n, struct figure *out)
{
    struct event stage = {.kind = EVENT_STAGE};
    struct str text = STR_INIT;
    long heard = 0;
    struct recording *r = recording_new(hear, &heard);
    uint64_t begin;
    int rc;

    event_to_json(&stage, false, &text);
    for (long i = 0; i < n; i++)
        event_to_json(e, false, &text);
    begin = now_ns();
    rc = feed(r, &text);
    figure_add(out, per_second(n, begin));
    recording_free(r);
    str_done(&text);
    return rc == 0 && heard == n + 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct event samples[SAMPLES] = {
        make_small(), make_segment(), make_large()};
    struct figure *all[2 * SAMPLES];

    while (
        argc > 2 && strcmp(argv[1], "--goal") == 0 && goal_add(argv[2]) == 0) {
        argv += 2;
        argc -= 2;
    }
    if (argc != 3) {
        fputs("usage: bench_recording [--goal NAME=VALUE].. ROUNDS EVENTS\n",
            stderr);
        return 2;
    }
    for (size_t i = 0; i < SAMPLES; i++) {
        long n = strtol(argv[2], NULL, 10);
        for (long k = strtol(argv[1], NULL, 10); k > 0; k--) {
            measure_writing(&samples[i], n, &written[i]);
            if (measure_reading(&samples[i], n, &read_again[i]) < 0)
                return 1;
        }
        all[i] = &written[i];
        all[SAMPLES + i] = &read_again[i];
    }
    figures_print(all, 2 * SAMPLES);
    return 0;
}
