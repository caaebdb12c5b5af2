/* Finds the two ends, and what belongs to them, in the model. */
#include "conn.h"

#include "block.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- the two ends -------------------------------------------------------- */

/* On loopback and on one host both ends are of the same one: the client is
 * the end that was there first. */
static bool is_left(const struct model_sock *s, const struct model_sock *peer)
{
    if (!peer || peer->host != s->host)
        return s->host == HOST_CLIENT;
    return s->opened_ns < peer->opened_ns ||
           (s->opened_ns == peer->opened_ns && s->id < peer->id);
}

static struct conn conn_of(const struct moment *m, const struct model_sock *s)
{
    struct conn c = {{NULL, NULL}};

    if (!s)
        return c;
    const struct model_sock *peer =
        s->is_listener ? NULL : model_sock_last_peer(m->model, s);
    if (peer == s)
        peer = NULL;
    enum host side = is_left(s, peer) ? HOST_CLIENT : HOST_SERVER;
    c.end[side] = s;
    c.end[side == HOST_CLIENT ? HOST_SERVER : HOST_CLIENT] = peer;
    return c;
}

uint64_t conn_id(const struct conn *c)
{
    if (c->end[HOST_CLIENT])
        return c->end[HOST_CLIENT]->id;
    return c->end[HOST_SERVER] ? c->end[HOST_SERVER]->id : 0;
}

struct conn conn_shown(const struct moment *m)
{
    uint64_t id = m->ui->scene_sock;

    return id ? conn_of(m, model_sock(m->model, id)) : conn_selected(m);
}

/* ---- which one ----------------------------------------------------------- */

static bool takes(const struct model_sock *s, const struct segment *seg)
{
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        if (h == s->host &&
            model_takes_segment(h, s->proto, &s->local, &s->peer, seg))
            return true;
    }
    return false;
}

/* A connection before the listener that takes its segments too. */
static const struct model_sock *sock_of_segment(
    const struct model *m, const struct segment *seg)
{
    const struct model_sock *found = NULL;

    for (size_t i = model_sock_count(m); i-- > 0;) {
        const struct model_sock *s = model_sock_at(m, i);
        if (!takes(s, seg) || (found && s->is_listener))
            continue;
        if (!found || found->is_listener || !s->gone)
            found = s;
    }
    return found;
}

static const struct model_sock *of_selected_block(const struct moment *m)
{
    const struct selection *sel = &m->ui->sel;
    const struct model_sock *found = NULL;

    if (sel->sock)
        return model_sock(m->model, sel->sock);
    const struct model_process *p = model_process(m->model, sel->process);
    for (size_t i = 0; p && i < model_process_sock_count(p); i++) {
        const struct model_sock *s = model_process_sock_at(p, i);
        if (!found || !s->is_listener)
            found = s;
    }
    return found;
}

static const struct model_sock *of_any(const struct moment *m)
{
    size_t n = model_segment_count(m->model);
    const struct model_sock *found = NULL;

    for (size_t i = n; i-- > 0 && i + 64 > n && !found;)
        found = sock_of_segment(m->model, &model_segment_at(m->model, i)->seg);
    for (size_t i = model_sock_count(m->model); i-- > 0 && !found;)
        found = model_sock_at(m->model, i);
    return found;
}

struct conn conn_selected(const struct moment *m)
{
    const struct selection *sel = &m->ui->sel;
    const struct model_segment *seg =
        sel->segment ? model_segment(m->model, sel->segment) : NULL;
    const struct model_sock *s = NULL;

    if (sel->column == COLUMN_WIRE && seg)
        s = sock_of_segment(m->model, &seg->seg);
    else if (sel->column != COLUMN_WIRE)
        s = of_selected_block(m);
    return conn_of(m, s ? s : of_any(m));
}

/* Of two ends that are both listed only one is stopped at. */
static bool stands_for_itself(
    const struct moment *m, const struct model_sock *s)
{
    const struct model_sock *peer =
        s->is_listener ? NULL : model_sock_peer(m->model, s);

    return !peer || peer == s || is_left(s, peer);
}

struct conn conn_next(const struct moment *m, int by)
{
    struct conn now = conn_shown(m);
    uint64_t id = conn_id(&now);
    size_t n = model_sock_count(m->model);
    size_t at = by > 0 ? n - 1 : 0;

    for (size_t i = 0; i < n; i++) {
        if (model_sock_at(m->model, i)->id == id)
            at = i;
    }
    for (size_t step = 1; step <= n; step++) {
        size_t i = (at + (by > 0 ? step : n - step)) % n;
        const struct model_sock *s = model_sock_at(m->model, i);
        if (stands_for_itself(m, s))
            return conn_of(m, s);
    }
    return now;
}

bool conn_is_listener(const struct conn *c)
{
    return c->end[HOST_SERVER] && c->end[HOST_SERVER]->is_listener;
}

/* ---- what belongs to it -------------------------------------------------- */

void conn_name(const struct moment *m, const struct conn *c, enum host side,
    char out[WORDS_MAX])
{
    const struct model_sock *s = c->end[side];

    if (!s)
        snprintf(out, WORDS_MAX, "%s",
            side == HOST_CLIENT ? _("no client") : _("nobody"));
    else if (s->owner_count > 0)
        snprintf(out, WORDS_MAX, "%s", s->owners[0]);
    else if (s->former[0])
        snprintf(out, WORDS_MAX, "%s", s->former);
    else
        model_address_words(m->model, &s->local, out);
}

static bool is_named(const struct model_sock *s, const char *name)
{
    for (size_t i = 0; i < s->owner_count; i++) {
        if (strcmp(s->owners[i], name) == 0)
            return true;
    }
    return s->owner_count == 0 && strcmp(s->former, name) == 0;
}

/* Whether the listener named so is the one that the connection came by. */
static bool is_listener_of(
    const struct moment *m, const struct conn *c, const struct model_call *call)
{
    const struct model_sock *server = c->end[HOST_SERVER];
    const struct model_sock *client = c->end[HOST_CLIENT];
    const struct model_sock *ls =
        model_sock_owned(m->model, call->process, call->socket);

    if (!ls || !ls->is_listener || strcmp(call->name, "accept") != 0)
        return false;
    if (server && server->is_listener)
        return server == ls;
    if (!client || ls->local.port != client->peer.port)
        return false;
    if (!call->returned)
        return !server || !server->accepted;
    char port[16]; /* as in ('10.0.0.2', 34254) */
    snprintf(port, sizeof port, "', %u", client->local.port);
    return call->result && strstr(call->result, port);
}

bool conn_takes_call(const struct moment *m, const struct conn *c,
    enum host side, const struct model_call *call)
{
    char name[2 * MODEL_NAME_MAX];
    const struct model_sock *s = c->end[side];

    if (!call->socket)
        return false;
    if (side == HOST_SERVER && is_listener_of(m, c, call))
        return true;
    if (!s || call->t_ns < s->opened_ns)
        return false;
    snprintf(name, sizeof name, "%s.%s", call->process, call->socket);
    return is_named(s, name);
}

const struct model_call *conn_parked(
    const struct moment *m, const struct conn *c, enum host side)
{
    for (size_t i = 0; i < model_process_count(m->model); i++) {
        uint64_t id = model_process_at(m->model, i)->parked_call;
        const struct model_call *call = id ? model_call(m->model, id) : NULL;
        if (call && conn_takes_call(m, c, side, call))
            return call;
    }
    return NULL;
}

enum host conn_sender(const struct conn *c, const struct segment *s)
{
    const struct model_sock *left = c->end[HOST_CLIENT];

    if (left && left->host == HOST_SERVER && s->src.port == left->local.port)
        return HOST_CLIENT;
    return s->from;
}

static bool is_of(const struct conn *c, const struct segment *seg)
{
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        if (c->end[h] && takes(c->end[h], seg))
            return true;
    }
    return false;
}

/* Until when a segment can be one of this connection's: its ports may have
 * been used again. */
static uint64_t end_ns(const struct conn *c)
{
    uint64_t end = 0;

    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        const struct model_sock *s = c->end[h];
        if (s && !s->gone)
            return UINT64_MAX;
        if (s && s->changed_ns > end)
            end = s->changed_ns;
    }
    return end;
}

void conn_segments_fill(struct conn_segments *out, const struct moment *m,
    const struct conn *c, size_t most)
{
    size_t n = model_segment_count(m->model);
    uint64_t end = end_ns(c);
    uint32_t flow = 0;

    vec_clear(&out->of);
    if (conn_id(c) == 0)
        return;
    for (size_t i = n; i-- > 0 && out->of.len < most;) {
        const struct segment *s = &model_segment_at(m->model, i)->seg;
        if (s->t_ns > end || !is_of(c, s) ||
            (flow && s->flow && s->flow != flow))
            continue;
        if (!flow && !conn_is_listener(c))
            flow = s->flow;
        vec_push(&out->of, i);
    }
    for (size_t i = 0; i < out->of.len / 2; i++) {
        size_t *a = &out->of.items[i];
        size_t *b = &out->of.items[out->of.len - 1 - i];
        size_t swap = *a;
        *a = *b;
        *b = swap;
    }
}

void conn_segments_done(struct conn_segments *s)
{
    vec_done(&s->of);
}

/* ---- the title ----------------------------------------------------------- */

void conn_title(
    struct draw *d, struct rect r, const char *what, const struct conn *c)
{
    struct pen p = pen_at(d->cv, (struct rect){r.y, r.x, 1, r.w});
    char name[WORDS_MAX];

    pen_go(&p, 1);
    pen_textf(&p, THEME_TITLE, "%s  ", what);
    if (conn_id(c) == 0)
        return;
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        if (h == HOST_SERVER && c->end[HOST_CLIENT])
            pen_text(&p, THEME_DIM, " ─ ");
        if (h == HOST_CLIENT && !c->end[h])
            continue;
        conn_name(d->m, c, h, name);
        pen_fit(&p, c->end[h] ? THEME_NAME : THEME_DIM, name, pen_room(&p));
    }
}
