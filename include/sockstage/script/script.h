/* A parsed script: lines of the notation, from a file, standard input, a
 * built-in lesson or the prompt. Parsing makes no system call but reading. */
#ifndef SOCKSTAGE_SCRIPT_SCRIPT_H
#define SOCKSTAGE_SCRIPT_SCRIPT_H

#include "sockstage/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct script;

/* Where a text went wrong: FILE:LINE:COLUMN, from 1, columns in characters;
 * what is wrong, and what to write instead. */
struct script_error {
    char file[256];
    int line, column;
    char what[512];
    /* What would mend it: `right` instead of the `wrong` that begins at the
     * column; "" where nobody can say. */
    struct script_fix {
        char wrong[40], right[40];
    } fix;
};

/* "FILE:LINE:COLUMN: what" into `out`, at most `size` bytes with the NUL. */
char *script_error_format(const struct script_error *e, char *out, size_t size);

/* Parses a whole script. `name` stands for the file in messages; `include`
 * lines are read relative to its directory. NULL and `*e` set if it does not
 * parse (the first error), if it can't be read, or if it isn't UTF-8. */
struct script *script_parse(
    const char *name, const char *text, size_t len, struct script_error *e);
struct script *script_parse_file(const char *path, struct script_error *e);
/* The same for what is typed at the prompt: a line that begins with no process
 * and no directive is `process`'s (NULL: an error that says so). Names that
 * only the stage knows are not checked: that a name is undefined shows when the
 * line is carried out. */
struct script *script_parse_prompt(
    const char *process, const char *text, struct script_error *e);
/* What names the processes on the stage have, of whom a typed line may not know
 * enough. */
struct script_names {
    const void *ctx;
    /* Whether the process has the name, or will before the line is its turn. */
    bool (*has)(const void *ctx, const char *process, const char *name);
    /* The first process that has it; NULL: none. Borrowed until the next
     * question. */
    const char *(*owner)(const void *ctx, const char *name);
};
/* The same; a name that only other processes have is an error that says whose
 * it is. */
struct script *script_parse_typed(const char *process, const char *text,
    const struct script_names *names, struct script_error *e);
void script_free(struct script *s); /* NULL is allowed */

const char *script_name(const struct script *s);
/* The title in that language, else in English, else NULL. */
const char *script_title(const struct script *s, const char *lang);

/* Lines that do something (what "step 7/19" counts). */
size_t script_line_count(const struct script *s);
/* Of line `i`: its text as written (no comment, trimmed), its number in its
 * file, and its file. */
const char *script_line_text(const struct script *s, size_t i);
int script_line_number(const struct script *s, size_t i);
const char *script_line_file(const struct script *s, size_t i);

/* Of a script from the prompt: its i-th line as it could be typed alone, with
 * its process where that stands above it; comments, fences and blank lines are
 * none. NULL at the end. */
const char *script_typed_at(const struct script *s, size_t i);

/* What an `expect` asks about: what a process or a host has, or the wire. */
struct script_asked {
    const char *text;  /* as written; "wire" of `expect wire` */
    const char *whose; /* process or host; NULL: it is about the wire */
    int line, column;
};
void script_each_asked(const struct script *s,
    void (*each)(void *ctx, const struct script_asked *asked), void *ctx);

/* What was taken although it is better written otherwise (a stray `:` behind a
 * call): for the reader, never a reason to stop. NULL at the end. */
const struct script_error *script_hint_at(const struct script *s, size_t i);

/* Whether it says `require private`, and the first line that needs a private
 * wire (`wire` or `expect wire`; 0: none). */
bool script_requires_private(const struct script *s);
int script_needs_wire_line(const struct script *s);

#endif
