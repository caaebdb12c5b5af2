/* See process.h. */
#include "process.h"

#include "figures.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

int process_cost(char **argv, struct cost *out)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    int status = 0, error;
    uint64_t begin = now_ns();
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
        return -1;
    }
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s: wait status %d\n", argv[0], status);
        return -1;
    }
    out->wall_s = (double)(now_ns() - begin) / 1e9;
    out->cpu_s = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
    out->peak_mib = (double)usage.ru_maxrss / 1024;
    return 0;
}
