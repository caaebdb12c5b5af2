/* Ten thousand keys in no order, over all views, with the mouse, pasted text
 * and resizes: whatever is pressed, the screen stays whole. One half is pressed
 * while a made-up story is looked at as a recording, the other on a live stage.
 * SEED tries another order. */
#include "../../src/tui/tui_int.h"

#include "model_story.h"
#include "script_run.h"
#include "timeline_walk.h"
#include "tui_grid.h"

#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS         5000 /* in each half */
#define STORY_EVENTS 3000

struct presser {
    struct tui tui;
    uv_loop_t *loop;
    uint64_t luck;
    unsigned presses, resizes, pastes, modes[16], scenes[8], levels[DETAILS];
};

static uint64_t luck(struct presser *p, uint64_t limit)
{
    p->luck ^= p->luck << 13;
    p->luck ^= p->luck >> 7;
    p->luck ^= p->luck << 17;
    return p->luck % limit;
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static uint64_t seed(uint64_t otherwise)
{
    const char *text = getenv("SEED");

    return text ? strtoull(text, NULL, 10) | 1 : otherwise;
}

static void presser_begin(
    struct presser *p, uv_loop_t *loop, const struct tui_source *source)
{
    struct tui *t = &p->tui;

    memset(p, 0, sizeof *p);
    p->loop = loop;
    p->luck = seed(88172645463325252U);
    print_message("SEED=%llu\n", (unsigned long long)p->luck);
    t->source = *source;
    t->quit = nothing;
    t->lang = xstrdup("en");
    t->frame = stage_timer_new(loop, nothing, t);
    t->fresh = stage_timer_new(loop, nothing, t);
    t->play = stage_timer_new(loop, nothing, t);
    t->auto_timer = stage_timer_new(loop, nothing, t);
    t->letters_timer = stage_timer_new(loop, tui_on_letters, t);
    theme_defaults(&t->theme);
    prompt_init(&t->ui.prompt);
    snprintf(t->ui.sel.process, sizeof t->ui.sel.process, "c1");
    canvas_init(&t->canvas, 24, 80);
}

static void presser_end(struct presser *p)
{
    struct tui *t = &p->tui;

    stage_timer_free(t->frame);
    stage_timer_free(t->fresh);
    stage_timer_free(t->play);
    stage_timer_free(t->auto_timer);
    stage_timer_free(t->letters_timer);
    canvas_done(&t->canvas);
    prompt_done(&t->ui.prompt);
    menu_done(&t->ui.menu);
    paste_done(&t->ui.paste);
    vec_done(&t->steps);
    free(t->lang);
    print_message("%u keys, %u resizes, %u pastes; modes", p->presses,
        p->resizes, p->pastes);
    for (size_t i = 0; i < ARRAY_LEN(p->modes); i++)
        print_message(" %u", p->modes[i]);
    print_message("\n");
}

static void draw(struct presser *p)
{
    struct tui *t = &p->tui;
    struct shown s;

    tui_shown(t, &s);
    t->draw.cv = &t->canvas;
    t->draw.m = &s.m;
    ui_draw(&t->draw);
    t->draw.m = NULL;
    grid_check(&t->canvas, &t->draw);
    p->modes[t->ui.mode]++;
    p->scenes[t->ui.scene]++;
    p->levels[t->ui.detail]++;
}

/* ---- what is pressed ----------------------------------------------------- */

static const char *const lines[] = {
    "server: ls = socket()",
    "server: ls.bind(('', 8080))",
    "server: ls.listen(1)",
    "c1: s = socket()",
    "c1: s.connect(('server', 8080))",
    "server: conn, a = ls.accept()",
    "c2: s = socket()",
    "c2: s.connect(('server', 8080))",
    "c1: s.send(b'x' * 3000)",
    "server: d = conn.recv(100)",
    "c1: s.shutdown(SHUT_WR)",
    "c1: s.close()",
    "c3: u = socket(AF_INET, SOCK_DGRAM)",
    "note ko: 안녕하세요, 여러분",
    "ask Was passiert? 무엇?",
    "option 4096",
    "curtain server",
    "show",
    "wire hold",
    "c1: s.nonsense(('x'",
    "\t\x01\x7f\xff\xc3",
};

static void type(struct presser *p, const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        i += utf8_decode(text + i, len - i, &code);
        tui_on_key(&p->tui, code, -1, -1);
    }
}

static void paste(struct presser *p)
{
    struct str text = STR_INIT;
    size_t count = luck(p, 4);

    for (size_t i = 0; i <= count; i++)
        str_addf(
            &text, "%s%s", i ? "\n" : "", lines[luck(p, ARRAY_LEN(lines))]);
    tui_on_paste(&p->tui, str_text(&text), text.len);
    str_done(&text);
    p->pastes++;
}

static void resize(struct presser *p)
{
    static const int sizes[][2] = {{24, 80}, {16, 60}, {10, 40}, {36, 120},
        {60, 200}, {24, 80}, {1, 1}, {17, 79}, {23, 80}, {48, 160}};
    size_t i = luck(p, ARRAY_LEN(sizes) + 1);

    if (i < ARRAY_LEN(sizes))
        canvas_resize(&p->tui.canvas, sizes[i][0], sizes[i][1]);
    else
        canvas_resize(
            &p->tui.canvas, 1 + (int)luck(p, 50), 1 + (int)luck(p, 150));
    p->tui.canvas.ascii = luck(p, 4) == 0;
    p->tui.canvas.colour = luck(p, 3) != 0;
    p->tui.canvas.large = luck(p, 5) == 0;
    p->tui.draw.press_count = p->tui.draw.hit_count = 0;
    p->resizes++;
}

static void press_mouse(struct presser *p)
{
    static const uint32_t buttons[] = {KEY_CODE_MOUSE, KEY_CODE_MOUSE,
        KEY_CODE_MOUSE, KEY_CODE_DRAG, KEY_CODE_RELEASE, KEY_CODE_WHEEL_UP,
        KEY_CODE_WHEEL_DOWN};
    const struct draw *d = &p->tui.draw;
    int y = (int)luck(p, (uint64_t)p->tui.canvas.rows + 2) - 1;
    int x = (int)luck(p, (uint64_t)p->tui.canvas.cols + 2) - 1;

    if (d->press_count > 0 && luck(p, 2) == 0) {
        const struct press *at = &d->presses[luck(p, d->press_count)];
        y = at->area.y;
        x = at->area.x;
    }
    tui_on_key(&p->tui, buttons[luck(p, ARRAY_LEN(buttons))], y, x);
}

static uint32_t any_key(struct presser *p)
{
    static const uint32_t some[] = {KEY_RETURN, KEY_ESC, KEY_TAB, ' ',
        KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_LEFT, KEY_CODE_RIGHT,
        KEY_CODE_PAGE_UP, KEY_CODE_PAGE_DOWN, KEY_CODE_F1, 0x314b, 0xac00,
        0x0301, 0x1f600};
    static const char letters[] = "vvzzttggii??nhduLrp[]{}@+-=:1234qy";

    switch (luck(p, 8)) {
    case 0:
        return KEY_CODE_FIRST +
               (uint32_t)luck(p, KEY_CODE_WHEEL_DOWN - KEY_CODE_FIRST + 3);
    case 1:
        return (uint32_t)luck(p, 0x80);
    case 2:
    case 3:
    case 4:
        return (uint32_t)letters[luck(p, sizeof letters - 1)];
    default:
        return some[luck(p, ARRAY_LEN(some))];
    }
}

/* Stopping the program is for the shell's tests. */
static bool would_stop(const struct presser *p, uint32_t key)
{
    return keymap_action(p->tui.keys, key, false) == ACTION_SUSPEND;
}

static void press(struct presser *p)
{
    uint64_t what = luck(p, 100);
    uint32_t key = any_key(p);

    p->presses++;
    if (what == 0)
        resize(p);
    else if (what == 1)
        paste(p);
    else if (what < 5)
        type(p, lines[luck(p, ARRAY_LEN(lines))]);
    else if (what < 20)
        press_mouse(p);
    else if (!would_stop(p, key))
        tui_on_key(&p->tui, key, -1, -1);
    p->tui.quitting = false;
}

static void press_all(struct presser *p)
{
    for (unsigned i = 0; i < KEYS; i++) {
        press(p);
        draw(p);
        if (i % 8 == 0) {
            tui_play_on(&p->tui);
            uv_run(p->loop, UV_RUN_NOWAIT);
        }
    }
}

/* ---- both halves --------------------------------------------------------- */

static void in_a_recording(void **state)
{
    struct presser *p = xcalloc(1, sizeof *p);
    struct story story;
    struct walk w;
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    walk_begin(&w, 1 << 20);
    story_begin(&story, seed(1));
    for (int i = 0; i < STORY_EVENTS; i++)
        walk_publish(&w, story_next(&story));
    walk_look(&w, true);
    presser_begin(p, &loop,
        &(struct tui_source){
            .journal = w.journal, .timeline = w.timeline, .model = w.latest});
    press_all(p);
    for (size_t i = SCENE_COLUMNS; i <= SCENE_STATES; i++)
        assert_true(p->scenes[i] > 0);
    for (size_t i = 0; i < DETAILS; i++)
        assert_true(p->levels[i] > 0);
    presser_end(p);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    walk_end(&w);
    free(p);
}

static void on_a_live_stage(void **state)
{
    struct presser *p = xcalloc(1, sizeof *p);
    struct script_run r;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE)) {
        free(p);
        skip();
    }
    const struct model *latest = stage_model(r.stage);
    struct history *h = history_new(r.journal, latest, 1 << 20);
    struct timeline *line = timeline_new(h, r.journal, latest, false);
    presser_begin(p, &r.loop,
        &(struct tui_source){.journal = r.journal,
            .timeline = line,
            .model = latest,
            .stage = r.stage,
            .player = r.player});
    press_all(p);
    assert_true(p->modes[UI_MENU] > 0 && p->modes[UI_HELP] > 0);
    assert_true(p->modes[UI_PASTE] > 0);
    presser_end(p);
    timeline_free(line);
    history_free(h);
    script_run_close(&r);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_recording),
        cmocka_unit_test(on_a_live_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
