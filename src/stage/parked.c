/* Calls: made, parked while they would block, tried again when their socket
 * is ready, ended by their result, a timeout or an interrupt.
 *
 * Every try is a non-blocking system call and the kernel's own wake-up says
 * when to try again, so the counts on screen are those of a blocking call. The
 * one exception is close() with SO_LINGER, which blocks on any descriptor: it
 * runs on a thread and shows as parked (socket(7)). */
#include "stage_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <string.h>

#define RESULT_BYTES_SHOWN 32

static void running_finish(struct running *r);

/* ---- events ------------------------------------------------------------- */

static const char *text_or_null(const struct str *s)
{
    return s->len > 0 ? str_text(s) : NULL;
}

static void publish_call(struct running *r)
{
    struct event e = {.kind = EVENT_CALL};
    struct str syscall = STR_INIT;

    call_describe(&r->call, &syscall);
    e.u.call.id = r->id;
    e.u.call.process = r->process->name;
    e.u.call.socket = r->variable;
    e.u.call.name = r->call.def->name;
    e.u.call.python = r->python;
    e.u.call.line = r->line;
    e.u.call.syscall = text_or_null(&syscall);
    stage_publish(r->stage, &e);
    str_done(&syscall);
}

static void publish_blocked(struct running *r)
{
    struct event e = {.kind = EVENT_BLOCKED, .u.blocked.id = r->id};

    stage_publish(r->stage, &e);
}

static void publish_return(struct stage *s, uint64_t id,
    const struct process *p, const struct str *syscall)
{
    struct event e = {.kind = EVENT_RETURN};
    struct event_return *out = &e.u.ret;
    const struct outcome *last = &p->last;
    struct str repr = STR_INIT;

    out->id = id;
    out->process = p->name;
    out->elapsed_ns = last->elapsed_ns;
    out->exception = last->exception;
    out->message = last->exception ? last->message : NULL;
    if (last->exception && last->error && err_number(last->error) != 0)
        out->error = last->error;
    if (last->result && value_kind(last->result) == VALUE_INT) {
        out->result_is_number = true;
        out->result_number = value_as_int(last->result);
    } else if (last->result && value_kind(last->result) != VALUE_NONE) {
        value_repr(last->result, RESULT_BYTES_SHOWN, &repr);
        out->result = str_text(&repr);
    }
    out->syscall = syscall ? text_or_null(syscall) : NULL;
    stage_publish(s, &e);
    str_done(&repr);
}

/* ---- the end of a call -------------------------------------------------- */

static void on_deadline_closed(uv_handle_t *h)
{
    struct running *r = h->data;

    struct stage *s = r->stage;

    free(r);
    stage_handle_closed(s);
}

static void running_free(struct running *r)
{
    call_done(&r->call);
    free(r->python);
    free(r->variable);
    free(r->targets[0]);
    free(r->targets[1]);
    free(r->decode);
    if (!r->deadline_open) {
        free(r);
        return;
    }
    r->stage->handles++;
    uv_close((uv_handle_t *)&r->deadline, on_deadline_closed);
}

/* Takes a descriptor that the call has made over, and completes the value:
 * the socket itself, or accept()'s (socket, address). */
static void adopt_new(struct running *r)
{
    struct call_result *res = &r->call.result;
    struct process *p = r->process;
    struct value *pair[2];
    struct proc_sock *ps;

    ps = process_adopt(
        p, res->new_fd, r->call.next_fd, res->new_family, res->new_type);
    res->new_fd = -1;
    observe_attach(ps);
    pair[0] = value_socket(ps->id, ps->io.shown_fd);
    if (r->call.def->returns == CALL_RETURNS_SOCKET) {
        value_free(res->value);
        res->value = pair[0];
        return;
    }
    pair[1] = res->value ? res->value : value_none();
    res->value = value_tuple(pair, 2);
}

/* `.decode()` behind the call: it can raise although the call succeeded. */
static void convert(struct running *r)
{
    struct call_result *res = &r->call.result;
    struct value *raw = res->value;

    if (!r->convert || !raw)
        return;
    res->value = r->convert(
        raw, r->decode, &res->exception, res->message, sizeof res->message);
    value_free(raw);
}

static void outcome_set(struct running *r)
{
    struct call_result *res = &r->call.result;
    struct outcome *last = &r->process->last;

    value_free(last->result);
    last->result = value_ref(res->value);
    last->has_returned = true;
    last->interrupted = res->errnum == EINTR;
    last->exception = res->exception;
    last->error = NULL;
    if (res->exception)
        last->error = res->errnum ? err_name(res->errnum) : res->exception;
    snprintf(last->message, sizeof last->message, "%s", res->message);
    last->elapsed_ns = stage_now_ns(r->stage) - r->started_ns;
}

static void assign_targets(struct running *r)
{
    struct value *v = r->call.result.value;

    if (!v || r->target_count == 0 ||
        r->call.def->returns == CALL_RETURNS_PROCESS)
        return;
    if (r->target_count == 1) {
        process_assign(r->process, r->targets[0], v);
        return;
    }
    for (size_t i = 0; i < r->target_count; i++)
        if (value_kind(v) == VALUE_TUPLE && i < value_tuple_len(v))
            process_assign(r->process, r->targets[i], value_tuple_item(v, i));
}

static void look_after(struct running *r)
{
    static const struct addr any;
    struct stage *s = r->stage;

    if (r->sock)
        observe_sock(r->sock);
    /* A datagram to the own host has arrived without meeting the wire. */
    if (r->sock && r->sock->io.type == SOCK_DGRAM)
        observe_datagram(s, r->process->host, &any);
    if (r->call.def->closes) {
        if (r->sock)
            observe_left(r->sock);
        observe_unheld(s, r->process->host);
    }
    observe_tail_start(s);
}

static void running_finish(struct running *r)
{
    struct stage *s = r->stage;
    struct process *p = r->process;

    if (r->call.result.new_fd >= 0)
        adopt_new(r);
    convert(r);
    outcome_set(r);
    assign_targets(r);
    p->running = NULL;
    publish_return(s, r->id, p, &r->call.result.syscall);
    look_after(r);
    running_free(r);
    if (!p->exited)
        process_collect(p);
}

/* ---- waiting ------------------------------------------------------------ */

static void on_deadline(uv_timer_t *t)
{
    struct running *r = t->data;

    call_time_out(&r->call);
    running_finish(r);
}

static void park(struct running *r)
{
    double timeout_s = r->call.sock ? r->call.sock->timeout_s : -1;
    struct stage *s = r->stage;

    r->parked = true;
    publish_blocked(r);
    if (timeout_s > 0) {
        uv_timer_init(s->loop, &r->deadline);
        r->deadline.data = r;
        r->deadline_open = true;
        uv_update_time(s->loop);
        uv_timer_start(
            &r->deadline, on_deadline, (uint64_t)(timeout_s * 1e3) + 1, 0);
    }
    if (r->sock) {
        process_watch(r->sock);
        observe_sock(r->sock);
    }
    observe_tail_start(s);
}

static void try_once(struct running *r)
{
    /* A new socket takes the lowest number that is free when it is made. */
    r->call.next_fd = process_next_fd(r->process);
    r->stage->env.ctx = r->process;
    r->step = call_run(&r->call);
    /* os.read() and os.write() name their socket by its descriptor. */
    if (!r->sock && r->call.sock)
        r->sock = container_of(r->call.sock, struct proc_sock, io);
}

void running_retry(struct running *r)
{
    try_once(r);
    if (r->step == CALL_DONE)
        running_finish(r);
    else if (r->sock)
        observe_sock(r->sock);
}

/* ---- a lingering close() ------------------------------------------------ */

static void linger_thread(void *arg)
{
    struct running *r = arg;

    r->step = call_run(&r->call);
    uv_async_send(&r->ended);
}

static void on_ended_closed(uv_handle_t *h)
{
    struct running *r = h->data;
    struct stage *s = r->stage;

    r->working = false;
    if (s->closing) {
        running_free(r);
    } else {
        r->sock->io = r->lingering;
        running_finish(r);
    }
    stage_handle_closed(s);
}

static void linger_done(uv_async_t *ended)
{
    struct running *r = ended->data;

    if (r->threaded)
        uv_thread_join(&r->thread);
    uv_close((uv_handle_t *)ended, on_ended_closed);
}

/* Each has a thread of its own: where several linger, one that waited for a
 * free thread would not have been closed at all. */
static void linger_start(struct running *r)
{
    struct stage *s = r->stage;

    r->parked = r->working = true;
    r->step = CALL_WAIT_WRITE;
    /* The thread works on a copy: nothing here may use the descriptor now. */
    r->lingering = r->sock->io;
    r->call.sock = &r->lingering;
    r->sock->io.fd = -1;
    s->handles++;
    uv_async_init(s->loop, &r->ended, linger_done);
    r->ended.data = r;
    publish_blocked(r);
    r->threaded = uv_thread_create(&r->thread, linger_thread, r) == 0;
    if (!r->threaded)
        linger_thread(r); /* no thread to be had: all wait for it */
    observe_unheld(s, r->process->host);
}

bool running_linger_moves(struct stage *s)
{
    for (size_t i = 0; i < s->processes.len; i++) {
        const struct running *r = s->processes.items[i]->running;

        if (r && r->working && !observe_fin_waits(s, r->sock->cookie))
            return true;
    }
    return false;
}

/* ---- making a call ------------------------------------------------------ */

static const char *variable_by_fd(const struct process *p, int64_t shown_fd)
{
    for (size_t i = 0; i < p->variables.len; i++) {
        const struct variable *v = &p->variables.items[i];
        const struct proc_sock *ps =
            value_kind(v->value) == VALUE_SOCKET
                ? process_sock(p, value_socket_id(v->value))
                : NULL;
        if (ps && ps->io.fd >= 0 && ps->io.shown_fd == shown_fd)
            return v->name;
    }
    return NULL;
}

/* os.read() and os.write() tell the descriptor, as their first argument. */
static char *variable_of(const struct process *p, const struct stage_call *wish)
{
    const char *name = wish->variable;

    if (!name && wish->def->on == CALL_ON_OS && wish->argc > 0 &&
        value_kind(wish->args[0]) == VALUE_INT)
        name = variable_by_fd(p, value_as_int(wish->args[0]));
    return name ? xstrdup(name) : NULL;
}

static struct running *running_new(
    struct process *p, const struct stage_call *wish, struct proc_sock *on)
{
    struct stage *s = p->stage;
    struct running *r = xcalloc(1, sizeof *r);

    r->stage = s;
    r->process = p;
    r->sock = on;
    r->id = ++s->next_call;
    r->started_ns = stage_now_ns(s);
    r->python = xstrdup(wish->python);
    r->line = wish->line;
    r->variable = variable_of(p, wish);
    r->convert = wish->convert;
    r->decode = wish->decode ? xstrdup(wish->decode) : NULL;
    r->target_count = wish->target_count;
    for (size_t i = 0; i < wish->target_count; i++)
        r->targets[i] = xstrdup(wish->targets[i]);
    r->call.def = wish->def;
    r->call.env = &s->env;
    r->call.sock = on ? &on->io : NULL;
    r->call.argc = wish->argc;
    r->call.next_fd = process_next_fd(p);
    r->call.target = wish->target_count > 0 ? r->targets[0] : NULL;
    for (size_t i = 0; i < wish->argc; i++)
        r->call.args[i] = value_ref(wish->args[i]);
    call_init(&r->call);
    return r;
}

int running_start(struct process *p, const struct stage_call *wish,
    struct proc_sock *on, struct err *e)
{
    struct stage *s = p->stage;
    struct running *r;
    int err = hosts_enter(s->hosts, p->host, e);

    if (err < 0)
        return err;
    r = running_new(p, wish, on);
    p->running = r;
    p->calls++;
    s->env.ctx = p;
    if (strcmp(wish->def->name, "setsockopt") == 0)
        s->patience_changed = true;
    publish_call(r);
    if (wish->def->closes && on && on->io.fd >= 0) {
        bool lingers = observe_lingers(on);

        /* While a dup lives, a registration of a closed descriptor would go
         * on delivering events and could not be removed any more. */
        process_unwatch(on);
        observe_detach(on);
        if (lingers) {
            linger_start(r);
            return 0;
        }
    }
    try_once(r);
    if (r->step == CALL_DONE)
        running_finish(r);
    else
        park(r);
    return 0;
}

static int receiver(struct process *p, const struct stage_call *wish,
    struct proc_sock **on, struct err *e)
{
    *on = NULL;
    if (wish->def->on != CALL_ON_SOCKET)
        return 0;
    *on = process_sock_by_variable(p, wish->variable);
    if (*on)
        return 0;
    if (!process_variable(p, wish->variable))
        return err_set(
            e, EINVAL, _("%s has no variable '%s'"), p->name, wish->variable);
    return err_set(
        e, EINVAL, _("%s.%s is not a socket"), p->name, wish->variable);
}

int stage_call(struct stage *s, const struct stage_call *wish, struct err *e)
{
    struct proc_sock *on;
    struct process *p;
    int r = process_to_act(s, wish->process, &p, e);

    if (r < 0)
        return r;
    if (p->running)
        return err_set(e, EBUSY, _("%s waits in %s()"), p->name,
            p->running->call.def->name);
    r = receiver(p, wish, &on, e);
    if (r < 0)
        return r;
    return running_start(p, wish, on, e);
}

int stage_raise(struct stage *s, const char *process, const char *python,
    int line, const char *exception, const char *message, struct err *e)
{
    struct event event = {.kind = EVENT_CALL};
    struct process *p;
    int r = process_to_act(s, process, &p, e);

    if (r < 0)
        return r;
    event.u.call.id = ++s->next_call;
    event.u.call.process = p->name;
    event.u.call.python = python;
    event.u.call.line = line;
    p->calls++;
    stage_publish(s, &event);
    value_free(p->last.result);
    p->last = (struct outcome){
        .has_returned = true, .error = exception, .exception = exception};
    snprintf(p->last.message, sizeof p->last.message, "%s", message);
    publish_return(s, s->next_call, p, NULL);
    return 0;
}

int stage_interrupt(struct stage *s, const char *process, struct err *e)
{
    const struct process *p = process_find(s, process);
    struct running *r = p ? p->running : NULL;

    if (!r)
        return err_set(
            e, ENOENT, _("%s waits in no call to interrupt"), process);
    if (r->working)
        return err_set(e, EBUSY,
            _("%s: close() lingers inside the kernel and can't be interrupted"),
            process);
    call_interrupt(&r->call);
    running_finish(r);
    return 0;
}

void running_abandon(struct running *r)
{
    struct process *p = r->process;

    p->running = NULL;
    if (!r->working)
        running_free(r); /* else linger_done() does */
}
