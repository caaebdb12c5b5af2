/* Looks through a moment for what stands in a call's way: the newest segment
 * that got lost, the RST, the socket that has the address. */
#include "why_int.h"

#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The addresses that the socket's segments have. A refused one may have lost
 * its peer: then the call tells it. */
static bool is_for(const struct why *w, const struct segment *s)
{
    const struct model_sock *k = w->sock;
    const struct addr *peer;

    if (k == NULL)
        return false;
    peer = k->peer.family == 0 && w->has_target ? &w->target : &k->peer;
    return model_takes_segment(k->host, k->proto, &k->local, peer, s);
}

/* A bare ACK asks for no answer. */
static bool asks(const struct segment *s)
{
    return s->proto == IPPROTO_UDP || segment_seq_len(s) > 0;
}

static bool is_stuck(const struct model_segment *s)
{
    return s->has_verdict &&
           (s->verdict != VERDICT_DELIVERED || s->reason != MODEL_REASON_NONE);
}

static bool has_arrived(const struct model_segment *s)
{
    return s->has_verdict && s->verdict == VERDICT_DELIVERED &&
           s->reason == MODEL_REASON_NONE;
}

/* A later one shows that its bytes have got through: an ACK of them, or a
 * repeat that has arrived. Of datagrams there is neither: one that got through
 * later ends the wait for one that is lost. */
static bool shows_arrival(const struct why *w, const struct model_segment *s,
    const struct model_segment *later)
{
    const struct segment *old = &s->seg, *new = &later->seg;
    uint32_t end = old->seq_raw + segment_seq_len(old);
    bool same_way = new->from == old->from;

    if (old->proto == IPPROTO_UDP)
        return same_way && s->verdict != VERDICT_HELD && has_arrived(later);
    if (same_way)
        return has_arrived(later) &&
               seq_after_or_equal(old->seq_raw, new->seq_raw) &&
               seq_after_or_equal(new->seq_raw + segment_seq_len(new), end);
    return (new->flags &SEGMENT_ACK) &&
           (new->from == w->host || has_arrived(later)) &&
           seq_after_or_equal(new->ack_raw, end);
}

static bool got_through(const struct why *w, size_t i)
{
    const struct model_segment *s = w->m->segments.items[i];

    while (++i < w->m->segments.len) {
        const struct model_segment *later = w->m->segments.items[i];
        if (later->seg.proto == s->seg.proto && is_for(w, &later->seg) &&
            shows_arrival(w, s, later))
            return true;
    }
    return false;
}

/* One that the other end refused is its affair. */
static bool can_be_waited_for(
    const struct why *w, const struct model_segment *s)
{
    return s->seg.from == w->host || s->reason == MODEL_REASON_NONE;
}

const struct model_segment *why_stuck(const struct why *w, bool own)
{
    for (size_t i = w->m->segments.len; i-- > 0;) {
        const struct model_segment *s = w->m->segments.items[i];
        if (s->seg.t_ns < w->since_ns)
            break;
        if ((s->seg.from == w->host) == own && is_stuck(s) &&
            can_be_waited_for(w, s) && asks(&s->seg) && is_for(w, &s->seg) &&
            !got_through(w, i))
            return s;
    }
    return NULL;
}

static bool came_for(const struct why *w, const struct model_segment *s)
{
    return s->seg.from != w->host && s->has_verdict &&
           s->verdict == VERDICT_DELIVERED && is_for(w, &s->seg);
}

typedef bool is_wanted(const struct why *w, const struct segment *s);

/* The latest such segment that has come. */
static const struct model_segment *latest(
    const struct why *w, is_wanted *wanted)
{
    for (size_t i = w->m->segments.len; i-- > 0;) {
        const struct model_segment *s = w->m->segments.items[i];
        if (s->seg.t_ns < w->since_ns)
            break;
        if (wanted(w, &s->seg) && came_for(w, s))
            return s;
    }
    return NULL;
}

static bool is_reset(const struct why *w, const struct segment *s)
{
    (void)w;
    return s->proto == IPPROTO_TCP && (s->flags & SEGMENT_RST);
}

static bool is_acceptance(const struct why *w, const struct segment *s)
{
    (void)w;
    return s->proto == IPPROTO_TCP && (s->flags & SEGMENT_SYN) &&
           (s->flags & SEGMENT_ACK);
}

static bool raises_error(const struct why *w, const struct segment *s)
{
    static const struct {
        uint8_t proto, type, first, last;
        const char *error;
    } rows[] = {
#define ICMP_ERRNO(proto, type, first, last, error)                            \
    {proto, type, first, last, #error},
#include "icmp_errnos.def"
#undef ICMP_ERRNO
    };

    if (s->quoted.src.family == 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].proto == s->proto && rows[i].type == s->icmp_type &&
            rows[i].first <= s->icmp_code && s->icmp_code <= rows[i].last)
            return strcmp(rows[i].error, w->call->error) == 0;
    }
    return false;
}

const struct model_segment *why_reset(const struct why *w)
{
    return latest(w, is_reset);
}

bool why_was_accepted(const struct why *w)
{
    return latest(w, is_acceptance) != NULL;
}

const struct model_segment *why_icmp(const struct why *w)
{
    return w->call->error != NULL ? latest(w, raises_error) : NULL;
}

const struct model_segment *why_answered(
    const struct model *m, const struct model_segment *rst)
{
    size_t i = model_segment_index(m, rst->seg.id);

    while (i-- > 0) {
        const struct model_segment *s = m->segments.items[i];
        if ((s->reason == MODEL_REASON_NO_CONNECTION ||
                s->reason == MODEL_REASON_NOBODY ||
                s->reason == MODEL_REASON_ACCEPT_QUEUE) &&
            reason_is_reset_of(&rst->seg, &s->seg))
            return s;
    }
    return NULL;
}

/* ---- sockets --------------------------------------------------------------
 */

const struct model_sock *why_peer(const struct why *w)
{
    return w->sock != NULL ? model_sock_last_peer(w->m, w->sock) : NULL;
}

static bool overlaps(const struct addr *x, const struct addr *y, bool covering)
{
    struct addr a = addr_unmapped(x), b = addr_unmapped(y);

    if (a.port == 0 || a.port != b.port)
        return false;
    if (addr_is_any(&a) || (!covering && addr_is_any(&b)))
        return true;
    return addr_same_ip(&a, &b);
}

static int strength(const struct model_sock *s)
{
    switch (s->state) {
    case TCP_STATE_LISTEN:
        return 4;
    case TCP_STATE_CLOSED:
        return 3;
    case TCP_STATE_TIME_WAIT:
        return 1;
    default:
        return 2;
    }
}

const struct model_sock *why_holder(const struct why *w, enum host host,
    uint8_t proto, const struct addr *a, bool covering)
{
    const struct model_sock *best = NULL;

    for (size_t i = 0; i < w->m->socks.len; i++) {
        const struct model_sock *s = &w->m->socks.items[i]->pub;
        if (s == w->sock || s->host != host || s->proto != proto || s->gone ||
            !overlaps(&s->local, a, covering))
            continue;
        if (best == NULL || strength(s) > strength(best))
            best = s;
    }
    return best;
}

enum host why_host_of(const struct why *w, const struct addr *a)
{
    struct addr plain = addr_unmapped(a);

    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        for (size_t i = 0; i < w->m->address_count[h]; i++) {
            if (addr_same_ip(&w->m->addresses[h][i], &plain))
                return h;
        }
    }
    return HOST_COUNT;
}

/* ---- words ----------------------------------------------------------------
 */

static void add_fate(const struct model_segment *s, struct str *out)
{
    if (!s->has_verdict) {
        str_add(out, _("is on its way"));
        return;
    }
    switch (s->verdict) {
    case VERDICT_HELD:
        str_add(out, _("is held on the wire"));
        return;
    case VERDICT_DROPPED:
        str_add(out, _("was lost on the wire"));
        return;
    case VERDICT_ANSWERED:
        str_add(out, _("was turned back by a router"));
        return;
    default:
        str_add(out, _("arrived"));
        if (s->reason != MODEL_REASON_NONE)
            str_addf(out, ", %s", _(model_reason_words(s->reason, false)));
    }
}

void why_add_segment(const struct model_segment *s, struct str *out)
{
    char name[64];

    str_addf(out, _("%s (segment %" PRIu64 ") "),
        segment_format_name(&s->seg, name, sizeof name), s->seg.id);
    add_fate(s, out);
}

const char *why_sock_name(
    const struct model_sock *s, char out[2 * MODEL_NAME_MAX])
{
    const char *owner = s->owner_count > 0 ? s->owners[0] : s->former;

    if (owner[0] != '\0')
        snprintf(out, 2 * MODEL_NAME_MAX, "%s", owner);
    else
        snprintf(
            out, 2 * MODEL_NAME_MAX, _("the socket of port %u"), s->local.port);
    return out;
}
