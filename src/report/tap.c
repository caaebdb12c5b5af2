/* The Test Anything Protocol, version 14 (testanything.org): a subtest a
 * script, a point an `expect`, a YAML block behind each failure. A script
 * without expectations is a plain point. */
#include "report_int.h"
#include "sockstage/base/text.h"

struct tap {
    size_t scripts; /* ended so far */
    size_t points;  /* in this script */
    struct str name;
};

/* A description: # and \ are the protocol's own. */
static void add_description(struct str *out, const char *text)
{
    struct str safe = STR_INIT;

    text_add_visible(&safe, text, 0);
    for (const char *c = str_text(&safe); *c != '\0'; c++) {
        if (*c == '#' || *c == '\\')
            str_addc(out, '\\');
        str_addc(out, *c);
    }
    str_done(&safe);
}

/* A double-quoted scalar of YAML 1.2, section 7.3.1, on one line. */
static void write_scalar(
    struct report *r, const char *indent, const char *key, const char *text)
{
    struct str safe = STR_INIT;

    text_add_visible(&safe, text, 0);
    report_printf(r, "%s%s: \"", indent, key);
    for (const char *c = str_text(&safe); *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            report_write(r, "\\", 1);
        report_write(r, c, 1);
    }
    report_printf(r, "\"\n");
    str_done(&safe);
}

static void tap_run_begin(struct report *r, size_t scripts)
{
    report_printf(r, "TAP version 14\n1..%zu\n", scripts);
}

static void tap_script_begin(
    struct report *r, const char *name, const char *title)
{
    struct tap *state = report_state(r);

    (void)title;
    state->points = 0;
    str_clear(&state->name);
    text_add_visible(&state->name, name, 0);
}

static void tap_event(struct report *r, const struct event *e)
{
    struct tap *state = report_state(r);
    const struct event_expect *x = &e->u.expect;
    struct str text = STR_INIT;

    if (e->kind != EVENT_EXPECT)
        return;
    if (state->points++ == 0)
        report_printf(r, "# Subtest: %s\n", str_text(&state->name));
    add_description(&text, x->text != NULL ? x->text : "");
    report_printf(r, "    %s %zu - %s\n", x->ok ? "ok" : "not ok",
        state->points, str_text(&text));
    str_done(&text);
    if (x->ok)
        return;
    report_printf(r, "      ---\n");
    write_scalar(r, "      ", "file",
        x->file != NULL ? x->file : str_text(&state->name));
    if (x->line > 0)
        report_printf(r, "      line: %d\n", x->line);
    write_scalar(r, "      ", "expected",
        report_expectation(x->text != NULL ? x->text : ""));
    write_scalar(r, "      ", "actual", x->actual != NULL ? x->actual : "");
    report_printf(r, "      ...\n");
}

static void tap_script_end(
    struct report *r, const char *name, enum end_result result, const char *why)
{
    struct tap *state = report_state(r);
    struct str line = STR_INIT;

    if (state->points > 0)
        report_printf(r, "    1..%zu\n", state->points);
    str_addf(&line, "%s %zu - ", result == END_FAILED ? "not ok" : "ok",
        ++state->scripts);
    add_description(&line, name);
    if (result == END_SKIPPED) {
        str_add(&line, why != NULL ? " # SKIP " : " # SKIP");
        add_description(&line, why != NULL ? why : "");
    }
    report_printf(r, "%s\n", str_text(&line));
    str_done(&line);
    if (result != END_FAILED || why == NULL)
        return;
    report_printf(r, "  ---\n");
    write_scalar(r, "  ", "message", why);
    report_printf(r, "  ...\n");
}

static void tap_done(void *state)
{
    str_done(&((struct tap *)state)->name);
}

static void tap_run_end(struct report *r)
{
    if (report_is_interrupted(r))
        report_printf(r, "Bail out! interrupted\n");
}

const struct report_def report_tap = {
    .name = "tap",
    .suffix = "tap",
    .of_run = true,
    .help = N_("TAP 14: a subtest a script, a point an expectation"),
    .run_begin = tap_run_begin,
    .run_end = tap_run_end,
    .script_begin = tap_script_begin,
    .event = tap_event,
    .script_end = tap_script_end,
    .state_size = sizeof(struct tap),
    .state_done = tap_done,
};
