/* Theme files (inih) and the arithmetic of colours. */
#include "theme.h"

#include "sockstage/base/embed.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/tui/tui.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *style;
} keys[THEME_KEYS] = {
#define THEME_KEY(id, name, style) {name, style},
#include "theme_keys.def"
#undef THEME_KEY
};

static const struct {
    const char *name;
    uint32_t attr;
} attr_words[] = {
    {"bold", STYLE_BOLD},
    {"dim", STYLE_DIM},
    {"italic", STYLE_ITALIC},
    {"underline", STYLE_UNDERLINE},
    {"reverse", STYLE_REVERSE},
};

static const char *const colour_words[] = {
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
};

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

const char *theme_key_name(enum theme_key key)
{
    return keys[key].name;
}

static bool parse_colour(const char *word, int32_t *out)
{
    char *end = NULL;

    if (str_equal(word, "default")) {
        *out = COLOUR_DEFAULT;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(colour_words); i++) {
        if (str_equal(word, colour_words[i])) {
            *out = (int32_t)i;
            return true;
        }
    }
    if (word[0] == '#') {
        size_t digits = strspn(word + 1, "0123456789abcdefABCDEF");
        if (digits != 6 || word[7] != '\0')
            return false;
        *out = COLOUR_RGB | (int32_t)strtol(word + 1, NULL, 16);
        return true;
    }
    if (word[0] < '0' || word[0] > '9')
        return false;
    long n = strtol(word, &end, 10);
    if (*end != '\0' || n > 255)
        return false;
    *out = (int32_t)n;
    return true;
}

static uint32_t parse_attr(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(attr_words); i++) {
        if (str_equal(word, attr_words[i].name))
            return attr_words[i].attr;
    }
    return 0;
}

bool style_parse(const char *text, struct style *out)
{
    struct style s = {COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    bool has_fg = false;
    bool has_bg = false;
    bool on = false;
    char *copy = xstrdup(text);
    char *rest = NULL;
    bool ok = false;

    for (char *word = strtok_r(copy, " \t", &rest); word;
         word = strtok_r(NULL, " \t", &rest)) {
        uint32_t attr = parse_attr(word);
        bool *had = on ? &has_bg : &has_fg;
        if (attr) {
            s.attrs |= attr;
        } else if (str_equal(word, "on") && !on) {
            on = true;
        } else if (*had || !parse_colour(word, on ? &s.bg : &s.fg)) {
            goto out;
        } else {
            *had = true;
        }
    }
    ok = on == has_bg && (has_fg || has_bg || s.attrs);
    if (ok)
        *out = s;
out:
    free(copy);
    return ok;
}

void theme_defaults(struct theme *t)
{
    for (size_t i = 0; i < THEME_KEYS; i++) {
        t->styles[i] = (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
        style_parse(keys[i].style, &t->styles[i]);
    }
}

struct reading {
    struct theme *theme;
    bool failed; /* the three below say where first */
    bool unknown;
    char key[64], value[80];
};

/* inih calls it for each NAME = VALUE; 0 marks the line as wrong. */
static int on_line(
    void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    size_t i = 0;

    if (str_equal(section, "theme"))
        return 1; /* about the theme: its name in words, its author */
    while (i < THEME_KEYS && !str_equal(keys[i].name, name))
        i++;
    if (i < THEME_KEYS && style_parse(value, &r->theme->styles[i]))
        return 1;
    if (!r->failed) {
        r->failed = true;
        r->unknown = i == THEME_KEYS;
        snprintf(r->key, sizeof r->key, "%s", name);
        snprintf(r->value, sizeof r->value, "%s", value);
    }
    return 0;
}

int theme_read(
    struct theme *t, const char *file, const char *text, struct err *e)
{
    struct reading r = {.theme = t};
    int line = ini_parse_string(text, on_line, &r);

    if (line == 0)
        return 0;
    if (line < 0)
        return err_set(e, ENOMEM, _("%s: no memory to read it"), file);
    if (!r.failed)
        return err_set(
            e, EINVAL, _("%s:%d: this isn't KEY = COLOURS"), file, line);
    if (r.unknown)
        return err_set(e, EINVAL,
            _("%s:%d: %s: there is no theme key of that name"), file, line,
            r.key);
    return err_set(e, EINVAL,
        _("%s:%d: %s: \"%s\" is not a colour; write for example "
          "\"bold #ffffff on 17\""),
        file, line, r.key, r.value);
}

static int read_file(const char *path, struct str *out, struct err *e)
{
    char buf[4096];
    FILE *f = fopen(path, "re");

    if (!f)
        return err_sys(e, errno, _("can't open the theme %s"), path);
    for (;;) {
        size_t n = fread(buf, 1, sizeof buf, f);
        str_addn(out, buf, n);
        if (n < sizeof buf || out->len > 1u << 20)
            break;
    }
    int bad = ferror(f) ? EIO : 0;
    fclose(f);
    return bad ? err_sys(e, bad, _("can't read the theme %s"), path) : 0;
}

int theme_load(struct theme *t, const char *name, struct err *e)
{
    struct str text = STR_INIT;

    for (const struct embed_file *f = embed_themes; f->name; f++) {
        if (str_equal(f->name, name))
            return theme_read(t, name, f->data, e);
    }
    int rc = read_file(name, &text, e);
    if (rc == 0)
        rc = theme_read(t, name, str_text(&text), e);
    str_done(&text);
    return rc;
}

const char *tui_theme_name_at(size_t i)
{
    for (size_t k = 0; embed_themes[k].name; k++) {
        if (k == i)
            return embed_themes[k].name;
    }
    return NULL;
}

struct style theme_mix(
    const struct theme *t, enum theme_key key, enum theme_key ground)
{
    struct style s = t->styles[key];
    const struct style *g = &t->styles[ground];
    const struct style *screen = &t->styles[THEME_SCREEN];

    if (s.fg == COLOUR_DEFAULT || key == THEME_SCREEN)
        s.fg = g->fg != COLOUR_DEFAULT ? g->fg : screen->fg;
    if (s.bg == COLOUR_DEFAULT || key == THEME_SCREEN)
        s.bg = g->bg != COLOUR_DEFAULT ? g->bg : screen->bg;
    if (key != ground)
        s.attrs |= g->attrs;
    return s;
}

static uint32_t palette_rgb(int i)
{
    if (i < 16)
        return base_rgb[i];
    if (i >= 232) {
        uint32_t grey = (uint32_t)(8 + 10 * (i - 232));
        return grey << 16 | grey << 8 | grey;
    }
    static const uint32_t steps[6] = {0, 95, 135, 175, 215, 255};
    int cube = i - 16;
    return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    static const uint32_t weight[3] = {3, 4, 2}; /* red, green, blue */

    for (unsigned shift = 0, i = 0; shift < 24; shift += 8, i++) {
        int d = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);
        sum += (uint32_t)(d * d) * weight[2 - i];
    }
    return sum;
}

int colour_nearest(int32_t colour, int colours)
{
    if (colour < 0 || colour < colours)
        return colour;
    uint32_t rgb =
        colour & COLOUR_RGB ? (uint32_t)colour & 0xffffff : palette_rgb(colour);
    /* The first sixteen look different on every terminal: not used where the
     * fixed cube is there. */
    int first = colours >= 256 ? 16 : 0;
    int best = first;
    for (int i = first; i < colours; i++) {
        if (distance(rgb, palette_rgb(i)) < distance(rgb, palette_rgb(best)))
            best = i;
    }
    return best;
}
