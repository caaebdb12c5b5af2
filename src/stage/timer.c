/* One-shot timers for the layers above: the loop's, so that a screen without a
 * stage has them too. */
#include "sockstage/stage/stage.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <stdlib.h>

struct stage_timer {
    uv_timer_t timer;
    void (*fired)(void *ctx);
    void *ctx;
};

static void on_timer(uv_timer_t *timer)
{
    struct stage_timer *t = container_of(timer, struct stage_timer, timer);

    t->fired(t->ctx);
}

static void on_timer_closed(uv_handle_t *h)
{
    uv_timer_t *timer = (uv_timer_t *)h;

    free(container_of(timer, struct stage_timer, timer));
}

struct stage_timer *stage_timer_new(
    uv_loop_t *loop, void (*fired)(void *ctx), void *ctx)
{
    struct stage_timer *t = xcalloc(1, sizeof *t);

    t->fired = fired;
    t->ctx = ctx;
    uv_timer_init(loop, &t->timer);
    return t;
}

void stage_timer_start(struct stage_timer *t, uint64_t in_ns)
{
    /* libuv counts whole milliseconds from the loop's own, older, now: one
     * more makes sure that it never fires early. */
    uint64_t ms = in_ns / NS_PER_MS + (in_ns % NS_PER_MS > 0);

    uv_update_time(t->timer.loop);
    uv_timer_start(&t->timer, on_timer, in_ns ? ms + 1 : 0, 0);
}

void stage_timer_stop(struct stage_timer *t)
{
    uv_timer_stop(&t->timer);
}

void stage_timer_free(struct stage_timer *t)
{
    if (t)
        uv_close((uv_handle_t *)&t->timer, on_timer_closed);
}
