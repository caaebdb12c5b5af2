/* States, classes and timers as words. */
#include "sockstage/model/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "sockstage/base/mem.h"

static struct state_word word(const char *text)
{
    struct state_word w;

    assert_true(state_word_parse(text, &w));
    return w;
}

static bool holds(const char *text, uint8_t proto, uint8_t state)
{
    struct state_word w = word(text);

    return state_word_holds(&w, proto, state);
}

static void test_names_and_classes(void **state)
{
    static const struct {
        uint8_t state;
        const char *name, *class;
    } rows[] = {
        {TCP_STATE_LISTEN, "LISTEN", "LISTEN"},
        {TCP_STATE_SYN_SENT, "SYN_SENT", "opening"},
        {TCP_STATE_SYN_RECEIVED, "SYN_RECEIVED", "opening"},
        {TCP_STATE_ESTABLISHED, "ESTABLISHED", "ESTABLISHED"},
        {TCP_STATE_FIN_WAIT_1, "FIN_WAIT_1", "closing"},
        {TCP_STATE_FIN_WAIT_2, "FIN_WAIT_2", "half-closed"},
        {TCP_STATE_CLOSE_WAIT, "CLOSE_WAIT", "half-closed"},
        {TCP_STATE_CLOSING, "CLOSING", "closing"},
        {TCP_STATE_LAST_ACK, "LAST_ACK", "closing"},
        {TCP_STATE_TIME_WAIT, "TIME_WAIT", "closing"},
        {TCP_STATE_CLOSED, "CLOSED", "CLOSED"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_string_equal(
            state_name(IPPROTO_TCP, rows[i].state), rows[i].name);
        assert_string_equal(
            state_class_name(state_class(IPPROTO_TCP, rows[i].state)),
            rows[i].class);
        assert_true(holds(rows[i].name, IPPROTO_TCP, rows[i].state));
        assert_true(holds(rows[i].class, IPPROTO_TCP, rows[i].state));
        assert_non_null(state_help(IPPROTO_TCP, rows[i].state));
        assert_non_null(state_section(rows[i].state));
    }
    assert_string_equal(state_name(IPPROTO_UDP, TCP_STATE_CLOSED), "UNCONN");
    assert_string_equal(
        state_name(IPPROTO_UDP, TCP_STATE_ESTABLISHED), "CONNECTED");
    assert_string_equal(state_name(IPPROTO_UDP, TCP_STATE_NONE), "CLOSED");
    assert_string_equal(state_name(IPPROTO_TCP, 200), "CLOSED");
}

static void test_synchronised(void **state)
{
    (void)state;
    for (uint8_t i = 0; i <= TCP_STATE_CLOSING + 1; i++) {
        enum state_class class = state_class(IPPROTO_TCP, i);
        assert_int_equal(state_is_synchronised(i),
            class == CLASS_ESTABLISHED || class == CLASS_HALF_CLOSED ||
                class == CLASS_CLOSING);
    }
}

static void test_short_forms(void **state)
{
    static const struct {
        const char *word;
        uint8_t state;
    } rows[] = {
        {"ESTAB", TCP_STATE_ESTABLISHED},
        {"estab", TCP_STATE_ESTABLISHED},
        {"SYN-SENT", TCP_STATE_SYN_SENT},
        {"SYN-RECV", TCP_STATE_SYN_RECEIVED},
        {"syn_recv", TCP_STATE_SYN_RECEIVED},
        {"Syn-Received", TCP_STATE_SYN_RECEIVED},
        {"FIN-WAIT-1", TCP_STATE_FIN_WAIT_1},
        {"fin_wait2", TCP_STATE_FIN_WAIT_2},
        {"TIME-WAIT", TCP_STATE_TIME_WAIT},
        {"CLOSING", TCP_STATE_CLOSING},
        {"Closing", TCP_STATE_CLOSING},
    };
    struct state_word w;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        w = word(rows[i].word);
        assert_false(w.is_class);
        assert_int_equal(w.state, rows[i].state);
    }
    assert_false(state_word_parse("ESTABLISHE", &w));
    assert_false(state_word_parse("ESTABLISHEDD", &w));
    assert_false(state_word_parse("", &w));
}

static void test_classes_hold_their_members_only(void **state)
{
    (void)state;
    assert_true(word("closing").is_class);
    assert_true(holds("closing", IPPROTO_TCP, TCP_STATE_TIME_WAIT));
    assert_false(holds("CLOSING", IPPROTO_TCP, TCP_STATE_TIME_WAIT));
    assert_true(holds("half_closed", IPPROTO_TCP, TCP_STATE_CLOSE_WAIT));
    assert_false(holds("half-closed", IPPROTO_TCP, TCP_STATE_FIN_WAIT_1));
    assert_true(holds("Opening", IPPROTO_TCP, TCP_STATE_SYN_RECEIVED));
    assert_false(holds("opening", IPPROTO_TCP, TCP_STATE_ESTABLISHED));
    assert_true(holds("CLOSED", IPPROTO_TCP, TCP_STATE_NONE));
}

static void test_udp_words(void **state)
{
    (void)state;
    assert_true(holds("UNCONN", IPPROTO_UDP, TCP_STATE_CLOSED));
    assert_true(holds("connected", IPPROTO_UDP, TCP_STATE_ESTABLISHED));
    assert_false(holds("CONNECTED", IPPROTO_UDP, TCP_STATE_CLOSED));
    assert_false(holds("CONNECTED", IPPROTO_TCP, TCP_STATE_ESTABLISHED));
    assert_false(holds("CLOSED", IPPROTO_UDP, TCP_STATE_CLOSED));
    assert_true(holds("CLOSED", IPPROTO_UDP, TCP_STATE_NONE));
    /* Although ss(8) writes UNCONN for a TCP socket without a connection. */
    assert_false(holds("UNCONN", IPPROTO_TCP, TCP_STATE_CLOSED));
    assert_false(holds("UNCONN", IPPROTO_TCP, TCP_STATE_NONE));
}

static void test_every_word_for_completion_parses(void **state)
{
    size_t count = 0;

    (void)state;
    for (; state_word_at(count) != NULL; count++)
        word(state_word_at(count));
    assert_int_equal(count, 11 + 2 + 3);
}

static void test_timers(void **state)
{
    static const char *const names[] = {
        "none", "retransmit", "persist", "keepalive", "timewait", "synack"};
    uint8_t timer;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_true(timer_parse(names[i], &timer));
        assert_string_equal(timer_name(timer), names[i]);
    }
    assert_true(timer_parse("persist", &timer));
    assert_int_equal(timer, SOCK_TIMER_PERSIST);
    assert_false(timer_parse("rto", &timer));
    assert_string_equal(timer_name(77), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_classes),
        cmocka_unit_test(test_synchronised),
        cmocka_unit_test(test_short_forms),
        cmocka_unit_test(test_classes_hold_their_members_only),
        cmocka_unit_test(test_udp_words),
        cmocka_unit_test(test_every_word_for_completion_parses),
        cmocka_unit_test(test_timers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
