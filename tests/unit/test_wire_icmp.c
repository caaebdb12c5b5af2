/* The ICMP errors that the wire makes: every field, both checksums, how much is
 * quoted, and what is never answered. */
#include "sockstage/wire/icmp.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packets.h"

/* RFC 1071, over 16-bit words: 0 if the sum is right. */
static uint16_t checksum(uint32_t sum, const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static size_t make(const struct packet_spec *spec, enum wire_unreachable what,
    uint8_t *packet, uint8_t out[ICMP_ERROR_MAX])
{
    struct segment s;

    assert_true(segment_decode(packet, packets_tcp(spec, packet), &s));
    return icmp_unreachable(what, &s, packet, out);
}

static void test_ip4(void **state)
{
    static const uint8_t codes[WIRE_UNREACHABLES] = {
        [WIRE_UNREACHABLE_HOST] = 1,
        [WIRE_UNREACHABLE_NET] = 0,
        [WIRE_UNREACHABLE_PORT] = 3,
    };
    uint8_t packet[PACKETS_MAX], out[ICMP_ERROR_MAX];
    struct packet_spec spec = {.flags = SEGMENT_SYN, .payload_len = 7};
    struct segment s;

    (void)state;
    for (int what = 0; what < WIRE_UNREACHABLES; what++) {
        size_t len = make(&spec, (enum wire_unreachable)what, packet, out);
        assert_int_equal(len, 20 + 8 + 47); /* an odd length */
        assert_int_equal(checksum(0, out, 20), 0);
        assert_int_equal(checksum(0, out + 20, len - 20), 0);
        assert_true(segment_decode(out, len, &s));
        assert_false(s.malformed);
        assert_int_equal(s.packet_len, len);
        assert_int_equal(s.proto, IPPROTO_ICMP);
        assert_int_equal(s.icmp_type, 3);
        assert_int_equal(s.icmp_code, codes[what]);
        assert_memory_equal(s.src.ip, "\x0a\0\0\1", 4);
        assert_memory_equal(s.dst.ip, "\x0a\0\0\2", 4);
        assert_memory_equal(out + 24, "\0\0\0\0", 4);
        assert_memory_equal(out + 28, packet, 47);
    }
}

static void test_ip6(void **state)
{
    static const uint8_t codes[WIRE_UNREACHABLES] = {
        [WIRE_UNREACHABLE_HOST] = 3,
        [WIRE_UNREACHABLE_NET] = 0,
        [WIRE_UNREACHABLE_PORT] = 4,
    };
    uint8_t packet[PACKETS_MAX], out[ICMP_ERROR_MAX];
    struct packet_spec spec = {.v6 = true, .flags = SEGMENT_SYN};
    struct segment s;

    (void)state;
    for (int what = 0; what < WIRE_UNREACHABLES; what++) {
        size_t len = make(&spec, (enum wire_unreachable)what, packet, out);
        assert_int_equal(len, 40 + 8 + 60);
        /* The pseudo-header: both addresses, the length, the protocol. */
        uint32_t pseudo = (uint32_t)(len - 40) + IPPROTO_ICMPV6;
        for (size_t i = 8; i < 40; i += 2)
            pseudo += (uint32_t)(out[i] << 8 | out[i + 1]);
        assert_int_equal(checksum(pseudo, out + 40, len - 40), 0);
        assert_true(segment_decode(out, len, &s));
        assert_false(s.malformed);
        assert_int_equal(s.proto, IPPROTO_ICMPV6);
        assert_int_equal(s.icmp_type, 1);
        assert_int_equal(s.icmp_code, codes[what]);
        assert_int_equal(s.src.ip[15], 1);
        assert_int_equal(s.dst.ip[15], 2);
        assert_memory_equal(out + 48, packet, 60);
    }
}

/* As much of the packet as fits: 576 bytes in all, or 1280. */
static void test_quoting(void **state)
{
    uint8_t packet[PACKETS_MAX], out[ICMP_ERROR_MAX];
    struct packet_spec spec = {.payload_len = 1400};

    (void)state;
    assert_int_equal(make(&spec, WIRE_UNREACHABLE_HOST, packet, out), 576);
    assert_memory_equal(out + 28, packet, 576 - 28);
    assert_int_equal(checksum(0, out + 20, 556), 0);
    spec.v6 = true;
    assert_int_equal(make(&spec, WIRE_UNREACHABLE_HOST, packet, out), 1280);
    assert_memory_equal(out + 48, packet, 1280 - 48);
}

static void test_never_answered(void **state)
{
    uint8_t packet[PACKETS_MAX], out[ICMP_ERROR_MAX], again[ICMP_ERROR_MAX];
    struct packet_spec spec = {.flags = SEGMENT_SYN};
    struct segment s;
    size_t len;

    (void)state;
    for (int v6 = 0; v6 <= 1; v6++) {
        spec.v6 = v6;
        len = make(&spec, WIRE_UNREACHABLE_PORT, packet, out);
        assert_true(segment_decode(out, len, &s));
        assert_false(icmp_may_answer(&s));
        assert_int_equal(
            icmp_unreachable(WIRE_UNREACHABLE_PORT, &s, out, again), 0);
    }
    spec.v6 = false;
    len = packets_tcp(&spec, packet);
    assert_true(segment_decode(packet, len - 1, &s));
    assert_false(icmp_may_answer(&s)); /* broken */
    packet[7] = 1;                     /* a later fragment */
    assert_true(segment_decode(packet, len, &s));
    assert_false(icmp_may_answer(&s));
    packet[7] = 0;
    packet[16] = 224; /* multicast */
    assert_true(segment_decode(packet, len, &s));
    assert_false(icmp_may_answer(&s));
    packet[16] = 10;
    assert_true(segment_decode(packet, len, &s));
    assert_true(icmp_may_answer(&s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ip4),
        cmocka_unit_test(test_ip6),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_never_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
