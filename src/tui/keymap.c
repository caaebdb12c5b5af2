/* From key to action, by the rows of actions.def. */
#include "keymap.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <string.h>

static const struct action_row rows[ACTIONS] = {
    [ACTION_NONE] = {"", ALWAYS, "", "", NULL},
#define ACTION(id, name, when, help, keys, line)                               \
    [ACTION_##id] = {name, when, help, keys, line},
#include "actions.def"
#undef ACTION
};

static const struct {
    const char *name;
    uint32_t key;
} key_names[] = {
    {"Enter", KEY_RETURN},
    {"Space", ' '},
    {"Tab", KEY_TAB},
    {"Shift-Tab", KEY_CODE_BACK_TAB},
    {"Esc", KEY_ESC},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"PgDn", KEY_CODE_PAGE_DOWN},
    {"PgUp", KEY_CODE_PAGE_UP},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"Ctrl-C", KEY_CTRL('C')},
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

static uint32_t key_by_name(const char *name, size_t len)
{
    uint32_t code = 0;

    for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
        if (strlen(key_names[i].name) == len &&
            memcmp(key_names[i].name, name, len) == 0)
            return key_names[i].key;
    }
    utf8_decode(name, len, &code);
    return code;
}

static bool has_key(const char *keys, uint32_t key)
{
    while (*keys) {
        size_t len = strcspn(keys, " ");
        if (key_by_name(keys, len) == key)
            return true;
        keys += len;
        keys += strspn(keys, " ");
    }
    return false;
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

enum action keymap_action(uint32_t key, bool past)
{
    enum action_when other = past ? AT_NOW : IN_PAST;

    key = latin(key);
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        if (rows[a].when != other && has_key(rows[a].keys, key))
            return a;
    }
    return ACTION_NONE;
}
