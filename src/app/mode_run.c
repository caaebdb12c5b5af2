/* `sockstage run`: scripts without a screen, one after another, each on a
 * fresh stage. All are parsed before the first one runs. */
#include "app.h"
#include "recording_file.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/script/player.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct run {
    const struct options *options;
    const char *lang;
    enum stage_wire wire;
    uv_loop_t loop;
    struct signals signals;
    struct lessons *lessons;
    VEC(struct script *) scripts;
    struct report *results; /* standard output */
    struct outputs outputs;
    bool told_no_packets;
    bool output_failed;
    bool opened; /* some stage was */
    bool ended;  /* the script that is playing: what follows isn't its own */

    /* The script that is playing. */
    struct journal *journal;
    struct stage *stage;
    struct player *player;
    enum end_result result;
    char *why;

    size_t passed, failed, skipped, refused;
};

static void on_failed_write(void *ctx, const struct err *e)
{
    struct run *r = ctx;

    r->output_failed = true;
    fprintf(stderr, "sockstage: %s\n", e->msg);
}

/* ---- parsing ------------------------------------------------------------ */

static struct script *load(const struct run *r, const char *path)
{
    struct str line = STR_INIT;

    if (!recording_file_is(path))
        return script_load(r->lessons, path);
    str_addf(&line,
        _("%s is a recording: `sockstage %s` plays it, `sockstage export text "
          "%s` prints it"),
        path, path, path);
    tell(str_text(&line));
    str_done(&line);
    return NULL;
}

static bool add_script(struct run *r, const char *name)
{
    struct script *script = load(r, name);

    if (script)
        vec_push(&r->scripts, script);
    return script != NULL;
}

/* `course`: its lessons in their order. */
static bool add_course(struct run *r)
{
    const struct lesson *l = lessons_of_course(r->lessons, 1);
    bool ok = l != NULL;

    if (!l)
        fputs(_("sockstage: no lesson of the course is built in\n"), stderr);
    for (; l; l = lessons_of_course(r->lessons, l->place + 1))
        ok &= add_script(r, l->file->name);
    return ok;
}

static int parse_all(struct run *r)
{
    int code = EXIT_PASSED;
    size_t dashes = 0;

    for (size_t i = 0; i < r->options->file_count; i++)
        dashes += strcmp(r->options->files[i], "-") == 0;
    if (dashes > 1) {
        fputs(_("sockstage: standard input can be read only once\n"), stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < r->options->file_count; i++) {
        const char *name = r->options->files[i];

        if (!(strcmp(name, "course") == 0 ? add_course(r)
                                          : add_script(r, name)))
            code = EXIT_USAGE;
    }
    return code;
}

/* ---- one script --------------------------------------------------------- */

static void hear(void *ctx, const struct event *e)
{
    struct run *r = ctx;

    if (r->ended)
        return;
    report_event(r->results, e);
    outputs_event(&r->outputs, e);
}

static void on_ended(void *ctx, enum end_result result, const char *why)
{
    struct run *r = ctx;

    r->ended = true;
    r->result = result;
    r->why = why ? xstrdup(why) : NULL;
    uv_stop(&r->loop);
}

static void take_down(struct run *r)
{
    player_free(r->player);
    if (r->stage)
        stage_close(r->stage, NULL, NULL);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    journal_free(r->journal);
    free(r->why); /* of a script that ended while a signal came */
    r->why = NULL;
    r->player = NULL;
    r->stage = NULL;
    r->journal = NULL;
}

static void conclude(struct run *r, const struct script *script)
{
    report_script_end(r->results, script_name(script), r->result, r->why);
    switch (r->result) {
    case END_PASSED:
        r->passed++;
        break;
    case END_FAILED:
        r->failed++;
        break;
    case END_SKIPPED:
        r->skipped++;
        break;
    }
    if (r->why && r->result == END_FAILED)
        tell(r->why);
    free(r->why);
    r->why = NULL;
}

static void refuse(struct run *r, const struct script *script, const char *why)
{
    struct event end = {.kind = EVENT_END, .u.end.result = END_FAILED};

    r->refused++;
    tell(why);
    hear(r, &end);
    report_script_end(r->results, script_name(script), END_FAILED, why);
}

/* The machine, or the wire asked for, can't play this script. */
static bool is_refused(struct run *r, const struct script *script)
{
    int line = script_needs_wire_line(script);
    struct str why = STR_INIT;

    if (r->wire == STAGE_PRIVATE || line == 0 ||
        script_requires_private(script))
        return false;
    str_addf(&why,
        _("%s:%d:1: this line needs the private wire, and the stage is on "
          "loopback; `require private` would skip the script here"),
        script_name(script), line);
    refuse(r, script, str_text(&why));
    str_done(&why);
    return true;
}

static bool stage_ready(struct run *r, const struct script *script)
{
    struct str why = STR_INIT;
    char notice[640];
    struct err e;

    for (;;) {
        if (is_refused(r, script))
            return false;
        if (stage_open(&r->loop, r->wire, r->journal, &r->stage, &e) == 0) {
            r->opened = true;
            return true;
        }
        /* Once a private stage was open there may be no way back to the
         * machine's own network. */
        if (r->opened || !wire_fall_back(r->options->wire, &r->wire, &e, notice,
                             sizeof notice))
            break;
        fprintf(stderr, "sockstage: %s\n", notice);
    }
    str_addf(&why, _("%s: the stage can't be opened: %s"), script_name(script),
        e.msg);
    refuse(r, script, str_text(&why));
    str_done(&why);
    return false;
}

/* Once a run: the file will be empty, and not by mistake. */
static void tell_no_packets(struct run *r)
{
    if (r->told_no_packets || !r->options->pcap ||
        stage_wire_kind(r->stage) == STAGE_PRIVATE)
        return;
    r->told_no_packets = true;
    fprintf(stderr, "sockstage: --pcap: %s\n", outputs_no_packets());
}

static void play(struct run *r, const struct script *script)
{
    static const struct player_events events = {.ended = on_ended};

    report_script_begin(
        r->results, script_name(script), script_title(script, r->lang));
    r->ended = false;
    r->journal = journal_new(0); /* nobody walks back here */
    journal_subscribe(r->journal, hear, r);
    if (stage_ready(r, script)) {
        tell_no_packets(r);
        r->player = player_new(r->stage, PLAYER_BATCH, &events, r);
        player_play(r->player, script, r->options->timeout_ns);
        uv_run(&r->loop, UV_RUN_DEFAULT);
        if (!signals_heard())
            conclude(r, script);
    }
    take_down(r);
}

/* ---- all of them -------------------------------------------------------- */

static void on_signal(void *ctx)
{
    struct run *r = ctx;

    uv_stop(&r->loop);
}

static int exit_code(const struct run *r)
{
    if (signals_heard())
        return EXIT_INTERRUPTED;
    if (r->failed > 0)
        return EXIT_FAILED;
    if (r->refused > 0 || r->output_failed)
        return EXIT_MACHINE;
    if (r->skipped > 0 && r->passed == 0)
        return EXIT_SKIPPED;
    return EXIT_PASSED;
}

static int play_all(struct run *r)
{
    struct err e;

    if (loop_open(&r->loop, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        outputs_close(&r->outputs);
        return EXIT_MACHINE;
    }
    r->results = report_new(report_find(r->options->format), STDOUT_FILENO,
        false, false, on_failed_write, r);
    report_set_lang(r->results, r->lang);
    report_set_payload(r->results, r->options->payload);
    report_set_interrupted(r->results, signals_heard);
    signals_open(&r->signals, &r->loop, on_signal, r);
    outputs_follow(&r->outputs, &r->loop);
    report_run_begin(r->results, r->scripts.len);
    for (size_t i = 0; i < r->scripts.len && !signals_heard(); i++)
        play(r, r->scripts.items[i]);
    report_run_end(r->results);
    signals_close(&r->signals);
    outputs_leave(&r->outputs);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    report_free(r->results);
    outputs_close(&r->outputs);
    loop_close(&r->loop);
    return exit_code(r);
}

static int open_and_play(struct run *r)
{
    const struct options *o = r->options;
    char notice[640];
    struct err e;

    crash_guard_install();
    if (wire_choose(o->wire, &r->wire, notice, sizeof notice, &e) !=
        EXIT_PASSED) {
        fprintf(stderr, "sockstage: --wire=private: %s\n", e.msg);
        return EXIT_MACHINE;
    }
    if (notice[0])
        fprintf(stderr, "sockstage: %s\n", notice);
    if (outputs_open(&r->outputs, o, on_failed_write, r, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        return EXIT_MACHINE;
    }
    return play_all(r);
}

int mode_run(const struct options *o, const char *lang)
{
    struct run r = {.options = o, .lang = lang};
    int code;

    signals_install();
    r.lessons = lessons_new(embed_lessons);
    code = parse_all(&r);

    if (code == EXIT_PASSED)
        code = open_and_play(&r);
    for (size_t i = 0; i < r.scripts.len; i++)
        script_free(r.scripts.items[i]);
    vec_done(&r.scripts);
    lessons_free(r.lessons);
    return signals_heard() ? EXIT_INTERRUPTED : code;
}
