/* The fields of the headers that nobody looks at but whoever builds the packet
 * again. Every read is checked against the end of what is there. */
#include "sockstage/wire/rebuild.h"

#include <netinet/in.h>
#include <string.h>

#define IP4_HEADER_MIN 20U
#define IP6_HEADER     40U
#define IP6_EXTENSION  8U /* at least */

struct bytes {
    const uint8_t *data;
    size_t len;
};

static bool fits(const struct bytes *b, size_t at, size_t len)
{
    return at <= b->len && len <= b->len - at;
}

static uint16_t read16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t read32(const uint8_t *p)
{
    return (uint32_t)read16(p) << 16 | read16(p + 2);
}

static void take_ip4(const struct bytes *b, struct segment_rest *out)
{
    unsigned frag;

    if (!fits(b, 0, IP4_HEADER_MIN))
        return;
    frag = read16(b->data + 6);
    out->tos = b->data[1];
    out->ip_id = read16(b->data + 4);
    out->dont_fragment = (frag & 0x4000) != 0;
    out->more_fragments = (frag & 0x2000) != 0;
    out->fragment_offset = (uint16_t)((frag & 0x1fff) * 8);
}

static void take_fragment(const uint8_t *p, struct segment_rest *out)
{
    unsigned frag = read16(p + 2);

    out->fragment_offset = frag & 0xfff8;
    out->more_fragments = out->more_fragments || (frag & 1) != 0;
    out->ip_id = read32(p + 4);
}

/* The extension headers end where the next header begins: at `end`. */
static void take_ip6(
    const struct bytes *b, size_t end, struct segment_rest *out)
{
    size_t at = IP6_HEADER;
    uint8_t next;

    if (!fits(b, 0, IP6_HEADER))
        return;
    out->tos = (uint8_t)(read16(b->data) >> 4 & 0xff);
    out->flow_label = read32(b->data) & 0xfffff;
    next = b->data[6];
    while (at < end && fits(b, at, IP6_EXTENSION)) {
        const uint8_t *p = b->data + at;
        if (next == IPPROTO_FRAGMENT)
            take_fragment(p, out);
        at += next == IPPROTO_FRAGMENT ? IP6_EXTENSION
              : next == IPPROTO_AH     ? ((size_t)p[1] + 2) * 4
                                       : ((size_t)p[1] + 1) * 8;
        next = p[0];
    }
}

static void take_transport(
    const struct bytes *b, const struct segment *s, struct segment_rest *out)
{
    size_t at = s->transport_offset;

    if (at == 0)
        return;
    if (s->proto == IPPROTO_TCP && fits(b, at, 20))
        out->urgent = read16(b->data + at + 18);
    if (s->proto == IPPROTO_UDP && fits(b, at, 8) &&
        read16(b->data + at + 4) != s->len + 8)
        out->udp_len = read16(b->data + at + 4);
    if ((s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6) &&
        fits(b, at, 8))
        out->icmp_word = read32(b->data + at + 4);
}

void segment_decode_rest(const uint8_t *packet, size_t len,
    const struct segment *s, struct segment_rest *out)
{
    const struct bytes b = {packet, len};

    memset(out, 0, sizeof *out); /* the journal packs its padding, too */
    if (s->src.family == AF_INET)
        take_ip4(&b, out);
    else if (s->src.family == AF_INET6)
        take_ip6(&b,
            s->transport_offset ? s->transport_offset : s->payload_offset, out);
    take_transport(&b, s, out);
}
