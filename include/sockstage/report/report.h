/* Outputs made from the journal while it happens. Each format is one file and
 * one row of reports.def. */
#ifndef SOCKSTAGE_REPORT_REPORT_H
#define SOCKSTAGE_REPORT_REPORT_H

#include "sockstage/base/err.h"
#include "sockstage/model/journal.h"

#include <stdbool.h>
#include <stddef.h>

struct report;

/* What one format does. All functions may be NULL. */
struct report_def {
    const char *name;   /* "text", "tap", "jsonl", "pcap" */
    const char *help;   /* N_() */
    const char *suffix; /* of such a file's name: "svg" */
    bool of_run;        /* a choice of `run --format` */
    bool of_export;     /* and of `export` */
    bool of_one_stage;  /* it shows one stage (chapter) of a recording */
    /* Right after report_new(); -errno counts as a failed write. */
    int (*begin)(struct report *r);
    /* The whole run: how many scripts there will be. */
    void (*run_begin)(struct report *r, size_t scripts);
    /* One script, by the name it was given on the command line. A recording
     * does not tell that name: NULL, and never without a title. */
    void (*script_begin)(struct report *r, const char *name, const char *title);
    void (*event)(struct report *r, const struct event *e);
    /* `why`: why it failed or was skipped, with FILE:LINE:COLUMN; or NULL. */
    void (*script_end)(struct report *r, const char *name,
        enum end_result result, const char *why);
    void (*run_end)(struct report *r);
    size_t state_size; /* bytes of private state, zeroed at the beginning */
    void (*state_done)(void *state);
};

const struct report_def *report_find(const char *name); /* NULL: none */
const struct report_def *report_at(size_t i);           /* NULL at the end */

/* A report that writes to `fd` (borrowed unless `own`). Writing is buffered
 * and flushed at each script's end, and after each event if `live`. The first
 * failed write is told to `failed` at once (once); nothing more is written,
 * the session goes on. */
struct report *report_new(const struct report_def *def, int fd, bool own,
    bool live, void (*failed)(void *ctx, const struct err *e), void *ctx);
/* For one made with `fd` -1, which keeps what it writes: where that goes. */
void report_set_output(struct report *r, int fd, bool own);
/* Throws away what has not been written, and whatever comes. */
void report_abandon(struct report *r);
/* Whether the format has refused what was recorded. */
bool report_refused(const struct report *r);
void report_free(struct report *r); /* flushes; NULL is allowed */

void report_set_payload(struct report *r, bool payload);
/* "en", "ko" (borrowed): whose narration is written; "en" at first. */
void report_set_lang(struct report *r, const char *lang);
/* Gets told, in a sentence each, what the output lacks (payload bytes that the
 * recording does not have). NULL, as at first: nobody is. */
void report_set_warned(
    struct report *r, void (*warned)(void *ctx, const char *what), void *ctx);
/* Asked while output has to wait (a full pipe): once it says true, nothing more
 * is written. For what a signal is to end; files are written to the end. */
void report_set_interrupted(struct report *r, bool (*interrupted)(void));

void report_run_begin(struct report *r, size_t scripts);
void report_script_begin(struct report *r, const char *name, const char *title);
/* Has the shape of a journal subscriber's callback: ctx is the report. */
void report_event(void *report, const struct event *e);
void report_script_end(struct report *r, const char *name,
    enum end_result result, const char *why);
void report_run_end(struct report *r);
/* Writes out what is buffered; 0 or -errno of the first failure ever. */
int report_flush(struct report *r);

/* For the formats: add to what is written, and their private state. */
void report_printf(struct report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void report_write(struct report *r, const char *data, size_t len);
void *report_state(struct report *r);
bool report_payload(const struct report *r);
const char *report_lang(const struct report *r);
/* What was recorded can't be written in this form: nothing is, from now on.
 * `failed` is told. */
void report_refuse(struct report *r, const struct err *e);
void report_warn(struct report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
