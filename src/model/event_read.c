/* JSON lines to events: one function a way of reading a value; event_fields.def
 * says which key is read by which. What needs several fields to be understood
 * (a state its protocol, ICMP its address family) waits for the line's end. */
#include "event_reading.h"

#include "model_int.h"
#include "sockstage/base/text.h"
#include "sockstage/model/event_json.h"

#include <inttypes.h>
#include <limits.h>

#define NS_DIGITS      9 /* of a second */
#define PERCENT_DIGITS 4 /* of a percent: a millionth is 0.0001 */
#define PPM_MAX        1000000
/* No IP packet is longer: 65535 bytes behind IPv6's own header. */
#define PACKET_MAX 65575

struct row {
    const char *key;
    size_t len;
    bool (*read)(struct reading *r, const struct row *row,
        const struct json_value *v, void *at);
    size_t offset; /* in struct event */
};

#define READER(name)                                                           \
    static bool read_##name(struct reading *r __attribute__((unused)),         \
        const struct row *row __attribute__((unused)),                         \
        const struct json_value *v __attribute__((unused)),                    \
        void *at __attribute__((unused)))

READER(NOTHING)
{
    return true;
}

READER(U64)
{
    return reading_whole(r, row->key, v, INT64_MAX, at);
}

READER(U32)
{
    uint64_t n;

    if (!reading_whole(r, row->key, v, UINT32_MAX, &n))
        return false;
    *(uint32_t *)at = (uint32_t)n;
    return true;
}

READER(U16)
{
    uint64_t n;

    if (!reading_whole(r, row->key, v, UINT16_MAX, &n))
        return false;
    *(uint16_t *)at = (uint16_t)n;
    return true;
}

READER(U8)
{
    uint64_t n;

    if (!reading_whole(r, row->key, v, UINT8_MAX, &n))
        return false;
    *(uint8_t *)at = (uint8_t)n;
    return true;
}

READER(LINE)
{
    uint64_t n;

    if (!reading_whole(r, row->key, v, INT_MAX, &n))
        return false;
    *(int *)at = (int)n;
    return true;
}

READER(BOOL)
{
    if (v->kind != JSON_KIND_BOOL)
        return reading_refuse(r, v, _("`%s` must be true or false"), row->key);
    *(bool *)at = v->truth;
    return true;
}

READER(TEXT)
{
    const char *text = reading_text(r, row->key, v);

    *(const char **)at = text;
    return text != NULL;
}

/* Up to some 292 years, so that sums of times stay within 64 bits. */
READER(SECONDS)
{
    if (v->kind != JSON_KIND_NUMBER)
        return reading_refuse(
            r, v, _("`%s` must be a number of seconds"), row->key);
    return reading_fixed(r, row->key, v, NS_DIGITS, INT64_MAX, at);
}

READER(PPM)
{
    uint64_t n;

    if (v->kind != JSON_KIND_NUMBER)
        return reading_refuse(
            r, v, _("`%s` must be a number of percent"), row->key);
    if (!reading_fixed(r, row->key, v, PERCENT_DIGITS, PPM_MAX, &n))
        return false;
    *(uint32_t *)at = (uint32_t)n;
    return true;
}

READER(ADDR)
{
    const char *text;

    text = reading_text(r, row->key, v);
    if (text == NULL)
        return false;
    return addr_parse_text(text, at) ||
           reading_refuse_word(r, v, row->key, text);
}

/* ---- words ----------------------------------------------------------------
 */

static const char *nth_host(unsigned i)
{
    return host_name((enum host)i);
}

static const char *nth_verdict(unsigned i)
{
    return verdict_name((enum verdict)i);
}

static const char *nth_kind(unsigned i)
{
    return segment_kind_name((enum segment_kind)i);
}

static const char *nth_timer(unsigned i)
{
    return timer_name((uint8_t)i);
}

#define READ_WORD(reader, type, name, count)                                   \
    READER(reader)                                                             \
    {                                                                          \
        unsigned i = 0;                                                        \
        if (!reading_word(r, row->key, v, name, count, &i))                    \
            return false;                                                      \
        *(type *)at = (type)i;                                                 \
        return true;                                                           \
    }
READ_WORD(HOST, enum host, nth_host, HOST_COUNT)
READ_WORD(VERDICT, enum verdict, nth_verdict, VERDICT_ANSWERED + 1)
READ_WORD(KIND, enum segment_kind, nth_kind, SEGMENT_KINDS)
READ_WORD(TIMER, uint8_t, nth_timer, SOCK_TIMER_SYNACK + 1)
READ_WORD(
    PROCESS_ACTION, enum process_action, event_action_name, PROCESS_EXITED + 1)
READ_WORD(END_RESULT, enum end_result, event_result_name, END_SKIPPED + 1)
#undef READ_WORD

/* ---- objects in objects ---------------------------------------------------
 */

static bool get_object(
    struct reading *r, const char *key, const struct json_value *v, int part)
{
    struct json_scan inside, *outer = r->scan;
    bool ok;

    if (v->kind != JSON_KIND_OBJECT)
        return reading_refuse(r, v, _("`%s` must be an object"), key);
    json_scan_init_inside(&inside, outer, v);
    ok = reading_part(r, part, &inside);
    r->scan = outer;
    return ok;
}

READER(HOSTS)
{
    return get_object(r, row->key, v, EVENT_HOSTS);
}

READER(WIRE)
{
    return get_object(r, row->key, v, EVENT_WIRE);
}

READER(DELAY)
{
    return get_object(r, row->key, v, EVENT_DELAY);
}

READER(JITTER)
{
    return get_object(r, row->key, v, EVENT_JITTER);
}

READER(LOSS)
{
    return get_object(r, row->key, v, EVENT_LOSS);
}

READER(QUOTED)
{
    return get_object(r, row->key, v, EVENT_QUOTED);
}

/* ---- a stage, a call's return ---------------------------------------------
 */

READER(VERSION)
{
    uint64_t version;

    if (!reading_whole(r, row->key, v, INT64_MAX, &version))
        return false;
    r->version = *v;
    if (version > RECORDING_VERSION)
        return reading_refuse(r, v,
            _("made by a newer sockstage: its recordings have version "
              "%" PRIu64 ", this one reads %d"),
            version, RECORDING_VERSION);
    if (version != RECORDING_VERSION)
        return reading_refuse(r, v, _("`%s` is out of range"), row->key);
    return true;
}

static bool add_address(
    struct reading *r, const char *key, const struct json_value *item, void *at)
{
    struct event_stage *s = &r->e->u.stage;
    struct addr *list = at, a;
    size_t host = list == s->addresses[HOST_CLIENT] ? HOST_CLIENT : HOST_SERVER;
    const char *text = reading_keep(r, item);

    if (!addr_parse(text, 0, &a))
        return reading_refuse_word(r, item, key, text);
    if (s->address_count[host] < ARRAY_LEN(s->addresses[host]))
        list[s->address_count[host]++] = a;
    return true;
}

READER(ADDRESSES)
{
    return reading_list(r, row->key, v, add_address, at);
}

READER(RESULT)
{
    struct event_return *ret = at;
    struct json_number n;

    if (v->kind == JSON_KIND_TEXT)
        return read_TEXT(r, row, v, &ret->result);
    if (v->kind != JSON_KIND_NUMBER)
        return reading_refuse(
            r, v, _("`%s` must be a number or a text"), row->key);
    if (!json_value_number(v, 0, &n) || !n.exact ||
        n.n > (uint64_t)INT64_MAX + n.negative)
        return reading_refuse(r, v, _("`%s` is out of range"), row->key);
    ret->result_is_number = true;
    ret->result_number = n.negative ? (int64_t)-n.n : (int64_t)n.n;
    return true;
}

/* ---- segments -------------------------------------------------------------
 */

READER(SEGMENT_PROTO)
{
    r->proto = *v;
    return true;
}

READER(SEGMENT_PROTOCOL)
{
    r->has_protocol = true;
    return read_U8(r, row, v, &((struct segment *)at)->proto);
}

READER(QUOTED_PROTO)
{
    r->quoted_proto = *v;
    return true;
}

READER(QUOTED_PROTOCOL)
{
    r->has_quoted_protocol = true;
    return read_U8(r, row, v, &((struct segment_quote *)at)->proto);
}

READER(FLAGS)
{
    const char *text;
    uint8_t flags;

    text = reading_text(r, row->key, v);
    if (text == NULL)
        return false;
    if (!segment_parse_flags(text, &flags))
        return reading_refuse_word(r, v, row->key, text);
    *(uint8_t *)at |= flags;
    return true;
}

READER(MORE_FLAGS)
{
    uint64_t more;

    if (!reading_whole(r, row->key, v, UINT8_MAX, &more))
        return false;
    *(uint8_t *)at |= (uint8_t)more & (SEGMENT_ECE | SEGMENT_CWR);
    return true;
}

READER(SEQ)
{
    r->e->u.segment.seg.has_relative = true;
    return read_U32(r, row, v, at);
}

READER(OPTIONS)
{
    const char *text;

    text = reading_text(r, row->key, v);
    if (text == NULL)
        return false;
    return segment_parse_options(text, at) ||
           reading_refuse_word(r, v, row->key, text);
}

READER(DATA)
{
    struct event_segment *s = at;
    uint8_t *data = (uint8_t *)r->room->data + r->room->len;

    if (v->kind != JSON_KIND_TEXT ||
        !json_value_base64(v, data, &s->packet_len))
        return reading_refuse(r, v, _("`%s` must be base64"), row->key);
    if (s->packet_len > PACKET_MAX)
        return reading_refuse(
            r, v, _("`%s` is longer than a packet"), row->key);
    r->room->len += s->packet_len;
    s->packet = data;
    r->data = *v;
    return true;
}

/* ---- sockets --------------------------------------------------------------
 */

static bool add_owner(
    struct reading *r, const char *key, const struct json_value *item, void *at)
{
    struct event_socket *s = &r->e->u.socket;

    (void)key;
    (void)at;
    if (s->owner_count < EVENT_OWNERS_MAX)
        s->owners[s->owner_count++] = reading_keep(r, item);
    return true;
}

READER(OWNERS)
{
    return reading_list(r, row->key, v, add_owner, at);
}

READER(SOCKET_PROTO)
{
    const char *text;
    uint8_t proto;

    text = reading_text(r, row->key, v);
    if (text == NULL)
        return false;
    proto = event_proto_number(text, 0);
    if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
        return reading_refuse_word(r, v, row->key, text);
    *(uint8_t *)at = proto;
    return true;
}

READER(STATE)
{
    r->state = *v;
    return v->kind == JSON_KIND_TEXT ||
           reading_refuse(r, v, _("`%s` must be a text"), row->key);
}

READER(MEMORY)
{
    r->e->u.socket.has_mem = true;
    return read_U32(r, row, v, at);
}

READER(ACCEPT_QUEUE)
{
    r->e->u.socket.is_listener = true;
    return read_U32(r, row, v, at);
}

READER(TIMER_LEFT)
{
    return read_SECONDS(r, row, v, &r->timer_left_ns);
}

READER(ACCEPTED)
{
    r->has_accepted = true;
    return read_BOOL(r, row, v, at);
}

static const char *info_name(size_t i)
{
    return info_field_at(i)->name;
}

/* The writer's largest number stands for all that are larger; of these there
 * is but "no limit", all bits set. */
static bool take_info(struct reading *r, const struct json_value *v, size_t i)
{
    struct event_socket *s = &r->e->u.socket;
    const char *name = info_name(i);
    uint64_t n;

    if (info_set_has(&s->info_changed, i))
        return reading_refuse(r, v, _("`%s` is there twice"), name);
    if (!reading_whole(r, name, v, INT64_MAX, &n))
        return false;
    info_field_set(&s->info, i, n == INT64_MAX ? UINT64_MAX : n);
    if (n != INT64_MAX && info_field_get(&s->info, i) != n)
        return reading_refuse(r, v, _("`%s` is out of range"), name);
    info_set_add(&s->info_changed, i);
    return true;
}

READER(INFO)
{
    const struct reading_table infos = {
        info_field_count(), info_name, take_info};

    return reading_numbers(r, row->key, v, &infos);
}

static const char *mem_name(size_t i)
{
    return mem_field_at(i)->name;
}

static bool take_mem(struct reading *r, const struct json_value *v, size_t i)
{
    struct event_socket *s = &r->e->u.socket;
    uint64_t n;

    if (s->mem_changed >> i & 1)
        return reading_refuse(r, v, _("`%s` is there twice"), mem_name(i));
    if (!reading_whole(r, mem_name(i), v, UINT32_MAX, &n))
        return false;
    mem_field_set(&s->mem, i, (uint32_t)n);
    s->mem_changed |= 1U << i;
    return true;
}

READER(SKMEM)
{
    const struct reading_table mems = {mem_field_count(), mem_name, take_mem};

    return reading_numbers(r, row->key, v, &mems);
}

/* ---- lines ----------------------------------------------------------------
 */

static const struct row rows[] = {
#define PART(part)
#define FIELD(part, key, out, in, member)                                      \
    {#key, sizeof #key - 1, read_##in, offsetof(struct event, u.member)},
#include "event_fields.def"
#undef PART
#undef FIELD
};

/* The row of a key among those from `first` to `end`; mostly `likely`. Returns
 * `end` if there is none. */
static size_t find_row(
    const struct json_value *key, size_t first, size_t end, size_t likely)
{
    if (likely < end && reading_is_key(key, rows[likely].key, rows[likely].len))
        return likely;
    for (size_t i = first; i < end; i++) {
        if (reading_is_key(key, rows[i].key, rows[i].len))
            return i;
    }
    return end;
}

/* Behind those of the rows, of which no part has so many. */
enum { BIT_EVENT = 62, BIT_TIME = 63 };

static bool once(struct reading *r, const struct json_value *v, const char *key,
    size_t bit, uint64_t *seen)
{
    if (*seen >> bit & 1)
        return reading_refuse(r, v, _("`%s` is there twice"), key);
    *seen |= UINT64_C(1) << bit;
    return true;
}

static bool read_time(
    struct reading *r, const struct json_value *v, uint64_t *seen)
{
    const struct row row = {.key = "t"};

    return once(r, v, "t", BIT_TIME, seen) &&
           read_SECONDS(r, &row, v, &r->e->t_ns);
}

static bool read_member(struct reading *r, const struct row *row,
    const struct json_value *v, size_t bit, uint64_t *seen)
{
    if (!once(r, v, row->key, bit, seen))
        return false;
    return v->kind == JSON_KIND_NULL ||
           row->read(r, row, v, (char *)r->e + row->offset);
}

bool reading_part(struct reading *r, int part, struct json_scan *scan)
{
    size_t first = event_first_row[part], end = event_first_row[part + 1];
    size_t likely = first;
    uint64_t seen = 0;
    struct json_value key, value;

    r->scan = scan;
    while (json_scan_member(scan, &key, &value)) {
        bool ok = true;
        size_t i;
        reading_plain_key(r, &key);
        i = find_row(&key, first, end, likely);
        if (i < end)
            ok = read_member(r, &rows[i], &value, i - first, &seen);
        else if (part < EVENT_KINDS && reading_is_key(&key, "t", 1))
            ok = read_time(r, &value, &seen);
        else if (part < EVENT_KINDS && reading_is_key(&key, "event", 5))
            ok = once(r, &value, "event", BIT_EVENT, &seen);
        if (!ok)
            return false;
        likely = i < end ? i + 1 : likely;
    }
    r->end = (struct json_value){.at = scan->at};
    if (scan->error != NULL)
        return reading_scan_failed(r);
    if (part < EVENT_KINDS && seen >> BIT_TIME == 0)
        return reading_refuse(r, &r->end, _("an event without `t`"));
    return true;
}
