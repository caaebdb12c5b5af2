/* What became of a segment, and how its arrow says so. One row a fate in
 * fates.def. */
#ifndef TUI_FATE_H
#define TUI_FATE_H

#include "theme.h"

#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stdint.h>

enum fate {
#define FATE(id, style, reach, up, down, word, brief, help, explain, see)      \
    FATE_##id,
#include "fates.def"
#undef FATE
    FATES
};

enum reach {
    REACH_SHORT,     /* it has not left yet */
    REACH_MIDDLE,    /* it ends on the wire */
    REACH_TRAVELLED, /* where it is by now */
    REACH_WHOLE,     /* it touches the other host */
};

struct fate_row {
    enum theme_key style;
    enum reach reach;
    const char *up, *down;
    const char *word, *brief, *help, *explain; /* N_() */
    const char *see;
};
const struct fate_row *fate_row(enum fate f);

/* A delay that the eye can follow. */
#define TRAVEL_MIN_NS UINT64_C(200000000)

enum fate fate_of(const struct model *m, const struct model_segment *s);
/* The word behind, in, or below the arrow; "" if there is none. */
const char *fate_word(enum fate f, const struct model_segment *s, bool brief);
/* How much of its way a segment under way has behind it, of a thousand. */
int fate_permille(
    const struct model *m, const struct model_segment *s, uint64_t now_ns);

/* "again (timeout)", "dup": what a repeat, a probe or an ACK is beyond its
 * flags; "" if nothing. */
const char *fate_kind(const struct segment *s, bool brief);
const char *fate_kind_meaning(enum segment_kind kind); /* N_() */

#endif
