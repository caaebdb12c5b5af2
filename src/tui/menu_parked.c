/* The menu of a process that waits in a call: what it waits for (parked.def),
 * the line that would let it go on, and the way to interrupt it. */
#include "menu.h"

#include "guide.h"
#include "situation.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>

/* ---- what would let it go on --------------------------------------------- */

/* The socket that it waits on; NULL: it is on none that is known. */
static const struct model_sock *sock_of(
    const struct model *m, const struct model_call *c)
{
    return c->socket ? model_sock_owned(m, c->process, c->socket) : NULL;
}

/* Only if that is where a client would go. */
static const struct call_def *add_client(
    struct str *line, const struct model *m, const struct model_call *c)
{
    const struct model_sock *s = sock_of(m, c);

    return s && s == situation_listener(m, HOST_CLIENT)
               ? guide_add_client(line, m)
               : NULL;
}

/* Where the queue is full that it goes to. */
static const struct call_def *add_accept(
    struct str *line, const struct model *m, const struct model_call *c)
{
    const struct call_def *def = call_find(CALL_ON_SOCKET, "accept");
    const struct model_sock *s = situation_listener_of(m, sock_of(m, c));
    struct situation_end end;

    if (!s || s->accept_queue <= s->backlog || !situation_end(&end, m, s))
        return NULL;
    menu_add_call(line, m, end.process, end.variable, def);
    return def;
}

/* `call` at the other end of its connection. */
static const struct call_def *add_peers(struct str *line, const struct model *m,
    const struct model_sock *peer, const char *call)
{
    const struct call_def *def = call_find(CALL_ON_SOCKET, call);
    struct situation_end end;

    if (!situation_end(&end, m, peer))
        return NULL;
    menu_add_call(line, m, end.process, end.variable, def);
    return def;
}

/* One that has ended its half sends no more. */
static const struct call_def *add_send(
    struct str *line, const struct model *m, const struct model_call *c)
{
    const struct model_sock *s = sock_of(m, c);
    const struct model_sock *peer = s ? model_sock_peer(m, s) : NULL;

    if (!peer || (peer->state != TCP_STATE_ESTABLISHED &&
                     peer->state != TCP_STATE_CLOSE_WAIT))
        return NULL;
    return add_peers(line, m, peer, "send");
}

static const struct call_def *add_recv(
    struct str *line, const struct model *m, const struct model_call *c)
{
    const struct model_sock *s = sock_of(m, c);

    return s ? add_peers(line, m, model_sock_peer(m, s), "recv") : NULL;
}

static const struct call_def *add_nothing(
    struct str *line, const struct model *m, const struct model_call *c)
{
    (void)line;
    (void)m;
    (void)c;
    return NULL;
}

/* ---- the menu ------------------------------------------------------------ */

static const struct parked {
    const char *call;
    const struct call_def *(*add)(
        struct str *line, const struct model *m, const struct model_call *c);
    const char *about;
} parked[] = {
#define PARKED(call, add, about) {call, add, about},
#include "parked.def"
#undef PARKED
};

static const struct parked *find(const struct model_call *c)
{
    for (size_t i = 0; i < ARRAY_LEN(parked); i++)
        if (str_equal(parked[i].call, c->name))
            return &parked[i];
    return NULL;
}

static void offer_way(struct menu *menu, const struct model *m,
    const struct parked *row, const struct model_call *c)
{
    struct str line = STR_INIT;
    const struct call_def *def = row->add(&line, m, c);

    if (!def) {
        str_done(&line);
        return;
    }
    menu_add(menu, str_steal(&line), def->help, NULL);
    menu->items.items[menu->grey - 1].because = N_("lets it go on");
}

static void offer_wire(
    struct menu *menu, const char *line, const char *help, const char *because)
{
    menu_add(menu, xstrdup(line), help, NULL);
    menu->items.items[menu->grey - 1].because = because;
}

/* What it waits for may be on the wire. */
static void offer_passage(struct menu *menu, const struct model *m)
{
    if (model_wire_status(m)->cut)
        offer_wire(menu, "wire join", N_("mend the wire"),
            N_("the wire is cut: nothing passes"));
    else if (model_held(m) > 0)
        offer_wire(menu, "wire deliver",
            N_("let the oldest held segment arrive"),
            N_("a segment is held on the wire"));
}

void menu_fill_parked(
    struct menu *menu, const struct model *m, const struct model_process *p)
{
    const struct model_call *c = model_call(m, p->parked_call);
    const struct parked *row = c ? find(c) : NULL;
    struct str line = STR_INIT;

    menu->about = row ? row->about
                      : N_("It waits in a call; until that returns it can make "
                           "no other.");
    offer_passage(menu, m);
    if (row)
        offer_way(menu, m, row, c);
    str_addf(&line, "interrupt %s", p->name);
    menu_add(menu, str_steal(&line),
        N_("end the call it waits in, as a signal would"), NULL);
}
