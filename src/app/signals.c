/* The signals that end the program in order, and the crash that doesn't. */
#include "app.h"

#include "sockstage/base/mem.h"
#include "sockstage/tui/tui.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

static void on_signal(uv_signal_t *handle, int signum)
{
    struct signals *s = handle->data;

    if (s->heard)
        return;
    s->heard = true;
    s->got(s->ctx, signum);
}

void signals_open(struct signals *s, uv_loop_t *loop,
    void (*got)(void *ctx, int signum), void *ctx)
{
    s->got = got;
    s->ctx = ctx;
    s->heard = false;
    for (size_t i = 0; i < ARRAY_LEN(ending); i++) {
        uv_signal_init(loop, &s->handles[i]);
        s->handles[i].data = s;
        uv_signal_start(&s->handles[i], on_signal, ending[i]);
        uv_unref((uv_handle_t *)&s->handles[i]);
    }
}

void signals_close(struct signals *s)
{
    for (size_t i = 0; i < ARRAY_LEN(ending); i++)
        uv_close((uv_handle_t *)&s->handles[i], NULL);
}

void loop_close(uv_loop_t *loop)
{
    int r = uv_loop_close(loop);

    if (r < 0)
        fprintf(stderr, "sockstage: internal error: the loop: %s\n",
            uv_strerror(r));
}

/* ---- crashes ------------------------------------------------------------ */

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

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
