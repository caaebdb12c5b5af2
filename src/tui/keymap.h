/* Keys, and the actions that they mean while the prompt is empty. One row an
 * action in actions.def. */
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
    KEY_CODE_MOUSE,   /* the first button, pressed */
    KEY_CODE_DRAG,    /* the mouse moved while it is */
    KEY_CODE_RELEASE, /* let go */
    KEY_CODE_WHEEL_UP,
    KEY_CODE_WHEEL_DOWN,
};

#define KEY_CTRL(letter) ((uint32_t)((letter)&0x1f))
#define KEY_RETURN       ((uint32_t)'\r')
#define KEY_ESC          ((uint32_t)0x1b)
#define KEY_TAB          ((uint32_t)'\t')

enum action {
    ACTION_NONE,
#define ACTION(id, name, when, help, keys, line) ACTION_##id,
#include "actions.def"
#undef ACTION
    ACTIONS
};

/* Whether the screen shows now, or a moment of the past. */
enum action_when { ALWAYS, AT_NOW, IN_PAST };

struct action_row {
    const char *name; /* in the hint bar; N_() */
    enum action_when when;
    const char *help; /* N_() */
    const char *keys; /* "PgDn n": one or more, separated by blanks */
    const char *line; /* the notation it stands for, NULL: none */
};

const struct action_row *action_row(enum action a);

/* What a key means at now or in the past; a jamo of the Korean layout counts as
 * the Latin letter on the same key. ACTION_NONE: nothing. */
enum action keymap_action(uint32_t key, bool past);

#endif
