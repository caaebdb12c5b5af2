/* config.ini, read with inih:
 *
 *     [keys]
 *     deliver = Space x
 *     [screen]
 *     theme = projector
 */
#include "sockstage/tui/config.h"

#include "config_path.h"
#include "keymap.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/tui/tui.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS        " \t"
#define ACTION_ID_MAX 32

struct tui_config {
    struct tui_config_screen screen;
    struct keymap keys;
    VEC(char *) complaints; /* owned */
};

struct reading {
    struct tui_config *config;
    const char *file;
    const char *rest;       /* of the text */
    int line;               /* that was read last */
    int theme_line;         /* 0: it is nowhere */
    int key_lines[ACTIONS]; /* where an action got its keys; 0: nowhere */
};

__attribute__((format(printf, 4, 5))) static void complain(
    struct reading *r, int line, const char *key, const char *fmt, ...)
{
    struct str raw = STR_INIT;
    struct str shown = STR_INIT;
    va_list args;

    str_addf(&raw, line ? "%s:%d: " : "%s: ", r->file, line);
    if (key)
        str_addf(&raw, "%s: ", key);
    va_start(args, fmt);
    str_addv(&raw, fmt, args);
    va_end(args);
    text_add_visible(&shown, str_text(&raw), 0);
    str_done(&raw);
    vec_push(&r->config->complaints, str_steal(&shown));
}

/* ---- [screen] ------------------------------------------------------------ */

static bool take_word(const char *value, const char *const *words, int *out)
{
    for (int i = 0; words[i]; i++) {
        if (str_equal(words[i], value)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool take_theme(struct tui_config_screen *s, const char *value)
{
    if (*value == '\0')
        return false;
    free(s->theme);
    s->theme = xstrdup(value);
    return true;
}

static bool take_lang(struct tui_config_screen *s, const char *value)
{
    static const char *const words[] = {"en", "ko", NULL};
    int i = 0;

    if (!take_word(value, words, &i))
        return false;
    free(s->lang);
    s->lang = xstrdup(words[i]);
    return true;
}

static bool take_ascii(struct tui_config_screen *s, const char *value)
{
    static const char *const words[] = {"no", "yes", "false", "true", NULL};
    int i = 0;
    bool ok = take_word(value, words, &i);

    if (ok)
        s->ascii = i % 2 ? TUI_ASCII_YES : TUI_ASCII_NO;
    return ok;
}

static bool take_detail(struct tui_config_screen *s, const char *value)
{
    static const char *const words[] = {"notes", "tcp", "kernel", NULL};
    int i = 0;
    bool ok = take_word(value, words, &i);

    if (ok)
        s->detail = i + 1;
    return ok;
}

static const struct {
    const char *name;
    bool (*take)(struct tui_config_screen *s, const char *value);
    const char *choices;
} settings[] = {
    {"theme", take_theme, "NAME, FILE"},
    {"lang", take_lang, "en, ko"},
    {"ascii", take_ascii, "yes, no"},
    {"detail", take_detail, "notes, tcp, kernel"},
};

static void take_setting(struct reading *r, const char *name, const char *value)
{
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        if (!str_equal(settings[i].name, name))
            continue;
        if (!settings[i].take(&r->config->screen, value))
            complain(r, r->line, name, _("\"%s\" is not one of: %s"), value,
                settings[i].choices);
        else if (settings[i].take == take_theme)
            r->theme_line = r->line;
        return;
    }
    complain(r, r->line, name,
        _("there is no such setting; there are theme, lang, ascii, detail"));
}

/* ---- [keys] -------------------------------------------------------------- */

/* What people type begins with these; a shortcut would take them away. */
static bool begins_typing(uint32_t key)
{
    return key == ':' || key == 'c' || key == 's' || key == 'w' || key == 'e';
}

static const char *why_not(uint32_t key)
{
    if (key == 0)
        return _("there is no key \"%s\"; write it as the page of keys does");
    if (begins_typing(key))
        return _("%s can't be a shortcut: what is typed begins with it");
    return NULL;
}

static bool keys_are_right(struct reading *r, const char *name, char *words)
{
    char *rest = NULL;

    for (char *word = strtok_r(words, BLANKS, &rest); word;
         word = strtok_r(NULL, BLANKS, &rest)) {
        const char *why = why_not(key_named(word, strlen(word)));
        if (why) {
            complain(r, r->line, name, why, word);
            return false;
        }
    }
    return true;
}

static void take_keys(struct reading *r, const char *name, const char *value)
{
    enum action a = action_named(name);
    char *words = xstrdup(str_equal(value, "none") ? "" : value);
    char *keys = xstrdup(words);

    if (a == ACTION_NONE)
        complain(r, r->line, name, _("there is no action of that name"));
    else if (keys_are_right(r, name, words)) {
        keymap_set(&r->config->keys, a, keys);
        r->key_lines[a] = r->line;
    }
    free(words);
    free(keys);
}

static void lower_id(enum action a, char out[ACTION_ID_MAX])
{
    snprintf(out, ACTION_ID_MAX, "%s", action_id(a));
    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

static bool is_free(const struct keymap *map, enum action a, uint32_t key)
{
    for (enum action b = ACTION_NONE + 1; b < ACTIONS; b++) {
        if (b != a && keymap_clash(map, a, b, key))
            return false;
    }
    return true;
}

/* Of the keys that it has without the file, those that nobody has now. */
static void give_defaults_back(struct keymap *map, enum action a)
{
    uint32_t key;

    keymap_set(map, a, action_row(a)->defaults);
    for (size_t i = 0; (key = keymap_at(map, a, i)) != 0;) {
        if (is_free(map, a, key))
            i++;
        else
            keymap_take_away(map, a, key);
    }
}

/* An action that the file leaves alone gives its key to one that has it there;
 * of two from the file the first in the page of keys has it. */
static void settle_clash(
    struct reading *r, enum action a, enum action b, uint32_t key)
{
    struct keymap *map = &r->config->keys;
    char mine[ACTION_ID_MAX];
    char other[ACTION_ID_MAX];
    struct key_name name = name_of_key(key);

    lower_id(a, mine);
    lower_id(b, other);
    keymap_take_away(map, b, key);
    if (r->key_lines[b] && !keymap_at(map, b, 0))
        give_defaults_back(map, b);
    struct key_name left = keymap_name(map, b);
    if (r->key_lines[b]) {
        complain(r, r->key_lines[b], other,
            _("%s means %s already (line %d); this has %s"), name.text, mine,
            r->key_lines[a], keymap_first(map, b) ? left.text : _("none"));
        return;
    }
    complain(r, r->key_lines[a], mine,
        _("%s was the key of %s, which now has %s"), name.text, other,
        keymap_first(map, b) ? left.text : _("none"));
}

static void settle_keys_of(struct reading *r, enum action a)
{
    const struct keymap *map = &r->config->keys;

    for (enum action b = ACTION_NONE + 1; b < ACTIONS; b++) {
        uint32_t key;
        bool once = r->key_lines[b] && b < a; /* told from the other side */
        for (size_t i = 0; b != a && !once && (key = keymap_at(map, a, i));
             i++) {
            if (keymap_clash(map, a, b, key))
                settle_clash(r, a, b, key);
        }
    }
}

static void settle_keys(struct reading *r)
{
    struct keymap *map = &r->config->keys;

    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        if (r->key_lines[a])
            settle_keys_of(r, a);
    }
    if (!keymap_first(map, ACTION_QUIT) &&
        !keymap_first(map, ACTION_INTERRUPT)) {
        keymap_set(
            map, ACTION_INTERRUPT, action_row(ACTION_INTERRUPT)->defaults);
        complain(r, 0, "quit",
            _("without a key nobody could leave: %s still does"),
            keymap_name(map, ACTION_INTERRUPT).text);
    }
}

/* ---- the file ------------------------------------------------------------ */

/* The line without what stands behind it: inih takes no `;` for a comment that
 * has no blank before it. */
static size_t line_end(const char *line, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (line[i] == ';' && isspace((unsigned char)line[i - 1]))
            return i;
    }
    return len;
}

/* Whether it is neither empty nor a comment, and neither [SECTION] nor
 * KEY = VALUE. */
static bool is_wrong(const char *line, size_t len)
{
    if (len == 0 || *line == ';' || *line == '#')
        return false;
    len = line_end(line, len);
    if (*line == '[')
        return !memchr(line, ']', len);
    size_t key = strcspn(line, "=:");
    return key == 0 || key >= len;
}

/* As fgets(3), for inih: from text, counting lines. What they begin with is
 * left out, for inih would take a line that begins with a blank as more of the
 * one above; what is wrong too, for it tells only the first of these. */
static char *next_line(char *out, int size, void *stream)
{
    struct reading *r = stream;
    size_t len = strcspn(r->rest, "\n");
    size_t room = (size_t)size - 1;
    const char *line = r->rest;

    if (*r->rest == '\0')
        return NULL;
    r->rest += len + (line[len] == '\n');
    r->line++;
    for (; len > 0 && isspace((unsigned char)*line); line++)
        len--;
    if (len > room)
        complain(r, r->line, NULL, _("the line is too long"));
    else if (is_wrong(line, len))
        complain(r, r->line, NULL, _("this isn't KEY = VALUE"));
    if (len > room || is_wrong(line, len))
        len = 0;
    snprintf(out, (size_t)size, "%.*s", (int)len, line);
    return out;
}

static int on_line(
    void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;

    if (str_equal(section, "keys"))
        take_keys(r, name, value);
    else if (str_equal(section, "screen"))
        take_setting(r, name, value);
    else
        complain(r, r->line, name,
            _("it is in no section; there are [keys] and [screen]"));
    return 1;
}

/* The text behind the mark that some editors begin UTF-8 with. */
static const char *skip_mark(const char *text)
{
    static const char mark[] = "\xef\xbb\xbf";

    return strncmp(text, mark, 3) == 0 ? text + 3 : text;
}

static void read_text(struct reading *r, const char *text)
{
    r->config = xcalloc(1, sizeof *r->config);
    r->rest = skip_mark(text);
    int broken = ini_parse_stream(next_line, r, on_line, r);
    if (broken > 0) /* the first that it can't take apart */
        complain(r, broken, NULL, _("this isn't KEY = VALUE"));
    settle_keys(r);
}

struct tui_config *tui_config_parse(const char *file, const char *text)
{
    struct reading r = {.file = file};

    read_text(&r, text);
    return r.config;
}

/* It stays asked for: a file that is repaired is read again. */
static void check_theme(struct reading *r)
{
    struct err e;

    if (r->theme_line && tui_theme_check(r->config->screen.theme, &e) < 0)
        complain(r, r->theme_line, "theme", "%s", e.msg);
}

struct tui_config *tui_config_read(void)
{
    char *path = config_path("config.ini");
    struct str text = STR_INIT;
    int rc = path ? config_read_file(path, &text) : -ENOENT;
    struct reading r = {.file = path ? path : "config.ini"};

    read_text(&r, str_text(&text));
    check_theme(&r);
    if (rc < 0 && rc != -ENOENT && rc != -ENOTDIR)
        complain(&r, 0, NULL, "%s", strerror(-rc));
    str_done(&text);
    free(path);
    return r.config;
}

void tui_config_free(struct tui_config *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->complaints.len; i++)
        free(c->complaints.items[i]);
    vec_done(&c->complaints);
    keymap_done(&c->keys);
    free(c->screen.theme);
    free(c->screen.lang);
    free(c);
}

const struct tui_config_screen *tui_config_screen(const struct tui_config *c)
{
    return &c->screen;
}

const struct keymap *tui_config_keys(const struct tui_config *c)
{
    return &c->keys;
}

const char *tui_config_complaint(const struct tui_config *c, size_t i)
{
    return i < c->complaints.len ? c->complaints.items[i] : NULL;
}
