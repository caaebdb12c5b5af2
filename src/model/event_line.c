/* One line to one event: its kind first, then its fields, then what can only be
 * told with all of them read. */
#include "sockstage/model/event_json.h"

#include "event_reading.h"
#include "model_int.h"
#include "sockstage/base/text.h"

static bool finish_stage(struct reading *r)
{
    if (r->version.at != NULL)
        return true;
    return reading_refuse(r, &r->end, _("a stage without a `version`"));
}

static bool take_proto(struct reading *r, const struct json_value *v,
    bool has_protocol, uint16_t family, uint8_t *proto)
{
    const char *text;
    uint8_t number;

    if (v->at == NULL)
        return true;
    text = reading_text(r, "proto", v);
    if (text == NULL)
        return false;
    number = event_proto_number(text, family);
    if (number == 0)
        return reading_refuse_word(r, v, "proto", text);
    if (!has_protocol)
        *proto = number;
    return true;
}

/* Who reads the packet trusts these. */
static bool is_within_packet(const struct event_segment *e)
{
    const struct segment *s = &e->seg;

    return s->packet_len <= e->packet_len &&
           s->transport_offset <= e->packet_len &&
           (uint64_t)s->payload_offset + s->len <= e->packet_len;
}

static bool finish_segment(struct reading *r)
{
    struct event_segment *e = &r->e->u.segment;
    struct segment *s = &e->seg;

    s->t_ns = r->e->t_ns;
    if (!take_proto(r, &r->proto, r->has_protocol, s->src.family, &s->proto) ||
        !take_proto(r, &r->quoted_proto, r->has_quoted_protocol,
            s->quoted.src.family, &s->quoted.proto))
        return false;
    if (s->src.family != s->dst.family ||
        s->quoted.src.family != s->quoted.dst.family)
        return reading_refuse(
            r, &r->end, _("`src` and `dst` must be of one address family"));
    if (e->packet != NULL && !is_within_packet(e))
        return reading_refuse(
            r, &r->data, _("`data` is shorter than the other fields say"));
    return true;
}

/* UNCONN is a state of UDP, CLOSED says that a UDP socket is gone. */
static bool take_state(struct reading *r, const char *text)
{
    struct event_socket *s = &r->e->u.socket;
    struct state_word word;

    if (!state_word_parse(text, &word) || word.is_class)
        return false;
    if (s->proto == IPPROTO_UDP && word.proto == IPPROTO_TCP &&
        word.state == TCP_STATE_CLOSED)
        word.state = TCP_STATE_NONE;
    else if (s->proto != word.proto)
        return false;
    s->state = word.state;
    return strcmp(state_name(s->proto, s->state), text) == 0;
}

static bool finish_socket(struct reading *r)
{
    struct event_socket *s = &r->e->u.socket;
    const char *text;

    if (s->proto == 0)
        s->proto = IPPROTO_TCP;
    if (r->state.at != NULL) {
        text = reading_keep(r, &r->state);
        if (!take_state(r, text))
            return reading_refuse_word(r, &r->state, "state", text);
    }
    if (s->timer != SOCK_TIMER_NONE)
        s->timer_at_ns = r->e->t_ns + r->timer_left_ns;
    if (!r->has_accepted)
        s->accepted = s->owner_count > 0;
    return true;
}

static bool (*const finishers[EVENT_KINDS])(struct reading *r) = {
    [EVENT_STAGE] = finish_stage,
    [EVENT_SEGMENT] = finish_segment,
    [EVENT_SOCKET] = finish_socket,
};

/* EVENT_KINDS for an unknown word. */
static unsigned kind_of(const char *text)
{
    unsigned kind = 0;

    while (kind < EVENT_KINDS &&
           strcmp(event_kind_name((enum event_kind)kind), text) != 0)
        kind++;
    return kind;
}

/* Mostly `event` is the second key, and the rest waits; of an unknown kind all
 * of the line has to be JSON. */
static bool find_kind(struct reading *r, struct json_scan *scan, unsigned *kind)
{
    struct json_value key, value;
    bool found = false;
    const char *text;

    r->scan = scan;
    while (json_scan_member(scan, &key, &value)) {
        reading_plain_key(r, &key);
        if (!reading_is_key(&key, "event", 5))
            continue;
        if (found)
            return reading_refuse(r, &value, _("`%s` is there twice"), "event");
        text = reading_text(r, "event", &value);
        if (text == NULL)
            return false;
        found = true;
        *kind = kind_of(text);
        if (*kind < EVENT_KINDS)
            return true;
    }
    if (scan->error != NULL || !json_scan_end(scan))
        return reading_scan_failed(r);
    r->end = (struct json_value){.at = scan->at};
    return found || reading_refuse(r, &r->end, _("no `event` says its kind"));
}

static void reserve_room(struct event_room *room, size_t len)
{
    size_t need = 2 * len + 64; /* keys may be kept twice */

    room->len = 0;
    if (need <= room->cap)
        return;
    room->data = xreallocarray(room->data, need, 1);
    room->cap = need;
}

enum event_read event_from_json(const char *line, size_t len,
    struct event_room *room, struct event *out, size_t *column, char *what,
    size_t what_size)
{
    struct reading r = {.e = out,
        .room = room,
        .column = column,
        .what = what,
        .what_size = what_size};
    struct json_scan scan;
    unsigned kind = EVENT_KINDS;

    reserve_room(room, len);
    *out = (struct event){0};
    json_scan_init(&scan, line, len);
    if (!find_kind(&r, &scan, &kind))
        return EVENT_REFUSED;
    if (kind >= EVENT_KINDS)
        return EVENT_PASSED;
    out->kind = (enum event_kind)kind;
    json_scan_init(&scan, line, len);
    if (!reading_part(&r, (int)kind, &scan) ||
        (!json_scan_end(&scan) && !reading_scan_failed(&r)) ||
        (finishers[kind] != NULL && !finishers[kind](&r)))
        return EVENT_REFUSED;
    return EVENT_READ;
}

struct event_room *event_room_new(void)
{
    return xcalloc(1, sizeof(struct event_room));
}

void event_room_free(struct event_room *room)
{
    if (room == NULL)
        return;
    free(room->data);
    free(room);
}
