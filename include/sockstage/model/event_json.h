/* Events as JSON lines, version 1 of the recording format. */
#ifndef SOCKSTAGE_MODEL_EVENT_JSON_H
#define SOCKSTAGE_MODEL_EVENT_JSON_H

#include "sockstage/base/str.h"
#include "sockstage/model/event.h"

#define RECORDING_VERSION 1

/* Adds one line, newline included. Every field the manual lists is there, null
 * where it does not apply; `payload` adds a segment's packet as base64. What
 * event_from_json() makes of it is the same event, as far as model_apply() and
 * the packets go. */
void event_to_json(const struct event *e, bool payload, struct str *out);

/* Room for the texts that a read event borrows; reused from line to line. */
struct event_room;
struct event_room *event_room_new(void);
void event_room_free(struct event_room *r); /* NULL is allowed */

enum event_read {
    EVENT_READ,
    EVENT_PASSED, /* valid JSON of a kind that this version does not know */
    EVENT_REFUSED,
};

/* Reads one line (without its newline), its keys in any order. Unknown fields
 * are passed over, missing ones are null; only `t`, `event` and a stage's
 * `version` have to be there, and a known field only once. REFUSED: `*column`
 * (from 1) and `what`, which is translated, say why. The event is valid until
 * the room is used again. */
enum event_read event_from_json(const char *line, size_t len,
    struct event_room *room, struct event *out, size_t *column, char *what,
    size_t what_size);

#endif
