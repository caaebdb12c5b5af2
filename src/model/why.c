/* Which row of why.def explains an error, and what the call itself tells: its
 * socket, and the address and length that strace shows. */
#include "sockstage/model/why.h"

#include "sockstage/base/text.h"
#include "why_int.h"

#include <stdio.h>
#include <stdlib.h>

static const struct row {
    const char *error, *calls;
    why_row *explain;
} rows[] = {
#define WHY(name, calls, function) {#name, calls, why_##function},
#include "why.def"
#undef WHY
};

static const struct why_errno errnos[] = {
#define ERRNO(name, explain, see) {#name, explain, see},
#include "errnos.def"
#undef ERRNO
};

const struct why_errno *why_errno_at(size_t i)
{
    return i < ARRAY_LEN(errnos) ? &errnos[i] : NULL;
}

/* ---- what the call tells --------------------------------------------------
 */

/* The text between the quotes behind `key`; "" if it isn't there. */
static void quoted_after(
    const char *text, const char *key, char *out, size_t size)
{
    const char *at = strstr(text, key);

    out[0] = '\0';
    if (at == NULL)
        return;
    at += strlen(key);
    snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
}

/* The address as strace shows it: htons(PORT), inet_addr("IP") or
 * inet_pton(AF_INET6, "IP"). Several system calls: the last one's. */
static bool target_of(const char *text, struct addr *out)
{
    char ip[ADDR_TEXT_MAX];
    const char *at = NULL;

    for (const char *p = text; p != NULL && (p = strstr(p, "htons(")); p++)
        at = p;
    if (at == NULL)
        return false;
    unsigned long port = strtoul(at + strlen("htons("), NULL, 10);
    quoted_after(at, "inet_addr(\"", ip, sizeof ip);
    if (ip[0] == '\0')
        quoted_after(at, "inet_pton(AF_INET6, \"", ip, sizeof ip);
    memset(out, 0, sizeof *out);
    return port <= UINT16_MAX && addr_parse(ip, (uint16_t)port, out);
}

/* Behind the payload in quotes: `"xxx"..., 65508, 0`. */
bool why_length(const struct model_call *c, unsigned long *out)
{
    const char *at = c->syscall != NULL ? strchr(c->syscall, '"') : NULL;
    char *end;

    if (at == NULL)
        return false;
    for (at++; *at != '\0' && *at != '"'; at++)
        at += *at == '\\' && at[1] != '\0';
    at += strcspn(at, ",");
    if (*at == '\0')
        return false;
    *out = strtoul(at + 1, &end, 10);
    return end != at + 1;
}

struct why why_make(const struct model *m, const struct model_call *c)
{
    const struct model_process *p = model_process(m, c->process);
    struct why w = {.m = m, .call = c};

    w.host = p != NULL ? p->host : HOST_CLIENT;
    if (c->socket != NULL)
        w.sock = model_sock_owned(m, c->process, c->socket);
    snprintf(w.name, sizeof w.name, "%.30s%s%.30s", c->process,
        c->socket != NULL ? "." : "", c->socket != NULL ? c->socket : "");
    w.has_target = c->syscall != NULL && target_of(c->syscall, &w.target);
    if (!w.has_target && w.sock != NULL && w.sock->peer.family != 0) {
        w.target = w.sock->peer;
        w.has_target = true;
    }
    w.since_ns = why_begin_ns(&w);
    return w;
}

/* ---- the rows -------------------------------------------------------------
 */

static bool is_word_of(const char *word, const char *list)
{
    size_t len = strlen(word);

    for (const char *at = list; len > 0 && (at = strstr(at, word)) != NULL;
         at++) {
        if ((at == list || at[-1] == ' ') &&
            (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool why_failed(
    const struct model *m, const struct model_call *c, struct str *out)
{
    struct why w;

    if (c->error == NULL)
        return false;
    w = why_make(m, c);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].error, c->error) == 0 &&
            (rows[i].calls[0] == '\0' || is_word_of(c->name, rows[i].calls)) &&
            rows[i].explain(&w, out))
            return true;
    }
    return false;
}
