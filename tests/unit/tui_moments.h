/* Moments of a stage made from events that were written by hand: what the
 * views are tested with. */
#ifndef TESTS_TUI_MOMENTS_H
#define TESTS_TUI_MOMENTS_H

#include "../../src/tui/ui.h"

struct scene {
    struct model *model;
    struct ui ui;
    struct player_state play;
    struct moment moment;
    uint64_t t_ns; /* of the last event */
};

typedef void scene_maker(struct scene *s);

struct scene_row {
    const char *name;
    scene_maker *make;
    bool ascii;
};

/* The scenes; the last has no name. */
extern const struct scene_row scenes[];

void scene_init(struct scene *s);
void scene_done(struct scene *s);

#endif
