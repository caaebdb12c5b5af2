/* A script that replays a recorded stage: its lines as they were, fan-outs put
 * together again, and what session.h adds. It is parsed before it is written,
 * so that a recording can't hide other lines in its texts. */
#include "report_int.h"
#include "session.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COLUMNS 78 /* of a comment */

struct stage_report {
    struct session session;
    uint64_t opened_ns; /* Unix time; 0: not known */
    char *wire, *kernel, *program;
};

/* One script being put together. */
struct sheet {
    const struct session *session;
    const struct script_line **lines; /* by index; NULL: not in the script */
    size_t next;                      /* insertion */
    size_t same_until;                /* index: see count_same() */
    struct str text;
    size_t deeds; /* lines that the parser has to find in it */
    bool was_talk, has_lines;
};

static int stage_begin(struct report *r)
{
    struct stage_report *state = report_state(r);

    session_init(&state->session);
    return 0;
}

static void stage_done(void *of)
{
    struct stage_report *state = of;

    session_done(&state->session);
    free(state->wire);
    free(state->kernel);
    free(state->program);
}

static char *keep(const char *text)
{
    struct str out = STR_INIT;
    char *kept;

    text_add_visible(&out, text != NULL ? text : "", COLUMNS / 2);
    kept = xstrdup(str_text(&out));
    str_done(&out);
    return kept;
}

static void stage_event(struct report *r, const struct event *e)
{
    struct stage_report *state = report_state(r);

    if (e->kind == EVENT_STAGE && state->wire == NULL) {
        state->opened_ns = e->u.stage.opened_ns;
        state->wire = keep(e->u.stage.wire);
        state->kernel = keep(e->u.stage.kernel);
        state->program = keep(e->u.stage.program);
    }
    session_event(&state->session, e);
}

/* ---- what stands above -------------------------------------------------- */

static void say_when(uint64_t opened_ns, struct str *out)
{
    time_t seconds = (time_t)(opened_ns / NS_PER_S);
    char text[64];
    struct tm tm;

    if (opened_ns == 0 || gmtime_r(&seconds, &tm) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        return;
    str_addf(out, ", %s", text);
}

static void write_header(const struct stage_report *state, struct str *out)
{
    const struct session *s = &state->session;

    if (state->wire != NULL) {
        str_addf(out, "# Recorded by %s on the %s wire, Linux %s",
            state->program, state->wire, state->kernel);
        say_when(state->opened_ns, out);
        str_add(out, ".\n");
    }
    if (s->has_typed)
        str_add(out, "# Played at the screen: what was seen there is expected "
                     "here.\n");
    if (s->has_waits)
        str_add(out, "# Where somebody waited for something, so does this: "
                     "`within` says how long.\n");
    if (s->longest_ns >= 60 * NS_PER_S)
        str_addf(out,
            "# That can take longer than a script may: give it "
            "--timeout=%" PRIu64 "m.\n",
            s->longest_ns / (60 * NS_PER_S) + 1);
    str_addc(out, '\n');
}

/* ---- lines -------------------------------------------------------------- */

static bool is_talk(enum line_kind kind)
{
    return kind == LINE_NOTE || kind == LINE_ASK || kind == LINE_OPTION ||
           kind == LINE_TRY || kind == LINE_MARK;
}

/* Narration begins a paragraph, and a question one of its own. */
static void write_gap(struct sheet *s, const struct script_line *l)
{
    bool talk = l != NULL && is_talk(l->kind);

    if (talk && !s->was_talk && s->has_lines)
        str_addc(&s->text, '\n');
    s->was_talk = talk;
    s->has_lines = true;
}

static void write_comment(struct sheet *s, const struct notation_line *l)
{
    s->was_talk = false;
    s->has_lines = true;
    str_add(&s->text, "# ");
    text_add_visible(&s->text, l->text, 0);
    if (l->kind == NOTATION_EXPECT && !l->held) {
        str_add(&s->text, "   # not so, it was: ");
        text_add_visible(
            &s->text, l->actual != NULL ? l->actual : "undefined", COLUMNS);
    } else if (l->exception != NULL) {
        str_add(&s->text, "   # ");
        text_add_visible(&s->text, l->exception, COLUMNS);
        str_add(&s->text, ": ");
        text_add_visible(
            &s->text, l->message != NULL ? l->message : "", COLUMNS);
    } else {
        str_add(&s->text, "   # not part of the script");
    }
    str_addc(&s->text, '\n');
}

static void write_insertions(struct sheet *s, size_t before)
{
    while (s->next < s->session->insertions.len &&
           s->session->insertions.items[s->next].before <= before) {
        str_addf(
            &s->text, "%s\n", s->session->insertions.items[s->next++].text);
        s->was_talk = false;
        s->has_lines = true;
        s->deeds++;
    }
}

/* ---- fan-outs ----------------------------------------------------------- */

/* What one process does in one line, of those that a fan-out can hold. */
static const struct statement *statement_of(const struct sheet *s, size_t i)
{
    const struct script_line *l = s->lines[i];

    if (l == NULL || l->kind != LINE_PROCESS || l->process_count != 1 ||
        s->session->notation.lines.items[i].unplayable)
        return NULL;
    return &l->statement;
}

/* How many lines from there on do the same, each right behind the other and,
 * if they stand in a script, on the same line of it. */
static size_t count_same(struct sheet *s, size_t from)
{
    const struct notation *n = &s->session->notation;
    const struct statement *first = statement_of(s, from);
    size_t i = from + 1;

    if (from < s->same_until)
        return s->same_until - from;
    while (first != NULL && i < n->lines.len && statement_of(s, i) != NULL &&
           strcmp(first->text, statement_of(s, i)->text) == 0 &&
           n->lines.items[i].line == n->lines.items[from].line &&
           (s->next >= s->session->insertions.len ||
               s->session->insertions.items[s->next].before > i))
        i++;
    s->same_until = i;
    return i - from;
}

/* "c12" is c and 12; false: no such name, or not one for a fan-out. */
static bool split(const char *name, size_t *letters, unsigned long *number)
{
    const char *digits;

    *letters = strlen(name);
    while (*letters > 0 && strchr("0123456789", name[*letters - 1]) != NULL)
        --*letters;
    digits = name + *letters;
    if (*digits == '\0' || *digits == '0' || strlen(digits) > 4)
        return false;
    *number = strtoul(digits, NULL, 10);
    return true;
}

static const char *process_at(const struct sheet *s, size_t i)
{
    return s->lines[i]->processes[0];
}

/* How many of `count` processes have rising numbers: c1, c2, c3. */
static size_t count_rising(const struct sheet *s, size_t from, size_t count)
{
    const char *first = process_at(s, from);
    unsigned long number, next;
    size_t letters, others, i = 1;

    if (!split(first, &letters, &number))
        return 1;
    while (i < count && split(process_at(s, from + i), &others, &next) &&
           others == letters && next == number + i &&
           strncmp(first, process_at(s, from + i), letters) == 0)
        i++;
    return i;
}

/* How often the same `width` processes come again and again. */
static size_t count_rounds(
    const struct sheet *s, size_t from, size_t count, size_t width)
{
    size_t rounds = 1;

    for (; (rounds + 1) * width <= count; rounds++)
        for (size_t i = 0; i < width; i++)
            if (strcmp(process_at(s, from + i),
                    process_at(s, from + rounds * width + i)) != 0)
                return rounds;
    return rounds;
}

/* Only a script says `repeat`; who did something twice did it twice. */
static size_t write_statements(struct sheet *s, size_t i)
{
    size_t count = count_same(s, i), width = count_rising(s, i, count);
    size_t rounds = s->session->notation.lines.items[i].line > 0
                        ? count_rounds(s, i, count, width)
                        : 1;

    if (rounds > 1)
        str_addf(&s->text, "repeat %zu ", rounds);
    str_add(&s->text, process_at(s, i));
    if (width > 1)
        str_addf(&s->text, "..%s", process_at(s, i + width - 1));
    str_addf(&s->text, ": %s\n", s->lines[i]->statement.text);
    s->deeds++;
    return rounds * width;
}

static size_t write_line(struct sheet *s, size_t i)
{
    const struct notation_line *l = &s->session->notation.lines.items[i];

    if (s->lines[i] == NULL || l->unplayable) {
        write_comment(s, l);
        return 1;
    }
    write_gap(s, s->lines[i]);
    if (statement_of(s, i) != NULL)
        return write_statements(s, i);
    str_addf(&s->text, "%s\n", l->text);
    s->deeds++;
    return 1;
}

/* ---- all of it ---------------------------------------------------------- */

static void write_lines(struct sheet *s, const struct script *script)
{
    size_t count = s->session->notation.lines.len, at = 0;

    s->lines = xcalloc(count + 1, sizeof(struct script_line *));
    for (size_t i = 0; i < count; i++)
        s->lines[i] = session_line(script, i, &at);
    for (size_t i = 0; i < count;) {
        write_insertions(s, i);
        i += write_line(s, i);
    }
    write_insertions(s, count);
    free(s->lines);
}

/* Whether it is what was meant, line for line. */
static int check(const struct sheet *s, struct err *e)
{
    struct script_error error;
    struct script *script =
        script_parse("export", str_text(&s->text), s->text.len, &error);
    size_t found = script != NULL ? script->lines.len : 0;

    script_free(script);
    if (script == NULL)
        return err_set(e, EINVAL, _("the recording does not make a script: %s"),
            error.what);
    if (found != s->deeds)
        return err_set(e, EINVAL,
            _("the recording does not make a script: %zu lines became %zu"),
            s->deeds, found);
    return 0;
}

static void stage_run_end(struct report *r)
{
    struct stage_report *state = report_state(r);
    struct sheet sheet = {.session = &state->session};
    struct script *script;
    struct err e;

    script = notation_parse(&state->session.notation, &e);
    if (script == NULL) {
        report_refuse(r, &e);
        return;
    }
    session_compare(&state->session, script);
    write_header(state, &sheet.text);
    write_lines(&sheet, script);
    script_free(script);
    if (check(&sheet, &e) < 0)
        report_refuse(r, &e);
    else
        report_write(r, sheet.text.data, sheet.text.len);
    str_done(&sheet.text);
}

const struct report_def report_stage = {
    .name = "stage",
    .suffix = "stage",
    .help = N_("a script that replays it"),
    .of_export = true,
    .of_one_stage = true,
    .begin = stage_begin,
    .event = stage_event,
    .run_end = stage_run_end,
    .state_size = sizeof(struct stage_report),
    .state_done = stage_done,
};
