/* What only the hosts may do with their sock_diag socket. */
#ifndef SOCKSTAGE_KERNEL_PROBE_DIAG_H
#define SOCKSTAGE_KERNEL_PROBE_DIAG_H

#include "sockstage/kernel/probe.h"

/* Ends every TCP socket of the namespace at once. With the patience of the
 * stage an orphaned one would keep its namespace for hours. Kernels that
 * cannot (CONFIG_INET_DIAG_DESTROY) leave them to their timers. */
void diag_destroy_all(struct diag *d);

#endif
