/* Letting everything happen that happens by itself: packets carried, ready
 * sockets looked at, parked calls tried again. One bounded pass at a time, so
 * that keys and signals are heard between two passes even under load. */
#include "stage_int.h"

#include "sockstage/base/clock.h"

#include <sys/epoll.h>

#define READY_BATCH 64

static bool wakes(const struct running *r, uint32_t events)
{
    const uint32_t ended = EPOLLERR | EPOLLHUP;

    if (r->step == CALL_WAIT_READ)
        return (events & (EPOLLIN | EPOLLRDHUP | ended)) != 0;
    return (events & (EPOLLOUT | ended)) != 0;
}

static void sock_ready(struct stage *s, const struct ready_event *event)
{
    struct proc_sock *ps;
    struct running *r;

    HASH_FIND(hh, s->socks, &event->key, sizeof event->key, ps);
    if (!ps || ps->io.fd < 0)
        return; /* closed by an earlier event of the same batch */
    r = ps->owner->running;
    if (r && r->parked && !r->working && r->sock == ps &&
        wakes(r, event->events))
        running_retry(r); /* it looks at the socket itself */
    else
        observe_sock(ps);
}

bool settle_pump(struct stage *s)
{
    struct ready_event events[READY_BATCH];
    bool moved = s->link && link_pump(s->link);
    size_t n = ready_take(s->ready, events, READY_BATCH);

    for (size_t i = 0; i < n; i++)
        sock_ready(s, &events[i]);
    if (n > 0)
        observe_off_wire(s);
    if (!moved)
        observe_postponed(s);
    return moved || n > 0;
}

void settle_ready(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    settle_pump(poll->data);
}

/* A thread that closes needs a moment to begin and to end, so that the story
 * does not depend on it; where none is free it may take for ever. */
#define THREAD_PATIENCE_NS (200 * NS_PER_MS)

static bool thread_moves(struct stage *s)
{
    return running_linger_moves(s) &&
           stage_now_ns(s) - s->settle_from_ns < THREAD_PATIENCE_NS;
}

void settle_idle_turn(uv_idle_t *idle)
{
    struct stage *s = idle->data;
    void (*settled)(void *ctx) = s->settled;

    if (settle_pump(s) || thread_moves(s))
        return;
    uv_idle_stop(idle);
    s->burst = 0;
    s->settled = NULL;
    if (settled)
        settled(s->settled_ctx);
}

void stage_when_settled(struct stage *s, void (*settled)(void *ctx), void *ctx)
{
    s->settled = settled;
    s->settled_ctx = ctx;
    s->settle_from_ns = stage_now_ns(s);
    if (settled)
        uv_idle_start(&s->settle_idle, settle_idle_turn);
    else
        uv_idle_stop(&s->settle_idle);
}
