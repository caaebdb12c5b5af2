/* From struct segment to the bytes of an IP packet. Every header is made in a
 * small array and then put where it belongs, as far as there is room: that is
 * the only place that writes. Zeros add nothing to a checksum, so a payload
 * need not be there to be counted. */
#include "sockstage/wire/rebuild.h"

#include "checksum.h"

#include <netinet/in.h>
#include <string.h>

#define IP4_HEADER     20U
#define IP4_HEADER_MAX 60U
#define IP4_PACKET_MAX 65535U
#define IP6_HEADER     40U
#define IP6_EXTENSION  8U
#define IP6_OPTIONS    2048U /* an extension header is that long at most */
#define TCP_HEADER     20U
#define TCP_HEADER_MAX 60U
#define UDP_HEADER     8U
#define ICMP_HEADER    8U

struct building {
    const struct segment *s;
    const struct segment_rest *rest;
    const struct segment_parts *quoted; /* or NULL */
    uint8_t *out;
    size_t room;
    size_t len;   /* of the whole packet */
    size_t begin; /* of what is behind IP's headers */
};

static void put(
    const struct building *b, size_t at, const uint8_t *bytes, size_t len)
{
    size_t end = b->len < b->room ? b->len : b->room;

    if (at < end)
        memcpy(b->out + at, bytes, len < end - at ? len : end - at);
}

static bool is_ip4(const struct building *b)
{
    return b->s->src.family == AF_INET;
}

/* ---- lengths ------------------------------------------------------------- */

static bool is_later_fragment(const struct building *b)
{
    return b->rest->fragment_offset > 0 ||
           (b->s->fragment && b->s->transport_offset == 0);
}

/* Where IP's headers end: as told, if they can. */
static size_t place_begin(const struct building *b)
{
    size_t told = b->s->transport_offset;
    size_t least = is_ip4(b) ? IP4_HEADER : IP6_HEADER;

    if (told == 0)
        told = is_later_fragment(b) ? b->s->payload_offset : 0;
    if (is_ip4(b))
        return told >= least && told <= IP4_HEADER_MAX && told % 4 == 0 ? told
                                                                        : least;
    if (told > least && told <= SEGMENT_PACKET_MAX && told % 8 == 0)
        return told;
    return b->s->fragment ? least + IP6_EXTENSION : least;
}

static size_t options_len(const struct segment_options *o)
{
    size_t len = o->has_mss ? 4 : 0;

    if (o->has_timestamps)
        len += 12;
    else if (o->has_sack_ok)
        len += 4;
    if (o->has_wscale)
        len += 4;
    if (o->sack_count > 0)
        len += 4 + 8 * (size_t)o->sack_count;
    return len < TCP_HEADER_MAX - TCP_HEADER ? len
                                             : TCP_HEADER_MAX - TCP_HEADER;
}

static size_t tcp_header_len(const struct building *b)
{
    size_t told =
        b->s->payload_offset > b->begin ? b->s->payload_offset - b->begin : 0;

    if (told >= TCP_HEADER && told <= TCP_HEADER_MAX && told % 4 == 0)
        return told;
    return TCP_HEADER + options_len(&b->s->options);
}

static bool is_icmp(const struct building *b)
{
    return b->s->proto == IPPROTO_ICMP || b->s->proto == IPPROTO_ICMPV6;
}

static size_t transport_header_len(const struct building *b)
{
    if (is_later_fragment(b))
        return 0;
    if (b->s->proto == IPPROTO_TCP)
        return tcp_header_len(b);
    if (b->s->proto == IPPROTO_UDP)
        return UDP_HEADER;
    return is_icmp(b) ? ICMP_HEADER : 0;
}

static size_t whole_len(const struct building *b)
{
    size_t len = b->s->packet_len;
    size_t most = is_ip4(b) ? IP4_PACKET_MAX : SEGMENT_PACKET_MAX;

    if (len == 0)
        len = b->begin + transport_header_len(b) + b->s->len;
    return len < most ? len : most;
}

/* ---- IP ------------------------------------------------------------------ */

static void put_ip4(const struct building *b)
{
    const struct segment_rest *r = b->rest;
    uint8_t h[IP4_HEADER_MAX] = {0};

    h[0] = (uint8_t)(0x40 | b->begin / 4);
    h[1] = r->tos;
    checksum_put16(h + 2, b->len);
    checksum_put16(h + 4, r->ip_id);
    checksum_put16(h + 6, r->fragment_offset / 8);
    h[6] |= (uint8_t)(r->dont_fragment << 6 | r->more_fragments << 5);
    h[8] = b->s->ttl;
    h[9] = b->s->proto;
    memcpy(h + 12, b->s->src.ip, 4);
    memcpy(h + 16, b->s->dst.ip, 4);
    /* Options are zeros: the end of the list. */
    checksum_put16(h + 10, checksum_fold(checksum_add(0, h, b->begin)));
    put(b, 0, h, b->begin);
}

static bool has_fragment_header(const struct building *b)
{
    return b->begin >= IP6_HEADER + IP6_EXTENSION &&
           (b->s->fragment || b->rest->ip_id != 0 || b->rest->more_fragments ||
               b->rest->fragment_offset > 0);
}

static void put_fragment(const struct building *b, size_t at)
{
    uint8_t h[IP6_EXTENSION] = {b->s->proto};

    checksum_put16(
        h + 2, (b->rest->fragment_offset & 0xfff8) | b->rest->more_fragments);
    checksum_put32(h + 4, b->rest->ip_id);
    put(b, at, h, sizeof h);
}

/* What else is between IP's header and the next one are options that say
 * nothing: zeros are such. Returns the first header's number. */
static uint8_t put_extensions(const struct building *b)
{
    bool fragment = has_fragment_header(b);
    size_t end = b->begin - (fragment ? IP6_EXTENSION : 0);
    uint8_t last = fragment ? IPPROTO_FRAGMENT : b->s->proto;

    if (fragment)
        put_fragment(b, end);
    for (size_t at = IP6_HEADER; at < end;) {
        size_t len = end - at < IP6_OPTIONS ? end - at : IP6_OPTIONS;
        bool more = at + len < end;
        const uint8_t h[] = {
            more ? IPPROTO_DSTOPTS : last, (uint8_t)(len / IP6_EXTENSION - 1)};
        put(b, at, h, sizeof h);
        at += len;
    }
    return end > IP6_HEADER ? IPPROTO_DSTOPTS : last;
}

static void put_ip6(const struct building *b)
{
    const struct segment_rest *r = b->rest;
    uint8_t h[IP6_HEADER] = {0};

    checksum_put32(
        h, 6U << 28 | (uint32_t)r->tos << 20 | (r->flow_label & 0xfffff));
    checksum_put16(h + 4, b->len > IP6_HEADER ? b->len - IP6_HEADER : 0);
    h[6] = put_extensions(b);
    h[7] = b->s->ttl;
    memcpy(h + 8, b->s->src.ip, 16);
    memcpy(h + 24, b->s->dst.ip, 16);
    put(b, 0, h, sizeof h);
}

/* ---- what IP carries ----------------------------------------------------- */

/* Of the pseudo-header: RFC 9293 section 3.1, RFC 8200 section 8.1. */
static uint64_t pseudo_sum(const struct building *b, size_t len)
{
    size_t ip_len = is_ip4(b) ? 4 : 16;

    return checksum_add(len + b->s->proto, b->s->src.ip, ip_len) +
           checksum_add(0, b->s->dst.ip, ip_len);
}

static size_t behind_ip(const struct building *b)
{
    return b->len > b->begin ? b->len - b->begin : 0;
}

/* Takes `len` bytes of options, as many as there is room for. */
struct option_list {
    uint8_t *at;
    size_t left;
};

static void add_option(
    struct option_list *list, const uint8_t *bytes, size_t len)
{
    if (len > list->left)
        return;
    memcpy(list->at, bytes, len);
    list->at += len;
    list->left -= len;
}

static void add_sack(struct option_list *list, const struct segment_options *o)
{
    size_t count =
        o->sack_count < SEGMENT_SACK_MAX ? o->sack_count : SEGMENT_SACK_MAX;
    uint8_t h[4 + 8 * SEGMENT_SACK_MAX] = {1, 1, 5, (uint8_t)(2 + 8 * count)};

    for (size_t i = 0; i < count; i++) {
        checksum_put32(h + 4 + 8 * i, o->sack[i].left);
        checksum_put32(h + 8 + 8 * i, o->sack[i].right);
    }
    add_option(list, h, 4 + 8 * count);
}

/* In the order and with the padding of Linux: net/ipv4/tcp_output.c,
 * tcp_options_write(). What is left behind them are zeros: the end. */
static void put_options(
    const struct segment_options *o, uint8_t *options, size_t len)
{
    struct option_list list = {options, len};
    const uint8_t mss[] = {2, 4, (uint8_t)(o->mss >> 8), (uint8_t)o->mss};
    const uint8_t wscale[] = {1, 3, 3, o->wscale};
    uint8_t stamps[12] = {1, 1, 8, 10};

    if (o->has_sack_ok)
        memcpy(stamps, (const uint8_t[]){4, 2}, 2);
    checksum_put32(stamps + 4, o->ts_val);
    checksum_put32(stamps + 8, o->ts_ecr);
    if (o->has_mss)
        add_option(&list, mss, sizeof mss);
    if (o->has_timestamps)
        add_option(&list, stamps, sizeof stamps);
    else if (o->has_sack_ok)
        add_option(&list, (const uint8_t[]){1, 1, 4, 2}, 4);
    if (o->has_wscale)
        add_option(&list, wscale, sizeof wscale);
    if (o->sack_count > 0)
        add_sack(&list, o);
}

static void put_tcp(const struct building *b)
{
    const struct segment *s = b->s;
    size_t len = tcp_header_len(b);
    uint8_t h[TCP_HEADER_MAX] = {0};

    checksum_put16(h, s->src.port);
    checksum_put16(h + 2, s->dst.port);
    checksum_put32(h + 4, s->seq_raw);
    checksum_put32(h + 8, s->ack_raw);
    h[12] = (uint8_t)(len / 4 << 4);
    h[13] = s->flags;
    checksum_put16(h + 14, s->window);
    checksum_put16(h + 18, b->rest->urgent);
    put_options(&s->options, h + TCP_HEADER, len - TCP_HEADER);
    checksum_put16(h + 16,
        checksum_fold(checksum_add(pseudo_sum(b, behind_ip(b)), h, len)));
    put(b, b->begin, h, len);
}

static void put_udp(const struct building *b)
{
    size_t says =
        b->rest->udp_len ? b->rest->udp_len : (size_t)b->s->len + UDP_HEADER;
    uint8_t h[UDP_HEADER] = {0};
    uint16_t sum;

    checksum_put16(h, b->s->src.port);
    checksum_put16(h + 2, b->s->dst.port);
    checksum_put16(h + 4, says);
    sum =
        checksum_fold(checksum_add(pseudo_sum(b, says & 0xffff), h, sizeof h));
    /* RFC 768: 0 is for none. */
    checksum_put16(h + 6, sum ? sum : 0xffff);
    put(b, b->begin, h, sizeof h);
}

/* What the error itself tells of the packet that it is about. */
static void build_quote(
    const struct building *b, uint8_t *out, size_t room, size_t quoted_len)
{
    const struct segment_quote *q = &b->s->quoted;
    struct segment like = {.proto = q->proto,
        .src = q->src,
        .dst = q->dst,
        .ttl = b->s->ttl,
        .packet_len = (uint32_t)quoted_len};
    size_t headers = q->src.family == AF_INET ? IP4_HEADER : IP6_HEADER;

    headers += q->proto == IPPROTO_TCP ? TCP_HEADER : UDP_HEADER;
    like.len = quoted_len > headers ? (uint32_t)(quoted_len - headers) : 0;
    segment_rebuild(&(struct segment_parts){.seg = &like}, NULL, out, room);
}

/* The sum over the quoted bytes is only known when they are there. */
static void put_icmp(const struct building *b)
{
    size_t at = b->begin + ICMP_HEADER;
    size_t end = b->len < b->room ? b->len : b->room;
    uint64_t sum = 0;
    uint8_t h[ICMP_HEADER] = {b->s->icmp_type, b->s->icmp_code};

    checksum_put32(h + 4, b->rest->icmp_word);
    if (b->s->quoted.src.family != 0 && at < end) {
        if (b->quoted)
            segment_rebuild(b->quoted, NULL, b->out + at, end - at);
        else
            build_quote(b, b->out + at, end - at, b->len - at);
        sum = checksum_add(0, b->out + at, end - at);
    }
    /* RFC 4443 section 2.3: ICMPv6 sums a pseudo-header too. */
    if (!is_ip4(b))
        sum += pseudo_sum(b, behind_ip(b));
    checksum_put16(h + 2, checksum_fold(checksum_add(sum, h, sizeof h)));
    put(b, b->begin, h, sizeof h);
}

static void put_transport(const struct building *b)
{
    if (is_later_fragment(b))
        return;
    if (b->s->proto == IPPROTO_TCP)
        put_tcp(b);
    else if (b->s->proto == IPPROTO_UDP)
        put_udp(b);
    else if (is_icmp(b))
        put_icmp(b);
}

size_t segment_rebuild(const struct segment_parts *what,
    const struct segment_parts *quoted, uint8_t *out, size_t size)
{
    static const struct segment_rest none;
    struct building b = {.s = what->seg,
        .rest = what->rest ? what->rest : &none,
        .quoted = quoted,
        .out = out,
        .room = size};

    if (b.s->src.family != b.s->dst.family ||
        (b.s->src.family != AF_INET && b.s->src.family != AF_INET6))
        return 0;
    b.begin = place_begin(&b);
    b.len = whole_len(&b);
    memset(out, 0, b.len < size ? b.len : size);
    if (is_ip4(&b))
        put_ip4(&b);
    else
        put_ip6(&b);
    put_transport(&b);
    return b.len;
}
