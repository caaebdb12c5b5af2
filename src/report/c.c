/* A recording as one C program: a function for each process, with the system
 * calls in wrappers of the same names. Each call is preceded by the turn that
 * it waits for, and with what it failed in the recording:
 *
 *     turn(6, ECONNREFUSED);
 *     Connect(s, at(s, "server", 8080));  // ConnectionRefusedError: ..
 */
#include "c_int.h"

#include "report_int.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

#define INDENT 4

/* ---- comments ----------------------------------------------------------- */

/* A comment of its own, as many lines as it takes. */
static void add_comment(struct c_writer *w, const char *text, struct str *out)
{
    struct str lines = STR_INIT;
    size_t begin;

    program_wrap(text, PROGRAM_COLUMNS - 3, w->indent, " * ", &lines);
    begin = out->len + w->indent;
    str_add(out, str_text(&lines));
    out->data[begin] = '/';
    out->len--;
    str_add(out, " */\n");
    str_done(&lines);
}

static void write_remarks(struct c_writer *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct remark *r = &w->p->remarks.items[i];
        struct str text = STR_INIT;

        if (w->out.len > 0 && (i == from || !r->is_line))
            str_addc(&w->out, '\n');
        str_addf(&text, "%s%s", r->is_line ? "on the stage: " : "", r->text);
        add_comment(w, str_text(&text), &w->out);
        str_done(&text);
    }
}

/* What the call did, behind its last line if there is room. */
static void add_result(struct c_writer *w, const struct step *s)
{
    struct str what = STR_INIT;
    size_t last = w->out.len - 1;

    step_describe(s, &what);
    while (last > 0 && w->out.data[last - 1] != '\n')
        last--;
    w->out.data[--w->out.len] = '\0';
    if (what.len == 0) {
        str_addc(&w->out, '\n');
    } else if (text_width(w->out.data + last) + 8 +
                   text_width(str_text(&what)) <=
               PROGRAM_COLUMNS) {
        str_addf(&w->out, "  /* %s */\n", str_text(&what));
    } else {
        str_addc(&w->out, '\n');
        add_comment(w, str_text(&what), &w->out);
    }
    str_done(&what);
}

/* ---- steps -------------------------------------------------------------- */

static void write_left_out(
    struct c_writer *w, const struct step *s, const char *why)
{
    struct str text = STR_INIT, what = STR_INIT;
    const char *recorded = s->call ? s->call->text : NULL;
    const char *python = recorded ? strchr(recorded, ':') : NULL;

    python = s->st ? s->st->text : python ? python + 1 : "";
    step_describe(s, &what);
    str_addf(&text, "left out, %s: %s", why, python);
    if (what.len > 0)
        str_addf(&text, "  (%s)", str_text(&what));
    add_comment(w, str_text(&text), &w->out);
    if (why == w->why && w->untranslated++ == 0)
        w->first = python;
    str_done(&text);
    str_done(&what);
}

static void write_turn(struct c_writer *w, const struct step *s)
{
    const char *error = step_error(s);

    /* What Python makes of the bytes (decode) is not the call's error. */
    if (error && err_number(error) == 0)
        error = NULL;
    if (step_never_returned(s))
        error = "NEVER";
    str_addf(&w->out, "%*sturn(%d, %s);\n", (int)w->indent, "", s->number,
        error ? error : "0");
}

/* What Python refuses by itself is no call of C. */
static void write_step(struct c_writer *w, const struct step *s)
{
    struct str code = STR_INIT;

    if (!s->st || step_is_of_python(s))
        write_left_out(w, s, "no system call was made");
    else if (!c_statement(w, s, &code))
        write_left_out(w, s, w->why);
    else if (code.len > 0) {
        if (s->call)
            write_turn(w, s);
        str_add(&w->out, str_text(&code));
        add_result(w, s);
    }
    str_done(&code);
}

static void write_role(struct c_writer *w, const struct role *r, size_t from);

/* `if (w == 0)` and all that the child does, with variables of its own. */
static void write_child(struct c_writer *w, const struct step *s, size_t at)
{
    struct c_variable *parents = w->variables;
    const struct c_value *pid = c_lookup(w, s->st->targets[0]);

    w->variables = c_copy_variables(parents);
    str_addf(&w->out, "%*sif (%s == 0) {\n", (int)w->indent, "", pid->code);
    w->indent += INDENT;
    str_addf(
        &w->out, "%*sbecome(\"%s\");\n", (int)w->indent, "", s->child->name);
    write_role(w, s->child, at + 1);
    str_addf(&w->out, "%*sfinish();\n", (int)w->indent, "");
    w->indent -= INDENT;
    str_addf(&w->out, "%*s}\n", (int)w->indent, "");
    c_forget_variables(w);
    w->variables = parents;
}

static void write_role(struct c_writer *w, const struct role *r, size_t from)
{
    bool told = false; /* something below the step before */

    for (size_t i = from; i < w->p->steps.len; i++) {
        const struct step *s = &w->p->steps.items[i];

        if (s->role != r)
            continue;
        if (told && s->above == s->below)
            str_addc(&w->out, '\n');
        told = s->below < s->end;
        write_remarks(w, s->above, s->below);
        write_step(w, s);
        write_remarks(w, s->below, s->end);
        if (s->child)
            write_child(w, s, i);
    }
}

static void write_function(
    struct c_writer *w, const struct role *r, struct str *out)
{
    str_addf(out,
        "\n/* A process on the %s. */\nstatic void play_%s(void)\n{\n",
        r->host == HOST_SERVER ? "server" : "client", r->name);
    w->indent = INDENT;
    write_role(w, r, 0);
    c_declarations(w, out);
    str_add(out, str_text(&w->out));
    str_add(out, "}\n");
    str_clear(&w->out);
    c_forget_variables(w);
    c_forget_declared(w);
}

/* ---- tables ------------------------------------------------------------- */

static void write_processes(const struct program *p, struct str *out)
{
    str_add(out, "const struct process processes[] = {\n");
    for (size_t i = 0; i < p->roles.len; i++) {
        const struct role *r = p->roles.items[i];

        if (r->parent)
            str_addf(
                out, "    {\"%s\", NULL, \"%s\"},\n", r->name, r->parent->name);
        else
            str_addf(out, "    {\"%s\", play_%s, NULL},\n", r->name, r->name);
    }
    str_add(out, "    {NULL, NULL, NULL},\n};\n\n"
                 "/* Further names of the two hosts. */\n"
                 "const struct host_name host_names[] = {\n");
    for (size_t i = 0; i < p->aliases.len; i++) {
        str_add(out, "    {");
        c_string(
            p->aliases.items[i].name, strlen(p->aliases.items[i].name), out);
        str_addf(out, ", \"%s\"},\n", host_name(p->aliases.items[i].host));
    }
    str_add(out, "    {NULL, NULL},\n};\n\n");
}

static void write_times(const struct program *p, struct str *out)
{
    str_addf(out,
        "/* How many calls there are, and the seconds from one to the next. "
        "*/\n"
        "const int calls = %d;\n"
        "const double step = 0.1;\n\n"
        "/* How much longer the recording waited before a call. */\n"
        "const struct pause pauses[] = {\n",
        p->calls);
    for (size_t i = 0; i < p->steps.len; i++) {
        const struct step *s = &p->steps.items[i];
        if (s->pause_cs > 0)
            str_addf(out, "    {%d, %d.%02d},\n", s->number, s->pause_cs / 100,
                s->pause_cs % 100);
    }
    if (p->end_pause_cs > 0)
        str_addf(out, "    {%d, %d.%02d},\n", p->calls + 1,
            p->end_pause_cs / 100, p->end_pause_cs % 100);
    str_add(out,
        "    {0, 0},\n};\n\n"
        "/* Which call was interrupted, before which one, after how long. */\n"
        "const struct interrupt interrupts[] = {\n");
    for (size_t i = 0; i < p->steps.len; i++) {
        const struct step *s = &p->steps.items[i];
        if (s->interrupted_until > 0)
            str_addf(out, "    {%d, %d, %d.%02d},\n", s->number,
                s->interrupted_until, step_elapsed_cs(s) / 100,
                step_elapsed_cs(s) % 100);
    }
    str_add(out, "    {0, 0, 0},\n};\n\n"
                 "/* How many bytes a call moved. */\n"
                 "const struct length lengths[] = {\n");
    for (size_t i = 0; i < p->steps.len; i++) {
        const struct step *s = &p->steps.items[i];
        if (s->length >= 0)
            str_addf(out, "    {%d, %ld},\n", s->number, s->length);
    }
    str_add(out, "    {0, 0},\n};\n");
}

/* ---- all of it ---------------------------------------------------------- */

static void write_top(const struct program *p, struct str *out)
{
    str_add(out,
        "/* Made by sockstage from a recording: the same calls in the same "
        "order.\n *\n");
    program_wrap(
        p->title ? p->title : "A recording", PROGRAM_COLUMNS, 0, " * ", out);
    str_add(out, " *\n"
                 " *     cc -std=c17 -Wall -Wextra -o program program.c\n");
    program_how(p, " * ", "./program",
        "turn(N, ERROR) waits for the moment of call N, in the order of the "
        "recording; ERROR is the errno that it failed with there. What it "
        "returned stands behind it, as Python shows it. Send() is send() with "
        "a look at how it ends, and so are the others: they are below the "
        "processes.",
        out);
    str_add(out, " */\n"
                 "#define _GNU_SOURCE 1\n");
}

static void write_all(struct c_writer *w, struct str *out)
{
    static const char *const behind[] = {
        "turns.c", "hosts.c", "calls.c", "values.c", "main.c"};
    const struct program *p = w->p;

    write_top(p, out);
    str_add(out, program_prelude("words.h"));
    str_add(out,
        "\n/* ---- the processes "
        "------------------------------------------------------- */\n");
    for (size_t i = 0; i < p->roles.len; i++)
        if (!p->roles.items[i]->parent)
            write_function(w, p->roles.items[i], out);
    str_add(out,
        "\n/* ---- the recording "
        "------------------------------------------------------- */\n\n");
    write_processes(p, out);
    write_times(p, out);
    for (size_t i = 0; i < ARRAY_LEN(behind); i++)
        str_add(out, program_prelude(behind[i]));
}

static void event(struct report *r, const struct event *e)
{
    struct program *p = report_state(r);

    notation_add(&p->notation, e);
}

static void run_end(struct report *r)
{
    struct program *p = report_state(r);
    struct c_writer w = {.p = p};
    struct str out = STR_INIT;
    struct err e;

    if (program_make(p, report_lang(r), &e) < 0) {
        report_refuse(r, &e);
        return;
    }
    write_all(&w, &out);
    report_write(r, str_text(&out), out.len);
    program_warn(r, p, "c", w.untranslated, w.first);
    str_done(&w.out);
    str_done(&out);
}

static void state_done(void *state)
{
    program_done(state);
}

const struct report_def report_c = {
    .name = "c",
    .help = N_("one C program that makes the same calls"),
    .suffix = "c",
    .of_export = true,
    .of_one_stage = true,
    .event = event,
    .run_end = run_end,
    .state_size = sizeof(struct program),
    .state_done = state_done,
};
