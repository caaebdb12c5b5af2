/* Any bytes as a recording, in feeds of random sizes: every event that comes
 * out makes the same line again, a model takes it, and so does every export.
 * The first four bytes choose the sizes. */
#include "sockstage/model/event_json.h"
#include "sockstage/model/model.h"
#include "sockstage/model/recording.h"
#include "sockstage/report/report.h"

#include <stdlib.h>
#include <string.h>

#define ROOM        2000 /* less than some packets need */
#define EXPORTS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

struct run {
    struct model *model;
    struct event_room *room;
    struct str line, again;
    struct report *exports[EXPORTS_MAX];
    size_t export_count;
    bool has_begun, is_over; /* the first stage */
};

/* What was read is what is written: nothing is lost on the second way. */
static void write_again(struct run *r, const struct event *e)
{
    enum event_read got;
    struct event back;
    size_t column;
    char what[256];

    str_clear(&r->line);
    str_clear(&r->again);
    event_to_json(e, true, &r->line);
    got = event_from_json(str_text(&r->line), r->line.len - 1, r->room, &back,
        &column, what, sizeof what);
    require(got == EVENT_READ);
    event_to_json(&back, true, &r->again);
    require(r->line.len == r->again.len &&
            memcmp(r->line.data, r->again.data, r->line.len) == 0);
}

/* What a screen asks. */
static void look(const struct model *m)
{
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        require(model_sock(m, s->id) == s);
        model_sock_peer(m, s);
        model_accept_queue_at(m, s, 0);
        model_syn_queue_at(m, s, 0);
        for (size_t n = 0; field_at(n); n++)
            if (field_at(n)->applies(s))
                field_at(n)->get(s);
    }
    for (size_t i = 0; i < model_segment_count(m); i++) {
        const struct model_segment *s = model_segment_at(m, i);
        const struct model_run *run = model_run(m, s->seg.id);
        char name[64];
        require(model_segment(m, s->seg.id) == s);
        require(!run || (run->first <= s->seg.id && run->last >= s->seg.id &&
                            run->count[0] + run->count[1] > MODEL_RUN_MIN));
        model_segment_owner(m, &s->seg, s->seg.from);
        segment_format_name(&s->seg, name, sizeof name);
    }
    for (size_t i = 0; i < model_call_count(m); i++)
        require(model_call(m, model_call_at(m, i)->id) == model_call_at(m, i));
    model_sock_owned(m, "c1", "s");
    model_note(m, "en");
    model_lesson(m, "en");
    model_listed(m, HOST_CLIENT, TCP_STATE_NONE);
}

/* What an export makes of a segment whose packet was not kept. */
static void rebuild(const struct event_segment *e)
{
    const struct segment_parts what = {&e->seg, &e->rest};
    uint8_t *out = malloc(ROOM);

    require(out != NULL);
    require(segment_rebuild(&what, &what, out, ROOM) <= SEGMENT_PACKET_MAX);
    free(out);
}

/* The first stage in every form that there is, and thrown away. */
static void exports_open(struct run *r)
{
    const struct report_def *def;

    for (size_t i = 0; (def = report_at(i)) != NULL; i++) {
        struct report *report;
        if (!def->of_export || r->export_count == EXPORTS_MAX)
            continue;
        report = report_new(def, -1, false, false, NULL, NULL);
        report_script_begin(report, NULL, "1");
        r->exports[r->export_count++] = report;
    }
}

static void exports_hear(struct run *r, const struct event *e)
{
    r->is_over |= e->kind == EVENT_STAGE && r->has_begun;
    r->has_begun = true;
    for (size_t i = 0; i < r->export_count && !r->is_over; i++) {
        report_event(r->exports[i], e);
        if (e->kind == EVENT_END)
            report_script_end(r->exports[i], "1", e->u.end.result, NULL);
    }
    r->is_over |= e->kind == EVENT_END;
}

static void exports_close(struct run *r)
{
    for (size_t i = 0; i < r->export_count; i++) {
        report_run_end(r->exports[i]);
        report_free(r->exports[i]);
    }
}

static void hear(void *ctx, struct event *e)
{
    struct run *r = ctx;

    if (e->kind == EVENT_SEGMENT)
        rebuild(&e->u.segment);
    write_again(r, e);
    exports_hear(r, e);
    model_apply(r->model, e);
    look(r->model);
}

static void feed(struct recording *recording, const uint8_t *data, size_t size,
    uint32_t seed)
{
    struct recording_error error;
    bool cut_off;

    while (size > 0) {
        size_t part = seed % 64 + 1;
        /* On the heap, of exactly that size. */
        char *copy = malloc(part < size ? part : size);
        bool ok;
        require(copy != NULL);
        part = part < size ? part : size;
        memcpy(copy, data, part);
        ok = recording_feed(recording, copy, part, &error);
        free(copy);
        if (!ok) {
            require(error.line > 0 && error.column > 0 && error.what[0]);
            return;
        }
        seed = seed * 1664525 + 1013904223;
        seed ^= seed >> 15;
        data += part;
        size -= part;
    }
    recording_end(recording, &cut_off, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run r = {.line = STR_INIT, .again = STR_INIT};
    struct recording *recording;
    uint32_t seed = 0;

    if (size < sizeof seed)
        return 0;
    memcpy(&seed, data, sizeof seed);
    r.model = model_new();
    r.room = event_room_new();
    exports_open(&r);
    recording = recording_new(hear, &r);
    feed(recording, data + sizeof seed, size - sizeof seed, seed);
    recording_free(recording);
    exports_close(&r);
    event_room_free(r.room);
    model_free(r.model);
    str_done(&r.line);
    str_done(&r.again);
    return 0;
}
