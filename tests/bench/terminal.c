/* See terminal.h. */
#include "terminal.h"

#include "figures.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Longer than a frame, shorter than a person's patience. */
#define SCREEN_QUIET_NS   (150 * MS_NS)
#define REACTION_QUIET_NS (50 * MS_NS)
#define REACTION_LIMIT_NS (1000 * MS_NS)
#define START_LIMIT_NS    (10000 * MS_NS)

static const struct {
    const char *name, *normal, *application;
} keys[] = {
    {"Up", "\033[A", "\033OA"},
    {"Down", "\033[B", "\033OB"},
    {"PgDn", "\033[6~", "\033[6~"},
    {"Tab", "\t", "\t"},
};

static const char *key_bytes(const char *key, bool application)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key, keys[i].name) == 0)
            return application ? keys[i].application : keys[i].normal;
    }
    return strlen(key) == 1 ? key : NULL;
}

bool key_exists(const char *key)
{
    return key_bytes(key, false) != NULL;
}

int terminal_start(struct terminal *t, char *const *argv, int columns, int rows)
{
    struct winsize size = {
        .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    *t = (struct terminal){.fd = -1, .dump_fd = -1};
    t->started_ns = now_ns();
    t->pid = forkpty(&t->fd, NULL, NULL, &size);
    if (t->pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    if (t->pid < 0)
        return -1;
    fcntl(t->fd, F_SETFD, FD_CLOEXEC);
    return 0;
}

bool terminal_pump(struct terminal *t, uint64_t wait_ns)
{
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    struct timespec wait = {.tv_sec = (time_t)(wait_ns / 1000000000U),
        .tv_nsec = (long)(wait_ns % 1000000000U)};
    char chunk[65536];

    if (t->ended)
        return false;
    if (ppoll(&p, 1, &wait, NULL) <= 0)
        return false;
    ssize_t n = read(t->fd, chunk, sizeof chunk);
    if (n <= 0) {
        /* EIO: nobody has the other end open any more. */
        t->ended = n == 0 || errno != EINTR;
        return false;
    }
    t->last_byte_ns = now_ns();
    t->bytes += (size_t)n;
    if (memmem(chunk, (size_t)n, "\033[?1h", 5))
        t->application_keys = true;
    if (t->dump_fd >= 0 && write(t->dump_fd, chunk, (size_t)n) != n)
        perror("dump");
    return true;
}

bool terminal_quiet(struct terminal *t, uint64_t quiet_ns, uint64_t limit_ns)
{
    uint64_t begin = now_ns(), now = begin;

    while (!t->ended && now - begin < limit_ns) {
        uint64_t since = t->last_byte_ns > begin ? t->last_byte_ns : begin;

        if (now - since >= quiet_ns)
            return true;
        terminal_pump(t, quiet_ns - (now - since));
        now = now_ns();
    }
    return false;
}

bool terminal_first_screen(struct terminal *t)
{
    return terminal_pump(t, START_LIMIT_NS) &&
           terminal_quiet(t, SCREEN_QUIET_NS, START_LIMIT_NS);
}

uint64_t terminal_send(struct terminal *t, const char *bytes)
{
    size_t len = strlen(bytes);
    uint64_t begin = now_ns();

    if (t->ended || write(t->fd, bytes, len) != (ssize_t)len)
        return 0;
    if (!terminal_pump(t, REACTION_QUIET_NS * 4) ||
        !terminal_quiet(t, REACTION_QUIET_NS, REACTION_LIMIT_NS))
        return 0;
    return t->last_byte_ns - begin;
}

uint64_t terminal_press(struct terminal *t, const char *key)
{
    return terminal_send(t, key_bytes(key, t->application_keys));
}

/* Output is taken meanwhile: a program that writes a last screen must not be
 * stuck for want of a reader. */
static bool ends_within(struct terminal *t, uint64_t limit_ns, int *status)
{
    uint64_t begin = now_ns();
    const struct timespec nap = {.tv_nsec = 1000000};

    do {
        if (waitpid(t->pid, status, WNOHANG) == t->pid)
            return true;
        if (!terminal_pump(t, MS_NS) && t->ended)
            nanosleep(&nap, NULL);
    } while (now_ns() - begin < limit_ns);
    return false;
}

int terminal_end(struct terminal *t, const char *quit)
{
    static const int signals[] = {SIGTERM, SIGKILL};
    const char *bytes = key_bytes(quit, t->application_keys);
    int status = 0;
    bool over = false;

    if (!t->ended && write(t->fd, bytes, strlen(bytes)) < 0)
        t->ended = true;
    over = ends_within(t, 2000 * MS_NS, &status);
    for (size_t i = 0; !over && i < 2; i++) {
        kill(t->pid, signals[i]);
        over = ends_within(t, 2000 * MS_NS, &status);
    }
    close(t->fd);
    return status;
}
