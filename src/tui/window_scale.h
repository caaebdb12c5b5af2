/* By how much the windows that one end of a connection announces are scaled. */
#ifndef TUI_WINDOW_SCALE_H
#define TUI_WINDOW_SCALE_H

#include "sockstage/model/model.h"

/* Of the end that sent `s`, from the SYNs of its connection; where these are no
 * longer kept, from the kernel. false: it is not known. That of a SYN is 0. */
bool window_scale(
    const struct model *m, const struct model_segment *s, uint8_t *scale);

/* What was found while one picture is drawn, so that each connection is looked
 * for once. Begins zeroed. */
#define WINDOW_SCALES_MAX 16
struct window_scales {
    struct window_scale_found {
        struct addr src, dst;
        size_t from, to; /* indices of segments for which it holds */
        bool known;
        uint8_t scale;
    } found[WINDOW_SCALES_MAX];
    size_t next; /* counts on; the oldest gives way */
};

bool window_scale_of(struct window_scales *w, const struct model *m,
    const struct model_segment *s, uint8_t *scale);

#endif
