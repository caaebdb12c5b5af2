/* The xmalloc family: never NULL, and a clean end when memory is exhausted. */
#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_zero_bytes_is_a_valid_block(void **state)
{
    (void)state;
    void *blocks[] = {
        xmalloc(0),
        xcalloc(0, 8),
        xcalloc(8, 0),
        xreallocarray(NULL, 0, 8),
        xmemdup(NULL, 0),
    };

    for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
        assert_non_null(blocks[i]);
        free(blocks[i]);
    }
}

static void test_copies(void **state)
{
    (void)state;
    char *whole = xstrdup("socket");
    char *part = xstrndup("socket", 4);
    char *shorter = xstrndup("so", 4);
    char *bytes = xmemdup("a\0b", 3);

    assert_string_equal(whole, "socket");
    assert_string_equal(part, "sock");
    assert_string_equal(shorter, "so");
    assert_memory_equal(bytes, "a\0b", 3);
    free(whole);
    free(part);
    free(shorter);
    free(bytes);
}

static void test_calloc_is_zero_and_realloc_keeps(void **state)
{
    (void)state;
    static const char zero[64];
    char *p = xcalloc(4, 16);

    assert_memory_equal(p, zero, 64);
    memcpy(p, "kept", 5);
    p = xreallocarray(p, 4, 1024);
    assert_string_equal(p, "kept");
    free(p);
}

static void tell(void *ctx)
{
    const int *fd = ctx;

    if (write(*fd, "!", 1) != 1)
        _exit(99);
}

/* Asks for more than there can be, in a child; returns its exit status. */
static int exhaust(void (*ask)(volatile size_t *huge), char *told)
{
    volatile size_t huge = SIZE_MAX / 4;
    int pipe_fds[2];
    int status;

    assert_int_equal(pipe(pipe_fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        mem_on_exhausted(tell, &pipe_fds[1]);
        ask(&huge);
        _exit(0);
    }
    close(pipe_fds[1]);
    *told = '\0';
    assert_true(read(pipe_fds[0], told, 1) >= 0);
    close(pipe_fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void ask_malloc(volatile size_t *huge)
{
    free(xmalloc(*huge));
}

static void ask_overflow(volatile size_t *huge)
{
    free(xreallocarray(NULL, *huge, 16));
}

static void test_exhaustion_calls_the_hook_and_exits_3(void **state)
{
    (void)state;
    char told;

    assert_int_equal(exhaust(ask_malloc, &told), 3);
    assert_int_equal(told, '!');
    assert_int_equal(exhaust(ask_overflow, &told), 3);
    assert_int_equal(told, '!');
}

struct outer {
    int before;
    int member;
};

static void test_container_of(void **state)
{
    (void)state;
    struct outer o = {1, 2};

    assert_ptr_equal(container_of(&o.member, struct outer, member), &o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zero_bytes_is_a_valid_block),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_calloc_is_zero_and_realloc_keeps),
        cmocka_unit_test(test_exhaustion_calls_the_hook_and_exits_3),
        cmocka_unit_test(test_container_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
