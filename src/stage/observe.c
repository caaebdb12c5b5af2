/* What the kernel says of every socket, read when it can have changed: after
 * each call, when a segment enters (its sender) and when one was delivered
 * (its receiver), and when a kernel timer fires. One socket is asked alone, by
 * its descriptor or by its addresses; nothing is touched.
 *
 * A descriptor knows no timer and no TIME_WAIT, sock_diag(7) knows no fresh
 * socket: what both say of one cookie is put together here. */
#include "seen.h"

#include "sockstage/base/clock.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* ---- reading one ------------------------------------------------------- */

struct wanted {
    uint64_t cookie;
    struct addr peer;
};

static void take_peer(const struct sock_sample *each, void *ctx)
{
    struct wanted *w = ctx;

    if (each->cookie == w->cookie)
        w->peer = each->peer;
}

/* The address that a connect() under way was given, if the kernel confirms
 * that the socket is on its way there. */
static bool confirm_peer(
    struct stage *s, const struct seen *k, struct sock_sample *now)
{
    for (size_t i = 0; i < k->holders.len; i++) {
        const struct proc_sock *ps = k->holders.items[i];
        const struct running *r = ps->owner->running;
        struct sock_sample entry;
        struct addr peer;

        if (!r || r->sock != ps || r->call.peer_len == 0)
            continue;
        peer = addr_from_sockaddr(&r->call.peer);
        if (diag_query(hosts_diag(s->hosts, k->host), now->proto, &now->local,
                &peer, &entry, NULL) == 0 &&
            entry.cookie == k->cookie) {
            now->peer = entry.peer;
            return true;
        }
    }
    return false;
}

/* In SYN_SENT getpeername(2) fails, though the kernel knows the peer. */
static void complete_peer(
    struct stage *s, const struct seen *k, struct sock_sample *now)
{
    struct wanted w = {.cookie = k->cookie};

    if (now->peer.family != 0 || now->proto != IPPROTO_TCP)
        return;
    if (now->state == TCP_STATE_CLOSED ||
        (k->last.state == now->state && k->last.peer.family != 0)) {
        now->peer = k->last.peer;
        if (now->state == TCP_STATE_CLOSED && k->last.peer.family != 0)
            now->local = k->last.local;
        return;
    }
    if (now->state != TCP_STATE_SYN_SENT || confirm_peer(s, k, now))
        return;
    /* A connect() that has returned already: non-blocking. */
    diag_dump(hosts_diag(s->hosts, k->host), now->proto,
        1U << TCP_STATE_SYN_SENT, take_peer, &w, NULL);
    now->peer = w.peer;
}

static void take_memory(const struct sock_sample *each, void *ctx)
{
    struct sock_sample *now = ctx;

    if (each->cookie == now->cookie)
        now->recv_memory = each->recv_memory;
}

/* A query finds the socket that a datagram would go to: one of several on the
 * same address, so the others are found by listing all. */
static void complete_memory(
    struct stage *s, const struct seen *k, struct sock_sample *now)
{
    struct diag *diag = hosts_diag(s->hosts, k->host);
    struct sock_sample entry;

    if (now->local.port == 0)
        return;
    if (diag_query(diag, now->proto, &now->local, &now->peer, &entry, NULL) ==
            0 &&
        entry.cookie == k->cookie)
        now->recv_memory = entry.recv_memory;
    else
        diag_dump(diag, now->proto, UINT32_MAX, take_memory, now, NULL);
}

/* What the descriptor does not know: timers, and the TIME_WAIT (or the last
 * states of a connection) that lives on beside it; the memory of datagrams. */
static void complete_by_diag(
    struct stage *s, const struct seen *k, struct sock_sample *now)
{
    struct sock_sample entry;

    if (now->proto == IPPROTO_UDP)
        complete_memory(s, k, now);
    if (now->proto != IPPROTO_TCP || now->state == TCP_STATE_LISTEN ||
        now->peer.family == 0)
        return;
    if (diag_query(hosts_diag(s->hosts, k->host), now->proto, &now->local,
            &now->peer, &entry, NULL) < 0 ||
        entry.cookie != k->cookie)
        return;
    if (now->state == TCP_STATE_CLOSED) {
        *now = entry;
        return;
    }
    now->has_timer = entry.has_timer;
    now->timer = entry.timer;
    now->timer_retrans = entry.timer_retrans;
    now->timer_left_ms = entry.timer_left_ms;
}

static bool query_again(
    struct stage *s, const struct seen *k, struct sock_sample *now)
{
    return diag_query(hosts_diag(s->hosts, k->host), k->last.proto,
               &k->last.local, &k->last.peer, now, NULL) == 0 &&
           now->cookie == k->cookie;
}

static bool read_sample(
    struct stage *s, struct seen *k, struct sock_sample *now)
{
    /* One answer of sock_diag tells all of a connection; a descriptor needs a
     * dozen system calls for less. */
    if (k->indexed && k->last.proto == IPPROTO_TCP && query_again(s, k, now))
        return true;
    if (k->holders.len > 0) {
        if (probe_fd(k->holders.items[0]->io.fd, now, NULL) < 0)
            return false;
        complete_peer(s, k, now);
        complete_by_diag(s, k, now);
        return true;
    }
    return false;
}

/* Returns false if it is gone (and `k` with it). */
static bool look(struct stage *s, struct seen *k)
{
    struct sock_sample now;

    if (read_sample(s, k, &now)) {
        seen_update(s, k, &now);
        return true;
    }
    seen_gone(s, k);
    return false;
}

static void look_at_listeners(struct stage *s, enum host host, uint16_t port)
{
    /* Backwards: a look puts the listener to the end of the list, or out. */
    for (size_t i = s->listeners.len; i-- > 0;) {
        struct seen *k = s->listeners.items[i];

        if (k->host == host && k->last.local.port == port)
            look(s, k);
    }
}

/* ---- when to look ------------------------------------------------------- */

void observe_attach(struct proc_sock *ps)
{
    struct stage *s = ps->owner->stage;
    struct sock_sample now;
    struct seen *k;

    if (ps->cookie != 0 || probe_fd(ps->io.fd, &now, NULL) < 0)
        return;
    ps->cookie = now.cookie;
    k = seen_find(s, ps->cookie);
    if (!k)
        k = seen_add(s, ps->owner->host, ps->cookie);
    k->accepted = true;
    vec_push(&k->holders, ps);
    s->names_touched++;
}

void observe_sock(struct proc_sock *ps)
{
    struct seen *k;

    if (ps->io.fd < 0)
        return;
    observe_attach(ps);
    k = seen_find(ps->owner->stage, ps->cookie);
    if (k)
        look(ps->owner->stage, k);
}

void observe_process(struct process *p)
{
    for (size_t i = 0; i < p->socks.len; i++)
        observe_sock(p->socks.items[i]);
}

void observe_detach(struct proc_sock *ps)
{
    struct seen *k = seen_find(ps->owner->stage, ps->cookie);

    for (size_t i = 0; k && i < k->holders.len; i++) {
        if (k->holders.items[i] == ps) {
            vec_remove(&k->holders, i);
            ps->owner->stage->names_touched++;
            return;
        }
    }
}

void observe_left(const struct proc_sock *ps)
{
    struct seen *k = seen_find(ps->owner->stage, ps->cookie);

    if (k && k->holders.len > 0)
        look(ps->owner->stage, k);
}

/* A FIN waits for its acknowledgment: sk_stream_closing() in the kernel's
 * net/core/stream.c. */
#define FIN_UNACKNOWLEDGED                                                     \
    (1U << TCP_STATE_FIN_WAIT_1 | 1U << TCP_STATE_CLOSING |                    \
        1U << TCP_STATE_LAST_ACK)
/* The states from which close() leads there, or that are there already. */
#define LINGERING                                                              \
    (1U << TCP_STATE_ESTABLISHED | 1U << TCP_STATE_SYN_RECEIVED |              \
        1U << TCP_STATE_CLOSE_WAIT | FIN_UNACKNOWLEDGED)

bool observe_lingers(const struct proc_sock *ps)
{
    const struct seen *k = seen_find(ps->owner->stage, ps->cookie);
    struct linger linger = {0};
    socklen_t len = sizeof linger;
    struct sock_sample now;

    if (ps->io.fd < 0 || (k && k->holders.len > 1))
        return false;
    if (getsockopt(ps->io.fd, SOL_SOCKET, SO_LINGER, &linger, &len) < 0 ||
        !linger.l_onoff || linger.l_linger <= 0)
        return false;
    return probe_fd(ps->io.fd, &now, NULL) == 0 && now.proto == IPPROTO_TCP &&
           (LINGERING >> now.state & 1) != 0;
}

bool observe_fin_waits(struct stage *s, uint64_t cookie)
{
    struct seen *k = seen_find(s, cookie);

    return k && look(s, k) && (FIN_UNACKNOWLEDGED >> k->last.state & 1) != 0;
}

/* A socket that nobody announced: in the SYN queue, or waiting for accept(). */
static struct seen *discover(struct stage *s, const struct flow_key *key)
{
    struct sock_sample now;
    struct seen *k;

    if (diag_query(hosts_diag(s->hosts, (enum host)key->host),
            (uint8_t)key->proto, &key->local, &key->peer, &now, NULL) < 0)
        return NULL;
    k = seen_find(s, now.cookie);
    if (!k)
        k = seen_add(s, (enum host)key->host, now.cookie);
    if (k->holders.len > 0)
        look(s, k);
    else
        seen_update(s, k, &now);
    return k;
}

/* After so many segments without a pause nobody sees the counts between two
 * of them, and looking twice at each costs more than carrying it. */
#define BURST_LENGTH   32
#define BURST_PAUSE_NS (20 * NS_PER_MS)

static bool is_burst(struct stage *s)
{
    /* The segment has just been told of: no need to ask the clock again. */
    if (s->told_ns - s->burst_ns > BURST_PAUSE_NS)
        s->burst = 0;
    s->burst_ns = s->told_ns;
    return ++s->burst > BURST_LENGTH;
}

static bool is_awaited(const struct proc_sock *ps)
{
    return ps->owner->running && ps->owner->running->sock == ps;
}

/* Meanwhile its segments tell enough: to hear of each from epoll as well costs
 * as much as carrying it. */
static void postpone(struct stage *s, struct seen *k)
{
    if (k->postponed)
        return;
    k->postponed = true;
    for (size_t i = 0; i < k->holders.len; i++)
        if (!is_awaited(k->holders.items[i]))
            process_unwatch(k->holders.items[i]);
    vec_push(&s->postponed, k->cookie);
}

void observe_postponed(struct stage *s)
{
    for (size_t i = 0; i < s->postponed.len; i++) {
        struct seen *k = seen_find(s, s->postponed.items[i]);

        if (!k)
            continue;
        k->postponed = false;
        for (size_t h = 0; h < k->holders.len; h++)
            process_watch(k->holders.items[h]);
        look(s, k);
    }
    vec_clear(&s->postponed);
    s->looked_ns = stage_now_ns(s);
}

/* A screen shows no more than this, and whoever waits for a count waits for
 * the stage to settle. */
#define POSTPONED_MAX_NS (5 * NS_PER_MS)

void observe_pumped(struct stage *s)
{
    if (s->postponed.len == 0)
        return;
    if (stage_now_ns(s) - s->looked_ns >= POSTPONED_MAX_NS)
        observe_postponed(s);
    else
        seen_arm_timer(s, s->looked_ns + POSTPONED_MAX_NS);
}

void observe_flow(struct stage *s, enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer, bool is_control)
{
    struct seen *k = seen_find_ends(s, host, proto, local, peer);
    struct flow_key key;

    if (k && k->accepted) {
        if (is_burst(s) && !is_control &&
            k->last.state == TCP_STATE_ESTABLISHED)
            postpone(s, k);
        else
            look(s, k);
        return;
    }
    key = seen_flow_key(host, proto, local, peer);
    if (!k || !look(s, k))
        k = discover(s, &key);
    if (!k || !k->accepted)
        look_at_listeners(s, host, key.local.port);
}

static bool concerns(
    const struct seen *k, enum host host, const struct addr *own)
{
    struct addr local = addr_unmapped(&k->last.local);

    if (k->last.proto != IPPROTO_UDP || k->host != host)
        return false;
    return own->family == 0 ||
           (local.port == own->port &&
               (addr_is_any(&local) || addr_same_ip(&local, own)));
}

void observe_datagram(struct stage *s, enum host host, const struct addr *own)
{
    VEC(uint64_t) cookies = VEC_INIT;
    struct seen *k;

    for (k = s->seen; k; k = k->hh.next)
        if (concerns(k, host, own))
            vec_push(&cookies, k->cookie);
    for (size_t i = 0; i < cookies.len; i++) {
        k = seen_find(s, cookies.items[i]);
        if (k)
            look(s, k);
    }
    vec_done(&cookies);
}

typedef bool seen_test(const struct seen *k, enum host host);

/* Looking can end or find sockets, so the cookies are collected first. */
static void look_at_all(struct stage *s, seen_test *test, enum host host)
{
    VEC(uint64_t) cookies = VEC_INIT;
    struct seen *k;

    for (k = s->seen; k; k = k->hh.next)
        if (test(k, host))
            vec_push(&cookies, k->cookie);
    for (size_t i = 0; i < cookies.len; i++) {
        k = seen_find(s, cookies.items[i]);
        if (k)
            look(s, k);
    }
    vec_done(&cookies);
    for (size_t i = s->listeners.len; i-- > 0;) /* as above */
        look(s, s->listeners.items[i]);
}

static bool is_unheld(const struct seen *k, enum host host)
{
    return k->host == host && k->holders.len == 0;
}

void observe_unheld(struct stage *s, enum host host)
{
    look_at_all(s, is_unheld, host);
}

/* On loopback both sides share one namespace: a connection nobody has accepted
 * yet belongs to the host whose listener it waits at. NULL: it is not at one of
 * ours, but at some other program of the machine. */
static const struct seen *listener_at(
    const struct stage *s, const struct addr *end)
{
    for (size_t i = 0; i < s->listeners.len; i++)
        if (s->listeners.items[i]->last.local.port == end->port)
            return s->listeners.items[i];
    return NULL;
}

static void discover_mirror(struct stage *s, const struct seen *k)
{
    const struct seen *listener;
    struct flow_key key;

    if (!k->accepted || k->last.peer.family == 0 || !k->indexed ||
        k->last.proto != IPPROTO_TCP)
        return; /* UDP has no connection that nobody holds */
    for (int h = 0; h < HOST_COUNT; h++) {
        key = seen_flow_key(
            (enum host)h, k->last.proto, &k->last.peer, &k->last.local);
        if (seen_find_flow(s, &key))
            return;
    }
    listener = listener_at(s, &k->last.peer);
    if (!listener)
        return;
    key.host = (uint32_t)listener->host;
    discover(s, &key);
}

static bool is_seen_off_wire(const struct seen *k, enum host host)
{
    (void)host;
    return k->off_wire;
}

void observe_off_wire(struct stage *s)
{
    VEC(uint64_t) cookies = VEC_INIT;
    struct seen *k;

    if (s->off_wire == 0)
        return;
    for (k = s->seen; k; k = k->hh.next)
        if (k->off_wire)
            vec_push(&cookies, k->cookie);
    for (size_t i = 0; i < cookies.len; i++) {
        k = seen_find(s, cookies.items[i]);
        if (k)
            discover_mirror(s, k);
    }
    vec_done(&cookies);
    look_at_all(s, is_seen_off_wire, HOST_CLIENT);
}

/* ---- timers ------------------------------------------------------------- */

void observe_kernel_timer_fired(uv_timer_t *t)
{
    struct stage *s = t->data;
    uint64_t now = stage_now_ns(s), next = 0;
    VEC(uint64_t) due = VEC_INIT;
    struct seen *k;

    s->next_check_ns = 0;
    observe_postponed(s);
    for (k = s->seen; k; k = k->hh.next)
        if (k->check_ns && k->check_ns <= now)
            vec_push(&due, k->cookie);
    for (size_t i = 0; i < due.len; i++) {
        struct addr local;
        enum host host;

        k = seen_find(s, due.items[i]);
        if (!k)
            continue;
        local = k->last.local;
        host = k->host;
        if (!look(s, k) || !k->accepted)
            look_at_listeners(s, host, local.port);
    }
    vec_done(&due);
    for (k = s->seen; k; k = k->hh.next)
        if (k->check_ns && (next == 0 || k->check_ns < next))
            next = k->check_ns;
    if (next)
        seen_arm_timer(s, next);
}

/* Off the wire an acknowledgment arrives unseen, delayed by up to 40 ms. */
static const unsigned tail_ms[] = {5, 50, 250};

void observe_tail_fired(uv_timer_t *t)
{
    struct stage *s = t->data;

    observe_off_wire(s);
    if (++s->tail_step < ARRAY_LEN(tail_ms))
        uv_timer_start(t, observe_tail_fired, tail_ms[s->tail_step], 0);
}

void observe_tail_start(struct stage *s)
{
    if (s->off_wire == 0)
        return;
    observe_off_wire(s);
    s->tail_step = 0;
    uv_timer_start(&s->tail_timer, observe_tail_fired, tail_ms[0], 0);
}
