/* The screen with a recording: no stage, no kernel, nothing but the file and
 * the terminal. A usual file has been read before the first screen is drawn;
 * of a large one the rest is read while the screen is at work already. */
#include "app.h"
#include "past.h"
#include "recording_file.h"
#include "saver.h"
#include "theme_watch.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>
#include <string.h>

/* How long nobody minds an empty terminal, and how much memory that may take:
 * what is refused by then is refused without a screen. */
#define FIRST_NS    (300 * NS_PER_MS)
#define FIRST_BYTES (16U << 20)
/* Between two looks at the keys. */
#define TURN_NS (4 * NS_PER_MS)

struct replay {
    const struct options *options;
    const char *lang;
    uv_loop_t loop;
    struct signals signals;
    struct theme_watch theme_watch;
    uv_idle_t turn;
    struct recording_file *file;
    struct past past;
    struct saver *saver;
    struct model *latest;
    struct tui *tui;
    int code;
};

static void on_event(void *ctx, struct event *e)
{
    struct replay *r = ctx;

    journal_publish(r->past.journal, e);
}

static void fold(void *ctx, const struct event *e)
{
    model_apply(ctx, e);
}

static void on_saved(void *ctx, const char *text, bool is_error)
{
    struct replay *r = ctx;

    if (!r->tui)
        return;
    if (is_error)
        tui_complain(r->tui, text);
    else
        tui_message(r->tui, text);
}

static void on_shortened(void *ctx, const char *notice)
{
    struct replay *r = ctx;

    if (r->tui)
        tui_message(r->tui, notice);
}

/* ---- reading ------------------------------------------------------------ */

static int code_of(enum recording_progress progress)
{
    switch (progress) {
    case RECORDING_REFUSED:
        return EXIT_USAGE;
    case RECORDING_UNREADABLE:
        return EXIT_MACHINE;
    case RECORDING_MORE:
    case RECORDING_ENDED:
        break;
    }
    return EXIT_PASSED;
}

/* False if there is nothing to show: refused, or a signal came. */
static bool read_first(struct replay *r)
{
    uint64_t until = clock_now_ns() + FIRST_NS;
    enum recording_progress progress;

    do
        progress = recording_file_read(r->file, TURN_NS);
    while (progress == RECORDING_MORE && !signals_heard() &&
           clock_now_ns() < until &&
           recording_file_bytes(r->file) < FIRST_BYTES);
    r->code = code_of(progress);
    return r->code == EXIT_PASSED && !signals_heard();
}

static void on_turn(uv_idle_t *turn)
{
    struct replay *r = turn->data;
    enum recording_progress progress = recording_file_read(r->file, TURN_NS);
    const char *complaint = recording_file_complaint(r->file);

    if (progress == RECORDING_MORE)
        return;
    uv_idle_stop(turn);
    saver_set_reading(r->saver, false);
    r->code = code_of(progress);
    if (complaint)
        tui_message(r->tui, complaint);
}

/* ---- the screen --------------------------------------------------------- */

static void leave(struct replay *r)
{
    if (!r->tui)
        return;
    tui_close(r->tui, NULL, NULL);
    r->tui = NULL;
    uv_close((uv_handle_t *)&r->turn, NULL);
    saver_leave(r->saver);
    theme_watch_close(&r->theme_watch);
    signals_close(&r->signals);
}

static void on_theme(void *ctx)
{
    struct replay *r = ctx;

    tui_set_theme(r->tui, options_theme(r->options));
}

static void on_quit(void *ctx)
{
    struct replay *r = ctx;

    if (r->tui && tui_terminal_is_gone(r->tui))
        r->code = EXIT_INTERRUPTED;
    leave(r);
}

static void on_signal(void *ctx)
{
    leave(ctx);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

static bool screen_open(struct replay *r)
{
    const struct tui_source source = {
        .journal = r->past.journal,
        .timeline = r->past.timeline,
        .model = r->latest,
    };
    const struct tui_options options = {
        .config = r->options->config,
        .theme = r->options->theme,
        .ascii = r->options->ascii,
        .lang = r->lang,
        .title = base_name(r->options->files[0]),
        .saving = saver_offer(r->saver),
    };
    struct err e;

    if (tui_open(&r->loop, &source, &options, on_quit, r, &r->tui, &e) == 0)
        return true;
    fprintf(stderr, "sockstage: %s\n", e.msg);
    r->code = EXIT_MACHINE;
    return false;
}

/* What there is to tell from before the screen was there. */
static void tell_of_reading(struct replay *r)
{
    const char *complaint = recording_file_complaint(r->file);

    settings_tell(r->options, r->tui);
    if (complaint)
        tui_message(r->tui, complaint);
    else if (r->past.notice[0])
        tui_message(r->tui, r->past.notice);
}

static void perform(struct replay *r)
{
    struct err e;

    crash_guard_install();
    if (loop_open(&r->loop, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        r->code = EXIT_MACHINE;
        return;
    }
    uv_idle_init(&r->loop, &r->turn);
    r->turn.data = r;
    saver_enter(r->saver, &r->loop);
    signals_open(&r->signals, &r->loop, on_signal, r);
    if (screen_open(r)) {
        theme_watch_open(
            &r->theme_watch, &r->loop, options_theme(r->options), on_theme, r);
        tell_of_reading(r);
        uv_idle_start(&r->turn, on_turn);
    } else {
        uv_close((uv_handle_t *)&r->turn, NULL);
        saver_leave(r->saver);
        signals_close(&r->signals);
    }
    uv_run(&r->loop, UV_RUN_DEFAULT);
    loop_close(&r->loop);
}

static void read_and_perform(struct replay *r)
{
    struct journal_subscriber *folding;

    /* Packed it is smaller than it is: its beginning stays to be seen. */
    past_open(&r->past, r->options->memory, recording_file_size(r->file),
        on_shortened, r);
    journal_keep_packets(r->past.journal, true);
    r->saver = saver_new(&r->past, r->lang, on_saved, r);
    saver_set_subject(r->saver, r->options->files[0]);
    saver_set_reading(r->saver, true);
    r->latest = model_new();
    folding = journal_subscribe(r->past.journal, fold, r->latest);
    past_follow(&r->past, r->latest, true);
    if (read_first(r))
        perform(r);
    if (r->code != EXIT_PASSED && recording_file_complaint(r->file))
        tell(recording_file_complaint(r->file));
    saver_free(r->saver);
    journal_unsubscribe(r->past.journal, folding);
    past_close(&r->past);
    model_free(r->latest);
}

int mode_replay(const struct options *o, const char *lang)
{
    struct replay r = {.options = o, .lang = lang};
    struct err e;

    if (options_check_recording(o, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        return EXIT_USAGE;
    }
    signals_install();
    if (recording_file_open(o->files[0], on_event, &r, &r.file, &e) < 0) {
        tell(e.msg);
        return EXIT_USAGE;
    }
    read_and_perform(&r);
    recording_file_close(r.file);
    return signals_heard() ? EXIT_INTERRUPTED : r.code;
}
