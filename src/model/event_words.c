/* The words of recordings that belong to no other table. */
#include "event_fields.h"

#include <netinet/in.h>
#include <string.h>

static const char *const actions[] = {
    [PROCESS_STARTED] = "started",
    [PROCESS_EXITED] = "exited",
    NULL,
};

static const char *const results[] = {
    [END_PASSED] = "passed",
    [END_FAILED] = "failed",
    [END_SKIPPED] = "skipped",
    NULL,
};

const char *event_action_name(unsigned action)
{
    return actions[action];
}

const char *event_result_name(unsigned result)
{
    return results[result];
}

const char *event_proto_name(uint8_t proto)
{
    switch (proto) {
    case IPPROTO_TCP:
        return "tcp";
    case IPPROTO_UDP:
        return "udp";
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return "icmp";
    default:
        return NULL;
    }
}

uint8_t event_proto_number(const char *name, uint16_t family)
{
    if (name == NULL)
        return 0;
    if (strcmp(name, "tcp") == 0)
        return IPPROTO_TCP;
    if (strcmp(name, "udp") == 0)
        return IPPROTO_UDP;
    if (strcmp(name, "icmp") == 0)
        return family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    return 0;
}

bool event_has_ports(
    uint8_t proto, const struct addr *src, const struct addr *dst)
{
    return (proto == IPPROTO_TCP || proto == IPPROTO_UDP) &&
           (src->port != 0 || dst->port != 0);
}
