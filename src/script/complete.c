/* Cuts the line before the cursor into tokens, finds the word that is being
 * typed, and asks whoever knows what may stand there. */
#include "complete_int.h"

#include "parser.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const kind_names[CANDIDATE_KINDS] = {
    [CANDIDATE_PROCESS] = N_("process"),
    [CANDIDATE_VARIABLE] = N_("name"),
    [CANDIDATE_CALL] = N_("call"),
    [CANDIDATE_CONSTANT] = N_("constant"),
    [CANDIDATE_LINE] = N_("line"),
    [CANDIDATE_WORD] = N_("word"),
    [CANDIDATE_SUBJECT] = N_("subject"),
    [CANDIDATE_STATE] = N_("value"),
    [CANDIDATE_SETTING] = N_("setting"),
    [CANDIDATE_HOST] = N_("host"),
    [CANDIDATE_PORT] = N_("port"),
    [CANDIDATE_FILE] = N_("file"),
    [CANDIDATE_SIZE] = N_("size"),
    [CANDIDATE_EXAMPLE] = N_("example"),
};

const char *candidate_kind_name(enum candidate_kind kind)
{
    return kind_names[kind];
}

/* ---- candidates ---------------------------------------------------------- */

static size_t common_of(const char *a, const char *b, size_t most)
{
    size_t n = 0;

    while (n < most && a[n] && a[n] == b[n])
        n++;
    /* Never in the middle of a character. */
    while (n > 0 && ((unsigned char)a[n] & 0xc0) == 0x80)
        n--;
    return n;
}

void complete_offer(struct completing *c, enum candidate_kind kind,
    const char *text, const char *help)
{
    struct completion *out = c->out;
    size_t word = out->to - out->from;

    if ((c->quoted && kind != CANDIDATE_HOST) ||
        (c->number && kind != CANDIDATE_PORT && kind != CANDIDATE_SIZE))
        return;
    if (out->of.len == COMPLETE_MAX || strlen(text) < word ||
        strncasecmp(text, c->text + out->from, word) != 0)
        return;
    for (size_t i = 0; i < out->of.len; i++)
        if (strcmp(out->of.items[i].text, text) == 0)
            return;
    struct candidate each = {kind, xstrdup(text), help ? help : ""};
    vec_push(&out->of, each);
}

/* Where some begin exactly as what is typed, they are meant. */
static void keep_exact(struct completing *c)
{
    struct completion *out = c->out;
    size_t word = out->to - out->from, kept = 0;

    for (size_t i = 0; i < out->of.len; i++)
        kept += strncmp(out->of.items[i].text, c->text + out->from, word) == 0;
    if (kept == 0)
        return;
    kept = 0;
    for (size_t i = 0; i < out->of.len; i++) {
        struct candidate *each = &out->of.items[i];
        if (strncmp(each->text, c->text + out->from, word) == 0)
            out->of.items[kept++] = *each;
        else
            free(each->text);
    }
    out->of.len = kept;
}

static void find_common(struct completion *out)
{
    out->common = out->of.len ? strlen(out->of.items[0].text) : 0;
    for (size_t i = 1; i < out->of.len; i++)
        out->common = common_of(
            out->of.items[0].text, out->of.items[i].text, out->common);
}

void completion_done(struct completion *c)
{
    for (size_t i = 0; i < c->of.len; i++)
        free(c->of.items[i].text);
    vec_done(&c->of);
    c->from = c->to = c->common = 0;
}

/* ---- tokens -------------------------------------------------------------- */

bool complete_is_op(const struct completing *c, size_t i, int op)
{
    return i < c->count && c->tokens[i].kind == TOKEN_OP &&
           c->tokens[i].op == op;
}

const char *complete_word(
    const struct completing *c, size_t i, char out[COMPLETE_WORD_MAX])
{
    out[0] = '\0';
    if (i >= c->count)
        return out;
    size_t len = c->tokens[i].end - c->tokens[i].start;
    if (len >= COMPLETE_WORD_MAX)
        len = COMPLETE_WORD_MAX - 1;
    memcpy(out, c->lx.text + c->tokens[i].start, len);
    out[len] = '\0';
    return out;
}

bool complete_is_word(const struct completing *c, size_t i, const char *word)
{
    char text[COMPLETE_WORD_MAX];

    return i < c->count && c->tokens[i].kind == TOKEN_NAME &&
           strcmp(complete_word(c, i, text), word) == 0;
}

bool complete_is_glued(const struct completing *c, size_t i)
{
    return i > 0 && i < c->count && c->tokens[i].start == c->tokens[i - 1].end;
}

void complete_widen(struct completing *c, size_t from)
{
    if (from < c->out->from)
        c->out->from = from;
}

char complete_next_char(const struct completing *c)
{
    return c->cursor < c->len ? c->text[c->cursor] : '\0';
}

/* ---- what many places offer ---------------------------------------------- */

static bool has_process(const struct complete_names *names, const char *name)
{
    const char *each;

    for (size_t i = 0;
         names->process_at && (each = names->process_at(names->ctx, i)); i++)
        if (strcmp(each, name) == 0)
            return true;
    return false;
}

static void offer_process(struct completing *c, const char *name,
    const char *suffix, const char *help)
{
    struct str text = STR_INIT;

    str_addf(&text, "%s%s", name, suffix);
    complete_offer(c, CANDIDATE_PROCESS, str_text(&text), help);
    str_done(&text);
}

void complete_processes(struct completing *c, const char *suffix, bool fresh)
{
    const struct complete_names *names = c->names;
    const char *each;
    char name[COMPLETE_WORD_MAX];
    int n = 0;

    for (size_t i = 0;
         names->process_at && (each = names->process_at(names->ctx, i)); i++)
        offer_process(c, each, suffix, "");
    if (!fresh)
        return;
    offer_process(c, "server", suffix, N_("the process on the server's host"));
    do {
        snprintf(name, sizeof name, "c%d", ++n);
    } while (has_process(names, name));
    offer_process(c, name, suffix, N_("a new process on the client's host"));
}

void complete_variables(struct completing *c, const char *process,
    bool sockets_only, const char *suffix)
{
    const struct complete_names *names = c->names;
    const char *each;

    for (size_t i = 0; names->variable_at &&
                       (each = names->variable_at(names->ctx, process, i));
         i++) {
        bool sock =
            names->is_socket && names->is_socket(names->ctx, process, each);
        if (sockets_only && !sock)
            continue;
        struct str text = STR_INIT;
        str_addf(&text, "%s%s", each, sock ? suffix : "");
        complete_offer(c, CANDIDATE_VARIABLE, str_text(&text),
            sock ? N_("a socket of this process") : "");
        str_done(&text);
    }
}

void complete_hosts(struct completing *c)
{
    for (int h = 0; h < HOST_COUNT; h++)
        complete_offer(c, CANDIDATE_WORD, host_name((enum host)h), "");
}

/* ---- a line -------------------------------------------------------------- */

static void offer_lines(struct completing *c)
{
    const struct directive *d;

    for (size_t i = 0; (d = directive_at(i)) != NULL; i++) {
        struct str text = STR_INIT;
        bool alone = strchr(d->usage, ' ') == NULL;
        str_addf(&text, "%s%s", d->word, alone ? "" : " ");
        complete_offer(c, CANDIDATE_LINE, str_text(&text), d->usage);
        str_done(&text);
    }
}

static void complete_line_start(struct completing *c)
{
    const char *colon = complete_next_char(c) == ':' ? "" : ": ";

    complete_processes(c, colon, true);
    if (c->names->process)
        complete_statement(c, c->names->process, 0);
    offer_lines(c);
}

/* The index behind `PROCESS:` or `PROCESS..PROCESS:`; 0: there is none. */
static size_t behind_process(const struct completing *c)
{
    size_t at = 0;

    if (c->count == 0 || c->tokens[0].kind != TOKEN_NAME)
        return 0;
    while (at < c->count && at < 6 && !complete_is_op(c, at, ':'))
        at++;
    return complete_is_op(c, at, ':') ? at + 1 : 0;
}

static void complete_line(struct completing *c)
{
    char word[COMPLETE_WORD_MAX];
    size_t first = behind_process(c);

    if (c->count == 0) {
        complete_line_start(c);
        return;
    }
    complete_word(c, 0, word);
    bool assigns = complete_is_op(c, 1, '=') || complete_is_op(c, 1, ',');
    if (first == 0 && !assigns && c->tokens[0].kind == TOKEN_NAME &&
        complete_directive(c, word))
        return;
    if (first > 0)
        complete_statement(c, complete_word(c, 0, word), first);
    else if (c->names->process)
        complete_statement(c, c->names->process, 0);
}

/* ---- what is typed ------------------------------------------------------- */

static bool is_host_char(char ch)
{
    return lex_is_name_char(ch) || ch == '.' || ch == '-';
}

/* Whether the word may be a host's name in a literal that is open: where its
 * quote stands, which is where the tokens before it end. */
static bool find_quote(struct completing *c, size_t *quote)
{
    size_t at = c->out->from;

    while (at > 0 && is_host_char(c->text[at - 1]))
        at--;
    if (at == 0 || (c->text[at - 1] != '\'' && c->text[at - 1] != '"'))
        return false;
    *quote = at - 1;
    return true;
}

static bool is_number(const struct completing *c)
{
    char first = c->out->from < c->cursor ? c->text[c->out->from] : '\0';

    return first >= '0' && first <= '9';
}

/* The tokens before `end`, where a word of so many bytes ends that is one of
 * the line. False inside a literal or a comment, and where no word can stand:
 * a letter put behind it must become part of a name. */
static bool take_tokens(struct completing *c, size_t end, size_t word)
{
    struct str head = STR_INIT;
    struct token last = {0};

    c->count = 0;
    lex_done(&c->lx);
    str_addn(&head, c->text, end);
    str_addc(&head, '_');
    lex_init(&c->lx, str_text(&head), head.len, 1);
    str_done(&head);
    for (;;) {
        const struct token *tok = &c->lx.tok;
        if (tok->kind == TOKEN_END || tok->kind == TOKEN_BAD)
            break;
        if (c->count == COMPLETE_TOKENS_MAX)
            return false;
        last = *tok;
        c->tokens[c->count++] = last;
        lex_next(&c->lx);
    }
    if (c->lx.tok.kind == TOKEN_BAD || c->count == 0 ||
        last.kind != TOKEN_NAME || last.end != c->lx.len ||
        c->lx.text[last.end - 1] != '_')
        return false;
    c->count--;
    /* The same word in what was typed; other letters are none of a name. */
    return last.end - last.start - 1 == word;
}

static bool take_any_tokens(struct completing *c)
{
    size_t from = c->out->from, quote;

    c->number = is_number(c);
    if (c->number && take_tokens(c, from, 0))
        return true;
    c->number = false;
    if (take_tokens(c, c->cursor, c->cursor - from))
        return true;
    if (!find_quote(c, &quote) || !take_tokens(c, quote, 0))
        return false;
    c->quoted = true;
    complete_widen(c, quote + 1);
    return true;
}

static bool is_plain(const char *text, size_t len)
{
    if (!utf8_valid(text, len))
        return false;
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\t') ||
            text[i] == 0x7f)
            return false;
    return true;
}

/* `include` takes a path, which is no token. */
static bool complete_include(struct completing *c)
{
    static const char word[] = "include";
    size_t at = 0;

    while (at < c->cursor && lex_is_blank(c->text[at]))
        at++;
    if (c->cursor < at + sizeof word ||
        strncmp(c->text + at, word, sizeof word - 1) != 0 ||
        !lex_is_blank(c->text[at + sizeof word - 1]))
        return false;
    at += sizeof word - 1;
    while (at < c->cursor && lex_is_blank(c->text[at]))
        at++;
    c->out->from = at;
    return true;
}

static void add_file(void *to, const char *path)
{
    complete_offer(to, CANDIDATE_FILE, path, "");
}

static void offer_files(struct completing *c)
{
    char *prefix = xstrndup(c->text + c->out->from, c->cursor - c->out->from);

    if (c->names->files)
        c->names->files(c->names->ctx, prefix, add_file, c);
    free(prefix);
}

void complete(struct completion *out, const char *text, size_t len,
    size_t cursor, const struct complete_names *names)
{
    struct completing c = {
        .out = out, .names = names, .text = text, .len = len, .cursor = cursor};

    completion_done(out);
    out->from = out->to = cursor;
    if (!is_plain(text, cursor))
        return;
    while (out->from > 0 && lex_is_name_char(text[out->from - 1]))
        out->from--;
    if (complete_include(&c)) {
        offer_files(&c);
    } else {
        if (take_any_tokens(&c))
            complete_line(&c);
        lex_done(&c.lx);
    }
    keep_exact(&c);
    find_common(out);
}
