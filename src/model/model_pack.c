/* The packed model, part after part. What is referred to comes before what
 * refers to it: processes before calls, sockets before names. */
#include "model_pack.h"

#include "model_int.h"

/* Tells it from anything else at once. */
#define MAGIC UINT64_C(0x4c444f4d)

static void code_status(struct coder *c, struct wire_status *s)
{
    code_flag(c, &s->holding);
    code_flag(c, &s->coalesce);
    code_flag(c, &s->cut);
    CODE(c, s->rate);
    CODE(c, s->mtu);
    CODE(c, s->seed);
    CODE(c, s->delay_ns);
    CODE(c, s->jitter_ns);
    CODE(c, s->loss_ppm);
}

static void code_head(struct coder *c, struct model *m)
{
    coder_begin(c);
    CODE(c, m->now_ns);
    CODE(c, m->order);
    CODE(c, m->dropped);
    CODE(c, m->last_delivered);
    code_flag(c, &m->run_open);
    code_flag(c, &m->note_over);
    CODE(c, m->asked);
    m->vote = (uint8_t)code_choice(c, m->vote, MODEL_OPTIONS_MAX + 1);
    code_flag(c, &m->judged);
    code_flag(c, &m->told);
    for (size_t i = 0; i < MODEL_PARTS; i++)
        code_flag(c, &m->hidden[i]);
    code_array_text(c, m->wire, sizeof m->wire);
    code_status(c, &m->status);
    for (size_t h = 0; h < HOST_COUNT; h++)
        code_count(c, &m->address_count[h], ARRAY_LEN(m->addresses[h]));
    coder_end(c);
    coder_begin(c);
    CODE(c, m->addresses);
    coder_end(c);
}

static void code_notes(struct coder *c, struct model *m)
{
    m->note_count = code_list(c, m->note_count, MODEL_NOTES_MAX);
    for (size_t i = 0; i < m->note_count; i++) {
        struct model_note *note = &m->notes[i];
        code_text(c, &note->text);
        coder_begin(c);
        code_array_text(c, note->lang, sizeof note->lang);
        CODE(c, note->t_ns);
        coder_end(c);
    }
}

static void code_lesson(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->lesson.len, MODEL_LESSON_MAX);

    for (size_t i = 0; i < count && !c->bad; i++) {
        struct lesson_text fresh = {0};
        if (c->reading)
            vec_push(&m->lesson, fresh);
        struct lesson_text *t = &m->lesson.items[i];
        code_text(c, &t->text);
        c->bad |= t->text == NULL;
        coder_begin(c);
        t->kind = code_choice(c, t->kind, LESSON_TRY + 1);
        code_array_text(c, t->lang, sizeof t->lang);
        code_flag(c, &t->right);
        coder_end(c);
    }
}

static void code_model(struct coder *c, struct model *m)
{
    uint64_t magic = MAGIC;

    code_number(c, &magic);
    c->bad |= magic != MAGIC;
    code_head(c, m);
    code_notes(c, m);
    code_lesson(c, m);
    process_code(c, m);
    sock_code(c, m);
    change_code(c, m);
    recent_code(c, m);
    traffic_code(c, m);
}

void model_pack(const struct model *m, struct str *out)
{
    struct coder c;

    coder_write(&c, out);
    /* One function serves both ways; writing changes nothing. */
    code_model(&c, (struct model *)(uintptr_t)m);
}

bool model_unpack(const void *bytes, size_t len, struct model *m)
{
    struct coder c;

    model_clear(m);
    coder_read(&c, bytes, len);
    code_model(&c, m);
    if (coder_is_done(&c))
        return true;
    model_clear(m);
    return false;
}
