/* Colours by meaning: one style a key of theme_keys.def, from the built-in
 * themes or a file of the same form. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "sockstage/base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum theme_key {
#define THEME_KEY(id, name, style) THEME_##id,
#include "theme_keys.def"
#undef THEME_KEY
    THEME_KEYS
};

enum style_attr {
    STYLE_BOLD = 1,
    STYLE_DIM = 2,
    STYLE_ITALIC = 4,
    STYLE_UNDERLINE = 8,
    STYLE_REVERSE = 16,
};

/* A colour: COLOUR_DEFAULT, 0..255 of the palette, or COLOUR_RGB | 0xrrggbb. */
#define COLOUR_DEFAULT (-1)
#define COLOUR_RGB     0x1000000

struct style {
    int32_t fg, bg;
    uint32_t attrs; /* enum style_attr */
};

struct theme {
    bool large_meters; /* for the last row of a hall; and fewer things */
    struct style styles[THEME_KEYS];
};

const char *theme_key_name(enum theme_key key);

/* "bold #ffffff on 17"; false if it does not parse. */
bool style_parse(const char *text, struct style *out);

/* What every theme starts from. */
void theme_defaults(struct theme *t);
/* The text of a built-in theme; NULL: there is none of that name. */
const char *theme_built_in(const char *name);

/* A name, of a file NAME.ini in the user's folder of themes or else built in;
 * or a file. On an error the lines that are right count and the default stays
 * for the others; the message names file, line and key of the first.
 * -ENOENT: none of them; -ENODATA: there is nothing in the file. */
int theme_load(struct theme *t, const char *name, struct err *e);
/* The text of a theme file; `file` stands in messages. */
int theme_read(
    struct theme *t, const char *file, const char *text, struct err *e);

/* A cell's look: the style, with the ground's background where it has none. */
struct style theme_mix(
    const struct theme *t, enum theme_key key, enum theme_key ground);

#endif
