/* What a segment is called in text: flags, the name on the ladder, options,
 * ICMP messages; and the arithmetic of sequence numbers. These words are the
 * protocols' own and are not translated. */
#include "sockstage/wire/segment.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define ICMP_ANY_CODE (-1) /* of icmp.def */

struct icmp_name {
    uint8_t type;
    int16_t code;
    const char *name;
};

static const struct icmp_name icmp4_names[] = {
#define ICMP4(type, code, name) {type, code, name},
#define ICMP6(type, code, name)
#include "icmp.def"
#undef ICMP4
#undef ICMP6
};

static const struct icmp_name icmp6_names[] = {
#define ICMP4(type, code, name)
#define ICMP6(type, code, name) {type, code, name},
#include "icmp.def"
#undef ICMP4
#undef ICMP6
};

static const struct {
    uint8_t bit;
    const char *name;
} flag_names[] = {
#define FLAG(name) {SEGMENT_##name, #name},
#include "segment_flags.def"
#undef FLAG
};

bool seq_before(uint32_t a, uint32_t b)
{
    return a - b > UINT32_MAX / 2;
}

bool seq_after_or_equal(uint32_t a, uint32_t b)
{
    return !seq_before(a, b);
}

uint32_t segment_seq_len(const struct segment *s)
{
    return s->len + ((s->flags & SEGMENT_SYN) != 0) +
           ((s->flags & SEGMENT_FIN) != 0);
}

char *segment_format_flags(uint8_t flags, char out[SEGMENT_FLAGS_TEXT_MAX])
{
    char *end = out;

    *end = '\0';
    for (size_t i = 0; i < ARRAY_LEN(flag_names); i++) {
        if (!(flags & flag_names[i].bit))
            continue;
        if (end != out)
            *end++ = '+';
        end = stpcpy(end, flag_names[i].name);
    }
    return out;
}

static bool is_icmp(const struct segment *s)
{
    return (s->proto == IPPROTO_ICMP && s->src.family == AF_INET) ||
           (s->proto == IPPROTO_ICMPV6 && s->src.family == AF_INET6);
}

static const char *icmp_name(const struct segment *s)
{
    bool v4 = s->src.family == AF_INET;
    const struct icmp_name *names = v4 ? icmp4_names : icmp6_names;
    size_t count = v4 ? ARRAY_LEN(icmp4_names) : ARRAY_LEN(icmp6_names);

    for (size_t i = 0; i < count; i++)
        if (names[i].type == s->icmp_type &&
            (names[i].code == s->icmp_code || names[i].code == ICMP_ANY_CODE))
            return names[i].name;
    return "unknown";
}

char *segment_format_icmp(
    const struct segment *s, char out[SEGMENT_ICMP_TEXT_MAX])
{
    out[0] = '\0';
    if (is_icmp(s))
        snprintf(out, SEGMENT_ICMP_TEXT_MAX, "%s (%u/%u)", icmp_name(s),
            s->icmp_type, s->icmp_code);
    return out;
}

/* The word for a TCP segment: the flag that changes the connection wins. */
static const char *tcp_word(const struct segment *s)
{
    if (s->probe)
        return "PROBE";
    if (s->flags & SEGMENT_RST)
        return "RST";
    if (s->flags & SEGMENT_SYN)
        return s->flags & SEGMENT_ACK ? "SYN+ACK" : "SYN";
    if (s->flags & SEGMENT_FIN)
        return "FIN";
    if (s->len > 0)
        return "DATA";
    return s->flags & SEGMENT_ACK ? "ACK" : "TCP";
}

char *segment_format_name(const struct segment *s, char *out, size_t size)
{
    const char *cut = s->malformed ? "malformed " : "";

    if (s->fragment && (s->proto == IPPROTO_TCP || s->proto == IPPROTO_UDP))
        snprintf(out, size, "%s%s fragment %u", cut,
            s->proto == IPPROTO_TCP ? "TCP" : "UDP", s->len);
    else if (s->proto == IPPROTO_TCP && s->len > 0)
        snprintf(out, size, "%s%s %u", cut, tcp_word(s), s->len);
    else if (s->proto == IPPROTO_TCP)
        snprintf(out, size, "%s%s", cut, tcp_word(s));
    else if (s->proto == IPPROTO_UDP)
        snprintf(out, size, "%sUDP %u", cut, s->len);
    else if (is_icmp(s))
        snprintf(out, size, "%sICMP %s", cut, icmp_name(s));
    else
        snprintf(out, size, "%sIP protocol %u", cut, s->proto);
    return out;
}

/* A segment in the recording has them: no printf(3) here. What all of them
 * take together is far below SEGMENT_OPTIONS_TEXT_MAX. */
static char *add(char *at, const char *words, uint32_t number)
{
    return text_digits(stpcpy(at, words), number);
}

char *segment_format_options(
    const struct segment_options *o, char out[SEGMENT_OPTIONS_TEXT_MAX])
{
    char *at = out;

    if (o->has_mss)
        at = stpcpy(add(at, "mss ", o->mss), ",");
    if (o->has_sack_ok)
        at = stpcpy(at, "sackOK,");
    if (o->has_timestamps) {
        at = add(at, "TS val ", o->ts_val);
        at = stpcpy(add(at, " ecr ", o->ts_ecr), ",");
    }
    if (o->has_wscale)
        at = stpcpy(add(at, "wscale ", o->wscale), ",");
    if (o->sack_count > 0)
        at = stpcpy(add(at, "sack ", o->sack_count), " ");
    for (size_t i = 0; i < o->sack_count && i < SEGMENT_SACK_MAX; i++) {
        at = add(at, "{", o->sack[i].left);
        at = stpcpy(add(at, ":", o->sack[i].right), "}");
    }
    if (at > out && at[-1] == ',')
        at--;
    *at = '\0';
    return out;
}
