/* `sockstage export`: a recording in another form, on standard output or in a
 * file. Each stage of the recording is a chapter with its heading; what comes
 * before a chapter's first deed waits, because its title may be among it. */
#include "app.h"
#include "recording_file.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
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

#define LISTED_MAX    1000 /* chapters, for who has to choose one */
#define TITLE_COLUMNS 70

struct export
{
    const struct options *options;
    const struct report_def *def;
    const char *lang;
    struct recording_file *file;
    struct report *report; /* NULL: nothing has been written yet */
    bool failed;           /* to write */
    bool is_read;          /* what was asked for, whatever comes behind it */
    int code;

    size_t chapters;
    struct str list;         /* of them, for a message */
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
    x->code = report_refused(x->report) ? EXIT_USAGE : EXIT_MACHINE;
    tell(e->msg);
}

static void on_warning(void *ctx, const char *what)
{
    (void)ctx;
    tell(what);
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

static bool fail_output(struct export *x, const struct err *e)
{
    tell(e->msg);
    x->failed = true;
    x->code =
        e->code == EEXIST || e->code == EINVAL ? EXIT_USAGE : EXIT_MACHINE;
    return false;
}

/* Before all of a recording is read for nothing. */
static int check_output(const struct export *x, struct err *e)
{
    const char *path = x->options->output;

    if (!path || x->options->force || access(path, F_OK) < 0)
        return 0;
    err_sys(e, EEXIST, _("-o: opening %s"), path);
    err_hint(e, _("it is kept; --force writes over it"));
    return -EEXIST;
}

/* Not before the first event is there: a file that is no recording leaves the
 * other one alone. A picture of one stage is kept until it is whole. */
static bool report_ready(struct export *x)
{
    int fd = x->def->of_one_stage ? -1 : STDOUT_FILENO;
    struct err e;

    if (x->report || x->failed)
        return x->report != NULL;
    if (x->def->of_one_stage
            ? check_output(x, &e) < 0
            : x->options->output && output_open(x, &fd, &e) < 0)
        return fail_output(x, &e);
    x->report = report_new(
        x->def, fd, x->options->output != NULL, false, on_failed_write, x);
    report_set_interrupted(x->report, signals_heard);
    report_set_lang(x->report, x->lang);
    report_set_warned(x->report, on_warning, x);
    return true;
}

static void write_picture(struct export *x)
{
    int fd = STDOUT_FILENO;
    struct err e;

    if (x->failed)
        return;
    if (x->options->output && output_open(x, &fd, &e) < 0) {
        report_abandon(x->report);
        fail_output(x, &e);
        return;
    }
    report_set_output(x->report, fd, x->options->output != NULL);
}

/* ---- chapters ----------------------------------------------------------- */

#define NAME_BYTES 256

/* A chapter without a title has its number; what shows one stage only, the
 * recording's name. */
static const char *name_of(const struct export *x, char name[NAME_BYTES])
{
    const char *path = x->options->files[0];
    const char *slash = strrchr(path, '/');

    if (x->title)
        return x->title;
    snprintf(name, NAME_BYTES, "%zu", x->chapters);
    if (x->def->of_one_stage) {
        snprintf(name, NAME_BYTES, "%s", slash ? slash + 1 : path);
        name[strcspn(name, ".")] = '\0';
    }
    return name;
}

/* Whether it is one that is to be written, as far as is known. */
static bool is_wanted(const struct export *x)
{
    if (x->options->chapter > 0)
        return x->chapters == x->options->chapter;
    return !x->def->of_one_stage || x->chapters == 1;
}

static void list_chapter(struct export *x)
{
    if (x->chapters > LISTED_MAX)
        return;
    str_addf(&x->list, "\n%zu ", x->chapters);
    if (x->chapters == LISTED_MAX)
        str_add(&x->list, "...");
    else
        text_add_visible(
            &x->list, x->title ? x->title : _("(no title)"), TITLE_COLUMNS);
}

static void write_waiting(struct export *x)
{
    char name[NAME_BYTES];

    if (!is_wanted(x) || !report_ready(x))
        return;
    report_script_begin(x->report, NULL, name_of(x, name));
    for (uint64_t i = journal_first(x->waiting); i < journal_end(x->waiting);
         i++)
        report_event(x->report, journal_at(x->waiting, i));
}

static void write_heading(struct export *x)
{
    const char *title;

    if (!x->waiting)
        return;
    title = model_lesson(x->model, x->lang).title;
    x->title = title ? xstrdup(title) : NULL;
    list_chapter(x);
    write_waiting(x);
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
    x->is_read = x->options->chapter > 0 && x->chapters > x->options->chapter;
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
    char name[NAME_BYTES];

    if (x->failed || x->is_read)
        return;
    if (e->kind == EVENT_STAGE || x->chapters == 0 || x->is_over)
        begin_chapter(x);
    if (may_wait(x, e)) {
        journal_publish(x->waiting, e);
        model_apply(x->model, e);
        return;
    }
    write_heading(x);
    x->is_over = e->kind == EVENT_END;
    if (!is_wanted(x) || !report_ready(x))
        return;
    report_event(x->report, e);
    if (x->is_over)
        report_script_end(x->report, name_of(x, name), e->u.end.result, NULL);
}

/* ---- all of it ---------------------------------------------------------- */

/* Somebody has to choose a chapter, or has chosen one that is not there. */
static void refuse_chapters(struct export *x)
{
    size_t wanted = x->options->chapter;
    struct str text = STR_INIT;

    if (wanted > 0)
        str_addf(
            &text, _("--chapter=%zu: the recording has only these:"), wanted);
    else
        str_addf(&text,
            _("export %s shows one stage, and the recording has %zu: add "
              "--chapter=N"),
            x->def->name, x->chapters);
    tell(str_text(&text));
    fprintf(
        stderr, "%s\n", str_text(&x->list) + strspn(str_text(&x->list), "\n"));
    str_done(&text);
    x->code = EXIT_USAGE;
}

static void finish(struct export *x, bool is_whole)
{
    bool picture = x->def->of_one_stage;
    size_t wanted = x->options->chapter;

    if (!x->failed)
        write_heading(x);
    if (is_whole && !x->failed &&
        (wanted > 0 ? x->chapters < wanted : picture && x->chapters > 1)) {
        refuse_chapters(x);
        is_whole = false;
    }
    if (!x->report)
        return;
    if (picture && !is_whole)
        report_abandon(x->report);
    else
        report_run_end(x->report);
    if (picture && is_whole)
        write_picture(x);
    report_free(x->report); /* which may fail */
    x->report = NULL;
}

static int read_all(struct export *x)
{
    enum recording_progress progress;
    const char *complaint;

    do
        progress = recording_file_read(x->file, TURN_NS);
    while (progress == RECORDING_MORE && !x->is_read && !x->failed &&
           !signals_heard());
    finish(x, (progress == RECORDING_ENDED || x->is_read) && !signals_heard());
    complaint = recording_file_complaint(x->file);
    if (complaint && !x->failed && x->code == EXIT_PASSED)
        tell(complaint);
    if (x->failed)
        return x->code;
    if (progress == RECORDING_UNREADABLE)
        return EXIT_MACHINE;
    return progress == RECORDING_REFUSED ? EXIT_USAGE : x->code;
}

int mode_export(const struct options *o, const char *lang)
{
    struct export x = {
        .options = o, .def = report_find(o->format), .lang = lang};
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
    str_done(&x.list);
    return signals_heard() ? EXIT_INTERRUPTED : code;
}
