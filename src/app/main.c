/* sockstage: reads the command line and starts one of the modes. */
#include "app.h"
#include "recording_file.h"

#include "sockstage/base/text.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* Whoever started us may have closed some of them; the next file opened would
 * then be taken for standard output. False if there is no standard output. */
static bool standard_descriptors_open(void)
{
    bool has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            return false;
    return has_output;
}

static int start(const struct options *o, const char *lang)
{
    switch (o->command) {
    case COMMAND_RUN:
        return mode_run(o, lang);
    case COMMAND_EXPORT:
        return mode_export(o, lang);
    case COMMAND_DOCTOR:
        return mode_doctor();
    case COMMAND_LESSONS:
        return mode_lessons(lang);
    case COMMAND_SHOW:
        return mode_show(o);
    case COMMAND_TUI:
        if (o->file_count == 1 && recording_file_is(o->files[0]))
            return mode_replay(o, lang);
        return mode_tui(o, lang);
    case COMMAND_HELP:
    case COMMAND_VERSION:
    case COMMAND_THEMES:
        options_answer(o->command);
    }
    return EXIT_PASSED;
}

/* A large value (what recv() returned, what send() was given) lives for one
 * line: kept for the next, its memory need not be cleared by the kernel again,
 * page by page (mallopt(3)). */
static void keep_freed_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

int main(int argc, char **argv)
{
    bool has_output = standard_descriptors_open();
    struct options o;
    struct err e;
    const char *lang;
    int code;

    /* A broken connection or pipe is a result (EPIPE), not a death; and so is
     * a file that may not grow (EFBIG). */
    signal(SIGPIPE, SIG_IGN);
    keep_freed_memory();
    signal(SIGXFSZ, SIG_IGN);
    lang = lang_open(options_lang(argc, argv));
    if (options_parse(argc, argv, &o, &e) < 0) {
        fprintf(stderr, "sockstage: %s\n", e.msg);
        return EXIT_USAGE;
    }
    if (o.command == COMMAND_TUI)
        settings_open(&o);
    if (o.lang) /* perhaps by the settings */
        lang = lang_open(o.lang);
    code = start(&o, lang);
    settings_close(&o);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs(_("sockstage: standard output can't be written\n"), stderr);
        return EXIT_MACHINE;
    }
    if (!has_output && code == EXIT_PASSED && o.command != COMMAND_TUI &&
        !o.output) {
        fputs(_("sockstage: standard output is closed\n"), stderr);
        return EXIT_MACHINE; /* the results went nowhere */
    }
    return code;
}
