/* The tables of numbers: what `expect` asks, and tcp_info row by row. */
#include "sockstage/model/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "sockstage/base/mem.h"
#include "sockstage/model/model.h"

static size_t row_of(const char *name)
{
    for (size_t i = 0; i < info_field_count(); i++) {
        if (strcmp(info_field_at(i)->name, name) == 0)
            return i;
    }
    fail_msg("no row %s", name);
    return 0;
}

static uint64_t bit_of(const char *name)
{
    return UINT64_C(1) << row_of(name);
}

static int64_t value(const struct model_sock *s, const char *name)
{
    const struct field *f = field_find(name);

    assert_non_null(f);
    assert_true(f->applies(s));
    return f->get(s);
}

static bool applies(const struct model_sock *s, const char *name)
{
    const struct field *f = field_find(name);

    assert_non_null(f);
    return f->applies(s);
}

static void test_every_operand_is_there(void **state)
{
    static const char *const names[] = {"send_buffer", "unsent", "in_flight",
        "recv_buffer", "recv_memory", "accept_queue", "backlog", "syn_queue",
        "ignored", "snd_wnd", "rcv_wnd", "cwnd", "mss", "rtt", "rto",
        "retransmits", "sndbuf", "rcvbuf"};
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_non_null(field_find(names[i]));
    for (; field_at(count) != NULL; count++)
        assert_true(strlen(field_at(count)->help) > 0);
    assert_int_equal(count, ARRAY_LEN(names));
    assert_null(field_find("state"));
}

static void test_values_of_a_connection(void **state)
{
    struct model_sock s = {
        .proto = IPPROTO_TCP, .send_buffer = 3000, .unsent = 1000};

    (void)state;
    s.info.rtt = 100250;
    s.info.snd_cwnd = 10;
    s.info_known = bit_of("snd_wnd");
    assert_int_equal(value(&s, "in_flight"), 2000);
    assert_int_equal(value(&s, "rtt"), 100250000);
    assert_int_equal(field_find("rtt")->unit, UNIT_NS);
    assert_int_equal(value(&s, "cwnd"), 10);
    assert_int_equal(value(&s, "retransmits"), 0);
    assert_false(applies(&s, "rcv_wnd")); /* this kernel did not tell it */
    assert_false(applies(&s, "accept_queue"));
    assert_false(applies(&s, "recv_memory"));
    assert_false(applies(&s, "ignored"));
    assert_false(applies(&s, "sndbuf"));
    s.unsent = 4000;
    assert_int_equal(value(&s, "in_flight"), 0);
}

static void test_what_applies_elsewhere(void **state)
{
    struct model_sock listener = {.proto = IPPROTO_TCP, .is_listener = true};
    struct model_sock udp = {.proto = IPPROTO_UDP, .has_mem = true};

    (void)state;
    listener.info_known = UINT64_MAX;
    assert_true(applies(&listener, "accept_queue"));
    assert_true(applies(&listener, "ignored"));
    assert_false(applies(&listener, "send_buffer"));
    assert_false(applies(&listener, "rtt"));
    assert_true(applies(&udp, "recv_buffer"));
    assert_true(applies(&udp, "recv_memory"));
    assert_true(applies(&udp, "ignored"));
    assert_false(applies(&listener, "recv_memory"));
    assert_true(applies(&udp, "sndbuf"));
    assert_false(applies(&udp, "in_flight"));
}

static void test_rows_keep_what_was_set(void **state)
{
    struct sample_tcp_info info = {0};
    size_t rows = info_field_count();

    (void)state;
    assert_true(rows > 50 && rows <= 64);
    for (size_t i = 0; i < rows; i++)
        info_field_set(&info, i, i % 2 + 1);
    for (size_t i = 0; i < rows; i++) {
        bool is_bit =
            strcmp(info_field_at(i)->name, "delivery_rate_app_limited") == 0;
        assert_int_equal(
            info_field_get(&info, i), is_bit ? (i % 2 + 1) & 1 : i % 2 + 1);
    }
    assert_int_equal(info.wscale & 0x0f, row_of("snd_wscale") % 2 + 1);
    assert_int_equal(info.wscale >> 4, row_of("rcv_wscale") % 2 + 1);
    assert_null(info_field_at(rows));
    assert_int_equal(info_field_get(&info, rows), 0);
}

static void test_changes(void **state)
{
    struct sample_tcp_info before = {0}, now = {0};
    const uint32_t old_kernel = offsetof(struct sample_tcp_info, rcv_wnd);

    (void)state;
    assert_int_equal(info_changed(&before, &now, sizeof now), 0);
    now.snd_cwnd = 10;
    now.wscale = 0x70;
    now.last_data_sent = 5; /* an age */
    now.rcv_wnd = 65535;
    assert_int_equal(info_changed(&before, &now, sizeof now),
        bit_of("snd_cwnd") | bit_of("rcv_wscale") | bit_of("rcv_wnd"));
    assert_int_equal(info_changed(&before, &now, old_kernel),
        bit_of("snd_cwnd") | bit_of("rcv_wscale"));
    assert_int_equal(info_changed(&before, &now, 0), 0);
    assert_true(info_changed(NULL, &before, sizeof now) & bit_of("rtt"));
    assert_false(info_changed(NULL, &before, old_kernel) & bit_of("rcv_wnd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operand_is_there),
        cmocka_unit_test(test_values_of_a_connection),
        cmocka_unit_test(test_what_applies_elsewhere),
        cmocka_unit_test(test_rows_keep_what_was_set),
        cmocka_unit_test(test_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
