/* Decoding of IP packets, whole and broken, and what segments are called. */
#include "sockstage/wire/segment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "packets.h"
#include "sockstage/base/mem.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* A SYN of the calm wire: mss 1012, sackOK, TS, nop, wscale 10. */
static const uint8_t syn4[] = {
    0x45, 0x00, 0x00, 0x3c, 0x1c, 0x46, 0x40, 0x00, /* length 60, DF */
    0x40, 0x06, 0x0a, 0x74, 10, 0, 0, 2,            /* ttl 64, TCP */
    10, 0, 0, 1, 0x85, 0xce, 0x1f, 0x90,            /* 34254 to 8080 */
    0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00, /* seq, ack */
    0xa0, 0x02, 0xfd, 0xe8, 0x12, 0x34, 0x00, 0x00, /* SYN, win 65000 */
    0x02, 0x04, 0x03, 0xf4, 0x04, 0x02, 0x08, 0x0a, /* mss, sackOK, TS */
    0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x09, /* val 7, ecr 9 */
    0x01, 0x03, 0x03, 0x0a,                         /* nop, wscale */
};

/* ICMP port unreachable for a datagram of 10.0.0.2:40000 to 10.0.0.1:9. */
static const uint8_t icmp4[] = {
    0x45, 0x00, 0x00, 0x38, 0x00, 0x00, 0x00, 0x00, /* length 56 */
    0x40, 0x01, 0x00, 0x00, 10, 0, 0, 1,            /* ICMP */
    10, 0, 0, 2, 0x03, 0x03, 0x00, 0x00,            /* 3/3 */
    0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x21, /* the quote */
    0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x00, 0x00, /* */
    10, 0, 0, 2, 10, 0, 0, 1,                       /* */
    0x9c, 0x40, 0x00, 0x09, 0x00, 0x0d, 0x00, 0x00, /* */
};

/* ICMPv6 packet too big without a quote. */
static const uint8_t icmp6[] = {
    0x60, 0, 0, 0, 0, 8, 58, 64, /* payload 8, ICMPv6 */
    0xfd, 0, 0, 5, 0, 0, 0, 0,   /* fd00:5::1 */
    0, 0, 0, 0, 0, 0, 0, 1,      /* */
    0xfd, 0, 0, 5, 0, 0, 0, 0,   /* fd00:5::2 */
    0, 0, 0, 0, 0, 0, 0, 2,      /* */
    2, 0, 0, 0, 0x05, 0, 0, 0,   /* 2/0 */
};

/* UDP over IPv6 behind hop-by-hop, destination options, AH, and a fragment
 * header whose offset and flag stand at EXTENDED6_FRAGMENT. */
static const uint8_t extended6[] = {
    0x60, 0, 0, 0, 0, 45, 0, 64,  /* payload 45, hop-by-hop */
    0xfd, 0, 0, 5, 0, 0, 0, 0,    /* fd00:5::2 */
    0, 0, 0, 0, 0, 0, 0, 2,       /* */
    0xfd, 0, 0, 5, 0, 0, 0, 0,    /* fd00:5::1 */
    0, 0, 0, 0, 0, 0, 0, 1,       /* */
    60, 0, 1, 4, 0, 0, 0, 0,      /* hop-by-hop, 8 bytes */
    51, 0, 1, 4, 0, 0, 0, 0,      /* destination options, 8 bytes */
    44, 1, 0, 0, 0, 0, 0, 1,      /* AH, 12 bytes */
    0, 0, 0, 1,                   /* */
    17, 0, 0, 0, 0, 0, 0, 7,      /* fragment */
    0x9c, 0x40, 0, 9, 0, 9, 0, 0, /* 40000 to 9, length 9 */
    'x',                          /* */
};
#define EXTENDED6_FRAGMENT 70
#define EXTENDED6_PAYLOAD  84

static struct segment decode(const uint8_t *packet, size_t len)
{
    struct segment s;

    assert_true(segment_decode(packet, len, &s));
    return s;
}

static void assert_addr(const struct addr *a, const char *text)
{
    char out[ADDR_TEXT_MAX];

    assert_string_equal(addr_format(a, out), text);
}

static void assert_name(const struct segment *s, const char *text)
{
    char out[64];

    assert_string_equal(segment_format_name(s, out, sizeof out), text);
}

static void test_syn_ip4(void **state)
{
    (void)state;
    struct segment s = decode(syn4, sizeof syn4);
    char out[SEGMENT_OPTIONS_TEXT_MAX];

    assert_false(s.malformed);
    assert_false(s.fragment);
    assert_int_equal(s.proto, IPPROTO_TCP);
    assert_addr(&s.src, "10.0.0.2:34254");
    assert_addr(&s.dst, "10.0.0.1:8080");
    assert_int_equal(s.ttl, 64);
    assert_int_equal(s.packet_len, 60);
    assert_int_equal(s.payload_offset, 60);
    assert_int_equal(s.len, 0);
    assert_int_equal(s.flags, SEGMENT_SYN);
    assert_int_equal(s.seq_raw, 0x01020304);
    assert_int_equal(s.ack_raw, 0);
    assert_int_equal(s.window, 65000);
    assert_string_equal(segment_format_options(&s.options, out),
        "mss 1012,sackOK,TS val 7 ecr 9,wscale 10");
    assert_name(&s, "SYN");
    assert_int_equal(segment_seq_len(&s), 1);
}

static void test_tcp_ip6(void **state)
{
    (void)state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {
        .v6 = true,
        .from_server = true,
        .flags = SEGMENT_PSH | SEGMENT_ACK,
        .seq = 5,
        .ack = 0xfffffff0,
        .window = 64,
        .payload_len = 1000,
        .sack_left = 4294967295,
        .sack_right = 9,
    };
    struct segment s = decode(packet, packets_tcp(&spec, packet));
    char out[SEGMENT_OPTIONS_TEXT_MAX];

    assert_false(s.malformed);
    assert_addr(&s.src, "[fd00:5::1]:8080");
    assert_addr(&s.dst, "[fd00:5::2]:40000");
    assert_int_equal(s.len, 1000);
    assert_int_equal(s.payload_offset, 72);
    assert_int_equal(s.packet_len, 1072);
    assert_int_equal(s.ack_raw, 0xfffffff0);
    assert_string_equal(
        segment_format_options(&s.options, out), "sack 1 {4294967295:9}");
    assert_name(&s, "DATA 1000");
}

static void test_options_all(void **state)
{
    (void)state;
    struct segment_options o = {
        .has_mss = true,
        .has_wscale = true,
        .has_sack_ok = true,
        .has_timestamps = true,
        .mss = UINT16_MAX,
        .wscale = UINT8_MAX,
        .ts_val = UINT32_MAX,
        .ts_ecr = UINT32_MAX,
        .sack_count = SEGMENT_SACK_MAX,
    };
    char out[SEGMENT_OPTIONS_TEXT_MAX];

    for (size_t i = 0; i < SEGMENT_SACK_MAX; i++)
        o.sack[i].left = o.sack[i].right = UINT32_MAX;
    assert_string_equal(segment_format_options(&o, out),
        "mss 65535,sackOK,TS val 4294967295 ecr 4294967295,wscale 255,sack 4 "
        "{4294967295:4294967295}{4294967295:4294967295}"
        "{4294967295:4294967295}{4294967295:4294967295}");
    o = (struct segment_options){0};
    assert_string_equal(segment_format_options(&o, out), "");
}

static void test_texts_come_back(void **state)
{
    (void)state;
    static const char *const good[] = {"", "mss 0", "sackOK",
        "TS val 1 ecr 0,wscale 7", "mss 1012,sackOK,sack 2 {1:2}{3:4}"};
    static const char *const bad[] = {",", "mss", "mss ", "mss 65536", "mss 1,",
        "mss 1,,sackOK", "mss -1", "sackOK ", "wscale 256", "TS val 1",
        "TS val 4294967296 ecr 0", "sack 0 ", "sack 5 ", "sack 1 {1:2",
        "sack 1 {1:2}{3:4}", "nop"};
    static const char *const bad_flags[] = {"SYN+", "+SYN", "ACK+SYN",
        "SYN+SYN", "syn", "SYNACK", "ECE", "SYN+ECE"};
    char out[SEGMENT_OPTIONS_TEXT_MAX], name[SEGMENT_FLAGS_TEXT_MAX];
    struct segment_options o;
    uint8_t flags;

    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(segment_parse_options(good[i], &o));
        assert_string_equal(segment_format_options(&o, out), good[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (segment_parse_options(bad[i], &o))
            fail_msg("taken: %s", bad[i]);
    for (unsigned f = 0; f <= 0x3f; f++) {
        segment_format_flags((uint8_t)f, name);
        assert_true(segment_parse_flags(name, &flags));
        assert_int_equal(flags, f);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad_flags); i++)
        assert_false(segment_parse_flags(bad_flags[i], &flags));
}

/* A broken option hides the ones behind it and nothing else. */
static void test_options_broken(void **state)
{
    (void)state;
    static const uint8_t lengths[] = {0, 1, 17, 255};
    uint8_t packet[sizeof syn4];

    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        memcpy(packet, syn4, sizeof syn4);
        packet[45] = lengths[i]; /* of sackOK, which 16 bytes end with */
        struct segment s = decode(packet, sizeof packet);
        assert_true(s.options.has_mss);
        assert_false(s.options.has_sack_ok);
        assert_false(s.options.has_timestamps);
        assert_false(s.malformed);
    }
    uint8_t *piece = xmemdup(syn4, sizeof syn4);
    piece[46] = 5; /* SACK blocks beyond the end of the packet */
    piece[47] = 34;
    struct segment s = decode(piece, sizeof syn4);
    free(piece);
    assert_int_equal(s.options.sack_count, 0);
    memcpy(packet, syn4, sizeof syn4);
    packet[40] = 0; /* the end of the list */
    s = decode(packet, sizeof packet);
    assert_false(s.options.has_mss);
    assert_false(s.options.has_timestamps);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        uint8_t flags;
        size_t payload_len;
        const char *name, *flags_text;
    } cases[] = {
        {SEGMENT_SYN | SEGMENT_ACK, 0, "SYN+ACK", "SYN+ACK"},
        {SEGMENT_ACK, 0, "ACK", "ACK"},
        {SEGMENT_FIN | SEGMENT_ACK, 0, "FIN", "FIN+ACK"},
        {SEGMENT_FIN | SEGMENT_PSH | SEGMENT_ACK, 5, "FIN 5", "FIN+PSH+ACK"},
        {SEGMENT_RST | SEGMENT_ACK, 0, "RST", "RST+ACK"},
        {SEGMENT_ACK, 7, "DATA 7", "ACK"},
        {SEGMENT_ECE | SEGMENT_CWR, 0, "TCP", ""},
        {0xff, 0, "RST", "SYN+FIN+RST+PSH+ACK+URG"},
    };
    uint8_t packet[PACKETS_MAX];
    char out[SEGMENT_FLAGS_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct packet_spec spec = {
            .flags = cases[i].flags, .payload_len = cases[i].payload_len};
        struct segment s = decode(packet, packets_tcp(&spec, packet));
        assert_name(&s, cases[i].name);
        assert_string_equal(
            segment_format_flags(s.flags, out), cases[i].flags_text);
    }
    struct segment probe = {
        .proto = IPPROTO_TCP, .flags = SEGMENT_ACK, .probe = true};
    assert_name(&probe, "PROBE");
    char three[3];
    assert_string_equal(segment_format_name(&probe, three, 3), "PR");
}

static void test_udp(void **state)
{
    (void)state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.payload_len = 5};
    struct segment s = decode(packet, packets_udp(&spec, packet));

    assert_int_equal(s.proto, IPPROTO_UDP);
    assert_addr(&s.src, "10.0.0.2:40000");
    assert_int_equal(s.len, 5);
    assert_int_equal(s.payload_offset, 28);
    assert_name(&s, "UDP 5");
    spec.payload_len = 0;
    s = decode(packet, packets_udp(&spec, packet));
    assert_name(&s, "UDP 0");
    packet[25] = 7; /* shorter than its own header */
    s = decode(packet, 28);
    assert_true(s.malformed);
    packet[25] = 9; /* a byte that isn't there */
    s = decode(packet, 28);
    assert_true(s.malformed);
    assert_int_equal(s.len, 0);
}

static void test_icmp(void **state)
{
    (void)state;
    char out[SEGMENT_ICMP_TEXT_MAX];
    uint8_t packet[sizeof icmp4];
    struct segment s = decode(icmp4, sizeof icmp4);

    assert_false(s.malformed);
    assert_int_equal(s.proto, IPPROTO_ICMP);
    assert_int_equal(s.src.port, 0);
    assert_name(&s, "ICMP port unreachable");
    assert_string_equal(segment_format_icmp(&s, out), "port unreachable (3/3)");
    assert_int_equal(s.quoted.proto, IPPROTO_UDP);
    assert_addr(&s.quoted.src, "10.0.0.2:40000");
    assert_addr(&s.quoted.dst, "10.0.0.1:9");
    s = decode(icmp6, sizeof icmp6);
    assert_false(s.malformed);
    assert_int_equal(s.proto, IPPROTO_ICMPV6);
    assert_name(&s, "ICMP packet too big");
    assert_int_equal(s.quoted.src.family, 0);
    assert_string_equal(segment_format_icmp(&s, out), "packet too big (2/0)");
    memcpy(packet, icmp4, sizeof icmp4);
    packet[28] = 0x44; /* a quoted header that is too short */
    assert_int_equal(decode(packet, sizeof packet).quoted.src.family, 0);
    packet[20] = 250;
    s = decode(packet, sizeof packet);
    assert_string_equal(segment_format_icmp(&s, out), "unknown (250/3)");
    packet[20] = 8;
    s = decode(packet, sizeof packet);
    assert_string_equal(segment_format_icmp(&s, out), "echo request (8/3)");
    assert_int_equal(s.quoted.src.family, 0); /* no error */
    s = decode(syn4, sizeof syn4);
    assert_string_equal(segment_format_icmp(&s, out), "");
}

/* Port unreachable of fd00:5::1, quoting a whole UDP packet; and the same
 * quoting itself, which is not followed. */
static void test_icmp6_quote(void **state)
{
    (void)state;
    uint8_t packet[sizeof icmp6 + sizeof extended6];

    memcpy(packet, icmp6, sizeof icmp6);
    memcpy(packet + sizeof icmp6, extended6, sizeof extended6);
    packet[5] = 8 + sizeof extended6;
    packet[40] = 1;
    packet[41] = 4;
    struct segment s = decode(packet, sizeof packet);
    assert_name(&s, "ICMP port unreachable");
    assert_int_equal(s.quoted.proto, IPPROTO_UDP);
    assert_addr(&s.quoted.src, "[fd00:5::2]:40000");
    assert_addr(&s.quoted.dst, "[fd00:5::1]:9");
    memcpy(packet + sizeof icmp6, packet, sizeof icmp6);
    s = decode(packet, 2 * sizeof icmp6);
    assert_int_equal(s.quoted.proto, IPPROTO_ICMPV6);
    assert_int_equal(s.quoted.src.port, 0);
    packet[sizeof icmp6] = 0; /* no IP packet */
    s = decode(packet, 2 * sizeof icmp6);
    assert_int_equal(s.quoted.src.family, 0);
}

static void test_fragments_ip4(void **state)
{
    (void)state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.payload_len = 1472};
    size_t len = packets_udp(&spec, packet);

    packet[6] = 0x20; /* the first of several, of a datagram of 3000 bytes */
    packet[24] = 0x0b;
    packet[25] = 0xb8;
    struct segment s = decode(packet, len);
    assert_true(s.fragment);
    assert_false(s.malformed);
    assert_int_equal(s.src.port, 40000);
    assert_int_equal(s.len, 1472);
    assert_name(&s, "UDP fragment 1472");
    packet[6] = 0x00; /* the last */
    packet[7] = 0xb9;
    s = decode(packet, len);
    assert_true(s.fragment);
    assert_int_equal(s.src.port, 0);
    assert_int_equal(s.payload_offset, 20);
    assert_int_equal(s.len, 1480);
}

static void test_extensions_ip6(void **state)
{
    (void)state;
    uint8_t packet[sizeof extended6];
    struct segment s = decode(extended6, sizeof extended6);

    assert_false(s.malformed);
    assert_false(s.fragment);
    assert_int_equal(s.proto, IPPROTO_UDP);
    assert_addr(&s.src, "[fd00:5::2]:40000");
    assert_int_equal(s.payload_offset, EXTENDED6_PAYLOAD);
    assert_int_equal(s.len, 1);
    memcpy(packet, extended6, sizeof packet);
    packet[EXTENDED6_FRAGMENT + 1] = 0x01; /* more follow */
    s = decode(packet, sizeof packet);
    assert_true(s.fragment);
    assert_int_equal(s.src.port, 40000);
    packet[EXTENDED6_FRAGMENT + 1] = 0x08; /* at offset 8 */
    s = decode(packet, sizeof packet);
    assert_true(s.fragment);
    assert_int_equal(s.proto, IPPROTO_UDP);
    assert_int_equal(s.src.port, 0);
    assert_int_equal(s.len, 9);
}

/* Every shorter piece of a packet is malformed, and none is read beyond its
 * end: each stands alone on the heap, where ASan watches. */
static void try_all_lengths(const uint8_t *packet, size_t len)
{
    struct segment whole = decode(packet, len);
    struct segment s;

    assert_false(whole.malformed);
    for (size_t n = 0; n < len; n++) {
        uint8_t *piece = xmemdup(packet, n);
        bool is_ip = segment_decode(piece, n, &s);
        free(piece);
        assert_int_equal(is_ip, n > 0);
        if (n == 0)
            continue;
        assert_true(s.malformed);
        assert_int_equal(s.packet_len, n);
        assert_true(s.payload_offset <= n);
        assert_true(s.payload_offset + s.len <= n);
    }
}

static void test_truncated(void **state)
{
    (void)state;
    uint8_t packet[PACKETS_MAX];
    struct packet_spec spec = {.payload_len = 9, .flags = SEGMENT_ACK};

    try_all_lengths(syn4, sizeof syn4);
    try_all_lengths(icmp4, sizeof icmp4);
    try_all_lengths(icmp6, sizeof icmp6);
    try_all_lengths(extended6, sizeof extended6);
    for (int v6 = 0; v6 < 2; v6++) {
        spec.v6 = v6 == 1;
        try_all_lengths(packet, packets_tcp(&spec, packet));
        try_all_lengths(packet, packets_udp(&spec, packet));
    }
}

/* What fitted is set. */
static void test_truncated_keeps(void **state)
{
    (void)state;
    struct segment s = decode(syn4, 34);

    assert_addr(&s.src, "10.0.0.2:34254");
    assert_addr(&s.dst, "10.0.0.1:8080");
    assert_int_equal(s.seq_raw, 0x01020304);
    assert_int_equal(s.flags, SEGMENT_SYN);
    assert_int_equal(s.window, 0);
    assert_name(&s, "malformed SYN");
}

static void test_lying_lengths(void **state)
{
    (void)state;
    uint8_t packet[sizeof syn4 + 4] = {0};

    memcpy(packet, syn4, sizeof syn4);
    struct segment s = decode(packet, sizeof packet);
    assert_false(s.malformed); /* padding behind the packet isn't part of it */
    assert_int_equal(s.packet_len, sizeof syn4);
    assert_int_equal(s.len, 0);
    packet[32] = 0x40; /* a TCP header of 16 bytes */
    assert_true(decode(packet, sizeof packet).malformed);
    packet[32] = 0xf0; /* and one longer than the packet */
    assert_true(decode(packet, sizeof packet).malformed);
    memcpy(packet, syn4, sizeof syn4);
    packet[0] = 0x44; /* an IP header of 16 bytes */
    assert_true(decode(packet, sizeof packet).malformed);
    packet[0] = 0x45;
    packet[3] = 19; /* a packet shorter than its header */
    assert_true(decode(packet, sizeof packet).malformed);
}

static void test_not_ip(void **state)
{
    (void)state;
    static const uint8_t arp[] = {0x00, 0x01, 0x08, 0x00};
    struct segment s;

    assert_false(segment_decode(arp, sizeof arp, &s));
    assert_false(segment_decode(arp, 0, &s));
    uint8_t gre[20] = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, 47};
    assert_true(segment_decode(gre, sizeof gre, &s));
    assert_name(&s, "IP protocol 47");
}

static void test_sequence_space(void **state)
{
    (void)state;

    assert_true(seq_before(1, 2));
    assert_false(seq_before(2, 2));
    assert_false(seq_before(3, 2));
    assert_true(seq_before(0xffffffff, 0));
    assert_true(seq_after_or_equal(0, 0xffffffff));
    assert_true(seq_after_or_equal(7, 7));
    struct segment s = {.len = 10, .flags = SEGMENT_SYN | SEGMENT_FIN};
    assert_int_equal(segment_seq_len(&s), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syn_ip4),
        cmocka_unit_test(test_tcp_ip6),
        cmocka_unit_test(test_options_all),
        cmocka_unit_test(test_texts_come_back),
        cmocka_unit_test(test_options_broken),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_icmp6_quote),
        cmocka_unit_test(test_fragments_ip4),
        cmocka_unit_test(test_extensions_ip6),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_truncated_keeps),
        cmocka_unit_test(test_lying_lengths),
        cmocka_unit_test(test_not_ip),
        cmocka_unit_test(test_sequence_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
