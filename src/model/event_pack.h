/* The form in which the journal keeps events: about 30 bytes for a verdict and
 * 110 for a segment, where the struct has almost 500. Its bytes never leave the
 * machine, so they are those of the struct. */
#ifndef MODEL_EVENT_PACK_H
#define MODEL_EVENT_PACK_H

#include "sockstage/base/str.h"
#include "sockstage/model/event.h"

/* Adds the packed form of the event, all but its `seq`; a segment's packet
 * only if it is asked for. */
void event_pack(const struct event *e, bool with_packet, struct str *out);

/* Makes the event of it, with `seq` 0; texts and packet are borrowed from
 * `bytes`. False if these are no packed event. */
bool event_unpack(const void *bytes, size_t len, struct event *out);

/* Only its kind; EVENT_KINDS if these are no packed event. */
enum event_kind event_packed_kind(const void *bytes, size_t len);

#endif
