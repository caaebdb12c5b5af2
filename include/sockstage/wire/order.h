/* What a wire line asks for. Plain data: the script reads a line into it, the
 * stage passes it on, the link carries it out. A new line is a row of
 * orders.def, and mostly a fault that takes it. */
#ifndef SOCKSTAGE_WIRE_ORDER_H
#define SOCKSTAGE_WIRE_ORDER_H

#include "sockstage/base/host.h"
#include "sockstage/wire/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_word {
#define WIRE_ORDER(id, word, shape, usage, help, explain, see) WIRE_##id,
#define WIRE_ALIAS(id, word)
#include "sockstage/wire/orders.def"
#undef WIRE_ORDER
#undef WIRE_ALIAS
    WIRE_WORDS
};

/* What stands behind the word. */
enum wire_shape {
    WIRE_TAKES_NOTHING,
    WIRE_TAKES_DELAY,       /* DURATION [jitter DURATION] [from SIDE] */
    WIRE_TAKES_RATE,        /* 1mbit, off */
    WIRE_TAKES_PERCENT,     /* 10% [from SIDE] */
    WIRE_TAKES_SIZE,        /* bytes of a packet */
    WIRE_TAKES_NUMBER,      /* any that is not negative */
    WIRE_TAKES_SWITCH,      /* on, off */
    WIRE_TAKES_SOME,        /* [N] [PATTERN] */
    WIRE_TAKES_NEXT,        /* [N] PATTERN */
    WIRE_TAKES_UNREACHABLE, /* host|net|port [N] PATTERN */
};

enum wire_unreachable {
#define UNREACHABLE(id, word, code4, code6) WIRE_UNREACHABLE_##id,
#include "sockstage/wire/unreachables.def"
#undef UNREACHABLE
    WIRE_UNREACHABLES
};

/* A mask of sides: segments from the client, from the server. */
#define WIRE_SIDE(host) (1U << (host))
#define WIRE_BOTH       (WIRE_SIDE(HOST_CLIENT) | WIRE_SIDE(HOST_SERVER))

#define WIRE_LOSS_ALL    1000000U /* of a million: 100 % */
#define WIRE_MTU_MIN     68U      /* RFC 791 */
#define WIRE_MTU_MAX     65535U
#define WIRE_MTU_IP6_MIN 1280U /* RFC 8200, section 5 */

struct wire_order {
    enum wire_word word;
    unsigned sides; /* DELAY, LOSS: of whose segments */
    uint64_t delay_ns, jitter_ns;
    uint64_t rate;     /* bits a second, 0: no limit */
    uint32_t loss_ppm; /* of a million */
    uint32_t mtu;
    uint64_t seed;
    bool on;                    /* COALESCE */
    enum wire_unreachable what; /* UNREACHABLE */
    uint32_t count;             /* N: how many; 1 if left out */
    struct pattern pattern;     /* all zero: any segment */
};

struct wire_word_info {
    const char *word;
    enum wire_shape shape;
    const char *usage;
    const char *help;    /* N_() */
    const char *explain; /* a few sentences; N_() */
    const char *see;     /* where that stands: "tc-netem(8)" */
};
const struct wire_word_info *wire_word_info(enum wire_word word);

/* The words that may stand behind `wire`, aliases included, in the order of
 * the manual; NULL at the end. `*out` (may be NULL) is what it means. */
const char *wire_word_at(size_t i, enum wire_word *out);

/* "host", "net", "port"; NULL at the end. */
const char *wire_unreachable_name(enum wire_unreachable what);

#endif
