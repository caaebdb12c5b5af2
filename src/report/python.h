/* Statements of the notation as those of Python. They are written anew from
 * the tree, never copied: what a recording says is no program's text. */
#ifndef REPORT_PYTHON_H
#define REPORT_PYTHON_H

#include "program.h"

/* The constants that variables have taken the names of, by process family. */
struct python_names {
    VEC(const char *) constants; /* borrowed from the script */
};

/* Adds the statement without indentation; what is said about it behind (the
 * name of a constant that Python lacks) goes to `remark`. */
void python_statement(struct python_names *names, const struct statement *st,
    struct str *out, struct str *remark);
/* A variable's name, which must not hide what the program itself uses. */
void python_name(const char *name, struct str *out);

#endif
