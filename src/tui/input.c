/* Waits for the terminal with uv_poll and for SIGWINCH, SIGTSTP and SIGCONT
 * with uv_signal; curses turns bytes into keys. The descriptor is the input's
 * own: uv_poll makes it non-blocking, and output to the terminal must block. */
#include "input.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

struct input {
    struct input_events events;
    void *ctx;
    int fd;
    uv_poll_t poll;
    uv_signal_t winch, tstp, cont;
    uv_timer_t timer;
    bool has_poll;
    void (*tick)(void *ctx);
    int open_handles;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static const struct {
    int curses;
    uint32_t key;
} special_keys[] = {
    {KEY_UP, KEY_CODE_UP},
    {KEY_DOWN, KEY_CODE_DOWN},
    {KEY_LEFT, KEY_CODE_LEFT},
    {KEY_RIGHT, KEY_CODE_RIGHT},
    {KEY_HOME, KEY_CODE_HOME},
    {KEY_END, KEY_CODE_END},
    {KEY_PPAGE, KEY_CODE_PAGE_UP},
    {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
    {KEY_DC, KEY_CODE_DELETE},
    {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
    {KEY_BTAB, KEY_CODE_BACK_TAB},
};

static void tell_mouse(struct input *in, const MEVENT *event)
{
    static const struct {
        mmask_t bit;
        uint32_t key;
    } meanings[] = {
        {BUTTON4_PRESSED, KEY_CODE_WHEEL_UP},
        {BUTTON5_PRESSED, KEY_CODE_WHEEL_DOWN},
        {BUTTON1_PRESSED, KEY_CODE_MOUSE},
        {BUTTON1_RELEASED, KEY_CODE_RELEASE},
        {REPORT_MOUSE_POSITION, KEY_CODE_DRAG},
    };

    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (!(event->bstate & meanings[i].bit))
            continue;
        in->events.key(in->ctx, meanings[i].key, event->y, event->x);
        return;
    }
}

#define MOUSE_BURST 8 /* as many as curses keeps */

/* What came at once is one KEY_MOUSE, and is handed out from its end. */
static void on_mouse(struct input *in)
{
    MEVENT events[MOUSE_BURST];
    size_t count = 0;

    while (count < MOUSE_BURST && getmouse(&events[count]) == OK)
        count++;
    while (count > 0 && !in->closed)
        tell_mouse(in, &events[--count]);
}

static void on_special(struct input *in, int curses)
{
    if (curses == KEY_MOUSE) {
        on_mouse(in);
        return;
    }
    if (curses == KEY_ENTER) {
        in->events.key(in->ctx, KEY_RETURN, -1, -1);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(special_keys); i++) {
        if (special_keys[i].curses == curses)
            in->events.key(in->ctx, special_keys[i].key, -1, -1);
    }
}

static void on_character(struct input *in, wint_t c)
{
    uint32_t key = (uint32_t)c;

    if (key == '\n')
        key = KEY_RETURN;
    if (key == 0x7f || key == 0x08)
        key = KEY_CODE_BACKSPACE;
    in->events.key(in->ctx, key, -1, -1);
}

/* Readable and nothing to read: a sequence that curses has swallowed, or the
 * terminal is gone, which stays readable for ever. */
static bool hung_up(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR));
}

/* A key may close the input: `open_handles` tells, because the memory stays
 * until the loop turns again. */
static void on_readable(uv_poll_t *handle, int status, int bits)
{
    struct input *in = container_of(handle, struct input, poll);
    bool any = false;
    wint_t c = 0;

    (void)bits;
    for (;;) {
        int kind = get_wch(&c);
        if (kind == ERR)
            break;
        any = true;
        if (kind == KEY_CODE_YES)
            on_special(in, (int)c);
        else
            on_character(in, c);
        if (in->closed)
            return;
    }
    if (!any && (status < 0 || hung_up(in->fd))) {
        uv_poll_stop(&in->poll);
        in->events.ended(in->ctx);
        return;
    }
    in->events.idle(in->ctx);
}

static void on_winch(uv_signal_t *handle, int signal)
{
    struct input *in = container_of(handle, struct input, winch);

    (void)signal;
    in->events.resized(in->ctx);
}

static void on_tstp(uv_signal_t *handle, int signal)
{
    struct input *in = container_of(handle, struct input, tstp);

    (void)signal;
    in->events.stopped(in->ctx);
}

static void on_cont(uv_signal_t *handle, int signal)
{
    struct input *in = container_of(handle, struct input, cont);

    (void)signal;
    in->events.continued(in->ctx);
}

static void on_timer(uv_timer_t *handle)
{
    struct input *in = container_of(handle, struct input, timer);

    in->tick(in->ctx);
}

static void finish(struct input *in)
{
    void (*closed)(void *) = in->closed;
    void *ctx = in->closed_ctx;

    if (in->fd >= 0)
        close(in->fd);
    free(in);
    if (closed)
        closed(ctx);
}

static void on_closed(uv_handle_t *handle)
{
    struct input *in = handle->data;

    if (--in->open_handles == 0)
        finish(in);
}

static void ignore_closed(void *ctx)
{
    (void)ctx;
}

static int no_terminal(struct err *e, int error)
{
    int rc = err_sys(e, error, _("can't open /dev/tty"));

    err_hint(e, _("the screen needs a terminal; "
                  "`sockstage run FILE` does not"));
    return rc;
}

int input_open(uv_loop_t *loop, const struct input_events *events, void *ctx,
    struct input **out, struct err *e)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return no_terminal(e, errno);
    struct input *in = xcalloc(1, sizeof *in);
    in->events = *events;
    in->ctx = ctx;
    in->fd = fd;
    uv_signal_init(loop, &in->winch);
    uv_signal_init(loop, &in->tstp);
    uv_signal_init(loop, &in->cont);
    uv_timer_init(loop, &in->timer);
    in->open_handles = 4;
    in->winch.data = in->tstp.data = in->cont.data = in->timer.data = in;
    int rc = uv_signal_start(&in->winch, on_winch, SIGWINCH);
    if (rc == 0)
        rc = uv_signal_start(&in->tstp, on_tstp, SIGTSTP);
    if (rc == 0)
        rc = uv_signal_start(&in->cont, on_cont, SIGCONT);
    if (rc == 0)
        rc = uv_poll_init(loop, &in->poll, fd);
    if (rc == 0) {
        in->has_poll = true;
        in->open_handles = 5;
        in->poll.data = in;
        rc = uv_poll_start(&in->poll, UV_READABLE, on_readable);
    }
    if (rc < 0) {
        err_sys(e, -rc, _("can't wait for keys of the terminal"));
        input_close(in, NULL, NULL);
        return rc;
    }
    *out = in;
    return 0;
}

void input_close(struct input *in, void (*closed)(void *ctx), void *ctx)
{
    in->closed = closed ? closed : ignore_closed;
    in->closed_ctx = ctx;
    uv_close((uv_handle_t *)&in->winch, on_closed);
    uv_close((uv_handle_t *)&in->tstp, on_closed);
    uv_close((uv_handle_t *)&in->cont, on_closed);
    uv_close((uv_handle_t *)&in->timer, on_closed);
    if (in->has_poll)
        uv_close((uv_handle_t *)&in->poll, on_closed);
}

void input_tick(struct input *in, uint64_t every_ms, void (*tick)(void *ctx))
{
    in->tick = tick;
    if (every_ms == 0)
        uv_timer_stop(&in->timer);
    else if (!uv_is_active((uv_handle_t *)&in->timer) ||
             uv_timer_get_repeat(&in->timer) != every_ms)
        uv_timer_start(&in->timer, on_timer, every_ms, every_ms);
}
