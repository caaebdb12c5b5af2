/* A terminal program at work: first a script is played by one key, then two
 * keys that undo each other are timed; its memory; what it does when idle.
 * Usage: bench_keys [--goal NAME=VALUE] [--dump FILE] COLUMNSxROWS ROUNDS
 *            PLAY TIMES FORTH BACK QUIT COMMAND.. */
#include "figures.h"
#include "observe.h"
#include "terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAIRS_WARM_UP  3
#define PAIRS_MEASURED 20
#define IDLE_NS        (3000 * MS_NS)
/* What just happened may be emphasised for a second. */
#define CALM_NS       (1300 * MS_NS)
#define CALM_LIMIT_NS (8000 * MS_NS)

static struct figure key = {.name = "key_ms"};
static struct figure key_from_sleep = {.name = "key_from_sleep_ms"};
static struct figure key_cpu = {.name = "key_cpu_ms"};
static struct figure key_bytes = {.name = "key_bytes"};
static struct figure unanswered = {.name = "keys_unanswered"};
static struct figure play = {.name = "play_line_ms"};
static struct figure rss = {.name = "rss_mib"};
static struct figure pss = {.name = "pss_mib"};
static struct figure private_dirty = {.name = "private_dirty_mib"};
static struct figure idle_switches = {.name = "idle_3s_switches"};
static struct figure idle_cpu = {.name = "idle_3s_cpu_ms"};
static struct figure idle_syscalls = {.name = "idle_3s_syscalls"};

struct plan {
    int columns, rows;
    long rounds, times;
    const char *play_key, *forth, *back, *quit;
    const char *dump; /* NULL: none */
    char **argv;
};

static void press_pairs(
    struct terminal *t, const struct plan *plan, struct figure *f, int pairs)
{
    long missed = 0;

    for (int i = -PAIRS_WARM_UP * 2; i < pairs * 2; i++) {
        size_t before = t->bytes;
        uint64_t cpu = cpu_ns(t->pid);
        uint64_t took = terminal_press(t, i % 2 ? plan->back : plan->forth);
        if (i < 0)
            continue;
        if (took == 0) {
            missed++;
            continue;
        }
        figure_add_ms(f, took);
        if (f == &key) {
            figure_add_ms(&key_cpu, cpu_ns(t->pid) - cpu);
            figure_add(&key_bytes, (double)(t->bytes - before));
        }
    }
    figure_add(&unanswered, (double)missed);
}

static void add_memory(struct figure *f, pid_t pid, const char *field)
{
    double mib = memory_mib(pid, field);

    if (mib >= 0)
        figure_add(f, mib);
}

static void watch_idle(struct terminal *t)
{
    uint64_t switched = switches(t->pid), cpu = cpu_ns(t->pid);
    uint64_t begin = now_ns();

    while (now_ns() - begin < IDLE_NS && !t->ended)
        terminal_pump(t, IDLE_NS - (now_ns() - begin));
    figure_add(&idle_switches, (double)(switches(t->pid) - switched));
    figure_add_ms(&idle_cpu, cpu_ns(t->pid) - cpu);
    long calls = syscalls_within(t, IDLE_NS);
    if (calls >= 0)
        figure_add(&idle_syscalls, (double)calls);
}

static int work(struct terminal *t, const struct plan *plan)
{
    if (!terminal_first_screen(t))
        return -1;
    for (long i = 0; i < plan->times; i++) {
        uint64_t took = terminal_press(t, plan->play_key);
        if (took)
            figure_add_ms(&play, took);
    }
    terminal_quiet(t, CALM_NS, CALM_LIMIT_NS);
    awake_begin();
    press_pairs(t, plan, &key, PAIRS_MEASURED);
    awake_end();
    press_pairs(t, plan, &key_from_sleep, PAIRS_MEASURED);
    add_memory(&rss, t->pid, "Rss:");
    add_memory(&pss, t->pid, "Pss:");
    add_memory(&private_dirty, t->pid, "Private_Dirty:");
    terminal_quiet(t, CALM_NS, CALM_LIMIT_NS);
    watch_idle(t);
    return t->ended ? -1 : 0;
}

static int one_round(const struct plan *plan)
{
    struct terminal t;

    if (terminal_start(&t, plan->argv, plan->columns, plan->rows) < 0) {
        perror("forkpty");
        return -1;
    }
    if (plan->dump)
        t.dump_fd = open(plan->dump, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int result = work(&t, plan);
    if (t.dump_fd >= 0)
        close(t.dump_fd);
    t.dump_fd = -1;
    int status = terminal_end(&t, plan->quit);
    if (result < 0)
        fprintf(stderr, "bench_keys: %s ended early, wait status %d\n",
            plan->argv[0], status);
    return result;
}

static int plan_parse(struct plan *plan, int argc, char **argv)
{
    *plan = (struct plan){.dump = NULL};
    while (argc > 2 && argv[1][0] == '-') {
        if (strcmp(argv[1], "--dump") == 0)
            plan->dump = argv[2];
        else if (strcmp(argv[1], "--goal") != 0 || goal_add(argv[2]) < 0)
            return -1;
        argv += 2;
        argc -= 2;
    }
    if (argc < 9 || sscanf(argv[1], "%dx%d", &plan->columns, &plan->rows) != 2)
        return -1;
    plan->rounds = strtol(argv[2], NULL, 10);
    plan->play_key = argv[3];
    plan->times = strtol(argv[4], NULL, 10);
    plan->forth = argv[5];
    plan->back = argv[6];
    plan->quit = argv[7];
    plan->argv = argv + 8;
    return key_exists(plan->play_key) && key_exists(plan->forth) &&
                   key_exists(plan->back) && key_exists(plan->quit)
               ? 0
               : -1;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {&key, &key_from_sleep, &key_cpu, &key_bytes,
        &unanswered, &play, &rss, &pss, &private_dirty, &idle_switches,
        &idle_cpu, &idle_syscalls};
    struct plan plan;

    if (plan_parse(&plan, argc, argv) < 0) {
        fputs("usage: bench_keys [--goal NAME=VALUE] [--dump FILE] "
              "COLUMNSxROWS ROUNDS\n"
              "           PLAY TIMES FORTH BACK QUIT COMMAND..\n",
            stderr);
        return 2;
    }
    for (long i = 0; i < plan.rounds; i++) {
        if (one_round(&plan) < 0)
            return 1;
    }
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
