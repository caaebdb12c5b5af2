/* Bytes that do not fit into memory: a ring in a temporary file that nobody
 * else can open (O_TMPFILE, else unlinked at once), gone with the process.
 * Places in it are counted from its beginning and never used twice; where the
 * file has reached its limit, the newest bytes take the place of the oldest. */
#ifndef SOCKSTAGE_BASE_SPOOL_H
#define SOCKSTAGE_BASE_SPOOL_H

#include "sockstage/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct spool;

/* In $TMPDIR, else /var/tmp, else /tmp; at most `limit` bytes of it. 0, or
 * -errno with a message that names the folder. */
int spool_open(uint64_t limit, struct spool **out, struct err *e);
void spool_free(struct spool *s); /* NULL is allowed */

/* Adds bytes behind the last ones. -errno (ENOSPC ..) with a message; then
 * none of them were added. More than the limit at once: -EFBIG. */
int spool_append(struct spool *s, const void *bytes, size_t len, struct err *e);

/* The places that can be read: first .. end-1. */
uint64_t spool_first(const struct spool *s);
uint64_t spool_end(const struct spool *s);

/* Reads `len` bytes from that place on; -ENOENT if not all of them are there,
 * -errno if the file can't be read. */
int spool_read(const struct spool *s, uint64_t place, void *out, size_t len,
    struct err *e);

#endif
