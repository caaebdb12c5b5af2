/* Records of bytes, numbered 0, 1, ..: the newest in memory, up to a window of
 * bytes; the older ones in a spool if there is one, else gone. Bytes move to
 * the spool in chunks. Memory beyond the window: one record, and the chunk of
 * the spool that was read last. */
#ifndef MODEL_TAPE_H
#define MODEL_TAPE_H

#include "sockstage/base/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tape;

/* The newest record always stays, unless the window is 0 bytes: then nothing
 * does, and records are only counted. */
struct tape *tape_new(size_t window_bytes);
void tape_free(struct tape *t); /* NULL is allowed */

/* Gives it a spool, owned from now on; the one it had is freed. `failed` is
 * told once if it can't be written any more, at the end of tape_append(); then
 * what it held is gone and the window alone is left. */
void tape_set_spool(struct tape *t, struct spool *s,
    void (*failed)(void *ctx, const struct err *e), void *ctx);

/* Adds a record of less than 4 GiB. `tags` are bits for tape_skip(). */
void tape_append(struct tape *t, unsigned tags, const void *bytes, size_t len);

/* The records kept: first .. end-1. */
uint64_t tape_first(const struct tape *t);
uint64_t tape_end(const struct tape *t);

/* The bytes of a record, valid until the next call of tape_get() or
 * tape_append(). False if it isn't kept, or the spool can't be read. */
bool tape_get(struct tape *t, uint64_t n, const uint8_t **bytes, size_t *len);

/* Whether no record near `n` has any of these tags: then `*from` .. `*to`-1,
 * with `n` among them, are records without. Reads no record. */
bool tape_skip(const struct tape *t, uint64_t n, unsigned tags, uint64_t *from,
    uint64_t *to);

#endif
