/* The lines of a script typed at the screen's prompt, one behind the other,
 * beside a bare loop that carries the same bytes: throughput of both, and how
 * much of the first the second reaches while everything is drawn.
 * Usage: bench_screen [--goal NAME=VALUE] COLUMNSxROWS ROUNDS BYTES SCRIPT
 *            BARE.. -- COMMAND.. */
#include "figures.h"
#include "observe.h"
#include "process.h"
#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Longer than any pause within, shorter than an emphasis lasts. */
#define DONE_QUIET_NS (500 * MS_NS)
#define DONE_LIMIT_NS (60000 * MS_NS)

static struct figure bare_speed = {.name = "bare_mb_per_s"};
static struct figure speed = {.name = "mb_per_s"};
static struct figure ratio = {.name = "of_bare"};
static struct figure own_cpu = {.name = "cpu_s"};
static struct figure rss = {.name = "rss_mib"};

struct plan {
    int columns, rows;
    double megabytes;
    const char *script;
    char **bare, **command;
};

/* Comments and `require` are not for the prompt. */
static int type_lines(struct terminal *t, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[512];
    int failed = 0;

    if (!f)
        return -1;
    while (!failed && fgets(line, sizeof line, f)) {
        size_t len = strcspn(line, "\n");

        if (line[0] == '#' || strncmp(line, "require", 7) == 0)
            continue;
        line[len++] = '\r';
        failed = write(t->fd, line, len) != (ssize_t)len;
        while (terminal_pump(t, MS_NS / 10))
            ;
    }
    fclose(f);
    return failed ? -1 : 0;
}

static int one_round(const struct plan *p)
{
    struct terminal t;
    struct cost bare;
    int result = -1;

    if (process_cost(p->bare, &bare) < 0)
        return -1;
    if (terminal_start(&t, p->command, p->columns, p->rows) < 0) {
        perror("forkpty");
        return -1;
    }
    if (terminal_first_screen(&t)) {
        uint64_t begin = now_ns(), cpu = cpu_ns(t.pid);

        if (type_lines(&t, p->script) == 0 &&
            terminal_quiet(&t, DONE_QUIET_NS, DONE_LIMIT_NS)) {
            double wall_s = (double)(t.last_byte_ns - begin) / 1e9;

            figure_add(&bare_speed, p->megabytes / bare.wall_s);
            figure_add(&speed, p->megabytes / wall_s);
            figure_add(&ratio, bare.wall_s / wall_s);
            figure_add(&own_cpu, (double)(cpu_ns(t.pid) - cpu) / 1e9);
            figure_add(&rss, memory_mib(t.pid, "Rss:"));
            result = 0;
        }
    }
    terminal_end(&t, "q");
    return result;
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
    struct figure *const all[] = {&bare_speed, &speed, &ratio, &own_cpu, &rss};
    struct plan p = {0};

    while (
        argc > 2 && strcmp(argv[1], "--goal") == 0 && goal_add(argv[2]) == 0) {
        argv += 2;
        argc -= 2;
    }
    if (argc > 7 && sscanf(argv[1], "%dx%d", &p.columns, &p.rows) == 2)
        p.command = behind_dashes(argv + 5);
    if (!p.command || !*p.command) {
        fputs("usage: bench_screen [--goal NAME=VALUE] COLUMNSxROWS ROUNDS "
              "BYTES SCRIPT BARE.. -- COMMAND..\n",
            stderr);
        return 2;
    }
    p.megabytes = strtod(argv[3], NULL) / 1e6;
    p.script = argv[4];
    p.bare = argv + 5;
    for (long i = strtol(argv[2], NULL, 10); i > 0; i--)
        if (one_round(&p) < 0)
            return 1;
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
