/* What all formats share: the buffered writer, and the table of formats. Once
 * a write has failed everything is thrown away, so that a full disk stops a
 * recording and not the session. */
#include "sockstage/report/report.h"

#include "report_int.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (64 * 1024)

struct report {
    const struct report_def *def;
    void *state; /* owned */
    int fd;
    bool own, live, payload, refused;
    bool (*interrupted)(void); /* NULL: never */
    int error;                 /* the first failure, -errno */
    void (*failed)(void *ctx, const struct err *e);
    void *ctx;
    const char *lang;
    void (*warned)(void *ctx, const char *what);
    void *warned_ctx;
    struct str buffer;
};

static const struct report_def *const defs[] = {
#define REPORT(name) &report_##name,
#include "reports.def"
#undef REPORT
};

const struct report_def *report_at(size_t i)
{
    return i < ARRAY_LEN(defs) ? defs[i] : NULL;
}

const struct report_def *report_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(defs); i++) {
        if (strcmp(defs[i]->name, name) == 0)
            return defs[i];
    }
    return NULL;
}

static void fail(struct report *r, int code)
{
    struct err e;

    if (r->error != 0)
        return;
    r->error = err_sys(&e, code, _("cannot write the %s output"), r->def->name);
    if (code == ENOSPC)
        err_hint(&e, "%s", _("nothing more is written to it"));
    if (r->failed != NULL)
        r->failed(r->ctx, &e);
}

bool report_is_interrupted(const struct report *r)
{
    return r->interrupted != NULL && r->interrupted();
}

/* Waits for room: poll(2) is ended by a signal, as a write that has begun to
 * wait need not be. A pipe with room takes PIPE_BUF bytes without waiting. */
static int wait_writable(struct report *r)
{
    struct pollfd p = {.fd = r->fd, .events = POLLOUT};
    int ready = poll(&p, 1, report_is_interrupted(r) ? 0 : -1);

    if (ready < 0 && errno != EINTR)
        return errno;
    if (ready <= 0 && report_is_interrupted(r))
        r->error = -EINTR;
    return 0;
}

static size_t next_chunk(const struct report *r, size_t left)
{
    return r->interrupted != NULL && left > PIPE_BUF ? PIPE_BUF : left;
}

static void write_out(struct report *r)
{
    size_t done = 0;

    if (r->fd < 0 && r->error == 0)
        return;
    while (r->error == 0 && done < r->buffer.len) {
        int code = r->interrupted != NULL ? wait_writable(r) : 0;
        if (r->error != 0)
            break;
        ssize_t n = write(
            r->fd, r->buffer.data + done, next_chunk(r, r->buffer.len - done));
        if (n < 0)
            code = errno;
        if (n > 0)
            done += (size_t)n;
        if (n == 0)
            code = EIO;
        if (code == EAGAIN)
            code = wait_writable(r);
        if (code != 0 && code != EINTR)
            fail(r, code);
    }
    str_clear(&r->buffer);
}

int report_flush(struct report *r)
{
    write_out(r);
    return r->error;
}

struct report *report_new(const struct report_def *def, int fd, bool own,
    bool live, void (*failed)(void *ctx, const struct err *e), void *ctx)
{
    struct report *r = xcalloc(1, sizeof *r);
    int code;

    r->def = def;
    r->fd = fd;
    r->own = own;
    r->live = live;
    r->failed = failed;
    r->ctx = ctx;
    r->lang = "en";
    if (def->state_size > 0)
        r->state = xcalloc(1, def->state_size);
    code = def->begin != NULL ? def->begin(r) : 0;
    if (code < 0)
        fail(r, -code);
    return r;
}

void report_set_output(struct report *r, int fd, bool own)
{
    r->fd = fd;
    r->own = own;
}

void report_abandon(struct report *r)
{
    str_clear(&r->buffer);
    r->error = -ECANCELED;
}

void report_refuse(struct report *r, const struct err *e)
{
    if (r->error != 0)
        return;
    report_abandon(r);
    r->refused = true;
    if (r->failed != NULL)
        r->failed(r->ctx, e);
}

bool report_refused(const struct report *r)
{
    return r->refused;
}

void report_free(struct report *r)
{
    if (r == NULL)
        return;
    write_out(r);
    /* Some file systems tell of a failed write only here (close(2)). */
    if (r->own && r->fd >= 0 && close(r->fd) < 0 && errno != EINTR)
        fail(r, errno);
    if (r->def->state_done != NULL)
        r->def->state_done(r->state);
    free(r->state);
    str_done(&r->buffer);
    free(r);
}

void report_set_payload(struct report *r, bool payload)
{
    r->payload = payload;
}

void report_set_interrupted(struct report *r, bool (*interrupted)(void))
{
    r->interrupted = interrupted;
}

void report_set_lang(struct report *r, const char *lang)
{
    r->lang = lang;
}

const char *report_lang(const struct report *r)
{
    return r->lang;
}

void report_set_warned(
    struct report *r, void (*warned)(void *ctx, const char *what), void *ctx)
{
    r->warned = warned;
    r->warned_ctx = ctx;
}

void report_warn(struct report *r, const char *fmt, ...)
{
    struct str what = {0};
    va_list args;

    if (r->warned == NULL)
        return;
    va_start(args, fmt);
    str_addv(&what, fmt, args);
    va_end(args);
    r->warned(r->warned_ctx, str_text(&what));
    str_done(&what);
}

bool report_payload(const struct report *r)
{
    return r->payload;
}

void *report_state(struct report *r)
{
    return r->state;
}

void report_run_begin(struct report *r, size_t scripts)
{
    if (r->def->run_begin != NULL)
        r->def->run_begin(r, scripts);
}

void report_script_begin(struct report *r, const char *name, const char *title)
{
    if (r->def->script_begin != NULL)
        r->def->script_begin(r, name, title);
}

void report_event(void *report, const struct event *e)
{
    struct report *r = report;

    if (r->def->event != NULL)
        r->def->event(r, e);
    if (r->live || r->buffer.len >= BUFFER_BYTES)
        write_out(r);
}

void report_script_end(
    struct report *r, const char *name, enum end_result result, const char *why)
{
    if (r->def->script_end != NULL)
        r->def->script_end(r, name, result, why);
    write_out(r);
}

void report_run_end(struct report *r)
{
    if (r->def->run_end != NULL)
        r->def->run_end(r);
    write_out(r);
}

void report_write(struct report *r, const char *data, size_t len)
{
    if (r->error == 0)
        str_addn(&r->buffer, data, len);
}

void report_printf(struct report *r, const char *fmt, ...)
{
    va_list args;

    if (r->error != 0)
        return;
    va_start(args, fmt);
    str_addv(&r->buffer, fmt, args);
    va_end(args);
}

const char *report_expectation(const char *text)
{
    static const char word[] = "expect ";

    if (strncmp(text, word, sizeof word - 1) != 0)
        return text;
    text += sizeof word - 1;
    return text + strspn(text, " \t");
}
