/* A command from start to end: elapsed time, and the processor time of it and
 * its children. Its output goes to /dev/null.
 * Usage: bench_process [--goal NAME=VALUE] ROUNDS COMMAND.. */
#include "figures.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct figure wall = {.name = "wall_ms"};
/* User and system time: the sum is exact, its parts are guessed by ticks. */
static struct figure cpu = {.name = "cpu_ms"};
static struct figure peak = {.name = "peak_rss_mib"};

static double ms(const struct timeval *t)
{
    return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static int run_once(
    char **argv, const posix_spawn_file_actions_t *actions, bool warm_up)
{
    struct rusage usage;
    int status;
    pid_t pid;
    uint64_t begin = now_ns();
    int error = posix_spawnp(&pid, argv[0], actions, NULL, argv, environ);

    if (error != 0) {
        fprintf(stderr, "bench_process: %s: %s\n", argv[0], strerror(error));
        return -1;
    }
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    uint64_t took = now_ns() - begin;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_process: %s: wait status %d\n", argv[0], status);
        return -1;
    }
    if (warm_up)
        return 0;
    figure_add_ms(&wall, took);
    figure_add(&cpu, ms(&usage.ru_utime) + ms(&usage.ru_stime));
    figure_add(&peak, (double)usage.ru_maxrss / 1024);
    return 0;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {&wall, &cpu, &peak};
    posix_spawn_file_actions_t actions;
    int result = 0;

    while (
        argc > 2 && strcmp(argv[1], "--goal") == 0 && goal_add(argv[2]) == 0) {
        argv += 2;
        argc -= 2;
    }
    if (argc < 3) {
        fputs("usage: bench_process [--goal NAME=VALUE] ROUNDS COMMAND..\n",
            stderr);
        return 2;
    }
    long rounds = strtol(argv[1], NULL, 10);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (long i = -2; i < rounds && result == 0; i++)
        result = run_once(argv + 2, &actions, i < 0);
    posix_spawn_file_actions_destroy(&actions);
    if (result < 0)
        return 1;
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
