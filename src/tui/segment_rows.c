/* The values behind the rows of segment_rows.def. Each function adds to
 * `value`; what it adds to `meaning` replaces the row's own. */
#include "segment_rows.h"

#include "window_scale.h"

#include "fate.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

enum applies {
    APPLIES_ALL,
    APPLIES_TCP,
    APPLIES_UDP,
    APPLIES_ICMP,
    APPLIES_PORTS,
    APPLIES_OPTIONS,
};

static enum applies family_of(const struct segment *g)
{
    switch (g->proto) {
    case IPPROTO_TCP:
        return APPLIES_TCP;
    case IPPROTO_UDP:
        return APPLIES_UDP;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return APPLIES_ICMP;
    default:
        return APPLIES_ALL;
    }
}

static bool has_options(const struct segment *g)
{
    char text[SEGMENT_OPTIONS_TEXT_MAX];

    return segment_format_options(&g->options, text)[0] != '\0';
}

static bool is_for(enum applies a, const struct segment *g)
{
    enum applies own = family_of(g);

    if (a == APPLIES_OPTIONS)
        return own == APPLIES_TCP && has_options(g);
    if (a == APPLIES_PORTS)
        return g->src.port != 0 && (own == APPLIES_TCP || own == APPLIES_UDP);
    return a == APPLIES_ALL || a == own;
}

/* ---- ports and addresses --------------------------------------------------
 */

/* The socket at that end, as the processes call it. */
static void owner_at(
    const struct inspected *in, enum host host, struct str *out)
{
    const char *owner = model_segment_owner(in->m, &in->s->seg, host);

    str_add(out, owner ? owner : "");
}

static void src_port(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    str_addf(value, "%u", in->s->seg.src.port);
    owner_at(in, in->s->seg.from, meaning);
}

static void dst_port(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    str_addf(value, "%u", in->s->seg.dst.port);
    owner_at(in, host_other(in->s->seg.from), meaning);
}

static void ip_address(struct str *value, const struct addr *a)
{
    char text[ADDR_TEXT_MAX];

    str_add(value, addr_format_ip(a, text));
}

static void ip_version(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    bool is_six = in->s->seg.src.family == AF_INET6;

    str_add(value, is_six ? "6" : "4");
    str_add(meaning, is_six ? "IPv6, RFC 8200" : "IPv4, RFC 791");
}

static void ip_src(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    ip_address(value, &in->s->seg.src);
}

static void ip_dst(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    ip_address(value, &in->s->seg.dst);
}

static void ip_protocol(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    static const char *const names[] = {
        [APPLIES_ALL] = "",
        [APPLIES_TCP] = " TCP",
        [APPLIES_UDP] = " UDP",
        [APPLIES_ICMP] = " ICMP",
    };

    (void)meaning;
    str_addf(value, "%u%s%s", in->s->seg.proto, names[family_of(&in->s->seg)],
        in->s->seg.proto == IPPROTO_ICMPV6 ? "v6" : "");
}

static void ip_ttl(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    str_addf(value, "%u", in->s->seg.ttl);
}

static void ip_length(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    str_addf(value, "%" PRIu32, in->s->seg.packet_len);
}

static void ip_fragment(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    if (in->s->seg.fragment)
        str_add(value, _("yes"));
}

static void ip_malformed(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    if (in->s->seg.malformed)
        str_add(value, _("yes"));
}

/* ---- TCP ------------------------------------------------------------------
 */

static void number(
    const struct segment *g, uint32_t relative, uint32_t raw, struct str *value)
{
    if (g->has_relative)
        str_addf(value, _("%" PRIu32 " (raw %" PRIu32 ")"), relative, raw);
    else
        str_addf(value, _("raw %" PRIu32), raw);
}

static void seq(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    number(&in->s->seg, in->s->seg.seq, in->s->seg.seq_raw, value);
}

static void ack(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    if (in->s->seg.flags & SEGMENT_ACK)
        number(&in->s->seg, in->s->seg.ack, in->s->seg.ack_raw, value);
}

static void data_offset(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment *g = &in->s->seg;

    if (g->payload_offset <= g->transport_offset)
        return;
    uint32_t bytes = g->payload_offset - g->transport_offset;
    str_addf(value, _("%" PRIu32 " bytes"), bytes);
    if (bytes > 20)
        str_addf(meaning,
            _("data offset %" PRIu32 " words: 20 bytes, %" PRIu32
              " of options"),
            bytes / 4, bytes - 20);
}

static void flags(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    char text[SEGMENT_FLAGS_TEXT_MAX];

    (void)meaning;
    str_add(value, segment_format_flags(in->s->seg.flags, text));
    if (in->s->seg.flags == 0)
        str_add(value, _("none"));
}

/* RFC 7323, section 2.2: the window of a SYN is never scaled. */
static void window(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment *g = &in->s->seg;

    if (g->flags & SEGMENT_SYN) {
        str_addf(value, "%u", g->window);
        str_add(meaning, _("bytes of room; in a SYN it is never scaled"));
    } else if (in->knows_scale && in->scale == 0) {
        str_addf(value, "%u", g->window);
    } else if (in->knows_scale) {
        str_addf(value, "%u x %u = %" PRIu32, g->window, 1U << in->scale,
            (uint32_t)g->window << in->scale);
    } else {
        str_addf(value, "%u", g->window);
        str_add(meaning, _("room before scaling; the scale is not known, as "
                           "its SYN was not seen"));
    }
}

static void mss(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    if (in->s->seg.options.has_mss)
        str_addf(value, "%u", in->s->seg.options.mss);
}

static void sack_ok(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    if (in->s->seg.options.has_sack_ok)
        str_add(value, _("yes"));
}

static void timestamps(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment_options *o = &in->s->seg.options;

    (void)meaning;
    if (o->has_timestamps)
        str_addf(value, "%" PRIu32 ", %" PRIu32, o->ts_val, o->ts_ecr);
}

static void wscale(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment_options *o = &in->s->seg.options;

    (void)meaning;
    if (o->has_wscale && o->wscale < 32)
        str_addf(
            value, "%u (x %" PRIu32 ")", o->wscale, UINT32_C(1) << o->wscale);
}

/* SACK counts the peer's bytes, as the field ack does. */
static void sack(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment *g = &in->s->seg;
    uint32_t start = g->has_relative ? g->ack_raw - g->ack : 0;

    (void)meaning;
    for (size_t i = 0; i < g->options.sack_count && i < SEGMENT_SACK_MAX; i++)
        str_addf(value, "%s%" PRIu32 "-%" PRIu32, i ? ", " : "",
            g->options.sack[i].left - start,
            g->options.sack[i].right - start - 1);
}

static void options(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    char text[SEGMENT_OPTIONS_TEXT_MAX];

    (void)meaning;
    str_add(value, segment_format_options(&in->s->seg.options, text));
}

static void kind(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    enum segment_kind k = in->s->seg.kind;

    if (k == SEGMENT_KIND_NONE && in->s->seg.retransmission)
        k = SEGMENT_KIND_REPEAT;
    if (k == SEGMENT_KIND_NONE)
        return;
    str_add(value, segment_kind_name(k));
    str_add(meaning, _(fate_kind_meaning(k)));
}

/* ---- UDP and ICMP ---------------------------------------------------------
 */

static void udp_length(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    str_addf(value, "%" PRIu32, in->s->seg.len + 8);
}

static void icmp_type(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    static const struct {
        int family;
        uint8_t type, first, last;
        const char *text;
    } meanings[] = {
#define ICMP_MEANING(family, type, first, last, text)                          \
    {family, type, first, last, text},
#include "icmp_meanings.def"
#undef ICMP_MEANING
    };
    const struct segment *g = &in->s->seg;
    char text[SEGMENT_ICMP_TEXT_MAX];

    str_add(value, segment_format_icmp(g, text));
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (meanings[i].family == g->src.family &&
            meanings[i].type == g->icmp_type &&
            meanings[i].first <= g->icmp_code &&
            meanings[i].last >= g->icmp_code) {
            str_add(meaning, _(meanings[i].text));
            return;
        }
    }
}

static void icmp_quote(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment_quote *q = &in->s->seg.quoted;
    char src[ADDR_TEXT_MAX], dst[ADDR_TEXT_MAX];

    (void)meaning;
    if (q->src.family == 0)
        return;
    str_addf(value, "%s %s → %s",
        q->proto == IPPROTO_TCP   ? "TCP"
        : q->proto == IPPROTO_UDP ? "UDP"
                                  : "IP",
        addr_format(&q->src, src), addr_format(&q->dst, dst));
}

static void icmp_router(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    (void)meaning;
    if (in->s->seg.from_router)
        str_add(value, _("the wire"));
}

static void payload(
    const struct inspected *in, struct str *value, struct str *meaning)
{
    const struct segment *g = &in->s->seg;

    str_addf(value, _("%" PRIu32 " bytes"), g->len);
    if (g->len == 0)
        return;
    if (g->proto == IPPROTO_TCP && g->has_relative)
        str_addf(meaning, _("bytes %" PRIu32 " to %" PRIu32 " of the stream"),
            g->seq + ((g->flags & SEGMENT_SYN) != 0),
            g->seq + g->len - 1 + ((g->flags & SEGMENT_SYN) != 0));
    else if (g->proto == IPPROTO_UDP)
        str_add(meaning, _("one datagram: recvfrom() gives all of it or a "
                           "part, never more"));
    else
        str_add(meaning, _("bytes that it carries"));
}

/* ---- the lines ------------------------------------------------------------
 */

typedef void row_function(
    const struct inspected *in, struct str *value, struct str *meaning);

static const struct row {
    enum applies applies;
    enum segment_where where;
    uint8_t flag; /* of SEGMENT_FLAG, else 0 */
    const char *name;
    row_function *value; /* NULL: a heading or a flag */
    const char *meaning;
    const char *explain, *see;
} rows[] = {
#define SEGMENT_HEAD(applies, title)                                           \
    {APPLIES_##applies, SEGMENT_IN_PANEL, 0, title, NULL, NULL, "", ""},
#define SEGMENT_ROW(applies, where, name, function, meaning, explain, see)     \
    {APPLIES_##applies, SEGMENT_IN_##where, 0, name, function, meaning,        \
        explain, see},
#define SEGMENT_FLAG(flag, meaning, explain, see)                              \
    {APPLIES_TCP, SEGMENT_IN_PANEL, SEGMENT_##flag, #flag, NULL, meaning,      \
        explain, see},
#include "segment_rows.def"
#undef SEGMENT_HEAD
#undef SEGMENT_ROW
#undef SEGMENT_FLAG
};

static void line_of(const struct inspected *in, const struct row *row,
    void (*add)(void *ctx, const struct segment_line *line), void *ctx)
{
    struct segment_line line = {.name = row->flag ? "" : _(row->name),
        .is_heading = !row->value && !row->flag,
        .value = STR_INIT,
        .meaning = STR_INIT,
        .explain = row->explain,
        .see = row->see};

    if (row->flag && (in->s->seg.flags & row->flag))
        str_addf(&line.value, "%s", row->name);
    else if (row->value)
        row->value(in, &line.value, &line.meaning);
    line.is_own = line.meaning.len > 0;
    if (!line.is_own && row->meaning && row->meaning[0])
        str_add(&line.meaning, _(row->meaning));
    if (line.is_heading || line.value.len > 0)
        add(ctx, &line);
    str_done(&line.value);
    str_done(&line.meaning);
}

void segment_lines(const struct inspected *in, enum segment_where where,
    void (*add)(void *ctx, const struct segment_line *line), void *ctx)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((rows[i].where & where) && is_for(rows[i].applies, &in->s->seg))
            line_of(in, &rows[i], add, ctx);
    }
}

struct inspected inspected_make(
    const struct moment *m, const struct model_segment *s)
{
    struct inspected in = {.m = m->model, .s = s, .now_ns = m->now_ns};

    if (s->seg.proto == IPPROTO_TCP)
        in.knows_scale = window_scale(m->model, s, &in.scale);
    return in;
}
