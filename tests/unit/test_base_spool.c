/* The spool: a ring of bytes in a file, what it refuses, full disks, and the
 * folders it tries. */
#include "sockstage/base/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool_file.h"

#define LIMIT 100

/* The byte at a place; its period is no divisor of the limit. */
static uint8_t byte_at(uint64_t place)
{
    return (uint8_t)(place * 7 % 251);
}

static void fill(uint8_t *bytes, uint64_t place, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_at(place + i);
}

static bool is_right(const uint8_t *bytes, uint64_t place, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != byte_at(place + i))
            return false;
    }
    return true;
}

static void assert_all_readable(const struct spool *s)
{
    uint8_t bytes[LIMIT];
    uint64_t first = spool_first(s), end = spool_end(s);
    size_t len = (size_t)(end - first);

    assert_true(len <= LIMIT);
    assert_int_equal(spool_read(s, first, bytes, len, NULL), 0);
    assert_true(is_right(bytes, first, len));
    for (uint64_t place = first; place < end; place++) {
        assert_int_equal(spool_read(s, place, bytes, 1, NULL), 0);
        assert_int_equal(bytes[0], byte_at(place));
    }
}

static void test_newest_bytes_replace_the_oldest(void **state)
{
    int fd;
    struct spool *s = spool_file_open(LIMIT, &fd);
    uint8_t bytes[LIMIT];
    struct stat st;

    (void)state;
    assert_int_equal(spool_first(s), 0);
    assert_int_equal(spool_end(s), 0);
    for (size_t len = 0; len <= LIMIT; len++) {
        uint64_t end = spool_end(s), want;
        fill(bytes, end, len);
        assert_int_equal(spool_append(s, bytes, len, NULL), 0);
        assert_int_equal(spool_end(s), end + len);
        want = end + len > LIMIT ? end + len - LIMIT : 0;
        assert_int_equal(spool_first(s), want);
        assert_all_readable(s);
    }
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, LIMIT);
    assert_int_equal(st.st_nlink, 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    spool_free(s);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    spool_free(NULL);
}

static void test_refuses_what_is_not_there(void **state)
{
    int fd;
    struct spool *s = spool_file_open(LIMIT, &fd);
    uint8_t bytes[LIMIT + 1];
    struct err e;

    (void)state;
    fill(bytes, 0, sizeof bytes);
    assert_int_equal(spool_read(s, 0, bytes, 0, &e), 0);
    assert_int_equal(spool_read(s, 0, bytes, 1, &e), -ENOENT);
    assert_int_equal(spool_append(s, bytes, LIMIT + 1, &e), -EFBIG);
    assert_int_equal(e.code, EFBIG);
    assert_non_null(strstr(e.msg, "limit of 100"));
    assert_int_equal(spool_end(s), 0);
    assert_int_equal(spool_append(s, bytes, 60, &e), 0);
    fill(bytes, 60, 60);
    assert_int_equal(spool_append(s, bytes, 60, &e), 0);
    assert_int_equal(spool_first(s), 20);
    assert_int_equal(spool_read(s, 19, bytes, 1, &e), -ENOENT);
    assert_int_equal(spool_read(s, 119, bytes, 2, &e), -ENOENT);
    assert_int_equal(spool_read(s, 121, bytes, 0, &e), -ENOENT);
    assert_int_equal(spool_read(s, UINT64_MAX, bytes, 2, &e), -ENOENT);
    assert_int_equal(spool_read(s, 20, bytes, SIZE_MAX, &e), -ENOENT);
    assert_all_readable(s);
    spool_file_lose(fd);
    assert_int_equal(spool_read(s, 20, bytes, 1, &e), -EIO);
    spool_free(s);
}

static void test_limit_of_nothing(void **state)
{
    int fd;
    struct spool *s = spool_file_open(0, &fd);

    (void)state;
    assert_int_equal(spool_append(s, "x", 0, NULL), 0);
    assert_int_equal(spool_append(s, "x", 1, NULL), -EFBIG);
    spool_free(s);
}

static void test_failed_write_in_the_ring(void **state)
{
    int fd, whole;
    struct spool *s = spool_file_open(LIMIT, &fd);
    uint8_t bytes[LIMIT];
    struct err e;

    (void)state;
    fill(bytes, 0, LIMIT);
    assert_int_equal(spool_append(s, bytes, LIMIT, &e), 0);
    whole = dup(fd);
    spool_file_fill_disk(fd);
    assert_int_equal(spool_append(s, bytes, 30, &e), -ENOSPC);
    assert_non_null(strstr(e.msg, "ENOSPC"));
    assert_int_equal(spool_end(s), LIMIT);
    assert_int_equal(spool_first(s), 30);
    assert_int_equal(dup2(whole, fd), fd);
    close(whole);
    assert_all_readable(s);
    spool_free(s);
}

/* ---- in a process of its own --------------------------------------------- */

enum { GOOD, BAD, REFUSED_HERE };

static int in_child(int (*run)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(run());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Writes until the disk is full: the error is told, nothing of that write
 * counts, all that was written before can be read. */
static int until_full(int code, const char *folder)
{
    uint8_t bytes[10000], back[10000];
    struct spool *s;
    struct err e;
    uint64_t end;
    int r;

    if (spool_open(1 << 20, &s, &e) < 0)
        return BAD;
    do {
        end = spool_end(s);
        fill(bytes, end, sizeof bytes);
        r = spool_append(s, bytes, sizeof bytes, &e);
    } while (r == 0 && end < 1 << 20);
    if (r != -code || e.code != code || !strstr(e.msg, folder))
        return BAD;
    if (spool_end(s) != end || end < sizeof bytes || spool_first(s) != 0)
        return BAD;
    for (uint64_t place = 0; place < end; place += sizeof bytes) {
        if (spool_read(s, place, back, sizeof back, &e) < 0 ||
            !is_right(back, place, sizeof back))
            return BAD;
    }
    /* What fits goes on. */
    fill(bytes, end, 100);
    if (spool_append(s, bytes, 100, &e) < 0 ||
        spool_read(s, end, back, 100, &e) < 0 || !is_right(back, end, 100))
        return BAD;
    spool_free(s);
    return GOOD;
}

static int fill_file(void)
{
    struct rlimit limit = {64 * 1024, 64 * 1024};

    signal(SIGXFSZ, SIG_IGN);
    unsetenv("TMPDIR");
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return BAD;
    return until_full(EFBIG, "/tmp");
}

static void test_file_size_limit(void **state)
{
    (void)state;
    assert_int_equal(in_child(fill_file), GOOD);
}

static bool put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool whole = fd >= 0 && write(fd, text, strlen(text)) > 0;

    if (fd >= 0)
        close(fd);
    return whole;
}

/* Root of its own mounts, user_namespaces(7). */
static bool enter_own_mounts(void)
{
    char uids[32], gids[32];

    snprintf(uids, sizeof uids, "0 %u 1", (unsigned)getuid());
    snprintf(gids, sizeof gids, "0 %u 1", (unsigned)getgid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           put("/proc/self/uid_map", uids) &&
           put("/proc/self/setgroups", "deny") &&
           put("/proc/self/gid_map", gids);
}

static int fill_tmpfs(void)
{
    if (!enter_own_mounts() ||
        mount("none", "/mnt", "tmpfs", 0, "size=64k") < 0)
        return REFUSED_HERE;
    setenv("TMPDIR", "/mnt", 1);
    return until_full(ENOSPC, "/mnt");
}

static void test_full_disk(void **state)
{
    int result = in_child(fill_tmpfs);

    (void)state;
    if (result == REFUSED_HERE)
        skip();
    assert_int_equal(result, GOOD);
}

/* A file system without O_TMPFILE. */
static int deny_tmpfile(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
        BPF_STMT(
            BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~(O_DIRECTORY), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        return REFUSED_HERE;
    if (open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) >= 0 ||
        errno != EOPNOTSUPP)
        return BAD;
    return GOOD;
}

static int use_unlinked_file(void)
{
    struct spool *s;
    char back[2];
    struct stat st;
    int next, r = deny_tmpfile();

    if (r != GOOD)
        return r;
    next = dup(STDERR_FILENO);
    close(next);
    if (spool_open(LIMIT, &s, NULL) < 0)
        return BAD;
    if (fstat(next, &st) < 0 || st.st_nlink != 0 ||
        (st.st_mode & 0777) != 0600 || fcntl(next, F_GETFD) != FD_CLOEXEC)
        return BAD;
    if (spool_append(s, "ab", 2, NULL) < 0 ||
        spool_read(s, 0, back, 2, NULL) < 0 || memcmp(back, "ab", 2) != 0)
        return BAD;
    spool_free(s);
    return GOOD;
}

static void test_without_tmpfile(void **state)
{
    int result = in_child(use_unlinked_file);

    (void)state;
    if (result == REFUSED_HERE)
        skip();
    assert_int_equal(result, GOOD);
}

static int use_next_folder(void)
{
    struct spool *s;

    if (setenv("TMPDIR", "/nonexistent/folder", 1) < 0 ||
        spool_open(LIMIT, &s, NULL) < 0)
        return BAD;
    spool_free(s);
    if (setenv("TMPDIR", "", 1) < 0 || spool_open(LIMIT, &s, NULL) < 0)
        return BAD;
    spool_free(s);
    return GOOD;
}

static int find_no_folder(void)
{
    struct rlimit none = {0, 0};
    struct spool *s;
    struct err e;

    if (setrlimit(RLIMIT_NOFILE, &none) < 0 ||
        setenv("TMPDIR", "/tmp/of-its-own", 1) < 0)
        return BAD;
    return spool_open(LIMIT, &s, &e) == -EMFILE && e.code == EMFILE &&
                   strstr(e.msg, "/tmp/of-its-own") && strstr(e.msg, "EMFILE")
               ? GOOD
               : BAD;
}

static void test_folders(void **state)
{
    (void)state;
    assert_int_equal(in_child(use_next_folder), GOOD);
    assert_int_equal(in_child(find_no_folder), GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_bytes_replace_the_oldest),
        cmocka_unit_test(test_refuses_what_is_not_there),
        cmocka_unit_test(test_limit_of_nothing),
        cmocka_unit_test(test_failed_write_in_the_ring),
        cmocka_unit_test(test_file_size_limit),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_without_tmpfile),
        cmocka_unit_test(test_folders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
