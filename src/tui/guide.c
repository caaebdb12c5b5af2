/* Looks where on the way a stage stands: at its sockets, whatever they are
 * called, and at the calls to accept(). */
#include "guide.h"

#include "menu.h"
#include "situation.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct guide_limits limits = {60, 5, 9};

static const struct step {
    const char *call, *words, *because;
} steps[GUIDE_STEPS] = {
#define GUIDE(id, call, words, because) {call, words, because},
#include "guide.def"
#undef GUIDE
};

const char *guide_because(enum guide_step step)
{
    return steps[step].because;
}

static bool makes_socket(enum guide_step step)
{
    return step == GUIDE_SERVER || step == GUIDE_CLIENT;
}

const struct call_def *guide_call(enum guide_step step)
{
    return call_find(
        makes_socket(step) ? CALL_ON_MODULE : CALL_ON_SOCKET, steps[step].call);
}

/* ---- what is there ------------------------------------------------------- */

/* How far a socket is on the way: of the server to LISTEN, of a client to a
 * connection; 0: it is on none. */
enum way { WAY_NONE, WAY_FRESH, WAY_BOUND, WAY_READY };

static enum way way_of(const struct model_sock *s)
{
    if (s->proto != IPPROTO_TCP || s->owner_count == 0 || s->gone)
        return WAY_NONE;
    if (s->state == TCP_STATE_CLOSED && s->peer.family)
        return WAY_NONE;
    if (s->state == TCP_STATE_CLOSED)
        return s->local.port ? WAY_BOUND : WAY_FRESH;
    if (s->host == HOST_SERVER)
        return s->state == TCP_STATE_LISTEN ? WAY_READY : WAY_NONE;
    return s->state == TCP_STATE_LISTEN ? WAY_NONE : WAY_READY;
}

/* The one that is the furthest, of several the newest, which connect() goes to
 * as well; NULL: none has begun. */
static const struct model_sock *furthest(const struct model *m, enum host host)
{
    const struct model_sock *best = NULL;
    struct situation_end end;

    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        enum way least = best ? way_of(best) : WAY_FRESH;
        if (s->host == host && way_of(s) >= least &&
            situation_owner(&end, m, s))
            best = s;
    }
    return best;
}

/* Where somebody waits to be accepted, else where the next one would go. */
static const struct model_sock *listener(const struct model *m)
{
    for (size_t i = 0; i < model_sock_count(m); i++)
        if (model_sock_at(m, i)->accept_queue > 0)
            return model_sock_at(m, i);
    return furthest(m, HOST_SERVER);
}

static enum way way(const struct model *m, enum host host)
{
    const struct model_sock *s = furthest(m, host);

    return s ? way_of(s) : WAY_NONE;
}

/* A call to accept() that has not failed; `returned`: nor does it wait. */
static bool has_accepted(const struct model *m, bool returned)
{
    for (size_t i = 0; i < model_call_count(m); i++) {
        const struct model_call *c = model_call_at(m, i);
        if (str_equal(c->name, "accept") && !c->error && !c->exception &&
            (c->returned || !returned))
            return true;
    }
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->host == HOST_SERVER && s->accepted && s->peer.family)
            return true;
    }
    return false;
}

static bool has_datagrams(const struct model *m)
{
    for (size_t i = 0; i < model_sock_count(m); i++)
        if (model_sock_at(m, i)->proto == IPPROTO_UDP)
            return true;
    return false;
}

bool guide_is_done(const struct model *m, enum guide_step step)
{
    switch (step) {
    case GUIDE_SERVER:
        return way(m, HOST_SERVER) >= WAY_FRESH;
    case GUIDE_BIND:
        return way(m, HOST_SERVER) >= WAY_BOUND;
    case GUIDE_LISTEN:
        return way(m, HOST_SERVER) >= WAY_READY;
    case GUIDE_CLIENT:
        return way(m, HOST_CLIENT) >= WAY_FRESH;
    case GUIDE_CONNECT:
        return way(m, HOST_CLIENT) >= WAY_READY;
    default:
        return has_accepted(m, false);
    }
}

bool guide_is_within(const struct model *m, const struct guide_limits *most)
{
    return model_call_count(m) <= most->calls &&
           model_sock_count(m) <= most->socks &&
           model_segment_count(m) <= most->segments;
}

bool guide_is_wanted(const struct model *m)
{
    const struct model_process *server = model_process(m, "server");

    return guide_is_within(m, &limits) && !(server && server->exited) &&
           !has_datagrams(m) && !has_accepted(m, true);
}

/* ---- as lines ------------------------------------------------------------ */

/* The socket that the step goes on with; false: its process makes one. */
static bool find_sock(
    struct situation_end *end, const struct model *m, enum guide_step step)
{
    bool client = step == GUIDE_CLIENT || step == GUIDE_CONNECT;
    const struct model_sock *s = client ? furthest(m, HOST_CLIENT)
                                 : step == GUIDE_ACCEPT
                                     ? listener(m)
                                     : furthest(m, HOST_SERVER);

    if (s && situation_owner(end, m, s))
        return true;
    end->sock = NULL;
    snprintf(end->process, sizeof end->process, "%s", client ? "c1" : "server");
    const struct model_process *p = model_process(m, end->process);
    if (client && p && p->exited)
        situation_new_client(m, end->process);
    return false;
}

enum guide_step guide_next(const struct model *m, char process[MODEL_NAME_MAX])
{
    enum guide_step step = 0;

    while (step < GUIDE_STEPS && guide_is_done(m, step))
        step++;
    struct situation_end end = {0};
    if (step < GUIDE_STEPS)
        find_sock(&end, m, step);
    memcpy(process, end.process, sizeof end.process);
    return step;
}

void guide_add_line(
    struct str *out, const struct model *m, enum guide_step step)
{
    struct str variable = STR_INIT;
    struct situation_end end;

    if (find_sock(&end, m, step))
        str_add(&variable, end.variable);
    else
        menu_add_free_name(&variable, m, end.process,
            str_equal(end.process, "server") ? "ls" : "s");
    menu_add_call(out, m, end.process,
        makes_socket(step) ? NULL : str_text(&variable), guide_call(step));
    str_done(&variable);
}

void guide_add(struct guide *g, const struct call_def *call, struct str *text,
    struct str *words)
{
    struct guide_line line = {str_steal(text), str_steal(words), call};

    vec_push(&g->lines, line);
}

static void fill_steps(struct guide *g, const struct model *m)
{
    for (enum guide_step i = 0; i < GUIDE_STEPS; i++) {
        struct str text = STR_INIT, words = STR_INIT;
        if (guide_is_done(m, i))
            continue;
        guide_add_line(&text, m, i);
        str_add(&words, _(steps[i].words));
        guide_add(g, guide_call(i), &text, &words);
    }
}

/* Nothing else comes of what can't pass the wire. */
static void fill_passage(struct guide *g, const struct model *m)
{
    size_t held = (size_t)model_held(m);
    bool cut = model_wire_status(m)->cut;
    struct str text = STR_INIT, words = STR_INIT;

    if (held == 0 && !cut)
        return;
    str_add(&text, cut ? "wire join" : "wire deliver");
    if (cut)
        str_add(&words, _("the wire is cut: nothing passes"));
    else
        str_addf(&words,
            ngettext("%zu segment is held: lets the oldest arrive",
                "%zu segments are held: lets the oldest arrive", held),
            held);
    guide_add(g, NULL, &text, &words);
}

static void fill_first(struct guide *g, const struct model *m)
{
    bool connected =
        guide_is_done(m, GUIDE_CONNECT) && situation_has_waiting(m);
    size_t held = g->lines.len;

    g->title = connected ? N_("connected, but not accepted yet: what next")
                         : N_("still to do for a first connection");
    fill_steps(g, m);
    g->ready = held + 1;
    if (!connected || g->lines.len == held)
        return;
    guide_fill_queue(g, m); /* one may leave accept() for later */
    g->ready = g->lines.len;
}

void guide_fill(struct guide *g, const struct model *m)
{
    *g = (struct guide){0};
    fill_passage(g, m);
    if (guide_is_wanted(m)) {
        fill_first(g, m);
    } else {
        size_t held = g->lines.len;
        g->title = N_("what to try next");
        guide_fill_tries(g, m);
        if (g->lines.len == held)
            guide_done(g);
        g->ready = g->lines.len;
    }
    if (g->lines.len == 0)
        g->title = NULL;
}

void guide_done(struct guide *g)
{
    for (size_t i = 0; i < g->lines.len; i++) {
        free(g->lines.items[i].text);
        free(g->lines.items[i].words);
    }
    vec_done(&g->lines);
}
