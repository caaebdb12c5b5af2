/* Finds in the model what a call would most likely be given, one row an
 * argument that depends on more than the call; and who could make it. */
#include "situation.h"

#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT     8080
#define FIRST_PORT_UDP 9999
#define PORTS_TRIED    1000

enum host situation_host(const struct model *m, const char *process)
{
    const struct model_process *p = model_process(m, process);

    if (p)
        return p->host;
    return strcmp(process, "server") == 0 ? HOST_SERVER : HOST_CLIENT;
}

/* ---- names --------------------------------------------------------------- */

/* The number in "c12"; 0: it is another name. */
static size_t client_number(const char *name)
{
    size_t n = 0;

    if (name[0] != 'c' || name[1] < '1' || name[1] > '9')
        return 0;
    for (name++; *name >= '0' && *name <= '9' && n < 10000000; name++)
        n = 10 * n + (size_t)(*name - '0');
    return *name ? 0 : n;
}

void situation_new_client(const struct model *m, char out[MODEL_NAME_MAX])
{
    size_t n = model_process_count(m), next = 1;
    bool *taken = xcalloc(n + 2, sizeof *taken);

    for (size_t i = 0; i < n; i++) {
        size_t k = client_number(model_process_at(m, i)->name);
        if (k <= n)
            taken[k] = true;
    }
    while (taken[next])
        next++;
    free(taken);
    snprintf(out, MODEL_NAME_MAX, "c%zu", next);
}

bool situation_owner(struct situation_end *end, const struct model *m,
    const struct model_sock *s)
{
    for (size_t i = 0; i < s->owner_count; i++) {
        const char *dot = strchr(s->owners[i], '.');
        words_process(s->owners[i], end->process);
        const struct model_process *p = model_process(m, end->process);
        if (!dot || !p || p->exited)
            continue;
        end->sock = s;
        end->variable = dot + 1;
        return true;
    }
    return false;
}

bool situation_end(struct situation_end *end, const struct model *m,
    const struct model_sock *s)
{
    return s && !s->gone && s->proto == IPPROTO_TCP &&
           situation_owner(end, m, s) &&
           !model_process(m, end->process)->parked_call;
}

/* ---- looking around ------------------------------------------------------ */

static bool is_loopback(const struct addr *a)
{
    char ip[ADDR_TEXT_MAX];

    addr_format_ip(a, ip);
    return strncmp(ip, "127.", 4) == 0 || strcmp(ip, "::1") == 0;
}

/* What listens on the loopback of the other host is out of reach, unless both
 * are on one. */
static bool is_reached(
    const struct model *m, const struct model_sock *s, enum host from)
{
    bool one_host = strcmp(model_wire(m), "loopback") == 0;

    return s->state == TCP_STATE_LISTEN && s->proto == IPPROTO_TCP &&
           (one_host || s->host == from || !is_loopback(&s->local));
}

const struct model_sock *situation_listener(
    const struct model *m, enum host from)
{
    const struct model_sock *own = NULL;

    for (size_t i = model_sock_count(m); i-- > 0;) {
        const struct model_sock *s = model_sock_at(m, i);
        if (!is_reached(m, s, from))
            continue;
        if (s->host != from)
            return s;
        own = own ? own : s;
    }
    return own;
}

const struct model_sock *situation_listener_of(
    const struct model *m, const struct model_sock *client)
{
    for (size_t i = model_sock_count(m); client && i-- > 0;) {
        const struct model_sock *s = model_sock_at(m, i);
        if (is_reached(m, s, client->host) && client->peer.port &&
            s->host != client->host && s->local.port == client->peer.port)
            return s;
    }
    return NULL;
}

bool situation_has_waiting(const struct model *m)
{
    for (size_t i = 0; i < model_sock_count(m); i++)
        if (model_sock_at(m, i)->accept_queue > 0)
            return true;
    return false;
}

/* A UDP socket of the other host that has a port. */
static const struct model_sock *datagram_target(
    const struct model *m, enum host from)
{
    for (size_t i = model_sock_count(m); i-- > 0;) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->proto == IPPROTO_UDP && s->host != from && s->local.port)
            return s;
    }
    return NULL;
}

static bool is_port_taken(
    const struct model *m, enum host host, uint8_t proto, uint16_t port)
{
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        if (s->host == host && s->proto == proto && s->local.port == port)
            return true;
    }
    return false;
}

static uint16_t free_port(const struct model *m, enum host host, uint8_t proto)
{
    uint16_t first = proto == IPPROTO_UDP ? FIRST_PORT_UDP : FIRST_PORT;

    for (uint16_t i = 0; i < PORTS_TRIED; i++)
        if (!is_port_taken(m, host, proto, (uint16_t)(first + i)))
            return (uint16_t)(first + i);
    return 0;
}

/* Who sent the last datagram that came to the socket's port. */
static const struct addr *last_sender(
    const struct model *m, const struct model_sock *s)
{
    for (size_t i = model_segment_count(m); i-- > 0;) {
        const struct model_segment *g = model_segment_at(m, i);
        if (g->seg.proto == IPPROTO_UDP && g->seg.from != s->host &&
            g->seg.dst.port == s->local.port && s->local.port)
            return &g->seg.src;
    }
    return NULL;
}

/* ---- as text ------------------------------------------------------------- */

/* A host's own name stands for its first addresses. */
static bool is_named(
    const struct model *m, enum host host, const struct addr *a)
{
    const struct addr *all;
    size_t count = model_addresses(m, host, &all);

    if (addr_is_any(a))
        return true;
    return count > 0 && addr_same_ip(&all[0], a);
}

static void add_address(struct str *out, const struct model *m, enum host host,
    const struct addr *a, uint16_t port)
{
    char ip[ADDR_TEXT_MAX];

    str_addf(out, "('%s', %u)",
        is_named(m, host, a) ? host_name(host) : addr_format_ip(a, ip), port);
}

static enum host other_host(enum host host)
{
    return host == HOST_SERVER ? HOST_CLIENT : HOST_SERVER;
}

/* ---- one function an argument -------------------------------------------- */

struct asked {
    const struct model *m;
    enum host host;
    const struct model_sock *sock; /* NULL: not known */
    const char *variable;
};

static bool add_target(const struct asked *a, struct str *out)
{
    bool datagrams = a->sock && a->sock->proto == IPPROTO_UDP;
    const struct model_sock *to = datagrams ? datagram_target(a->m, a->host)
                                            : situation_listener(a->m, a->host);

    if (!to)
        return false;
    add_address(out, a->m, to->host, &to->local, to->local.port);
    return true;
}

static bool add_receiver(const struct asked *a, struct str *out)
{
    const struct addr *from = a->sock ? last_sender(a->m, a->sock) : NULL;

    if (from) {
        add_address(out, a->m, other_host(a->host), from, from->port);
        return true;
    }
    const struct model_sock *to = datagram_target(a->m, a->host);
    if (!to)
        return false;
    add_address(out, a->m, to->host, &to->local, to->local.port);
    return true;
}

static bool add_free_port(const struct asked *a, struct str *out)
{
    uint8_t proto = a->sock ? a->sock->proto : IPPROTO_TCP;

    str_addf(out, "('', %u)", free_port(a->m, a->host, proto));
    return true;
}

static bool add_size(const struct asked *a, struct str *out)
{
    if (!a->sock || a->sock->recv_buffer == 0)
        return false;
    str_addf(out, "%u", a->sock->recv_buffer);
    return true;
}

static bool add_descriptor(const struct asked *a, struct str *out)
{
    if (!a->variable)
        return false;
    str_addf(out, "%s.fileno()", a->variable);
    return true;
}

/* Whether an address of the call could be this socket's. */
static bool is_target(const struct model_sock *s, const struct model_sock *own,
    uint8_t proto, const enum host *on)
{
    if (s == own || s->proto != proto || s->local.port == 0 ||
        (on && s->host != *on))
        return false;
    return proto == IPPROTO_UDP || s->state == TCP_STATE_LISTEN;
}

bool situation_port(const struct model *m, const char *process,
    const char *variable, const struct call_def *def, const enum host *on,
    size_t i, uint16_t *port)
{
    const struct model_sock *own =
        variable ? model_sock_owned(m, process, variable) : NULL;
    bool sends = strcmp(def->name, "sendto") == 0;
    uint8_t proto = own ? own->proto : sends ? IPPROTO_UDP : IPPROTO_TCP;

    if (strcmp(def->name, "bind") == 0) {
        *port = free_port(m, situation_host(m, process), proto);
        return i == 0;
    }
    for (size_t k = model_sock_count(m); k-- > 0;) {
        const struct model_sock *s = model_sock_at(m, k);
        if (!is_target(s, own, proto, on) || i-- > 0)
            continue;
        *port = s->local.port;
        return true;
    }
    return false;
}

struct size {
    uint64_t bytes;
    const char *help; /* N_() */
};

#define SIZES_MAX     4
#define DATAGRAM_FITS 1472  /* in a packet of 1500 bytes, RFC 791, RFC 768 */
#define DATAGRAM_MAX  65507 /* over IPv4 */
#define USUAL_SIZE    1000
#define LARGE_SIZE    100000

static size_t stream_sizes(const struct model_sock *s, struct size *out)
{
    const struct sample_tcp_info *info = &s->info;
    uint64_t window = (uint64_t)info->snd_cwnd * info->snd_mss;
    const struct size sizes[] = {
        {info->snd_mss, N_("one full segment (MSS)")},
        {window, N_("as much as the congestion window lets go at once")},
        {info->snd_wnd, N_("as much as the peer's window takes")},
        {s->sndbuf, N_("as large as the send buffer")},
    };
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        if (sizes[i].bytes > 0)
            out[n++] = sizes[i];
    return n;
}

static size_t sizes_of(const struct model_sock *s, struct size *out)
{
    static const struct size usual[] = {
        {USUAL_SIZE, ""},
        {LARGE_SIZE, N_("many segments")},
    };
    static const struct size datagrams[] = {
        {DATAGRAM_FITS, N_("the largest that is not cut into fragments")},
        {DATAGRAM_MAX, N_("the largest datagram")},
        {DATAGRAM_MAX + 1, N_("one byte too many: EMSGSIZE")},
    };
    size_t n = s && s->proto == IPPROTO_TCP ? stream_sizes(s, out) : 0;

    if (n > 0)
        return n;
    if (s && s->proto == IPPROTO_UDP) {
        memcpy(out, datagrams, sizeof datagrams);
        return ARRAY_LEN(datagrams);
    }
    memcpy(out, usual, sizeof usual);
    return ARRAY_LEN(usual);
}

bool situation_size(const struct model *m, const char *process,
    const char *variable, size_t i, uint64_t *bytes, const char **help)
{
    bool named = variable && variable[0];
    struct size sizes[SIZES_MAX];
    size_t n =
        sizes_of(named ? model_sock_owned(m, process, variable) : NULL, sizes);

    if (i >= n)
        return false;
    *bytes = sizes[i].bytes;
    *help = sizes[i].help;
    return true;
}

static const struct {
    const char *call, *arg;
    bool (*add)(const struct asked *a, struct str *out);
} rows[] = {
    {"connect", "address", add_target},
    {"sendto", "address", add_receiver},
    {"bind", "address", add_free_port},
    {"recv", "bufsize", add_size},
    {"recvfrom", "bufsize", add_size},
    {"read", "fd", add_descriptor},
    {"write", "fd", add_descriptor},
};

bool situation_argument(const struct model *m, const char *process,
    const char *variable, const struct call_def *def, size_t arg,
    struct str *out)
{
    struct asked a = {.m = m,
        .host = situation_host(m, process),
        .sock = variable ? model_sock_owned(m, process, variable) : NULL,
        .variable = variable};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].call, def->name) == 0 &&
            strcmp(rows[i].arg, def->args[arg].name) == 0)
            return rows[i].add(&a, out);
    return false;
}
