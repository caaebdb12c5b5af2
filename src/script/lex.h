/* One line of the notation as tokens. Before that the line is made plain:
 * quotes, parentheses, colons and blanks as slides and input methods write
 * them become the ASCII ones outside quotes, and the comment goes. Offsets are
 * bytes of the plain line; lex_column() gives the column as it was typed. */
#ifndef SOCKSTAGE_SCRIPT_LEX_H
#define SOCKSTAGE_SCRIPT_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_INT,
    TOKEN_FLOAT,
    TOKEN_DURATION, /* a number with its unit: 100ms */
    TOKEN_STRING,   /* prefix and quotes included */
    TOKEN_OP,
    TOKEN_BAD, /* `why` says what is wrong with it */
};

/* Operators of more than one character. */
#define LEX_OP2(a, b)    ((a) | (b) << 8)
#define LEX_OP3(a, b, c) ((a) | (b) << 8 | (c) << 16)

struct token {
    enum token_kind kind;
    size_t start, end;
    int op;      /* of OP: its character, or LEX_OP2(), LEX_OP3() */
    int64_t n;   /* of INT */
    double x;    /* of FLOAT */
    uint64_t ns; /* of DURATION */
    const char *why;
};

struct lexer {
    char *text; /* the plain line, owned */
    size_t len;
    int *columns; /* of each byte and of the end, owned */
    size_t pos;
    struct token tok; /* the current one */
};

/* Begins with the first token of `raw`, whose first character stands in
 * `column`. lex_done() frees what it holds. */
void lex_init(struct lexer *lx, const char *raw, size_t len, int column);
void lex_done(struct lexer *lx);

void lex_next(struct lexer *lx);
/* Continues with the token that begins at or after that offset. */
void lex_seek(struct lexer *lx, size_t offset);

bool lex_is(const struct lexer *lx, int op);
bool lex_is_word(const struct lexer *lx, const char *word);
/* Goes past an operator or a word if it stands here. */
bool lex_take(struct lexer *lx, int op);
bool lex_take_word(struct lexer *lx, const char *word);
/* A copy of the current token's text, of a part of the line (without the
 * blanks around it). */
char *lex_copy(const struct lexer *lx);
char *lex_copy_part(const struct lexer *lx, size_t start, size_t end);

/* From the current token on, as far as letters, digits, _ and - reach with no
 * blank between: "half-closed", "FIN-WAIT-1". Goes past it; "" if none. The
 * caller frees it. */
char *lex_take_hyphenated(struct lexer *lx);

/* A number written with a dot, whatever the locale. */
double lex_to_double(const char *digits);

int lex_column(const struct lexer *lx, size_t offset);

bool lex_is_name_start(char c);
bool lex_is_name_char(char c);
bool lex_is_blank(char c);

#endif
