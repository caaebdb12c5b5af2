/* What setblocking() and settimeout() share. */
#ifndef SOCKSTAGE_CALLS_BLOCKING_H
#define SOCKSTAGE_CALLS_BLOCKING_H

#include "sockstage/calls/call.h"

/* ioctl(3, FIONBIO, [1]) for a socket that does not block. Python's sockets
 * with a timeout do not block either: it polls before each call. */
void blocking_describe(const struct call *c, double timeout_s, struct str *out);

enum call_step blocking_set(struct call *c, double timeout_s);

#endif
