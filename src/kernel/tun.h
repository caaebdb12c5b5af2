/* TUN devices: an interface whose packets this process reads and writes. */
#ifndef SOCKSTAGE_KERNEL_TUN_H
#define SOCKSTAGE_KERNEL_TUN_H

#include "sockstage/base/err.h"

/* Makes a TUN device of that name and interface index in the thread's network
 * namespace, where it stays until that ends. `*fd` is its packet end
 * (non-blocking, one bare IP packet a read or write), which the caller
 * closes. */
int tun_open(const char *name, int ifindex, int *fd, struct err *e);

#endif
