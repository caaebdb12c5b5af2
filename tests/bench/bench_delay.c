/* How late delayed segments leave the wire: reads the journal of a script that
 * delays all by DELAY_MS, as `run --format=jsonl` prints it.
 * Usage: bench_delay [--goal NAME=VALUE] DELAY_MS COMMAND.. */
#include "figures.h"
#include "observe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEGMENTS_MAX 1024

static struct figure late = {.name = "late_ms"};
static double entered_s[SEGMENTS_MAX];

/* The number behind "NAME": in a flat line of JSON; negative: none. */
static double number_of(const char *line, const char *name)
{
    char key[32];
    const char *at;

    snprintf(key, sizeof key, "\"%s\":", name);
    at = strstr(line, key);
    return at ? strtod(at + strlen(key), NULL) : -1;
}

static void take_line(const char *line, double delay_ms)
{
    double t = number_of(line, "t"), id = number_of(line, "id");

    if (strstr(line, "\"event\":\"segment\"") && id >= 0 && id < SEGMENTS_MAX)
        entered_s[(int)id] = t;
    if (!strstr(line, "\"action\":\"delivered\""))
        return;
    id = number_of(line, "segment");
    if (id >= 0 && id < SEGMENTS_MAX)
        figure_add(&late, (t - entered_s[(int)id]) * 1e3 - delay_ms);
}

static pid_t start(char **argv, FILE **out)
{
    int ends[2];
    pid_t pid;

    if (pipe(ends) < 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    *out = fdopen(ends[0], "r");
    return pid;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {&late};
    char line[8192];
    int status = 0;
    FILE *journal = NULL;
    double delay_ms;
    pid_t pid;

    while (
        argc > 2 && strcmp(argv[1], "--goal") == 0 && goal_add(argv[2]) == 0) {
        argv += 2;
        argc -= 2;
    }
    if (argc < 3) {
        fputs("usage: bench_delay [--goal NAME=VALUE] DELAY_MS COMMAND..\n",
            stderr);
        return 2;
    }
    delay_ms = strtod(argv[1], NULL);
    awake_begin();
    pid = start(argv + 2, &journal);
    while (pid > 0 && journal && fgets(line, sizeof line, journal))
        take_line(line, delay_ms);
    awake_end();
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0 || !journal || !WIFEXITED(status) || WEXITSTATUS(status) != 0 ||
        late.n == 0) {
        fprintf(stderr, "bench_delay: %s: wait status %d\n", argv[2], status);
        return 1;
    }
    fclose(journal);
    figures_print(all, 1);
    return 0;
}
