/* What /proc and ptrace(2) tell about a running program, and the means to keep
 * the processors out of their sleep while it is measured. */
#ifndef BENCH_OBSERVE_H
#define BENCH_OBSERVE_H

#include "terminal.h"

#include <stdint.h>
#include <sys/types.h>

/* Field of /proc/PID/smaps_rollup ("Rss:"), in MiB; negative: unreadable. */
double memory_mib(pid_t pid, const char *field);
/* The most it has had at once so far, in MiB; negative: unreadable. */
double memory_peak_mib(pid_t pid);
/* Time on a processor and voluntary context switches, all threads. */
uint64_t cpu_ns(pid_t pid);
uint64_t switches(pid_t pid);

/* System calls that the program begins within `span_ns`; -1 where tracing is
 * refused. Output of the program is taken meanwhile. */
long syscalls_within(struct terminal *t, uint64_t span_ns);

/* A virtual machine takes up to milliseconds to wake a sleeping processor, more
 * than what is measured. These spinners run only when nothing else wants to. */
void awake_begin(void);
void awake_end(void);

#endif
