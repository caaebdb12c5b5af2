/* The prompt's editing, the keymap, and the lines behind keys. */
#include "tui_moments.h"

#include "../../src/tui/tui_int.h"
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

/* A parked call can be interrupted, also while a script is open. */
static void test_hints_of_a_script(void **state)
{
    static struct player_state play = {.next = "wait 1s", .count = 19};
    struct scene s;

    (void)state;
    make(&s, "backlog");
    s.moment.play = &play;
    s.moment.steps = 19;
    snprintf(s.ui.sel.process, sizeof s.ui.sel.process, "c3");
    assert_true(has_hint(&s, 80, "Ctrl-C interrupt", KEY_CTRL('C')));
    assert_true(has_hint(&s, 80, "? explain", '?'));
    assert_true(has_hint(&s, 80, "q quit", 'q'));
    /* Before the first step there is nothing to go back to. */
    assert_false(has_hint(&s, 80, "PgUp", KEY_CODE_PAGE_UP));
    s.moment.step = 1;
    assert_true(has_hint(&s, 80, "PgUp step back", KEY_CODE_PAGE_UP));
    scene_done(&s);
}

/* Keys that have nowhere to go are not offered. */
static void test_hints_of_the_past(void **state)
{
    struct scene s;

    (void)state;
    make(&s, "past_first");
    s.moment.place = &s.place;
    assert_true(has_hint(&s, 120, "[ ] event", '['));
    s.place.cursor = 0;
    assert_true(has_hint(&s, 120, " ] event", ']'));
    assert_false(has_hint(&s, 120, "[ ]", '['));
    assert_true(has_hint(&s, 120, " PgDn step", KEY_CODE_PAGE_DOWN));
    assert_false(has_hint(&s, 120, "PgUp", KEY_CODE_PAGE_UP));
    assert_false(has_hint(&s, 120, "Home", KEY_CODE_HOME));
    assert_true(has_hint(&s, 120, "End end", KEY_CODE_END));
    s.place.cursor = s.place.end;
    s.place.at_end = true;
    assert_true(has_hint(&s, 120, "[ event", '['));
    assert_true(has_hint(&s, 120, "PgUp step", KEY_CODE_PAGE_UP));
    assert_true(has_hint(&s, 120, "Home first", KEY_CODE_HOME));
    assert_false(has_hint(&s, 120, "PgDn", KEY_CODE_PAGE_DOWN));
    assert_false(has_hint(&s, 120, "End end", KEY_CODE_END));
    /* Live, behind the last event is now. */
    s.place.recording = false;
    assert_true(has_hint(&s, 120, "[ ] event", ']'));
    assert_true(has_hint(&s, 120, "End now", KEY_CODE_END));
    scene_done(&s);
}

static void test_hints_of_given_away(void **state)
{
    struct keymap map = {.keys = {NULL}};
    struct scene s;

    (void)state;
    make(&s, "menu_wire");
    assert_true(has_hint(&s, 80, "Enter edit it, then Enter does it", '\r'));
    keymap_set(&map, ACTION_BACK, "F10");
    keymap_set(&map, ACTION_CALL, "x");
    keymap_set(&map, ACTION_UP, "");
    s.moment.keys = &map;
    assert_true(has_hint(&s, 80, "x edit it", 'x'));
    assert_true(has_hint(&s, 80, "F10 back", KEY_CODE_F(10)));
    assert_true(has_hint(&s, 80, "↑↓ choose", KEY_CODE_UP));
    s.ui.mode = UI_HELP;
    assert_true(has_hint(&s, 80, "F10 back", KEY_CODE_F(10)));
    scene_done(&s);
    make(&s, "inspect_syn");
    s.moment.keys = &map;
    assert_true(has_hint(&s, 80, "F10 back", KEY_CODE_F(10)));
    scene_done(&s);
    keymap_done(&map);
}

/* In the past a move emphasises what it changed, for as long as a change of now
 * is; time stands still there. */
static void test_emphasis_of_the_past(void **state)
{
    static struct tui t;
    struct timeline_place p = {.cursor = 40, .t_ns = 900};

    (void)state;
    assert_int_equal(tui_fresh_from(&t, &p, 10), 0);
    p = (struct timeline_place){.past = true, .cursor = 30, .t_ns = 500};
    assert_int_equal(tui_fresh_from(&t, &p, 20), 500);
    assert_int_equal(tui_fresh_from(&t, &p, 19 + FRESH_NS), 500);
    assert_int_equal(tui_fresh_from(&t, &p, 20 + FRESH_NS), UINT64_MAX);
    /* On by several events: all that they changed. */
    p.cursor = 35;
    p.t_ns = 700;
    assert_int_equal(tui_fresh_from(&t, &p, 3 * FRESH_NS), 501);
    assert_int_equal(tui_fresh_from(&t, &p, 4 * FRESH_NS), UINT64_MAX);
    /* While it plays time runs, and behind a pause a second more. */
    p.playing = true;
    assert_int_equal(tui_fresh_from(&t, &p, 5 * FRESH_NS), 0);
    p.playing = false;
    assert_int_equal(tui_fresh_from(&t, &p, 6 * FRESH_NS), 0);
    assert_int_equal(tui_fresh_from(&t, &p, 7 * FRESH_NS), UINT64_MAX);
    p.past = false;
    assert_int_equal(tui_fresh_from(&t, &p, 8 * FRESH_NS), 0);
}

/* ---- the mouse ----------------------------------------------------------- */

/* Marks what the page of keys does by a click, from its top to its end. */
static void mark_deeds(struct scene *s, bool *done)
{
    struct canvas cv;
    struct draw d = {.cv = &cv, .m = &s->moment};

    canvas_init(&cv, 24, 80);
    s->ui.mode = UI_HELP;
    do {
        ui_draw(&d);
        for (size_t i = 0; i < d.press_count; i++) {
            const struct press *p = &d.presses[i];
            if (p->action == ACTION_NONE)
                continue;
            assert_int_equal(
                mouse_deed(&d, p->area.y, p->area.x + 1), p->action);
            assert_int_equal(mouse_press(&d, p->area.y, p->area.x + 1), 0);
            assert_in_range(p->area.y, 1, 20);
            done[p->action] = true;
        }
    } while (s->ui.help_scroll++ < d.scroll_max);
    canvas_done(&cv);
}

/* Whatever a key does, the mouse does too, at the smallest usual screen: the
 * title is explained, from there the bar leads to the page of keys. */
static void test_mouse_does_all(void **state)
{
    static const char *const names[] = {"narrated", "past_handshake"};

    (void)state;
    for (int past = 0; past < 2; past++) {
        bool done[ACTIONS] = {false};
        struct scene s;
        struct canvas cv;
        struct draw d = {.cv = &cv, .m = &s.moment};
        make(&s, names[past]);
        if (past)
            s.moment.place = &s.place;
        canvas_init(&cv, 24, 80);
        ui_draw(&d);
        const struct rect *title = &d.header[HEADER_TITLE];
        assert_true(mouse_click_header(&s.ui, &d, title->y, title->x));
        assert_true(s.ui.explain);
        assert_true(has_hint(&s, 80, "? all keys", '?'));
        s.ui.explain = false;
        canvas_done(&cv);
        mark_deeds(&s, done);
        for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
            bool here = action_row(a)->when != (past ? AT_NOW : IN_PAST);
            if (done[a] != here)
                fail_msg("%s: %s", names[past], action_id(a));
        }
        scene_done(&s);
    }
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
        cmocka_unit_test(test_hints_of_a_script),
        cmocka_unit_test(test_hints_of_the_past),
        cmocka_unit_test(test_hints_of_given_away),
        cmocka_unit_test(test_emphasis_of_the_past),
        cmocka_unit_test(test_mouse_does_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
