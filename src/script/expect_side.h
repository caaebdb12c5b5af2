/* One side of a comparison: what a subject is now, or what the script says. */
#ifndef SOCKSTAGE_SCRIPT_EXPECT_SIDE_H
#define SOCKSTAGE_SCRIPT_EXPECT_SIDE_H

#include "expect.h"

#include "sockstage/base/addr.h"
#include "sockstage/base/value.h"
#include "sockstage/model/state.h"

#include <stdint.h>

enum side_kind {
    SIDE_NOTHING, /* undefined; `why` is said */
    SIDE_NUMBER,
    SIDE_DURATION,
    SIDE_STATE,      /* of a socket */
    SIDE_STATE_WORD, /* as written in the script */
    SIDE_WORD,       /* an errno, a call, a timer, `none` */
    SIDE_TEXT,       /* an address */
    SIDE_VALUE,
};

struct side {
    enum side_kind kind;
    int64_t number; /* NUMBER; DURATION in ns */
    uint8_t proto, state;
    struct state_word state_word;
    char text[ADDR_TEXT_MAX];
    struct value *value; /* borrowed */
};

/* TRUE or FALSE, or MISMATCH where the two can't be compared so. Neither side
 * is SIDE_NOTHING. */
enum answer sides_compare(
    const struct side *a, enum compare_op op, const struct side *b);

/* What kind of thing it is, for a message. */
const char *side_type(const struct side *a);

#endif
