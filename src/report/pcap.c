/* The wire as a pcap file of raw IP packets with nanosecond stamps: the Unix
 * time at which the stage opened plus the segment's own time, so that several
 * scripts follow each other in one file. libpcap writes into a stream that
 * leads to the report's own buffer: flushing and failing stay in one place.
 *
 * A recording has the packets only if it was asked to keep them; else they are
 * built again from the fields of their headers, with zeros as payload. */
#include "report_int.h"
#include "sockstage/base/addr.h"
#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"
#include "sockstage/wire/rebuild.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#define SNAPLEN 65535 /* as long as an IP packet can be */

/* So many of the last segments are remembered for the ICMP errors that quote
 * them. */
#define RECENT_MAX 256U

struct recent {
    struct segment seg;
    struct segment_rest rest;
};

struct pcap_file {
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    uint64_t opened_ns; /* Unix time, of the stage that is open */
    size_t packets;
    bool is_loopback; /* some stage is */
    bool has_warned;  /* that zeros stand for the payload */
    struct recent recent[RECENT_MAX];
    size_t recent_count; /* ever */
    uint8_t rebuilt[SEGMENT_PACKET_MAX];
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

static void add_packet(
    struct pcap_file *state, uint64_t t_ns, const uint8_t *packet, size_t size)
{
    uint64_t at_ns = state->opened_ns + t_ns;
    bpf_u_int32 len = (bpf_u_int32)size;
    struct pcap_pkthdr header = {
        .ts.tv_sec = (time_t)(at_ns / NS_PER_S),
        .ts.tv_usec = (suseconds_t)(at_ns % NS_PER_S), /* precision NANO */
        .caplen = len < SNAPLEN ? len : SNAPLEN,
        .len = len,
    };

    pcap_dump((u_char *)state->dumper, &header, packet);
    state->packets++;
}

/* ---- built again --------------------------------------------------------- */

static void remember(struct pcap_file *state, const struct event_segment *e)
{
    state->recent[state->recent_count++ % RECENT_MAX] =
        (struct recent){e->seg, e->rest};
}

/* How well `old` may be the packet that the error quotes; 0: it is not. */
static int fit(const struct segment *old, const struct segment *error)
{
    const struct segment_quote *q = &error->quoted;

    if (old->from == error->from || old->proto != q->proto ||
        !addr_equal(&old->src, &q->src) || !addr_equal(&old->dst, &q->dst))
        return 0;
    /* A quote that is not cut has the length of its packet. */
    return old->packet_len == error->packet_len - error->payload_offset ? 2 : 1;
}

/* The newest of those that fit best; NULL: none does. */
static const struct recent *quoted_by(
    const struct pcap_file *state, const struct segment *error)
{
    size_t count = state->recent_count;
    size_t kept = count < RECENT_MAX ? count : RECENT_MAX;
    const struct recent *found = NULL;
    int best = 0;

    if (error->quoted.src.family == 0)
        return NULL;
    for (size_t i = 1; i <= kept && best < 2; i++) {
        const struct recent *old = &state->recent[(count - i) % RECENT_MAX];
        int fits = fit(&old->seg, error);
        if (fits > best) {
            best = fits;
            found = old;
        }
    }
    return found;
}

static void warn_of_zeros(struct report *r, struct pcap_file *state)
{
    if (state->has_warned)
        return;
    state->has_warned = true;
    report_warn(r, "%s",
        _("zeros stand for the payload: it is kept only with --payload"));
}

static void add_rebuilt(
    struct report *r, struct pcap_file *state, const struct event_segment *e)
{
    const struct recent *about = quoted_by(state, &e->seg);
    const struct segment_parts what = {&e->seg, &e->rest};
    struct segment_parts quoted = {0};
    size_t len;

    if (about != NULL)
        quoted = (struct segment_parts){&about->seg, &about->rest};
    len = segment_rebuild(&what, about != NULL ? &quoted : NULL, state->rebuilt,
        sizeof state->rebuilt);
    if (len == 0)
        return;
    add_packet(state, e->seg.t_ns, state->rebuilt, len);
    if (e->seg.len > 0)
        warn_of_zeros(r, state);
}

/* ---- the report ---------------------------------------------------------- */

static void pcap_event(struct report *r, const struct event *e)
{
    struct pcap_file *state = report_state(r);
    const struct event_segment *s = &e->u.segment;

    if (e->kind == EVENT_STAGE) {
        state->opened_ns = e->u.stage.opened_ns;
        state->recent_count = 0;
        if (e->u.stage.wire && strcmp(e->u.stage.wire, "loopback") == 0)
            state->is_loopback = true;
    }
    if (e->kind != EVENT_SEGMENT || state->dumper == NULL)
        return;
    if (s->packet != NULL)
        add_packet(state, s->seg.t_ns, s->packet, s->packet_len);
    else
        add_rebuilt(r, state, s);
    remember(state, s);
}

static void pcap_run_end(struct report *r)
{
    const struct pcap_file *state = report_state(r);

    if (state->is_loopback && state->packets == 0)
        report_warn(r, "%s",
            _("on the loopback wire segments are not seen: the file has "
              "none"));
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
    .suffix = "pcap",
    .of_export = true,
    .help = N_("the wire as raw IP packets with nanosecond stamps"),
    .begin = pcap_begin,
    .event = pcap_event,
    .run_end = pcap_run_end,
    .state_size = sizeof(struct pcap_file),
    .state_done = pcap_done,
};
