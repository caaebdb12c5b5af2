/* bytes.decode() and str.encode(), with the messages of CPython: which bytes,
 * where, and why. UTF-8 as in RFC 3629; a broken sequence is as long as its
 * longest good beginning (Unicode 15, section 3.9, D93b). */
#include "eval_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum codec { CODEC_NONE, CODEC_UTF8, CODEC_ASCII, CODEC_LATIN1 };

static const struct {
    const char *alias;
    enum codec codec;
} aliases[] = {
    {"utf-8", CODEC_UTF8},
    {"utf8", CODEC_UTF8},
    {"u8", CODEC_UTF8},
    {"ascii", CODEC_ASCII},
    {"us-ascii", CODEC_ASCII},
    {"646", CODEC_ASCII},
    {"latin-1", CODEC_LATIN1},
    {"latin1", CODEC_LATIN1},
    {"latin", CODEC_LATIN1},
    {"l1", CODEC_LATIN1},
    {"iso-8859-1", CODEC_LATIN1},
    {"iso8859-1", CODEC_LATIN1},
    {"8859", CODEC_LATIN1},
};

static enum codec codec_find(const char *encoding)
{
    char name[16];
    size_t len = strlen(encoding);

    if (len >= sizeof name)
        return CODEC_NONE;
    for (size_t i = 0; i <= len; i++) {
        char c = encoding[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        name[i] = c == '_' || c == ' ' ? '-' : c;
    }
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        if (strcmp(aliases[i].alias, name) == 0)
            return aliases[i].codec;
    return CODEC_NONE;
}

static struct value *unknown(const char *encoding, const struct raised *r)
{
    return raise_error(r, "LookupError", "unknown encoding: %s", encoding);
}

static struct value *cannot_decode(const struct raised *r, const char *codec,
    const unsigned char *data, size_t at, size_t n, const char *why)
{
    if (n == 1)
        return raise_error(r, "UnicodeDecodeError",
            "'%s' codec can't decode byte 0x%02x in position %zu: %s", codec,
            data[at], at, why);
    return raise_error(r, "UnicodeDecodeError",
        "'%s' codec can't decode bytes in position %zu-%zu: %s", codec, at,
        at + n - 1, why);
}

static bool continues(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* Bytes that the lead byte announces, and what the second byte may be; 0 if
 * it can't lead. */
static size_t lead(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    *high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c < 0xe0)
        return 2;
    if (c >= 0xe0 && c < 0xf0)
        return 3;
    return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

/* Looks at one sequence. Returns NULL and its length, or what is wrong and
 * how many bytes that concerns. */
static const char *check_sequence(
    const unsigned char *data, size_t left, size_t *n)
{
    unsigned char low, high;
    size_t want = lead(data[0], &low, &high);

    *n = 1;
    if (want == 0)
        return "invalid start byte";
    for (; *n < want; ++*n) {
        if (*n == left)
            return "unexpected end of data";
        if (!continues(data[*n], low, high))
            return "invalid continuation byte";
        low = 0x80;
        high = 0xbf;
    }
    return NULL;
}

static struct value *decode_utf8(
    const char *data, size_t len, const struct raised *r)
{
    const unsigned char *bytes = (const unsigned char *)data;

    for (size_t at = 0, n; at < len; at += n) {
        const char *why = check_sequence(bytes + at, len - at, &n);
        if (why)
            return cannot_decode(r, "utf-8", bytes, at, n, why);
    }
    return value_str(data, len);
}

static struct value *decode_ascii(
    const char *data, size_t len, const struct raised *r)
{
    const unsigned char *bytes = (const unsigned char *)data;

    for (size_t i = 0; i < len; i++)
        if (bytes[i] >= 0x80)
            return cannot_decode(
                r, "ascii", bytes, i, 1, "ordinal not in range(128)");
    return value_str(data, len);
}

static struct value *decode_latin1(const char *data, size_t len)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < len; i++) {
        char utf8[4];
        str_addn(&text, utf8, utf8_encode((unsigned char)data[i], utf8));
    }
    struct value *v = value_str(str_text(&text), text.len);
    str_done(&text);
    return v;
}

struct value *value_decode(const struct value *bytes, const char *encoding,
    const char **exception, char *message, size_t message_size)
{
    const struct raised r = {exception, message, message_size};
    size_t len;
    const char *data = value_data(bytes, &len);

    if (value_kind(bytes) != VALUE_BYTES)
        return raise_error(&r, "AttributeError",
            "'%s' object has no attribute 'decode'", value_type_name(bytes));
    switch (codec_find(encoding)) {
    case CODEC_UTF8:
        return decode_utf8(data, len, &r);
    case CODEC_ASCII:
        return decode_ascii(data, len, &r);
    case CODEC_LATIN1:
        return decode_latin1(data, len);
    default:
        return unknown(encoding, &r);
    }
}

static struct value *cannot_encode(const struct raised *r, const char *codec,
    uint32_t first, size_t from, size_t to, uint32_t limit)
{
    if (to == from)
        return raise_error(r, "UnicodeEncodeError",
            first < 0x100     ? "'%s' codec can't encode character "
                                "'\\x%02" PRIx32 "' in position %zu: "
                                "ordinal not in range(%" PRIu32 ")"
            : first < 0x10000 ? "'%s' codec can't encode character "
                                "'\\u%04" PRIx32 "' in position %zu: "
                                "ordinal not in range(%" PRIu32 ")"
                              : "'%s' codec can't encode character "
                                "'\\U%08" PRIx32 "' in position %zu: "
                                "ordinal not in range(%" PRIu32 ")",
            codec, first, from, limit);
    return raise_error(r, "UnicodeEncodeError",
        "'%s' codec can't encode characters in position %zu-%zu: ordinal not "
        "in range(%" PRIu32 ")",
        codec, from, to, limit);
}

/* Code points below `limit` become one byte each. */
static struct value *encode_single(const char *text, size_t len,
    const char *codec, uint32_t limit, const struct raised *r)
{
    char *bytes = xmalloc(len + 1);
    size_t count = 0;

    for (size_t at = 0; at < len;) {
        uint32_t cp, next;
        at += utf8_decode(text + at, len - at, &cp);
        if (cp < limit) {
            bytes[count++] = (char)(unsigned char)cp;
            continue;
        }
        size_t last = count;
        for (; at < len; last++) {
            size_t n = utf8_decode(text + at, len - at, &next);
            if (next < limit)
                break;
            at += n;
        }
        free(bytes);
        return cannot_encode(r, codec, cp, count, last, limit);
    }
    bytes[count] = '\0';
    return value_take_bytes(bytes, count);
}

struct value *value_encode(
    const struct value *text, const char *encoding, const struct raised *r)
{
    size_t len;
    const char *data = value_data(text, &len);

    if (value_kind(text) != VALUE_STR)
        return raise_error(r, "AttributeError",
            "'%s' object has no attribute 'encode'", value_type_name(text));
    switch (codec_find(encoding)) {
    case CODEC_UTF8:
        return value_bytes(data, len);
    case CODEC_ASCII:
        return encode_single(data, len, "ascii", 128, r);
    case CODEC_LATIN1:
        return encode_single(data, len, "latin-1", 256, r);
    default:
        return unknown(encoding, r);
    }
}
