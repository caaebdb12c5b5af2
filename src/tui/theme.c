/* The text of theme files (inih), and styles on grounds. */
#include "theme.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

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
    t->large_meters = false;
    for (size_t i = 0; i < THEME_KEYS; i++) {
        t->styles[i] = (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
        style_parse(keys[i].style, &t->styles[i]);
    }
}

struct reading {
    struct theme *theme;
    bool failed; /* the three below say where first */
    bool unknown, about;
    char key[64], value[80];
};

/* [theme] is about the theme itself: how large its meters are, the built-in one
 * that it starts from; its name and author are for readers. */
static bool about_theme(struct theme *t, const char *name, const char *value)
{
    struct err ignored;

    if (str_equal(name, "base")) {
        const char *text = theme_built_in(value);
        return text && theme_read(t, value, text, &ignored) == 0;
    }
    if (!str_equal(name, "meters"))
        return true;
    t->large_meters = str_equal(value, "large");
    return t->large_meters || str_equal(value, "usual");
}

/* For a message: control bytes become symbols. */
static void keep_visible(const char *text, char *out, size_t size)
{
    struct str visible = STR_INIT;

    text_add_visible(&visible, text, 0);
    snprintf(out, size, "%s", str_text(&visible));
    str_done(&visible);
}

/* inih calls it for each NAME = VALUE; 0 marks the line as wrong. */
static int on_line(
    void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    size_t i = 0;

    bool about = str_equal(section, "theme");

    if (about && about_theme(r->theme, name, value))
        return 1;
    while (!about && i < THEME_KEYS && !str_equal(keys[i].name, name))
        i++;
    if (!about && i < THEME_KEYS && style_parse(value, &r->theme->styles[i]))
        return 1;
    if (!r->failed) {
        r->failed = true;
        r->about = about;
        r->unknown = i == THEME_KEYS;
        keep_visible(name, r->key, sizeof r->key);
        keep_visible(value, r->value, sizeof r->value);
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
    if (r.about)
        return err_set(e, EINVAL,
            _("%s:%d: %s: \"%s\" is not a choice; there are `meters = large` "
              "and `base =` a built-in theme"),
            file, line, r.key, r.value);
    if (r.unknown)
        return err_set(e, EINVAL,
            _("%s:%d: %s: there is no theme key of that name"), file, line,
            r.key);
    return err_set(e, EINVAL,
        _("%s:%d: %s: \"%s\" is not a colour; write for example "
          "\"bold #ffffff on 17\""),
        file, line, r.key, r.value);
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
