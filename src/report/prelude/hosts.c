/* Where the hosts of the stage are now, for an exported C program.
 * From here on part of every exported program. */

/* ---- addresses ---------------------------------------------------------- */

enum { SERVER, SECOND, CLIENT, OWN, PLACES };

/* The hosts of the stage. */
static const struct place {
    const char *name, *ipv4, *ipv6;
} places[PLACES] = {
    [SERVER] = {"server", "10.0.0.1", "fd00:5::1"},
    [SECOND] = {NULL, "10.0.1.1", NULL},
    [CLIENT] = {"client", "10.0.0.2", "fd00:5::2"},
    [OWN] = {"localhost", "127.0.0.1", "::1"},
};

/* And where they are now: on this machine, unless the options say more. */
static const char *now_ipv4[PLACES] = {
    "127.0.0.1", "127.0.1.1", "127.0.0.1", "127.0.0.1"};
static const char *now_ipv6[PLACES] = {"::1", "::1", "::1", "::1"};

static void place_host(const char *option, const char *address)
{
    const char **now_at = strchr(address, ':') ? now_ipv6 : now_ipv4;
    int place = strcmp(option, "--server") == 0 ? SERVER : CLIENT;

    now_at[place] = address;
    if (place == SERVER)
        now_at[SECOND] = address;
}

/* The numeric address that a name or an address of the stage stands for; what
 * it does not know stays as it is. */
static const char *now_at(int family, const char *host)
{
    const struct host_name *h = host_names;
    unsigned char sought[16] = {0}, known[16] = {0};
    bool is_ip = inet_pton(family, host, sought) == 1;

    while (h->name != NULL && strcmp(h->name, host) != 0)
        h++;
    if (h->name != NULL)
        host = h->host;
    for (int i = 0; i < PLACES; i++) {
        const struct place *p = &places[i];
        const char *ip = family == AF_INET6 ? p->ipv6 : p->ipv4;
        bool same = ip != NULL && is_ip && inet_pton(family, ip, known) == 1 &&
                    memcmp(sought, known, sizeof known) == 0;

        if (same || (p->name != NULL && strcmp(p->name, host) == 0))
            return family == AF_INET6 ? now_ipv6[i] : now_ipv4[i];
    }
    return host;
}

static int family_of(int s)
{
    int family = AF_INET;
    socklen_t size = sizeof family;

    getsockopt(s, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family;
}

struct address at(int s, const char *host, long long port)
{
    struct addrinfo hints = {.ai_family = family_of(s)}, *found = NULL;
    struct address a = {0};
    char service[24];

    snprintf(service, sizeof service, "%lld", port);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    host = *host == '\0' ? NULL : now_at(hints.ai_family, host);
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        fprintf(stderr, "%s: there is no host %s\n", me.name, host);
        return a;
    }
    memcpy(&a.to, found->ai_addr, found->ai_addrlen);
    a.len = found->ai_addrlen;
    freeaddrinfo(found);
    return a;
}

struct address at_scope(
    int s, const char *host, long long port, long long flow, long long scope)
{
    struct address a = at(s, host, port);
    struct sockaddr_in6 in6;

    if (a.to.ss_family != AF_INET6)
        return a;
    memcpy(&in6, &a.to, sizeof in6);
    in6.sin6_flowinfo = htonl((uint32_t)flow);
    in6.sin6_scope_id = (uint32_t)scope;
    memcpy(&a.to, &in6, sizeof in6);
    return a;
}
