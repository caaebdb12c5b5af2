/* The outputs: what one short story looks like in each, and a writer whose
 * disk is full. */
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"

static void count_failure(void *ctx, const struct err *e)
{
    int *count = ctx;

    assert_true(strlen(e->msg) > 0);
    ++*count;
}

static int scratch_file(void)
{
    char path[] = "/tmp/sockstage-test-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    return fd;
}

/* All that was written to `fd`; the caller frees it. */
static char *contents(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = xcalloc(1, (size_t)size + 1);

    assert_true(size >= 0);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    return text;
}

static void tell(struct report *r, struct event e)
{
    report_event(r, &e);
}

static struct event failing_call(uint64_t t_ns)
{
    struct event e = make_return(t_ns, 2, "c1");

    e.u.ret.error = "ECONNRESET";
    e.u.ret.exception = "ConnectionResetError";
    e.u.ret.syscall = "recv(3, ...) = -1 ECONNRESET";
    return e;
}

static void tell_story(struct report *r)
{
    struct event e =
        make_socket(105 * MS, 2, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);

    tell(r, make_stage());
    tell(r, make_note(0, "Hello\x1b[31m", "en"));
    tell(r, make_line(0, "wire hold", 2));
    tell(r, e);
    tell(r, make_socket(100 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED));
    tell(r, make_call(100 * MS, 1, "c1", "connect", "s.connect(a)"));
    tell(r, make_segment(100 * MS, 1, HOST_CLIENT, SEGMENT_SYN));
    tell(r, make_verdict(100 * MS, 1, VERDICT_HELD));
    tell(r, make_socket(101 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    tell(r, make_blocked(101 * MS, 1));
    tell(r, make_verdict(102 * MS, 1, VERDICT_DELIVERED));
    e.u.socket.syn_queue = 1;
    e.u.socket.backlog = 5;
    tell(r, e);
    tell(r, make_segment(103 * MS, 2, HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK));
    tell(r, make_verdict(103 * MS, 2, VERDICT_DELIVERED));
    tell(r,
        make_socket(103 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED));
    tell(r, make_return(104 * MS, 1, "c1"));
    tell(r, make_segment(104 * MS, 3, HOST_CLIENT, SEGMENT_ACK));
    tell(r, make_expect(105 * MS, "c1.s.state == ESTABLISHED", 7, true, "x"));
    tell(r, make_verdict(106 * MS, 3, VERDICT_DROPPED));
    tell(r, make_call(107 * MS, 2, "c1", "recv", "msg = s.recv(5)"));
    tell(r, failing_call(107 * MS));
    tell(r, make_output(108 * MS, "server", "one\ntwo\n"));
    tell(r, make_expect(109 * MS, "len(c1.msg) == 5", 9, false, "4 # \"x\""));
    tell(r, make_end(109 * MS, END_FAILED));
}

static char *run(const char *format)
{
    int fd = scratch_file();
    int failures = 0;
    struct report *r = report_new(
        report_find(format), fd, false, false, count_failure, &failures);
    char *text;

    report_run_begin(r, 3);
    report_script_begin(r, "a.stage", "The title");
    tell_story(r);
    report_script_end(r, "a.stage", END_FAILED, "a.stage:9:1: \"no\"");
    report_script_begin(r, "b#.stage", NULL);
    report_script_end(r, "b#.stage", END_SKIPPED, "needs the private wire");
    report_script_begin(r, "c.stage", NULL);
    report_script_end(r, "c.stage", END_PASSED, NULL);
    report_run_end(r);
    assert_int_equal(report_flush(r), 0);
    report_free(r);
    text = contents(fd);
    assert_int_equal(close(fd), 0);
    assert_int_equal(failures, 0);
    return text;
}

static void test_formats_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; report_at(i) != NULL; i++)
        assert_ptr_equal(report_find(report_at(i)->name), report_at(i));
    assert_non_null(report_find("text"));
    assert_non_null(report_find("tap"));
    assert_non_null(report_find("jsonl"));
    assert_null(report_find("xml"));
}

static void test_text(void **state)
{
    static const char expected[] =
        "== a.stage: The title\n"
        "  0.000  stage       private wire, Linux 6.18.0\n"
        "  0.000  note        Hello\xe2\x90\x9b[31m\n"
        "  0.000  script      wire hold\n"
        "  0.105  server.ls   CLOSED -> LISTEN\n"
        "  0.100  wire        client --|  server  SYN           34254 > 8080"
        "  seq 0 win 64768  held\n"
        "  0.101  c1.s        CLOSED -> SYN_SENT\n"
        "  0.101  c1          s.connect(a)  ... blocked"
        "                          connect(3, {...}, 16\n"
        "  0.102  wire        client  --> server  SYN           34254 > 8080"
        "  seq 0 win 64768  delivered\n"
        "  0.105  server.ls   accept queue 0, backlog 5, SYN queue 1\n"
        "  0.103  wire        client <--- server  SYN+ACK       8080 > 34254"
        "  seq 0 ack 1 win 64768\n"
        "  0.103  c1.s        SYN_SENT -> ESTABLISHED\n"
        "  0.104  c1          s.connect(a)  -> None after 0.000 s"
        "                connect(3, {...}, 16) = 0\n"
        "  0.104  wire        client --   server  ACK           34254 > 8080"
        "  seq 0 ack 1 win 64768  on its way\n"
        "  0.105  ok     line 7: c1.s.state == ESTABLISHED\n"
        "  0.106  wire        client --x  server  ACK           34254 > 8080"
        "  seq 0 ack 1 win 64768  lost on the wire\n"
        "  0.107  c1          msg = s.recv(5)  -> ConnectionResetError "
        "(ECONNRESET)  recv(3, ...) = -1 ECONNRESET\n"
        "  0.108  server      | one\n"
        "  0.108  server      | two\n"
        "  0.109  FAILED line 9: expected len(c1.msg) == 5, was 4 # \"x\"\n"
        "FAIL a.stage: a.stage:9:1: \"no\"\n"
        "== b#.stage\n"
        "SKIP b#.stage: needs the private wire\n"
        "== c.stage\n"
        "PASS c.stage\n"
        "1 passed, 1 failed, 1 skipped\n";
    char *text = run("text");

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void test_tap(void **state)
{
    static const char expected[] =
        "TAP version 14\n"
        "1..3\n"
        "# Subtest: a.stage\n"
        "    ok 1 - c1.s.state == ESTABLISHED\n"
        "    not ok 2 - len(c1.msg) == 5\n"
        "      ---\n"
        "      file: \"a.stage\"\n"
        "      line: 9\n"
        "      expected: \"len(c1.msg) == 5\"\n"
        "      actual: \"4 # \\\"x\\\"\"\n"
        "      ...\n"
        "    1..2\n"
        "not ok 1 - a.stage\n"
        "  ---\n"
        "  message: \"a.stage:9:1: \\\"no\\\"\"\n"
        "  ...\n"
        "ok 2 - b\\#.stage # SKIP needs the private wire\n"
        "ok 3 - c.stage\n";
    char *text = run("tap");

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void test_jsonl(void **state)
{
    char *text = run("jsonl");
    size_t lines = 0;
    char *rest = text, *line;

    (void)state;
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        json_t *o = json_loads(line, 0, NULL);
        assert_non_null(o);
        assert_non_null(json_object_get(o, "event"));
        json_decref(o);
        lines++;
    }
    assert_int_equal(lines, 24);
    free(text);
}

static void test_payload_is_kept_on_request(void **state)
{
    int fd = scratch_file();
    struct report *r =
        report_new(report_find("jsonl"), fd, false, true, NULL, NULL);
    struct event e = make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN);
    char *text;

    (void)state;
    e.u.segment.packet = (const uint8_t *)"abc";
    e.u.segment.packet_len = 3;
    report_event(r, &e);
    report_set_payload(r, true);
    report_event(r, &e);
    text = contents(fd); /* live: written already */
    assert_non_null(strstr(text, "\"data\":\"YWJj\""));
    assert_null(strstr(strstr(text, "\"data\"") + 1, "\"data\""));
    free(text);
    report_free(r);
    report_free(NULL);
    assert_int_equal(close(fd), 0);
}

static void test_full_disk_is_told_once(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int failures = 0;
    struct report *r;

    (void)state;
    if (fd < 0)
        skip();
    r = report_new(
        report_find("jsonl"), fd, true, true, count_failure, &failures);
    tell_story(r);
    assert_int_equal(failures, 1);
    tell_story(r);
    report_script_end(r, "a.stage", END_PASSED, NULL);
    assert_int_equal(failures, 1);
    assert_int_equal(report_flush(r), -ENOSPC);
    report_free(r);
    assert_int_equal(failures, 1);
}

static void test_nothing_is_written_before_it_must(void **state)
{
    int fd = scratch_file();
    struct report *r =
        report_new(report_find("jsonl"), fd, true, false, NULL, NULL);

    (void)state;
    tell(r, make_stage());
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    assert_int_equal(report_flush(r), 0);
    assert_true(lseek(fd, 0, SEEK_END) > 0);
    for (int i = 0; i < 2000; i++)
        tell(r, make_stage());
    assert_true(lseek(fd, 0, SEEK_END) > 64 * 1024);
    report_free(r);
}

static void test_a_full_pipe_is_waited_for(void **state)
{
    int ends[2];
    struct report *r;
    size_t got = 0;
    pid_t writer;
    int status;
    char buffer[4096];
    ssize_t n;

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    /* A child writes, so that this end can read what is too much at once. */
    writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        int failures = 0;
        r = report_new(report_find("jsonl"), ends[1], true, false,
            count_failure, &failures);
        for (int i = 0; i < 5000; i++)
            tell(r, make_stage());
        report_free(r);
        _exit(failures);
    }
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, 0), 0);
    while ((n = read(ends[0], buffer, sizeof buffer)) > 0)
        got += (size_t)n;
    assert_true(got > 5000 * 100);
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    assert_int_equal(close(ends[0]), 0);
}

/* Each text of each kind of event. */
static void tell_everywhere(struct report *r, const char *text)
{
    struct event call = make_call(0, 70, text, text, text);
    struct event failed = make_return(0, 70, text);
    struct event forked = make_process(0, text, HOST_CLIENT);
    struct event stage = make_stage();
    struct event blocked = make_blocked(0, 70);

    stage.u.stage.wire = stage.u.stage.kernel = stage.u.stage.program = text;
    call.u.call.socket = call.u.call.syscall = text;
    failed.u.ret.result = failed.u.ret.error = failed.u.ret.exception = text;
    failed.u.ret.message = failed.u.ret.syscall = text;
    forked.u.process.parent = text;
    tell(r, stage);
    tell(r, forked);
    tell(r, call);
    tell(r, blocked);
    tell(r, failed);
    tell(r, make_socket(0, 1, HOST_CLIENT, text, TCP_STATE_LISTEN));
    tell(r, make_line(0, text, 1));
    tell(r, make_note(0, text, text));
    tell(r, make_output(0, text, text));
    tell(r, make_expect(0, text, 1, false, text));
}

static void test_hostile_texts(void **state)
{
    static const char hostile[] = "a\nnot ok 9 - \x1b]0;x\x07 \xff\xc2\x9b";
    static const char *const formats[] = {"text", "tap", "jsonl"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        int fd = scratch_file();
        struct report *r =
            report_new(report_find(formats[i]), fd, false, false, NULL, NULL);
        char *text;
        tell_everywhere(r, hostile);
        tell(r, make_blocked(0, 77));
        tell(r, make_return(0, 78, "nobody"));
        tell(r, make_verdict(0, 79, VERDICT_COALESCED));
        tell(r, make_segment(0, 80, HOST_SERVER, 0xff));
        report_script_end(r, "x", END_FAILED, NULL);
        report_free(r);
        text = contents(fd);
        assert_null(strchr(text, '\x1b'));
        assert_null(strchr(text, '\x07'));
        assert_true(
            !strstr(text, "\xc2\x9b") || str_equal(formats[i], "jsonl"));
        assert_null(strstr(text, "\nnot ok 9"));
        free(text);
        assert_int_equal(close(fd), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_are_found),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_tap),
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_payload_is_kept_on_request),
        cmocka_unit_test(test_full_disk_is_told_once),
        cmocka_unit_test(test_nothing_is_written_before_it_must),
        cmocka_unit_test(test_a_full_pipe_is_waited_for),
        cmocka_unit_test(test_hostile_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
