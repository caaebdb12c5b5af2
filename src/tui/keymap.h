/* Keys, and the actions that they mean while the prompt is empty. One row an
 * action in actions.def; a keymap says which keys it has, for the user may have
 * given it others. Every text that names a key asks here. */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a code point (control characters included) or one of these. */
enum key_code {
    KEY_CODE_FIRST = 0x110000,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_DELETE,
    KEY_CODE_BACKSPACE,
    KEY_CODE_BACK_TAB,
    KEY_CODE_WORD_LEFT, /* Alt-B, Ctrl-Left */
    KEY_CODE_WORD_RIGHT,
    KEY_CODE_WORD_DELETE, /* Alt-D */
    KEY_CODE_WORD_BACKSPACE,
    KEY_CODE_F1,
    KEY_CODE_F12 = KEY_CODE_F1 + 11,
    KEY_CODE_MOUSE,   /* the first button, pressed */
    KEY_CODE_DRAG,    /* the mouse moved while it is */
    KEY_CODE_RELEASE, /* let go */
    KEY_CODE_WHEEL_UP,
    KEY_CODE_WHEEL_DOWN,
};

#define KEY_CODE_F(n)    (KEY_CODE_F1 + (uint32_t)(n)-1)
#define KEY_CTRL(letter) ((uint32_t)((letter)&0x1f))
#define KEY_RETURN       ((uint32_t)'\r')
#define KEY_ESC          ((uint32_t)0x1b)
#define KEY_TAB          ((uint32_t)'\t')

/* Whether the key can stand in a line. */
static inline bool key_is_text(uint32_t key)
{
    return key >= 0x20 && key < KEY_CODE_FIRST;
}

enum action {
    ACTION_NONE,
#define ACTION(id, name, when, typed, help, keys, line) ACTION_##id,
#include "actions.def"
#undef ACTION
    ACTIONS
};

/* Whether the screen shows now, or a moment of the past. */
enum action_when { ALWAYS, AT_NOW, IN_PAST };

/* What a letter does that may begin a word: it acts at once, whatever follows;
 * or at once, and a letter right behind it undoes that; or, where that can't be
 * undone, only once none follows. */
enum action_typed { FINAL, UNDONE, DELAYED };

struct action_row {
    const char *name; /* in the hint bar; N_() */
    enum action_when when;
    enum action_typed typed;
    const char *help;     /* N_() */
    const char *defaults; /* "PgDn n": keys, separated by blanks; what counts
                             is keymap_keys() */
    const char *line;     /* the notation it stands for, NULL: none */
};

/* The keys of every action; all zero (or NULL for a pointer to it) is as in
 * actions.def. */
struct keymap {
    char *keys[ACTIONS]; /* "PgDn n", "" for none; NULL: the defaults; owned */
};

void keymap_done(struct keymap *map);

const struct action_row *action_row(enum action a);
/* The action of that name (in lower case, as in the rows' ids: "event_back"),
 * ACTION_NONE if there is none. */
enum action action_named(const char *name);
const char *action_id(enum action a);

/* What a key means at now or in the past; a jamo of the Korean layout counts as
 * the Latin letter on the same key. Esc, Enter and the arrows mean what they do
 * by default where no action has them. ACTION_NONE: nothing. */
enum action keymap_action(const struct keymap *map, uint32_t key, bool past);
/* The key that always means the action: Esc, Enter, an arrow; 0: there is none.
 */
uint32_t keymap_fixed(enum action a);
/* In lists and the like, where a key means such an action: that fixed key for
 * one that the user has given it; any other key as it is. */
uint32_t keymap_plain(const struct keymap *map, uint32_t key, bool past);
/* What names one of these actions there: its first key, else the fixed one. */
uint32_t keymap_moving(const struct keymap *map, enum action a);
const char *keymap_keys(const struct keymap *map, enum action a);
/* The first of them; 0: it has none. */
uint32_t keymap_first(const struct keymap *map, enum action a);
/* The i-th of them; 0 behind the last. */
uint32_t keymap_at(const struct keymap *map, enum action a, size_t i);
/* Whether the key means both, at some moment, and did not in the defaults
 * (where the first row is meant). */
bool keymap_clash(
    const struct keymap *map, enum action a, enum action b, uint32_t key);
/* Takes one key from the action. */
void keymap_take_away(struct keymap *map, enum action a, uint32_t key);
/* Gives the action these keys ("Space n"), separated by blanks. */
void keymap_set(struct keymap *map, enum action a, const char *keys);

/* A key's name: "Ctrl-C", "PgDn", "n". */
#define KEY_NAME_MAX 16
struct key_name {
    char text[KEY_NAME_MAX];
};
struct key_name name_of_key(uint32_t key);
/* The name of the first key of an action; "-" if it has none. */
struct key_name keymap_name(const struct keymap *map, enum action a);
/* The key of a name of `len` bytes; 0: there is none. */
uint32_t key_named(const char *name, size_t len);

#endif
