/* Wakes the loop when a host's descriptor has a packet or, if asked for, room
 * for one. The descriptors are watched only while the loop waits: else every
 * packet of a burst would pay for a wake-up (ep_poll_callback() in the kernel's
 * fs/eventpoll.c), though the link reads them all anyway. */
#ifndef SOCKSTAGE_WIRE_LINK_WATCH_H
#define SOCKSTAGE_WIRE_LINK_WATCH_H

#include "sockstage/base/err.h"
#include "sockstage/base/host.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct link_watch_events {
    /* Something has come, or can go. `failed` are bits (1 << host) of the
     * descriptors that epoll(7) reports an error of. */
    void (*ready)(void *ctx, unsigned failed);
    /* A descriptor can't be watched, and is not from now on. */
    void (*refused)(void *ctx, enum host host, int code);
    void (*closed)(void *ctx);
};

struct link_watch {
    int epoll_fd;
    struct {
        int fd;
        uint32_t wanted;  /* EPOLLIN | EPOLLOUT; 0: nothing */
        uint32_t watched; /* as the kernel knows it; 0: not at all */
    } of[HOST_COUNT];
    uv_poll_t poll;
    uv_prepare_t prepare;
    uv_check_t check;
    unsigned handles; /* still open */
    const struct link_watch_events *events;
    void *ctx;
};

/* 0 or -errno; then link_watch_close() must be called, which is not needed
 * (nor allowed) after a failure. Nothing is watched at first. */
int link_watch_open(struct link_watch *w, uv_loop_t *loop,
    const struct link_watch_events *events, void *ctx, struct err *e);

/* Whether such a descriptor can be watched at all: 0 or -errno. */
int link_watch_test(struct link_watch *w, int fd);

/* What to wait for at this host's descriptor from now on. */
void link_watch_set(
    struct link_watch *w, enum host host, int fd, uint32_t wanted);

/* `w` must stay until closed() is called with the same ctx. */
void link_watch_close(struct link_watch *w);

#endif
