/* Makes a line plain and cuts it into tokens. Inside quotes nothing changes,
 * so both steps must agree on where a literal ends. */
#include "lex.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_MAX_S 86400.0

/* What slides, word processors and input methods write for ASCII; the full
 * width forms U+FF01 to U+FF5E follow ASCII in order. */
static const struct plain {
    uint32_t from;
    const char *to;
} plains[] = {
    {0x00a0, " "},
    {0x00b5, "u"},
    {0x00d7, "*"},
    {0x03bc, "u"},
    {0x2002, " "},
    {0x2003, " "},
    {0x2009, " "},
    {0x200b, ""},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2013, "-"},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x201a, "'"},
    {0x201b, "'"},
    {0x201c, "\""},
    {0x201d, "\""},
    {0x201e, "\""},
    {0x201f, "\""},
    {0x2026, "..."},
    {0x202f, " "},
    {0x2212, "-"},
    {0x3000, " "},
    {0x3001, ","},
    {0xfeff, ""},
};

static size_t plain_of(uint32_t cp, const char **to, char buffer[4])
{
    for (size_t i = 0; i < ARRAY_LEN(plains); i++) {
        if (plains[i].from == cp) {
            *to = plains[i].to;
            return strlen(plains[i].to);
        }
    }
    if (cp >= 0xff01 && cp <= 0xff5e)
        cp -= 0xff00 - 0x20;
    *to = buffer;
    return utf8_encode(cp, buffer);
}

/* The plain quote that `cp` stands for, 0 if it is none. */
static char quote_of(uint32_t cp)
{
    char buffer[4];
    const char *to;

    if (plain_of(cp, &to, buffer) == 1 && (*to == '\'' || *to == '"'))
        return *to;
    return 0;
}

/* ---- making plain ------------------------------------------------------- */

struct plainer {
    struct lexer *lx;
    const char *raw;
    size_t len, at;
    int column;
};

static void put(struct plainer *m, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        m->lx->columns[m->lx->len] = m->column;
        m->lx->text[m->lx->len++] = bytes[i];
    }
}

static void copy_character(struct plainer *m)
{
    uint32_t cp;
    size_t n = utf8_decode(m->raw + m->at, m->len - m->at, &cp);

    put(m, m->raw + m->at, n);
    m->at += n;
    m->column++;
}

static bool has_plain_end(const struct plainer *m, char quote)
{
    for (size_t i = m->at; i < m->len; i++) {
        if (m->raw[i] == '\\')
            i++;
        else if (m->raw[i] == quote)
            return true;
    }
    return false;
}

/* Copies the inside of a literal and its closing quote. One that was opened
 * by a plain quote keeps curly ones as text, as far as a plain one follows. */
static void copy_literal(struct plainer *m, char quote, bool curly)
{
    bool curly_ends = curly || !has_plain_end(m, quote);

    while (m->at < m->len) {
        uint32_t cp;
        size_t n = utf8_decode(m->raw + m->at, m->len - m->at, &cp);
        if (cp == '\\') {
            copy_character(m);
            if (m->at < m->len)
                copy_character(m);
        } else if (cp == (unsigned char)quote ||
                   (curly_ends && quote_of(cp) == quote)) {
            put(m, &quote, 1);
            m->at += n;
            m->column++;
            return;
        } else {
            copy_character(m);
        }
    }
}

static void make_plain(struct plainer *m)
{
    while (m->at < m->len) {
        char buffer[4];
        const char *to;
        uint32_t cp;
        size_t n = utf8_decode(m->raw + m->at, m->len - m->at, &cp);
        if (cp == '#')
            break;
        size_t to_len = plain_of(cp, &to, buffer);
        put(m, to, to_len);
        m->at += n;
        m->column++;
        if (quote_of(cp))
            copy_literal(m, *to, cp >= 0x80);
    }
    m->lx->columns[m->lx->len] = m->column;
}

void lex_init(struct lexer *lx, const char *raw, size_t len, int column)
{
    struct plainer m = {.lx = lx, .raw = raw, .len = len, .column = column};

    *lx = (struct lexer){.text = xmalloc(len + 1)};
    lx->columns = xcalloc(len + 1, sizeof *lx->columns);
    make_plain(&m);
    while (lx->len > 0 && lex_is_blank(lx->text[lx->len - 1]))
        lx->len--;
    lx->text[lx->len] = '\0';
    lex_next(lx);
}

void lex_done(struct lexer *lx)
{
    free(lx->text);
    free(lx->columns);
    *lx = (struct lexer){0};
}

/* ---- tokens ------------------------------------------------------------- */

bool lex_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool lex_is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lex_is_name_char(char c)
{
    return lex_is_name_start(c) || is_digit(c);
}

static void bad(struct lexer *lx, const char *why)
{
    lx->tok.kind = TOKEN_BAD;
    lx->tok.why = why;
}

/* The literal whose opening quote stands at pos. */
static void lex_string(struct lexer *lx)
{
    char quote = lx->text[lx->pos++];

    lx->tok.kind = TOKEN_STRING;
    while (lx->pos < lx->len && lx->text[lx->pos] != quote)
        lx->pos += lx->text[lx->pos] == '\\' ? 2 : 1;
    if (lx->pos >= lx->len) {
        lx->pos = lx->len;
        bad(lx,
            quote == '"'
                ? N_("the text that begins here has no closing quote: add \"")
                : N_("the text that begins here has no closing quote: add '"));
        return;
    }
    lx->pos++;
}

static bool is_string_prefix(const char *word, size_t len)
{
    static const char *const prefixes[] = {"b", "r", "u", "f", "br", "rb"};
    char lower[3] = {0};

    if (len > 2)
        return false;
    for (size_t i = 0; i < len; i++)
        lower[i] = (char)(word[i] | 0x20);
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        if (strcmp(prefixes[i], lower) == 0)
            return true;
    return false;
}

static void lex_name(struct lexer *lx)
{
    while (lex_is_name_char(lx->text[lx->pos]))
        lx->pos++;
    lx->tok.kind = TOKEN_NAME;
    char next = lx->text[lx->pos];
    if ((next == '\'' || next == '"') &&
        is_string_prefix(lx->text + lx->tok.start, lx->pos - lx->tok.start))
        lex_string(lx);
}

static double unit_ns(const char *unit, size_t len)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", NS_PER_US}, {"ms", NS_PER_MS},
        {"s", NS_PER_S}, {"m", 60.0 * NS_PER_S}, {"min", 60.0 * NS_PER_S}};

    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strlen(units[i].name) == len &&
            memcmp(units[i].name, unit, len) == 0)
            return units[i].ns;
    return 0;
}

/* strtod(3) of the C locale, whatever the user's is. */
double lex_to_double(const char *digits)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    if (!c_locale)
        return strtod(digits, NULL);
    double x = strtod_l(digits, NULL, c_locale);
    freelocale(c_locale);
    return x;
}

static void copy_digits(const struct lexer *lx, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = lx->tok.start; i < lx->pos && n + 1 < size; i++)
        if (lx->text[i] != '_')
            out[n++] = lx->text[i];
    out[n] = '\0';
}

static void lex_duration(struct lexer *lx, double number)
{
    size_t unit = lx->pos;

    while (lex_is_name_char(lx->text[lx->pos]))
        lx->pos++;
    double ns = unit_ns(lx->text + unit, lx->pos - unit);
    if (ns == 0) {
        bad(lx,
            N_("a number with letters behind it: durations are written 100ms, "
               "2s or 500us"));
        return;
    }
    if (!(number * ns <= DURATION_MAX_S * NS_PER_S)) {
        bad(lx, N_("this duration is longer than a day"));
        return;
    }
    lx->tok.kind = TOKEN_DURATION;
    lx->tok.ns = (uint64_t)(number * ns + 0.5);
}

static void set_int(struct lexer *lx, const char *digits, int base)
{
    char *end;

    errno = 0;
    long long n = strtoll(digits, &end, base);
    if (errno == ERANGE) {
        bad(lx, N_("this number is too large (64 bits)"));
    } else if (*end || end == digits) {
        bad(lx, N_("this is not a number"));
    } else {
        lx->tok.kind = TOKEN_INT;
        lx->tok.n = n;
    }
}

static int prefix_base(const char *text)
{
    if (text[0] != '0')
        return 0;
    switch (text[1] | 0x20) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 0;
    }
}

static void take_digits(struct lexer *lx)
{
    while (is_digit(lx->text[lx->pos]) ||
           (lx->text[lx->pos] == '_' && is_digit(lx->text[lx->pos + 1])))
        lx->pos++;
}

/* "1e5", but not the "1" of "1em". */
static bool take_exponent(struct lexer *lx)
{
    size_t at = lx->pos + 1;

    if ((lx->text[lx->pos] | 0x20) != 'e')
        return false;
    if (lx->text[at] == '+' || lx->text[at] == '-')
        at++;
    if (!is_digit(lx->text[at]))
        return false;
    lx->pos = at;
    take_digits(lx);
    return true;
}

static void lex_number(struct lexer *lx)
{
    char digits[64];
    int base = prefix_base(lx->text + lx->pos);

    if (base) {
        while (lex_is_name_char(lx->text[lx->pos]))
            lx->pos++;
        copy_digits(lx, digits, sizeof digits);
        set_int(lx, digits + 2, base);
        return;
    }
    take_digits(lx);
    bool is_float = lx->text[lx->pos] == '.' && lx->text[lx->pos + 1] != '.';
    if (is_float) {
        lx->pos++;
        take_digits(lx);
    }
    if (take_exponent(lx))
        is_float = true;
    copy_digits(lx, digits, sizeof digits);
    if (lx->pos - lx->tok.start >= sizeof digits) {
        bad(lx, N_("this number is too long"));
    } else if (lex_is_name_start(lx->text[lx->pos])) {
        lex_duration(lx, lex_to_double(digits));
    } else if (is_float) {
        lx->tok.kind = TOKEN_FLOAT;
        lx->tok.x = lex_to_double(digits);
    } else if (digits[0] == '0' && strspn(digits, "0") != strlen(digits)) {
        bad(lx, N_("a number does not begin with 0"));
    } else {
        set_int(lx, digits, 10);
    }
}

static void lex_op(struct lexer *lx)
{
    static const char *const pairs[] = {"==", "!=", "<=", ">=", "..",
        "+=", "-=", "*=", "/=", "|=", "**", "//", "<<", ">>", ":=", "->"};
    const char *at = lx->text + lx->pos;

    lx->tok.kind = TOKEN_OP;
    if (strncmp(at, "...", 3) == 0) {
        lx->tok.op = LEX_OP3('.', '.', '.');
        lx->pos += 3;
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        if (strncmp(at, pairs[i], 2) == 0) {
            lx->tok.op = LEX_OP2(at[0], at[1]);
            lx->pos += 2;
            return;
        }
    }
    lx->tok.op = (unsigned char)at[0];
    lx->pos++;
}

void lex_next(struct lexer *lx)
{
    while (lex_is_blank(lx->text[lx->pos]))
        lx->pos++;
    lx->tok = (struct token){.start = lx->pos};
    char c = lx->text[lx->pos];
    if (lx->pos >= lx->len) {
        lx->tok.kind = TOKEN_END;
    } else if (lex_is_name_start(c)) {
        lex_name(lx);
    } else if (is_digit(c) || (c == '.' && is_digit(lx->text[lx->pos + 1]))) {
        lex_number(lx);
    } else if (c == '\'' || c == '"') {
        lex_string(lx);
    } else if ((unsigned char)c >= 0x80) {
        uint32_t cp;
        lx->pos += utf8_decode(lx->text + lx->pos, lx->len - lx->pos, &cp);
        bad(lx,
            N_("this character has no meaning outside quotes; names are made "
               "of a-z, A-Z, 0-9 and _"));
    } else {
        lex_op(lx);
    }
    lx->tok.end = lx->pos;
}

void lex_seek(struct lexer *lx, size_t offset)
{
    lx->pos = offset;
    lex_next(lx);
}

bool lex_is(const struct lexer *lx, int op)
{
    return lx->tok.kind == TOKEN_OP && lx->tok.op == op;
}

bool lex_is_word(const struct lexer *lx, const char *word)
{
    size_t len = strlen(word);

    return lx->tok.kind == TOKEN_NAME && lx->tok.end - lx->tok.start == len &&
           memcmp(lx->text + lx->tok.start, word, len) == 0;
}

bool lex_take(struct lexer *lx, int op)
{
    bool is = lex_is(lx, op);

    if (is)
        lex_next(lx);
    return is;
}

bool lex_take_word(struct lexer *lx, const char *word)
{
    bool is = lex_is_word(lx, word);

    if (is)
        lex_next(lx);
    return is;
}

char *lex_copy(const struct lexer *lx)
{
    return lex_copy_part(lx, lx->tok.start, lx->tok.end);
}

char *lex_copy_part(const struct lexer *lx, size_t start, size_t end)
{
    if (end > lx->len)
        end = lx->len;
    while (end > start && lex_is_blank(lx->text[end - 1]))
        end--;
    while (start < end && lex_is_blank(lx->text[start]))
        start++;
    if (start >= end)
        return xstrdup("");
    return xstrndup(lx->text + start, end - start);
}

char *lex_take_hyphenated(struct lexer *lx)
{
    size_t start = lx->tok.start;
    size_t end = start;

    while (lex_is_name_char(lx->text[end]) || lx->text[end] == '-')
        end++;
    lex_seek(lx, end);
    return xstrndup(lx->text + start, end - start);
}

int lex_column(const struct lexer *lx, size_t offset)
{
    return lx->columns[offset < lx->len ? offset : lx->len];
}
