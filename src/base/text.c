/* UTF-8 after RFC 3629 and the width of code points. wcwidth(3) is not used:
 * it depends on the locale, and in the C locale it knows no wide character. */
#include "sockstage/base/text.h"

#include "sockstage/base/mem.h"

#include <string.h>

#define REPLACEMENT 0xfffd

struct range {
    uint32_t first, last;
};

static const struct range zero_ranges[] = {
#define ZERO(first, last) {first, last},
#define WIDE(first, last)
#include "width.def"
#undef ZERO
#undef WIDE
};

static const struct range wide_ranges[] = {
#define ZERO(first, last)
#define WIDE(first, last) {first, last},
#include "width.def"
#undef ZERO
#undef WIDE
};

/* Bytes that a lead byte announces, with the payload bits it carries and the
 * smallest code point of that length; 0 for a byte that cannot lead. */
static size_t lead(unsigned char c, uint32_t *bits, uint32_t *least)
{
    if (c < 0x80) {
        *bits = c;
        *least = 0;
        return 1;
    }
    if (c >= 0xc2 && c < 0xe0) {
        *bits = c & 0x1fu;
        *least = 0x80;
        return 2;
    }
    if (c >= 0xe0 && c < 0xf0) {
        *bits = c & 0x0fu;
        *least = 0x800;
        return 3;
    }
    if (c >= 0xf0 && c < 0xf5) {
        *bits = c & 0x07u;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

static bool is_surrogate(uint32_t cp)
{
    return cp >= 0xd800 && cp <= 0xdfff;
}

/* As utf8_decode(), but 0 for malformed input: U+FFFD is a valid character. */
static size_t decode(const char *text, size_t len, uint32_t *cp)
{
    uint32_t bits = 0;
    uint32_t least = 0;
    size_t n = lead((unsigned char)text[0], &bits, &least);

    if (n == 0 || n > len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xc0) != 0x80)
            return 0;
        bits = bits << 6 | (c & 0x3fu);
    }
    if (bits < least || bits > 0x10ffff || is_surrogate(bits))
        return 0;
    *cp = bits;
    return n;
}

size_t utf8_decode(const char *text, size_t len, uint32_t *cp)
{
    size_t n = decode(text, len, cp);

    if (n > 0)
        return n;
    *cp = REPLACEMENT;
    return 1;
}

size_t utf8_encode(uint32_t cp, char *out)
{
    if (cp > 0x10ffff || is_surrogate(cp))
        cp = REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    static const unsigned char mark[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(mark[n] | cp);
    return n;
}

bool utf8_valid(const char *text, size_t len)
{
    uint32_t cp;

    while (len > 0) {
        size_t n = decode(text, len, &cp);
        if (n == 0)
            return false;
        text += n;
        len -= n;
    }
    return true;
}

char *text_digits(char *out, uint64_t n)
{
    char digits[TEXT_DIGITS_MAX];
    char *at = digits + sizeof digits;
    size_t len;

    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    len = (size_t)(digits + sizeof digits - at);
    memcpy(out, at, len);
    return out + len;
}

static bool in_ranges(uint32_t cp, const struct range *ranges, size_t count)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (cp > ranges[mid].last)
            low = mid + 1;
        else if (cp < ranges[mid].first)
            high = mid;
        else
            return true;
    }
    return false;
}

int utf8_width(uint32_t cp)
{
    if (cp < zero_ranges[0].first)
        return 1;
    if (in_ranges(cp, zero_ranges, ARRAY_LEN(zero_ranges)))
        return 0;
    return in_ranges(cp, wide_ranges, ARRAY_LEN(wide_ranges)) ? 2 : 1;
}

bool utf8_misleads(uint32_t cp)
{
    return cp == 0x061c || cp == 0x200e || cp == 0x200f ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

size_t text_width(const char *text)
{
    size_t len = strlen(text);
    size_t columns = 0;

    while (len > 0) {
        uint32_t cp;
        size_t n = utf8_decode(text, len, &cp);
        columns += (size_t)utf8_width(cp);
        text += n;
        len -= n;
    }
    return columns;
}

/* The picture of a control character (U+2400..), a space for a line's end. */
static uint32_t symbol_of(uint32_t cp)
{
    if (cp == '\n')
        return ' ';
    if (cp < 0x20)
        return 0x2400 + cp;
    if (cp == 0x7f)
        return 0x2421;
    if ((cp >= 0x80 && cp < 0xa0) || utf8_misleads(cp))
        return 0xfffd;
    return cp;
}

void text_add_visible(struct str *out, const char *text, size_t columns)
{
    size_t left = strlen(text), used_columns = 0;

    while (left > 0 && text[left - 1] == '\n')
        left--;
    while (left > 0) {
        char bytes[4];
        uint32_t cp;
        size_t used = utf8_decode(text, left, &cp);
        cp = symbol_of(cp);
        used_columns += (size_t)utf8_width(cp);
        if (columns > 0 && used_columns > columns) {
            str_add(out, "...");
            return;
        }
        str_addn(out, bytes, utf8_encode(cp, bytes));
        text += used;
        left -= used;
    }
}
