/* Looks where on the way a stage stands: at its sockets, whatever they are
 * called, and at the calls to accept(). */
#include "guide.h"

#include "menu.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Who has made so many calls needs no introduction any more, and so many
 * sockets or segments need the room. */
#define CALLS_MAX    60
#define SOCKS_MAX    5
#define SEGMENTS_MAX 9

static const struct step {
    const char *call, *words;
} steps[GUIDE_STEPS] = {
#define GUIDE(id, call, words) {call, words},
#include "guide.def"
#undef GUIDE
};

const char *guide_words(enum guide_step step)
{
    return steps[step].words;
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

enum guide_step guide_server_next(const struct model *m)
{
    for (enum guide_step i = GUIDE_SERVER; i <= GUIDE_LISTEN; i++)
        if (!guide_is_done(m, i))
            return i;
    return GUIDE_STEPS;
}

bool guide_is_wanted(const struct model *m)
{
    return model_call_count(m) <= CALLS_MAX &&
           model_sock_count(m) <= SOCKS_MAX &&
           model_segment_count(m) <= SEGMENTS_MAX && !has_datagrams(m) &&
           !has_accepted(m, true);
}

/* ---- as a line ----------------------------------------------------------- */

void guide_add_line(
    struct str *out, const struct model *m, enum guide_step step)
{
    bool client = step == GUIDE_CLIENT || step == GUIDE_CONNECT;
    const struct model_sock *s =
        furthest(m, client ? HOST_CLIENT : HOST_SERVER);
    struct str variable = STR_INIT;
    char process[MODEL_NAME_MAX];

    if (s) {
        words_process(s->owners[0], process);
        const char *dot = strchr(s->owners[0], '.');
        str_add(&variable, dot ? dot + 1 : "");
    } else {
        snprintf(process, sizeof process, client ? "c1" : "server");
        menu_add_free_name(&variable, m, process, client ? "s" : "ls");
    }
    menu_add_call(out, m, process,
        makes_socket(step) ? NULL : str_text(&variable), guide_call(step));
    str_done(&variable);
}
