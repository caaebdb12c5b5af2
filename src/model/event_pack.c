/* A packed event is its kind in one byte; what its struct holds from `t_ns` to
 * the end of the kind's own member, sparse; its texts with their NULs; its
 * packet. In the struct the length of a text, with its NUL, stands for the
 * pointer: so NULL is 0. */
#include "event_pack.h"

#include "sparse.h"

#include "sockstage/base/mem.h"

#include <string.h>

#define BEGIN       offsetof(struct event, t_ns)
#define TEXT(where) offsetof(struct event, u.where)

/* Where the texts of each kind are. */
static const size_t stage_texts[] = {
    TEXT(stage.wire), TEXT(stage.kernel), TEXT(stage.program)};
static const size_t call_texts[] = {TEXT(call.process), TEXT(call.socket),
    TEXT(call.name), TEXT(call.python), TEXT(call.syscall)};
static const size_t return_texts[] = {TEXT(ret.process), TEXT(ret.result),
    TEXT(ret.error), TEXT(ret.exception), TEXT(ret.message), TEXT(ret.syscall)};
static const size_t socket_texts[] = {TEXT(socket.owners[0]),
    TEXT(socket.owners[1]), TEXT(socket.owners[2]), TEXT(socket.owners[3]),
    TEXT(socket.owners[4]), TEXT(socket.owners[5]), TEXT(socket.owners[6]),
    TEXT(socket.owners[7])};
static const size_t process_texts[] = {
    TEXT(process.process), TEXT(process.parent)};
static const size_t output_texts[] = {
    TEXT(output.process), TEXT(output.stream), TEXT(output.text)};
static const size_t note_texts[] = {TEXT(note.text), TEXT(note.lang)};
static const size_t expect_texts[] = {
    TEXT(expect.text), TEXT(expect.file), TEXT(expect.actual)};
static const size_t line_texts[] = {TEXT(line.text)};

_Static_assert(ARRAY_LEN(socket_texts) == EVENT_OWNERS_MAX, "all the owners");

static const struct layout {
    size_t end; /* of the kind's own member */
    const size_t *texts;
    size_t text_count;
} layouts[EVENT_KINDS] = {
#define END_OF(member)                                                         \
    (offsetof(struct event, u) + sizeof(((struct event *)NULL)->u.member))
#define WITH(id, member, texts)                                                \
    [EVENT_##id] = {END_OF(member), texts, ARRAY_LEN(texts)}
#define WITHOUT(id, member) [EVENT_##id] = {END_OF(member), NULL, 0}
    WITH(STAGE, stage, stage_texts),
    WITH(CALL, call, call_texts),
    WITHOUT(BLOCKED, blocked),
    WITH(RETURN, ret, return_texts),
    WITHOUT(SEGMENT, segment),
    WITHOUT(VERDICT, verdict),
    WITH(SOCKET, socket, socket_texts),
    WITH(PROCESS, process, process_texts),
    WITH(OUTPUT, output, output_texts),
    WITH(NOTE, note, note_texts),
    WITH(EXPECT, expect, expect_texts),
    WITH(LINE, line, line_texts),
    WITHOUT(END, end),
#undef WITHOUT
#undef WITH
#undef END_OF
};

/* ---- packing ------------------------------------------------------------- */

/* What lies behind the counts may be anything. */
static void clear_unused(struct event *e)
{
    if (e->kind == EVENT_STAGE) {
        struct event_stage *stage = &e->u.stage;
        for (size_t h = 0; h < HOST_COUNT; h++) {
            const size_t max = ARRAY_LEN(stage->addresses[h]);
            if (stage->address_count[h] > max)
                stage->address_count[h] = max;
            for (size_t i = stage->address_count[h]; i < max; i++)
                stage->addresses[h][i] = (struct addr){0};
        }
    }
    if (e->kind == EVENT_SOCKET) {
        struct event_socket *sock = &e->u.socket;
        if (sock->owner_count > EVENT_OWNERS_MAX)
            sock->owner_count = EVENT_OWNERS_MAX;
        for (size_t i = sock->owner_count; i < EVENT_OWNERS_MAX; i++)
            sock->owners[i] = NULL;
    }
}

/* Puts the texts' sizes in their places. */
static void replace_texts(struct event *e)
{
    const struct layout *layout = &layouts[e->kind];

    for (size_t i = 0; i < layout->text_count; i++) {
        char *place = (char *)e + layout->texts[i];
        const char *text;
        uintptr_t size;
        memcpy(&text, place, sizeof text);
        size = text != NULL ? strlen(text) + 1 : 0;
        memcpy(place, &size, sizeof size);
    }
}

/* The texts of `e`, as long as its copy says. */
static void add_texts(
    const struct event *e, const struct event *sized, struct str *out)
{
    const struct layout *layout = &layouts[e->kind];

    for (size_t i = 0; i < layout->text_count; i++) {
        const char *text;
        uintptr_t size;
        memcpy(&size, (const char *)sized + layout->texts[i], sizeof size);
        memcpy(&text, (const char *)e + layout->texts[i], sizeof text);
        if (size > 0)
            str_addn(out, text, size);
    }
}

static void replace_packet(struct event_segment *segment, bool with_packet)
{
    uintptr_t is_there = with_packet && segment->packet != NULL;

    if (!is_there)
        segment->packet_len = 0;
    memcpy(&segment->packet, &is_there, sizeof is_there);
}

void event_pack(const struct event *e, bool with_packet, struct str *out)
{
    const struct layout *layout = &layouts[e->kind];
    struct event copy;

    memcpy(&copy, e, layout->end);
    clear_unused(&copy);
    replace_texts(&copy);
    if (e->kind == EVENT_SEGMENT)
        replace_packet(&copy.u.segment, with_packet);
    str_addc(out, (char)e->kind);
    sparse_pack((const char *)&copy + BEGIN, layout->end - BEGIN, out);
    add_texts(e, &copy, out);
    if (e->kind == EVENT_SEGMENT && copy.u.segment.packet_len > 0)
        str_addn(
            out, (const char *)e->u.segment.packet, copy.u.segment.packet_len);
}

/* ---- unpacking ----------------------------------------------------------- */

enum event_kind event_packed_kind(const void *bytes, size_t len)
{
    const uint8_t *in = bytes;

    return len > 0 && in[0] < EVENT_KINDS ? (enum event_kind)in[0]
                                          : EVENT_KINDS;
}

static bool counts_fit(const struct event *e)
{
    if (e->kind == EVENT_SOCKET)
        return e->u.socket.owner_count <= EVENT_OWNERS_MAX;
    for (size_t h = 0; e->kind == EVENT_STAGE && h < HOST_COUNT; h++) {
        if (e->u.stage.address_count[h] > ARRAY_LEN(e->u.stage.addresses[h]))
            return false;
    }
    return true;
}

static bool take_texts(struct event *e, const uint8_t **at, const uint8_t *end)
{
    const struct layout *layout = &layouts[e->kind];

    for (size_t i = 0; i < layout->text_count; i++) {
        char *place = (char *)e + layout->texts[i];
        const char *text = NULL;
        uintptr_t size;
        memcpy(&size, place, sizeof size);
        if (size > (size_t)(end - *at))
            return false;
        if (size > 0) {
            text = (const char *)*at;
            *at += size;
            if (text[size - 1] != '\0')
                return false;
        }
        memcpy(place, &text, sizeof text);
    }
    return true;
}

static bool take_packet(
    struct event_segment *segment, const uint8_t **at, const uint8_t *end)
{
    uintptr_t is_there;

    memcpy(&is_there, &segment->packet, sizeof is_there);
    segment->packet = is_there ? *at : NULL;
    if (is_there > 1 || segment->packet_len > (size_t)(end - *at))
        return false;
    *at += segment->packet_len;
    return true;
}

bool event_unpack(const void *bytes, size_t len, struct event *out)
{
    const uint8_t *at = bytes, *end = at + len;
    enum event_kind kind = event_packed_kind(bytes, len);

    if (kind == EVENT_KINDS)
        return false;
    memset(out, 0, sizeof *out);
    out->kind = kind;
    at++;
    if (!sparse_unpack(
            &at, end, (char *)out + BEGIN, layouts[kind].end - BEGIN) ||
        !counts_fit(out) || !take_texts(out, &at, end))
        return false;
    if (kind == EVENT_SEGMENT && !take_packet(&out->u.segment, &at, end))
        return false;
    return at == end;
}
