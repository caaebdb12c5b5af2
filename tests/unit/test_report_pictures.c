/* The ladder as SVG and as Mermaid: what one short story looks like, and that
 * nothing of a hostile recording gets out of its place in the text. */
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

static void count_failure(void *ctx, const struct err *e)
{
    (void)e;
    ++*(int *)ctx;
}

static char *contents(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = xcalloc(1, (size_t)size + 1);

    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    return text;
}

static void tell(struct report *r, struct event e)
{
    report_event(r, &e);
}

static void tell_story(struct report *r)
{
    struct event refused = make_return(302 * MS, 1, "c1");
    struct event again = make_segment(301 * MS, 2, HOST_CLIENT, SEGMENT_SYN);

    again.u.segment.seg.retransmission = true;
    again.u.segment.seg.kind = SEGMENT_KIND_TIMEOUT;
    refused.u.ret.error = "ECONNREFUSED";
    refused.u.ret.exception = "ConnectionRefusedError";
    tell(r, make_stage());
    tell(r, make_note(0, "c1 calls connect().", "en"));
    tell(r, make_process(1 * MS, "c1", HOST_CLIENT));
    tell(r, make_process(1 * MS, "server", HOST_SERVER));
    tell(r,
        make_call(1 * MS, 1, "c1", "connect", "s.connect(('server', 8080))"));
    tell(r, make_socket(1 * MS, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT));
    tell(r, make_blocked(1 * MS, 1));
    tell(r, make_segment(1 * MS, 1, HOST_CLIENT, SEGMENT_SYN));
    tell(r, make_verdict(1 * MS, 1, VERDICT_DROPPED));
    tell(r, again);
    tell(r, make_verdict(301 * MS, 2, VERDICT_DELIVERED));
    tell(r, make_segment(301 * MS, 3, HOST_SERVER, SEGMENT_RST | SEGMENT_ACK));
    tell(r, make_verdict(302 * MS, 3, VERDICT_DELIVERED));
    tell(r, refused);
    tell(r, make_end(303 * MS, END_PASSED));
}

/* Each text of the recording, where a recording has one. */
static void tell_hostile(struct report *r, const char *text)
{
    struct event e = make_return(1 * MS, 1, text);
    struct event line = make_line(1 * MS, "wire hold", 1);
    char set[600];

    tell(r, make_stage());
    tell(r, make_process(0, text, HOST_CLIENT));
    tell(r, make_process(0, "c2", HOST_CLIENT));
    tell(r, make_note(0, text, "en"));
    tell(r, make_call(0, 1, text, text, text));
    tell(r, make_blocked(0, 1));
    tell(r, make_socket(0, 1, HOST_CLIENT, text, TCP_STATE_SYN_SENT));
    tell(r, make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN));
    e.u.ret.result = text;
    tell(r, e);
    tell(r, make_output(1 * MS, text, text));
    tell(r, make_expect(1 * MS, text, 1, false, text));
    snprintf(set, sizeof set, "wire %s", text);
    line.u.line.text = set;
    line.u.line.wire.holding = true;
    tell(r, line);
    snprintf(set, sizeof set, "mark %s", text);
    tell(r, make_line(1 * MS, set, 2));
    tell(r, make_end(2 * MS, END_PASSED));
}

/* What the format writes of the story, or of the hostile text. */
static char *draw(const char *format, const char *lang, const char *hostile)
{
    char path[] = "/tmp/sockstage-test-XXXXXX";
    int fd = mkstemp(path), failures = 0;
    struct report *r;
    char *text;

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    r = report_new(
        report_find(format), fd, false, false, count_failure, &failures);
    report_set_lang(r, lang);
    report_run_begin(r, 1);
    report_script_begin(r, NULL, hostile != NULL ? hostile : "A <story>");
    if (hostile != NULL)
        tell_hostile(r, hostile);
    else
        tell_story(r);
    report_script_end(r, "1", END_PASSED, NULL);
    report_run_end(r);
    report_free(r);
    assert_int_equal(failures, 0);
    text = contents(fd);
    assert_int_equal(close(fd), 0);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" in:\n%s", part, text);
}

/* ---- SVG ----------------------------------------------------------------- */

static void test_svg(void **state)
{
    char *text = draw("svg", "en", NULL);

    (void)state;
    assert_int_equal(strncmp(text, "<svg xmlns=", 11), 0);
    assert_string_equal(text + strlen(text) - 7, "</svg>\n");
    assert_has(text, "<title>A &lt;story&gt;</title>");
    assert_has(text, "<desc>");
    assert_has(text, "@media (prefers-color-scheme:dark){");
    assert_has(text, ">client</text>");
    assert_has(text, ">10.0.0.1</text>");
    assert_has(text, ">c1 calls connect().</text>");
    assert_has(text, ">s.connect((&#39;server&#39;, 8080))</tspan>");
    assert_has(text, "ConnectionRefusedError  301 ms</tspan>");
    assert_has(text, "class=\"l-pill l-opening\">SYN_SENT</text>");
    assert_has(text, "\">SYN</tspan>");
    assert_has(text, "\">again (RTO)</tspan>");
    assert_has(text, "\">lost</tspan>");
    assert_has(text, "l-strong l-bad\">RST</tspan>");
    assert_has(text, "\xe2\x8b\xae 300 ms</text>");
    assert_has(text, ">0.301 s</text>");
    /* The legend: of what occurs. */
    assert_has(text, ">lost on the wire</text>");
    assert_has(text, ">sent again</text>");
    assert_has_not(text, "the wire has doubled it");
    /* Nothing from elsewhere. */
    assert_has_not(text, "url(");
    assert_has_not(text, "href");
    assert_has_not(text, "@import");
    free(text);
}

static void test_svg_counts_its_events(void **state)
{
    char *text = draw("svg", "en", NULL);

    (void)state;
    /* The call is the sixth event, its return the fifteenth. */
    assert_has(text, "l-made\" data-seq=\"4\" data-end=\"13\">");
    assert_has(text, "l-waits\" data-seq=\"4\" data-end=\"13\">");
    assert_has(text, "l-arrow\" data-seq=\"7\" data-end=\"8\">");
    assert_has(text, "l-note\" data-seq=\"1\" data-end=\"1\">");
    free(text);
}

/* Every < opens a tag of ours, every & an entity; tags are closed in turn. */
static void assert_well_formed(const char *text)
{
    const char *open[32];
    size_t depth = 0;

    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        assert_true(byte >= 0x20 || byte == '\n');
        if (*c == '&')
            assert_true(
                strncmp(c, "&lt;", 4) == 0 || strncmp(c, "&gt;", 4) == 0 ||
                strncmp(c, "&amp;", 5) == 0 || strncmp(c, "&quot;", 6) == 0 ||
                strncmp(c, "&#39;", 5) == 0);
        if (*c != '<')
            continue;
        bool closes = c[1] == '/';
        const char *name = c + (closes ? 2 : 1);
        size_t len = strcspn(name, " />");
        const char *end = strchr(c, '>');
        assert_non_null(end);
        assert_true(islower((unsigned char)*name));
        assert_true(strncmp(name, "script", 6) != 0);
        if (closes) {
            assert_true(depth > 0);
            assert_true(strncmp(open[--depth], name, len) == 0);
        } else if (end[-1] != '/') {
            assert_true(depth < 32);
            open[depth++] = name;
        }
    }
    assert_int_equal(depth, 0);
}

static const char *const hostile[] = {
    "</text></svg><script>alert(1)</script>",
    "\"' onload=alert(1) x='",
    "]]>--><!-- <![CDATA[ &amp; &#1; &x;",
    "\x01\x1b[31m\x7f\xc2\x85\n\r\t",
    "\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\x8f\xef\xbf\xbe",
    "a;b#c%%d`e`{f}\\n",
    "%s%n%%",
    "end",
    "",
};

static void test_svg_of_hostile_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        char *text = draw("svg", "en", hostile[i]);
        assert_well_formed(text);
        assert_true(utf8_valid(text, strlen(text)));
        assert_has_not(text, "\xe2\x80\xae");
        assert_has_not(text, "\xe2\x81\xa6");
        assert_has_not(text, "\xef\xbf\xbe");
        free(text);
    }
}

static void test_svg_in_both_languages(void **state)
{
    char *english = draw("svg", "en", NULL), *korean = draw("svg", "ko", NULL);

    (void)state;
    assert_has(english, "lang=\"en\"");
    assert_has(korean, "lang=\"ko\"");
    free(english);
    free(korean);
}

/* ---- Mermaid ------------------------------------------------------------- */

static void test_mermaid(void **state)
{
    static const char expected[] =
        "sequenceDiagram\n"
        "    title A #60;story#62;\n"
        "    participant C1 as c1<br/>10.0.0.2\n"
        "    participant S as server<br/>10.0.0.1\n"
        "    Note over C1,S: c1 calls connect().\n"
        "    Note left of C1: s.connect(('server', 8080))\n"
        "    activate C1\n"
        "    Note left of C1: c1.s SYN_SENT\n"
        "    C1-xS: SYN seq 0 (lost)\n"
        "    Note over C1,S: \xe2\x8b\xae 300 ms\n"
        "    C1-->>S: SYN seq 0 again (RTO)\n"
        "    S->>C1: RST\n"
        "    Note left of C1: connect() \xe2\x9c\x97 ConnectionRefusedError "
        "(ECONNREFUSED), 301 ms\n"
        "    deactivate C1\n";
    char *text = draw("mermaid", "en", NULL);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

/* A line of the diagram begins as ours do, and no text ends one. */
static void assert_lines(char *text)
{
    static const char *const beginnings[] = {"    title ", "    participant C",
        "    participant S as ", "    Note left of C",
        "    Note right of S: ", "    Note over C", "    activate C",
        "    deactivate C", "    C", "    S"};
    char *line, *rest = text;

    line = strsep(&rest, "\n");
    assert_string_equal(line, "sequenceDiagram");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        bool found = false;
        for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
            found |= strncmp(line, beginnings[i], strlen(beginnings[i])) == 0;
        assert_true(found);
        for (const char *c = line; *c != '\0'; c++) {
            if (*c == '<')
                assert_int_equal(strncmp(c, "<br/>", 5), 0);
            if (*c == '#')
                assert_true(c[1 + strspn(c + 1, "0123456789")] == ';');
            assert_true((unsigned char)*c >= 0x20);
            assert_true(strchr("%{}`\\\"", *c) == NULL);
        }
    }
}

static void test_mermaid_of_hostile_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        char *text = draw("mermaid", "en", hostile[i]);
        assert_has_not(text, "\xe2\x80\xae");
        assert_lines(text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_svg),
        cmocka_unit_test(test_svg_counts_its_events),
        cmocka_unit_test(test_svg_of_hostile_texts),
        cmocka_unit_test(test_svg_in_both_languages),
        cmocka_unit_test(test_mermaid),
        cmocka_unit_test(test_mermaid_of_hostile_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
