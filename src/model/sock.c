/* Sockets: each known by its cookie from its first event until the kernel
 * dropped it and no name holds it any more. */
#include "model_int.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static struct sock *find_sock(const struct model *m, uint64_t id)
{
    struct sock *s;

    HASH_FIND(hh, m->sock_by_id, &id, sizeof id, s);
    return s;
}

/* NULL where there are too many. */
static struct sock *add_sock(struct model *m, const struct event *e)
{
    struct sock *s;

    if (m->socks.len >= MODEL_SOCKS_MAX)
        return NULL;
    s = xcalloc(1, sizeof *s);
    s->pub.id = e->u.socket.id;
    s->pub.opened_ns = e->t_ns;
    s->pub.state_changed_ns = e->t_ns;
    s->order = ++m->order;
    s->queued = s->order;
    HASH_ADD(hh, m->sock_by_id, pub.id, sizeof s->pub.id, s);
    vec_push(&m->socks, s);
    return s;
}

static void forget_owner(struct model *m, struct owner *owner)
{
    HASH_DEL(m->owners, owner);
    free(owner);
}

/* Gives up one name of `s`, unless another socket got it since. */
static void disown(struct model *m, const struct sock *s, const char *name)
{
    struct owner *owner;

    HASH_FIND_STR(m->owners, name, owner);
    if (owner != NULL && owner->sock == s)
        forget_owner(m, owner);
}

static bool is_owner(const struct event_socket *e, const char *name)
{
    for (size_t i = 0; i < e->owner_count && i < EVENT_OWNERS_MAX; i++) {
        if (strcmp(e->owners[i], name) == 0)
            return true;
    }
    return false;
}

/* Nobody holds it: the name that held it still means it. */
static void orphan(struct sock *s)
{
    if (s->pub.owner_count == 0)
        return;
    model_copy_text(s->pub.former, sizeof s->pub.former, s->pub.owners[0]);
    s->former_count = s->pub.owner_count; /* their texts stay in pub.owners */
    s->pub.owner_count = 0;
}

static void own(struct model *m, struct sock *s, const struct event_socket *e)
{
    if (e->owner_count == 0) {
        orphan(s);
        return;
    }
    for (size_t i = 0; i < s->pub.owner_count + s->former_count; i++) {
        if (!is_owner(e, s->pub.owners[i]))
            disown(m, s, s->pub.owners[i]);
    }
    s->pub.former[0] = '\0';
    s->former_count = 0;
    s->pub.owner_count = 0;
    for (size_t i = 0; i < e->owner_count && i < EVENT_OWNERS_MAX; i++) {
        char *name = s->pub.owners[i];
        struct owner *owner;
        model_copy_text(name, sizeof s->pub.owners[i], e->owners[i]);
        s->pub.owner_count++;
        HASH_FIND_STR(m->owners, name, owner);
        if (owner == NULL) {
            owner = xcalloc(1, sizeof *owner);
            model_copy_text(owner->name, sizeof owner->name, name);
            HASH_ADD_STR(m->owners, name, owner);
        }
        owner->sock = s;
    }
}

/* `order` grows along the array. */
static void unlist(struct model *m, const struct sock *s)
{
    size_t low = 0, high = m->socks.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (m->socks.items[mid]->order < s->order)
            low = mid + 1;
        else
            high = mid;
    }
    vec_remove(&m->socks, low);
}

static void remove_oldest_departed(struct model *m)
{
    struct sock *s = m->departed.items[0];

    vec_remove(&m->departed, 0);
    orphan(s); /* events of one that is gone may still name it */
    for (size_t n = 0; n < s->former_count; n++)
        disown(m, s, s->pub.owners[n]);
    HASH_DEL(m->sock_by_id, s);
    free(s);
}

/* It leaves the lists, but its name and id still tell how it ended. */
static void depart(struct model *m, struct sock *s, uint64_t t_ns)
{
    uint8_t before = s->pub.state;

    if (s->departed)
        return;
    s->departed = true;
    index_follow(m, s);
    unlist(m, s);
    orphan(s);
    if (s->pub.state != TCP_STATE_CLOSED)
        s->pub.state_changed_ns = t_ns;
    s->pub.changed_ns = t_ns;
    s->pub.state =
        s->pub.proto == IPPROTO_UDP ? TCP_STATE_NONE : TCP_STATE_CLOSED;
    if (s->pub.state != before)
        change_add(m, &s->pub, before, t_ns);
    s->pub.gone = true;
    s->pub.is_listener = false;
    s->pub.timer = SOCK_TIMER_NONE;
    s->pub.send_buffer = s->pub.unsent = s->pub.recv_buffer = 0;
    s->pub.recv_memory = 0;
    s->pub.mem = (struct sample_mem){.drops = s->pub.mem.drops};
    s->pub.accept_queue = s->pub.syn_queue = 0;
    vec_push(&m->departed, s);
    if (m->departed.len > MODEL_DEPARTED_MAX)
        remove_oldest_departed(m);
}

static void take_info(
    struct model_sock *s, const struct event_socket *e, uint64_t t_ns)
{
    const struct info_set *told = &e->info_changed;
    size_t i = info_set_next(told, 0);

    if (i == INFO_SET_MAX)
        return;
    for (; i < info_field_count(); i = info_set_next(told, i + 1)) {
        info_field_set(&s->info, i, info_field_get(&e->info, i));
        info_set_add(&s->info_known, i);
    }
    info_ages_note(&e->info, t_ns, &e->info_changed, s->info_since_ns);
}

static void take_mem(struct model_sock *s, const struct event_socket *e)
{
    for (size_t i = 0; i < mem_field_count() && e->mem_changed >> i != 0; i++) {
        if (e->mem_changed >> i & 1)
            mem_field_set(&s->mem, i, mem_field_get(&e->mem, i));
    }
}

static void take_counts(
    struct model_sock *s, const struct event_socket *e, uint64_t t_ns)
{
    if (s->send_buffer != e->send_buffer || s->unsent != e->unsent)
        s->send_changed_ns = t_ns;
    if (s->recv_buffer != e->recv_buffer || s->recv_memory != e->recv_memory)
        s->recv_changed_ns = t_ns;
    s->send_buffer = e->send_buffer;
    s->unsent = e->unsent;
    s->recv_buffer = e->recv_buffer;
    s->recv_memory = e->recv_memory;
    s->has_mem = e->has_mem;
    s->sndbuf = e->sndbuf;
    s->rcvbuf = e->rcvbuf;
    s->timer = e->timer;
    /* One that is overdue is due now: a recording tells only what is left. */
    s->timer_at_ns = e->timer != SOCK_TIMER_NONE && e->timer_at_ns < t_ns
                         ? t_ns
                         : e->timer_at_ns;
    s->timer_retrans = e->timer_retrans;
    s->is_listener = e->is_listener;
    s->accept_queue = e->accept_queue;
    s->backlog = e->backlog;
    s->syn_queue = e->syn_queue;
    s->ignored = e->ignored;
}

/* A UDP socket's CLOSED means unconnected, so a gone one is NONE. */
static uint8_t new_state(const struct event_socket *e)
{
    if (!e->gone)
        return e->state;
    return e->proto == IPPROTO_UDP ? TCP_STATE_NONE : TCP_STATE_CLOSED;
}

void sock_apply(struct model *m, const struct event *e)
{
    const struct event_socket *es = &e->u.socket;
    struct sock *s = find_sock(m, es->id);

    if (es->gone && es->owner_count == 0) {
        if (s != NULL)
            depart(m, s, e->t_ns);
        return;
    }
    if (s != NULL)
        recent_note(m, &s->pub, e);
    else
        s = add_sock(m, e);
    if (s == NULL)
        return;
    own(m, s, es);
    uint8_t before = s->pub.state;
    if (before != new_state(es))
        s->pub.state_changed_ns = e->t_ns;
    if (s->pub.state == TCP_STATE_SYN_RECEIVED && es->state != s->pub.state)
        s->queued = ++m->order;
    s->pub.state = new_state(es);
    if (s->pub.state != before)
        change_add(m, &s->pub, before, e->t_ns);
    s->pub.host = es->host;
    s->pub.proto = es->proto;
    s->pub.local = es->local;
    s->pub.peer = es->peer;
    s->pub.gone = es->gone;
    s->pub.accepted |= es->accepted || es->owner_count > 0;
    s->pub.changed_ns = e->t_ns;
    reason_counted(m, &s->pub, es);
    take_counts(&s->pub, es, e->t_ns);
    take_mem(&s->pub, es);
    take_info(&s->pub, es, e->t_ns);
    index_follow(m, s);
}

void sock_clear(struct model *m)
{
    struct owner *owner = m->owners;

    index_clear(m);
    HASH_CLEAR(hh, m->owners);
    while (owner != NULL) {
        struct owner *next = owner->hh.next;
        free(owner);
        owner = next;
    }
    HASH_CLEAR(hh, m->sock_by_id);
    for (size_t i = 0; i < m->socks.len; i++)
        free(m->socks.items[i]);
    for (size_t i = 0; i < m->departed.len; i++)
        free(m->departed.items[i]);
    vec_done(&m->socks);
    vec_done(&m->departed);
}

size_t model_sock_count(const struct model *m)
{
    return m->socks.len;
}

const struct model_sock *model_sock_at(const struct model *m, size_t i)
{
    return i < m->socks.len ? &m->socks.items[i]->pub : NULL;
}

const struct model_sock *model_sock(const struct model *m, uint64_t id)
{
    struct sock *s = find_sock(m, id);

    return s != NULL ? &s->pub : NULL;
}

const struct model_sock *model_sock_owned(
    const struct model *m, const char *process, const char *variable)
{
    char name[2 * MODEL_NAME_MAX];
    struct owner *owner;

    snprintf(name, sizeof name, "%s.%s", process, variable);
    HASH_FIND_STR(m->owners, name, owner);
    return owner != NULL ? &owner->sock->pub : NULL;
}

/* As a packet on the wire carries them: an IPv4 client of an IPv6 listener is
 * an IPv4-mapped address there and an IPv4 one at its own end. */
static bool same_end(const struct addr *a, const struct addr *b)
{
    struct addr x, y;

    if (a->port != b->port || a->family == 0 || b->family == 0)
        return false;
    x = addr_unmapped(a);
    y = addr_unmapped(b);
    return addr_equal(&x, &y);
}

/* Of several matches (an old TIME_WAIT, a closed name) the best: not gone
 * before gone, the other host before the same one, later before earlier. */
static int fitness(const struct model_sock *s, const struct model_sock *other)
{
    return (other->gone ? 0 : 4) + (other->host != s->host ? 2 : 0) +
           (other != s ? 1 : 0); /* a socket connected to itself */
}

static bool are_ends(const struct model_sock *a, const struct model_sock *b)
{
    return a->proto == b->proto && same_end(&a->local, &b->peer) &&
           same_end(&a->peer, &b->local);
}

const struct model_sock *model_sock_peer(
    const struct model *m, const struct model_sock *s)
{
    const struct model_sock *best = NULL;
    int best_fitness = -1;

    const struct bucket *b;

    if (s->peer.family == 0 || s->local.family == 0)
        return NULL;
    b = index_ports(m, s->proto, s->peer.port, s->local.port);
    for (size_t i = 0; b != NULL && i < b->of.len; i++) {
        const struct model_sock *other = &b->of.items[i].sock->pub;
        if (!are_ends(s, other))
            continue;
        if (fitness(s, other) >= best_fitness) {
            best = other;
            best_fitness = fitness(s, other);
        }
    }
    return best;
}

const struct model_sock *model_sock_last_peer(
    const struct model *m, const struct model_sock *s)
{
    const struct model_sock *peer = model_sock_peer(m, s);

    for (size_t i = m->departed.len; i-- > 0 && peer == NULL;) {
        const struct model_sock *other = &m->departed.items[i]->pub;
        if (other->changed_ns >= s->opened_ns && are_ends(s, other))
            peer = other;
    }
    return peer;
}

/* An IPv6 wildcard takes IPv4 packets too (ipv6(7), IPV6_V6ONLY). */
static bool is_own(const struct addr *local, const struct addr *end)
{
    struct addr own = addr_unmapped(local);

    if (own.port == 0 || own.port != end->port)
        return false;
    if (addr_is_any(&own))
        return own.family == AF_INET6 || end->family == AF_INET;
    return addr_same_ip(&own, end);
}

/* An error goes to the host that has sent what it quotes. */
bool model_takes_segment(enum host host, uint8_t proto,
    const struct addr *local, const struct addr *peer, const struct segment *s)
{
    bool is_error = s->quoted.src.family != 0;
    bool is_sender = (s->from == host) != is_error;
    const struct addr *src = is_error ? &s->quoted.src : &s->src;
    const struct addr *dst = is_error ? &s->quoted.dst : &s->dst;

    if ((is_error ? s->quoted.proto : s->proto) != proto)
        return false;
    return is_own(local, is_sender ? src : dst) &&
           (peer->family == 0 || same_end(peer, is_sender ? dst : src));
}

static const char *owner_if_taken(
    const struct model_sock *sock, const struct segment *s, enum host host)
{
    const char *owner = sock->owner_count > 0 ? sock->owners[0] : sock->former;

    if (sock->host != host || owner[0] == '\0' ||
        !model_takes_segment(host, sock->proto, &sock->local, &sock->peer, s))
        return NULL;
    return owner;
}

/* The latest that took it, of those with these ports. */
static const char *owner_in(const struct bucket *b, const struct segment *s,
    enum host host, uint64_t *order)
{
    for (size_t i = b != NULL ? b->of.len : 0; i-- > 0;) {
        const struct bucket_item *item = &b->of.items[i];
        const char *owner = owner_if_taken(&item->sock->pub, s, host);
        if (owner != NULL) {
            *order = item->order;
            return owner;
        }
    }
    return NULL;
}

/* The sockets of that host that it may belong to: of its connection, or such
 * that hear every sender. */
static const struct bucket *candidates(const struct model *m,
    const struct segment *s, enum host host, bool connected)
{
    bool is_error = s->quoted.src.family != 0;
    bool is_sender = (s->from == host) != is_error;
    const struct addr *src = is_error ? &s->quoted.src : &s->src;
    const struct addr *dst = is_error ? &s->quoted.dst : &s->dst;
    uint8_t proto = is_error ? s->quoted.proto : s->proto;

    return index_ports(m, proto, is_sender ? src->port : dst->port,
        !connected  ? 0
        : is_sender ? dst->port
                    : src->port);
}

static const char *listed_owner(
    const struct model *m, const struct segment *s, enum host host)
{
    uint64_t order = 0, other_order = 0;
    const char *owner = owner_in(candidates(m, s, host, true), s, host, &order);
    const char *other =
        owner_in(candidates(m, s, host, false), s, host, &other_order);

    return other_order > order ? other : owner;
}

const struct model_sock *model_segment_connection(
    const struct model *m, const struct segment *s, enum host host)
{
    const struct bucket *b = candidates(m, s, host, true);

    for (size_t i = b != NULL ? b->of.len : 0; i-- > 0;) {
        const struct model_sock *sock = &b->of.items[i].sock->pub;
        if (sock->host == host && sock->peer.family != 0 &&
            model_takes_segment(
                host, sock->proto, &sock->local, &sock->peer, s))
            return sock;
    }
    return NULL;
}

const char *model_segment_owner(
    const struct model *m, const struct segment *s, enum host host)
{
    const char *owner = listed_owner(m, s, host);

    for (size_t i = m->departed.len; i-- > 0 && owner == NULL;)
        owner = owner_if_taken(&m->departed.items[i]->pub, s, host);
    return owner;
}
