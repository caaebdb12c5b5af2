/* Segments with their fates, those held, and runs, as bytes. Most of a full
 * model is this. */
#include "model_int.h"
#include "model_pack.h"

static void code_options(struct coder *c, struct segment_options *o)
{
    code_flag(c, &o->has_mss);
    code_flag(c, &o->has_wscale);
    code_flag(c, &o->has_sack_ok);
    code_flag(c, &o->has_timestamps);
    CODE(c, o->mss);
    CODE(c, o->wscale);
    CODE(c, o->sack_count);
    c->bad |= o->sack_count > SEGMENT_SACK_MAX;
    CODE(c, o->ts_val);
    CODE(c, o->ts_ecr);
    CODE(c, o->sack);
}

static void code_ends(struct coder *c, struct segment *s)
{
    s->from = code_choice(c, s->from, HOST_COUNT);
    CODE(c, s->proto);
    code_flag(c, &s->malformed);
    code_flag(c, &s->fragment);
    CODE(c, s->ttl);
    CODE(c, s->src);
    CODE(c, s->dst);
    code_flag(c, &s->from_router);
    CODE(c, s->icmp_type);
    CODE(c, s->icmp_code);
    CODE(c, s->quoted.proto);
    CODE(c, s->quoted.src);
    CODE(c, s->quoted.dst);
}

/* What differs from segment to segment comes first, together. */
static void code_seg(struct coder *c, struct segment *s)
{
    CODE(c, s->id);
    CODE(c, s->t_ns);
    CODE(c, s->seq_raw);
    CODE(c, s->seq);
    CODE(c, s->ack_raw);
    CODE(c, s->ack);
    CODE(c, s->packet_len);
    CODE(c, s->len);
    CODE(c, s->flags);
    code_flag(c, &s->has_relative);
    code_flag(c, &s->retransmission);
    code_flag(c, &s->probe);
    CODE(c, s->window);
    s->kind = code_choice(c, s->kind, SEGMENT_KINDS);
    CODE(c, s->flow);
    CODE(c, s->times);
    CODE(c, s->transport_offset);
    CODE(c, s->payload_offset);
    code_options(c, &s->options);
    code_ends(c, s);
}

static void code_fates(struct coder *c, struct model_segment *s)
{
    code_count(c, &s->fate_count, MODEL_FATES_MAX);
    for (size_t i = 0; i < MODEL_FATES_MAX; i++) {
        s->fates[i].verdict =
            code_choice(c, s->fates[i].verdict, VERDICT_ANSWERED + 1);
        CODE(c, s->fates[i].t_ns);
    }
}

static void code_segment(struct coder *c, struct model_segment *s)
{
    coder_begin(c);
    code_seg(c, &s->seg);
    code_flag(c, &s->has_verdict);
    s->verdict = code_choice(c, s->verdict, VERDICT_ANSWERED + 1);
    CODE(c, s->verdict_ns);
    CODE(c, s->copies);
    CODE(c, s->copied_ns);
    code_flag(c, &s->duplicated);
    code_flag(c, &s->corrupted);
    s->reason = code_choice(c, s->reason, MODEL_REASONS);
    code_fates(c, s);
    coder_end(c);
}

static void code_segments(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->segments.len, MODEL_SEGMENTS_MAX);

    for (size_t i = 0; i < count && !c->bad; i++) {
        if (c->reading)
            vec_push(&m->segments, xcalloc(1, sizeof(struct model_segment)));
        code_segment(c, m->segments.items[i]);
    }
    if (c->reading)
        traffic_find_syns(m);
}

static void code_held(struct coder *c, struct model *m)
{
    struct held *held = m->held;
    size_t count = code_list(c, HASH_COUNT(m->held), SIZE_MAX);

    for (size_t i = 0; i < count && !c->bad; i++) {
        if (c->reading)
            held = xcalloc(1, sizeof *held);
        code_number(c, &held->id);
        if (c->reading)
            HASH_ADD(hh, m->held, id, sizeof held->id, held);
        held = held->hh.next;
    }
}

static void code_run(struct coder *c, struct model_run *r)
{
    coder_begin(c);
    CODE(c, r->first);
    CODE(c, r->last);
    CODE(c, r->from_ns);
    CODE(c, r->to_ns);
    CODE(c, r->proto);
    code_flag(c, &r->several);
    CODE(c, r->client);
    CODE(c, r->server);
    CODE(c, r->count);
    CODE(c, r->bytes);
    CODE(c, r->lost);
    CODE(c, r->again);
    coder_end(c);
}

static void code_runs(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->runs.len, SIZE_MAX);

    for (size_t i = 0; i < count && !c->bad; i++) {
        struct model_run fresh = {0};
        if (c->reading)
            vec_push(&m->runs, fresh);
        code_run(c, &m->runs.items[i]);
    }
}

void traffic_code(struct coder *c, struct model *m)
{
    code_segments(c, m);
    code_held(c, m);
    code_runs(c, m);
}
