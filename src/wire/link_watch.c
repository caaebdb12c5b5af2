/* The epoll set around the loop's sleep, see link_watch.h. */
#include "link_watch.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

static void watch(struct link_watch *w, enum host host)
{
    struct epoll_event event = {
        .events = w->of[host].wanted,
        .data.u32 = host,
    };

    if (w->of[host].wanted == 0)
        return;
    if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->of[host].fd, &event) < 0) {
        w->of[host].wanted = 0;
        w->events->refused(w->ctx, host, errno);
        return;
    }
    w->of[host].watched = w->of[host].wanted;
}

static void unwatch(struct link_watch *w, enum host host)
{
    if (w->of[host].watched == 0)
        return;
    /* Can't fail: it was added, and nobody closes it before the watch. */
    epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, w->of[host].fd, NULL);
    w->of[host].watched = 0;
}

static void unwatch_all(struct link_watch *w)
{
    for (int h = 0; h < HOST_COUNT; h++)
        unwatch(w, (enum host)h);
}

static void on_prepare(uv_prepare_t *prepare)
{
    for (int h = 0; h < HOST_COUNT; h++)
        watch(prepare->data, (enum host)h);
}

static void on_check(uv_check_t *check)
{
    unwatch_all(check->data);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct link_watch *w = poll->data;
    struct epoll_event each[HOST_COUNT];
    int n = epoll_wait(w->epoll_fd, each, HOST_COUNT, 0);
    unsigned failed = 0;

    (void)status;
    (void)events;
    for (int i = 0; i < n; i++)
        if (each[i].events & EPOLLERR)
            failed |= 1U << each[i].data.u32;
    unwatch_all(w);
    w->events->ready(w->ctx, failed);
}

int link_watch_open(struct link_watch *w, uv_loop_t *loop,
    const struct link_watch_events *events, void *ctx, struct err *e)
{
    *w = (struct link_watch){.events = events, .ctx = ctx};
    w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int rc =
        w->epoll_fd < 0 ? -errno : uv_poll_init(loop, &w->poll, w->epoll_fd);
    if (rc < 0) {
        if (w->epoll_fd >= 0)
            close(w->epoll_fd);
        return err_sys(e, -rc, _("cannot make the epoll set of the wire"));
    }
    uv_prepare_init(loop, &w->prepare);
    uv_check_init(loop, &w->check);
    w->handles = 3;
    w->poll.data = w->prepare.data = w->check.data = w;
    /* These fail only while the handle is being closed. */
    uv_poll_start(&w->poll, UV_READABLE, on_ready);
    uv_prepare_start(&w->prepare, on_prepare);
    uv_check_start(&w->check, on_check);
    return 0;
}

int link_watch_test(struct link_watch *w, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};

    if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        return -errno;
    epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    return 0;
}

void link_watch_set(
    struct link_watch *w, enum host host, int fd, uint32_t wanted)
{
    unwatch(w, host);
    w->of[host].fd = fd;
    w->of[host].wanted = wanted;
}

static void on_closed(uv_handle_t *handle)
{
    struct link_watch *w = handle->data;

    if (--w->handles > 0)
        return;
    close(w->epoll_fd);
    w->events->closed(w->ctx);
}

void link_watch_close(struct link_watch *w)
{
    unwatch_all(w);
    uv_close((uv_handle_t *)&w->poll, on_closed);
    uv_close((uv_handle_t *)&w->prepare, on_closed);
    uv_close((uv_handle_t *)&w->check, on_closed);
}
