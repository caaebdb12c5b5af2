/* Words of the picture: what became of a segment, what a repeat is; and where
 * a caption is broken into lines. The words are those of the screen. */
#include "ladder.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

const char *ladder_fate_word(const struct ladder_item *item)
{
    switch (item->fate) {
    case LADDER_UNDER_WAY:
        return _("on its way");
    case LADDER_HELD:
        return _("held");
    case LADDER_TWICE:
        return _("twice");
    case LADDER_LOST:
        return _("lost");
    case LADDER_ANSWERED:
        return _("answered");
    case LADDER_IGNORED:
        return _(model_reason_words(item->reason, false));
    case LADDER_ARRIVED:
        break;
    }
    return "";
}

const char *ladder_kind_word(const struct ladder_item *item)
{
    switch (item->segment_kind) {
    case SEGMENT_KIND_FAST_RETRANSMIT:
        return _("again (fast)");
    case SEGMENT_KIND_TIMEOUT:
        return _("again (RTO)");
    case SEGMENT_KIND_WINDOW_PROBE:
        return _("(window)");
    case SEGMENT_KIND_KEEP_ALIVE:
        return _("(keep-alive)");
    case SEGMENT_KIND_DUPLICATE_ACK:
        return _("(duplicate)");
    default:
        return item->again ? _("again") : "";
    }
}

size_t ladder_wrap(const char *text, int columns, const char **next)
{
    size_t left = strlen(text), at = 0, end = 0;
    int used = 0;

    while (at < left) {
        uint32_t cp;
        size_t n = utf8_decode(text + at, left - at, &cp);
        used += utf8_width(cp);
        if (used > columns && at > 0)
            break;
        if (cp == ' ')
            end = at;
        at += n;
    }
    if (at == left) {
        *next = NULL;
        return left;
    }
    if (text[at] == ' ' || end == 0)
        end = at;
    *next = text + end + strspn(text + end, " ");
    if (**next == '\0')
        *next = NULL;
    return end;
}

/* ---- numbers ------------------------------------------------------------- */

void ladder_add_duration(struct str *out, uint64_t ns)
{
    uint64_t us = ns / NS_PER_US;

    if (us < 10000)
        str_addf(out, "%" PRIu64 ".%" PRIu64 " ms", us / 1000, us % 1000 / 100);
    else if (us < 1000000)
        str_addf(out, "%" PRIu64 " ms", us / 1000);
    else if (us < 10000000)
        str_addf(out, "%" PRIu64 ".%02" PRIu64 " s", us / 1000000,
            us % 1000000 / 10000);
    else
        str_addf(out, "%" PRIu64 ".%" PRIu64 " s", us / 1000000,
            us % 1000000 / 100000);
}

void ladder_add_count(struct str *out, uint64_t n)
{
    char digits[TEXT_DIGITS_MAX + 1];
    size_t len = (size_t)(text_digits(digits, n) - digits);

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            str_addc(out, ',');
        str_addc(out, digits[i]);
    }
}

void ladder_add_bytes(struct str *out, uint64_t n)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    uint64_t tenths = n * 10;
    size_t unit = 0;

    if (n > UINT64_MAX / 10)
        tenths = UINT64_MAX;
    while (tenths >= 10000 && unit + 1 < ARRAY_LEN(units)) {
        tenths /= 1000;
        unit++;
    }
    if (unit == 0 || tenths >= 1000)
        str_addf(out, "%" PRIu64 " %s", tenths / 10, units[unit]);
    else
        str_addf(out, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
            units[unit]);
}

char *ladder_bundle_words(const struct ladder_item *item)
{
    struct str text = STR_INIT, count = STR_INIT, bytes = STR_INIT;

    ladder_add_count(&count, item->count);
    ladder_add_bytes(&bytes, item->bytes);
    if (item->bytes == 0 && item->proto == IPPROTO_TCP)
        str_addf(&text, "%s ACK", str_text(&count));
    else
        str_addf(&text,
            ngettext("%s segment, %s", "%s segments, %s", item->count),
            str_text(&count), str_text(&bytes));
    if (item->lost > 0)
        str_addf(&text, _(", %u lost"), (unsigned)item->lost);
    if (item->repeats > 0)
        str_addf(&text, _(", %u again"), (unsigned)item->repeats);
    str_done(&count);
    str_done(&bytes);
    return str_steal(&text);
}

void ladder_add_more(struct str *out, const struct ladder *l)
{
    struct str count = STR_INIT;
    uint64_t ms = l->more_ns / NS_PER_MS;

    ladder_add_count(&count, l->more);
    str_addf(out,
        _("%s more follow, from %" PRIu64 ".%03" PRIu64 " s on; they are not "
          "drawn."),
        str_text(&count), ms / 1000, ms % 1000);
    str_done(&count);
}
