/* Contrast by luminance, nearness by CIELAB; small palettes are searched with
 * hue first, for that is what a theme means by its colours. */
#include "colours.h"

#include "sockstage/base/mem.h"

#include <math.h>

/* xterm's values of the first sixteen. */
static const uint32_t base_rgb[16] = {
    0x000000,
    0xcd0000,
    0x00cd00,
    0xcdcd00,
    0x0000ee,
    0xcd00cd,
    0x00cdcd,
    0xe5e5e5,
    0x7f7f7f,
    0xff0000,
    0x00ff00,
    0xffff00,
    0x5c5cff,
    0xff00ff,
    0x00ffff,
    0xffffff,
};

struct lab {
    double light, a, b;
};

#define READABLE  4.5 /* WCAG 2.2, 1.4.3: text */
#define COLOURFUL 14  /* chroma from which a colour counts as one */
#define SAME_HUE  0.7 /* cosine between two that still mean the same */

uint32_t colour_rgb(int32_t colour)
{
    static const uint32_t steps[6] = {0, 95, 135, 175, 215, 255};

    if (colour & COLOUR_RGB)
        return (uint32_t)colour & 0xffffff;
    if (colour < 16)
        return base_rgb[colour & 15];
    if (colour >= 232) {
        uint32_t grey = (uint32_t)(8 + 10 * (colour - 232));
        return grey << 16 | grey << 8 | grey;
    }
    int cube = colour - 16;
    return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

/* IEC 61966-2-1: from the stored value to light. */
static double linear(uint32_t rgb, unsigned shift)
{
    double value = (double)(rgb >> shift & 0xff) / 255;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(int32_t colour)
{
    uint32_t rgb = colour_rgb(colour);

    return 0.2126 * linear(rgb, 16) + 0.7152 * linear(rgb, 8) +
           0.0722 * linear(rgb, 0);
}

double colour_contrast(int32_t a, int32_t b)
{
    if (a == COLOUR_DEFAULT || b == COLOUR_DEFAULT)
        return 0;
    double first = luminance(a) + 0.05;
    double second = luminance(b) + 0.05;
    return first > second ? first / second : second / first;
}

static double lab_part(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static struct lab lab_of(int32_t colour)
{
    uint32_t rgb = colour_rgb(colour);
    double red = linear(rgb, 16);
    double green = linear(rgb, 8);
    double blue = linear(rgb, 0);
    double x = lab_part((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95);
    double y = lab_part(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    double z =
        lab_part((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);

    return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

/* Lightness counts little, since the few colours of a small palette have it by
 * chance; grey for a colour counts much, another colour for it most: a green
 * that can't be read may become black, never red. */
static double distance(const struct lab *w, int32_t have, int colours)
{
    struct lab h = lab_of(have);
    double light = (w->light - h.light) * (w->light - h.light);
    double colour = (w->a - h.a) * (w->a - h.a) + (w->b - h.b) * (w->b - h.b);
    double chroma = hypot(w->a, w->b);
    double chroma_had = hypot(h.a, h.b);

    if (colours >= 256)
        return light + colour;
    bool colourful = chroma > COLOURFUL;
    if (colourful != (chroma_had > COLOURFUL))
        return light + 1e6;
    if (!colourful)
        return light;
    double cosine = (w->a * h.a + w->b * h.b) / (chroma * chroma_had);
    return light / 4 + (cosine < SAME_HUE ? 2e6 : 0) + 1e4 * (1 - cosine);
}

/* The first sixteen look different on every terminal: not used where the fixed
 * cube is there. */
static int first_of(int colours)
{
    return colours >= 256 ? 16 : 0;
}

/* The nearest that has at least that contrast with `bg`; if none has, the one
 * with the most. */
static int nearest_on(int32_t wanted, int32_t bg, double contrast, int colours)
{
    struct lab lab = lab_of(wanted);
    int best = -1;
    int most = first_of(colours);
    double best_distance = 0;

    for (int i = first_of(colours); i < colours; i++) {
        double c = contrast > 0 ? colour_contrast(i, bg) : 0;
        if (c > 0 && c > colour_contrast(most, bg))
            most = i;
        if (c < contrast)
            continue;
        double d = distance(&lab, i, colours);
        if (best < 0 || d < best_distance) {
            best = i;
            best_distance = d;
        }
    }
    return best < 0 ? most : best;
}

int colour_nearest(int32_t colour, int colours)
{
    if (colour < colours)
        return colour;
    for (int i = first_of(colours); i < colours; i++) {
        if (colour_rgb(i) == colour_rgb(colour))
            return i;
    }
    return nearest_on(colour, COLOUR_DEFAULT, 0, colours);
}

/* As the terminal takes it; the first eight numbers of a terminal with direct
 * colours are the palette's (terminfo's xterm-direct), the others are RGB. */
static int32_t direct(int32_t colour)
{
    if (colour == COLOUR_DEFAULT || (colour >= 0 && colour < 8))
        return colour;
    uint32_t rgb = colour_rgb(colour);
    return rgb > 0 && rgb < 8 ? 8 : (int32_t)rgb;
}

/* What can be read stays readable; what its author wants faint stays so. */
static double contrast_due(const struct style *wanted)
{
    double had = colour_contrast(wanted->fg, wanted->bg);

    return had < READABLE ? had : READABLE;
}

static int reduce_fg(const struct style *wanted, int32_t bg, int colours)
{
    if (wanted->fg == COLOUR_DEFAULT)
        return COLOUR_DEFAULT;
    int fg = colour_nearest(wanted->fg, colours);
    double due = contrast_due(wanted);
    if (bg == COLOUR_DEFAULT || colour_contrast(fg, bg) >= due)
        return fg;
    return nearest_on(wanted->fg, bg, due, colours);
}

static bool is_colourful(int32_t colour)
{
    struct lab lab = lab_of(colour);

    return hypot(lab.a, lab.b) > COLOURFUL;
}

static int black_or_white(int32_t bg, int colours)
{
    int white = colours < 16 ? 7 : 15;

    return colour_contrast(0, bg) > colour_contrast(white, bg) ? 0 : white;
}

static bool carries_letters(int32_t bg, int colours)
{
    return colour_contrast(black_or_white(bg, colours), bg) >= READABLE;
}

/* The nearest on which letters can be read: of eight colours magenta is too
 * dark for black ones and too light for white ones. */
static int ground_nearest(int32_t wanted, int colours)
{
    int near = colour_nearest(wanted, colours);
    struct lab lab = lab_of(wanted);
    int best = near;
    double best_distance = 0;

    if (wanted == COLOUR_DEFAULT || carries_letters(near, colours))
        return near;
    for (int i = first_of(colours); i < colours; i++) {
        double d = distance(&lab, i, colours);
        if (!carries_letters(i, colours) ||
            is_colourful(i) != is_colourful(wanted) ||
            (best != near && d >= best_distance))
            continue;
        best = i;
        best_distance = d;
    }
    return best;
}

/* A pair of its own on a screen that has `screen` as its background. */
static struct style reduce_pair(
    const struct style *wanted, const struct style *screen, int colours)
{
    struct style s = *wanted;
    int32_t around = colour_nearest(screen->bg, colours);

    s.bg = ground_nearest(wanted->bg, colours);
    bool vanishes =
        s.bg == around && wanted->bg != screen->bg && around != COLOUR_DEFAULT;
    if (vanishes && wanted->fg != COLOUR_DEFAULT) {
        struct style inverse = {around, wanted->fg, 0};
        s.bg = nearest_on(wanted->fg, around, contrast_due(&inverse), colours);
        s.fg = around;
        return s;
    }
    s.fg = reduce_fg(wanted, s.bg, colours);
    /* Terminals show the few colours as they like: on each of them only black
     * or white is sure to be read. */
    if (colours < 256 && s.bg != COLOUR_DEFAULT && s.fg != COLOUR_DEFAULT &&
        is_colourful(s.bg))
        s.fg = black_or_white(s.bg, colours);
    return s;
}

#define RED   1
#define WHITE 7

/* Eight colours have no red that can be read on black: what warns becomes white
 * on red. */
static void warn_by_ground(
    struct style *s, const struct style *wanted, int colours)
{
    if (colours >= 16 || s->bg == COLOUR_DEFAULT || s->fg == RED ||
        wanted->fg == COLOUR_DEFAULT ||
        colour_nearest(wanted->fg, colours) != RED)
        return;
    s->bg = RED;
    s->fg = WHITE;
}

struct style colour_look(const struct theme *t, enum theme_key key,
    enum theme_key ground, int colours)
{
    struct style wanted = theme_mix(t, key, ground);
    struct style screen = theme_mix(t, THEME_SCREEN, THEME_SCREEN);
    bool own = t->styles[key].bg != COLOUR_DEFAULT && key != THEME_SCREEN;

    if (colours == 0) {
        wanted.fg = wanted.bg = COLOUR_DEFAULT;
        return wanted;
    }
    if (colours > 256) {
        wanted.fg = direct(wanted.fg);
        wanted.bg = direct(wanted.bg);
        return wanted;
    }
    if (own)
        return reduce_pair(&wanted, &screen, colours);
    struct style under = theme_mix(t, ground, ground);
    struct style s = reduce_pair(&under, &screen, colours);
    bool is_ground = key == ground || key == THEME_SCREEN;
    s.fg = is_ground ? s.fg : reduce_fg(&wanted, s.bg, colours);
    s.attrs = wanted.attrs;
    if (!is_ground)
        warn_by_ground(&s, &wanted, colours);
    return s;
}

bool colour_parts_differ(const struct theme *t, int colours)
{
    static const enum theme_key parts[] = {
        THEME_METER_FLIGHT, THEME_METER_UNSENT, THEME_METER_EMPTY};

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct style a = colour_look(t, parts[i], THEME_SCREEN, colours);
        struct style next = colour_look(
            t, parts[(i + 1) % ARRAY_LEN(parts)], THEME_SCREEN, colours);
        if (a.fg == next.fg || a.fg == a.bg)
            return false;
    }
    return true;
}
