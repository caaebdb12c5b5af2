/* Any bytes as the packet that a router answers: the error that comes out is
 * whole, short enough, quotes the packet, and is never answered itself. */
#include "sockstage/wire/icmp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(
    enum wire_unreachable what, const struct segment *to, const uint8_t *packet)
{
    uint8_t error[ICMP_ERROR_MAX], again[ICMP_ERROR_MAX];
    size_t len = icmp_unreachable(what, to, packet, error);
    struct segment s;

    require((len > 0) == icmp_may_answer(to));
    if (len == 0)
        return;
    require(len <= ICMP_ERROR_MAX);
    require(segment_decode(error, len, &s) && !s.malformed);
    require(s.packet_len == len && s.payload_offset < len);
    require(addr_same_ip(&s.src, &to->dst) && addr_same_ip(&s.dst, &to->src));
    size_t quoted = len - s.payload_offset;
    require(quoted <= to->packet_len);
    require(memcmp(error + s.payload_offset, packet, quoted) == 0);
    require(!icmp_may_answer(&s));
    require(icmp_unreachable(what, &s, error, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment s;

    if (!segment_decode(data, size, &s))
        return 0;
    for (int what = 0; what < WIRE_UNREACHABLES; what++)
        check((enum wire_unreachable)what, &s, data);
    return 0;
}
