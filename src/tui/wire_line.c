/* From a segment to the pattern that chooses it among the held ones. */
#include "wire_line.h"

#include "sockstage/wire/pattern.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static enum pattern_class class_of(const struct segment *s)
{
    for (enum pattern_class c = PATTERN_SYN; c <= PATTERN_ICMP; c++) {
        struct pattern p = {.class = c};
        if (pattern_matches(&p, s))
            return c;
    }
    return PATTERN_ANY;
}

/* The socket whose connection it belongs to; the client's, where both ends
 * have a name. */
static const char *owner_of(const struct model *m, const struct segment *s)
{
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *sock = model_sock_at(m, i);
        bool out = sock->host == s->from;
        struct addr local = addr_unmapped(&sock->local);
        struct addr peer = addr_unmapped(&sock->peer);
        if (sock->owner_count > 0 &&
            addr_equal(&local, out ? &s->src : &s->dst) &&
            addr_equal(&peer, out ? &s->dst : &s->src))
            return sock->owners[0];
    }
    return NULL;
}

static bool same_flow(const struct segment *a, const struct segment *b)
{
    return (addr_equal(&a->src, &b->src) && addr_equal(&a->dst, &b->dst)) ||
           (addr_equal(&a->src, &b->dst) && addr_equal(&a->dst, &b->src));
}

static uint64_t first_fitting(
    const struct model *m, const struct pattern *p, const struct segment *seg)
{
    for (size_t i = 0; i < model_segment_count(m); i++) {
        const struct model_segment *s = model_segment_at(m, i);
        if (s->has_verdict && s->verdict == VERDICT_HELD &&
            pattern_matches(p, &s->seg) &&
            (p->process[0] == '\0' || same_flow(&s->seg, seg)))
            return s->seg.id;
    }
    return 0;
}

bool wire_line(
    const struct model *m, uint64_t id, const char *verb, struct str *out)
{
    const struct model_segment *s = model_segment(m, id);
    char text[PATTERN_TEXT_MAX];

    if (!s)
        return false;
    struct pattern p = {
        .from_set = true, .from = s->seg.from, .class = class_of(&s->seg)};
    const char *owner = owner_of(m, &s->seg);
    size_t process = owner ? strcspn(owner, ".") : 0;
    if (owner && owner[process] == '.') {
        snprintf(p.process, sizeof p.process, "%.*s", (int)process, owner);
        snprintf(p.socket, sizeof p.socket, "%s", owner + process + 1);
    }
    if (first_fitting(m, &p, &s->seg) != id && s->seg.has_relative) {
        p.seq_set = true;
        p.seq = s->seg.seq;
    }
    if (first_fitting(m, &p, &s->seg) != id && s->seg.len > 0) {
        p.len_set = true;
        p.len = s->seg.len;
    }
    if (first_fitting(m, &p, &s->seg) != id)
        return false;
    str_addf(out, "%s %s", verb, pattern_format(&p, text));
    return true;
}
