/* Curses writes again and again until all is taken (EAGAIN does not make it
 * give up), and so would the whole program stand still with a terminal that
 * nobody reads. It writes to a file in memory instead, which is sent on without
 * blocking; what is sent makes room, so that no more than a frame is kept. */
#include "outlet.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

/* More than a frame of a large screen; and what is kept of the file's memory
 * when all is sent. */
#define STORE_MAX  (4 << 20)
#define STORE_KEEP (64 << 10)

struct outlet {
    int terminal;
    int store; /* the intake */
    off_t sent, end;
    uv_poll_t poll;
    bool busy; /* waits for the terminal */
    void (*drained)(void *ctx, int code);
    void *ctx;
};

/* The limit counts for files in memory too, and curses would leave out what
 * goes beyond it, without a word. It is not raised: it is meant for recordings
 * as well. */
int outlet_check(struct err *e)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
        return err_sys(e, errno, _("can't read the limit for files"));
    if (limit.rlim_cur >= STORE_MAX)
        return 0;
    int rc = err_set(e, EFBIG,
        _("no screen: files may not grow to %d MiB here (RLIMIT_FSIZE)"),
        STORE_MAX >> 20);
    err_hint(e, _("lift the limit with `ulimit -f unlimited`, or start from a "
                  "shell without it; `sockstage run FILE` needs no screen"));
    return rc;
}

static int redirect(int intake)
{
    int fd = memfd_create("screen", MFD_CLOEXEC);
    int code = 0;

    if (fd < 0)
        return -errno;
    if (dup3(fd, intake, O_CLOEXEC) < 0)
        code = -errno;
    close(fd);
    return code;
}

int outlet_open(struct uv_loop_s *loop, int terminal, int intake,
    void (*drained)(void *ctx, int code), void *ctx, struct outlet **out,
    struct err *e)
{
    int rc = redirect(intake);

    if (rc < 0)
        return err_sys(e, -rc, _("can't keep what the terminal is to show"));
    struct outlet *o = xcalloc(1, sizeof *o);
    o->terminal = terminal;
    o->store = intake;
    o->drained = drained;
    o->ctx = ctx;
    o->poll.data = o;
    rc = uv_poll_init(loop, &o->poll, terminal);
    if (rc < 0) {
        free(o);
        return err_sys(e, -rc, _("can't wait for the terminal"));
    }
    *out = o;
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void outlet_close(struct outlet *o)
{
    if (o)
        uv_close((uv_handle_t *)&o->poll, on_closed);
}

static void stop_waiting(struct outlet *o)
{
    if (o->busy)
        uv_poll_stop(&o->poll);
    o->busy = false;
}

/* Curses and the store have one file position: that is how much it wrote. */
static void begin_anew(struct outlet *o)
{
    bool is_large = o->end > STORE_KEEP;

    o->sent = o->end = 0;
    lseek(o->store, 0, SEEK_SET);
    if (is_large && ftruncate(o->store, 0) < 0)
        return; /* it is only memory that is not given back */
}

/* 0: all of it; -EAGAIN: the terminal takes no more now. */
static int send_some(struct outlet *o)
{
    char chunk[16384];

    while (o->sent < o->end) {
        size_t rest = (size_t)(o->end - o->sent);
        ssize_t n = pread(o->store, chunk,
            rest < sizeof chunk ? rest : sizeof chunk, o->sent);
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        n = write(o->terminal, chunk, (size_t)n);
        if (n < 0 && errno != EINTR)
            return -errno;
        o->sent += n > 0 ? n : 0;
    }
    begin_anew(o);
    return 0;
}

static void see_what_came(struct outlet *o)
{
    off_t end = lseek(o->store, 0, SEEK_CUR);

    o->end = end < 0 ? 0 : end;
}

void outlet_drop(struct outlet *o)
{
    stop_waiting(o);
    see_what_came(o);
    if (o->end > 0)
        begin_anew(o);
}

static void on_writable(uv_poll_t *handle, int status, int bits)
{
    struct outlet *o = container_of(handle, struct outlet, poll);

    (void)bits;
    see_what_came(o);
    int rc = send_some(o);
    if (rc == -EAGAIN && status == 0)
        return;
    stop_waiting(o);
    if (rc < 0)
        outlet_drop(o);
    o->drained(o->ctx, rc);
}

int outlet_send(struct outlet *o)
{
    see_what_came(o);
    if (o->busy || o->end == 0)
        return 0;
    int rc = send_some(o);
    if (rc == -EAGAIN) {
        rc = uv_poll_start(&o->poll, UV_WRITABLE, on_writable);
        o->busy = rc == 0;
    }
    if (rc < 0)
        outlet_drop(o);
    return rc;
}

bool outlet_is_busy(const struct outlet *o)
{
    return o->busy;
}

int outlet_finish(struct outlet *o, int patience_ms)
{
    uint64_t end_ns = clock_now_ns() + (uint64_t)patience_ms * NS_PER_MS;
    struct pollfd p = {.fd = o->terminal, .events = POLLOUT};
    int rc;

    stop_waiting(o);
    see_what_came(o);
    for (;;) {
        rc = o->end > 0 ? send_some(o) : 0;
        uint64_t now_ns = clock_now_ns();
        if (rc == -EAGAIN && now_ns >= end_ns)
            rc = -ETIMEDOUT;
        if (rc != -EAGAIN)
            break;
        poll(&p, 1, (int)((end_ns - now_ns) / NS_PER_MS) + 1);
    }
    if (rc < 0)
        outlet_drop(o);
    return rc;
}
