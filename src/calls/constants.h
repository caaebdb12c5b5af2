/* The constants of the socket module by number, as strace(1) needs them. */
#ifndef SOCKSTAGE_CALLS_CONSTANTS_H
#define SOCKSTAGE_CALLS_CONSTANTS_H

#include <stddef.h>
#include <stdint.h>

enum constant_group {
    CONSTANT_FAMILY,
    CONSTANT_TYPE,
    CONSTANT_PROTO,
    CONSTANT_LEVEL,
    CONSTANT_SOCKET_OPTION,
    CONSTANT_TCP_OPTION,
    CONSTANT_IP_OPTION,
    CONSTANT_IPV6_OPTION,
    CONSTANT_MSG,
    CONSTANT_HOW,
    CONSTANT_OTHER,
};

struct constant {
    const char *name;
    enum constant_group group;
    int64_t value;
};

/* All of them, in the order of the table; NULL at the end. */
const struct constant *constant_at(size_t i);

/* The name of a number in its group; NULL if it has none. */
const char *constant_name(enum constant_group group, int64_t value);

#endif
