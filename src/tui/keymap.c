/* From key to action, by the rows of actions.def. */
#include "keymap.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

static const struct action_row rows[ACTIONS] = {
    [ACTION_NONE] = {"", ALWAYS, FINAL, "", "", NULL},
#define ACTION(id, name, when, typed, help, keys, line)                        \
    [ACTION_##id] = {name, when, typed, help, keys, line},
#include "actions.def"
#undef ACTION
};

static const char *const ids[ACTIONS] = {
    [ACTION_NONE] = "",
#define ACTION(id, name, when, typed, help, keys, line) [ACTION_##id] = #id,
#include "actions.def"
#undef ACTION
};

static const struct {
    const char *name;
    uint32_t key;
} key_names[] = {
    {"Enter", KEY_RETURN}, {"Space", ' '}, {"Tab", KEY_TAB},
    {"Shift-Tab", KEY_CODE_BACK_TAB}, {"Esc", KEY_ESC}, {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN}, {"Left", KEY_CODE_LEFT}, {"Right", KEY_CODE_RIGHT},
    {"PgDn", KEY_CODE_PAGE_DOWN}, {"PgUp", KEY_CODE_PAGE_UP},
    {"Home", KEY_CODE_HOME}, {"End", KEY_CODE_END}, {"Delete", KEY_CODE_DELETE},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Semicolon", ';'}, /* begins a comment in a file of settings */
};

/* The letters of the Korean two-set layout, by the Latin letter of the key:
 * with the input method on, a shortcut arrives as a jamo. */
static const char *const jamo[26] = {
    "ㅁ",
    "ㅠ",
    "ㅊ",
    "ㅇ",
    "ㄷ",
    "ㄹ",
    "ㅎ",
    "ㅗ",
    "ㅑ",
    "ㅓ",
    "ㅏ",
    "ㅣ",
    "ㅡ",
    "ㅜ",
    "ㅐ",
    "ㅔ",
    "ㅂ",
    "ㄱ",
    "ㄴ",
    "ㅅ",
    "ㅕ",
    "ㅍ",
    "ㅈ",
    "ㅌ",
    "ㅛ",
    "ㅋ",
};

const struct action_row *action_row(enum action a)
{
    return &rows[a];
}

static uint32_t latin(uint32_t key)
{
    for (size_t i = 0; i < ARRAY_LEN(jamo); i++) {
        uint32_t code = 0;
        utf8_decode(jamo[i], strlen(jamo[i]), &code);
        if (code == key)
            return 'a' + (uint32_t)i;
    }
    return key;
}

/* ---- names -------------------------------------------------------------- */

static bool begins(const char *name, size_t len, const char *with)
{
    return len > strlen(with) && strncmp(name, with, strlen(with)) == 0;
}

/* "F1" to "F12"; 0: none of them. */
static uint32_t function_key(const char *name, size_t len)
{
    int n = 0;

    if (len < 2 || len > 3 || name[0] != 'F')
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (name[i] < '0' || name[i] > '9')
            return 0;
        n = 10 * n + name[i] - '0';
    }
    return n >= 1 && n <= 12 && name[1] != '0' ? KEY_CODE_F(n) : 0;
}

uint32_t key_named(const char *name, size_t len)
{
    uint32_t code = 0;

    for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
        if (strlen(key_names[i].name) == len &&
            memcmp(key_names[i].name, name, len) == 0)
            return key_names[i].key;
    }
    if (begins(name, len, "Ctrl-") && len == 6 && name[5] >= 'A' &&
        name[5] <= 'Z')
        return KEY_CTRL(name[5]);
    if (function_key(name, len))
        return function_key(name, len);
    if (len == 0 || utf8_decode(name, len, &code) != len || code <= ' ' ||
        code == 0x7f)
        return 0;
    return latin(code);
}

struct key_name name_of_key(uint32_t key)
{
    struct key_name out = {""};

    for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
        if (key_names[i].key == key) {
            snprintf(out.text, sizeof out.text, "%s", key_names[i].name);
            return out;
        }
    }
    if (key >= KEY_CODE_F(1) && key <= KEY_CODE_F(12))
        snprintf(out.text, sizeof out.text, "F%u", key - KEY_CODE_F(1) + 1);
    else if (key > 0 && key < ' ')
        snprintf(out.text, sizeof out.text, "Ctrl-%c", (int)key + '@');
    else if (key > ' ' && key < KEY_CODE_FIRST)
        out.text[utf8_encode(key, out.text)] = '\0';
    return out;
}

enum action action_named(const char *name)
{
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        if (strcasecmp(ids[a], name) == 0)
            return a;
    }
    return ACTION_NONE;
}

const char *action_id(enum action a)
{
    return ids[a];
}

/* ---- the map ------------------------------------------------------------ */

/* What these keys do is known everywhere, so they go on doing it, unless the
 * user has given them to another action. */
static const struct {
    uint32_t key;
    enum action action;
} fixed[] = {
    {KEY_ESC, ACTION_BACK},
    {KEY_RETURN, ACTION_CALL},
    {KEY_RETURN, ACTION_PAST_MENU},
    {KEY_CODE_UP, ACTION_UP},
    {KEY_CODE_DOWN, ACTION_DOWN},
    {KEY_CODE_LEFT, ACTION_LEFT},
    {KEY_CODE_RIGHT, ACTION_RIGHT},
};

void keymap_done(struct keymap *map)
{
    for (enum action a = 0; a < ACTIONS; a++) {
        free(map->keys[a]);
        map->keys[a] = NULL;
    }
}

void keymap_set(struct keymap *map, enum action a, const char *keys)
{
    free(map->keys[a]);
    map->keys[a] = xstrdup(keys);
}

const char *keymap_keys(const struct keymap *map, enum action a)
{
    return map && map->keys[a] ? map->keys[a] : rows[a].defaults;
}

uint32_t keymap_at(const struct keymap *map, enum action a, size_t i)
{
    const char *keys = keymap_keys(map, a);

    for (keys += strspn(keys, BLANKS); *keys && i > 0; i--) {
        keys += strcspn(keys, BLANKS);
        keys += strspn(keys, BLANKS);
    }
    return *keys ? key_named(keys, strcspn(keys, BLANKS)) : 0;
}

static bool has_key(const struct keymap *map, enum action a, uint32_t key)
{
    uint32_t have;

    for (size_t i = 0; (have = keymap_at(map, a, i)) != 0; i++) {
        if (have == key)
            return true;
    }
    return false;
}

bool keymap_clash(
    const struct keymap *map, enum action a, enum action b, uint32_t key)
{
    bool apart = (rows[a].when == AT_NOW && rows[b].when == IN_PAST) ||
                 (rows[a].when == IN_PAST && rows[b].when == AT_NOW);

    return !apart && has_key(map, a, key) && has_key(map, b, key) &&
           !(has_key(NULL, a, key) && has_key(NULL, b, key));
}

void keymap_take_away(struct keymap *map, enum action a, uint32_t key)
{
    struct str left = STR_INIT;
    uint32_t have;

    for (size_t i = 0; (have = keymap_at(map, a, i)) != 0; i++) {
        if (have != key)
            str_addf(
                &left, "%s%s", left.len ? " " : "", name_of_key(have).text);
    }
    keymap_set(map, a, str_text(&left));
    str_done(&left);
}

static enum action_when other_time(bool past)
{
    return past ? AT_NOW : IN_PAST;
}

static enum action meant_by(const struct keymap *map, uint32_t key, bool past)
{
    enum action_when other = other_time(past);

    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        if (rows[a].when != other && has_key(map, a, key))
            return a;
    }
    return ACTION_NONE;
}

static enum action meant_by_fixed(uint32_t key, bool past)
{
    enum action_when other = other_time(past);

    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        if (fixed[i].key == key && rows[fixed[i].action].when != other)
            return fixed[i].action;
    }
    return ACTION_NONE;
}

enum action keymap_action(const struct keymap *map, uint32_t key, bool past)
{
    uint32_t small = latin(key);
    enum action a = meant_by(map, small, past);

    /* A jamo is the same with Shift: where the small letter is none, it is the
     * capital one. */
    if (a == ACTION_NONE && small != key)
        a = meant_by(map, small - 'a' + 'A', past);
    return a == ACTION_NONE ? meant_by_fixed(key, past) : a;
}

uint32_t keymap_fixed(enum action a)
{
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        if (fixed[i].action == a)
            return fixed[i].key;
    }
    return 0;
}

uint32_t keymap_plain(const struct keymap *map, uint32_t key, bool past)
{
    enum action a = keymap_action(map, key, past);
    uint32_t plain = keymap_fixed(a);

    /* Those that it has by default stay what they are: Tab completes. */
    return plain && !has_key(NULL, a, latin(key)) ? plain : key;
}

uint32_t keymap_first(const struct keymap *map, enum action a)
{
    uint32_t plain = keymap_fixed(a);
    uint32_t first = keymap_at(map, a, 0);

    if (!first && plain &&
        keymap_action(map, plain, rows[a].when == IN_PAST) == a)
        first = plain;
    return first;
}

struct key_name keymap_name(const struct keymap *map, enum action a)
{
    uint32_t key = keymap_first(map, a);

    return key ? name_of_key(key) : (struct key_name){"-"};
}

uint32_t keymap_moving(const struct keymap *map, enum action a)
{
    uint32_t first = keymap_first(map, a);

    return first ? first : keymap_fixed(a);
}
