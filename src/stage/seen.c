/* The table of all sockets that the stage has seen, by cookie and by the
 * addresses of the connection, and the publishing of what changed. */
#include "seen.h"

#include "sockstage/base/clock.h"

#include <netinet/in.h>
#include <string.h>

struct seen *seen_find(const struct stage *s, uint64_t cookie)
{
    struct seen *k;

    HASH_FIND(hh, s->seen, &cookie, sizeof cookie, k);
    return k;
}

struct flow_key seen_flow_key(enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer)
{
    struct flow_key key;

    memset(&key, 0, sizeof key);
    key.host = (uint32_t)host;
    key.proto = proto;
    key.local = addr_unmapped(local);
    key.peer = addr_unmapped(peer);
    return key;
}

struct seen *seen_find_flow(const struct stage *s, const struct flow_key *key)
{
    struct seen *k;

    HASH_FIND(by_flow, s->flows, key, sizeof *key, k);
    return k;
}

static bool same_addr(const struct addr *a, const struct addr *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

struct seen *seen_find_ends(struct stage *s, enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer)
{
    struct seen *k = s->recent[host];
    struct flow_key key;

    if (k && k->key.proto == proto && same_addr(&k->key.local, local) &&
        same_addr(&k->key.peer, peer))
        return k;
    key = seen_flow_key(host, proto, local, peer);
    k = seen_find_flow(s, &key);
    if (k)
        s->recent[host] = k;
    return k;
}

bool seen_takes(const struct seen *k, const struct segment *seg)
{
    bool is_flow = k->last.proto == IPPROTO_TCP && k->key.peer.family != 0;

    return model_takes_segment(k->host, k->last.proto,
        is_flow ? &k->key.local : &k->last.local,
        is_flow ? &k->key.peer : &k->last.peer, seg);
}

/* ---- the table ---------------------------------------------------------- */

struct seen *seen_add(struct stage *s, enum host host, uint64_t cookie)
{
    struct seen *k = xcalloc(1, sizeof *k);

    k->cookie = cookie;
    k->host = host;
    HASH_ADD(hh, s->seen, cookie, sizeof k->cookie, k);
    return k;
}

/* Keeps stage.flows, .listeners, .syn_received and .off_wire in step with the
 * sample that is now the last; `sign` +1 enters it, -1 takes it out. */
static void count(struct stage *s, struct seen *k, int sign)
{
    size_t one = sign > 0 ? 1 : (size_t)-1;

    if (k->last.state == TCP_STATE_SYN_RECEIVED)
        s->syn_received += one;
    if (k->off_wire)
        s->off_wire += one;
    if (k->last.state != TCP_STATE_LISTEN)
        return;
    if (sign > 0) {
        vec_push(&s->listeners, k);
        return;
    }
    for (size_t i = 0; i < s->listeners.len; i++) {
        if (s->listeners.items[i] == k) {
            vec_remove(&s->listeners, i);
            return;
        }
    }
}

static void unindex(struct stage *s, struct seen *k)
{
    if (k->indexed)
        HASH_DELETE(by_flow, s->flows, k);
    k->indexed = false;
    if (s->recent[k->host] == k)
        s->recent[k->host] = NULL;
}

/* The key stays readable after CLOSED: the last segments of a connection are
 * still its own. */
static void reindex(struct stage *s, struct seen *k)
{
    struct flow_key key;
    struct seen *other;

    if (k->last.state == TCP_STATE_CLOSED || k->last.peer.family == 0) {
        unindex(s, k);
        return;
    }
    key = seen_flow_key(k->host, k->last.proto, &k->last.local, &k->last.peer);
    if (k->indexed && memcmp(&key, &k->key, sizeof key) == 0)
        return;
    unindex(s, k);
    other = seen_find_flow(s, &key);
    if (other)
        unindex(s, other);
    k->key = key;
    HASH_ADD(by_flow, s->flows, key, sizeof k->key, k);
    k->indexed = true;
}

static void seen_forget(struct stage *s, struct seen *k)
{
    count(s, k, -1);
    unindex(s, k);
    HASH_DELETE(hh, s->seen, k);
    vec_done(&k->holders);
    free(k);
}

void seen_free_all(struct stage *s)
{
    struct seen *k, *next;

    HASH_ITER(hh, s->seen, k, next)
    seen_forget(s, k);
    vec_done(&s->listeners);
    vec_done(&s->postponed);
}

/* ---- publishing --------------------------------------------------------- */

static void owners_of(const struct seen *k, struct owners *out)
{
    out->count = 0;
    for (size_t i = 0; i < k->holders.len; i++) {
        const struct proc_sock *ps = k->holders.items[i];
        const struct process *p = ps->owner;

        for (size_t v = 0; v < p->variables.len; v++) {
            const struct value *value = p->variables.items[v].value;

            if (out->count == EVENT_OWNERS_MAX)
                return;
            if (value_kind(value) != VALUE_SOCKET ||
                value_socket_id(value) != ps->id)
                continue;
            snprintf(out->text[out->count++], sizeof out->text[0], "%s.%s",
                p->name, p->variables.items[v].name);
        }
    }
}

/* Names change rarely and samples are many: only when a process has touched
 * its names since is it asked again. Returns whether they differ. */
static bool refresh_owners(const struct stage *s, struct seen *k)
{
    struct owners now = {0};
    bool differ;

    if (k->names_seen == s->names_touched)
        return false;
    k->names_seen = s->names_touched;
    owners_of(k, &now);
    differ = memcmp(&now, &k->owners, sizeof now) != 0;
    k->owners = now;
    return differ;
}

static bool listens_for(const struct seen *listener, const struct seen *k)
{
    struct addr at = addr_unmapped(&listener->last.local);
    struct addr local = addr_unmapped(&k->last.local);

    return listener->host == k->host && at.port == local.port &&
           (addr_is_any(&at) || addr_same_ip(&at, &local));
}

/* The kernel tells no length of one listener's SYN queue; its members are
 * sockets of their own, so they are counted. */
static uint32_t syn_queue_of(const struct stage *s, const struct seen *listener)
{
    const struct seen *k;
    uint32_t n = 0;

    if (s->syn_received == 0 || listener->last.state != TCP_STATE_LISTEN)
        return 0;
    for (k = s->seen; k; k = k->hh.next)
        if (k->last.state == TCP_STATE_SYN_RECEIVED && listens_for(listener, k))
            n++;
    return n;
}

/* Memory moves with every packet: what has changed is told along with what
 * else an event tells of, and causes none. */
static void add_mem(struct seen *k, struct event_socket *out)
{
    out->has_mem = k->last.has_mem;
    if (!k->last.has_mem)
        return;
    out->sndbuf = k->last.sndbuf;
    out->rcvbuf = k->last.rcvbuf;
    out->mem = k->last.mem;
    out->mem_changed = mem_changed(&k->mem, &k->last.mem);
    k->mem = k->last.mem;
}

/* So is when something was last sent or received. */
static void add_info(const struct stage *s, struct seen *k,
    const struct info_set *rows, struct event_socket *out)
{
    const struct sock_sample *a = &k->last;

    out->info = a->info;
    out->info_changed = *rows;
    if (a->info_len > k->info_len) {
        info_add_last(&out->info_changed, a->info_len);
        k->info_len = a->info_len;
    }
    if (a->info_len > 0 && a->state != TCP_STATE_LISTEN)
        info_ages_add(&out->info_changed, &a->info, a->info_len,
            stage_now_ns(s), k->info_since_ns);
}

static void publish(struct stage *s, struct seen *k, const struct owners *o,
    const struct info_set *info_rows, bool gone)
{
    const struct sock_sample *a = &k->last;
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *out = &e.u.socket;

    out->id = k->cookie;
    out->host = k->host;
    out->owner_count = o->count;
    for (size_t i = 0; i < o->count; i++)
        out->owners[i] = o->text[i];
    out->proto = a->proto;
    out->local = a->local;
    out->peer = a->peer;
    out->state = a->state;
    out->gone = gone;
    out->accepted = k->accepted;
    out->send_buffer = a->send_buffer;
    out->unsent = a->unsent;
    out->recv_buffer = a->recv_buffer;
    out->recv_memory = a->recv_memory;
    add_mem(k, out);
    out->timer = a->timer;
    out->timer_at_ns = k->timer_at_ns;
    out->timer_retrans = a->timer_retrans;
    out->is_listener = a->state == TCP_STATE_LISTEN;
    out->accept_queue = a->accept_queue;
    out->backlog = a->backlog;
    out->syn_queue = k->syn_queue;
    out->ignored =
        out->is_listener || a->proto == IPPROTO_UDP ? a->mem.drops : 0;
    add_info(s, k, info_rows, out);
    k->published = true;
    stage_publish(s, &e);
}

/* Timers are read in whole milliseconds and kernel ticks: a difference below
 * this is the same timer, seen again. */
#define TIMER_SAME_NS (30 * NS_PER_MS)

static bool timer_moved(
    const struct seen *k, const struct sock_sample *now, uint64_t at_ns)
{
    uint64_t a = k->timer_at_ns, b = at_ns;

    if (now->timer != k->last.timer ||
        now->timer_retrans != k->last.timer_retrans)
        return true;
    return (a > b ? a - b : b - a) > TIMER_SAME_NS;
}

static bool counts_moved(
    const struct sock_sample *a, const struct sock_sample *b)
{
    return a->state != b->state || a->send_buffer != b->send_buffer ||
           a->unsent != b->unsent || a->recv_buffer != b->recv_buffer ||
           a->recv_memory != b->recv_memory ||
           a->accept_queue != b->accept_queue || a->backlog != b->backlog ||
           a->mem.drops != b->mem.drops || a->sndbuf != b->sndbuf ||
           a->rcvbuf != b->rcvbuf || !addr_equal(&a->local, &b->local) ||
           !addr_equal(&a->peer, &b->peer);
}

/* ---- kernel timers ------------------------------------------------------ */

#define LATE_MIN_NS (20 * NS_PER_MS)
#define LATE_MAX_NS (500 * NS_PER_MS)

void seen_arm_timer(struct stage *s, uint64_t at_ns)
{
    uint64_t now = stage_now_ns(s);
    uint64_t in_ns = at_ns > now ? at_ns - now : 0;

    if (s->next_check_ns && s->next_check_ns <= at_ns)
        return;
    s->next_check_ns = at_ns;
    uv_update_time(s->loop);
    uv_timer_start(
        &s->kernel_timer, observe_kernel_timer_fired, in_ns / NS_PER_MS + 1, 0);
}

/* Notes when the timer fires. The kernel's timer wheel is late by up to an
 * eighth (kernel/time/timer.c); one that should have fired is asked again,
 * less and less often. */
static void set_timer(struct stage *s, struct seen *k,
    const struct sock_sample *now, uint64_t at_ns)
{
    if (!now->has_timer || now->timer == SOCK_TIMER_NONE) {
        k->timer_at_ns = k->check_ns = k->late_ns = 0;
        return;
    }
    k->timer_at_ns = at_ns;
    if (now->timer_left_ms > 0) {
        k->late_ns = 0;
        k->check_ns = at_ns + 4 * NS_PER_MS;
    } else {
        k->late_ns = k->late_ns ? 2 * k->late_ns : LATE_MIN_NS;
        if (k->late_ns > LATE_MAX_NS)
            k->late_ns = LATE_MAX_NS;
        k->check_ns = stage_now_ns(s) + k->late_ns;
    }
    seen_arm_timer(s, k->check_ns);
}

/* ---- a new sample ---------------------------------------------------------
 */

static bool is_off_wire(
    const struct stage *s, const struct seen *k, const struct sock_sample *now)
{
    struct addr own[8], peer = addr_unmapped(&now->peer);
    size_t n;

    if (!s->link)
        return true;
    if (peer.family == 0)
        return false;
    n = hosts_addresses(s->hosts, k->host, own, ARRAY_LEN(own));
    for (size_t i = 0; i < n; i++)
        if (addr_same_ip(&own[i], &peer))
            return true;
    return names_is_loopback(&peer);
}

/* A connect() that failed leaves the socket as new (tcp_disconnect() in the
 * kernel): how often its SYN was repeated is then only what was told before. */
static void keep_repeats(const struct seen *k, struct sock_sample *now)
{
    uint32_t before = k->last.info.total_retrans;
    bool was_trying = k->last.state == TCP_STATE_SYN_SENT ||
                      k->last.state == TCP_STATE_CLOSED;

    if (now->proto == IPPROTO_TCP && now->state == TCP_STATE_CLOSED &&
        was_trying && now->info.total_retrans < before)
        now->info.total_retrans = before;
}

void seen_update(struct stage *s, struct seen *k, struct sock_sample *now)
{
    struct info_set info_rows;
    uint64_t at_ns = 0;
    uint32_t syn_queue;
    bool changed = refresh_owners(s, k), peer_is_new;

    if (now->has_timer && now->timer != SOCK_TIMER_NONE)
        at_ns = stage_now_ns(s) + now->timer_left_ms * NS_PER_MS;
    keep_repeats(k, now);
    info_rows = info_changed(&k->last.info, &now->info, now->info_len);
    changed = changed || !k->published || !info_set_is_empty(&info_rows) ||
              counts_moved(&k->last, now) || timer_moved(k, now, at_ns);
    if (now->info_len == 0)
        now->info = k->last.info; /* SYN_RECEIVED and TIME_WAIT carry none */
    if (k->published)
        count(s, k, -1);
    peer_is_new = !addr_equal(&k->last.peer, &now->peer);
    k->last = *now;
    if (!k->published || peer_is_new)
        k->off_wire = is_off_wire(s, k, now);
    count(s, k, +1);
    reindex(s, k);
    set_timer(s, k, now, at_ns);
    syn_queue = syn_queue_of(s, k);
    changed = changed || syn_queue != k->syn_queue;
    k->syn_queue = syn_queue;
    if (changed)
        publish(s, k, &k->owners, &info_rows, false);
}

void seen_gone(struct stage *s, struct seen *k)
{
    static const struct owners nobody;
    static const struct info_set nothing;

    count(s, k, -1);
    k->last.state = TCP_STATE_CLOSED;
    k->last.send_buffer = k->last.unsent = k->last.recv_buffer = 0;
    k->last.recv_memory = 0;
    k->last.info_len = 0; /* no news of its ages */
    k->last.timer = SOCK_TIMER_NONE;
    k->timer_at_ns = 0;
    k->off_wire = false;
    if (k->published)
        publish(s, k, &nobody, &nothing, true);
    seen_forget(s, k);
}
