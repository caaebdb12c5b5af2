/* Recordings from bytes: lines across feeds, what a last line without its end
 * means, and what is no recording. */
#include "sockstage/model/recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/model/event_json.h"

#define STAGE "{\"t\":0,\"event\":\"stage\",\"version\":1}"
#define END   "{\"t\":1,\"event\":\"end\",\"result\":\"passed\"}"

struct heard {
    struct str kinds; /* their names, a blank behind each */
    struct str lines; /* all of them, written again */
};

static void hear(void *ctx, struct event *e)
{
    struct heard *h = ctx;

    e->seq = 7; /* allowed */
    str_addf(&h->kinds, "%s ", event_kind_name(e->kind));
    event_to_json(e, true, &h->lines);
}

struct result {
    bool ok, cut_off;
    struct recording_error error;
    struct heard heard;
};

static void result_done(struct result *r)
{
    str_done(&r->heard.kinds);
    str_done(&r->heard.lines);
}

/* In feeds of `part` bytes, each on the heap and of exactly that size. */
static struct result play(const char *bytes, size_t len, size_t part)
{
    struct result r = {.ok = true, .heard = {STR_INIT, STR_INIT}};
    struct recording *rec = recording_new(hear, &r.heard);

    while (r.ok && len > 0) {
        size_t n = part < len ? part : len;
        char *copy = xmemdup(bytes, n);
        r.ok = recording_feed(rec, copy, n, &r.error);
        free(copy);
        bytes += n;
        len -= n;
    }
    if (r.ok) {
        r.ok = recording_end(rec, &r.cut_off, &r.error);
    } else { /* nothing more is taken, and the error stays */
        struct recording_error again;
        assert_false(recording_feed(rec, STAGE "\n", 1, &again));
        assert_false(recording_end(rec, NULL, &again));
        assert_int_equal(again.line, r.error.line);
        assert_int_equal(again.column, r.error.column);
        assert_string_equal(again.what, r.error.what);
    }
    recording_free(rec);
    return r;
}

static void assert_heard(const char *text, const char *kinds, bool cut_off)
{
    static const size_t parts[] = {1, 2, 7, 40, 100000};

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct result r = play(text, strlen(text), parts[i]);
        if (!r.ok)
            fail_msg("%s\nrefused: %s", text, r.error.what);
        assert_string_equal(str_text(&r.heard.kinds), kinds);
        assert_int_equal(r.cut_off, cut_off);
        result_done(&r);
    }
}

static void assert_refused_bytes(const char *bytes, size_t len,
    const char *kinds, uint64_t line, size_t column, const char *what)
{
    static const size_t parts[] = {1, 5, 100000};

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct result r = play(bytes, len, parts[i]);
        assert_false(r.ok);
        assert_string_equal(r.error.what, what);
        assert_int_equal(r.error.line, line);
        assert_int_equal(r.error.column, column);
        assert_string_equal(str_text(&r.heard.kinds), kinds);
        result_done(&r);
    }
}

static void assert_refused(const char *text, const char *kinds, uint64_t line,
    size_t column, const char *what)
{
    assert_refused_bytes(text, strlen(text), kinds, line, column, what);
}

static void test_lines_become_events(void **state)
{
    (void)state;
    assert_heard(STAGE "\n" END "\n", "stage end ", false);
    /* Chapters simply follow each other. */
    assert_heard(
        STAGE "\n" END "\n" STAGE "\n" END "\n", "stage end stage end ", false);
    /* As Windows ends lines, and with empty ones. */
    assert_heard(STAGE "\r\n\r\n" END "\r\n  \n", "stage end ", false);
    /* What a later version may add. */
    assert_heard(STAGE "\n{\"event\":\"future\",\"x\":[{}]}\n" END "\n",
        "stage end ", false);
}

static void test_the_last_line(void **state)
{
    static const char last[] = END;

    (void)state;
    assert_heard(STAGE "\n" END, "stage end ", false);
    assert_heard(STAGE, "stage ", false);
    assert_heard(STAGE "\n ", "stage ", false);
    for (size_t len = 1; len < strlen(last); len++) {
        struct str text = STR_INIT;
        str_add(&text, STAGE "\n");
        str_addn(&text, last, len);
        assert_heard(str_text(&text), "stage ", true);
        /* With its newline it is whole, and wrong. */
        str_addc(&text, '\n');
        struct result r = play(str_text(&text), text.len, 10);
        assert_false(r.ok);
        assert_int_equal(r.error.line, 2);
        result_done(&r);
        str_done(&text);
    }
    assert_heard(STAGE "\n{\"t\":0,\"event\":\"note\",\"text\":\"\xea\xb0",
        "stage ", true);
    /* Not the beginning of anything. */
    assert_refused(STAGE "\n{\"t\":x", "stage ", 2, 6, "a value is missing");
    assert_refused(STAGE "\n{\"t\":0,\"event\":\"end\",\"result\":1}", "stage ",
        2, 31, "`result` must be a text");
}

static void test_what_is_no_recording(void **state)
{
    (void)state;
    assert_refused(
        "", "", 1, 1, "this is no recording: there is no event in it");
    assert_refused(
        "\n\n", "", 3, 1, "this is no recording: there is no event in it");
    assert_refused(END "\n", "", 1, 1,
        "this is no recording: its first line must be a `stage` event");
    assert_refused("{\"event\":\"future\"}\n", "", 1, 1,
        "this is no recording: its first line must be a `stage` event");
    assert_refused(
        "# a script\n", "", 1, 1, "this is no recording: \"{\" is missing");
    assert_refused("{\"t\":0,\"event\":\"stage\",\"version\":9}\n", "", 1, 34,
        "this is no recording: made by a newer sockstage: its recordings have "
        "version 9, this one reads 1");
    assert_refused(STAGE "\n" END "\n\n{\"t\":0,\"event\":\"stage\"}\n",
        "stage end ", 4, 24, "a stage without a `version`");
}

static void test_bytes_that_are_no_text(void **state)
{
    static const char nul[] = STAGE "\n" END "\n{\"t\":\0000}\n";
    static const char in_text[] =
        STAGE "\n{\"t\":0,\"event\":\"note\",\"text\":\"a\0b\"}\n";

    (void)state;
    assert_refused_bytes(
        nul, sizeof nul - 1, "stage end ", 3, 6, "a value is missing");
    assert_refused_bytes(in_text, sizeof in_text - 1, "stage ", 2, 32,
        "a control character in a text");
}

/* A line of `len` bytes. */
static void add_long_line(struct str *out, size_t len)
{
    static const char head[] = "{\"t\":0,\"event\":\"note\",\"text\":\"";
    size_t fill = len - strlen(head) - strlen("\"}");

    str_add(out, head);
    memset(str_reserve(out, fill), 'x', fill);
    out->len += fill;
    str_add(out, "\"}");
}

static void test_lines_have_a_longest(void **state)
{
    struct str text = STR_INIT;
    struct result r;

    (void)state;
    str_add(&text, STAGE "\n");
    add_long_line(&text, RECORDING_LINE_MAX);
    str_add(&text, "\n");
    r = play(str_text(&text), text.len, 65536);
    assert_true(r.ok);
    assert_string_equal(str_text(&r.heard.kinds), "stage note ");
    result_done(&r);
    add_long_line(&text, RECORDING_LINE_MAX + 1);
    for (size_t newline = 0; newline < 2; newline++) {
        r = play(str_text(&text), text.len, newline ? text.len : 65536);
        assert_false(r.ok);
        assert_int_equal(r.error.line, 3);
        assert_string_equal(r.error.what, "the line is too long");
        result_done(&r);
        str_addc(&text, '\n');
    }
    str_done(&text);
}

/* What was written is what comes out, wherever the feeds end. */
static void test_written_and_read(void **state)
{
    struct event events[] = {make_stage(), make_process(1, "c1", HOST_CLIENT),
        make_call(2, 1, "c1", "x", "x()"), make_blocked(3, 1),
        make_segment(4, 1, HOST_CLIENT, SEGMENT_SYN),
        make_verdict(5, 1, VERDICT_HELD),
        make_socket(6, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT),
        make_return(7, 1, "c1"), make_line(8, "wire hold", 1),
        make_note(9, "\xea\xb0\x80", "ko"), make_end(10, END_FAILED)};
    struct str text = STR_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(events); i++)
        event_to_json(&events[i], true, &text);
    for (size_t part = 1; part < 300; part++) {
        struct result r = play(str_text(&text), text.len, part);
        assert_true(r.ok);
        assert_false(r.cut_off);
        assert_string_equal(str_text(&r.heard.lines), str_text(&text));
        result_done(&r);
    }
    str_done(&text);
}

/* Some editors put a byte order mark in front. */
static void test_byte_order_mark(void **state)
{
    (void)state;
    assert_heard("\xef\xbb\xbf" STAGE "\n" END "\n", "stage end ", false);
    assert_heard("\xef\xbb\xbf" STAGE, "stage ", false);
    assert_heard("\xef\xbb\xbf\n" STAGE "\n{\"t\":", "stage ", true);
    /* Half of one, or another one, is none. */
    static const char *const none = "this is no recording: \"{\" is missing";
    assert_refused("\xef\xbb" STAGE, "", 1, 1, none);
    assert_refused("\xef" STAGE "\n", "", 1, 1, none);
    assert_refused("\xef\xbb\xbf\xef\xbb\xbf" STAGE, "", 1, 1, none);
    assert_refused("\xef\xbb\xbf", "", 1, 1,
        "this is no recording: there is no event in it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_lines_become_events),
        cmocka_unit_test(test_the_last_line),
        cmocka_unit_test(test_what_is_no_recording),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_lines_have_a_longest),
        cmocka_unit_test(test_written_and_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
