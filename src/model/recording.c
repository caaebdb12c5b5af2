/* Bytes into lines into events. A line that is whole within what was fed is
 * read in place; only one across two feeds is put together first. */
#include "sockstage/model/recording.h"

#include "json_scan.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/model/event_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recording {
    void (*heard)(void *ctx, struct event *e);
    void *ctx;
    struct event_room *room;
    struct event event;
    struct str begun; /* a line without its end yet */
    uint64_t lines;   /* ended so far */
    size_t mark;      /* bytes of the byte order mark read so far */
    bool begins;      /* what stands behind it has begun */
    bool has_event;
    bool failed;
    struct recording_error error;
};

struct recording *recording_new(
    void (*heard)(void *ctx, struct event *e), void *ctx)
{
    struct recording *r = xcalloc(1, sizeof *r);

    r->heard = heard;
    r->ctx = ctx;
    r->room = event_room_new();
    return r;
}

void recording_free(struct recording *r)
{
    if (r == NULL)
        return;
    event_room_free(r->room);
    str_done(&r->begun);
    free(r);
}

static bool fail(struct recording *r, size_t column, const char *what)
{
    r->failed = true;
    r->error.line = r->lines + 1;
    r->error.column = column;
    if (r->has_event)
        snprintf(r->error.what, sizeof r->error.what, "%s", what);
    else
        snprintf(r->error.what, sizeof r->error.what,
            _("this is no recording: %s"), what);
    return false;
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    }
    return true;
}

/* Without a stage there is no time, no host and no wire. */
static bool begins_with_stage(struct recording *r, enum event_read got)
{
    if (r->has_event || (got == EVENT_READ && r->event.kind == EVENT_STAGE))
        return true;
    return fail(r, 1, _("its first line must be a `stage` event"));
}

static bool take_line(struct recording *r, const char *line, size_t len)
{
    char what[sizeof r->error.what];
    enum event_read got;
    size_t column;

    if (len > RECORDING_LINE_MAX)
        return fail(r, RECORDING_LINE_MAX + 1, _("the line is too long"));
    if (!is_blank(line, len)) {
        got = event_from_json(
            line, len, r->room, &r->event, &column, what, sizeof what);
        if (got == EVENT_REFUSED)
            return fail(r, column, what);
        if (!begins_with_stage(r, got))
            return false;
        r->has_event = true;
        if (got == EVENT_READ)
            r->heard(r->ctx, &r->event);
    }
    r->lines++;
    return true;
}

/* The end of a line that began in an earlier feed. */
static bool end_begun(struct recording *r, const char *rest, size_t len)
{
    bool ok;

    if (r->begun.len == 0)
        return take_line(r, rest, len);
    str_addn(&r->begun, rest, len);
    ok = take_line(r, str_text(&r->begun), r->begun.len);
    str_clear(&r->begun);
    return ok;
}

static bool take_bytes(struct recording *r, const char *bytes, size_t len)
{
    while (len > 0) {
        const char *newline = memchr(bytes, '\n', len);
        size_t part = newline != NULL ? (size_t)(newline - bytes) : len;
        if (r->begun.len + part > RECORDING_LINE_MAX)
            return fail(r, RECORDING_LINE_MAX + 1, _("the line is too long"));
        if (newline == NULL) {
            str_addn(&r->begun, bytes, part);
            return true;
        }
        if (!end_begun(r, bytes, part))
            return false;
        bytes += part + 1;
        len -= part + 1;
    }
    return true;
}

/* The byte order mark that some editors put in front says nothing. */
static void skip_mark(struct recording *r, const char **bytes, size_t *len)
{
    static const char mark[] = "\xef\xbb\xbf";

    while (!r->begins && *len > 0) {
        r->begins = r->mark == sizeof mark - 1 || **bytes != mark[r->mark];
        if (r->begins)
            break;
        r->mark++;
        ++*bytes;
        --*len;
    }
    if (r->begins && r->mark > 0 && r->mark < sizeof mark - 1)
        str_addn(&r->begun, mark, r->mark); /* it was none */
    if (r->begins)
        r->mark = 0;
}

bool recording_feed(struct recording *r, const char *bytes, size_t len,
    struct recording_error *error)
{
    skip_mark(r, &bytes, &len);
    if (!r->failed)
        take_bytes(r, bytes, len);
    if (r->failed)
        *error = r->error;
    return !r->failed;
}

/* Whether a line is the beginning of a JSON text that goes on. */
static bool is_cut_off(const struct str *line)
{
    struct json_value value;
    struct json_scan s;

    json_scan_init(&s, str_text(line), line->len);
    return !is_blank(str_text(line), line->len) &&
           !json_scan_value(&s, &value) && s.cut;
}

static void take_rest(struct recording *r, bool *cut_off)
{
    *cut_off = is_cut_off(&r->begun);
    if (!*cut_off)
        end_begun(r, "", 0);
    str_clear(&r->begun);
}

bool recording_end(
    struct recording *r, bool *cut_off, struct recording_error *error)
{
    bool cut = false;

    if (!r->failed && r->begun.len > 0)
        take_rest(r, &cut);
    if (!r->failed && !r->has_event)
        fail(r, 1, _("there is no event in it"));
    if (cut_off != NULL)
        *cut_off = cut;
    if (r->failed)
        *error = r->error;
    return !r->failed;
}
