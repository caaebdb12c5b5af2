/* The texts of segment_format_flags() and segment_format_options(), read back:
 * recordings have them. Any text may come in. */
#include "sockstage/wire/segment.h"

#include "sockstage/base/mem.h"

#include <string.h>

static const struct {
    uint8_t bit;
    const char *name;
} flag_names[] = {
#define FLAG(name) {SEGMENT_##name, #name},
#include "segment_flags.def"
#undef FLAG
};

/* Moves behind `word` if it stands there. */
static bool skip(const char **at, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    return true;
}

bool segment_parse_flags(const char *text, uint8_t *flags)
{
    uint8_t found = 0;
    size_t i = 0;

    *flags = 0;
    if (*text == '\0')
        return true;
    for (; i < ARRAY_LEN(flag_names); i++) {
        if (!skip(&text, flag_names[i].name))
            continue;
        found |= flag_names[i].bit;
        if (*text == '\0') {
            *flags = found;
            return true;
        }
        if (!skip(&text, "+"))
            return false;
    }
    return false;
}

/* A number without sign, of at most `max`. */
static bool read_number(const char **at, uint32_t max, uint32_t *out)
{
    const char *begin = *at;
    uint64_t n = 0;

    for (; **at >= '0' && **at <= '9' && n <= max; ++*at)
        n = n * 10 + (uint64_t)(**at - '0');
    *out = (uint32_t)n;
    return *at > begin && n <= max;
}

static bool read_small(const char **at, struct segment_options *o)
{
    uint32_t n = 0;

    if (skip(at, "mss ")) {
        o->has_mss = read_number(at, UINT16_MAX, &n);
        o->mss = (uint16_t)n;
        return o->has_mss;
    }
    if (skip(at, "wscale ")) {
        o->has_wscale = read_number(at, UINT8_MAX, &n);
        o->wscale = (uint8_t)n;
        return o->has_wscale;
    }
    if (!skip(at, "sackOK"))
        return false;
    o->has_sack_ok = true;
    return true;
}

static bool read_timestamps(const char **at, struct segment_options *o)
{
    o->has_timestamps = read_number(at, UINT32_MAX, &o->ts_val) &&
                        skip(at, " ecr ") &&
                        read_number(at, UINT32_MAX, &o->ts_ecr);
    return o->has_timestamps;
}

static bool read_sack(const char **at, struct segment_options *o)
{
    uint32_t count;

    if (!read_number(at, SEGMENT_SACK_MAX, &count) || count == 0 ||
        !skip(at, " "))
        return false;
    o->sack_count = (uint8_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!skip(at, "{") || !read_number(at, UINT32_MAX, &o->sack[i].left) ||
            !skip(at, ":") || !read_number(at, UINT32_MAX, &o->sack[i].right) ||
            !skip(at, "}"))
            return false;
    }
    return true;
}

static bool read_option(const char **at, struct segment_options *o)
{
    if (skip(at, "TS val "))
        return read_timestamps(at, o);
    if (skip(at, "sack "))
        return read_sack(at, o);
    return read_small(at, o);
}

bool segment_parse_options(const char *text, struct segment_options *out)
{
    *out = (struct segment_options){0};
    if (*text == '\0')
        return true;
    do {
        if (!read_option(&text, out))
            return false;
    } while (skip(&text, ","));
    return *text == '\0';
}
