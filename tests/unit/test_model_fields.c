/* The tables of numbers: what `expect` asks, and tcp_info row by row. */
#include "sockstage/model/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "sockstage/base/clock.h"
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

static void add(struct info_set *set, const char *name)
{
    info_set_add(set, row_of(name));
}

/* Whether the set has these rows, apart by blanks, and no other. */
static void assert_set(const struct info_set *set, const char *names)
{
    struct info_set wanted = {0};
    char text[256];

    snprintf(text, sizeof text, "%s", names);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        add(&wanted, word);
    assert_memory_equal(set, &wanted, sizeof wanted);
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
    add(&s.info_known, "snd_wnd");
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
    add(&listener.info_known, "received_ce_bytes");
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
    assert_true(rows > 64 && rows <= INFO_SET_MAX);
    assert_int_equal(info_field_find("none"), rows);
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
    struct info_set set = info_changed(&before, &now, sizeof now);

    (void)state;
    assert_true(info_set_is_empty(&set));
    now.snd_cwnd = 10;
    now.wscale = 0x70;
    now.last_data_sent = 5; /* an age */
    now.rcv_wnd = 65535;
    now.received_ce_bytes = 1; /* beyond the first 64 */
    set = info_changed(&before, &now, sizeof now);
    assert_set(&set, "snd_cwnd rcv_wscale rcv_wnd received_ce_bytes");
    set = info_changed(&before, &now, old_kernel);
    assert_set(&set, "snd_cwnd rcv_wscale");
    info_add_last(&set, old_kernel);
    assert_set(&set, "snd_cwnd rcv_wscale snd_wnd");
    set = info_changed(&before, &now, 0);
    info_add_last(&set, 0);
    assert_true(info_set_is_empty(&set));
}

static void test_sets(void **state)
{
    static const size_t rows[] = {0, 1, 63, 64, 70, INFO_SET_MAX - 1};
    struct info_set set = {0};
    size_t at = info_set_next(&set, 0);

    (void)state;
    assert_int_equal(at, INFO_SET_MAX);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        info_set_add(&set, rows[i]);
    at = info_set_next(&set, 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(at, rows[i]);
        assert_true(info_set_has(&set, at));
        at = info_set_next(&set, at + 1);
    }
    assert_int_equal(at, INFO_SET_MAX);
    assert_false(info_set_has(&set, 65));
}

/* A kernel that tells one row tells all before it. */
static void test_what_is_known(void **state)
{
    struct model_sock s = {.proto = IPPROTO_TCP};

    (void)state;
    assert_false(info_field_known(&s, 0));
    add(&s.info_known, "snd_wnd");
    assert_true(info_field_known(&s, 0));
    assert_true(info_field_known(&s, row_of("snd_wnd")));
    assert_false(info_field_known(&s, row_of("rcv_wnd")));
    add(&s.info_known, "received_ce_bytes");
    assert_true(info_field_known(&s, row_of("rcv_wnd")));
    assert_true(info_field_known(&s, info_field_count() - 1));
    assert_false(info_field_known(&s, info_field_count()));
}

/* An age that only grows is no news. */
static void test_ages(void **state)
{
    struct sample_tcp_info now = {
        .last_data_sent = 100, .last_data_recv = 5000, .last_ack_recv = 1000};
    uint64_t since[INFO_AGES] = {0};
    struct info_set set = {0};

    (void)state;
    info_ages_add(&set, &now, sizeof now, NS_PER_S, since);
    assert_set(&set, "last_data_sent"); /* the others: before the stage */
    now.last_data_sent += 510;
    now.last_ack_recv += 490;
    set = (struct info_set){0};
    info_ages_add(&set, &now, sizeof now, NS_PER_S + 500 * NS_PER_MS, since);
    assert_true(info_set_is_empty(&set)); /* within a tick of the kernel */
    now.last_data_sent = 0;
    now.last_ack_recv = 0;
    info_ages_add(&set, &now, 0, 2 * NS_PER_S, since);
    assert_true(info_set_is_empty(&set)); /* not filled in */
    info_ages_add(&set, &now, sizeof now, 2 * NS_PER_S, since);
    assert_set(&set, "last_data_sent last_ack_recv");
}

static void test_memory(void **state)
{
    struct sample_mem before = {.drops = 1}, now = {.drops = 2, .optmem = 3};
    uint32_t changed = mem_changed(&before, &now);
    size_t rows = mem_field_count();

    (void)state;
    assert_int_equal(rows, 7);
    for (size_t i = 0; i < rows; i++) {
        const char *name = mem_field_at(i)->name;
        assert_int_equal(changed >> i & 1,
            strcmp(name, "drops") == 0 || strcmp(name, "optmem") == 0);
        mem_field_set(&before, i, (uint32_t)i + 1);
    }
    assert_int_equal(before.rmem_alloc, 1);
    assert_int_equal(before.drops, rows);
    assert_int_equal(mem_field_get(&before, 2), 3);
    assert_null(mem_field_at(rows));
    assert_int_equal(mem_field_get(&before, rows), 0);
    mem_field_set(&before, rows, 9);
    assert_int_equal(before.drops, rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operand_is_there),
        cmocka_unit_test(test_values_of_a_connection),
        cmocka_unit_test(test_what_applies_elsewhere),
        cmocka_unit_test(test_rows_keep_what_was_set),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_what_is_known),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
