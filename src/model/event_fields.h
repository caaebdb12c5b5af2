/* The rows of event_fields.def, for those who write and read them. */
#ifndef EVENT_FIELDS_H
#define EVENT_FIELDS_H

#include "sockstage/model/event.h"

/* Objects within events, numbered behind the kinds of events. */
enum {
    EVENT_HOSTS = EVENT_KINDS,
    EVENT_QUOTED,
    EVENT_WIRE,
    EVENT_DELAY,
    EVENT_JITTER,
    EVENT_LOSS,
    EVENT_PARTS
};

/* A row's number is EVENT_ROW_<part>_<key>; those of a part follow each other
 * from EVENT_FIRST_<part> on. */
enum event_row {
#define PART(part)                                                             \
    EVENT_FIRST_##part, EVENT_BEFORE_##part = EVENT_FIRST_##part - 1,
#define FIELD(part, key, out, in, member) EVENT_ROW_##part##_##key,
#include "event_fields.def"
#undef PART
#undef FIELD
    EVENT_ROWS
};

/* The first row of each part, in the order of the parts; the last part ends
 * with EVENT_ROWS. */
static const unsigned short event_first_row[] = {
#define PART(part) [EVENT_##part] = EVENT_FIRST_##part,
#define FIELD(part, key, out, in, member)
#include "event_fields.def"
#undef PART
#undef FIELD
    [EVENT_PARTS] = EVENT_ROWS,
};

/* "started", "passed" ..; NULL behind the last. */
const char *event_action_name(unsigned action);
const char *event_result_name(unsigned result);

/* What `proto` says of a protocol number, NULL for an unknown one; and the
 * number that the word means in a packet of that address family (ICMP is one
 * word for both), 0 for any other word and NULL. */
const char *event_proto_name(uint8_t proto);
uint8_t event_proto_number(const char *name, uint16_t family);

/* Whether a packet's ends have ports: not where its protocol has none, or a
 * fragment does not carry them. */
bool event_has_ports(
    uint8_t proto, const struct addr *src, const struct addr *dst);

#endif
