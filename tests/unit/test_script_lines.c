/* What each kind of line becomes: processes, statements, wire lines, patterns,
 * expectations, and the lines for the class. */
#include "sockstage/script/ast.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

static struct script *parse(const char *text)
{
    struct script_error e;
    char where[640];
    struct script *s = script_parse("f.stage", text, strlen(text), &e);

    if (!s)
        fail_msg("%s\n%s", script_error_format(&e, where, sizeof where), text);
    return s;
}

/* The last line of a text that must parse; the caller frees the script. */
static const struct script_line *last(struct script *s)
{
    assert_true(s->lines.len > 0);
    return s->lines.items[s->lines.len - 1];
}

#define BOTH   .sides = WIRE_BOTH
#define CLIENT .sides = WIRE_SIDE(HOST_CLIENT)
#define SERVER .sides = WIRE_SIDE(HOST_SERVER)

static const struct {
    const char *text;
    struct wire_order order; /* the pattern aside */
    const char *pattern;     /* NULL: any */
} wire_rows[] = {
    {"wire delay 100ms", {.word = WIRE_DELAY, BOTH, .delay_ns = 100 * MS},
        NULL},
    {"wire delay 1.5s from client",
        {.word = WIRE_DELAY, CLIENT, .delay_ns = 1500 * MS}, NULL},
    {"wire delay 500us from server",
        {.word = WIRE_DELAY, SERVER, .delay_ns = MS / 2}, NULL},
    {"wire delay 100ms jitter 20ms",
        {.word = WIRE_DELAY, BOTH, .delay_ns = 100 * MS, .jitter_ns = 20 * MS},
        NULL},
    {"wire delay 0ms jitter 1ms from client",
        {.word = WIRE_DELAY, CLIENT, .jitter_ns = MS}, NULL},
    {"wire rate 1mbit", {.word = WIRE_RATE, .rate = 1000000}, NULL},
    {"wire rate 500kbit", {.word = WIRE_RATE, .rate = 500000}, NULL},
    {"wire rate 2.5Mbit", {.word = WIRE_RATE, .rate = 2500000}, NULL},
    {"wire rate 800bit # slow", {.word = WIRE_RATE, .rate = 800}, NULL},
    {"wire rate off", {.word = WIRE_RATE}, NULL},
    {"wire loss 10%", {.word = WIRE_LOSS, BOTH, .loss_ppm = 100000}, NULL},
    {"wire loss 0.5% from server",
        {.word = WIRE_LOSS, SERVER, .loss_ppm = 5000}, NULL},
    {"wire loss 100%", {.word = WIRE_LOSS, BOTH, .loss_ppm = 1000000}, NULL},
    {"wire mtu 576", {.word = WIRE_MTU, .mtu = 576}, NULL},
    {"wire seed 0", {.word = WIRE_SEED}, NULL},
    {"wire seed 7", {.word = WIRE_SEED, .seed = 7}, NULL},
    {"wire hold  # from now on", {.word = WIRE_HOLD}, NULL},
    {"wire deliver", {.word = WIRE_DELIVER, .count = 1}, NULL},
    {"wire step", {.word = WIRE_DELIVER, .count = 1}, NULL},
    {"wire deliver 3", {.word = WIRE_DELIVER, .count = 3}, NULL},
    {"wire deliver 2 client DATA", {.word = WIRE_DELIVER, .count = 2},
        "client DATA"},
    {"wire deliver client ACK c4.s", {.word = WIRE_DELIVER, .count = 1},
        "client ACK c4.s"},
    {"wire release", {.word = WIRE_RELEASE}, NULL},
    {"wire drop client DATA(1000)", {.word = WIRE_DROP, .count = 1},
        "client DATA(1000)"},
    {"wire drop 2 *", {.word = WIRE_DROP, .count = 2}, NULL},
    {"wire drop any SYN+ACK win 0 seq 1001 again server.conn",
        {.word = WIRE_DROP, .count = 1},
        "SYN+ACK win 0 seq 1001 again server.conn"},
    {"wire duplicate server UDP", {.word = WIRE_DUPLICATE, .count = 1},
        "server UDP"},
    {"wire corrupt 3 client DATA", {.word = WIRE_CORRUPT, .count = 3},
        "client DATA"},
    {"wire unreachable host client SYN",
        {.word = WIRE_UNREACHABLE, .what = WIRE_UNREACHABLE_HOST, .count = 1},
        "client SYN"},
    {"wire unreachable net 2 *",
        {.word = WIRE_UNREACHABLE, .what = WIRE_UNREACHABLE_NET, .count = 2},
        NULL},
    {"wire unreachable port UDP",
        {.word = WIRE_UNREACHABLE, .what = WIRE_UNREACHABLE_PORT, .count = 1},
        "UDP"},
    {"wire cut", {.word = WIRE_CUT}, NULL},
    {"wire join", {.word = WIRE_JOIN}, NULL},
    {"wire coalesce on", {.word = WIRE_COALESCE, .on = true}, NULL},
    {"wire coalesce off", {.word = WIRE_COALESCE}, NULL},
    {"wire real", {.word = WIRE_REAL}, NULL},
};

static void test_wire_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wire_rows / sizeof *wire_rows; i++) {
        char text[PATTERN_TEXT_MAX];
        char lines[256];
        snprintf(lines, sizeof lines,
            "server: conn = socket()\nc4: s = socket()\n%s", wire_rows[i].text);
        struct script *s = parse(lines);
        const struct wire_order *o = &last(s)->wire,
                                *want = &wire_rows[i].order;
        assert_int_equal(last(s)->kind, LINE_WIRE);
        assert_int_equal(o->word, want->word);
        assert_int_equal(o->sides, want->sides);
        assert_int_equal(o->delay_ns, want->delay_ns);
        assert_int_equal(o->jitter_ns, want->jitter_ns);
        assert_int_equal(o->rate, want->rate);
        assert_int_equal(o->loss_ppm, want->loss_ppm);
        assert_int_equal(o->mtu, want->mtu);
        assert_int_equal(o->seed, want->seed);
        assert_int_equal(o->on, want->on);
        assert_int_equal(o->what, want->what);
        assert_int_equal(o->count, want->count);
        assert_string_equal(pattern_format(&o->pattern, text),
            wire_rows[i].pattern ? wire_rows[i].pattern : "*");
        script_free(s);
    }
}

/* What the manual shows of each line parses as that line. */
static void test_wire_usages(void **state)
{
    enum wire_word word;

    (void)state;
    for (size_t i = 0; wire_word_at(i, &word); i++) {
        struct script *s = parse(wire_word_info(word)->usage);
        assert_int_equal(last(s)->wire.word, word);
        script_free(s);
    }
}

static void test_expect_wire(void **state)
{
    (void)state;
    struct script *s = parse(
        "expect wire client SYN, ..., server FIN(1000), again, \xe2\x80\xa6 "
        "within 2s");
    const struct expectation *e = &last(s)->expect;
    assert_int_equal(e->kind, EXPECT_WIRE);
    assert_int_equal(e->item_count, 5);
    assert_int_equal(e->within_ns, 2000 * MS);
    assert_int_equal(e->items[0].pattern.class, PATTERN_SYN);
    assert_true(e->items[1].any_number);
    assert_int_equal(e->items[2].pattern.class, PATTERN_FIN);
    assert_int_equal(e->items[2].pattern.len, 1000);
    assert_int_equal(e->items[2].pattern.from, HOST_SERVER);
    assert_true(e->items[3].pattern.again);
    assert_true(e->items[4].any_number);
    assert_int_equal(script_needs_wire_line(s), 1);
    script_free(s);

    s = parse("expect wire quiet for 300ms");
    assert_int_equal(last(s)->expect.kind, EXPECT_WIRE_QUIET);
    assert_int_equal(last(s)->expect.for_ns, 300 * MS);
    script_free(s);
}

#define SETUP "server: ls = socket()\nserver: msg = b''\nc1: s = socket()\n"

static void test_subjects(void **state)
{
    static const struct {
        const char *text;
        enum subject_kind kind;
        enum compare_op op;
        enum operand_kind operand;
    } rows[] = {
        {"c1.s.state == ESTABLISHED", SUBJECT_SOCK_STATE, OP_EQ, OPERAND_STATE},
        {"c1.s.state != half-closed", SUBJECT_SOCK_STATE, OP_NE, OPERAND_STATE},
        {"c1.s.state == FIN-WAIT-1", SUBJECT_SOCK_STATE, OP_EQ, OPERAND_STATE},
        {"c1.s.state == server.ls.state", SUBJECT_SOCK_STATE, OP_EQ,
            OPERAND_SUBJECT},
        {"c1.s.send_buffer > 3000", SUBJECT_SOCK_FIELD, OP_GT, OPERAND_VALUE},
        {"c1.s.rto >= 200ms", SUBJECT_SOCK_FIELD, OP_GE, OPERAND_DURATION},
        {"c1.s.timer == none", SUBJECT_SOCK_TIMER, OP_EQ, OPERAND_WORD},
        {"c1.s.local == '10.0.0.2:34254'", SUBJECT_SOCK_LOCAL, OP_EQ,
            OPERAND_VALUE},
        {"c1.s.peer == server.ls.local", SUBJECT_SOCK_PEER, OP_EQ,
            OPERAND_SUBJECT},
        {"c1.call == accept", SUBJECT_CALL, OP_EQ, OPERAND_WORD},
        {"c1.call == none", SUBJECT_CALL, OP_EQ, OPERAND_WORD},
        {"c1.result == None", SUBJECT_RESULT, OP_EQ, OPERAND_VALUE},
        {"c1.error == EWOULDBLOCK", SUBJECT_ERROR, OP_EQ, OPERAND_WORD},
        {"c1.error == UnicodeDecodeError", SUBJECT_ERROR, OP_EQ, OPERAND_WORD},
        {"c1.elapsed < 1.5s", SUBJECT_ELAPSED, OP_LT, OPERAND_DURATION},
        {"server.msg == b'x' * 3", SUBJECT_VARIABLE, OP_EQ, OPERAND_VALUE},
        {"server.msg == ('a', 1)", SUBJECT_VARIABLE, OP_EQ, OPERAND_VALUE},
        {"server.msg == True", SUBJECT_VARIABLE, OP_EQ, OPERAND_VALUE},
        {"server.msg == SHUT_WR", SUBJECT_VARIABLE, OP_EQ, OPERAND_VALUE},
        {"server.msg == -1", SUBJECT_VARIABLE, OP_EQ, OPERAND_VALUE},
        {"len(server.msg) <= 1000", SUBJECT_LEN, OP_LE, OPERAND_VALUE},
        {"len(server.msg) == len(server.msg)", SUBJECT_LEN, OP_EQ,
            OPERAND_SUBJECT},
        {"wire.held == 2", SUBJECT_WIRE_HELD, OP_EQ, OPERAND_VALUE},
        {"wire.dropped == 0", SUBJECT_WIRE_DROPPED, OP_EQ, OPERAND_VALUE},
        {"server.sockets == 1", SUBJECT_SOCKETS, OP_EQ, OPERAND_VALUE},
        {"client.sockets.TIME-WAIT == 1", SUBJECT_SOCKETS, OP_EQ,
            OPERAND_VALUE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        snprintf(text, sizeof text, SETUP "expect %s", rows[i].text);
        struct script *s = parse(text);
        const struct expectation *e = &last(s)->expect;
        if (e->subject.kind != rows[i].kind || e->op != rows[i].op ||
            e->value.kind != rows[i].operand || e->for_ns != 0 ||
            e->within_ns != EXPECT_WITHIN_DEFAULT_NS)
            fail_msg("%s", rows[i].text);
        script_free(s);
    }
}

static void test_subject_parts(void **state)
{
    (void)state;
    struct script *s =
        parse(SETUP "expect c1.s.recv_buffer == 5 for 300ms # still");
    const struct script_line *l = last(s);
    assert_string_equal(l->expect.subject.text, "c1.s.recv_buffer");
    assert_string_equal(l->expect.subject.process, "c1");
    assert_string_equal(l->expect.subject.name, "s");
    assert_string_equal(l->expect.subject.field->name, "recv_buffer");
    assert_int_equal(l->expect.for_ns, 300 * MS);
    assert_string_equal(l->source, "expect c1.s.recv_buffer == 5 for 300ms");
    script_free(s);

    s = parse("expect client.sockets.SYN_RECEIVED == 1 within 5s");
    l = last(s);
    assert_int_equal(l->expect.subject.host, HOST_CLIENT);
    assert_int_equal(l->expect.subject.state, TCP_STATE_SYN_RECEIVED);
    assert_int_equal(l->expect.within_ns, 5000 * MS);
    assert_int_equal(script_needs_wire_line(s), 0);
    script_free(s);

    s = parse("pause\nexpect wire.held == 1");
    assert_int_equal(script_needs_wire_line(s), 2);
    script_free(s);
}

static void test_statements(void **state)
{
    (void)state;
    struct script *s = parse("c1: s = socket.socket(AF_INET6, proto=0)");
    const struct statement *st = &last(s)->statement;
    assert_int_equal(st->kind, STATEMENT_CALL);
    assert_string_equal(st->def->name, "socket");
    assert_int_equal(st->argc, 3);
    assert_string_equal(st->args[0]->name, "AF_INET6");
    assert_int_equal(value_as_int(st->args[1]->value), SOCK_STREAM);
    assert_int_equal(value_as_int(st->args[2]->value), 0);
    assert_string_equal(st->targets[0], "s");
    script_free(s);

    s = parse("c1: s = socket()\nc1: (conn, addr) = s.accept()");
    st = &last(s)->statement;
    assert_string_equal(st->variable, "s");
    assert_int_equal(st->target_count, 2);
    assert_string_equal(st->targets[1], "addr");
    assert_string_equal(st->text, "(conn, addr) = s.accept()");
    script_free(s);

    s = parse("c1: s = socket()\nc1: t = s.recv(9, MSG_PEEK).decode('ascii')");
    st = &last(s)->statement;
    assert_string_equal(st->decode, "ascii");
    assert_int_equal(st->argc, 2);
    script_free(s);

    s = parse("c1: s = socket()\nc1: os.write(s.fileno(), b'x')");
    st = &last(s)->statement;
    assert_int_equal(st->def->on, CALL_ON_OS);
    assert_int_equal(st->args[0]->kind, EXPR_FILENO);
    assert_null(st->variable);
    script_free(s);

    s = parse("c1: print((1, 2), 3)");
    st = &last(s)->statement;
    assert_int_equal(st->kind, STATEMENT_PRINT);
    assert_int_equal(st->expr->count, 2);
    script_free(s);

    s = parse("c1: host, port = 'server', 8080");
    st = &last(s)->statement;
    assert_int_equal(st->kind, STATEMENT_ASSIGN);
    assert_int_equal(st->expr->kind, EXPR_TUPLE);
    assert_int_equal(st->target_count, 2);
    script_free(s);
}

static void test_imports(void **state)
{
    static const char *const rows[] = {"c1: import socket",
        "c1: from socket import *", "c1: import os, struct",
        "c1: from socket import AF_INET, SOCK_STREAM"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *s = parse(rows[i]);
        assert_int_equal(last(s)->statement.kind, STATEMENT_NOTHING);
        script_free(s);
    }
}

static void test_fan_out(void **state)
{
    (void)state;
    struct script *s = parse("c9..c11: s = socket()\nrepeat 3 c9..c10: s = 1");
    const struct script_line *l = s->lines.items[0];
    assert_int_equal(l->process_count, 3);
    assert_string_equal(l->processes[0], "c9");
    assert_string_equal(l->processes[2], "c11");
    l = last(s);
    assert_int_equal(l->kind, LINE_REPEAT);
    assert_int_equal(l->number, 3);
    assert_int_equal(l->process_count, 2);
    script_free(s);
}

static void test_other_lines(void **state)
{
    (void)state;
    struct script *s = parse("title.ko  \xed\x95\x9c # no comment\n"
                             "title English\n"
                             "ask which?\noption one\noption* two\n"
                             "option*.ko \xeb\x91\x98\ntry alone: 'x\n"
                             "claim 7\nmark half-way\nrequire private\n"
                             "set server tcp_rmem 4096 8192 16384 # bytes\n"
                             "name np.hufs.ac.kr server\nwait 200ms\npause\n"
                             "interrupt c1\nhide wire\nshow\n");
    struct script_line *const *l = s->lines.items;
    assert_string_equal(l[0]->text, "\xed\x95\x9c # no comment");
    assert_string_equal(l[0]->lang, "ko");
    assert_string_equal(script_title(s, "ko"), l[0]->text);
    assert_string_equal(script_title(s, "en"), "English");
    assert_string_equal(script_title(s, "fr"), "English");
    assert_false(l[3]->on);
    assert_true(l[4]->on);
    assert_true(l[5]->on);
    assert_string_equal(l[5]->lang, "ko");
    assert_string_equal(l[6]->text, "alone: 'x");
    assert_int_equal(l[7]->number, 7);
    assert_string_equal(l[8]->name, "half-way");
    assert_true(script_requires_private(s));
    assert_int_equal(l[10]->host, HOST_SERVER);
    assert_string_equal(l[10]->name, "tcp_rmem");
    assert_string_equal(l[10]->text, "4096 8192 16384");
    assert_string_equal(l[11]->name, "np.hufs.ac.kr");
    assert_int_equal(l[12]->ns, 200 * MS);
    assert_string_equal(l[14]->processes[0], "c1");
    assert_string_equal(l[15]->name, "wire");
    assert_int_equal(l[16]->kind, LINE_SHOW);
    /* set, name, wait, pause, interrupt; hide and show go along with it */
    assert_int_equal(script_line_count(s), 5);
    assert_int_equal(script_line_number(s, 0), 11);
    assert_string_equal(
        script_line_text(s, 0), "set server tcp_rmem 4096 8192 16384");
    assert_string_equal(script_line_file(s, 0), "f.stage");
    script_free(s);
}

static void test_prompt(void **state)
{
    struct script_error e;

    (void)state;
    struct script *s =
        script_parse_prompt("c2", "s.send(msg)\nname = 'x'\nwire hold", &e);
    assert_non_null(s);
    assert_int_equal(s->lines.len, 3);
    assert_string_equal(s->lines.items[0]->processes[0], "c2");
    assert_string_equal(s->lines.items[1]->statement.targets[0], "name");
    assert_int_equal(s->lines.items[2]->kind, LINE_WIRE);
    script_free(s);

    s = script_parse_prompt("c2", "server: ls.listen(5)", &e);
    assert_non_null(s);
    assert_string_equal(s->lines.items[0]->processes[0], "server");
    script_free(s);

    assert_null(script_parse_prompt(NULL, "s.send(msg)", &e));
    assert_non_null(strstr(e.what, "which process"));
    assert_null(script_parse_prompt("c2", "expct c1.n == 1", &e));
    assert_non_null(strstr(e.what, "did you mean expect"));
    assert_null(script_parse_prompt("c2", "s.lisen(1)", &e));
    assert_int_equal(e.column, 3);
    s = script_parse_prompt("c2", "", &e);
    assert_non_null(s);
    assert_int_equal(s->lines.len, 0);
    script_free(s);
}

/* A name that was never given a value, also across fork(). */
static void test_names_of_processes(void **state)
{
    struct script_error e;
    const char *after = "server: s = socket()\nserver: w = fork()\n"
                        "server: t = socket()\nw: s.close()\nw: t.close()\n";

    (void)state;
    assert_null(script_parse("f", after, strlen(after), &e));
    assert_int_equal(e.line, 5);
    assert_int_equal(e.column, 4);
    assert_string_equal(e.what, "t belongs to server: server: t.close()");
    const char *fan = "c1: s = socket()\nc1..c2: s.close()\n";
    assert_null(script_parse("f", fan, strlen(fan), &e));
    assert_string_equal(e.what, "c2 has no name s; c1 has one: c1: s.close()");
}

/* The stage's names: server has ls and conn, c1 has s. */
static bool stage_has(const void *ctx, const char *process, const char *name)
{
    (void)ctx;
    if (strcmp(process, "server") == 0)
        return strcmp(name, "ls") == 0 || strcmp(name, "conn") == 0;
    return strcmp(process, "c1") == 0 && strcmp(name, "s") == 0;
}

static const char *stage_owner(const void *ctx, const char *name)
{
    if (stage_has(ctx, "server", name))
        return "server";
    return stage_has(ctx, "c1", name) ? "c1" : NULL;
}

static const struct script_names stage_names = {
    .has = stage_has, .owner = stage_owner};

static void check_typed(const char *process, const char *text, int column,
    const char *what, const char *wrong, const char *right)
{
    struct script_error e;

    assert_null(script_parse_typed(process, text, &stage_names, &e));
    assert_string_equal(e.what, what);
    assert_int_equal(e.column, column);
    assert_string_equal(e.fix.wrong, wrong);
    assert_string_equal(e.fix.right, right);
}

static void test_whose_names(void **state)
{
    static const char *const fine[] = {"s.close()", "server: ls.close()",
        "t.close()", "ls = socket()\nls.close()", "print(SOCK_STREAM)",
        "server: w = fork()\nw: conn.close()"};
    struct script_error e;

    (void)state;
    check_typed("c1", "ls.accept()", 1,
        "ls belongs to server: server: conn, addr = ls.accept()", "",
        "server: conn, addr = ");
    check_typed("c1", "c1: ls.accept()", 1,
        "ls belongs to server: server: conn, addr = ls.accept()", "c1",
        "server");
    check_typed("c1", "x, y = ls.accept()", 1,
        "ls belongs to server: server: x, y = ls.accept()", "", "server: ");
    check_typed("c1", "n = conn.send(b'x')", 1,
        "conn belongs to server: server: n = conn.send(b'x')", "", "server: ");
    check_typed("server", "s.send(b'x')", 1,
        "s belongs to c1: c1: s.send(b'x')", "", "c1: ");
    check_typed("c2", "s.close()", 1,
        "c2 has no name s; c1 has one: c1: s.close()", "", "c1: ");
    check_typed("c2", "c1..c2: ls.close()", 9,
        "ls belongs to server: server: ls.close()", "", "");
    check_typed(
        "c1", "print(conn)", 7, "conn belongs to server, not to c1", "", "");
    /* What parses and is nobody else's. */
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct script *s = script_parse_typed("c1", fine[i], &stage_names, &e);
        assert_non_null(s);
        script_free(s);
    }
    check_typed("server", "ls.accept()", 1,
        "nobody keeps the new socket: write conn, addr = ls.accept()", "",
        "conn, addr = ");
    check_typed("server", "k = ls.accept()", 1,
        "accept() gives two values: k, addr = ls.accept()", "k", "k, addr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_lines),
        cmocka_unit_test(test_wire_usages),
        cmocka_unit_test(test_expect_wire),
        cmocka_unit_test(test_subjects),
        cmocka_unit_test(test_subject_parts),
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_imports),
        cmocka_unit_test(test_fan_out),
        cmocka_unit_test(test_other_lines),
        cmocka_unit_test(test_prompt),
        cmocka_unit_test(test_names_of_processes),
        cmocka_unit_test(test_whose_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
