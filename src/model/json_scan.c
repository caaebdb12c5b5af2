/* The scanner of JSON. Where a value within a value ends is told by a stack of
 * one bit a level: object or list. */
#include "json_scan.h"

#include "sockstage/base/text.h"

#include <string.h>

_Static_assert(JSON_SCAN_DEPTH_MAX <= 64, "one bit a level in a uint64_t");

static bool fail(struct json_scan *s, const char *error)
{
    s->error = error;
    s->cut = s->at >= s->end;
    return false;
}

static void skip_blanks(struct json_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' ||
                                 *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

/* The next byte behind blanks; NUL at the end (a NUL byte fits nowhere). */
static char peek(struct json_scan *s)
{
    skip_blanks(s);
    return s->at < s->end ? *s->at : '\0';
}

static bool take(struct json_scan *s, char c)
{
    if (peek(s) != c || s->at == s->end)
        return false;
    s->at++;
    return true;
}

/* ---- texts ----------------------------------------------------------------
 */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four digits; -1 if they are none. */
static int32_t hex4(const char *at)
{
    int32_t n = 0;

    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        n = n * 16 + digit;
    }
    return n;
}

/* Digit by digit, so that the place of the error is the wrong one. */
static bool scan_hex4(struct json_scan *s, int32_t *out)
{
    const char *digits = s->at;

    for (size_t i = 0; i < 4; i++) {
        if (s->at == s->end || hex_digit(*s->at) < 0)
            return fail(s, N_("\\u needs four hexadecimal digits"));
        s->at++;
    }
    *out = hex4(digits);
    return true;
}

/* RFC 8259, section 7: what is above U+FFFF is a pair of surrogates. */
static bool scan_unicode(struct json_scan *s)
{
    int32_t first, second;

    if (!scan_hex4(s, &first))
        return false;
    if (first == 0)
        return fail(s, N_("a text can't hold a NUL"));
    if (first < 0xd800 || first > 0xdfff)
        return true;
    if (first <= 0xdbff) {
        for (size_t i = 0; i < 2; i++, s->at++) {
            if (s->at == s->end || *s->at != "\\u"[i])
                return fail(s, N_("half of a surrogate pair"));
        }
        if (!scan_hex4(s, &second))
            return false;
        if (second >= 0xdc00 && second <= 0xdfff)
            return true;
    }
    return fail(s, N_("half of a surrogate pair"));
}

static bool scan_escape(struct json_scan *s)
{
    s->at++;
    if (s->at == s->end)
        return fail(s, N_("a text without its end"));
    if (*s->at == 'u') {
        s->at++;
        return scan_unicode(s);
    }
    if (*s->at == '\0' || strchr("\"\\/bfnrt", *s->at) == NULL)
        return fail(s, N_("no such escape"));
    s->at++;
    return true;
}

/* How many bytes a lead byte announces. */
static size_t announced(unsigned char lead)
{
    if (lead >= 0xf0)
        return 4;
    return lead >= 0xe0 ? 3 : 2;
}

static bool scan_beyond_ascii(struct json_scan *s)
{
    size_t left = (size_t)(s->end - s->at);
    uint32_t cp;
    size_t used = utf8_decode(s->at, left, &cp);

    if (used == 1) {
        fail(s, N_("no UTF-8"));
        s->cut = announced((unsigned char)*s->at) > left;
        return false;
    }
    s->at += used;
    return true;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static bool scan_text(struct json_scan *s, struct json_value *out)
{
    s->at++;
    *out = (struct json_value){.kind = JSON_KIND_TEXT, .at = s->at};
    for (;;) {
        while (s->at < s->end && is_plain((unsigned char)*s->at))
            s->at++;
        if (s->at == s->end)
            return fail(s, N_("a text without its end"));
        if (*s->at == '"')
            break;
        if ((unsigned char)*s->at < 0x20)
            return fail(s, N_("a control character in a text"));
        if (*s->at != '\\') {
            if (!scan_beyond_ascii(s))
                return false;
            continue;
        }
        out->escaped = true;
        if (!scan_escape(s))
            return false;
    }
    out->len = (size_t)(s->at - out->at);
    s->at++;
    return true;
}

/* ---- numbers and words ----------------------------------------------------
 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool scan_digits(struct json_scan *s)
{
    const char *begin = s->at;

    while (s->at < s->end && is_digit(*s->at))
        s->at++;
    return s->at > begin || fail(s, N_("a digit is missing"));
}

static bool scan_number(struct json_scan *s, struct json_value *out)
{
    *out = (struct json_value){.kind = JSON_KIND_NUMBER, .at = s->at};
    if (*s->at == '-')
        s->at++;
    if (s->at < s->end && *s->at == '0')
        s->at++;
    else if (!scan_digits(s))
        return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!scan_digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        if (!scan_digits(s))
            return false;
    }
    out->len = (size_t)(s->at - out->at);
    return true;
}

static bool scan_word(struct json_scan *s, struct json_value *out)
{
    static const struct {
        const char *word;
        enum json_kind kind;
        bool truth;
    } words[] = {
        {"null", JSON_KIND_NULL, false},
        {"true", JSON_KIND_BOOL, true},
        {"false", JSON_KIND_BOOL, false},
    };
    size_t left = (size_t)(s->end - s->at);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i].word);
        size_t have = left < len ? left : len;
        if (memcmp(s->at, words[i].word, have) != 0)
            continue;
        *out = (struct json_value){.kind = words[i].kind,
            .truth = words[i].truth,
            .at = s->at,
            .len = len};
        s->at += have;
        return have == len || fail(s, N_("a value is missing"));
    }
    return fail(s, N_("a value is missing"));
}

/* ---- values in values -----------------------------------------------------
 */

struct nest {
    uint64_t objects; /* a bit a level, the innermost last */
    unsigned depth;
};

static bool scan_key(struct json_scan *s, struct json_value *key)
{
    if (peek(s) != '"')
        return fail(s, N_("a key in quotes is missing"));
    if (!scan_text(s, key))
        return false;
    return take(s, ':') || fail(s, N_("\":\" is missing"));
}

/* Behind the bracket that begins it. Sets `*more` if an item follows. */
static bool enter(struct json_scan *s, struct nest *n, bool *more)
{
    bool object = *s->at == '{';
    struct json_value key;

    if (n->depth == JSON_SCAN_DEPTH_MAX)
        return fail(s, N_("too many brackets in each other"));
    s->at++;
    n->depth++;
    n->objects = n->objects << 1 | object;
    *more = peek(s) != (object ? '}' : ']');
    return !*more || !object || scan_key(s, &key);
}

/* Behind an item, or at the end of an empty list or object. */
static bool leave(struct json_scan *s, struct nest *n, bool *more)
{
    struct json_value key;

    while (n->depth > 0) {
        bool object = n->objects & 1;
        if (take(s, ',')) {
            *more = true;
            return !object || scan_key(s, &key);
        }
        if (!take(s, object ? '}' : ']'))
            return fail(s, object ? N_("\",\" or \"}\" is missing")
                                  : N_("\",\" or \"]\" is missing"));
        n->depth--;
        n->objects >>= 1;
    }
    *more = false;
    return true;
}

static bool scan_scalar(struct json_scan *s, struct json_value *out)
{
    char c = peek(s);

    if (s->at == s->end)
        return fail(s, N_("a value is missing"));
    if (c == '"')
        return scan_text(s, out);
    if (c == '-' || is_digit(c))
        return scan_number(s, out);
    return scan_word(s, out);
}

/* An item begins: one more bracket, or a scalar. A comma directly behind the
 * opening bracket is no item, so `leave` comes only where there is none. */
static bool scan_nested(struct json_scan *s, struct json_value *out)
{
    struct nest n = {0};
    struct json_value item;
    bool more = true;

    *out = (struct json_value){
        .kind = *s->at == '{' ? JSON_KIND_OBJECT : JSON_KIND_LIST, .at = s->at};
    while (more) {
        char c = peek(s);
        bool opened = c == '{' || c == '[';
        if (opened ? !enter(s, &n, &more) : !scan_scalar(s, &item))
            return false;
        if ((!opened || !more) && !leave(s, &n, &more))
            return false;
    }
    out->len = (size_t)(s->at - out->at);
    return true;
}

/* ---- walking --------------------------------------------------------------
 */

void json_scan_init(struct json_scan *s, const char *text, size_t len)
{
    *s = (struct json_scan){.text = text, .at = text, .end = text + len};
}

void json_scan_init_inside(struct json_scan *s, const struct json_scan *outer,
    const struct json_value *v)
{
    *s = (struct json_scan){
        .text = outer->text, .at = v->at, .end = v->at + v->len};
}

bool json_scan_value(struct json_scan *s, struct json_value *out)
{
    char c = peek(s);

    if (c == '{' || c == '[')
        return scan_nested(s, out);
    return scan_scalar(s, out);
}

/* Before an item: false at the end, and on an error. */
static bool next(struct json_scan *s, bool object)
{
    char close = object ? '}' : ']';

    if (s->error != NULL)
        return false;
    if (!s->inside) {
        if (!take(s, object ? '{' : '['))
            return fail(
                s, object ? N_("\"{\" is missing") : N_("\"[\" is missing"));
        s->inside = true;
        return !take(s, close);
    }
    if (take(s, close))
        return false;
    return take(s, ',') || fail(s, object ? N_("\",\" or \"}\" is missing")
                                          : N_("\",\" or \"]\" is missing"));
}

bool json_scan_member(
    struct json_scan *s, struct json_value *key, struct json_value *value)
{
    return next(s, true) && scan_key(s, key) && json_scan_value(s, value);
}

bool json_scan_item(struct json_scan *s, struct json_value *value)
{
    return next(s, false) && json_scan_value(s, value);
}

bool json_scan_end(struct json_scan *s)
{
    skip_blanks(s);
    return s->at == s->end || fail(s, N_("more than one value"));
}

size_t json_scan_column(const struct json_scan *s, const char *at)
{
    return (size_t)(at - s->text) + 1;
}

/* ---- what was scanned -----------------------------------------------------
 */

/* At a backslash. Returns the bytes that it took. */
static size_t unescape(const char *at, char **out)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    const char *letter;
    uint32_t cp;

    if (at[1] != 'u') {
        letter = strchr(letters, at[1]);
        *(*out)++ = letter != NULL ? meanings[letter - letters] : at[1];
        return 2;
    }
    cp = (uint32_t)hex4(at + 2);
    if (cp < 0xd800 || cp > 0xdbff) {
        *out += utf8_encode(cp, *out);
        return 6;
    }
    cp = 0x10000 + ((cp & 0x3ff) << 10 | ((uint32_t)hex4(at + 8) & 0x3ff));
    *out += utf8_encode(cp, *out);
    return 12;
}

size_t json_value_text(const struct json_value *v, char *out)
{
    const char *at = v->at, *end = v->at + v->len;
    char *begin = out;

    if (!v->escaped) {
        memcpy(out, at, v->len);
        out[v->len] = '\0';
        return v->len;
    }
    while (at < end) {
        if (*at == '\\')
            at += unescape(at, &out);
        else
            *out++ = *at++;
    }
    *out = '\0';
    return (size_t)(out - begin);
}
