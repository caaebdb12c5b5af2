/* Sockets, listed and departed, and the names that mean them, as bytes. */
#include "model_int.h"
#include "model_pack.h"

/* How many of `owners` are its names, now or formerly: behind them is what
 * older events left. One of the two is 0. */
static size_t named(const struct sock *s)
{
    return s->pub.owner_count + s->former_count;
}

static void code_names(struct coder *c, struct sock *s)
{
    code_count(c, &s->pub.owner_count, EVENT_OWNERS_MAX);
    code_count(c, &s->former_count, EVENT_OWNERS_MAX);
    if (s->pub.owner_count > 0 && s->former_count > 0) {
        c->bad = true;
        return;
    }
    code_array_text(c, s->pub.former, sizeof s->pub.former);
    for (size_t i = 0; i < EVENT_OWNERS_MAX; i++) {
        char none[sizeof s->pub.owners[i]] = "";
        code_array_text(c, i < named(s) ? s->pub.owners[i] : none, sizeof none);
    }
}

static void code_counts(struct coder *c, struct model_sock *s)
{
    code_flag(c, &s->is_listener);
    code_flag(c, &s->gone);
    code_flag(c, &s->accepted);
    code_flag(c, &s->has_mem);
    CODE(c, s->send_buffer);
    CODE(c, s->unsent);
    CODE(c, s->recv_buffer);
    CODE(c, s->recv_memory);
    CODE(c, s->sndbuf);
    CODE(c, s->rcvbuf);
    CODE(c, s->mem);
    CODE(c, s->timer);
    CODE(c, s->timer_at_ns);
    CODE(c, s->timer_retrans);
    CODE(c, s->accept_queue);
    CODE(c, s->backlog);
    CODE(c, s->syn_queue);
    CODE(c, s->ignored);
    CODE(c, s->refused_syns);
    CODE(c, s->refused_acks);
}

/* Members of which several rows are parts come more than once. */
static void code_info(struct coder *c, struct model_sock *s)
{
    CODE(c, s->info_known);
    CODE(c, s->info_since_ns);
#define INFO(                                                                  \
    name, member, shift, bits, unit, is_age, help, explain, group, see)        \
    CODE(c, s->info.member);
#include "info.def"
#undef INFO
}

static void code_sock(struct coder *c, struct sock *s)
{
    coder_begin(c);
    CODE(c, s->pub.id);
    CODE(c, s->order);
    CODE(c, s->queued);
    CODE(c, s->pub.opened_ns);
    CODE(c, s->pub.changed_ns);
    CODE(c, s->pub.state_changed_ns);
    CODE(c, s->pub.send_changed_ns);
    CODE(c, s->pub.recv_changed_ns);
    s->pub.host = code_choice(c, s->pub.host, HOST_COUNT);
    CODE(c, s->pub.proto);
    CODE(c, s->pub.state);
    CODE(c, s->pub.local);
    CODE(c, s->pub.peer);
    code_counts(c, &s->pub);
    code_info(c, &s->pub);
    code_names(c, s);
    coder_end(c);
}

/* The i-th, which is made when it is read. */
static struct sock *listed_at(struct coder *c, struct model *m, size_t i)
{
    if (c->reading)
        vec_push(&m->socks, xcalloc(1, sizeof(struct sock)));
    return m->socks.items[i];
}

static struct sock *departed_at(struct coder *c, struct model *m, size_t i)
{
    if (c->reading)
        vec_push(&m->departed, xcalloc(1, sizeof(struct sock)));
    m->departed.items[i]->departed = true;
    return m->departed.items[i];
}

static void code_socks(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->socks.len, SIZE_MAX);
    uint64_t order = 0;

    for (size_t i = 0; i < count && !c->bad; i++) {
        struct sock *s = listed_at(c, m, i);
        code_sock(c, s);
        if (c->reading)
            HASH_ADD(hh, m->sock_by_id, pub.id, sizeof s->pub.id, s);
        c->bad |= s->order <= order || s->order > m->order;
        order = s->order;
        if (c->reading)
            index_follow(m, s);
    }
    count = code_list(c, m->departed.len, MODEL_DEPARTED_MAX);
    for (size_t i = 0; i < count && !c->bad; i++) {
        struct sock *s = departed_at(c, m, i);
        code_sock(c, s);
        if (c->reading)
            HASH_ADD(hh, m->sock_by_id, pub.id, sizeof s->pub.id, s);
    }
}

static bool is_named(const struct sock *s, const char *name)
{
    for (size_t i = 0; i < named(s); i++) {
        if (strcmp(s->pub.owners[i], name) == 0)
            return true;
    }
    return false;
}

/* A socket that is removed takes its names along, so it has to know them. */
static void code_owner(struct coder *c, struct model *m, struct owner *owner)
{
    uint64_t id = c->reading ? 0 : owner->sock->pub.id;

    coder_begin(c);
    code_array_text(c, owner->name, sizeof owner->name);
    CODE(c, id);
    coder_end(c);
    if (!c->reading)
        return;
    HASH_FIND(hh, m->sock_by_id, &id, sizeof id, owner->sock);
    c->bad |= owner->sock == NULL || !is_named(owner->sock, owner->name);
    HASH_ADD_STR(m->owners, name, owner);
}

/* In the order in which they were added, which is that of the events. */
void sock_code(struct coder *c, struct model *m)
{
    struct owner *owner = m->owners;
    size_t count;

    code_socks(c, m);
    count = code_list(c, HASH_COUNT(m->owners), SIZE_MAX);
    for (size_t i = 0; i < count && !c->bad; i++) {
        if (c->reading)
            owner = xcalloc(1, sizeof *owner);
        code_owner(c, m, owner);
        owner = owner->hh.next;
    }
}
