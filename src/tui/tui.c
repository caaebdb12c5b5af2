/* Holds the screen together: hears the journal, and draws the moment that the
 * timeline shows when something has changed, at most once a frame. Of a
 * terminal that takes a frame slowly nobody waits; then the newest moment is
 * drawn. */
#include "tui_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/tui/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FRAME_NS (16 * NS_PER_MS)
#define TICK_MS  250 /* while a running time is on the screen */

/* ---- drawing ------------------------------------------------------------- */

void tui_shown(struct tui *t, struct shown *s)
{
    const struct tui_source *from = &t->source;
    uint64_t live_ns = from->stage ? stage_now_ns(from->stage) : 0;

    *s = (struct shown){0};
    s->m = (struct moment){
        .model = timeline_model(from->timeline),
        .now_ns = timeline_now_ns(from->timeline, live_ns),
        .ui = &t->ui,
        .keys = t->keys,
        .place = &s->place,
        .title = t->title,
        .lang = t->lang,
        .lessons = t->lessons,
        .saving = t->saving,
    };
    s->place = timeline_place(from->timeline);
    if (!from->player)
        return;
    s->play = player_state(from->player);
    s->m.play = &s->play;
    s->queue = player_queue(from->player);
    s->m.queue = &s->queue;
    s->m.steps = s->play.count;
    s->m.step = s->place.past
                    ? tui_step_at(t, s->place.cursor, s->play.position)
                    : s->play.position;
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

/* How often running times have to be drawn again; 0: they stand still. */
static uint64_t tick_ms(const struct tui *t, const struct timeline_place *place)
{
    const struct draw *d = &t->draw;
    uint64_t wait = tui_real_ns(place, d->travel_ms * NS_PER_MS);

    if (wait == UINT64_MAX)
        return 0;
    if (d->travel_ms == 0)
        return d->ticking ? TICK_MS : 0;
    return wait < FRAME_NS ? FRAME_NS / NS_PER_MS : wait / NS_PER_MS;
}

static void plan_next(struct tui *t, const struct shown *s)
{
    uint64_t fresh = t->draw.fresh_until_ns;
    uint64_t clock_ns = clock_now_ns();

    input_tick(t->input, tick_ms(t, &s->place), on_tick);
    if (fresh <= s->m.now_ns)
        fresh = UINT64_MAX;
    else if (t->seen.stands && t->seen.until_ns > clock_ns)
        fresh = t->seen.until_ns - clock_ns;
    else
        fresh = tui_real_ns(&s->place, fresh - s->m.now_ns);
    if (fresh == UINT64_MAX)
        stage_timer_stop(t->fresh);
    else
        stage_timer_start(t->fresh, fresh);
}

static void draw_now(struct tui *t)
{
    struct shown s;
    struct draw *d = &t->draw;
    uint64_t now_ns = clock_now_ns();

    if (!screen_is_ready(t->screen)) {
        t->dirty = true; /* on_screen_ready(), or on_continued() */
        return;
    }
    tui_play_on(t);
    tui_shown(t, &s);
    s.m.fresh_from_ns = tui_fresh_from(t, &s.place, now_ns);
    t->dirty = false;
    t->paid_ns = (t->paid_ns > now_ns ? t->paid_ns : now_ns) + FRAME_NS;
    d->cv = &t->canvas;
    d->m = &s.m;
    ui_draw(d);
    d->m = NULL;
    if (!screen_show(t->screen, &t->canvas, d->cursor_y, d->cursor_x))
        tui_mark_dirty(t);
    plan_next(t, &s);
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
    uint64_t free_ns = clock_now_ns() + FRAME_NS;

    return t->paid_ns > free_ns ? t->paid_ns - free_ns : 0;
}

void tui_mark_dirty(struct tui *t)
{
    draw_later(t, frame_wait_ns(t));
}

void tui_keys_done(struct tui *t)
{
    if (t->quitting || !t->dirty)
        return;
    if (frame_wait_ns(t) == 0)
        draw_now(t);
    else
        tui_mark_dirty(t);
}

static void on_fresh_over(void *ctx)
{
    tui_mark_dirty(ctx);
}

static void on_tick(void *ctx)
{
    tui_mark_dirty(ctx);
}

/* Right after a call has failed the line of messages says why; it stays until
 * a key is pressed or another call is made. */
static void explain_error(struct tui *t, const struct event *e)
{
    const struct model_call *c;

    if (e->kind == EVENT_CALL && t->ui.message_call)
        t->ui.message[0] = '\0';
    if (e->kind != EVENT_RETURN || !t->source.stage ||
        model_hides_any(t->source.model))
        return;
    c = model_call(t->source.model, e->u.ret.id);
    if (!c || !c->why)
        return;
    tui_show_message(t, c->why, false);
    t->ui.message_call = c->id;
}

/* As the curtain falls, what mixes both ends closes. */
static void close_behind_curtain(struct tui *t, const struct event *e)
{
    struct ui *ui = &t->ui;

    if (e->kind != EVENT_LINE || !model_hides_any(t->source.model))
        return;
    ui->explain = ui->inspect = false;
    ui->inspect_sock = 0;
    ui->scene = SCENE_COLUMNS;
    ui->message[0] = '\0';
    if (ui->mode == UI_MENU && ui->menu.kind == MENU_LINES)
        ui->mode = UI_STAGE;
    prompt_close_choices(&ui->prompt, false);
}

static void on_event(void *ctx, const struct event *e)
{
    explain_error(ctx, e);
    close_behind_curtain(ctx, e);
    tui_made_check(ctx);
    tui_mark_dirty(ctx);
}

/* ---- what it is told ----------------------------------------------------- */

void tui_show_message(struct tui *t, const char *text, bool is_error)
{
    snprintf(t->ui.message, sizeof t->ui.message, "%s", text);
    t->ui.message_is_error = is_error;
    t->ui.message_is_offer = false;
    t->ui.message_call = 0;
    tui_mark_dirty(t);
}

void tui_message(struct tui *t, const char *text)
{
    tui_show_message(t, text, false);
}

void tui_complain(struct tui *t, const char *text)
{
    tui_show_message(t, text, true);
}

/* That the call raised stands in the log; the reason says more. */
static bool is_explained(const struct tui *t, const char *why)
{
    const struct model_call *c =
        model_call(t->source.model, t->ui.message_call);

    return t->ui.message[0] && c && strstr(why, c->python);
}

/* Of what fails behind the curtain only that it does; and after somebody took
 * over by hand, that this is why. */
static void tell_failure(struct tui *t, const char *why)
{
    struct player_state play = player_state(t->source.player);
    char text[sizeof t->ui.message];

    if (model_hides_any(t->source.model)) {
        tui_show_message(
            t, _("Something failed: hidden until the vote."), false);
    } else if (t->by_hand && play.count > 0) {
        snprintf(text, sizeof text,
            _("After what was done by hand the script meets something else; it "
              "goes on. %s"),
            why);
        tui_show_message(t, text, false);
    } else if (!is_explained(t, why)) {
        tui_show_message(t, why, true);
    }
}

/* The line waits no longer: there is nothing to be left out. */
static void withdraw_offer(struct tui *t)
{
    if (!t->ui.message_is_offer || player_state(t->source.player).script_waits)
        return;
    t->ui.message[0] = '\0';
    t->ui.message_is_offer = false;
    t->skip_offered = 0;
}

void tui_player_changed(struct tui *t, const char *why)
{
    if (!t->source.player)
        return;
    withdraw_offer(t);
    tui_tell_queue(t);
    if (why)
        tell_failure(t, why);
    tui_auto_changed(t, why != NULL);
    tui_mark_dirty(t);
}

void tui_quit(struct tui *t)
{
    t->quitting = true;
    t->quit(t->quit_ctx);
}

static void on_keys_done(void *ctx)
{
    tui_keys_done(ctx);
}

static void on_resized(void *ctx)
{
    struct tui *t = ctx;

    screen_resized(t->screen);
    canvas_resize(&t->canvas, screen_rows(t->screen), screen_cols(t->screen));
    tui_mark_dirty(t);
}

static void on_stopping(void *ctx)
{
    struct tui *t = ctx;

    screen_suspend(t->screen);
}

void tui_suspend(struct tui *t)
{
    if (input_suspend(t->input) < 0)
        tui_show_message(
            t, _("No shell with job control is there to return to."), false);
}

static void on_continued(void *ctx)
{
    struct tui *t = ctx;

    screen_continued(t->screen);
    canvas_resize(&t->canvas, screen_rows(t->screen), screen_cols(t->screen));
    tui_mark_dirty(t);
}

static void on_screen_ready(void *ctx, bool lost)
{
    struct tui *t = ctx;

    if (t->dirty || lost)
        tui_mark_dirty(t);
}

static void on_terminal_gone(void *ctx)
{
    struct tui *t = ctx;

    t->terminal_gone = true;
    tui_quit(t);
}

bool tui_terminal_is_gone(const struct tui *t)
{
    return t->terminal_gone;
}

/* ---- life ---------------------------------------------------------------- */

static void free_tui(struct tui *t)
{
    canvas_done(&t->canvas);
    prompt_done(&t->ui.prompt);
    menu_done(&t->ui.menu);
    paste_done(&t->ui.paste);
    vec_done(&t->steps);
    free(t->title);
    free(t->lang);
    free(t);
}

static void open_timers(struct tui *t, uv_loop_t *loop)
{
    t->frame = stage_timer_new(loop, on_frame, t);
    t->fresh = stage_timer_new(loop, on_fresh_over, t);
    t->play = stage_timer_new(loop, tui_on_play, t);
    t->auto_timer = stage_timer_new(loop, tui_on_auto, t);
    t->letters_timer = stage_timer_new(loop, tui_on_letters, t);
}

static void free_timers(struct tui *t)
{
    stage_timer_free(t->frame);
    stage_timer_free(t->fresh);
    stage_timer_free(t->play);
    stage_timer_free(t->auto_timer);
    stage_timer_free(t->letters_timer);
}

static void load_theme(struct tui *t, const char *name)
{
    struct err e = {0};

    theme_defaults(&t->theme);
    if (theme_load(&t->theme, name ? name : "dark", &e) < 0)
        tui_show_message(t, e.msg, true);
}

static void fit_canvas_to_theme(struct tui *t)
{
    t->canvas.colour = screen_has_colour(t->screen);
    t->canvas.large = t->theme.large_meters;
}

void tui_set_theme(struct tui *t, const char *name)
{
    struct theme theme;
    struct err e = {0};

    theme_defaults(&theme);
    int rc = theme_load(&theme, name, &e);
    if (rc == -ENODATA)
        return;
    if (rc < 0) {
        tui_show_message(t, e.msg, true);
        t->theme_failed = true;
        return;
    }
    if (t->theme_failed)
        t->ui.message[0] = '\0';
    t->theme_failed = false;
    t->theme = theme;
    screen_recolour(t->screen);
    fit_canvas_to_theme(t);
    tui_mark_dirty(t);
}

static void open_canvas(struct tui *t, bool ascii)
{
    canvas_init(&t->canvas, screen_rows(t->screen), screen_cols(t->screen));
    t->canvas.ascii = ascii;
    fit_canvas_to_theme(t);
}

static int open_terminal(struct tui *t, uv_loop_t *loop, struct err *e)
{
    static const struct input_events events = {
        .key = tui_on_key,
        .paste = tui_on_paste,
        .resized = on_resized,
        .stopping = on_stopping,
        .continued = on_continued,
        .idle = on_keys_done,
        .ended = on_terminal_gone,
    };
    /* Before curses, which would take SIGWINCH where nobody has. */
    int rc = input_open(loop, &events, t, &t->input, e);

    if (rc == 0)
        rc = screen_open(&t->theme, loop, on_screen_ready, t, &t->screen, e);
    return rc;
}

static void open_history(struct tui *t, const struct tui_history *h)
{
    t->history = *h;
    t->history.lines = NULL;
    for (size_t i = 0; i < h->count; i++)
        prompt_remember(&t->ui.prompt, h->lines[i]);
}

int tui_open(uv_loop_t *loop, const struct tui_source *source,
    const struct tui_options *options, void (*quit)(void *ctx), void *ctx,
    struct tui **out, struct err *e)
{
    struct tui *t = xcalloc(1, sizeof *t);

    t->source = *source;
    t->lessons = options->lessons;
    t->saving = options->saving;
    t->quit = quit;
    t->quit_ctx = ctx;
    t->title = options->title ? xstrdup(options->title) : NULL;
    t->lang = xstrdup(options->lang ? options->lang : "en");
    open_timers(t, loop);
    prompt_init(&t->ui.prompt);
    open_history(t, &options->history);
    snprintf(t->ui.sel.process, sizeof t->ui.sel.process, "c1");
    if (options->notice)
        tui_show_message(t, options->notice, false);
    if (options->config) {
        int detail = tui_config_screen(options->config)->detail;
        t->keys = tui_config_keys(options->config);
        t->ui.detail = detail ? (enum ui_detail)(detail - 1) : DETAIL_NOTES;
    }
    load_theme(t, options->theme);
    int rc = open_terminal(t, loop, e);
    if (rc < 0) {
        free_timers(t);
        if (t->input)
            input_close(t->input, NULL, NULL);
        free_tui(t);
        return rc;
    }
    open_canvas(t, options->ascii);
    t->subscriber = journal_subscribe(source->journal, on_event, t);
    if (!source->stage)
        timeline_play(source->timeline, clock_now_ns());
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
    journal_unsubscribe(t->source.journal, t->subscriber);
    free_timers(t);
    screen_close(t->screen);
    t->screen = NULL;
    input_close(t->input, on_input_closed, t);
}
