/* The lines that begin with a word of their own: the table, and the small ones
 * among them. Each function reads from behind the word. */
#include "parser.h"

#include "sockstage/base/text.h"
#include "sockstage/model/model.h"

#include <stdlib.h>
#include <string.h>

bool parse_word(struct parser *p, char **out, const char *usage)
{
    if (p->lex.tok.kind != TOKEN_NAME)
        return parse_fail_here(p, _("a name belongs here: %s"), usage);
    *out = lex_copy(&p->lex);
    lex_next(&p->lex);
    return true;
}

bool parse_host(struct parser *p, enum host *out)
{
    for (int h = 0; h < HOST_COUNT; h++) {
        if (lex_take_word(&p->lex, host_name((enum host)h))) {
            *out = (enum host)h;
            return true;
        }
    }
    return parse_fail_here(p, _("a host belongs here: client or server"));
}

bool parse_duration(struct parser *p, uint64_t *ns)
{
    struct lexer *lx = &p->lex;

    if (lx->tok.kind == TOKEN_INT || lx->tok.kind == TOKEN_FLOAT) {
        char *number = lex_copy(lx);
        parse_fail_here(p,
            _("a duration has its unit right behind it: %sms or %ss"), number,
            number);
        free(number);
        return false;
    }
    if (lx->tok.kind != TOKEN_DURATION)
        return parse_fail_here(
            p, _("a duration belongs here: 100ms, 2s or 500us"));
    *ns = lx->tok.ns;
    lex_next(lx);
    return true;
}

bool parse_count(struct parser *p, int64_t max, int64_t *out)
{
    struct lexer *lx = &p->lex;

    if (lx->tok.kind != TOKEN_INT || lx->tok.n < 1 || lx->tok.n > max)
        return parse_fail_here(
            p, _("a number from 1 to %lld belongs here"), (long long)max);
    *out = lx->tok.n;
    lex_next(lx);
    return true;
}

bool parse_end(struct parser *p)
{
    if (p->lex.tok.kind == TOKEN_END)
        return true;
    char *rest = parse_quote(p, p->lex.tok.start, p->lex.len);
    parse_fail_here(p, _("the line should end here: take %s away"), rest);
    free(rest);
    return false;
}

/* ---- lines -------------------------------------------------------------- */

static bool is_setting_char(char c)
{
    return lex_is_name_char(c) || c == '.' || c == '-';
}

/* Letters, digits, dots and dashes: a sysctl, a host name. */
static bool parse_dotted(struct parser *p, char **out, const char *usage)
{
    struct lexer *lx = &p->lex;
    size_t end = lx->tok.start;

    while (is_setting_char(lx->text[end]))
        end++;
    if (end == lx->tok.start)
        return parse_fail_here(p, _("a name belongs here: %s"), usage);
    *out = lex_copy_part(lx, lx->tok.start, end);
    lex_seek(lx, end);
    return true;
}

static bool parse_set(struct parser *p)
{
    struct script_line *l = p->out;
    const char *usage = "set server tcp_abort_on_overflow 1";

    if (!parse_host(p, &l->host))
        return false;
    size_t at = p->lex.tok.start;
    if (!parse_dotted(p, &l->name, usage))
        return false;
    if (strstr(l->name, "..") || l->name[0] == '.' || l->name[0] == '-')
        return parse_fail(p, at, _("this is no name of a setting: %s"), usage);
    lex_take(&p->lex, '=');
    if (p->lex.tok.kind == TOKEN_END)
        return parse_fail_here(p, _("the new value is missing: %s"), usage);
    l->text = lex_copy_part(&p->lex, p->lex.tok.start, p->lex.len);
    lex_seek(&p->lex, p->lex.len);
    return true;
}

static bool parse_wait(struct parser *p)
{
    return parse_duration(p, &p->out->ns);
}

static bool parse_nothing(struct parser *p)
{
    (void)p;
    return true;
}

static bool parse_interrupt(struct parser *p)
{
    struct script_line *l = p->out;
    size_t at = p->lex.tok.start;
    char *name = NULL;

    if (!parse_word(p, &name, "interrupt c1"))
        return false;
    l->processes = xcalloc(1, sizeof(char *));
    l->processes[l->process_count++] = name;
    return parse_check_process(p, name, at);
}

static bool parse_require(struct parser *p)
{
    if (!lex_take_word(&p->lex, "private"))
        return parse_fail_here(p, _("only require private is known"));
    return true;
}

static bool parse_mark(struct parser *p)
{
    struct lexer *lx = &p->lex;

    p->out->name = lex_take_hyphenated(lx);
    if (!*p->out->name)
        return parse_fail_here(p, _("a name belongs here: mark NAME"));
    return true;
}

static bool parse_host_name(struct parser *p)
{
    struct script_line *l = p->out;
    size_t at = p->lex.tok.start;

    if (!parse_dotted(p, &l->name, "name np.hufs.ac.kr server"))
        return false;
    if (strlen(l->name) > 253)
        return parse_fail(p, at, _("this host name is too long"));
    return parse_host(p, &l->host);
}

static bool parse_hide(struct parser *p)
{
    struct script_line *l = p->out;

    if (!lex_is_word(&p->lex, "server") && !lex_is_word(&p->lex, "client") &&
        !lex_is_word(&p->lex, "wire"))
        return parse_fail_here(p, _("write hide server, client or wire"));
    l->name = lex_copy(&p->lex);
    lex_next(&p->lex);
    return true;
}

static bool parse_claim(struct parser *p)
{
    return parse_count(p, PARSE_COUNT_MAX, &p->out->number);
}

static bool parse_vote(struct parser *p)
{
    return parse_count(p, MODEL_OPTIONS_MAX, &p->out->number);
}

static bool parse_repeat(struct parser *p)
{
    struct script_line *l = p->out;

    if (!parse_count(p, PARSE_COUNT_MAX, &l->number))
        return false;
    if (!parse_processes(p, &l->processes, &l->process_count))
        return false;
    return parse_process_statement(p);
}

static bool parse_include_line(struct parser *p)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;
    size_t end = lx->len;

    if (lx->tok.kind == TOKEN_END)
        return parse_fail_here(p, _("a file belongs here: include FILE"));
    if (lx->tok.kind == TOKEN_STRING && lx->tok.end == lx->len) {
        start++;
        end--;
    }
    char *path = lex_copy_part(lx, start, end);
    int column = lex_column(lx, start);
    lex_seek(lx, lx->len);
    bool ok = parse_include(p, path, column);
    free(path);
    return ok;
}

/* ---- the table ---------------------------------------------------------- */

static const struct directive directives[] = {
#define LINE(word, kind, does, parse, usage, explain, see)                     \
    {#word, kind, false, does, parse, usage},
#define TEXT_LINE(word, kind, usage, explain, see)                             \
    {#word, kind, true, false, NULL, usage},
#include "lines.def"
#undef LINE
#undef TEXT_LINE
};

const struct directive *directive_at(size_t i)
{
    return i < ARRAY_LEN(directives) ? &directives[i] : NULL;
}

const struct directive *directive_find(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(directives); i++)
        if (strcmp(directives[i].word, word) == 0)
            return &directives[i];
    return NULL;
}

bool line_kind_follows(enum line_kind kind)
{
    return kind == LINE_EXPECT || kind == LINE_CLAIM || kind == LINE_MARK ||
           kind == LINE_HIDE || kind == LINE_SHOW;
}

bool line_kind_does(enum line_kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(directives); i++)
        if (directives[i].kind == kind)
            return directives[i].does;
    return true; /* what a process does */
}
