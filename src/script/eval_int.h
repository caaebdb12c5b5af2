/* What the eval*.c files share. */
#ifndef SOCKSTAGE_SCRIPT_EVAL_INT_H
#define SOCKSTAGE_SCRIPT_EVAL_INT_H

#include "sockstage/script/ast.h"

#define EVAL_BYTES_MAX (256UL << 20) /* of one value: MemoryError beyond */
#define EVAL_ITEMS_MAX 4096          /* of a tuple, with all the tuples in it */

/* Where an exception goes. */
struct raised {
    const char **exception;
    char *message;
    size_t size;
};

/* Sets it and returns NULL. */
struct value *raise_error(const struct raised *r, const char *exception,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* str.encode() of Python; see value_decode(). */
struct value *value_encode(
    const struct value *text, const char *encoding, const struct raised *r);

/* eval_ops.c: a + b and its kin (enum expr_kind), x[i], x[a:b], len(x). */
struct value *eval_binary(enum expr_kind kind, const struct value *a,
    const struct value *b, const struct raised *r);
struct value *eval_negative(const struct value *v, const struct raised *r);
struct value *eval_index(
    const struct value *v, const struct value *at, const struct raised *r);
/* A missing bound is NULL. */
struct value *eval_slice(const struct value *v, const struct value *from,
    const struct value *to, const struct raised *r);
struct value *eval_len(const struct value *v, const struct raised *r);
/* MemoryError if the tuple became too large; takes and returns it. */
struct value *eval_checked_tuple(struct value *v, const struct raised *r);

#endif
