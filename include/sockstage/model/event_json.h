/* Events as JSON lines, version 1 of the recording format. */
#ifndef SOCKSTAGE_MODEL_EVENT_JSON_H
#define SOCKSTAGE_MODEL_EVENT_JSON_H

#include "sockstage/base/str.h"
#include "sockstage/model/event.h"

/* Adds one line, newline included. Every field the manual lists is there, null
 * where it does not apply; `payload` adds a segment's packet as base64. */
void event_to_json(const struct event *e, bool payload, struct str *out);

#endif
