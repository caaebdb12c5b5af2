/* A recording that can't be written is told at once on the screen, and once
 * more when the screen is gone; the session goes on between. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static void test_full_disk(void **state)
{
    static const char *const args[] = {
        "--wire=loopback", "--record", "/dev/full", NULL};
    struct term *t;

    (void)state;
    if (access("/dev/full", W_OK) < 0)
        skip();
    t = term_start(24, 80, args);
    assert_true(term_wait(t, "ENOSPC"));
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "q");
    assert_int_not_equal(term_wait_exit(t), -1);
    assert_true(term_is_restored(t));
    assert_true(
        term_wait(t, "sockstage: cannot write the jsonl output: ENOSPC"));
    term_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
