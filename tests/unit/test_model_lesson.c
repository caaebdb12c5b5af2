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

/* What happens next answers it; the answer stays until the next narration. */
static void test_question_judged(void **state)
{
    static const char *const open[] = {"mark asked", "claim 7",
        "require private", "title T", "try it", "pause", "hide server"};
    static const char *const judge[] = {"wire hold", "c1: b = 2", "show",
        "titles", "ask: x = 1", "option=1", "hidden"};
    struct model *m = *state;
    struct event call = make_call(MS, 1, "c1", "socket", "s = socket()");
    struct event expect = make_expect(MS, "expect x", 1, true, "");
    struct event note = make_note(MS, "Look.", "en");

    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        ask(m);
        say(m, open[i]);
        model_apply(m, &note);
        assert_non_null(model_lesson(m, "en").question);
        assert_false(model_lesson(m, "en").judged);
    }
    /* Behind the curtain nobody sees the answer. */
    model_apply(m, &call);
    assert_false(model_lesson(m, "en").judged);
    say(m, "show");
    assert_true(model_lesson(m, "en").judged);
    for (size_t i = 0; i < sizeof judge / sizeof judge[0]; i++) {
        ask(m);
        say(m, judge[i]);
        assert_true(model_lesson(m, "en").judged);
        assert_int_equal(model_lesson(m, "en").option_count, 2);
        model_apply(m, &note);
        assert_null(model_lesson(m, "en").question);
        assert_false(model_lesson(m, "en").judged);
    }
    ask(m);
    model_apply(m, &call);
    assert_true(model_lesson(m, "en").judged);
    ask(m);
    assert_false(model_lesson(m, "en").judged);
    assert_int_equal(model_lesson(m, "en").option_count, 2);
    model_apply(m, &expect);
    assert_true(model_lesson(m, "en").judged);
    /* The next question has only its own options. */
    say(m, "ask And now?");
    assert_int_equal(model_lesson(m, "en").option_count, 0);
}

static size_t vote(struct model *m, const char *line)
{
    say(m, line);
    return model_lesson(m, "ko").vote;
}

static void test_vote(void **state)
{
    struct model *m = *state;
    struct event typed = make_expect(MS, "expect x", 0, true, "");
    struct event note = make_note(MS, "Look.", "en");

    assert_int_equal(model_open_options(m), 0);
    assert_int_equal(vote(m, "vote 1"), 0);
    say(m, "ask Which?");
    assert_int_equal(vote(m, "vote 1"), 0);
    ask(m);
    assert_int_equal(model_open_options(m), 2);
    assert_int_equal(model_lesson(m, "en").vote, 0);
    assert_int_equal(vote(m, "vote 1"), 1);
    assert_int_equal(vote(m, "vote 2"), 2);
    static const char *const wrong[] = {
        "vote 3", "vote 0", "vote 22", "vote x", "vote ", "vote", "votes 1"};
    for (size_t i = 0; i + 1 < sizeof wrong / sizeof wrong[0]; i++)
        if (strcmp(wrong[i], "vote") != 0)
            assert_int_equal(vote(m, wrong[i]), 2);
    /* Whoever only looks answers nothing. */
    model_apply(m, &typed);
    assert_false(model_lesson(m, "en").judged);
    assert_int_equal(model_open_options(m), 2);
    /* It stays beside the answer, and changes no more. */
    say(m, "wire hold");
    assert_true(model_lesson(m, "en").judged);
    assert_int_equal(model_open_options(m), 0);
    assert_int_equal(vote(m, "vote 1"), 2);
    model_apply(m, &note);
    ask(m);
    assert_int_equal(model_lesson(m, "en").vote, 0);
}

/* The mark counts in each language; where it stands only at the English ones,
 * their place is meant. */
static void test_right_option(void **state)
{
    struct model *m = *state;

    ask(m);
    assert_int_equal(model_lesson(m, "en").right, 2);
    assert_int_equal(model_lesson(m, "ko").right, 2);
    say(m, "ask Once more?");
    assert_int_equal(model_lesson(m, "en").right, 0);
    say(m, "option* yes");
    say(m, "option no");
    say(m, "option.ko 예");
    say(m, "option.ko 아니요");
    assert_int_equal(model_lesson(m, "ko").right, 1);
}

static void test_asked_tells_apart(void **state)
{
    struct model *m = *state;
    struct event first = make_line(MS, "ask Who?", 1);
    struct event second = make_line(MS, "ask And who now?", 2);
    struct event korean = make_line(MS, "ask.ko 누구?", 2);

    first.t_ns = 10;
    second.t_ns = 20;
    korean.t_ns = 21;
    assert_int_equal(model_lesson(m, "en").asked, 0);
    model_apply(m, &first);
    assert_int_equal(model_lesson(m, "en").asked, 11);
    model_apply(m, &second);
    model_apply(m, &korean);
    assert_int_equal(model_lesson(m, "ko").asked, 21);
}

static void test_curtain(void **state)
{
    struct model *m = *state;
    struct event stage = make_stage();

    assert_false(model_hides_any(m));
    say(m, "hide server");
    say(m, "hide\t wire");
    assert_true(model_hides(m, MODEL_SERVER));
    assert_true(model_hides(m, MODEL_WIRE));
    assert_false(model_hides(m, MODEL_CLIENT));
    say(m, "hide and seek");
    say(m, "shows");
    say(m, "hideclient");
    assert_false(model_hides(m, MODEL_CLIENT));
    assert_true(model_hides_any(m));
    say(m, "show");
    assert_false(model_hides_any(m));
    say(m, "hide client");
    model_apply(m, &stage);
    assert_false(model_hides_any(m));
}

/* A narration in one language leaves nothing of the last one in another. */
static void test_notes_belong_together(void **state)
{
    struct model *m = *state;
    struct event one = make_note(MS, "One.", "en");
    struct event eins = make_note(MS, "하나.", "ko");
    struct event two = make_note(2 * MS, "Two.", "en");

    model_apply(m, &one);
    model_apply(m, &eins);
    assert_string_equal(model_note(m, "ko")->text, "하나.");
    assert_string_equal(model_note(m, "en")->text, "One.");
    say(m, "wire hold");
    model_apply(m, &two);
    assert_string_equal(model_note(m, "ko")->text, "Two.");
    model_apply(m, &one);
    model_apply(m, &eins);
    assert_string_equal(model_note(m, "ko")->text, "하나.");
    model_apply(m, &two);
    assert_string_equal(model_note(m, "ko")->text, "Two.");
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
        TEST(test_question_judged),
        TEST(test_vote),
        TEST(test_right_option),
        TEST(test_asked_tells_apart),
        TEST(test_curtain),
        TEST(test_notes_belong_together),
        TEST(test_title_and_try_stay),
        TEST(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
