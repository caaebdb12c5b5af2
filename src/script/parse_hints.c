/* The first mistakes of every class, each with what to write instead. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Python ------------------------------------------------------------- */

static const char *const python_keywords[] = {"while", "for", "if", "elif",
    "else", "def", "class", "with", "try", "except", "finally", "return",
    "lambda", "global", "nonlocal", "del", "assert", "raise", "yield", "async",
    "await", "pass", "break", "continue", "not", "and", "or", "in", "is"};

bool parse_is_python_keyword(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(python_keywords); i++)
        if (strcmp(python_keywords[i], word) == 0)
            return true;
    return false;
}

bool parse_fail_python_keyword(struct parser *p, const char *word)
{
    if (strcmp(word, "for") == 0 || strcmp(word, "while") == 0)
        return parse_fail_here(p,
            _("%s is not in the notation: put the program in a file, c1: $ "
              "python3 client.py; to make one call several times write repeat "
              "3 c1: s.send(b'x')"),
            word);
    return parse_fail_here(p,
        _("%s is not in the notation: put the program in a file, c1: $ "
          "python3 client.py"),
        word);
}

/* ---- names -------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool check_length(struct parser *p, const char *name, size_t offset)
{
    if (strlen(name) <= PARSE_NAME_MAX)
        return true;
    return parse_fail(
        p, offset, _("a name has at most %d letters"), PARSE_NAME_MAX);
}

bool parse_check_target(struct parser *p, const char *name, size_t offset)
{
    static const char *const reserved[] = {
        "call", "result", "error", "elapsed", "sockets"};
    static const char *const taken[] = {
        "socket", "os", "struct", "len", "print", "import", "from"};

    if (is_one_of(name, reserved, ARRAY_LEN(reserved)))
        return parse_fail(p, offset,
            _("%s is a word of expect (c1.%s) and can't be a variable: choose "
              "another name"),
            name, name);
    if (is_one_of(name, taken, ARRAY_LEN(taken)))
        return parse_fail(p, offset,
            _("%s is Python's own name: choose another one, such as s"), name);
    if (strcmp(name, "True") == 0 || strcmp(name, "False") == 0 ||
        strcmp(name, "None") == 0 || parse_is_python_keyword(name))
        return parse_fail(
            p, offset, _("%s is a word of Python, not a name"), name);
    return check_length(p, name, offset);
}

bool parse_check_process(struct parser *p, const char *name, size_t offset)
{
    if (strcasecmp(name, "client") == 0)
        return parse_fail(p, offset,
            _("client is a host; the processes on it are c1, c2, ...: write "
              "c1:"));
    if (strcasecmp(name, "wire") == 0)
        return parse_fail(p, offset,
            _("wire is no process; its lines have no colon: wire hold"));
    if (strcasecmp(name, "server") == 0 && strcmp(name, "server") != 0)
        return parse_fail(
            p, offset, _("the server process is written server:"));
    const struct directive *d = directive_find(name);
    if (d)
        return parse_fail(p, offset,
            _("%s is a line of its own and no process; it has no colon: %s"),
            name, d->usage);
    if (parse_is_python_keyword(name))
        return parse_fail(
            p, offset, _("%s is a word of Python, not a name"), name);
    return check_length(p, name, offset);
}

/* ---- calls -------------------------------------------------------------- */

/* The same call with another receiver. */
static bool fail_other_receiver(struct parser *p, enum call_receiver on,
    const char *variable, const char *name, size_t offset)
{
    bool is_os = strcmp(name, "read") == 0 || strcmp(name, "write") == 0;

    if (on != CALL_ON_SOCKET && call_find(CALL_ON_SOCKET, name))
        return parse_fail(p, offset,
            _("%s() is called on a socket, by its name: s.%s(..)"), name, name);
    if (on != CALL_ON_MODULE && call_find(CALL_ON_MODULE, name))
        return parse_fail(
            p, offset, _("%s() stands alone: x = %s(..)"), name, name);
    if (on != CALL_ON_OS && is_os && call_find(CALL_ON_OS, name))
        return parse_fail(p, offset,
            _("%s() is a call of os: os.%s(%s.fileno(), ..)"), name, name,
            variable ? variable : "s");
    return true;
}

static const char *receiver_text(enum call_receiver on)
{
    switch (on) {
    case CALL_ON_SOCKET:
        return _("on a socket");
    case CALL_ON_OS:
        return _("of os");
    default:
        return _("that stands alone");
    }
}

static void list_calls(enum call_receiver on, struct str *out)
{
    for (size_t i = 0; call_at(i); i++)
        if (call_at(i)->on == on)
            str_addf(out, "%s%s", out->len ? ", " : "", call_at(i)->name);
}

static bool is_python_function(const char *name)
{
    static const char *const functions[] = {"int", "str", "bytes", "input",
        "open", "range", "repr", "bytearray", "float", "list", "tuple", "type",
        "dict", "bool", "format", "min", "max", "sum"};

    return is_one_of(name, functions, ARRAY_LEN(functions));
}

bool parse_fail_no_call(struct parser *p, enum call_receiver on,
    const char *variable, const char *name, size_t offset)
{
    struct near near = {.word = name};
    struct str all = STR_INIT;

    if (on == CALL_ON_SOCKET && strcmp(variable, "time") == 0)
        return parse_fail(p, offset,
            _("processes don't sleep; write a line of its own: wait 2s"));
    if (!fail_other_receiver(p, on, variable, name, offset))
        return false;
    if (on == CALL_ON_MODULE && is_python_function(name))
        return parse_fail(p, offset,
            _("%s() is not in the notation; an expression is made of names, "
              "numbers, b'..', '..', +, -, *, [..], len(), .encode(), "
              ".decode() and (a, b)"),
            name);
    for (size_t i = 0; call_at(i); i++)
        if (call_at(i)->on == on)
            near_try(&near, call_at(i)->name);
    list_calls(on, &all);
    if (near.best) {
        parse_fail(p, offset,
            _("the stage has no call %s() %s; did you mean %s()?"), name,
            receiver_text(on), near.best);
        parse_fix(p, name, near.best);
    } else
        parse_fail(p, offset, _("the stage has no call %s() %s; it has %s"),
            name, receiver_text(on), str_text(&all));
    str_done(&all);
    return false;
}

/* ---- lines without a process -------------------------------------------- */

static bool is_host_call(const char *text)
{
    return strstr(text, "bind(") || strstr(text, "listen(") ||
           strstr(text, "accept(");
}

static bool fail_who(struct parser *p)
{
    char *text = parse_quote(p, p->lex.tok.start, p->lex.len);

    parse_fail_here(p, _("say which process does this: %s: %s"),
        is_host_call(text) ? "server" : "c1", text);
    free(text);
    return false;
}

/* c1, c2: .. */
static bool is_process_list(const struct lexer *lx)
{
    struct lexer ahead = *lx;

    lex_next(&ahead);
    while (lex_take(&ahead, ',') && ahead.tok.kind == TOKEN_NAME)
        lex_next(&ahead);
    return lex_is(&ahead, ':');
}

static bool is_dotted_call(const struct lexer *lx)
{
    struct lexer ahead = *lx;

    for (int i = 0; i < 2; i++) {
        lex_next(&ahead);
        if (!lex_take(&ahead, '.') || ahead.tok.kind != TOKEN_NAME)
            return false;
    }
    lex_next(&ahead);
    return lex_is(&ahead, '(');
}

bool parse_check_no_dotted_call(struct parser *p)
{
    if (!is_dotted_call(&p->lex))
        return true;
    char *process = lex_copy(&p->lex);
    char *rest = parse_quote(p, p->lex.tok.end + 1, p->lex.len);

    parse_fail_here(p,
        _("the process stands before a colon, not before a dot: write %s: %s"),
        process, rest);
    free(process);
    free(rest);
    return false;
}

/* server, c1, and whoever has done something already. */
static bool is_process(const struct parser *p, const char *word)
{
    size_t digits = strlen(word);

    while (digits > 0 && strchr("0123456789", word[digits - 1]))
        digits--;
    return strcmp(word, "server") == 0 ||
           (digits == 1 && word[0] == 'c' && word[1]) ||
           scopes_knows(p->scopes, word);
}

static bool fail_unknown_word(struct parser *p)
{
    char *word = lex_copy(&p->lex);
    struct near near = {.word = word};

    if (is_process(p, word)) {
        char *rest = parse_quote(p, p->lex.tok.end, p->lex.len);
        parse_fail_here(p, _("a colon is missing: write %s: %s"), word, rest);
        free(rest);
        free(word);
        return false;
    }

    for (size_t i = 0; directive_at(i); i++)
        near_try(&near, directive_at(i)->word);
    const struct directive *d = near.best ? directive_find(near.best) : NULL;
    if (d) {
        parse_fail_here(
            p, _("no line begins with %s; did you mean %s?"), word, d->usage);
        parse_fix(p, word, d->word);
    } else
        parse_fail_here(p,
            _("no line begins with %s; a line is PROCESS: CALL, or a word "
              "such as wire, expect, note, wait"),
            word);
    free(word);
    return false;
}

bool parse_fail_no_process(struct parser *p)
{
    struct lexer *lx = &p->lex;
    struct lexer ahead = *lx;

    if (lx->tok.kind == TOKEN_BAD)
        return parse_fail_here(p, "%s", "");
    if (lex_is(lx, '$'))
        return fail_who(p);
    if (lx->tok.kind != TOKEN_NAME)
        return parse_fail_here(p,
            _("a line begins with a process and a colon, c1: s = socket(), or "
              "with a word such as wire, expect, note"));
    char *word = lex_copy(lx);
    bool is_keyword = parse_is_python_keyword(word);
    if (is_keyword)
        parse_fail_python_keyword(p, word);
    free(word);
    if (is_keyword)
        return false;
    if (!parse_check_no_dotted_call(p))
        return false;
    lex_next(&ahead);
    if (lex_is(&ahead, ',') && is_process_list(lx))
        return parse_fail_here(
            p, _("several processes are written c1..c3:, or on a line each"));
    if (lex_is_word(lx, "import") || lex_is_word(lx, "from") ||
        lex_is_word(lx, "print") || ahead.tok.kind == TOKEN_OP)
        return fail_who(p);
    return fail_unknown_word(p);
}
