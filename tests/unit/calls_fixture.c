/* The process behind the tests of the calls. */
#include "calls_fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockstage/base/mem.h"

#define FIRST_FD    3
#define PATIENCE_MS 10000

static int resolve(void *ctx, const char *host, int family, uint16_t port,
    struct addr *out, struct err *e)
{
    (void)ctx;
    if (strcmp(host, "") == 0)
        host = family == AF_INET6 ? "::" : "0.0.0.0";
    if (strcmp(host, "localhost") == 0)
        host = family == AF_INET6 ? "::1" : "127.0.0.1";
    if (strcmp(host, "forbidden") == 0)
        return err_set(e, EACCES, "forbidden is not on this wire");
    if (!addr_parse(host, port, out) || out->family != family)
        return err_set(e, ENOENT, "no host %s; there is localhost", host);
    return 0;
}

static struct call_socket *socket_by_fd(void *ctx, int shown_fd)
{
    struct fixture *f = ctx;

    for (size_t i = 0; i < f->socket_count; i++)
        if (shown_fd >= 0 && f->sockets[i].shown_fd == shown_fd)
            return &f->sockets[i];
    return NULL;
}

static int fork_process(void *ctx, const char *name, struct err *e)
{
    struct fixture *f = ctx;

    if (f->forked[0])
        return err_set(e, EAGAIN, "one child is enough");
    snprintf(f->forked, sizeof f->forked, "%s", name);
    return 0;
}

static void exit_process(void *ctx)
{
    struct fixture *f = ctx;

    f->exits++;
}

int fixture_setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    /* As the program does. */
    signal(SIGPIPE, SIG_IGN);
    f->env = (struct call_env){
        .ctx = f,
        .resolve = resolve,
        .socket_by_fd = socket_by_fd,
        .fork = fork_process,
        .exit = exit_process,
    };
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    call_done(&f->call);
    for (size_t i = 0; i < f->socket_count; i++)
        if (f->sockets[i].fd >= 0)
            close(f->sockets[i].fd);
    free(f);
    return 0;
}

static void begin(struct fixture *f, enum call_receiver on,
    struct call_socket *s, const char *name, va_list args)
{
    struct call *c = &f->call;
    struct value *arg;

    call_done(c);
    *c = (struct call){
        .def = call_find(on, name),
        .env = &f->env,
        .sock = s,
        .next_fd = FIRST_FD + (int)f->socket_count,
    };
    assert_non_null(c->def);
    while ((arg = va_arg(args, struct value *)) != NULL) {
        /* One too many is counted, though there is no room for it. */
        if (c->argc < CALL_ARGS_MAX)
            c->args[c->argc] = arg;
        else
            value_free(arg);
        c->argc++;
    }
    call_init(c);
}

void fixture_begin(struct fixture *f, enum call_receiver on,
    struct call_socket *s, const char *name, ...)
{
    va_list args;

    va_start(args, name);
    begin(f, on, s, name, args);
    va_end(args);
}

enum call_step fixture_try(struct fixture *f, enum call_receiver on,
    struct call_socket *s, const char *name, ...)
{
    va_list args;

    va_start(args, name);
    begin(f, on, s, name, args);
    va_end(args);
    return call_run(&f->call);
}

void fixture_await(const struct call_socket *s, short events)
{
    struct pollfd p = {.fd = s->fd, .events = events};

    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

enum call_step fixture_wait(struct fixture *f, enum call_step step)
{
    fixture_await(f->call.sock, step == CALL_WAIT_READ ? POLLIN : POLLOUT);
    return call_run(&f->call);
}

void fixture_done(struct fixture *f, enum call_step step)
{
    while (step != CALL_DONE)
        step = fixture_wait(f, step);
}

struct call_socket *fixture_take(struct fixture *f)
{
    struct call_result *r = &f->call.result;

    assert_true(r->new_fd >= 0);
    assert_true(f->socket_count < FIXTURE_SOCKETS);
    struct call_socket *s = &f->sockets[f->socket_count];
    *s = (struct call_socket){
        .fd = r->new_fd,
        .shown_fd = FIRST_FD + (int)f->socket_count,
        .family = r->new_family,
        .type = r->new_type,
        .timeout_s = -1,
    };
    f->socket_count++;
    return s;
}

struct call_socket *fixture_socket(struct fixture *f, int family, int type)
{
    fixture_try(f, CALL_ON_MODULE, NULL, "socket", value_int(family),
        value_int(type), NULL);
    return fixture_take(f);
}

int fixture_port(const struct call_socket *s)
{
    struct sockaddr_storage sa = {0};
    socklen_t len = sizeof sa;

    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&sa, &len), 0);
    return addr_from_sockaddr(&sa).port;
}

struct call_socket *fixture_listener(struct fixture *f, int family, int *port)
{
    struct call_socket *s = fixture_socket(f, family, SOCK_STREAM);

    METHOD(f, s, "bind", fixture_address("localhost", 0));
    METHOD(f, s, "listen");
    assert_null(f->call.result.exception);
    *port = fixture_port(s);
    return s;
}

struct pair fixture_pair(struct fixture *f, int family)
{
    struct pair pair;
    int port;
    struct call_socket *ls = fixture_listener(f, family, &port);

    pair.client = fixture_socket(f, family, SOCK_STREAM);
    METHOD(f, pair.client, "connect", fixture_address("localhost", port));
    assert_null(f->call.result.exception);
    METHOD(f, ls, "accept");
    pair.server = fixture_take(f);
    return pair;
}

struct value *fixture_text(const char *text)
{
    return value_str(text, strlen(text));
}

struct value *fixture_bytes(const char *text)
{
    return value_bytes(text, strlen(text));
}

struct value *fixture_many(size_t len)
{
    char *data = xmalloc(len + 1);

    memset(data, 'x', len);
    return value_take_bytes(data, len);
}

struct value *fixture_address(const char *host, int port)
{
    struct value *items[] = {fixture_text(host), value_int(port)};

    return value_tuple(items, ARRAY_LEN(items));
}

void expect_syscall(struct fixture *f, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&text, fmt, args);
    va_end(args);
    assert_string_equal(str_text(&f->call.result.syscall), str_text(&text));
    str_done(&text);
}

void expect_described(struct fixture *f, const char *fmt, ...)
{
    struct str expected = STR_INIT;
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&expected, fmt, args);
    va_end(args);
    call_describe(&f->call, &text);
    assert_string_equal(str_text(&text), str_text(&expected));
    str_done(&text);
    str_done(&expected);
}

void expect_repr(struct fixture *f, const char *repr)
{
    struct str text = STR_INIT;

    assert_null(f->call.result.exception);
    assert_int_equal(f->call.result.errnum, 0);
    assert_non_null(f->call.result.value);
    value_repr(f->call.result.value, 0, &text);
    assert_string_equal(str_text(&text), repr);
    str_done(&text);
}

void expect_raised(
    struct fixture *f, const char *exception, int errnum, const char *message)
{
    const struct call_result *r = &f->call.result;

    assert_non_null(r->exception);
    assert_string_equal(r->exception, exception);
    assert_int_equal(r->errnum, errnum);
    assert_string_equal(r->message, message);
    assert_null(r->value);
    assert_int_equal(r->new_fd, -1);
}
