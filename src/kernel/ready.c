/* The epoll set of all user sockets, see ready.h. */
#include "sockstage/kernel/ready.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#define TAKE_AT_ONCE 64

struct ready {
    int epoll_fd;
};

int ready_open(struct ready **out, struct err *e)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);

    *out = NULL;
    if (fd < 0)
        return err_sys(e, errno, _("cannot make an epoll set"));
    *out = xmalloc(sizeof **out);
    (*out)->epoll_fd = fd;
    return 0;
}

void ready_close(struct ready *r)
{
    if (!r)
        return;
    close(r->epoll_fd);
    free(r);
}

int ready_fd(const struct ready *r)
{
    return r->epoll_fd;
}

int ready_add(struct ready *r, int fd, uint64_t key, struct err *e)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.u64 = key,
    };

    if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        return err_sys(e, errno, _("cannot watch socket %d"), fd);
    return 0;
}

int ready_remove(struct ready *r, int fd, struct err *e)
{
    if (epoll_ctl(r->epoll_fd, EPOLL_CTL_DEL, fd, NULL) < 0)
        return err_sys(e, errno, _("cannot stop watching socket %d"), fd);
    return 0;
}

size_t ready_take(struct ready *r, struct ready_event *out, size_t max)
{
    struct epoll_event chunk[TAKE_AT_ONCE];
    size_t taken = 0;

    while (taken < max) {
        size_t room = max - taken;
        int limit = room < TAKE_AT_ONCE ? (int)room : TAKE_AT_ONCE;
        int n = epoll_wait(r->epoll_fd, chunk, limit, 0);

        if (n < 0 && errno == EINTR)
            continue;
        for (int i = 0; i < n; i++)
            out[taken++] = (struct ready_event){
                .key = chunk[i].data.u64, .events = chunk[i].events};
        if (n < limit)
            break;
    }
    return taken;
}
