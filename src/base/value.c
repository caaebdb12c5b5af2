/* Values of the notation: making, counting, asking, comparing. How they are
 * written is in value_repr.c. A value never changes after it is made, so a
 * reference can be shared by variables, results and events. */
#include "sockstage/base/value.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>
#include <string.h>

struct value {
    size_t refs;
    enum value_kind kind;
    union {
        int64_t n; /* INT, BOOL */
        double x;
        struct {
            char *data; /* NULL when empty and taken over */
            size_t len;
        } bytes; /* BYTES, STR */
        struct {
            struct value **items;
            size_t len;
        } tuple;
        struct {
            uint32_t id;
            int fd;
        } socket;
    } u;
};

static const char *const type_names[] = {
    [VALUE_NONE] = "NoneType",
    [VALUE_BOOL] = "bool",
    [VALUE_INT] = "int",
    [VALUE_FLOAT] = "float",
    [VALUE_BYTES] = "bytes",
    [VALUE_STR] = "str",
    [VALUE_TUPLE] = "tuple",
    [VALUE_SOCKET] = "socket",
};

static struct value *value_new(enum value_kind kind)
{
    struct value *v = xcalloc(1, sizeof *v);

    v->refs = 1;
    v->kind = kind;
    return v;
}

struct value *value_none(void)
{
    return value_new(VALUE_NONE);
}

struct value *value_bool(bool b)
{
    struct value *v = value_new(VALUE_BOOL);

    v->u.n = b;
    return v;
}

struct value *value_int(int64_t n)
{
    struct value *v = value_new(VALUE_INT);

    v->u.n = n;
    return v;
}

struct value *value_float(double x)
{
    struct value *v = value_new(VALUE_FLOAT);

    v->u.x = x;
    return v;
}

/* With a NUL behind the end, so that text can be handed to printf. */
static char *copy_bytes(const void *data, size_t len)
{
    char *copy = xmalloc(len + 1);

    if (len > 0)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

struct value *value_bytes(const void *data, size_t len)
{
    return value_take_bytes(copy_bytes(data, len), len);
}

struct value *value_take_bytes(void *data, size_t len)
{
    struct value *v = value_new(VALUE_BYTES);

    v->u.bytes.data = data;
    v->u.bytes.len = len;
    return v;
}

struct value *value_str(const char *text, size_t len)
{
    struct value *v = value_new(VALUE_STR);

    v->u.bytes.data = copy_bytes(text, len);
    v->u.bytes.len = len;
    return v;
}

struct value *value_tuple(struct value **items, size_t len)
{
    struct value *v = value_new(VALUE_TUPLE);

    v->u.tuple.items = xmemdup(items, len * sizeof(struct value *));
    v->u.tuple.len = len;
    return v;
}

struct value *value_socket(uint32_t id, int fd)
{
    struct value *v = value_new(VALUE_SOCKET);

    v->u.socket.id = id;
    v->u.socket.fd = fd;
    return v;
}

struct value *value_ref(struct value *v)
{
    if (v)
        v->refs++;
    return v;
}

void value_free(struct value *v)
{
    if (!v || --v->refs > 0)
        return;
    if (v->kind == VALUE_BYTES || v->kind == VALUE_STR) {
        free(v->u.bytes.data);
    } else if (v->kind == VALUE_TUPLE) {
        for (size_t i = 0; i < v->u.tuple.len; i++)
            value_free(v->u.tuple.items[i]);
        free(v->u.tuple.items);
    }
    free(v);
}

enum value_kind value_kind(const struct value *v)
{
    return v->kind;
}

const char *value_type_name(const struct value *v)
{
    return type_names[v->kind];
}

bool value_truth(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NONE:
        return false;
    case VALUE_BOOL:
    case VALUE_INT:
        return v->u.n != 0;
    case VALUE_FLOAT:
        return v->u.x != 0;
    case VALUE_BYTES:
    case VALUE_STR:
        return v->u.bytes.len > 0;
    case VALUE_TUPLE:
        return v->u.tuple.len > 0;
    case VALUE_SOCKET:
        return true;
    }
    return false;
}

int64_t value_as_int(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_BOOL ? v->u.n : 0;
}

double value_as_float(const struct value *v)
{
    return v->kind == VALUE_FLOAT ? v->u.x : (double)value_as_int(v);
}

bool value_is_number(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_BOOL ||
           v->kind == VALUE_FLOAT;
}

const char *value_data(const struct value *v, size_t *len)
{
    bool has_bytes = v->kind == VALUE_BYTES || v->kind == VALUE_STR;

    *len = has_bytes ? v->u.bytes.len : 0;
    return has_bytes && v->u.bytes.data ? v->u.bytes.data : "";
}

size_t value_tuple_len(const struct value *v)
{
    return v->kind == VALUE_TUPLE ? v->u.tuple.len : 0;
}

struct value *value_tuple_item(const struct value *v, size_t i)
{
    return i < value_tuple_len(v) ? v->u.tuple.items[i] : NULL;
}

uint32_t value_socket_id(const struct value *v)
{
    return v->kind == VALUE_SOCKET ? v->u.socket.id : 0;
}

int value_socket_fd(const struct value *v)
{
    return v->kind == VALUE_SOCKET ? v->u.socket.fd : -1;
}

bool value_holds_socket(const struct value *v, uint32_t id)
{
    if (v->kind == VALUE_SOCKET)
        return v->u.socket.id == id;
    for (size_t i = 0; i < value_tuple_len(v); i++)
        if (value_holds_socket(v->u.tuple.items[i], id))
            return true;
    return false;
}

/* Exactly, as Python does: not after rounding the integer to a double. */
static bool int_equals_float(int64_t n, double x)
{
    /* -2^63 is a double, 2^63 is the first one beyond int64_t. */
    if (!(x >= -0x1p63 && x < 0x1p63))
        return false;
    return (double)(int64_t)x == x && (int64_t)x == n;
}

static bool number_equal(const struct value *a, const struct value *b)
{
    bool a_float = a->kind == VALUE_FLOAT;
    bool b_float = b->kind == VALUE_FLOAT;

    if (a_float && b_float)
        return a->u.x == b->u.x;
    if (a_float)
        return int_equals_float(b->u.n, a->u.x);
    if (b_float)
        return int_equals_float(a->u.n, b->u.x);
    return a->u.n == b->u.n;
}

static bool tuple_equal(const struct value *a, const struct value *b)
{
    if (a->u.tuple.len != b->u.tuple.len)
        return false;
    for (size_t i = 0; i < a->u.tuple.len; i++) {
        const struct value *x = a->u.tuple.items[i];
        const struct value *y = b->u.tuple.items[i];
        /* Items are the same if they are one object, even a NaN. */
        if (x != y && !value_equal(x, y))
            return false;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (value_is_number(a) && value_is_number(b))
        return number_equal(a, b);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_BYTES:
    case VALUE_STR:
        return a->u.bytes.len == b->u.bytes.len &&
               (a->u.bytes.len == 0 || memcmp(a->u.bytes.data, b->u.bytes.data,
                                           a->u.bytes.len) == 0);
    case VALUE_TUPLE:
        return tuple_equal(a, b);
    case VALUE_SOCKET:
        return a->u.socket.id == b->u.socket.id;
    default:
        return true; /* None */
    }
}
