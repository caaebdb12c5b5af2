/* The user's settings: keys and looks of the screen. */
#ifndef SOCKSTAGE_TUI_CONFIG_H
#define SOCKSTAGE_TUI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct keymap;

enum tui_ascii { TUI_ASCII_OPEN, TUI_ASCII_YES, TUI_ASCII_NO };

/* [screen] of the file, NULL and 0 where it says nothing. */
struct tui_config_screen {
    char *theme; /* as --theme takes it */
    char *lang;  /* "en" or "ko" */
    enum tui_ascii ascii;
    int detail; /* 1 notes, 2 TCP, 3 kernel */
};

struct tui_config;

/* Reads $XDG_CONFIG_HOME/sockstage/config.ini (else of ~/.config). Never NULL:
 * without a file it is as if that were empty, and of a wrong one the lines that
 * are right count. */
struct tui_config *tui_config_read(void);
/* The same from text; `file` stands in the complaints. */
struct tui_config *tui_config_parse(const char *file, const char *text);
void tui_config_free(struct tui_config *c); /* NULL is allowed */

const struct tui_config_screen *tui_config_screen(const struct tui_config *c);
const struct keymap *tui_config_keys(const struct tui_config *c);
/* What is wrong, a line each: "config.ini:3: hold: there is no key Spce";
 * NULL behind the last. */
const char *tui_config_complaint(const struct tui_config *c, size_t i);

#endif
