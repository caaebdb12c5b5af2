/* The tree that parsing makes and playing reads. Plain data, owned by the
 * script; texts are NUL-terminated UTF-8. */
#ifndef SOCKSTAGE_SCRIPT_AST_H
#define SOCKSTAGE_SCRIPT_AST_H

#include "sockstage/base/host.h"
#include "sockstage/base/value.h"
#include "sockstage/base/vec.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/fields.h"
#include "sockstage/model/state.h"
#include "sockstage/script/script.h"
#include "sockstage/wire/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- expressions -------------------------------------------------------- */

enum expr_kind {
    EXPR_LITERAL, /* value; of socket.AF_INET its name, too */
    EXPR_NAME,    /* name */
    EXPR_ADD,     /* items[0] + items[1] */
    EXPR_SUB,
    EXPR_MUL,
    EXPR_NEG,    /* -items[0] */
    EXPR_OR,     /* a | b of flags: items[0] | items[1] */
    EXPR_INDEX,  /* items[0][items[1]] */
    EXPR_SLICE,  /* items[0][items[1]:items[2]]; a missing bound is NULL */
    EXPR_LEN,    /* len(items[0]) */
    EXPR_ENCODE, /* items[0].encode(name) */
    EXPR_DECODE, /* items[0].decode(name) */
    EXPR_TUPLE,  /* items */
    EXPR_FILENO, /* name.fileno(), as an argument of os.read, os.write */
};

struct expr {
    enum expr_kind kind;
    int column;
    struct value *value; /* owned */
    char *name;          /* variable, constant, or encoding */
    struct expr **items; /* owned */
    size_t count;
};

/* ---- what a process does ------------------------------------------------ */

enum statement_kind {
    STATEMENT_CALL,
    STATEMENT_ASSIGN,  /* targets = expr */
    STATEMENT_PRINT,   /* print(expr, ...): items of expr are its arguments */
    STATEMENT_NOTHING, /* import socket */
};

struct statement {
    enum statement_kind kind;
    char *text; /* as written, trimmed: the `python` of the journal */
    int column;
    const struct call_def *def;
    char *variable; /* receiver of CALL_ON_SOCKET */
    int variable_column;
    struct expr *args[CALL_ARGS_MAX];
    size_t argc;
    char *targets[2];
    size_t target_count;
    char *decode;      /* `.decode(..)` behind the call, encoding */
    struct expr *expr; /* of ASSIGN and PRINT (a tuple of its arguments) */
};

/* ---- expectations ------------------------------------------------------- */

enum subject_kind {
    SUBJECT_SOCK_FIELD, /* process.name + field */
    SUBJECT_SOCK_STATE,
    SUBJECT_SOCK_TIMER,
    SUBJECT_SOCK_LOCAL,
    SUBJECT_SOCK_PEER,
    SUBJECT_CALL, /* process.call */
    SUBJECT_RESULT,
    SUBJECT_ERROR,
    SUBJECT_ELAPSED,
    SUBJECT_VARIABLE, /* process.name */
    SUBJECT_LEN,      /* len(process.name) */
    SUBJECT_WIRE_HELD,
    SUBJECT_WIRE_DROPPED,
    SUBJECT_SOCKETS, /* host.sockets, of `state` if not NONE */
};

struct subject {
    enum subject_kind kind;
    char *text; /* as written */
    char *process;
    char *name; /* variable */
    const struct field *field;
    enum host host;
    uint8_t state;
};

enum compare_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };

/* The right side: exactly one of these. */
enum operand_kind {
    OPERAND_VALUE,    /* number, text, bytes, True, None, tuple */
    OPERAND_DURATION, /* ns */
    OPERAND_STATE,    /* a state or class */
    OPERAND_WORD,     /* errno name, call name, timer name, `none` */
    OPERAND_SUBJECT,
};

struct operand {
    enum operand_kind kind;
    struct value *value;
    uint64_t ns;
    struct state_word state;
    char *word;
    struct subject subject;
};

enum expect_kind { EXPECT_COMPARE, EXPECT_WIRE, EXPECT_WIRE_QUIET };

#define EXPECT_WITHIN_DEFAULT_NS UINT64_C(1000000000)

/* One element of the list of `expect wire`. */
struct wire_item {
    bool any_number; /* `...` */
    struct pattern pattern;
};

struct expectation {
    enum expect_kind kind;
    struct subject subject;
    enum compare_op op;
    struct operand value;
    uint64_t within_ns; /* how long it may take to become true */
    uint64_t for_ns;    /* > 0: true now and all that time */
    struct wire_item *items;
    size_t item_count;
};

/* ---- lines -------------------------------------------------------------- */

enum line_kind {
    LINE_PROCESS, /* processes, statement */
    LINE_WIRE,
    LINE_SET, /* host, name, value */
    LINE_EXPECT,
    LINE_TITLE,  /* text, lang */
    LINE_NOTE,   /* text, lang */
    LINE_ASK,    /* text, lang */
    LINE_OPTION, /* text, lang, right */
    LINE_VOTE,   /* number */
    LINE_TRY,    /* text, lang */
    LINE_CLAIM,  /* number */
    LINE_MARK,   /* name */
    LINE_WAIT,   /* ns */
    LINE_PAUSE,
    LINE_INTERRUPT, /* processes[0] */
    LINE_REQUIRE,   /* private */
    LINE_NAME,      /* name, host */
    LINE_HIDE,      /* name: client, server or wire */
    LINE_SHOW,
    LINE_REPEAT, /* number times processes: statement */
};

struct script_line {
    enum line_kind kind;
    char *file; /* borrowed from the script */
    int line, column;
    char *source; /* as written, trimmed, comment removed */

    char **processes; /* a fan-out in its order */
    size_t process_count;
    struct statement statement;

    struct wire_order wire; /* of LINE_WIRE */
    uint64_t ns;            /* of LINE_WAIT */
    bool on;                /* LINE_OPTION: the right one */

    enum host host;
    char *name;
    char *text;
    char lang[4]; /* "en", "ko" */
    int64_t number;
    struct expectation expect;
};

struct script {
    char *name;
    VEC(char *) files; /* every file's name, the first is `name` */
    VEC(struct script_line *) lines;
    VEC(char *) typed;              /* see script_typed_at() */
    VEC(size_t) steps;              /* indices of the lines that begin one */
    VEC(struct script_error) hints; /* at most SCRIPT_HINTS_MAX */
};

#define SCRIPT_HINTS_MAX 100

void script_line_free(struct script_line *l);

/* Whether a line of that kind does something: counts as a step. */
bool line_kind_does(enum line_kind kind);
/* A line that only checks, hides or uncovers what the line before it did. */
bool line_kind_follows(enum line_kind kind);

/* ---- evaluation --------------------------------------------------------- */

/* Looks a variable up; borrowed, NULL if undefined. */
typedef struct value *expr_lookup(void *ctx, const char *name);

/* The value of an expression (a new reference). On failure NULL, with
 * Python's exception name in `*exception` (static text) and what it says in
 * `message`. */
struct value *expr_eval(const struct expr *x, expr_lookup *lookup, void *ctx,
    const char **exception, char *message, size_t message_size);

/* bytes.decode() of Python: a new str, or NULL with a UnicodeDecodeError or
 * LookupError text. Encodings: utf-8, ascii, latin-1 and their aliases. */
struct value *value_decode(const struct value *bytes, const char *encoding,
    const char **exception, char *message, size_t message_size);

#endif
