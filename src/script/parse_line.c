/* Lines: which kind each is, blocks of a process, Markdown fences around
 * pasted code. One line makes at most one struct script_line. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAB_WIDTH 8

/* The block that is open: `server:` alone, and the indented lines below. */
struct block {
    bool is_open, has_lines;
    int line, column;
    size_t indent;
    char **processes;
    size_t process_count;
    char *header; /* "c1..c3" */
    bool in_fence;
    bool fence_is_flush; /* as far left as the block: so are its lines */
    bool around;         /* a fence was opened before any block: its end is
                            none of a block's */
};

static void block_close(struct block *b)
{
    parse_free_names(b->processes, b->process_count);
    free(b->header);
    *b = (struct block){.around = b->around};
}

/* ---- processes ---------------------------------------------------------- */

static size_t digits_at(const char *name)
{
    size_t len = strlen(name);

    while (len > 0 && name[len - 1] >= '0' && name[len - 1] <= '9')
        len--;
    return len;
}

/* c1..c5: the same letters, ascending numbers. */
static bool expand(struct parser *p, size_t at, const char *first,
    const char *last, char ***names, size_t *count)
{
    size_t prefix = digits_at(first);
    bool same = prefix == digits_at(last) && strncmp(first, last, prefix) == 0;

    if (!same || !first[prefix] || !last[prefix])
        return parse_fail(p, at,
            _("%s..%s: both have the same letters and a number, as in c1..c5"),
            first, last);
    long from = strtol(first + prefix, NULL, 10);
    long to = strtol(last + prefix, NULL, 10);
    if (first[prefix] == '0' || last[prefix] == '0')
        return parse_fail(p, at, _("numbers of processes begin at 1: c1..c5"));
    if (from >= to)
        return parse_fail(
            p, at, _("the numbers of %s..%s must rise"), first, last);
    if (to - from >= PARSE_FANOUT_MAX)
        return parse_fail(p, at, _("at most %d processes can be named at once"),
            PARSE_FANOUT_MAX);
    *names = xcalloc((size_t)(to - from) + 1, sizeof(char *));
    for (long n = from; n <= to; n++) {
        struct str name = STR_INIT;
        str_addf(&name, "%.*s%ld", (int)prefix, first, n);
        (*names)[(*count)++] = str_steal(&name);
    }
    return true;
}

static bool parse_last_process(
    struct parser *p, size_t start, const char *first, char **last)
{
    struct lexer *lx = &p->lex;

    if (lex_is(lx, LEX_OP3('.', '.', '.')))
        return parse_fail_here(p, _("two dots: c1..c5"));
    if (!lex_take(lx, LEX_OP2('.', '.')))
        return true;
    if (lx->tok.kind != TOKEN_NAME)
        return parse_fail_here(p, _("both ends are written out: c1..c5"));
    size_t at = lx->tok.start;
    *last = lex_copy(lx);
    lex_next(lx);
    return parse_check_process(p, first, start) &&
           parse_check_process(p, *last, at);
}

bool parse_processes(struct parser *p, char ***names, size_t *count)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;
    char *first = NULL;
    char *last = NULL;
    bool ok = parse_word(p, &first, "c1: s = socket()") &&
              parse_last_process(p, start, first, &last) &&
              parse_check_process(p, first, start);

    if (ok && !lex_is(lx, ':'))
        ok = parse_fail_here(
            p, _("a process and a colon belong here, as in c1: .."));
    if (ok && last) {
        ok = expand(p, start, first, last, names, count);
    } else if (ok) {
        *names = xcalloc(1, sizeof(char *));
        (*names)[(*count)++] = first;
        first = NULL;
    }
    free(first);
    free(last);
    if (ok)
        lex_next(lx);
    return ok;
}

/* Whether `c1:` or `c1..c5:` stands here. */
static bool at_processes(const struct lexer *lx)
{
    struct lexer ahead = *lx;

    if (ahead.tok.kind != TOKEN_NAME)
        return false;
    lex_next(&ahead);
    if (lex_is(&ahead, LEX_OP2('.', '.')) ||
        lex_is(&ahead, LEX_OP3('.', '.', '.'))) {
        lex_next(&ahead);
        if (ahead.tok.kind != TOKEN_NAME && ahead.tok.kind != TOKEN_INT)
            return false;
        lex_next(&ahead);
    }
    return lex_is(&ahead, ':');
}

/* ---- statements of processes -------------------------------------------- */

static bool check_names(
    struct parser *p, const char *process, const struct expr *x)
{
    if (!x)
        return true;
    if ((x->kind == EXPR_NAME || x->kind == EXPR_FILENO) &&
        !parse_check_name(p, process, x->name, x->column))
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (!check_names(p, process, x->items[i]))
            return false;
    return true;
}

/* Names that the process has by now, then those it gets. */
static bool check_scope(
    struct parser *p, const struct statement *st, const char *process)
{
    scopes_meet(p->scopes, process);
    if (st->variable &&
        !parse_check_name(p, process, st->variable, st->variable_column))
        return false;
    for (size_t i = 0; i < st->argc; i++)
        if (!check_names(p, process, st->args[i]))
            return false;
    if (!check_names(p, process, st->expr))
        return false;
    bool forks = st->def && st->def->returns == CALL_RETURNS_PROCESS;
    if (forks && !scopes_fork(p->scopes, process, st->targets[0]))
        return parse_fail_at(
            p, st->column, _("fork() of a fork() of a fork() .. is too deep"));
    for (size_t i = 0; i < st->target_count; i++)
        scopes_define(p->scopes, process, st->targets[i]);
    return true;
}

static bool check_fork(struct parser *p, const struct script_line *l)
{
    const struct statement *st = &l->statement;

    if (!st->def || st->def->returns != CALL_RETURNS_PROCESS)
        return true;
    if (l->process_count > 1 || l->number > 1)
        return parse_fail_at(p, st->column,
            _("there can be only one process %s: one fork() a line"),
            st->targets[0]);
    return true;
}

bool parse_process_statement(struct parser *p)
{
    struct script_line *l = p->out;

    p->calls += l->process_count;
    if (p->calls > PARSE_CALLS_MAX)
        return parse_fail_here(
            p, _("a script makes at most %d calls"), PARSE_CALLS_MAX);
    if (!parse_statement(p, &l->statement) || !check_fork(p, l))
        return false;
    for (size_t i = 0; i < l->process_count; i++)
        if (!check_scope(p, &l->statement, l->processes[i]))
            return false;
    return true;
}

/* ---- one line ----------------------------------------------------------- */

static struct script_line *line_new(struct parser *p, enum line_kind kind)
{
    struct script_line *l = xcalloc(1, sizeof *l);

    l->kind = kind;
    l->file = p->file;
    l->line = p->line;
    p->out = l;
    return l;
}

/* Whether it belongs to the step of a line before it; see player_next(). */
static bool goes_along(const struct script *s, enum line_kind kind)
{
    size_t i = s->lines.len;

    if (!line_kind_follows(kind))
        return false;
    while (i > 0) {
        enum line_kind before = s->lines.items[--i]->kind;

        if (line_kind_does(before))
            return true;
        if (!line_kind_follows(before))
            return false;
    }
    return false;
}

/* Lines of an included file were typed by nobody. */
static void keep_typed(struct parser *p, const struct script_line *l)
{
    if (p->is_prompt && p->file == p->script->files.items[0])
        vec_push(&p->script->typed, xstrdup(l->source));
}

/* Adds the line to the script, or frees it. */
static bool line_finish(struct parser *p, bool ok)
{
    struct script_line *l = p->out;

    p->out = NULL;
    if (!ok || p->script->lines.len >= PARSE_CALLS_MAX) {
        if (ok)
            parse_fail_at(
                p, 1, _("a script has at most %d lines"), PARSE_CALLS_MAX);
        script_line_free(l);
        return false;
    }
    if (line_kind_does(l->kind) && !goes_along(p->script, l->kind))
        vec_push(&p->script->steps, p->script->lines.len);
    keep_typed(p, l);
    vec_push(&p->script->lines, l);
    return true;
}

/* Behind the word of title, note, ask, option, try: `*`, `.ko`, then text. */
static bool parse_text_line(
    struct parser *p, const struct directive *d, const char *rest, int column)
{
    struct script_line *l = p->out;
    const char *at = rest;

    snprintf(l->lang, sizeof l->lang, "en");
    for (int i = 0; i < 2; i++) {
        if (*at == '*' && l->kind == LINE_OPTION && !l->on) {
            l->on = true;
            at++;
        }
        if (strncmp(at, ".ko", 3) == 0 || strncmp(at, ".en", 3) == 0) {
            snprintf(l->lang, sizeof l->lang, "%.2s", at + 1);
            at += 3;
        }
    }
    column += (int)(at - rest);
    if (*at == '.')
        return parse_fail_at(
            p, column, _("the languages are en and ko: %s.ko"), d->word);
    if (*at && !lex_is_blank(*at))
        return parse_fail_at(p, column,
            _("a blank belongs between %s and its text: %s"), d->word,
            d->usage);
    at += strspn(at, " \t");
    l->text = xstrdup(at);
    if (!*at)
        return parse_fail_at(p, column, _("the text is missing: %s"), d->usage);
    return true;
}

/* At the prompt `name = 'x'` gives a variable a value. */
static bool is_assignment(const char *rest)
{
    rest += strspn(rest, " \t");
    return rest[0] == '=' && rest[1] != '=';
}

/* The directive that the line begins with, NULL: none. */
static const struct directive *directive_of(
    const struct parser *p, const char *text, size_t *len)
{
    char word[16];

    *len = 0;
    while (lex_is_name_char(text[*len]))
        ++*len;
    if (*len == 0 || *len >= sizeof word)
        return NULL;
    memcpy(word, text, *len);
    word[*len] = '\0';
    const struct directive *d = directive_find(word);
    /* `try:` is Python, `wire: ..` somebody's process. */
    if (d && text[*len + strspn(text + *len, " \t")] == ':')
        return NULL;
    if (d && p->is_prompt && is_assignment(text + *len))
        return NULL;
    return d;
}

static bool parse_directive(struct parser *p, const struct directive *d,
    const char *text, size_t word_len, int column)
{
    struct script_line *l = line_new(p, d->kind);
    bool ok;

    l->column = column;
    if (d->is_text) {
        l->source = xstrdup(text);
        ok = parse_text_line(p, d, text + word_len, column + (int)word_len);
        return line_finish(p, ok);
    }
    lex_init(&p->lex, text, strlen(text), column);
    l->source = xstrdup(p->lex.text);
    lex_next(&p->lex);
    ok = d->parse(p) && parse_end(p);
    lex_done(&p->lex);
    if (ok && strcmp(d->word, "include") == 0) {
        keep_typed(p, l);
        script_line_free(l);
        p->out = NULL;
        return true;
    }
    return line_finish(p, ok);
}

static void copy_names(struct script_line *l, char **names, size_t count)
{
    l->processes = xcalloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++)
        l->processes[l->process_count++] = xstrdup(names[i]);
}

static bool parse_block_line(
    struct parser *p, struct block *b, const char *text, int column)
{
    struct script_line *l = line_new(p, LINE_PROCESS);
    struct str source = STR_INIT;

    lex_init(&p->lex, text, strlen(text), column);
    l->column = column;
    str_addf(&source, "%s: %s", b->header, p->lex.text);
    l->source = str_steal(&source);
    bool ok = true;
    /* What is cheap is checked before a large fan-out is copied. */
    if (p->calls + b->process_count > PARSE_CALLS_MAX)
        ok = parse_fail_here(
            p, _("a script makes at most %d calls"), PARSE_CALLS_MAX);
    if (ok) {
        copy_names(l, b->processes, b->process_count);
        ok = parse_process_statement(p);
    }
    lex_done(&p->lex);
    b->has_lines = true;
    return line_finish(p, ok);
}

static bool open_block(
    struct parser *p, struct block *b, size_t indent, int column)
{
    bool ok = parse_processes(p, &b->processes, &b->process_count);

    if (!ok)
        return false;
    b->is_open = true;
    b->line = p->line;
    b->column = column;
    b->indent = indent;
    b->header = lex_copy_part(&p->lex, 0, strcspn(p->lex.text, ":"));
    return true;
}

/* What a line without process means at the prompt. */
static bool parse_prompt_statement(struct parser *p)
{
    char *process;

    if (!p->prompt_process)
        return parse_fail_no_process(p);
    process = xstrdup(p->prompt_process);
    copy_names(p->out, &process, 1);
    free(process);
    return parse_process_statement(p);
}

/* Two words side by side are no Python: somebody meant a directive. */
static bool looks_like_directive(const struct lexer *lx)
{
    struct lexer ahead = *lx;

    lex_next(&ahead);
    return lx->tok.kind == TOKEN_NAME && ahead.tok.kind != TOKEN_OP &&
           ahead.tok.kind != TOKEN_END && !lex_is_word(lx, "import") &&
           !lex_is_word(lx, "from") && !lex_is_word(lx, "print");
}

static bool is_block_header(const struct lexer *lx)
{
    return at_processes(lx) && lx->len > 0 && lx->text[lx->len - 1] == ':' &&
           !memchr(lx->text, ':', lx->len - 1);
}

static bool parse_plain_line(struct parser *p, struct block *b,
    const char *text, size_t indent, int column)
{
    bool ok;

    lex_init(&p->lex, text, strlen(text), column);
    char *word = lex_copy(&p->lex);
    bool is_keyword =
        strcmp(word, "import") != 0 && parse_is_python_keyword(word);
    if (is_keyword)
        parse_fail_python_keyword(p, word);
    free(word);
    if (is_keyword || is_block_header(&p->lex)) {
        ok = !is_keyword && open_block(p, b, indent, column);
        lex_done(&p->lex);
        return ok;
    }
    struct script_line *l = line_new(p, LINE_PROCESS);
    l->column = column;
    l->source = xstrdup(p->lex.text);
    if (at_processes(&p->lex))
        ok = parse_processes(p, &l->processes, &l->process_count) &&
             parse_process_statement(p);
    else if (p->is_prompt && !looks_like_directive(&p->lex))
        ok = parse_prompt_statement(p);
    else
        ok = parse_fail_no_process(p);
    lex_done(&p->lex);
    return line_finish(p, ok);
}

static bool end_block(struct parser *p, struct block *b)
{
    bool ok = true;

    if (b->is_open && !b->has_lines) {
        p->line = b->line;
        ok = parse_fail_at(p, b->column,
            _("nothing stands below %s: write the call behind the colon, or "
              "on the next lines, indented"),
            b->header);
    }
    block_close(b);
    return ok;
}

static bool is_fence(const char *text)
{
    return strncmp(text, "```", 3) == 0 || strncmp(text, "~~~", 3) == 0;
}

/* One with a word behind it (```Python) never closes. */
static bool take_fence(
    struct parser *p, struct block *b, const char *text, size_t indent)
{
    bool bare = text[strspn(text, "`~")] == '\0';
    bool closes = bare && b->around && !b->in_fence &&
                  (!b->is_open || indent <= b->indent);

    if (closes || !b->is_open) {
        b->around = !closes;
        return end_block(p, b);
    }
    b->in_fence = !b->in_fence;
    b->fence_is_flush = b->in_fence && indent <= b->indent;
    return true;
}

/* A line that is not blank: `text` is its part from `column` on. */
static bool parse_line(struct parser *p, struct block *b, const char *text,
    size_t indent, int column)
{
    size_t word_len;

    if (is_fence(text))
        return take_fence(p, b, text, indent);
    if (*text == '#')
        return true;
    if (b->is_open &&
        (indent > b->indent || (b->in_fence && b->fence_is_flush)))
        return parse_block_line(p, b, text, column);
    if (!end_block(p, b))
        return false;
    const struct directive *d = directive_of(p, text, &word_len);
    if (d)
        return parse_directive(p, d, text, word_len, column);
    return parse_plain_line(p, b, text, indent, column);
}

/* ---- text --------------------------------------------------------------- */

/* The column of the first byte that no script may hold, 0 if there is none. */
static int bad_column(const char *line, size_t len, uint32_t *cp)
{
    int column = 1;

    for (size_t at = 0; at < len; column++) {
        size_t n = utf8_decode(line + at, len - at, cp);
        if (*cp == 0xfffd && n == 1)
            return column;
        if ((*cp < 0x20 && *cp != '\t') || (*cp >= 0x7f && *cp < 0xa0))
            return column;
        at += n;
    }
    return 0;
}

static bool check_bytes(struct parser *p, const char *line, size_t len)
{
    uint32_t cp = 0;
    int column;

    if (len > PARSE_LINE_MAX)
        return parse_fail_at(p, 1, _("this line is too long"));
    column = bad_column(line, len, &cp);
    if (column == 0)
        return true;
    if (cp == 0xfffd)
        return parse_fail_at(
            p, column, _("this is not UTF-8: save the file in that encoding"));
    return parse_fail_at(p, column,
        _("a control character (0x%02x) has no place in a script"),
        (unsigned)cp);
}

/* One line without its end. */
static bool parse_raw_line(
    struct parser *p, struct block *b, const char *raw, size_t len)
{
    size_t indent = 0;
    size_t at = 0;

    while (len > 0 && (raw[len - 1] == '\r' || lex_is_blank(raw[len - 1])))
        len--;
    if (!check_bytes(p, raw, len))
        return false;
    for (; at < len && lex_is_blank(raw[at]); at++)
        indent =
            raw[at] == ' ' ? indent + 1 : (indent / TAB_WIDTH + 1) * TAB_WIDTH;
    if (at == len)
        return true;
    char *text = xstrndup(raw + at, len - at);
    bool ok = parse_line(p, b, text, indent, (int)at + 1);
    free(text);
    return ok;
}

bool parse_text(struct parser *p, const char *text, size_t len)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct block block = {0};
    bool ok = true;

    if (len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        len -= 3;
    }
    while (ok && len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t line_len = end ? (size_t)(end - text) : len;
        size_t taken = end ? line_len + 1 : line_len;
        p->line++;
        ok = parse_raw_line(p, &block, text, line_len);
        text += taken;
        len -= taken;
    }
    if (ok)
        ok = end_block(p, &block);
    block_close(&block);
    return ok;
}
