/* Network settings of the thread's own network namespace (/proc/sys/net). */
#ifndef SOCKSTAGE_KERNEL_SYSCTL_H
#define SOCKSTAGE_KERNEL_SYSCTL_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

/* Names and results are those of hosts_setting_read() and
 * hosts_setting_write(). sysctl_read() replaces what `out` holds. */
int sysctl_read(const char *name, struct str *out, struct err *e);
int sysctl_write(const char *name, const char *value, struct err *e);

#endif
