/* The command line: one table of options from which getopt_long(3) and the
 * help text are made. */
#include "options.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/report/report.h"
#include "sockstage/tui/tui.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_MIN     (UINT64_C(8) << 20)
#define MEMORY_MAX     (UINT64_C(4) << 30)
#define MEMORY_DEFAULT (UINT64_C(64) << 20)

#define CHAPTER_MAX 1000000UL

#define OPTION_FIRST 256 /* beyond every letter */

/* Who has a use for an option. */
enum option_use { USE_ALWAYS, USE_STAGE, USE_EXPORT };

struct option_row {
    const char *name;
    const char *argument; /* as the help names it; NULL: takes none */
    const char *help;     /* N_() */
    int (*take)(struct options *o, const char *value, struct err *e);
    enum option_use use;
    char letter; /* '\0': has none */
};

struct command_row {
    const char *name; /* "": without one */
    const char *arguments;
    const char *help; /* N_() */
    enum command command;
    int (*take)(struct options *o, char **arguments, int count, struct err *e);
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

static int take_memory(struct options *o, const char *value, struct err *e)
{
    static const char units[] = "KMG";
    const char *unit;
    uint64_t number;
    char *end = NULL;

    errno = 0;
    number = isdigit((unsigned char)*value) ? strtoull(value, &end, 10) : 0;
    if (number != 0 && errno == 0) {
        unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
        if (unit && number <= MEMORY_MAX) {
            number <<= 10 * (unit - units + 1);
            end++;
        }
        if (*end == '\0' && number >= MEMORY_MIN && number <= MEMORY_MAX) {
            o->memory = number;
            return 0;
        }
    }
    return err_set(e, EINVAL,
        _("--memory=%s: write a size from 8M to 4G, such as 64M"), value);
}

static int take_output(struct options *o, const char *value, struct err *e)
{
    (void)e;
    o->output = value;
    return 0;
}

static int take_chapter(struct options *o, const char *value, struct err *e)
{
    char *end = NULL;
    unsigned long number =
        isdigit((unsigned char)*value) ? strtoul(value, &end, 10) : 0;

    if (number == 0 || *end != '\0' || number > CHAPTER_MAX)
        return err_set(e, EINVAL,
            _("--chapter=%s: write the number of a stage, from 1"), value);
    o->chapter = number;
    return 0;
}

static int take_force(struct options *o, const char *value, struct err *e)
{
    (void)value;
    (void)e;
    o->force = true;
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
        take_wire, USE_STAGE, 0},
    {"format", "text|tap|jsonl", N_("of `run`: what standard output gets"),
        take_format, USE_STAGE, 0},
    {"record", "FILE.jsonl", N_("write the journal while it happens"),
        take_record, USE_STAGE, 0},
    {"pcap", "FILE.pcap", N_("write the wire's packets, for Wireshark"),
        take_pcap, USE_STAGE, 0},
    {"payload", NULL, N_("keep payload bytes in the recording"), take_payload,
        USE_STAGE, 0},
    {"timeout", "60s", N_("of `run`: the limit for each script"), take_timeout,
        USE_STAGE, 0},
    {"memory", "64M", N_("of the screen: for the past, 8M to 4G"), take_memory,
        USE_ALWAYS, 0},
    {"theme", "NAME|FILE", N_("colours; --theme=list names them"), take_theme,
        USE_ALWAYS, 0},
    {"lang", "en|ko", N_("the language (default: the locale's)"), take_lang,
        USE_ALWAYS, 0},
    {"ascii", NULL, N_("draw nothing beyond ASCII"), take_ascii, USE_ALWAYS, 0},
    {"output", "FILE", N_("of `export`: instead of standard output"),
        take_output, USE_EXPORT, 'o'},
    {"chapter", "N", N_("of `export`: that stage, where there are several"),
        take_chapter, USE_EXPORT, 0},
    {"force", NULL, N_("of `export`: also where FILE exists"), take_force,
        USE_EXPORT, 0},
    {"help", NULL, N_("this text"), take_help, USE_ALWAYS, 0},
    {"version", NULL, N_("name and version"), take_version, USE_ALWAYS, 0},
};

/* ---- commands ----------------------------------------------------------- */

static int take_run(
    struct options *o, char **arguments, int count, struct err *e)
{
    (void)o;
    (void)arguments;
    return count > 0 ? 0
                     : err_set(e, EINVAL,
                           _("run: name a script, or - for standard input"));
}

/* "text, .." */
static void list_exports(struct str *out)
{
    const struct report_def *def;

    for (size_t i = 0; (def = report_at(i)) != NULL; i++)
        if (def->of_export)
            str_addf(out, out->len > 0 ? ", %s" : "%s", def->name);
}

static int take_export(
    struct options *o, char **arguments, int count, struct err *e)
{
    const struct report_def *def = count > 0 ? report_find(arguments[0]) : NULL;
    struct str names = STR_INIT;
    int r = 0;

    list_exports(&names);
    if (count > 0 && !(def && def->of_export))
        r = err_set(e, EINVAL,
            _("export %s: not a format of this version; there is: %s"),
            arguments[0], str_text(&names));
    else if (count != 2)
        r = err_set(e, EINVAL,
            _("export: name a format (%s) and one recording: "
              "sockstage export text FILE.jsonl"),
            str_text(&names));
    else
        o->format = def->name;
    str_done(&names);
    return r;
}

static int take_doctor(
    struct options *o, char **arguments, int count, struct err *e)
{
    (void)o;
    (void)arguments;
    return count == 0 ? 0 : err_set(e, EINVAL, _("doctor takes no argument"));
}

static int take_lessons(
    struct options *o, char **arguments, int count, struct err *e)
{
    (void)o;
    (void)arguments;
    return count == 0 ? 0 : err_set(e, EINVAL, _("lessons takes no argument"));
}

static int take_show(
    struct options *o, char **arguments, int count, struct err *e)
{
    (void)o;
    (void)arguments;
    return count == 1
               ? 0
               : err_set(e, EINVAL,
                     _("show: name one lesson; `sockstage lessons` lists "
                       "them"));
}

static int take_screen(
    struct options *o, char **arguments, int count, struct err *e)
{
    (void)o;
    (void)arguments;
    return count <= 1
               ? 0
               : err_set(e, EINVAL,
                     _("the screen plays one script or recording, not %d: "
                       "`sockstage run` takes several scripts"),
                     count);
}

static const struct command_row commands[] = {
    {"", "[LESSON|FILE.stage]",
        N_("the screen: free play, or a script line by line"), COMMAND_TUI,
        take_screen},
    {"", "FILE.jsonl", N_("the screen: a recording, played and walked through"),
        COMMAND_TUI, take_screen},
    {"run", "LESSON|FILE.stage...",
        N_("headless; - reads standard input, course is the whole course"),
        COMMAND_RUN, take_run},
    {"lessons", "", N_("the built-in lessons by section"), COMMAND_LESSONS,
        take_lessons},
    {"show", "LESSON", N_("print a lesson's script"), COMMAND_SHOW, take_show},
    {"export", "FORMAT FILE.jsonl",
        N_("a recording as a log, picture, page, program or script:"),
        COMMAND_EXPORT, take_export},
    {"doctor", "", N_("what this machine allows, and how to get the rest"),
        COMMAND_DOCTOR, take_doctor},
};

/* ---- help --------------------------------------------------------------- */

static void print_row(const char *left, const char *help)
{
    if (strlen(left) > 30)
        printf("  %s\n  %-31s%s\n", left, "", help);
    else
        printf("  %-31s%s\n", left, help);
}

/* Each form that `export` has. */
static void print_exports(void)
{
    const struct report_def *def;
    char left[64];

    for (size_t i = 0; (def = report_at(i)) != NULL; i++) {
        if (!def->of_export)
            continue;
        snprintf(left, sizeof left, "                   %s", def->name);
        print_row(left, _(def->help));
    }
}

static void print_commands(void)
{
    char left[64];

    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        snprintf(left, sizeof left, "sockstage%s%s %s",
            commands[i].name[0] ? " " : "", commands[i].name,
            commands[i].arguments);
        print_row(left, _(commands[i].help));
        if (commands[i].command == COMMAND_EXPORT)
            print_exports();
    }
}

static void print_options(void)
{
    char left[64];

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char letter[] = {'-', rows[i].letter, ',', ' ', '\0'};

        snprintf(left, sizeof left, "%s--%s%s%s", rows[i].letter ? letter : "",
            rows[i].name, rows[i].argument ? "=" : "",
            rows[i].argument ? rows[i].argument : "");
        print_row(left, _(rows[i].help));
    }
}

static void print_help(void)
{
    puts(_("sockstage: a TCP server and its clients side by side on the real "
           "kernel\n"));
    print_commands();
    putchar('\n');
    print_options();
    puts(_("\nExit: 0 passed; 1 failed; 2 usage, or a script or recording that "
           "does not\nparse; 3 the machine cannot do it; 77 every script was "
           "skipped; 130 interrupted.\nThe notation is in sockstage(1)."));
}

static void print_theme(void *ctx, const char *name, const char *folder)
{
    (void)ctx;
    if (folder)
        printf("%-12s %s/%s.ini\n", name, folder, name);
    else
        puts(name);
}

const char *options_theme(const struct options *o)
{
    return o->theme ? o->theme : "dark";
}

void options_answer(enum command command)
{
    if (command == COMMAND_HELP)
        print_help();
    else if (command == COMMAND_THEMES)
        tui_theme_list(print_theme, NULL);
    else
        puts("sockstage " SOCKSTAGE_VERSION);
}

/* ---- reading it --------------------------------------------------------- */

static const struct command_row *find_command(const char *word)
{
    for (size_t i = 0; word && i < ARRAY_LEN(commands); i++)
        if (commands[i].name[0] && strcmp(commands[i].name, word) == 0)
            return &commands[i];
    return &commands[0];
}

static int take_command(
    struct options *o, char **arguments, int count, struct err *e)
{
    const struct command_row *row = find_command(arguments[0]);
    int r;

    if (row->name[0]) {
        arguments++;
        count--;
    }
    o->command = row->command;
    r = row->take(o, arguments, count, e);
    if (row->command == COMMAND_EXPORT) { /* the format is taken */
        arguments++;
        count--;
    }
    o->files = arguments;
    o->file_count = (size_t)count;
    return r;
}

static int check_uses(const struct options *o, struct err *e)
{
    if (o->command == COMMAND_EXPORT)
        return options_check_recording(o, e);
    if (o->of_export)
        return err_set(
            e, EINVAL, _("--%s is for `export`; see --help"), o->of_export);
    return 0;
}

int options_check_recording(const struct options *o, struct err *e)
{
    if (!o->of_stage)
        return 0;
    return err_set(e, EINVAL,
        _("--%s has no use with a recording: nothing happens on a stage"),
        o->of_stage);
}

/* The letters as getopt(3) wants them. */
static void list_letters(char *out)
{
    *out++ = ':';
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].letter) {
            *out++ = rows[i].letter;
            if (rows[i].argument)
                *out++ = ':';
        }
    *out = '\0';
}

static void list_names(struct option *out)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        out[i] = (struct option){.name = rows[i].name,
            .has_arg = rows[i].argument ? required_argument : no_argument,
            .val = OPTION_FIRST + (int)i};
    out[ARRAY_LEN(rows)] = (struct option){0};
}

/* NULL: what getopt_long(3) returned is no option. */
static const struct option_row *row_of(int c)
{
    if (c >= OPTION_FIRST)
        return &rows[c - OPTION_FIRST];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].letter && rows[i].letter == c)
            return &rows[i];
    return NULL;
}

static int take_option(
    struct options *o, const struct option_row *row, struct err *e)
{
    if (row->use == USE_STAGE && !o->of_stage)
        o->of_stage = row->name;
    if (row->use == USE_EXPORT && !o->of_export)
        o->of_export = row->name;
    return row->take(o, optarg, e);
}

static int refuse_option(int c, const char *word, struct err *e)
{
    if (c == '?' && optopt && optopt < OPTION_FIRST)
        return err_set(e, EINVAL, _("-%c: no such option; see --help"), optopt);
    return err_set(e, EINVAL,
        c == ':' ? _("%s needs a value; see --help")
                 : _("%s: no such option; see --help"),
        word);
}

static int next_option(int argc, char **argv)
{
    struct option names[ARRAY_LEN(rows) + 1];
    char letters[2 * ARRAY_LEN(rows) + 2];

    list_names(names);
    list_letters(letters);
    opterr = 0;
    return getopt_long(argc, argv, letters, names, NULL);
}

const char *options_lang(int argc, char **argv)
{
    struct options o = {0};
    int c;

    while ((c = next_option(argc, argv)) != -1) {
        const struct option_row *row = row_of(c);
        if (row && row->take == take_lang)
            take_lang(&o, optarg, NULL);
    }
    optind = 0; /* begin anew, getopt(3) */
    return o.lang;
}

int options_parse(int argc, char **argv, struct options *out, struct err *e)
{
    const struct option_row *row;
    int c, r;

    *out = (struct options){.format = "text",
        .timeout_ns = 60 * NS_PER_S,
        .memory = MEMORY_DEFAULT};
    while ((c = next_option(argc, argv)) != -1) {
        row = row_of(c);
        r = row ? take_option(out, row, e)
                : refuse_option(c, argv[optind - 1], e);
        if (r < 0)
            return r;
    }
    if (out->command == COMMAND_HELP || out->command == COMMAND_VERSION ||
        out->command == COMMAND_THEMES)
        return 0;
    r = take_command(out, argv + optind, argc - optind, e);
    return r < 0 ? r : check_uses(out, e);
}
