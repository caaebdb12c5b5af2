/* From verdicts and reasons to what the eye shall see. */
#include "fate.h"

#include "sockstage/base/text.h"

#include <stddef.h>

static const struct fate_row rows[] = {
#define FATE(id, style, reach, up, down, word, brief, help, explain, see)      \
    [FATE_##id] = {THEME_##style, REACH_##reach, up, down, word, brief, help,  \
        explain, see},
#include "fates.def"
#undef FATE
};

static const struct {
    const char *word, *brief, *meaning;
} kinds[SEGMENT_KINDS] = {
#define KIND(id, word, brief, meaning, explain, see)                           \
    [SEGMENT_KIND_##id] = {word, brief, meaning},
#include "kinds.def"
#undef KIND
};

const struct fate_row *fate_row(enum fate f)
{
    return &rows[f];
}

static enum fate arrived(const struct model_segment *s)
{
    if (s->reason == MODEL_REASON_CHECKSUM)
        return FATE_CORRUPT;
    if (s->reason != MODEL_REASON_NONE)
        return FATE_REFUSED;
    return s->duplicated ? FATE_TWICE : FATE_ARRIVED;
}

enum fate fate_of(const struct model *m, const struct model_segment *s)
{
    if (!s->has_verdict)
        return model_wire_status(m)->delay_ns[s->seg.from] >= TRAVEL_MIN_NS
                   ? FATE_TRAVELS
                   : FATE_UNDER_WAY;
    switch (s->verdict) {
    case VERDICT_HELD:
        return FATE_HELD;
    case VERDICT_DROPPED:
        return FATE_LOST;
    case VERDICT_ANSWERED:
        return FATE_ANSWERED;
    default:
        return arrived(s);
    }
}

const char *fate_word(enum fate f, const struct model_segment *s, bool brief)
{
    const char *word = brief ? rows[f].brief : rows[f].word;

    if (!word)
        word = model_reason_words(s->reason, brief);
    return word[0] ? _(word) : "";
}

int fate_permille(
    const struct model *m, const struct model_segment *s, uint64_t now_ns)
{
    uint64_t delay_ns = model_wire_status(m)->delay_ns[s->seg.from];
    uint64_t gone_ns = now_ns > s->seg.t_ns ? now_ns - s->seg.t_ns : 0;

    if (gone_ns >= delay_ns)
        return 1000;
    return (int)((double)gone_ns * 1000 / (double)delay_ns);
}

const char *fate_kind(const struct segment *s, bool brief)
{
    const char *word = brief ? kinds[s->kind].brief : kinds[s->kind].word;

    if (s->kind == SEGMENT_KIND_NONE && s->retransmission)
        word = brief ? kinds[SEGMENT_KIND_REPEAT].brief
                     : kinds[SEGMENT_KIND_REPEAT].word;
    return word[0] ? _(word) : "";
}

const char *fate_kind_meaning(enum segment_kind kind)
{
    return kinds[kind].meaning;
}
