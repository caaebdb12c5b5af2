/* The screen: free play, or a script line by line. */
#include "app.h"
#include "line_history.h"
#include "past.h"
#include "saver.h"
#include "shelf.h"
#include "theme_watch.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/script/player.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>
#include <string.h>

struct session {
    const struct options *options;
    const char *lang;
    uv_loop_t loop;
    struct signals signals;
    struct theme_watch theme_watch;
    struct past past;
    struct saver *saver;
    struct stage *stage; /* NULL for a moment, while another one is opened */
    struct player *player;
    struct tui *tui;
    struct script *script;      /* NULL: free play */
    struct script *wanted;      /* to be played next on a fresh stage; NULL: the
                                   same once more */
    struct stage_timer *change; /* leaves the stage, outside of its callbacks */
    struct shelf shelf;
    struct outputs outputs;
    struct line_history history;
    struct err history_failure;  /* msg "": none, or told already */
    struct err progress_failure; /* the same */
    bool progress_failed;
    struct err change_failure;
    struct err failures[2]; /* of writing them, at most one each */
    size_t failure_count;
    int code;
};

static void tell_once(struct session *s, struct err *e)
{
    if (e->msg[0] && s->tui) {
        tui_message(s->tui, e->msg);
        e->msg[0] = '\0';
    }
}

/* The lesson that the program begins with is begun before there is a screen:
 * then tell_of_files() tells it. */
static void keep_progress(struct session *s, enum tui_played played)
{
    struct err e;

    if (shelf_played(&s->shelf, played, &e) == 0 || s->progress_failed)
        return;
    s->progress_failed = true;
    s->progress_failure = e;
    tell_once(s, &s->progress_failure);
}

static void on_changed(void *ctx, const char *why)
{
    struct session *s = ctx;
    struct player_state state;

    if (!s->tui)
        return;
    state = player_state(s->player);
    if (s->script && !state.next && state.position == state.count)
        keep_progress(s, TUI_PLAYED);
    tui_player_changed(s->tui, why);
}

static void on_failed_write(void *ctx, const struct err *e)
{
    struct session *s = ctx;

    if (s->failure_count < ARRAY_LEN(s->failures))
        s->failures[s->failure_count++] = *e;
    if (s->tui)
        tui_message(s->tui, e->msg);
}

static void on_saved(void *ctx, const char *text, bool is_error)
{
    struct session *s = ctx;

    if (!s->tui)
        return;
    if (is_error)
        tui_complain(s->tui, text);
    else
        tui_message(s->tui, text);
}

static void on_shortened(void *ctx, const char *notice)
{
    struct session *s = ctx;

    if (s->tui)
        tui_message(s->tui, notice);
}

static void leave(struct session *s)
{
    if (!s->tui)
        return;
    tui_close(s->tui, NULL, NULL);
    s->tui = NULL;
    stage_timer_free(s->change);
    player_free(s->player);
    if (s->stage)
        stage_close(s->stage, NULL, NULL);
    saver_leave(s->saver);
    theme_watch_close(&s->theme_watch);
    signals_close(&s->signals);
}

static void on_quit(void *ctx)
{
    struct session *s = ctx;

    if (s->tui && tui_terminal_is_gone(s->tui))
        s->code = EXIT_INTERRUPTED;
    leave(s);
}

static void on_signal(void *ctx)
{
    struct session *s = ctx;

    s->code = EXIT_INTERRUPTED;
    leave(s);
}

static void on_theme(void *ctx)
{
    struct session *s = ctx;

    tui_set_theme(s->tui, options_theme(s->options));
}

static int script_open(struct session *s)
{
    if (s->options->file_count == 0)
        return EXIT_PASSED;
    s->script = script_load(s->shelf.all, s->options->files[0]);
    if (s->script)
        shelf_take(&s->shelf, script_name(s->script));
    return s->script ? EXIT_PASSED : EXIT_USAGE;
}

static bool wire_suits(const struct session *s, enum stage_wire wire)
{
    int line = s->script ? script_needs_wire_line(s->script) : 0;

    if (wire == STAGE_PRIVATE || line == 0)
        return true;
    fprintf(stderr,
        _("%s:%d:1: this line needs the private wire, and the stage is on "
          "loopback\n"),
        script_name(s->script), line);
    return false;
}

/* A script without a title is known by its file. */
static const char *title_of(const struct script *script, const char *lang)
{
    const char *title = script_title(script, lang);
    const char *slash = strrchr(script_name(script), '/');

    if (title)
        return title;
    return slash && slash[1] ? slash + 1 : script_name(script);
}

static void on_typed(void *ctx, const char *const *lines, size_t count)
{
    struct session *s = ctx;
    struct err e;

    if (line_history_add(&s->history, lines, count, &e) < 0)
        tui_message(s->tui, e.msg);
    else
        tell_once(s, &s->history_failure);
}

static void player_open(struct session *s)
{
    static const struct player_events events = {.changed = on_changed};

    s->player = player_new(s->stage, PLAYER_INTERACTIVE, &events, s);
    saver_set_subject(s->saver, s->script ? script_name(s->script) : NULL);
    if (!s->script)
        return;
    player_play(s->player, s->script, 0);
    keep_progress(s, TUI_BEGUN);
}

static const char *screen_title(const struct session *s)
{
    return s->script ? title_of(s->script, s->lang) : NULL;
}

/* ---- another stage ------------------------------------------------------- */

static void on_reopened(
    void *ctx, struct stage *fresh, const struct err *why_not)
{
    struct session *s = ctx;

    s->stage = fresh;
    if (!s->tui) { /* it was left meanwhile */
        if (fresh)
            stage_close(fresh, NULL, NULL);
        return;
    }
    if (!fresh) {
        s->change_failure = *why_not;
        s->code = EXIT_MACHINE;
        leave(s);
        return;
    }
    if (s->wanted) {
        script_free(s->script);
        s->script = s->wanted;
        s->wanted = NULL;
        shelf_take(&s->shelf, script_name(s->script));
    }
    player_open(s);
    tui_restage(s->tui, s->stage, s->player, screen_title(s));
}

static void on_change(void *ctx)
{
    struct session *s = ctx;
    struct stage *old = s->stage;

    tui_restage(s->tui, NULL, NULL, screen_title(s));
    player_free(s->player);
    s->player = NULL;
    s->stage = NULL;
    stage_reopen(old, on_reopened, s);
}

static void on_restart(void *ctx)
{
    struct session *s = ctx;

    if (s->stage)
        stage_timer_start(s->change, 0);
}

static void on_open(void *ctx, size_t lesson)
{
    struct session *s = ctx;
    struct script_error e;
    char line[sizeof e.file + sizeof e.what + 32];

    if (!s->stage || s->wanted)
        return;
    s->wanted = lesson_parse(lessons_at(s->shelf.all, lesson), &e);
    if (!s->wanted) {
        tui_message(s->tui, script_error_format(&e, line, sizeof line));
        return;
    }
    if (stage_wire_kind(s->stage) != STAGE_PRIVATE &&
        script_needs_wire_line(s->wanted) > 0) {
        script_free(s->wanted);
        s->wanted = NULL;
        tui_message(
            s->tui, _("This lesson needs the private wire: --wire=private"));
        return;
    }
    stage_timer_start(s->change, 0);
}

/* ---- the screen ---------------------------------------------------------- */

static int screen_open(struct session *s, const char *notice, struct err *e)
{
    struct tui_options options = {
        .config = s->options->config,
        .theme = s->options->theme,
        .ascii = s->options->ascii,
        .lang = s->lang,
        .notice = notice[0] ? notice : NULL,
        .title = screen_title(s),
        .lessons = &s->shelf.listed,
        .saving = saver_offer(s->saver),
        .history = {.lines = s->history.lines.items,
            .count = s->history.lines.len,
            .add = on_typed,
            .ctx = s},
    };

    past_follow(&s->past, stage_model(s->stage), false);
    saver_enter(s->saver, &s->loop);
    player_open(s);
    return tui_open(&s->loop,
        &(struct tui_source){
            .journal = s->past.journal,
            .timeline = s->past.timeline,
            .model = stage_model(s->stage),
            .stage = s->stage,
            .player = s->player,
        },
        &options, on_quit, s, &s->tui, e);
}

static bool stage_ready(
    struct session *s, enum stage_wire wire, char *notice, size_t notice_size)
{
    struct err e;

    while (wire_suits(s, wire)) {
        if (stage_open(&s->loop, wire, s->past.journal, &s->stage, &e) == 0)
            return true;
        if (!wire_fall_back(s->options->wire, &wire, &e, notice, notice_size)) {
            fprintf(stderr, "sockstage: %s\n", e.msg);
            break;
        }
    }
    s->code = EXIT_MACHINE;
    return false;
}

/* What went wrong before there was a screen to tell it on; the last is what is
 * read. */
static void tell_of_files(struct session *s)
{
    settings_tell(s->options, s->tui);
    if (s->failure_count > 0)
        tui_message(s->tui, s->failures[0].msg);
    else if (s->options->pcap && stage_wire_kind(s->stage) != STAGE_PRIVATE)
        tui_message(s->tui, outputs_no_packets());
    else if (s->past.notice[0])
        tui_message(s->tui, s->past.notice);
    else if (s->progress_failure.msg[0])
        tell_once(s, &s->progress_failure);
    else
        tell_once(s, &s->history_failure);
}

static void hear(void *ctx, const struct event *e)
{
    struct session *s = ctx;

    outputs_event(&s->outputs, e);
}

static void perform(
    struct session *s, enum stage_wire wire, char *notice, size_t notice_size)
{
    struct err e;

    if (loop_open(&s->loop, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        s->code = EXIT_MACHINE;
        return;
    }
    outputs_follow(&s->outputs, &s->loop);
    past_open(&s->past, s->options->memory, 0, on_shortened, s);
    journal_keep_packets(s->past.journal, s->options->payload);
    journal_subscribe(s->past.journal, hear, s);
    s->saver = saver_new(&s->past, s->lang, on_saved, s);
    if (stage_ready(s, wire, notice, notice_size)) {
        signals_open(&s->signals, &s->loop, on_signal, s);
        s->change = stage_timer_new(&s->loop, on_change, s);
        if (screen_open(s, notice, &e) < 0) {
            fprintf(stderr, "sockstage: %s\n", e.msg);
            s->code = EXIT_MACHINE;
            stage_timer_free(s->change);
            player_free(s->player);
            stage_close(s->stage, NULL, NULL);
            signals_close(&s->signals);
        } else {
            theme_watch_open(&s->theme_watch, &s->loop,
                options_theme(s->options), on_theme, s);
            tell_of_files(s);
        }
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
    outputs_leave(&s->outputs);
    saver_leave(s->saver);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    loop_close(&s->loop);
    saver_free(s->saver);
}

static int open_and_perform(struct session *s)
{
    const struct options *o = s->options;
    enum stage_wire wire;
    char notice[640];
    struct err e;

    if (wire_choose(o->wire, &wire, notice, sizeof notice, &e) != EXIT_PASSED) {
        fprintf(stderr, "sockstage: --wire=private: %s\n", e.msg);
        return EXIT_MACHINE;
    }
    if (outputs_open(&s->outputs, o, on_failed_write, s, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        return EXIT_MACHINE;
    }
    crash_guard_install();
    line_history_open(&s->history, &s->history_failure);
    perform(s, wire, notice, sizeof notice);
    line_history_close(&s->history);
    outputs_close(&s->outputs);
    past_close(&s->past);
    for (size_t i = 0; i < s->failure_count; i++)
        fprintf(stderr, "sockstage: %s\n", s->failures[i].msg);
    if (s->change_failure.msg[0])
        fprintf(stderr, "sockstage: %s\n", s->change_failure.msg);
    return s->code;
}

int mode_tui(const struct options *o, const char *lang)
{
    struct session s = {.options = o, .lang = lang};
    int code;

    signals_install();
    shelf_open(&s.shelf, lang);
    s.shelf.listed.open = on_open;
    s.shelf.listed.restart = on_restart;
    s.shelf.listed.ctx = &s;
    code = script_open(&s);

    if (code == EXIT_PASSED)
        code = open_and_perform(&s);
    script_free(s.script);
    script_free(s.wanted);
    shelf_close(&s.shelf);
    return code;
}
