/* The alarm of the link, for the packet that is due first. libuv's own timers
 * count milliseconds from a time cut to milliseconds, and would be up to 2 ms
 * late; this one is as exact as the kernel (timerfd_create(2)). */
#ifndef SOCKSTAGE_WIRE_LINK_TIMER_H
#define SOCKSTAGE_WIRE_LINK_TIMER_H

#include "sockstage/base/err.h"

#include <stdint.h>
#include <uv.h>

struct link_timer {
    uv_poll_t poll;
    int fd;
    uint64_t due_ns; /* 0: not running */
    void (*fired)(void *ctx);
    void (*closed)(void *ctx);
    void *ctx;
};

/* 0 or -errno; then link_timer_close() must be called, which is not needed
 * (nor allowed) after a failure. */
int link_timer_open(struct link_timer *t, uv_loop_t *loop,
    void (*fired)(void *ctx), void *ctx, struct err *e);

/* When to call fired(), by the monotonic clock; 0: not at all. Set again, it
 * replaces the time before. */
void link_timer_set(struct link_timer *t, uint64_t due_ns);

/* `t` must stay until closed() is called with the same ctx. */
void link_timer_close(struct link_timer *t, void (*closed)(void *ctx));

#endif
