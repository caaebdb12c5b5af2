/* The two private hosts: what is on them, what they reach, their settings, and
 * that opening and closing leave nothing behind. Needs privilege. */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kernel_stage.h"

#define NOBODY 65534

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static ino_t current_namespace(void)
{
    struct stat st;

    assert_int_equal(stat("/proc/thread-self/ns/net", &st), 0);
    return st.st_ino;
}

static void test_hosts_addresses(void **state)
{
    static const char *const want[HOST_COUNT][4] = {
        [HOST_CLIENT] = {"10.0.0.2", "fd00:5::2", "127.0.0.1", NULL},
        [HOST_SERVER] = {"10.0.0.1", "10.0.1.1", "fd00:5::1", "127.0.0.1"},
    };
    struct addr got[8];

    for (int host = 0; host < HOST_COUNT; host++) {
        size_t n = hosts_addresses(*state, (enum host)host, got, 8);
        for (size_t i = 0; i < n; i++) {
            char text[ADDR_TEXT_MAX];
            assert_non_null(want[host][i]);
            assert_string_equal(addr_format_ip(&got[i], text), want[host][i]);
            int fd = stage_socket(
                *state, (enum host)host, got[i].family, SOCK_STREAM);
            assert_int_equal(stage_bind(fd, text, 0), 0);
            close(fd);
        }
        assert_int_equal(n, host == HOST_SERVER ? 4 : 3);
    }
    assert_int_equal(hosts_addresses(*state, HOST_SERVER, got, 2), 2);
}

static void test_hosts_socket_stays_where_it_was_made(void **state)
{
    int fd = stage_socket(*state, HOST_SERVER, AF_INET, SOCK_STREAM);
    struct err e;

    assert_int_equal(hosts_enter(*state, HOST_CLIENT, &e), 0);
    assert_int_equal(stage_bind(fd, "10.0.0.2", 0), -EADDRNOTAVAIL);
    assert_int_equal(stage_bind(fd, "10.0.0.1", 0), 0);
    close(fd);
}

static void test_hosts_reach_only_each_other(void **state)
{
    static const struct {
        const char *ip;
        enum host host;
        int want;
    } rows[] = {
        {"10.0.0.1", HOST_CLIENT, -EINPROGRESS},
        {"10.0.1.1", HOST_CLIENT, -EINPROGRESS},
        {"10.0.9.9", HOST_CLIENT, -EINPROGRESS},
        {"fd00:5::1", HOST_CLIENT, -EINPROGRESS},
        {"10.0.0.2", HOST_SERVER, -EINPROGRESS},
        {"10.0.9.9", HOST_SERVER, -EINPROGRESS},
        {"fd00:5::2", HOST_SERVER, -EINPROGRESS},
        {"10.0.1.1", HOST_SERVER, -ECONNREFUSED},  /* its own: over lo */
        {"fd00:5::1", HOST_SERVER, -ECONNREFUSED}, /* its own: over lo */
        {"10.0.0.3", HOST_CLIENT, -ENETUNREACH},
        {"10.0.9.8", HOST_CLIENT, -ENETUNREACH},
        {"192.0.2.1", HOST_CLIENT, -ENETUNREACH},
        {"fd00:5::3", HOST_CLIENT, -ENETUNREACH},
        {"2001:db8::1", HOST_CLIENT, -ENETUNREACH},
        {"8.8.8.8", HOST_SERVER, -ENETUNREACH},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct addr a = stage_addr(rows[i].ip, 80);
        int fd = stage_socket(*state, rows[i].host, a.family, SOCK_STREAM);
        int rc = stage_connect(fd, rows[i].ip, 80);
        if (rc == -EINPROGRESS && rows[i].want == -ECONNREFUSED) {
            struct pollfd pfd = {fd, POLLOUT, 0};
            assert_int_equal(poll(&pfd, 1, STAGE_DEADLINE_MS), 1);
            rc = stage_connect(fd, rows[i].ip, 80);
        }
        if (rc != rows[i].want)
            fail_msg("%s from %s: %s", rows[i].ip, host_name(rows[i].host),
                strerror(-rc));
        close(fd);
        if (rc == -EINPROGRESS) {
            struct packet p;
            stage_take(*state, rows[i].host, &p);
        }
    }
}

static bool has_link_local_address(void)
{
    char line[256];
    bool found = false;
    FILE *f = fopen("/proc/thread-self/net/if_inet6", "r");

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        found = found || strncmp(line, "fe80", 4) == 0;
    fclose(f);
    return found;
}

static void test_hosts_are_quiet(void **state)
{
    for (int host = 0; host < HOST_COUNT; host++) {
        struct err e;
        assert_int_equal(hosts_enter(*state, (enum host)host, &e), 0);
        assert_false(has_link_local_address());
    }
    assert_true(stage_is_quiet(*state, 1200));
}

/* A burst longer than the default queue of a TUN device. */
static void test_hosts_queue_does_not_drop(void **state)
{
    enum { COUNT = 3000 };
    int fd = stage_socket(*state, HOST_CLIENT, AF_INET, SOCK_DGRAM);

    assert_int_equal(stage_connect(fd, "10.0.9.9", 9), 0);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(send(fd, "x", 1, 0), 1);
    for (int i = 0; i < COUNT; i++) {
        struct packet p;
        stage_take(*state, HOST_CLIENT, &p);
        assert_int_equal(p.len, 20 + 8 + 1);
    }
    assert_true(stage_is_quiet(*state, 0));
    close(fd);
}

/* The MSS option of a SYN without IP options; 0 if there is none. */
static unsigned syn_mss(const struct packet *p)
{
    size_t ip = (p->data[0] >> 4) == 6 ? 40 : 20;
    size_t end = ip + (size_t)(p->data[ip + 12] >> 4) * 4;

    assert_true(end <= p->len);
    for (size_t at = ip + 20; at < end;) {
        if (p->data[at] == 2)
            return (unsigned)p->data[at + 2] << 8 | p->data[at + 3];
        at += p->data[at] == 1 ? 1 : p->data[at + 1];
    }
    return 0;
}

static void test_hosts_advertise_mss(void **state)
{
    static const char *const servers[] = {"10.0.0.1", "fd00:5::1"};

    for (size_t i = 0; i < 2; i++) {
        struct addr a = stage_addr(servers[i], 80);
        int fd = stage_socket(*state, HOST_CLIENT, a.family, SOCK_STREAM);
        struct packet p;
        assert_int_equal(stage_connect(fd, servers[i], 80), -EINPROGRESS);
        stage_take(*state, HOST_CLIENT, &p);
        assert_int_equal(syn_mss(&p), 1012);
        close(fd);
    }
}

static void test_hosts_settings_are_calm_and_patient(void **state)
{
    static const struct {
        const char *name;
        const char *value;
    } rows[] = {
#define SETTING(group, name, value, why) {name, value},
#define N_(text)                         text
#include "../../src/kernel/calm.def"
#undef SETTING
    };
    struct str now = STR_INIT;
    struct err e;

    for (int host = 0; host < HOST_COUNT; host++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            /* One that this kernel lacks is in the list instead. */
            if (hosts_setting_read(
                    *state, (enum host)host, rows[i].name, &now, &e) == 0 &&
                strcmp(str_text(&now), rows[i].value) == 0)
                continue;
            assert_non_null(strstr(hosts_skipped(*state), rows[i].name));
        }
    }
    str_done(&now);
}

static void assert_setting(
    struct hosts *h, enum host host, const char *name, const char *want)
{
    struct str now = STR_INIT;
    struct err e;

    if (hosts_setting_read(h, host, name, &now, &e) < 0)
        fail_msg("%s", e.msg);
    assert_string_equal(str_text(&now), want);
    str_done(&now);
}

static void test_hosts_setting_is_of_one_host(void **state)
{
    static const char *const names[] = {"tcp_abort_on_overflow",
        "net.ipv4.tcp_abort_on_overflow", "ipv4.tcp_abort_on_overflow"};
    struct err e;

    assert_int_equal(hosts_enter(*state, HOST_CLIENT, &e), 0);
    ino_t before = current_namespace();
    assert_int_equal(
        hosts_setting_write(*state, HOST_SERVER, names[0], "1", &e), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_setting(*state, HOST_SERVER, names[i], "1");
        assert_setting(*state, HOST_CLIENT, names[i], "0");
    }
    assert_int_equal(
        hosts_setting_write(*state, HOST_SERVER, "somaxconn", "7", &e), 0);
    assert_setting(*state, HOST_SERVER, "net.core.somaxconn", "7");
    assert_int_equal(hosts_setting_write(*state, HOST_SERVER,
                         "ipv6.conf.all.forwarding", "1", &e),
        0);
    assert_int_equal(current_namespace(), before);
}

static void test_hosts_setting_refuses(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        int want;
    } rows[] = {
        {"tcp_no_such_thing", "1", -ENOENT},
        {"net.ipv4.tcp_no_such_thing", "1", -ENOENT},
        {"net.ipv4.conf", "1", -ENOENT},
        {"conf", "1", -ENOENT},
        {"tcp_mem", "1 2 3", -ENOENT}, /* of the machine, not of a host */
        {"kernel.hostname", "x", -EINVAL},
        {"net.unix.max_dgram_qlen", "1", -EINVAL},
        {"../../kernel/hostname", "x", -EINVAL},
        {"net.ipv4...kernel", "1", -EINVAL},
        {"net.ipv4/tcp_sack", "1", -EINVAL},
        {".tcp_sack", "1", -EINVAL},
        {"tcp_sack.", "1", -EINVAL},
        {"net", "1", -ENOENT},
        {"", "1", -EINVAL},
        {"tcp sack", "1", -EINVAL},
        {"tcp_sack\n", "1", -EINVAL},
        {"tcp_sack", "", -EINVAL},
        {"tcp_sack", "1\n", -EINVAL},
        {"tcp_sack", "banana", -EINVAL},
        {"tcp_syn_retries", "9999", -EINVAL},
    };
    char longest[5000];
    struct err e;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int rc = hosts_setting_write(
            *state, HOST_SERVER, rows[i].name, rows[i].value, &e);
        if (rc != rows[i].want)
            fail_msg("\"%s\" = \"%s\": %d", rows[i].name, rows[i].value, rc);
        assert_true(strlen(e.msg) > 0);
    }
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(
        hosts_setting_write(*state, HOST_SERVER, longest, "1", &e), -EINVAL);
    assert_int_equal(
        hosts_setting_write(*state, HOST_SERVER, "tcp_sack", longest, &e),
        -EINVAL);
    struct str out = STR_INIT;
    assert_int_equal(
        hosts_setting_read(*state, HOST_SERVER, "net.ipv4.conf", &out, &e),
        -ENOENT);
    str_done(&out);
}

static void test_hosts_open_again_and_again(void **state)
{
    size_t before = count_descriptors();
    ino_t home = current_namespace();
    bool can_go_home = !hosts_need_trial();

    (void)state;
    for (int i = 0; i < 20; i++) {
        struct hosts *h;
        struct err e;
        if (hosts_open(HOSTS_PRIVATE, &h, &e) < 0)
            fail_msg("%s", e.msg);
        assert_int_not_equal(current_namespace(), home);
        assert_true(stage_is_quiet(h, 0));
        hosts_close(h);
        if (can_go_home)
            assert_int_equal(current_namespace(), home);
        assert_int_equal(count_descriptors(), before);
    }
    hosts_close(NULL);
}

static void test_hosts_loopback(void **state)
{
    struct hosts *h;
    struct addr a[4];
    char text[ADDR_TEXT_MAX];
    struct str out = STR_INIT;
    struct err e;

    (void)state;
    assert_int_equal(hosts_open(HOSTS_LOOPBACK, &h, &e), 0);
    ino_t before = current_namespace();
    assert_int_equal(hosts_enter(h, HOST_SERVER, &e), 0);
    assert_int_equal(current_namespace(), before);
    assert_int_equal(hosts_kind(h), HOSTS_LOOPBACK);
    assert_int_equal(hosts_wire_fd(h, HOST_SERVER), -1);
    assert_string_equal(hosts_skipped(h), "");
    assert_int_equal(hosts_addresses(h, HOST_CLIENT, a, 4), 1);
    assert_string_equal(addr_format_ip(&a[0], text), "127.0.0.1");
    assert_int_equal(
        hosts_setting_write(h, HOST_SERVER, "tcp_sack", "1", &e), -EPERM);
    assert_int_equal(
        hosts_setting_read(h, HOST_SERVER, "tcp_sack", &out, &e), 0);
    str_done(&out);
    hosts_close(h);
}

static void test_hosts_doctor(void **state)
{
    struct hosts_check checks[64];
    ino_t before = current_namespace();
    size_t n = hosts_doctor(checks, 64);

    (void)state;
    assert_true(n >= 8);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(checks[i].name) > 0);
        assert_true(strlen(checks[i].detail) > 0);
        assert_int_equal(checks[i].remedy[0] == '\0', checks[i].ok);
    }
    assert_int_equal(hosts_doctor(checks, 3), 3);
    assert_int_equal(current_namespace(), before);
}

/* In a child that has become an ordinary user: no hosts, or a message that
 * says what to do. Returns the exit status. */
static int open_as_nobody(void)
{
    struct hosts *h;
    struct err e;

    if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
        return 2;
    /* setuid(2) takes /proc/self away, which exec would give back. */
    if (prctl(PR_SET_DUMPABLE, 1) < 0)
        return 3;
    if (!hosts_need_trial())
        return 4;
    int rc = hosts_try_private(&e);
    if (rc == 0)
        return hosts_open(HOSTS_PRIVATE, &h, &e) == 0 ? 0 : 5;
    printf("as user %d: %s\n", NOBODY, e.msg);
    fflush(stdout);
    if (rc != -e.code || !strstr(e.msg, ": E") || !strstr(e.msg, "; "))
        return 6;
    if (rc == -EACCES && access("/dev/net/tun", W_OK) < 0 &&
        !strstr(e.msg, "/dev/net/tun"))
        return 7;
    /* The trial left this process as it was: it may still use the machine's
     * network and no user namespace was made. */
    return hosts_need_trial() ? 0 : 8;
}

static void test_hosts_as_ordinary_user(void **state)
{
    int status;

    (void)state;
    if (geteuid() != 0)
        skip();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(open_as_nobody());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest always[] = {
        cmocka_unit_test(test_hosts_loopback),
        cmocka_unit_test(test_hosts_as_ordinary_user),
    };
    const struct CMUnitTest private[] = {
        cmocka_unit_test_setup_teardown(
            test_hosts_addresses, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_socket_stays_where_it_was_made, stage_setup,
            stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_reach_only_each_other, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_are_quiet, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_queue_does_not_drop, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_advertise_mss, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_settings_are_calm_and_patient, stage_setup,
            stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_setting_is_of_one_host, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(
            test_hosts_setting_refuses, stage_setup, stage_teardown),
        cmocka_unit_test(test_hosts_doctor),
        cmocka_unit_test(test_hosts_open_again_and_again),
    };
    int failed = cmocka_run_group_tests_name("hosts", always, NULL, NULL);

    if (failed)
        return 1;
    if (stage_is_refused())
        return STAGE_SKIPPED;
    return cmocka_run_group_tests_name("private hosts", private, NULL, NULL);
}
