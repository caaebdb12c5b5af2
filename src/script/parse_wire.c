/* Wire lines and the PATTERN that says which segments are meant. */
#include "parser.h"

#include "sockstage/base/text.h"
#include "sockstage/wire/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a wire line of the host masks means; see struct script_line. */
#define SIDE(host) (1U << (host))
#define BOTH_SIDES (SIDE(HOST_CLIENT) | SIDE(HOST_SERVER))

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
        if (strcasecmp(other_flags[i].word, word) == 0)
            return parse_fail(
                p, at, _("write %s for %s"), other_flags[i].instead, word);
    for (int c = PATTERN_SYN; c <= PATTERN_ICMP; c++)
        near_try(&near, pattern_class_name((enum pattern_class)c));
    if (near.best)
        return parse_fail(p, at,
            _("%s is no kind of segment; did you mean "
              "%s?"),
            word, near.best);
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

/* ---- verbs -------------------------------------------------------------- */

static bool parse_delay(struct parser *p)
{
    struct script_line *l = p->out;
    enum host from;

    l->sides = BOTH_SIDES;
    if (!parse_duration(p, &l->ns))
        return false;
    if (lex_is_word(&p->lex, "jitter"))
        return parse_fail_here(
            p, _("wire delay without jitter: that is not in this version"));
    if (!lex_take_word(&p->lex, "from"))
        return true;
    if (!parse_host(p, &from))
        return false;
    l->sides = SIDE(from);
    return true;
}

static bool parse_no_more(struct parser *p)
{
    (void)p;
    return true;
}

static bool parse_wire_count(struct parser *p)
{
    int64_t n = 1;

    if (p->lex.tok.kind == TOKEN_INT && !parse_count(p, PARSE_COUNT_MAX, &n))
        return false;
    p->out->count = (uint32_t)n;
    return true;
}

static bool parse_deliver(struct parser *p)
{
    if (!parse_wire_count(p))
        return false;
    return p->lex.tok.kind == TOKEN_END || parse_pattern(p, &p->out->pattern);
}

static bool parse_drop(struct parser *p)
{
    if (!parse_wire_count(p))
        return false;
    if (p->lex.tok.kind == TOKEN_END)
        return parse_fail_here(p,
            _("say which segments vanish: wire drop client DATA, or wire drop "
              "* for any"));
    return parse_pattern(p, &p->out->pattern);
}

static bool parse_coalesce(struct parser *p)
{
    p->out->on = lex_is_word(&p->lex, "on");
    if (!p->out->on && !lex_is_word(&p->lex, "off"))
        return parse_fail_here(p, _("write wire coalesce on, or off"));
    lex_next(&p->lex);
    return true;
}

static const struct verb {
    const char *word;
    enum wire_verb verb;
    bool (*parse)(struct parser *p);
} verbs[] = {
    {"delay", WIRE_DELAY, parse_delay},
    {"hold", WIRE_HOLD, parse_no_more},
    {"deliver", WIRE_DELIVER, parse_deliver},
    {"step", WIRE_DELIVER, parse_deliver},
    {"release", WIRE_RELEASE, parse_no_more},
    {"drop", WIRE_DROP, parse_drop},
    {"coalesce", WIRE_COALESCE, parse_coalesce},
};

static const char *const later_verbs[] = {"rate", "loss", "mtu", "seed",
    "duplicate", "corrupt", "unreachable", "cut", "join", "real", "jitter"};

static bool fail_verb(struct parser *p)
{
    struct lexer *lx = &p->lex;
    struct str all = STR_INIT;

    for (size_t i = 0; i < ARRAY_LEN(later_verbs); i++)
        if (lex_is_word(lx, later_verbs[i]))
            return parse_fail_here(
                p, _("wire %s is not in this version"), later_verbs[i]);
    char *word = lex_copy(lx);
    struct near near = {.word = word};
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        str_addf(&all, "%s%s", i ? ", " : "", verbs[i].word);
        near_try(&near, verbs[i].word);
    }
    if (near.best)
        parse_fail_here(p, _("there is no wire %s; did you mean wire %s?"),
            word, near.best);
    else
        parse_fail_here(p, _("behind wire stands one of %s"), str_text(&all));
    free(word);
    str_done(&all);
    return false;
}

bool parse_wire(struct parser *p)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (lex_take_word(&p->lex, verbs[i].word)) {
            p->out->wire = verbs[i].verb;
            return verbs[i].parse(p);
        }
    }
    return fail_verb(p);
}
