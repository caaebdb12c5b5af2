/* The calls of a process or a socket, arguments filled in: those that make
 * sense first (offers.def), then the others, each with its reason (whys.def),
 * because errors teach. A process without a socket gets those on sockets too:
 * they say what to do first. */
#include "menu.h"

#include "guide.h"
#include "situation.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"
#include "sockstage/script/complete.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* What a socket is, as far as calls care: one bit of these. */
enum in {
    IN_FRESH = 1,
    IN_BOUND = 2,
    IN_LISTEN = 4,
    IN_OPENING = 8,
    IN_OPEN = 16,
    IN_PEER_ENDED = 32,
    IN_ENDED = 64, /* this side has sent its FIN */
    IN_OVER = 128,
    IN_UDP_FRESH = 256,
    IN_UDP_BOUND = 512,
    IN_UDP_CONNECTED = 1024,
    IN_UDP = IN_UDP_FRESH | IN_UDP_BOUND | IN_UDP_CONNECTED,
    IN_ANY = 2047,
};

static const struct {
    const char *call;
    unsigned in;
} offers[] = {
#define OFFER(call, in) {call, in},
#include "offers.def"
#undef OFFER
};

static const struct {
    const char *call;
    unsigned in;
    const char *text;
} whys[] = {
#define WHY(call, in, text) {call, in, text},
#include "whys.def"
#undef WHY
};

static unsigned datagram_in(const struct model_sock *s)
{
    if (s->peer.family)
        return IN_UDP_CONNECTED;
    return s->local.port ? IN_UDP_BOUND : IN_UDP_FRESH;
}

static unsigned sock_in(const struct model_sock *s)
{
    if (s->gone)
        return IN_OVER;
    if (s->proto == IPPROTO_UDP)
        return datagram_in(s);
    switch (s->state) {
    case TCP_STATE_LISTEN:
        return IN_LISTEN;
    case TCP_STATE_CLOSED:
        if (s->peer.family)
            return IN_OVER;
        return s->local.port ? IN_BOUND : IN_FRESH;
    case TCP_STATE_ESTABLISHED:
        return IN_OPEN;
    case TCP_STATE_CLOSE_WAIT:
        return IN_PEER_ENDED;
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_FIN_WAIT_2:
        return IN_ENDED;
    case TCP_STATE_SYN_SENT:
    case TCP_STATE_SYN_RECEIVED:
        return IN_OPENING;
    default:
        return IN_OVER;
    }
}

static const char *why_not(
    const struct model *m, const char *call, unsigned offered, unsigned in)
{
    bool tcp = (in & IN_UDP) == 0;

    if (offered & in) {
        bool refused = strcmp(call, "connect") == 0 && tcp &&
                       !situation_listener(m, HOST_CLIENT);
        return refused ? N_("nobody listens there: ECONNREFUSED; make the "
                            "server listen first")
                       : NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(whys); i++)
        if (strcmp(whys[i].call, call) == 0 && (whys[i].in & in))
            return whys[i].text;
    return N_("it makes no sense in this state");
}

/* ---- a call as a line ---------------------------------------------------- */

void menu_add_free_name(struct str *line, const struct model *m,
    const char *process, const char *base)
{
    char name[MODEL_NAME_MAX];

    snprintf(name, sizeof name, "%s", base);
    for (int i = 2;
         model_sock_owned(m, process, name) || model_process(m, name); i++)
        snprintf(name, sizeof name, "%.16s%d", base, i);
    str_add(line, name);
}

static void add_target(struct str *line, const struct model *m,
    const char *process, const char *base, const char *behind)
{
    menu_add_free_name(line, m, process, base);
    str_add(line, behind);
}

static void add_targets(struct str *line, const struct model *m,
    const char *process, const struct call_def *def)
{
    switch (def->returns) {
    case CALL_RETURNS_NUMBER:
        if (str_equal(def->name, "send"))
            add_target(line, m, process, "n", " = ");
        break;
    case CALL_RETURNS_BYTES:
        add_target(line, m, process, "data", " = ");
        break;
    case CALL_RETURNS_SOCKET:
        add_target(
            line, m, process, str_equal(process, "server") ? "ls" : "s", " = ");
        break;
    case CALL_RETURNS_SOCKET_ADDR:
        add_target(line, m, process, "conn", ", ");
        add_target(line, m, process, "addr", " = ");
        break;
    case CALL_RETURNS_BYTES_ADDR:
        add_target(line, m, process, "data", ", ");
        add_target(line, m, process, "addr", " = ");
        break;
    case CALL_RETURNS_PROCESS:
        add_target(line, m, process, "w", " = ");
        break;
    case CALL_RETURNS_NONE:
    case CALL_RETURNS_VALUE:
        break;
    }
}

struct asking {
    const struct model *m;
};

static bool argument(void *ctx, const char *process, const char *variable,
    const struct call_def *def, size_t arg, struct str *out)
{
    const struct asking *a = ctx;

    return situation_argument(a->m, process, variable, def, arg, out);
}

void menu_add_call(struct str *line, const struct model *m, const char *process,
    const char *variable, const struct call_def *def)
{
    struct asking asking = {m};
    const struct complete_names names = {.ctx = &asking, .argument = argument};

    str_addf(line, "%s: ", process);
    add_targets(line, m, process, def);
    if (variable)
        str_addf(line, "%s.", variable);
    complete_call(line, def, process, variable, &names);
}

static void offer(struct menu *menu, const struct model *m, const char *process,
    const char *variable, const struct call_def *def, const char *why)
{
    struct str line = STR_INIT;

    menu_add_call(&line, m, process, variable, def);
    menu_add(menu, str_steal(&line), def->help, why);
}

/* Unless it is there already. */
static void offer_once(struct menu *menu, const struct model *m,
    const char *process, const char *variable, const struct call_def *def)
{
    struct str line = STR_INIT;
    bool there = false;

    menu_add_call(&line, m, process, variable, def);
    for (size_t i = 0; i < menu->items.len && !there; i++)
        there = str_equal(menu->items.items[i].line, str_text(&line));
    str_done(&line);
    if (!there)
        offer(menu, m, process, variable, def, NULL);
}

/* ---- a socket, a process ------------------------------------------------- */

static const char *variable_of(
    const struct model_sock *s, const char *process, char *out, size_t size)
{
    size_t len = strlen(process);

    for (size_t i = 0; i < s->owner_count; i++) {
        const char *owner = s->owners[i];
        if (strncmp(owner, process, len) == 0 && owner[len] == '.') {
            snprintf(out, size, "%s", owner + len + 1);
            return out;
        }
    }
    return NULL;
}

/* A client rarely names its port, and hardly ever listens: these come behind
 * the others. */
static bool is_servers(const char *call)
{
    return str_equal(call, "bind") || str_equal(call, "listen");
}

static void offer_sock_calls(struct menu *menu, const struct model *m,
    const char *process, const struct model_sock *s)
{
    char variable[2 * MODEL_NAME_MAX];
    const struct call_def *connect = call_find(CALL_ON_SOCKET, "connect");
    unsigned in = sock_in(s);
    /* A client's new socket connects next: if nobody listens, that is told. */
    bool first = in == IN_FRESH && s->host == HOST_CLIENT;
    bool client = s->host == HOST_CLIENT && (in & IN_UDP) == 0;

    if (!variable_of(s, process, variable, sizeof variable))
        return;
    if (first)
        offer(menu, m, process, variable, connect,
            why_not(m, "connect", IN_FRESH, in));
    for (size_t i = 0; i < 2 * ARRAY_LEN(offers); i++) {
        size_t at = i % ARRAY_LEN(offers);
        const struct call_def *def = call_find(CALL_ON_SOCKET, offers[at].call);
        bool later =
            client && is_servers(offers[at].call) && (offers[at].in & in);
        if (def && later == (i != at) && !(first && def == connect))
            offer(menu, m, process, variable, def,
                why_not(m, def->name, offers[at].in, in));
    }
}

/* ---- what comes next ----------------------------------------------------- */

static bool always(const struct model_sock *s)
{
    (void)s;
    return true;
}

static bool has_waiting(const struct model_sock *s)
{
    return s->accept_queue > 0;
}

static bool has_bytes(const struct model_sock *s)
{
    return s->recv_buffer > 0;
}

static bool is_for_server(const struct model_sock *s)
{
    return s->host == HOST_SERVER;
}

/* The calls on its sockets that a process offers itself, the urgent first. */
static const struct due {
    const char *call;
    unsigned in;
    bool (*when)(const struct model_sock *s);
} dues[] = {
    {"accept", IN_LISTEN, has_waiting},
    {"recv", IN_OPEN | IN_PEER_ENDED | IN_ENDED, has_bytes},
    {"bind", IN_FRESH, is_for_server},
    {"listen", IN_BOUND, is_for_server},
    {"accept", IN_LISTEN, always},
    {"close", IN_PEER_ENDED, always},
    {"send", IN_OPEN | IN_PEER_ENDED, always},
    {"recv", IN_OPEN | IN_PEER_ENDED | IN_ENDED, always},
};

#define DUES_MAX 8 /* lines; what else there is stands at the sockets */

static void offer_due(
    struct menu *menu, const struct model *m, const struct model_process *p)
{
    char variable[2 * MODEL_NAME_MAX];
    const struct model_sock *s;

    for (size_t i = 0; i < ARRAY_LEN(dues); i++) {
        const struct due *due = &dues[i];
        const struct call_def *def = call_find(CALL_ON_SOCKET, due->call);
        for (size_t k = 0; (s = model_process_sock_at(p, k)) != NULL; k++) {
            if ((sock_in(s) & due->in) && due->when(s) &&
                menu->items.len < DUES_MAX &&
                variable_of(s, p->name, variable, sizeof variable))
                offer_once(menu, m, p->name, variable, def);
        }
    }
}

/* Whether what the process can do next needs somebody who listens. */
static bool needs_server(
    const struct model *m, const char *process, const struct model_sock *s)
{
    const struct model_process *p = model_process(m, process);

    if (situation_host(m, process) != HOST_CLIENT ||
        situation_listener(m, HOST_CLIENT))
        return false;
    if (s)
        return (sock_in(s) & (IN_FRESH | IN_BOUND)) != 0;
    return !p || model_process_sock_count(p) == 0;
}

/* Whether it needs a client, or one that is accepted: on the way to a first
 * connection only. */
static bool needs_other(const struct model *m, enum guide_step step,
    const char *process, const struct model_sock *s)
{
    bool server = situation_host(m, process) == HOST_SERVER;
    unsigned in = s ? sock_in(s) : 0;

    if (!guide_is_wanted(m) || (server && situation_has_waiting(m)))
        return false;
    if (step == GUIDE_ACCEPT)
        return !server && in == IN_OPEN;
    return server && (!s || in == IN_LISTEN);
}

/* One side alone gets nowhere: what the other has to do first. */
static void offer_others_step(struct menu *menu, const struct model *m,
    const char *process, const struct model_sock *s)
{
    char other[MODEL_NAME_MAX];
    enum guide_step step = guide_next(m, other);
    const struct model_process *p = model_process(m, other);
    struct str line = STR_INIT;

    if (step == GUIDE_STEPS || str_equal(other, process) ||
        (p && (p->exited || p->parked_call)))
        return;
    if (step <= GUIDE_LISTEN ? !needs_server(m, process, s)
                             : !needs_other(m, step, process, s))
        return;
    guide_add_line(&line, m, step);
    menu_add(menu, str_steal(&line), guide_call(step)->help, NULL);
    menu->items.items[menu->grey - 1].because = guide_because(step);
}

/* By whether it ever had one, and whether it is the server. */
static const char *const why_no_sock[2][2] = {
    {N_("no socket yet: s = socket() first"),
        N_("no socket yet: ls = socket() first")},
    {N_("no open socket: s = socket() first"),
        N_("no open socket: ls = socket() first")},
};

/* What will be possible once the process has a socket. */
static void offer_later_calls(
    struct menu *menu, const struct model *m, const char *process)
{
    bool server = str_equal(process, "server");
    const char *variable = server ? "ls" : "s";
    bool had = model_sock_owned(m, process, variable) != NULL;

    for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
        const struct call_def *def = call_find(CALL_ON_SOCKET, offers[i].call);
        if (def)
            offer(menu, m, process, variable, def, why_no_sock[had][server]);
    }
}

/* Why no call can reach a socket that no process holds. */
static const char *about_orphan(const struct model_sock *s)
{
    if (s->owner_count > 0)
        return NULL;
    if (s->former[0] == '\0' && s->state != TCP_STATE_TIME_WAIT)
        return N_("No process holds this connection yet: accept() on the "
                  "listener gives it to one. Until then no call can reach it.");
    return N_("No process holds this socket any more: it was closed, and the "
              "kernel brings the connection to its end. No call can reach it.");
}

void menu_fill(struct menu *menu, const struct model *m, const char *process,
    uint64_t sock)
{
    const struct model_process *p = model_process(m, process);
    const struct model_sock *s = sock ? model_sock(m, sock) : NULL;

    menu_done(menu);
    menu->about = s ? about_orphan(s) : NULL;
    if (menu->about)
        return;
    if (p && p->exited) {
        menu->about = N_("This process has ended: it makes no calls any more.");
        return;
    }
    if (p && p->parked_call) {
        menu_fill_parked(menu, m, p);
        return;
    }
    offer_others_step(menu, m, process, s);
    if (s)
        offer_sock_calls(menu, m, process, s);
    else if (p)
        offer_due(menu, m, p);
    for (size_t i = 0; call_at(i); i++) {
        const struct call_def *def = call_at(i);
        bool makes_sense = str_equal(def->name, "socket") || p;
        if (def->on == CALL_ON_MODULE && makes_sense)
            offer(menu, m, process, NULL, def, NULL);
    }
    if (!s && (!p || model_process_sock_count(p) == 0))
        offer_later_calls(menu, m, process);
}
