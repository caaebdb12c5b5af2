/* What a socket's timer and its FIN are said to do. */
#include "sockstage/model/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static struct model_sock in_state(uint8_t state, uint8_t timer)
{
    return (struct model_sock){
        .proto = IPPROTO_TCP, .state = state, .timer = timer, .owner_count = 1};
}

/* Of a closed one in FIN_WAIT_2 the timer of keep-alive asks nothing. */
static void test_timer_of_a_closed_one(void **state)
{
    struct model_sock s = in_state(TCP_STATE_FIN_WAIT_2, SOCK_TIMER_KEEPALIVE);

    (void)state;
    assert_string_equal(model_timer_words(&s), "asks if the peer is there");
    assert_ptr_equal(
        model_timer_explain(&s), timer_explain(SOCK_TIMER_KEEPALIVE));
    s.owner_count = 0;
    assert_string_equal(
        model_timer_words(&s), "waits for the peer's FIN, given up");
    assert_non_null(strstr(model_timer_explain(&s), "tcp_fin_timeout"));
    assert_string_equal(model_timer_section(&s), "tcp(7)");
    s.timer = SOCK_TIMER_TIMEWAIT;
    assert_string_equal(model_timer_words(&s), "the kernel forgets it");
    assert_ptr_equal(
        model_timer_explain(&s), timer_explain(SOCK_TIMER_TIMEWAIT));
    s = in_state(TCP_STATE_ESTABLISHED, SOCK_TIMER_KEEPALIVE);
    s.owner_count = 0; /* it waits for accept() */
    assert_string_equal(model_timer_words(&s), "asks if the peer is there");
}

static const char *fin_words(const struct model_sock *s)
{
    static char line[128];
    struct str text = STR_INIT;

    line[0] = '\0';
    if (model_fin_words(s, &text))
        snprintf(line, sizeof line, "%s", str_text(&text));
    str_done(&text);
    return line;
}

static void test_fin(void **state)
{
    static const uint8_t ended[] = {
        TCP_STATE_FIN_WAIT_1, TCP_STATE_CLOSING, TCP_STATE_LAST_ACK};
    struct model_sock s = in_state(TCP_STATE_ESTABLISHED, SOCK_TIMER_NONE);

    (void)state;
    s.unsent = 7;
    assert_string_equal(fin_words(&s), "");
    for (size_t i = 0; i < sizeof ended; i++) {
        s = in_state(ended[i], SOCK_TIMER_RETRANSMIT);
        assert_string_equal(fin_words(&s), "");
        s.unsent = 1;
        assert_string_equal(
            fin_words(&s), "its FIN follows the 1 byte that waits");
        s = in_state(ended[i], SOCK_TIMER_PERSIST);
        assert_string_equal(
            fin_words(&s), "its FIN waits until the peer has room");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timer_of_a_closed_one),
        cmocka_unit_test(test_fin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
