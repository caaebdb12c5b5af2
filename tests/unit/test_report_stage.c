/* A recording as a script: what its lines are, what is put between them, and
 * recordings that hide something else in their texts. */
#include "model_events.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char said[sizeof(struct err)]; /* of a refusal */

static void on_failed(void *ctx, const struct err *e)
{
    (void)ctx;
    snprintf(said, sizeof said, "%s", e->msg);
}

/* What `export stage` makes of them, the comments above aside; "" where it is
 * refused. The caller frees it. */
static char *export(const struct event *events, size_t count)
{
    char path[] = "/tmp/sockstage-test-XXXXXX";
    int fd = mkstemp(path);
    struct report *r =
        report_new(report_find("stage"), fd, false, false, on_failed, NULL);
    char *text, *at;
    off_t size;

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    said[0] = '\0';
    report_script_begin(r, NULL, "1");
    for (size_t i = 0; i < count; i++)
        report_event(r, &events[i]);
    report_run_end(r);
    assert_int_equal(report_refused(r), said[0] != '\0');
    report_free(r);
    size = lseek(fd, 0, SEEK_END);
    text = xcalloc(1, (size_t)size + 1);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    close(fd);
    for (at = text; *at == '#'; at += strcspn(at, "\n") + 1)
        ;
    memmove(text, at, strlen(at) + 1);
    return text;
}

#define assert_export(events, wanted)                                          \
    do {                                                                       \
        char *text_ = export(events, sizeof(events) / sizeof *(events));       \
        assert_string_equal(said, "");                                         \
        assert_string_equal(text_, wanted);                                    \
        free(text_);                                                           \
    } while (0)

#define assert_refused(events, wanted)                                         \
    do {                                                                       \
        char *text_ = export(events, sizeof(events) / sizeof *(events));       \
        assert_string_equal(text_, "");                                        \
        assert_non_null(strstr(said, wanted));                                 \
        free(text_);                                                           \
    } while (0)

/* A call of a script's line; 0: a typed one. */
static struct event call_at(uint64_t t_ns, uint64_t id, const char *process,
    const char *name, const char *python, int line)
{
    struct event e = make_call(t_ns, id, process, name, python);

    e.u.call.line = line;
    return e;
}

static struct event raised(
    uint64_t t_ns, uint64_t id, const char *error, const char *exception)
{
    struct event e = make_return(t_ns, id, "c1");

    e.u.ret.error = error;
    e.u.ret.exception = exception;
    e.u.ret.message = "said so";
    return e;
}

static struct event returned(
    uint64_t t_ns, uint64_t id, int64_t number, const char *syscall)
{
    struct event e = make_return(t_ns, id, "c1");

    e.u.ret.result_is_number = number >= 0;
    e.u.ret.result_number = number;
    e.u.ret.syscall = syscall;
    return e;
}

/* ---- lines -------------------------------------------------------------- */

static void test_a_script_as_it_was(void **state)
{
    const struct event events[] = {
        make_stage(),
        make_line(0, "title A title", 1),
        make_note(0, "one\ntwo", "en"),
        make_note(0, "둘", "ko"),
        call_at(1, 1, "c1", "socket", "s = socket()", 5),
        call_at(2, 2, "c2", "socket", "s = socket()", 5),
        call_at(3, 3, "c3", "socket", "s = socket()", 5),
        make_line(4, "mark here", 6),
        call_at(5, 4, "c1", "getblocking", "s.getblocking()", 7),
        call_at(6, 5, "c2", "getblocking", "s.getblocking()", 7),
        call_at(7, 6, "c1", "getblocking", "s.getblocking()", 7),
        call_at(8, 7, "c2", "getblocking", "s.getblocking()", 7),
        make_expect(9, "expect c1.error == none within 3s", 8, true, "none"),
        make_expect(9, "expect c1.error == EPIPE", 9, false, "none\nexit"),
        make_end(9, END_FAILED),
    };

    (void)state;
    assert_export(events,
        "\n"
        "title A title\n"
        "\n"
        "note one two\n"
        "note.ko 둘\n"
        "c1..c3: s = socket()\n"
        "\n"
        "mark here\n"
        "repeat 2 c1..c2: s.getblocking()\n"
        "expect c1.error == none within 3s\n"
        "# expect c1.error == EPIPE   # not so, it was: none exit\n");
}

/* Python's own close() is nobody's line, and neither is what the stage says. */
static void test_what_is_no_line(void **state)
{
    struct event events[] = {
        make_note(0, "The device is gone", "en"),
        call_at(1, 1, "c1", "socket", "s = socket()", 1),
        call_at(2, 2, "c1", "close", "close() of descriptor 3: ..", 0),
        make_output(3, "c1", "expect c1.error == none\n"),
        make_process(3, "c9", HOST_CLIENT),
    };

    (void)state;
    events[0].u.note.notice = true;
    events[2].u.call.socket = NULL;
    assert_export(events, "\nc1: s = socket()\n");
}

/* ---- what is added ------------------------------------------------------ */

static void test_errors(void **state)
{
    const struct event events[] = {
        call_at(1, 1, "c1", "socket", "s = socket()", 1),
        call_at(2, 2, "c1", "connect", "s.connect(('server', 9))", 2),
        raised(3, 2, "ECONNREFUSED", "ConnectionRefusedError"),
        make_expect(4, "expect c1.error == ECONNREFUSED", 3, true, "x"),
        call_at(5, 3, "c1", "connect", "s.connect(('server', 8))", 4),
        raised(6, 3, "ECONNREFUSED", "ConnectionRefusedError"),
        make_expect(7, "expect c1.error == EPIPE", 5, false, "ECONNREFUSED"),
        call_at(8, 4, "c1", "recv", "s.recv(1)", 6),
        raised(9, 4, "EINTR", "KeyboardInterrupt"),
        make_line(10, "interrupt c1", 7),
        call_at(11, 5, "c1", "send", "s.send(1)", 8),
        raised(12, 5, NULL, "TypeError"),
    };

    (void)state;
    assert_export(events,
        "\n"
        "c1: s = socket()\n"
        "c1: s.connect(('server', 9))\n"
        "expect c1.error == ECONNREFUSED\n"
        "c1: s.connect(('server', 8))\n"
        "expect c1.error == ECONNREFUSED\n"
        "# expect c1.error == EPIPE   # not so, it was: ECONNREFUSED\n"
        "c1: s.recv(1)\n"
        "interrupt c1\n"
        "c1: s.send(1)\n"
        "expect c1.error == TypeError\n");
}

/* What was typed and means nothing in a script, and what asked about it. */
static void test_unknown_names(void **state)
{
    struct event events[] = {
        call_at(1, 1, "c1", NULL, "s.send(b'x')", 0),
        raised(2, 1, NULL, "NameError"),
        make_expect(3, "expect c1.error == NameError", 0, true, "NameError"),
        call_at(4, 2, "c1", "socket", "s = socket()", 0),
        make_return(4, 2, "c1"),
    };

    (void)state;
    events[1].u.ret.syscall = NULL;
    assert_export(events,
        "\n"
        "# c1: s.send(b'x')   # NameError: said so\n"
        "# expect c1.error == NameError   # not part of the script\n"
        "c1: s = socket()\n");
}

/* Only of what was typed, and only what is the same the next time. */
static void test_results(void **state)
{
    const struct event events[] = {
        call_at(1, 1, "c1", "socket", "s = socket()", 0),
        call_at(2, 2, "c1", "send", "n = s.send(b'ab')", 0),
        returned(2, 2, 2, "send(3, \"ab\", 2, 0) = 2"),
        call_at(3, 3, "c1", "send", "s.send(b'x' * 9000)", 0),
        returned(3, 3, 4000, "send(3, \"xx\"..., 9000, 0) = 4000"),
        call_at(4, 4, "c1", "recv", "d = s.recv(9)", 0),
        returned(4, 4, -1, "recv(3, \"x\", 9, 0) = 1"),
        call_at(5, 5, "c1", "recv", "d = s.recv(9)", 0),
        make_blocked(5, 5),
        returned(5, 5, -1, "recv(3, \"x\", 9, 0) = 1"),
        call_at(6, 6, "c1", "send", "n = s.send(b'ab')", 7),
        returned(6, 6, 2, "send(3, \"ab\", 2, 0) = 2"),
    };

    (void)state;
    assert_export(events, "\n"
                          "c1: s = socket()\n"
                          "c1: n = s.send(b'ab')\n"
                          "expect c1.n == 2\n"
                          "c1: s.send(b'x' * 9000)\n"
                          "c1: d = s.recv(9)\n"
                          "expect len(c1.d) == 1\n"
                          "c1: d = s.recv(9)\n"
                          "c1: n = s.send(b'ab')\n");
}

/* A call that came back after three seconds, and what came by and by. */
static void test_waiting(void **state)
{
    struct event events[] = {
        call_at(1, 1, "c1", "socket", "s = socket()", 0),
        call_at(2, 2, "c1", "connect", "s.connect(('server', 80))", 0),
        make_blocked(2, 2),
        make_socket(2, 7, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT),
        make_return(3000 * MS, 2, "c1"),
        call_at(4000 * MS, 3, "server", "socket", "t = socket()", 0),
        make_socket(4500 * MS, 7, HOST_CLIENT, "c1.s", TCP_STATE_CLOSE_WAIT),
        make_note(4800 * MS, "Look.", "en"),
        make_line(5000 * MS, "wire hold", 0),
    };

    (void)state;
    events[4].u.ret.elapsed_ns = 3000 * MS;
    assert_export(events, "\n"
                          "c1: s = socket()\n"
                          "c1: s.connect(('server', 80))\n"
                          "expect c1.call == none within 10s\n"
                          "server: t = socket()\n"
                          "expect c1.s.state == CLOSE_WAIT within 5s\n"
                          "\n"
                          "note Look.\n"
                          "wire hold\n");
    /* The same lines of a script wait for nothing else. */
    events[0].u.call.line = events[1].u.call.line = 1;
    events[5].u.call.line = events[8].u.line.line = 2;
    assert_export(events, "\n"
                          "c1: s = socket()\n"
                          "c1: s.connect(('server', 80))\n"
                          "server: t = socket()\n"
                          "\n"
                          "note Look.\n"
                          "wire hold\n");
}

/* A delivery is told of when it is done: what it brings about comes first. */
static void test_delivery(void **state)
{
    struct event events[] = {
        call_at(1, 1, "c1", "socket", "s = socket()", 0),
        make_line(2, "wire hold", 0),
        call_at(3, 2, "c1", "connect", "s.connect(('server', 80))", 0),
        make_blocked(3, 2),
        make_segment(3, 1, HOST_CLIENT, SEGMENT_SYN),
        make_verdict(3, 1, VERDICT_HELD),
        make_verdict(2000 * MS, 1, VERDICT_DELIVERED),
        raised(2500 * MS, 2, "ECONNREFUSED", "ConnectionRefusedError"),
        make_line(3000 * MS, "wire deliver 2", 0),
    };

    (void)state;
    events[1].u.line.wire.holding = events[8].u.line.wire.holding = true;
    assert_export(events, "\n"
                          "c1: s = socket()\n"
                          "wire hold\n"
                          "c1: s.connect(('server', 80))\n"
                          "wire deliver 2\n"
                          "expect c1.error == ECONNREFUSED\n");
}

/* ---- recordings that hide something ------------------------------------- */

static void test_hostile_lines(void **state)
{
    static const char *const lines[] = {"wire hold\nc1: exit()",
        "include /etc/passwd", "server:", "```", "", "# nothing", "nonsense",
        "c1: $ reboot", "\xe2\x80\xae", "wire hold\r"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct event events[] = {
            make_line(0, lines[i], 1), make_line(0, "show", 2)};

        assert_refused(events, "none of the notation");
        assert_null(strchr(said, '\n'));
    }
}

static void test_reasons_of_lines(void **state)
{
    static const struct {
        const char *line, *why;
    } rows[] = {
        {"wire hold\nc1: exit()", "it would be more than one line"},
        {"title \x01", "it has a control character"},
        {"include /etc/passwd", "it would read a file"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct event events[] = {
            make_line(0, rows[i].line, 1), make_line(0, "show", 2)};

        assert_refused(events, rows[i].why);
    }
}

static void test_hostile_calls(void **state)
{
    const struct event newline[] = {
        call_at(1, 1, "c1", "socket", "s = socket()\nc1: exit()", 0)};
    const struct event name[] = {
        call_at(1, 1, "c1: exit()\nc1", "socket", "s = socket()", 0)};
    const struct event reserved[] = {
        call_at(1, 1, "wire", "socket", "s = socket()", 0)};
    struct event error[] = {
        call_at(1, 1, "c1", "socket", "s = socket()", 0),
        call_at(1, 2, "c1", "close", "s.close()", 0),
        raised(1, 2, "EX\nc1: exit()", "X"),
        make_return(2, 2, "c1"),
        make_return(2, 77, "c1"),
        call_at(3, 1, "c1", "fileno", "s.fileno()", 0),
    };

    (void)state;
    assert_refused(newline, "none of the notation");
    assert_refused(name, "none of the notation");
    assert_refused(reserved, "none of the notation");
    assert_export(error, "\nc1: s = socket()\nc1: s.close()\nc1: s.fileno()\n");
    error[1].u.call.process = error[1].u.call.python = NULL;
    assert_refused(error, "none of the notation");
}

static void test_too_long(void **state)
{
    const size_t count = 200001;
    struct event *events = xcalloc(count, sizeof *events);
    char *text;

    (void)state;
    for (size_t i = 0; i < count; i++)
        events[i] = make_line(i, "show", 1);
    text = export(events, count);
    assert_string_equal(text, "");
    assert_non_null(strstr(said, "too long"));
    free(text);
    free(events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_script_as_it_was),
        cmocka_unit_test(test_what_is_no_line),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_delivery),
        cmocka_unit_test(test_hostile_lines),
        cmocka_unit_test(test_reasons_of_lines),
        cmocka_unit_test(test_hostile_calls),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
