/* The address that the kernel gives a socket which nobody has bound. */
#ifndef SOCKSTAGE_CALLS_IMPLICIT_H
#define SOCKSTAGE_CALLS_IMPLICIT_H

#include "sockstage/calls/call.h"

/* Before a call in which the kernel would bind the socket to a port on every
 * address of the machine: listen(), and sending a datagram. Where '' means one
 * address only (the loopback wire) it is bound to that one, so that nothing
 * from outside reaches it; elsewhere the kernel is left to it. False: it can't
 * be bound; the result says so. */
bool implicit_bind(struct call *c);

#endif
