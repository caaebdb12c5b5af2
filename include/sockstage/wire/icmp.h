/* ICMP errors as a router sends them. Pure; takes any bytes. */
#ifndef SOCKSTAGE_WIRE_ICMP_H
#define SOCKSTAGE_WIRE_ICMP_H

#include "sockstage/wire/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IPv6 errors fill the smallest MTU, IPv4 ones are shorter: RFC 4443 section
 * 3.1, RFC 1812 section 4.3.2.3. */
#define ICMP_ERROR_MAX WIRE_MTU_IP6_MIN

/* Whether a router may answer this packet by an error. It may not if it is an
 * ICMP error, a later fragment, broken, or to or from a multicast address: RFC
 * 1122 section 3.2.2, RFC 4443 section 2.4. */
bool icmp_may_answer(const struct segment *s);

/* Builds the "destination unreachable" that answers `packet` (what
 * segment_decode() made of it is in `s`): an IP packet to its source, quoting
 * it. Returns its length; 0 if none may be sent. */
size_t icmp_unreachable(enum wire_unreachable what, const struct segment *s,
    const uint8_t *packet, uint8_t out[ICMP_ERROR_MAX]);

#endif
