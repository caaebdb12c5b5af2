/* Lines of a recording read back: every kind of event as it was, whatever the
 * order of its keys; and what is refused, with the place and the reason. */
#include "sockstage/model/event_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/model/fields.h"

struct fixture {
    struct event_room *room;
    struct event e;
    size_t column;
    char what[256];
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    f->room = event_room_new();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    event_room_free(f->room);
    free(f);
    return 0;
}

/* On the heap, of exactly that size. */
static enum event_read read_line(
    struct fixture *f, const char *line, size_t len)
{
    char *copy = xmemdup(line, len);
    enum event_read got;

    f->column = 0;
    f->what[0] = '\0';
    got = event_from_json(
        copy, len, f->room, &f->e, &f->column, f->what, sizeof f->what);
    free(copy);
    return got;
}

static void assert_read(struct fixture *f, const char *line)
{
    if (read_line(f, line, strlen(line)) != EVENT_READ)
        fail_msg("%s\nrefused at %zu: %s", line, f->column, f->what);
}

static void assert_refused(
    struct fixture *f, const char *line, const char *from, const char *what)
{
    if (read_line(f, line, strlen(line)) != EVENT_REFUSED)
        fail_msg("%s\nnot refused", line);
    assert_string_equal(f->what, what);
    assert_in_range(f->column, 1, strlen(line) + 1);
    assert_string_equal(line + f->column - 1, from);
}

/* The same line again, also from its keys in another order. */
static void assert_same_again(struct fixture *f, const struct event *e)
{
    struct str line = STR_INIT, again = STR_INIT;
    json_t *o;
    char *sorted;

    event_to_json(e, true, &line);
    if (read_line(f, str_text(&line), line.len - 1) != EVENT_READ)
        fail_msg("%s\nrefused at %zu: %s", str_text(&line), f->column, f->what);
    event_to_json(&f->e, true, &again);
    assert_string_equal(str_text(&again), str_text(&line));
    o = json_loads(str_text(&line), 0, NULL);
    assert_non_null(o);
    sorted = json_dumps(o, JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
    assert_read(f, sorted);
    str_clear(&again);
    event_to_json(&f->e, true, &again);
    assert_string_equal(str_text(&again), str_text(&line));
    free(sorted);
    json_decref(o);
    str_done(&line);
    str_done(&again);
}

static struct event full_segment(void)
{
    struct event e = make_segment(7 * MS, 9, HOST_SERVER, 0xff);
    struct segment *s = &e.u.segment.seg;
    static const uint8_t packet[80] = {0x45, 1, 2, 0xff};

    e.u.segment.packet = packet;
    e.u.segment.packet_len = 80;
    s->ttl = 64;
    s->packet_len = 80;
    s->transport_offset = 20;
    s->payload_offset = 75;
    s->len = 5;
    s->flow = 3;
    s->times = 2;
    s->retransmission = s->probe = s->malformed = s->fragment = true;
    s->from_router = true;
    e.u.segment.rest = (struct segment_rest){.ip_id = UINT32_MAX,
        .tos = 255,
        .dont_fragment = true,
        .more_fragments = true,
        .flow_label = 0xfffff,
        .fragment_offset = 65528,
        .urgent = 65535,
        .icmp_word = UINT32_MAX,
        .udp_len = 65535};
    s->kind = SEGMENT_KIND_FAST_RETRANSMIT;
    s->options = (struct segment_options){.has_mss = true,
        .has_wscale = true,
        .has_sack_ok = true,
        .has_timestamps = true,
        .mss = 65535,
        .wscale = 255,
        .ts_val = UINT32_MAX,
        .ts_ecr = UINT32_MAX,
        .sack_count = SEGMENT_SACK_MAX};
    for (size_t i = 0; i < SEGMENT_SACK_MAX; i++)
        s->options.sack[i].left = s->options.sack[i].right = UINT32_MAX;
    return e;
}

static void assert_same_segment(
    const struct segment *a, const struct segment *b)
{
    char ours[SEGMENT_OPTIONS_TEXT_MAX], theirs[SEGMENT_OPTIONS_TEXT_MAX];

    assert_int_equal(a->id, b->id);
    assert_int_equal(a->t_ns, b->t_ns);
    assert_int_equal(a->from, b->from);
    assert_int_equal(a->proto, b->proto);
    assert_int_equal(a->malformed, b->malformed);
    assert_int_equal(a->fragment, b->fragment);
    assert_true(addr_equal(&a->src, &b->src));
    assert_true(addr_equal(&a->dst, &b->dst));
    assert_int_equal(a->ttl, b->ttl);
    assert_int_equal(a->packet_len, b->packet_len);
    assert_int_equal(a->transport_offset, b->transport_offset);
    assert_int_equal(a->payload_offset, b->payload_offset);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->seq_raw, b->seq_raw);
    assert_int_equal(a->ack_raw, b->ack_raw);
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->ack, b->ack);
    assert_int_equal(a->has_relative, b->has_relative);
    assert_int_equal(a->len, b->len);
    assert_int_equal(a->window, b->window);
    assert_string_equal(segment_format_options(&a->options, ours),
        segment_format_options(&b->options, theirs));
    assert_int_equal(a->retransmission, b->retransmission);
    assert_int_equal(a->probe, b->probe);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->flow, b->flow);
    assert_int_equal(a->times, b->times);
    assert_int_equal(a->from_router, b->from_router);
    assert_int_equal(a->icmp_type, b->icmp_type);
    assert_int_equal(a->icmp_code, b->icmp_code);
    assert_int_equal(a->quoted.proto, b->quoted.proto);
    assert_true(addr_equal(&a->quoted.src, &b->quoted.src));
    assert_true(addr_equal(&a->quoted.dst, &b->quoted.dst));
}

static void test_segments(void **state)
{
    struct fixture *f = *state;
    struct event e = full_segment();
    struct segment *s = &e.u.segment.seg;

    assert_same_again(f, &e);
    assert_same_segment(&f->e.u.segment.seg, s);
    assert_memory_equal(
        &f->e.u.segment.rest, &e.u.segment.rest, sizeof e.u.segment.rest);
    assert_int_equal(f->e.u.segment.packet_len, 80);
    assert_memory_equal(f->e.u.segment.packet, e.u.segment.packet, 80);
    /* Any protocol, and those that its word does not tell. */
    for (unsigned proto = 0; proto < 256; proto++) {
        *s = (struct segment){.id = proto, .proto = (uint8_t)proto};
        s->t_ns = e.t_ns;
        s->src.family = s->dst.family = proto & 1 ? AF_INET6 : AF_INET;
        s->quoted.proto = (uint8_t)(255 - proto);
        s->quoted.src = s->quoted.dst = s->src;
        s->icmp_type = s->icmp_code = proto == 1 || proto == 58 ? 3 : 0;
        assert_same_again(f, &e);
        assert_same_segment(&f->e.u.segment.seg, s);
    }
    *s = (struct segment){0};
    e.u.segment.packet = NULL;
    assert_same_again(f, &e);
    assert_null(f->e.u.segment.packet);
}

static void test_sockets(void **state)
{
    struct fixture *f = *state;
    struct event e =
        make_socket(500 * MS, 9, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT);
    struct event_socket *s = &e.u.socket, *back = &f->e.u.socket;

    s->timer = SOCK_TIMER_SYNACK;
    s->timer_at_ns = 700 * MS + 1;
    s->timer_retrans = 4;
    s->has_mem = true;
    s->sndbuf = UINT32_MAX;
    s->accepted = false;
    for (size_t i = 0; i < info_field_count(); i++) {
        info_field_set(&s->info, i, i % 3 == 0 ? UINT64_MAX : 7);
        info_set_add(&s->info_changed, i);
    }
    for (size_t i = 0; i < mem_field_count(); i++)
        mem_field_set(&s->mem, i, UINT32_MAX - (uint32_t)i);
    s->mem_changed = (1U << mem_field_count()) - 2; /* all but the first */
    for (size_t i = 0; i < EVENT_OWNERS_MAX; i++)
        s->owners[i] = "c\"1.s";
    s->owner_count = EVENT_OWNERS_MAX;
    assert_same_again(f, &e);
    assert_int_equal(back->owner_count, EVENT_OWNERS_MAX);
    assert_int_equal(back->timer_at_ns, s->timer_at_ns);
    assert_memory_equal(
        &back->info_changed, &s->info_changed, sizeof s->info_changed);
    assert_int_equal(back->mem_changed, s->mem_changed);
    for (size_t i = 0; i < mem_field_count(); i++)
        assert_int_equal(mem_field_get(&back->mem, i),
            i == 0 ? 0 : mem_field_get(&s->mem, i));
    for (size_t i = 0; i < info_field_count(); i++)
        assert_int_equal(
            info_field_get(&back->info, i), info_field_get(&s->info, i));
    assert_false(back->accepted);
    for (uint8_t n = TCP_STATE_ESTABLISHED; n <= TCP_STATE_CLOSING; n++) {
        e = make_socket(0, n, HOST_SERVER, NULL, n);
        s->accepted = true;
        assert_same_again(f, &e);
        assert_int_equal(back->state, n);
        assert_int_equal(back->is_listener, n == TCP_STATE_LISTEN);
        assert_true(back->accepted);
        assert_int_equal(back->owner_count, 0);
    }
    s->gone = true;
    assert_same_again(f, &e);
    assert_true(back->gone);
}

static void test_udp_sockets(void **state)
{
    struct fixture *f = *state;
    struct event e =
        make_socket(0, 1, HOST_CLIENT, "c1.u", TCP_STATE_ESTABLISHED);

    e.u.socket.proto = IPPROTO_UDP;
    e.u.socket.recv_memory = 832;
    e.u.socket.ignored = 2;
    assert_same_again(f, &e);
    assert_int_equal(f->e.u.socket.recv_memory, 832);
    assert_int_equal(f->e.u.socket.state, TCP_STATE_ESTABLISHED);
    e.u.socket.state = TCP_STATE_CLOSED;
    assert_same_again(f, &e);
    assert_int_equal(f->e.u.socket.state, TCP_STATE_CLOSED);
    e.u.socket.gone = true;
    assert_same_again(f, &e);
    assert_true(f->e.u.socket.gone);
}

static void test_returns(void **state)
{
    static const int64_t numbers[] = {0, -1, INT64_MIN, INT64_MAX};
    struct fixture *f = *state;
    struct event e = make_return(0, 1, "c1");

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        e.u.ret.result_is_number = true;
        e.u.ret.result_number = numbers[i];
        assert_same_again(f, &e);
        assert_int_equal(f->e.u.ret.result_number, numbers[i]);
    }
    e.u.ret = (struct event_return){.id = 1,
        .result = "b'\\x00'",
        .error = "EAGAIN",
        .exception = "BlockingIOError",
        .message = "[Errno 11]",
        .elapsed_ns = 1};
    assert_same_again(f, &e);
    assert_string_equal(f->e.u.ret.result, "b'\\x00'");
    assert_null(f->e.u.ret.process);
    assert_int_equal(f->e.u.ret.elapsed_ns, 1);
}

static void test_other_kinds(void **state)
{
    struct fixture *f = *state;
    const struct wire_status *back = &f->e.u.line.wire;
    struct event e = make_line(1, "wire hold", 7);
    struct event all[] = {make_stage(), make_call(1, 2, "c1", "send", "s()"),
        make_blocked(1, 2), make_verdict(1, 2, VERDICT_ANSWERED),
        make_process(1, "c1", HOST_SERVER), make_output(1, "c1", "\x01\n\""),
        make_note(1, "\xea\xb0\x80", "ko"), make_end(1, END_SKIPPED),
        make_expect(1, "a", 3, true, NULL), make_expect(1, "a", 0, false, "")};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        assert_same_again(f, &all[i]);
    e.u.line.wire = (struct wire_status){.holding = true,
        .cut = true,
        .rate = 1000000,
        .mtu = 576,
        .seed = INT64_MAX,
        .delay_ns = {1, 100 * MS},
        .jitter_ns = {999999999, 0},
        .loss_ppm = {1, 1000000}};
    assert_same_again(f, &e);
    assert_int_equal(back->seed, INT64_MAX);
    assert_int_equal(back->delay_ns[HOST_CLIENT], 1);
    assert_int_equal(back->jitter_ns[HOST_CLIENT], 999999999);
    assert_int_equal(back->loss_ppm[HOST_CLIENT], 1);
    assert_int_equal(back->loss_ppm[HOST_SERVER], 1000000);
    assert_true(back->holding && back->cut && !back->coalesce);
    e = make_process(1, "w", HOST_CLIENT);
    e.u.process.parent = "c1";
    e.u.process.action = PROCESS_EXITED;
    assert_same_again(f, &e);
    e = make_stage();
    assert_same_again(f, &e);
    assert_int_equal(f->e.u.stage.address_count[HOST_SERVER], 2);
    assert_int_equal(f->e.u.stage.opened_ns, e.u.stage.opened_ns);
}

/* An event of each kind with nothing in it. */
static void test_nothing_is_null(void **state)
{
    struct fixture *f = *state;

    for (int kind = 0; kind < EVENT_KINDS; kind++) {
        struct event e = {.kind = (enum event_kind)kind};
        char line[80];
        if (kind == EVENT_SOCKET)
            e.u.socket.proto = IPPROTO_TCP;
        assert_same_again(f, &e);
        snprintf(line, sizeof line, "{\"t\":1,\"event\":\"%s\",\"x\":[]%s}",
            event_kind_name(e.kind),
            kind == EVENT_STAGE ? ",\"version\":1" : "");
        assert_read(f, line);
        assert_int_equal(f->e.kind, kind);
        assert_int_equal(f->e.t_ns, 1000 * MS);
    }
}

static void test_numbers_are_exact(void **state)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } good[] = {
        {"0", 0},
        {"-0.0", 0},
        {"1e-9", 1},
        {"0.1", 100 * MS},
        {"1.5E3", 1500000 * MS},
        {"31.415e-6", 31415},
        {"9.2e9", UINT64_C(9200000000000000000)},
        {"86400.123456789", UINT64_C(86400123456789)},
        {"0.10234567800000001", 102345678},
        {"0.10234567799999999", 102345678},
        {"0.0000000004", 0},
        {"0.0000000005", 1},
        {"0e99999999999999999999", 0},
        {"1e-99999999999999999999", 0},
        {"1000000000000000000000e-20", 10000 * MS},
    };
    struct fixture *f = *state;
    char line[120];

    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        snprintf(
            line, sizeof line, "{\"event\":\"end\",\"t\":%s}", good[i].text);
        assert_read(f, line);
        assert_int_equal(f->e.t_ns, good[i].ns);
    }
}

#define V1 "{\"t\":0,\"event\":\"stage\",\"version\":1"

static const struct {
    const char *line;
    const char *from; /* the line from the refused place on */
    const char *what;
} refusals[] = {
    {"[]", "[]", "\"{\" is missing"},
    {"{}", "", "no `event` says its kind"},
    {"{\"event\":1}", "1}", "`event` must be a text"},
    {"{\"event\":\"end\"}", "", "an event without `t`"},
    {"{\"t\":\"1\",\"event\":\"end\"}", "\"1\",\"event\":\"end\"}",
        "`t` must be a number of seconds"},
    {"{\"t\":null,\"event\":\"end\"}", "null,\"event\":\"end\"}",
        "`t` must be a number of seconds"},
    {"{\"t\":-1,\"event\":\"end\"}", "-1,\"event\":\"end\"}",
        "`t` is out of range"},
    {"{\"t\":1e300,\"event\":\"end\"}", "1e300,\"event\":\"end\"}",
        "`t` is out of range"},
    {"{\"t\":0,\"event\":\"end\",\"t\":1}", "1}", "`t` is there twice"},
    {"{\"t\":0,\"event\":\"end\",\"event\":\"end\"}", "\"end\"}",
        "`event` is there twice"},
    {"{\"t\":0,\"event\":\"end\",\"result\":\"maybe\"}", "\"maybe\"}",
        "`result` can't be \"maybe\""},
    {"{\"t\":0,\"event\":\"blocked\",\"id\":1.5}", "1.5}",
        "`id` must be a whole number"},
    {"{\"t\":0,\"event\":\"blocked\",\"id\":9223372036854775808}",
        "9223372036854775808}", "`id` is out of range"},
    {"{\"t\":0,\"event\":\"blocked\",\"id\":[]}", "[]}",
        "`id` must be a number"},
    {"{\"t\":0,\"event\":\"blocked\"} x", "x", "more than one value"},
    {"{\"t\":0,\"event\":\"socket\",\"state\":\"FOO\"}", "\"FOO\"}",
        "`state` can't be \"FOO\""},
    {"{\"t\":0,\"event\":\"socket\",\"state\":\"opening\"}", "\"opening\"}",
        "`state` can't be \"opening\""},
    {"{\"t\":0,\"event\":\"socket\",\"state\":\"UNCONN\"}", "\"UNCONN\"}",
        "`state` can't be \"UNCONN\""},
    {"{\"t\":0,\"event\":\"socket\",\"owners\":[1]}", "1]}",
        "`owners` must be a list of texts"},
    {"{\"t\":0,\"event\":\"socket\",\"host\":\"\\u001b\"}", "\"\\u001b\"}",
        "`host` can't be \"\xe2\x90\x9b\""},
    {"{\"t\":0,\"event\":\"socket\",\"info\":{\"rto\":1,\"rto\":2}}", "2}}",
        "`rto` is there twice"},
    {"{\"t\":0,\"event\":\"socket\",\"info\":{\"ca_state\":256}}", "256}}",
        "`ca_state` is out of range"},
    {"{\"t\":0,\"event\":\"segment\",\"src\":\"10.0.0.1:99999\"}",
        "\"10.0.0.1:99999\"}", "`src` can't be \"10.0.0.1:99999\""},
    {"{\"t\":0,\"event\":\"segment\",\"src\":\"10.0.0.1:9\"}", "",
        "`src` and `dst` must be of one address family"},
    {"{\"t\":0,\"event\":\"segment\",\"proto\":\"sctp\"}", "\"sctp\"}",
        "`proto` can't be \"sctp\""},
    {"{\"t\":0,\"event\":\"segment\",\"flags\":\"ACK+SYN\"}", "\"ACK+SYN\"}",
        "`flags` can't be \"ACK+SYN\""},
    {"{\"t\":0,\"event\":\"segment\",\"options\":\"mss x\"}", "\"mss x\"}",
        "`options` can't be \"mss x\""},
    {"{\"t\":0,\"event\":\"segment\",\"data\":\"AAAA\",\"len\":4}",
        "\"AAAA\",\"len\":4}", "`data` is shorter than the other fields say"},
    {"{\"t\":0,\"event\":\"segment\",\"data\":\"A\"}", "\"A\"}",
        "`data` must be base64"},
    {"{\"t\":0,\"event\":\"line\",\"wire\":{\"loss\":{\"client\":101}}}",
        "101}}}", "`client` is out of range"},
    {"{\"t\":0,\"event\":\"stage\",\"version\":2}", "2}",
        "made by a newer sockstage: its recordings have version 2, this "
        "one reads 1"},
    {"{\"t\":0,\"event\":\"stage\"}", "", "a stage without a `version`"},
    {"{\"t\":0,\"event\":\"stage\",\"version\":1,\"hosts\":{\"client\":["
     "\"x\"]}}",
        "\"x\"]}}", "`client` can't be \"x\""},
};

static void test_refusals(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
        assert_refused(f, refusals[i].line, refusals[i].from, refusals[i].what);
}

static void test_lists_have_limits(void **state)
{
    struct fixture *f = *state;

    assert_read(f, "{\"t\":0,\"event\":\"socket\",\"owners\":[\"1\",\"2\","
                   "\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}");
    assert_int_equal(f->e.u.socket.owner_count, EVENT_OWNERS_MAX);
    assert_string_equal(f->e.u.socket.owners[7], "8");
    assert_read(f, V1 ",\"hosts\":{\"server\":[\"::1\",\"::2\",\"::3\","
                      "\"::4\",\"::5\",\"::6\",\"::7\",\"::8\",\"::9\"]}}");
    assert_int_equal(f->e.u.stage.address_count[HOST_SERVER], 8);
}

static void test_keys_and_texts_may_be_escaped(void **state)
{
    struct fixture *f = *state;

    assert_read(f, "{\"\\u0074\":2,\"ev\\u0065nt\":\"\\u006eote\","
                   "\"te\\u0078t\":\"\\ud83d\\ude00\\/\"}");
    assert_int_equal(f->e.kind, EVENT_NOTE);
    assert_int_equal(f->e.t_ns, 2000 * MS);
    assert_string_equal(f->e.u.note.text, "\xf0\x9f\x98\x80/");
    assert_null(f->e.u.note.lang);
}

/* Whatever the bytes of a text, it comes back, repaired. */
static void test_any_text_comes_back(void **state)
{
    struct fixture *f = *state;
    uint32_t seed = 42;

    for (int round = 0; round < 20000; round++) {
        struct event e;
        struct str line = STR_INIT;
        char text[12] = "";
        json_t *o;
        for (size_t i = 0; i < sizeof text - 1; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)(seed >> 24);
        }
        e = make_output(0, "c1", text);
        event_to_json(&e, false, &line);
        o = json_loads(str_text(&line), 0, NULL);
        assert_non_null(o);
        assert_int_equal(
            read_line(f, str_text(&line), line.len - 1), EVENT_READ);
        assert_string_equal(
            f->e.u.output.text, json_string_value(json_object_get(o, "text")));
        json_decref(o);
        str_done(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_sockets),
        cmocka_unit_test(test_udp_sockets),
        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_nothing_is_null),
        cmocka_unit_test(test_numbers_are_exact),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_lists_have_limits),
        cmocka_unit_test(test_keys_and_texts_may_be_escaped),
        cmocka_unit_test(test_any_text_comes_back),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
