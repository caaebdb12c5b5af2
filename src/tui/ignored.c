/* Tells a segment that was lost on the wire from one that arrived and was
 * ignored: nothing on the wire shows it, but the listener counts. */
#include "ui.h"

#include "sockstage/base/mem.h"

static void hear_listener(struct ignored *ig, const struct event_socket *s)
{
    size_t free_row = ARRAY_LEN(ig->listeners);

    for (size_t i = 0; i < ARRAY_LEN(ig->listeners); i++) {
        if (ig->listeners[i].id == 0 && free_row > i)
            free_row = i;
        if (ig->listeners[i].id != s->id)
            continue;
        if (s->ignored > ig->listeners[i].count && ig->delivered) {
            ig->segments[ig->next++ % IGNORED_MAX] = ig->delivered;
            ig->delivered = 0;
        }
        ig->listeners[i].count = s->ignored;
        return;
    }
    if (free_row < ARRAY_LEN(ig->listeners)) {
        ig->listeners[free_row].id = s->id;
        ig->listeners[free_row].count = s->ignored;
    }
}

void ignored_hear(struct ignored *ig, const struct event *e)
{
    if (e->kind == EVENT_VERDICT && e->u.verdict.action == VERDICT_DELIVERED)
        ig->delivered = e->u.verdict.segment;
    else if (e->kind == EVENT_SOCKET && e->u.socket.is_listener)
        hear_listener(ig, &e->u.socket);
}

bool ignored_has(const struct ignored *ig, uint64_t segment)
{
    for (size_t i = 0; i < IGNORED_MAX; i++) {
        if (ig->segments[i] == segment && segment)
            return true;
    }
    return false;
}
