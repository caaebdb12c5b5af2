/* Argument checks, in CPython's words (Modules/socketmodule.c and
 * Python/getargs.c of 3.11), so that a student meets the same sentences. */
#include "args.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"
#include "sockstage/base/mem.h"

#define PORT_MAX      65535
#define FLOWINFO_MAX  0xfffff
#define TIMEOUT_MAX_S 9223372036.0 /* int64_t nanoseconds: _PyTime_t */
#define INET6_ITEMS   4            /* (host, port, flowinfo, scope_id) */

const struct value *arg_value(const struct call *c, size_t i)
{
    return i < c->argc ? c->args[i] : NULL;
}

int arg_int(const struct call *c, size_t i, int fallback)
{
    const struct value *v = arg_value(c, i);

    return v ? (int)value_as_int(v) : fallback;
}

const char *arg_bytes(const struct call *c, size_t i, size_t *len)
{
    return value_data(c->args[i], len);
}

struct value *address_value(const struct sockaddr_storage *sa)
{
    struct value *items[INET6_ITEMS];
    struct addr a = addr_from_sockaddr(sa);
    char ip[ADDR_TEXT_MAX];
    struct sockaddr_in6 in6;

    if (a.family == 0)
        return value_none();
    addr_format_ip(&a, ip);
    items[0] = value_str(ip, strlen(ip));
    items[1] = value_int(a.port);
    if (a.family == AF_INET)
        return value_tuple(items, 2);
    memcpy(&in6, sa, sizeof in6);
    items[2] = value_int(ntohl(in6.sin6_flowinfo));
    items[3] = value_int(in6.sin6_scope_id);
    return value_tuple(items, INET6_ITEMS);
}

static bool is_int(const struct value *v)
{
    return value_kind(v) == VALUE_INT || value_kind(v) == VALUE_BOOL;
}

static bool refuse_type(struct call *c, const struct value *v)
{
    result_raise(c, "TypeError", 0,
        "'%s' object cannot be interpreted as an integer", value_type_name(v));
    return false;
}

static bool check_int(struct call *c, const struct value *v)
{
    if (!is_int(v))
        return refuse_type(c, v);
    if (value_as_int(v) > INT_MAX) {
        result_raise(
            c, "OverflowError", 0, "signed integer is greater than maximum");
        return false;
    }
    if (value_as_int(v) < INT_MIN) {
        result_raise(
            c, "OverflowError", 0, "signed integer is less than minimum");
        return false;
    }
    return true;
}

static bool check_bytes(struct call *c, const struct value *v)
{
    if (value_kind(v) == VALUE_BYTES)
        return true;
    result_raise(c, "TypeError", 0, "a bytes-like object is required, not '%s'",
        value_type_name(v));
    return false;
}

static bool check_timeout(struct call *c, const struct value *v)
{
    if (value_kind(v) == VALUE_NONE)
        return true;
    if (!value_is_number(v))
        return refuse_type(c, v);
    double seconds = value_as_float(v);
    if (isnan(seconds)) {
        result_raise(c, "ValueError", 0, "Invalid value NaN (not a number)");
        return false;
    }
    if (seconds >= TIMEOUT_MAX_S || seconds <= -TIMEOUT_MAX_S) {
        result_raise(c, "OverflowError", 0,
            "timestamp too large to convert to C _PyTime_t");
        return false;
    }
    if (seconds < 0) {
        result_raise(c, "ValueError", 0, "Timeout value out of range");
        return false;
    }
    return true;
}

/* (onoff, linger): not Python's, but what struct.pack('ii', ..) says. */
static bool check_option(struct call *c, const struct value *v)
{
    if (is_int(v))
        return check_int(c, v);
    if (value_kind(v) != VALUE_TUPLE || value_tuple_len(v) != 2)
        return check_bytes(c, v);
    return check_int(c, value_tuple_item(v, 0)) &&
           check_int(c, value_tuple_item(v, 1));
}

/* The tuple's length and types; its numbers are checked one by one later. */
static bool check_address_shape(struct call *c, const struct value *v)
{
    bool inet6 = c->sock->family == AF_INET6;
    size_t len = value_tuple_len(v);

    if (value_kind(v) != VALUE_TUPLE) {
        result_raise(c, "TypeError", 0,
            "%s(): %s address must be tuple, not %s", c->def->name,
            inet6 ? "AF_INET6" : "AF_INET", value_type_name(v));
        return false;
    }
    if (len < 2 || len > (inet6 ? INET6_ITEMS : 2)) {
        result_raise(c, "TypeError", 0, "%s",
            inet6 ? "AF_INET6 address must be a tuple "
                    "(host, port[, flowinfo[, scopeid]])"
                  : "AF_INET address must be a pair (host, port)");
        return false;
    }
    enum value_kind kind = value_kind(value_tuple_item(v, 0));
    if (kind != VALUE_STR && kind != VALUE_BYTES) {
        result_raise(c, "TypeError", 0,
            "str, bytes or bytearray expected, not %s",
            value_type_name(value_tuple_item(v, 0)));
        return false;
    }
    for (size_t i = 1; i < len; i++)
        if (!is_int(value_tuple_item(v, i)))
            return refuse_type(c, value_tuple_item(v, i));
    return true;
}

/* Item `i` as a number from 0 to `max`, 0 if the tuple is shorter. */
static bool address_number(struct call *c, const struct value *v, size_t i,
    int64_t max, const char *name, uint32_t *out)
{
    const struct value *item = value_tuple_item(v, i);
    int64_t n = item ? value_as_int(item) : 0;

    if (n < 0 || n > max) {
        result_raise(c, "OverflowError", 0, "%s(): %s must be 0-%lld.",
            c->def->name, name, (long long)max);
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static bool resolve(
    struct call *c, const char *host, uint16_t port, struct addr *out)
{
    struct err e = {0};
    int rc = c->env->resolve(c->env->ctx, host, c->sock->family, port, out, &e);

    if (rc == 0)
        return true;
    if (rc == -ENOENT)
        result_raise(c, "gaierror", 0, "%s", e.msg);
    else
        result_raise(c, call_exception(-rc), -rc, "%s", e.msg);
    return false;
}

static bool check_address(struct call *c, const struct value *v)
{
    uint32_t port, flowinfo, scope_id;
    struct addr a = {0};
    size_t host_len;

    if (!check_address_shape(c, v))
        return false;
    const char *host = value_data(value_tuple_item(v, 0), &host_len);
    if (memchr(host, '\0', host_len)) {
        result_raise(
            c, "TypeError", 0, "host name must not contain null character");
        return false;
    }
    if (!address_number(c, v, 1, PORT_MAX, "port", &port) ||
        !address_number(c, v, 2, FLOWINFO_MAX, "flowinfo", &flowinfo) ||
        !address_number(c, v, 3, UINT32_MAX, "scopeid", &scope_id))
        return false;
    char *name = xstrndup(host, host_len);
    bool known = resolve(c, name, (uint16_t)port, &a);
    free(name);
    if (!known)
        return false;
    c->peer_len = addr_to_sockaddr(&a, &c->peer);
    if (a.family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, &c->peer, sizeof in6);
        in6.sin6_flowinfo = htonl(flowinfo);
        in6.sin6_scope_id = scope_id;
        memcpy(&c->peer, &in6, sizeof in6);
    }
    return true;
}

static bool check_value(
    struct call *c, enum call_arg_kind kind, const struct value *v)
{
    switch (kind) {
    case CALL_ARG_INT:
        return check_int(c, v);
    case CALL_ARG_BOOL:
        return true; /* everything is true or false */
    case CALL_ARG_BYTES:
        return check_bytes(c, v);
    case CALL_ARG_ADDRESS:
        return check_address(c, v);
    case CALL_ARG_TIMEOUT:
        return check_timeout(c, v);
    case CALL_ARG_OPTION:
        return check_option(c, v);
    }
    return true;
}

static bool refuse_count(struct call *c, size_t min, size_t max)
{
    const char *on = c->def->on == CALL_ON_SOCKET ? "socket." : "";
    const char *name = c->def->name;
    size_t limit = c->argc < min ? min : max;

    if (max == 0)
        result_raise(c, "TypeError", 0, "%s%s() takes no arguments (%zu given)",
            on, name, c->argc);
    else if (min == 1 && max == 1)
        result_raise(c, "TypeError", 0,
            "%s%s() takes exactly one argument (%zu given)", on, name, c->argc);
    else
        result_raise(c, "TypeError", 0,
            "%s() takes %s %zu argument%s (%zu given)", name,
            min == max     ? "exactly"
            : limit == max ? "at most"
                           : "at least",
            limit, limit == 1 ? "" : "s", c->argc);
    return false;
}

static bool check_count(struct call *c)
{
    const struct call_arg *arg = c->def->args;
    size_t min = 0;
    size_t max = 0;

    for (; max < CALL_ARGS_MAX && arg[max].name; max++)
        if (!arg[max].optional)
            min = max + 1;
    if (c->argc < min || c->argc > max)
        return refuse_count(c, min, max);
    for (size_t i = 0; i < min; i++)
        if (!c->args[i])
            return refuse_count(c, min, max);
    return true;
}

bool args_check(struct call *c)
{
    if (!check_count(c))
        return false;
    for (size_t i = 0; i < c->argc; i++)
        if (c->args[i] && !check_value(c, c->def->args[i].kind, c->args[i]))
            return false;
    return true;
}
