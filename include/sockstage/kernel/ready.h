/* Which sockets became ready: one edge-triggered epoll(7) set for all user
 * sockets. It reports raw bits and leaves a pending error in place, which
 * libuv's own poll handle would not. */
#ifndef SOCKSTAGE_KERNEL_READY_H
#define SOCKSTAGE_KERNEL_READY_H

#include "sockstage/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct ready;

struct ready_event {
    uint64_t key;    /* as given to ready_add() */
    uint32_t events; /* EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP */
};

int ready_open(struct ready **out, struct err *e);
void ready_close(struct ready *r); /* NULL is allowed */

/* The descriptor to wait on: readable while ready_take() has something. */
int ready_fd(const struct ready *r);

/* Watches `fd` for every change. Take it out before its close(): while a dup
 * lives, a dead registration keeps delivering and can't be removed any more. */
int ready_add(struct ready *r, int fd, uint64_t key, struct err *e);
int ready_remove(struct ready *r, int fd, struct err *e);

/* What is ready now, at most `max`, without waiting; returns how many. */
size_t ready_take(struct ready *r, struct ready_event *out, size_t max);

#endif
