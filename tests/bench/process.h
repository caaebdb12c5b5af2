/* A command from its start to its end, with its output thrown away. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

struct cost {
    double wall_s, cpu_s, peak_mib;
};

/* -1 with a message if it can't be started or fails. */
int process_cost(char **argv, struct cost *out);

#endif
