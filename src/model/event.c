/* Copies of events. A copy is one block: the event, then its texts and its
 * packet. */
#include "sockstage/model/event.h"

#include "sockstage/base/mem.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
#define EVENT(id, name) [EVENT_##id] = name,
#include "sockstage/model/events.def"
#undef EVENT
};

/* Where the texts of each kind are; owners are `count` in a row. */
static const struct text_slot {
    enum event_kind kind;
    size_t offset;
    size_t count;
} slots[] = {
#define SLOT(id, member)                                                       \
    {                                                                          \
        EVENT_##id, offsetof(struct event, u.member), 1                        \
    }
    SLOT(STAGE, stage.wire),
    SLOT(STAGE, stage.kernel),
    SLOT(STAGE, stage.program),
    SLOT(CALL, call.process),
    SLOT(CALL, call.socket),
    SLOT(CALL, call.name),
    SLOT(CALL, call.python),
    SLOT(CALL, call.syscall),
    SLOT(RETURN, ret.process),
    SLOT(RETURN, ret.result),
    SLOT(RETURN, ret.error),
    SLOT(RETURN, ret.exception),
    SLOT(RETURN, ret.message),
    SLOT(RETURN, ret.syscall),
    {EVENT_SOCKET, offsetof(struct event, u.socket.owners), EVENT_OWNERS_MAX},
    SLOT(PROCESS, process.process),
    SLOT(PROCESS, process.parent),
    SLOT(OUTPUT, output.process),
    SLOT(OUTPUT, output.stream),
    SLOT(OUTPUT, output.text),
    SLOT(NOTE, note.text),
    SLOT(NOTE, note.lang),
    SLOT(EXPECT, expect.text),
    SLOT(EXPECT, expect.file),
    SLOT(EXPECT, expect.actual),
    SLOT(LINE, line.text),
#undef SLOT
};

const char *event_kind_name(enum event_kind kind)
{
    return kind_names[kind];
}

/* The i-th text of `e`: how many there are of a slot depends on the event. */
static const char **text_at(
    const struct event *e, const struct text_slot *slot, size_t i)
{
    char *base = (char *)(uintptr_t)e;

    return (
        const char **)(void *)(base + slot->offset + i * sizeof(const char *));
}

/* What a bulk transfer is made of has none: no need to look for them. */
static bool has_texts(const struct event *e)
{
    return e->kind != EVENT_SEGMENT && e->kind != EVENT_VERDICT;
}

static size_t text_count(const struct event *e, const struct text_slot *slot)
{
    size_t owners;

    if (slot->kind != e->kind)
        return 0;
    if (slot->count == 1)
        return 1;
    owners = e->u.socket.owner_count;
    return owners < slot->count ? owners : slot->count;
}

static bool has_packet(const struct event *e)
{
    return e->kind == EVENT_SEGMENT && e->u.segment.packet != NULL;
}

/* A bulk transfer is a segment and a verdict for each packet, and a verdict
 * is a tenth of the largest event. */
static size_t body_bytes(const struct event *e)
{
    if (e->kind == EVENT_VERDICT)
        return offsetof(struct event, u) + sizeof e->u.verdict;
    return sizeof *e;
}

size_t event_bytes(const struct event *e)
{
    size_t bytes = body_bytes(e);

    for (size_t i = 0; has_texts(e) && i < ARRAY_LEN(slots); i++) {
        for (size_t k = 0; k < text_count(e, &slots[i]); k++) {
            const char *text = *text_at(e, &slots[i], k);
            bytes += text != NULL ? strlen(text) + 1 : 0;
        }
    }
    return bytes + (has_packet(e) ? e->u.segment.packet_len : 0);
}

static void copy_counts(struct event *copy)
{
    struct event_stage *stage = &copy->u.stage;
    struct event_socket *sock = &copy->u.socket;

    if (copy->kind == EVENT_STAGE) {
        for (size_t h = 0; h < HOST_COUNT; h++) {
            if (stage->address_count[h] > ARRAY_LEN(stage->addresses[h]))
                stage->address_count[h] = ARRAY_LEN(stage->addresses[h]);
        }
    }
    if (copy->kind == EVENT_SOCKET) {
        if (sock->owner_count > EVENT_OWNERS_MAX)
            sock->owner_count = EVENT_OWNERS_MAX;
        for (size_t i = sock->owner_count; i < EVENT_OWNERS_MAX; i++)
            sock->owners[i] = NULL;
    }
}

struct event *event_copy(const struct event *e)
{
    struct event *copy = xmalloc(event_bytes(e));
    char *end = (char *)copy + body_bytes(e);

    memcpy(copy, e, body_bytes(e));
    copy_counts(copy);
    for (size_t i = 0; has_texts(e) && i < ARRAY_LEN(slots); i++) {
        for (size_t k = 0; k < text_count(copy, &slots[i]); k++) {
            const char **text = text_at(copy, &slots[i], k);
            size_t size;
            if (*text == NULL)
                continue;
            size = strlen(*text) + 1;
            memcpy(end, *text, size);
            *text = end;
            end += size;
        }
    }
    if (has_packet(e)) {
        memcpy(end, e->u.segment.packet, e->u.segment.packet_len);
        copy->u.segment.packet = (const uint8_t *)end;
    }
    return copy;
}

void event_free(struct event *e)
{
    free(e);
}
