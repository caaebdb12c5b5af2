/* User and network namespaces of the calling thread (namespaces(7)). */
#ifndef SOCKSTAGE_KERNEL_NETNS_H
#define SOCKSTAGE_KERNEL_NETNS_H

#include "sockstage/base/err.h"

#include <stdbool.h>

/* Whether this process may make network namespaces and configure them as it
 * is; otherwise it needs netns_enter_user() first. */
bool netns_is_privileged(void);

/* Moves the process into a new user namespace that maps its user and group to
 * themselves and gives it all capabilities there. */
int netns_enter_user(struct err *e);

/* Moves the thread into a new, empty network namespace. */
int netns_enter_new(struct err *e);

/* A descriptor for the thread's network namespace; the caller closes it. */
int netns_open_current(int *fd, struct err *e);

/* Moves the thread into the network namespace of `fd`. */
int netns_enter(int fd, struct err *e);

#endif
