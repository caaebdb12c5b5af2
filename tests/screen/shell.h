/* As much of a shell as job control needs: it starts the program as a group in
 * the foreground of its session's terminal, takes the terminal when the program
 * stops, and gives it back or not, as it is ordered. */
#ifndef TESTS_SCREEN_SHELL_H
#define TESTS_SCREEN_SHELL_H

enum shell_order {
    SHELL_FG = 'f',   /* gives it the terminal and continues it */
    SHELL_BG = 'b',   /* continues it without the terminal */
    SHELL_KILL = 'k', /* SIGTERM, and lets it go on in the background */
};

#define SHELL_STOPPED 's'

struct shell {
    int orders, reports; /* descriptors: bytes in, bytes out */
};

/* In the leader of a session whose terminal is standard input. Ends as the
 * program does. */
_Noreturn void shell_run(const struct shell *s, char *const *argv);

#endif
