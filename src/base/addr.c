/* Addresses between the kernel's sockaddr, plain data and text. Only the bytes
 * that the family uses are ever compared: the rest may hold anything. */
#include "sockstage/base/addr.h"

#include "sockstage/base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define MAPPED_PREFIX_BYTES 12

static size_t ip_bytes(const struct addr *a)
{
    switch (a->family) {
    case AF_INET:
        return 4;
    case AF_INET6:
        return 16;
    default:
        return 0;
    }
}

struct addr addr_from_sockaddr(const struct sockaddr_storage *sa)
{
    struct addr a = {0};

    if (sa->ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        a.family = AF_INET;
        a.port = ntohs(in.sin_port);
        memcpy(a.ip, &in.sin_addr, 4);
    } else if (sa->ss_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, sa, sizeof in6);
        a.family = AF_INET6;
        a.port = ntohs(in6.sin6_port);
        memcpy(a.ip, &in6.sin6_addr, 16);
    }
    return a;
}

socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *sa)
{
    memset(sa, 0, sizeof *sa);
    if (a->family == AF_INET6) {
        struct sockaddr_in6 in6 = {
            .sin6_family = AF_INET6,
            .sin6_port = htons(a->port),
        };
        memcpy(&in6.sin6_addr, a->ip, 16);
        memcpy(sa, &in6, sizeof in6);
        return sizeof in6;
    }
    if (a->family == AF_INET) {
        struct sockaddr_in in = {
            .sin_family = AF_INET,
            .sin_port = htons(a->port),
        };
        memcpy(&in.sin_addr, a->ip, 4);
        memcpy(sa, &in, sizeof in);
        return sizeof in;
    }
    /* AF_UNSPEC: what connect(2) takes to dissolve an association. */
    return sizeof sa->ss_family;
}

bool addr_parse(const char *ip, uint16_t port, struct addr *out)
{
    struct addr a = {.port = port};

    if (inet_pton(AF_INET, ip, a.ip) == 1)
        a.family = AF_INET;
    else if (inet_pton(AF_INET6, ip, a.ip) == 1)
        a.family = AF_INET6;
    else
        return false;
    *out = a;
    return true;
}

/* A number without sign, blank or leading zero, and nothing behind it. */
static bool read_port(const char *text, uint16_t *port)
{
    uint32_t n = 0;

    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text >= '0' && *text <= '9' && n <= UINT16_MAX; text++)
        n = n * 10 + (uint32_t)(*text - '0');
    *port = (uint16_t)n;
    return *text == '\0' && n <= UINT16_MAX;
}

/* "[IPv6]:PORT", "IPv4:PORT", or either alone: only IPv6 has several colons. */
bool addr_parse_text(const char *text, struct addr *out)
{
    bool bracket = text[0] == '[';
    const char *colon = strrchr(text, ':');
    bool has_port = colon && (bracket || strchr(text, ':') == colon);
    const char *begin = text + bracket;
    const char *end = has_port ? colon - bracket : text + strlen(text);
    char ip[INET6_ADDRSTRLEN];
    uint16_t port = 0;

    if ((bracket && (!has_port || end < begin || *end != ']')) ||
        (has_port && !read_port(colon + 1, &port)) ||
        (size_t)(end - begin) >= sizeof ip)
        return false;
    memcpy(ip, begin, (size_t)(end - begin));
    ip[end - begin] = '\0';
    return (!bracket || strchr(ip, ':')) && addr_parse(ip, port, out);
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    return a->port == b->port && addr_same_ip(a, b);
}

bool addr_same_ip(const struct addr *a, const struct addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, ip_bytes(a)) == 0;
}

bool addr_is_any(const struct addr *a)
{
    static const uint8_t zero[16];
    size_t len = ip_bytes(a);

    return len > 0 && memcmp(a->ip, zero, len) == 0;
}

/* A segment in the recording has two of them: no printf(3) here. */
static char *add_ip(const struct addr *a, char *out, size_t size)
{
    if (a->family == AF_INET) {
        for (size_t i = 0; i < 4; i++) {
            out = text_digits(out, a->ip[i]);
            *out++ = '.';
        }
        out--;
    } else if (inet_ntop(AF_INET6, a->ip, out, (socklen_t)size)) {
        out += strlen(out);
    }
    *out = '\0';
    return out;
}

char *addr_format(const struct addr *a, char out[ADDR_TEXT_MAX])
{
    char *at = out;

    *at = '\0';
    if (ip_bytes(a) == 0)
        return out;
    if (a->family == AF_INET6)
        *at++ = '[';
    at = add_ip(a, at, INET6_ADDRSTRLEN);
    if (a->family == AF_INET6)
        *at++ = ']';
    *at++ = ':';
    *text_digits(at, a->port) = '\0';
    return out;
}

char *addr_format_ip(const struct addr *a, char out[ADDR_TEXT_MAX])
{
    out[0] = '\0';
    if (ip_bytes(a) > 0)
        add_ip(a, out, INET6_ADDRSTRLEN);
    return out;
}

struct addr addr_unmapped(const struct addr *a)
{
    static const uint8_t prefix[MAPPED_PREFIX_BYTES] = {[10] = 255, [11] = 255};

    if (a->family != AF_INET6 || memcmp(a->ip, prefix, sizeof prefix) != 0)
        return *a;
    struct addr v4 = {.family = AF_INET, .port = a->port};
    memcpy(v4.ip, a->ip + MAPPED_PREFIX_BYTES, 4);
    return v4;
}
