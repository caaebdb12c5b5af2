/* A small process for the tests of the calls: its sockets on 127.0.0.1 and
 * ::1, its names, and one call at a time. */
#ifndef SOCKSTAGE_TESTS_CALLS_FIXTURE_H
#define SOCKSTAGE_TESTS_CALLS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/calls/call.h"

#define FIXTURE_SOCKETS 32

struct fixture {
    struct call_env env;
    struct call_socket sockets[FIXTURE_SOCKETS];
    size_t socket_count;
    struct call call; /* the last one */
    char forked[32];
    unsigned exits;
};

/* cmocka's setup and teardown; *state is the struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Prepares a call; fixture_try() also makes its first try. The arguments are
 * struct value *, the last one is NULL; they are taken over. `s` is NULL unless
 * it is a method. */
void fixture_begin(struct fixture *f, enum call_receiver on,
    struct call_socket *s, const char *name, ...);
enum call_step fixture_try(struct fixture *f, enum call_receiver on,
    struct call_socket *s, const char *name, ...);
/* One more try of the last call, after `step` was fulfilled. */
enum call_step fixture_wait(struct fixture *f, enum call_step step);

/* For a method: makes the call and waits until it is done. */
#define METHOD(f, s, ...)                                                      \
    fixture_done(f, fixture_try(f, CALL_ON_SOCKET, s, __VA_ARGS__, NULL))
void fixture_done(struct fixture *f, enum call_step step);

/* The socket that the last call has made. */
struct call_socket *fixture_take(struct fixture *f);

struct call_socket *fixture_socket(struct fixture *f, int family, int type);
/* A listener on the loopback address, and its port. */
struct call_socket *fixture_listener(struct fixture *f, int family, int *port);
/* A connected pair. */
struct pair {
    struct call_socket *client, *server;
};
struct pair fixture_pair(struct fixture *f, int family);

/* What the kernel says of the socket's own port. */
int fixture_port(const struct call_socket *s);
/* ("127.0.0.1", port) */
struct value *fixture_address(const char *host, int port);
struct value *fixture_text(const char *text);
struct value *fixture_bytes(const char *text);
struct value *fixture_many(size_t len); /* b'x' * len */

/* Waits until poll(2) reports `events` on the socket. */
void fixture_await(const struct call_socket *s, short events);

/* What the last call is expected to have done. */
void expect_syscall(struct fixture *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void expect_repr(struct fixture *f, const char *repr);
void expect_raised(
    struct fixture *f, const char *exception, int errnum, const char *message);
void expect_described(struct fixture *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
