/* UDP sockets as the stage sees them. The oracle: after each step every UDP
 * socket of both hosts is compared with what ss(8) prints there, memory and
 * drop counts included. Needs privilege (namespaces, TUN) and ss; the last
 * tests are on the loopback, which needs neither. */
#include "stage_rig.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct line {
    char state[16], local[64], peer[64];
    unsigned recv_q, send_q, drops;
};

struct listing {
    struct line lines[16];
    size_t count;
};

static struct rig *rig;

static void open_rig(enum stage_wire wire)
{
    rig = calloc(1, sizeof *rig);
    if (!rig_open(rig, wire)) {
        free(rig);
        rig = NULL;
    }
}

static int setup(void **state)
{
    (void)state;
    open_rig(STAGE_PRIVATE);
    return 0;
}

static int setup_loopback(void **state)
{
    (void)state;
    open_rig(STAGE_LOOPBACK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (rig)
        rig_close(rig);
    free(rig);
    rig = NULL;
    return 0;
}

static void begin(void)
{
    if (!rig)
        skip();
    if (system("ss -V >/dev/null 2>&1") != 0)
        skip();
    rig_call(rig, "here", "eye", NULL, "socket", NULL);
    rig_call(rig, "server", "eye", NULL, "socket", NULL);
    rig_call(rig, "server", "there", NULL, "fork", NULL);
}

static void parse_line(const char *text, struct line *l)
{
    const char *mem = strstr(text, "skmem:(");
    const char *drops = mem ? strstr(mem, ",d") : NULL;

    assert_int_equal(sscanf(text, "%15s %u %u %63s %63s", l->state, &l->recv_q,
                         &l->send_q, l->local, l->peer),
        5);
    assert_non_null(drops);
    assert_int_equal(sscanf(drops, ",d%u", &l->drops), 1);
}

/* A child of this thread lives on the host that the thread is on, and a call
 * of a process takes it there. */
static void run_ss(enum host host, struct listing *out)
{
    const char *process = host == HOST_SERVER ? "there" : "here";
    char text[512];
    FILE *ss;

    rig_call(rig, process, NULL, "eye", "getblocking", NULL);
    ss = popen("ss -H -O -uanm", "r");
    assert_non_null(ss);
    out->count = 0;
    while (fgets(text, sizeof text, ss)) {
        assert_true(out->count < 16);
        parse_line(text, &out->lines[out->count++]);
    }
    assert_int_equal(pclose(ss), 0);
}

/* ss writes *:9999 for what takes both families, and a wildcard peer for
 * none. */
static void address_text(
    const struct addr *a, int family, char out[ADDR_TEXT_MAX])
{
    if (a->family == AF_INET6 && addr_is_any(a))
        snprintf(out, ADDR_TEXT_MAX, "*:%u", a->port);
    else if (a->family != 0)
        addr_format(a, out);
    else
        snprintf(
            out, ADDR_TEXT_MAX, "%s:*", family == AF_INET ? "0.0.0.0" : "*");
}

static const struct line *find_line(
    const struct listing *l, const struct model_sock *s)
{
    char local[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX];

    address_text(&s->local, 0, local);
    address_text(&s->peer, s->local.family, peer);
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->lines[i].local, local) == 0 &&
            strcmp(l->lines[i].peer, peer) == 0)
            return &l->lines[i];
    fail_msg("ss does not show %s %s", local, peer);
    return NULL;
}

static void compare_host(enum host host)
{
    const struct model *m = stage_model(rig->stage);
    struct listing listing;
    size_t listed = 0;

    run_ss(host, &listing);
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        const struct line *l;

        if (s->host != host || s->proto != IPPROTO_UDP || s->local.port == 0)
            continue;
        listed++;
        l = find_line(&listing, s);
        assert_string_equal(
            l->state, s->state == TCP_STATE_ESTABLISHED ? "ESTAB" : "UNCONN");
        assert_int_equal(s->recv_memory, l->recv_q);
        assert_int_equal(s->ignored, l->drops);
        assert_int_equal(s->send_buffer, 0);
        assert_int_equal(l->send_q, 0);
    }
    assert_int_equal(listed, listing.count);
}

static void call(const char *process, const char *targets, const char *variable,
    const char *name, struct value *a, struct value *b)
{
    rig_call(rig, process, targets, variable, name, a, b, NULL);
    compare_host(HOST_CLIENT);
    compare_host(HOST_SERVER);
}

static void open_udp(const char *process, const char *name, int family)
{
    rig_call(rig, process, name, NULL, "socket", value_int(family),
        value_int(SOCK_DGRAM), NULL);
}

static void set(const char *process, const char *name, int option, int n)
{
    rig_call(rig, process, NULL, name, "setsockopt", value_int(SOL_SOCKET),
        value_int(option), value_int(n), NULL);
}

static void send_to(const char *process, size_t len, const char *host, int port)
{
    call(process, NULL, "s", "sendto", rig_bytes(len), rig_address(host, port));
}

/* The kernel gives back what was read later than it says so: see sample.h. */
static void queue_and_read(int family)
{
    static const size_t sizes[] = {5, 100, 1000, 0, 700};

    begin();
    open_udp("server", "s", family);
    call("server", NULL, "s", "bind", rig_address("", 9999), NULL);
    open_udp("c1", "s", family);
    for (size_t i = 0; i < 5; i++)
        send_to("c1", sizes[i], "server", 9999);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(rig_sock(rig, "server", "s")->recv_buffer, sizes[i]);
        call("server", "d,a", "s", "recvfrom", value_int(100), NULL);
    }
    assert_int_equal(rig_sock(rig, "server", "s")->recv_memory, 0);
    rig_call(rig, "c1", NULL, "s", "close", NULL);
    call("server", NULL, "s", "close", NULL, NULL);
}

static void test_queue(void **state)
{
    (void)state;
    queue_and_read(AF_INET);
}

static void test_queue_ipv6(void **state)
{
    (void)state;
    queue_and_read(AF_INET6);
}

static void test_overflow(void **state)
{
    unsigned kept = 0;

    (void)state;
    begin();
    open_udp("server", "s", AF_INET);
    set("server", "s", SO_RCVBUF, 4096);
    call("server", NULL, "s", "bind", rig_address("", 9999), NULL);
    open_udp("c1", "s", AF_INET);
    for (int i = 0; i < 20; i++)
        send_to("c1", 100, "server", 9999);
    assert_true(rig_sock(rig, "server", "s")->ignored > 0);
    while (rig_sock(rig, "server", "s")->recv_memory > 0) {
        call("server", "d,a", "s", "recvfrom", value_int(100), NULL);
        kept++;
    }
    assert_int_equal(kept + rig_sock(rig, "server", "s")->ignored, 20);
}

/* Of several sockets on one address the kernel names only one. The datagrams
 * spread over them by their senders' ports. */
static void test_one_address(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    static const char *const senders[] = {"c1", "c2", "c3", "c4", "c5", "c6"};
    unsigned received = 0;

    (void)state;
    begin();
    for (size_t i = 0; i < 3; i++) {
        open_udp("server", names[i], AF_INET);
        set("server", names[i], SO_REUSEPORT, 1);
        rig_call(
            rig, "server", NULL, names[i], "bind", rig_address("", 9999), NULL);
    }
    for (size_t i = 0; i < 6; i++) {
        open_udp(senders[i], "s", AF_INET);
        rig_call(rig, senders[i], NULL, "s", "sendto", rig_bytes(10),
            rig_address("server", 9999), NULL);
    }
    for (size_t i = 0; i < 3; i++) {
        const struct model_sock *s = rig_sock(rig, "server", names[i]);

        assert_int_equal(s->recv_memory > 0, s->recv_buffer > 0);
        received += s->recv_buffer > 0;
    }
    assert_true(received > 0);
}

static void test_connected(void **state)
{
    (void)state;
    begin();
    open_udp("server", "s", AF_INET);
    call("server", NULL, "s", "bind", rig_address("", 9999), NULL);
    open_udp("c1", "s", AF_INET);
    call("c1", NULL, "s", "connect", rig_address("server", 9999), NULL);
    assert_int_equal(rig_sock(rig, "c1", "s")->state, TCP_STATE_ESTABLISHED);
    call("c1", NULL, "s", "send", rig_bytes(10), NULL);
    call("server", "d,a", "s", "recvfrom", value_int(100), NULL);
    call("c1", NULL, "s", "connect", rig_address("10.0.1.1", 9998), NULL);
    assert_int_equal(rig_sock(rig, "c1", "s")->peer.port, 9998);
    call("c1", NULL, "s", "connect", rig_address("server", 9999), NULL);
    call("c1", NULL, "s", "send", rig_bytes(10), NULL);
    assert_int_equal(rig_sock(rig, "server", "s")->recv_buffer, 10);
}

/* Datagrams between two sockets of one host never meet the wire, and one that
 * is thrown away makes nobody ready. */
static void test_within_one_host(void **state)
{
    (void)state;
    begin();
    open_udp("server", "s", AF_INET);
    set("server", "s", SO_RCVBUF, 1);
    call("server", NULL, "s", "bind", rig_address("localhost", 9999), NULL);
    open_udp("there", "t", AF_INET);
    for (int i = 0; i < 5; i++)
        call("there", NULL, "t", "sendto", rig_bytes(10),
            rig_address("localhost", 9999));
    assert_true(rig_sock(rig, "server", "s")->ignored > 0);
    assert_int_equal(model_segment_count(stage_model(rig->stage)), 0);
}

/* ---- loopback ----------------------------------------------------------- */

static void test_loopback(void **state)
{
    const struct model_sock *s, *t;
    int port;

    (void)state;
    open_udp("server", "s", AF_INET);
    set("server", "s", SO_RCVBUF, 1);
    rig_call(rig, "server", NULL, "s", "bind", rig_address("", 0), NULL);
    port = rig_sock(rig, "server", "s")->local.port;
    open_udp("c1", "s", AF_INET);
    rig_call(rig, "c1", NULL, "s", "sendto", rig_bytes(5),
        rig_address("server", port), NULL);
    s = rig_sock(rig, "server", "s");
    assert_int_equal(s->recv_buffer, 5);
    assert_true(s->recv_memory > 5);
    for (int i = 0; i < 5; i++)
        rig_call(rig, "c1", NULL, "s", "sendto", rig_bytes(5),
            rig_address("server", port), NULL);
    assert_true(rig_sock(rig, "server", "s")->ignored > 0);
    t = rig_sock(rig, "c1", "s");
    assert_false(addr_is_any(&t->local)); /* nobody outside can reach it */
    rig_call(rig, "server", "d,a", "s", "recvfrom", value_int(9), NULL);
    assert_int_equal(value_as_int(value_tuple_item(
                         stage_variable(rig->stage, "server", "a"), 1)),
        t->local.port);
}

static void test_loopback_parked_and_refused(void **state)
{
    int port;

    (void)state;
    open_udp("server", "s", AF_INET6);
    rig_call(rig, "server", NULL, "s", "bind", rig_address("", 0), NULL);
    port = rig_sock(rig, "server", "s")->local.port;
    rig_call(rig, "server", "d,a", "s", "recvfrom", value_int(9), NULL);
    assert_non_null(stage_process_status(rig->stage, "server").parked);
    open_udp("c1", "s", AF_INET6);
    rig_call(
        rig, "c1", NULL, "s", "connect", rig_address("server", port), NULL);
    rig_call(rig, "c1", NULL, "s", "send", rig_bytes(0), NULL);
    assert_null(stage_process_status(rig->stage, "server").parked);
    rig_call(rig, "server", NULL, "s", "close", NULL);
    assert_int_equal(rig_sock(rig, "server", "s")->state, TCP_STATE_NONE);
    rig_call(rig, "c1", NULL, "s", "send", rig_bytes(0), NULL);
    rig_call(rig, "c1", "d", "s", "recv", value_int(9), NULL);
    assert_string_equal(
        stage_process_status(rig->stage, "c1").error, "ECONNREFUSED");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define LOOPBACK(name)                                                         \
    cmocka_unit_test_setup_teardown(name, setup_loopback, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_queue),
        TEST(test_queue_ipv6),
        TEST(test_overflow),
        TEST(test_one_address),
        TEST(test_connected),
        TEST(test_within_one_host),
        LOOPBACK(test_loopback),
        LOOPBACK(test_loopback_parked_and_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
