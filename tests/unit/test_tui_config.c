/* Settings: keys given to actions, wrong lines named by file, line and key, and
 * keys that would mean two things. */
#include "../../src/tui/keymap.h"

#include "sockstage/base/mem.h"
#include "sockstage/tui/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct tui_config *parse(const char *text)
{
    return tui_config_parse("config.ini", text);
}

/* Parses, and expects these complaints to begin so; NULL behind the last. */
static struct tui_config *parse_wrong(
    const char *text, const char *const *expected)
{
    struct tui_config *c = parse(text);
    size_t i = 0;

    for (; expected[i]; i++) {
        const char *complaint = tui_config_complaint(c, i);
        if (!complaint)
            fail_msg("no complaint %s", expected[i]);
        if (strncmp(complaint, expected[i], strlen(expected[i])) != 0)
            fail_msg("expected %s\ngot %s", expected[i], complaint);
    }
    if (tui_config_complaint(c, i))
        fail_msg("unexpected: %s", tui_config_complaint(c, i));
    return c;
}

static enum action at_now(const struct tui_config *c, uint32_t key)
{
    return keymap_action(tui_config_keys(c), key, false);
}

static const char *const none[] = {NULL};

static void test_empty(void **state)
{
    struct tui_config *c = parse_wrong("", none);

    (void)state;
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
        assert_string_equal(
            keymap_keys(tui_config_keys(c), a), action_row(a)->defaults);
    assert_null(tui_config_screen(c)->theme);
    assert_int_equal(tui_config_screen(c)->detail, 0);
    tui_config_free(c);
}

static void test_screen(void **state)
{
    struct tui_config *c = parse_wrong("; mine\n[screen]\n"
                                       "theme = projector\nlang = ko\n"
                                       "ascii = yes\ndetail = tcp\n",
        none);

    (void)state;
    assert_string_equal(tui_config_screen(c)->theme, "projector");
    assert_string_equal(tui_config_screen(c)->lang, "ko");
    assert_int_equal(tui_config_screen(c)->ascii, TUI_ASCII_YES);
    assert_int_equal(tui_config_screen(c)->detail, 2);
    tui_config_free(c);
    c = parse_wrong("[screen]\nascii = no\n", none);
    assert_int_equal(tui_config_screen(c)->ascii, TUI_ASCII_NO);
    tui_config_free(c);
}

/* Some editors begin UTF-8 with a mark; only there is it one. */
static void test_mark(void **state)
{
    static const char *const twice[] = {
        "config.ini:1: this isn't KEY = VALUE", NULL};
    struct tui_config *c =
        parse_wrong("\xef\xbb\xbf[screen]\nlang = ko\n", none);

    (void)state;
    assert_string_equal(tui_config_screen(c)->lang, "ko");
    tui_config_free(c);
    tui_config_free(parse_wrong("\xef\xbb\xbf; mine\n", none));
    tui_config_free(parse_wrong("\xef\xbb\xbf", none));
    tui_config_free(parse_wrong("\xef\xbb\xbf\xef\xbb\xbf[screen]\n", twice));
}

static void test_keys(void **state)
{
    struct tui_config *c = parse_wrong("[keys]\nhold = F5 Ctrl-L\n"
                                       "drop = Delete\nquit = none\n"
                                       "duplicate = Semicolon\n",
        none);
    const struct keymap *map = tui_config_keys(c);

    (void)state;
    assert_int_equal(at_now(c, KEY_CODE_F(5)), ACTION_HOLD);
    assert_int_equal(at_now(c, KEY_CTRL('L')), ACTION_HOLD);
    assert_int_equal(at_now(c, 'h'), ACTION_NONE);
    assert_int_equal(at_now(c, KEY_CODE_DELETE), ACTION_DROP);
    assert_int_equal(at_now(c, 'q'), ACTION_NONE);
    assert_int_equal(at_now(c, ';'), ACTION_DUPLICATE);
    assert_string_equal(keymap_name(map, ACTION_HOLD).text, "F5");
    assert_string_equal(keymap_name(map, ACTION_QUIT).text, "-");
    assert_string_equal(keymap_name(map, ACTION_DUPLICATE).text, "Semicolon");
    tui_config_free(c);
}

/* With the Korean input method on the key of a letter is its jamo, also of a
 * letter that the user chose, and in the file itself. */
static void test_jamo(void **state)
{
    struct tui_config *c = parse_wrong("[keys]\nhold = x\ndrop = ㅡ\n", none);

    (void)state;
    assert_int_equal(at_now(c, 0x314c), ACTION_HOLD); /* on x */
    assert_int_equal(at_now(c, 'm'), ACTION_DROP);
    tui_config_free(c);
}

static void test_wrong_lines(void **state)
{
    static const char *const expected[] = {
        "config.ini:1: hold: it is in no section",
        "config.ini:3: hold: there is no key \"Spce\"",
        "config.ini:4: jump: there is no action",
        "config.ini:5: drop: w can't be a shortcut",
        "config.ini:7: this isn't KEY = VALUE",
        "config.ini:8: lang: \"de\" is not one of: en, ko",
        "config.ini:9: size: there is no such setting",
        "config.ini:10: detail: \"4\"",
        NULL,
    };
    struct tui_config *c = parse_wrong("hold = x\n"
                                       "[keys]\nhold = Spce\njump = j\n"
                                       "drop = w\n"
                                       "[screen]\nwhat\nlang = de\nsize = 4\n"
                                       "detail = 4\nascii = yes\n",
        expected);

    (void)state;
    assert_int_equal(tui_config_screen(c)->ascii, TUI_ASCII_YES);
    assert_string_equal(keymap_name(tui_config_keys(c), ACTION_HOLD).text, "h");
    tui_config_free(c);
}

/* Every line that is none is named; one that begins with a blank is no more of
 * the one above. */
static void test_no_lines(void **state)
{
    static const char *const expected[] = {
        "config.ini:2: this isn't KEY = VALUE",
        "config.ini:4: this isn't KEY = VALUE",
        "config.ini:5: this isn't KEY = VALUE",
        "config.ini:6: this isn't KEY = VALUE",
        "config.ini:8: drop: there is no key \"Spce\"",
        "config.ini:9: this isn't KEY = VALUE",
        "config.ini:10: this isn't KEY = VALUE",
        NULL,
    };
    struct tui_config *c = parse_wrong("[keys]\n"
                                       "what\n"
                                       "hold = k ; with a remark = x\n"
                                       " = x\n"
                                       "\tx\n"
                                       "inspect ; = y\n"
                                       "  ; a remark\n"
                                       "  drop = Spce\n"
                                       ": x\n"
                                       "[screen\n"
                                       "# one more\n"
                                       "   \n"
                                       "  duplicate : y\n",
        expected);

    (void)state;
    assert_int_equal(at_now(c, 'k'), ACTION_HOLD);
    assert_int_equal(at_now(c, 'y'), ACTION_DUPLICATE);
    assert_int_equal(at_now(c, 'x'), ACTION_NONE);
    tui_config_free(c);
}

static void test_clashes(void **state)
{
    static const char *const taken[] = {
        "config.ini:2: hold: q was the key of quit, which now has none", NULL};
    static const char *const twice[] = {
        "config.ini:2: drop: x means hold already (line 3); this has d", NULL};
    static const char *const gone[] = {
        "config.ini:3: hold: x means deliver already (line 2); this has none",
        NULL};
    static const char *const locked[] = {
        "config.ini: quit: without a key nobody could leave: Ctrl-C", NULL};
    struct tui_config *c = parse_wrong("[keys]\nhold = q\n", taken);

    (void)state;
    assert_int_equal(at_now(c, 'q'), ACTION_HOLD);
    tui_config_free(c);
    c = parse_wrong("[keys]\ndrop = x\nhold = x\n", twice);
    assert_int_equal(at_now(c, 'x'), ACTION_HOLD);
    assert_int_equal(at_now(c, 'd'), ACTION_DROP);
    assert_string_equal(keymap_keys(tui_config_keys(c), ACTION_DROP), "d");
    tui_config_free(c);
    /* Its own key is another's by now. */
    c = parse_wrong("[keys]\ndeliver = x\nhold = x\ninspect = h\n", gone);
    assert_string_equal(keymap_keys(tui_config_keys(c), ACTION_HOLD), "");
    assert_int_equal(at_now(c, 'h'), ACTION_INSPECT);
    tui_config_free(c);
    /* An exchange, keys of different times, and what the defaults do too. */
    c = parse_wrong("[keys]\nhold = q\nquit = h\ndeliver = F2\nplay = F2\n"
                    "next = PgDn\n",
        none);
    assert_int_equal(at_now(c, 'h'), ACTION_QUIT);
    assert_int_equal(at_now(c, KEY_CODE_F(2)), ACTION_DELIVER);
    assert_int_equal(
        keymap_action(tui_config_keys(c), KEY_CODE_F(2), true), ACTION_PLAY);
    tui_config_free(c);
    c = parse_wrong("[keys]\nquit = none\ninterrupt = none\n", locked);
    assert_int_equal(at_now(c, KEY_CTRL('C')), ACTION_INTERRUPT);
    tui_config_free(c);
}

/* Esc, Enter and the arrows go on meaning what everybody knows; in lists the
 * keys that the file gives mean the same. */
static void test_moving(void **state)
{
    static const char *const taken[] = {
        "config.ini:6: hold: Up was the key of up, which now has none", NULL};
    struct tui_config *c =
        parse_wrong("[keys]\nback = F10 b\nleft = a\nright = l\n"
                    "down = j\ncall = x\nup = none\npast_menu = y\n",
            none);
    const struct keymap *map = tui_config_keys(c);

    (void)state;
    assert_int_equal(at_now(c, KEY_ESC), ACTION_BACK);
    assert_int_equal(at_now(c, KEY_RETURN), ACTION_CALL);
    assert_int_equal(keymap_action(map, KEY_RETURN, true), ACTION_PAST_MENU);
    assert_int_equal(at_now(c, KEY_CODE_LEFT), ACTION_LEFT);
    assert_int_equal(at_now(c, KEY_CODE_UP), ACTION_UP);
    assert_int_equal(keymap_plain(map, KEY_CODE_F(10), false), KEY_ESC);
    assert_int_equal(keymap_plain(map, 'b', true), KEY_ESC);
    assert_int_equal(keymap_plain(map, 0x3153, false), KEY_CODE_DOWN); /* j */
    assert_int_equal(keymap_plain(map, 'x', false), KEY_RETURN);
    assert_int_equal(keymap_plain(map, 'y', true), KEY_RETURN);
    assert_int_equal(keymap_plain(map, 'y', false), 'y');
    assert_int_equal(keymap_plain(map, KEY_TAB, false), KEY_TAB);
    assert_string_equal(keymap_name(map, ACTION_BACK).text, "F10");
    assert_string_equal(keymap_name(map, ACTION_UP).text, "Up");
    tui_config_free(c);
    c = parse_wrong("[keys]\n\n\n\n\nhold = Up\n", taken);
    map = tui_config_keys(c);
    assert_int_equal(at_now(c, KEY_CODE_UP), ACTION_HOLD);
    assert_int_equal(keymap_plain(map, KEY_CODE_UP, false), KEY_CODE_UP);
    assert_int_equal(keymap_first(map, ACTION_UP), 0);
    assert_int_equal(keymap_moving(map, ACTION_UP), KEY_CODE_UP);
    tui_config_free(c);
    /* By default nothing is another key. */
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        uint32_t key;
        for (size_t i = 0; (key = keymap_at(NULL, a, i)) != 0; i++)
            assert_int_equal(keymap_plain(NULL, key, false), key);
    }
}

/* A theme that is not there is named like any other wrong line, whatever else
 * is wrong. */
static void test_theme(void **state)
{
    char folder[] = "/tmp/sockstage-config-XXXXXX";
    char path[256];
    static const char text[] = "[keys]\nwhat\n[screen]\ntheme = nope\n";

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/sockstage", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/sockstage/config.ini", folder);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    setenv("XDG_CONFIG_HOME", folder, 1);
    struct tui_config *c = tui_config_read();
    assert_non_null(strstr(tui_config_complaint(c, 0), "config.ini:2: this"));
    assert_non_null(strstr(tui_config_complaint(c, 1),
        "config.ini:4: theme: can't read the theme nope: ENOENT"));
    assert_non_null(strstr(tui_config_complaint(c, 1),
        "there are colorblind, dark, light, mono, projector"));
    assert_null(tui_config_complaint(c, 2));
    tui_config_free(c);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/sockstage", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* Whatever is in the file, it is read to its end. */
static void test_hostile(void **state)
{
    static const char *const texts[] = {"[", "[keys\n= = =\n", "\033[2J = x\n",
        "[keys]\nhold = \xff\xfe\n", "[keys]\n hold\n  hold\n", "]\n[]\n=\n"};
    char longest[5000];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct tui_config *c = parse(texts[i]);
        for (size_t k = 0; tui_config_complaint(c, k); k++)
            assert_null(strchr(tui_config_complaint(c, k), '\033'));
        tui_config_free(c);
    }
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    struct tui_config *c = parse(longest);
    assert_non_null(tui_config_complaint(c, 0));
    tui_config_free(c);
}

/* Every default is a key that has a name, and that name leads back to it. */
static void test_names(void **state)
{
    (void)state;
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        uint32_t key;
        for (size_t i = 0; (key = keymap_at(NULL, a, i)) != 0; i++) {
            struct key_name name = name_of_key(key);
            assert_int_equal(key_named(name.text, strlen(name.text)), key);
        }
        assert_int_not_equal(keymap_first(NULL, a), 0);
    }
    assert_int_equal(key_named("F13", 3), 0);
    assert_int_equal(key_named("Ctrl-", 5), 0);
    assert_int_equal(key_named("ab", 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_screen),
        cmocka_unit_test(test_mark),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_jamo),
        cmocka_unit_test(test_wrong_lines),
        cmocka_unit_test(test_no_lines),
        cmocka_unit_test(test_clashes),
        cmocka_unit_test(test_moving),
        cmocka_unit_test(test_theme),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
