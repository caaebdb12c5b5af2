/* Walks the journal and feeds a report, some milliseconds at a time. The
 * journal may have let go of what is oldest: the `stage` line without which
 * nothing makes sense is kept here. */
#include "saver.h"

#include "app.h"
#include "save_file.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/event_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is small is saved before the next key; else between two looks at the
 * keys. */
#define FIRST_NS   (30 * NS_PER_MS)
#define TURN_NS    (4 * NS_PER_MS)
#define LOOK_EVERY 16U /* events, at the clock */

#define FORMATS_MAX 32
#define STAGES_MAX  4096U

/* A stage that the journal has, or had, from that event on. */
struct kept_stage {
    uint64_t seq;
    char *line; /* its event as a line of a recording; owned */
};

/* A file that is being written. */
struct job {
    struct report *report; /* NULL: none is */
    const struct report_def *def;
    struct str name;
    char *title;
    uint64_t next, end;
    bool is_recording; /* of everything */
    bool lost;         /* older events are gone */
    bool is_over;      /* the script has ended */
    struct str remark; /* what it lacks */
    struct err failure;
};

struct saver {
    const struct past *past;
    const char *lang;
    void (*told)(void *ctx, const char *text, bool is_error);
    void *ctx;
    uv_idle_t turn;
    struct tui_saving offered;
    struct tui_format formats[FORMATS_MAX];
    const struct report_def *defs[FORMATS_MAX];
    char *subject;
    bool reading, entered, left;
    struct journal_subscriber *hearing;
    VEC(struct kept_stage) stages;
    struct job job;
};

static void tell_user(struct saver *s, const char *text, bool is_error)
{
    if (s->left)
        tell(text);
    else
        s->told(s->ctx, text, is_error);
}

/* ---- stages -------------------------------------------------------------- */

static void drop_stage(struct saver *s)
{
    free(s->stages.items[0].line);
    vec_remove(&s->stages, 0);
}

/* Of those that the journal no longer has only the last is of use. */
static void hear(void *ctx, const struct event *e)
{
    struct saver *s = ctx;
    uint64_t first = journal_first(s->past->journal);
    struct str line = STR_INIT;
    struct kept_stage stage = {.seq = e->seq};

    if (e->kind != EVENT_STAGE)
        return;
    while (s->stages.len > 1 && s->stages.items[1].seq <= first)
        drop_stage(s);
    if (s->stages.len == STAGES_MAX)
        return;
    event_to_json(e, false, &line);
    stage.line = str_steal(&line);
    vec_push(&s->stages, stage);
}

/* The line of the stage that was open at that event; NULL: none is kept. */
static const char *stage_line(const struct saver *s, uint64_t seq)
{
    const char *line = NULL;

    for (size_t i = 0; i < s->stages.len && s->stages.items[i].seq <= seq; i++)
        line = s->stages.items[i].line;
    return line;
}

/* ---- what is written ----------------------------------------------------- */

static void write_line(struct job *job, const char *line)
{
    struct event_room *room = event_room_new();
    struct event e;
    size_t column;
    char what[256];

    if (event_from_json(line, strcspn(line, "\n"), room, &e, &column, what,
            sizeof what) == EVENT_READ)
        report_event(job->report, &e);
    event_room_free(room);
}

static uint64_t find_stage(const struct journal *j, uint64_t seq, int step)
{
    return journal_find(j, seq, step, 1U << EVENT_STAGE, NULL);
}

/* The stage that is shown at that cursor: behind its event of that number. */
static void choose_stage(struct saver *s, uint64_t cursor)
{
    const struct journal *j = s->past->journal;
    struct job *job = &s->job;
    uint64_t end = journal_end(j), first = journal_first(j);
    uint64_t at = cursor > first ? cursor - 1 : first;

    job->next = find_stage(j, at, -1);
    if (job->next == end)
        job->next = first;
    job->end = job->next + 1 < end ? find_stage(j, job->next + 1, 1) : end;
}

static void choose_events(struct saver *s, uint64_t cursor)
{
    const struct journal *j = s->past->journal;
    struct job *job = &s->job;
    const struct event *e;
    const char *line;

    job->next = journal_first(j);
    job->end = journal_end(j);
    if (!job->is_recording)
        choose_stage(s, cursor);
    e = journal_at(j, job->next);
    if (!e || e->kind == EVENT_STAGE)
        return;
    job->lost = true;
    line = stage_line(s, job->next);
    if (line)
        write_line(job, line);
}

static void write_next(struct saver *s)
{
    const struct journal *j = s->past->journal;
    struct job *job = &s->job;
    const struct event *e = journal_at(j, job->next);

    if (!e && job->next < journal_first(j)) {
        job->lost = true;
        job->next = journal_first(j);
        return;
    }
    if (!e) { /* why, the past has told already */
        job->lost = true;
        job->next = job->end;
        return;
    }
    job->next++;
    report_event(job->report, e);
    if (e->kind != EVENT_END || job->is_recording)
        return;
    job->is_over = true;
    report_script_end(job->report, job->title, e->u.end.result, NULL);
}

static bool is_done(const struct job *job)
{
    return job->next >= job->end || job->is_over || job->failure.msg[0];
}

/* ---- a job --------------------------------------------------------------- */

static void on_failed(void *ctx, const struct err *e)
{
    struct job *job = ctx;

    if (!job->failure.msg[0])
        job->failure = *e;
}

static void on_warning(void *ctx, const char *what)
{
    struct job *job = ctx;

    str_addf(&job->remark, "; %s", what);
}

/* A format's own refusal says what it does not like. */
static void tell_failure(struct saver *s, bool refused)
{
    struct job *job = &s->job;
    struct err e = job->failure;

    unlink(str_text(&job->name));
    if (!refused) {
        err_sys(&e, job->failure.code, _("%s can't be saved"),
            str_text(&job->name));
        save_file_hint(&e);
    }
    tell_user(s, e.msg, true);
}

static void tell_success(struct saver *s)
{
    struct job *job = &s->job;
    struct str text = STR_INIT;

    save_file_tell(str_text(&job->name), &text);
    if (job->lost)
        str_addf(&text, "; %s", _("older events are no longer kept"));
    if (s->reading)
        str_addf(&text, "; %s", _("more is still being read"));
    str_add(&text, str_text(&job->remark));
    tell_user(s, str_text(&text), false);
    str_done(&text);
}

static void job_free(struct job *job)
{
    report_free(job->report);
    str_done(&job->name);
    str_done(&job->remark);
    free(job->title);
    *job = (struct job){0};
}

static void finish(struct saver *s)
{
    struct job *job = &s->job;
    bool refused;

    if (!s->left)
        uv_idle_stop(&s->turn);
    report_run_end(job->report);
    refused = report_refused(job->report);
    report_free(job->report); /* which may fail */
    job->report = NULL;
    if (job->failure.msg[0])
        tell_failure(s, refused);
    else
        tell_success(s);
    job_free(job);
}

static void work(struct saver *s, uint64_t for_ns)
{
    uint64_t until = clock_now_ns() + for_ns;

    do {
        for (unsigned i = 0; i < LOOK_EVERY && !is_done(&s->job); i++)
            write_next(s);
    } while (!is_done(&s->job) && clock_now_ns() < until);
    if (is_done(&s->job))
        finish(s);
}

static void on_turn(uv_idle_t *turn)
{
    work(turn->data, TURN_NS);
}

static void open_report(struct saver *s, int fd, uint64_t cursor)
{
    struct job *job = &s->job;
    const char *title =
        model_lesson(timeline_model(s->past->timeline), s->lang).title;

    job->title = xstrdup(title        ? title
                         : s->subject ? s->subject
                                      : _("free play"));
    job->report = report_new(job->def, fd, true, false, on_failed, job);
    report_set_payload(job->report, true);
    report_set_lang(job->report, s->lang);
    report_set_warned(job->report, on_warning, job);
    report_script_begin(job->report, NULL, job->title);
    choose_events(s, cursor);
}

static void on_save(void *ctx, size_t format, const char *name, uint64_t cursor)
{
    struct saver *s = ctx;
    struct str path = STR_INIT;
    struct err e;
    int fd;

    if (s->job.report) {
        tell_user(s, _("The last file is still being written."), false);
        return;
    }
    str_add(&path, name);
    if (save_file_make(&path, &fd, &e) < 0) {
        tell_user(s, e.msg, true);
        str_done(&path);
        return;
    }
    s->job = (struct job){
        .def = s->defs[format], .name = path, .is_recording = format == 0};
    open_report(s, fd, cursor);
    work(s, FIRST_NS);
    if (!s->job.report)
        return;
    uv_idle_start(&s->turn, on_turn);
    tell_user(s, _("Saving goes on meanwhile ..."), false);
}

static void on_propose(void *ctx, size_t format, struct str *name)
{
    const struct saver *s = ctx;

    save_file_propose(s->subject, s->defs[format]->suffix, name);
}

/* ---- life ---------------------------------------------------------------- */

static void offer(struct saver *s, const struct report_def *def)
{
    size_t i = s->offered.count;

    for (size_t k = 0; k < i; k++) {
        if (s->defs[k] == def)
            return;
    }
    if (!def || i == FORMATS_MAX)
        return;
    s->defs[i] = def;
    s->formats[i] = (struct tui_format){def->name, _(def->help)};
    s->offered.count++;
}

/* What is wanted most stands first; the very first is the recording. */
static void offer_all(struct saver *s)
{
    static const char *const first[] = {"jsonl", "stage", "svg", "html"};
    const struct report_def *def;

    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        offer(s, report_find(first[i]));
    for (size_t i = 0; (def = report_at(i)) != NULL; i++)
        if (def->of_export)
            offer(s, def);
    s->formats[0].help =
        _("the recording: it can be played again, and exported");
}

struct saver *saver_new(const struct past *past, const char *lang,
    void (*told)(void *ctx, const char *text, bool is_error), void *ctx)
{
    struct saver *s = xcalloc(1, sizeof *s);

    s->past = past;
    s->lang = lang;
    s->told = told;
    s->ctx = ctx;
    s->offered = (struct tui_saving){
        .formats = s->formats,
        .propose = on_propose,
        .save = on_save,
        .ctx = s,
    };
    offer_all(s);
    s->hearing = journal_subscribe(past->journal, hear, s);
    return s;
}

void saver_enter(struct saver *s, uv_loop_t *loop)
{
    uv_idle_init(loop, &s->turn);
    s->turn.data = s;
    s->entered = true;
}

const struct tui_saving *saver_offer(const struct saver *s)
{
    return &s->offered;
}

void saver_set_subject(struct saver *s, const char *file)
{
    free(s->subject);
    s->subject = file ? xstrdup(file) : NULL;
}

void saver_set_reading(struct saver *s, bool reading)
{
    s->reading = reading;
}

void saver_leave(struct saver *s)
{
    if (!s->entered || s->left)
        return;
    s->left = true;
    uv_close((uv_handle_t *)&s->turn, NULL);
}

static void complete(struct saver *s)
{
    struct err interrupted;

    while (s->job.report && !signals_heard())
        work(s, TURN_NS);
    if (!s->job.report)
        return;
    err_sys(
        &interrupted, EINTR, _("%s can't be saved"), str_text(&s->job.name));
    on_failed(&s->job, &interrupted);
    report_abandon(s->job.report);
    finish(s);
}

void saver_free(struct saver *s)
{
    if (!s)
        return;
    complete(s);
    journal_unsubscribe(s->past->journal, s->hearing);
    while (s->stages.len > 0)
        drop_stage(s);
    vec_done(&s->stages);
    free(s->subject);
    free(s);
}
