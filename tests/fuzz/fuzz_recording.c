/* Any bytes as a recording, in feeds of random sizes: every event that comes
 * out makes the same line again, and a model takes it. The first four bytes
 * choose the sizes. */
#include "sockstage/model/event_json.h"
#include "sockstage/model/model.h"
#include "sockstage/model/recording.h"

#include <stdlib.h>
#include <string.h>

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

static void hear(void *ctx, struct event *e)
{
    struct run *r = ctx;

    write_again(r, e);
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
    recording = recording_new(hear, &r);
    feed(recording, data + sizeof seed, size - sizeof seed, seed);
    recording_free(recording);
    event_room_free(r.room);
    model_free(r.model);
    str_done(&r.line);
    str_done(&r.again);
    return 0;
}
