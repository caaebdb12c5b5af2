/* The link: reads packets from either descriptor, leads each past the faults
 * (faults.def), and writes it to the other one, at once or when it is due. A
 * packet that only passes is written from the read buffer: no copy. */
#include "sockstage/wire/link.h"

#include "link_internal.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX 65536U /* one more than an IPv4 packet can have */
#define READ_BATCH 64     /* of one side, so that the other gets its turn */

/* One host's descriptor, and what waits to be written to it. */
struct end {
    struct link *link;
    enum host host;
    int fd;
    uv_poll_t poll;
    bool has_poll; /* libuv knows it */
    int polled;    /* UV_READABLE | UV_WRITABLE as given to libuv */
    bool failed;   /* nothing is read or written any more */
    bool has_eof;  /* reading 0 bytes means that the other side is closed */
    struct packet_queue delayed; /* in the order of entering */
    struct packet_queue blocked; /* due, but the descriptor is full */
};

struct link {
    uv_loop_t *loop;
    struct end ends[HOST_COUNT];
    uv_timer_t timer;
    uint64_t timer_due_ns; /* 0: not running */
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

static void on_ready(uv_poll_t *poll, int status, int events);

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
    end->polled = 0;
    uv_poll_stop(&end->poll);
    err_sys(&e, code, _("cannot %s host %s by descriptor %d"), what,
        host_name(end->host), end->fd);
    err_hint(&e, _("the wire carries nothing to or from it any more"));
    l->depth++;
    l->events.failed(l->ctx, &e);
    l->depth--;
}

/* Asks libuv for what this end waits for now. */
static void end_poll(struct end *end)
{
    int wanted = UV_READABLE | (end->blocked.len > 0 ? UV_WRITABLE : 0);

    if (end->failed || wanted == end->polled)
        return;
    int rc = uv_poll_start(&end->poll, wanted, on_ready);
    if (rc < 0)
        end_fail(end, -rc, _("wait for"));
    else
        end->polled = wanted;
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
        n = write(end->fd, packet, len);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return SENT;
    if (errno == EAGAIN)
        return SENT_LATER;
    if (!is_loss(errno))
        end_fail(end, errno, _("write to"));
    return SENT_NOT;
}

static void settle_fate(struct link *l, const struct segment *s, enum sent sent)
{
    if (sent == SENT) {
        flow_delivered(l->flows, s);
        link_report(l, s, VERDICT_DELIVERED);
    } else {
        link_report(l, s, VERDICT_DROPPED);
    }
}

static void block(struct end *end, struct packet *p)
{
    packet_queue_push(&end->blocked, p);
    end_poll(end);
}

void link_carry(struct link *l, struct packet *p)
{
    struct end *end = end_towards(l, &p->segment);
    enum sent sent = SENT_LATER;

    if (end->blocked.len == 0)
        sent = end_write(end, p->bytes, p->len);
    if (sent == SENT_LATER) {
        block(end, p);
        return;
    }
    settle_fate(l, &p->segment, sent);
    free(p);
}

/* The segment has passed all faults. */
static void pass(struct link *l, const struct crossing *c)
{
    struct end *end = end_towards(l, &c->segment);
    struct packet_queue *delayed = &end->delayed;

    /* Behind one that is still under way, even if it is due earlier. */
    if (delayed->len > 0 || c->due_ns > c->segment.t_ns) {
        struct packet *p = packet_new(&c->segment, c->packet, c->len);
        p->due_ns = c->due_ns;
        packet_queue_push(delayed, p);
        return;
    }
    enum sent sent = SENT_LATER;
    if (end->blocked.len == 0)
        sent = end_write(end, c->packet, c->len);
    if (sent == SENT_LATER)
        block(end, packet_new(&c->segment, c->packet, c->len));
    else
        settle_fate(l, &c->segment, sent);
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
    c.segment.id = ++l->last_id;
    flow_sent(l->flows, &c.segment);
    l->depth++;
    l->events.entered(l->ctx, &c.segment, packet, len);
    l->depth--;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (faults[i]->enter &&
            faults[i]->enter(l, l->fault_state[i], &c) == FAULT_CONSUMED)
            return;
    pass(l, &c);
}

static bool end_read(struct end *end)
{
    struct link *l = end->link;
    bool moved = false;

    for (int i = 0; i < READ_BATCH && !end->failed; i++) {
        ssize_t n = read(end->fd, l->buffer, sizeof l->buffer);
        if (n > 0) {
            enter(l, end->host, l->buffer, (size_t)n);
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
        settle_fate(end->link, &p->segment, sent);
        free(p);
        moved = true;
    }
    end_poll(end);
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

static void on_timer(uv_timer_t *timer)
{
    struct link *l = timer->data;

    l->timer_due_ns = 0;
    link_pump(l);
}

/* libuv counts in milliseconds from a time cut to milliseconds, and epoll
 * sleeps whole ones: a timer set for `ms` fires up to 1 ms after it. So ask for
 * the millisecond in which the packet is due; if that comes too early, the
 * next one is less than 1 ms late. */
static void arm_timer(struct link *l)
{
    struct end *end = next_due(l);

    if (!end) {
        if (l->timer_due_ns != 0)
            uv_timer_stop(&l->timer);
        l->timer_due_ns = 0;
        return;
    }
    uint64_t due_ns = packet_queue_at(&end->delayed, 0)->due_ns;
    if (due_ns == l->timer_due_ns)
        return;
    uv_update_time(l->loop);
    uint64_t due_ms = due_ns / NS_PER_MS, now_ms = uv_now(l->loop);
    uv_timer_start(
        &l->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 1, 0);
    l->timer_due_ns = due_ns;
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

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct end *end = poll->data;

    (void)events;
    if (status < 0)
        end->polled = 0; /* libuv has stopped: EPOLLERR */
    link_pump(end->link);
    /* Reading tells the error, unless somebody else took it away. */
    if (status < 0)
        end_fail(end, -status, _("wait for"));
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

static int end_open(struct link *l, enum host host, int fd, struct err *e)
{
    struct end *end = &l->ends[host];

    end->link = l;
    end->host = host;
    end->fd = fd;
    end->has_eof = reads_eof(fd);
    end->poll.data = end;
    int rc = uv_poll_init(l->loop, &end->poll, fd);
    if (rc == 0) {
        l->handles++;
        end->has_poll = true;
        rc = uv_poll_start(&end->poll, UV_READABLE, on_ready);
    }
    if (rc < 0)
        return err_sys(e, -rc, _("cannot wait for host %s by descriptor %d"),
            host_name(host), fd);
    end->polled = UV_READABLE;
    return 0;
}

int link_open(uv_loop_t *loop, int client_fd, int server_fd,
    const struct link_events *events, void *ctx, struct link **out,
    struct err *e)
{
    struct link *l = xcalloc(1, sizeof *l);

    l->loop = loop;
    l->events = *events;
    l->ctx = ctx;
    l->flows = flow_table_new();
    for (size_t i = 0; i < FAULT_COUNT; i++)
        l->fault_state[i] = faults[i]->start();
    l->timer.data = l;
    uv_timer_init(loop, &l->timer);
    l->handles++;
    int rc = end_open(l, HOST_CLIENT, client_fd, e);
    if (rc == 0)
        rc = end_open(l, HOST_SERVER, server_fd, e);
    if (rc < 0) {
        link_close(l, NULL, NULL);
        return rc;
    }
    *out = l;
    return 0;
}

static void handle_closed(struct link *l)
{
    void (*closed)(void *ctx) = l->closed;
    void *ctx = l->closed_ctx;

    if (--l->handles > 0)
        return;
    free(l);
    if (closed)
        closed(ctx);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct end *end = handle->data;

    handle_closed(end->link);
}

static void on_timer_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

void link_close(struct link *l, void (*closed)(void *ctx), void *ctx)
{
    l->closed = closed;
    l->closed_ctx = ctx;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        faults[i]->stop(l->fault_state[i]);
    flow_table_free(l->flows);
    for (size_t i = 0; i < HOST_COUNT; i++) {
        struct end *end = &l->ends[i];
        packet_queue_done(&end->delayed);
        packet_queue_done(&end->blocked);
        if (end->has_poll)
            uv_close((uv_handle_t *)&end->poll, on_poll_closed);
    }
    uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}
