/* The wire as a pcap file: read back with libpcap, as Wireshark would. */
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model_events.h"

static int scratch_file(void)
{
    char path[] = "/tmp/sockstage-test-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    return fd;
}

static void tell(struct report *r, struct event e)
{
    report_event(r, &e);
}

static void tell_stage(struct report *r, uint64_t opened_ns)
{
    struct event e = make_stage();

    e.u.stage.opened_ns = opened_ns;
    report_event(r, &e);
}

static void tell_packet(
    struct report *r, uint64_t t_ns, const uint8_t *packet, size_t len)
{
    struct event e = make_segment(t_ns, 1, HOST_CLIENT, SEGMENT_SYN);

    e.u.segment.packet = packet;
    e.u.segment.packet_len = len;
    report_event(r, &e);
}

static pcap_t *read_back(int fd)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    FILE *file;
    pcap_t *p;

    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    file = fdopen(fd, "r");
    assert_non_null(file);
    p = pcap_fopen_offline_with_tstamp_precision(
        file, PCAP_TSTAMP_PRECISION_NANO, why);
    if (!p)
        fail_msg("%s", why);
    assert_int_equal(pcap_datalink(p), DLT_RAW);
    return p;
}

static void assert_packet(
    pcap_t *p, int64_t s, int64_t ns, const uint8_t *packet, size_t len)
{
    struct pcap_pkthdr *header;
    const u_char *data;

    assert_int_equal(pcap_next_ex(p, &header, &data), 1);
    assert_int_equal(header->ts.tv_sec, s);
    assert_int_equal(header->ts.tv_usec, ns);
    assert_int_equal(header->caplen, len);
    assert_int_equal(header->len, len);
    assert_memory_equal(data, packet, len);
}

static void assert_end(pcap_t *p)
{
    struct pcap_pkthdr *header;
    const u_char *data;

    assert_int_equal(pcap_next_ex(p, &header, &data), PCAP_ERROR_BREAK);
    pcap_close(p);
}

static struct report *open_pcap(int fd, bool live)
{
    return report_new(report_find("pcap"), fd, false, live, NULL, NULL);
}

static void test_stages_follow_each_other(void **state)
{
    static const uint8_t small[] = {0x45, 1, 2, 3};
    static uint8_t large[65535];
    int fd = scratch_file();
    struct report *r = open_pcap(fd, false);
    pcap_t *p;

    (void)state;
    memset(large, 0x60, sizeof large);
    tell_stage(r, UINT64_C(1700000000999999000));
    tell_packet(r, 999, small, sizeof small);
    tell(r, make_verdict(1000, 1, VERDICT_DELIVERED));
    tell_packet(r, 1001, large, sizeof large);
    tell(r, make_segment(1002, 3, HOST_CLIENT, SEGMENT_SYN)); /* not kept */
    report_script_end(r, "a.stage", END_PASSED, NULL);
    tell_stage(r, UINT64_C(1700000007000000000));
    tell_packet(r, 5, small, sizeof small);
    report_free(r);

    p = read_back(fd);
    assert_packet(p, 1700000000, 999999999, small, sizeof small);
    assert_packet(p, 1700000001, 1, large, sizeof large);
    assert_packet(p, 1700000007, 5, small, sizeof small);
    assert_end(p);
}

static void test_a_file_without_packets_is_one_too(void **state)
{
    int fd = scratch_file();

    (void)state;
    report_free(open_pcap(fd, true));
    assert_end(read_back(fd));
}

/* While a session runs, the file can be read up to the last segment. */
static void test_live_is_written_at_once(void **state)
{
    static const uint8_t packet[] = {0x45, 1, 2, 3};
    int fd = scratch_file();
    struct report *r = open_pcap(fd, true);
    off_t header;

    (void)state;
    tell_stage(r, 1);
    header = lseek(fd, 0, SEEK_END);
    assert_true(header > 0);
    tell_packet(r, 5, packet, sizeof packet);
    assert_int_equal(
        lseek(fd, 0, SEEK_END) - header, 16 + (off_t)sizeof packet);
    report_free(r);
    assert_int_equal(close(fd), 0);
}

static void count_failure(void *ctx, const struct err *e)
{
    int *count = ctx;

    assert_non_null(strstr(e->msg, "pcap"));
    assert_non_null(strstr(e->msg, "ENOSPC"));
    ++*count;
}

static void test_full_disk_is_told_once(void **state)
{
    static const uint8_t packet[] = {0x45, 1, 2, 3};
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), failures = 0;
    struct report *r;

    (void)state;
    if (fd < 0)
        skip();
    r = report_new(
        report_find("pcap"), fd, true, true, count_failure, &failures);
    tell_stage(r, 1);
    assert_int_equal(failures, 1);
    for (int i = 0; i < 100; i++)
        tell_packet(r, 5, packet, sizeof packet);
    report_script_end(r, "a.stage", END_PASSED, NULL);
    assert_int_equal(report_flush(r), -ENOSPC);
    report_free(r);
    assert_int_equal(failures, 1);
}

static void test_it_is_no_format_of_run(void **state)
{
    (void)state;
    assert_false(report_find("pcap")->of_run);
    assert_true(report_find("jsonl")->of_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages_follow_each_other),
        cmocka_unit_test(test_a_file_without_packets_is_one_too),
        cmocka_unit_test(test_live_is_written_at_once),
        cmocka_unit_test(test_full_disk_is_told_once),
        cmocka_unit_test(test_it_is_no_format_of_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
