/* What has to be added to the lines of a session. An error that no line takes
 * is always expected. Where a person typed, a call that came back by and by is
 * waited for, and so is the last thing that had changed before a line: nobody
 * waits at a script. */
#include "session.h"

#include "report_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) xmalloc(size)
#undef uthash_nonfatal_oom
#include <uthash.h>

/* What settles by itself has done so by then; a delayed wire takes longer, and
 * no script waits for that. The shortest timer of the calm wire is 200 ms. */
#define SETTLED_NS         (50 * NS_PER_MS)
#define SETTLED_DELAYED_NS (2 * NS_PER_MS)
/* A return and what it has to do with come that close together. Where
 * something goes on changing, nobody has waited for what was shorter. */
#define TOGETHER_NS (10 * NS_PER_MS)
#define SEEN_NS     (200 * NS_PER_MS)

/* An insertion on its way. */
struct wish {
    size_t before, order;
    uint64_t t_ns;
    uint64_t most_ns; /* what it waits for took no longer */
    bool is_late;
    char *text; /* owned; NULL: none after all */
};

/* A process whose last call raised, or could not be part of a script. */
struct actor {
    const char *name; /* borrowed from the script */
    size_t raised;    /* index of that call plus 1; 0: none */
    bool unplayable;
    UT_hash_handle hh;
};

struct comparison {
    struct session *session;
    struct notation *n;
    const struct script *script;
    const struct script_line **lines; /* by index; NULL: not in the script */
    struct actor *actors;             /* by name */
    VEC(struct actor *) owned;
    bool *checked; /* by index: a line expects what that call raised */
    VEC(struct wish) wishes;
};

const struct script_line *session_line(
    const struct script *script, size_t i, size_t *at)
{
    while (*at < script->lines.len &&
           script->lines.items[*at]->line < (int)(i + 1))
        ++*at;
    if (*at < script->lines.len &&
        script->lines.items[*at]->line == (int)(i + 1))
        return script->lines.items[*at];
    return NULL;
}

/* ---- who takes which error ---------------------------------------------- */

static struct actor *actor_of(struct comparison *c, const char *name)
{
    struct actor *a;

    HASH_FIND_STR(c->actors, name, a);
    if (a == NULL) {
        a = xcalloc(1, sizeof *a);
        a->name = name;
        vec_push(&c->owned, a);
        HASH_ADD_KEYPTR(hh, c->actors, a->name, strlen(a->name), a);
    }
    return a;
}

static bool tells_of_call(enum subject_kind kind)
{
    return kind == SUBJECT_ERROR || kind == SUBJECT_RESULT ||
           kind == SUBJECT_ELAPSED;
}

/* Line `i` names that process: what it raised before is taken now or never. */
static void meet(
    struct comparison *c, size_t i, const char *process, enum subject_kind kind)
{
    struct actor *a = actor_of(c, process);

    if (a->unplayable && tells_of_call(kind))
        c->n->lines.items[i].unplayable = true;
    if (a->raised == 0 || i < c->n->lines.items[a->raised - 1].returned_after)
        return;
    c->checked[a->raised - 1] = kind == SUBJECT_ERROR;
    a->raised = 0;
}

static void meet_all(struct comparison *c, size_t i)
{
    const struct script_line *l = c->lines[i];
    const struct operand *right = &l->expect.value;

    /* As an expectation it would be one that takes no error. */
    for (size_t k = 0; k < l->process_count; k++)
        meet(c, i, l->processes[k], SUBJECT_CALL);
    if (l->kind != LINE_EXPECT || l->expect.kind != EXPECT_COMPARE)
        return;
    if (l->expect.subject.process && l->expect.subject.process[0])
        meet(c, i, l->expect.subject.process, l->expect.subject.kind);
    if (right->kind == OPERAND_SUBJECT && right->subject.process &&
        right->subject.process[0])
        meet(c, i, right->subject.process, right->subject.kind);
}

static void find_checked(struct comparison *c)
{
    for (size_t i = 0; i < c->n->lines.len; i++) {
        const struct notation_line *l = &c->n->lines.items[i];
        struct actor *a;

        if (c->lines[i] != NULL)
            meet_all(c, i);
        if (l->kind != NOTATION_CALL)
            continue;
        a = actor_of(c, l->process);
        a->unplayable = l->unplayable;
        if (l->exception != NULL && !l->was_interrupted && !l->unplayable)
            a->raised = i + 1;
    }
}

/* ---- when it was late --------------------------------------------------- */

static uint64_t settled_ns(const struct session *s)
{
    return s->was_delayed ? SETTLED_DELAYED_NS : SETTLED_NS;
}

/* When the line before that one was over. */
static uint64_t over_ns(const struct comparison *c, size_t before)
{
    const struct script_line *l;

    if (before == 0)
        return 0;
    l = c->lines[before - 1];
    return c->n->lines.items[before - 1].t_ns +
           (l != NULL && l->kind == LINE_WAIT ? l->ns : 0);
}

static bool is_late(const struct comparison *c, size_t before, uint64_t t_ns)
{
    return t_ns > over_ns(c, before) + settled_ns(c->session);
}

static bool is_typed(const struct comparison *c, size_t i)
{
    return c->n->lines.items[i].kind != NOTATION_NOTE &&
           c->n->lines.items[i].line == 0;
}

static void wish_for(struct comparison *c, struct wish w)
{
    w.order = c->wishes.len;
    w.is_late = is_late(c, w.before, w.t_ns);
    vec_push(&c->wishes, w);
}

/* ---- what calls returned ------------------------------------------------ */

/* The number at the end of "recv(3, "..", 1000, 0) = 1000"; false: there is
 * none, or there were several system calls. */
static bool returned_number(const char *syscall, size_t *from)
{
    const char *found = NULL;

    for (const char *at = syscall; (at = strstr(at, ") = ")) != NULL; at++)
        found = at;
    if (found == NULL || strstr(syscall, "; ") != NULL)
        return false;
    found += 4;
    *from = (size_t)(found - syscall);
    return *found != '\0' && strlen(found) < 10 &&
           strspn(found, "0123456789") == strlen(found);
}

/* Whether the count it returned is the one it was asked for. */
static bool is_whole(const char *syscall, size_t from)
{
    struct str wanted = STR_INIT;
    bool found;

    str_addf(&wanted, ", %s", syscall + from);
    for (const char *at = syscall;; at++) {
        at = strstr(at, str_text(&wanted));
        found = at != NULL && at < syscall + from;
        if (!found || strchr(",)", at[wanted.len]) != NULL)
            break;
    }
    str_done(&wanted);
    return found;
}

/* Adds "c1.n == 1000" or "len(c1.data) == 1000" where that is the same the
 * next time: all was sent, all that was asked for has come, or what came was
 * there before. */
static bool say_result(const struct comparison *c, size_t i, struct str *out)
{
    const struct notation_line *l = &c->n->lines.items[i];
    const struct statement *st = &c->lines[i]->statement;
    const char *process = l->process;
    enum call_returns returns = st->def->returns;
    size_t from;

    if (l->syscall == NULL || st->decode != NULL || c->session->was_random ||
        !returned_number(l->syscall, &from))
        return false;
    if (returns == CALL_RETURNS_NUMBER && l->result != NULL &&
        is_whole(l->syscall, from) && strcmp(st->def->name, "fileno") != 0) {
        if (st->target_count == 1)
            str_addf(out, "%s.%s == %s", process, st->targets[0], l->result);
        else
            str_addf(out, "%s.result == %s", process, l->result);
        return true;
    }
    if (returns != CALL_RETURNS_BYTES && returns != CALL_RETURNS_BYTES_ADDR)
        return false;
    if (st->target_count == 0 || (l->blocked && !is_whole(l->syscall, from)))
        return false;
    str_addf(
        out, "len(%s.%s) == %s", process, st->targets[0], l->syscall + from);
    return true;
}

static bool is_word(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '_')
            return false;
    return *text != '\0';
}

static void say_raised(const struct notation_line *l, struct str *out)
{
    const char *name = l->error != NULL ? l->error : l->exception;

    if (is_word(name))
        str_addf(out, "expect %s.error == %s", l->process, name);
}

/* The line behind waits for that process by itself. */
static bool is_own_line(const struct comparison *c, size_t i, const char *name)
{
    const struct script_line *l = i < c->n->lines.len ? c->lines[i] : NULL;

    return l != NULL && (l->kind == LINE_PROCESS || l->kind == LINE_REPEAT) &&
           l->process_count > 0 && strcmp(l->processes[0], name) == 0;
}

static void wish_for_return(struct comparison *c, size_t i)
{
    const struct notation_line *l = &c->n->lines.items[i];
    struct wish w = {.before = l->returned_after,
        .t_ns = l->returned_ns,
        .most_ns = l->elapsed_ns};
    struct str text = STR_INIT, result = STR_INIT;

    if (l->exception != NULL) {
        if (!c->checked[i] && !l->was_interrupted)
            say_raised(l, &text);
    } else if (is_typed(c, i) && c->lines[i]->statement.def != NULL &&
               say_result(c, i, &result)) {
        str_addf(&text, "expect %s", str_text(&result));
    } else if (c->session->has_typed && l->blocked &&
               l->returned_after < c->n->lines.len &&
               is_late(c, l->returned_after, l->returned_ns) &&
               !is_own_line(c, l->returned_after, l->process)) {
        str_addf(&text, "expect %s.call == none", l->process);
    }
    str_done(&result);
    if (text.len > 0) {
        w.text = str_steal(&text);
        wish_for(c, w);
    }
}

static void wish_for_returns(struct comparison *c)
{
    for (size_t i = 0; i < c->n->lines.len; i++) {
        const struct notation_line *l = &c->n->lines.items[i];

        if (l->kind == NOTATION_CALL && l->returned && c->lines[i] != NULL)
            wish_for_return(c, i);
    }
}

/* ---- their places ------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;

    if (x->before != y->before)
        return x->before < y->before ? -1 : 1;
    if (x->t_ns != y->t_ns)
        return x->t_ns < y->t_ns ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void sort_wishes(struct comparison *c)
{
    if (c->wishes.len > 0)
        qsort(
            c->wishes.items, c->wishes.len, sizeof *c->wishes.items, by_place);
}

/* ---- what had changed --------------------------------------------------- */

/* The first line from there on that does something; false: none does. */
static bool next_deed(const struct comparison *c, size_t *i)
{
    while (*i < c->n->lines.len &&
           (c->lines[*i] == NULL || !line_kind_does(c->lines[*i]->kind)))
        ++*i;
    return *i < c->n->lines.len;
}

/* It came with the line, which is told of once it is done unless it is a call;
 * or the line itself asks for just that and is patient enough, or had begun to
 * watch by then. */
static bool is_of_line(
    const struct comparison *c, size_t i, const struct session_wait *w)
{
    const struct notation_line *l = &c->n->lines.items[i];
    const struct expectation *x = &c->lines[i]->expect;
    uint64_t together_ns = c->session->was_random     ? SEEN_NS
                           : l->kind != NOTATION_CALL ? TOGETHER_NS
                                                      : 0;
    struct str same = STR_INIT;
    bool is_same;

    if (!notation_is_delivery(l) && l->t_ns < w->t_ns + x->for_ns + together_ns)
        return true;
    if (c->lines[i]->kind != LINE_EXPECT)
        return false;
    str_addf(&same, "%s == %s", w->subject, w->value);
    is_same =
        strncmp(report_expectation(l->text), str_text(&same), same.len) == 0;
    str_done(&same);
    return is_same && 2 * (w->t_ns - over_ns(c, w->before)) < x->within_ns;
}

/* A call that came back about then, or later, is waited for anyway. `*at` goes
 * through the returns, which are in their places already. */
static bool is_waited_for(const struct comparison *c, size_t returns,
    const struct session_wait *w, size_t *at)
{
    while (*at < returns && c->wishes.items[*at].before < w->before)
        ++*at;
    for (size_t i = *at; i < returns; i++) {
        const struct wish *other = &c->wishes.items[i];

        if (other->before != w->before)
            break;
        if (other->is_late && other->t_ns + TOGETHER_NS >= w->t_ns)
            return true;
    }
    return false;
}

static void wish_for_changes(struct comparison *c)
{
    size_t returns = c->wishes.len, at = 0;

    for (size_t k = 0; k < c->session->waits.len; k++) {
        const struct session_wait *w = &c->session->waits.items[k];
        struct wish wish = {.t_ns = w->t_ns, .most_ns = w->t_ns - w->since_ns};
        struct str text = STR_INIT;
        size_t i = w->before;

        if (!is_late(c, w->before, w->t_ns) || !next_deed(c, &i) ||
            (!is_typed(c, i) && c->lines[i]->kind == LINE_EXPECT) ||
            is_of_line(c, i, w) || is_waited_for(c, returns, w, &at))
            continue;
        str_addf(&text, "expect %s == %s", w->subject, w->value);
        wish.before = w->before;
        wish.text = str_steal(&text);
        wish_for(c, wish);
    }
}

/* ---- the insertions ----------------------------------------------------- */

/* Twice as long as it took, and a little more, as somebody would write it. */
static uint64_t patience_s(uint64_t took_ns)
{
    static const unsigned steps[] = {1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600};
    uint64_t wanted = took_ns / NS_PER_S * 2 + 1;
    size_t i = 0;

    if (took_ns < 400 * NS_PER_MS)
        return 1;
    if (took_ns % NS_PER_S > 0)
        wanted += 2;
    while (i < ARRAY_LEN(steps) && steps[i] < wanted)
        i++;
    return i < ARRAY_LEN(steps) ? steps[i] : (wanted + 599) / 600 * 600;
}

static void insert(struct session *s, const struct wish *w, uint64_t took_ns)
{
    struct session_insertion fresh = {.before = w->before};
    uint64_t patience = w->is_late ? patience_s(took_ns) : 1;
    struct str text = STR_INIT;

    str_add(&text, w->text);
    if (patience > EXPECT_WITHIN_DEFAULT_NS / NS_PER_S)
        str_addf(&text, " within %" PRIu64 "s", patience);
    fresh.text = str_steal(&text);
    s->has_waits |= w->is_late;
    if (patience * NS_PER_S > s->longest_ns)
        s->longest_ns = patience * NS_PER_S;
    vec_push(&s->insertions, fresh);
}

/* How long each waits is known from what was waited for before. */
static void insert_all(struct comparison *c)
{
    uint64_t from_ns = c->n->lines.len > 0 ? c->n->lines.items[0].t_ns : 0;

    sort_wishes(c);
    for (size_t i = 0; i < c->wishes.len; i++) {
        const struct wish *w = &c->wishes.items[i];
        uint64_t took_ns = w->t_ns > from_ns ? w->t_ns - from_ns : 0;

        insert(c->session, w, took_ns < w->most_ns ? took_ns : w->most_ns);
        if (w->is_late)
            from_ns = w->t_ns;
        free(w->text);
    }
}

static void comparison_done(struct comparison *c)
{
    HASH_CLEAR(hh, c->actors);
    for (size_t i = 0; i < c->owned.len; i++)
        free(c->owned.items[i]);
    vec_done(&c->owned);
    vec_done(&c->wishes);
    free(c->lines);
    free(c->checked);
}

void session_compare(struct session *s, const struct script *script)
{
    struct comparison c = {.session = s, .n = &s->notation, .script = script};
    size_t count = s->notation.lines.len, at = 0;

    c.lines = xcalloc(count + 1, sizeof(struct script_line *));
    c.checked = xcalloc(count + 1, sizeof *c.checked);
    for (size_t i = 0; i < count; i++)
        c.lines[i] = session_line(script, i, &at);
    find_checked(&c);
    wish_for_returns(&c);
    sort_wishes(&c);
    if (s->has_typed)
        wish_for_changes(&c);
    insert_all(&c);
    comparison_done(&c);
}
