/* A socket as the page shows it: name, address, state, buffers, queues. */
#include "page_int.h"

#include "sockstage/base/text.h"
#include "sockstage/model/json_out.h"
#include "sockstage/model/words.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#define QUEUE_NAMES 16 /* of a queue, by name; the others are a number */

/* As text: most readers of JSON have no whole numbers of 64 bits. */
void page_socket_cookie(const struct page_subject *of, struct str *out)
{
    str_addf(out, "\"%" PRIu64 "\"", of->sock->id);
}

/* "ls" for the server itself; elsewhere the process stands before it; one that
 * several hold has all their names. Nobody's has that of its last owner. */
void page_socket_name(const struct page_subject *of, struct str *out)
{
    static const char server[] = "server.";
    const struct model_sock *s = of->sock;
    struct str said = STR_INIT;

    for (size_t i = 0; i < s->owner_count; i++) {
        const char *name = s->owners[i];
        if (strncmp(name, server, sizeof server - 1) == 0)
            name += sizeof server - 1;
        str_addf(&said, "%s%s", i > 0 ? ", " : "", name);
    }
    if (s->owner_count == 0 && s->former[0] != '\0')
        str_add(&said, s->former);
    else if (s->owner_count == 0)
        str_addf(&said, ":%u",
            s->host == HOST_CLIENT ? s->local.port : s->peer.port);
    page_add_said(out, &said);
}

void page_socket_host(const struct page_subject *of, struct str *out)
{
    json_out_text(out, host_name(of->sock->host));
}

void page_socket_process(const struct page_subject *of, struct str *out)
{
    if (of->sock->owner_count > 0)
        page_add_process_of(out, of->sock->owners[0]);
}

/* Where it is and whom it speaks to. */
void page_socket_address(const struct page_subject *of, struct str *out)
{
    const struct model_sock *s = of->sock;
    char local[MODEL_WORDS_MAX], peer[MODEL_WORDS_MAX], ip[ADDR_TEXT_MAX];
    struct str said = STR_INIT;

    if (s->is_listener || (s->peer.family == 0 && s->local.port != 0)) {
        model_address_words(of->m, &s->local, local);
        str_add(&said, local);
    } else if (s->peer.family != 0 && s->host == HOST_SERVER) {
        model_client_words(of->m, s, peer);
        str_addf(&said, "%s · %s", peer, addr_format(&s->peer, ip));
    } else if (s->local.port != 0) {
        model_address_words(of->m, &s->peer, peer);
        str_addf(&said, ":%u → %s", s->local.port, peer);
    }
    page_add_said(out, &said);
}

void page_socket_state(const struct page_subject *of, struct str *out)
{
    json_out_text(out, state_name(of->sock->proto, of->sock->state));
}

/* What its colour tells; "kernel": no process holds it. */
void page_socket_class(const struct page_subject *of, struct str *out)
{
    const struct model_sock *s = of->sock;

    json_out_text(out, s->owner_count == 0
                           ? "kernel"
                           : state_class_name(state_class(s->proto, s->state)));
}

void page_socket_words(const struct page_subject *of, struct str *out)
{
    const char *words = model_state_words(of->m, of->sock, false);

    if (words[0] != '\0')
        page_add_short(out, words);
}

static void add_limit(struct str *out, const struct model_sock *s, uint32_t n)
{
    json_out_item(out);
    if (s->has_mem)
        json_out_u64(out, n);
    else
        json_out_null(out);
}

static void add_number(struct str *out, uint64_t n)
{
    json_out_item(out);
    json_out_u64(out, n);
}

/* [in flight, unsent, limit] in bytes */
void page_socket_send(const struct page_subject *of, struct str *out)
{
    const struct model_sock *s = of->sock;
    uint32_t unsent = s->unsent < s->send_buffer ? s->unsent : s->send_buffer;

    if (s->is_listener || s->proto == IPPROTO_UDP)
        return;
    json_out_open(out, '[');
    add_number(out, s->send_buffer - unsent);
    add_number(out, unsent);
    add_limit(out, s, s->sndbuf);
    json_out_close(out, ']');
}

/* [bytes to read, limit], of a datagram socket with the memory that all which
 * wait take: [bytes of the next, limit, memory] */
void page_socket_recv(const struct page_subject *of, struct str *out)
{
    const struct model_sock *s = of->sock;

    if (s->is_listener)
        return;
    json_out_open(out, '[');
    add_number(out, s->recv_buffer);
    add_limit(out, s, s->rcvbuf);
    if (s->proto == IPPROTO_UDP)
        add_number(out, s->recv_memory);
    json_out_close(out, ']');
}

typedef const struct model_sock *queue_at(
    const struct model *m, const struct model_sock *listener, size_t i);

/* [how many, [who]] */
static void add_queue(const struct page_subject *of, uint32_t count,
    queue_at *at, struct str *out)
{
    const struct model_sock *queued;

    json_out_open(out, '[');
    add_number(out, count);
    json_out_item(out);
    json_out_open(out, '[');
    for (size_t i = 0;
         i < QUEUE_NAMES && (queued = at(of->m, of->sock, i)) != NULL; i++) {
        char name[MODEL_WORDS_MAX];
        model_client_words(of->m, queued, name);
        json_out_item(out);
        page_add_short(out, name);
    }
    json_out_close(out, ']');
    json_out_close(out, ']');
}

void page_socket_listener(const struct page_subject *of, struct str *out)
{
    const struct model_sock *s = of->sock;

    if (!s->is_listener)
        return;
    json_out_open(out, '{');
    PAGE_KEY(out, "backlog");
    json_out_u64(out, s->backlog);
    PAGE_KEY(out, "half");
    add_queue(of, s->syn_queue, model_syn_queue_at, out);
    PAGE_KEY(out, "ready");
    add_queue(of, s->accept_queue, model_accept_queue_at, out);
    json_out_close(out, '}');
}

void page_socket_ignored(const struct page_subject *of, struct str *out)
{
    struct str words = STR_INIT;

    if (of->sock->ignored == 0)
        return;
    if (!of->sock->is_listener) {
        json_out_u64(out, of->sock->ignored);
        return;
    }
    model_refused_words(of->sock, false, &words);
    page_add_said(out, &words);
}

void page_socket_timer(const struct page_subject *of, struct str *out)
{
    const char *words = model_timer_words(of->sock);

    if (words == NULL)
        return;
    json_out_open(out, '{');
    PAGE_KEY(out, "words");
    page_add_short(out, words);
    PAGE_KEY(out, "at");
    page_add_seconds(out, of->sock->timer_at_ns);
    json_out_close(out, '}');
}
