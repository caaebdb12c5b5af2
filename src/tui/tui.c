/* Holds the screen together: hears the journal, draws when something has
 * changed and at most once a frame, and turns keys into lines of the
 * notation. */
#include "sockstage/tui/tui.h"

#include "block.h"
#include "input.h"
#include "screen.h"
#include "ui.h"
#include "wire_line.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FRAME_NS (16 * NS_PER_MS)
#define TICK_MS  250              /* while a running time is on the screen */
#define STUCK_NS (50 * NS_PER_MS) /* until a terminal is asked again */

struct tui {
    struct stage *stage; /* borrowed, as the player */
    struct player *player;
    struct theme theme;
    struct screen *screen;
    struct input *input;
    struct journal_subscriber *subscriber;
    struct stage_timer *frame; /* draws what is dirty */
    struct stage_timer *fresh; /* ends an emphasis */
    struct canvas canvas;
    struct draw draw;
    struct ui ui;
    char *title, *lang;
    uint64_t paid_ns; /* each drawing pays for one frame of time */
    bool dirty, scheduled, quitting;
    void (*quit)(void *ctx);
    void *quit_ctx;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void fill_moment(
    const struct tui *t, struct moment *m, struct player_state *play)
{
    *play = player_state(t->player, t->lang);
    *m = (struct moment){
        .model = stage_model(t->stage),
        .now_ns = stage_now_ns(t->stage),
        .ui = &t->ui,
        .play = play,
        .title = t->title,
        .lang = t->lang,
    };
}

static void on_tick(void *ctx);

static void draw_later(struct tui *t, uint64_t wait_ns)
{
    t->dirty = true;
    if (t->scheduled)
        return;
    t->scheduled = true;
    stage_timer_start(t->frame, wait_ns);
}

static void draw_now(struct tui *t)
{
    struct moment m;
    struct player_state play;
    struct draw *d = &t->draw;

    if (!screen_can_take(t->screen)) {
        draw_later(t, STUCK_NS);
        return;
    }
    fill_moment(t, &m, &play);
    t->dirty = false;
    t->paid_ns = (t->paid_ns > m.now_ns ? t->paid_ns : m.now_ns) + FRAME_NS;
    d->cv = &t->canvas;
    d->m = &m;
    ui_draw(d);
    d->m = NULL;
    screen_show(t->screen, &t->canvas, d->cursor_y, d->cursor_x);
    input_tick(t->input,
        d->travel_ms ? d->travel_ms
        : d->ticking ? TICK_MS
                     : 0,
        on_tick);
    if (d->fresh_until_ns > m.now_ns)
        stage_timer_start(t->fresh, d->fresh_until_ns - m.now_ns);
}

static void on_frame(void *ctx)
{
    struct tui *t = ctx;

    t->scheduled = false;
    if (t->dirty)
        draw_now(t);
}

/* How long drawing has to wait. One frame may be owed: a key is shown at once,
 * and so is what it did, which the journal tells a little later. */
static uint64_t frame_wait_ns(const struct tui *t)
{
    uint64_t free_ns = stage_now_ns(t->stage) + FRAME_NS;

    return t->paid_ns > free_ns ? t->paid_ns - free_ns : 0;
}

static void mark_dirty(struct tui *t)
{
    draw_later(t, frame_wait_ns(t));
}

static void on_fresh_over(void *ctx)
{
    mark_dirty(ctx);
}

static void on_tick(void *ctx)
{
    mark_dirty(ctx);
}

static void on_event(void *ctx, const struct event *e)
{
    struct tui *t = ctx;

    (void)e;
    mark_dirty(t);
}

static void show_message(struct tui *t, const char *text, bool is_error)
{
    snprintf(t->ui.message, sizeof t->ui.message, "%s", text);
    t->ui.message_is_error = is_error;
    mark_dirty(t);
}

void tui_message(struct tui *t, const char *text)
{
    show_message(t, text, false);
}

void tui_player_changed(struct tui *t, const char *why)
{
    if (why)
        show_message(t, why, true);
    mark_dirty(t);
}

/* ---- lines ----------------------------------------------------------------
 */

/* A line that names its process moves the selection there. The process may
 * come into being only when the stage has settled. */
static void follow_process(struct tui *t, const char *line)
{
    char name[MODEL_NAME_MAX];
    size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    struct selection *sel = &t->ui.sel;

    if (len == 0 || len >= sizeof name ||
        (line[len] != ':' && strncmp(line + len, "..", 2) != 0))
        return;
    snprintf(name, sizeof name, "%.*s", (int)len, line);
    const struct model_process *p = model_process(stage_model(t->stage), name);
    bool server = p ? p->host == HOST_SERVER : str_equal(name, "server");
    if (!str_equal(sel->process, name))
        sel->sock = 0;
    memcpy(sel->process, name, sizeof name);
    sel->column = server ? COLUMN_SERVER : COLUMN_CLIENTS;
}

static void submit_typed(struct tui *t)
{
    struct script_error e;
    struct moment m;
    struct player_state play;
    char *text = xstrdup(str_text(&t->ui.prompt.text));

    fill_moment(t, &m, &play);
    if (text[strspn(text, " ")] == '\0') {
        prompt_reset(&t->ui.prompt);
    } else if (player_submit(t->player, ui_process(&m), text, &e)) {
        prompt_remember(&t->ui.prompt, text);
        prompt_reset(&t->ui.prompt);
        follow_process(t, text);
    } else {
        prompt_fail(&t->ui.prompt, e.column, e.what);
    }
    free(text);
}

/* A line behind a key. */
static void submit_line(struct tui *t, const char *line)
{
    struct script_error e;

    if (!player_submit(t->player, NULL, line, &e))
        show_message(t, e.what, true);
}

/* What can be done with a held segment. */
static const struct held_act {
    enum action action;
    const char *verb;
    int (*act)(struct stage *s, uint64_t id, struct err *e);
    const char *message; /* N_(), where nothing is seen at once; or NULL */
} held_acts[] = {
    {ACTION_DELIVER, "wire deliver", stage_wire_deliver_id, NULL},
    {ACTION_DROP, "wire drop 1", stage_wire_drop_id, NULL},
    {ACTION_DUPLICATE, "wire duplicate 1", stage_wire_duplicate_id,
        N_("It arrives twice when it is delivered.")},
};

static const struct held_act *held_act(enum action a)
{
    size_t i = 0;

    while (held_acts[i].action != a)
        i++;
    return &held_acts[i];
}

/* Deliver, drop or double the chosen held segment: as a line of the notation
 * where words can choose it, so that the journal can be played again. */
static void act_on_held(struct tui *t, const struct moment *m, enum action a)
{
    uint64_t id = ui_held_segment(m);
    const struct held_act *what = held_act(a);
    struct str line = STR_INIT;
    struct err e = {0};

    if (!id) {
        show_message(t, _("No segment is held; h holds the wire."), false);
        return;
    }
    if (what->message)
        show_message(t, _(what->message), false);
    if (wire_line(m->model, id, what->verb, &line)) {
        submit_line(t, str_text(&line));
    } else {
        if (what->act(t->stage, id, &e) < 0)
            show_message(t, e.msg, true);
        else
            stage_publish_line(t->stage, what->verb, 0);
    }
    str_done(&line);
}

static void play_next(struct tui *t)
{
    struct err e = {0};
    int rc = player_next(t->player, &e);

    if (rc < 0)
        show_message(t,
            e.msg[0] ? e.msg
                     : _("There is no further line; type what you like."),
            rc != -ENOENT);
}

/* ---- actions --------------------------------------------------------------
 */

static void open_calls(struct tui *t, const struct moment *m)
{
    struct selection *sel = &t->ui.sel;

    if (sel->column == COLUMN_WIRE) {
        menu_fill_wire(&t->ui.menu, m->model, ui_held_segment(m));
    } else {
        struct blocks b = {VEC_INIT};
        blocks_fill(&b, m->model,
            sel->column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT);
        size_t at = blocks_selected(&b, sel);
        uint64_t sock = at < b.of.len ? b.of.items[at].sock : 0;
        menu_fill(&t->ui.menu, m->model, ui_process(m), sock);
        blocks_done(&b);
    }
    if (t->ui.menu.items.len > 0)
        t->ui.mode = UI_MENU;
}

static void quit(struct tui *t)
{
    t->quitting = true;
    t->quit(t->quit_ctx);
}

static void interrupt(struct tui *t, const struct moment *m)
{
    const struct model_process *p = model_process(m->model, ui_process(m));
    char line[MODEL_NAME_MAX + 16];

    if (!p || !p->parked_call) {
        quit(t);
        return;
    }
    snprintf(line, sizeof line, "interrupt %s", p->name);
    submit_line(t, line);
}

static void act(struct tui *t, const struct moment *m, enum action a)
{
    switch (a) {
    case ACTION_CALL:
        if (t->ui.sel.column != COLUMN_WIRE || !ui_open_segment(&t->ui, m))
            open_calls(t, m);
        break;
    case ACTION_DELIVER:
    case ACTION_DROP:
    case ACTION_DUPLICATE:
        act_on_held(t, m, a);
        break;
    case ACTION_INSPECT:
        ui_open_segment(&t->ui, m);
        break;
    case ACTION_HOLD:
        submit_line(t, model_wire_status(m->model)->holding
                           ? "wire release"
                           : action_row(a)->line);
        break;
    case ACTION_NEXT:
        play_next(t);
        break;
    case ACTION_UP:
    case ACTION_DOWN:
        ui_up_or_down(&t->ui, m, &t->draw, a == ACTION_UP ? -1 : 1);
        break;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        ui_select(&t->ui, m, a == ACTION_LEFT ? -1 : 1, 0);
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        ui_select(&t->ui, m, 0, a == ACTION_FIRST ? UI_FIRST : UI_LAST);
        break;
    case ACTION_HELP:
        t->ui.mode = UI_HELP;
        t->ui.help_scroll = 0;
        break;
    case ACTION_QUIT:
        quit(t);
        break;
    case ACTION_BACK:
        ui_close_segment(&t->ui, m);
        break;
    case ACTION_INTERRUPT:
    case ACTION_NONE:
    case ACTIONS:
        break;
    }
}

/* ---- keys -----------------------------------------------------------------
 */

static void key_in_menu(struct tui *t, uint32_t key)
{
    struct menu *menu = &t->ui.menu;

    if (key == KEY_CODE_UP && menu->selected > 0)
        menu->selected--;
    else if (key == KEY_CODE_DOWN && menu->selected + 1 < menu->items.len)
        menu->selected++;
    else if (key == KEY_RETURN)
        prompt_start(&t->ui.prompt, menu->items.items[menu->selected].line);
    if (key == KEY_RETURN || key == KEY_ESC)
        t->ui.mode = UI_STAGE;
}

static void key_in_help(struct tui *t, uint32_t key)
{
    if (key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_DOWN)
        t->ui.help_scroll += t->ui.help_scroll < 40;
    else if (key == KEY_CODE_UP || key == KEY_CODE_PAGE_UP)
        t->ui.help_scroll -= t->ui.help_scroll > 0;
    else
        t->ui.mode = UI_STAGE;
}

static void key_in_prompt(struct tui *t, uint32_t key)
{
    if (key == KEY_RETURN)
        submit_typed(t);
    else if (key == KEY_ESC)
        prompt_reset(&t->ui.prompt);
    else
        prompt_key(&t->ui.prompt, key);
}

static void key_on_stage(struct tui *t, const struct moment *m, uint32_t key)
{
    enum action a = keymap_action(key);

    /* These letters also begin what people type. */
    if ((a == ACTION_DUPLICATE || a == ACTION_INSPECT) &&
        (t->ui.sel.column != COLUMN_WIRE || !ui_can(m, a)))
        a = ACTION_NONE;
    if (ui_inspected(m) && (a == ACTION_LEFT || a == ACTION_RIGHT) &&
        (key == KEY_CODE_LEFT || key == KEY_CODE_RIGHT)) {
        ui_select(&t->ui, m, 0, a == ACTION_LEFT ? -1 : 1);
    } else if (a != ACTION_NONE) {
        act(t, m, a);
    } else if (key == ':') {
        prompt_start(&t->ui.prompt, "");
    } else if (key >= 0x20 && key < KEY_CODE_FIRST) {
        prompt_start(&t->ui.prompt, "");
        prompt_key(&t->ui.prompt, key);
    }
}

static void on_key(void *ctx, uint32_t key, int y, int x)
{
    struct tui *t = ctx;
    struct moment m;
    struct player_state play;

    fill_moment(t, &m, &play);
    t->dirty = true;
    t->ui.message[0] = '\0';
    bool up = key == KEY_CODE_WHEEL_UP;
    bool wheel = up || key == KEY_CODE_WHEEL_DOWN;
    if (wheel && t->ui.mode != UI_STAGE)
        key = up ? KEY_CODE_UP : KEY_CODE_DOWN;
    bool discards = t->ui.prompt.typing && t->ui.prompt.text.len > 0;
    if (key == KEY_CTRL('C') && !discards)
        interrupt(t, &m);
    else if (key == KEY_CTRL('C'))
        prompt_reset(&t->ui.prompt);
    else if (key == KEY_CODE_MOUSE)
        mouse_click(&t->ui, &m, &t->draw, y, x);
    else if (wheel && t->ui.mode == UI_STAGE)
        mouse_wheel(&t->ui, &m, &t->draw, up ? -1 : 1, y, x);
    else if (t->ui.mode == UI_MENU)
        key_in_menu(t, key);
    else if (t->ui.mode == UI_HELP)
        key_in_help(t, key);
    else if (t->ui.prompt.typing)
        key_in_prompt(t, key);
    else
        key_on_stage(t, &m, key);
}

/* What a key changed is on the screen at once, unless keys come faster than
 * frames (a paste). */
static void on_keys_done(void *ctx)
{
    struct tui *t = ctx;

    if (t->quitting || !t->dirty)
        return;
    if (frame_wait_ns(t) == 0)
        draw_now(t);
    else
        mark_dirty(t);
}

static void on_resized(void *ctx)
{
    struct tui *t = ctx;

    screen_resized(t->screen);
    canvas_resize(&t->canvas, screen_rows(t->screen), screen_cols(t->screen));
    mark_dirty(t);
}

static void on_continued(void *ctx)
{
    struct tui *t = ctx;

    screen_continued(t->screen);
    canvas_resize(&t->canvas, screen_rows(t->screen), screen_cols(t->screen));
    mark_dirty(t);
}

static void on_terminal_gone(void *ctx)
{
    quit(ctx);
}

/* ---- life -----------------------------------------------------------------
 */

static void free_tui(struct tui *t)
{
    canvas_done(&t->canvas);
    prompt_done(&t->ui.prompt);
    menu_done(&t->ui.menu);
    free(t->title);
    free(t->lang);
    free(t);
}

static void load_theme(struct tui *t, const char *name)
{
    struct err e = {0};

    theme_defaults(&t->theme);
    if (theme_load(&t->theme, name ? name : "dark", &e) < 0)
        show_message(t, e.msg, true);
}

static void open_canvas(struct tui *t, bool ascii)
{
    canvas_init(&t->canvas, screen_rows(t->screen), screen_cols(t->screen));
    t->canvas.ascii = ascii;
    t->canvas.colour = screen_has_colour(t->screen);
}

int tui_open(uv_loop_t *loop, struct stage *stage, struct player *player,
    const struct tui_options *options, void (*quit_cb)(void *ctx), void *ctx,
    struct tui **out, struct err *e)
{
    static const struct input_events events = {
        .key = on_key,
        .resized = on_resized,
        .continued = on_continued,
        .idle = on_keys_done,
        .ended = on_terminal_gone,
    };
    struct tui *t = xcalloc(1, sizeof *t);

    t->stage = stage;
    t->player = player;
    t->quit = quit_cb;
    t->quit_ctx = ctx;
    t->title = options->title ? xstrdup(options->title) : NULL;
    t->lang = xstrdup(options->lang ? options->lang : "en");
    t->frame = stage_timer_new(stage, on_frame, t);
    t->fresh = stage_timer_new(stage, on_fresh_over, t);
    prompt_init(&t->ui.prompt);
    snprintf(t->ui.sel.process, sizeof t->ui.sel.process, "c1");
    if (options->notice)
        show_message(t, options->notice, false);
    load_theme(t, options->theme);
    /* Before curses, which would take SIGWINCH where nobody has. */
    int rc = input_open(loop, &events, t, &t->input, e);
    if (rc == 0)
        rc = screen_open(&t->theme, &t->screen, e);
    if (rc < 0) {
        stage_timer_free(t->frame);
        stage_timer_free(t->fresh);
        if (t->input)
            input_close(t->input, NULL, NULL);
        free_tui(t);
        return rc;
    }
    open_canvas(t, options->ascii);
    t->subscriber = journal_subscribe(stage_journal(stage), on_event, t);
    draw_now(t);
    *out = t;
    return 0;
}

static void on_input_closed(void *ctx)
{
    struct tui *t = ctx;
    void (*closed)(void *) = t->closed;
    void *closed_ctx = t->closed_ctx;

    free_tui(t);
    if (closed)
        closed(closed_ctx);
}

void tui_close(struct tui *t, void (*closed)(void *ctx), void *ctx)
{
    t->closed = closed;
    t->closed_ctx = ctx;
    t->quitting = true;
    journal_unsubscribe(stage_journal(t->stage), t->subscriber);
    stage_timer_free(t->frame);
    stage_timer_free(t->fresh);
    screen_close(t->screen);
    t->screen = NULL;
    input_close(t->input, on_input_closed, t);
}
