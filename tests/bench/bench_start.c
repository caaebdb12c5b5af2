/* Time from fork() to the last byte of the first screen of a terminal program.
 * Usage: bench_start [--goal NAME=VALUE] COLUMNSxROWS ROUNDS QUIT COMMAND.. */
#include "figures.h"
#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static struct figure first_screen = {.name = "first_screen_ms"};
static struct figure bytes = {.name = "first_screen_bytes"};
static struct figure quit = {.name = "quit_ms"};

static int start_and_quit(char *const *argv, int columns, int rows,
    const char *quit_key, bool warm_up)
{
    struct terminal t;

    if (terminal_start(&t, argv, columns, rows) < 0) {
        perror("forkpty");
        return -1;
    }
    bool shown = terminal_first_screen(&t);
    uint64_t took_ns = t.last_byte_ns - t.started_ns;
    size_t shown_bytes = t.bytes;
    uint64_t begin = now_ns();
    int status = terminal_end(&t, quit_key);
    if (!shown || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_start: %s: %s, wait status %d\n", argv[0],
            shown ? "a first screen" : "no first screen", status);
        return -1;
    }
    if (warm_up)
        return 0;
    figure_add_ms(&first_screen, took_ns);
    figure_add(&bytes, (double)shown_bytes);
    figure_add_ms(&quit, now_ns() - begin);
    return 0;
}

int main(int argc, char **argv)
{
    struct figure *const all[] = {&first_screen, &bytes, &quit};
    int columns, rows;

    while (
        argc > 2 && strcmp(argv[1], "--goal") == 0 && goal_add(argv[2]) == 0) {
        argv += 2;
        argc -= 2;
    }
    if (argc < 5 || sscanf(argv[1], "%dx%d", &columns, &rows) != 2 ||
        !key_exists(argv[3])) {
        fputs("usage: bench_start [--goal NAME=VALUE] COLUMNSxROWS ROUNDS "
              "QUIT COMMAND..\n",
            stderr);
        return 2;
    }
    long rounds = strtol(argv[2], NULL, 10);
    for (long i = -1; i < rounds; i++) {
        if (start_and_quit(argv + 4, columns, rows, argv[3], i < 0) < 0)
            return 1;
    }
    figures_print(all, sizeof all / sizeof all[0]);
    return 0;
}
