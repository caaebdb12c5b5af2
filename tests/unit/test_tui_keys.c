/* The prompt's editing, the keymap, and the lines behind keys. */
#include "tui_moments.h"

#include "../../src/tui/wire_line.h"
#include "sockstage/tui/tui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void type(struct prompt *p, const char *text)
{
    while (*text)
        prompt_key(p, (uint32_t)*text++);
}

static void test_editing(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_start(&p, "");
    type(&p, "s.recv(10)");
    prompt_key(&p, KEY_CODE_LEFT);
    prompt_key(&p, '0');
    assert_string_equal(str_text(&p.text), "s.recv(100)");
    prompt_key(&p, KEY_CODE_HOME);
    prompt_key(&p, 0xd55c); /* a Hangul syllable */
    prompt_key(&p, KEY_CODE_LEFT);
    prompt_key(&p, KEY_CODE_DELETE);
    assert_string_equal(str_text(&p.text), "s.recv(100)");
    prompt_key(&p, KEY_CTRL('E'));
    prompt_key(&p, KEY_CODE_BACKSPACE);
    assert_string_equal(str_text(&p.text), "s.recv(100");
    type(&p, " two words");
    prompt_key(&p, KEY_CTRL('W'));
    assert_string_equal(str_text(&p.text), "s.recv(100 two ");
    prompt_key(&p, KEY_CTRL('A'));
    prompt_key(&p, KEY_CTRL('K'));
    assert_string_equal(str_text(&p.text), "");
    prompt_key(&p, KEY_CODE_BACKSPACE);
    prompt_key(&p, KEY_CODE_DELETE);
    assert_string_equal(str_text(&p.text), "");
    prompt_done(&p);
}

static void test_history(void **state)
{
    struct prompt p;

    (void)state;
    prompt_init(&p);
    prompt_remember(&p, "one");
    prompt_remember(&p, "two");
    prompt_remember(&p, "two");
    prompt_start(&p, "");
    prompt_key(&p, KEY_CODE_UP);
    assert_string_equal(str_text(&p.text), "two");
    prompt_key(&p, KEY_CODE_UP);
    prompt_key(&p, KEY_CODE_UP);
    assert_string_equal(str_text(&p.text), "one");
    prompt_key(&p, KEY_CODE_DOWN);
    prompt_key(&p, KEY_CODE_DOWN);
    assert_string_equal(str_text(&p.text), "");
    prompt_done(&p);
}

static void test_keymap(void **state)
{
    (void)state;
    assert_int_equal(keymap_action(NULL, ' ', false), ACTION_DELIVER);
    assert_int_equal(
        keymap_action(NULL, KEY_CODE_PAGE_DOWN, false), ACTION_NEXT);
    assert_int_equal(keymap_action(NULL, 'n', false), ACTION_NEXT);
    assert_int_equal(
        keymap_action(NULL, 0x315c, false), ACTION_NEXT); /* on n */
    assert_int_equal(
        keymap_action(NULL, 0x3157, false), ACTION_HOLD); /* on h */
    assert_int_equal(keymap_action(NULL, 0x3131, false), ACTION_RESTART);
    /* l begins names such as ls, L does not; the jamo is the same for both. */
    assert_int_equal(keymap_action(NULL, 'L', false), ACTION_LESSONS);
    assert_int_equal(keymap_action(NULL, 0x3163, false), ACTION_LESSONS);
    /* So with s, which begins server. */
    assert_int_equal(keymap_action(NULL, 'S', false), ACTION_SAVE);
    assert_int_equal(keymap_action(NULL, 0x3134, true), ACTION_SAVE);
    assert_int_equal(keymap_action(NULL, 's', false), ACTION_NONE);
    /* What people type begins with these. */
    for (const char *c = "cswel#("; *c; c++)
        assert_int_equal(keymap_action(NULL, (uint32_t)*c, false), ACTION_NONE);
}

/* In the past the same keys move in time, and none acts on the stage. */
static void test_keymap_of_the_past(void **state)
{
    (void)state;
    assert_int_equal(keymap_action(NULL, ' ', true), ACTION_PLAY);
    assert_int_equal(keymap_action(NULL, '}', true), ACTION_TARGET_ON);
    assert_int_equal(keymap_action(NULL, '{', true), ACTION_TARGET_BACK);
    assert_int_equal(
        keymap_action(NULL, KEY_CODE_PAGE_DOWN, true), ACTION_NEXT);
    assert_int_equal(
        keymap_action(NULL, KEY_CODE_PAGE_UP, true), ACTION_STEP_BACK);
    assert_int_equal(keymap_action(NULL, KEY_CODE_HOME, true), ACTION_OLDEST);
    assert_int_equal(keymap_action(NULL, KEY_CODE_END, true), ACTION_RETURN);
    assert_int_equal(keymap_action(NULL, '=', true), ACTION_FASTER);
    assert_int_equal(keymap_action(NULL, '[', false), ACTION_EVENT_BACK);
    assert_int_equal(keymap_action(NULL, '[', true), ACTION_EVENT_BACK);
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
        if (action_row(a)->line)
            assert_int_equal(action_row(a)->when, AT_NOW);
}

static void test_slider(void **state)
{
    struct timeline_place p = {.first = 100, .end = 1100};

    (void)state;
    assert_int_equal(slider_cursor(&p, 101, 0), 100);
    assert_int_equal(slider_cursor(&p, 101, -7), 100);
    assert_int_equal(slider_cursor(&p, 101, 50), 600);
    assert_int_equal(slider_cursor(&p, 101, 100), 1100);
    assert_int_equal(slider_cursor(&p, 101, 500), 1100);
    p.end = p.first;
    assert_int_equal(slider_cursor(&p, 101, 0), 100);
    assert_int_equal(slider_cursor(&p, 1, 0), 100);
    p = (struct timeline_place){.end = UINT64_MAX};
    assert_true(slider_cursor(&p, 3, 1) > UINT64_MAX / 4);
    assert_true(slider_cursor(&p, 3, 1) < UINT64_MAX / 4 * 3);
}

static void make(struct scene *s, const char *name)
{
    const struct scene_row *row = scenes;

    while (strcmp(row->name, name) != 0)
        row++;
    scene_init(s);
    row->make(s);
    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.play = &s->play;
}

static void test_lines_of_segments(void **state)
{
    struct scene s;
    struct str line = STR_INIT;

    (void)state;
    make(&s, "handshake");
    assert_true(wire_line(s.model, 2, "wire deliver", &line));
    assert_string_equal(str_text(&line), "wire deliver server SYN+ACK c1.s");
    scene_done(&s);
    str_clear(&line);
    make(&s, "buffers");
    assert_int_equal(ui_held_segment(&s.moment), 200);
    /* All ten look alike: words can only mean the oldest. */
    assert_true(wire_line(s.model, 200, "wire deliver", &line));
    assert_false(wire_line(s.model, 205, "wire deliver", &line));
    scene_done(&s);
    str_done(&line);
}

static void test_selecting(void **state)
{
    struct scene s;

    (void)state;
    make(&s, "half_closed");
    assert_string_equal(ui_process(&s.moment), "c1");
    ui_select(&s.ui, &s.moment, 0, 1);
    assert_string_equal(ui_process(&s.moment), "c2");
    ui_select(&s.ui, &s.moment, 0, 1);
    assert_string_equal(ui_process(&s.moment), "c3"); /* not there yet */
    ui_select(&s.ui, &s.moment, 1, 0);
    assert_int_equal(s.ui.sel.column, COLUMN_WIRE);
    assert_int_not_equal(s.ui.sel.segment, 0);
    ui_select(&s.ui, &s.moment, 1, 0);
    assert_string_equal(ui_process(&s.moment), "server");
    ui_select(&s.ui, &s.moment, 0, 1);
    assert_int_equal(s.ui.sel.sock, 100);
    scene_done(&s);
}

static void test_menu_lines(void **state)
{
    struct scene s;

    (void)state;
    make(&s, "backlog");
    menu_fill(&s.ui.menu, s.model, "server", 100);
    assert_true(s.ui.menu.items.len > 2);
    assert_string_equal(
        s.ui.menu.items.items[0].line, "server: conn, addr = ls.accept()");
    menu_fill(&s.ui.menu, s.model, "c3", 3);
    assert_int_equal(s.ui.menu.items.len, 2);
    assert_non_null(strstr(s.ui.menu.about, "waits in connect()"));
    assert_string_equal(
        s.ui.menu.items.items[0].line, "server: conn, addr = ls.accept()");
    assert_string_equal(s.ui.menu.items.items[1].line, "interrupt c3");
    scene_done(&s);
    make(&s, "half_closed");

    menu_fill(&s.ui.menu, s.model, "server", 100);
    assert_non_null(strstr(s.ui.menu.about, "waits in recv()"));
    assert_string_equal(
        s.ui.menu.items.items[0].line, "c2: n = s.send(b'x' * 1000)");
    assert_string_equal(s.ui.menu.items.items[0].because, "lets it go on");
    assert_string_equal(s.ui.menu.items.items[1].line, "interrupt server");
    menu_fill(&s.ui.menu, s.model, "c9", 0);
    assert_non_null(strstr(s.ui.menu.items.items[0].line, "c9: s = socket("));
    scene_done(&s);
}

/* Whether the bottom line names the key, and a click there presses it. */
static bool has_hint(struct scene *s, int cols, const char *text, uint32_t key)
{
    struct canvas cv;
    struct draw d = {.cv = &cv, .m = &s->moment};
    struct str dump = STR_INIT;
    bool presses = false;

    canvas_init(&cv, 24, cols);
    ui_draw(&d);
    canvas_dump(&cv, &dump);
    const char *bar = str_text(&dump) + dump.len - 1; /* its last line */
    while (bar > str_text(&dump) && bar[-1] != '\n')
        bar--;
    bool named = strstr(bar, text) != NULL;
    for (size_t i = 0; i < d.press_count; i++)
        presses |= d.presses[i].key == key && d.presses[i].area.y == 23;
    assert_int_equal(named, presses);
    canvas_done(&cv);
    str_done(&dump);
    return named;
}

static void test_hints_of_free_play(void **state)
{
    static const struct tui_lessons lessons = {0};
    struct scene s;

    (void)state;
    make(&s, "empty");
    assert_false(has_hint(&s, 80, "L lessons", 'L'));
    s.moment.lessons = &lessons;
    assert_true(has_hint(&s, 60, "L lessons", 'L'));
    assert_true(has_hint(&s, 80, "F1 all keys", KEY_CODE_F1));
    assert_false(has_hint(&s, 80, "[ ] rewind", '['));
    scene_done(&s);
    /* What is done right now comes first. */
    make(&s, "backlog");
    s.moment.lessons = &lessons;
    snprintf(s.ui.sel.process, sizeof s.ui.sel.process, "c3");
    assert_true(has_hint(&s, 80, "Ctrl-C interrupt", KEY_CTRL('C')));
    assert_true(has_hint(&s, 80, "q quit", 'q'));
    assert_true(has_hint(&s, 120, "[ ] rewind", '['));
    assert_true(has_hint(&s, 200, "L lessons", 'L'));
    assert_true(has_hint(&s, 200, "←→ column", KEY_CODE_LEFT));
    scene_done(&s);
    /* A letter that means something on the wire only. */
    make(&s, "buffers");
    assert_false(has_hint(&s, 200, "u duplicate", 'u'));
    s.ui.sel.column = COLUMN_WIRE;
    assert_true(has_hint(&s, 200, "u duplicate", 'u'));
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editing),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_keymap),
        cmocka_unit_test(test_keymap_of_the_past),
        cmocka_unit_test(test_slider),
        cmocka_unit_test(test_lines_of_segments),
        cmocka_unit_test(test_selecting),
        cmocka_unit_test(test_menu_lines),
        cmocka_unit_test(test_hints_of_free_play),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
