/* One IP packet seen on the wire, decoded: plain data. Decoding is pure and
 * takes any bytes; RFC 791, 8200 (IP), 9293 (TCP), 768 (UDP), 792, 4443. */
#ifndef SOCKSTAGE_WIRE_SEGMENT_H
#define SOCKSTAGE_WIRE_SEGMENT_H

#include "sockstage/base/addr.h"
#include "sockstage/base/host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of the TCP header's control field. */
enum segment_flag {
    SEGMENT_FIN = 0x01,
    SEGMENT_SYN = 0x02,
    SEGMENT_RST = 0x04,
    SEGMENT_PSH = 0x08,
    SEGMENT_ACK = 0x10,
    SEGMENT_URG = 0x20,
    SEGMENT_ECE = 0x40,
    SEGMENT_CWR = 0x80,
};

#define SEGMENT_SACK_MAX 4

/* TCP options; each `has_` says whether it was there. */
struct segment_options {
    bool has_mss, has_wscale, has_sack_ok, has_timestamps;
    uint16_t mss;
    uint8_t wscale;
    uint32_t ts_val, ts_ecr;
    uint8_t sack_count;
    struct {
        uint32_t left, right; /* raw */
    } sack[SEGMENT_SACK_MAX];
};

/* What a repeat, a probe or an acknowledgment is beyond its flags. The headers
 * tell REPEAT, PROBE and DUPLICATE_ACK; which timer sent it only the sender's
 * kernel knows. SEGMENT_KIND rows give the words of the journal. */
enum segment_kind {
#define SEGMENT_KIND(id, name) SEGMENT_KIND_##id,
#include "sockstage/wire/segment_kinds.def"
#undef SEGMENT_KIND
    SEGMENT_KINDS
};
/* "fast retransmit", "keep-alive" ..; NULL for NONE. */
const char *segment_kind_name(enum segment_kind kind);

/* The packet that an ICMP error quotes, as it was sent: `src` is an address of
 * the host that the error goes to. */
struct segment_quote {
    uint8_t proto;
    struct addr src, dst; /* family 0: nothing is quoted */
};

struct segment {
    uint64_t id;   /* 1, 2, ... in the order of entering the wire */
    uint64_t t_ns; /* when it entered, CLOCK_MONOTONIC */
    enum host from;
    uint8_t proto;  /* IPPROTO_TCP, _UDP, _ICMP, _ICMPV6; else as found */
    bool malformed; /* shorter than its headers say: only what fitted is set */
    bool fragment;  /* not a whole datagram: the ports may be missing */
    struct addr src, dst; /* ports are 0 where the protocol has none */
    uint8_t ttl;
    uint32_t packet_len;       /* bytes of the IP packet */
    uint32_t transport_offset; /* of the header behind IP's; 0: there is none */
    uint32_t payload_offset;   /* of the payload within the packet */

    /* TCP; `len` also UDP: payload bytes. */
    uint8_t flags; /* enum segment_flag */
    uint32_t seq_raw, ack_raw;
    uint32_t seq, ack; /* relative to the ISNs; see flow.h */
    bool has_relative; /* seq and ack are set */
    uint32_t len;
    uint16_t window; /* the raw field */
    struct segment_options options;
    bool retransmission; /* all its sequence numbers were sent before */
    bool probe;          /* bare ACK with seq one below what was sent */
    enum segment_kind kind;
    uint32_t flow;    /* number of its connection on this wire; 0: none */
    uint32_t times;   /* how often it was sent before; of what belongs to no
                       * connection: how many others of its direction were */
    bool from_router; /* an ICMP error made by the wire; `from` is the side
                       * opposite to its receiver */

    /* ICMP and ICMPv6. */
    uint8_t icmp_type, icmp_code;
    struct segment_quote quoted; /* what an error is about */
};

/* What became of a segment. VERDICT rows give the name of the journal. */
enum verdict {
    VERDICT_HELD,      /* waits for `wire deliver` or `wire release` */
    VERDICT_DELIVERED, /* written to the receiving host */
    VERDICT_DROPPED,   /* vanished on the wire */
    VERDICT_DUPLICATED,
    VERDICT_CORRUPTED,
    VERDICT_COALESCED, /* a repeat was folded into this segment */
    VERDICT_ANSWERED,  /* an ICMP error was sent back instead */
};
const char *verdict_name(enum verdict v); /* "held", "delivered", ... */

/* Decodes `len` bytes into `*out` (all of it is written). Returns false if it
 * isn't IPv4 or IPv6 at all; a truncated packet gives malformed = true.
 * What the packet alone does not tell (`id`, `t_ns`, `from`, `seq`, `ack`,
 * `retransmission` .. `from_router`) stays 0. */
bool segment_decode(const uint8_t *packet, size_t len, struct segment *out);

/* Sequence space: modulo 2^32 (RFC 9293, section 3.4). */
bool seq_before(uint32_t a, uint32_t b);
bool seq_after_or_equal(uint32_t a, uint32_t b);

/* The sequence numbers a segment takes: payload plus one each for SYN, FIN. */
uint32_t segment_seq_len(const struct segment *s);

/* "SYN+ACK", "PSH+ACK": the set bits joined with + in the order SYN FIN RST
 * PSH ACK URG; "" if none. Returns `out`. */
#define SEGMENT_FLAGS_TEXT_MAX 32
char *segment_format_flags(uint8_t flags, char out[SEGMENT_FLAGS_TEXT_MAX]);
/* Such a text back to bits; false for any other one. */
bool segment_parse_flags(const char *text, uint8_t *flags);

/* What the ladder calls it: "SYN", "SYN+ACK", "ACK", "FIN", "RST", "DATA
 * 1000", "FIN 1000" (with payload), "PROBE", "UDP 5", "ICMP port unreachable"
 * ... at most `size` bytes with the NUL. Returns `out`. */
char *segment_format_name(const struct segment *s, char *out, size_t size);

/* The options as tcpdump words them: "mss 1012,sackOK,TS val 1 ecr 0,wscale
 * 7"; "" if there are none. Returns `out`. */
#define SEGMENT_OPTIONS_TEXT_MAX 200
char *segment_format_options(
    const struct segment_options *o, char out[SEGMENT_OPTIONS_TEXT_MAX]);
/* Such a text back to the options; false for any other one. */
bool segment_parse_options(const char *text, struct segment_options *out);

/* "port unreachable (3/3)"; the name follows the address family. */
#define SEGMENT_ICMP_TEXT_MAX 64
char *segment_format_icmp(
    const struct segment *s, char out[SEGMENT_ICMP_TEXT_MAX]);

#endif
