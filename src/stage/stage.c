/* Opening and closing the stage, and what all its files share: publishing
 * events. */
#include "seen.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

void stage_publish(struct stage *s, struct event *e)
{
    /* A segment is stamped when it entered the wire. */
    e->t_ns =
        e->kind == EVENT_SEGMENT ? e->u.segment.seg.t_ns : stage_now_ns(s);
    s->told_ns = e->t_ns;
    journal_publish(s->journal, e);
}

static void hear(void *ctx, const struct event *e)
{
    model_apply(ctx, e);
}

static void publish_stage(struct stage *s)
{
    struct event e = {.kind = EVENT_STAGE};
    struct event_stage *out = &e.u.stage;
    struct utsname name;

    out->opened_ns = clock_wall_ns() - stage_now_ns(s);
    out->wire = s->link ? "private" : "loopback";
    out->kernel = uname(&name) == 0 ? name.release : "unknown";
    out->program = "sockstage " SOCKSTAGE_VERSION;
    for (int h = 0; h < HOST_COUNT; h++)
        out->address_count[h] = hosts_addresses(s->hosts, (enum host)h,
            out->addresses[h], ARRAY_LEN(out->addresses[h]));
    stage_publish(s, &e);
}

/* ---- opening ------------------------------------------------------------ */

static struct call_socket *env_socket_by_fd(void *ctx, int shown_fd)
{
    const struct process *p = ctx;

    for (size_t i = 0; i < p->socks.len; i++)
        if (p->socks.items[i]->io.shown_fd == shown_fd)
            return &p->socks.items[i]->io;
    return NULL;
}

static int env_fork(void *ctx, const char *name, struct err *e)
{
    return process_fork(ctx, name, e);
}

static void env_exit(void *ctx)
{
    process_exit(ctx);
}

static int open_loop(struct stage *s, struct err *e)
{
    int r = uv_poll_init(s->loop, &s->ready_poll, ready_fd(s->ready));

    if (r < 0)
        return err_set(e, -r, _("watching the sockets: %s"), uv_strerror(r));
    uv_idle_init(s->loop, &s->settle_idle);
    uv_timer_init(s->loop, &s->kernel_timer);
    uv_timer_init(s->loop, &s->tail_timer);
    s->handles = 4;
    s->ready_poll.data = s->settle_idle.data = s;
    s->kernel_timer.data = s->tail_timer.data = s;
    r = uv_poll_start(&s->ready_poll, UV_READABLE, settle_ready);
    if (r < 0)
        return err_set(e, -r, _("watching the sockets: %s"), uv_strerror(r));
    return 0;
}

static void stage_free(struct stage *s)
{
    for (size_t i = 0; i < s->aliases.len; i++)
        free(s->aliases.items[i].name);
    vec_done(&s->aliases);
    seen_free_all(s);
    ready_close(s->ready);
    hosts_close(s->hosts);
    if (s->model)
        journal_unsubscribe(s->journal, s->model_subscription);
    model_free(s->model);
    free(s);
}

/* What of a stage the next one on its journal goes on with. */
struct heritage {
    struct model *model; /* NULL: nothing */
    struct journal_subscriber *subscription;
};

static int open_with(uv_loop_t *loop, enum stage_wire wire,
    struct journal *journal, struct heritage *from, struct stage **out,
    struct err *e)
{
    struct stage *s = xcalloc(1, sizeof *s);
    int r;

    s->loop = loop;
    s->journal = journal;
    s->opened_ns = clock_now_ns();
    s->env = (struct call_env){
        .resolve = names_resolve,
        .socket_by_fd = env_socket_by_fd,
        .fork = env_fork,
        .exit = env_exit,
    };
    s->model = from->model ? from->model : model_new();
    s->model_subscription = from->model
                                ? from->subscription
                                : journal_subscribe(journal, hear, s->model);
    r = hosts_open(
        wire == STAGE_PRIVATE ? HOSTS_PRIVATE : HOSTS_LOOPBACK, &s->hosts, e);
    if (r == 0)
        r = ready_open(&s->ready, e);
    if (r == 0)
        r = open_loop(s, e);
    if (r == 0)
        r = carry_open(s, e);
    if (r < 0) {
        if (s->handles > 0)
            stage_close(s, NULL, NULL);
        else
            stage_free(s);
        return r;
    }
    publish_stage(s);
    *out = s;
    return 0;
}

int stage_open(uv_loop_t *loop, enum stage_wire wire, struct journal *journal,
    struct stage **out, struct err *e)
{
    struct heritage none = {NULL, NULL};

    return open_with(loop, wire, journal, &none, out, e);
}

/* ---- closing ------------------------------------------------------------ */

/* Behind the last handle; the old one's namespaces are gone then, and the way
 * home is free. */
static void open_next(struct stage *s)
{
    void (*opened)(void *, struct stage *, const struct err *) = s->reopened;
    struct heritage from = {s->model, s->model_subscription};
    enum stage_wire wire = stage_wire_kind(s);
    struct journal *journal = s->journal;
    uv_loop_t *loop = s->loop;
    void *ctx = s->closed_ctx;
    struct stage *fresh = NULL;
    struct err e = {0};

    s->model = NULL;
    stage_free(s);
    if (open_with(loop, wire, journal, &from, &fresh, &e) < 0)
        fresh = NULL;
    opened(ctx, fresh, &e);
}

void stage_handle_closed(struct stage *s)
{
    void (*closed)(void *ctx) = s->closed;
    void *ctx = s->closed_ctx;

    if (--s->handles > 0 || !s->closing)
        return;
    if (s->reopened) {
        open_next(s);
        return;
    }
    stage_free(s);
    if (closed)
        closed(ctx);
}

static void on_handle_closed(uv_handle_t *h)
{
    stage_handle_closed(h->data);
}

static void on_link_closed(void *ctx)
{
    stage_handle_closed(ctx);
}

static void close_processes(struct stage *s)
{
    bool lingering = false;

    for (size_t i = 0; i < s->processes.len; i++) {
        struct process *p = s->processes.items[i];

        if (p->running) {
            lingering |= p->running->working;
            running_abandon(p->running);
        }
        /* The machine's own network outlives the stage: no TIME_WAIT of ours
         * may keep the port that the next script binds. */
        if (hosts_kind(s->hosts) == HOSTS_LOOPBACK)
            process_reset(p);
        process_free(p);
    }
    vec_done(&s->processes);
    /* Else its thread would keep the loop for as long as it lingers. */
    if (lingering)
        hosts_end_sockets(s->hosts);
}

void stage_close(struct stage *s, void (*closed)(void *ctx), void *ctx)
{
    s->closing = true;
    s->closed = closed;
    s->closed_ctx = ctx;
    s->settled = NULL;
    close_processes(s);
    if (s->link) {
        s->handles++;
        link_close(s->link, on_link_closed, s);
        s->link = NULL;
    }
    uv_close((uv_handle_t *)&s->ready_poll, on_handle_closed);
    uv_close((uv_handle_t *)&s->settle_idle, on_handle_closed);
    uv_close((uv_handle_t *)&s->kernel_timer, on_handle_closed);
    uv_close((uv_handle_t *)&s->tail_timer, on_handle_closed);
}

void stage_reopen(struct stage *s,
    void (*opened)(void *ctx, struct stage *fresh, const struct err *e),
    void *ctx)
{
    s->reopened = opened;
    stage_close(s, NULL, ctx);
}

/* ---- what it is --------------------------------------------------------- */

enum stage_wire stage_wire_kind(const struct stage *s)
{
    return hosts_kind(s->hosts) == HOSTS_PRIVATE ? STAGE_PRIVATE
                                                 : STAGE_LOOPBACK;
}

uv_loop_t *stage_loop(const struct stage *s)
{
    return s->loop;
}

struct journal *stage_journal(const struct stage *s)
{
    return s->journal;
}

const struct model *stage_model(const struct stage *s)
{
    return s->model;
}

uint64_t stage_now_ns(const struct stage *s)
{
    return clock_now_ns() - s->opened_ns;
}

const char *stage_skipped_settings(const struct stage *s)
{
    return hosts_skipped(s->hosts);
}

int stage_set(struct stage *s, enum host host, const char *name,
    const char *value, struct err *e)
{
    int r = hosts_setting_write(s->hosts, host, name, value, e);

    if (r == 0)
        s->patience_changed = true;
    return r;
}

/* ---- what scripts and screens add --------------------------------------- */

void stage_publish_line(struct stage *s, const char *text, int line)
{
    struct event e = {.kind = EVENT_LINE};

    e.u.line.text = text;
    e.u.line.line = line;
    e.u.line.wire = carry_status(s);
    stage_publish(s, &e);
}

void stage_publish_note(struct stage *s, const char *text, const char *lang)
{
    struct event e = {.kind = EVENT_NOTE};

    e.u.note.text = text;
    e.u.note.lang = lang;
    stage_publish(s, &e);
}

void stage_notice(struct stage *s, const char *text)
{
    struct event e = {.kind = EVENT_NOTE};

    e.u.note.text = text;
    e.u.note.lang = "en";
    e.u.note.notice = true;
    stage_publish(s, &e);
}

void stage_publish_expect(struct stage *s, const char *text, const char *file,
    int line, bool ok, const char *actual)
{
    struct event e = {.kind = EVENT_EXPECT};

    e.u.expect.text = text;
    e.u.expect.file = file;
    e.u.expect.line = line;
    e.u.expect.ok = ok;
    e.u.expect.actual = actual;
    stage_publish(s, &e);
}

void stage_publish_end(struct stage *s, enum end_result result)
{
    struct event e = {.kind = EVENT_END};

    e.u.end.result = result;
    stage_publish(s, &e);
}
