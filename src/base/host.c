/* Names of the two hosts: words of the notation, never translated. */
#include "sockstage/base/host.h"

static const char *const names[HOST_COUNT] = {
    [HOST_CLIENT] = "client",
    [HOST_SERVER] = "server",
};

const char *host_name(enum host host)
{
    return names[host];
}

enum host host_other(enum host host)
{
    return host == HOST_CLIENT ? HOST_SERVER : HOST_CLIENT;
}
