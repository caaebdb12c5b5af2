/* The window's scale is agreed on in the SYNs (RFC 7323, section 2.2), and
 * stays when a socket is gone that the kernel could be asked about. */
#include "window_scale.h"

#include <netinet/in.h>

#define SCALE_MAX 14 /* RFC 7323, section 2.3 */

/* What the two SYNs say, and for the segments of which ids. */
struct syns {
    const struct segment *own, *other;
    uint64_t from, to;
};

/* The latest SYN of each way before `g` counts, until the next one. */
static struct syns find_syns(const struct model *m, const struct segment *g)
{
    struct syns found = {.to = UINT64_MAX};

    for (size_t i = model_syn_count(m);
         i-- > 0 && !(found.own && found.other);) {
        const struct segment *k = &model_syn_at(m, i)->seg;
        bool own = addr_equal(&k->src, &g->src) && addr_equal(&k->dst, &g->dst);
        bool other =
            addr_equal(&k->src, &g->dst) && addr_equal(&k->dst, &g->src);
        if (k->id > g->id) {
            if (own || other)
                found.to = k->id;
            continue;
        }
        if (!found.own && own)
            found.own = k;
        else if (!found.other && other)
            found.other = k;
        else
            continue;
        if (found.from == 0)
            found.from = k->id;
    }
    if (!found.own || !found.other)
        found.from = 0;
    return found;
}

/* What the kernel says that it uses for the windows that it sends
 * (tcpi_rcv_wscale). One that no process holds it tells nothing about: so none
 * in TIME_WAIT. */
static bool ask_kernel(
    const struct model *m, const struct segment *g, uint8_t *scale)
{
    const struct model_sock *s = model_segment_connection(m, g, g->from);

    if (!s || s->owner_count == 0 || !state_is_synchronised(s->state) ||
        s->peer.family == 0 || s->info.snd_mss == 0)
        return false;
    *scale = s->info.wscale >> 4;
    return true;
}

static uint8_t offered(const struct segment *syn)
{
    uint8_t scale = syn->options.wscale;

    return scale < SCALE_MAX ? scale : SCALE_MAX;
}

/* Both must offer it, so that the answer to one alone tells nothing. */
static struct window_scale_found look_for(
    const struct model *m, const struct segment *g)
{
    struct syns syns = find_syns(m, g);
    struct window_scale_found f = {
        .src = g->src, .dst = g->dst, .from = syns.from, .to = syns.to};

    if (!syns.own || !syns.other)
        return f;
    f.own.asked = f.own.known = f.other.asked = f.other.known = true;
    if (syns.own->options.has_wscale && syns.other->options.has_wscale) {
        f.own.scale = offered(syns.own);
        f.other.scale = offered(syns.other);
    }
    return f;
}

bool window_scale(
    const struct model *m, const struct model_segment *s, uint8_t *scale)
{
    struct window_scales none = {.next = 0};

    return window_scale_of(&none, m, s, scale);
}

/* What was found for the sender of `g`; NULL: nothing was looked for. */
static struct window_scale_way *find_way(
    struct window_scales *w, const struct segment *g)
{
    size_t n = w->next < WINDOW_SCALES_MAX ? w->next : WINDOW_SCALES_MAX;

    for (size_t i = 0; i < n; i++) {
        struct window_scale_found *f = &w->found[i];
        if (g->id < f->from || g->id >= f->to)
            continue;
        if (addr_equal(&f->src, &g->src) && addr_equal(&f->dst, &g->dst))
            return &f->own;
        if (addr_equal(&f->src, &g->dst) && addr_equal(&f->dst, &g->src))
            return &f->other;
    }
    return NULL;
}

bool window_scale_of(struct window_scales *w, const struct model *m,
    const struct model_segment *s, uint8_t *scale)
{
    const struct segment *g = &s->seg;

    *scale = 0;
    if (g->flags & SEGMENT_SYN)
        return true;
    struct window_scale_way *way = find_way(w, g);
    if (!way) {
        struct window_scale_found *f = &w->found[w->next++ % WINDOW_SCALES_MAX];
        *f = look_for(m, g);
        way = &f->own;
    }
    if (!way->asked) {
        way->asked = true;
        way->known = ask_kernel(m, g, &way->scale);
    }
    *scale = way->scale;
    return way->known;
}
