/* The arguments of a call: checking them as CPython would, and reading them
 * once they are known to be sound. */
#ifndef SOCKSTAGE_CALLS_ARGS_H
#define SOCKSTAGE_CALLS_ARGS_H

#include "sockstage/calls/call.h"

/* Checks count, types and ranges and resolves an address. If something is
 * wrong, the exception is set and false returned. */
bool args_check(struct call *c);

/* An optional argument that is missing reads as `fallback`. */
int arg_int(const struct call *c, size_t i, int fallback);
const char *arg_bytes(const struct call *c, size_t i, size_t *len);
const struct value *arg_value(const struct call *c, size_t i);

/* An address of the kernel as Python's tuple. */
struct value *address_value(const struct sockaddr_storage *sa);

#endif
