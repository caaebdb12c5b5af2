/* What a scanned number, or a text that is base64, stands for. Both were
 * checked by the scanner, so that only their meaning is left to find. */
#include "json_scan.h"

#include <string.h>

/* Beyond it a number is 0 or too large in any scale that is asked for. */
#define EXPONENT_MAX 100000000

/* A number as its digits, where its point is, and its exponent. */
struct parts {
    const char *digits;
    size_t count;
    size_t point; /* digits before it; the '.' itself stands behind them */
    int64_t exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char digit_at(const struct parts *p, size_t i)
{
    return p->digits[i + (i >= p->point)];
}

static int64_t exponent_of(const char *at, const char *end)
{
    bool negative = *at == '-';
    int64_t n = 0;

    for (at += !is_digit(*at); at < end; at++) {
        if (n < EXPONENT_MAX)
            n = n * 10 + (*at - '0');
    }
    return negative ? -n : n;
}

static struct parts split(const char *at, const char *end)
{
    struct parts p = {.digits = at};

    while (at < end && is_digit(*at))
        at++;
    p.count = p.point = (size_t)(at - p.digits);
    if (at < end && *at == '.') {
        at++;
        while (at < end && is_digit(*at)) {
            at++;
            p.count++;
        }
    }
    if (at < end)
        p.exponent = exponent_of(at + 1, end);
    return p;
}

static bool add_digit(uint64_t *n, unsigned digit)
{
    if (*n > (UINT64_MAX - digit) / 10)
        return false;
    *n = *n * 10 + digit;
    return true;
}

/* The first `whole` digits (and zeros behind the last) are the number. */
static bool sum(const struct parts *p, int64_t whole, struct json_number *out)
{
    size_t i = 0;

    for (; (int64_t)i < whole && (i < p->count || out->n != 0); i++) {
        char c = i < p->count ? digit_at(p, i) : '0';
        if (!add_digit(&out->n, (unsigned)(c - '0')))
            return false;
    }
    out->exact = true;
    for (size_t rest = i; rest < p->count && out->exact; rest++)
        out->exact = digit_at(p, rest) == '0';
    if (whole >= 0 && i < p->count && digit_at(p, i) >= '5') {
        if (out->n == UINT64_MAX)
            return false;
        out->n++;
    }
    return true;
}

bool json_value_number(
    const struct json_value *v, unsigned scale, struct json_number *out)
{
    const char *at = v->at, *end = v->at + v->len;
    struct parts p;

    *out = (struct json_number){.negative = *at == '-'};
    p = split(at + out->negative, end);
    return sum(&p, (int64_t)p.point + p.exponent + scale, out);
}

/* ---- base64 ---------------------------------------------------------------
 */

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (is_digit(c))
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

bool json_value_base64(const struct json_value *v, uint8_t *out, size_t *len)
{
    size_t count = v->len, bytes = 0;
    uint32_t group = 0;

    if (v->escaped || v->len % 4 != 0)
        return false;
    for (size_t i = 0; i < 2 && count > 0 && v->at[count - 1] == '='; i++)
        count--;
    for (size_t i = 0; i < count; i++) {
        int six = sextet(v->at[i]);
        if (six < 0)
            return false;
        group = group << 6 | (uint32_t)six;
        if (i % 4 != 0)
            out[bytes++] = (uint8_t)(group >> (6 - 2 * (i % 4)));
    }
    *len = bytes;
    return true;
}
