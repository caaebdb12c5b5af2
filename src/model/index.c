/* Where a socket is looked for: by who holds it, by its ports, by the queue
 * that it waits in. Each answer is a short array in a steady order. It follows
 * from the sockets themselves, so keyframes do without it. */
#include "model_int.h"

static struct bucket_key key_of(enum bucket_kind kind)
{
    struct bucket_key key;

    memset(&key, 0, sizeof key);
    key.kind = (uint8_t)kind;
    return key;
}

static const struct bucket *find(
    const struct model *m, const struct bucket_key *key)
{
    struct bucket *b;

    HASH_FIND(hh, m->buckets, key, sizeof *key, b);
    return b;
}

/* As long as their process lives it knows its sockets without a search. */
static void tell_process(
    struct model *m, const struct bucket_key *key, struct bucket *b)
{
    struct process *p;

    if (key->kind != BUCKET_HELD)
        return;
    HASH_FIND_STR(m->process_by_name, key->name, p);
    if (p != NULL)
        p->held = b;
}

static struct bucket *find_or_add(struct model *m, const struct bucket_key *key)
{
    struct bucket *b;

    HASH_FIND(hh, m->buckets, key, sizeof *key, b);
    if (b != NULL)
        return b;
    b = xcalloc(1, sizeof *b);
    b->key = *key;
    HASH_ADD(hh, m->buckets, key, sizeof b->key, b);
    tell_process(m, key, b);
    return b;
}

/* The place of the first whose order is not below. */
static size_t lower_bound(const struct bucket *b, uint64_t order)
{
    size_t low = 0, high = b->of.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (b->of.items[mid].order < order)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void enter(struct model *m, struct sock *s, enum index_kind kind,
    const struct bucket_key *key, uint64_t order)
{
    struct bucket *b = find_or_add(m, key);
    struct bucket_item item = {order, s};
    size_t at = lower_bound(b, order);

    vec_push(&b->of, item);
    memmove(&b->of.items[at + 1], &b->of.items[at],
        (b->of.len - 1 - at) * sizeof item);
    b->of.items[at] = item;
    s->in[kind] = (struct indexed){b, order};
}

static void leave(struct model *m, struct sock *s, enum index_kind kind)
{
    struct bucket *b = s->in[kind].bucket;
    size_t at;

    if (b == NULL)
        return;
    s->in[kind].bucket = NULL;
    at = lower_bound(b, s->in[kind].order);
    while (b->of.items[at].sock != s)
        at++; /* orders in a made-up keyframe may be equal */
    vec_remove(&b->of, at);
    if (b->of.len > 0)
        return;
    tell_process(m, &b->key, NULL);
    HASH_DEL(m->buckets, b);
    vec_done(&b->of);
    free(b);
}

/* Who holds it: the process of its first name, else the kernel. */
static bool holder_key(const struct sock *s, struct bucket_key *key)
{
    size_t len = strcspn(s->pub.owners[0], ".");

    *key = key_of(BUCKET_HELD);
    if (s->pub.owner_count == 0) {
        key->kind = BUCKET_ORPHAN;
        key->host = (uint8_t)s->pub.host;
        return s->pub.accepted; /* else it stands in a listener's queue */
    }
    if (s->pub.owners[0][len] != '.' || len >= sizeof key->name)
        return false;
    memcpy(key->name, s->pub.owners[0], len);
    return true;
}

static struct bucket_key ports_key(uint8_t proto, uint16_t local, uint16_t peer)
{
    struct bucket_key key = key_of(BUCKET_PORTS);

    key.proto = proto;
    key.local = local;
    key.peer = peer;
    return key;
}

static uint16_t peer_port(const struct model_sock *s)
{
    return s->peer.family ? s->peer.port : 0;
}

static struct bucket_key queue_key(
    enum bucket_kind kind, enum host host, uint16_t port)
{
    struct bucket_key key = key_of(kind);

    key.host = (uint8_t)host;
    key.local = port;
    return key;
}

/* Which queue of a listener it waits in, if any. */
static bool waiting_key(const struct sock *s, struct bucket_key *key)
{
    enum bucket_kind kind = BUCKET_READY;

    if (s->pub.state == TCP_STATE_SYN_RECEIVED)
        kind = BUCKET_HALF_OPEN;
    else if (s->pub.state != TCP_STATE_ESTABLISHED &&
             s->pub.state != TCP_STATE_CLOSE_WAIT)
        return false;
    *key = queue_key(kind, s->pub.host, s->pub.local.port);
    return s->pub.proto == IPPROTO_TCP && !s->pub.accepted &&
           s->pub.owner_count == 0 && !s->pub.gone;
}

static void move(struct model *m, struct sock *s, enum index_kind kind,
    bool wanted, const struct bucket_key *key, uint64_t order)
{
    const struct indexed *in = &s->in[kind];

    if (wanted && in->bucket != NULL && in->order == order &&
        memcmp(&in->bucket->key, key, sizeof *key) == 0)
        return;
    leave(m, s, kind);
    if (wanted)
        enter(m, s, kind, key, order);
}

void index_follow(struct model *m, struct sock *s)
{
    bool listed = !s->departed;
    struct bucket_key key;
    bool wanted;

    wanted = holder_key(s, &key);
    move(m, s, INDEX_HOLDER, listed && wanted, &key, s->order);
    key = ports_key(s->pub.proto, s->pub.local.port, peer_port(&s->pub));
    move(m, s, INDEX_PORTS, listed, &key, s->order);
    wanted = waiting_key(s, &key);
    move(m, s, INDEX_QUEUE, listed && wanted, &key, s->queued);
}

const struct bucket *index_ports(
    const struct model *m, uint8_t proto, uint16_t local, uint16_t peer)
{
    struct bucket_key key = ports_key(proto, local, peer);

    return find(m, &key);
}

const struct bucket *index_queue(const struct model *m, enum bucket_kind kind,
    const struct model_sock *listener)
{
    struct bucket_key key =
        queue_key(kind, listener->host, listener->local.port);

    return find(m, &key);
}

void index_add_process(struct model *m, struct process *p)
{
    struct bucket_key key = key_of(BUCKET_HELD);

    model_copy_text(key.name, sizeof key.name, p->pub.name);
    HASH_FIND(hh, m->buckets, &key, sizeof key, p->held);
}

void index_clear(struct model *m)
{
    struct bucket *b = m->buckets;

    HASH_CLEAR(hh, m->buckets);
    while (b != NULL) {
        struct bucket *next = b->hh.next;
        vec_done(&b->of);
        free(b);
        b = next;
    }
}

/* ---- what the screen asks ------------------------------------------------ */

static size_t count(const struct bucket *b)
{
    return b != NULL ? b->of.len : 0;
}

static const struct model_sock *at(const struct bucket *b, size_t i)
{
    return i < count(b) ? &b->of.items[i].sock->pub : NULL;
}

static const struct bucket *held_by(const struct model_process *p)
{
    return ((const struct process *)p)->held;
}

static const struct bucket *orphans(const struct model *m, enum host host)
{
    struct bucket_key key = key_of(BUCKET_ORPHAN);

    key.host = (uint8_t)host;
    return find(m, &key);
}

size_t model_process_sock_count(const struct model_process *p)
{
    return count(held_by(p));
}

const struct model_sock *model_process_sock_at(
    const struct model_process *p, size_t i)
{
    return at(held_by(p), i);
}

size_t model_orphan_count(const struct model *m, enum host host)
{
    return count(orphans(m, host));
}

const struct model_sock *model_orphan_at(
    const struct model *m, enum host host, size_t i)
{
    return at(orphans(m, host), i);
}

size_t model_sock_place(const struct model_sock *s)
{
    const struct indexed *in = &((const struct sock *)s)->in[INDEX_HOLDER];

    return in->bucket != NULL ? lower_bound(in->bucket, in->order) : SIZE_MAX;
}
