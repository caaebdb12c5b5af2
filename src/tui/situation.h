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

/* Whether somebody listens where connect() would go. */
bool situation_has_listener(const struct model *m);

/* The host that the process is on, or will be. */
enum host situation_host(const struct model *m, const char *process);

#endif
