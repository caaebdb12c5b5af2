/* Reads a recording (the journal as JSON lines, sockstage(1)): bytes in, events
 * out. It reads no file itself. Every byte is hostile: what is no recording is
 * refused with its place, memory is bounded by the longest line allowed.
 *
 * Its first line is a `stage` of RECORDING_VERSION; others may follow. Kinds of
 * events and fields that it does not know are passed over, blank lines, the CR
 * of a CRLF and a byte order mark in front too. A last line without its end
 * (the writer died) is no error.
 */
#ifndef SOCKSTAGE_MODEL_RECORDING_H
#define SOCKSTAGE_MODEL_RECORDING_H

#include "sockstage/model/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_LINE_MAX (4U << 20)

struct recording;

struct recording_error {
    uint64_t line; /* 1, 2, ... */
    size_t column; /* in bytes, 1, 2, ... */
    char what[256];
};

/* `heard` gets each event; what the event borrows lives until it returns, and
 * it may change the event's `seq`. */
struct recording *recording_new(
    void (*heard)(void *ctx, struct event *e), void *ctx);
void recording_free(struct recording *r); /* NULL is allowed */

/* Takes the next bytes. False if they are refused: `*error` says where and
 * why, events before were heard, and nothing more is taken. */
bool recording_feed(struct recording *r, const char *bytes, size_t len,
    struct recording_error *error);

/* The file has ended. False if it is refused: a file without any event is no
 * recording. `cut_off` (may be NULL) says whether the last line was. */
bool recording_end(
    struct recording *r, bool *cut_off, struct recording_error *error);

#endif
