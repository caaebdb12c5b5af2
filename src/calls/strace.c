/* The notation of strace(1): addresses, flags, constants, bytes and results.
 * Bytes are escaped as by `strace -x`, which is also how Python shows them. */
#include "strace.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "sockstage/base/addr.h"
#include "sockstage/base/err.h"
#include "sockstage/base/mem.h"

#define BYTES_SHOWN 32 /* the default of strace -s */

/* The option names of a level, and what strace says of an unknown one. */
static const struct level {
    int level;
    enum constant_group options;
    const char *unknown;
} levels[] = {
    {SOL_SOCKET, CONSTANT_SOCKET_OPTION, "SO_???"},
    {IPPROTO_TCP, CONSTANT_TCP_OPTION, "TCP_???"},
    {IPPROTO_IP, CONSTANT_IP_OPTION, "IP_???"},
    {IPPROTO_IPV6, CONSTANT_IPV6_OPTION, "IPV6_???"},
};

static void add_inet6(struct str *out, const struct sockaddr_storage *sa)
{
    struct sockaddr_in6 in6;
    char ip[INET6_ADDRSTRLEN] = "";

    memcpy(&in6, sa, sizeof in6);
    inet_ntop(AF_INET6, &in6.sin6_addr, ip, sizeof ip);
    str_addf(out,
        "{sa_family=AF_INET6, sin6_port=htons(%u), sin6_flowinfo=htonl(%u), "
        "inet_pton(AF_INET6, \"%s\", &sin6_addr), sin6_scope_id=%u}",
        ntohs(in6.sin6_port), (unsigned)ntohl(in6.sin6_flowinfo), ip,
        (unsigned)in6.sin6_scope_id);
}

void strace_sockaddr(struct str *out, const struct sockaddr_storage *sa)
{
    char ip[ADDR_TEXT_MAX];

    if (sa->ss_family == AF_INET6) {
        add_inet6(out, sa);
    } else if (sa->ss_family == AF_INET) {
        struct addr a = addr_from_sockaddr(sa);
        str_addf(out,
            "{sa_family=AF_INET, sin_port=htons(%u), "
            "sin_addr=inet_addr(\"%s\")}",
            a.port, addr_format_ip(&a, ip));
    } else {
        str_add(out, "{sa_family=");
        strace_constant(out, CONSTANT_FAMILY, sa->ss_family, "AF_???");
        str_add(out, "}");
    }
}

void strace_address_call(struct str *out, const char *name, int fd,
    const struct sockaddr_storage *sa, int family)
{
    size_t len = family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                    : sizeof(struct sockaddr_in);

    str_addf(out, "%s(%d, ", name, fd);
    if (sa)
        strace_sockaddr(out, sa);
    else
        str_add(out, STRACE_UNFILLED);
    str_addf(out, ", [%zu])", len);
}

void strace_bytes(struct str *out, const void *data, size_t len)
{
    str_addc(out, '"');
    str_add_escaped(out, data, len < BYTES_SHOWN ? len : BYTES_SHOWN, '"');
    str_add(out, len > BYTES_SHOWN ? "\"..." : "\"");
}

void strace_constant(
    struct str *out, enum constant_group group, int value, const char *unknown)
{
    const char *name = constant_name(group, value);

    if (name)
        str_add(out, name);
    else
        str_addf(out, "%#x /* %s */", (unsigned)value, unknown);
}

void strace_msg_flags(struct str *out, int flags)
{
    unsigned rest = (unsigned)flags;
    const char *between = "";
    const struct constant *k;

    for (size_t i = 0; (k = constant_at(i)) != NULL; i++) {
        if (k->group != CONSTANT_MSG || !(rest & (unsigned)k->value))
            continue;
        str_addf(out, "%s%s", between, k->name);
        rest &= ~(unsigned)k->value;
        between = "|";
    }
    if (flags == 0)
        str_add(out, "0");
    else if (rest == (unsigned)flags)
        str_addf(out, "%#x /* MSG_??? */", rest);
    else if (rest != 0)
        str_addf(out, "|%#x", rest);
}

void strace_option(struct str *out, int level, int option)
{
    strace_constant(out, CONSTANT_LEVEL, level, "SOL_??");
    str_add(out, ", ");
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (levels[i].level == level) {
            strace_constant(out, levels[i].options, option, levels[i].unknown);
            return;
        }
    }
    str_addf(out, "%d", option);
}

static void add_number(struct str *out, int level, int option, int number)
{
    if (level == SOL_SOCKET && option == SO_ERROR && number != 0)
        str_addf(out, "[%s]", err_name(number));
    else
        str_addf(out, "[%d]", number);
}

void strace_option_value(struct str *out, int level, int option, bool is_int,
    const void *data, size_t len)
{
    struct linger linger;
    int number;

    if (level == SOL_SOCKET && option == SO_LINGER && len == sizeof linger) {
        memcpy(&linger, data, sizeof linger);
        str_addf(
            out, "{l_onoff=%d, l_linger=%d}", linger.l_onoff, linger.l_linger);
    } else if (is_int && len == sizeof number) {
        memcpy(&number, data, sizeof number);
        add_number(out, level, option, number);
    } else {
        strace_bytes(out, data, len);
    }
}

void strace_answer(struct str *out, long answer)
{
    str_addf(out, " = %ld", answer);
}

/* strerrordesc_np(): what strace prints whatever the language is. */
void strace_errno(struct str *out, int errnum)
{
    const char *text = strerrordesc_np(errnum);

    str_addf(out, " = -1 %s (%s)", err_name(errnum), text ? text : "unknown");
}
