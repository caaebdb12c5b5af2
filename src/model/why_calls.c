/* What earlier calls tell about an error: which connect() the socket's
 * connection, or the attempt at one, comes from, and how a socket was ended. */
#include "why_int.h"

#include <stdio.h>
#include <string.h>

#define SOON_NS UINT64_C(1000000000) /* a close() and what it sends at once */

/* The call was made on that socket: its variable means it still, or did when
 * the socket was let go. */
static bool is_on(const struct model *m, const struct model_call *c,
    const struct model_sock *s)
{
    const struct sock *all = (const struct sock *)s;
    char name[2 * MODEL_NAME_MAX];

    if (c->socket == NULL || c->t_ns < s->opened_ns)
        return false;
    if (model_sock_owned(m, c->process, c->socket) == s)
        return true;
    snprintf(name, sizeof name, "%.30s.%.30s", c->process, c->socket);
    for (size_t i = 0; i < s->owner_count + all->former_count; i++)
        if (strcmp(s->owners[i], name) == 0)
            return true;
    return false;
}

static bool is_named(const struct model_call *c, const char *name)
{
    return strcmp(c->name, name) == 0;
}

static bool has_error(const struct model_call *c, const char *error)
{
    return c->error != NULL && strcmp(c->error, error) == 0;
}

/* ---- connect() ------------------------------------------------------------
 */

bool why_goes_on(const struct model_call *c)
{
    /* By settimeout(): the system call was not told so. */
    if (has_error(c, "ETIMEDOUT"))
        return c->syscall != NULL && strstr(c->syscall, "ETIMEDOUT") == NULL;
    return has_error(c, "EINPROGRESS") || has_error(c, "EALREADY") ||
           has_error(c, "EINTR");
}

/* The newest before the call at hand, from index `from` down; it began an
 * attempt or asked for the result of one. NULL: none. */
static const struct model_call *connect_before(const struct why *w, size_t *i)
{
    while ((*i)-- > 0) {
        const struct model_call *c = &w->m->calls.items[*i]->pub;
        if (c->id <= w->call->id && is_named(c, "connect") &&
            !has_error(c, "EISCONN") &&
            (c == w->call || is_on(w->m, c, w->sock)))
            return c;
    }
    return NULL;
}

uint64_t why_begin_ns(const struct why *w)
{
    const struct model_call *first = NULL, *c;
    size_t i = w->m->calls.len;

    if (w->sock == NULL)
        return 0;
    while ((c = connect_before(w, &i)) != NULL &&
           (first == NULL || why_goes_on(c)))
        first = c;
    return first != NULL ? first->t_ns : w->sock->opened_ns;
}

const struct model_call *why_connect(const struct why *w)
{
    const struct model_call *c = NULL;
    size_t i = w->m->calls.len;

    if (w->sock == NULL)
        return NULL;
    do
        c = connect_before(w, &i);
    while (c != NULL && c == w->call);
    return c;
}

/* ---- the end --------------------------------------------------------------
 */

/* Python's, when no name held the socket any more: on no variable. */
static bool is_implied_close(
    const struct model_call *c, const struct model_sock *s)
{
    size_t len = strlen(c->process);

    return c->socket == NULL && is_named(c, "close") && s->owner_count == 0 &&
           strncmp(s->former, c->process, len) == 0 && s->former[len] == '.';
}

static bool is_exit(const struct model_call *c, const struct model_sock *s)
{
    size_t len = strlen(c->process);

    return is_named(c, "exit") && strncmp(s->former, c->process, len) == 0 &&
           s->former[len] == '.';
}

enum why_end why_end_of(const struct why *w, const struct model_sock *s,
    uint64_t t_ns, bool at_once)
{
    for (size_t i = w->m->calls.len; i-- > 0;) {
        const struct model_call *c = &w->m->calls.items[i]->pub;
        bool soon = t_ns <= c->t_ns + SOON_NS;
        if (c->t_ns > t_ns || c->t_ns < s->opened_ns || (at_once && !soon))
            continue;
        if (is_named(c, "close") && is_on(w->m, c, s))
            return WHY_END_CLOSE;
        if (is_exit(c, s))
            return WHY_END_EXIT;
        if (soon && is_implied_close(c, s))
            return WHY_END_NO_NAME;
    }
    return WHY_END_UNKNOWN;
}

bool why_stopped_listening(const struct why *w)
{
    for (size_t i = w->m->calls.len; i-- > 0;) {
        const struct model_call *c = &w->m->calls.items[i]->pub;
        if (c->error != NULL || !is_on(w->m, c, w->sock))
            continue;
        if (is_named(c, "listen"))
            return false;
        if (is_named(c, "shutdown"))
            return true;
    }
    return false;
}

/* accept() hands the options of the listener on, as they are when the
 * handshake ends (sk_clone_lock(), net/core/sock.c). */
static bool sets_option_of(const struct model *m, const struct model_call *c,
    const struct model_sock *s)
{
    const struct model_sock *set;

    if (is_on(m, c, s))
        return true;
    set = c->socket != NULL ? model_sock_owned(m, c->process, c->socket) : NULL;
    return set != NULL && set->host == s->host && set->proto == s->proto &&
           set->peer.family == 0 && set->local.port == s->local.port &&
           c->t_ns < s->opened_ns;
}

bool why_resets_at_close(const struct why *w, const struct model_sock *s)
{
    for (size_t i = w->m->calls.len; i-- > 0;) {
        const struct model_call *c = &w->m->calls.items[i]->pub;
        if (!is_named(c, "setsockopt") || c->error != NULL ||
            c->syscall == NULL || strstr(c->syscall, "SO_LINGER") == NULL ||
            !sets_option_of(w->m, c, s))
            continue;
        return strstr(c->syscall, "l_linger=0}") != NULL &&
               strstr(c->syscall, "l_onoff=0,") == NULL;
    }
    return false;
}
