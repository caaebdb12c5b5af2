/* What an expectation asks for: c1.s.state, server.conn.recv_buffer, c1.n,
 * len(server.msg), wire.held, server.sockets.TIME_WAIT. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Subjects of a socket that are no number of the table of fields. */
static const struct {
    const char *word;
    enum subject_kind kind;
} sock_words[] = {
    {"state", SUBJECT_SOCK_STATE},
    {"timer", SUBJECT_SOCK_TIMER},
    {"local", SUBJECT_SOCK_LOCAL},
    {"peer", SUBJECT_SOCK_PEER},
};

static const struct {
    const char *word;
    enum subject_kind kind;
} process_words[] = {
    {"call", SUBJECT_CALL},
    {"result", SUBJECT_RESULT},
    {"error", SUBJECT_ERROR},
    {"elapsed", SUBJECT_ELAPSED},
};

/* The kind of a word behind process and socket; false if there is none. */
static bool find_sock_word(struct subject *s, const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(sock_words); i++) {
        if (strcmp(sock_words[i].word, word) == 0) {
            s->kind = sock_words[i].kind;
            return true;
        }
    }
    s->kind = SUBJECT_SOCK_FIELD;
    s->field = field_find(word);
    return s->field != NULL;
}

static bool find_process_word(struct subject *s, const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(process_words); i++) {
        if (strcmp(process_words[i].word, word) == 0) {
            s->kind = process_words[i].kind;
            return true;
        }
    }
    return false;
}

static bool fail_sock_word(
    struct parser *p, size_t at, const struct subject *s, const char *word)
{
    struct near near = {.word = word};
    struct str all = STR_INIT;
    struct subject other = {0};

    if (find_process_word(&other, word))
        return parse_fail(p, at,
            _("%s belongs to the process, not to a socket: %s.%s"), word,
            s->process, word);
    for (size_t i = 0; i < ARRAY_LEN(sock_words); i++) {
        near_try(&near, sock_words[i].word);
        str_addf(&all, "%s%s", i ? ", " : "", sock_words[i].word);
    }
    for (size_t i = 0; field_at(i); i++) {
        near_try(&near, field_at(i)->name);
        str_addf(&all, ", %s", field_at(i)->name);
    }
    if (near.best) {
        parse_fail(p, at, _("a socket has no %s; did you mean %s.%s.%s?"), word,
            s->process, s->name, near.best);
        parse_fix(p, word, near.best);
    } else
        parse_fail(
            p, at, _("a socket has no %s; it has %s"), word, str_text(&all));
    str_done(&all);
    return false;
}

/* The name behind a dot. */
static bool parse_dot_name(struct parser *p, char **out, size_t *at)
{
    struct lexer *lx = &p->lex;

    if (!lex_take(lx, '.'))
        return parse_fail_here(
            p, _("a dot and a name belong here, as in c1.s.state or c1.n"));
    if (lx->tok.kind != TOKEN_NAME)
        return parse_fail_here(p, _("a name belongs behind the dot"));
    *at = lx->tok.start;
    *out = lex_copy(lx);
    lex_next(lx);
    return true;
}

static bool parse_sockets(struct parser *p, struct subject *s)
{
    struct lexer *lx = &p->lex;
    struct state_word word;

    s->kind = SUBJECT_SOCKETS;
    if (!lex_take(lx, '.'))
        return true;
    size_t at = lx->tok.start;
    char *state = lex_take_hyphenated(lx);
    bool ok = state_word_parse(state, &word) && !word.is_class;
    if (ok)
        s->state = word.state;
    else
        parse_fail(
            p, at, _("a state belongs here, such as ESTABLISHED or TIME_WAIT"));
    free(state);
    return ok;
}

static bool parse_wire_subject(
    struct parser *p, struct subject *s, size_t at, const char *word)
{
    if (strcmp(word, "held") == 0)
        s->kind = SUBJECT_WIRE_HELD;
    else if (strcmp(word, "dropped") == 0)
        s->kind = SUBJECT_WIRE_DROPPED;
    else
        return parse_fail(
            p, at, _("the wire has the counts wire.held and wire.dropped"));
    return true;
}

/* `c1.state` without the socket's name. */
static bool check_variable(struct parser *p, const struct subject *s, size_t at)
{
    struct subject other = {0};

    if (!p->is_prompt && !scopes_has(p->scopes, s->process, s->name) &&
        find_sock_word(&other, s->name))
        return parse_fail(p, at,
            _("%s belongs to a socket: name it too, as in %s.s.%s"), s->name,
            s->process, s->name);
    return parse_check_name(p, s->process, s->name, lex_column(&p->lex, at));
}

/* Behind `process.name`, both read. */
static bool parse_of_process(struct parser *p, struct subject *s, size_t at)
{
    if (!lex_is(&p->lex, '.')) {
        if (find_process_word(s, s->name)) {
            free(s->name);
            s->name = NULL;
            return true;
        }
        s->kind = SUBJECT_VARIABLE;
        return check_variable(p, s, at);
    }
    if (!parse_check_name(p, s->process, s->name, lex_column(&p->lex, at)))
        return false;
    char *word = NULL;
    size_t word_at = 0;
    bool ok = parse_dot_name(p, &word, &word_at) && word &&
              (find_sock_word(s, word) || fail_sock_word(p, word_at, s, word));
    free(word);
    return ok;
}

static bool check_process(struct parser *p, const char *process, size_t at)
{
    if (strcmp(process, "client") == 0)
        return parse_fail(p, at,
            _("client is a host and has only client.sockets; its processes "
              "are c1, c2, ..."));
    if (!parse_check_process(p, process, at))
        return false;
    if (p->is_prompt || strcmp(process, "server") == 0 ||
        scopes_knows(p->scopes, process))
        return true;
    return parse_fail(
        p, at, _("no process %s has done anything so far"), process);
}

static bool parse_dotted_subject(struct parser *p, struct subject *s)
{
    struct lexer *lx = &p->lex;
    size_t start = lx->tok.start;
    size_t at = 0;

    if (lx->tok.kind != TOKEN_NAME)
        return parse_fail_here(
            p, _("say what is expected, as in c1.s.state == ESTABLISHED"));
    s->process = lex_copy(lx);
    lex_next(lx);
    if (!parse_dot_name(p, &s->name, &at))
        return false;
    if (strcmp(s->process, "wire") == 0)
        return parse_wire_subject(p, s, at, s->name);
    for (int h = 0; h < HOST_COUNT; h++) {
        if (strcmp(s->name, "sockets") == 0 &&
            strcmp(s->process, host_name((enum host)h)) == 0) {
            s->host = (enum host)h;
            return parse_sockets(p, s);
        }
    }
    if (strcmp(s->name, "sockets") == 0)
        return parse_fail(p, at,
            _("sockets are counted by host: server.sockets or "
              "client.sockets"));
    return check_process(p, s->process, start) && parse_of_process(p, s, at);
}

static bool parse_len_subject(struct parser *p, struct subject *s)
{
    struct lexer *lx = &p->lex;

    lex_next(lx);
    lex_next(lx);
    size_t start = lx->tok.start;
    if (!parse_dotted_subject(p, s))
        return false;
    if (s->kind != SUBJECT_VARIABLE)
        return parse_fail(
            p, start, _("len() is of a variable: len(server.msg)"));
    s->kind = SUBJECT_LEN;
    if (!lex_take(lx, ')'))
        return parse_fail_here(p, _("len( is not closed: add )"));
    return true;
}

bool parse_subject(struct parser *p, struct subject *out)
{
    struct lexer *lx = &p->lex;
    struct lexer ahead = *lx;
    size_t start = lx->tok.start;

    lex_next(&ahead);
    bool is_len = lex_is_word(lx, "len") && lex_is(&ahead, '(');
    if (is_len ? !parse_len_subject(p, out) : !parse_dotted_subject(p, out))
        return false;
    out->text = lex_copy_part(lx, start, lx->tok.start);
    return true;
}
