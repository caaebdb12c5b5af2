/* Whether a parked call can still return without anybody doing anything: so
 * that a script that waits for nothing says so at once instead of hanging. */
#include "seen.h"

#include "sockstage/base/text.h"

#include <string.h>

/* Timers whose firing can end a waiting call. TIME_WAIT only ends what is over
 * anyway, and keep-alive is on only where a process asked for it. */
static bool timer_matters(const struct stage *s, const struct seen *k)
{
    switch (k->last.timer) {
    case SOCK_TIMER_RETRANSMIT:
    case SOCK_TIMER_PERSIST:
    case SOCK_TIMER_SYNACK:
    case SOCK_TIMER_KEEPALIVE:
        break;
    default:
        return false;
    }
    if (s->patience_changed || !s->link)
        return true;
    /* While a segment of its connection is held, what the timer sends is
     * only folded into it; and giving up is hours away. */
    return !link_holds_flow(s->link, &k->key.local, &k->key.peer);
}

static bool something_is_under_way(const struct stage *s)
{
    const struct seen *k;

    if (s->link && link_delayed(s->link) > 0)
        return true;
    for (k = s->seen; k; k = k->hh.next)
        if (k->last.has_timer && timer_matters(s, k))
            return true;
    return false;
}

static const struct segment *held_of(
    const struct stage *s, const struct seen *of)
{
    const struct segment *seg;

    if (!s->link)
        return NULL;
    for (size_t i = 0; (seg = link_held_at(s->link, i)) != NULL; i++)
        if (!of || seen_takes(of, seg))
            return seg;
    return NULL;
}

static void explain(
    const struct stage *s, const struct running *r, struct str *why)
{
    const struct seen *k = r->sock ? seen_find(s, r->sock->cookie) : NULL;
    const struct segment *seg = k ? held_of(s, k) : NULL;
    char name[64];

    if (seg) {
        segment_format_name(seg, name, sizeof name);
        str_addf(why, _("its %s is held: `wire deliver`"), name);
        return;
    }
    seg = held_of(s, NULL);
    if (seg) {
        segment_format_name(seg, name, sizeof name);
        str_addf(why,
            _("nothing for it is on the way, but a %s from the %s "
              "is held: `wire deliver`"),
            name, host_name(seg->from));
        return;
    }
    str_addf(why, "%s",
        strcmp(r->call.def->name, "accept") == 0
            ? _("no connection request is on the way")
            : _("nothing for it is on the way"));
}

bool stage_can_go_on(
    const struct stage *s, const char *process, struct str *why)
{
    const struct process *p = process_find(s, process);
    const struct running *r = p ? p->running : NULL;

    if (!r || r->working)
        return true;
    if (r->call.sock && r->call.sock->timeout_s > 0)
        return true;
    if (something_is_under_way(s))
        return true;
    if (why)
        explain(s, r, why);
    return false;
}
