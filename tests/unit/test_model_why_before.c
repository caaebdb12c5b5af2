/* Why a call failed, where what happened before could be mistaken for it: an
 * earlier attempt, a segment that got through later, an end that another call
 * made. From events written by hand. */
#include "sockstage/model/why.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "why_scene.h"

#define PSH SEGMENT_PSH | SEGMENT_ACK

#define IP4(ip, port)                                                          \
    "{sa_family=AF_INET, sin_port=htons(" port "), "                           \
    "sin_addr=inet_addr(\"" ip "\")}"
#define CONNECT(port, error)                                                   \
    "connect(3, " IP4("10.0.0.1", port) ", 16) = -1 " error " (x)"

static const char *fails_at(struct why_scene *s, const char *process,
    const char *socket, const char *name, const char *error, const char *sys)
{
    why_calls(s, process, socket, name, "..");
    return why_fails(s, process, error, sys);
}

static const char *c1_fails(
    struct why_scene *s, const char *name, const char *error)
{
    return fails_at(s, "c1", "s", name, error, NULL);
}

static void done(struct why_scene *s, const char *process, const char *socket,
    const char *name, const char *sys)
{
    why_calls(s, process, socket, name, "..");
    why_succeeds(s, process, sys);
}

/* A segment of the pair 34254, 8080 with these raw numbers, delivered. */
static void numbered(struct why_scene *s, enum host from, uint8_t flags,
    uint32_t seq, uint32_t ack, uint32_t len)
{
    struct event e = make_segment(0, ++s->segment, from, flags);

    e.u.segment.seg.seq_raw = seq;
    e.u.segment.seg.ack_raw = ack;
    e.u.segment.seg.len = len;
    why_apply(s, e);
    why_apply(s, make_verdict(0, s->segment, VERDICT_DELIVERED));
}

/* c1.s, and whom it is connected to; NULL: nobody has accepted it. */
static void connected(struct why_scene *s, const char *owner)
{
    why_has_sock(s, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    why_has_sock(s, 51, HOST_SERVER, owner, TCP_STATE_ESTABLISHED);
}

static void closed_c1(struct why_scene *s)
{
    struct event e = why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);

    e.u.socket.local = ip4("10.0.0.2", 34254);
    e.u.socket.peer = ip4("10.0.0.1", 8080);
    why_apply(s, e);
}

static void departs(struct why_scene *s, const char *owner)
{
    struct event e =
        why_sock_event(51, HOST_SERVER, owner, TCP_STATE_ESTABLISHED);

    e.u.socket.gone = true;
    e.u.socket.owner_count = 0;
    why_apply(s, e);
}

/* ---- who sent the RST -----------------------------------------------------
 */

static void shakes_hands(struct why_scene *s)
{
    numbered(s, HOST_CLIENT, SEGMENT_SYN, 100, 0, 0);
    numbered(s, HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK, 500, 101, 0);
    numbered(s, HOST_CLIENT, SEGMENT_ACK, 101, 501, 0);
}

/* Nothing was sent behind the handshake, so the RST acknowledges the SYN. */
static void test_listener_closed(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_listener(&s, "0.0.0.0", 8080);
    connected(&s, NULL);
    shakes_hands(&s);
    done(&s, "server", "ls", "close", NULL);
    why_has_sock(&s, 100, HOST_SERVER, "server.ls", TCP_STATE_CLOSED);
    numbered(&s, HOST_SERVER, SEGMENT_RST | SEGMENT_ACK, 501, 101, 0);
    assert_int_equal(model_segment(s.m, 1)->reason, MODEL_REASON_NONE);
    departs(&s, NULL);
    closed_c1(&s);
    assert_string_equal(c1_fails(&s, "recv", "ECONNRESET"),
        "the server's kernel sent RST (segment 4); nobody had accepted the "
        "connection, and its listener closed");
    why_end(&s);
}

/* The listener has the port too, but its data went to server.conn. */
static void test_peer_closed(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_listener(&s, "0.0.0.0", 8080);
    connected(&s, "server.conn");
    done(&s, "server", "conn", "close", NULL);
    numbered(&s, HOST_CLIENT, PSH, 101, 501, 1);
    numbered(&s, HOST_SERVER, SEGMENT_RST, 501, 0, 0);
    departs(&s, "server.conn");
    closed_c1(&s);
    assert_string_equal(c1_fails(&s, "send", "EPIPE"),
        "the server's kernel sent RST (segment 2) to DATA 1 (segment 1): "
        "server had called close(); shutdown(SHUT_WR) would have kept "
        "receiving");
    why_end(&s);
}

static void test_overflow_aborts(void **state)
{
    struct why_scene s = why_begin();
    struct event ls =
        why_sock_event(100, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);

    (void)state;
    ls.u.socket.backlog = 1;
    ls.u.socket.accept_queue = 2;
    why_apply(&s, ls);
    connected(&s, NULL);
    shakes_hands(&s);
    ls.u.socket.ignored = 2;
    why_apply(&s, ls);
    numbered(&s, HOST_SERVER, SEGMENT_RST, 501, 0, 0);
    departs(&s, NULL);
    closed_c1(&s);
    assert_string_equal(c1_fails(&s, "recv", "ECONNRESET"),
        "the server's kernel sent RST (segment 4) to ACK (segment 3): accept "
        "queue full, and tcp_abort_on_overflow is 1");
    why_end(&s);
}

static const char *reset_behind(const char *socket, const char *name)
{
    static char line[256];
    struct why_scene s = why_begin();

    connected(&s, "server.conn");
    done(&s, "server", socket, name, NULL);
    why_segment(
        &s, HOST_SERVER, 8080, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    departs(&s, "server.conn");
    closed_c1(&s);
    snprintf(line, sizeof line, "%s", c1_fails(&s, "recv", "ECONNRESET"));
    why_end(&s);
    return line;
}

static void test_closed_without_close(void **state)
{
    (void)state;
    assert_string_equal(reset_behind(NULL, "exit"),
        "the server's kernel sent RST (segment 1); exit() closed server.conn, "
        "and that sends RST when unread data is left");
    assert_string_equal(reset_behind(NULL, "close"),
        "the server's kernel sent RST (segment 1); no name held server.conn "
        "any more, so Python closed it, and that sends RST when unread data is "
        "left");
    assert_string_equal(reset_behind("conn", "recv"),
        "the server's kernel sent RST (segment 1); it answers no segment, so "
        "that end gave it up");
}

/* The listener had the option, so the connection has it. */
static void test_linger_of_the_listener(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_listener(&s, "0.0.0.0", 8080);
    done(&s, "server", "ls", "setsockopt",
        "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) = 0");
    connected(&s, "server.conn");
    done(&s, "server", "conn", "close", NULL);
    why_segment(
        &s, HOST_SERVER, 8080, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    departs(&s, "server.conn");
    closed_c1(&s);
    assert_string_equal(c1_fails(&s, "recv", "ECONNRESET"),
        "the server's kernel sent RST (segment 1); server.conn has SO_LINGER "
        "(1, 0), and was closed: that sends RST");
    why_end(&s);
}

/* ---- an attempt before ----------------------------------------------------
 */

static void test_icmp_of_another_attempt(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    why_calls(&s, "c1", "s", "connect", "..");
    why_icmp_event(&s, IPPROTO_TCP, 3, 3, true, 8081);
    why_failed_client(&s);
    why_fails(&s, "c1", "ECONNREFUSED", CONNECT("8081", "ECONNREFUSED"));
    why_calls(&s, "c1", "s", "connect", "..");
    why_segment(&s, HOST_CLIENT, 8081, SEGMENT_SYN, 0, VERDICT_DELIVERED);
    why_segment(
        &s, HOST_SERVER, 8081, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    assert_string_equal(
        why_fails(&s, "c1", "ECONNREFUSED", CONNECT("8081", "ECONNREFUSED")),
        "nobody listens on 10.0.0.1:8081: the kernel there answered with RST "
        "(segment 3)");
    /* What never left the host got no RST there. */
    assert_string_equal(fails_at(&s, "c1", "s", "connect", "ECONNREFUSED",
                            "connect(3, " IP4("0.0.0.0", "1") ", 16) = -1"),
        "nobody listens on 0.0.0.0:1: the kernel answered with RST, and not "
        "over the wire");
    why_end(&s);
}

/* A second connect() fetches the result of the first. */
static void test_an_attempt_goes_on(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    fails_at(&s, "c1", "s", "connect", "EINPROGRESS",
        CONNECT("8081", "EINPROGRESS"));
    why_segment(
        &s, HOST_SERVER, 8081, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    why_failed_client(&s);
    assert_string_equal(fails_at(&s, "c1", "s", "connect", "ECONNREFUSED",
                            CONNECT("8081", "ECONNREFUSED")),
        "nobody listens on 10.0.0.1:8081: the kernel there answered with RST "
        "(segment 1)");
    why_end(&s);
}

static void test_never_connected(void **state)
{
    struct why_scene s = why_begin();
    const char *line = "connect() of c1.s failed with ECONNREFUSED: there is "
                       "no connection";

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
    why_calls(&s, "c1", "s", "connect", "..");
    why_segment(
        &s, HOST_SERVER, 8081, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    why_failed_client(&s);
    why_fails(&s, "c1", "ECONNREFUSED", CONNECT("8081", "ECONNREFUSED"));
    assert_string_equal(c1_fails(&s, "recv", "ENOTCONN"), line);
    assert_string_equal(c1_fails(&s, "send", "EPIPE"), line);
    /* Its result was told by another call, or by none. */
    fails_at(&s, "c1", "s", "connect", "EINPROGRESS",
        CONNECT("8081", "EINPROGRESS"));
    assert_string_equal(c1_fails(&s, "getpeername", "ENOTCONN"),
        "the handshake of c1.s ended without a connection");
    /* But one that was open is over. */
    connected(&s, "server.conn");
    closed_c1(&s);
    assert_string_equal(c1_fails(&s, "getpeername", "ENOTCONN"),
        "the connection of c1.s is over");
    assert_string_equal(c1_fails(&s, "connect", "EISCONN"),
        "the connection of c1.s is over; a new one needs a new socket");
    why_end(&s);
}

static void test_nobodys_address(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT);
    assert_string_equal(
        fails_at(&s, "c1", "s", "connect", "ETIMEDOUT",
            "connect(3, " IP4("10.0.9.9", "1") ", 16) = -1 ETIMEDOUT (x)"),
        "the kernel gave up: no host of this stage has the address 10.0.9.9, "
        "so nobody answers");
    why_end(&s);
}

/* ---- a segment before -----------------------------------------------------
 */

static void loses(struct why_scene *s, uint32_t seq, uint32_t len)
{
    struct event e = make_segment(0, ++s->segment, HOST_SERVER, PSH);

    e.u.segment.seg.seq_raw = seq;
    e.u.segment.seg.len = len;
    why_apply(s, e);
    why_apply(s, make_verdict(0, s->segment, VERDICT_DROPPED));
}

static void test_a_loss_that_was_made_good(void **state)
{
    struct why_scene s = why_begin();
    const char *nothing = "nothing to read; a non-blocking call does not wait";

    (void)state;
    connected(&s, "server.conn");
    loses(&s, 501, 10);
    assert_string_equal(c1_fails(&s, "recv", "EAGAIN"),
        "nothing to read: DATA 10 (segment 1) was lost on the wire; a "
        "non-blocking call does not wait");
    numbered(&s, HOST_SERVER, PSH, 501, 101, 10); /* it comes again */
    assert_string_equal(c1_fails(&s, "recv", "EAGAIN"), nothing);
    loses(&s, 511, 10);
    numbered(&s, HOST_SERVER, PSH, 521, 101, 10); /* behind the gap */
    numbered(&s, HOST_CLIENT, SEGMENT_ACK, 101, 511, 0);
    assert_string_equal(c1_fails(&s, "recv", "EAGAIN"),
        "nothing to read: DATA 10 (segment 3) was lost on the wire; a "
        "non-blocking call does not wait");
    numbered(&s, HOST_CLIENT, SEGMENT_ACK, 101, 531, 0);
    assert_string_equal(c1_fails(&s, "recv", "EAGAIN"), nothing);
    why_end(&s);
}

static void has_udp(struct why_scene *s)
{
    struct event e =
        why_sock_event(1, HOST_CLIENT, "c1.u", TCP_STATE_ESTABLISHED);

    e.u.socket.proto = IPPROTO_UDP;
    why_apply(s, e);
}

static void test_datagrams(void **state)
{
    struct why_scene s = why_begin();
    const char *to_all = "sendto(3, \"x\", 1, 0, " IP4("255.255.255.255", "9");

    (void)state;
    has_udp(&s);
    why_icmp_event(&s, IPPROTO_UDP, 3, 3, false, 8080);
    assert_string_equal(fails_at(&s, "c1", "u", "sendto", "EACCES", to_all),
        "this host may not send to 255.255.255.255: a broadcast needs "
        "SO_BROADCAST, or a route prohibits it");
    assert_string_equal(fails_at(&s, "c1", "u", "send", "EPIPE", NULL),
        "shutdown() has ended this direction of c1.u");
    why_end(&s);
}

/* ---- states ---------------------------------------------------------------
 */

static void test_fin_waits(void **state)
{
    struct why_scene s = why_begin();
    struct event e =
        why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_FIN_WAIT_1);

    (void)state;
    e.u.socket.send_buffer = 20000;
    e.u.socket.unsent = 10000;
    why_apply(&s, e);
    assert_string_equal(c1_fails(&s, "send", "EPIPE"),
        "shutdown() has ended this direction of c1.s: its FIN follows the "
        "10000 bytes that wait");
    e.u.socket.send_buffer = e.u.socket.unsent = 0;
    e.u.socket.timer = SOCK_TIMER_PERSIST;
    why_apply(&s, e);
    assert_string_equal(c1_fails(&s, "send", "EPIPE"),
        "shutdown() has ended this direction of c1.s: its FIN waits until the "
        "peer has room");
    e.u.socket.timer = SOCK_TIMER_RETRANSMIT;
    why_apply(&s, e);
    assert_string_equal(c1_fails(&s, "send", "EPIPE"),
        "shutdown() has ended this direction of c1.s: its FIN is sent");
    why_end(&s);
}

static void test_same_numbers(void **state)
{
    struct why_scene s = why_begin();
    struct event e = why_sock_event(2, HOST_CLIENT, "c2.s", TCP_STATE_CLOSED);

    (void)state;
    why_apply(&s, make_process(0, "c2", HOST_CLIENT));
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    why_apply(&s, e);
    /* Without a port of its own it looked for one. */
    assert_string_equal(fails_at(&s, "c2", "s", "connect", "EADDRNOTAVAIL",
                            CONNECT("8080", "EADDRNOTAVAIL")),
        "no free port of this host is left for a connection to 10.0.0.1:8080");
    e.u.socket.local = ip4("0.0.0.0", 34254);
    why_apply(&s, e);
    assert_string_equal(fails_at(&s, "c2", "s", "connect", "EADDRNOTAVAIL",
                            CONNECT("8080", "EADDRNOTAVAIL")),
        "c1.s (ESTABLISHED) has the same four numbers: 10.0.0.2:34254 and "
        "10.0.0.1:8080");
    assert_string_equal(fails_at(&s, "c2", "s", "connect", "EADDRNOTAVAIL",
                            CONNECT("8089", "EADDRNOTAVAIL")),
        "it is bound to port 34254; a connection from there to 10.0.0.1:8089 "
        "would be in the way, but none is seen here");
    why_end(&s);
}

static void test_listening_ended(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_listener(&s, "0.0.0.0", 8080);
    done(&s, "server", "ls", "listen", "listen(3, 1) = 0");
    done(&s, "server", "ls", "shutdown", "shutdown(3, SHUT_RD) = 0");
    why_has_sock(&s, 100, HOST_SERVER, "server.ls", TCP_STATE_CLOSED);
    assert_string_equal(fails_at(&s, "server", "ls", "accept", "EINVAL", NULL),
        "shutdown() has ended the listening of server.ls; listen() would "
        "begin it anew");
    why_end(&s);
}

static void test_refused_at_once(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT);
    assert_string_equal(c1_fails(&s, "listen", "EINVAL"),
        "c1.s is a connection (SYN_SENT); a listener is another socket");
    assert_string_equal(c1_fails(&s, "shutdown", "EINVAL"),
        "shutdown() ends SHUT_RD (0), SHUT_WR (1) or SHUT_RDWR (2), and there "
        "is nothing else to end");
    why_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listener_closed),
        cmocka_unit_test(test_peer_closed),
        cmocka_unit_test(test_overflow_aborts),
        cmocka_unit_test(test_closed_without_close),
        cmocka_unit_test(test_linger_of_the_listener),
        cmocka_unit_test(test_icmp_of_another_attempt),
        cmocka_unit_test(test_an_attempt_goes_on),
        cmocka_unit_test(test_never_connected),
        cmocka_unit_test(test_nobodys_address),
        cmocka_unit_test(test_a_loss_that_was_made_good),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_fin_waits),
        cmocka_unit_test(test_same_numbers),
        cmocka_unit_test(test_listening_ended),
        cmocka_unit_test(test_refused_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
