/* The wire as a pcap file: read back with libpcap, as Wireshark would. */
#include "sockstage/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
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

struct told {
    int count;
    char last[200];
};

static void on_warning(void *ctx, const char *what)
{
    struct told *told = ctx;

    told->count++;
    snprintf(told->last, sizeof told->last, "%s", what);
}

static struct event datagram(
    uint64_t id, enum host from, uint16_t port, uint32_t len)
{
    struct event e = make_segment(1000, id, from, 0);
    struct segment *s = &e.u.segment.seg;

    s->proto = IPPROTO_UDP;
    s->dst.port = port;
    s->len = len;
    s->transport_offset = 20;
    s->payload_offset = 28;
    s->packet_len = 28 + len;
    s->options = (struct segment_options){0};
    e.u.segment.rest.ip_id = (uint32_t)id;
    return e;
}

/* Packets that were not kept: their headers, zeros, one warning. */
static void test_not_kept(void **state)
{
    int fd = scratch_file();
    struct report *r = open_pcap(fd, false);
    struct pcap_pkthdr *header;
    struct told told = {0};
    const u_char *data;
    pcap_t *p;

    (void)state;
    report_set_warned(r, on_warning, &told);
    tell_stage(r, UINT64_C(1700000000000000000));
    tell(r, datagram(7, HOST_CLIENT, 9000, 0));
    assert_int_equal(told.count, 0);
    tell(r, datagram(8, HOST_CLIENT, 9000, 5));
    tell(r, datagram(9, HOST_CLIENT, 9000, 6));
    report_run_end(r);
    report_free(r);
    assert_int_equal(told.count, 1);
    assert_non_null(strstr(told.last, "--payload"));

    p = read_back(fd);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(pcap_next_ex(p, &header, &data), 1);
        assert_int_equal(header->ts.tv_usec, 1000);
        assert_int_equal(header->len, i == 0 ? 28 : 32 + i);
        assert_int_equal(data[5], 7 + i);
        assert_int_equal(data[9], IPPROTO_UDP);
        for (uint32_t n = 28; n < header->len; n++)
            assert_int_equal(data[n], 0);
    }
    assert_end(p);
}

/* An error quotes the packet that it is about, of several the one that has the
 * length of the quote. */
static void test_quoted(void **state)
{
    int fd = scratch_file();
    struct report *r = open_pcap(fd, false);
    struct event about = datagram(1, HOST_CLIENT, 9001, 5), error;
    struct segment *s = &error.u.segment.seg;
    struct pcap_pkthdr *header;
    const u_char *data;
    pcap_t *p;

    (void)state;
    tell_stage(r, 1);
    tell(r, about);
    tell(r, datagram(2, HOST_CLIENT, 9001, 50));
    tell(r, datagram(3, HOST_CLIENT, 9000, 5));
    tell(r, datagram(4, HOST_SERVER, 9001, 5));
    error = datagram(5, HOST_SERVER, 0, 0);
    s->proto = IPPROTO_ICMP;
    s->icmp_type = s->icmp_code = 3;
    s->packet_len = 28 + 33;
    s->quoted.proto = IPPROTO_UDP;
    s->quoted.src = about.u.segment.seg.src;
    s->quoted.dst = about.u.segment.seg.dst;
    tell(r, error);
    report_free(r);

    p = read_back(fd);
    for (int i = 0; i < 5; i++)
        assert_int_equal(pcap_next_ex(p, &header, &data), 1);
    assert_int_equal(header->len, 61);
    assert_int_equal(data[28 + 5], 1); /* the identification */
    assert_int_equal(data[28 + 3], 33);
    assert_end(p);
}

static void test_loopback_is_told(void **state)
{
    int fd = scratch_file();
    struct report *r = open_pcap(fd, false);
    struct event stage = make_stage();
    struct told told = {0};

    (void)state;
    stage.u.stage.wire = "loopback";
    report_set_warned(r, on_warning, &told);
    tell(r, stage);
    assert_int_equal(told.count, 0);
    report_run_end(r);
    assert_int_equal(told.count, 1);
    assert_non_null(strstr(told.last, "loopback"));
    report_free(r);
    assert_end(read_back(fd));
}

static void test_it_is_no_format_of_run(void **state)
{
    (void)state;
    assert_false(report_find("pcap")->of_run);
    assert_true(report_find("pcap")->of_export);
    assert_true(report_find("jsonl")->of_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages_follow_each_other),
        cmocka_unit_test(test_a_file_without_packets_is_one_too),
        cmocka_unit_test(test_live_is_written_at_once),
        cmocka_unit_test(test_full_disk_is_told_once),
        cmocka_unit_test(test_not_kept),
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_loopback_is_told),
        cmocka_unit_test(test_it_is_no_format_of_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
