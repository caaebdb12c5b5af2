/* Literals to values: b'..' and '..' with Python's escapes, and
 * struct.pack() of plain numbers, laid out as the machine's C compiler does. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

struct literal {
    struct parser *p;
    bool is_bytes;
    size_t at, end; /* the inside of the quotes */
    struct str out;
};

static unsigned char byte_at(const struct literal *l, size_t at)
{
    return (unsigned char)l->p->lex.text[at];
}

static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool add_code(struct literal *l, uint32_t cp, size_t at)
{
    char utf8[4];

    if (l->is_bytes) {
        str_addc(&l->out, (char)(unsigned char)(cp & 0xff));
        return true;
    }
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return parse_fail(l->p, at, _("there is no such character"));
    str_addn(&l->out, utf8, utf8_encode(cp, utf8));
    return true;
}

/* Exactly `digits` hexadecimal ones behind the letter. */
static bool add_hex(struct literal *l, size_t digits)
{
    size_t backslash = l->at - 2;
    uint32_t cp = 0;

    for (size_t i = 0; i < digits; i++) {
        int digit = l->at < l->end ? hex_digit(byte_at(l, l->at)) : -1;
        if (digit < 0)
            return parse_fail(l->p, backslash,
                _("this escape needs %zu hexadecimal digits"), digits);
        cp = cp << 4 | (uint32_t)digit;
        l->at++;
    }
    return add_code(l, cp, backslash);
}

static bool add_octal(struct literal *l)
{
    size_t backslash = --l->at - 1;
    uint32_t cp = 0;

    for (int i = 0; i < 3 && l->at < l->end; i++) {
        unsigned char c = byte_at(l, l->at);
        if (c < '0' || c > '7')
            break;
        cp = cp << 3 | (uint32_t)(c - '0');
        l->at++;
    }
    return add_code(l, cp, backslash);
}

static bool add_escape(struct literal *l)
{
    static const char plain[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
    unsigned char c = byte_at(l, ++l->at);

    for (size_t i = 0; i + 1 < sizeof plain; i += 2) {
        if (c == (unsigned char)plain[i]) {
            l->at++;
            str_addc(&l->out, plain[i + 1]);
            return true;
        }
    }
    if (c >= '0' && c <= '7') {
        l->at++;
        return add_octal(l);
    }
    if (c == 'x' || (!l->is_bytes && (c == 'u' || c == 'U'))) {
        l->at++;
        return add_hex(l, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    }
    if (!l->is_bytes && c == 'N')
        return parse_fail(l->p, l->at - 1,
            _("write the character itself, or \\u and its number"));
    str_addc(&l->out, '\\'); /* Python keeps an escape that it doesn't know */
    return true;
}

static bool add_inside(struct literal *l, bool is_raw)
{
    while (l->at < l->end) {
        unsigned char c = byte_at(l, l->at);
        if (c == '\\' && !is_raw) {
            if (!add_escape(l))
                return false;
            continue;
        }
        if (c >= 0x80 && l->is_bytes)
            return parse_fail(l->p, l->at,
                _("b'..' holds ASCII only; other text is made bytes by "
                  ".encode(): '..'.encode()"));
        str_addc(&l->out, (char)c);
        l->at++;
    }
    return true;
}

/* Which kind the letters before the quote say. */
static bool read_prefix(struct literal *l, bool *is_raw)
{
    for (; byte_at(l, l->at) != '\'' && byte_at(l, l->at) != '"'; l->at++) {
        switch (byte_at(l, l->at) | 0x20) {
        case 'b':
            l->is_bytes = true;
            break;
        case 'r':
            *is_raw = true;
            break;
        case 'f':
            return parse_fail(l->p, l->at,
                _("f'..' is not in the notation; print() takes several "
                  "values: print('n is', n)"));
        default:
            break;
        }
    }
    return true;
}

struct value *parse_string(struct parser *p)
{
    struct literal l = {.p = p, .at = p->lex.tok.start, .end = p->lex.tok.end};
    struct value *v = NULL;
    bool is_raw = false;

    str_init(&l.out);
    if (!read_prefix(&l, &is_raw))
        return NULL;
    l.at++;
    l.end--;
    char quote = p->lex.text[l.end];
    if (l.at == l.end && p->lex.text[l.end + 1] == quote) {
        parse_fail_here(p, _("text has one quote at each end here: '..'"));
        return NULL;
    }
    if (add_inside(&l, is_raw))
        v = l.is_bytes ? value_bytes(str_text(&l.out), l.out.len)
                       : value_str(str_text(&l.out), l.out.len);
    str_done(&l.out);
    return v;
}

/* ---- struct.pack() ------------------------------------------------------ */

struct packer {
    struct parser *p;
    const char *format;
    size_t at;
    bool native, big; /* native: sizes and alignment of C */
    struct str out;
};

/* Bytes of one number; 0 for a letter that is none. */
static size_t pack_size(const struct packer *k, char c)
{
    switch (c | 0x20) {
    case 'b':
        return 1;
    case 'h':
        return sizeof(int16_t);
    case 'i':
        return sizeof(int32_t);
    case 'l':
        return k->native ? sizeof(long) : sizeof(int32_t);
    case 'q':
        return sizeof(int64_t);
    default:
        return 0;
    }
}

static bool fits(int64_t n, size_t size, bool is_signed)
{
    if (!is_signed)
        return n >= 0 && (size == 8 || n >> (8 * size) == 0);
    if (size == 8)
        return true;
    int64_t limit = INT64_C(1) << (8 * size - 1);
    return n >= -limit && n < limit;
}

static void pack_one(struct packer *k, uint64_t n, size_t size)
{
    while (k->native && k->out.len % size != 0)
        str_addc(&k->out, '\0');
    for (size_t i = 0; i < size; i++) {
        size_t shift = 8 * (k->big ? size - 1 - i : i);
        str_addc(&k->out, (char)(unsigned char)(n >> shift & 0xff));
    }
}

/* The next letter of the format, repeat counts unrolled; 0 at the end. */
static char next_letter(struct packer *k, unsigned long *repeat)
{
    while (*repeat == 0 && k->format[k->at]) {
        char *end = NULL;
        *repeat = 1;
        if (k->format[k->at] >= '0' && k->format[k->at] <= '9') {
            *repeat = strtoul(k->format + k->at, &end, 10);
            k->at = (size_t)(end - k->format);
        }
        if (*repeat == 0 && k->format[k->at])
            k->at++;
    }
    char c = k->format[k->at];
    if (c && --*repeat == 0)
        k->at++;
    return c;
}

static bool pack_argument(struct packer *k, char letter)
{
    struct parser *p = k->p;
    size_t size = pack_size(k, letter);
    struct expr *x;

    if (!lex_take(&p->lex, ','))
        return parse_fail_here(p,
            _("struct.pack() needs a number for each letter of '%s'"),
            k->format);
    x = parse_expr(p);
    if (!x)
        return false;
    struct value *v =
        parse_constant(p, x, _("struct.pack() takes plain numbers here"));
    int column = x->column;
    expr_free(x);
    if (!v)
        return false;
    bool is_int = value_kind(v) == VALUE_INT || value_kind(v) == VALUE_BOOL;
    int64_t n = value_as_int(v);
    value_free(v);
    if (size == 0)
        return parse_fail_at(p, column,
            _("the format '%s' is not known here; letters are i I h H l L q "
              "Q b B"),
            k->format);
    if (!is_int || !fits(n, size, letter >= 'a'))
        return parse_fail_at(
            p, column, _("this is no number that '%c' can hold"), letter);
    pack_one(k, (uint64_t)n, size);
    return true;
}

static bool pack_all(struct packer *k)
{
    unsigned long repeat = 0;
    char letter;

    k->native = true;
    k->big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (*k->format && strchr("@=<>!", *k->format)) {
        k->native = *k->format == '@';
        if (*k->format == '<')
            k->big = false;
        else if (*k->format == '>' || *k->format == '!')
            k->big = true;
        k->at = 1;
    }
    while ((letter = next_letter(k, &repeat)) != 0)
        if (!pack_argument(k, letter))
            return false;
    if (!lex_take(&k->p->lex, ')'))
        return parse_fail_here(k->p,
            _("struct.pack() takes one number for each letter of '%s', "
              "then )"),
            k->format);
    return true;
}

struct value *parse_struct_pack(struct parser *p)
{
    struct packer k = {.p = p};
    struct value *v = NULL;
    struct value *format = NULL;
    size_t start = p->lex.tok.start;
    size_t len;

    lex_next(&p->lex);
    lex_next(&p->lex);
    if (!lex_take_word(&p->lex, "pack") || !lex_take(&p->lex, '(') ||
        p->lex.tok.kind != TOKEN_STRING) {
        parse_fail(p, start,
            _("of struct only pack() is here: struct.pack('ii', 1, 0)"));
        return NULL;
    }
    format = parse_string(p);
    if (!format)
        return NULL;
    lex_next(&p->lex);
    k.format = value_data(format, &len);
    if (pack_all(&k))
        v = value_bytes(str_text(&k.out), k.out.len);
    str_done(&k.out);
    value_free(format);
    return v;
}
