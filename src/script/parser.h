/* What the parse_*.c files share: the parser's state and their functions.
 *
 * Functions return false once something does not parse; the error is then set
 * already, and nobody goes on. What they fill is freed by its owner, also when
 * it is only half filled. */
#ifndef SOCKSTAGE_SCRIPT_PARSER_H
#define SOCKSTAGE_SCRIPT_PARSER_H

#include "lex.h"
#include "sockstage/script/ast.h"

/* Against hostile scripts; no lesson comes near them. */
#define PARSE_BYTES_MAX    (16UL << 20) /* of a script with all it includes */
#define PARSE_LINE_MAX     (1UL << 20)
#define PARSE_INCLUDE_MAX  16 /* files inside each other */
#define PARSE_FANOUT_MAX   10000
#define PARSE_CALLS_MAX    200000  /* lines times the processes of each */
#define PARSE_COUNT_MAX    1000000 /* N of wire, repeat, claim */
#define PARSE_DEPTH_MAX    64
#define PARSE_NODES_MAX    1000 /* of one expression: bounds its height too */
#define PARSE_ARGS_MAX     64
#define PARSE_CONSTANT_MAX (256UL << 20) /* bytes of all `expect` values */
#define PARSE_NAME_MAX     31            /* see MODEL_NAME_MAX */
#define PARSE_FORK_MAX     64            /* forks of forks */

struct scopes;

/* A socket that a pattern names. Its process may make it in a later line, so
 * whether there is one is known at the end of the script. */
struct named_socket {
    char *file; /* borrowed from script->files */
    int line, column;
    char process[PARSE_NAME_MAX + 1];
    char socket[PARSE_NAME_MAX + 1];
};

struct parser {
    struct script *script;
    struct script_error *error;
    bool is_prompt;
    const char *prompt_process;       /* may be NULL */
    const struct script_names *names; /* of the stage; may be NULL */

    char *file; /* borrowed from script->files */
    int line;
    struct lexer lex;        /* of the current line */
    struct script_line *out; /* the line being made */
    struct scopes *scopes;

    size_t statement_start;
    int depth; /* of the expression being read */
    size_t nodes;
    size_t bytes, calls, constant_bytes;
    VEC(char *) open_files;           /* real paths of the files being read */
    VEC(struct named_socket) sockets; /* of all patterns so far */
};

/* ---- parse_fail.c: errors ----------------------------------------------- */

/* Sets the error at a column of the line, at an offset of the plain line, at
 * the current token (or what is wrong with that token). All return false. */
bool parse_fail_at(struct parser *p, int column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool parse_fail(struct parser *p, size_t offset, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool parse_fail_here(struct parser *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Behind one of them: what stands at its place, and what should. Returns
 * false, too. */
bool parse_fix(struct parser *p, const char *wrong, const char *right);
/* A part of the plain line for a message, shortened; the caller frees it. */
char *parse_quote(const struct parser *p, size_t start, size_t end);
/* Adds a hint: something was taken that could have been written better. */
void parse_hint(struct parser *p, size_t offset, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The candidate nearest to a misspelt word, if one is near enough. */
struct near {
    const char *word;
    const char *best; /* borrowed from the candidates, NULL: none */
    int distance;
};
void near_try(struct near *n, const char *candidate);

/* ---- parse_scope.c: which names a process has --------------------------- */

struct scopes *scopes_new(void);
void scopes_free(struct scopes *s);
void scopes_define(struct scopes *s, const char *process, const char *name);
/* A process that has done something. */
void scopes_meet(struct scopes *s, const char *process);
bool scopes_has(const struct scopes *s, const char *process, const char *name);
/* fork(): `child` has what `parent` has now. False: too many generations. */
bool scopes_fork(struct scopes *s, const char *parent, const char *child);
bool scopes_knows(const struct scopes *s, const char *process);
/* "it has conn, ls, msg; did you mean msg?", the names that come to mind. */
void scopes_describe(const struct scopes *s, const char *process,
    const char *wanted, struct str *out);

/* The first process that has the name; NULL: none. */
const char *scopes_owner(const struct scopes *s, const char *name);
/* Whether the process came into being by a fork() of these lines. */
bool scopes_is_child(const struct scopes *s, const char *process);

/* ---- parse_whose.c ------------------------------------------------------- */

/* Whether the name may be used by the process at this line; at the prompt only
 * names that others have may not. Constants are always there. */
bool parse_check_name(
    struct parser *p, const char *process, const char *name, int column);
/* Whether the socket of a call, if somebody has it, is one of the processes of
 * the line. */
bool parse_check_receiver(struct parser *p, const struct statement *st);

/* ---- parse_hints.c: first mistakes -------------------------------------- */

/* Python that belongs in a program (while, for, if, def..), `word` standing at
 * the current token. */
bool parse_is_python_keyword(const char *word);
bool parse_fail_python_keyword(struct parser *p, const char *word);
/* A line that names no process and is no directive. */
bool parse_fail_no_process(struct parser *p);
/* c1.s.send(..): the process does not belong into the statement. */
bool parse_check_no_dotted_call(struct parser *p);
/* No such call. */
bool parse_fail_no_call(struct parser *p, enum call_receiver on,
    const char *variable, const char *name, size_t offset);
/* A name that can't be assigned to, that no process can have. */
bool parse_check_target(struct parser *p, const char *name, size_t offset);
bool parse_check_process(struct parser *p, const char *name, size_t offset);

/* ---- parse_line.c: lines, blocks, directives ---------------------------- */

/* All lines of one file, added to the script. */
bool parse_text(struct parser *p, const char *text, size_t len);
/* Process, or fan-out, and the colon behind it. */
bool parse_processes(struct parser *p, char ***names, size_t *count);
/* The statement of `out`, up to the end of the line, checked. */
bool parse_process_statement(struct parser *p);
/* That nothing but the end of the line follows. */
bool parse_end(struct parser *p);
void parse_free_names(char **names, size_t count);

/* ---- parse_directive.c -------------------------------------------------- */

/* One row of lines.def. */
struct directive {
    const char *word;
    enum line_kind kind;
    bool is_text; /* takes the rest of the line as it is, in two languages */
    bool does;    /* counts as a step */
    bool (*parse)(struct parser *p); /* behind the word; NULL if is_text */
    const char *usage;
};
const struct directive *directive_find(const char *word);
const struct directive *directive_at(size_t i); /* NULL at the end */

bool parse_word(struct parser *p, char **out, const char *usage);
bool parse_host(struct parser *p, enum host *out);
bool parse_duration(struct parser *p, uint64_t *ns);
bool parse_count(struct parser *p, int64_t max, int64_t *out);

/* ---- parse_include.c ---------------------------------------------------- */

/* Reads a file (whole, checked for its size) and parses it into the script. */
bool parse_include(struct parser *p, const char *path, int column);
/* The same for the script itself; "-" is standard input. */
bool parse_main_file(struct parser *p, const char *path);

/* ---- parse_statement.c, parse_call.c ------------------------------------ */

bool parse_statement(struct parser *p, struct statement *st);
/* Whether a call of the socket API begins at the current token. */
bool parse_at_call(struct parser *p);
bool parse_call(struct parser *p, struct statement *st);
/* ["utf-8"] in parentheses behind .encode or .decode; the caller frees. */
bool parse_encoding(struct parser *p, char **out);

/* ---- parse_expr.c, parse_literal.c -------------------------------------- */

/* NULL once it does not parse. */
struct expr *parse_expr(struct parser *p);
struct expr *parse_expr_list(struct parser *p); /* a, b: a tuple */
struct expr *parse_expr_new(struct parser *p, enum expr_kind kind, int column);
void expr_free(struct expr *x);
/* Evaluates what holds no variables; NULL and the error set otherwise. */
struct value *parse_constant(
    struct parser *p, const struct expr *x, const char *instead);
struct value *parse_string(struct parser *p); /* of the current token */
struct value *parse_struct_pack(struct parser *p);

/* ---- parse_wire.c, parse_expect.c --------------------------------------- */

bool parse_wire(struct parser *p);
bool parse_pattern(struct parser *p, struct pattern *out);
/* Once all is read: whether each socket that a pattern names is made. */
bool parse_check_sockets(struct parser *p);
bool parse_expect(struct parser *p);
bool parse_subject(struct parser *p, struct subject *out);

#endif
