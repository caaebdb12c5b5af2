/* Waits for the terminal with uv_poll and for SIGWINCH, SIGTSTP and SIGCONT
 * with uv_signal; curses turns bytes into keys. The descriptor is the input's
 * own: a descriptor can't be watched twice, and the outlet has another one. */
#include "input.h"

#include "paste.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <curses.h>

#include "curses_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define BACKGROUND_MS 100

struct input {
    struct input_events events;
    void *ctx;
    int fd;
    uv_poll_t poll;
    uv_signal_t winch, tstp, cont;
    uv_timer_t timer;
    uv_timer_t later; /* until a terminal of someone else's is touched */
    bool has_shell;   /* that could continue us */
    bool ignores_tstp;
    uv_timer_t patience; /* with a paste whose end does not come */
    bool pasting;
    struct str pasted;
    bool has_poll;
    WINDOW *keys; /* what curses reads them for */
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
    {CURSES_WORD_LEFT, KEY_CODE_WORD_LEFT},
    {CURSES_WORD_RIGHT, KEY_CODE_WORD_RIGHT},
    {CURSES_WORD_DELETE, KEY_CODE_WORD_DELETE},
    {CURSES_WORD_BACKSPACE, KEY_CODE_WORD_BACKSPACE},
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
    if (curses >= KEY_F(1) && curses <= KEY_F(12)) {
        uint32_t n = (uint32_t)(curses - KEY_F(1)) + 1;
        in->events.key(in->ctx, KEY_CODE_F(n), -1, -1);
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

/* ---- pasting ------------------------------------------------------------- */

#define PASTE_PATIENCE_MS 1000

static void end_paste(struct input *in)
{
    in->pasting = false;
    uv_timer_stop(&in->patience);
    in->events.paste(in->ctx, str_text(&in->pasted), in->pasted.len);
    str_done(&in->pasted);
}

static void on_impatient(uv_timer_t *handle)
{
    struct input *in = container_of(handle, struct input, patience);

    end_paste(in);
    if (!in->closed)
        in->events.idle(in->ctx);
}

static void begin_paste(struct input *in)
{
    in->pasting = true;
    str_clear(&in->pasted);
}

/* The end may also come as characters, where its bytes did not come at once. */
static void cut_end_bytes(struct input *in)
{
    static const char end[] = PASTE_END_BYTES;
    size_t n = sizeof end - 1;
    struct str *text = &in->pasted;

    if (text->len < n || memcmp(text->data + text->len - n, end, n) != 0)
        return;
    text->len -= n;
    text->data[text->len] = '\0';
    end_paste(in);
}

static void take_pasted(struct input *in, bool special, wint_t c)
{
    char utf8[4];

    if (special && c == CURSES_PASTE_END)
        end_paste(in);
    else if (special && c == KEY_ENTER)
        str_addc(&in->pasted, '\n');
    if (special || c == 0)
        return;
    if (in->pasted.len < 2 * PASTE_MAX || c == '~' || c < 0x20)
        str_addn(&in->pasted, utf8, utf8_encode((uint32_t)c, utf8));
    cut_end_bytes(in);
}

/* ---- reading ------------------------------------------------------------- */

/* Readable and nothing to read: a sequence that curses has swallowed, or the
 * terminal is gone, which stays readable for ever. */
static bool hung_up(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR));
}

/* Not stdscr: that would be drawn before a key is read from it. It goes with
 * the screen. */
static WINDOW *keys_from(struct input *in)
{
    if (!in->keys) {
        in->keys = newpad(1, 1);
        keypad(in->keys, TRUE);
        nodelay(in->keys, TRUE);
    }
    return in->keys;
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
        int kind = wget_wch(keys_from(in), &c);
        if (kind == ERR)
            break;
        any = true;
        if (in->pasting)
            take_pasted(in, kind == KEY_CODE_YES, c);
        else if (kind == KEY_CODE_YES && c == CURSES_PASTE_BEGIN)
            begin_paste(in);
        else if (kind == KEY_CODE_YES)
            on_special(in, (int)c);
        else
            on_character(in, c);
        if (in->closed)
            return;
    }
    if (any && in->pasting)
        uv_timer_start(&in->patience, on_impatient, PASTE_PATIENCE_MS, 0);
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

/* ---- stopping and going on ---------------------------------------------- */

static bool in_foreground(const struct input *in)
{
    return tcgetpgrp(in->fd) == getpgrp();
}

static void go_on(struct input *in);
static void on_cont(uv_signal_t *handle, int signal);
static void on_tstp(uv_signal_t *handle, int signal);

/* Makes the signal wait until stop_here(). Whoever continues us meanwhile has
 * the kernel drop it, as any stop that still waits (POSIX, "Signal Generation
 * and Delivery"); `before` is the mask to return to. */
static void hold(int signal, sigset_t *before)
{
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, signal);
    pthread_sigmask(SIG_BLOCK, &held, before);
    raise(signal);
}

/* Whether the held signal was still to come; now it isn't. */
static bool withdraw(int signal)
{
    const struct timespec at_once = {0};
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, signal);
    return sigtimedwait(&held, NULL, &at_once) == signal;
}

/* Stops here if the held signal still waits, as it does by default, until
 * someone continues us. */
static void stop_here(struct input *in, const sigset_t *before)
{
    uv_signal_stop(&in->tstp);
    uv_signal_stop(&in->cont);
    pthread_sigmask(SIG_SETMASK, before, NULL);
    if (!in->ignores_tstp)
        uv_signal_start(&in->tstp, on_tstp, SIGTSTP);
    uv_signal_start(&in->cont, on_cont, SIGCONT);
    uv_update_time(in->later.loop); /* or timers count the stop too */
    go_on(in);
}

static void on_later(uv_timer_t *handle)
{
    struct input *in = container_of(handle, struct input, later);
    sigset_t before;

    hold(SIGTTOU, &before);
    if (in_foreground(in))
        withdraw(SIGTTOU);
    stop_here(in, &before);
}

/* In the background (`bg`) a program that wants the terminal is stopped, until
 * it gets it: nothing else would tell when that is. But a signal that is to end
 * it may have come too (`kill %1`): that goes first. */
static void go_on(struct input *in)
{
    if (in_foreground(in)) {
        uv_timer_stop(&in->later);
        in->events.continued(in->ctx);
        return;
    }
    in->events.stopping(in->ctx);
    uv_timer_start(&in->later, on_later, BACKGROUND_MS, 0);
}

static void on_cont(uv_signal_t *handle, int signal)
{
    (void)signal;
    go_on(container_of(handle, struct input, cont));
}

static void on_tstp(uv_signal_t *handle, int signal)
{
    struct input *in = container_of(handle, struct input, tstp);
    sigset_t before;

    hold(signal, &before);
    in->events.stopping(in->ctx); /* may take a while */
    /* Where nobody does job control the kernel would not stop us for it. */
    if (!in->has_shell && withdraw(signal))
        raise(SIGSTOP);
    stop_here(in, &before);
}

/* A shell without job control has its children ignore the signal. */
static bool is_ignored(int signal)
{
    struct sigaction now;

    return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int input_suspend(const struct input *in)
{
    if (!in->has_shell)
        return -ENOTSUP;
    return kill(0, SIGTSTP) < 0 ? -errno : 0;
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
    str_done(&in->pasted);
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
    uv_timer_init(loop, &in->later);
    uv_timer_init(loop, &in->patience);
    in->open_handles = 6;
    in->tstp.data = in->later.data = in;
    /* The leader of a session has no shell above it. */
    in->ignores_tstp = is_ignored(SIGTSTP);
    in->has_shell = getsid(0) != getpid() && !in->ignores_tstp;
    in->winch.data = in->cont.data = in->timer.data = in->poll.data = in;
    in->patience.data = in;
    int rc = uv_signal_start(&in->winch, on_winch, SIGWINCH);
    if (rc == 0)
        rc = uv_signal_start(&in->cont, on_cont, SIGCONT);
    if (rc == 0 && !in->ignores_tstp)
        rc = uv_signal_start(&in->tstp, on_tstp, SIGTSTP);
    if (rc == 0)
        rc = uv_poll_init(loop, &in->poll, fd);
    if (rc == 0) {
        in->has_poll = true;
        in->open_handles++;
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
    uv_close((uv_handle_t *)&in->later, on_closed);
    uv_close((uv_handle_t *)&in->patience, on_closed);
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
