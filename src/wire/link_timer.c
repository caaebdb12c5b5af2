/* A timerfd on the loop, see link_timer.h. */
#include "link_timer.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void on_due(uv_poll_t *poll, int status, int events)
{
    struct link_timer *t = poll->data;
    uint64_t count;

    (void)status;
    (void)events;
    /* Nothing to read: it was set anew after it had fired. */
    if (read(t->fd, &count, sizeof count) < 0)
        return;
    t->due_ns = 0;
    t->fired(t->ctx);
}

int link_timer_open(struct link_timer *t, uv_loop_t *loop,
    void (*fired)(void *ctx), void *ctx, struct err *e)
{
    *t = (struct link_timer){.fired = fired, .ctx = ctx};
    t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int rc = t->fd < 0 ? -errno : uv_poll_init(loop, &t->poll, t->fd);
    if (rc < 0) {
        if (t->fd >= 0)
            close(t->fd);
        return err_sys(e, -rc, _("cannot make the timer of the wire"));
    }
    t->poll.data = t;
    /* Fails only while the handle is being closed. */
    uv_poll_start(&t->poll, UV_READABLE, on_due);
    return 0;
}

void link_timer_set(struct link_timer *t, uint64_t due_ns)
{
    const struct itimerspec when = {
        .it_value = {(time_t)(due_ns / NS_PER_S), (long)(due_ns % NS_PER_S)},
    };

    if (due_ns == t->due_ns)
        return;
    /* Can't fail: the descriptor and the time are valid. All zeros stop it. */
    timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &when, NULL);
    t->due_ns = due_ns;
}

static void on_closed(uv_handle_t *handle)
{
    struct link_timer *t = handle->data;

    close(t->fd);
    t->closed(t->ctx);
}

void link_timer_close(struct link_timer *t, void (*closed)(void *ctx))
{
    t->closed = closed;
    uv_close((uv_handle_t *)&t->poll, on_closed);
}
