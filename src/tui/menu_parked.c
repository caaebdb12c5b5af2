/* The menu of a process that waits in a call: what it waits for (parked.def),
 * the line that would let it go on, and the way to interrupt it. */
#include "menu.h"

#include "guide.h"
#include "situation.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>

static const struct {
    const char *call, *about;
} parked[] = {
#define PARKED(call, about) {call, about},
#include "parked.def"
#undef PARKED
};

static const char *about(const char *call)
{
    for (size_t i = 0; i < ARRAY_LEN(parked); i++)
        if (str_equal(parked[i].call, call))
            return parked[i].about;
    return N_("It waits in a call; until that returns it can make no other.");
}

/* ---- what would let it go on --------------------------------------------- */

static const struct call_def *add_client(
    struct str *line, const struct model *m, const struct model_call *c)
{
    (void)c;
    return guide_add_client(line, m);
}

/* Behind a full queue, or before the handshake is answered. */
static const struct call_def *add_accept(
    struct str *line, const struct model *m, const struct model_call *c)
{
    (void)c;
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        struct situation_end end;
        if (s->state != TCP_STATE_LISTEN || s->accept_queue <= s->backlog ||
            !situation_end(&end, m, s))
            continue;
        const struct call_def *def = call_find(CALL_ON_SOCKET, "accept");
        menu_add_call(line, m, end.process, end.variable, def);
        return def;
    }
    return NULL;
}

static const struct call_def *add_peers(struct str *line, const struct model *m,
    const struct model_call *c, const char *call)
{
    const struct model_sock *s =
        c->socket ? model_sock_owned(m, c->process, c->socket) : NULL;
    struct situation_end end;

    if (!s || s->proto != IPPROTO_TCP ||
        !situation_end(&end, m, model_sock_peer(m, s)))
        return NULL;
    const struct call_def *def = call_find(CALL_ON_SOCKET, call);
    menu_add_call(line, m, end.process, end.variable, def);
    return def;
}

/* One that has ended its half sends no more. */
static const struct call_def *add_send(
    struct str *line, const struct model *m, const struct model_call *c)
{
    const struct model_sock *s =
        c->socket ? model_sock_owned(m, c->process, c->socket) : NULL;
    const struct model_sock *peer = s ? model_sock_peer(m, s) : NULL;

    if (!peer || (peer->state != TCP_STATE_ESTABLISHED &&
                     peer->state != TCP_STATE_CLOSE_WAIT))
        return NULL;
    return add_peers(line, m, c, "send");
}

static const struct call_def *add_recv(
    struct str *line, const struct model *m, const struct model_call *c)
{
    return add_peers(line, m, c, "recv");
}

static const struct {
    const char *call;
    const struct call_def *(*add)(
        struct str *line, const struct model *m, const struct model_call *c);
} ways[] = {
    {"accept", add_client},
    {"connect", add_accept},
    {"recv", add_send},
    {"send", add_recv},
    {"sendall", add_recv},
};

static void offer_way(
    struct menu *menu, const struct model *m, const struct model_call *c)
{
    const struct call_def *def = NULL;
    struct str line = STR_INIT;

    for (size_t i = 0; i < ARRAY_LEN(ways) && !def; i++)
        if (str_equal(ways[i].call, c->name))
            def = ways[i].add(&line, m, c);
    if (!def) {
        str_done(&line);
        return;
    }
    menu_add(menu, str_steal(&line), def->help, NULL);
    menu->items.items[menu->grey - 1].because = N_("lets it go on");
}

static void offer_deliver(struct menu *menu, const struct model *m)
{
    if (model_held(m) == 0)
        return;
    menu_add(menu, xstrdup("wire deliver"),
        N_("let the oldest held segment arrive"), NULL);
    menu->items.items[menu->grey - 1].because =
        N_("a segment is held on the wire");
}

void menu_fill_parked(
    struct menu *menu, const struct model *m, const struct model_process *p)
{
    const struct model_call *c = model_call(m, p->parked_call);
    struct str line = STR_INIT;

    menu->about = about(c ? c->name : "");
    offer_deliver(menu, m);
    if (c)
        offer_way(menu, m, c);
    str_addf(&line, "interrupt %s", p->name);
    menu_add(menu, str_steal(&line),
        N_("end the call it waits in, as a signal would"), NULL);
}
