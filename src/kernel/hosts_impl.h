/* What the files of the hosts share: what they are made of, the steps of
 * opening, and the trial. */
#ifndef SOCKSTAGE_KERNEL_HOSTS_IMPL_H
#define SOCKSTAGE_KERNEL_HOSTS_IMPL_H

#include "link_config.h"
#include "sockstage/kernel/hosts.h"

#define LINKS_MAX 2

/* The links of a host; the first is wire0. */
struct host_plan {
    struct link_plan links[LINKS_MAX];
    size_t count;
};

extern const struct host_plan host_plans[HOST_COUNT];

/* How the packets of the private wire get here. AUTO: TUN devices, unless
 * /dev/net/tun may not be opened. */
enum wire_build { WIRE_AUTO, WIRE_TUN, WIRE_VETH };

struct side {
    int ns_fd;
    int link_fds[LINKS_MAX]; /* of veth pairs only the first */
    bool has_ipv6;
    struct diag *diag;
};

struct hosts {
    enum hosts_kind kind;
    enum wire_build build;
    struct err tun_refused; /* why it is not TUN; code 0 if nobody asked */
    struct link_shape shape;
    int home_fd;    /* where the thread was before */
    int wire_ns_fd; /* where the outer ends of veth pairs are; -1: none */
    int current;    /* enum host, or -1 before the first hosts_enter() */
    struct side sides[HOST_COUNT];
    struct str skipped;
};

/* Reads which way the environment asks for ($SOCKSTAGE_WIRE). */
int hosts_choose_build(struct hosts *h, struct err *e);

/* The thread is on that host: makes its links, still without addresses. */
int hosts_open_links(struct hosts *h, enum host host, struct err *e);

/* Back to the host (or -1) where the thread was before a hosts_enter(). */
void hosts_go_back(struct hosts *h, int before);

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

/* How an opening in a forked child went; plain data, it goes through a pipe. */
struct hosts_trial {
    int rc; /* of hosts_open_private() */
    enum hosts_step step;
    struct err why;
    struct err tun_refused;
    enum wire_build build;
    bool has_ipv6;
    char skipped[8192]; /* whole lines of hosts_skipped() */
};

/* Forks a child that opens private hosts, and waits for its report and its
 * end. -errno if there was no report, otherwise 0. */
int hosts_trial_run(struct hosts_trial *out, struct err *e);

#endif
