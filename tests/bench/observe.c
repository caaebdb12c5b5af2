/* See observe.h. */
#include "observe.h"

#include "figures.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS_MAX  64
#define SPINNERS_MAX 64

/* ---- /proc ----------------------------------------------------------------
 */

/* The number behind `field` at the beginning of a line; -1: not found. */
static long long proc_number(const char *path, const char *field)
{
    char line[512];
    long long number = -1;
    FILE *f = fopen(path, "re");

    if (!f)
        return -1;
    while (number < 0 && fgets(line, sizeof line, f)) {
        if (strncmp(line, field, strlen(field)) == 0)
            number = strtoll(line + strlen(field), NULL, 10);
    }
    fclose(f);
    return number;
}

double memory_mib(pid_t pid, const char *field)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    long long kib = proc_number(path, field);
    return kib < 0 ? -1 : (double)kib / 1024;
}

double memory_peak_mib(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    long long kib = proc_number(path, "VmHWM:");
    return kib < 0 ? -1 : (double)kib / 1024;
}

static size_t threads_of(pid_t pid, pid_t *out)
{
    char path[64];
    struct dirent *entry;
    size_t n = 0;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *d = opendir(path);
    if (!d)
        return 0;
    while (n < THREADS_MAX && (entry = readdir(d)) != NULL) {
        if (entry->d_name[0] != '.')
            out[n++] = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    closedir(d);
    return n;
}

static uint64_t sum_of_threads(pid_t pid, const char *file, const char *field)
{
    pid_t threads[THREADS_MAX];
    size_t n = threads_of(pid, threads);
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        char path[96];
        snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid,
            (int)threads[i], file);
        long long number = proc_number(path, field);
        if (number > 0)
            sum += (uint64_t)number;
    }
    return sum;
}

uint64_t cpu_ns(pid_t pid)
{
    return sum_of_threads(pid, "schedstat", "");
}

uint64_t switches(pid_t pid)
{
    return sum_of_threads(pid, "status", "voluntary_ctxt_switches:");
}

/* ---- system calls ---------------------------------------------------------
 */

struct trace {
    pid_t threads[THREADS_MAX];
    size_t n;
    long entered;
};

/* Lets a stopped thread go on; counts it if it stopped to enter a call. */
static void trace_step(struct trace *tr, pid_t thread, int status)
{
    struct __ptrace_syscall_info info;
    int signum = WSTOPSIG(status);
    long deliver = signum;

    if (!WIFSTOPPED(status))
        return;
    if (signum == (SIGTRAP | 0x80)) {
        long got =
            ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof info, &info);
        if (got > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY)
            tr->entered++;
        deliver = 0;
    } else if (status >> 16) {
        deliver = 0; /* an event stop, not a signal's */
    }
    ptrace(PTRACE_SYSCALL, thread, NULL, (void *)deliver);
}

static void trace_for(struct trace *tr, struct terminal *t, uint64_t span_ns)
{
    uint64_t begin = now_ns();

    while (now_ns() - begin < span_ns) {
        bool any = false;
        for (size_t i = 0; i < tr->n; i++) {
            int status;
            if (waitpid(tr->threads[i], &status, WNOHANG | __WALL) > 0) {
                trace_step(tr, tr->threads[i], status);
                any = true;
            }
        }
        if (!any && !terminal_pump(t, 2 * MS_NS) && t->ended)
            return;
    }
}

static void trace_detach(struct trace *tr)
{
    for (size_t i = 0; i < tr->n; i++) {
        int status;
        ptrace(PTRACE_INTERRUPT, tr->threads[i], NULL, NULL);
        if (waitpid(tr->threads[i], &status, __WALL) > 0)
            ptrace(PTRACE_DETACH, tr->threads[i], NULL, NULL);
    }
}

long syscalls_within(struct terminal *t, uint64_t span_ns)
{
    struct trace tr = {.n = 0};
    pid_t all[THREADS_MAX];
    size_t n = threads_of(t->pid, all);

    for (size_t i = 0; i < n; i++) {
        if (ptrace(PTRACE_SEIZE, all[i], NULL,
                (void *)(long)PTRACE_O_TRACESYSGOOD) == 0) {
            tr.threads[tr.n++] = all[i];
            ptrace(PTRACE_INTERRUPT, all[i], NULL, NULL);
        }
    }
    if (tr.n == 0)
        return -1;
    /* To be seized ends a sleep in epoll_wait() with EINTR (signal(7)): the
     * calls that follow are our doing. */
    trace_for(&tr, t, 300 * MS_NS);
    tr.entered = 0;
    trace_for(&tr, t, span_ns);
    trace_detach(&tr);
    return tr.entered;
}

/* ---- processors kept awake ------------------------------------------------
 */

static pid_t spinners[SPINNERS_MAX];
static size_t spinner_count;

static void spin(pid_t parent)
{
    const struct sched_param param = {0};
    volatile unsigned turns = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || sched_setscheduler(0, SCHED_IDLE, &param) != 0)
        _exit(1);
    for (;;)
        turns++;
}

void awake_begin(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    pid_t parent = getpid();

    for (long i = 0; i < cpus && spinner_count < SPINNERS_MAX; i++) {
        pid_t pid = fork();
        if (pid == 0)
            spin(parent);
        if (pid > 0)
            spinners[spinner_count++] = pid;
    }
}

void awake_end(void)
{
    while (spinner_count > 0) {
        pid_t pid = spinners[--spinner_count];
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
}
