/* The recording format: one builder a kind of event, keys in the order of the
 * manual. Integers beyond a signed 64-bit number, which JSON readers do not
 * take, become the largest one. */
#include "sockstage/model/event_json.h"

#include "model_int.h"
#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <jansson.h>

#define PPM_A_PERCENT 1e4 /* millionths */

#define REAL_DIGITS 15 /* of a double all are true: no 0.1000000000001 */

static json_t *text_or_null(const char *text)
{
    struct str clean = STR_INIT;
    size_t left;
    json_t *value;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    left = strlen(text);
    while (left > 0) {
        char out[4];
        uint32_t cp;
        size_t used = utf8_decode(text, left, &cp);
        str_addn(&clean, out, utf8_encode(cp, out));
        text += used;
        left -= used;
    }
    value = json_string(str_text(&clean));
    str_done(&clean);
    return value;
}

static void put_text(json_t *o, const char *key, const char *text)
{
    json_object_set_new(o, key, text_or_null(text));
}

static void put_int(json_t *o, const char *key, uint64_t n)
{
    json_object_set_new(
        o, key, json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n));
}

static void put_bool(json_t *o, const char *key, bool b)
{
    json_object_set_new(o, key, json_boolean(b));
}

static void put_null(json_t *o, const char *key)
{
    json_object_set_new(o, key, json_null());
}

static void put_int_or_null(json_t *o, const char *key, bool has, uint64_t n)
{
    if (has)
        put_int(o, key, n);
    else
        put_null(o, key);
}

static void put_seconds(json_t *o, const char *key, uint64_t ns)
{
    json_object_set_new(o, key, json_real((double)ns / (double)NS_PER_S));
}

static void put_addr(json_t *o, const char *key, const struct addr *a)
{
    char text[ADDR_TEXT_MAX];

    put_text(o, key, a->family == 0 ? NULL : addr_format(a, text));
}

static void put_stage(json_t *o, const struct event *e)
{
    const struct event_stage *s = &e->u.stage;
    json_t *hosts = json_object();
    char text[ADDR_TEXT_MAX];

    put_int(o, "version", 1);
    put_int(o, "opened", s->opened_ns);
    put_text(o, "wire", s->wire);
    put_text(o, "kernel", s->kernel);
    for (size_t h = 0; h < HOST_COUNT; h++) {
        json_t *list = json_array();
        for (size_t i = 0;
             i < s->address_count[h] && i < ARRAY_LEN(s->addresses[h]); i++)
            json_array_append_new(
                list, json_string(addr_format_ip(&s->addresses[h][i], text)));
        json_object_set_new(hosts, host_name((enum host)h), list);
    }
    json_object_set_new(o, "hosts", hosts);
    put_text(o, "program", s->program);
}

static void put_call(json_t *o, const struct event *e)
{
    const struct event_call *c = &e->u.call;

    put_int(o, "id", c->id);
    put_text(o, "process", c->process);
    put_text(o, "socket", c->socket);
    put_text(o, "name", c->name);
    put_text(o, "python", c->python);
    put_text(o, "syscall", c->syscall);
}

static void put_blocked(json_t *o, const struct event *e)
{
    put_int(o, "id", e->u.blocked.id);
}

static void put_return(json_t *o, const struct event *e)
{
    const struct event_return *r = &e->u.ret;

    put_int(o, "id", r->id);
    put_text(o, "process", r->process);
    if (r->result_is_number)
        json_object_set_new(o, "result", json_integer(r->result_number));
    else
        put_text(o, "result", r->result);
    put_text(o, "errno", r->error);
    put_text(o, "exception", r->exception);
    if (r->message != NULL)
        put_text(o, "message", r->message);
    put_seconds(o, "elapsed", r->elapsed_ns);
    put_text(o, "syscall", r->syscall);
}

static const char *proto_name(uint8_t proto)
{
    switch (proto) {
    case IPPROTO_TCP:
        return "tcp";
    case IPPROTO_UDP:
        return "udp";
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return "icmp";
    default:
        return NULL;
    }
}

/* An end of a segment: without a port where the protocol has none, or a
 * fragment does not carry it. */
static void put_end_of(
    json_t *o, const char *key, const struct segment *s, const struct addr *a)
{
    bool has_ports = (s->proto == IPPROTO_TCP || s->proto == IPPROTO_UDP) &&
                     (s->src.port != 0 || s->dst.port != 0);
    char text[ADDR_TEXT_MAX];

    if (has_ports)
        put_addr(o, key, a);
    else
        put_text(o, key, a->family == 0 ? NULL : addr_format_ip(a, text));
}

static void put_tcp_header(json_t *o, const struct segment *s)
{
    /* Of a packet in fragments only the first has the TCP header. */
    bool has_header = !s->fragment || s->src.port != 0 || s->dst.port != 0;
    bool is_tcp = s->proto == IPPROTO_TCP && has_header;
    bool has_ack = (s->flags & SEGMENT_ACK) != 0;
    bool has_len = s->proto == IPPROTO_TCP || s->proto == IPPROTO_UDP;
    char flags[SEGMENT_FLAGS_TEXT_MAX];
    char options[SEGMENT_OPTIONS_TEXT_MAX];

    put_text(o, "flags", is_tcp ? segment_format_flags(s->flags, flags) : NULL);
    put_int_or_null(o, "seq", is_tcp && s->has_relative, s->seq);
    /* Without the ACK bit the field means nothing (RFC 9293, 3.1). */
    put_int_or_null(o, "ack", is_tcp && s->has_relative && has_ack, s->ack);
    put_int_or_null(o, "seq_raw", is_tcp, s->seq_raw);
    put_int_or_null(o, "ack_raw", is_tcp, s->ack_raw);
    put_int_or_null(o, "len", has_len, s->len);
    put_int_or_null(o, "window", is_tcp, s->window);
    put_text(o, "options",
        is_tcp ? segment_format_options(&s->options, options) : NULL);
}

/* RFC 4648, section 4. */
static void base64_add(struct str *out, const uint8_t *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = (uint32_t)data[i] << 16;
        if (i + 1 < len)
            group |= (uint32_t)data[i + 1] << 8;
        if (i + 2 < len)
            group |= data[i + 2];
        str_addc(out, digits[group >> 18]);
        str_addc(out, digits[group >> 12 & 63]);
        str_addc(out, i + 1 < len ? digits[group >> 6 & 63] : '=');
        str_addc(out, i + 2 < len ? digits[group & 63] : '=');
    }
}

static void put_segment(json_t *o, const struct event *e)
{
    const struct segment *s = &e->u.segment.seg;
    bool is_icmp = s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6;
    char icmp[SEGMENT_ICMP_TEXT_MAX];

    put_int(o, "id", s->id);
    put_text(o, "from", host_name(s->from));
    put_text(o, "proto", proto_name(s->proto));
    put_end_of(o, "src", s, &s->src);
    put_end_of(o, "dst", s, &s->dst);
    put_tcp_header(o, s);
    put_bool(o, "retransmission", s->retransmission);
    put_text(o, "icmp", is_icmp ? segment_format_icmp(s, icmp) : NULL);
    put_text(o, "kind", segment_kind_name(s->kind));
}

static void put_packet(json_t *o, const struct event_segment *e)
{
    struct str data = STR_INIT;

    base64_add(&data, e->packet, e->packet_len);
    put_text(o, "data", str_text(&data));
    str_done(&data);
}

static void put_verdict(json_t *o, const struct event *e)
{
    put_int(o, "segment", e->u.verdict.segment);
    put_text(o, "action", verdict_name(e->u.verdict.action));
}

static void put_sock_fields(json_t *o, const struct event_socket *s)
{
#define SOCK_FIELD(name, unit, applies, value, help)                           \
    put_int_or_null(o, #name, applies, value);
#define SOME_FIELD(name, unit, applies, value, help)
#define INFO_FIELD(name, unit, row, factor, help)
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD
}

static void put_some_fields(json_t *o, const struct event_socket *s)
{
#define SOCK_FIELD(name, unit, applies, value, help)
#define SOME_FIELD(name, unit, applies, value, help)                           \
    if (applies)                                                               \
        put_int(o, #name, value);
#define INFO_FIELD(name, unit, row, factor, help)
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD
}

static void put_info(json_t *o, const struct event_socket *s)
{
    json_t *info = json_object();

    for (size_t i = 0; i < info_field_count(); i++) {
        if (s->info_changed >> i & 1)
            put_int(info, info_field_at(i)->name, info_field_get(&s->info, i));
    }
    json_object_set_new(o, "info", info);
}

/* The classes are TCP's; a UDP socket has one only when it is gone. */
static void put_state(json_t *o, const struct event_socket *s)
{
    uint8_t state = s->gone ? TCP_STATE_NONE : s->state;
    bool has_class = s->proto == IPPROTO_TCP || state == TCP_STATE_NONE;

    put_text(o, "state", state_name(s->proto, state));
    put_text(o, "class",
        has_class ? state_class_name(state_class(s->proto, state)) : NULL);
}

static void put_owners(json_t *o, const struct event_socket *s)
{
    json_t *owners = json_array();

    for (size_t i = 0; i < s->owner_count && i < EVENT_OWNERS_MAX; i++)
        json_array_append_new(owners, text_or_null(s->owners[i]));
    json_object_set_new(o, "owners", owners);
}

static void put_socket(json_t *o, const struct event *e)
{
    const struct event_socket *s = &e->u.socket;
    bool is_tcp = s->proto == IPPROTO_TCP;

    put_int(o, "id", s->id);
    put_text(o, "host", host_name(s->host));
    put_owners(o, s);
    put_text(o, "proto", proto_name(s->proto));
    put_addr(o, "local", &s->local);
    put_addr(o, "peer", &s->peer);
    put_state(o, s);
    put_sock_fields(o, s);
    put_text(o, "timer", is_tcp ? timer_name(s->timer) : NULL);
    if (is_tcp && s->timer != SOCK_TIMER_NONE)
        put_seconds(o, "timer_left",
            s->timer_at_ns > e->t_ns ? s->timer_at_ns - e->t_ns : 0);
    put_info(o, s);
    put_some_fields(o, s);
}

static void put_process(json_t *o, const struct event *e)
{
    const struct event_process *p = &e->u.process;

    put_text(o, "process", p->process);
    put_text(o, "host", host_name(p->host));
    put_text(o, "parent", p->parent);
    put_text(o, "action", p->action == PROCESS_STARTED ? "started" : "exited");
}

static void put_output(json_t *o, const struct event *e)
{
    put_text(o, "process", e->u.output.process);
    put_text(o, "stream", e->u.output.stream);
    put_text(o, "text", e->u.output.text);
}

static void put_note(json_t *o, const struct event *e)
{
    put_text(o, "text", e->u.note.text);
    put_text(o, "lang", e->u.note.lang);
}

static void put_line_number(json_t *o, int line)
{
    put_int_or_null(o, "line", line > 0, (uint64_t)line);
}

static void put_expect(json_t *o, const struct event *e)
{
    const struct event_expect *x = &e->u.expect;

    put_text(o, "text", x->text);
    if (x->file != NULL)
        put_text(o, "file", x->file);
    put_line_number(o, x->line);
    put_bool(o, "ok", x->ok);
    put_text(o, "actual", x->actual);
}

static void put_wire(json_t *o, const struct wire_status *w)
{
    json_t *wire = json_object();
    json_t *delay = json_object(), *jitter = json_object();
    json_t *loss = json_object();

    put_bool(wire, "hold", w->holding);
    put_bool(wire, "coalesce", w->coalesce);
    put_bool(wire, "cut", w->cut);
    put_int_or_null(wire, "rate", w->rate != 0, w->rate);
    put_int_or_null(wire, "mtu", w->mtu != 0, w->mtu);
    put_int(wire, "seed", w->seed);
    for (size_t h = 0; h < HOST_COUNT; h++) {
        const char *host = host_name((enum host)h);
        put_seconds(delay, host, w->delay_ns[h]);
        put_seconds(jitter, host, w->jitter_ns[h]);
        json_object_set_new(
            loss, host, json_real(w->loss_ppm[h] / PPM_A_PERCENT));
    }
    json_object_set_new(wire, "delay", delay);
    json_object_set_new(wire, "jitter", jitter);
    json_object_set_new(wire, "loss", loss);
    json_object_set_new(o, "wire", wire);
}

static void put_line(json_t *o, const struct event *e)
{
    const struct event_line *l = &e->u.line;

    put_text(o, "text", l->text);
    put_line_number(o, l->line);
    put_wire(o, &l->wire);
}

static void put_end(json_t *o, const struct event *e)
{
    static const char *const results[] = {
        [END_PASSED] = "passed",
        [END_FAILED] = "failed",
        [END_SKIPPED] = "skipped",
    };

    put_text(o, "result", results[e->u.end.result]);
}

static void (*const builders[])(json_t *o, const struct event *e) = {
    [EVENT_STAGE] = put_stage,
    [EVENT_CALL] = put_call,
    [EVENT_BLOCKED] = put_blocked,
    [EVENT_RETURN] = put_return,
    [EVENT_SEGMENT] = put_segment,
    [EVENT_VERDICT] = put_verdict,
    [EVENT_SOCKET] = put_socket,
    [EVENT_PROCESS] = put_process,
    [EVENT_OUTPUT] = put_output,
    [EVENT_NOTE] = put_note,
    [EVENT_EXPECT] = put_expect,
    [EVENT_LINE] = put_line,
    [EVENT_END] = put_end,
};

static int add_chunk(const char *data, size_t len, void *out)
{
    str_addn(out, data, len);
    return 0;
}

void event_to_json(const struct event *e, bool payload, struct str *out)
{
    json_t *o = json_object();

    put_seconds(o, "t", e->t_ns);
    put_text(o, "event", event_kind_name(e->kind));
    builders[e->kind](o, e);
    if (payload && e->kind == EVENT_SEGMENT && e->u.segment.packet != NULL)
        put_packet(o, &e->u.segment);
    json_dump_callback(
        o, add_chunk, out, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
    str_addc(out, '\n');
    json_decref(o);
}
