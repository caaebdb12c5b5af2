/* A recording on the screen, as a user who may do nothing: no namespace, no
 * TUN device, no socket of any kind. Whatever tries is killed by the kernel. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAMPLE TEST_SOURCE_DIR "/screen/handshake.jsonl"
#define NOBODY 65534

static char folder[] = "/tmp/sockstage-replay.XXXXXX";

/* ---- a user who may do nothing ------------------------------------------- */

#define FORBID(nr)                                                             \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##nr, 0, 1),                       \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static void give_up_rights(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
            (uint32_t)offsetof(struct seccomp_data, nr)),
        FORBID(socket),
        FORBID(unshare),
        FORBID(setns),
        FORBID(mount),
        /* A TUN device, of whatever name. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
            (uint32_t)offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TUNSETIFF, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {
        .len = sizeof rules / sizeof rules[0], .filter = rules};

    if (geteuid() == 0 && (chown(folder, NOBODY, NOBODY) < 0 ||
                              setgid(NOBODY) < 0 || setuid(NOBODY) < 0)) {
        perror("giving up root");
        exit(1);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
        perror("seccomp");
        exit(77);
    }
}

static void test_whoever_tries_is_killed(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        socket(AF_UNIX, SOCK_STREAM, 0);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    pid = fork();
    if (pid == 0) {
        ioctl(-1, TUNSETIFF, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

/* ---- files --------------------------------------------------------------- */

static const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static char *read_sample(size_t *len)
{
    FILE *in = fopen(SAMPLE, "rb");
    char *text = malloc(1 << 20);

    assert_non_null(in);
    assert_non_null(text);
    *len = fread(text, 1, 1 << 20, in);
    fclose(in);
    assert_true(*len > 1000);
    return text;
}

/* The sample without its last bytes, then that many notes of 4 KiB, then the
 * text. */
static const char *make_recording(
    const char *name, size_t cut, int notes, const char *text)
{
    char note[4096];
    size_t len;
    char *sample = read_sample(&len);
    FILE *out = fopen(path_of(name), "wb");

    assert_non_null(out);
    fwrite(sample, 1, len - cut, out);
    memset(note, 'n', sizeof note);
    for (int i = 0; i < notes; i++)
        fprintf(out,
            "{\"t\":9,\"event\":\"note\",\"text\":\"%.*s\",\"lang\":\"en\"}\n",
            (int)sizeof note, note);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
    free(sample);
    return path_of(name);
}

static struct term *start(const char *file, const char *option)
{
    const char *const args[] = {file, option, NULL};

    return term_start(24, 80, args);
}

static int quit(struct term *t)
{
    int code;

    term_keys(t, "q");
    code = term_wait_exit(t);
    assert_true(term_is_restored(t));
    return code;
}

/* ---- what is shown ------------------------------------------------------- */

static void test_plays_from_its_start(void **state)
{
    struct term *t = start(SAMPLE, NULL);

    (void)state;
    assert_true(term_wait(t, "The three-way handshake"));
    assert_true(term_wait(t, "ESTABLISHED"));
    assert_true(term_wait(t, "SYN+ACK"));
    assert_int_equal(quit(t), 0);
    term_free(t);
}

static void test_end_and_back(void **state)
{
    struct term *t = start(SAMPLE, "--ascii");

    (void)state;
    term_keys(t, "\033[F"); /* End */
    assert_true(term_wait(t, "ESTABLISHED"));
    term_keys(t, "\033[H"); /* Home */
    assert_true(term_wait_gone(t, "ESTABLISHED"));
    assert_int_equal(quit(t), 0);
    term_free(t);
}

static void test_cut_off_line_is_told(void **state)
{
    struct term *t = start(make_recording("cut.jsonl", 10, 0, ""), NULL);

    (void)state;
    assert_true(term_wait(t, "cut off"));
    assert_int_equal(quit(t), 0);
    term_free(t);
}

/* Under another name it is known by its first byte. */
static void test_any_name(void **state)
{
    struct term *t = start(make_recording("lecture", 0, 0, ""), NULL);

    (void)state;
    assert_true(term_wait(t, "The three-way handshake"));
    assert_int_equal(quit(t), 0);
    term_free(t);
}

/* Too far behind to be seen before the screen opens. */
static void test_refused_while_it_plays(void **state)
{
    struct term *t =
        start(make_recording("wrong.jsonl", 0, 8000, "wrong\n"), NULL);

    (void)state;
    assert_true(term_wait(t, "The three-way handshake"));
    assert_true(term_wait(t, "wrong.jsonl:"));
    assert_int_equal(quit(t), 2);
    assert_true(term_wait(t, "wrong.jsonl:"));
    term_free(t);
}

/* A file may not grow beyond what the screen needs: the spool is of no use, and
 * that turns out before the first screen, or later. */
static void play_without_a_spool(const char *file, const char *memory)
{
    struct rlimit before, small;
    struct term *t;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    t = start(file, memory);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(term_wait(t, "rewind reaches back only"));
    assert_int_equal(quit(t), 0);
    term_free(t);
}

static void test_without_a_spool(void **state)
{
    const char *file = make_recording("large.jsonl", 0, 12000, "");

    (void)state;
    play_without_a_spool(file, "--memory=8M");
    play_without_a_spool(file, "--memory=64M");
}

static void test_signal(void **state)
{
    struct term *t = start(SAMPLE, NULL);

    (void)state;
    assert_true(term_wait(t, "The three-way handshake"));
    kill(term_pid(t), SIGTERM);
    assert_int_equal(term_wait_exit(t), 130);
    assert_true(term_is_restored(t));
    term_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whoever_tries_is_killed),
        cmocka_unit_test(test_plays_from_its_start),
        cmocka_unit_test(test_end_and_back),
        cmocka_unit_test(test_cut_off_line_is_told),
        cmocka_unit_test(test_any_name),
        cmocka_unit_test(test_refused_while_it_plays),
        cmocka_unit_test(test_without_a_spool),
        cmocka_unit_test(test_signal),
    };
    int failed;

    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    give_up_rights();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (const char *const *name = (const char *const[]){"cut.jsonl", "lecture",
             "wrong.jsonl", "large.jsonl", NULL};
         *name; name++)
        unlink(path_of(*name));
    rmdir(folder);
    return failed;
}
