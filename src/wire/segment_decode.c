/* From the bytes of an IP packet to struct segment. Any bytes may come in:
 * every read is checked against the end of what is there, and a packet that
 * promises more than it holds yields what fitted, marked malformed. */
#include "sockstage/wire/segment.h"

#include <netinet/in.h>
#include <string.h>

#define IP4_HEADER_MIN 20U
#define IP6_HEADER     40U
#define TCP_HEADER_MIN 20U
#define UDP_HEADER     8U
#define ICMP_HEADER    8U
#define IP6_OPTION_MIN 8U /* every extension header is at least that long */

/* Next-header values that <netinet/in.h> lacks: RFC 6275, 7401, 5533. */
#define NEXT_MOBILITY 135
#define NEXT_HIP      139
#define NEXT_SHIM6    140

/* Kinds of TCP options: RFC 9293 section 3.2, 7323, 2018. */
enum option_kind {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WSCALE = 3,
    OPTION_SACK_OK = 4,
    OPTION_SACK = 5,
    OPTION_TIMESTAMPS = 8,
};

/* The bytes of one packet, up to where its IP header says it ends. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

static bool fits(const struct bytes *b, size_t offset, size_t len)
{
    return offset <= b->len && len <= b->len - offset;
}

static uint16_t read16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t read32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           (uint32_t)p[3];
}

static void decode_sack(const uint8_t *p, size_t len, struct segment_options *o)
{
    size_t count = (len - 2) / 8;

    if (count > SEGMENT_SACK_MAX)
        count = SEGMENT_SACK_MAX;
    for (size_t i = 0; i < count; i++) {
        o->sack[i].left = read32(p + 2 + i * 8);
        o->sack[i].right = read32(p + 6 + i * 8);
    }
    o->sack_count = (uint8_t)count;
}

static void decode_option(
    const uint8_t *p, size_t len, struct segment_options *o)
{
    if (p[0] == OPTION_MSS && len == 4) {
        o->has_mss = true;
        o->mss = read16(p + 2);
    } else if (p[0] == OPTION_WSCALE && len == 3) {
        o->has_wscale = true;
        o->wscale = p[2];
    } else if (p[0] == OPTION_SACK_OK && len == 2) {
        o->has_sack_ok = true;
    } else if (p[0] == OPTION_SACK && len >= 10) {
        decode_sack(p, len, o);
    } else if (p[0] == OPTION_TIMESTAMPS && len == 10) {
        o->has_timestamps = true;
        o->ts_val = read32(p + 2);
        o->ts_ecr = read32(p + 6);
    }
}

/* An option longer than what is left ends the list and harms nothing else, as
 * in the kernel: net/ipv4/tcp_input.c, tcp_parse_options(). */
static void decode_options(
    const uint8_t *p, size_t len, struct segment_options *o)
{
    size_t i = 0;

    while (i < len && p[i] != OPTION_END) {
        if (p[i] == OPTION_NOP) {
            i++;
            continue;
        }
        if (len - i < 2 || p[i + 1] < 2 || p[i + 1] > len - i)
            return;
        decode_option(p + i, p[i + 1], o);
        i += p[i + 1];
    }
}

static void decode_ports(const struct bytes *b, size_t at, struct segment *s)
{
    if (!fits(b, at, 4))
        return;
    s->src.port = read16(b->data + at);
    s->dst.port = read16(b->data + at + 2);
}

static void decode_tcp(const struct bytes *b, size_t at, struct segment *s)
{
    const uint8_t *p = b->data + at;

    decode_ports(b, at, s);
    if (fits(b, at, 8))
        s->seq_raw = read32(p + 4);
    if (fits(b, at, 12))
        s->ack_raw = read32(p + 8);
    if (fits(b, at, 14))
        s->flags = p[13];
    if (fits(b, at, 16))
        s->window = read16(p + 14);
    size_t header = fits(b, at, TCP_HEADER_MIN) ? (size_t)(p[12] >> 4) * 4 : 0;
    if (header < TCP_HEADER_MIN || !fits(b, at, header)) {
        s->malformed = true;
        return;
    }
    decode_options(p + TCP_HEADER_MIN, header - TCP_HEADER_MIN, &s->options);
    s->payload_offset = (uint32_t)(at + header);
    s->len = (uint32_t)(b->len - at - header);
}

static void decode_udp(const struct bytes *b, size_t at, struct segment *s)
{
    decode_ports(b, at, s);
    if (!fits(b, at, UDP_HEADER)) {
        s->malformed = true;
        return;
    }
    size_t says = read16(b->data + at + 4);
    size_t there = b->len - at;
    /* The first fragment carries the length of the whole datagram. */
    if (says < UDP_HEADER || (says > there && !s->fragment))
        s->malformed = true;
    if (says < there && says >= UDP_HEADER)
        there = says;
    s->payload_offset = (uint32_t)(at + UDP_HEADER);
    s->len = (uint32_t)(there - UDP_HEADER);
}

static void decode_icmp(const struct bytes *b, size_t at, struct segment *s)
{
    if (fits(b, at, 1))
        s->icmp_type = b->data[at];
    if (fits(b, at, 2))
        s->icmp_code = b->data[at + 1];
    if (fits(b, at, ICMP_HEADER))
        s->payload_offset = (uint32_t)(at + ICMP_HEADER);
    else
        s->malformed = true;
}

static void decode_transport(
    const struct bytes *b, size_t at, bool has_header, struct segment *s)
{
    s->payload_offset = (uint32_t)at;
    if (!has_header) {
        if (s->proto == IPPROTO_TCP || s->proto == IPPROTO_UDP)
            s->len = (uint32_t)(b->len - at);
        return;
    }
    s->transport_offset = (uint32_t)at;
    if (s->proto == IPPROTO_TCP)
        decode_tcp(b, at, s);
    else if (s->proto == IPPROTO_UDP)
        decode_udp(b, at, s);
    else if ((s->proto == IPPROTO_ICMP && s->src.family == AF_INET) ||
             (s->proto == IPPROTO_ICMPV6 && s->src.family == AF_INET6))
        decode_icmp(b, at, s);
}

/* Ends the packet where its header says; what follows is not part of it.
 * Returns whether the header says more than there is. */
static bool cut_to_length(struct bytes *b, size_t says, struct segment *s)
{
    bool short_of = says > b->len;

    if (!short_of)
        b->len = says;
    s->packet_len = (uint32_t)b->len;
    return short_of;
}

static void decode_ip4(struct bytes b, struct segment *s)
{
    const uint8_t *p = b.data;

    s->src.family = s->dst.family = AF_INET;
    s->packet_len = (uint32_t)b.len;
    s->malformed = true;
    if (!fits(&b, 0, IP4_HEADER_MIN))
        return;
    s->ttl = p[8];
    s->proto = p[9];
    memcpy(s->src.ip, p + 12, 4);
    memcpy(s->dst.ip, p + 16, 4);
    size_t header = (size_t)(p[0] & 0x0f) * 4;
    size_t total = read16(p + 2);
    if (header < IP4_HEADER_MIN || total < header || !fits(&b, 0, header))
        return;
    unsigned frag = read16(p + 6);
    s->fragment = (frag & 0x3fff) != 0; /* more fragments, or an offset */
    s->malformed = cut_to_length(&b, total, s);
    decode_transport(&b, header, (frag & 0x1fff) == 0, s);
}

static bool is_extension(uint8_t next)
{
    return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
           next == IPPROTO_FRAGMENT || next == IPPROTO_DSTOPTS ||
           next == IPPROTO_AH || next == NEXT_MOBILITY || next == NEXT_HIP ||
           next == NEXT_SHIM6;
}

/* The length of the extension header at `p`: RFC 8200 section 4, 4302. */
static size_t extension_len(uint8_t kind, const uint8_t *p)
{
    if (kind == IPPROTO_FRAGMENT)
        return IP6_OPTION_MIN;
    if (kind == IPPROTO_AH)
        return ((size_t)p[1] + 2) * 4;
    return ((size_t)p[1] + 1) * 8;
}

/* Walks the extension headers from payload_offset on, which then points behind
 * them; sets proto and fragment. Returns whether all of them are there. */
static bool skip_extensions(
    const struct bytes *b, bool *has_header, struct segment *s)
{
    while (is_extension(s->proto) && *has_header) {
        const uint8_t *p = b->data + s->payload_offset;
        uint8_t kind = s->proto;
        if (!fits(b, s->payload_offset, IP6_OPTION_MIN) ||
            !fits(b, s->payload_offset, extension_len(kind, p))) {
            s->malformed = true;
            return false;
        }
        s->proto = p[0];
        s->payload_offset += (uint32_t)extension_len(kind, p);
        if (kind != IPPROTO_FRAGMENT)
            continue;
        /* Offset 0 and none to follow: a whole datagram, RFC 6946. */
        unsigned frag = read16(p + 2);
        s->fragment = s->fragment || (frag & 0xfff9) != 0;
        *has_header = (frag & 0xfff8) == 0;
    }
    return true;
}

static void decode_ip6(struct bytes b, struct segment *s)
{
    const uint8_t *p = b.data;
    bool has_header = true;

    s->src.family = s->dst.family = AF_INET6;
    s->packet_len = (uint32_t)b.len;
    if (!fits(&b, 0, IP6_HEADER)) {
        s->malformed = true;
        return;
    }
    s->proto = p[6];
    s->ttl = p[7];
    memcpy(s->src.ip, p + 8, 16);
    memcpy(s->dst.ip, p + 24, 16);
    s->malformed = cut_to_length(&b, IP6_HEADER + (size_t)read16(p + 4), s);
    s->payload_offset = IP6_HEADER;
    if (skip_extensions(&b, &has_header, s))
        decode_transport(&b, s->payload_offset, has_header, s);
}

static bool decode_packet(
    const uint8_t *packet, size_t len, struct segment *out)
{
    /* No IP packet is longer: the field is 16 bits, plus IPv6's own header. */
    struct bytes b = {packet, len < 65575 ? len : 65575};

    memset(out, 0, sizeof *out);
    if (len == 0)
        return false;
    if (packet[0] >> 4 == 4)
        decode_ip4(b, out);
    else if (packet[0] >> 4 == 6)
        decode_ip6(b, out);
    else
        return false;
    return true;
}

/* RFC 792; RFC 4443, section 2.1: error messages have types below 128. */
static bool is_icmp_error(const struct segment *s)
{
    if (s->fragment || s->payload_offset == 0)
        return false;
    if (s->src.family == AF_INET6)
        return s->proto == IPPROTO_ICMPV6 && s->icmp_type < 128;
    return s->proto == IPPROTO_ICMP &&
           (s->icmp_type == 3 || s->icmp_type == 4 || s->icmp_type == 5 ||
               s->icmp_type == 11 || s->icmp_type == 12);
}

/* An error quotes the beginning of a packet: its IP header and at least eight
 * bytes more, so the ports are there. A quote within a quote is not read. */
bool segment_decode(const uint8_t *packet, size_t len, struct segment *out)
{
    struct segment about;
    size_t at;

    if (!decode_packet(packet, len, out))
        return false;
    at = out->payload_offset;
    if (!is_icmp_error(out) || at >= out->packet_len ||
        !decode_packet(packet + at, out->packet_len - at, &about) ||
        about.payload_offset == 0)
        return true;
    out->quoted = (struct segment_quote){about.proto, about.src, about.dst};
    return true;
}
