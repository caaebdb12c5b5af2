/* Arguments as the situation suggests them: the port that somebody listens on,
 * one that is free, the bytes that wait. */
#ifndef TUI_SITUATION_H
#define TUI_SITUATION_H

#include "sockstage/base/str.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds argument `arg` of a call that `process` would make on its `variable`
 * (NULL: on none). False: nothing is known, the row's suggestion is as good. */
bool situation_argument(const struct model *m, const char *process,
    const char *variable, const struct call_def *def, size_t arg,
    struct str *out);

/* The i-th port that an address of the call may have on one host, or on any
 * (NULL); false: there are no more. Of bind() one that is free. */
bool situation_port(const struct model *m, const char *process,
    const char *variable, const struct call_def *def, const enum host *on,
    size_t i, uint16_t *port);

/* The i-th size of data that is worth sending on that socket (NULL, "": on
 * none), and what it shows, N_(); false: there are no more. */
bool situation_size(const struct model *m, const char *process,
    const char *variable, size_t i, uint64_t *bytes, const char **help);

/* Who listens where connect() on that host would go: the newest that it can
 * reach, on the other host if there is one; NULL: nobody. */
const struct model_sock *situation_listener(
    const struct model *m, enum host from);
/* Who listens at the address that a client's socket connects to; NULL: nobody,
 * or `client` has none. */
const struct model_sock *situation_listener_of(
    const struct model *m, const struct model_sock *client);

/* Whether somebody waits to be accepted. */
bool situation_has_waiting(const struct model *m);

/* The first of c1, c2, .. that no process has been called. */
void situation_new_client(const struct model *m, char out[MODEL_NAME_MAX]);

/* A socket by the name that a process has for it. */
struct situation_end {
    const struct model_sock *sock;
    char process[MODEL_NAME_MAX];
    const char *variable; /* of `sock` */
};
/* By the first process that has it and has not ended; false: nobody. */
bool situation_owner(struct situation_end *end, const struct model *m,
    const struct model_sock *s);
/* False: nobody could make a call on that TCP socket (NULL: there is none) now,
 * because it is nobody's, or its process waits in another. */
bool situation_end(struct situation_end *end, const struct model *m,
    const struct model_sock *s);

/* The host that the process is on, or will be. */
enum host situation_host(const struct model *m, const char *process);

#endif
