/* `sockstage export`: a recording in another form, on standard output or in a
 * file. Each stage of the recording is a chapter with its heading; what comes
 * before a chapter's first deed waits, because its title may be among it. */
#include "app.h"
#include "recording_file.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/model/model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURN_NS (50 * NS_PER_MS)

/* Of one chapter before its heading is known. The journal that keeps it has
 * room for the longest line behind that. */
#define WAITING_BYTES (1U << 20)
#define JOURNAL_BYTES (16U << 20)

struct export
{
    const struct options *options;
    const char *lang;
    struct recording_file *file;
    struct report *report; /* NULL: nothing has been written yet */
    bool failed;           /* to write */
    int code;

    size_t chapters;
    bool is_over;            /* the chapter: its script has ended */
    struct journal *waiting; /* NULL: the chapter has its heading */
    struct model *model;     /* of what waits */
    char *title;             /* of the chapter, NULL: none; owned */
};

/* ---- where it goes ------------------------------------------------------ */

static void on_failed_write(void *ctx, const struct err *e)
{
    struct export *x = ctx;

    x->failed = true;
    fprintf(stderr, "sockstage: %s\n", e->msg);
}

/* The file that is read must not be the one that is emptied. */
static int prepare(const struct export *x, int fd, struct err *e)
{
    const char *path = x->options->output;

    if (recording_file_same(x->file, fd))
        return err_set(e, EINVAL, _("-o: %s is the recording itself"), path);
    if (ftruncate(fd, 0) < 0 && errno != EINVAL) /* a device has no length */
        return err_sys(e, errno, _("-o: emptying %s"), path);
    return 0;
}

static int output_open(const struct export *x, int *out, struct err *e)
{
    const char *path = x->options->output;
    int only_new = x->options->force ? 0 : O_EXCL;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | only_new, 0666);
    int r;

    if (fd < 0) {
        r = err_sys(e, errno, _("-o: opening %s"), path);
        if (r == -EEXIST)
            err_hint(e, _("it is kept; --force writes over it"));
        return r;
    }
    r = prepare(x, fd, e);
    if (r < 0)
        close(fd);
    else
        *out = fd;
    return r;
}

/* Not before the first event is there: a file that is no recording leaves the
 * other one alone. */
static bool report_ready(struct export *x)
{
    int fd = STDOUT_FILENO;
    struct err e;

    if (x->report || x->code != EXIT_PASSED)
        return x->report != NULL;
    if (x->options->output && output_open(x, &fd, &e) < 0) {
        tell(e.msg);
        x->code =
            e.code == EEXIST || e.code == EINVAL ? EXIT_USAGE : EXIT_MACHINE;
        return false;
    }
    x->report = report_new(report_find(x->options->format), fd,
        x->options->output != NULL, false, on_failed_write, x);
    report_set_interrupted(x->report, signals_heard);
    return true;
}

/* ---- chapters ----------------------------------------------------------- */

static const char *name_of(const struct export *x, char number[32])
{
    snprintf(number, 32, "%zu", x->chapters);
    return x->title ? x->title : number;
}

static void write_heading(struct export *x)
{
    const char *title;
    char number[32];

    if (!x->waiting)
        return;
    title = model_lesson(x->model, x->lang).title;
    x->title = title ? xstrdup(title) : NULL;
    report_script_begin(x->report, NULL, name_of(x, number));
    for (uint64_t i = journal_first(x->waiting); i < journal_end(x->waiting);
         i++)
        report_event(x->report, journal_at(x->waiting, i));
    journal_free(x->waiting);
    model_free(x->model);
    x->waiting = NULL;
    x->model = NULL;
}

static void begin_chapter(struct export *x)
{
    write_heading(x);
    free(x->title);
    x->title = NULL;
    x->chapters++;
    x->is_over = false;
    x->waiting = journal_new(JOURNAL_BYTES);
    x->model = model_new();
}

static bool may_wait(const struct export *x, const struct event *e)
{
    return x->waiting && journal_bytes_published(x->waiting) < WAITING_BYTES &&
           (e->kind == EVENT_STAGE || e->kind == EVENT_LINE ||
               e->kind == EVENT_NOTE || e->kind == EVENT_PROCESS);
}

static void on_event(void *ctx, struct event *e)
{
    struct export *x = ctx;
    char number[32];

    if (x->failed || !report_ready(x))
        return;
    if (e->kind == EVENT_STAGE || x->chapters == 0 || x->is_over)
        begin_chapter(x);
    if (may_wait(x, e)) {
        journal_publish(x->waiting, e);
        model_apply(x->model, e);
        return;
    }
    write_heading(x);
    report_event(x->report, e);
    if (e->kind != EVENT_END)
        return;
    x->is_over = true;
    report_script_end(x->report, name_of(x, number), e->u.end.result, NULL);
}

/* ---- all of it ---------------------------------------------------------- */

static void finish(struct export *x)
{
    if (!x->report)
        return;
    write_heading(x);
    report_run_end(x->report);
    report_free(x->report); /* which may fail */
    x->report = NULL;
}

static int read_all(struct export *x)
{
    enum recording_progress progress;
    const char *complaint;

    do
        progress = recording_file_read(x->file, TURN_NS);
    while (progress == RECORDING_MORE && x->code == EXIT_PASSED && !x->failed &&
           !signals_heard());
    finish(x);
    complaint = recording_file_complaint(x->file);
    if (complaint && x->code == EXIT_PASSED)
        tell(complaint);
    if (x->failed || progress == RECORDING_UNREADABLE)
        return EXIT_MACHINE;
    return progress == RECORDING_REFUSED ? EXIT_USAGE : x->code;
}

int mode_export(const struct options *o, const char *lang)
{
    struct export x = {.options = o, .lang = lang};
    struct err e;
    int code;

    signals_install();
    if (recording_file_open(o->files[0], on_event, &x, &x.file, &e) < 0) {
        tell(e.msg);
        return EXIT_USAGE;
    }
    code = read_all(&x);
    recording_file_close(x.file);
    free(x.title);
    return signals_heard() ? EXIT_INTERRUPTED : code;
}
