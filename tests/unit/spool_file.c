/* A new descriptor is the lowest one that is free: so the spool's is known. */
#include "spool_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

struct spool *spool_file_open(uint64_t limit, int *fd)
{
    struct spool *s = NULL;
    struct err e;

    *fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(*fd >= 0);
    assert_int_equal(close(*fd), 0);
    if (spool_open(limit, &s, &e) < 0)
        fail_msg("%s", e.msg);
    assert_true(fcntl(*fd, F_GETFD) >= 0);
    return s;
}

void spool_file_fill_disk(int fd)
{
    int full = open("/dev/full", O_RDWR | O_CLOEXEC);

    assert_true(full >= 0);
    assert_int_equal(dup3(full, fd, O_CLOEXEC), fd);
    close(full);
}

void spool_file_lose(int fd)
{
    assert_int_equal(ftruncate(fd, 0), 0);
}
