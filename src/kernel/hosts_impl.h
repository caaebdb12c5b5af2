/* What the files of the hosts share: the steps of opening and the trial. */
#ifndef SOCKSTAGE_KERNEL_HOSTS_IMPL_H
#define SOCKSTAGE_KERNEL_HOSTS_IMPL_H

#include "sockstage/kernel/hosts.h"

/* The steps of the private opening in their order, as doctor lists them. */
enum hosts_step {
#define STEP(id, name, remedy) HOSTS_STEP_##id,
#include "hosts_steps.def"
#undef STEP
    HOSTS_STEP_COUNT
};

/* Opens private hosts and keeps in `*step` the step that it is at, so that
 * after a failure it is the one that failed. */
int hosts_open_private(
    struct hosts **out, enum hosts_step *step, struct err *e);

/* Whether the kernel gave the hosts their IPv6 addresses. */
bool hosts_has_ipv6(const struct hosts *h);

/* How an opening in a forked child went; plain data, it goes through a pipe. */
struct hosts_trial {
    int rc; /* of hosts_open_private() */
    enum hosts_step step;
    struct err why;
    bool has_ipv6;
    char skipped[8192]; /* whole lines of hosts_skipped() */
};

/* Forks a child that opens private hosts, and waits for its report and its
 * end. -errno if there was no report, otherwise 0. */
int hosts_trial_run(struct hosts_trial *out, struct err *e);

#endif
