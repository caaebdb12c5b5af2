/* The arithmetic of colours: what a colour of a theme becomes on a terminal
 * that has fewer, so that what could be read can still be read. */
#ifndef TUI_COLOURS_H
#define TUI_COLOURS_H

#include "theme.h"

/* Contrast of two colours as WCAG 2.2 counts it, 1 to 21; 0 if one of them is
 * COLOUR_DEFAULT. Palette entries count as xterm draws them. */
double colour_contrast(int32_t a, int32_t b);

/* 0xrrggbb of a palette entry or an RGB colour. */
uint32_t colour_rgb(int32_t colour);

/* The palette entry (of `colours`: 8, 16 or 256) nearest to a colour. A colour
 * stays one there: a pale green becomes the green, not white. */
int colour_nearest(int32_t colour, int colours);

/* How a terminal of `colours` (0, 8, 16, 256 or 1 << 24) shows a style on a
 * ground: foreground and background as it takes them, or COLOUR_DEFAULT.
 * A foreground that could no longer be read becomes the nearest that can; a
 * background that would be that of the screen changes places with its text. */
struct style colour_look(const struct theme *t, enum theme_key key,
    enum theme_key ground, int colours);

/* Whether the parts of a meter look different by colour alone. */
bool colour_parts_differ(const struct theme *t, int colours);

#endif
