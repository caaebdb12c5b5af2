/* What the readable log tells of a script's narration: in one language, in
 * another one only where that language has none; questions with their options;
 * and nothing of the lines that head a script. */
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model_events.h"
#include "sockstage/base/mem.h"

static void tell(struct report *r, struct event e)
{
    report_event(r, &e);
}

static void tell_line(struct report *r, const char *text)
{
    tell(r, make_line(0, text, 1));
}

static void tell_story(struct report *r)
{
    tell_line(r, "title A title");
    tell_line(r, "title.ko Ko title");
    tell_line(r, "require private");
    tell(r, make_note(0, "first", "en"));
    tell(r, make_note(0, "ko first", "ko"));
    tell(r, make_note(0, "second", "en"));
    tell(r, make_note(0, "ko second", "ko"));
    tell_line(r, "claim 7");
    tell_line(r, "wire hold");
    tell(r, make_note(0, "ko comes first", "ko"));
    tell(r, make_note(0, "comes second", "en"));
    tell(r, make_note(0, "only one", "en"));
    tell_line(r, "ask Which?");
    tell_line(r, "ask.ko Ko which?");
    tell_line(r, "option A");
    tell_line(r, "option.ko Ko A");
    tell_line(r, "option* B");
    tell_line(r, "option.ko Ko B");
    tell_line(r, "option C");
    tell_line(r, "mark here");
    tell_line(r, "try this");
}

static char *log_in(const char *lang)
{
    char path[] = "/tmp/sockstage-test-XXXXXX";
    int fd = mkstemp(path);
    struct report *r;
    off_t size;
    char *text;

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    r = report_new(report_find("text"), fd, false, true, NULL, NULL);
    report_set_lang(r, lang);
    report_run_begin(r, 1);
    report_script_begin(r, "a.stage", NULL);
    tell_story(r);
    report_script_end(r, "a.stage", END_PASSED, NULL);
    report_run_end(r);
    report_free(r);
    size = lseek(fd, 0, SEEK_END);
    text = xcalloc(1, (size_t)size + 1);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    assert_int_equal(close(fd), 0);
    return text;
}

static void test_english(void **state)
{
    char *text = log_in("en");

    (void)state;
    assert_string_equal(text, "== a.stage\n"
                              "  0.000  note        first\n"
                              "  0.000  note        second\n"
                              "  0.000  script      wire hold\n"
                              "  0.000  note        comes second\n"
                              "  0.000  note        only one\n"
                              "  0.000  question    Which?\n"
                              "  0.000              - A\n"
                              "  0.000              * B\n"
                              "  0.000              - C\n"
                              "  0.000  script      mark here\n"
                              "  0.000  try         this\n"
                              "PASS a.stage\n");
    free(text);
}

static void test_korean(void **state)
{
    char *text = log_in("ko");

    (void)state;
    assert_string_equal(text, "== a.stage\n"
                              "  0.000  note        ko first\n"
                              "  0.000  note        ko second\n"
                              "  0.000  script      wire hold\n"
                              "  0.000  note        ko comes first\n"
                              "  0.000  note        only one\n"
                              "  0.000  question    Ko which?\n"
                              "  0.000              - Ko A\n"
                              "  0.000              * Ko B\n"
                              "  0.000              - C\n"
                              "  0.000  script      mark here\n"
                              "  0.000  try         this\n"
                              "PASS a.stage\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_korean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
