/* The calls in C. Each has a row here; a test compares them with the table of
 * calls. */
#include "c_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/calls/call.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A call while it is written: its receiver and arguments in C. */
struct writing {
    struct c_writer *w;
    const struct statement *st;
    const char *from; /* see c_call() */
    const char *s;    /* the receiver's C variable */
    struct c_value args[CALL_ARGS_MAX];
    struct c_value *out;
};

struct row {
    enum call_receiver on;
    const char *name;
    bool (*write)(struct writing *c);
};

/* ---- arguments ---------------------------------------------------------- */

/* A constant of the headers may be unsigned: INADDR_NONE. */
static bool is_int(const struct c_value *v)
{
    bool is_name = v->code && (v->code[0] < '0' || v->code[0] > '9');

    return (v->type == C_NUMBER || v->type == C_BOOL) &&
           (!v->is_constant ||
               (v->n >= INT_MIN && v->n <= (is_name ? UINT_MAX : INT_MAX)));
}

/* An int, or what stands for one that is left out. */
static bool int_argument(
    struct writing *c, size_t i, const char *missing, const char **out)
{
    const struct c_value *v = &c->args[i];

    *out = missing;
    if (i >= c->st->argc)
        return true;
    if (!is_int(v))
        return c_fail(c->w, "argument %zu is no int", i + 1);
    *out = v->code;
    return true;
}

static bool bytes_argument(struct writing *c, size_t i, const char **out)
{
    if (c->args[i].type != C_BYTES)
        return c_fail(c->w, "argument %zu is not of bytes", i + 1);
    *out = c->args[i].code;
    return true;
}

/* The host of a pair: a plain literal of C where it is one. */
static char *host_code(const struct c_value *v)
{
    const char *code = v->code;
    size_t prefix = strncmp(code, "TEXT(\"", 6) == 0    ? 5
                    : strncmp(code, "BYTES(\"", 7) == 0 ? 6
                                                        : 0;

    if (prefix == 0)
        return c_format("%s.data", code);
    return c_format("%.*s", (int)(strlen(code) - prefix - 1), code + prefix);
}

/* (host, port) and what it may have more, for this socket. */
static bool pair(
    struct writing *c, const char *s, const struct c_value *v, char **out)
{
    static const char *const none = "0";
    char *host;

    if (v->count < 2 || v->count > 4 ||
        (v->items[0].type != C_TEXT && v->items[0].type != C_BYTES))
        return c_fail(c->w, "this is no address");
    for (size_t i = 1; i < v->count; i++)
        if (v->items[i].type != C_NUMBER && v->items[i].type != C_BOOL)
            return c_fail(c->w, "this is no address");
    host = host_code(&v->items[0]);
    if (v->count == 2)
        *out = c_format("at(%s, %s, %s)", s, host, v->items[1].code);
    else
        *out =
            c_format("at_scope(%s, %s, %s, %s, %s)", s, host, v->items[1].code,
                v->items[2].code, v->count > 3 ? v->items[3].code : none);
    free(host);
    return true;
}

static bool address_argument(struct writing *c, size_t i, char **out)
{
    const struct c_value *v = &c->args[i];

    if (v->type == C_TUPLE)
        return pair(c, c->s, v, out);
    if (v->type != C_ADDRESS)
        return c_fail(c->w, "argument %zu is no address", i + 1);
    *out = xstrdup(v->code);
    return true;
}

static bool done(struct writing *c, enum c_type type, char *code)
{
    *c->out = c_code(type, C_LEVEL_ATOM, code);
    return true;
}

/* ---- making, naming, connecting ----------------------------------------- */

/* socket(type=SOCK_DGRAM) leaves a plain number for the family. */
static const char *known_name(const struct writing *c, size_t i,
    const char *first, const char *second, const char *code)
{
    int64_t n;

    if (!c->args[i].is_constant || code[0] < '0' || code[0] > '9')
        return code;
    if (call_constant(first, &n) && n == c->args[i].n)
        return first;
    return call_constant(second, &n) && n == c->args[i].n ? second : code;
}

static bool write_socket(struct writing *c)
{
    const char *family, *type, *protocol;

    if (!int_argument(c, 0, "AF_INET", &family) ||
        !int_argument(c, 1, "SOCK_STREAM", &type) ||
        !int_argument(c, 2, "0", &protocol))
        return false;
    if (c->st->argc > 0)
        family = known_name(c, 0, "AF_INET", "AF_INET6", family);
    if (c->st->argc > 1)
        type = known_name(c, 1, "SOCK_STREAM", "SOCK_DGRAM", type);
    return done(
        c, C_SOCKET, c_format("Socket(%s, %s, %s)", family, type, protocol));
}

static bool write_with_address(struct writing *c, const char *call)
{
    char *address = NULL;
    bool ok = address_argument(c, 0, &address);

    if (ok)
        done(c, C_NONE, c_format("%s(%s, %s)", call, c->s, address));
    free(address);
    return ok;
}

static bool write_bind(struct writing *c)
{
    return write_with_address(c, "Bind");
}

static bool write_connect(struct writing *c)
{
    return write_with_address(c, "Connect");
}

/* listen() without a number takes Python's, which is 128 at most. */
static bool write_listen(struct writing *c)
{
    const char *backlog;

    return int_argument(c, 0, "128", &backlog) &&
           done(c, C_NONE, c_format("Listen(%s, %s)", c->s, backlog));
}

static bool write_accept(struct writing *c)
{
    return done(c, C_SOCKET, c_format("Accept(%s, %s)", c->s, c->from));
}

static bool write_shutdown(struct writing *c)
{
    const char *how;

    return int_argument(c, 0, "SHUT_WR", &how) &&
           done(c, C_NONE, c_format("Shutdown(%s, %s)", c->s, how));
}

static bool write_close(struct writing *c)
{
    return done(c, C_NONE, c_format("Close(&%s)", c->s));
}

/* ---- data --------------------------------------------------------------- */

static bool write_sending(struct writing *c, const char *call, enum c_type type)
{
    const char *data = NULL, *flags = NULL;

    return bytes_argument(c, 0, &data) && int_argument(c, 1, "0", &flags) &&
           done(c, type, c_format("%s(%s, %s, %s)", call, c->s, data, flags));
}

static bool write_send(struct writing *c)
{
    return write_sending(c, "Send", C_NUMBER);
}

static bool write_sendall(struct writing *c)
{
    return write_sending(c, "Sendall", C_NONE);
}

static bool write_recv(struct writing *c)
{
    const char *size, *flags;

    return int_argument(c, 0, "0", &size) && int_argument(c, 1, "0", &flags) &&
           done(c, C_BYTES, c_format("Recv(%s, %s, %s)", c->s, size, flags));
}

static bool write_recvfrom(struct writing *c)
{
    const char *size, *flags;

    return int_argument(c, 0, "0", &size) && int_argument(c, 1, "0", &flags) &&
           done(c, C_BYTES,
               c_format(
                   "Recvfrom(%s, %s, %s, %s)", c->s, size, flags, c->from));
}

static bool write_sendto(struct writing *c)
{
    const char *data = NULL;
    char *address = NULL;
    bool ok = bytes_argument(c, 0, &data) && address_argument(c, 1, &address);

    if (ok)
        done(c, C_NUMBER, c_format("Sendto(%s, %s, %s)", c->s, data, address));
    free(address);
    return ok;
}

static bool write_read(struct writing *c)
{
    const char *fd, *size;

    return int_argument(c, 0, "-1", &fd) && int_argument(c, 1, "0", &size) &&
           done(c, C_BYTES, c_format("Read(%s, %s)", fd, size));
}

static bool write_write(struct writing *c)
{
    const char *fd = NULL, *data = NULL;

    return int_argument(c, 0, "-1", &fd) && bytes_argument(c, 1, &data) &&
           done(c, C_NUMBER, c_format("Write(%s, %s)", fd, data));
}

/* ---- options ------------------------------------------------------------ */

static bool write_setblocking(struct writing *c)
{
    const struct c_value *v = &c->args[0];
    bool is_known = v->type == C_NONE || v->is_constant;

    if (!is_known && !c_is_number(v))
        return c_fail(c->w, "this is neither True nor False");
    if (is_known)
        return done(c, C_NONE,
            c_format("Setblocking(%s, %s)", c->s,
                v->type != C_NONE && v->n != 0 ? "true" : "false"));
    return done(c, C_NONE,
        c_format(v->type == C_BOOL ? "Setblocking(%s, %s)"
                                   : "Setblocking(%s, (%s) != 0)",
            c->s, v->code));
}

static bool write_getblocking(struct writing *c)
{
    return done(c, C_BOOL, c_format("Getblocking(%s)", c->s));
}

static bool write_settimeout(struct writing *c)
{
    const struct c_value *v = &c->args[0];
    const char *seconds = v->type == C_NONE ? "NONE" : v->code;

    if (v->type != C_NONE && v->type != C_TIMEOUT && !c_is_number(v))
        return c_fail(c->w, "this is no number of seconds");
    return done(c, C_NONE, c_format("Settimeout(%s, %s)", c->s, seconds));
}

static bool write_gettimeout(struct writing *c)
{
    return done(c, C_TIMEOUT, c_format("Gettimeout(%s)", c->s));
}

static bool is_linger_struct(const struct statement *st)
{
    const struct expr *option = st->args[1];
    const struct expr *x = st->args[2];
    size_t len = 0;

    if (!option->name || strcmp(option->name, "SO_LINGER") != 0 ||
        x->kind != EXPR_LITERAL || value_kind(x->value) != VALUE_BYTES)
        return false;
    value_data(x->value, &len);
    return len == 2 * sizeof(int);
}

/* The value and its size: an int, a struct linger, or bytes. */
static bool option_value(struct writing *c, char **out)
{
    const struct c_value *v = &c->args[2];
    int numbers[2];
    size_t len;

    if (is_linger_struct(c->st)) {
        memcpy(
            numbers, value_data(c->st->args[2]->value, &len), sizeof numbers);
        *out = c_format("&(struct linger){%d, %d}, sizeof(struct linger)",
            numbers[0], numbers[1]);
        return true;
    }
    if (v->type == C_TUPLE && v->count == 2 && is_int(&v->items[0]) &&
        is_int(&v->items[1])) {
        *out = c_format("&(struct linger){%s, %s}, sizeof(struct linger)",
            v->items[0].code, v->items[1].code);
        return true;
    }
    if (v->type == C_BYTES) {
        *out = c_format("%s.data, %s.len", v->code, v->code);
        return true;
    }
    if (!is_int(v))
        return c_fail(c->w, "this is no value of an option");
    *out = c_format("&(int){%s}, sizeof(int)", v->code);
    return true;
}

static bool write_setsockopt(struct writing *c)
{
    const char *level, *option;
    char *value = NULL;
    bool ok = int_argument(c, 0, "0", &level) &&
              int_argument(c, 1, "0", &option) && option_value(c, &value);

    if (ok)
        done(c, C_NONE,
            c_format("Setsockopt(%s, %s, %s, %s)", c->s, level, option, value));
    free(value);
    return ok;
}

/* With a length, which may not be 0, it gives bytes. */
static bool write_getsockopt(struct writing *c)
{
    const char *level, *option, *size;
    bool has_size = c->st->argc > 2;

    if (!int_argument(c, 0, "0", &level) || !int_argument(c, 1, "0", &option) ||
        !int_argument(c, 2, "0", &size))
        return false;
    if (has_size && !c->args[2].is_constant)
        return c_fail(c->w, "the length is not known beforehand");
    if (has_size && c->args[2].n != 0)
        return done(c, C_BYTES,
            c_format(
                "Getsockopt_bytes(%s, %s, %s, %s)", c->s, level, option, size));
    return done(
        c, C_NUMBER, c_format("Getsockopt(%s, %s, %s)", c->s, level, option));
}

static bool write_getsockname(struct writing *c)
{
    return done(c, C_ADDRESS, c_format("Getsockname(%s)", c->s));
}

static bool write_getpeername(struct writing *c)
{
    return done(c, C_ADDRESS, c_format("Getpeername(%s)", c->s));
}

static bool write_fileno(struct writing *c)
{
    return done(c, C_NUMBER, c_format("Fileno(%s)", c->s));
}

/* ---- processes ---------------------------------------------------------- */

static bool write_fork(struct writing *c)
{
    return done(c, C_NUMBER, xstrdup("Fork()"));
}

static bool write_exit(struct writing *c)
{
    const char *status;

    return int_argument(c, 0, "0", &status) &&
           done(c, C_NONE, c_format("Exit(%s)", status));
}

/* ---- the table ---------------------------------------------------------- */

static const struct row rows[] = {
    {CALL_ON_MODULE, "socket", write_socket},
    {CALL_ON_SOCKET, "bind", write_bind},
    {CALL_ON_SOCKET, "listen", write_listen},
    {CALL_ON_SOCKET, "accept", write_accept},
    {CALL_ON_SOCKET, "connect", write_connect},
    {CALL_ON_SOCKET, "send", write_send},
    {CALL_ON_SOCKET, "sendall", write_sendall},
    {CALL_ON_SOCKET, "recv", write_recv},
    {CALL_ON_SOCKET, "sendto", write_sendto},
    {CALL_ON_SOCKET, "recvfrom", write_recvfrom},
    {CALL_ON_SOCKET, "shutdown", write_shutdown},
    {CALL_ON_SOCKET, "close", write_close},
    {CALL_ON_SOCKET, "setblocking", write_setblocking},
    {CALL_ON_SOCKET, "getblocking", write_getblocking},
    {CALL_ON_SOCKET, "settimeout", write_settimeout},
    {CALL_ON_SOCKET, "gettimeout", write_gettimeout},
    {CALL_ON_SOCKET, "setsockopt", write_setsockopt},
    {CALL_ON_SOCKET, "getsockopt", write_getsockopt},
    {CALL_ON_SOCKET, "getsockname", write_getsockname},
    {CALL_ON_SOCKET, "getpeername", write_getpeername},
    {CALL_ON_SOCKET, "fileno", write_fileno},
    {CALL_ON_OS, "read", write_read},
    {CALL_ON_OS, "write", write_write},
    {CALL_ON_MODULE, "fork", write_fork},
    {CALL_ON_MODULE, "exit", write_exit},
};

static const struct row *find_row(const struct call_def *def)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].on == def->on && strcmp(rows[i].name, def->name) == 0)
            return &rows[i];
    return NULL;
}

static bool take_receiver(struct writing *c)
{
    const struct c_value *v;

    if (c->st->def->on != CALL_ON_SOCKET)
        return true;
    v = c_lookup(c->w, c->st->variable);
    if (!v)
        return c_fail(c->w, "%s has no value yet", c->st->variable);
    if (v->type != C_SOCKET)
        return c_fail(c->w, "%s is no socket here", c->st->variable);
    c->s = v->code;
    return true;
}

bool c_call(struct c_writer *w, const struct statement *st, const char *from,
    struct c_value *out)
{
    struct writing c = {.w = w, .st = st, .from = from, .out = out};
    const struct row *row = find_row(st->def);
    bool ok = row != NULL;

    if (!row)
        return c_fail(w, "%s() has no translation", st->def->name);
    ok = take_receiver(&c);
    for (size_t i = 0; ok && i < st->argc; i++)
        ok = c_expr(w, st->args[i], &c.args[i]);
    ok = ok && row->write(&c);
    if (ok && st->decode)
        c_codec(st->decode, true, out);
    for (size_t i = 0; i < ARRAY_LEN(c.args); i++)
        c_value_done(&c.args[i]);
    return ok;
}
