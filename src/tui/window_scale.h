/* By how much the windows that one end of a connection announces are scaled. */
#ifndef TUI_WINDOW_SCALE_H
#define TUI_WINDOW_SCALE_H

#include "sockstage/model/model.h"

/* Of the end that sent `s`, from the SYNs of its connection; where these are no
 * longer kept, from the kernel. false: it is not known. That of a SYN is 0. */
bool window_scale(
    const struct model *m, const struct model_segment *s, uint8_t *scale);

/* What was found while one picture is drawn, so that each connection is looked
 * for once; as many as a tall screen has lines. Begins zeroed. */
#define WINDOW_SCALES_MAX 64
struct window_scales {
    struct window_scale_found {
        struct addr src, dst;
        uint64_t from, to; /* ids of the segments for which it holds */
        struct window_scale_way {
            bool asked; /* else the kernel is still to be asked */
            bool known;
            uint8_t scale;
        } own, other; /* of `src`, of `dst` */
    } found[WINDOW_SCALES_MAX];
    size_t next; /* counts on; the oldest gives way */
};

bool window_scale_of(struct window_scales *w, const struct model *m,
    const struct model_segment *s, uint8_t *scale);

#endif
