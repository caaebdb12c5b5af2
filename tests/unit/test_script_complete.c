/* What completion offers at a place of a line, `|` being the cursor. */
#include "sockstage/script/complete.h"

#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *process_at(void *ctx, size_t i)
{
    static const char *const names[] = {"server", "c1", "c2"};

    (void)ctx;
    return i < ARRAY_LEN(names) ? names[i] : NULL;
}

static const char *variable_at(void *ctx, const char *process, size_t i)
{
    static const char *const server[] = {"ls", "conn", "msg"};
    static const char *const client[] = {"s", "n"};

    (void)ctx;
    if (strcmp(process, "server") == 0)
        return i < ARRAY_LEN(server) ? server[i] : NULL;
    if (strcmp(process, "c1") == 0)
        return i < ARRAY_LEN(client) ? client[i] : NULL;
    return NULL;
}

static bool is_socket(void *ctx, const char *process, const char *variable)
{
    (void)ctx;
    (void)process;
    return strcmp(variable, "msg") != 0 && strcmp(variable, "n") != 0 &&
           strcmp(variable, "other") != 0;
}

static bool argument(void *ctx, const char *process, const char *variable,
    const struct call_def *def, size_t arg, struct str *out)
{
    (void)ctx;
    (void)process;
    (void)variable;
    if (strcmp(def->name, "connect") != 0 || arg != 0)
        return false;
    str_add(out, "('server', 8081)");
    return true;
}

static const char *host_at(void *ctx, size_t i)
{
    static const char *const hosts[] = {
        "server", "client", "localhost", "np.hufs.ac.kr"};

    (void)ctx;
    return i < ARRAY_LEN(hosts) ? hosts[i] : NULL;
}

static bool port_at(void *ctx, const char *process, const char *variable,
    const struct call_def *def, const char *host, size_t i, uint16_t *port)
{
    static const uint16_t ports[] = {8080, 8443};

    (void)ctx;
    (void)process;
    assert_string_equal(variable, "s");
    if (strcmp(def->name, "bind") == 0 || strcmp(host, "client") == 0)
        return false;
    *port = i < ARRAY_LEN(ports) ? ports[i] : 0;
    return i < (strcmp(host, "server") == 0 ? 1 : ARRAY_LEN(ports));
}

static bool size_at(void *ctx, const char *process, const char *variable,
    size_t i, uint64_t *bytes, const char **help)
{
    (void)ctx;
    (void)process;
    *bytes = strcmp(variable, "s") == 0 ? 1012 : 1000;
    *help = "";
    return i == 0;
}

static void files(void *ctx, const char *prefix,
    void (*add)(void *to, const char *path), void *to)
{
    (void)ctx;
    if (strncmp("a b.stage", prefix, strlen(prefix)) == 0)
        add(to, "a b.stage");
}

static const struct complete_names names = {
    .process = "c1",
    .process_at = process_at,
    .variable_at = variable_at,
    .is_socket = is_socket,
    .argument = argument,
    .size_at = size_at,
    .host_at = host_at,
    .port_at = port_at,
    .files = files,
};

static struct completion at(const char *line)
{
    struct completion c = {0};
    struct str text = STR_INIT;
    const char *bar = strchr(line, '|');

    str_addn(&text, line, (size_t)(bar - line));
    str_add(&text, bar + 1);
    complete(&c, str_text(&text), text.len, (size_t)(bar - line), &names);
    str_done(&text);
    return c;
}

static const struct candidate *find(
    const struct completion *c, const char *text)
{
    for (size_t i = 0; i < c->of.len; i++)
        if (strcmp(c->of.items[i].text, text) == 0)
            return &c->of.items[i];
    return NULL;
}

/* All of `wanted` (separated by ;) are offered, none of `others`. */
static void check(const char *line, const char *wanted, const char *others)
{
    struct completion c = at(line);
    char list[512];
    char *rest = NULL;

    snprintf(list, sizeof list, "%s", wanted);
    for (char *w = strtok_r(list, ";", &rest); w;
         w = strtok_r(NULL, ";", &rest))
        if (!find(&c, w))
            fail_msg("%s does not offer \"%s\"", line, w);
    snprintf(list, sizeof list, "%s", others);
    for (char *w = strtok_r(list, ";", &rest); w;
         w = strtok_r(NULL, ";", &rest))
        if (find(&c, w))
            fail_msg("%s offers \"%s\"", line, w);
    completion_done(&c);
}

static void check_none(const char *line)
{
    struct completion c = at(line);

    if (c.of.len > 0)
        fail_msg("%s offers \"%s\"", line, c.of.items[0].text);
    completion_done(&c);
}

/* Behind b'x' * stands how many, and no name. */
static void test_sizes(void **state)
{
    (void)state;
    check("c1: n = s.send(b'x' * |", "1012", "s;n;len(;True;b'x' * 1000");
    check("c1: n = s.send(b'x' * 1|", "1012", "s;n");
    check("c1: s.sendall(b'ab' *|", "1012", "s");
    check("c1: data = b'x' * |", "1000", "s;n;len(");
    check_none("c1: n = s.send(b'x' * 2|");
    check_none("c1: n = s.send(b'x' * s|");
}

static void test_line_start(void **state)
{
    (void)state;
    check("|", "server: ;c1: ;c2: ;c3: ;wire ;expect ;s.;socket();show;n",
        "c4: ;msg;ls.");
    check("wi|", "wire ", "server: ");
    check("c|", "c1: ;c2: ;c3: ;claim ", "server: ");
    check("c|: s", "c1;c2", "c1: ");
    check("  ser|", "server: ", "");
}

static void test_calls(void **state)
{
    (void)state;
    check("server: ls.|", "accept();listen(1);bind(('', 8080))", "socket()");
    check("server: ls.ac|", "accept()", "listen(1)");
    check("c1: s.con|", "connect(('server', 8081))", "");
    check("s.con|", "connect(('server', 8081))", "");
    check("s.con|(('server', 1))", "connect", "connect(('server', 8081))");
    check("c1: s = so|", "socket()", "");
    check("c1: s = socket.so|", "socket()", "");
    check("server: msg.|", "decode()", "recv(1000)");
    check("server: msg = conn.recv(1).|", "decode()", "recv(1000)");
    check("os.|", "read(s.fileno(), 1000)", "connect(('server', 8081))");
    check("c1..c3: s.cl|", "close()", "");
    check("repeat 3 c1: s.sen|", "send(b'x' * 1000)", "recv(1000)");
    check("repeat |", "3", "");
    check("repeat 3 |", "c1: ", "");
}

static void test_arguments(void **state)
{
    (void)state;
    check("s = socket(|", "AF_INET;AF_INET6", "SOCK_STREAM;SO_SNDBUF");
    /* What the stage refuses is not offered. */
    check("s = socket(AF_|", "AF_INET;AF_INET6", "AF_UNIX;AF_UNSPEC");
    check("s = socket(AF_INET, |", "SOCK_STREAM;SOCK_DGRAM",
        "SOCK_RAW;SOCK_SEQPACKET");
    check("s = socket(AF_INET, SOCK_STREAM, |", "IPPROTO_TCP;IPPROTO_UDP",
        "IPPROTO_ICMP;IPPROTO_RAW");
    check("s = socket(AF_INET, |", "SOCK_STREAM;SOCK_DGRAM", "AF_INET");
    check("s = socket.socket(socket.|", "AF_INET", "SOCK_STREAM");
    check("s = socket.socket(socket.AF_INET, socket.S|", "SOCK_STREAM",
        "SO_SNDBUF");
    check("s.shutdown(|", "SHUT_WR;SHUT_RD;SHUT_RDWR", "MSG_PEEK");
    check("s.recv(10, |", "MSG_PEEK", "SHUT_WR");
    check("s.setsockopt(|", "SOL_SOCKET;IPPROTO_TCP", "SO_SNDBUF");
    check("s.setsockopt(SOL_SOCKET, |", "SO_SNDBUF;SO_LINGER", "TCP_NODELAY");
    check("s.setsockopt(IPPROTO_TCP, |", "TCP_NODELAY", "SO_SNDBUF");
    check("s.getsockopt(socket.SOL_SOCKET, socket.SO_S|", "SO_SNDBUF",
        "SO_LINGER;SOL_SOCKET");
    check("s.setblocking(|", "True;False", "None");
    check("s.settimeout(|", "None", "True");
    check("s.connect(|", "('server', 8081)", "");
    check("s.send(|", "n;s;b'x' * 1000", "ls");
    check("s.send(len(|", "n", "");
}

static void test_wire(void **state)
{
    (void)state;
    check("wire |", "hold;deliver ;release;delay ;step ", "server: ");
    check("wire de|", "deliver ;delay ", "hold");
    check("wire delay |", "100ms", "");
    check("wire delay 100ms |", "jitter ;from ", "client");
    check("wire delay 100ms jitter 20ms from |", "client;server", "jitter ");
    check("wire loss 10% |", "from ", "jitter ");
    check("wire rate |", "1mbit;off", "");
    check("wire coalesce |", "on;off", "");
    check("wire drop |", "client;server;any;SYN;SYN+ACK;*;again;c1.", "");
    check("wire drop 2 client |", "SYN;FIN", "client;server");
    check("wire drop SYN+|", "SYN+ACK", "SYN;ACK");
    check("wire drop client SYN+A|", "SYN+ACK", "ACK");
    check("wire drop SYN c1.|", "s", "n");
    check("wire unreachable |", "host;net;port", "SYN");
    check("wire unreachable host |", "client;SYN", "host");
    check_none("wire drop win |");
    check_none("wire hold |");
    check_none("wire nonsense |");
}

static void test_expect(void **state)
{
    (void)state;
    check("expect |", "c1.;server.;wire ;wire.held;len(", "c3.");
    check("expect wire |", "client;SYN;quiet for 300ms", "c1: ");
    check("expect wire client SYN, server SYN|", "SYN;SYN+ACK", "client");
    check("expect c1.|", "s.;n;error;call", "state;held;sockets");
    check("expect server.|", "ls.;sockets;result", "held");
    check("expect wire.|", "held;dropped", "s.");
    check("expect c1.s.|", "state;send_buffer;peer;cwnd", "call");
    check("expect server.sockets.|", "TIME_WAIT;ESTABLISHED", "half-closed");
    check("expect c1.s.state |", "== ;!= ", "ESTABLISHED");
    check("expect c1.s.state == |", "ESTABLISHED;half-closed;opening", "none");
    check("expect c1.s.state == half-cl|", "half-closed", "");
    check("expect c1.error == E|", "ECONNREFUSED;EPIPE", "none");
    check("expect c1.call == |", "none;accept", "ESTABLISHED");
    check("expect c1.s.timer == |", "none;retransmit;persist", "");
    check("expect len(server.|", "msg", "");
    check("expect server.addr == |", "c1.", "");
    check("expect server.addr == c1.s.|", "local;peer", "call");
    check("expect c1.s.state == ESTABLISHED |", "within 2s;for 300ms", "");
}

static void test_other_lines(void **state)
{
    (void)state;
    check("set |", "client;server", "wire");
    check("set server tcp_ab|", "tcp_abort_on_overflow", "tcp_sack");
    check("interrupt |", "c1;server", "c3");
    check("require |", "private", "");
    check("hide |", "client;server;wire", "");
    check("name np.hufs.ac.kr |", "server;client", "");
    check("include a |", "a b.stage", "");
    check("include |", "a b.stage", "");
    check_none("note c1.|");
    check_none("title |");
    check_none("set server tcp_sack |");
}

/* Inside literals and comments nothing is a word. */
static void test_no_place(void **state)
{
    (void)state;
    check_none("c1: s.send(b'so|");
    check_none("c1: s.send(b'a') # so|");
    check_none("# so|");
    check_none("c1: s.recv(10|");
    check_none("c1: s.send(b'a'|");
    check_none("c1: s.\x01|");
    check_none("c1: \xff|");
    check_none("c1: 안|");
}

static void test_range_and_common(void **state)
{
    struct completion c = at("c1: s.set|x");

    (void)state;
    assert_int_equal(c.from, 6);
    assert_int_equal(c.to, 9);
    assert_true(c.of.len == 3); /* setblocking, settimeout, setsockopt */
    assert_int_equal(c.common, 3);
    completion_done(&c);
    c = at("wire drop client SYN+|");
    assert_int_equal(c.from, 17);
    assert_int_equal(c.of.len, 1);
    assert_int_equal(c.common, 7);
    completion_done(&c);
    /* What is written exactly so is meant. */
    c = at("s = soc|");
    assert_int_equal(c.of.len, 2);
    assert_int_equal(c.common, 6);
    completion_done(&c);
    /* Either case finds it. */
    c = at("s = socket(af_inet6|");
    assert_int_equal(c.of.len, 1);
    assert_string_equal(c.of.items[0].text, "AF_INET6");
    completion_done(&c);
    /* A wide letter before the word. */
    c = at("c1: s.send('한'.enc|");
    assert_int_equal(c.of.len, 1);
    assert_int_equal(c.of.items[0].kind, CANDIDATE_CALL);
    completion_done(&c);
}

static void test_hosts(void **state)
{
    struct completion c;

    (void)state;
    check("c1: s.connect(('ser|", "server", "client;'server';server.");
    check("c1: s.connect((\"|", "server;client;localhost;np.hufs.ac.kr", "s;n");
    check("c1: s.connect(('|', 8080))", "server;localhost", "");
    check("c1: s.connect((|", "'server';'np.hufs.ac.kr'", "server;n");
    check("c1: s.connect((n|", "n", "'server'");
    check("repeat 3 c1: n = s.sendto(b'x' * 3, ('c|", "client", "server;c1: ");
    check("s.connect(('l|", "localhost", "listen(1)");
    c = at("server: ls.bind(('np.hufs.a|");
    assert_int_equal(c.of.len, 1);
    assert_int_equal(c.of.items[0].kind, CANDIDATE_HOST);
    assert_string_equal(c.of.items[0].text, "np.hufs.ac.kr");
    assert_int_equal(c.from, 18);
    completion_done(&c);
    check_none("c1: s.send('ser|");
    check_none("c1: s.sendto(('ser|");
    check_none("c1: s.connect('ser|");
    check_none("c1: s.connect((b'ser|");
    check_none("c1: s.connect(('server', 'cl|");
    check_none("c1: s.connect(('server'ser|");
    check_none("expect c1.s.peer == '|");
    check_none("note 'ser|");
    check_none("# c1: s.connect(('ser|");
}

static void test_ports(void **state)
{
    struct completion c = at("c1: s.connect(('server', |");

    (void)state;
    assert_string_equal(c.of.items[0].text, "8080");
    completion_done(&c);
    check("c1: s.connect(('server', |", "8080", "8443;server;n;None");
    check("c1: s.connect(('server', n|", "n", "8080");
    check("c1: s.connect(('10.0.0.1', 84|", "8443", "8080");
    check("c1: s.connect(('server',80|))", "8080", "8443");
    check("c1: s.sendto(b'x', (\"server\", |", "8080", "");
    check("c1: s.connect((n, |", "8080;8443", "");
    check("server: s.bind(('', |", "", "8080");
    check("c1: s.connect(('client', |", "", "8080");
    check("c1: s.send(('server', |", "", "8080");
    check("c1: s.connect(('server', 8080, |", "", "8080");
}

static void test_vote(void **state)
{
    (void)state;
    check("vo|", "vote ", "");
    check("vote |", "1", "");
    check_none("vote 1 |");
}

static void test_nobody_asked(void **state)
{
    static const struct complete_names nobody;
    static const char *const lines[] = {"", "c1: s.", "expect c1.",
        "wire drop ", "include ", "set server ", "c1: s.connect(",
        "c1: s.connect(('", "c1: s.connect(('server', ", "interrupt "};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct completion c = {0};
        complete(&c, lines[i], strlen(lines[i]), strlen(lines[i]), &nobody);
        completion_done(&c);
    }
}

static void test_every_cursor(void **state)
{
    static const char line[] =
        "expect wire client SYN+ACK(10) win 5 c1.s, ... within 2s "
        "c1..c9: a, b = s.send(b'\xea\xb0\x80' * (1 + [2)], 'x').y -- # z";

    (void)state;
    for (size_t from = 0; from < sizeof line; from++)
        for (size_t cursor = from; cursor < sizeof line; cursor++) {
            struct completion c = {0};
            complete(&c, line + from, cursor - from, cursor - from, &names);
            assert_true(c.from <= c.to && c.to == cursor - from);
            for (size_t i = 0; i < c.of.len; i++)
                assert_true(strlen(c.of.items[i].text) >= c.common);
            completion_done(&c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_start),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_wire),
        cmocka_unit_test(test_expect),
        cmocka_unit_test(test_other_lines),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_range_and_common),
        cmocka_unit_test(test_vote),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_nobody_asked),
        cmocka_unit_test(test_every_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
