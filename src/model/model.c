/* The model: begins empty, takes one event at a time. What each kind changes
 * is in process.c, sock.c, traffic.c, lesson.c and host.c. */
#include "sockstage/model/model.h"

#include "model_int.h"

#include <stdio.h>

void model_copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text != NULL ? text : "");
}

static void begin(struct model *m)
{
    m->status = (struct wire_status){.coalesce = true};
}

static void forget_notes(struct model *m)
{
    for (size_t i = 0; i < m->note_count; i++) {
        free(m->notes[i].text);
        m->notes[i] = (struct model_note){0};
    }
    m->note_count = 0;
}

/* A `stage` event is the beginning of another stage: nothing of an earlier
 * one is left. */
void model_clear(struct model *m)
{
    process_clear(m);
    sock_clear(m);
    change_clear(m);
    recent_clear(m);
    traffic_clear(m);
    lesson_clear(m);
    forget_notes(m);
    *m = (struct model){0};
    begin(m);
}

struct model *model_new(void)
{
    struct model *m = xcalloc(1, sizeof *m);

    begin(m);
    return m;
}

void model_free(struct model *m)
{
    if (m == NULL)
        return;
    model_clear(m);
    free(m);
}

/* The note to overwrite: that of the same language, a fresh one, or the
 * oldest. */
static struct model_note *note_for(struct model *m, const char *lang)
{
    struct model_note *oldest = &m->notes[0];

    for (size_t i = 0; i < m->note_count; i++) {
        if (strncmp(m->notes[i].lang, lang, sizeof m->notes[i].lang - 1) == 0)
            return &m->notes[i];
        if (m->notes[i].t_ns < oldest->t_ns)
            oldest = &m->notes[i];
    }
    if (m->note_count < MODEL_NOTES_MAX)
        return &m->notes[m->note_count++];
    return oldest;
}

static bool has_note(const struct model *m, const char *lang)
{
    for (size_t i = 0; i < m->note_count; i++)
        if (strncmp(m->notes[i].lang, lang, sizeof m->notes[i].lang - 1) == 0)
            return true;
    return false;
}

/* One narration is a note in each language, right behind each other; a new one
 * leaves nothing of the last, in whatever language that was. */
static void apply_note(struct model *m, const struct event *e)
{
    const char *lang = e->u.note.lang != NULL ? e->u.note.lang : "";
    if (m->note_over || has_note(m, lang))
        forget_notes(m);
    m->note_over = false;
    struct model_note *note = note_for(m, lang);

    free(note->text);
    note->text = xstrdup(e->u.note.text != NULL ? e->u.note.text : "");
    model_copy_text(note->lang, sizeof note->lang, lang);
    note->t_ns = e->t_ns;
}

void model_apply(struct model *m, const struct event *e)
{
    if (e->kind == EVENT_STAGE)
        model_clear(m);
    m->now_ns = e->t_ns;
    lesson_apply(m, e);
    m->note_over |= e->kind == EVENT_CALL || e->kind == EVENT_EXPECT ||
                    e->kind == EVENT_LINE;
    switch (e->kind) {
    case EVENT_STAGE:
        host_apply(m, &e->u.stage);
        break;
    case EVENT_CALL:
        call_apply(m, e);
        break;
    case EVENT_BLOCKED:
        call_apply_blocked(m, &e->u.blocked);
        break;
    case EVENT_RETURN:
        call_apply_return(m, &e->u.ret);
        break;
    case EVENT_SEGMENT:
        traffic_apply_segment(m, &e->u.segment);
        break;
    case EVENT_VERDICT:
        traffic_apply_verdict(m, e);
        break;
    case EVENT_SOCKET:
        sock_apply(m, e);
        break;
    case EVENT_PROCESS:
        process_apply(m, &e->u.process);
        break;
    case EVENT_NOTE:
        apply_note(m, e);
        break;
    case EVENT_LINE:
        m->status = e->u.line.wire;
        break;
    case EVENT_OUTPUT:
    case EVENT_EXPECT:
    case EVENT_END:
    case EVENT_KINDS:
        break;
    }
}

uint64_t model_now_ns(const struct model *m)
{
    return m->now_ns;
}

const struct wire_status *model_wire_status(const struct model *m)
{
    return &m->status;
}

const struct model_note *model_note(const struct model *m, const char *lang)
{
    const struct model_note *latest = NULL;

    for (size_t i = 0; i < m->note_count; i++) {
        const struct model_note *note = &m->notes[i];
        if (strcmp(note->lang, lang) == 0)
            return note;
        if (latest == NULL || note->t_ns >= latest->t_ns)
            latest = note;
    }
    return latest;
}
