/* Codes for sequences that curses has no name for: defined when the terminal
 * is opened, understood by the input. Include <curses.h> first. */
#ifndef TUI_CURSES_KEYS_H
#define TUI_CURSES_KEYS_H

enum curses_key {
    CURSES_PASTE_BEGIN = KEY_MAX + 1, /* bracketed paste, xterm's ctlseqs */
    CURSES_PASTE_END,
    CURSES_WORD_LEFT,
    CURSES_WORD_RIGHT,
    CURSES_WORD_DELETE,
    CURSES_WORD_BACKSPACE,
};

#define PASTE_END_BYTES "\033[201~"

#endif
