/* Text as people have it: the code of lecture notes pasted into blocks, quotes
 * from slides, files that include files. */
#include "sockstage/script/ast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct script *parse(const char *text)
{
    struct script_error e;
    char where[640];
    struct script *s = script_parse("f.stage", text, strlen(text), &e);

    if (!s)
        fail_msg("%s\n%s", script_error_format(&e, where, sizeof where), text);
    return s;
}

static void check_line(const struct script *s, size_t i, const char *text)
{
    assert_true(i < script_line_count(s));
    assert_string_equal(script_line_text(s, i), text);
}

/* As the notes have it: fences, comments, colons at the end. */
static void test_notes(void **state)
{
    (void)state;
    struct script *s =
        parse("server:\n"
              "    host = ''\n"
              "    port = 8080\n"
              "    number = 5\n"
              "    how = socket.SHUT_WR\n"
              "```Python\n"
              "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM) # TCP "
              "socket for IPv4\n"
              "```\n"
              "    ```Python\n"
              "    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # "
              "UDP\n"
              "    ```\n"
              "\n"
              "    listen_sock = socket.socket(socket.AF_INET, "
              "socket.SOCK_STREAM)\n"
              "    listen_sock.bind((host, port)): \n"
              "    listen_sock.listen(number)\n"
              "    s, addr = listen_sock.accept()\n"
              "c1:\n"
              "```Python\n"
              "host, port = 'server', 8080\n"
              "msg = b'hello'\n"
              "bufsize = 1024\n"
              "how = socket.SHUT_WR\n"
              "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n"
              "s.connect((host, port))\n"
              "n_sent = s.send(msg)\n"
              "n_sent = s.sendall(msg): \n"
              "msg = s.recv(bufsize): \n"
              "s.shutdown(how): \n"
              "s.close()\n"
              "```\n"
              "pause\n");
    assert_int_equal(script_line_count(s), 10 + 11 + 1);
    check_line(
        s, 4, "server: s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)");
    check_line(s, 7, "server: listen_sock.bind((host, port)):");
    check_line(s, 20, "c1: s.close()");
    const struct script_line *bind = s->lines.items[7];
    assert_string_equal(bind->statement.text, "listen_sock.bind((host, port))");
    assert_int_equal(bind->line, 14);
    assert_int_equal(bind->column, 5);

    size_t hints = 0;
    while (script_hint_at(s, hints))
        hints++;
    assert_int_equal(hints, 4);
    assert_int_equal(script_hint_at(s, 0)->line, 14);
    assert_int_equal(script_hint_at(s, 0)->column, 35);
    script_free(s);
}

/* The example of the manual. */
static void test_example(void **state)
{
    (void)state;
    struct script *s =
        parse("# three-way handshake\n"
              "title  The three-way handshake\n"
              "note   connect() returns after one round trip.\n"
              "wire delay 100ms\n"
              "server: ls = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n"
              "server: ls.bind(('', 8080))\n"
              "server: ls.listen(5)\n"
              "c1: s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n"
              "c1: s.connect(('server', 8080))\n"
              "expect wire client SYN, server SYN+ACK, client ACK\n"
              "expect c1.s.state == ESTABLISHED\n"
              "server: conn, addr = ls.accept()\n"
              "c1: n = s.send(b'x' * 3000)\n"
              "expect server.conn.recv_buffer == 3000\n"
              "server: msg = conn.recv(1000)\n"
              "expect len(server.msg) == 1000\n"
              "expect server.conn.recv_buffer == 2000\n");
    assert_int_equal(script_line_count(s), 9); /* the others check */
    assert_string_equal(script_title(s, "en"), "The three-way handshake");
    assert_int_equal(script_needs_wire_line(s), 4);
    assert_false(script_requires_private(s));
    assert_string_equal(script_name(s), "f.stage");
    script_free(s);
}

static void test_slides(void **state)
{
    (void)state;
    struct script *s = parse(
        "\xef\xbb\xbf"
        "c1\xef\xbc\x9a s = socket\xef\xbc\x88\xef\xbc\x89\r\n"
        "c1: s.connect\xef\xbc\x88(\xe2\x80\x98server\xe2\x80\x99\xef\xbc\x8c "
        "8080\xef\xbc\x89)\r\n"
        "c1:\xc2\xa0s.send(b\xe2\x80\x9chi\xe2\x80\x9d)\r\n"
        "c1: m = \"a \xe2\x80\x9c"
        "b\xe2\x80\x9d c\"\r\n"
        "c1: k = 'x\xe2\x80\x99\r\n");
    check_line(s, 0, "c1: s = socket()");
    check_line(s, 1, "c1: s.connect(('server', 8080))");
    check_line(s, 2, "c1: s.send(b\"hi\")");
    check_line(s, 3,
        "c1: m = \"a \xe2\x80\x9c"
        "b\xe2\x80\x9d c\"");
    check_line(s, 4, "c1: k = 'x'");
    script_free(s);
}

static void test_comments(void **state)
{
    (void)state;
    struct script *s = parse("c1: m = b'#1'  # two\n"
                             "   # indented\n"
                             "note a # b\n"
                             "c1: k = 5 #\n");
    check_line(s, 0, "c1: m = b'#1'");
    check_line(s, 1, "c1: k = 5");
    assert_string_equal(s->lines.items[1]->text, "a # b");
    script_free(s);
}

/* A script whose lines are all indented, and blocks of several processes. */
static void test_indented(void **state)
{
    (void)state;
    struct script *s = parse("    wire hold\n"
                             "    c1..c2:\n"
                             "\ts = socket()\n"
                             "\n"
                             "        # still in it\n"
                             "        s.close()\n"
                             "    wire release");
    assert_int_equal(script_line_count(s), 4);
    check_line(s, 2, "c1..c2: s.close()");
    assert_int_equal(s->lines.items[2]->process_count, 2);
    script_free(s);
}

/* ---- files -------------------------------------------------------------- */

struct folder {
    char path[64];
};

static void write_file(
    const struct folder *f, const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", f->path, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static struct script *parse_in(
    const struct folder *f, const char *name, struct script_error *e)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", f->path, name);
    return script_parse_file(path, e);
}

static int make_folder(void **state)
{
    struct folder *f = calloc(1, sizeof *f);

    assert_non_null(f);
    snprintf(f->path, sizeof f->path, "/tmp/sockstage-test-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    *state = f;
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {
        "a.stage", "b.stage", "c.stage", "bad.stage"};
    struct folder *f = *state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        unlink(path);
    }
    rmdir(f->path);
    free(f);
    return 0;
}

static void test_include(void **state)
{
    const struct folder *f = *state;
    struct script_error e;

    write_file(f, "a.stage", "include b.stage # setup\nserver: ls.close()\n");
    write_file(f, "b.stage", "server: ls = socket()\n");
    struct script *s = parse_in(f, "a.stage", &e);
    assert_non_null(s);
    assert_int_equal(script_line_count(s), 2);
    assert_int_equal(script_line_number(s, 0), 1);
    assert_non_null(strstr(script_line_file(s, 0), "/b.stage"));
    assert_int_equal(script_line_number(s, 1), 2);
    assert_non_null(strstr(script_line_file(s, 1), "/a.stage"));
    script_free(s);
}

static void test_include_errors(void **state)
{
    const struct folder *f = *state;
    struct script_error e;

    write_file(f, "b.stage", "pause\ninclude c.stage\n");
    write_file(f, "c.stage", "\n  include b.stage\n");
    assert_null(parse_in(f, "b.stage", &e));
    assert_non_null(strstr(e.file, "/c.stage"));
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 11);
    assert_non_null(strstr(e.what, "includes itself"));

    write_file(f, "a.stage", "include bad.stage\n");
    write_file(f, "bad.stage", "pause\npuase\n");
    assert_null(parse_in(f, "a.stage", &e));
    assert_non_null(strstr(e.file, "/bad.stage"));
    assert_int_equal(e.line, 2);
    assert_non_null(strstr(e.what, "did you mean pause"));

    assert_null(parse_in(f, "none.stage", &e));
    assert_non_null(strstr(e.what, "ENOENT"));
    assert_null(script_parse_file(f->path, &e));
    assert_non_null(strstr(e.what, "EISDIR"));
}

/* A fence around whole scripts: its end belongs to no block in it. */
static void test_fence_around(void **state)
{
    (void)state;
    struct script *s = parse("```\n"
                             "server:\n"
                             "    ls = socket()\n"
                             "```\n"
                             "c1: s = socket()\n"
                             "```stage\n"
                             "c2:\n"
                             "    ```Python\n"
                             "    s = socket()\n"
                             "    ```\n"
                             "    s.close()\n"
                             "```\n");

    assert_int_equal(script_line_count(s), 4);
    check_line(s, 0, "server: ls = socket()");
    check_line(s, 1, "c1: s = socket()");
    check_line(s, 3, "c2: s.close()");
    script_free(s);
}

/* Each line that was carried out, as it can be typed alone. */
static void test_typed(void **state)
{
    static const char *const lines[] = {"server: ls = socket()",
        "server: ls.listen(1)", "c1..c2: s = socket()", "note  Look #1",
        "n = 1", "expect c1.s.state == CLOSED", "show"};
    static const char text[] = "# who listens\n```\nserver:\n\tls = socket()"
                               "  # here\n\tls.listen(1)\n```\n\n"
                               "c1..c2: s = socket()\nnote  Look #1\nn = 1\n"
                               "expect c1.s.state == CLOSED\nshow\n";
    struct script_error e;
    struct script *s = script_parse_prompt("c1", text, &e);

    (void)state;
    assert_non_null(s);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_string_equal(script_typed_at(s, i), lines[i]);
    assert_null(script_typed_at(s, sizeof lines / sizeof lines[0]));
    script_free(s);
    /* Of a file nobody typed anything. */
    s = parse("c1: a = 1\n");
    assert_null(script_typed_at(s, 0));
    script_free(s);
}

static void hear(void *ctx, const struct script_asked *a)
{
    char *at = ctx;

    sprintf(at + strlen(at), "%d:%s/%s;", a->line, a->text,
        a->whose ? a->whose : "-");
}

static void test_asked(void **state)
{
    struct script *s = parse("server: ls = socket()\nc1: s = socket()\n"
                             "expect server.ls.state == LISTEN\n"
                             "expect c1.s.peer == server.ls.local\n"
                             "expect wire SYN\nexpect wire.held == 1\n"
                             "expect client.sockets == 1\n");
    char heard[256] = "";

    (void)state;
    script_each_asked(s, hear, heard);
    assert_string_equal(heard,
        "3:server.ls.state/server;4:c1.s.peer/c1;4:server.ls.local/server;"
        "5:wire/-;6:wire.held/-;7:client.sockets/client;");
    script_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_fence_around),
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_slides),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_indented),
        cmocka_unit_test(test_typed),
        cmocka_unit_test(test_asked),
        cmocka_unit_test_setup_teardown(
            test_include, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(
            test_include_errors, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
