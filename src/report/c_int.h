/* Inside the C export: types that are known while it is written, the C
 * variables that Python's become, and expressions. */
#ifndef REPORT_C_INT_H
#define REPORT_C_INT_H

#include "program.h"

#include <stdint.h>

/* What a value is in C. Python's variables have no types, those of a straight
 * line of statements have: each gets one more C variable for each more type. */
enum c_type {
    C_NONE,    /* None: nothing in C */
    C_BOOL,    /* bool */
    C_NUMBER,  /* long long */
    C_REAL,    /* double */
    C_TIMEOUT, /* double: seconds, NONE */
    C_BYTES,   /* struct bytes */
    C_TEXT,    /* struct bytes, in UTF-8 */
    C_ADDRESS, /* struct address */
    C_SOCKET,  /* int */
    C_TUPLE,   /* its items, one by one */
    C_TYPES
};

enum c_level {
    C_LEVEL_OR,
    C_LEVEL_SUM,
    C_LEVEL_PRODUCT,
    C_LEVEL_UNARY,
    C_LEVEL_ATOM
};

struct c_value {
    enum c_type type;
    enum c_level level;
    char *code;    /* an expression of C; owned; NULL of None and tuples */
    bool is_exact; /* its C type is that of such variables, not int */
    bool is_constant;
    int64_t n;             /* of a constant number */
    unsigned socket;       /* which one, of a socket; 0: none */
    struct c_value *items; /* of a tuple; owned */
    size_t count;
};

/* A variable of a process, and what it holds at this point. */
struct c_variable {
    const char *name; /* borrowed from the script */
    struct c_value value;
    UT_hash_handle hh;
};

/* A variable of a C function. */
struct c_declared {
    char *name, *owner; /* owned; `owner`: Python's, with ".0" of an item */
    enum c_type type;
    bool is_read;
    UT_hash_handle hh;
};

struct c_writer {
    const struct program *p;
    struct str out; /* the body of the function being written */
    size_t indent;
    struct c_variable *variables; /* of the process whose lines these are */
    struct c_declared *declared;  /* of the function */
    unsigned sockets;             /* how many have been made */
    int depth;
    char why[160]; /* why something has no translation */
    size_t untranslated;
    const char *first; /* of those, borrowed */
};

/* ---- c_names.c ---------------------------------------------------------- */

const char *c_type_name(enum c_type type); /* "long long", NULL: none */
const char *c_type_zero(enum c_type type);

void c_value_done(struct c_value *v);
struct c_value c_value_copy(const struct c_value *v);

/* What the variable holds, NULL: nothing yet. */
const struct c_value *c_lookup(const struct c_writer *w, const char *name);
/* Gives the variable a value whose code is yet to be assigned: fills in the C
 * variables to assign to, of the types in `v`. */
void c_bind(struct c_writer *w, const char *name, struct c_value *v);
void c_forget_variables(struct c_writer *w);
/* fork(): the child has what the parent has. */
struct c_variable *c_copy_variables(const struct c_variable *variables);
/* What stands above the function's body, `w->out`. */
void c_declarations(struct c_writer *w, struct str *out);
void c_forget_declared(struct c_writer *w);
/* Whether some variable still holds the socket. */
bool c_is_held(const struct c_writer *w, unsigned socket);

/* ---- c_expr.c ----------------------------------------------------------- */

/* False, with w->why set, if C has nothing for it. */
bool c_expr(struct c_writer *w, const struct expr *x, struct c_value *out);
/* Takes `code` over. */
struct c_value c_code(enum c_type type, enum c_level level, char *code);
char *c_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool c_fail(struct c_writer *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool c_is_number(const struct c_value *v);
void c_codec(const char *encoding, bool decode, struct c_value *v);

/* ---- c_literal.c -------------------------------------------------------- */

bool c_literal(struct c_writer *w, const struct expr *x, struct c_value *out);
struct c_value c_number(int64_t n);
/* A literal of C, broken into several where it is long. */
void c_string(const char *data, size_t len, struct str *out);

/* ---- c_calls.c ---------------------------------------------------------- */

/* The call as an expression. `from` is where accept() and recvfrom() put the
 * address: "&addr", "NULL". Its type is that of the result (the first one of
 * two). */
bool c_call(struct c_writer *w, const struct statement *st, const char *from,
    struct c_value *out);

/* ---- c_statement.c ------------------------------------------------------ */

/* Adds the lines of the statement; false, and nothing is added, if it has no
 * translation. */
bool c_statement(struct c_writer *w, const struct step *s, struct str *out);

#endif
