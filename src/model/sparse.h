/* A short form for data that is mostly zeros, as large structs are: a bit for
 * each word of 8 bytes says whether it is zero, and only the others follow.
 * The same bytes always give the same form. */
#ifndef MODEL_SPARSE_H
#define MODEL_SPARSE_H

#include "sockstage/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Adds the short form of `len` bytes; never longer than 9/8 of them and 9. */
void sparse_pack(const void *data, size_t len, struct str *out);

/* Makes `len` bytes of the form that begins at `*at` and moves `*at` behind
 * it. False if it isn't whole before `end` (then `out` holds anything), or says
 * more than `len` bytes. */
bool sparse_unpack(
    const uint8_t **at, const uint8_t *end, void *out, size_t len);

#endif
