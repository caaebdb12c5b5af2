/* Wire lines and the PATTERN that says which segments are meant. */
#include "parser.h"

#include "sockstage/base/text.h"
#include "sockstage/wire/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- patterns ----------------------------------------------------------- */

/* A pattern while it is read. */
struct reading {
    struct pattern *out;
    bool class_set, side_set, again;
    size_t parts;
};

/* Ways to write the flags that books and tools have. */
static const struct {
    const char *word, *instead;
} other_flags[] = {
    {"SYN-ACK", "SYN+ACK"},
    {"SYNACK", "SYN+ACK"},
    {"SYN/ACK", "SYN+ACK"},
    {"ACK+SYN", "SYN+ACK"},
    {"SYN_ACK", "SYN+ACK"},
    {"PSH", "DATA"},
    {"PSH+ACK", "DATA"},
    {"ACK+PSH", "DATA"},
    {"FIN+ACK", "FIN"},
    {"ACK+FIN", "FIN"},
    {"FIN-ACK", "FIN"},
    {"RST+ACK", "RST"},
    {"ACK+RST", "RST"},
    {"RST-ACK", "RST"},
};

static bool fail_flags(struct parser *p, size_t at, const char *word)
{
    struct near near = {.word = word};

    for (size_t i = 0; i < ARRAY_LEN(other_flags); i++)
        if (strcasecmp(other_flags[i].word, word) == 0) {
            parse_fail(
                p, at, _("write %s for %s"), other_flags[i].instead, word);
            return parse_fix(p, word, other_flags[i].instead);
        }
    for (int c = PATTERN_SYN; c <= PATTERN_ICMP; c++)
        near_try(&near, pattern_class_name((enum pattern_class)c));
    if (near.best) {
        parse_fail(p, at, _("%s is no kind of segment; did you mean %s?"), word,
            near.best);
        return parse_fix(p, word, near.best);
    }
    return parse_fail(p, at,
        _("%s is no kind of segment; there are SYN, SYN+ACK, ACK, FIN, RST, "
          "DATA, PROBE, UDP, ICMP and *"),
        word);
}

static bool parse_uint(struct parser *p, int64_t max, uint32_t *out)
{
    struct lexer *lx = &p->lex;

    if (lx->tok.kind != TOKEN_INT || lx->tok.n < 0 || lx->tok.n > max)
        return parse_fail_here(
            p, _("a number from 0 to %lld belongs here"), (long long)max);
    *out = (uint32_t)lx->tok.n;
    lex_next(lx);
    return true;
}

static bool parse_length(struct parser *p, struct pattern *out)
{
    if (!lex_take(&p->lex, '('))
        return true;
    out->len_set = true;
    if (!parse_uint(p, UINT16_MAX, &out->len))
        return false;
    if (!lex_take(&p->lex, ')'))
        return parse_fail_here(p, _("the length ends with ): DATA(1000)"));
    return true;
}

static bool is_flags_char(char c)
{
    return lex_is_name_char(c) || c == '+' || c == '-' || c == '/';
}

static bool parse_flags(struct parser *p, struct reading *r)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;
    size_t end = start;

    if (r->class_set) {
        char *word = lex_copy(lx);
        parse_fail_here(p,
            _("%s does not belong here; between two segments stands a comma"),
            word);
        free(word);
        return false;
    }
    r->class_set = true;
    if (lex_take(lx, '*')) {
        r->out->class = PATTERN_ANY;
        return parse_length(p, r->out);
    }
    while (is_flags_char(lx->text[end]))
        end++;
    char *word = lex_copy_part(lx, start, end);
    bool ok =
        pattern_class_parse(word, &r->out->class) || fail_flags(p, start, word);
    free(word);
    lex_seek(lx, end);
    return ok && parse_length(p, r->out);
}

static void keep_socket(
    struct parser *p, const struct pattern *named, size_t at)
{
    struct named_socket s = {
        .file = p->file,
        .line = p->line,
        .column = lex_column(&p->lex, at),
    };

    snprintf(s.process, sizeof s.process, "%s", named->process);
    snprintf(s.socket, sizeof s.socket, "%s", named->socket);
    if (!p->is_prompt)
        vec_push(&p->sockets, s);
}

bool parse_check_sockets(struct parser *p)
{
    for (size_t i = 0; i < p->sockets.len; i++) {
        const struct named_socket *s = &p->sockets.items[i];
        p->file = s->file;
        p->line = s->line;
        if (!parse_check_name(p, s->process, s->socket, s->column))
            return false;
    }
    return true;
}

static bool parse_connection(struct parser *p, struct pattern *out)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;

    char *process = lex_copy(lx);
    bool ok = parse_check_process(p, process, start);
    if (ok)
        snprintf(out->process, sizeof out->process, "%s", process);
    free(process);
    lex_next(lx);
    lex_next(lx);
    if (!ok)
        return false;
    if (lx->tok.kind != TOKEN_NAME ||
        lx->tok.end - lx->tok.start > PARSE_NAME_MAX)
        return parse_fail_here(
            p, _("a connection is named by process and socket: c1.s"));
    char *name = lex_copy(lx);
    snprintf(out->socket, sizeof out->socket, "%s", name);
    free(name);
    keep_socket(p, out, start);
    lex_next(lx);
    return true;
}

static bool parse_side(struct parser *p, struct reading *r)
{
    r->side_set = true;
    if (lex_take_word(&p->lex, "any"))
        return true;
    r->out->from_set = true;
    return parse_host(p, &r->out->from);
}

static bool at_side(const struct lexer *lx)
{
    return lex_is_word(lx, "any") || lex_is_word(lx, "client") ||
           lex_is_word(lx, "server");
}

static bool parse_part(struct parser *p, struct reading *r)
{
    struct lexer *lx = &p->lex;
    struct lexer ahead = *lx;

    lex_next(&ahead);
    if (lx->tok.kind == TOKEN_NAME && lex_is(&ahead, '.')) {
        if (*r->out->process)
            return parse_fail_here(p, _("one connection is enough"));
        return parse_connection(p, r->out);
    }
    if (at_side(lx) && !r->side_set)
        return parse_side(p, r);
    if (lex_take_word(lx, "again")) {
        r->out->again = true;
        return true;
    }
    if (lex_take_word(lx, "win")) {
        r->out->win_set = true;
        return parse_uint(p, UINT16_MAX, &r->out->win);
    }
    if (lex_take_word(lx, "seq")) {
        r->out->seq_set = true;
        return parse_uint(p, UINT32_MAX, &r->out->seq);
    }
    if (lx->tok.kind == TOKEN_NAME || lex_is(lx, '*'))
        return parse_flags(p, r);
    return parse_fail_here(
        p, _("a segment belongs here: client SYN, server SYN+ACK, DATA(1000), "
             "*"));
}

static bool at_pattern_end(const struct lexer *lx)
{
    return lx->tok.kind == TOKEN_END || lex_is(lx, ',') ||
           lex_is_word(lx, "within") || lex_is_word(lx, "for");
}

bool parse_pattern(struct parser *p, struct pattern *out)
{
    struct reading r = {.out = out};

    *out = (struct pattern){.class = PATTERN_ANY};
    do {
        if (!parse_part(p, &r))
            return false;
    } while (!at_pattern_end(&p->lex));
    return true;
}

/* ---- what stands behind the words --------------------------------------- */

static bool parse_from(struct parser *p, struct wire_order *o)
{
    enum host from;

    o->sides = WIRE_BOTH;
    if (!lex_take_word(&p->lex, "from"))
        return true;
    if (!parse_host(p, &from))
        return false;
    o->sides = WIRE_SIDE(from);
    return true;
}

static bool parse_nothing_more(struct parser *p, struct wire_order *o)
{
    (void)p;
    (void)o;
    return true;
}

static bool parse_delay(struct parser *p, struct wire_order *o)
{
    if (!parse_duration(p, &o->delay_ns))
        return false;
    if (lex_take_word(&p->lex, "jitter") && !parse_duration(p, &o->jitter_ns))
        return false;
    return parse_from(p, o);
}

/* A number and the unit right behind it, from the current token on. */
struct quantity {
    double number;
    char unit[16];
    size_t start, end; /* of both */
};

static bool is_unit_char(char c)
{
    return lex_is_name_char(c) || c == '%' || c == '/';
}

static bool scan_quantity(const struct lexer *lx, struct quantity *q)
{
    const char *text = lx->text + lx->tok.start;
    size_t digits = strspn(text, "0123456789.");
    bool has_digit = strcspn(text, "0123456789") < digits;
    size_t unit = 0;
    char number[32];

    q->start = lx->tok.start;
    q->unit[0] = '\0';
    if (!has_digit || digits >= sizeof number)
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    q->number = lex_to_double(number);
    while (is_unit_char(text[digits + unit]))
        unit++;
    q->end = q->start + digits + unit;
    if (strchr(number, '.') != strrchr(number, '.') || unit >= sizeof q->unit)
        return false;
    memcpy(q->unit, text + digits, unit);
    q->unit[unit] = '\0';
    return true;
}

static const struct {
    const char *unit;
    double bits;
} rates[] = {
    {"bit", 1},
    {"kbit", 1e3},
    {"mbit", 1e6},
    {"gbit", 1e9},
};

#define RATE_MAX 1e12 /* bits a second */

static bool parse_rate(struct parser *p, struct wire_order *o)
{
    struct quantity q;

    if (lex_take_word(&p->lex, "off"))
        return true;
    if (!scan_quantity(&p->lex, &q))
        return parse_fail_here(
            p, _("a rate belongs here: 1mbit, 500kbit, or off for no limit"));
    if (!q.unit[0])
        return parse_fail(p, q.start,
            _("a rate has its unit right behind it: %gkbit or %gmbit"),
            q.number, q.number);
    for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
        if (strcasecmp(rates[i].unit, q.unit) != 0)
            continue;
        double bits = q.number * rates[i].bits;
        if (bits < 1 || bits > RATE_MAX)
            return parse_fail(p, q.start,
                _("a rate is from 1bit to 1000gbit a second; wire rate off "
                  "takes the limit away"));
        o->rate = (uint64_t)bits;
        lex_seek(&p->lex, q.end);
        return true;
    }
    return parse_fail(p, q.start,
        _("%s is no unit of a rate; write bit, kbit, mbit or gbit: 1mbit"),
        q.unit);
}

static bool parse_percent(struct parser *p, struct wire_order *o)
{
    struct quantity q;

    if (!scan_quantity(&p->lex, &q))
        return parse_fail_here(p, _("a share belongs here: 10%%"));
    if (strcmp(q.unit, "%") != 0)
        return parse_fail(p, q.start,
            _("a share has its sign right behind it: %g%%"), q.number);
    if (q.number > 100)
        return parse_fail(p, q.start, _("a share is from 0%% to 100%%"));
    o->loss_ppm = (uint32_t)(q.number * WIRE_LOSS_ALL / 100 + 0.5);
    lex_seek(&p->lex, q.end);
    return parse_from(p, o);
}

static bool parse_size(struct parser *p, struct wire_order *o)
{
    const struct token *tok = &p->lex.tok;

    if (tok->kind != TOKEN_INT || tok->n < WIRE_MTU_MIN ||
        tok->n > WIRE_MTU_MAX)
        return parse_fail_here(p,
            _("the size of a packet in bytes belongs here, from %u to %u"),
            WIRE_MTU_MIN, WIRE_MTU_MAX);
    o->mtu = (uint32_t)tok->n;
    lex_next(&p->lex);
    return true;
}

static bool parse_number(struct parser *p, struct wire_order *o)
{
    const struct token *tok = &p->lex.tok;

    if (tok->kind != TOKEN_INT || tok->n < 0)
        return parse_fail_here(
            p, _("a whole number belongs here: wire seed 7"));
    o->seed = (uint64_t)tok->n;
    lex_next(&p->lex);
    return true;
}

static bool parse_switch(struct parser *p, struct wire_order *o)
{
    o->on = lex_is_word(&p->lex, "on");
    if (!o->on && !lex_is_word(&p->lex, "off"))
        return parse_fail_here(
            p, _("write wire %s on, or off"), wire_word_info(o->word)->word);
    lex_next(&p->lex);
    return true;
}

static bool parse_wire_count(struct parser *p, struct wire_order *o)
{
    int64_t n = 1;

    if (p->lex.tok.kind == TOKEN_INT && !parse_count(p, PARSE_COUNT_MAX, &n))
        return false;
    o->count = (uint32_t)n;
    return true;
}

static bool parse_some(struct parser *p, struct wire_order *o)
{
    if (!parse_wire_count(p, o))
        return false;
    return p->lex.tok.kind == TOKEN_END || parse_pattern(p, &o->pattern);
}

static bool parse_next(struct parser *p, struct wire_order *o)
{
    if (!parse_wire_count(p, o))
        return false;
    if (p->lex.tok.kind == TOKEN_END)
        return parse_fail_here(p, _("say which segments: %s; * means any"),
            wire_word_info(o->word)->usage);
    return parse_pattern(p, &o->pattern);
}

static bool parse_unreachable(struct parser *p, struct wire_order *o)
{
    const char *word;

    for (int i = 0;
         (word = wire_unreachable_name((enum wire_unreachable)i)) != NULL;
         i++) {
        if (lex_take_word(&p->lex, word)) {
            o->what = (enum wire_unreachable)i;
            return parse_next(p, o);
        }
    }
    return parse_fail_here(p,
        _("what is unreachable? wire unreachable host, net or port, and then "
          "which segments"));
}

/* ---- the line ----------------------------------------------------------- */

static bool (*const shapes[])(struct parser *p, struct wire_order *o) = {
    [WIRE_TAKES_NOTHING] = parse_nothing_more,
    [WIRE_TAKES_DELAY] = parse_delay,
    [WIRE_TAKES_RATE] = parse_rate,
    [WIRE_TAKES_PERCENT] = parse_percent,
    [WIRE_TAKES_SIZE] = parse_size,
    [WIRE_TAKES_NUMBER] = parse_number,
    [WIRE_TAKES_SWITCH] = parse_switch,
    [WIRE_TAKES_SOME] = parse_some,
    [WIRE_TAKES_NEXT] = parse_next,
    [WIRE_TAKES_UNREACHABLE] = parse_unreachable,
};

static bool fail_word(struct parser *p)
{
    struct str all = STR_INIT;
    char *word = lex_copy(&p->lex);
    struct near near = {.word = word};
    const char *each;

    for (size_t i = 0; (each = wire_word_at(i, NULL)) != NULL; i++) {
        str_addf(&all, "%s%s", i ? ", " : "", each);
        near_try(&near, each);
    }
    if (lex_is_word(&p->lex, "jitter"))
        parse_fail_here(
            p, _("jitter stands behind a delay: wire delay 100ms jitter 20ms"));
    else if (near.best) {
        parse_fail_here(p, _("there is no wire %s; did you mean wire %s?"),
            word, near.best);
        parse_fix(p, word, near.best);
    } else
        parse_fail_here(p, _("behind wire stands one of %s"), str_text(&all));
    free(word);
    str_done(&all);
    return false;
}

bool parse_wire(struct parser *p)
{
    struct wire_order *o = &p->out->wire;
    const char *word;

    for (size_t i = 0; (word = wire_word_at(i, &o->word)) != NULL; i++)
        if (lex_take_word(&p->lex, word))
            return shapes[wire_word_info(o->word)->shape](p, o);
    return fail_word(p);
}
