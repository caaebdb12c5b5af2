/* Events to JSON lines: one function a way of writing a value; event_fields.def
 * says which key is written by which. A key that is always there is null where
 * it does not apply. */
#include "sockstage/model/event_json.h"

#include "event_fields.h"
#include "model_int.h"
#include "sockstage/base/text.h"
#include "sockstage/model/json_out.h"

#define NS_DIGITS      9 /* of a second */
#define PERCENT_DIGITS 4 /* of a percent: a millionth is 0.0001 */

struct writing {
    struct str *out;
    const struct event *e;
    bool payload;
    bool has_tcp; /* a segment with a TCP header */
};

struct row {
    const char *key; /* with quotes and colon */
    size_t len;
    void (*write)(
        const struct writing *w, const struct row *row, const void *at);
    size_t offset; /* in struct event */
};

/* What each of them gets; not all need all. */
#define WRITER(name)                                                           \
    static void write_##name(const struct writing *w __attribute__((unused)),  \
        const struct row *row, const void *at __attribute__((unused)))

static void put_key(const struct writing *w, const struct row *row)
{
    json_out_key(w->out, row->key, row->len);
}

static void put_null(const struct writing *w, const struct row *row)
{
    put_key(w, row);
    json_out_null(w->out);
}

static void put_u64(const struct writing *w, const struct row *row, uint64_t n)
{
    put_key(w, row);
    json_out_u64(w->out, n);
}

static void put_u64_or_null(
    const struct writing *w, const struct row *row, bool has, uint64_t n)
{
    put_key(w, row);
    if (has)
        json_out_u64(w->out, n);
    else
        json_out_null(w->out);
}

static void put_text(
    const struct writing *w, const struct row *row, const char *text)
{
    put_key(w, row);
    json_out_text(w->out, text);
}

static void put_fixed(
    const struct writing *w, const struct row *row, uint64_t n, unsigned digits)
{
    put_key(w, row);
    json_out_fixed(w->out, n, digits);
}

/* The text of an address: `port` says with its port. */
static void put_addr(const struct writing *w, const struct row *row,
    const struct addr *a, bool port)
{
    char text[ADDR_TEXT_MAX];

    if (a->family == 0)
        put_null(w, row);
    else
        put_text(w, row, port ? addr_format(a, text) : addr_format_ip(a, text));
}

static void put_part(const struct writing *w, int part);

static void put_object(const struct writing *w, const struct row *row, int part)
{
    put_key(w, row);
    json_out_open(w->out, '{');
    put_part(w, part);
    json_out_close(w->out, '}');
}

/* ---- plain values ---------------------------------------------------------
 */

WRITER(U64)
{
    put_u64(w, row, *(const uint64_t *)at);
}

WRITER(U64_OR_NULL)
{
    uint64_t n = *(const uint64_t *)at;

    put_u64_or_null(w, row, n != 0, n);
}

WRITER(U32_OR_NULL)
{
    uint32_t n = *(const uint32_t *)at;

    put_u64_or_null(w, row, n != 0, n);
}

WRITER(SOME_U32)
{
    if (*(const uint32_t *)at != 0)
        put_u64(w, row, *(const uint32_t *)at);
}

WRITER(SOME_U16)
{
    if (*(const uint16_t *)at != 0)
        put_u64(w, row, *(const uint16_t *)at);
}

WRITER(SOME_U8)
{
    if (*(const uint8_t *)at != 0)
        put_u64(w, row, *(const uint8_t *)at);
}

WRITER(BOOL)
{
    put_key(w, row);
    json_out_bool(w->out, *(const bool *)at);
}

WRITER(SOME_BOOL)
{
    if (*(const bool *)at)
        write_BOOL(w, row, at);
}

WRITER(TEXT)
{
    put_text(w, row, *(const char *const *)at);
}

WRITER(SOME_TEXT)
{
    if (*(const char *const *)at != NULL)
        write_TEXT(w, row, at);
}

WRITER(SECONDS)
{
    put_fixed(w, row, *(const uint64_t *)at, NS_DIGITS);
}

WRITER(PPM)
{
    put_fixed(w, row, *(const uint32_t *)at, PERCENT_DIGITS);
}

WRITER(LINE)
{
    int line = *(const int *)at;

    put_u64_or_null(w, row, line > 0, (uint64_t)line);
}

WRITER(HOST)
{
    put_text(w, row, host_name(*(const enum host *)at));
}

WRITER(ADDR)
{
    put_addr(w, row, at, true);
}

WRITER(PROTO)
{
    put_text(w, row, event_proto_name(*(const uint8_t *)at));
}

/* ---- a stage, a call's return, a line, an end -----------------------------
 */

WRITER(VERSION)
{
    put_u64(w, row, RECORDING_VERSION);
}

WRITER(HOSTS)
{
    put_object(w, row, EVENT_HOSTS);
}

WRITER(ADDRESSES)
{
    const struct event_stage *s = &w->e->u.stage;
    const struct addr *list = at;
    size_t host = list == s->addresses[HOST_CLIENT] ? HOST_CLIENT : HOST_SERVER;
    char text[ADDR_TEXT_MAX];

    put_key(w, row);
    json_out_open(w->out, '[');
    for (size_t i = 0;
         i < s->address_count[host] && i < ARRAY_LEN(s->addresses[host]); i++) {
        json_out_item(w->out);
        json_out_text(w->out, addr_format_ip(&list[i], text));
    }
    json_out_close(w->out, ']');
}

WRITER(RESULT)
{
    const struct event_return *r = at;

    put_key(w, row);
    if (r->result_is_number)
        json_out_i64(w->out, r->result_number);
    else
        json_out_text(w->out, r->result);
}

WRITER(PROCESS_ACTION)
{
    enum process_action action = *(const enum process_action *)at;

    put_text(w, row, event_action_name(action));
}

WRITER(END_RESULT)
{
    put_text(w, row, event_result_name(*(const enum end_result *)at));
}

WRITER(WIRE)
{
    put_object(w, row, EVENT_WIRE);
}

WRITER(DELAY)
{
    put_object(w, row, EVENT_DELAY);
}

WRITER(JITTER)
{
    put_object(w, row, EVENT_JITTER);
}

WRITER(LOSS)
{
    put_object(w, row, EVENT_LOSS);
}

/* ---- segments -------------------------------------------------------------
 */

WRITER(SEGMENT_PROTO)
{
    const struct segment *s = at;

    put_text(w, row, event_proto_name(s->proto));
}

WRITER(SEGMENT_END)
{
    const struct segment *s = &w->e->u.segment.seg;

    put_addr(w, row, at, event_has_ports(s->proto, &s->src, &s->dst));
}

WRITER(FLAGS)
{
    char text[SEGMENT_FLAGS_TEXT_MAX];

    put_text(w, row,
        w->has_tcp ? segment_format_flags(*(const uint8_t *)at, text) : NULL);
}

WRITER(SEQ)
{
    bool has = w->has_tcp && w->e->u.segment.seg.has_relative;

    put_u64_or_null(w, row, has, *(const uint32_t *)at);
}

/* Without the ACK bit the field means nothing (RFC 9293, 3.1). */
WRITER(ACK)
{
    const struct segment *s = &w->e->u.segment.seg;
    bool has = w->has_tcp && s->has_relative && (s->flags & SEGMENT_ACK) != 0;

    put_u64_or_null(w, row, has, *(const uint32_t *)at);
}

WRITER(TCP_U32)
{
    put_u64_or_null(w, row, w->has_tcp, *(const uint32_t *)at);
}

WRITER(TCP_U16)
{
    put_u64_or_null(w, row, w->has_tcp, *(const uint16_t *)at);
}

WRITER(LEN)
{
    uint8_t proto = w->e->u.segment.seg.proto;
    bool has = proto == IPPROTO_TCP || proto == IPPROTO_UDP;

    put_u64_or_null(w, row, has, *(const uint32_t *)at);
}

WRITER(OPTIONS)
{
    char text[SEGMENT_OPTIONS_TEXT_MAX];

    put_text(w, row, w->has_tcp ? segment_format_options(at, text) : NULL);
}

WRITER(ICMP)
{
    const struct segment *s = at;
    bool is_icmp = s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6;
    char text[SEGMENT_ICMP_TEXT_MAX];

    put_text(w, row, is_icmp ? segment_format_icmp(s, text) : NULL);
}

WRITER(KIND)
{
    put_text(w, row, segment_kind_name(*(const enum segment_kind *)at));
}

/* Only where `proto` does not tell it. */
static void put_protocol(const struct writing *w, const struct row *row,
    uint8_t proto, uint16_t family)
{
    if (event_proto_number(event_proto_name(proto), family) != proto)
        put_u64(w, row, proto);
}

WRITER(SEGMENT_PROTOCOL)
{
    const struct segment *s = at;

    put_protocol(w, row, s->proto, s->src.family);
}

/* The bits that `flags` does not name: ECN's. */
WRITER(MORE_FLAGS)
{
    uint8_t more = *(const uint8_t *)at & (SEGMENT_ECE | SEGMENT_CWR);

    if (more != 0)
        put_u64(w, row, more);
}

WRITER(QUOTED)
{
    const struct segment_quote *q = at;

    if (q->src.family != 0)
        put_object(w, row, EVENT_QUOTED);
}

WRITER(QUOTED_PROTO)
{
    const struct segment_quote *q = at;

    put_text(w, row, event_proto_name(q->proto));
}

WRITER(QUOTED_END)
{
    const struct segment_quote *q = &w->e->u.segment.seg.quoted;

    put_addr(w, row, at, event_has_ports(q->proto, &q->src, &q->dst));
}

WRITER(QUOTED_PROTOCOL)
{
    const struct segment_quote *q = at;

    put_protocol(w, row, q->proto, q->src.family);
}

WRITER(DATA)
{
    const struct event_segment *s = at;

    if (!w->payload || s->packet == NULL)
        return;
    put_key(w, row);
    json_out_base64(w->out, s->packet, s->packet_len);
}

WRITER(VERDICT)
{
    put_text(w, row, verdict_name(*(const enum verdict *)at));
}

/* ---- sockets --------------------------------------------------------------
 */

WRITER(OWNERS)
{
    const struct event_socket *s = &w->e->u.socket;

    put_key(w, row);
    json_out_open(w->out, '[');
    for (size_t i = 0; i < s->owner_count && i < EVENT_OWNERS_MAX; i++) {
        json_out_item(w->out);
        json_out_text(w->out, s->owners[i]);
    }
    json_out_close(w->out, ']');
}

static uint8_t state_of(const struct event_socket *s)
{
    return s->gone ? TCP_STATE_NONE : s->state;
}

WRITER(STATE)
{
    const struct event_socket *s = at;

    put_text(w, row, state_name(s->proto, state_of(s)));
}

/* The classes are TCP's; a UDP socket has one only when it is gone. */
WRITER(CLASS)
{
    const struct event_socket *s = at;
    uint8_t state = state_of(s);
    bool has = s->proto == IPPROTO_TCP || state == TCP_STATE_NONE;

    put_text(
        w, row, has ? state_class_name(state_class(s->proto, state)) : NULL);
}

#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    WRITER(name)                                                               \
    {                                                                          \
        const struct event_socket *s = &w->e->u.socket;                        \
        put_u64_or_null(w, row, applies, value);                               \
    }
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    WRITER(name)                                                               \
    {                                                                          \
        const struct event_socket *s = &w->e->u.socket;                        \
        if (applies)                                                           \
            put_u64(w, row, value);                                            \
    }
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD

WRITER(TIMER)
{
    const struct event_socket *s = &w->e->u.socket;

    put_text(w, row, s->proto == IPPROTO_TCP ? timer_name(s->timer) : NULL);
}

WRITER(TIMER_LEFT)
{
    const struct event_socket *s = &w->e->u.socket;
    uint64_t now = w->e->t_ns, fires = s->timer_at_ns;

    if (s->proto == IPPROTO_TCP && s->timer != SOCK_TIMER_NONE)
        put_fixed(w, row, fires > now ? fires - now : 0, NS_DIGITS);
}

WRITER(INFO)
{
    const struct event_socket *s = at;

    put_key(w, row);
    json_out_open(w->out, '{');
    for (size_t i = info_set_next(&s->info_changed, 0); i < info_field_count();
         i = info_set_next(&s->info_changed, i + 1)) {
        json_out_item(w->out);
        json_out_text(w->out, info_field_at(i)->name);
        str_addc(w->out, ':');
        json_out_u64(w->out, info_field_get(&s->info, i));
    }
    json_out_close(w->out, '}');
}

WRITER(SKMEM)
{
    const struct event_socket *s = at;

    if (!s->has_mem || s->mem_changed == 0)
        return;
    put_key(w, row);
    json_out_open(w->out, '{');
    for (size_t i = 0; i < mem_field_count(); i++) {
        if ((s->mem_changed >> i & 1) == 0)
            continue;
        json_out_item(w->out);
        json_out_text(w->out, mem_field_at(i)->name);
        str_addc(w->out, ':');
        json_out_u64(w->out, mem_field_get(&s->mem, i));
    }
    json_out_close(w->out, '}');
}

/* Mostly the owners tell. */
WRITER(ACCEPTED)
{
    const struct event_socket *s = &w->e->u.socket;

    if (s->accepted != (s->owner_count > 0))
        write_BOOL(w, row, at);
}

/* ---- lines ----------------------------------------------------------------
 */

static const struct row rows[] = {
#define PART(part)
#define FIELD(part, key, out, in, member)                                      \
    {"\"" #key "\":", sizeof "\"" #key "\":" - 1, write_##out,                 \
        offsetof(struct event, u.member)},
#include "event_fields.def"
#undef PART
#undef FIELD
};

static void put_part(const struct writing *w, int part)
{
    const char *base = (const char *)w->e;

    for (size_t i = event_first_row[part]; i < event_first_row[part + 1]; i++)
        rows[i].write(w, &rows[i], base + rows[i].offset);
}

/* Of a packet in fragments only the first has the TCP header. */
static bool has_tcp_header(const struct event *e)
{
    const struct segment *s = &e->u.segment.seg;

    return e->kind == EVENT_SEGMENT && s->proto == IPPROTO_TCP &&
           (!s->fragment || s->src.port != 0 || s->dst.port != 0);
}

#define LINE_MOST 768 /* bytes of nearly every line */

void event_to_json(const struct event *e, bool payload, struct str *out)
{
    struct writing w = {out, e, payload, has_tcp_header(e)};

    str_reserve(out, LINE_MOST);
    str_addn(out, "{\"t\":", 5);
    json_out_fixed(out, e->t_ns, NS_DIGITS);
    str_addn(out, ",\"event\":", 9);
    json_out_text(out, event_kind_name(e->kind));
    put_part(&w, (int)e->kind);
    str_addn(out, "}\n", 2);
}
