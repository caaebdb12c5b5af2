/* The names of events, as recordings and reports give them. */
#include "sockstage/model/event.h"

static const char *const kind_names[] = {
#define EVENT(id, name) [EVENT_##id] = name,
#include "sockstage/model/events.def"
#undef EVENT
};

const char *event_kind_name(enum event_kind kind)
{
    return kind_names[kind];
}
