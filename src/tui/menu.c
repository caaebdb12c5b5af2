/* Fills the menu of calls from the rows of the calls and of offers.def, and
 * that of the past from the rows of the actions. */
#include "menu.h"

#include "wire_line.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum when {
    WHEN_FRESH = 1,
    WHEN_BOUND = 2,
    WHEN_LISTEN = 4,
    WHEN_OPENING = 8,
    WHEN_CAN_SEND = 16,
    WHEN_CAN_RECV = 32,
    WHEN_OVER = 64,
    WHEN_DATAGRAM = 128,
    WHEN_ANY = 255,
};

static const struct {
    const char *call;
    unsigned when;
} offers[] = {
#define OFFER(call, when) {call, when},
#include "offers.def"
#undef OFFER
};

static unsigned sock_when(const struct model_sock *s)
{
    if (s->gone)
        return WHEN_OVER;
    if (s->proto == IPPROTO_UDP)
        return WHEN_DATAGRAM | (s->local.port ? 0 : WHEN_FRESH) |
               (s->peer.family ? WHEN_CAN_SEND : 0);
    switch (s->state) {
    case TCP_STATE_LISTEN:
        return WHEN_LISTEN;
    case TCP_STATE_CLOSED:
        if (s->peer.family)
            return WHEN_OVER;
        return s->local.port ? WHEN_BOUND : WHEN_FRESH;
    case TCP_STATE_ESTABLISHED:
    case TCP_STATE_CLOSE_WAIT:
        return WHEN_CAN_SEND | WHEN_CAN_RECV;
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_FIN_WAIT_2:
        return WHEN_CAN_RECV;
    case TCP_STATE_SYN_SENT:
    case TCP_STATE_SYN_RECEIVED:
        return WHEN_OPENING;
    default:
        return WHEN_OVER;
    }
}

static void add_item(struct menu *menu, char *line, const char *help)
{
    struct menu_item item = {.line = line, .help = help};

    vec_push(&menu->items, item);
}

/* A name that drops no socket when it is assigned to. */
static void add_free_name(struct str *line, const struct model *m,
    const char *process, const char *base)
{
    char name[MODEL_NAME_MAX];

    snprintf(name, sizeof name, "%s", base);
    for (int i = 2; model_sock_owned(m, process, name); i++)
        snprintf(name, sizeof name, "%.16s%d", base, i);
    str_add(line, name);
}

static void add_targets(struct str *line, const struct model *m,
    const char *process, const struct call_def *def)
{
    switch (def->returns) {
    case CALL_RETURNS_NUMBER:
        str_add(line, str_equal(def->name, "send") ? "n = " : "");
        break;
    case CALL_RETURNS_BYTES:
        str_add(line, "data = ");
        break;
    case CALL_RETURNS_SOCKET:
        add_free_name(
            line, m, process, str_equal(process, "server") ? "ls" : "s");
        str_add(line, " = ");
        break;
    case CALL_RETURNS_SOCKET_ADDR:
        add_free_name(line, m, process, "conn");
        str_add(line, ", addr = ");
        break;
    case CALL_RETURNS_BYTES_ADDR:
        str_add(line, "data, addr = ");
        break;
    case CALL_RETURNS_PROCESS:
        str_add(line, "w = ");
        break;
    case CALL_RETURNS_NONE:
    case CALL_RETURNS_VALUE:
        break;
    }
}

/* The arguments it needs; of those that may be left out, the first where it
 * has no other (listen(1) teaches more than listen()). */
static void add_args(struct str *line, const struct call_def *def)
{
    bool first = true;

    str_addc(line, '(');
    for (size_t i = 0; i < CALL_ARGS_MAX && def->args[i].name; i++) {
        const struct call_arg *a = &def->args[i];
        if (a->optional && (i > 0 || def->on != CALL_ON_SOCKET))
            break;
        if (!a->suggestion)
            break;
        if (!first)
            str_add(line, ", ");
        str_add(line, a->suggestion);
        first = false;
    }
    str_addc(line, ')');
}

static void offer(struct menu *menu, const struct model *m, const char *process,
    const char *variable, const struct call_def *def)
{
    struct str line = STR_INIT;

    str_addf(&line, "%s: ", process);
    add_targets(&line, m, process, def);
    if (variable)
        str_addf(&line, "%s.", variable);
    str_add(&line, def->name);
    add_args(&line, def);
    add_item(menu, str_steal(&line), def->help);
}

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

static void offer_sock_calls(struct menu *menu, const struct model *m,
    const char *process, const struct model_sock *s)
{
    char variable[2 * MODEL_NAME_MAX];

    if (!variable_of(s, process, variable, sizeof variable))
        return;
    for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
        const struct call_def *def = call_find(CALL_ON_SOCKET, offers[i].call);
        if (def && (offers[i].when & sock_when(s)))
            offer(menu, m, process, variable, def);
    }
}

void menu_fill(struct menu *menu, const struct model *m, const char *process,
    uint64_t sock)
{
    const struct model_process *p = model_process(m, process);
    const struct model_sock *s = sock ? model_sock(m, sock) : NULL;

    menu_done(menu);
    if (p && p->parked_call) {
        struct str line = STR_INIT;
        str_addf(&line, "interrupt %s", process);
        add_item(menu, str_steal(&line),
            N_("end the call it waits in, as Ctrl-C would"));
        return;
    }
    if (s)
        offer_sock_calls(menu, m, process, s);
    for (size_t i = 0; call_at(i); i++) {
        const struct call_def *def = call_at(i);
        bool makes_sense = str_equal(def->name, "socket") || p;
        if (def->on == CALL_ON_MODULE && makes_sense)
            offer(menu, m, process, NULL, def);
    }
}

static void add_wire_line(struct menu *menu, const struct model *m, uint64_t id,
    const char *verb, const char *help)
{
    struct str line = STR_INIT;

    if (wire_line(m, id, verb, &line))
        add_item(menu, str_steal(&line), help);
    str_done(&line);
}

void menu_fill_wire(struct menu *menu, const struct model *m, uint64_t id)
{
    menu_done(menu);
    if (id) {
        add_wire_line(
            menu, m, id, "wire deliver", N_("let this segment arrive"));
        add_wire_line(
            menu, m, id, "wire drop 1", N_("lose this segment on the wire"));
        add_wire_line(menu, m, id, "wire duplicate 1",
            N_("let this segment arrive twice, once it is delivered"));
    }
    if (model_wire_status(m)->holding)
        add_item(menu, xstrdup("wire release"),
            N_("deliver all that is held, and hold no more"));
    else
        add_item(menu, xstrdup("wire hold"),
            N_("from now on every segment waits to be delivered"));
    add_item(
        menu, xstrdup("wire delay 100ms"), N_("every segment takes so long"));
}

/* ---- the past ------------------------------------------------------------
 */

static void add_action(struct menu *menu, enum action a)
{
    const struct action_row *row = action_row(a);
    struct str line = STR_INIT;

    str_addf(&line, "%-9s %s", row->keys, _(row->help));
    add_item(menu, str_steal(&line), NULL);
    menu->items.items[menu->items.len - 1].action = a;
}

void menu_fill_past(struct menu *menu, bool chapters)
{
    static const enum action offered[] = {ACTION_PLAY, ACTION_EVENT_BACK,
        ACTION_EVENT_ON, ACTION_TARGET_BACK, ACTION_TARGET_ON, ACTION_FASTER,
        ACTION_SLOWER, ACTION_OLDEST, ACTION_RETURN, ACTION_CHAPTERS};

    menu_done(menu);
    menu->kind = MENU_ACTIONS;
    for (size_t i = 0; i < ARRAY_LEN(offered); i++)
        if (offered[i] != ACTION_CHAPTERS || chapters)
            add_action(menu, offered[i]);
}

void menu_fill_chapters(
    struct menu *menu, const struct timeline *t, size_t selected)
{
    const struct timeline_chapter *c;

    menu_done(menu);
    menu->kind = MENU_CHAPTERS;
    for (size_t i = 0; (c = timeline_chapter_at(t, i)) != NULL; i++) {
        struct str line = STR_INIT;
        str_addf(
            &line, "%3zu  %s", i + 1, c->title[0] ? c->title : _("(no title)"));
        add_item(menu, str_steal(&line), NULL);
    }
    menu->selected = selected < menu->items.len ? selected : 0;
}

int menu_help_lines(const struct menu *menu)
{
    return menu->kind == MENU_LINES ? 2 : 0;
}

void menu_done(struct menu *menu)
{
    for (size_t i = 0; i < menu->items.len; i++)
        free(menu->items.items[i].line);
    vec_done(&menu->items);
    menu->selected = 0;
    menu->kind = MENU_LINES;
}
