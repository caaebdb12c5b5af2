/* The wire as part of the stage: every segment and every fate becomes an
 * event, and each is the moment to look at the socket it changed: when a
 * segment enters, at its sender; when it has been delivered, at its receiver,
 * before any other packet gets there. So no transition is missed. */
#include "seen.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <netinet/in.h>

static void look_at(struct stage *s, const struct segment *seg, enum host host)
{
    const struct addr *local = host == seg->from ? &seg->src : &seg->dst;
    const struct addr *peer = host == seg->from ? &seg->dst : &seg->src;

    if (seg->proto == IPPROTO_TCP && !seg->malformed)
        observe_flow(s, host, IPPROTO_TCP, local, peer,
            (seg->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) != 0);
}

static void on_entered(
    void *ctx, const struct segment *seg, const uint8_t *packet, size_t len)
{
    struct stage *s = ctx;
    struct event e = {.kind = EVENT_SEGMENT};

    e.u.segment.seg = *seg;
    e.u.segment.seg.t_ns = seg->t_ns - s->opened_ns;
    e.u.segment.packet = packet;
    e.u.segment.packet_len = len;
    stage_publish(s, &e);
    look_at(s, seg, seg->from);
}

static void on_verdict(void *ctx, const struct segment *seg, enum verdict v)
{
    struct stage *s = ctx;
    struct event e = {.kind = EVENT_VERDICT};

    e.u.verdict.segment = seg->id;
    e.u.verdict.action = v;
    stage_publish(s, &e);
    if (v == VERDICT_DELIVERED)
        look_at(s, seg, host_other(seg->from));
    else if (v == VERDICT_COALESCED)
        look_at(s, seg, seg->from); /* its timer has fired */
}

static void on_pumped(void *ctx)
{
    observe_postponed(ctx);
}

static bool on_of_socket(void *ctx, const struct segment *seg,
    const char *process, const char *socket)
{
    struct stage *s = ctx;
    const struct seen *k = seen_find(s, stage_socket_id(s, process, socket));

    return k && seen_is_flow(k, &seg->src, &seg->dst);
}

static void on_failed(void *ctx, const struct err *why)
{
    stage_publish_note(ctx, why->msg, "en");
}

int carry_open(struct stage *s, struct err *e)
{
    static const struct link_events events = {
        .entered = on_entered,
        .verdict = on_verdict,
        .pumped = on_pumped,
        .of_socket = on_of_socket,
        .failed = on_failed,
    };

    if (hosts_kind(s->hosts) != HOSTS_PRIVATE)
        return 0;
    return link_open(s->loop, hosts_wire_fd(s->hosts, HOST_CLIENT),
        hosts_wire_fd(s->hosts, HOST_SERVER), &events, s, &s->link, e);
}

struct wire_status carry_status(const struct stage *s)
{
    struct wire_status status = {.coalesce = true};

    if (!s->link)
        return status;
    status.holding = link_is_holding(s->link);
    status.coalesce = link_coalesces(s->link);
    status.delay_ns[HOST_CLIENT] = link_delay_ns(s->link, HOST_CLIENT);
    status.delay_ns[HOST_SERVER] = link_delay_ns(s->link, HOST_SERVER);
    return status;
}

static int needs_wire(const struct stage *s, struct err *e)
{
    if (s->link)
        return 0;
    return err_set(e, ENOTSUP,
        _("there is no wire to control with --wire=loopback: segments are not "
          "seen there and can't be held"));
}

int stage_wire_delay(
    struct stage *s, unsigned sides, uint64_t delay_ns, struct err *e)
{
    int r = needs_wire(s, e);

    if (r == 0)
        link_set_delay(s->link, sides, delay_ns);
    return r;
}

int stage_wire_hold(struct stage *s, struct err *e)
{
    int r = needs_wire(s, e);

    if (r == 0)
        link_hold(s->link);
    return r;
}

int stage_wire_release(struct stage *s, struct err *e)
{
    int r = needs_wire(s, e);

    if (r == 0)
        link_release(s->link);
    return r;
}

int stage_wire_coalesce(struct stage *s, bool on, struct err *e)
{
    int r = needs_wire(s, e);

    if (r == 0)
        link_set_coalesce(s->link, on);
    return r;
}

int stage_wire_drop(
    struct stage *s, uint32_t count, const struct pattern *p, struct err *e)
{
    int r = needs_wire(s, e);

    if (r == 0)
        link_drop_next(s->link, count, p);
    return r;
}

int stage_wire_deliver(struct stage *s, const struct pattern *p, struct err *e)
{
    int r = needs_wire(s, e);

    if (r < 0)
        return r;
    if (!link_is_holding(s->link))
        return err_set(e, EINVAL,
            _("the wire isn't holding, so there is nothing to deliver: write "
              "`wire hold` first"));
    if (!link_deliver_one(s->link, p))
        return err_set(e, ENOENT, _("no such segment is held"));
    return 0;
}

static int held_by_id(struct stage *s, uint64_t id,
    bool (*act)(struct link *l, uint64_t id), struct err *e)
{
    int r = needs_wire(s, e);

    if (r < 0)
        return r;
    if (!act(s->link, id))
        return err_set(e, ENOENT, _("that segment isn't held"));
    return 0;
}

int stage_wire_deliver_id(struct stage *s, uint64_t id, struct err *e)
{
    return held_by_id(s, id, link_deliver_id, e);
}

int stage_wire_drop_id(struct stage *s, uint64_t id, struct err *e)
{
    return held_by_id(s, id, link_drop_id, e);
}
