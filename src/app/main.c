/* sockstage: reads the command line and starts one of the modes. */
#include "app.h"

#include "sockstage/base/text.h"

#include <signal.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct options o;
    struct err e;
    const char *lang;

    /* A broken connection or pipe is a result (EPIPE), not a death. */
    signal(SIGPIPE, SIG_IGN);
    lang = lang_open(NULL);
    if (options_parse(argc, argv, &o, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        return EXIT_USAGE;
    }
    if (o.lang)
        lang = lang_open(o.lang);
    switch (o.command) {
    case COMMAND_RUN:
        return mode_run(&o, lang);
    case COMMAND_DOCTOR:
        return mode_doctor();
    case COMMAND_TUI:
        return mode_tui(&o, lang);
    case COMMAND_DONE:
        break;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs(_("sockstage: standard output can't be written\n"), stderr);
        return EXIT_MACHINE;
    }
    return EXIT_PASSED;
}
