/* Which segments belong to a socket: by host, protocol and addresses, and the
 * ICMP errors about them. */
#include "sockstage/model/model.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct addr at(const char *ip, uint16_t port)
{
    struct addr a;

    memset(&a, 0, sizeof a);
    if (*ip)
        assert_true(addr_parse(ip, port, &a));
    return a;
}

/* From 10.0.0.2:40000 to 10.0.0.1:9999, or back. */
static struct segment packet(enum host from, uint8_t proto)
{
    struct segment s = {.from = from, .proto = proto};

    s.src = at("10.0.0.2", 40000);
    s.dst = at("10.0.0.1", 9999);
    if (from == HOST_SERVER) {
        struct addr src = s.dst;
        s.dst = s.src;
        s.src = src;
    }
    return s;
}

static bool takes(enum host host, uint8_t proto, struct addr local,
    struct addr peer, const struct segment *s)
{
    return model_takes_segment(host, proto, &local, &peer, s);
}

static void test_unconnected(void **state)
{
    const struct addr none = at("", 0);
    struct segment up = packet(HOST_CLIENT, IPPROTO_UDP);
    struct segment down = packet(HOST_SERVER, IPPROTO_UDP);

    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct segment *s = i == 0 ? &up : &down;

        assert_true(
            takes(HOST_CLIENT, IPPROTO_UDP, at("0.0.0.0", 40000), none, s));
        assert_true(takes(HOST_CLIENT, IPPROTO_UDP, at("::", 40000), none, s));
        assert_true(
            takes(HOST_SERVER, IPPROTO_UDP, at("10.0.0.1", 9999), none, s));
        assert_false(
            takes(HOST_SERVER, IPPROTO_UDP, at("10.0.1.1", 9999), none, s));
        /* the same port at the other end */
        assert_false(
            takes(HOST_CLIENT, IPPROTO_UDP, at("0.0.0.0", 9999), none, s));
        assert_false(
            takes(HOST_SERVER, IPPROTO_TCP, at("0.0.0.0", 9999), none, s));
        assert_false(
            takes(HOST_SERVER, IPPROTO_UDP, at("0.0.0.0", 0), none, s));
        assert_false(takes(HOST_SERVER, IPPROTO_UDP, none, none, s));
    }
}

static void test_connected(void **state)
{
    struct segment up = packet(HOST_CLIENT, IPPROTO_UDP);
    const struct addr local = at("10.0.0.2", 40000);

    (void)state;
    assert_true(
        takes(HOST_CLIENT, IPPROTO_UDP, local, at("10.0.0.1", 9999), &up));
    assert_true(takes(HOST_CLIENT, IPPROTO_UDP, at("::ffff:10.0.0.2", 40000),
        at("::ffff:10.0.0.1", 9999), &up));
    assert_false(
        takes(HOST_CLIENT, IPPROTO_UDP, local, at("10.0.0.1", 9998), &up));
    up.dst.port = up.src.port = 0; /* a fragment tells no ports */
    assert_false(
        takes(HOST_CLIENT, IPPROTO_UDP, local, at("10.0.0.1", 9999), &up));
}

/* An error concerns the socket that has sent what it quotes. */
static void test_errors(void **state)
{
    const struct addr none = at("", 0);
    struct segment up = packet(HOST_CLIENT, IPPROTO_UDP);
    struct segment error = packet(HOST_SERVER, IPPROTO_ICMP);

    (void)state;
    error.src.port = error.dst.port = 0;
    error.quoted.proto = IPPROTO_UDP;
    error.quoted.src = up.src;
    error.quoted.dst = up.dst;
    assert_true(
        takes(HOST_CLIENT, IPPROTO_UDP, at("0.0.0.0", 40000), none, &error));
    assert_true(takes(HOST_CLIENT, IPPROTO_UDP, at("10.0.0.2", 40000),
        at("10.0.0.1", 9999), &error));
    assert_false(
        takes(HOST_CLIENT, IPPROTO_UDP, at("0.0.0.0", 40001), none, &error));
    assert_false(
        takes(HOST_CLIENT, IPPROTO_TCP, at("0.0.0.0", 40000), none, &error));
    error.quoted.proto = IPPROTO_TCP;
    assert_true(takes(HOST_CLIENT, IPPROTO_TCP, at("10.0.0.2", 40000),
        at("10.0.0.1", 9999), &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unconnected),
        cmocka_unit_test(test_connected),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
