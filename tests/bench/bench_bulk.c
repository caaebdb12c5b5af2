/* Two commands in turn that carry the same bytes, the first a bare loop:
 * throughput of both, and how much of the first the second reaches. Their
 * output goes to /dev/null.
 * Usage: bench_bulk [--goal NAME=VALUE] ROUNDS BYTES BARE.. -- COMMAND.. */
#include "figures.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct figure bare_speed = {.name = "bare_mb_per_s"};
static struct figure speed = {.name = "mb_per_s"};
static struct figure ratio = {.name = "of_bare"};
/* The same by time on a processor: other load counts less. */
static struct figure cpu_ratio = {.name = "of_bare_cpu"};
static struct figure peak = {.name = "peak_rss_mib"};

static int compare(char **bare_argv, char **argv, double megabytes)
{
    struct cost bare, own;

    if (process_cost(bare_argv, &bare) < 0 || process_cost(argv, &own) < 0)
        return -1;
    figure_add(&bare_speed, megabytes / bare.wall_s);
    figure_add(&speed, megabytes / own.wall_s);
    figure_add(&ratio, bare.wall_s / own.wall_s);
    figure_add(&cpu_ratio, bare.cpu_s / own.cpu_s);
    figure_add(&peak, own.peak_mib);
    return 0;
}

static char **behind_dashes(char **argv)
{
    while (*argv && strcmp(*argv, "--") != 0)
        argv++;
    if (!*argv)
        return argv;
    *argv = NULL;
    return argv + 1;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {
        &bare_speed, &speed, &ratio, &cpu_ratio, &peak};
    char **command;

    while (
        argc > 2 && strcmp(argv[1], "--goal") == 0 && goal_add(argv[2]) == 0) {
        argv += 2;
        argc -= 2;
    }
    command = argc > 3 ? behind_dashes(argv + 3) : NULL;
    if (!command || !argv[3] || !*command) {
        fputs("usage: bench_bulk [--goal NAME=VALUE] ROUNDS BYTES BARE.. -- "
              "COMMAND..\n",
            stderr);
        return 2;
    }
    for (long i = strtol(argv[1], NULL, 10); i > 0; i--)
        if (compare(argv + 3, command, strtod(argv[2], NULL) / 1e6) < 0)
            return 1;
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
