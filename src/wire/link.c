/* The link: reads packets from either descriptor, leads each past the faults
 * (faults.def), and writes it to the other one, at once or when it is due. A
 * packet that only passes is written from the read buffer: no copy. */
#include "sockstage/wire/link.h"

#include "link_internal.h"
#include "link_port.h"
#include "link_timer.h"
#include "link_watch.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX 65536U /* one more than an IPv4 packet can have */
#define READ_BATCH 64     /* of one side, so that the other gets its turn */

/* One host's descriptor, and what waits to be written to it. */
struct end {
    struct link *link;
    enum host host;
    struct link_port port;
    uint32_t watched; /* EPOLLIN | EPOLLOUT as the watch knows it */
    bool failed;      /* nothing is read or written any more */
    bool has_eof;     /* reading 0 bytes means that the other side is closed */
    struct packet_queue delayed; /* in the order of entering */
    struct packet_queue blocked; /* due, but the descriptor is full */
};

struct link {
    uv_loop_t *loop;
    struct end ends[HOST_COUNT];
    struct link_timer timer;
    struct link_watch watch;
    struct link_events events;
    void *ctx;
    struct flow_table *flows;
    void *fault_state[FAULT_COUNT];
    uint64_t last_id;
    uint64_t dropped;
    unsigned depth; /* callbacks and pumps under way */
    int handles;    /* libuv still has */
    void (*closed)(void *ctx);
    void *closed_ctx;
    uint8_t buffer[PACKET_MAX];
};

static const struct fault *const faults[FAULT_COUNT] = {
#define FAULT(id, name) [FAULT_##id] = &fault_##name,
#include "faults.def"
#undef FAULT
};

static struct end *end_towards(struct link *l, const struct segment *s)
{
    return &l->ends[host_other(s->from)];
}

static void end_fail(struct end *end, int code, const char *what)
{
    struct link *l = end->link;
    struct err e;

    if (end->failed)
        return;
    end->failed = true;
    end->watched = 0;
    link_watch_set(&l->watch, end->host, end->port.fd, 0);
    err_sys(&e, code, _("cannot %s host %s by descriptor %d"), what,
        host_name(end->host), end->port.fd);
    err_hint(&e, _("the wire carries nothing to or from it any more"));
    l->depth++;
    l->events.failed(l->ctx, &e);
    l->depth--;
}

/* Tells the watch what this end waits for now. */
static void end_watch(struct end *end)
{
    uint32_t wanted = EPOLLIN | (end->blocked.len > 0 ? EPOLLOUT : 0U);

    if (end->failed || wanted == end->watched)
        return;
    end->watched = wanted;
    link_watch_set(&end->link->watch, end->host, end->port.fd, wanted);
}

void *link_fault_state(const struct link *l, enum fault_id id)
{
    return l->fault_state[id];
}

const struct flow_table *link_flows(const struct link *l)
{
    return l->flows;
}

void link_report(struct link *l, const struct segment *s, enum verdict v)
{
    if (v == VERDICT_DROPPED)
        l->dropped++;
    l->depth++;
    l->events.verdict(l->ctx, s, v);
    l->depth--;
}

bool link_fits(
    const struct link *l, const struct pattern *p, const struct segment *s)
{
    if (!p)
        return true;
    if (!pattern_matches(p, s))
        return false;
    return p->process[0] == '\0' ||
           (l->events.of_socket &&
               l->events.of_socket(l->ctx, s, p->process, p->socket));
}

enum sent { SENT, SENT_NOT, SENT_LATER };

/* A host that is down (EIO), short of memory, or that refuses this very packet
 * loses it, as a network card would; any other error ends the descriptor. */
static bool is_loss(int code)
{
    return code == EIO || code == ENOBUFS || code == ENOMEM || code == EINVAL ||
           code == EMSGSIZE || code == ENETDOWN;
}

static enum sent end_write(struct end *end, const uint8_t *packet, size_t len)
{
    ssize_t n;

    if (end->failed)
        return SENT_NOT;
    do
        n = link_port_write(&end->port, packet, len);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return SENT;
    if (errno == EAGAIN)
        return SENT_LATER;
    if (!is_loss(errno))
        end_fail(end, errno, _("write to"));
    return SENT_NOT;
}

static void settle_fate(
    struct link *l, const struct segment *s, bool is_corrupted, enum sent sent)
{
    if (sent != SENT) {
        link_report(l, s, VERDICT_DROPPED);
        return;
    }
    /* What no host takes teaches it nothing. */
    if (!is_corrupted)
        flow_delivered(l->flows, s);
    link_report(l, s, VERDICT_DELIVERED);
}

static void settle_copy(struct link *l, const struct packet *p)
{
    if (!l->events.copied)
        return;
    l->depth++;
    l->events.copied(l->ctx, &p->segment);
    l->depth--;
}

static void block(struct end *end, struct packet *p)
{
    packet_queue_push(&end->blocked, p);
    end_watch(end);
}

/* The packet is written, or lost: says so, and goes on to its copy. */
static void finish(struct link *l, struct packet *p, enum sent sent)
{
    if (!p->is_copy)
        settle_fate(l, &p->segment, p->is_corrupted, sent);
    else if (sent == SENT)
        settle_copy(l, p);
    if (sent != SENT || p->copies == 0) {
        free(p);
        return;
    }
    p->copies--;
    p->is_copy = true;
    link_carry(l, p);
}

/* Before the first attempt to write it, so that it happens once. */
static void apply_marks(struct link *l, struct packet *p)
{
    unsigned marks = p->marks;

    p->marks = 0;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (marks & 1U << i)
            faults[i]->leave(l, l->fault_state[i], p);
}

void link_carry(struct link *l, struct packet *p)
{
    struct end *end = end_towards(l, &p->segment);
    enum sent sent = SENT_LATER;

    if (p->marks)
        apply_marks(l, p);
    if (end->blocked.len == 0)
        sent = end_write(end, p->bytes, p->len);
    if (sent == SENT_LATER)
        block(end, p);
    else
        finish(l, p, sent);
}

/* The segment has passed all faults. */
static void pass(struct link *l, const struct crossing *c)
{
    struct end *end = end_towards(l, &c->segment);
    struct packet_queue *delayed = &end->delayed;
    /* Behind one that is still under way, even if it is due earlier. */
    bool waits = delayed->len > 0 || c->due_ns > c->segment.t_ns;
    enum sent sent = SENT_LATER;

    if (!waits && !c->marks && end->blocked.len == 0)
        sent = end_write(end, c->packet, c->len);
    if (sent != SENT_LATER) {
        settle_fate(l, &c->segment, false, sent);
        return;
    }
    struct packet *p = packet_new(&c->segment, c->packet, c->len);
    p->due_ns = c->due_ns;
    p->marks = c->marks;
    if (waits)
        packet_queue_push(delayed, p);
    else
        link_carry(l, p);
}

static bool is_folded(struct link *l, const struct segment *repeat)
{
    struct segment original;

    for (size_t i = 0; i < FAULT_COUNT; i++) {
        if (!faults[i]->fold ||
            !faults[i]->fold(l, l->fault_state[i], repeat, &original))
            continue;
        link_report(l, &original, VERDICT_COALESCED);
        return true;
    }
    return false;
}

/* From here on it is a segment: with an id, reported, and past the faults. */
static void admit(struct link *l, struct crossing *c)
{
    c->segment.id = ++l->last_id;
    flow_sent(l->flows, &c->segment);
    l->depth++;
    l->events.entered(l->ctx, &c->segment, c->packet, c->len);
    l->depth--;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (faults[i]->enter &&
            faults[i]->enter(l, l->fault_state[i], c) == FAULT_CONSUMED)
            return;
    pass(l, c);
}

/* What is not IP no host would take: it is not a segment and ends here. */
static void enter(
    struct link *l, enum host from, const uint8_t *packet, size_t len)
{
    struct crossing c = {.packet = packet, .len = len};

    if (!segment_decode(packet, len, &c.segment))
        return;
    c.segment.from = from;
    c.segment.t_ns = clock_now_ns();
    c.due_ns = c.segment.t_ns;
    flow_classify(l->flows, &c.segment);
    if (c.segment.retransmission && is_folded(l, &c.segment))
        return;
    admit(l, &c);
}

void link_answer(
    struct link *l, const struct segment *to, const uint8_t *packet, size_t len)
{
    struct crossing c = {.packet = packet, .len = len};

    segment_decode(packet, len, &c.segment);
    c.segment.from = host_other(to->from);
    c.segment.from_router = true;
    c.segment.t_ns = clock_now_ns();
    c.due_ns = c.segment.t_ns;
    flow_classify(l->flows, &c.segment);
    admit(l, &c);
}

static bool end_read(struct end *end)
{
    struct link *l = end->link;
    bool moved = false;

    for (int i = 0; i < READ_BATCH && !end->failed; i++) {
        size_t len;
        ssize_t n =
            link_port_read(&end->port, l->buffer, sizeof l->buffer, &len);
        if (n > 0) {
            enter(l, end->host, l->buffer, len);
            moved = true;
        } else if (n == 0) {
            if (!end->has_eof)
                continue;
            end_fail(end, EPIPE, _("read from"));
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            end_fail(end, errno, _("read from"));
        }
    }
    return moved;
}

/* Writes what waited for room at a descriptor. */
static bool end_flush(struct end *end)
{
    bool moved = false;

    while (end->blocked.len > 0) {
        struct packet *p = packet_queue_at(&end->blocked, 0);
        enum sent sent = end_write(end, p->bytes, p->len);
        if (sent == SENT_LATER)
            break;
        packet_queue_take(&end->blocked, 0);
        finish(end->link, p, sent);
        moved = true;
    }
    end_watch(end);
    return moved;
}

/* The end whose first delayed packet is due first; NULL if none is delayed. */
static struct end *next_due(struct link *l)
{
    struct end *first = NULL;

    for (size_t i = 0; i < HOST_COUNT; i++) {
        struct end *end = &l->ends[i];
        if (end->delayed.len > 0 &&
            (!first || packet_queue_at(&end->delayed, 0)->due_ns <
                           packet_queue_at(&first->delayed, 0)->due_ns))
            first = end;
    }
    return first;
}

static bool carry_due(struct link *l)
{
    struct end *end = next_due(l);
    uint64_t now_ns = end ? clock_now_ns() : 0;
    bool moved = false;

    while (end && packet_queue_at(&end->delayed, 0)->due_ns <= now_ns) {
        link_carry(l, packet_queue_take(&end->delayed, 0));
        moved = true;
        end = next_due(l);
    }
    return moved;
}

static void on_due(void *ctx)
{
    link_pump(ctx);
}

static void arm_timer(struct link *l)
{
    struct end *end = next_due(l);

    link_timer_set(
        &l->timer, end ? packet_queue_at(&end->delayed, 0)->due_ns : 0);
}

bool link_pump(struct link *l)
{
    bool moved;

    /* From a callback: whoever called it goes on where it is. */
    if (l->depth > 0)
        return false;
    l->depth++;
    moved = carry_due(l);
    for (size_t i = 0; i < HOST_COUNT; i++) {
        moved = end_flush(&l->ends[i]) || moved;
        moved = end_read(&l->ends[i]) || moved;
    }
    arm_timer(l);
    if (moved && l->events.pumped)
        l->events.pumped(l->ctx);
    l->depth--;
    return moved;
}

bool link_order(struct link *l, const struct wire_order *o)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        if (!faults[i]->order || !faults[i]->order(l, l->fault_state[i], o))
            continue;
        arm_timer(l); /* it may have sent something */
        return true;
    }
    return false;
}

static void on_ready(void *ctx, unsigned failed)
{
    struct link *l = ctx;

    link_pump(l);
    /* Reading tells the error, unless somebody else took it away. */
    for (size_t i = 0; i < HOST_COUNT; i++)
        if (failed & 1U << i)
            end_fail(&l->ends[i], EIO, _("wait for"));
}

static void on_refused(void *ctx, enum host host, int code)
{
    struct link *l = ctx;

    end_fail(&l->ends[host], code, _("wait for"));
}

size_t link_delayed(const struct link *l)
{
    size_t count = 0;

    for (size_t i = 0; i < HOST_COUNT; i++)
        count += l->ends[i].delayed.len + l->ends[i].blocked.len;
    return count;
}

uint64_t link_dropped(const struct link *l)
{
    return l->dropped;
}

/* Message sockets with a connection say by 0 bytes that it has ended; for a
 * device or a datagram socket that is a packet of no bytes. */
static bool reads_eof(int fd)
{
    int type = 0;
    socklen_t len = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
           (type == SOCK_SEQPACKET || type == SOCK_STREAM);
}

static int end_open(
    struct link *l, enum host host, const struct link_port *port, struct err *e)
{
    struct end *end = &l->ends[host];
    int rc = link_watch_test(&l->watch, port->fd);

    if (rc < 0)
        return err_sys(e, -rc, _("cannot wait for host %s by descriptor %d"),
            host_name(host), port->fd);
    end->link = l;
    end->host = host;
    end->port = *port;
    end->has_eof = reads_eof(port->fd);
    end_watch(end);
    return 0;
}

static void handle_closed(void *link)
{
    struct link *l = link;
    void (*closed)(void *ctx) = l->closed;
    void *ctx = l->closed_ctx;

    if (--l->handles > 0)
        return;
    free(l);
    if (closed)
        closed(ctx);
}

int link_open(uv_loop_t *loop, const struct link_port *client,
    const struct link_port *server, const struct link_events *events, void *ctx,
    struct link **out, struct err *e)
{
    static const struct link_watch_events watch_events = {
        .ready = on_ready, .refused = on_refused, .closed = handle_closed};
    struct link *l = xcalloc(1, sizeof *l);
    int rc = link_timer_open(&l->timer, loop, on_due, l, e);

    if (rc < 0) {
        free(l);
        return rc;
    }
    l->handles++;
    l->loop = loop;
    l->events = *events;
    l->ctx = ctx;
    l->flows = flow_table_new();
    for (size_t i = 0; i < FAULT_COUNT; i++)
        l->fault_state[i] = faults[i]->start();
    rc = link_watch_open(&l->watch, loop, &watch_events, l, e);
    if (rc == 0) {
        l->handles++;
        rc = end_open(l, HOST_CLIENT, client, e);
    }
    if (rc == 0)
        rc = end_open(l, HOST_SERVER, server, e);
    if (rc < 0) {
        link_close(l, NULL, NULL);
        return rc;
    }
    *out = l;
    return 0;
}

void link_close(struct link *l, void (*closed)(void *ctx), void *ctx)
{
    l->closed = closed;
    l->closed_ctx = ctx;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        faults[i]->stop(l->fault_state[i]);
    flow_table_free(l->flows);
    for (size_t i = 0; i < HOST_COUNT; i++) {
        packet_queue_done(&l->ends[i].delayed);
        packet_queue_done(&l->ends[i].blocked);
    }
    if (l->handles > 1) /* it was opened */
        link_watch_close(&l->watch);
    link_timer_close(&l->timer, handle_closed);
}
