/* Text into JSON. Each function reserves what it writes at most, then writes
 * without further checks; only the last one of a line has to leave a NUL, so
 * all do. */
#include "sockstage/model/json_out.h"

#include "sockstage/base/text.h"

#include <string.h>

#define FIXED_DIGITS_MAX 19

static char *begin(struct str *out, size_t more)
{
    if (out->cap - out->len > more)
        return out->data + out->len;
    return str_reserve(out, more);
}

static void end(struct str *out, char *at)
{
    *at = '\0';
    out->len = (size_t)(at - out->data);
}

static void add_char(struct str *out, char c)
{
    char *at = begin(out, 1);

    *at++ = c;
    end(out, at);
}

static bool is_first(const struct str *out)
{
    char last = out->len > 0 ? out->data[out->len - 1] : '{';

    return last == '{' || last == '[';
}

void json_out_open(struct str *out, char bracket)
{
    add_char(out, bracket);
}

void json_out_close(struct str *out, char bracket)
{
    add_char(out, bracket);
}

void json_out_key(struct str *out, const char *key, size_t len)
{
    char *at = begin(out, len + 1);

    if (!is_first(out))
        *at++ = ',';
    memcpy(at, key, len);
    end(out, at + len);
}

void json_out_item(struct str *out)
{
    if (!is_first(out))
        add_char(out, ',');
}

void json_out_null(struct str *out)
{
    str_addn(out, "null", 4);
}

void json_out_bool(struct str *out, bool b)
{
    str_addn(out, b ? "true" : "false", b ? 4 : 5);
}

void json_out_u64(struct str *out, uint64_t n)
{
    char *at = begin(out, TEXT_DIGITS_MAX);

    end(out, text_digits(at, n > INT64_MAX ? INT64_MAX : n));
}

void json_out_i64(struct str *out, int64_t n)
{
    char *at = begin(out, TEXT_DIGITS_MAX + 1);

    if (n < 0)
        *at++ = '-';
    end(out, text_digits(at, n < 0 ? -(uint64_t)n : (uint64_t)n));
}

void json_out_fixed(struct str *out, uint64_t n, unsigned digits)
{
    char *at = begin(out, TEXT_DIGITS_MAX + 2 + FIXED_DIGITS_MAX);
    char part[FIXED_DIGITS_MAX] = "0";
    uint64_t one = 1;
    size_t len = digits;

    for (unsigned i = 0; i < digits; i++)
        one *= 10;
    at = text_digits(at, n / one);
    *at++ = '.';
    n %= one;
    for (size_t i = digits; i > 0; i--) {
        part[i - 1] = (char)('0' + n % 10);
        n /= 10;
    }
    while (len > 1 && part[len - 1] == '0')
        len--;
    memcpy(at, part, len);
    end(out, at + len);
}

/* ---- texts ----------------------------------------------------------------
 */

/* A byte that stands for itself: no control, quote, backslash, and ASCII. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static char *add_escape(char *at, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

    *at++ = '\\';
    if (c >= 0x20 || letters[c] != '\0') {
        *at++ = c >= 0x20 ? (char)c : letters[c];
        return at;
    }
    *at++ = 'u';
    *at++ = '0';
    *at++ = '0';
    *at++ = hex[c >> 4];
    *at++ = hex[c & 15];
    return at;
}

#define ESCAPE_MAX 6 /* \u001b */

void json_out_text(struct str *out, const char *text)
{
    size_t left;

    if (text == NULL) {
        json_out_null(out);
        return;
    }
    add_char(out, '"');
    left = strlen(text);
    while (left > 0) {
        size_t plain = 0, used = 1;
        uint32_t cp;
        char *at;
        while (plain < left && is_plain((unsigned char)text[plain]))
            plain++;
        at = begin(out, plain + ESCAPE_MAX + 1);
        memcpy(at, text, plain);
        at += plain;
        text += plain;
        left -= plain;
        if (left > 0 && (unsigned char)*text < 0x80) {
            at = add_escape(at, (unsigned char)*text);
        } else if (left > 0) {
            used = utf8_decode(text, left, &cp);
            at += utf8_encode(cp, at);
        }
        end(out, at);
        text += left > 0 ? used : 0;
        left -= left > 0 ? used : 0;
    }
    add_char(out, '"');
}

void json_out_base64(struct str *out, const uint8_t *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    char *at = begin(out, (len / 3 + 1) * 4 + 2);

    *at++ = '"';
    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = (uint32_t)data[i] << 16;
        if (i + 1 < len)
            group |= (uint32_t)data[i + 1] << 8;
        if (i + 2 < len)
            group |= data[i + 2];
        *at++ = digits[group >> 18];
        *at++ = digits[group >> 12 & 63];
        *at++ = i + 1 < len ? digits[group >> 6 & 63] : '=';
        *at++ = i + 2 < len ? digits[group & 63] : '=';
    }
    *at++ = '"';
    end(out, at);
}
