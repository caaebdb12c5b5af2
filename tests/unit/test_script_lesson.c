/* The list of lessons: sections and order, the course, names that are like
 * another, a program without any; and of the built-in ones, that each file has
 * its row and each row its file. */
#include "sockstage/script/lesson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FILE_OF(name, text)                                                    \
    {                                                                          \
        name, text, sizeof text - 1                                            \
    }

static const struct embed_file files[] = {
    FILE_OF("accept", "title Accept\n"),
    FILE_OF("anything", "title Anything\n"),
    FILE_OF("handshake", "title Handshake\nserver: ls = socket()\n"),
    FILE_OF("lifecycle", "title Life\n"),
    FILE_OF("reset", "title Reset\nnonsense\n"),
    FILE_OF("socket", "title Socket\n"),
    {NULL, NULL, 0},
};

static const struct embed_file nothing[] = {{NULL, NULL, 0}};

static void test_order(void **state)
{
    static const char *const expected[] = {
        "lifecycle", "socket", "handshake", "accept", "reset", "anything"};
    struct lessons *l = lessons_new(files);

    (void)state;
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(lessons_at(l, i)->file->name, expected[i]);
    assert_null(lessons_at(l, 6));
    assert_string_equal(lessons_at(l, 0)->section, lessons_at(l, 1)->section);
    assert_string_equal(lessons_at(l, 2)->section, "establishing a connection");
    /* A file without a row in the table is there all the same. */
    assert_string_equal(lessons_at(l, 5)->section, "more");
    lessons_free(l);
}

static void test_course(void **state)
{
    struct lessons *l = lessons_new(files);
    const struct lesson *at = lessons_of_course(l, 1);

    (void)state;
    assert_string_equal(at->file->name, "lifecycle");
    at = lessons_of_course(l, at->place + 1);
    assert_string_equal(at->file->name, "handshake");
    /* refused, timeout and others have no file here. */
    at = lessons_of_course(l, at->place + 1);
    assert_string_equal(at->file->name, "accept");
    assert_null(lessons_of_course(l, at->place + 1));
    lessons_free(l);
}

static void near(
    const struct lessons *l, const char *name, const char *expected)
{
    struct str out = STR_INIT;

    assert_int_equal(lessons_add_near(l, name, &out), expected[0] != '\0');
    assert_string_equal(str_text(&out), expected);
    str_done(&out);
}

static void test_near_names(void **state)
{
    struct lessons *l = lessons_new(files);
    char longest[300];

    (void)state;
    near(l, "handshak", "handshake");
    near(l, "hand", "handshake");
    near(l, "lifecylce", "lifecycle");
    near(l, "sockets", "socket");
    near(l, "acept", "accept");
    near(l, "zzz", "");
    near(l, "", "");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    near(l, longest, "");
    lessons_free(l);
}

static void test_words(void **state)
{
    (void)state;
    assert_true(lesson_is_word("handshake"));
    assert_true(lesson_is_word("zero-window"));
    assert_false(lesson_is_word("a.stage"));
    assert_false(lesson_is_word("./a"));
    assert_false(lesson_is_word("-"));
    assert_false(lesson_is_word(""));
}

static void test_parse(void **state)
{
    struct lessons *l = lessons_new(files);
    struct script_error e;
    struct script *s = lesson_parse(lessons_find(l, "handshake"), &e);

    (void)state;
    assert_non_null(s);
    assert_string_equal(script_title(s, "en"), "Handshake");
    assert_string_equal(script_name(s), "handshake");
    script_free(s);
    assert_null(lesson_parse(lessons_find(l, "reset"), &e));
    assert_string_equal(e.file, "reset");
    assert_int_equal(e.line, 2);
    assert_null(lessons_find(l, "handshakes"));
    lessons_free(l);
}

static void test_none(void **state)
{
    struct lessons *l = lessons_new(nothing);

    (void)state;
    assert_null(lessons_at(l, 0));
    assert_null(lessons_of_course(l, 1));
    assert_null(lessons_find(l, "handshake"));
    near(l, "handshake", "");
    lessons_free(l);
    lessons_free(NULL);
}

/* ---- those that are built in --------------------------------------------- */

/* Each file has a row: one that is in no section is an oversight. */
static void test_files_have_rows(void **state)
{
    struct lessons *l = lessons_new(embed_lessons);
    const struct lesson *at;
    size_t n = 0;

    (void)state;
    for (; (at = lessons_at(l, n)) != NULL; n++)
        if (strcmp(at->section, "more") == 0)
            fail_msg("%s.stage has no row in sections.def", at->file->name);
    assert_true(n > 0);
    lessons_free(l);
}

static void test_rows_have_files(void **state)
{
    static const char *const names[] = {
#define SECTION(title)
#define LESSON(name, place, about) name,
#include "../../src/lessons/sections.def"
#undef SECTION
#undef LESSON
    };
    struct lessons *l = lessons_new(embed_lessons);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!lessons_find(l, names[i]))
            fail_msg("%s has a row, and no file", names[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
    }
    lessons_free(l);
}

/* One lesson at each place, and no place left out. */
static void test_places(void **state)
{
    struct lessons *l = lessons_new(embed_lessons);
    const struct lesson *at;
    size_t last = 0, in_course = 0;

    (void)state;
    for (size_t i = 0; (at = lessons_at(l, i)) != NULL; i++)
        in_course += at->place > 0;
    while ((at = lessons_of_course(l, last + 1)) != NULL)
        assert_int_equal(at->place, ++last);
    assert_int_equal(last, in_course);
    lessons_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_course),
        cmocka_unit_test(test_near_names),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_files_have_rows),
        cmocka_unit_test(test_rows_have_files),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
