/* veth pairs: the way to build the wire where /dev/net/tun may not be opened.
 * One end of a pair is the interface of a host; the other one lies in a
 * namespace of its own, the wire's, where a packet socket reads and writes
 * whole Ethernet frames.
 *
 * Ethernet stays invisible: all hosts have one MAC address and no ARP, so the
 * same header stands in front of every packet (KERNEL: neighbours of a NOARP
 * interface get its own address, arp_constructor(), ndisc_constructor()).
 *
 * A frame that was written has been taken by the host when write(2) returns:
 * veth_xmit() puts it into the backlog of this very CPU, and the end of sending
 * runs the backlog (local_bh_enable() of dev_direct_xmit()). So has what the
 * host answers, and what a call on a host sends. That is as synchronous as TUN;
 * only kernels before 6.4 put it off, while ksoftirqd is at work on that CPU,
 * and those with CONFIG_PREEMPT_RT. */
#ifndef SOCKSTAGE_KERNEL_VETH_H
#define SOCKSTAGE_KERNEL_VETH_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Destination, source, EtherType. */
#define VETH_HEADER_BYTES 14

struct veth_plan {
    const char *name;       /* of the host's end */
    int ifindex;            /* of the host's end */
    int host_ns;            /* descriptor of the namespace it goes to */
    const char *outer_name; /* of the wire's end */
    int outer_ifindex;
};

/* The thread is in the wire's namespace: makes a pair. The wire's end is up
 * and speaks by itself never; the host's end is NOARP and down. Both stay
 * until their namespaces end. */
int veth_open(const struct veth_plan *p, struct err *e);

/* The thread is in the wire's namespace: `*fd` reads and writes the frames of
 * one pair (non-blocking); the caller closes it. */
int veth_open_socket(const struct veth_plan *p, int *fd, struct err *e);

/* Adds a line to `skipped` unless the queue of that socket holds what one burst
 * can bring (as WIRE_QUEUE_PACKETS in link_config.c does on TUN). */
void veth_check_queue(int fd, struct str *skipped);

/* The thread is in the host's namespace: has the kernel finish every packet,
 * with checksums and cut to the MTU, before it leaves by the host's end, and
 * check those that come in. */
int veth_calm(const char *name, struct err *e);

/* What stands in front of an IPv4 packet. */
void veth_header(uint8_t header[VETH_HEADER_BYTES]);

#endif
