/* A terminal for tests: runs the program in a pty and keeps what it draws in
 * a libvterm screen. Every wait is for a condition, with a deadline. */
#ifndef TESTS_SCREEN_TERM_H
#define TESTS_SCREEN_TERM_H

#include "shell.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct term;

#define TERM_WAIT_MS 10000

/* Starts $SOCKSTAGE with these arguments (closed by NULL) in a terminal of
 * that size. */
struct term *term_start(int rows, int cols, const char *const *args);
/* What else the program finds; NULL and false: the usual. */
struct term_setup {
    const char *term;   /* TERM; NULL: xterm-256color */
    const char *config; /* XDG_CONFIG_HOME */
    const char *state;  /* XDG_STATE_HOME; NULL: there is no home at all */
    bool shell;         /* a shell with job control starts it, see below */
};
struct term *term_start_with(int rows, int cols, const char *const *args,
    const struct term_setup *setup);
/* Ends what still runs, and frees. */
void term_free(struct term *t);

pid_t term_pid(const struct term *t);
/* The process group in the foreground: with a shell, the program's. */
pid_t term_foreground(const struct term *t);
void term_keys(struct term *t, const char *bytes);
/* Types a line and Enter. */
void term_line(struct term *t, const char *line);
/* Pastes as a terminal does: between two marks, if the program asked for
 * them; false if it did not. */
bool term_paste(struct term *t, const char *text);
void term_resize(struct term *t, int rows, int cols);

/* Waits until the screen contains the text, or no longer does. On a timeout
 * prints the screen and returns false. */
bool term_wait(struct term *t, const char *text);
bool term_wait_gone(struct term *t, const char *text);
/* Waits for the end; the exit code, 128 + signal, or -1 on a timeout. */
int term_wait_exit(struct term *t);
/* Takes the terminal away, as a closed window does, and waits as above. */
int term_hang_up(struct term *t);
/* Leaves by `q` and frees; whether it ended well and gave the terminal back. */
bool term_quit(struct term *t);
/* Takes in what is drawn within that time. */
void term_pump(struct term *t, int ms);

/* Presses the key again and again and reads nothing, until the terminal takes
 * no more; false if it always does. */
bool term_stick(struct term *t, const char *key);
/* The same as above without reading anything. */
void term_resize_unread(struct term *t, int rows, int cols);
int term_wait_exit_unread(struct term *t);
bool term_wait_stopped_unread(struct term *t);

/* Waits until the shell tells that the program was stopped. */
bool term_wait_stopped(struct term *t);
void term_order(struct term *t, enum shell_order order);

/* The screen as text, a line a row, trailing blanks left out; the caller
 * frees. */
char *term_dump(struct term *t);
/* The same with each cell's colours and attributes, to be compared; the caller
 * frees. */
char *term_paint(struct term *t);
/* Where the text begins on the screen, from 0; false: it is not there. */
bool term_find(struct term *t, const char *text, int *row, int *col);
/* A cell's colours as 0xrrggbb. */
void term_colours_at(
    struct term *t, int row, int col, uint32_t *fg, uint32_t *bg);
/* Those of the first cell of `text` on the screen. */
bool term_colours(struct term *t, const char *text, uint32_t *fg, uint32_t *bg);

/* Whether the settings are as before the start, the main screen is shown, the
 * cursor is visible and the mouse is not asked for. */
bool term_is_restored(struct term *t);
/* Only the settings; nothing is read. */
bool term_has_settings(struct term *t);
/* Whether $SOCKSTAGE says that this machine can't have the private wire. */
bool term_wire_is_refused(void);
/* A TCP port of the machine's loopback that no other program has. */
unsigned term_free_port(void);

/* How often the process has gone to sleep or been put to sleep so far. */
uint64_t term_switches(const struct term *t);

#endif
