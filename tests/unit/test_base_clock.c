/* The clocks run forward and the hosts have their names. */
#include "sockstage/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/embed.h"
#include "sockstage/base/host.h"

#include <string.h>
#include <time.h>

static void test_monotonic_never_goes_back(void **state)
{
    (void)state;
    uint64_t before = clock_now_ns();

    for (int i = 0; i < 1000; i++) {
        uint64_t now = clock_now_ns();
        assert_true(now >= before);
        before = now;
    }
}

static void test_wall_is_unix_time(void **state)
{
    (void)state;
    uint64_t before = (uint64_t)time(NULL);
    uint64_t wall_s = clock_wall_ns() / NS_PER_S;

    /* time() may read a coarser clock that is a tick behind. */
    assert_in_range(wall_s, before, before + 2);
}

static void test_hosts(void **state)
{
    (void)state;
    assert_string_equal(host_name(HOST_CLIENT), "client");
    assert_string_equal(host_name(HOST_SERVER), "server");
    assert_int_equal(host_other(HOST_CLIENT), HOST_SERVER);
    assert_int_equal(host_other(HOST_SERVER), HOST_CLIENT);
}

static void check_embedded(const struct embed_file *list)
{
    for (const struct embed_file *f = list; f->name; f++) {
        assert_true(f->len > 0);
        assert_int_equal(strlen(f->data), f->len);
        if (f != list)
            assert_true(strcmp(f[-1].name, f->name) < 0);
    }
}

static void test_embedded_files(void **state)
{
    (void)state;
    check_embedded(embed_themes);
    check_embedded(embed_lessons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_monotonic_never_goes_back),
        cmocka_unit_test(test_wall_is_unix_time),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_embedded_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
