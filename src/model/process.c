/* Processes and the calls that they made. Of the calls a tail is kept; those
 * that a process is in, or made last, stay longest. */
#include "model_int.h"
#include "sockstage/model/why.h"

#include <inttypes.h>
#include <stdio.h>

static struct process *find_process(const struct model *m, const char *name)
{
    struct process *p;

    if (name == NULL)
        return NULL;
    HASH_FIND_STR(m->process_by_name, name, p);
    return p;
}

void process_apply(struct model *m, const struct event_process *e)
{
    char name[MODEL_NAME_MAX];
    struct process *p;

    model_copy_text(name, sizeof name, e->process);
    p = find_process(m, name);
    if (p == NULL && m->processes.len >= MODEL_PROCESSES_MAX)
        return;
    if (p == NULL) {
        p = xcalloc(1, sizeof *p);
        model_copy_text(p->pub.name, sizeof p->pub.name, name);
        HASH_ADD_STR(m->process_by_name, pub.name, p);
        index_add_process(m, p);
        vec_push(&m->processes, p);
    } else {
        m->host_processes[p->pub.host]--;
    }
    p->pub.host = e->host;
    m->host_processes[e->host]++;
    p->pub.exited = e->action == PROCESS_EXITED;
    if (p->pub.exited)
        p->pub.parked_call = 0;
    if (e->parent != NULL)
        model_copy_text(p->pub.parent, sizeof p->pub.parent, e->parent);
}

/* Too long a text is cut before a character. */
static char *copy(const char *text)
{
    size_t len = strnlen(text, MODEL_CALL_TEXT_MAX + 1);

    if (len > MODEL_CALL_TEXT_MAX) {
        len = MODEL_CALL_TEXT_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    return xstrndup(text, len);
}

static char *copy_or_null(const char *text)
{
    return text != NULL ? copy(text) : NULL;
}

static void call_free(struct call *c)
{
    free(c->pub.socket);
    free(c->pub.name);
    free(c->pub.python);
    free(c->pub.syscall);
    free(c->pub.result);
    free(c->pub.error);
    free(c->pub.exception);
    free(c->pub.message);
    free(c->pub.why);
    free(c);
}

/* Whether somebody may still ask for it: P.call, P.result, P.elapsed. */
static bool is_wanted(const struct call *c)
{
    const struct process *p = c->process;

    return p != NULL &&
           (p->pub.last_call == c->pub.id || p->pub.parked_call == c->pub.id);
}

/* Makes room in a full tail: the oldest eighth of those that nobody wants;
 * where all are wanted, simply the oldest. */
static void trim_calls(struct model *m)
{
    size_t room = MODEL_CALLS_MAX / MODEL_TAIL_SPARE;
    size_t left = room, kept = 0;

    for (size_t i = 0; i < m->calls.len; i++) {
        struct call *c = m->calls.items[i];
        if (left > 0 && !is_wanted(c)) {
            call_free(c);
            left--;
        } else {
            m->calls.items[kept++] = c;
        }
    }
    m->calls.len = kept;
    if (left < room)
        return;
    call_free(m->calls.items[0]);
    vec_remove(&m->calls, 0);
}

void call_apply(struct model *m, const struct event *e)
{
    const struct event_call *made = &e->u.call;
    size_t n = m->calls.len;
    struct call *c;

    /* They are found by their ids, so these have to grow. */
    if (n > 0 && made->id <= m->calls.items[n - 1]->pub.id)
        return;
    if (n == MODEL_CALLS_MAX)
        trim_calls(m);
    c = xcalloc(1, sizeof *c);
    c->pub.id = made->id;
    model_copy_text(c->pub.process, sizeof c->pub.process, made->process);
    c->pub.socket = copy_or_null(made->socket);
    c->pub.name = copy(made->name != NULL ? made->name : "");
    c->pub.python = copy(made->python != NULL ? made->python : "");
    c->pub.syscall = copy_or_null(made->syscall);
    c->pub.t_ns = e->t_ns;
    c->process = find_process(m, c->pub.process);
    if (c->process != NULL)
        c->process->pub.last_call = made->id;
    vec_push(&m->calls, c);
}

/* Ids grow, so the tail is sorted by them. */
static struct call *find_call(const struct model *m, uint64_t id)
{
    size_t low = 0, high = m->calls.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (m->calls.items[mid]->pub.id < id)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == m->calls.len || m->calls.items[low]->pub.id != id)
        return NULL;
    return m->calls.items[low];
}

void call_apply_blocked(struct model *m, const struct event_blocked *e)
{
    struct call *c = find_call(m, e->id);

    if (c == NULL)
        return;
    c->pub.blocked = true;
    if (c->process != NULL)
        c->process->pub.parked_call = e->id;
}

static char *result_text(const struct event_return *e)
{
    char number[32];

    if (!e->result_is_number)
        return copy_or_null(e->result);
    snprintf(number, sizeof number, "%" PRId64, e->result_number);
    return xstrdup(number);
}

static void replace(char **text, char *by)
{
    free(*text);
    *text = by;
}

/* Only as many as a screen may show stay: keyframes have them too. */
static void forget_old_reasons(const struct model *m)
{
    size_t kept = 0;

    for (size_t i = m->calls.len; i-- > 0;) {
        struct model_call *c = &m->calls.items[i]->pub;
        if (c->why != NULL && ++kept > MODEL_WHYS_MAX)
            replace(&c->why, NULL);
    }
}

/* As it is now: what stood in its way may be gone a second later. */
static void explain(const struct model *m, struct call *c)
{
    struct str why = STR_INIT;

    bool any = why_failed(m, &c->pub, &why) || why_noticed(m, &c->pub, &why);
    replace(&c->pub.why, any ? str_steal(&why) : NULL);
    str_done(&why);
    if (c->pub.why != NULL)
        forget_old_reasons(m);
}

void call_apply_return(struct model *m, const struct event_return *e)
{
    struct process *p = find_process(m, e->process);
    struct call *c = find_call(m, e->id);

    if (p != NULL && p->pub.parked_call == e->id)
        p->pub.parked_call = 0;
    if (c == NULL)
        return;
    c->pub.returned = true;
    c->pub.elapsed_ns = e->elapsed_ns;
    replace(&c->pub.result, result_text(e));
    replace(&c->pub.error, copy_or_null(e->error));
    replace(&c->pub.exception, copy_or_null(e->exception));
    replace(&c->pub.message, copy_or_null(e->message));
    if (e->syscall != NULL)
        replace(&c->pub.syscall, copy(e->syscall));
    explain(m, c);
}

void process_clear(struct model *m)
{
    for (size_t i = 0; i < m->calls.len; i++)
        call_free(m->calls.items[i]);
    vec_done(&m->calls);
    HASH_CLEAR(hh, m->process_by_name);
    for (size_t i = 0; i < m->processes.len; i++)
        free(m->processes.items[i]);
    vec_done(&m->processes);
}

size_t model_host_processes(const struct model *m, enum host host)
{
    return m->host_processes[host];
}

size_t model_process_count(const struct model *m)
{
    return m->processes.len;
}

const struct model_process *model_process_at(const struct model *m, size_t i)
{
    return i < m->processes.len ? &m->processes.items[i]->pub : NULL;
}

const struct model_process *model_process(
    const struct model *m, const char *name)
{
    struct process *p = find_process(m, name);

    return p != NULL ? &p->pub : NULL;
}

size_t model_call_count(const struct model *m)
{
    return m->calls.len;
}

const struct model_call *model_call_at(const struct model *m, size_t i)
{
    return i < m->calls.len ? &m->calls.items[i]->pub : NULL;
}

const struct model_call *model_call(const struct model *m, uint64_t id)
{
    struct call *c = find_call(m, id);

    return c != NULL ? &c->pub : NULL;
}
