/* Host names on the stage: server, client, localhost, and those that `name`
 * adds. Nothing outside is ever asked (no DNS, no /etc/hosts), and on the
 * loopback wire no address but the loopback one is let through: nothing on
 * the stage may reach the machine's network. */
#include "stage_int.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static struct addr parsed(const char *ip, uint16_t port)
{
    struct addr a;

    if (!addr_parse(ip, port, &a))
        memset(&a, 0, sizeof a);
    return a;
}

bool names_is_loopback(const struct addr *a)
{
    static const uint8_t one[16] = {[15] = 1};

    if (a->family == AF_INET)
        return a->ip[0] == 127;
    return memcmp(a->ip, one, sizeof one) == 0;
}

/* The address of wire0 of that host, of that family. */
static struct addr wire_address(
    const struct stage *s, enum host host, int family, uint16_t port)
{
    struct addr list[8];
    size_t n = hosts_addresses(s->hosts, host, list, ARRAY_LEN(list));

    for (size_t i = 0; i < n; i++) {
        if (list[i].family == family) {
            list[i].port = port;
            return list[i];
        }
    }
    return parsed(family == AF_INET6 ? "::1" : "127.0.0.1", port);
}

bool stage_name_host(const struct stage *s, const char *name, enum host *host)
{
    for (size_t i = 0; i < s->aliases.len; i++) {
        if (strcmp(s->aliases.items[i].name, name) == 0) {
            *host = s->aliases.items[i].host;
            return true;
        }
    }
    for (int h = 0; h < HOST_COUNT; h++) {
        if (strcmp(host_name((enum host)h), name) == 0) {
            *host = (enum host)h;
            return true;
        }
    }
    return false;
}

static int loopback_only(const struct stage *s, const char *host,
    const struct addr *a, struct err *e)
{
    struct addr ours =
        parsed(a->family == AF_INET6 ? "::1" : "127.0.0.1", a->port);

    if (stage_wire_kind(s) == STAGE_PRIVATE || addr_same_ip(a, &ours))
        return 0;
    return err_set(e, EACCES,
        _("%s is not on the stage: with --wire=loopback only 127.0.0.1 and ::1 "
          "are, so that nothing reaches the machine's network"),
        host);
}

int names_resolve(void *ctx, const char *host, int family, uint16_t port,
    struct addr *out, struct err *e)
{
    const struct process *p = ctx;
    const struct stage *s = p->stage;
    bool v6 = family == AF_INET6;
    enum host named;

    if (host[0] == '\0') {
        if (stage_wire_kind(s) == STAGE_LOOPBACK)
            *out = parsed(v6 ? "::1" : "127.0.0.1", port);
        else
            *out = parsed(v6 ? "::" : "0.0.0.0", port);
        return 0;
    }
    if (strcmp(host, "localhost") == 0) {
        *out = parsed(v6 ? "::1" : "127.0.0.1", port);
        return 0;
    }
    if (stage_name_host(s, host, &named)) {
        *out = wire_address(s, named, family, port);
        return 0;
    }
    if (addr_parse(host, port, out)) {
        if (out->family == family)
            return loopback_only(s, host, out, e);
        return err_set(e, EAFNOSUPPORT,
            _("%s is an address of the other family than the socket's"), host);
    }
    return err_set(e, ENOENT,
        _("no host is called '%s' on the stage: there are server, client, "
          "localhost, numeric addresses, and what `name NAME HOST` adds"),
        host);
}

const char *stage_name_at(const struct stage *s, size_t i)
{
    static const char *const always[] = {"server", "client", "localhost"};

    if (i < ARRAY_LEN(always))
        return always[i];
    i -= ARRAY_LEN(always);
    return i < s->aliases.len ? s->aliases.items[i].name : NULL;
}

int stage_add_name(
    struct stage *s, const char *name, enum host host, struct err *e)
{
    struct host_alias alias = {.host = host};

    if (name[0] == '\0' || strlen(name) > 253)
        return err_set(e, EINVAL, _("'%s' can't be a host name"), name);
    for (size_t i = 0; i < s->aliases.len; i++) {
        if (strcmp(s->aliases.items[i].name, name) == 0) {
            s->aliases.items[i].host = host;
            return 0;
        }
    }
    alias.name = xstrdup(name);
    vec_push(&s->aliases, alias);
    return 0;
}
