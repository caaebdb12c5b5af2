/* Matching segments against the PATTERN of the wire lines, and the words for
 * its classes: one row a class. */
#include "sockstage/wire/pattern.h"

#include "sockstage/base/mem.h"

#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_tcp(const struct segment *s)
{
    return s->proto == IPPROTO_TCP;
}

static bool fits_any(const struct segment *s)
{
    (void)s;
    return true;
}

static bool fits_syn(const struct segment *s)
{
    return is_tcp(s) && (s->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN;
}

static bool fits_syn_ack(const struct segment *s)
{
    const uint8_t both = SEGMENT_SYN | SEGMENT_ACK;

    return is_tcp(s) && (s->flags & both) == both;
}

static bool fits_ack(const struct segment *s)
{
    const uint8_t others = SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST;

    return is_tcp(s) && (s->flags & (others | SEGMENT_ACK)) == SEGMENT_ACK &&
           s->len == 0 && !s->probe;
}

static bool fits_fin(const struct segment *s)
{
    return is_tcp(s) && (s->flags & SEGMENT_FIN) != 0;
}

static bool fits_rst(const struct segment *s)
{
    return is_tcp(s) && (s->flags & SEGMENT_RST) != 0;
}

static bool fits_data(const struct segment *s)
{
    return is_tcp(s) && s->len > 0;
}

static bool fits_probe(const struct segment *s)
{
    return is_tcp(s) && s->probe;
}

static bool fits_udp(const struct segment *s)
{
    return s->proto == IPPROTO_UDP;
}

static bool fits_icmp(const struct segment *s)
{
    return s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6;
}

static const struct {
    const char *word;
    bool (*fits)(const struct segment *s);
} classes[] = {
    [PATTERN_ANY] = {"*", fits_any},
    [PATTERN_SYN] = {"SYN", fits_syn},
    [PATTERN_SYN_ACK] = {"SYN+ACK", fits_syn_ack},
    [PATTERN_ACK] = {"ACK", fits_ack},
    [PATTERN_FIN] = {"FIN", fits_fin},
    [PATTERN_RST] = {"RST", fits_rst},
    [PATTERN_DATA] = {"DATA", fits_data},
    [PATTERN_PROBE] = {"PROBE", fits_probe},
    [PATTERN_UDP] = {"UDP", fits_udp},
    [PATTERN_ICMP] = {"ICMP", fits_icmp},
};

const char *pattern_class_name(enum pattern_class class)
{
    return classes[class].word;
}

bool pattern_class_parse(const char *word, enum pattern_class *out)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        if (strcmp(classes[i].word, word) != 0)
            continue;
        *out = (enum pattern_class)i;
        return true;
    }
    return false;
}

bool pattern_matches(const struct pattern *p, const struct segment *s)
{
    if (p->from_set && p->from != s->from)
        return false;
    if (!classes[p->class].fits(s))
        return false;
    if (p->len_set && p->len != s->len)
        return false;
    if (p->win_set && (!is_tcp(s) || p->win != s->window))
        return false;
    if (p->seq_set && (!s->has_relative || p->seq != s->seq))
        return false;
    return !p->again || s->retransmission;
}

static void add(char *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char *out, const char *fmt, ...)
{
    size_t len = strlen(out);
    va_list args;

    va_start(args, fmt);
    vsnprintf(out + len, PATTERN_TEXT_MAX - len, fmt, args);
    va_end(args);
}

char *pattern_format(const struct pattern *p, char out[PATTERN_TEXT_MAX])
{
    out[0] = '\0';
    if (p->from_set)
        add(out, "%s ", host_name(p->from));
    add(out, "%s", classes[p->class].word);
    if (p->len_set)
        add(out, "(%u)", p->len);
    if (p->win_set)
        add(out, " win %u", p->win);
    if (p->seq_set)
        add(out, " seq %u", p->seq);
    if (p->again)
        add(out, " again");
    if (p->process[0] != '\0')
        add(out, " %.*s.%.*s", PATTERN_NAME_MAX - 1, p->process,
            PATTERN_NAME_MAX - 1, p->socket);
    return out;
}
