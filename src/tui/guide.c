/* Looks where on the way a stage stands: at its sockets, whatever they are
 * called, and at the calls to accept(). */
#include "guide.h"

#include "menu.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who has made so many calls needs no introduction any more, and so many
 * sockets or segments need the room. */
#define CALLS_MAX    60
#define SOCKS_MAX    5
#define SEGMENTS_MAX 9

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

/* The one that is the furthest; NULL: none has begun. */
static const struct model_sock *furthest(const struct model *m, enum host host)
{
    const struct model_sock *best = NULL;

    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->host == host && way_of(s) > (best ? way_of(best) : WAY_NONE))
            best = s;
    }
    return best;
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

bool guide_is_wanted(const struct model *m)
{
    return model_call_count(m) <= CALLS_MAX &&
           model_sock_count(m) <= SOCKS_MAX &&
           model_segment_count(m) <= SEGMENTS_MAX && !has_datagrams(m) &&
           !has_accepted(m, true);
}

/* ---- as lines ------------------------------------------------------------ */

/* The socket that the step goes on with; NULL: its process makes one. */
static const struct model_sock *sock_of(
    const struct model *m, enum guide_step step, char process[MODEL_NAME_MAX])
{
    bool client = step == GUIDE_CLIENT || step == GUIDE_CONNECT;
    const struct model_sock *s =
        furthest(m, client ? HOST_CLIENT : HOST_SERVER);

    if (s)
        words_process(s->owners[0], process);
    else
        snprintf(process, MODEL_NAME_MAX, "%s", client ? "c1" : "server");
    return s;
}

enum guide_step guide_next(const struct model *m, char process[MODEL_NAME_MAX])
{
    enum guide_step step = 0;

    while (step < GUIDE_STEPS && guide_is_done(m, step))
        step++;
    process[0] = '\0';
    if (step < GUIDE_STEPS)
        sock_of(m, step, process);
    return step;
}

void guide_add_line(
    struct str *out, const struct model *m, enum guide_step step)
{
    struct str variable = STR_INIT;
    char process[MODEL_NAME_MAX];
    const struct model_sock *s = sock_of(m, step, process);

    if (s) {
        const char *dot = strchr(s->owners[0], '.');
        str_add(&variable, dot ? dot + 1 : "");
    } else {
        menu_add_free_name(
            &variable, m, process, str_equal(process, "server") ? "ls" : "s");
    }
    menu_add_call(out, m, process,
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

void guide_fill(struct guide *g, const struct model *m)
{
    *g = (struct guide){0};
    if (guide_is_wanted(m)) {
        g->title = N_("still to do for a first connection");
        fill_steps(g, m);
        g->ready = g->lines.len > 0;
        if (g->lines.len == 1) { /* only accept(): one may leave it for later */
            guide_fill_queue(g, m);
            g->ready = g->lines.len;
        }
    } else {
        g->title = N_("what to try next");
        guide_fill_tries(g, m);
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
