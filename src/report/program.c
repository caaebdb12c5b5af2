/* From the lines of a recording to steps: whose turn each is, which call it
 * makes, how long the recording had waited before it, and what is told above.
 */
#include "program.h"

#include "narration.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Between two calls a person thinks; that need not be repeated in full. What
 * a line or a timer waited for is. */
#define PAUSE_MIN_NS    (150 * NS_PER_MS)
#define PAUSE_MAX_NS    (2 * NS_PER_S)
#define PAUSE_WAITED_NS (60 * NS_PER_S)
#define PAUSE_TIMED_NS  (150 * NS_PER_S)
#define PAUSE_UNIT_NS   (10 * NS_PER_MS)

struct maker {
    struct program *p;
    struct narration narration;
    size_t remarks_taken;
    uint64_t last_call_ns; /* when the latest call was made */
    size_t last_call_line; /* its index in the notation + 1; 0: none */
    uint64_t waited_ns;    /* by `wait` since then */
    uint64_t *timed_ns;    /* by how many lines there were: when a call came
                              back because of the time; owned */
};

/* ---- processes ---------------------------------------------------------- */

static struct role *role_find(const struct program *p, const char *name)
{
    struct role *found = NULL;

    HASH_FIND_STR(p->by_name, name, found);
    return found;
}

static struct role *role_add(
    struct program *p, const char *name, const struct role *parent)
{
    struct role *r = xcalloc(1, sizeof *r);
    bool is_server = strcmp(name, "server") == 0;

    r->name = xstrdup(name);
    r->parent = parent;
    r->host = is_server ? HOST_SERVER : HOST_CLIENT;
    if (parent)
        r->host = parent->host;
    HASH_ADD_KEYPTR(hh, p->by_name, r->name, strlen(r->name), r);
    vec_push(&p->roles, r);
    return r;
}

static struct role *role_ensure(struct program *p, const char *name)
{
    struct role *found = role_find(p, name);

    return found ? found : role_add(p, name, NULL);
}

/* ---- what is told ------------------------------------------------------- */

static void add_remark(struct program *p, const char *text, bool is_line)
{
    struct remark fresh = {.is_line = is_line, .text = xstrdup(text)};

    vec_push(&p->remarks, fresh);
}

static void told(void *ctx, const struct telling *t)
{
    struct maker *m = ctx;

    add_remark(m->p, t->text, false);
}

static void take_note(struct maker *m, const struct script_line *l)
{
    struct event e = {.kind = EVENT_NOTE};

    e.u.note.text = l->text;
    e.u.note.lang = l->lang;
    narration_take(&m->narration, &e, 0);
}

/* ---- time --------------------------------------------------------------- */

static bool ended_by_time(const struct notation_line *l)
{
    return l->kind == NOTATION_CALL && l->returned &&
           (str_equal(l->error, "ETIMEDOUT") || l->was_interrupted);
}

static void note_timed(struct maker *m)
{
    const struct notation *n = &m->p->notation;

    m->timed_ns = xcalloc(n->lines.len + 1, sizeof *m->timed_ns);
    for (size_t i = 0; i < n->lines.len; i++) {
        const struct notation_line *l = &n->lines.items[i];

        if (ended_by_time(l) && l->returned_after <= n->lines.len &&
            l->returned_ns > m->timed_ns[l->returned_after])
            m->timed_ns[l->returned_after] = l->returned_ns;
    }
}

/* The longest pause before the line `i` that the recording is followed in. */
static uint64_t pause_limit(const struct maker *m, size_t i)
{
    uint64_t limit = PAUSE_MAX_NS + m->waited_ns;

    if (m->waited_ns > PAUSE_WAITED_NS)
        limit = PAUSE_MAX_NS + PAUSE_WAITED_NS;
    for (size_t k = m->last_call_line; k <= i; k++) {
        uint64_t at = m->timed_ns[k];
        uint64_t since = at > m->last_call_ns ? at - m->last_call_ns : 0;

        if (since > PAUSE_TIMED_NS)
            since = PAUSE_TIMED_NS;
        if (since > 0 && since + PAUSE_MAX_NS > limit)
            limit = since + PAUSE_MAX_NS;
    }
    return limit;
}

static int pause_before(const struct maker *m, size_t i, uint64_t t_ns)
{
    uint64_t gap, limit;

    if (m->last_call_line == 0 || t_ns < m->last_call_ns)
        return 0;
    gap = t_ns - m->last_call_ns;
    if (gap < PAUSE_MIN_NS)
        return 0;
    limit = pause_limit(m, i);
    if (gap > limit)
        gap = limit;
    return (int)(gap / PAUSE_UNIT_NS);
}

/* ---- steps -------------------------------------------------------------- */

/* The bytes that a call has moved stand at the end of its system call: the
 * result shows only the first of many. */
static long length_of(const struct statement *st, const struct notation_line *l)
{
    static const char *const movers[] = {
        "send", "recv", "sendto", "recvfrom", "read", "write"};
    const char *at = l->syscall ? strrchr(l->syscall, '=') : NULL;
    char *end = NULL;
    long n;

    if (!at || at[1] != ' ' || l->error || !st || !st->def)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(movers); i++) {
        if (strcmp(movers[i], st->def->name) != 0)
            continue;
        errno = 0;
        n = strtol(at + 2, &end, 10);
        return *end == '\0' && errno == 0 ? n : -1;
    }
    return -1;
}

static const struct role *child_of(
    struct program *p, const struct role *parent, const struct step *s)
{
    const struct statement *st = s->st;

    if (!st || st->kind != STATEMENT_CALL || !s->call || !s->call->returned ||
        st->def->returns != CALL_RETURNS_PROCESS || step_error(s) ||
        st->target_count == 0 || role_find(p, st->targets[0]))
        return NULL;
    return role_add(p, st->targets[0], parent);
}

/* Where what has been told since the last step parts: the last note and what
 * stands behind it lead to the next step, the rest was about the last one. */
static size_t part_remarks(const struct maker *m)
{
    const struct program *p = m->p;

    if (p->steps.len == 0)
        return m->remarks_taken;
    for (size_t i = p->remarks.len; i > m->remarks_taken; i--)
        if (!p->remarks.items[i - 1].is_line)
            return i - 1;
    return m->remarks_taken;
}

static void take_remarks(struct maker *m, struct step *s)
{
    struct program *p = m->p;

    s->above = part_remarks(m);
    s->below = s->end = p->remarks.len;
    if (p->steps.len > 0)
        p->steps.items[p->steps.len - 1].end = s->above;
    m->remarks_taken = p->remarks.len;
}

static void add_step(struct maker *m, const char *process,
    const struct statement *st, const struct notation_line *call, size_t i)
{
    struct program *p = m->p;
    struct step s = {.st = st, .call = call, .length = -1};

    narration_end(&m->narration);
    if (p->steps.len >= PROGRAM_STEPS_MAX) {
        p->left_out++;
        return;
    }
    s.role = role_ensure(p, process);
    take_remarks(m, &s);
    if (call) {
        s.number = ++p->calls;
        s.pause_cs = pause_before(m, i, call->t_ns);
        s.length = length_of(st, call);
        if (call->was_interrupted)
            s.interrupted_until = s.number + 1;
        s.child = child_of(p, s.role, &s);
        m->last_call_ns = call->t_ns;
        m->last_call_line = i + 1;
        m->waited_ns = 0;
        s.role->last_call = p->steps.len + 1;
    }
    vec_push(&p->steps, s);
}

static void add_statement(
    struct maker *m, const struct script_line *l, size_t i)
{
    const struct notation_line *n = &m->p->notation.lines.items[i];
    size_t times = l->kind == LINE_REPEAT ? (size_t)l->number : 1;

    if (n->kind == NOTATION_CALL) {
        add_step(m, l->processes[0], &l->statement, n, i);
        return;
    }
    for (size_t time = 0; time < times; time++) {
        for (size_t k = 0; k < l->process_count; k++)
            add_step(m, l->processes[k], &l->statement, NULL, i);
        if (m->p->steps.len < PROGRAM_STEPS_MAX)
            continue;
        m->p->left_out += (times - time - 1) * l->process_count;
        return;
    }
}

/* The call that an `interrupt` ended goes on until the calls before that line
 * are made. */
static void take_interrupt(struct maker *m, const struct script_line *l)
{
    struct role *r = role_find(m->p, l->processes[0]);
    struct step *s;

    if (!r || r->last_call == 0)
        return;
    s = &m->p->steps.items[r->last_call - 1];
    if (s->interrupted_until > 0)
        s->interrupted_until = m->p->calls + 1;
}

static void take_line(struct maker *m, const struct script_line *l, size_t i)
{
    struct program *p = m->p;
    struct host_alias alias = {.name = l->name, .host = l->host};

    switch (l->kind) {
    case LINE_PROCESS:
    case LINE_REPEAT:
        add_statement(m, l, i);
        return;
    case LINE_NOTE:
        take_note(m, l);
        return;
    case LINE_NAME:
        vec_push(&p->aliases, alias);
        return;
    case LINE_INTERRUPT:
        take_interrupt(m, l);
        break;
    case LINE_WAIT:
        m->waited_ns += l->ns < PAUSE_WAITED_NS ? l->ns : PAUSE_WAITED_NS;
        break;
    case LINE_WIRE:
    case LINE_SET:
        p->has_wire = true;
        break;
    default:
        return;
    }
    narration_end(&m->narration);
    add_remark(p, l->source, true);
}

/* Typed at the screen, raised because of a name: no line of the script. */
static void take_unplayable(struct maker *m, size_t i)
{
    const struct notation_line *n = &m->p->notation.lines.items[i];

    if (n->unplayable && n->process)
        add_step(m, n->process, NULL, n, i);
}

static void take_lines(struct maker *m)
{
    const struct program *p = m->p;
    size_t next = 0;

    for (size_t i = 0; i < p->notation.lines.len; i++) {
        const struct script_line *l =
            next < p->script->lines.len ? p->script->lines.items[next] : NULL;

        if (!l || l->line != (int)(i + 1)) {
            take_unplayable(m, i);
            continue;
        }
        take_line(m, l, i);
        next++;
    }
}

static uint64_t last_ns(const struct notation *n)
{
    uint64_t last = 0;

    for (size_t i = 0; i < n->lines.len; i++) {
        const struct notation_line *l = &n->lines.items[i];

        if (l->t_ns > last)
            last = l->t_ns;
        if (l->returned && l->returned_ns > last)
            last = l->returned_ns;
    }
    return last;
}

int program_make(struct program *p, const char *lang, struct err *e)
{
    struct maker m = {
        .p = p, .narration = {.lang = lang, .told = told, .ctx = NULL}};

    p->script = notation_parse(&p->notation, e);
    if (!p->script)
        return -EINVAL;
    m.narration.ctx = &m;
    note_timed(&m);
    p->title = script_title(p->script, lang);
    take_lines(&m);
    narration_end(&m.narration);
    narration_done(&m.narration);
    if (p->steps.len > 0)
        p->steps.items[p->steps.len - 1].end = p->remarks.len;
    p->end_pause_cs =
        pause_before(&m, p->notation.lines.len, last_ns(&p->notation));
    free(m.timed_ns);
    return 0;
}

void program_done(struct program *p)
{
    HASH_CLEAR(hh, p->by_name);
    for (size_t i = 0; i < p->roles.len; i++) {
        free(p->roles.items[i]->name);
        free(p->roles.items[i]);
    }
    for (size_t i = 0; i < p->remarks.len; i++)
        free(p->remarks.items[i].text);
    vec_done(&p->roles);
    vec_done(&p->remarks);
    vec_done(&p->steps);
    vec_done(&p->aliases);
    script_free(p->script);
    notation_done(&p->notation);
    *p = (struct program){0};
}
