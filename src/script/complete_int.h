/* What the complete_*.c files share: the tokens before the word at the cursor,
 * and how a candidate is offered. */
#ifndef SOCKSTAGE_SCRIPT_COMPLETE_INT_H
#define SOCKSTAGE_SCRIPT_COMPLETE_INT_H

#include "lex.h"

#include "sockstage/script/complete.h"

#define COMPLETE_TOKENS_MAX 256
#define COMPLETE_MAX        300 /* candidates */

/* A name of a token or of a process, cut where it is too long to be one. */
#define COMPLETE_WORD_MAX 64

struct completing {
    struct completion *out;
    const struct complete_names *names;
    const char *text; /* as typed */
    size_t len, cursor;
    bool quoted;     /* the word stands in quotes that are still open */
    bool number;     /* it begins with a digit */
    struct lexer lx; /* of what stands before the cursor */
    struct token tokens[COMPLETE_TOKENS_MAX]; /* all before the word */
    size_t count;
};

/* ---- complete.c ---------------------------------------------------------- */

/* Adds a candidate that begins with the word (in either case), once. */
void complete_offer(struct completing *c, enum candidate_kind kind,
    const char *text, const char *help);
bool complete_is_op(const struct completing *c, size_t i, int op);
bool complete_is_word(const struct completing *c, size_t i, const char *word);
/* The text of token `i`, "" where there is none. */
const char *complete_word(
    const struct completing *c, size_t i, char out[COMPLETE_WORD_MAX]);
/* Whether token `i` begins right behind the one before. */
bool complete_is_glued(const struct completing *c, size_t i);
/* Lets the word begin further to the left. */
void complete_widen(struct completing *c, size_t from);
/* The first character behind the cursor. */
char complete_next_char(const struct completing *c);

void complete_processes(struct completing *c, const char *suffix, bool fresh);
void complete_variables(struct completing *c, const char *process,
    bool sockets_only, const char *suffix);
void complete_hosts(struct completing *c);

/* ---- complete_call.c: what a process does, from token `first` on --------- */

void complete_statement(
    struct completing *c, const char *process, size_t first);

/* A call whose parentheses are open at the cursor. */
struct call_place {
    const struct call_def *def;
    size_t open; /* the token of its parenthesis */
    size_t arg;  /* which argument stands there */
    char variable[COMPLETE_WORD_MAX];
};

/* The parenthesis that is open at token `end`, looking back to `first`; false:
 * none. */
bool complete_find_open(
    const struct completing *c, size_t first, size_t end, size_t *open);
/* Those from token `from` on that stand in no parentheses of their own. */
size_t complete_count_commas(const struct completing *c, size_t from);
/* The call before that parenthesis, and its variable; NULL: none. */
const struct call_def *complete_call_before(const struct completing *c,
    size_t open, size_t first, struct call_place *p);

/* ---- complete_address.c -------------------------------------------------- */

/* False: nothing known fits there, or the cursor is in no address. */
bool complete_address(struct completing *c, const char *process, size_t first);

/* ---- complete_words.c: the other lines ----------------------------------- */

/* False if the word begins no line of its own. */
bool complete_directive(struct completing *c, const char *word);

/* ---- complete_expect.c --------------------------------------------------- */

void complete_expect(struct completing *c);
/* A pattern of segments, from token `first` on. */
void complete_pattern(struct completing *c, size_t first);

#endif
