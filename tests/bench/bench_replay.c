/* A long recording on the screen of the program: how long until its first
 * screen and until all of it is read, how long a click on the slider takes to
 * show another moment of it, and a step from there; and what memory it takes.
 * Usage: bench_replay [--goal NAME=VALUE].. EVENTS ROUNDS COMMAND.. */
#include "figures.h"
#include "observe.h"
#include "terminal.h"
#include "traffic.h"

#include "sockstage/model/event_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS        36
#define COLUMNS     120
#define SLIDER_ROW  30 /* on a screen of that size, from 1 */
#define CLICKS      60
#define READ_NS     (400 * MS_NS) /* silence, when all is read */
#define READ_MAX_NS (120000 * MS_NS)
#define ARGS_MAX    16

static struct figure first_screen = {.name = "first_screen_ms"};
static struct figure read_all = {.name = "read_per_s"};
static struct figure size = {.name = "recording_mib"};
static struct figure rewind_to = {.name = "rewind_ms"};
static struct figure step_back = {.name = "step_back_ms"};
static struct figure step_on = {.name = "step_on_ms"};
static struct figure unanswered = {.name = "unanswered"};
static struct figure peak = {.name = "peak_mib"};

static bool write_recording(const char *path, uint64_t events)
{
    FILE *out = fopen(path, "w");
    struct event e = {.kind = EVENT_STAGE,
        .u.stage = {.wire = "private", .kernel = "6.1.0", .program = "bench"}};
    struct str line = STR_INIT;
    struct traffic t;
    bool ok = out != NULL;

    traffic_begin(&t);
    event_to_json(&e, false, &line);
    for (uint64_t i = 0; ok && i < events; i++) {
        traffic_event(&t, i, &e);
        event_to_json(&e, false, &line);
        ok = fwrite(line.data, 1, line.len, out) == line.len;
        str_clear(&line);
    }
    str_done(&line);
    if (ok)
        figure_add(&size, (double)ftell(out) / (1 << 20));
    if (out && fclose(out) != 0)
        ok = false;
    return ok;
}

static void add(struct figure *f, uint64_t took)
{
    if (took > 0)
        figure_add_ms(f, took);
    else
        figure_add(&unanswered, 1);
}

static void look_around(struct terminal *t)
{
    char click[64];

    for (unsigned i = 1; i <= CLICKS; i++) {
        unsigned column = i * 37 % (COLUMNS - 4) + 3;
        snprintf(click, sizeof click, "\033[<0;%u;%dM\033[<0;%u;%dm", column,
            SLIDER_ROW, column, SLIDER_ROW);
        add(&rewind_to, terminal_send(t, click));
        add(&step_back, terminal_press(t, "["));
        add(&step_on, terminal_press(t, "]"));
    }
}

static int work(struct terminal *t, uint64_t events)
{
    if (!terminal_pump(t, READ_MAX_NS))
        return -1;
    figure_add_ms(&first_screen, t->last_byte_ns - t->started_ns);
    terminal_press(t, " "); /* no playing: silence means that all is read */
    if (!terminal_quiet(t, READ_NS, READ_MAX_NS))
        return -1;
    figure_add(&read_all,
        (double)events * 1e9 / (double)(t->last_byte_ns - t->started_ns));
    awake_begin();
    look_around(t);
    awake_end();
    figure_add(&peak, memory_peak_mib(t->pid));
    return t->ended ? -1 : 0;
}

static int one_round(char *const *argv, uint64_t events)
{
    struct terminal t;
    int result;

    if (terminal_start(&t, argv, COLUMNS, ROWS) < 0) {
        perror("forkpty");
        return -1;
    }
    result = work(&t, events);
    terminal_end(&t, "q");
    if (result < 0)
        fprintf(stderr, "bench_replay: %s ended early\n", argv[0]);
    return result;
}

static int measure(char **command, uint64_t events, long rounds)
{
    char path[] = "/var/tmp/sockstage-bench-XXXXXX";
    char *argv[ARGS_MAX] = {NULL};
    int result = -1, fd = mkstemp(path);

    if (fd < 0) {
        perror(path);
        return -1;
    }
    close(fd);
    for (size_t i = 0; command[i] && i + 2 < ARGS_MAX; i++) {
        argv[i] = command[i];
        argv[i + 1] = path;
    }
    if (write_recording(path, events))
        result = 0;
    else
        perror(path);
    for (long i = 0; result == 0 && i < rounds; i++)
        result = one_round(argv, events);
    unlink(path);
    return result;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {&first_screen, &read_all, &size, &rewind_to,
        &step_back, &step_on, &unanswered, &peak};

    while (argc > 2 && strcmp(argv[1], "--goal") == 0 && !goal_add(argv[2])) {
        argv += 2;
        argc -= 2;
    }
    uint64_t events = argc > 3 ? strtoull(argv[1], NULL, 10) : 0;
    long rounds = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
    if (events < 2 || rounds <= 0) {
        fputs("usage: bench_replay [--goal NAME=VALUE].. EVENTS ROUNDS "
              "COMMAND..\n",
            stderr);
        return 2;
    }
    if (measure(argv + 3, events, rounds) < 0)
        return 1;
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
