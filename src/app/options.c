/* The command line: one table of options from which getopt_long(3) and the
 * help text are made. */
#include "options.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/report/report.h"
#include "sockstage/tui/tui.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct option_row {
    const char *name;
    const char *argument; /* as the help names it; NULL: takes none */
    const char *help;     /* N_() */
    int (*take)(struct options *o, const char *value, struct err *e);
};

static int one_of(const char *value, const char *const *words, int count,
    const char *option, struct err *e)
{
    for (int i = 0; i < count; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    return err_set(
        e, EINVAL, _("--%s=%s: no such choice; see --help"), option, value);
}

static int take_wire(struct options *o, const char *value, struct err *e)
{
    static const char *const words[] = {"auto", "private", "loopback"};
    int i = one_of(value, words, ARRAY_LEN(words), "wire", e);

    if (i >= 0)
        o->wire = (enum wire_choice)i;
    return i;
}

static int take_format(struct options *o, const char *value, struct err *e)
{
    const struct report_def *def = report_find(value);

    o->format = value;
    if (def && def->of_run)
        return 0;
    return err_set(
        e, EINVAL, _("--format=%s: no such format; see --help"), value);
}

static int take_record(struct options *o, const char *value, struct err *e)
{
    (void)e;
    o->record = value;
    return 0;
}

static int take_pcap(struct options *o, const char *value, struct err *e)
{
    (void)e;
    o->pcap = value;
    return 0;
}

static int take_theme(struct options *o, const char *value, struct err *e)
{
    (void)e;
    o->theme = value;
    if (strcmp(value, "list") == 0)
        o->command = COMMAND_THEMES;
    return 0;
}

static int take_lang(struct options *o, const char *value, struct err *e)
{
    static const char *const words[] = {"en", "ko"};
    int i = one_of(value, words, ARRAY_LEN(words), "lang", e);

    if (i >= 0)
        o->lang = words[i];
    return i;
}

static int take_ascii(struct options *o, const char *value, struct err *e)
{
    (void)value;
    (void)e;
    o->ascii = true;
    return 0;
}

static int take_payload(struct options *o, const char *value, struct err *e)
{
    (void)value;
    (void)e;
    o->payload = true;
    return 0;
}

static int take_timeout(struct options *o, const char *value, struct err *e)
{
    char *end;
    double number = strtod(value, &end);
    double unit = strcmp(end, "ms") == 0                  ? 1e6
                  : strcmp(end, "s") == 0 || *end == '\0' ? 1e9
                  : strcmp(end, "m") == 0                 ? 60e9
                                                          : 0;

    /* A day is more than any lecture; NaN fails the comparison too. */
    if (end == value || unit == 0 || !(number > 0 && number * unit <= 86400e9))
        return err_set(e, EINVAL,
            _("--timeout=%s: write a duration such as 60s or 500ms"), value);
    o->timeout_ns = (uint64_t)(number * unit);
    return 0;
}

static int take_help(struct options *o, const char *value, struct err *e)
{
    (void)value;
    (void)e;
    o->command = COMMAND_HELP;
    return 0;
}

static int take_version(struct options *o, const char *value, struct err *e)
{
    (void)value;
    (void)e;
    o->command = COMMAND_VERSION;
    return 0;
}

static const struct option_row rows[] = {
    {"wire", "auto|private|loopback",
        N_("how server and clients are joined (auto: private where it works)"),
        take_wire},
    {"format", "text|tap|jsonl", N_("of `run`: what standard output gets"),
        take_format},
    {"record", "FILE.jsonl", N_("write the journal while it happens"),
        take_record},
    {"pcap", "FILE.pcap", N_("write the wire's packets, for Wireshark"),
        take_pcap},
    {"payload", NULL, N_("keep payload bytes in the recording"), take_payload},
    {"timeout", "60s", N_("of `run`: the limit for each script"), take_timeout},
    {"theme", "NAME|FILE", N_("colours; --theme=list names them"), take_theme},
    {"lang", "en|ko", N_("the language (default: the locale's)"), take_lang},
    {"ascii", NULL, N_("draw nothing beyond ASCII"), take_ascii},
    {"help", NULL, N_("this text"), take_help},
    {"version", NULL, N_("name and version"), take_version},
};

static void print_help(void)
{
    puts(
        _("sockstage: a TCP server and its clients side by side on the real "
          "kernel\n\n"
          "  sockstage [FILE.stage]         the screen: free play, or a script "
          "line by line\n"
          "  sockstage run FILE.stage...    headless; - reads standard input\n"
          "  sockstage doctor               what this machine allows, and how "
          "to get the rest\n"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char left[64];

        snprintf(left, sizeof left, "--%s%s%s", rows[i].name,
            rows[i].argument ? "=" : "",
            rows[i].argument ? rows[i].argument : "");
        printf("  %-31s%s\n", left, _(rows[i].help));
    }
    puts(_("\nExit: 0 passed; 1 failed; 2 usage or a script that does not "
           "parse; 3 the machine\ncannot do it; 77 every script was skipped; "
           "130 interrupted. The notation is in\nsockstage(1)."));
}

static void print_themes(void)
{
    const char *name;

    for (size_t i = 0; (name = tui_theme_name_at(i)) != NULL; i++)
        puts(name);
}

void options_answer(enum command command)
{
    if (command == COMMAND_HELP)
        print_help();
    else if (command == COMMAND_THEMES)
        print_themes();
    else
        puts("sockstage " SOCKSTAGE_VERSION);
}

static int take_commands(
    struct options *o, int argc, char **argv, int first, struct err *e)
{
    int rest = argc - first;

    if (rest > 0 && strcmp(argv[first], "run") == 0) {
        if (rest < 2)
            return err_set(
                e, EINVAL, _("run: name a script, or - for standard input"));
        o->command = COMMAND_RUN;
        first++;
    } else if (rest > 0 && strcmp(argv[first], "doctor") == 0) {
        if (rest > 1)
            return err_set(e, EINVAL, _("doctor takes no argument"));
        o->command = COMMAND_DOCTOR;
        first++;
    } else if (rest > 1) {
        return err_set(e, EINVAL,
            _("the screen plays one script, not %d: `sockstage run` takes "
              "several"),
            rest);
    }
    o->files = argv + first;
    o->file_count = (size_t)(argc - first);
    return 0;
}

int options_parse(int argc, char **argv, struct options *out, struct err *e)
{
    struct option list[ARRAY_LEN(rows) + 1];
    int index, c;

    *out = (struct options){.format = "text", .timeout_ns = 60 * NS_PER_S};
    memset(list, 0, sizeof list);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        list[i].name = rows[i].name;
        list[i].has_arg = rows[i].argument ? required_argument : no_argument;
    }
    opterr = 0;
    while ((c = getopt_long(argc, argv, ":", list, &index)) == 0) {
        int r = rows[index].take(out, optarg, e);

        if (r < 0)
            return r;
    }
    if (c == '?' && optopt) /* there are no short ones */
        return err_set(e, EINVAL, _("-%c: no such option; see --help"), optopt);
    if (c != -1)
        return err_set(e, EINVAL,
            c == ':' ? _("%s needs a value; see --help")
                     : _("%s: no such option; see --help"),
            argv[optind - 1]);
    if (out->command == COMMAND_HELP || out->command == COMMAND_VERSION ||
        out->command == COMMAND_THEMES)
        return 0;
    return take_commands(out, argc, argv, optind, e);
}
