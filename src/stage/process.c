/* Processes: roles that make socket calls. Each has variables, descriptors
 * numbered from 3 as a real process would see them, and Python's rule that a
 * socket which no name holds any more is closed. */
#include "stage_int.h"

#include "sockstage/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct process *process_find(const struct stage *s, const char *name)
{
    for (size_t i = 0; i < s->processes.len; i++)
        if (strcmp(s->processes.items[i]->name, name) == 0)
            return s->processes.items[i];
    return NULL;
}

static bool is_name(const char *name)
{
    if (!isalpha((unsigned char)name[0]) && name[0] != '_')
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return false;
    return strlen(name) < MODEL_NAME_MAX;
}

static void publish_process(
    const struct process *p, const char *parent, enum process_action action)
{
    struct event e = {.kind = EVENT_PROCESS};

    e.u.process.process = p->name;
    e.u.process.host = p->host;
    e.u.process.parent = parent;
    e.u.process.action = action;
    stage_publish(p->stage, &e);
}

static struct process *process_add(
    struct stage *s, const char *name, enum host host, const char *parent)
{
    struct process *p = xcalloc(1, sizeof *p);

    p->stage = s;
    p->name = xstrdup(name);
    p->host = host;
    p->next_sock_id = 1;
    vec_push(&s->processes, p);
    publish_process(p, parent, PROCESS_STARTED);
    return p;
}

static int check_name(const char *name, struct err *e)
{
    if (strcmp(name, "client") == 0 || strcmp(name, "wire") == 0)
        return err_set(e, EINVAL,
            _("'%s' is a word of the notation and can't be a process: call it "
              "c1, c2, ..."),
            name);
    if (!is_name(name))
        return err_set(e, EINVAL,
            _("'%s' can't be a process: a name is letters, digits and _, at "
              "most %d"),
            name, MODEL_NAME_MAX - 1);
    return 0;
}

int process_ensure(
    struct stage *s, const char *name, struct process **out, struct err *e)
{
    bool is_server = strcmp(name, "server") == 0;
    int r;

    *out = process_find(s, name);
    if (*out)
        return 0;
    r = check_name(name, e);
    if (r < 0)
        return r;
    *out = process_add(s, name, is_server ? HOST_SERVER : HOST_CLIENT, NULL);
    return 0;
}

int process_to_act(
    struct stage *s, const char *name, struct process **out, struct err *e)
{
    int r = process_ensure(s, name, out, e);

    if (r == 0 && (*out)->exited)
        return err_set(e, ESRCH, _("process %s has exited"), name);
    return r;
}

int stage_process_ensure(struct stage *s, const char *name, struct err *e)
{
    struct process *p;

    return process_ensure(s, name, &p, e);
}

/* ---- descriptors -------------------------------------------------------- */

int process_next_fd(const struct process *p)
{
    int fd = 3;

    for (size_t i = 0; i < p->socks.len;) {
        if (p->socks.items[i]->io.shown_fd == fd) {
            fd++;
            i = 0;
        } else {
            i++;
        }
    }
    return fd;
}

static struct proc_sock *sock_add(
    struct process *p, uint32_t id, int fd, int shown_fd, int family, int type)
{
    struct stage *s = p->stage;
    struct proc_sock *ps = xcalloc(1, sizeof *ps);

    ps->id = id;
    ps->owner = p;
    ps->key = ++s->next_key;
    ps->io.fd = fd;
    ps->io.shown_fd = shown_fd;
    ps->io.family = family;
    ps->io.type = type;
    ps->io.timeout_s = -1;
    vec_push(&p->socks, ps);
    HASH_ADD(hh, s->socks, key, sizeof ps->key, ps);
    return ps;
}

/* A socket that can't be watched would park its callers for ever, so that is
 * told; it can only happen when memory or epoll watches run out. */
void process_watch(struct proc_sock *ps)
{
    struct stage *s = ps->owner->stage;
    struct err e;

    if (ps->watched || ps->io.fd < 0)
        return;
    ps->watched = ready_add(s->ready, ps->io.fd, ps->key, &e) == 0;
    if (!ps->watched)
        stage_notice(s, e.msg);
}

void process_unwatch(struct proc_sock *ps)
{
    if (ps->watched && ps->io.fd >= 0)
        ready_remove(ps->owner->stage->ready, ps->io.fd, NULL);
    ps->watched = false;
}

struct proc_sock *process_adopt(
    struct process *p, int fd, int shown_fd, int family, int type)
{
    struct proc_sock *ps =
        sock_add(p, p->next_sock_id++, fd, shown_fd, family, type);

    process_watch(ps);
    return ps;
}

struct proc_sock *process_sock(const struct process *p, uint32_t id)
{
    for (size_t i = 0; i < p->socks.len; i++)
        if (p->socks.items[i]->id == id)
            return p->socks.items[i];
    return NULL;
}

struct proc_sock *process_sock_by_variable(
    const struct process *p, const char *name)
{
    const struct variable *v = process_variable(p, name);

    if (!v || value_kind(v->value) != VALUE_SOCKET)
        return NULL;
    return process_sock(p, value_socket_id(v->value));
}

/* Not by a close() of the process but with it: then nobody lingers
 * (inet_release() in net/ipv4/af_inet.c looks at PF_EXITING), and the program
 * that plays it must not. A reset, linger 0, stays one. */
static void sock_close(struct proc_sock *ps)
{
    static const struct linger off = {0};

    if (ps->io.fd < 0)
        return;
    if (observe_lingers(ps))
        setsockopt(ps->io.fd, SOL_SOCKET, SO_LINGER, &off, sizeof off);
    process_unwatch(ps);
    observe_detach(ps);
    close(ps->io.fd);
    ps->io.fd = ps->io.shown_fd = -1;
}

static void sock_free(struct proc_sock *ps)
{
    sock_close(ps);
    HASH_DELETE(hh, ps->owner->stage->socks, ps);
    free(ps);
}

/* ---- variables ---------------------------------------------------------- */

struct variable *process_variable(const struct process *p, const char *name)
{
    for (size_t i = 0; i < p->variables.len; i++)
        if (strcmp(p->variables.items[i].name, name) == 0)
            return &p->variables.items[i];
    return NULL;
}

void process_assign(struct process *p, const char *name, struct value *v)
{
    struct variable *old = process_variable(p, name);
    const struct proc_sock *ps;

    if (!old) {
        struct variable fresh = {.name = xstrdup(name), .value = value_none()};

        vec_push(&p->variables, fresh);
        old = &p->variables.items[p->variables.len - 1];
    }
    value_ref(v);
    value_free(old->value);
    old->value = v;
    p->stage->names_touched++;
    old->cookie = 0;
    if (value_kind(v) != VALUE_SOCKET)
        return;
    ps = process_sock(p, value_socket_id(v));
    old->cookie = ps ? ps->cookie : 0;
}

static bool is_held(const struct process *p, const struct proc_sock *ps)
{
    if (p->running && p->running->sock == ps)
        return true;
    for (size_t i = 0; i < p->variables.len; i++)
        if (value_holds_socket(p->variables.items[i].value, ps->id))
            return true;
    return false;
}

static void close_unheld(struct process *p, struct proc_sock *ps)
{
    struct stage_call wish = {
        .process = p->name,
        .def = call_find(CALL_ON_SOCKET, "close"),
    };
    struct str python = STR_INIT;

    str_addf(&python, _("close() of descriptor %d: no name holds it any more"),
        ps->io.shown_fd);
    wish.python = str_text(&python);
    running_start(p, &wish, ps, NULL);
    str_done(&python);
}

void process_collect(struct process *p)
{
    if (p->collecting || p->exited)
        return; /* the close() that it makes ends here too */
    p->collecting = true;
    for (size_t i = 0; i < p->socks.len && !p->running;) {
        struct proc_sock *ps = p->socks.items[i];

        if (is_held(p, ps)) {
            i++;
            continue;
        }
        if (ps->io.fd >= 0)
            close_unheld(p, ps);
        if (p->running)
            break; /* a lingering close(): it comes back here when done */
        vec_remove(&p->socks, i);
        sock_free(ps);
    }
    p->collecting = false;
    observe_process(p);
}

/* ---- fork and exit ------------------------------------------------------ */

static int share_socket(
    struct process *child, const struct proc_sock *ps, struct err *e)
{
    struct proc_sock *copy;
    int fd = -1;

    if (ps->io.fd >= 0) {
        fd = fcntl(ps->io.fd, F_DUPFD_CLOEXEC, 0);
        if (fd < 0)
            return err_sys(e, errno,
                _("fork(): sharing descriptor %d with the new process"),
                ps->io.shown_fd);
    }
    copy = sock_add(
        child, ps->id, fd, ps->io.shown_fd, ps->io.family, ps->io.type);
    copy->io.timeout_s = ps->io.timeout_s;
    if (fd >= 0) {
        process_watch(copy);
        observe_attach(copy);
    }
    return 0;
}

int process_fork(struct process *parent, const char *name, struct err *e)
{
    struct stage *s = parent->stage;
    struct process *child;
    int r = check_name(name, e);

    if (r < 0)
        return r;
    if (process_find(s, name))
        return err_set(e, EEXIST,
            _("there is a process '%s' already: give the new one another name"),
            name);
    child = process_add(s, name, parent->host, parent->name);
    child->next_sock_id = parent->next_sock_id;
    for (size_t i = 0; i < parent->socks.len && r == 0; i++)
        r = share_socket(child, parent->socks.items[i], e);
    for (size_t i = 0; i < parent->variables.len; i++) {
        process_assign(child, parent->variables.items[i].name,
            parent->variables.items[i].value);
        child->variables.items[i].cookie = parent->variables.items[i].cookie;
    }
    observe_process(child);
    if (r < 0)
        process_exit(child);
    return r;
}

void process_exit(struct process *p)
{
    p->exited = true;
    for (size_t i = 0; i < p->socks.len; i++)
        sock_close(p->socks.items[i]);
    publish_process(p, NULL, PROCESS_EXITED);
    for (size_t i = 0; i < p->socks.len; i++)
        observe_left(p->socks.items[i]);
    observe_unheld(p->stage, p->host);
}

void process_reset(struct process *p)
{
    static const struct linger reset = {.l_onoff = 1};

    for (size_t i = 0; i < p->socks.len; i++) {
        int fd = p->socks.items[i]->io.fd;

        if (fd >= 0)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
}

void process_free(struct process *p)
{
    for (size_t i = 0; i < p->socks.len; i++)
        sock_free(p->socks.items[i]);
    for (size_t i = 0; i < p->variables.len; i++) {
        free(p->variables.items[i].name);
        value_free(p->variables.items[i].value);
    }
    vec_done(&p->socks);
    vec_done(&p->variables);
    value_free(p->last.result);
    free(p->name);
    free(p);
}

/* ---- what the layers above ask ------------------------------------------ */

int stage_assign(struct stage *s, const char *process,
    const char *const *targets, size_t target_count, struct value *value,
    struct err *e)
{
    struct process *p;
    int r = process_to_act(s, process, &p, e);

    if (r < 0)
        return r;
    if (target_count == 1) {
        process_assign(p, targets[0], value);
    } else {
        if (value_kind(value) != VALUE_TUPLE ||
            value_tuple_len(value) != target_count)
            return err_set(e, EINVAL,
                _("%s: %zu names for a value that isn't "
                  "a tuple of that many"),
                process, target_count);
        for (size_t i = 0; i < target_count; i++)
            process_assign(p, targets[i], value_tuple_item(value, i));
    }
    process_collect(p);
    return 0;
}

struct value *stage_variable(
    const struct stage *s, const char *process, const char *name)
{
    const struct process *p = process_find(s, process);
    const struct variable *v = p ? process_variable(p, name) : NULL;

    return v ? v->value : NULL;
}

const char *stage_variable_at(
    const struct stage *s, const char *process, size_t i)
{
    const struct process *p = process_find(s, process);

    return p && i < p->variables.len ? p->variables.items[i].name : NULL;
}

bool stage_variable_pending(
    const struct stage *s, const char *process, const char *name)
{
    const struct process *p = process_find(s, process);
    const struct running *r = p ? p->running : NULL;

    for (size_t i = 0; r && i < r->target_count; i++)
        if (strcmp(r->targets[i], name) == 0)
            return true;
    return false;
}

uint64_t stage_socket_id(
    const struct stage *s, const char *process, const char *variable)
{
    const struct process *p = process_find(s, process);
    const struct variable *v = p ? process_variable(p, variable) : NULL;

    return v ? v->cookie : 0;
}

int stage_print(
    struct stage *s, const char *process, const char *text, struct err *e)
{
    struct event event = {.kind = EVENT_OUTPUT};
    struct process *p;
    int r = process_to_act(s, process, &p, e);

    if (r < 0)
        return r;
    event.u.output.process = p->name;
    event.u.output.stream = "stdout";
    event.u.output.text = text;
    stage_publish(s, &event);
    return 0;
}

struct stage_process_status stage_process_status(
    const struct stage *s, const char *name)
{
    const struct process *p = process_find(s, name);
    struct stage_process_status st = {0};

    if (!p)
        return st;
    st.exists = true;
    st.exited = p->exited;
    st.host = p->host;
    st.calls = p->calls;
    if (p->running) {
        st.parked = p->running->call.def->name;
        st.parked_since_ns = p->running->started_ns;
    }
    st.has_returned = p->last.has_returned;
    st.result = p->last.result;
    st.error = p->last.error;
    st.exception = p->last.exception;
    st.message = p->last.message;
    st.interrupted = p->last.interrupted;
    st.elapsed_ns = p->last.elapsed_ns;
    return st;
}
