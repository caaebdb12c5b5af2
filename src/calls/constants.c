/* The constants of the socket module, with the numbers of the C headers. */
#include "constants.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "sockstage/base/mem.h"
#include "sockstage/calls/call.h"

static const struct constant constants[] = {
#define CONSTANT(group, name, explain, see) {#name, CONSTANT_##group, name},
#include "constants.def"
#undef CONSTANT
};

const struct constant *constant_at(size_t i)
{
    return i < ARRAY_LEN(constants) ? &constants[i] : NULL;
}

const char *constant_name(enum constant_group group, int64_t value)
{
    for (size_t i = 0; i < ARRAY_LEN(constants); i++)
        if (constants[i].group == group && constants[i].value == value)
            return constants[i].name;
    return NULL;
}

bool call_constant(const char *name, int64_t *value)
{
    for (size_t i = 0; i < ARRAY_LEN(constants); i++) {
        if (strcmp(constants[i].name, name) == 0) {
            *value = constants[i].value;
            return true;
        }
    }
    return false;
}

const char *call_constant_at(size_t i)
{
    return i < ARRAY_LEN(constants) ? constants[i].name : NULL;
}
