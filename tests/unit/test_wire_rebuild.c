/* Packets that Linux has sent, decoded and built again: the same bytes, but for
 * the payload and the sum over it. And whatever fields may say, nothing is
 * written beyond the room. */
#include "sockstage/wire/rebuild.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each has zeros, as many as are told, for the rest of its payload. */
static const struct sample {
    const char *what, *hex;
    size_t zeros;
} samples[] = {
    {"a SYN: MSS, SACK permitted, timestamps, window scale",
        "4500003c623d40004006c47c0a0000020a000001a63a1f90089694af0000"
        "0000a002fd00a09e0000020403f40402080a8e08a702000000000103030a",
        0},
    {"its answer, which has no identification",
        "4500003c00004000400626ba0a0000010a0000021f90a63aeba234860896"
        "94b0a012fde834600000020403f40402080ac0878a948e08a7020103030a",
        0},
    {"an ACK with a SACK block",
        "4500004059ee40004006ccc70a0000010a0000021f90a778cb92cb9ee386"
        "92b9b01000409e7d00000101080a9b7cc689f6a9743f0101050ae38692b4"
        "e38692b9",
        0},
    {"a RST without options",
        "4500002800004000400626ce0a0000010a000002270fc93000000000a98b"
        "3a1450140000c7ee0000",
        0},
    {"urgent data",
        "45000035b1894000400675370a0000020a000001c7881f902e690e1f22c7"
        "43b88038004069d400010101080a83bd45f273ff0fad21",
        0},
    {"a SYN over IPv6",
        "600b347b00280640fd000005000000000000000000000002fd0000050000"
        "00000000000000000001dbf01f9041c8fe7f00000000a002fd0050d90000"
        "020403f40402080a507f758c000000000103030a",
        0},
    {"a datagram over IPv6",
        "600db0f4000e1140fd000005000000000000000000000002fd0000050000"
        "00000000000000000001a5382329000e080a6e6f626f6479",
        0},
    {"a first fragment",
        "450005dc8c2220004011b4ec0a0000020a00000191bd270f0bc039bd", 1472},
    {"a later fragment", "450000448c2201724011d9120a0000020a000001", 48},
    {"a first fragment over IPv6",
        "6003d5ee05b02c40fd000005000000000000000000000002fd0000050000"
        "0000000000000000000111000001e65813bca53823280bc0441d",
        1440},
    {"the last fragment over IPv6",
        "6003d5ee00782c40fd000005000000000000000000000002fd0000050000"
        "0000000000000000000111000b50e65813bc",
        112},
};

#define QUOTED 6 /* of the samples: what this quotes */
static const struct sample error6 = {"an ICMPv6 error",
    "6008dbb4003e3a40fd000005000000000000000000000001fd0000050000"
    "000000000000000000020104e24300000000600db0f4000e1140fd000005"
    "000000000000000000000002fd000005000000000000000000000001a538"
    "2329000e080a6e6f626f6479",
    0};
static const struct sample error4 = {"an ICMP error",
    "45c0003d00004000400125fe0a0000010a0000020303111e000000004500"
    "00210cdf4000401119eb0a0000020a000001cd86270f000db36968656c6c"
    "6f",
    0};

static size_t bytes_of(const struct sample *s, uint8_t *out)
{
    size_t len = strlen(s->hex) / 2;

    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        assert_int_equal(sscanf(s->hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    memset(out + len, 0, s->zeros);
    return len + s->zeros;
}

struct decoded {
    struct segment seg;
    struct segment_rest rest;
};

static void decode(const uint8_t *packet, size_t len, struct decoded *d)
{
    assert_true(segment_decode(packet, len, &d->seg));
    assert_false(d->seg.malformed);
    segment_decode_rest(packet, len, &d->seg, &d->rest);
}

static size_t rebuild(
    const struct decoded *d, const struct decoded *quoted, uint8_t *out)
{
    const struct segment_parts what = {&d->seg, &d->rest};
    struct segment_parts about = {0};

    memset(out, 0xee, SEGMENT_PACKET_MAX);
    if (quoted)
        about = (struct segment_parts){&quoted->seg, &quoted->rest};
    return segment_rebuild(
        &what, quoted ? &about : NULL, out, SEGMENT_PACKET_MAX);
}

/* RFC 1071: 0 if what is there has the right checksum in it. */
static uint16_t checksum(const uint8_t *p, size_t len, uint32_t sum)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* Of a whole TCP segment or datagram. */
static void assert_sum(const uint8_t *p, const struct segment *s)
{
    size_t at = s->transport_offset, len = s->packet_len - at;
    uint32_t pseudo = (uint32_t)len + s->proto;

    for (size_t i = 0; i < sizeof s->src.ip; i += 2) {
        if (s->src.family == AF_INET && i >= 4)
            break;
        pseudo += (uint32_t)(s->src.ip[i] << 8) + s->src.ip[i + 1];
        pseudo += (uint32_t)(s->dst.ip[i] << 8) + s->dst.ip[i + 1];
    }
    assert_int_equal(checksum(p + at, len, pseudo), 0);
}

/* Where the checksum of the header behind IP's is. */
static size_t sum_at(const struct segment *s)
{
    return s->transport_offset + (s->proto == IPPROTO_TCP ? 16 : 6);
}

static void test_samples(void **state)
{
    static uint8_t packet[SEGMENT_PACKET_MAX], again[SEGMENT_PACKET_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct decoded d;
        size_t len = bytes_of(&samples[i], packet);
        size_t payload;

        print_message("%s\n", samples[i].what);
        decode(packet, len, &d);
        assert_int_equal(rebuild(&d, NULL, again), len);
        payload = d.seg.payload_offset;
        for (size_t n = payload; n < len; n++)
            assert_int_equal(again[n], 0);
        if (d.seg.len > 0 && d.seg.transport_offset > 0) {
            size_t at = sum_at(&d.seg);
            if (!d.seg.fragment)
                assert_sum(again, &d.seg);
            memcpy(again + at, packet + at, 2);
        }
        assert_memory_equal(again, packet, payload);
    }
}

static void test_first_fragment_sums_the_whole(void **state)
{
    static uint8_t packet[SEGMENT_PACKET_MAX];
    struct decoded d;
    size_t len = bytes_of(&samples[7], packet);
    uint32_t pseudo = IPPROTO_UDP;

    (void)state;
    decode(packet, len, &d);
    assert_int_equal(d.rest.udp_len, 0x0bc0);
    rebuild(&d, NULL, packet);
    /* The other fragments are zeros and add nothing. */
    pseudo += 0x0bc0 + 0x0a00 + 0x0002 + 0x0a00 + 0x0001;
    assert_int_equal(checksum(packet + 20, len - 20, pseudo), 0);
}

static void test_error_quotes(void **state)
{
    static uint8_t packet[SEGMENT_PACKET_MAX], again[SEGMENT_PACKET_MAX];
    struct decoded d, quoted;
    size_t len = bytes_of(&samples[QUOTED], packet);

    (void)state;
    decode(packet, len, &quoted);
    len = bytes_of(&error6, packet);
    decode(packet, len, &d);
    assert_int_equal(rebuild(&d, &quoted, again), len);
    assert_int_equal(
        checksum(again + 40, len - 40,
            (uint32_t)(len - 40) + IPPROTO_ICMPV6 + 2 * (0xfd00 + 0x0005) + 3),
        0);
    /* The quoted packet's own sum is over zeros. */
    memcpy(again + 42, packet + 42, 2);
    memcpy(again + 94, packet + 94, 2);
    memset(packet + 96, 0, 6);
    assert_memory_equal(again, packet, len);
}

/* Without that packet: its addresses, ports and lengths. */
static void test_error_alone(void **state)
{
    static uint8_t packet[SEGMENT_PACKET_MAX], again[SEGMENT_PACKET_MAX];
    struct decoded d;
    struct segment about;
    size_t len = bytes_of(&error4, packet);

    (void)state;
    decode(packet, len, &d);
    assert_int_equal(rebuild(&d, NULL, again), len);
    assert_memory_equal(again, packet, 22);
    assert_int_equal(checksum(again + 20, len - 20, 0), 0);
    assert_true(segment_decode(again + 28, len - 28, &about));
    assert_false(about.malformed);
    assert_int_equal(about.packet_len, len - 28);
    assert_int_equal(about.len, 5);
    assert_true(addr_equal(&about.src, &d.seg.quoted.src));
    assert_true(addr_equal(&about.dst, &d.seg.quoted.dst));
}

/* Of a recording that tells neither lengths nor offsets. */
static void test_little_is_told(void **state)
{
    static uint8_t out[SEGMENT_PACKET_MAX];
    struct segment s = {.proto = IPPROTO_TCP,
                       .flags = SEGMENT_SYN,
                       .ttl = 64,
                       .len = 5,
                       .options = {.has_mss = true,
                           .mss = 1460,
                           .has_sack_ok = true}},
                   back;
    const struct segment_parts what = {.seg = &s};

    (void)state;
    s.src.family = s.dst.family = AF_INET;
    assert_int_equal(segment_rebuild(&what, NULL, out, sizeof out), 53);
    assert_true(segment_decode(out, 53, &back));
    assert_false(back.malformed);
    assert_int_equal(back.len, 5);
    assert_int_equal(back.options.mss, 1460);
    assert_true(back.options.has_sack_ok);
    s.dst.family = AF_INET6;
    assert_int_equal(segment_rebuild(&what, NULL, out, sizeof out), 0);
    s.src.family = s.dst.family = 0;
    assert_int_equal(segment_rebuild(&what, NULL, out, sizeof out), 0);
}

static uint32_t luck(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Mostly near what is usual, at times far from it. */
static uint32_t odd(uint32_t *seed)
{
    uint32_t n = luck(seed);

    return n % 8 == 0 ? n << 12 : n % 130;
}

static void spoil(struct decoded *d, uint32_t *seed)
{
    static const uint8_t protos[] = {
        IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, 0, 44, 255};

    d->seg.proto = protos[luck(seed) % sizeof protos];
    d->seg.src.family = d->seg.dst.family = luck(seed) % 2 ? AF_INET : AF_INET6;
    d->seg.packet_len = odd(seed);
    d->seg.transport_offset = odd(seed);
    d->seg.payload_offset = odd(seed);
    d->seg.len = odd(seed);
    d->seg.fragment = luck(seed) % 4 == 0;
    d->seg.options.sack_count = (uint8_t)(luck(seed) % 6);
    d->seg.options.has_timestamps = luck(seed) % 2;
    d->seg.quoted.proto = protos[luck(seed) % sizeof protos];
    d->seg.quoted.src.family = luck(seed) % 2 ? AF_INET6 : 0;
    d->seg.quoted.dst.family = AF_INET6;
    d->rest.fragment_offset = (uint16_t)odd(seed);
    d->rest.udp_len = (uint16_t)odd(seed);
    d->rest.more_fragments = luck(seed) % 4 == 0;
}

/* Each into a piece of memory that is just so large: ASan looks on. */
static void test_contradictions(void **state)
{
    struct decoded d = {0}, quoted = {0};
    uint32_t seed = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        const struct segment_parts what = {&d.seg, &d.rest};
        const struct segment_parts about = {&quoted.seg, &quoted.rest};
        size_t size = odd(&seed) % (SEGMENT_PACKET_MAX + 1);
        uint8_t *out = malloc(size + 1);
        size_t len;

        assert_non_null(out);
        spoil(&d, &seed);
        spoil(&quoted, &seed);
        out[size] = 0x5a;
        len =
            segment_rebuild(&what, luck(&seed) % 2 ? &about : NULL, out, size);
        assert_true(len <= SEGMENT_PACKET_MAX);
        assert_int_equal(out[size], 0x5a);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_first_fragment_sums_the_whole),
        cmocka_unit_test(test_error_quotes),
        cmocka_unit_test(test_error_alone),
        cmocka_unit_test(test_little_is_told),
        cmocka_unit_test(test_contradictions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
