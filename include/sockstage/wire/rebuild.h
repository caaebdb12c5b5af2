/* A packet built again from what was decoded of it: recordings keep the fields
 * of the headers, and the bytes only where they were asked to. Pure; whatever
 * the fields say, nothing is written beyond what the caller has room for. */
#ifndef SOCKSTAGE_WIRE_REBUILD_H
#define SOCKSTAGE_WIRE_REBUILD_H

#include "sockstage/wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the headers say beyond struct segment. All 0: of a recording that does
 * not tell. The order packs well: see the journal. */
struct segment_rest {
    uint32_t ip_id; /* identification; IPv6: that of the fragment header */
    uint8_t tos;    /* type of service; IPv6: traffic class */
    bool dont_fragment, more_fragments;
    uint32_t flow_label;      /* IPv6 */
    uint16_t fragment_offset; /* in bytes */
    uint16_t urgent;          /* TCP's pointer */
    uint32_t icmp_word;       /* the four bytes behind ICMP's checksum */
    uint16_t udp_len;         /* UDP's field where it isn't len + 8: what a
                               * first fragment says of the whole datagram */
};

/* Of the packet that segment_decode() made `s` from. */
void segment_decode_rest(const uint8_t *packet, size_t len,
    const struct segment *s, struct segment_rest *out);

/* No IP packet is longer: IPv6 counts 65535 bytes behind its own header. */
#define SEGMENT_PACKET_MAX 65575

struct segment_parts {
    const struct segment *seg;
    const struct segment_rest *rest; /* NULL: all 0 */
};

/* Builds the packet again: the headers as Linux writes them, zeros as payload,
 * checksums that fit those. An ICMP error quotes `quoted` as far as it has room
 * (NULL: what its own fields tell of it). What makes no header (lengths that
 * contradict each other) is replaced by what would be usual.
 *
 * Writes at most `size` bytes and returns the packet's whole length, of which
 * there are at most SEGMENT_PACKET_MAX; 0 if no packet has these addresses. */
size_t segment_rebuild(const struct segment_parts *what,
    const struct segment_parts *quoted, uint8_t *out, size_t size);

#endif
