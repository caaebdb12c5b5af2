/* Saving where the disk is full: it is told, nothing is left of the file, and
 * the session goes on. And where the past did not fit anywhere: what is saved
 * begins later, says so, and can be replayed. Needs privilege: to mount small
 * disks. */
#include "files.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE TEST_SOURCE_DIR "/screen/handshake.jsonl"
#define LINES  100000

static int mount_small(const char *where)
{
    return mount("none", where, "tmpfs", 0, "size=4k");
}

/* False: it is not allowed here. */
static bool enter_small_disks(void)
{
    files_enter();
    assert_int_equal(mkdir("disk", 0755), 0);
    if (unshare(CLONE_NEWNS) == 0 &&
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount_small("disk") == 0 && mount_small("/var/tmp") == 0)
        return true;
    rmdir("disk");
    files_leave();
    return false;
}

static void leave_small_disks(void)
{
    assert_int_equal(umount("disk"), 0);
    assert_int_equal(umount("/var/tmp"), 0);
    assert_int_equal(rmdir("disk"), 0);
    files_leave();
}

static void test_full(void **state)
{
    static const char *const args[] = {SAMPLE, NULL};
    struct term *t;

    (void)state;
    if (!enter_small_disks())
        skip();
    t = term_start(24, 80, args);
    assert_true(term_wait(t, "RECORDING"));
    assert_true(files_choose(t, "jsonl"));
    term_keys(t, "\025disk/x.jsonl\r");
    assert_true(term_wait(t, "disk/x.jsonl can't be saved: ENOSPC"));
    assert_true(term_wait(t, "; make"));
    assert_int_equal(access("disk/x.jsonl", F_OK), -1);
    assert_true(files_choose(t, "jsonl"));
    term_keys(t, "\025x.jsonl\r");
    assert_true(term_wait(t, "Saved as x.jsonl"));
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
    leave_small_disks();
}

/* Until all of the recording has been read: its end is where it should be. */
static bool wait_read(struct term *t)
{
    char end[32];
    bool found = false;

    snprintf(end, sizeof end, "of %d", LINES + 1);
    for (int i = 0; i < 200 && !found; i++) {
        term_keys(t, "\033[F");
        term_pump(t, 50);
        char *screen = term_dump(t);
        found = strstr(screen, end) != NULL;
        free(screen);
    }
    return found;
}

static void test_no_past(void **state)
{
    static const char *const args[] = {"--memory", "8M", "long.jsonl", NULL};
    static const char *const again[] = {"x.jsonl", NULL};
    struct term *t;

    (void)state;
    if (!enter_small_disks())
        skip();
    assert_int_equal(setenv("TMPDIR", "/var/tmp", 1), 0);
    files_write_long("long.jsonl", LINES);
    t = term_start(24, 80, args);
    assert_true(term_wait(t, "rewind reaches back only"));
    assert_true(wait_read(t));
    assert_true(files_choose(t, "jsonl"));
    term_keys(t, "\025x.jsonl\r");
    assert_true(term_wait(t, "Saved as x.jsonl"));
    assert_true(term_wait(t, "older events are no longer"));
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
    size_t lines = files_lines("x.jsonl", "{");
    assert_true(lines > 1000 && lines < LINES);
    assert_int_equal(files_lines("x.jsonl", "\"event\":\"stage\""), 1);
    char *text = files_text("x.jsonl");
    assert_non_null(strstr(text, "\"opened\":7,"));
    assert_non_null(strstr(text, "099999\"}\n"));
    free(text);
    t = term_start(24, 80, again);
    assert_true(term_wait(t, "RECORDING"));
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
    leave_small_disks();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_no_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
