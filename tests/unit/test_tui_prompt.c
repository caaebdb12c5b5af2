/* The prompt beyond letters: words and undoing, earlier lines, the search,
 * completion, mending, and what is pasted. */
#include "../../src/tui/paste.h"
#include "../../src/tui/prompt.h"

#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void keys(struct prompt *p, const uint32_t *list)
{
    for (; *list; list++)
        prompt_key(p, *list);
}

#define KEYS(p, ...) keys(p, (const uint32_t[]){__VA_ARGS__, 0})

static void type(struct prompt *p, const char *text)
{
    for (; *text; text++)
        prompt_key(p, (uint32_t)(unsigned char)*text);
}

static void is(const struct prompt *p, const char *text, size_t cursor)
{
    assert_string_equal(str_text(&p->text), text);
    assert_int_equal(p->cursor, cursor);
}

static void test_words(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_start(&p, "c1: s.send(b'x')");
    KEYS(&p, KEY_CODE_WORD_LEFT);
    is(&p, "c1: s.send(b'x')", 13);
    KEYS(&p, KEY_CODE_WORD_LEFT, KEY_CODE_WORD_LEFT, KEY_CODE_WORD_DELETE);
    is(&p, "c1: s.(b'x')", 6);
    KEYS(&p, KEY_CTRL('E'), KEY_CTRL('Y'));
    is(&p, "c1: s.(b'x')send", 16);
    KEYS(&p, KEY_CTRL('A'), KEY_CODE_WORD_RIGHT);
    is(&p, "c1: s.(b'x')send", 2);
    KEYS(&p, KEY_CTRL('E'), KEY_CODE_WORD_BACKSPACE);
    is(&p, "c1: s.(b'x')", 12);
    KEYS(&p, KEY_CTRL('U'));
    is(&p, "", 0);
    KEYS(&p, KEY_CTRL('Y'), KEY_CTRL('Y'));
    is(&p, "c1: s.(b'x')c1: s.(b'x')", 24);
    prompt_done(&p);
}

/* A wide letter and a letter with marks move and go as one. */
static void test_whole_characters(void **state)
{
    static const char line[] = "a\xed\x95\x9c"     /* Hangul, two columns */
                               "e\xcc\x81\xcc\xa3" /* e, two marks */
                               "z";
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_start(&p, line);
    KEYS(&p, KEY_CODE_LEFT, KEY_CODE_LEFT);
    is(&p, line, 4);
    KEYS(&p, KEY_CODE_LEFT);
    is(&p, line, 1);
    KEYS(&p, KEY_CODE_RIGHT, KEY_CODE_DELETE);
    is(&p, "a\xed\x95\x9cz", 4);
    KEYS(&p, KEY_CODE_BACKSPACE);
    is(&p, "az", 1);
    prompt_done(&p);
}

static void test_undo(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_start(&p, "");
    type(&p, "one two");
    KEYS(&p, KEY_CTRL('W'));
    is(&p, "one ", 4);
    KEYS(&p, KEY_CTRL('_'));
    is(&p, "one two", 7);
    KEYS(&p, KEY_CTRL('_'), KEY_CTRL('_'), KEY_CTRL('_'), KEY_CTRL('_'));
    is(&p, "", 0);
    for (int i = 0; i < 500; i++) {
        type(&p, "x");
        KEYS(&p, KEY_CODE_BACKSPACE);
    }
    assert_true(p.edits.len <= 100);
    prompt_done(&p);
}

static void remember_some(struct prompt *p)
{
    assert_true(prompt_remember(p, "c1: s = socket()"));
    assert_true(prompt_remember(p, "wire hold"));
    assert_true(prompt_remember(p, "c1: s.recv(10)"));
    assert_true(prompt_remember(p, "wire release"));
    assert_false(prompt_remember(p, "wire release"));
    assert_false(prompt_remember(p, ""));
}

/* What was typed before Up chooses among the lines. */
static void test_up_by_prefix(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    remember_some(&p);
    prompt_start(&p, "c1");
    KEYS(&p, KEY_CODE_UP);
    is(&p, "c1: s.recv(10)", 14);
    KEYS(&p, KEY_CODE_UP, KEY_CODE_UP);
    is(&p, "c1: s = socket()", 16);
    KEYS(&p, KEY_CODE_DOWN, KEY_CODE_DOWN);
    is(&p, "c1", 2);
    prompt_start(&p, "zzz");
    KEYS(&p, KEY_CODE_UP);
    is(&p, "zzz", 3);
    prompt_done(&p);
}

static void test_search(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    remember_some(&p);
    prompt_start(&p, "kept");
    KEYS(&p, KEY_CTRL('R'));
    assert_true(p.search.on);
    type(&p, "wire");
    assert_string_equal(str_text(&p.text), "wire release");
    KEYS(&p, KEY_CTRL('R'));
    assert_string_equal(str_text(&p.text), "wire hold");
    KEYS(&p, KEY_CTRL('R'));
    assert_true(p.search.failed);
    KEYS(&p, KEY_CTRL('G'));
    is(&p, "kept", 4);
    assert_false(p.search.on);
    /* Enter takes the line, and does not submit it. */
    KEYS(&p, KEY_CTRL('R'));
    type(&p, "socket");
    assert_true(prompt_search_key(&p, KEY_RETURN));
    assert_false(p.search.on);
    assert_string_equal(str_text(&p.text), "c1: s = socket()");
    /* An edit goes on from it. */
    KEYS(&p, KEY_CTRL('R'));
    type(&p, "recvx");
    assert_true(p.search.failed);
    KEYS(&p, KEY_CODE_BACKSPACE);
    assert_false(p.search.failed);
    KEYS(&p, KEY_CTRL('E'), 'z');
    is(&p, "c1: s.recv(10)z", 15);
    prompt_done(&p);
}

static void test_history_is_bounded(void **state)
{
    struct prompt p;
    char line[16];

    (void)state;
    prompt_init(&p);
    for (int i = 0; i < PROMPT_HISTORY_MAX + 10; i++) {
        snprintf(line, sizeof line, "%d", i);
        prompt_remember(&p, line);
    }
    assert_int_equal(p.history.len, PROMPT_HISTORY_MAX);
    assert_string_equal(p.history.items[0], "10");
    prompt_done(&p);
}

/* ---- completion ---------------------------------------------------------- */

static const struct complete_names nobody = {.process = "c1"};

static void test_tab(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    /* One that fits is inserted; what follows the cursor stays. */
    prompt_start(&p, "c1: s.acc # x");
    KEYS(&p, KEY_CODE_LEFT, KEY_CODE_LEFT, KEY_CODE_LEFT, KEY_CODE_LEFT);
    prompt_complete(&p, &nobody, 1);
    is(&p, "c1: s.accept() # x", 14);
    assert_false(prompt_choosing(&p));
    /* Of several first what they share, then one after the other. */
    prompt_start(&p, "wire re");
    prompt_complete(&p, &nobody, 1);
    is(&p, "wire re", 7);
    assert_true(prompt_choosing(&p));
    prompt_complete(&p, &nobody, 1);
    is(&p, "wire release", 12);
    prompt_complete(&p, &nobody, 1);
    is(&p, "wire real", 9);
    prompt_complete(&p, &nobody, 1);
    is(&p, "wire release", 12);
    prompt_complete(&p, &nobody, -1);
    is(&p, "wire real", 9);
    prompt_close_choices(&p, true);
    is(&p, "wire re", 7);
    /* Any other key keeps what stands there. */
    prompt_complete(&p, &nobody, 1);
    prompt_complete(&p, &nobody, -1);
    KEYS(&p, '!');
    is(&p, "wire real!", 10);
    assert_false(prompt_choosing(&p));
    prompt_done(&p);
}

static void test_tab_shares(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_start(&p, "s.shutdown(sh");
    prompt_complete(&p, &nobody, 1);
    is(&p, "s.shutdown(SHUT_", 16);
    prompt_take_choice(&p, 0);
    is(&p, "s.shutdown(SHUT_WR", 18);
    prompt_take_choice(&p, 99);
    is(&p, "s.shutdown(SHUT_WR", 18);
    prompt_start(&p, "note some");
    prompt_complete(&p, &nobody, 1);
    assert_true(p.choices.nothing);
    is(&p, "note some", 9);
    prompt_done(&p);
}

/* Tab writes what the message proposes, where it proposes it. */
static void test_mending(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_start(&p, "'\xed\x95\x9c' s.sned(b'x')");
    prompt_fail(&p, 7, "did you mean send?");
    snprintf(p.fix.wrong, sizeof p.fix.wrong, "sned");
    snprintf(p.fix.right, sizeof p.fix.right, "send");
    prompt_complete(&p, &nobody, 1);
    is(&p, "'\xed\x95\x9c' s.send(b'x')", 12);
    assert_int_equal(p.error_column, 0);
    assert_false(prompt_choosing(&p));
    prompt_done(&p);
}

/* ---- pasting ------------------------------------------------------------- */

static void test_paste(void **state)
{
    static const char raw[] =
        "server:\r\n\tls = socket()\rc1: x = '\xed\x95\x9c'"
        "\033[31m\x07\xff\x00\n\n\n";
    struct paste p = {0};
    struct str line = STR_INIT;

    (void)state;
    paste_take(&p, raw, sizeof raw - 1);
    assert_int_equal(p.lines, 3);
    assert_int_equal(p.left_out, 4);
    assert_false(paste_is_line(&p));
    assert_true(paste_line(&p, 1, &line));
    assert_string_equal(str_text(&line), "\tls = socket()");
    assert_true(paste_line(&p, 2, &line));
    assert_string_equal(str_text(&line), "c1: x = '\xed\x95\x9c'[31m");
    assert_false(paste_line(&p, 3, &line));
    paste_take(&p, "one line\n", 9);
    assert_true(paste_is_line(&p));
    paste_take(&p, "", 0);
    assert_int_equal(p.lines, 0);
    str_done(&line);
    paste_done(&p);
}

static void test_huge_paste(void **state)
{
    size_t len = PASTE_MAX + 10;
    char *raw = xmalloc(len);
    struct paste p = {0};

    (void)state;
    memset(raw, 'x', len);
    memcpy(raw + PASTE_MAX - 1, "\xed\x95\x9c", 3);
    paste_take(&p, raw, len);
    assert_true(p.cut);
    assert_int_equal(p.text.len, PASTE_MAX); /* the line's end included */
    free(raw);
    paste_done(&p);
}

/* Into the line go only characters that a line can hold. */
static void test_insert(void **state)
{
    struct prompt p;
    char *huge = xmalloc(PROMPT_LINE_MAX + 2);

    (void)state;
    prompt_init(&p);
    prompt_start(&p, "ab");
    KEYS(&p, KEY_CODE_LEFT);
    prompt_insert(&p, "1\t2\033\x7f\xc2\x85");
    is(&p, "a1 2b", 4);
    memset(huge, 'x', PROMPT_LINE_MAX + 1);
    huge[PROMPT_LINE_MAX + 1] = '\0';
    prompt_insert(&p, huge);
    is(&p, "a1 2b", 4);
    free(huge);
    prompt_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_whole_characters),
        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_up_by_prefix),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_history_is_bounded),
        cmocka_unit_test(test_tab),
        cmocka_unit_test(test_tab_shares),
        cmocka_unit_test(test_mending),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_huge_paste),
        cmocka_unit_test(test_insert),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
