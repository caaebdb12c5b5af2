/* The screen: free play, or a script line by line. */
#include "app.h"
#include "past.h"

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
    struct past past;
    struct stage *stage;
    struct player *player;
    struct tui *tui;
    struct script *script; /* NULL: free play */
    struct outputs outputs;
    struct err failures[2]; /* of writing them, at most one each */
    size_t failure_count;
    int code;
};

static void on_changed(void *ctx, const char *why)
{
    struct session *s = ctx;

    if (s->tui)
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
    player_free(s->player);
    stage_close(s->stage, NULL, NULL);
    signals_close(&s->signals);
}

static void on_quit(void *ctx)
{
    leave(ctx);
}

static void on_signal(void *ctx)
{
    struct session *s = ctx;

    s->code = EXIT_INTERRUPTED;
    leave(s);
}

static int script_open(struct session *s)
{
    if (s->options->file_count == 0)
        return EXIT_PASSED;
    s->script = script_load(s->options->files[0]);
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

static int screen_open(struct session *s, const char *notice, struct err *e)
{
    static const struct player_events events = {.changed = on_changed};
    struct tui_options options = {
        .theme = s->options->theme,
        .ascii = s->options->ascii,
        .lang = s->lang,
        .notice = notice[0] ? notice : NULL,
        .title = s->script ? title_of(s->script, s->lang) : NULL,
    };

    s->player = player_new(s->stage, PLAYER_INTERACTIVE, &events, s);
    past_follow(&s->past, stage_model(s->stage), false);
    if (s->script)
        player_play(s->player, s->script, 0);
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

/* What went wrong before there was a screen to tell it on. */
static void tell_of_files(struct session *s)
{
    if (s->failure_count > 0)
        tui_message(s->tui, s->failures[0].msg);
    else if (s->options->pcap && stage_wire_kind(s->stage) != STAGE_PRIVATE)
        tui_message(s->tui, outputs_no_packets());
    else if (s->past.notice[0])
        tui_message(s->tui, s->past.notice);
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
    journal_subscribe(s->past.journal, hear, s);
    if (stage_ready(s, wire, notice, notice_size)) {
        signals_open(&s->signals, &s->loop, on_signal, s);
        if (screen_open(s, notice, &e) < 0) {
            fprintf(stderr, "sockstage: %s\n", e.msg);
            s->code = EXIT_MACHINE;
            player_free(s->player);
            stage_close(s->stage, NULL, NULL);
            signals_close(&s->signals);
        } else {
            tell_of_files(s);
        }
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
    outputs_leave(&s->outputs);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    loop_close(&s->loop);
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
    perform(s, wire, notice, sizeof notice);
    outputs_close(&s->outputs);
    past_close(&s->past);
    for (size_t i = 0; i < s->failure_count; i++)
        fprintf(stderr, "sockstage: %s\n", s->failures[i].msg);
    return s->code;
}

int mode_tui(const struct options *o, const char *lang)
{
    struct session s = {.options = o, .lang = lang};
    int code;

    signals_install();
    code = script_open(&s);

    if (code == EXIT_PASSED)
        code = open_and_perform(&s);
    script_free(s.script);
    return code;
}
