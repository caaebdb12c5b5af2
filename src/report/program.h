/* A recorded stage as what each of its processes does, in one order: the
 * common ground of the exports that are programs. */
#ifndef REPORT_PROGRAM_H
#define REPORT_PROGRAM_H

#include "notation.h"

#include "sockstage/base/err.h"
#include "sockstage/base/host.h"
#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/report/report.h"
#include "sockstage/script/ast.h"

#include <stdbool.h>
#include <stddef.h>
#include <uthash.h>

/* Statements that a program has at most; what comes later is left out. */
#define PROGRAM_STEPS_MAX 20000
#define PROGRAM_COLUMNS   79

/* A process: one of the operating system's in the program. */
struct role {
    char *name; /* owned */
    enum host host;
    const struct role *parent; /* whose fork() makes it; NULL: started */
    size_t last_call;          /* its step + 1; 0: it has made none */
    UT_hash_handle hh;
};

/* What is told beside a step: narration, or a line that no program can do. */
struct remark {
    bool is_line;
    char *text; /* owned */
};

/* One statement of one process. */
struct step {
    struct role *role;
    const struct statement *st;       /* NULL: it can't be written down */
    const struct notation_line *call; /* what it did; NULL: no call */
    int number;                       /* of the call, from 1; else 0 */
    const struct role *child;         /* that this fork() makes */
    size_t above, below, end; /* remarks: from above to below, from below on
                                 to the end */
    int pause_cs; /* hundredths of a second before it, beside the usual step */
    int interrupted_until; /* the call before which `interrupt` came; or 0 */
    long length;           /* bytes that it moved, -1: none */
};

/* A name that `name` has given to a host. */
struct host_alias {
    const char *name; /* borrowed */
    enum host host;
};

struct program {
    struct notation notation;
    struct script *script; /* owned, as all below */
    struct role *by_name;
    VEC(struct role *) roles;
    VEC(struct remark) remarks;
    VEC(struct step) steps;
    VEC(struct host_alias) aliases;
    const char *title; /* borrowed from the script; NULL: none */
    int calls;
    size_t left_out; /* statements beyond PROGRAM_STEPS_MAX */
    int end_pause_cs;
    bool has_wire; /* lines of the wire or settings of a host */
};

/* Fills it from what `notation` has taken, narration in that language.
 * -EINVAL: the recording holds what is no line of a script. */
int program_make(struct program *p, const char *lang, struct err *e);
void program_done(struct program *p);

/* What the step's call is to fail with: an errno name, or that of a Python
 * exception; NULL: it returned something. */
const char *step_error(const struct step *s);
/* It has raised in Python, before any system call was made. */
bool step_is_of_python(const struct step *s);
bool step_never_returned(const struct step *s);
/* How long the call took, in hundredths of a second. */
int step_elapsed_cs(const struct step *s);
/* "5, after 0.201 s": what the call did, for a comment, made safe by
 * program_comment(). Empty if it is no call, or gave None at once. */
void step_describe(const struct step *s, struct str *out);

/* Adds text from outside for a comment of Python or C: one line, without
 * control characters, changes of direction and what would end the comment. */
void program_comment(const char *text, struct str *out);
/* The same, broken into lines of at most so many columns; each begins with
 * `indent` blanks and `prefix`. */
void program_wrap(const char *text, size_t columns, size_t indent,
    const char *prefix, struct str *out);
/* How the program is started, with the commands for all its processes, and how
 * it is to be read (`turns`). `mark` is what a line of the comment begins with,
 * `command` "python3 program.py". */
void program_how(const struct program *p, const char *mark, const char *command,
    const char *turns, struct str *out);
/* A part of every exported program, by its file's name in prelude/. */
const char *program_prelude(const char *name);

/* Tells what the program lacks (statements, translations). */
void program_warn(struct report *r, const struct program *p, const char *format,
    size_t untranslated, const char *first);

#endif
