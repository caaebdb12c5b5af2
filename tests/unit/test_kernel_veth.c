/* The wire of veth pairs: chosen where /dev/net/tun may not be opened, and to
 * the hosts and to whoever carries the packets the same as one of TUN devices.
 * Needs privilege only for the parts about other machines. */
#include <grp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kernel_stage.h"

#define NOBODY   65534
#define VARIABLE "SOCKSTAGE_WIRE"

static int veth_setup(void **state)
{
    setenv(VARIABLE, "veth", 1);
    return stage_setup(state);
}

static void test_veth_is_forced(void **state)
{
    uint8_t header[HOSTS_HEADER_MAX];
    struct hosts *h;
    struct err e;

    assert_string_equal(hosts_wire_name(*state), "veth");
    assert_int_equal(hosts_wire_header(*state, header), 14);
    assert_memory_equal(header + 12, "\x08\x00", 2);
    /* A long queue, or it is said. */
    int bytes = 0;
    socklen_t len = sizeof bytes;
    assert_int_equal(getsockopt(hosts_wire_fd(*state, HOST_SERVER), SOL_SOCKET,
                         SO_RCVBUF, &bytes, &len),
        0);
    assert_int_equal(bytes < 7680000,
        strstr(hosts_skipped(*state), "net.core.rmem_max") != NULL);
    setenv(VARIABLE, "pigeons", 1);
    assert_int_equal(hosts_open(HOSTS_PRIVATE, &h, &e), -EINVAL);
    assert_non_null(strstr(e.msg, VARIABLE));
}

/* A frame as the packet socket gives it. */
static void test_veth_frame(void **state)
{
    uint8_t frame[2048], header[HOSTS_HEADER_MAX];
    struct pollfd pfd = {hosts_wire_fd(*state, HOST_CLIENT), POLLIN, 0};
    int fd = stage_socket(*state, HOST_CLIENT, AF_INET6, SOCK_DGRAM);

    hosts_wire_header(*state, header);
    assert_int_equal(stage_connect(fd, "fd00:5::1", 9), 0);
    assert_int_equal(send(fd, "x", 1, 0), 1);
    assert_int_equal(poll(&pfd, 1, STAGE_DEADLINE_MS), 1);
    assert_int_equal(read(pfd.fd, frame, sizeof frame), 14 + 40 + 8 + 1);
    assert_memory_equal(frame, header, 12);
    assert_memory_equal(frame + 12, "\x86\xdd", 2);
    close(fd);
}

/* Neither the first packet after opening is lost nor one of those behind it,
 * and no call waits: what was written has arrived, what was sent is there. */
static void exchange_datagrams(
    struct hosts *h, const char *server, const char *client, int count)
{
    struct addr a = stage_addr(server, PORT);
    int to = stage_socket(h, HOST_SERVER, a.family, SOCK_DGRAM);
    int from = stage_socket(h, HOST_CLIENT, a.family, SOCK_DGRAM);
    char byte;

    assert_int_equal(stage_bind(to, server, PORT), 0);
    assert_int_equal(stage_bind(from, client, CLIENT_PORT), 0);
    assert_int_equal(stage_connect(from, server, PORT), 0);
    assert_int_equal(stage_connect(to, client, CLIENT_PORT), 0);
    for (int i = 0; i < count; i++) {
        struct packet p;
        assert_int_equal(send(from, "?", 1, 0), 1);
        assert_false(stage_is_quiet(h, 0));
        stage_carry(h, HOST_CLIENT);
        assert_int_equal(recv(to, &byte, 1, MSG_DONTWAIT), 1);
        assert_int_equal(send(to, "!", 1, 0), 1);
        assert_false(stage_is_quiet(h, 0));
        stage_take(h, HOST_SERVER, &p);
        stage_put(h, HOST_CLIENT, &p);
        assert_int_equal(recv(from, &byte, 1, MSG_DONTWAIT), 1);
    }
    assert_true(stage_is_quiet(h, 0));
    close(to);
    close(from);
}

static void test_veth_is_synchronous(void **state)
{
    exchange_datagrams(*state, "10.0.0.1", "10.0.0.2", 2000);
    exchange_datagrams(*state, "fd00:5::1", "fd00:5::2", 2000);
}

static void test_veth_is_ready_when_open(void **state)
{
    (void)state;
    setenv(VARIABLE, "veth", 1);
    for (int i = 0; i < 30; i++) {
        struct hosts *h;
        struct err e;
        if (hosts_open(HOSTS_PRIVATE, &h, &e) < 0)
            fail_msg("%s", e.msg);
        if (i % 2)
            exchange_datagrams(h, "fd00:5::1", "fd00:5::2", 1);
        else
            exchange_datagrams(h, "10.0.0.1", "10.0.0.2", 1);
        hosts_close(h);
    }
}

/* Nothing that comes from the pairs themselves or from the wire's end. */
static void test_veth_is_quiet(void **state)
{
    assert_true(stage_is_quiet(*state, 1200));
}

static uint32_t add_words(uint32_t sum, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)(data[i] << 8 | data[i + 1]);
    if (len % 2)
        sum += (uint32_t)data[len - 1] << 8;
    return sum;
}

/* RFC 9293 section 3.1: over the addresses, the protocol, the length and the
 * segment; here with its own sum in it. */
static bool is_checksum_good(const struct packet *p)
{
    size_t tcp = 20, len = p->len - tcp;
    uint32_t sum = add_words(IPPROTO_TCP + (uint32_t)len, p->data + 12, 8);

    sum = add_words(sum, p->data + tcp, len);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static void test_veth_checksums(void **state)
{
    static const char data[3 * FULL_BYTES];
    struct pair pair = connected(*state);
    struct packet p;

    assert_int_equal(send(pair.sock, data, sizeof data, 0), sizeof data);
    for (int i = 0; i < 3; i++) {
        stage_take(*state, HOST_CLIENT, &p);
        assert_int_equal(p.len, 20 + 32 + FULL_BYTES);
        assert_true(is_checksum_good(&p));
        p.data[p.len - 1] ^= 1;
        stage_put(*state, HOST_SERVER, &p);
        assert_int_equal(stage_probe(pair.conn).recv_buffer, i * FULL_BYTES);
        p.data[p.len - 1] ^= 1;
        stage_put(*state, HOST_SERVER, &p);
        assert_int_equal(
            stage_probe(pair.conn).recv_buffer, (i + 1) * FULL_BYTES);
    }
    close(pair.sock);
    close(pair.conn);
    close(pair.listener);
}

/* What a script sees of a connection: length and flags of every packet, and
 * what fits into a small send buffer. */
struct story {
    size_t lens[16];
    uint8_t flags[16];
    uint16_t windows[16];
    size_t count;
    ssize_t accepted;
};

static void tell(struct hosts *h, struct story *s, enum host from)
{
    struct packet p;

    stage_take(h, from, &p);
    s->lens[s->count] = p.len;
    s->flags[s->count] = p.data[20 + 13];
    memcpy(&s->windows[s->count], p.data + 20 + 14, 2);
    s->count++;
    stage_put(h, host_other(from), &p);
}

static struct story play(const char *build)
{
    static const char data[20 * FULL_BYTES];
    const int small = 4096;
    struct story s = {.count = 0};
    struct pair p = {.h = NULL};
    struct err e;

    setenv(VARIABLE, build, 1);
    assert_int_equal(hosts_open(HOSTS_PRIVATE, &p.h, &e), 0);
    listen_on(&p, AF_INET, "0.0.0.0");
    begin_connect(&p, "10.0.0.2", "10.0.0.1");
    tell(p.h, &s, HOST_CLIENT);
    tell(p.h, &s, HOST_SERVER);
    tell(p.h, &s, HOST_CLIENT);
    accept_it(&p);
    setsockopt(p.sock, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    s.accepted = send(p.sock, data, sizeof data, 0);
    for (int i = 0; i < 5; i++)
        tell(p.h, &s, HOST_CLIENT);
    for (int i = 0; i < 5; i++)
        tell(p.h, &s, HOST_SERVER);
    assert_true(stage_is_quiet(p.h, 0));
    close(p.sock);
    close(p.conn);
    close(p.listener);
    hosts_close(p.h);
    return s;
}

static void test_veth_looks_like_tun(void **state)
{
    (void)state;
    setenv(VARIABLE, "tun", 1);
    if (stage_is_refused())
        skip();
    struct story tun = play("tun"), veth = play("veth");
    assert_memory_equal(&tun, &veth, sizeof tun);
}

/* In a child, as a user for whom the device is closed or on a machine that
 * has none. Returns the exit status. */
static int open_without_tun(void)
{
    struct hosts_check checks[24];
    struct hosts *h;
    struct err e;
    bool says_no = false, says_veth = false;

    unsetenv(VARIABLE);
    size_t n = hosts_doctor(checks, 24);
    for (size_t i = 0; i < n; i++) {
        says_no = says_no || (strcmp(checks[i].name, "/dev/net/tun") == 0 &&
                                 !checks[i].ok && checks[i].remedy[0]);
        says_veth =
            says_veth || (strcmp(checks[i].name, "wire") == 0 && checks[i].ok &&
                             strstr(checks[i].detail, "veth"));
    }
    setenv(VARIABLE, "tun", 1);
    if (hosts_try_private(&e) == 0 || !strstr(e.msg, "/dev/net/tun"))
        return 2;
    unsetenv(VARIABLE);
    /* A machine without user namespaces refuses both. */
    if (hosts_need_trial() && hosts_try_private(&e) < 0)
        return STAGE_SKIPPED;
    if (!says_no || !says_veth)
        return 3;
    if (hosts_open(HOSTS_PRIVATE, &h, &e) < 0)
        return 4;
    return strcmp(hosts_wire_name(h), "veth") == 0 ? 0 : 5;
}

static int as_nobody(void)
{
    if (geteuid() == 0 &&
        (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
        return 6;
    if (prctl(PR_SET_DUMPABLE, 1) < 0)
        return 7;
    return access("/dev/net/tun", W_OK) < 0 ? open_without_tun()
                                            : STAGE_SKIPPED;
}

static int on_machine_without_tun(void)
{
    if (unshare(CLONE_NEWNS) < 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", "/dev/net", "tmpfs", 0, NULL) < 0)
        return STAGE_SKIPPED;
    return open_without_tun();
}

static void run_in_child(int (*run)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(run());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == STAGE_SKIPPED)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_veth_without_permission(void **state)
{
    (void)state;
    run_in_child(as_nobody);
}

static void test_veth_without_device(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    run_in_child(on_machine_without_tun);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, veth_setup, stage_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_veth_without_permission),
        cmocka_unit_test(test_veth_without_device),
        TEST(test_veth_is_forced),
        TEST(test_veth_frame),
        TEST(test_veth_is_synchronous),
        TEST(test_veth_is_quiet),
        TEST(test_veth_checksums),
        cmocka_unit_test(test_veth_is_ready_when_open),
        cmocka_unit_test(test_veth_looks_like_tun),
    };

    setenv(VARIABLE, "veth", 1);
    if (stage_is_refused())
        return STAGE_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
