/* Three things to try once somebody listens and is connected, each as its next
 * line: bytes through both buffers, a half close to its end, and more clients
 * than the backlog has room for. What was tried is told no more. */
#include "guide.h"

#include "menu.h"
#include "situation.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const struct guide_limits limits = {40, 14, 40};

#define BACKLOG_MAX 4 /* more would take too many clients to fill */

/* ---- who could make a call ----------------------------------------------- */

/* The first of that host in that state. */
static bool find_sock(struct situation_end *end, const struct model *m,
    enum host host, enum tcp_state state)
{
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->host == host && s->state == state && situation_end(end, m, s))
            return true;
    }
    return false;
}

/* An IPv4 socket comes to both kinds of listener, by its mapped address. */
static bool may_connect(
    const struct model_sock *s, const struct model_sock *listener)
{
    return !listener || !s->local.family ||
           s->local.family == listener->local.family ||
           listener->local.family == AF_INET6;
}

/* A client's socket that goes nowhere yet. */
static bool find_fresh(struct situation_end *end, const struct model *m)
{
    const struct model_sock *to = situation_listener(m, HOST_CLIENT);

    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->host == HOST_CLIENT && s->state == TCP_STATE_CLOSED &&
            !s->peer.family && may_connect(s, to) && situation_end(end, m, s))
            return true;
    }
    return false;
}

/* Whether that call was made since then, and has not failed; `end` NULL: by
 * anybody. */
static bool was_made(const struct model *m, const struct situation_end *end,
    const char *call, uint64_t since_ns)
{
    for (size_t i = model_call_count(m); i-- > 0;) {
        const struct model_call *c = model_call_at(m, i);
        bool here = !end || (c->socket && str_equal(c->socket, end->variable) &&
                                str_equal(c->process, end->process));
        if (c->t_ns < since_ns)
            return false;
        if (here && str_equal(c->name, call) && !c->error && !c->exception)
            return true;
    }
    return false;
}

__attribute__((format(printf, 5, 6))) static void add_call(struct guide *g,
    const struct model *m, const struct situation_end *end, const char *call,
    const char *words, ...)
{
    const struct call_def *def = call_find(CALL_ON_SOCKET, call);
    struct str text = STR_INIT, what = STR_INIT;
    va_list args;

    menu_add_call(&text, m, end->process, end->variable, def);
    va_start(args, words);
    str_addv(&what, words, args);
    va_end(args);
    guide_add(g, def, &text, &what);
}

/* ---- bytes --------------------------------------------------------------- */

/* Bytes that wait for a process that could take them, and never took any. */
static bool find_bytes(struct situation_end *end, const struct model *m)
{
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->recv_buffer > 0 && s->state == TCP_STATE_ESTABLISHED &&
            situation_end(end, m, s) && !was_made(m, end, "recv", 0))
            return true;
    }
    return false;
}

static void bytes_go_on(struct guide *g, const struct model *m)
{
    struct situation_end end;

    if (find_bytes(&end, m))
        add_call(g, m, &end, "recv", _("takes the bytes that have arrived"));
}

static void bytes_begin(struct guide *g, const struct model *m)
{
    struct situation_end client;

    if (!was_made(m, NULL, "send", 0) && !was_made(m, NULL, "sendall", 0) &&
        find_sock(&client, m, HOST_CLIENT, TCP_STATE_ESTABLISHED))
        add_call(
            g, m, &client, "send", _("bytes: send buffer, wire, recv buffer"));
}

/* ---- a half close -------------------------------------------------------- */

/* What the end that was left alone can still do: learn of the end, and send;
 * the other one receives that. When all was tried, it closes too. */
static void half_close_go_on(struct guide *g, const struct model *m)
{
    struct situation_end end, ended;
    size_t before = g->lines.len;

    if (!find_sock(&end, m, HOST_SERVER, TCP_STATE_CLOSE_WAIT) &&
        !find_sock(&end, m, HOST_CLIENT, TCP_STATE_CLOSE_WAIT))
        return;
    const struct model_sock *s = end.sock, *peer = model_sock_peer(m, s);
    bool half = peer && peer->owner_count > 0; /* else it was closed */
    if (half && peer->recv_buffer > 0 && situation_end(&ended, m, peer))
        add_call(g, m, &ended, "recv", _("came though %s sends no more"),
            ended.process);
    if (s->recv_buffer > 0)
        add_call(g, m, &end, "recv", _("the bytes first, then the end: b''"));
    else if (!was_made(m, &end, "recv", s->state_changed_ns))
        add_call(g, m, &end, "recv", _("tells the end: b''"));
    if (half && !was_made(m, &end, "send", s->state_changed_ns))
        add_call(g, m, &end, "send", _("the other half still carries bytes"));
    if (g->lines.len == before)
        add_call(g, m, &end, "close",
            half ? _("ends the other half as well")
                 : _("the peer has closed: now this end"));
}

static void half_close_begin(struct guide *g, const struct model *m)
{
    struct situation_end client;

    if (!was_made(m, NULL, "shutdown", 0) &&
        find_sock(&client, m, HOST_CLIENT, TCP_STATE_ESTABLISHED))
        add_call(g, m, &client, "shutdown",
            _("half close: sends no more, still receives"));
}

/* ---- a full accept queue ------------------------------------------------- */

/* Somebody whom the full queue keeps out; NULL: nobody. */
static const struct model_sock *outside(const struct model *m)
{
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->state == TCP_STATE_SYN_SENT && s->owner_count > 0)
            return s;
    }
    return NULL;
}

const struct call_def *guide_add_client(struct str *line, const struct model *m)
{
    struct situation_end client = {0};
    const struct call_def *def = call_find(CALL_ON_SOCKET, "connect");

    if (!find_fresh(&client, m)) {
        situation_new_client(m, client.process);
        client.variable = NULL;
        def = call_find(CALL_ON_MODULE, "socket");
    }
    menu_add_call(line, m, client.process, client.variable, def);
    return def;
}

static void add_client(
    struct guide *g, const struct model *m, const struct model_sock *listener)
{
    uint32_t waiting = listener->accept_queue, places = listener->backlog + 1;
    struct str text = STR_INIT, words = STR_INIT;
    const struct call_def *def = guide_add_client(&text, m);

    str_addf(&words,
        waiting >= places           ? _("one too many: %u of %u wait")
        : def->on == CALL_ON_MODULE ? _("fill the accept queue: %u of %u wait")
                                    : _("into the accept queue: %u of %u wait"),
        waiting, places);
    guide_add(g, def, &text, &words);
}

static bool find_listener(struct situation_end *server, const struct model *m)
{
    return situation_end(server, m, situation_listener(m, HOST_CLIENT)) &&
           server->sock->host == HOST_SERVER &&
           server->sock->backlog <= BACKLOG_MAX;
}

static void overflow_go_on(struct guide *g, const struct model *m)
{
    const struct model_sock *waits = outside(m);
    struct situation_end server, client;
    char name[MODEL_NAME_MAX];

    if (!find_listener(&server, m))
        return;
    const struct model_sock *s = server.sock;
    if (waits && situation_listener_of(m, waits) == s &&
        s->accept_queue > s->backlog) {
        words_process(waits->owners[0], name);
        add_call(g, m, &server, "accept",
            _("makes room: the next SYN of %s is answered"), name);
    } else if (!waits && s->ignored == 0 &&
               (s->accept_queue > 0 || find_fresh(&client, m))) {
        add_client(g, m, s);
    }
}

void guide_fill_queue(struct guide *g, const struct model *m)
{
    struct situation_end server;

    if (find_listener(&server, m) && server.sock->ignored == 0 && !outside(m))
        add_client(g, m, server.sock);
}

/* ---- all of them --------------------------------------------------------- */

static const struct {
    void (*go_on)(struct guide *g, const struct model *m);
    void (*begin)(struct guide *g, const struct model *m);
} tries[] = {
    {bytes_go_on, bytes_begin},
    {half_close_go_on, half_close_begin},
    {overflow_go_on, guide_fill_queue},
};

/* What was begun comes first, and alone. */
void guide_fill_tries(struct guide *g, const struct model *m)
{
    if (!guide_is_within(m, &limits))
        return;
    size_t before = g->lines.len;
    for (size_t i = 0; i < ARRAY_LEN(tries); i++)
        tries[i].go_on(g, m);
    bool begun = g->lines.len > before;
    for (size_t i = 0; i < ARRAY_LEN(tries) && !begun; i++)
        tries[i].begin(g, m);
}
