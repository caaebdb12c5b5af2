/* Addresses: text and sockaddr both ways, comparison, mapped addresses. */
#include "sockstage/base/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct addr parse(const char *ip, uint16_t port)
{
    struct addr a;

    assert_true(addr_parse(ip, port, &a));
    return a;
}

static void test_format(void **state)
{
    (void)state;
    char out[ADDR_TEXT_MAX];
    struct addr v4 = parse("10.0.0.2", 34254);
    struct addr v6 = parse("fd00:5::2", 34254);
    struct addr longest =
        parse("1111:2222:3333:4444:5555:6666:7777:8888", 65535);
    struct addr none = {0};

    assert_string_equal(addr_format(&v4, out), "10.0.0.2:34254");
    assert_string_equal(addr_format(&v6, out), "[fd00:5::2]:34254");
    assert_string_equal(addr_format(&longest, out),
        "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
    assert_string_equal(addr_format(&none, out), "");
    assert_string_equal(addr_format_ip(&v4, out), "10.0.0.2");
    assert_string_equal(addr_format_ip(&v6, out), "fd00:5::2");
    assert_string_equal(addr_format_ip(&none, out), "");
}

static void test_parse_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "server",
        "10.0.0",
        "10.0.0.256",
        "10.0.0.1:80",
        "1::2::3",
        "[::1]",
    };
    struct addr a = {.port = 7};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(addr_parse(bad[i], 80, &a));
    assert_int_equal(a.port, 7);
}

static void test_sockaddr_round_trip(void **state)
{
    (void)state;
    static const char *const ips[] = {"10.0.0.1", "fd00:5::1"};
    static const socklen_t lens[] = {
        sizeof(struct sockaddr_in),
        sizeof(struct sockaddr_in6),
    };

    for (size_t i = 0; i < ARRAY_LEN(ips); i++) {
        struct sockaddr_storage sa;
        struct addr a = parse(ips[i], 8080);
        assert_int_equal(addr_to_sockaddr(&a, &sa), lens[i]);
        struct addr back = addr_from_sockaddr(&sa);
        assert_true(addr_equal(&a, &back));
    }
    struct sockaddr_storage sa;
    struct addr a = parse("10.0.0.1", 8080);
    addr_to_sockaddr(&a, &sa);
    struct sockaddr_in in;
    memcpy(&in, &sa, sizeof in);
    assert_int_equal(in.sin_port, htons(8080));
    assert_int_equal(in.sin_addr.s_addr, htonl(0x0a000001));
}

static void test_other_families_are_none(void **state)
{
    (void)state;
    struct sockaddr_storage sa = {.ss_family = AF_UNIX};
    struct addr a = addr_from_sockaddr(&sa);

    assert_int_equal(a.family, 0);
    assert_false(addr_is_any(&a));
    addr_to_sockaddr(&a, &sa);
    assert_int_equal(sa.ss_family, AF_UNSPEC);
}

static void test_comparison(void **state)
{
    (void)state;
    struct addr a = parse("10.0.0.1", 80);
    struct addr b = parse("10.0.0.1", 81);
    struct addr c = parse("10.0.0.2", 80);
    struct addr six = parse("::", 80);
    struct addr any = parse("0.0.0.0", 80);
    struct addr dirty = a;

    dirty.ip[15] = 9; /* beyond what IPv4 uses */
    assert_true(addr_equal(&a, &a));
    assert_true(addr_equal(&a, &dirty));
    assert_false(addr_equal(&a, &b));
    assert_true(addr_same_ip(&a, &b));
    assert_false(addr_same_ip(&a, &c));
    assert_false(addr_same_ip(&any, &six));
    assert_true(addr_is_any(&any));
    assert_true(addr_is_any(&six));
    assert_false(addr_is_any(&a));
}

static void test_unmapped(void **state)
{
    (void)state;
    struct addr mapped = parse("::ffff:10.0.0.2", 80);
    struct addr plain = parse("10.0.0.2", 80);
    struct addr six = parse("fd00:5::2", 80);
    struct addr from_mapped = addr_unmapped(&mapped);
    struct addr from_plain = addr_unmapped(&plain);
    struct addr from_six = addr_unmapped(&six);

    assert_true(addr_equal(&from_mapped, &plain));
    assert_true(addr_equal(&from_plain, &plain));
    assert_true(addr_equal(&from_six, &six));
}

static void test_texts_come_back(void **state)
{
    (void)state;
    static const char *const with_port[] = {"10.0.0.2:34254", "0.0.0.0:0",
        "255.255.255.255:65535", "[fd00:5::2]:34254", "[::]:0",
        "[::ffff:10.0.0.2]:80"};
    static const char *const alone[] = {
        "10.0.0.2", "fd00:5::2", "::", "::ffff:10.0.0.2"};
    static const char *const none[] = {"", ":", "10.0.0.2:", "10.0.0:80",
        "10.0.0.2:65536", "10.0.0.2:-1", "10.0.0.2:+1", "10.0.0.2: 1",
        "10.0.0.2:01", "10.0.0.2:99999999999999999999", "10.0.0.2:80x",
        "[10.0.0.2]:80", "[fd00:5::2]", "[fd00:5::2]:", "[fd00:5::2:80",
        "fd00:5::2]:80", "[]:80", "[:80", "[", "x", " 10.0.0.2", "1:2:3",
        "[fd00:5::2%lo]:80",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80"};
    char text[ADDR_TEXT_MAX];
    struct addr a;

    for (size_t i = 0; i < ARRAY_LEN(with_port); i++) {
        assert_true(addr_parse_text(with_port[i], &a));
        assert_string_equal(addr_format(&a, text), with_port[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(alone); i++) {
        assert_true(addr_parse_text(alone[i], &a));
        assert_string_equal(addr_format_ip(&a, text), alone[i]);
        assert_int_equal(a.port, 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        if (addr_parse_text(none[i], &a))
            fail_msg("taken: %s", none[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_sockaddr_round_trip),
        cmocka_unit_test(test_other_families_are_none),
        cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_unmapped),
        cmocka_unit_test(test_texts_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
