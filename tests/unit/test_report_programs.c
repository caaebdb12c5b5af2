/* Programs made from recordings: every call and every kind of expression has a
 * translation; text from outside stays inside its literal or comment; what a
 * recording that was tampered with says becomes no program. */
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/calls/call.h"
#include "sockstage/script/ast.h"

static const char *const formats[] = {"python", "c"};

/* ---- a small stage ------------------------------------------------------ */

struct story {
    struct report *r;
    int fd;
    uint64_t id;
    size_t warnings, failures;
    char warning[512];
};

static void warned(void *ctx, const char *what)
{
    struct story *s = ctx;

    s->warnings++;
    snprintf(s->warning, sizeof s->warning, "%s", what);
}

static void failed(void *ctx, const struct err *e)
{
    struct story *s = ctx;

    s->failures++;
    snprintf(s->warning, sizeof s->warning, "%s", e->msg);
}

static void begin(struct story *s, const char *format)
{
    char path[] = "/tmp/sockstage-test-XXXXXX";
    struct event stage = make_stage();

    *s = (struct story){.fd = mkstemp(path)};
    assert_true(s->fd >= 0);
    assert_int_equal(unlink(path), 0);
    s->r = report_new(report_find(format), s->fd, false, false, failed, s);
    report_set_warned(s->r, warned, s);
    report_run_begin(s->r, 1);
    report_script_begin(s->r, NULL, "1");
    report_event(s->r, &stage);
}

static void line(struct story *s, const char *text)
{
    struct event e = make_line(s->id * MS, text, 1);

    report_event(s->r, &e);
}

static void note(struct story *s, const char *text, const char *lang)
{
    struct event e = make_note(s->id * MS, text, lang);

    report_event(s->r, &e);
}

static struct event returned(
    struct story *s, const char *process, const char *python, const char *name)
{
    struct event call = make_call(s->id * MS, s->id + 1, process, name, python);

    call.u.call.socket = "s";
    s->id++;
    report_event(s->r, &call);
    call = make_return(s->id * MS, s->id, process);
    call.u.ret.result = NULL;
    call.u.ret.syscall = "x() = 0";
    return call;
}

static void call(struct story *s, const char *process, const char *python)
{
    struct event e = returned(s, process, python, "x");

    report_event(s->r, &e);
}

/* Writes it and gives the text, which the caller frees. */
static char *end(struct story *s)
{
    struct event e = make_end(s->id * MS, END_PASSED);
    off_t size;
    char *text;

    report_event(s->r, &e);
    report_script_end(s->r, "1", END_PASSED, NULL);
    report_run_end(s->r);
    report_flush(s->r);
    report_free(s->r);
    size = lseek(s->fd, 0, SEEK_END);
    assert_true(size >= 0);
    text = xcalloc(1, (size_t)size + 1);
    assert_int_equal(pread(s->fd, text, (size_t)size, 0), size);
    assert_int_equal(close(s->fd), 0);
    return text;
}

/* Where what the test made begins, for who has to look at it. */
static const char *processes(const char *text)
{
    const char *at = strstr(text, "A process on the");

    return at ? at : text;
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, processes(text));
}

static void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, processes(text));
}

/* ---- calls -------------------------------------------------------------- */

/* The call with the arguments that the table suggests, and names for what it
 * gives. */
static void example(const struct call_def *def, size_t args, struct str *out)
{
    static const char *const targets[] = {
        [CALL_RETURNS_NUMBER] = "n = ",
        [CALL_RETURNS_BYTES] = "data = ",
        [CALL_RETURNS_VALUE] = "v = ",
        [CALL_RETURNS_SOCKET] = "t = ",
        [CALL_RETURNS_SOCKET_ADDR] = "conn, addr = ",
        [CALL_RETURNS_BYTES_ADDR] = "data, addr = ",
        [CALL_RETURNS_PROCESS] = "w = ",
    };
    static const char *const receivers[] = {
        [CALL_ON_MODULE] = "", [CALL_ON_SOCKET] = "s.", [CALL_ON_OS] = "os."};

    if (targets[def->returns] != NULL)
        str_add(out, targets[def->returns]);
    str_addf(out, "%s%s(", receivers[def->on], def->name);
    for (size_t i = 0; i < args; i++)
        str_addf(out, "%s%s", i > 0 ? ", " : "", def->args[i].suggestion);
    str_addc(out, ')');
}

static void check_call(
    const char *format, const struct call_def *def, size_t args)
{
    struct str python = STR_INIT;
    struct story s;
    char *text;

    begin(&s, format);
    call(&s, "c1", "s = socket()");
    example(def, args, &python);
    call(&s, "c1", str_text(&python));
    text = end(&s);
    assert_int_equal(s.failures, 0);
    if (s.warnings > 0)
        fail_msg("%s: %s", str_text(&python), s.warning);
    assert_has(text, "turn(2");
    assert_has_not(text, "left out");
    str_done(&python);
    free(text);
}

/* With all of its arguments, and with only those that it needs. */
static void test_every_call_has_a_translation(void **state)
{
    (void)state;
    for (size_t i = 0; call_at(i) != NULL; i++) {
        const struct call_def *def = call_at(i);
        size_t all = 0, needed = 0;

        for (; all < CALL_ARGS_MAX && def->args[all].name != NULL; all++)
            if (!def->args[all].optional)
                needed = all + 1;
        for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
            check_call(formats[f], def, all);
            check_call(formats[f], def, needed);
        }
    }
}

/* ---- expressions -------------------------------------------------------- */

#define EXPR_KINDS (EXPR_FILENO + 1)

/* No default: a new kind is to be seen by the compiler. */
static const char *line_with(enum expr_kind kind)
{
    switch (kind) {
    case EXPR_LITERAL:
        return "c1: x = b'\\x00\\xffa'";
    case EXPR_NAME:
        return "c1: x = n";
    case EXPR_ADD:
        return "c1: x = b'a' + data + b'c'";
    case EXPR_SUB:
        return "c1: x = n - (n - 2)";
    case EXPR_MUL:
        return "c1: x = b'x' * n";
    case EXPR_NEG:
        return "c1: x = -n";
    case EXPR_OR:
        return "c1: x = MSG_PEEK | socket.MSG_DONTWAIT";
    case EXPR_INDEX:
        return "c1: x = addr[1]";
    case EXPR_SLICE:
        return "c1: x = data[n:]";
    case EXPR_LEN:
        return "c1: x = len(data)";
    case EXPR_ENCODE:
        return "c1: x = 'h\xc3\xa9'.encode('latin-1')";
    case EXPR_DECODE:
        return "c1: x = data.decode()";
    case EXPR_TUPLE:
        return "c1: x = ('server', 8080)";
    case EXPR_FILENO:
        return "c1: x = s.fileno()";
    }
    return NULL;
}

static void check_lines(
    const char *format, const char *const *lines, size_t count)
{
    struct story s;
    char *text;

    begin(&s, format);
    call(&s, "c1", "s = socket()");
    call(&s, "c1", "n = s.send(b'abc')");
    call(&s, "c1", "data, addr = s.recvfrom(10)");
    for (size_t i = 0; i < count; i++) {
        if (strncmp(lines[i], "c1: x = s.fileno", 16) == 0)
            call(&s, "c1", lines[i] + 4);
        else
            line(&s, lines[i]);
    }
    line(&s, "c1: print(x)");
    text = end(&s);
    assert_int_equal(s.failures, 0);
    if (s.warnings > 0)
        fail_msg("%s: %s", lines[0], s.warning);
    assert_has_not(text, "left out");
    free(text);
}

static void test_every_expression_has_a_translation(void **state)
{
    (void)state;
    for (int kind = 0; kind < EXPR_KINDS; kind++) {
        const char *with = line_with((enum expr_kind)kind);

        assert_non_null(with);
        for (size_t f = 0; f < ARRAY_LEN(formats); f++)
            check_lines(formats[f], &with, 1);
    }
}

/* One Python variable of many types is one of C for each. */
static void test_a_name_changes_its_type(void **state)
{
    static const char *const lines[] = {"c1: x = 1", "c1: x = b'1'",
        "c1: x = '1'", "c1: x = None", "c1: x = True", "c1: x = 0.5",
        "c1: x = addr", "c1: x = (x, (1, data))", "c1: x = s",
        "c1: a, b = addr", "c1: a, b = b, a", "c1: x = (1, 2) * 2 + (3,)",
        "c1: x = x[1:]"};

    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++)
        check_lines(formats[f], lines, ARRAY_LEN(lines));
}

static char *program(const char *format, const char *const *lines, size_t count)
{
    struct story s;

    begin(&s, format);
    call(&s, "c1", "s = socket()");
    for (size_t i = 0; i < count; i++)
        line(&s, lines[i]);
    return end(&s);
}

/* What C can't know beforehand becomes a comment, and the user is told. */
static void test_what_has_no_translation_is_told(void **state)
{
    struct story s;
    char *text;

    (void)state;
    begin(&s, "c");
    call(&s, "c1", "s = socket()");
    call(&s, "c1", "n = s.send(b'abc')");
    line(&s, "c1: t = (1, 2) * n");
    line(&s, "c1: print(t)");
    text = end(&s);
    assert_int_equal(s.warnings, 1);
    assert_has(s.warning, "2 statements");
    assert_has(text, "left out, a tuple of C has a small, known number");
    assert_has(text, "print(t)");
    free(text);
}

/* ---- text from outside -------------------------------------------------- */

static void test_python_text_is_quoted(void **state)
{
    static const char *const lines[] = {
        "c1: print('\\'); import os #', b'\\n\\'\\\\')",
        "c1: print('\xe2\x80\xaeoverride\\x00')",
    };
    char *text = program("python", lines, ARRAY_LEN(lines));

    (void)state;
    assert_has(text, "print(\"'); import os #\", b\"\\n'\\\\\")");
    assert_has(text, "print('\\u202eoverride\\x00')");
    free(text);
}

static void test_c_text_is_quoted(void **state)
{
    static const char *const lines[] = {
        "c1: x = b'\"); exit(1); (\"\\\\\\x001\\xff?\?/'",
        "c1: print('100%', '%s%n', x)",
    };
    char *text = program("c", lines, ARRAY_LEN(lines));

    (void)state;
    assert_has(text, "BYTES(\"\\\"); exit(1); (\\\"\\\\\\0001\\377?\\?/\")");
    assert_has(text, "printf(\"100%% %%s%%n %s\\n\", shown(x));");
    free(text);
}

static char *with_notes(const char *format, const char *lang)
{
    struct story s;
    char *text;

    begin(&s, format);
    report_set_lang(s.r, lang);
    line(&s, "title A */ /* \"\"\" title ?\?/");
    note(&s, "one */ int x; /* \xe2\x80\xae two ?\?/", "en");
    note(&s, "\xed\x95\x98\xeb\x82\x98", "ko");
    note(&s, "three \xe2\x80\xa8 raise SystemExit", "en");
    call(&s, "c1", "s = socket()");
    text = end(&s);
    if (s.failures > 0)
        fail_msg("%s", s.warning);
    return text;
}

static void test_comments_hold_what_they_tell(void **state)
{
    char *text = with_notes("c", "en");

    (void)state;
    assert_has(text, " * A * / / * \"\"\" title ? ?/\n");
    assert_has(text, "/* one * / int x; / * <U+202E> two ? ?/ */\n");
    assert_has(text, "/* three <U+2028> raise SystemExit */\n");
    free(text);
    text = with_notes("python", "en");
    assert_has(text, "\n    # three <U+2028> raise SystemExit\n");
    assert_has_not(text, "\xed\x95\x98");
    free(text);
    text = with_notes("python", "ko");
    assert_has(text, "\n    # \xed\x95\x98\xeb\x82\x98\n");
    assert_has_not(text, "one *");
    free(text);
}

/* A name that the program itself uses, or that is a word of the language. */
static void test_names_are_free(void **state)
{
    static const char *const lines[] = {"c1: turn = 1", "c1: turn_ = 2",
        "c1: int = 3", "c1: errno = 4", "c1: _x = 5", "c1: Send = 6",
        "c1: AF_INET = 7", "c1: print(turn, turn_, int, errno, _x, AF_INET)"};
    char *text = program("python", lines, ARRAY_LEN(lines));

    (void)state;
    assert_has(text, "print(turn_, turn__, int, errno, _x, AF_INET)");
    free(text);
    text = program("c", lines, ARRAY_LEN(lines));
    assert_has(
        text, "turn_, turn__number, int_,\n        errno_, v_x, AF_INET_);");
    free(text);
}

static void test_results_are_no_code(void **state)
{
    struct story s;
    struct event e;
    char *text;

    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        begin(&s, formats[f]);
        e = returned(&s, "c1", "s = socket()", "socket");
        e.u.ret.error = "'): import os #";
        e.u.ret.exception = "E\n*/ */";
        e.u.ret.message = "*/\nraise\r\xe2\x80\xa9 1";
        report_event(s.r, &e);
        text = end(&s);
        assert_has_not(text, "'): import");
        assert_has_not(text, "\nraise");
        assert_has_not(text, "E\n*/");
        assert_has_not(text, "*/ */");
        free(text);
    }
}

static void test_tampered_lines_are_refused(void **state)
{
    static const char *const bad[] = {"s.system('rm')",
        "s.send(b'x')\nc2: x = 1", "while True: pass",
        "s = socket(); import os", "", "$ sh"};
    struct story s;
    char *text;

    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
            begin(&s, formats[f]);
            call(&s, "c1", "s = socket()");
            call(&s, "c1", bad[i]);
            text = end(&s);
            assert_int_equal(s.failures, 1);
            assert_string_equal(text, "");
            free(text);
        }
    }
}

/* A hostile recording makes no program without end. */
static void test_the_length_is_bounded(void **state)
{
    struct story s;
    char *text;

    (void)state;
    begin(&s, "python");
    call(&s, "c1", "s = socket()");
    line(&s, "repeat 1000000 c1..c100: print(1)");
    text = end(&s);
    assert_int_equal(s.warnings, 1);
    assert_has(text, "99980001 more statements are left out");
    assert_true(strlen(text) < (2U << 20));
    free(text);
}

/* ---- errors and ends ---------------------------------------------------- */

static void test_how_calls_end(void **state)
{
    static const char *const expected[][2] = {
        {"with turn(2, 'ECONNREFUSED'):\n        s.connect(('server', 8080))",
            "turn(2, ECONNREFUSED);\n    Connect(s, at(s, \"server\", 8080));"},
        {"with turn(3, 'TypeError'):", "/* left out, no system call was made"},
        {"with turn(4, NEVER):", "turn(4, NEVER);"},
    };
    struct story s;
    struct event e;
    char *text;

    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        begin(&s, formats[f]);
        line(&s, "c1: n = 'five'");
        call(&s, "c1", "s = socket()");
        e = returned(&s, "c1", "s.connect(('server', 8080))", "connect");
        e.u.ret.error = "ECONNREFUSED";
        e.u.ret.exception = "ConnectionRefusedError";
        report_event(s.r, &e);
        e = returned(&s, "c1", "s.listen(n)", "listen");
        e.u.ret.error = e.u.ret.exception = "TypeError";
        e.u.ret.syscall = NULL;
        report_event(s.r, &e);
        returned(&s, "c1", "d = s.recv(1)", "recv");
        text = end(&s);
        for (size_t i = 0; i < ARRAY_LEN(expected); i++)
            assert_has(text, expected[i][f]);
        free(text);
    }
}

/* A child of fork() has its parent's names, and its lines inside. */
static void test_fork(void **state)
{
    struct story s;
    char *text;

    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        begin(&s, formats[f]);
        call(&s, "server", "ls = socket()");
        call(&s, "server", "w = fork()");
        call(&s, "server", "ls.close()");
        call(&s, "w", "ls.listen(5)");
        call(&s, "w", "exit()");
        text = end(&s);
        assert_int_equal(s.warnings, 0);
        assert_has(text, f == 0 ? "    if w == 0:\n        become('w')\n"
                                  "        with turn(4):\n"
                                  "            ls.listen(5)\n"
                                : "    if (w == 0) {\n        become(\"w\");\n"
                                  "        turn(4, 0);\n"
                                  "        Listen(ls, 5);\n");
        free(text);
    }
}

/* Python closes what no name holds any more. */
static void test_unnamed_sockets_are_closed(void **state)
{
    struct story s;
    char *text;

    (void)state;
    begin(&s, "c");
    call(&s, "c1", "s = socket()");
    call(&s, "c1", "t = socket()");
    line(&s, "c1: u = s");
    call(&s, "c1", "s = socket()"); /* u holds the old one */
    call(&s, "c1", "t = socket()");
    line(&s, "c1: u = 5");
    text = end(&s);
    assert_has(text, "\n    s = Socket(AF_INET, SOCK_STREAM, 0);\n    turn(4");
    assert_has(text, "t = renamed(t, Socket(AF_INET, SOCK_STREAM, 0));");
    assert_has(text, "dropped(&u);");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_call_has_a_translation),
        cmocka_unit_test(test_every_expression_has_a_translation),
        cmocka_unit_test(test_a_name_changes_its_type),
        cmocka_unit_test(test_what_has_no_translation_is_told),
        cmocka_unit_test(test_python_text_is_quoted),
        cmocka_unit_test(test_c_text_is_quoted),
        cmocka_unit_test(test_comments_hold_what_they_tell),
        cmocka_unit_test(test_names_are_free),
        cmocka_unit_test(test_results_are_no_code),
        cmocka_unit_test(test_tampered_lines_are_refused),
        cmocka_unit_test(test_the_length_is_bounded),
        cmocka_unit_test(test_how_calls_end),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_unnamed_sockets_are_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
