/* The command line. */
#ifndef SOCKSTAGE_APP_OPTIONS_H
#define SOCKSTAGE_APP_OPTIONS_H

#include "sockstage/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exit_code {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1,   /* an expectation or an unexpected error */
    EXIT_USAGE = 2,    /* usage, or something that does not parse */
    EXIT_MACHINE = 3,  /* the machine cannot do what was asked */
    EXIT_SKIPPED = 77, /* every script was skipped */
    EXIT_INTERRUPTED = 130,
};

enum command {
    COMMAND_TUI,
    COMMAND_RUN,
    COMMAND_EXPORT,
    COMMAND_DOCTOR,
    COMMAND_LESSONS,
    COMMAND_SHOW,
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_THEMES, /* --theme=list */
};

enum wire_choice { WIRE_AUTO, WIRE_PRIVATE, WIRE_LOOPBACK };

struct options {
    enum command command;
    enum wire_choice wire;
    const char *format; /* of `run` and `export` */
    const char *record; /* NULL: none */
    const char *pcap;   /* NULL: none */
    const char *theme;  /* NULL: the default */
    const char *lang;   /* NULL: the locale's */
    const char *output; /* of `export`; NULL: standard output */
    bool ascii, payload, force;
    size_t chapter;            /* of `export`, from 1; 0: not named */
    struct tui_config *config; /* of the screen, see settings_open() */
    struct err theme_failure;  /* of --theme; msg "": none */
    uint64_t timeout_ns;
    uint64_t memory; /* bytes, for the past */
    /* The first option given that only a live stage has a use for, NULL: none;
     * and one that only `export` has. */
    const char *of_stage, *of_export;
    char *
        *files; /* of the command, or the one of the TUI; borrowed from argv */
    size_t file_count;
};

/* The language that the command line asks for, so that what else is wrong with
 * it can be told in that language; NULL: none, or no such one. */
const char *options_lang(int argc, char **argv);

/* Reads the command line. 0 or -EINVAL with a message. */
int options_parse(int argc, char **argv, struct options *out, struct err *e);

/* After the command line turned out to name a recording: 0, or -EINVAL if an
 * option makes no sense with one. */
int options_check_recording(const struct options *o, struct err *e);

/* The theme of the screen: what was asked for, else the default. */
const char *options_theme(const struct options *o);

/* Answers COMMAND_HELP, _VERSION or _THEMES on standard output. */
void options_answer(enum command command);

#endif
