/* A segment: what it is there for, what became of it, and why. */
#include "explain.h"

#include "fate.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>

static const char *tcp_role(const struct segment *g)
{
    bool syn = (g->flags & SEGMENT_SYN) != 0;

    if (g->flags & SEGMENT_RST)
        return "RST";
    if (syn)
        return g->flags & SEGMENT_ACK ? "SYN_ACK" : "SYN";
    if (g->flags & SEGMENT_FIN)
        return g->len > 0 ? "FIN_DATA" : "FIN";
    if (g->len > 0)
        return "DATA";
    return g->probe ? "PROBE" : "ACK";
}

static const char *role(const struct segment *g)
{
    switch (g->proto) {
    case IPPROTO_TCP:
        return tcp_role(g);
    case IPPROTO_UDP:
        return "UDP";
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return "ICMP";
    default:
        return "OTHER";
    }
}

/* In the order of the enums: the rows of the tables by their names. */
static const char *const kind_names[] = {
#define SEGMENT_KIND(id, name) #id,
#include "sockstage/wire/segment_kinds.def"
#undef SEGMENT_KIND
};
static const char *const fate_names[] = {
#define FATE(id, style, reach, up, down, word, brief, help, explain, see) #id,
#include "fates.def"
#undef FATE
};

static void add_numbers(const struct segment *g, struct explanation *e)
{
    char flags[SEGMENT_FLAGS_TEXT_MAX];

    if (g->proto == IPPROTO_UDP)
        explain_addf(e, THEME_WORDS, _("Here: %" PRIu32 " bytes."), g->len);
    if (g->proto != IPPROTO_TCP || !g->has_relative)
        return;
    segment_format_flags(g->flags, flags);
    if (g->len > 0)
        explain_addf(e, THEME_WORDS,
            _("Here: %s, bytes %" PRIu32 " to %" PRIu32 " of its direction."),
            flags, g->seq, g->seq + g->len - 1);
    else if (g->flags & SEGMENT_ACK)
        explain_addf(e, THEME_WORDS,
            _("Here: %s, number %" PRIu32 ", acknowledges all before %" PRIu32
              "."),
            flags, g->seq, g->ack);
    else
        explain_addf(
            e, THEME_WORDS, _("Here: %s, number %" PRIu32 "."), flags, g->seq);
}

static void add_fate(const struct moment *m, const struct model_segment *s,
    struct explanation *e)
{
    enum fate fate = fate_of(m->model, s);
    struct str text = STR_INIT;

    if (s->reason != MODEL_REASON_NONE) {
        str_addf(&text, "%s. %s", _(model_reason_words(s->reason, false)),
            _(model_reason_explain(s->reason)));
        explain_add(e, THEME_SEG_LOST, str_text(&text));
        explain_see(e, model_reason_see(s->reason));
    } else {
        struct explain_row row;
        explain_row_find(EXPLAIN_FATE, fate_names[fate], &row);
        explain_add(e, fate_row(fate)->style, _(row.text));
        explain_see(e, row.see);
    }
    str_done(&text);
    if (s->copies > 0)
        explain_addf(e, THEME_WORDS,
            _("Its sender has repeated it since, x%" PRIu32
              "; the copies are folded into this one."),
            s->copies);
}

void explain_segment(const struct moment *m, const struct model_segment *s,
    struct explanation *e)
{
    enum segment_kind kind = s->seg.kind;
    char name[64], owner[WORDS_MAX];

    if (kind == SEGMENT_KIND_NONE && s->seg.retransmission)
        kind = SEGMENT_KIND_REPEAT;
    words_segment_owner(m->model, &s->seg, owner);
    str_addf(&e->title, "%s %s  %s → %s",
        segment_format_name(&s->seg, name, sizeof name), owner,
        host_name(s->seg.from), host_name(host_other(s->seg.from)));
    explain_row(e, EXPLAIN_ROLE, role(&s->seg));
    explain_row(e, EXPLAIN_KIND, kind_names[kind]);
    add_numbers(&s->seg, e);
    add_fate(m, s, e);
}
