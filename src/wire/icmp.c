/* Building of ICMP errors, byte by byte. The source is the address that was not
 * reached: a host would send a port error itself, and an address that only a
 * router has would fail the receiver's reverse path filter (rp_filter), which
 * knows no route to it. */
#include "sockstage/wire/icmp.h"

#include "checksum.h"

#include <netinet/in.h>
#include <string.h>

#define IP4_HEADER    20U
#define IP6_HEADER    40U
#define ICMP_HEADER   8U
#define IP4_ERROR_MAX 576U
#define HOPS          64

enum {
    ICMP4_UNREACHABLE = 3,
    ICMP6_UNREACHABLE = 1,
    ICMP6_FIRST_INFORMATION = 128,
};

static const struct {
    uint8_t code4, code6;
} codes[] = {
#define UNREACHABLE(id, word, code4, code6)                                    \
    [WIRE_UNREACHABLE_##id] = {code4, code6},
#include "sockstage/wire/unreachables.def"
#undef UNREACHABLE
};

/* RFC 792: types 3 to 5, 11 and 12 report errors. */
static bool is_error(const struct segment *s)
{
    uint8_t type = s->icmp_type;

    if (s->proto == IPPROTO_ICMP)
        return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    return s->proto == IPPROTO_ICMPV6 && type < ICMP6_FIRST_INFORMATION;
}

static bool is_unicast(const struct addr *a)
{
    if (a->family == AF_INET)
        return a->ip[0] != 0 && a->ip[0] < 224;
    return a->ip[0] != 0xff && !addr_is_any(a);
}

bool icmp_may_answer(const struct segment *s)
{
    /* Of a later fragment the transport header is not known. */
    return !s->malformed && s->transport_offset > 0 && !is_error(s) &&
           is_unicast(&s->src) && is_unicast(&s->dst);
}

static size_t put_ip4(const struct segment *s, size_t len, uint8_t *out)
{
    memset(out, 0, IP4_HEADER);
    out[0] = 0x45;
    out[1] = 0xc0; /* internetwork control: RFC 1812, section 4.3.2.5 */
    checksum_put16(out + 2, IP4_HEADER + len);
    out[6] = 0x40; /* don't fragment */
    out[8] = HOPS;
    out[9] = IPPROTO_ICMP;
    memcpy(out + 12, s->dst.ip, 4);
    memcpy(out + 16, s->src.ip, 4);
    checksum_put16(out + 10, checksum_fold(checksum_add(0, out, IP4_HEADER)));
    return IP4_HEADER;
}

static size_t put_ip6(const struct segment *s, size_t len, uint8_t *out)
{
    memset(out, 0, IP6_HEADER);
    out[0] = 0x60;
    checksum_put16(out + 4, len);
    out[6] = IPPROTO_ICMPV6;
    out[7] = HOPS;
    memcpy(out + 8, s->dst.ip, 16);
    memcpy(out + 24, s->src.ip, 16);
    return IP6_HEADER;
}

size_t icmp_unreachable(enum wire_unreachable what, const struct segment *s,
    const uint8_t *packet, uint8_t out[ICMP_ERROR_MAX])
{
    bool is_ip4 = s->src.family == AF_INET;
    size_t max = is_ip4 ? IP4_ERROR_MAX : ICMP_ERROR_MAX;
    size_t ip_len = is_ip4 ? IP4_HEADER : IP6_HEADER;
    size_t quoted = s->packet_len;
    uint64_t total = 0;

    if (!icmp_may_answer(s))
        return 0;
    if (quoted > max - ip_len - ICMP_HEADER)
        quoted = max - ip_len - ICMP_HEADER;
    size_t len = ICMP_HEADER + quoted;
    uint8_t *icmp =
        out + (is_ip4 ? put_ip4(s, len, out) : put_ip6(s, len, out));
    memset(icmp, 0, ICMP_HEADER);
    icmp[0] = is_ip4 ? ICMP4_UNREACHABLE : ICMP6_UNREACHABLE;
    icmp[1] = is_ip4 ? codes[what].code4 : codes[what].code6;
    memcpy(icmp + ICMP_HEADER, packet, quoted);
    /* RFC 4443 section 2.3: ICMPv6 sums a pseudo-header too. */
    if (!is_ip4)
        total = checksum_add(len + IPPROTO_ICMPV6, out + 8, 32);
    checksum_put16(icmp + 2, checksum_fold(checksum_add(total, icmp, len)));
    return ip_len + len;
}
