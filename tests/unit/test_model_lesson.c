/* What a lesson says at a moment: title, question, options and what to try,
 * from the lines in the journal alone. */
#include "model_events.h"

#include "sockstage/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    struct event e = make_stage();

    *state = model_new();
    model_apply(*state, &e);
    return 0;
}

static int teardown(void **state)
{
    model_free(*state);
    return 0;
}

static void say(struct model *m, const char *text)
{
    struct event e = make_line(MS, text, 1);

    model_apply(m, &e);
}

static void ask(struct model *m)
{
    say(m, "ask What happens?");
    say(m, "ask.ko 무엇이 일어나나?");
    say(m, "option it waits");
    say(m, "option* it returns");
    say(m, "option.ko 기다린다");
    say(m, "option*.ko\t반환한다");
}

static void test_question(void **state)
{
    struct model *m = *state;
    struct model_lesson l = model_lesson(m, "en");

    assert_null(l.question);
    assert_null(l.title);
    assert_null(l.try_text);
    ask(m);
    l = model_lesson(m, "en");
    assert_string_equal(l.question, "What happens?");
    assert_int_equal(l.option_count, 2);
    assert_string_equal(l.options[0], "it waits");
    assert_string_equal(l.options[1], "it returns");
    l = model_lesson(m, "ko");
    assert_string_equal(l.question, "무엇이 일어나나?");
    assert_string_equal(l.options[1], "반환한다");
    assert_string_equal(model_lesson(m, NULL).question, "What happens?");
}

/* A language that the lesson lacks gets the English texts. */
static void test_english_else(void **state)
{
    struct model *m = *state;
    struct model_lesson l;

    say(m, "title  Backlog");
    say(m, "ask Who?");
    say(m, "ask.ko 누가?");
    say(m, "option c1");
    l = model_lesson(m, "ko");
    assert_string_equal(l.title, "Backlog");
    assert_string_equal(l.question, "누가?");
    assert_int_equal(l.option_count, 1);
    assert_string_equal(l.options[0], "c1");
}

static void test_question_closes(void **state)
{
    static const char *const open[] = {
        "mark asked", "claim 7", "require private", "title T", "try it"};
    static const char *const close[] = {
        "wire hold", "c1: b = 2", "pause", "titles", "ask: x = 1", "option=1"};
    struct model *m = *state;
    struct event call = make_call(MS, 1, "c1", "socket", "s = socket()");
    struct event expect = make_expect(MS, "expect x", 1, true, "");
    struct event note = make_note(MS, "Look.", "en");

    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        ask(m);
        say(m, open[i]);
        model_apply(m, &note);
        assert_non_null(model_lesson(m, "en").question);
    }
    for (size_t i = 0; i < sizeof close / sizeof close[0]; i++) {
        ask(m);
        say(m, close[i]);
        assert_null(model_lesson(m, "en").question);
        assert_int_equal(model_lesson(m, "en").option_count, 0);
    }
    ask(m);
    model_apply(m, &call);
    assert_null(model_lesson(m, "en").question);
    ask(m);
    model_apply(m, &expect);
    assert_null(model_lesson(m, "en").question);
    /* The next question has only its own options. */
    say(m, "ask And now?");
    assert_int_equal(model_lesson(m, "en").option_count, 0);
}

static void test_title_and_try_stay(void **state)
{
    struct model *m = *state;
    struct event stage = make_stage();

    say(m, "title One");
    say(m, "title Two");
    say(m, "try this");
    say(m, "wire hold");
    assert_string_equal(model_lesson(m, "en").title, "Two");
    assert_string_equal(model_lesson(m, "en").try_text, "this");
    model_apply(m, &stage);
    assert_null(model_lesson(m, "en").title);
    assert_null(model_lesson(m, "en").try_text);
}

/* Lines of a recording may be anything. */
static void test_hostile(void **state)
{
    static const char *const lines[] = {"", "ask", "ask.", "ask.k", "ask.ko",
        "ask*", "option**", "option*.k", "option.ko.ko x", "ask.한 x", "*.ko"};
    struct model *m = *state;
    struct event none = make_line(MS, NULL, 1);
    char longest[3001];

    model_apply(m, &none);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        say(m, lines[i]);
        model_lesson(m, "ko");
    }
    for (int i = 0; i < 1000; i++)
        say(m, "option many");
    say(m, "ask How many?");
    assert_true(model_lesson(m, "en").option_count <= MODEL_OPTIONS_MAX);
    /* No letter is halved where a text is cut. */
    say(m, "wire hold");
    memcpy(longest, "ask x", 6);
    for (size_t i = 5; i + 3 < sizeof longest; i += 3)
        memcpy(longest + i, "가", 4);
    say(m, longest);
    const char *kept = model_lesson(m, "en").question;
    assert_true(strlen(kept) < 2000);
    assert_int_equal((strlen(kept) - 1) % 3, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_question),
        TEST(test_english_else),
        TEST(test_question_closes),
        TEST(test_title_and_try_stay),
        TEST(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
