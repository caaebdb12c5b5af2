/* Any bytes as an IP packet: decoding, every text made of the result, the
 * memory of connections, and all patterns. The first byte chooses the side;
 * the rest is the packet. */
#include "sockstage/wire/flow.h"
#include "sockstage/wire/pattern.h"
#include "sockstage/wire/rebuild.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void format(const struct segment *s)
{
    char flags[SEGMENT_FLAGS_TEXT_MAX];
    char options[SEGMENT_OPTIONS_TEXT_MAX], again[SEGMENT_OPTIONS_TEXT_MAX];
    char icmp[SEGMENT_ICMP_TEXT_MAX];
    char name[64], tiny[2];
    struct segment_options back;
    uint8_t bits;

    require(strlen(segment_format_flags(s->flags, flags)) < sizeof flags);
    require(segment_parse_flags(flags, &bits));
    require(bits == (s->flags & ~(SEGMENT_ECE | SEGMENT_CWR)));
    segment_format_options(&s->options, options);
    require(strlen(options) < sizeof options);
    require(segment_parse_options(options, &back));
    require(strcmp(segment_format_options(&back, again), options) == 0);
    require(strlen(segment_format_icmp(s, icmp)) < sizeof icmp);
    require(strlen(segment_format_name(s, name, sizeof name)) < sizeof name);
    segment_format_name(s, tiny, sizeof tiny);
}

static void match(const struct segment *s)
{
    for (unsigned c = PATTERN_ANY; c <= PATTERN_ICMP; c++) {
        struct pattern p = {
            .class = (enum pattern_class)c,
            .len_set = true,
            .len = s->len,
            .win_set = (c & 1) != 0,
            .win = s->window,
            .seq_set = (c & 2) != 0,
            .seq = s->seq,
            .again = s->retransmission,
        };
        char text[PATTERN_TEXT_MAX];
        pattern_matches(&p, s);
        require(strlen(pattern_format(&p, text)) < sizeof text);
    }
}

/* The same packet twice: the second is a repeat of the first or none. */
static void follow(struct segment *s)
{
    struct flow_table *t = flow_table_new();

    for (s->id = 1; s->id <= 2; s->id++) {
        uint64_t original = flow_classify(t, s);
        require(original == 0 || (s->id == 2 && original == 1));
        flow_sent(t, s);
        match(s);
    }
    flow_original(t, s, s->ack_raw);
    flow_delivered(t, s);
    flow_table_free(t);
}

/* What was decoded makes a packet that is decoded to the same. Extension
 * headers of other lengths, which nobody sends, are left out. */
static void build_again(
    const struct segment *s, const struct segment_rest *rest)
{
    const struct segment_parts what = {s, rest};
    bool odd = s->src.family == AF_INET6 && s->transport_offset % 8 != 0;
    uint8_t *out = malloc(s->packet_len + 1);
    struct segment back;

    require(out != NULL);
    require(segment_rebuild(&what, &what, out, s->packet_len) > 0);
    require(
        segment_rebuild(&what, NULL, out, s->packet_len) ==
        (s->packet_len > 65535 && s->src.family == AF_INET ? 65535
                                                           : s->packet_len));
    if (!s->malformed && !odd && s->transport_offset > 0) {
        require(segment_decode(out, s->packet_len, &back));
        require(back.proto == s->proto && back.ttl == s->ttl);
        require(addr_equal(&back.src, &s->src));
        require(addr_equal(&back.dst, &s->dst));
        require(back.flags == s->flags && back.window == s->window);
        require(back.seq_raw == s->seq_raw && back.ack_raw == s->ack_raw);
        require(back.len == s->len && !back.malformed);
        require(back.payload_offset == s->payload_offset);
        require(back.icmp_type == s->icmp_type);
        require(back.fragment == s->fragment);
    }
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment_rest rest;
    struct segment s;

    if (size == 0 || !segment_decode(data + 1, size - 1, &s))
        return 0;
    require(s.packet_len < size);
    require((uint64_t)s.payload_offset + s.len <= s.packet_len);
    s.from = data[0] & 1 ? HOST_SERVER : HOST_CLIENT;
    segment_decode_rest(data + 1, size - 1, &s, &rest);
    build_again(&s, &rest);
    format(&s);
    follow(&s);
    return 0;
}
