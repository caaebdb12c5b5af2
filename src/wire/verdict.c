/* The words of the journal for what became of a segment. */
#include "sockstage/wire/link.h"

static const char *const names[] = {
    [VERDICT_HELD] = "held",
    [VERDICT_DELIVERED] = "delivered",
    [VERDICT_DROPPED] = "dropped",
    [VERDICT_DUPLICATED] = "duplicated",
    [VERDICT_CORRUPTED] = "corrupted",
    [VERDICT_COALESCED] = "coalesced",
    [VERDICT_ANSWERED] = "answered",
};

const char *verdict_name(enum verdict v)
{
    return names[v];
}
