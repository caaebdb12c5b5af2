/* A recording as one Python program: a function for each process, with the
 * calls as the lecture notes write them. Each call stands in a `with turn(N):`
 * that waits for its moment and compares how it ends:
 *
 *     with turn(6, 'ECONNREFUSED'):
 *         s.connect(('server', 8080))  # ConnectionRefusedError: ..
 */
#include "python.h"

#include "report_int.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

#define INDENT 4

struct python {
    const struct program *p;
    struct str out;
    size_t indent;
    struct python_names names;
    size_t untranslated;
    const char *first; /* of those, borrowed */
};

/* ---- the beginning ------------------------------------------------------ */

static void add_line(struct python *y, const char *text)
{
    str_addf(&y->out, "%*s%s\n", (int)y->indent, "", text);
}

static void write_top(struct python *y)
{
    str_add(&y->out,
        "#!/usr/bin/env python3\n"
        "# Made by sockstage from a recording: the same calls in the same "
        "order.\n"
        "#\n");
    program_wrap(y->p->title ? y->p->title : "A recording", PROGRAM_COLUMNS, 0,
        "# ", &y->out);
    program_how(y->p, "# ", "python3 program.py",
        "`with turn(N):` waits for the moment of call N, in the order of the "
        "recording; what it returned there, if not None, stands behind it. How "
        "turns are taken is below the processes.",
        &y->out);
    str_add(&y->out,
        "\n"
        "import sys\n"
        "\n"
        "sys.path.pop(0)  # not a socket.py that lies beside this program\n"
        "\n"
        "import argparse\n"
        "import errno\n"
        "import linecache\n"
        "import os\n"
        "import signal\n"
        "import socket\n"
        "import struct\n"
        "import time\n"
        "import weakref\n");
}

/* ---- processes ---------------------------------------------------------- */

static void write_remarks(struct python *y, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct remark *r = &y->p->remarks.items[i];
        struct str text = STR_INIT;

        if (i == from || !r->is_line)
            str_addc(&y->out, '\n');
        str_addf(&text, "%s%s", r->is_line ? "on the stage: " : "", r->text);
        program_wrap(
            str_text(&text), PROGRAM_COLUMNS, y->indent, "# ", &y->out);
        str_done(&text);
    }
}

static void write_turn(struct python *y, const struct step *s)
{
    const char *error = step_error(s);

    str_addf(&y->out, "%*swith turn(%d", (int)y->indent, "", s->number);
    if (step_never_returned(s))
        str_add(&y->out, ", NEVER");
    else if (error)
        str_addf(&y->out, ", '%s'", error);
    str_add(&y->out, "):\n");
}

static void add_remark(struct str *what, const char *more)
{
    if (*more != '\0')
        str_addf(what, "%s%s", what->len ? "; " : "", more);
}

static void write_statement(struct python *y, const struct step *s)
{
    struct str what = STR_INIT, more = STR_INIT;
    size_t indent = y->indent + (s->call ? INDENT : 0);
    size_t begin = y->out.len + indent;
    size_t width;

    str_addf(&y->out, "%*s", (int)indent, "");
    python_statement(&y->names, s->st, &y->out, &more);
    step_describe(s, &what);
    add_remark(&what, str_text(&more));
    width = indent + text_width(y->out.data + begin);
    if (what.len == 0)
        str_addc(&y->out, '\n');
    else if (width + 4 + text_width(str_text(&what)) <= PROGRAM_COLUMNS)
        str_addf(&y->out, "  # %s\n", str_text(&what));
    else {
        str_addc(&y->out, '\n');
        program_wrap(str_text(&what), PROGRAM_COLUMNS, indent, "# ", &y->out);
    }
    str_done(&what);
    str_done(&more);
}

/* A line that raised for want of a name, as only the prompt lets it. */
static void write_unplayable(struct python *y, const struct step *s)
{
    const char *text = strchr(s->call->text, ':');
    struct str what = STR_INIT;

    if (y->untranslated++ == 0)
        y->first = s->call->text;
    str_add(&what, "left out: ");
    str_add(&what, text ? text + 2 : "");
    str_add(&what, "  # ");
    step_describe(s, &what);
    program_wrap(str_text(&what), PROGRAM_COLUMNS, y->indent, "# ", &y->out);
    str_done(&what);
}

static void write_step(struct python *y, const struct step *s)
{
    if (!s->st) {
        write_unplayable(y, s);
        return;
    }
    if (s->st->kind == STATEMENT_NOTHING)
        return;
    if (s->call)
        write_turn(y, s);
    write_statement(y, s);
}

static void write_role(struct python *y, const struct role *r, size_t from);

/* `if w == 0:` and all that the child does. */
static void write_child(struct python *y, const struct step *s, size_t at)
{
    struct str name = STR_INIT, line = STR_INIT;

    python_name(s->st->targets[0], &name);
    str_addf(&line, "if %s == 0:", str_text(&name));
    add_line(y, str_text(&line));
    y->indent += INDENT;
    str_clear(&line);
    str_addf(&line, "become('%s')", s->child->name);
    add_line(y, str_text(&line));
    write_role(y, s->child, at + 1);
    y->indent -= INDENT;
    str_done(&name);
    str_done(&line);
}

static void write_role(struct python *y, const struct role *r, size_t from)
{
    bool told = false; /* something below the step before */

    for (size_t i = from; i < y->p->steps.len; i++) {
        const struct step *s = &y->p->steps.items[i];

        if (s->role != r)
            continue;
        if (told && s->above == s->below)
            str_addc(&y->out, '\n');
        told = s->below < s->end;
        write_remarks(y, s->above, s->below);
        write_step(y, s);
        write_remarks(y, s->below, s->end);
        if (s->child)
            write_child(y, s, i);
    }
    if (told)
        str_addc(&y->out, '\n');
    add_line(y, "finish()");
}

static void write_function(struct python *y, const struct role *r)
{
    str_addf(&y->out, "\n\ndef play_%s():\n", r->name);
    y->indent = INDENT;
    str_addf(&y->out, "%*s\"\"\"A process on the %s.\"\"\"\n", INDENT, "",
        r->host == HOST_SERVER ? "server" : "client");
    vec_clear(&y->names.constants);
    write_role(y, r, 0);
    y->indent = 0;
}

/* ---- tables ------------------------------------------------------------- */

static void write_processes(struct python *y)
{
    const struct program *p = y->p;

    str_add(&y->out, "PROCESSES = {\n");
    for (size_t i = 0; i < p->roles.len; i++)
        if (!p->roles.items[i]->parent)
            str_addf(&y->out, "    '%s': play_%s,\n", p->roles.items[i]->name,
                p->roles.items[i]->name);
    str_add(
        &y->out, "}\n# Those that a fork() makes, and whose.\nCHILDREN = {");
    const char *before = "\n";
    for (size_t i = 0; i < p->roles.len; i++) {
        const struct role *r = p->roles.items[i];
        if (!r->parent)
            continue;
        str_addf(
            &y->out, "%s    '%s': '%s',\n", before, r->name, r->parent->name);
        before = "";
    }
    str_add(&y->out, "}\n# Further names of the two hosts.\nHOST_NAMES = {");
    before = "\n";
    for (size_t i = 0; i < p->aliases.len; i++) {
        struct value *name = value_str(
            p->aliases.items[i].name, strlen(p->aliases.items[i].name));
        str_addf(&y->out, "%s    ", before);
        value_repr(name, 0, &y->out);
        str_addf(&y->out, ": '%s',\n", host_name(p->aliases.items[i].host));
        value_free(name);
        before = "";
    }
    str_add(&y->out, "}\n");
}

static void write_times(struct python *y)
{
    const struct program *p = y->p;
    const char *before = "\n";

    str_addf(&y->out,
        "# How many calls there are, and the seconds from one to the next.\n"
        "CALLS = %d\n"
        "STEP = 0.1\n"
        "# (N, seconds): how much longer the recording waited before call N.\n"
        "PAUSES = [",
        p->calls);
    for (size_t i = 0; i < p->steps.len; i++) {
        const struct step *s = &p->steps.items[i];
        if (s->pause_cs == 0)
            continue;
        str_addf(&y->out, "%s    (%d, %d.%02d),\n", before, s->number,
            s->pause_cs / 100, s->pause_cs % 100);
        before = "";
    }
    if (p->end_pause_cs > 0)
        str_addf(&y->out, "%s    (%d, %d.%02d),\n", before, p->calls + 1,
            p->end_pause_cs / 100, p->end_pause_cs % 100);
    str_add(&y->out,
        "]\n"
        "# N: (M, seconds): call N was interrupted, before call M, after so "
        "long.\n"
        "INTERRUPTS = {");
    before = "\n";
    for (size_t i = 0; i < p->steps.len; i++) {
        const struct step *s = &p->steps.items[i];
        if (s->interrupted_until == 0)
            continue;
        str_addf(&y->out, "%s    %d: (%d, %d.%02d),\n", before, s->number,
            s->interrupted_until, step_elapsed_cs(s) / 100,
            step_elapsed_cs(s) % 100);
        before = "";
    }
    str_add(&y->out, "}\n");
}

static void write_lengths(struct python *y)
{
    size_t column = PROGRAM_COLUMNS;

    str_add(&y->out, "# N: how many bytes call N moved.\nLENGTHS = {");
    for (size_t i = 0; i < y->p->steps.len; i++) {
        const struct step *s = &y->p->steps.items[i];
        char item[48];

        if (s->length < 0)
            continue;
        int len =
            snprintf(item, sizeof item, " %d: %ld,", s->number, s->length);
        if (column + (size_t)len > PROGRAM_COLUMNS) {
            str_add(&y->out, "\n   ");
            column = 3;
        }
        str_add(&y->out, item);
        column += (size_t)len;
    }
    str_add(&y->out, column < PROGRAM_COLUMNS ? "\n}\n" : "}\n");
}

/* ---- all of it ---------------------------------------------------------- */

static void write_all(struct python *y)
{
    const struct program *p = y->p;

    write_top(y);
    for (size_t i = 0; i < p->roles.len; i++)
        if (!p->roles.items[i]->parent)
            write_function(y, p->roles.items[i]);
    str_add(&y->out,
        "\n\n# ---- the recording "
        "---------------------------------------------------------\n\n");
    write_processes(y);
    write_times(y);
    write_lengths(y);
    str_add(&y->out, program_prelude("program.py"));
}

static void event(struct report *r, const struct event *e)
{
    struct program *p = report_state(r);

    notation_add(&p->notation, e);
}

static void run_end(struct report *r)
{
    struct program *p = report_state(r);
    struct python y = {.p = p};
    struct err e;

    if (program_make(p, report_lang(r), &e) < 0) {
        report_refuse(r, &e);
        return;
    }
    write_all(&y);
    report_write(r, str_text(&y.out), y.out.len);
    program_warn(r, p, "python", y.untranslated, y.first);
    str_done(&y.out);
    vec_done(&y.names.constants);
}

static void state_done(void *state)
{
    program_done(state);
}

const struct report_def report_python = {
    .name = "python",
    .help = N_("one Python program that makes the same calls"),
    .suffix = "py",
    .of_export = true,
    .of_one_stage = true,
    .event = event,
    .run_end = run_end,
    .state_size = sizeof(struct program),
    .state_done = state_done,
};
