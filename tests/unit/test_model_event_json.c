/* The recording format: every field of every kind, null where it does not
 * apply, numbers without noise, and lines that no text can break. */
#include "sockstage/model/event_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <netinet/in.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/model/fields.h"

static json_t *parsed(const struct event *e, bool payload)
{
    struct str line = STR_INIT;
    json_error_t error;
    json_t *o;

    event_to_json(e, payload, &line);
    assert_true(line.len > 0);
    assert_ptr_equal(strchr(str_text(&line), '\n'), line.data + line.len - 1);
    o = json_loads(str_text(&line), 0, &error);
    assert_non_null(o);
    str_done(&line);
    return o;
}

static void assert_text(const json_t *o, const char *key, const char *text)
{
    const json_t *value = json_object_get(o, key);

    assert_non_null(value);
    if (text == NULL) {
        assert_true(json_is_null(value));
        return;
    }
    assert_non_null(json_string_value(value));
    assert_string_equal(json_string_value(value), text);
}

static void assert_number(const json_t *o, const char *key, json_int_t n)
{
    const json_t *value = json_object_get(o, key);

    assert_true(json_is_integer(value));
    assert_int_equal(json_integer_value(value), n);
}

/* `keys` is a list with blanks, in the order of the manual. */
static void assert_keys(const struct event *e, const char *keys)
{
    json_t *o = parsed(e, false);
    struct str have = STR_INIT;
    const char *key;
    json_t *value;

    json_object_foreach(o, key, value)
    {
        str_addf(&have, have.len > 0 ? " %s" : "%s", key);
    }
    assert_string_equal(str_text(&have), keys);
    str_done(&have);
    json_decref(o);
}

static void test_every_kind_has_its_fields(void **state)
{
    struct event e;

    (void)state;
    e = make_stage();
    assert_keys(&e, "t event version opened wire kernel hosts program");
    e = make_call(0, 1, "c1", "connect", "s.connect(('server', 8080))");
    assert_keys(&e, "t event id process socket name python syscall line");
    e = make_blocked(0, 1);
    assert_keys(&e, "t event id");
    e = make_return(0, 1, "c1");
    assert_keys(
        &e, "t event id process result errno exception elapsed syscall");
    e = make_segment(0, 1, HOST_CLIENT, SEGMENT_SYN);
    assert_keys(&e, "t event id from proto src dst flags seq ack seq_raw "
                    "ack_raw len window options retransmission icmp kind");
    e = make_verdict(0, 1, VERDICT_HELD);
    assert_keys(&e, "t event segment action");
    e = make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT);
    assert_keys(&e, "t event id host owners proto local peer state class "
                    "send_buffer unsent in_flight recv_buffer sndbuf rcvbuf "
                    "timer info");
    e = make_socket(0, 1, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);
    assert_keys(&e, "t event id host owners proto local peer state class "
                    "send_buffer unsent in_flight recv_buffer sndbuf rcvbuf "
                    "timer info accept_queue backlog syn_queue ignored");
    e = make_process(0, "c1", HOST_CLIENT);
    assert_keys(&e, "t event process host parent action");
    e = make_output(0, "c1", "hello\n");
    assert_keys(&e, "t event process stream text");
    e = make_note(0, "hello", "en");
    assert_keys(&e, "t event text lang");
    e = make_expect(0, "c1.s.state == ESTABLISHED", 3, true, "ESTABLISHED");
    assert_keys(&e, "t event text file line ok actual");
    e = make_line(0, "wire hold", 3);
    assert_keys(&e, "t event text line wire");
    e = make_end(0, END_PASSED);
    assert_keys(&e, "t event result");
}

static void test_stage(void **state)
{
    struct event e = make_stage();
    json_t *o = parsed(&e, false);
    const json_t *hosts = json_object_get(o, "hosts");

    (void)state;
    assert_text(o, "event", "stage");
    assert_number(o, "version", 1);
    assert_number(o, "opened", INT64_C(1700000000123456789));
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(hosts, "client"), 0)),
        "10.0.0.2");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(hosts, "server"), 1)),
        "fd00:5::1");
    json_decref(o);
}

static void assert_line_begins(uint64_t t_ns, const char *begin)
{
    struct event e = make_end(t_ns, END_PASSED);
    struct str line = STR_INIT;

    event_to_json(&e, false, &line);
    assert_memory_equal(str_text(&line), begin, strlen(begin));
    str_done(&line);
}

static void test_times_keep_nanoseconds_without_noise(void **state)
{
    (void)state;
    assert_line_begins(0, "{\"t\":0.0,");
    assert_line_begins(1000 * MS, "{\"t\":1.0,");
    assert_line_begins(100 * MS, "{\"t\":0.1,");
    assert_line_begins(102345678, "{\"t\":0.102345678,");
    assert_line_begins(UINT64_C(86400123456789), "{\"t\":86400.123456789,");
}

static void test_returned_values(void **state)
{
    struct event e = make_return(0, 7, "c1");
    json_t *o;

    (void)state;
    o = parsed(&e, false);
    assert_text(o, "result", NULL);
    assert_text(o, "errno", NULL);
    assert_text(o, "exception", NULL);
    assert_true(json_is_real(json_object_get(o, "elapsed")));
    json_decref(o);
    e.u.ret.result_is_number = true;
    e.u.ret.result_number = -5;
    o = parsed(&e, false);
    assert_number(o, "result", -5);
    json_decref(o);
    e.u.ret.result_is_number = false;
    e.u.ret.error = "ECONNREFUSED";
    e.u.ret.exception = "ConnectionRefusedError";
    e.u.ret.message = "[Errno 111] Connection refused";
    o = parsed(&e, false);
    assert_text(o, "result", NULL);
    assert_text(o, "errno", "ECONNREFUSED");
    assert_text(o, "message", "[Errno 111] Connection refused");
    json_decref(o);
}

static void test_tcp_segment(void **state)
{
    struct event e = make_segment(0, 3, HOST_SERVER, SEGMENT_SYN | SEGMENT_ACK);
    uint8_t packet[] = {0xff, 0, 0x10, 0x80};
    json_t *o;

    (void)state;
    e.u.segment.packet = packet;
    e.u.segment.packet_len = sizeof packet;
    o = parsed(&e, false);
    assert_text(o, "from", "server");
    assert_text(o, "proto", "tcp");
    assert_text(o, "src", "10.0.0.1:8080");
    assert_text(o, "dst", "10.0.0.2:34254");
    assert_text(o, "flags", "SYN+ACK");
    assert_number(o, "seq", 0);
    assert_number(o, "ack", 1);
    assert_number(o, "seq_raw", 4000000000);
    assert_number(o, "ack_raw", 77);
    assert_text(o, "options", "");
    assert_text(o, "icmp", NULL);
    assert_text(o, "kind", NULL);
    assert_true(json_is_false(json_object_get(o, "retransmission")));
    assert_null(json_object_get(o, "data"));
    json_decref(o);
    o = parsed(&e, true);
    assert_text(o, "data", "/wAQgA==");
    json_decref(o);
    /* Without the ACK bit there is no acknowledgment number. */
    e.u.segment.seg.flags = SEGMENT_SYN;
    e.u.segment.seg.kind = SEGMENT_KIND_KEEP_ALIVE;
    o = parsed(&e, true);
    assert_text(o, "ack", NULL);
    assert_text(o, "kind", "keep-alive");
    json_decref(o);
    /* A later fragment has no TCP header at all. */
    e.u.segment.seg.fragment = true;
    e.u.segment.seg.src.port = e.u.segment.seg.dst.port = 0;
    o = parsed(&e, true);
    assert_text(o, "flags", NULL);
    assert_text(o, "window", NULL);
    assert_text(o, "options", NULL);
    json_decref(o);
}

static void test_udp_and_icmp_have_no_tcp_fields(void **state)
{
    struct event e = make_segment(0, 1, HOST_CLIENT, 0);
    struct segment *s = &e.u.segment.seg;
    json_t *o;

    (void)state;
    s->proto = IPPROTO_UDP;
    s->len = 5;
    o = parsed(&e, false);
    assert_text(o, "proto", "udp");
    assert_text(o, "src", "10.0.0.2:34254");
    assert_number(o, "len", 5);
    assert_text(o, "flags", NULL);
    assert_text(o, "seq", NULL);
    assert_text(o, "ack_raw", NULL);
    assert_text(o, "window", NULL);
    assert_text(o, "options", NULL);
    json_decref(o);

    s->proto = IPPROTO_ICMP;
    s->src.port = s->dst.port = 0;
    s->icmp_type = 3;
    s->icmp_code = 3;
    o = parsed(&e, false);
    assert_text(o, "proto", "icmp");
    assert_text(o, "src", "10.0.0.2");
    assert_text(o, "len", NULL);
    assert_text(o, "icmp", "port unreachable (3/3)");
    json_decref(o);
}

static void test_socket(void **state)
{
    struct event e =
        make_socket(500 * MS, 9, HOST_CLIENT, "c1.s", TCP_STATE_FIN_WAIT_2);
    struct event_socket *s = &e.u.socket;
    const json_t *info;
    json_t *o;

    (void)state;
    s->send_buffer = 3000;
    s->unsent = 1000;
    s->timer = SOCK_TIMER_RETRANSMIT;
    s->timer_at_ns = 700 * MS;
    for (size_t i = 0; i < info_field_count(); i++) {
        if (strcmp(info_field_at(i)->name, "snd_cwnd") == 0 ||
            strcmp(info_field_at(i)->name, "max_pacing_rate") == 0)
            info_set_add(&s->info_changed, i);
    }
    s->info.snd_cwnd = 10;
    s->info.max_pacing_rate = UINT64_MAX;
    o = parsed(&e, false);
    assert_number(o, "id", 9);
    assert_text(o, "state", "FIN_WAIT_2");
    assert_text(o, "class", "half-closed");
    assert_number(o, "in_flight", 2000);
    assert_text(o, "sndbuf", NULL);
    assert_text(o, "timer", "retransmit");
    assert_true(json_real_value(json_object_get(o, "timer_left")) > 0.1999);
    info = json_object_get(o, "info");
    assert_int_equal(json_object_size(info), 2);
    assert_number(info, "snd_cwnd", 10);
    assert_number(info, "max_pacing_rate", INT64_MAX);
    json_decref(o);
}

/* Only what has changed, and only where the kernel tells it. */
static void test_memory_of_a_socket(void **state)
{
    struct event e =
        make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    struct event_socket *s = &e.u.socket;
    const json_t *mem;
    json_t *o;

    (void)state;
    s->mem = (struct sample_mem){.rmem_alloc = 832, .drops = 3};
    s->mem_changed = 1U << (mem_field_count() - 1); /* drops */
    o = parsed(&e, false);
    assert_null(json_object_get(o, "skmem"));
    json_decref(o);
    s->has_mem = true;
    o = parsed(&e, false);
    mem = json_object_get(o, "skmem");
    assert_int_equal(json_object_size(mem), 1);
    assert_number(mem, "drops", 3);
    json_decref(o);
    s->mem_changed = 0;
    o = parsed(&e, false);
    assert_null(json_object_get(o, "skmem"));
    json_decref(o);
}

static void test_socket_without_addresses_or_owner(void **state)
{
    struct event e = make_socket(0, 1, HOST_CLIENT, NULL, TCP_STATE_CLOSED);
    json_t *o = parsed(&e, false);

    (void)state;
    assert_text(o, "local", NULL);
    assert_text(o, "peer", NULL);
    assert_int_equal(json_array_size(json_object_get(o, "owners")), 0);
    assert_text(o, "timer", "none");
    assert_int_equal(json_object_size(json_object_get(o, "info")), 0);
    json_decref(o);
    e = make_socket(0, 1, HOST_SERVER, "server.ls", TCP_STATE_LISTEN);
    e.u.socket.backlog = 5;
    o = parsed(&e, false);
    assert_text(o, "local", "0.0.0.0:8080");
    assert_text(o, "send_buffer", NULL);
    assert_number(o, "backlog", 5);
    json_decref(o);
}

static void test_udp_socket(void **state)
{
    struct event e =
        make_socket(0, 1, HOST_CLIENT, "c1.u", TCP_STATE_ESTABLISHED);
    json_t *o;

    (void)state;
    e.u.socket.proto = IPPROTO_UDP;
    e.u.socket.recv_buffer = 5;
    e.u.socket.recv_memory = 832;
    e.u.socket.ignored = 2;
    o = parsed(&e, false);
    assert_number(o, "recv_buffer", 5);
    assert_number(o, "recv_memory", 832);
    assert_number(o, "ignored", 2);
    assert_text(o, "proto", "udp");
    assert_text(o, "state", "CONNECTED");
    assert_text(o, "class", NULL);
    assert_text(o, "timer", NULL);
    assert_text(o, "unsent", NULL);
    assert_number(o, "send_buffer", 0);
    json_decref(o);
    e.u.socket.gone = true;
    o = parsed(&e, false);
    assert_text(o, "state", "CLOSED");
    json_decref(o);
}

static void test_line_and_end(void **state)
{
    static const char *const results[] = {"passed", "failed", "skipped"};
    struct event e = make_line(0, "wire delay 100ms from client", 0);
    const json_t *wire;
    json_t *o;

    (void)state;
    e.u.line.wire.delay_ns[HOST_CLIENT] = 100 * MS;
    e.u.line.wire.jitter_ns[HOST_SERVER] = 100 * MS;
    e.u.line.wire.loss_ppm[HOST_SERVER] = 125000;
    e.u.line.wire.mtu = 576;
    e.u.line.wire.holding = true;
    e.u.line.wire.cut = true;
    o = parsed(&e, false);
    assert_text(o, "line", NULL);
    wire = json_object_get(o, "wire");
    assert_true(json_is_true(json_object_get(wire, "hold")));
    assert_true(json_is_true(json_object_get(wire, "coalesce")));
    assert_true(json_real_value(json_object_get(
                    json_object_get(wire, "delay"), "client")) > 0.09);
    assert_true(json_real_value(json_object_get(
                    json_object_get(wire, "jitter"), "server")) > 0.09);
    assert_float_equal(json_real_value(json_object_get(
                           json_object_get(wire, "loss"), "server")),
        12.5, 1e-9);
    assert_true(json_is_true(json_object_get(wire, "cut")));
    assert_true(json_is_null(json_object_get(wire, "rate")));
    assert_number(wire, "mtu", 576);
    assert_number(wire, "seed", 0);
    json_decref(o);
    e.u.line.wire.rate = 1000000;
    o = parsed(&e, false);
    assert_number(json_object_get(o, "wire"), "rate", 1000000);
    json_decref(o);
    for (size_t i = 0; i < ARRAY_LEN(results); i++) {
        e = make_end(0, (enum end_result)i);
        o = parsed(&e, false);
        assert_text(o, "result", results[i]);
        json_decref(o);
    }
}

static void test_any_text_keeps_the_line_whole(void **state)
{
    struct event e = make_output(0, "c1", "a\xff\n\"\\\x1b[31m\xc3");
    json_t *o = parsed(&e, false);

    (void)state;
    assert_text(o, "text", "a\xef\xbf\xbd\n\"\\\x1b[31m\xef\xbf\xbd");
    json_decref(o);
    e.u.output.text = NULL;
    o = parsed(&e, false);
    assert_text(o, "text", NULL);
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_has_its_fields),
        cmocka_unit_test(test_stage),
        cmocka_unit_test(test_times_keep_nanoseconds_without_noise),
        cmocka_unit_test(test_returned_values),
        cmocka_unit_test(test_tcp_segment),
        cmocka_unit_test(test_udp_and_icmp_have_no_tcp_fields),
        cmocka_unit_test(test_socket),
        cmocka_unit_test(test_memory_of_a_socket),
        cmocka_unit_test(test_socket_without_addresses_or_owner),
        cmocka_unit_test(test_udp_socket),
        cmocka_unit_test(test_line_and_end),
        cmocka_unit_test(test_any_text_keeps_the_line_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
