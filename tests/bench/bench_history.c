/* The past of a busy stage: how many events a second are kept and applied,
 * keyframes included, how long it takes to see any moment again, and what
 * memory that costs with a window for the events, one of the same size for
 * keyframes, and files for the rest.
 * Usage: bench_history [--goal NAME=VALUE].. EVENTS WINDOW_MIB ROUNDS */
#include "figures.h"
#include "observe.h"
#include "traffic.h"

#include "../../src/model/model_pack.h"
#include "sockstage/model/history.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SPOOL_BYTES (UINT64_C(2) << 30)
#define REWINDS     300

static struct figure applied = {.name = "applied_per_s"};
static struct figure rewind_to = {.name = "rewind_ms"};
static struct figure step_back = {.name = "step_back_ms"};
static struct figure step_on = {.name = "step_on_ms"};
static struct figure pack = {.name = "pack_ms"};
static struct figure unpack = {.name = "unpack_ms"};
static struct figure keyframe = {.name = "keyframe_kib"};
static struct figure rss = {.name = "rss_mib"};

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

    traffic_begin(&t);
    begin = now_ns();
    for (uint64_t i = 0; i < events; i++) {
        traffic_event(&t, i, &e);
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
