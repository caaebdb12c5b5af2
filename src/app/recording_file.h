/* A recording on disk, read bit by bit by whoever has the time. */
#ifndef SOCKSTAGE_APP_RECORDING_FILE_H
#define SOCKSTAGE_APP_RECORDING_FILE_H

#include "sockstage/base/err.h"
#include "sockstage/model/event.h"

#include <stdbool.h>
#include <stdint.h>

struct recording_file;

/* Whether a file given on the command line is meant as a recording: by its
 * name, or because it begins as one. */
bool recording_file_is(const char *path);

/* Opens it; a plain file only. `heard` gets each event as recording_new() has
 * it. -errno with a message that names the file. */
int recording_file_open(const char *path,
    void (*heard)(void *ctx, struct event *e), void *ctx,
    struct recording_file **out, struct err *e);
void recording_file_close(struct recording_file *f); /* NULL is allowed */

enum recording_progress {
    RECORDING_MORE,
    RECORDING_ENDED,
    RECORDING_REFUSED,    /* it does not parse */
    RECORDING_UNREADABLE, /* the disk gives no more of it */
};

/* Reads on for about that long. Once it is not MORE it stays so. */
enum recording_progress recording_file_read(
    struct recording_file *f, uint64_t for_ns);
uint64_t recording_file_bytes(const struct recording_file *f); /* read so far */
uint64_t recording_file_size(const struct recording_file *f);  /* 0: unknown */

/* FILE:LINE:COLUMN: what, of a file that is refused or unreadable; of one that
 * has ended whether its last line is cut off; else NULL. */
const char *recording_file_complaint(const struct recording_file *f);

/* Whether that is the same file. */
bool recording_file_same(const struct recording_file *f, int fd);

#endif
