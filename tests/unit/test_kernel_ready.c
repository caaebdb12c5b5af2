/* The edge-triggered set: each change is told once, with its raw bits, and a
 * pending error stays where it is. */
#include <sys/epoll.h>

#include "kernel_stage.h"

#include "sockstage/kernel/ready.h"

static int pair_setup(void **state)
{
    static int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0)
        return -1;
    *state = fds;
    return 0;
}

static int pair_teardown(void **state)
{
    int *fds = *state;

    close(fds[0]);
    close(fds[1]);
    return 0;
}

static struct ready *open_set(void)
{
    struct ready *r;
    struct err e;

    assert_int_equal(ready_open(&r, &e), 0);
    return r;
}

static bool has_something(const struct ready *r)
{
    struct pollfd pfd = {ready_fd(r), POLLIN, 0};

    return poll(&pfd, 1, 0) == 1;
}

static void test_ready_tells_a_change_once(void **state)
{
    const int *fds = *state;
    struct ready *r = open_set();
    struct ready_event got[4];
    struct err e;

    assert_false(has_something(r));
    assert_int_equal(ready_take(r, got, 4), 0);
    assert_int_equal(ready_add(r, fds[0], 0x123456789abcdefU, &e), 0);
    assert_true(has_something(r));
    assert_int_equal(ready_take(r, got, 4), 1);
    assert_true(got[0].key == 0x123456789abcdefU);
    assert_int_equal(got[0].events, EPOLLOUT);
    assert_false(has_something(r));
    assert_int_equal(ready_take(r, got, 4), 0);

    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(ready_take(r, got, 4), 1);
    assert_true(got[0].events & EPOLLIN);
    assert_int_equal(ready_take(r, got, 4), 0); /* still unread, told once */
    assert_int_equal(write(fds[1], "y", 1), 1);
    assert_int_equal(ready_take(r, got, 4), 1);
    assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
    assert_int_equal(ready_take(r, got, 4), 1);
    assert_true(got[0].events & EPOLLRDHUP);
    ready_close(r);
}

static void test_ready_remove(void **state)
{
    const int *fds = *state;
    struct ready *r = open_set();
    struct ready_event got[4];
    struct err e;

    assert_int_equal(ready_add(r, fds[0], 1, &e), 0);
    assert_int_equal(ready_add(r, fds[0], 1, &e), -EEXIST);
    assert_int_equal(ready_remove(r, fds[0], &e), 0);
    assert_int_equal(ready_remove(r, fds[0], &e), -ENOENT);
    assert_int_equal(ready_add(r, -1, 1, &e), -EBADF);
    assert_int_equal(ready_take(r, got, 4), 0);
    ready_close(r);
    ready_close(NULL);
}

/* More sockets than are fetched at once, taken in parts. */
static void test_ready_many(void **state)
{
    enum { COUNT = 150 };
    struct ready *r = open_set();
    struct ready_event got[COUNT + 1];
    bool seen[COUNT] = {false};
    int fds[COUNT];
    struct err e;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        assert_true(fds[i] >= 0);
        assert_int_equal(ready_add(r, fds[i], (uint64_t)i, &e), 0);
    }
    size_t n = ready_take(r, got, 10);
    assert_int_equal(n, 10);
    n += ready_take(r, got + n, COUNT + 1 - n);
    assert_int_equal(n, COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_true(got[i].key < COUNT && !seen[got[i].key]);
        seen[got[i].key] = true;
    }
    for (int i = 0; i < COUNT; i++)
        close(fds[i]);
    ready_close(r);
}

/* A refused connection on the machine's own loopback. */
static void test_ready_leaves_the_error(void **state)
{
    struct ready *r = open_set();
    struct ready_event got[4];
    struct sockaddr_in sa = {.sin_family = AF_INET};
    socklen_t len = sizeof sa;
    struct err e;

    (void)state;
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* A port that is taken but nobody listens on. */
    int holder = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(holder, (struct sockaddr *)&sa, len), 0);
    assert_int_equal(getsockname(holder, (struct sockaddr *)&sa, &len), 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(ready_add(r, fd, 7, &e), 0);
    ready_take(r, got, 4); /* a fresh socket: OUT and HUP */
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, len), -1);
    assert_int_equal(errno, EINPROGRESS);
    struct pollfd pfd = {ready_fd(r), POLLIN, 0};
    assert_int_equal(poll(&pfd, 1, STAGE_DEADLINE_MS), 1);
    assert_int_equal(ready_take(r, got, 4), 1);
    assert_int_equal(got[0].key, 7);
    assert_true(got[0].events & EPOLLERR);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, len), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    close(holder);
    ready_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_ready_tells_a_change_once, pair_setup, pair_teardown),
        cmocka_unit_test_setup_teardown(
            test_ready_remove, pair_setup, pair_teardown),
        cmocka_unit_test(test_ready_many),
        cmocka_unit_test(test_ready_leaves_the_error),
    };

    return cmocka_run_group_tests_name("ready", tests, NULL, NULL);
}
