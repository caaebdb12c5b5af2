/* What the index of the sockets answers is what a look at all of them would,
 * at any point of endless made-up stories, and again after a keyframe. */
#include "../../src/model/model_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "model_events.h"
#include "model_story.h"
#include "sockstage/base/mem.h"

#define ROUNDS      8
#define EVENTS      4000
#define CHECK_EVERY 97

typedef const struct model_sock *queue_at(
    const struct model *m, const struct model_sock *listener, size_t i);

static bool same_ip(const struct addr *a, const struct addr *b)
{
    struct addr x = addr_unmapped(a), y = addr_unmapped(b);

    return a->family && b->family && addr_equal(&x, &y);
}

static bool are_ends(const struct model_sock *a, const struct model_sock *b)
{
    return a->proto == b->proto && same_ip(&a->local, &b->peer) &&
           same_ip(&a->peer, &b->local);
}

static int fitness(const struct model_sock *s, const struct model_sock *other)
{
    return (other->gone ? 0 : 4) + (other->host != s->host ? 2 : 0) +
           (other != s ? 1 : 0);
}

static void check_peer(const struct model *m, const struct model_sock *s)
{
    const struct model_sock *best = NULL;

    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *other = model_sock_at(m, i);
        if (are_ends(s, other) &&
            (!best || fitness(s, other) >= fitness(s, best)))
            best = other;
    }
    assert_ptr_equal(model_sock_peer(m, s), best);
}

static bool covers(const struct addr *listener, const struct addr *local)
{
    struct addr want = addr_unmapped(listener), have = addr_unmapped(local);

    if (want.port != have.port)
        return false;
    if (addr_is_any(&want))
        return want.family == AF_INET6 || have.family == AF_INET;
    return addr_same_ip(&want, &have);
}

static bool waits(const struct model_sock *listener, const struct model_sock *s,
    bool half_open)
{
    bool state = half_open ? s->state == TCP_STATE_SYN_RECEIVED
                           : s->state == TCP_STATE_ESTABLISHED ||
                                 s->state == TCP_STATE_CLOSE_WAIT;

    return state && s->proto == IPPROTO_TCP && s->host == listener->host &&
           !s->accepted && s->owner_count == 0 && !s->gone &&
           covers(&listener->local, &s->local);
}

/* The same ones, each once; their order is tested by hand elsewhere. */
static void check_queue(const struct model *m, const struct model_sock *s,
    queue_at *at, bool half_open)
{
    size_t expected = 0, found = 0;

    for (size_t i = 0; i < model_sock_count(m); i++)
        expected += waits(s, model_sock_at(m, i), half_open);
    for (const struct model_sock *q; (q = at(m, s, found)); found++) {
        assert_true(waits(s, q, half_open));
        for (size_t i = 0; i < found; i++)
            assert_ptr_not_equal(at(m, s, i), q);
    }
    assert_int_equal(found, expected);
}

static bool is_of(const struct model_sock *s, const struct model_process *p)
{
    size_t len = strlen(p->name);

    return s->owner_count > 0 && strncmp(s->owners[0], p->name, len) == 0 &&
           s->owners[0][len] == '.';
}

static void check_holders(const struct model *m)
{
    for (size_t k = 0; k < model_process_count(m); k++) {
        const struct model_process *p = model_process_at(m, k);
        size_t n = 0;
        for (size_t i = 0; i < model_sock_count(m); i++) {
            const struct model_sock *s = model_sock_at(m, i);
            if (!is_of(s, p))
                continue;
            assert_int_equal(model_sock_place(s), n);
            assert_ptr_equal(model_process_sock_at(p, n++), s);
        }
        assert_int_equal(model_process_sock_count(p), n);
    }
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        size_t n = 0;
        for (size_t i = 0; i < model_sock_count(m); i++) {
            const struct model_sock *s = model_sock_at(m, i);
            if (s->host == h && s->owner_count == 0 && s->accepted)
                assert_ptr_equal(model_orphan_at(m, h, n++), s);
        }
        assert_int_equal(model_orphan_count(m, h), n);
        assert_null(model_orphan_at(m, h, n));
    }
}

/* The latest listed one that takes it, and its first name. */
static void check_owner(
    const struct model *m, const struct segment *g, enum host host)
{
    for (size_t i = model_sock_count(m); i-- > 0;) {
        const struct model_sock *s = model_sock_at(m, i);
        const char *name = s->owner_count ? s->owners[0] : s->former;
        if (s->host != host || !name[0] ||
            !model_takes_segment(host, s->proto, &s->local, &s->peer, g))
            continue;
        assert_string_equal(model_segment_owner(m, g, host), name);
        return;
    }
}

static void check(const struct model *m)
{
    check_holders(m);
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        check_peer(m, s);
        check_queue(m, s, model_accept_queue_at, false);
        check_queue(m, s, model_syn_queue_at, true);
    }
    size_t n = model_segment_count(m);
    for (size_t i = n > 40 ? n - 40 : 0; i < n; i++) {
        check_owner(m, &model_segment_at(m, i)->seg, HOST_CLIENT);
        check_owner(m, &model_segment_at(m, i)->seg, HOST_SERVER);
    }
}

static void tells_what_a_search_would(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        struct model *m = model_new(), *copy = model_new();
        struct str packed = STR_INIT;
        struct story story;
        story_begin(&story, round);
        for (unsigned i = 0; i < EVENTS; i++) {
            struct event e = story_next(&story);
            model_apply(m, &e);
            if (i % CHECK_EVERY == 0)
                check(m);
        }
        model_pack(m, &packed);
        assert_true(model_unpack(packed.data, packed.len, copy));
        check(copy);
        for (unsigned i = 0; i < EVENTS / 4; i++) {
            struct event e = story_next(&story);
            model_apply(copy, &e);
        }
        check(copy);
        str_done(&packed);
        model_free(m);
        model_free(copy);
    }
}

/* Names come before their processes in a broken recording. */
static void finds_sockets_older_than_their_process(void **state)
{
    struct model *m = model_new();
    struct event e = make_socket(1, 7, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);

    (void)state;
    model_apply(m, &e);
    e = make_process(2, "c1", HOST_CLIENT);
    model_apply(m, &e);
    const struct model_process *p = model_process(m, "c1");
    assert_int_equal(model_process_sock_count(p), 1);
    assert_int_equal(model_process_sock_at(p, 0)->id, 7);
    e = make_socket(3, 7, HOST_CLIENT, NULL, TCP_STATE_FIN_WAIT_2);
    model_apply(m, &e);
    assert_int_equal(model_process_sock_count(p), 0);
    assert_int_equal(model_orphan_at(m, HOST_CLIENT, 0)->id, 7);
    e.u.socket.gone = true;
    model_apply(m, &e);
    assert_int_equal(model_orphan_count(m, HOST_CLIENT), 0);
    assert_int_equal(model_sock_place(model_sock(m, 7)), SIZE_MAX);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_a_search_would),
        cmocka_unit_test(finds_sockets_older_than_their_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
