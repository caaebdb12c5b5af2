/* The signals that end the program in order, and the crash that doesn't. */
#include "app.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

/* What the signal handler must reach. */
static struct {
    volatile sig_atomic_t heard;
    uv_async_t *volatile wake; /* NULL: no loop to wake */
} ending_state;

static void on_signal(int signum)
{
    int saved = errno;
    uv_async_t *wake = ending_state.wake;

    ending_state.heard = signum;
    if (wake)
        uv_async_send(wake); /* async-signal-safe, says libuv */
    errno = saved;
}

void signals_install(void)
{
    /* No SA_RESTART: a signal ends any waiting for input or output. */
    struct sigaction action = {.sa_handler = on_signal};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(ending); i++)
        sigaction(ending[i], &action, NULL);
}

bool signals_heard(void)
{
    return ending_state.heard != 0;
}

static void on_wake(uv_async_t *wake)
{
    struct signals *s = wake->data;

    if (s->told)
        return;
    s->told = true;
    s->got(s->ctx);
}

void signals_open(
    struct signals *s, uv_loop_t *loop, void (*got)(void *ctx), void *ctx)
{
    s->got = got;
    s->ctx = ctx;
    s->told = false;
    uv_async_init(loop, &s->wake, on_wake);
    s->wake.data = s;
    uv_unref((uv_handle_t *)&s->wake);
    ending_state.wake = &s->wake;
    if (signals_heard())
        uv_async_send(&s->wake);
}

void signals_close(struct signals *s)
{
    ending_state.wake = NULL;
    uv_close((uv_handle_t *)&s->wake, NULL);
}

/* Behind its own descriptor libuv's first loop makes a pipe for the signals of
 * all loops, and aborts the program where it can't. */
static int try_descriptors(void)
{
    int ends[2], own, code = 0;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    own = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        code = -errno;
    else
        close(own);
    close(ends[0]);
    close(ends[1]);
    return code;
}

int loop_open(uv_loop_t *loop, struct err *e)
{
    int r = try_descriptors();

    if (r == 0)
        r = uv_loop_init(loop);
    return r < 0 ? err_sys(e, -r, _("can't make an event loop")) : 0;
}

void loop_close(uv_loop_t *loop)
{
    int r = uv_loop_close(loop);

    if (r < 0)
        fprintf(stderr, "sockstage: internal error: the loop: %s\n",
            uv_strerror(r));
}

/* ---- crashes ------------------------------------------------------------ */

/* And what else ends a program if it is not asked first. */
static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT,
    SIGSYS, SIGTRAP, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF};

/* A signal handler must reach it: what was there before (a sanitizer's). */
static struct sigaction before[ARRAY_LEN(crashes)];

static void on_crash(int signum)
{
    tui_emergency_restore();
    stage_emergency_close();
    for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
        if (crashes[i] == signum)
            sigaction(signum, &before[i], NULL);
    raise(signum); /* delivered when this handler returns */
}

static void on_exhausted(void *ctx)
{
    static const char text[] = "sockstage: out of memory\n";

    (void)ctx;
    tui_emergency_restore();
    stage_emergency_close();
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        return; /* nothing is left to tell it with */
}

void crash_guard_install(void)
{
    static char stack[65536]; /* a stack overflow has no stack to run on */
    stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_crash};

    sigaltstack(&alternative, NULL);
    action.sa_flags = SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
        sigaction(crashes[i], &action, &before[i]);
    mem_on_exhausted(on_exhausted, NULL);
}
