/* A program in a pseudo terminal: started, fed with keys, and watched for the
 * moment of its last byte before it falls silent. */
#ifndef BENCH_TERMINAL_H
#define BENCH_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MS_NS UINT64_C(1000000)

struct terminal {
    pid_t pid;
    int fd;
    uint64_t started_ns;   /* just before fork() */
    uint64_t last_byte_ns; /* when the newest output was read */
    size_t bytes;          /* of output so far */
    bool ended;            /* the program closed its terminal */
    bool application_keys; /* it asked for the other form of cursor keys */
    int dump_fd;           /* a copy of the output; -1: none */
};

/* Starts argv[0] in `columns` x `rows`. Returns -1 with errno set. */
int terminal_start(
    struct terminal *t, char *const *argv, int columns, int rows);
/* Takes output for at most `wait_ns`; true if there was some. */
bool terminal_pump(struct terminal *t, uint64_t wait_ns);
/* Takes output until none came for `quiet_ns`, counted from now or the last
 * byte; false if that takes longer than `limit_ns`. */
bool terminal_quiet(struct terminal *t, uint64_t quiet_ns, uint64_t limit_ns);
/* Waits for the first output, then for silence. */
bool terminal_first_screen(struct terminal *t);

/* Whether there is such a key: a name ("Down") or one character. */
bool key_exists(const char *key);
/* Presses it; the time from just before to the last byte of the reaction, 0
 * if there was none. */
uint64_t terminal_press(struct terminal *t, const char *key);
/* The same for any bytes that a terminal may send. */
uint64_t terminal_send(struct terminal *t, const char *bytes);

/* Presses `quit`; if that doesn't help, ends this one process by signals.
 * Returns its wait status. */
int terminal_end(struct terminal *t, const char *quit);

#endif
