/* The window's scale is agreed on in the SYNs (RFC 7323, section 2.2), and
 * stays when a socket is gone that the kernel could be asked about. */
#include "window_scale.h"

#include <netinet/in.h>

#define SCALE_MAX 14 /* RFC 7323, section 2.3 */

/* What the two SYNs say, and from which segment on. */
struct syns {
    const struct segment *own, *other;
    size_t from;
};

/* Both must offer it, so that the answer to one alone tells nothing. The
 * latest SYN of each way up to `index` counts. */
static struct syns find_syns(
    const struct model *m, const struct segment *g, size_t index)
{
    struct syns found = {0};

    for (size_t i = index; i-- > 0 && !(found.own && found.other);) {
        const struct segment *k = &model_segment_at(m, i)->seg;
        if (k->proto != IPPROTO_TCP || !(k->flags & SEGMENT_SYN))
            continue;
        bool own = addr_equal(&k->src, &g->src) && addr_equal(&k->dst, &g->dst);
        bool other =
            addr_equal(&k->src, &g->dst) && addr_equal(&k->dst, &g->src);
        if (!found.own && own)
            found.own = k;
        else if (!found.other && other)
            found.other = k;
        else
            continue;
        if (found.from == 0)
            found.from = i + 1;
    }
    if (!found.own || !found.other)
        found.from = 0;
    return found;
}

static bool is_synchronised(const struct model_sock *s)
{
    switch (s->state) {
    case TCP_STATE_ESTABLISHED:
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_FIN_WAIT_2:
    case TCP_STATE_CLOSE_WAIT:
    case TCP_STATE_LAST_ACK:
    case TCP_STATE_CLOSING:
        return s->peer.family != 0 && s->info.snd_mss != 0;
    default:
        return false;
    }
}

/* What the kernel says that it uses for the windows that it sends
 * (tcpi_rcv_wscale). One that no process holds it tells nothing about. */
static bool ask_kernel(
    const struct model *m, const struct segment *g, uint8_t *scale)
{
    const struct model_sock *s = model_segment_connection(m, g, g->from);

    if (!s || !is_synchronised(s) || s->owner_count == 0)
        return false;
    *scale = s->info.wscale >> 4;
    return true;
}

static bool from_syns(const struct syns *syns, uint8_t *scale)
{
    if (!syns->own || !syns->other)
        return false;
    *scale = 0;
    if (syns->own->options.has_wscale && syns->other->options.has_wscale)
        *scale = syns->own->options.wscale < SCALE_MAX
                     ? syns->own->options.wscale
                     : SCALE_MAX;
    return true;
}

bool window_scale(
    const struct model *m, const struct model_segment *s, uint8_t *scale)
{
    struct window_scales none = {.next = 0};

    return window_scale_of(&none, m, s, scale);
}

bool window_scale_of(struct window_scales *w, const struct model *m,
    const struct model_segment *s, uint8_t *scale)
{
    const struct segment *g = &s->seg;
    size_t index = model_segment_index(m, g->id);

    *scale = 0;
    if (g->flags & SEGMENT_SYN)
        return true;
    for (size_t i = 0; i < WINDOW_SCALES_MAX; i++) {
        const struct window_scale_found *f = &w->found[i];
        if (f->from <= index && index < f->to && addr_equal(&f->src, &g->src) &&
            addr_equal(&f->dst, &g->dst)) {
            *scale = f->scale;
            return f->known;
        }
    }
    struct window_scale_found *f = &w->found[w->next++ % WINDOW_SCALES_MAX];
    struct syns syns = find_syns(m, g, index);
    *f = (struct window_scale_found){
        .src = g->src, .dst = g->dst, .from = syns.from, .to = index + 1};
    f->known = from_syns(&syns, &f->scale) || ask_kernel(m, g, &f->scale);
    *scale = f->scale;
    return f->known;
}
