/* Why a call failed here: each errno from events written by hand, with the
 * sockets and segments of that moment, and what is said where they tell
 * nothing. */
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

#define IP4_8081                                                               \
    "{sa_family=AF_INET, sin_port=htons(8081), "                               \
    "sin_addr=inet_addr(\"10.0.0.1\")}"

/* ---- connecting -----------------------------------------------------------
 */

#define CONNECT(error) "connect(3, " IP4_8081 ", 16) = -1 " error " (whatever)"

static void test_refused(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    why_segment(&s, HOST_CLIENT, 8081, SEGMENT_SYN, 0, VERDICT_DELIVERED);
    why_segment(
        &s, HOST_SERVER, 8081, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    why_failed_client(&s);
    assert_string_equal(
        why_fails(&s, "c1", "ECONNREFUSED", CONNECT("ECONNREFUSED")),
        "nobody listens on 10.0.0.1:8081: the kernel there answered with RST "
        "(segment 2)");
    /* It has not moved a second later, when somebody does. */
    why_listener(&s, "0.0.0.0", 8081);
    assert_non_null(strstr(model_call(s.m, s.call)->why, "nobody listens"));
    why_end(&s);
}

static void test_refused_by_a_bound_one(void **state)
{
    struct why_scene s = why_begin();
    struct event e =
        why_sock_event(100, HOST_SERVER, "server.ls", TCP_STATE_CLOSED);

    (void)state;
    e.u.socket.local = ip4("0.0.0.0", 8081);
    why_apply(&s, e);
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    why_failed_client(&s);
    assert_string_equal(
        why_fails(&s, "c1", "ECONNREFUSED", CONNECT("ECONNREFUSED")),
        "server.ls is bound to 10.0.0.1:8081 but does not listen: the kernel "
        "answered with RST, and not over the wire");
    why_end(&s);
}

static void test_refused_elsewhere(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_listener(&s, "127.0.0.1", 8081);
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    why_segment(
        &s, HOST_SERVER, 8081, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    why_failed_client(&s);
    assert_string_equal(
        why_fails(&s, "c1", "ECONNREFUSED", CONNECT("ECONNREFUSED")),
        "server.ls listens on 127.0.0.1:8081, not on 10.0.0.1:8081: the "
        "kernel there answered with RST (segment 1)");
    why_end(&s);
}

static void test_refused_by_icmp(void **state)
{
    struct why_scene s = why_begin();
    struct event e =
        why_sock_event(1, HOST_CLIENT, "c1.u", TCP_STATE_ESTABLISHED);

    (void)state;
    e.u.socket.proto = IPPROTO_UDP;
    e.u.socket.peer = ip4("10.0.0.1", 9999);
    why_apply(&s, e);
    why_icmp_event(&s, IPPROTO_UDP, 3, 3, false, 9999);
    why_calls(&s, "c1", "u", "recv", "u.recv(10)");
    assert_string_equal(why_fails(&s, "c1", "ECONNREFUSED",
                            "recvfrom(3, ...) = -1 ECONNREFUSED (x)"),
        "no socket has 10.0.0.1:9999: the kernel there answered with ICMP "
        "port unreachable (3/3) (segment 1)");
    why_end(&s);
}

static void test_unreachable(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    why_icmp_event(&s, IPPROTO_TCP, 3, 1, true, 8081);
    why_failed_client(&s);
    assert_string_equal(
        why_fails(&s, "c1", "EHOSTUNREACH", CONNECT("EHOSTUNREACH")),
        "a router on the way to 10.0.0.1 answered with ICMP host unreachable "
        "(3/1) (segment 1)");
    why_calls(&s, "c1", "t", "connect", "t.connect(('192.0.2.1', 80))");
    assert_string_equal(
        why_fails(&s, "c1", "ENETUNREACH",
            "connect(4, {sa_family=AF_INET, sin_port=htons(80), "
            "sin_addr=inet_addr(\"192.0.2.1\")}, 16) = -1 ENETUNREACH (x)"),
        "the client has no route to 192.0.2.1, so nothing was sent");
    why_end(&s);
}

/* The kernel gave up, or settimeout() did: the SYN's fate either way. */
static void test_timed_out(void **state)
{
    struct why_scene s = why_begin();
    struct event e = why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT);

    (void)state;
    e.u.socket.peer = ip4("10.0.0.1", 8081);
    why_apply(&s, e);
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    why_segment(&s, HOST_CLIENT, 8081, SEGMENT_SYN, 0, VERDICT_HELD);
    why_apply(&s, make_verdict(0, s.segment, VERDICT_COALESCED));
    assert_string_equal(
        why_fails(&s, "c1", "ETIMEDOUT", CONNECT("EINPROGRESS")),
        "settimeout() ended the wait: its SYN (segment 1) is held on the "
        "wire, sent again x1");
    why_apply(&s, make_verdict(0, 1, VERDICT_DROPPED));
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    /* It goes on with the SYN of the first. */
    assert_string_equal(why_fails(&s, "c1", "ETIMEDOUT", CONNECT("ETIMEDOUT")),
        "the kernel gave up: its SYN (segment 1) was lost on the wire, sent "
        "again x1");
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    assert_string_equal(why_fails(&s, "c1", "ETIMEDOUT", CONNECT("ETIMEDOUT")),
        "the kernel gave up: no answer came, why is not seen here");
    why_end(&s);
}

static void test_under_way(void **state)
{
    struct why_scene s = why_begin();
    struct event e = why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT);

    (void)state;
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    assert_string_equal(
        why_fails(&s, "c1", "EINPROGRESS", CONNECT("EINPROGRESS")),
        "non-blocking: the handshake with 10.0.0.1:8081 goes on without the "
        "call");
    e.u.socket.peer = ip4("10.0.0.1", 8081);
    why_apply(&s, e);
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    assert_string_equal(why_fails(&s, "c1", "EALREADY", CONNECT("EALREADY")),
        "the first connect() still goes on: its SYN has no answer yet");
    why_segment(
        &s, HOST_SERVER, 8081, SEGMENT_SYN | SEGMENT_ACK, 0, VERDICT_HELD);
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8081))");
    assert_string_equal(why_fails(&s, "c1", "EALREADY", CONNECT("EALREADY")),
        "the first connect() still goes on: the server's SYN+ACK (segment 1) "
        "is held on the wire");
    e = why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    why_apply(&s, e);
    why_calls(&s, "c1", "s", "connect", "s.connect(('server', 8080))");
    assert_string_equal(why_fails(&s, "c1", "EISCONN", CONNECT("EISCONN")),
        "c1.s is connected to 10.0.0.1:8080; another connection needs another "
        "socket");
    why_end(&s);
}

/* ---- addresses ------------------------------------------------------------
 */

#define BIND(port)                                                             \
    "bind(4, {sa_family=AF_INET, sin_port=htons(" port "), "                   \
    "sin_addr=inet_addr(\"0.0.0.0\")}, 16) = -1 EADDRINUSE (x)"

static const char *binds(struct why_scene *s, const char *port)
{
    char sys[160];

    snprintf(sys, sizeof sys,
        "bind(4, {sa_family=AF_INET, sin_port=htons(%s), "
        "sin_addr=inet_addr(\"0.0.0.0\")}, 16) = -1 EADDRINUSE (x)",
        port);
    why_calls(s, "server", "b", "bind", "b.bind(('', 8080))");
    return why_fails(s, "server", "EADDRINUSE", sys);
}

static void test_address_taken(void **state)
{
    struct why_scene s = why_begin();
    struct event e = why_sock_event(70, HOST_SERVER, NULL, TCP_STATE_TIME_WAIT);

    (void)state;
    e.u.socket.timer = SOCK_TIMER_TIMEWAIT;
    e.u.socket.timer_at_ns = 57500 * MS;
    e.u.socket.accepted = true;
    why_apply(&s, e);
    assert_string_equal(binds(&s, "8080"),
        "a connection in TIME_WAIT keeps port 8080 for 57 s more; "
        "SO_REUSEADDR on the old and the new socket allows it");
    why_has_sock(&s, 71, HOST_SERVER, "server.conn", TCP_STATE_ESTABLISHED);
    assert_string_equal(binds(&s, "8080"),
        "server.conn (ESTABLISHED) still has port 8080; SO_REUSEADDR on the "
        "old and the new socket allows it");
    why_listener(&s, "10.0.1.1", 8080);
    assert_string_equal(
        binds(&s, "8080"), "server.ls listens on 10.0.1.1:8080 already");
    assert_string_equal(binds(&s, "99"),
        "another socket has that address and port; which one is not known "
        "here");
    why_end(&s);
}

static void test_bind(void **state)
{
    struct why_scene s = why_begin();
    struct event e =
        why_sock_event(5, HOST_SERVER, "server.b", TCP_STATE_CLOSED);

    (void)state;
    e.u.socket.local = ip4("0.0.0.0", 8080);
    why_apply(&s, e);
    why_calls(&s, "server", "b", "bind", "b.bind(('', 8081))");
    assert_string_equal(why_fails(&s, "server", "EINVAL", BIND("8081")),
        "server.b has the address 0.0.0.0:8080 already: a socket is bound "
        "once");
    why_calls(&s, "server", "d", "bind", "d.bind(('10.0.0.99', 8080))");
    assert_string_equal(
        why_fails(&s, "server", "EADDRNOTAVAIL",
            "bind(5, {sa_family=AF_INET, sin_port=htons(8080), "
            "sin_addr=inet_addr(\"10.0.0.99\")}, 16) = -1 EADDRNOTAVAIL (x)"),
        "10.0.0.99 is no address of the server, which has 10.0.0.1, 10.0.1.1");
    why_calls(&s, "server", "d", "bind", "d.bind(('', 80))");
    assert_string_equal(why_fails(&s, "server", "EACCES", BIND("80")),
        "port 80 is below 1024: it needs the right CAP_NET_BIND_SERVICE");
    why_end(&s);
}

static void test_listen_and_accept(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_has_sock(&s, 5, HOST_SERVER, "server.b", TCP_STATE_CLOSED);
    why_has_sock(&s, 6, HOST_SERVER, "server.conn", TCP_STATE_ESTABLISHED);
    why_calls(&s, "server", "b", "accept", "conn, addr = b.accept()");
    assert_string_equal(why_fails(&s, "server", "EINVAL", NULL),
        "server.b does not listen: listen() comes first");
    why_calls(&s, "server", "conn", "accept", "conn, addr = conn.accept()");
    assert_string_equal(why_fails(&s, "server", "EINVAL", NULL),
        "server.conn is a connection (ESTABLISHED), only a listener accepts");
    why_calls(&s, "server", "conn", "listen", "conn.listen(1)");
    assert_string_equal(why_fails(&s, "server", "EINVAL", NULL),
        "server.conn is a connection (ESTABLISHED); a listener is another "
        "socket");
    why_end(&s);
}

/* ---- connections that ended -----------------------------------------------
 */

static void closed_client(struct why_scene *s)
{
    struct event e = why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);

    e.u.socket.local = ip4("10.0.0.2", 34254);
    e.u.socket.peer = ip4("10.0.0.1", 8080);
    why_apply(s, e);
}

/* The RST answers data that came to a closed socket. */
static void test_reset_by_an_answer(void **state)
{
    struct why_scene s = why_begin();
    struct event e = make_segment(0, 2, HOST_SERVER, SEGMENT_RST);

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    why_segment(
        &s, HOST_CLIENT, 8080, SEGMENT_ACK | SEGMENT_PSH, 5, VERDICT_DELIVERED);
    e.u.segment.seg.seq_raw = 77;
    s.segment = 2;
    why_apply(&s, e);
    why_apply(&s, make_verdict(0, 2, VERDICT_DELIVERED));
    closed_client(&s);
    why_calls(&s, "c1", "s", "recv", "s.recv(10)");
    assert_string_equal(why_fails(&s, "c1", "ECONNRESET", NULL),
        "the server's kernel sent RST (segment 2) to DATA 5 (segment 1): no "
        "such connection there");
    why_calls(&s, "c1", "s", "send", "s.send(b'x')");
    assert_string_equal(why_fails(&s, "c1", "EPIPE", NULL),
        "the server's kernel sent RST (segment 2) to DATA 5 (segment 1): no "
        "such connection there");
    why_end(&s);
}

/* Who closed wanted to end sending only. */
static void test_reset_after_close(void **state)
{
    struct why_scene s = why_begin();
    struct event e = make_segment(0, 2, HOST_SERVER, SEGMENT_RST);

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    why_has_sock(&s, 2, HOST_SERVER, "server.conn", TCP_STATE_ESTABLISHED);
    why_calls(&s, "server", "conn", "close", "conn.close()");
    why_segment(
        &s, HOST_CLIENT, 8080, SEGMENT_ACK | SEGMENT_PSH, 5, VERDICT_DELIVERED);
    e.u.segment.seg.seq_raw = 77;
    s.segment = 2;
    why_apply(&s, e);
    why_apply(&s, make_verdict(0, 2, VERDICT_DELIVERED));
    closed_client(&s);
    why_calls(&s, "c1", "s", "send", "s.send(b'x')");
    assert_string_equal(why_fails(&s, "c1", "EPIPE", NULL),
        "the server's kernel sent RST (segment 2) to DATA 5 (segment 1): "
        "server had called close(); shutdown(SHUT_WR) would have kept "
        "receiving");
    why_end(&s);
}

/* `linger` is what SO_LINGER was set to, "" if it was not; NULL: nobody has
 * accepted the connection. */
static void reset_by_close(struct why_scene *s, const char *linger)
{
    bool accepted = linger != NULL;
    struct event e = why_sock_event(51, HOST_SERVER,
        accepted ? "server.conn" : NULL, TCP_STATE_ESTABLISHED);
    char sys[100];

    why_has_sock(s, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    why_apply(s, e);
    if (accepted && linger[0] != '\0') {
        snprintf(sys, sizeof sys,
            "setsockopt(4, SOL_SOCKET, SO_LINGER, {%s}, 8) = 0", linger);
        why_calls(s, "server", "conn", "setsockopt", "conn.setsockopt(..)");
        why_succeeds(s, "server", sys);
    }
    why_calls(s, "server", accepted ? "conn" : "ls", "close", "x.close()");
    why_segment(
        s, HOST_SERVER, 8080, SEGMENT_RST | SEGMENT_ACK, 0, VERDICT_DELIVERED);
    e.u.socket.gone = true;
    e.u.socket.owner_count = 0;
    why_apply(s, e);
    closed_client(s);
    why_calls(s, "c1", "s", "recv", "s.recv(10)");
}

static void test_reset_by_close(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    reset_by_close(&s, "");
    assert_string_equal(why_fails(&s, "c1", "ECONNRESET", NULL),
        "the server's kernel sent RST (segment 1); server.conn closed, and "
        "that sends RST when unread data is left");
    why_end(&s);
    s = why_begin();
    reset_by_close(&s, "l_onoff=1, l_linger=0");
    assert_string_equal(why_fails(&s, "c1", "ECONNRESET", NULL),
        "the server's kernel sent RST (segment 1); server.conn has SO_LINGER "
        "(1, 0), and was closed: that sends RST");
    why_end(&s);
    s = why_begin();
    reset_by_close(&s, "l_onoff=0, l_linger=0");
    assert_string_equal(why_fails(&s, "c1", "ECONNRESET", NULL),
        "the server's kernel sent RST (segment 1); server.conn closed, and "
        "that sends RST when unread data is left");
    why_end(&s);
    s = why_begin();
    reset_by_close(&s, "l_onoff=1, l_linger=5");
    assert_string_equal(why_fails(&s, "c1", "ECONNRESET", NULL),
        "the server's kernel sent RST (segment 1); server.conn closed, and "
        "that sends RST when unread data is left");
    why_end(&s);
    s = why_begin();
    reset_by_close(&s, NULL);
    assert_string_equal(why_fails(&s, "c1", "ECONNRESET", NULL),
        "the server's kernel sent RST (segment 1); nobody had accepted the "
        "connection, and its listener closed");
    why_end(&s);
}

static void test_sending_is_over(void **state)
{
    struct why_scene s = why_begin();

    (void)state;
    why_has_sock(&s, 1, HOST_CLIENT, "c1.s", TCP_STATE_FIN_WAIT_2);
    why_calls(&s, "c1", "s", "send", "s.send(b'x')");
    assert_string_equal(why_fails(&s, "c1", "EPIPE", NULL),
        "shutdown() has ended this direction of c1.s: its FIN is sent");
    why_has_sock(&s, 2, HOST_CLIENT, "c1.t", TCP_STATE_CLOSED);
    why_calls(&s, "c1", "t", "send", "t.send(b'x')");
    assert_string_equal(why_fails(&s, "c1", "EPIPE", NULL),
        "c1.t was never connected: connect() comes first");
    why_calls(&s, "c1", "t", "recv", "t.recv(10)");
    assert_string_equal(why_fails(&s, "c1", "ENOTCONN", NULL),
        "c1.t was never connected: connect() comes first");
    why_listener(&s, "0.0.0.0", 8080);
    why_calls(&s, "server", "ls", "recv", "ls.recv(10)");
    assert_string_equal(why_fails(&s, "server", "ENOTCONN", NULL),
        "server.ls is a listener: data goes over the socket that accept() "
        "gives");
    why_calls(&s, "c1", "t", "send", "t.send(b'x')");
    assert_string_equal(why_fails(&s, "c1", "EBADF", NULL),
        "c1.t was closed: the name is left, its descriptor is not");
    why_end(&s);
}

/* ---- waiting --------------------------------------------------------------
 */

static void test_would_wait(void **state)
{
    struct why_scene s = why_begin();
    struct event e =
        why_sock_event(1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);

    (void)state;
    why_listener(&s, "0.0.0.0", 8080);
    why_calls(&s, "server", "ls", "accept", "conn, addr = ls.accept()");
    assert_string_equal(why_fails(&s, "server", "EAGAIN", NULL),
        "no connection is ready for accept(); a non-blocking call does not "
        "wait");
    e.u.socket.send_buffer = 18000;
    e.u.socket.timer = SOCK_TIMER_PERSIST;
    why_apply(&s, e);
    why_calls(&s, "c1", "s", "send", "n = s.send(b'x' * 9)");
    assert_string_equal(why_fails(&s, "c1", "EAGAIN", NULL),
        "the send buffer is full: 18000 bytes have no ACK yet, and the peer "
        "has no room (window 0); a non-blocking call does not wait");
    why_segment(&s, HOST_SERVER, 8080, SEGMENT_ACK, 7, VERDICT_HELD);
    why_calls(&s, "c1", "s", "recv", "s.recv(10)");
    assert_string_equal(why_fails(&s, "c1", "EAGAIN", NULL),
        "nothing to read: DATA 7 (segment 1) is held on the wire; a "
        "non-blocking call does not wait");
    why_calls(&s, "c1", "s", "recv", "s.recv(10)");
    assert_string_equal(why_fails(&s, "c1", "EINTR", NULL),
        "interrupted while it waited in recv(): nothing to read: DATA 7 "
        "(segment 1) is held on the wire");
    why_end(&s);
}

/* ---- datagrams ------------------------------------------------------------
 */

static void test_datagrams(void **state)
{
    struct why_scene s = why_begin();
    struct event e = why_sock_event(1, HOST_CLIENT, "c1.u", TCP_STATE_CLOSED);

    (void)state;
    e.u.socket.proto = IPPROTO_UDP;
    why_apply(&s, e);
    why_calls(&s, "c1", "u", "sendto", "u.sendto(b'x' * 65508, ('server', 9))");
    assert_string_equal(
        why_fails(&s, "c1", "EMSGSIZE",
            "sendto(3, \"x\\\"x\"..., 65508, 0, " IP4_8081 ", 16) = -1"),
        "65508 bytes do not fit into one datagram: 65507 is the most over "
        "IPv4");
    why_calls(&s, "c1", "u", "send", "u.send(b'x')");
    assert_string_equal(why_fails(&s, "c1", "EDESTADDRREQ", NULL),
        "c1.u has no peer: sendto() names an address, connect() sets one");
    why_calls(&s, "c1", "u", "listen", "u.listen(1)");
    assert_string_equal(why_fails(&s, "c1", "EOPNOTSUPP", NULL),
        "c1.u is a UDP socket: without connections there is no listen()");
    why_end(&s);
}

/* ---- what went well -------------------------------------------------------
 */

/* A socket of that process, connected to port 8081 of 10.0.0.1. */
static const char *connects_to(
    const char *process, const char *owner, enum host host, const char *error)
{
    static char line[256];
    struct why_scene s = why_begin();
    struct event e = why_sock_event(7, host, owner, TCP_STATE_ESTABLISHED);

    e.u.socket.local =
        ip4(host == HOST_SERVER ? "10.0.0.1" : "10.0.0.2", 40000);
    e.u.socket.peer = ip4("10.0.0.1", 8081);
    why_listener(&s, "0.0.0.0", 8081);
    why_calls(&s, process, "s", "connect", "s.connect(('server', 8081))");
    why_apply(&s, e);
    e = make_return(0, s.call, process);
    e.u.ret.error = error;
    e.u.ret.syscall = "connect(3, " IP4_8081 ", 16) = 0";
    why_apply(&s, e);
    const char *why = model_call(s.m, s.call)->why;
    snprintf(line, sizeof line, "%s", why != NULL ? why : "");
    why_end(&s);
    return line;
}

static void test_connected_to_itself(void **state)
{
    (void)state;
    assert_string_equal(connects_to("server", "server.s", HOST_SERVER, NULL),
        "server has connected to itself; for a client type c1: s = socket()");
    assert_string_equal(connects_to("c1", "c1.s", HOST_CLIENT, NULL), "");
    /* Another process of the same host may mean it. */
    assert_string_equal(connects_to("w", "w.s", HOST_SERVER, NULL), "");
    assert_null(strstr(
        connects_to("server", "server.s", HOST_SERVER, "EINTR"), "itself"));
}

/* ---- the table ------------------------------------------------------------
 */

/* An error of a process, socket or address that nobody knows, of every errno
 * and call: a line or none, but no crash. */
static void test_unknown(void **state)
{
    static const char *const names[] = {"bind", "listen", "accept", "connect",
        "send", "recv", "sendto", "setsockopt", "close", ""};
    struct why_scene s = why_begin();
    const struct why_errno *row;

    (void)state;
    for (size_t i = 0; (row = why_errno_at(i)) != NULL; i++) {
        for (size_t k = 0; k < ARRAY_LEN(names); k++) {
            why_calls(&s, k % 2 ? "nobody" : "c1", k % 3 ? "x" : NULL, names[k],
                "x.y()");
            why_fails(&s, "c1", row->name, k % 4 ? NULL : "htons(htons(, \"\\");
        }
    }
    why_calls(&s, "c1", "x", "connect", "x.y()");
    assert_string_equal(why_fails(&s, "c1", "EWHATEVER", NULL), "");
    why_end(&s);
}

/* Every errno that a row of why.def explains is explained in general too. */
static void test_errnos_have_rows(void **state)
{
    static const char *const names[] = {
#define WHY(name, calls, function) #name,
#include "../../src/model/why.def"
#undef WHY
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct why_errno *row;
        size_t k = 0;
        while (
            (row = why_errno_at(k)) != NULL && strcmp(row->name, names[i]) != 0)
            k++;
        if (row == NULL)
            fail_msg("%s has no row in errnos.def", names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_by_a_bound_one),
        cmocka_unit_test(test_refused_elsewhere),
        cmocka_unit_test(test_refused_by_icmp),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_timed_out),
        cmocka_unit_test(test_under_way),
        cmocka_unit_test(test_address_taken),
        cmocka_unit_test(test_bind),
        cmocka_unit_test(test_listen_and_accept),
        cmocka_unit_test(test_reset_by_an_answer),
        cmocka_unit_test(test_reset_after_close),
        cmocka_unit_test(test_reset_by_close),
        cmocka_unit_test(test_sending_is_over),
        cmocka_unit_test(test_would_wait),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_connected_to_itself),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_errnos_have_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
