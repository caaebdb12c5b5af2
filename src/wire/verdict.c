/* The words of the journal for what a segment is and what became of it. */
#include "sockstage/wire/segment.h"

#include <stddef.h>

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

static const char *const kinds[] = {
#define SEGMENT_KIND(id, name) [SEGMENT_KIND_##id] = name,
#include "sockstage/wire/segment_kinds.def"
#undef SEGMENT_KIND
};

const char *segment_kind_name(enum segment_kind kind)
{
    return kinds[kind];
}
