/* The wire as a pcap file of raw IP packets with nanosecond stamps: the Unix
 * time at which the stage opened plus the segment's own time, so that several
 * scripts follow each other in one file. libpcap writes into a stream that
 * leads to the report's own buffer: flushing and failing stay in one place. */
#include "report_int.h"
#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>

#define SNAPLEN 65535 /* as long as an IP packet can be */

struct pcap_file {
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    uint64_t opened_ns; /* Unix time, of the stage that is open */
};

static ssize_t to_report(void *report, const char *data, size_t len)
{
    report_write(report, data, len);
    return (ssize_t)len;
}

static int pcap_begin(struct report *r)
{
    struct pcap_file *state = report_state(r);
    FILE *stream =
        fopencookie(r, "w", (cookie_io_functions_t){.write = to_report});

    if (stream == NULL)
        return -errno;
    setvbuf(stream, NULL, _IONBF, 0);
    state->pcap = pcap_open_dead_with_tstamp_precision(
        DLT_RAW, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
    if (state->pcap != NULL)
        state->dumper = pcap_dump_fopen(state->pcap, stream);
    if (state->dumper != NULL)
        return 0;
    fclose(stream);
    return -ENOMEM; /* libpcap fails here for no other reason */
}

static void add_packet(struct pcap_file *state, const struct event *e)
{
    const struct event_segment *s = &e->u.segment;
    uint64_t at_ns = state->opened_ns + s->seg.t_ns;
    bpf_u_int32 len = (bpf_u_int32)s->packet_len;
    struct pcap_pkthdr header = {
        .ts.tv_sec = (time_t)(at_ns / NS_PER_S),
        .ts.tv_usec = (suseconds_t)(at_ns % NS_PER_S), /* precision NANO */
        .caplen = len < SNAPLEN ? len : SNAPLEN,
        .len = len,
    };

    pcap_dump((u_char *)state->dumper, &header, s->packet);
}

static void pcap_event(struct report *r, const struct event *e)
{
    struct pcap_file *state = report_state(r);

    if (e->kind == EVENT_STAGE)
        state->opened_ns = e->u.stage.opened_ns;
    if (e->kind == EVENT_SEGMENT && e->u.segment.packet != NULL &&
        state->dumper != NULL)
        add_packet(state, e);
}

static void pcap_done(void *ptr)
{
    struct pcap_file *state = ptr;

    if (state->dumper != NULL)
        pcap_dump_close(state->dumper);
    if (state->pcap != NULL)
        pcap_close(state->pcap);
}

const struct report_def report_pcap = {
    .name = "pcap",
    .help = N_("the wire as raw IP packets with nanosecond stamps"),
    .begin = pcap_begin,
    .event = pcap_event,
    .state_size = sizeof(struct pcap_file),
    .state_done = pcap_done,
};
