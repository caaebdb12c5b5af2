/* A Python value of the notation: what a variable holds, what a call takes
 * and what it returns. Immutable and counted: value_ref() and value_free(). */
#ifndef SOCKSTAGE_BASE_VALUE_H
#define SOCKSTAGE_BASE_VALUE_H

#include "sockstage/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_NONE,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_BYTES,
    VALUE_STR,
    VALUE_TUPLE,
    VALUE_SOCKET,
};

struct value; /* opaque */

/* Constructors: the caller owns the reference returned. value_bytes() and
 * value_str() copy; value_take_bytes() takes over a malloc'ed buffer;
 * value_tuple() takes over the references in `items`, not the array. */
struct value *value_none(void);
struct value *value_bool(bool b);
struct value *value_int(int64_t n);
struct value *value_float(double x);
struct value *value_bytes(const void *data, size_t len);
struct value *value_take_bytes(void *data, size_t len);
struct value *value_str(const char *text, size_t len);
struct value *value_tuple(struct value **items, size_t len);
/* A socket object of a process: `id` is that process's own number for it
 * (never reused there), `fd` the descriptor as the process sees it. */
struct value *value_socket(uint32_t id, int fd);

struct value *value_ref(struct value *v); /* NULL gives NULL */
void value_free(struct value *v);         /* NULL is allowed */

enum value_kind value_kind(const struct value *v);
const char *value_type_name(const struct value *v); /* "int", "NoneType", .. */
bool value_truth(const struct value *v);            /* bool(v) of Python */
int64_t value_as_int(const struct value *v);        /* of INT and BOOL */
double value_as_float(const struct value *v);       /* of INT, BOOL, FLOAT */
bool value_is_number(const struct value *v);        /* INT, BOOL or FLOAT */
/* Bytes of BYTES and STR (UTF-8); valid while `v` lives. */
const char *value_data(const struct value *v, size_t *len);
size_t value_tuple_len(const struct value *v);
struct value *value_tuple_item(const struct value *v, size_t i); /* borrowed */
uint32_t value_socket_id(const struct value *v);
int value_socket_fd(const struct value *v);
/* Whether `v` is, or a tuple in it holds, socket `id`. */
bool value_holds_socket(const struct value *v, uint32_t id);

/* Python's ==. */
bool value_equal(const struct value *a, const struct value *b);

/* Python's repr() and print() form. Of bytes and text, repr shows at most
 * `max_bytes` and then "..." outside the quotes; 0 means all. */
void value_repr(const struct value *v, size_t max_bytes, struct str *out);
void value_print(const struct value *v, struct str *out);

#endif
