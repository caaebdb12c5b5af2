/* Expectations: a comparison, a list of segments, or silence of the wire. What
 * may stand on the right side follows from the subject on the left. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

/* What a subject is compared with. */
enum right_side {
    RIGHT_STATE,
    RIGHT_TIMER,
    RIGHT_CALL,
    RIGHT_ERROR,
    RIGHT_NUMBER,
    RIGHT_DURATION,
    RIGHT_ADDRESS,
    RIGHT_VALUE,
};

static enum right_side right_side_of(const struct subject *s)
{
    switch (s->kind) {
    case SUBJECT_SOCK_STATE:
        return RIGHT_STATE;
    case SUBJECT_SOCK_TIMER:
        return RIGHT_TIMER;
    case SUBJECT_CALL:
        return RIGHT_CALL;
    case SUBJECT_ERROR:
        return RIGHT_ERROR;
    case SUBJECT_ELAPSED:
        return RIGHT_DURATION;
    case SUBJECT_SOCK_LOCAL:
    case SUBJECT_SOCK_PEER:
        return RIGHT_ADDRESS;
    case SUBJECT_RESULT:
    case SUBJECT_VARIABLE:
        return RIGHT_VALUE;
    case SUBJECT_SOCK_FIELD:
        return s->field->unit == UNIT_NS ? RIGHT_DURATION : RIGHT_NUMBER;
    default:
        return RIGHT_NUMBER;
    }
}

/* ---- words -------------------------------------------------------------- */

static bool is_call_word(const char *word)
{
    for (size_t i = 0; call_at(i); i++)
        if (strcmp(call_at(i)->name, word) == 0)
            return true;
    return false;
}

static bool fail_call_word(struct parser *p, size_t at, const char *word)
{
    struct near near = {.word = word};

    for (size_t i = 0; call_at(i); i++)
        near_try(&near, call_at(i)->name);
    if (near.best) {
        parse_fail(
            p, at, _("%s is no call; did you mean %s?"), word, near.best);
        return parse_fix(p, word, near.best);
    }
    return parse_fail(
        p, at, _("the name of a call belongs here, such as accept, or none"));
}

#define ERRNO_END                                                              \
    134 /* behind the last of include/uapi/asm-generic/errno.h                 \
         */

/* Exceptions that come without an errno, and the errno of the others. */
static const struct {
    const char *name, *instead;
} exceptions[] = {
    {"TypeError", NULL},
    {"ValueError", NULL},
    {"NameError", NULL},
    {"AttributeError", NULL},
    {"IndexError", NULL},
    {"LookupError", NULL},
    {"OverflowError", NULL},
    {"MemoryError", NULL},
    {"UnicodeDecodeError", NULL},
    {"UnicodeEncodeError", NULL},
    {"gaierror", NULL},
    {"ConnectionRefusedError", "ECONNREFUSED"},
    {"ConnectionResetError", "ECONNRESET"},
    {"ConnectionAbortedError", "ECONNABORTED"},
    {"BrokenPipeError", "EPIPE"},
    {"TimeoutError", "ETIMEDOUT"},
    {"BlockingIOError", "EAGAIN"},
    {"PermissionError", "EACCES"},
    {"InterruptedError", "EINTR"},
    {"KeyboardInterrupt", "EINTR"},
};

static bool check_error_word(struct parser *p, size_t at, const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(exceptions); i++) {
        if (strcmp(exceptions[i].name, word) != 0)
            continue;
        if (!exceptions[i].instead)
            return true;
        parse_fail(p, at,
            _("errors have their errno name here: write %s for %s"),
            exceptions[i].instead, word);
        return parse_fix(p, word, exceptions[i].instead);
    }
    if (err_number(word) != 0)
        return true;
    struct near near = {.word = word};
    for (int code = 1; code < ERRNO_END; code++)
        if (err_number(err_name(code)) == code)
            near_try(&near, err_name(code));
    if (near.best) {
        parse_fail(
            p, at, _("%s is no errno name; did you mean %s?"), word, near.best);
        return parse_fix(p, word, near.best);
    }
    return parse_fail(p, at,
        _("%s is no errno name; write one such as ECONNREFUSED or EAGAIN, or "
          "none"),
        word);
}

static bool check_word(
    struct parser *p, enum right_side side, size_t at, const char *word)
{
    uint8_t timer;

    if (side == RIGHT_TIMER)
        return timer_parse(word, &timer) ||
               parse_fail(p, at,
                   _("a timer is none, retransmit, persist, keepalive, "
                     "timewait "
                     "or synack"));
    if (strcmp(word, "none") == 0)
        return true;
    if (side == RIGHT_CALL)
        return is_call_word(word) || fail_call_word(p, at, word);
    return check_error_word(p, at, word);
}

static bool fail_state_word(struct parser *p, size_t at, const char *word)
{
    struct near near = {.word = word};

    for (size_t i = 0; state_word_at(i); i++)
        near_try(&near, state_word_at(i));
    if (near.best) {
        parse_fail(
            p, at, _("%s is no state; did you mean %s?"), word, near.best);
        return parse_fix(p, word, near.best);
    }
    return parse_fail(p, at,
        _("%s is no state; write one such as ESTABLISHED or TIME_WAIT, or a "
          "class: LISTEN, opening, half-closed, closing"),
        word);
}

static bool parse_word_operand(
    struct parser *p, enum right_side side, struct operand *out)
{
    struct lexer *lx = &p->lex;
    size_t at = lx->tok.start;

    if (lx->tok.kind == TOKEN_STRING)
        return parse_fail_here(
            p, _("this is a word and has no quotes; quotes are for text"));
    if (lx->tok.kind != TOKEN_NAME)
        return parse_fail_here(p, side == RIGHT_STATE
                                      ? _("a state belongs here: ESTABLISHED")
                                      : _("a word belongs here, such as none"));
    char *word = lex_take_hyphenated(lx);
    bool ok;
    if (side == RIGHT_STATE) {
        out->kind = OPERAND_STATE;
        ok =
            state_word_parse(word, &out->state) || fail_state_word(p, at, word);
        free(word);
        return ok;
    }
    out->kind = OPERAND_WORD;
    out->word = word;
    return check_word(p, side, at, word);
}

/* ---- values ------------------------------------------------------------- */

static bool fail_bare_word(struct parser *p)
{
    char *word = lex_copy(&p->lex);

    if (strcmp(word, "none") == 0)
        parse_fail_here(p, _("here it is Python's None"));
    else if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
        parse_fail_here(p, _("Python writes True and False"));
    else
        parse_fail_here(p,
            _("text is quoted: '%s'; a variable has its process: c1.%s"), word,
            word);
    free(word);
    return false;
}

static bool check_value_kind(
    struct parser *p, enum right_side side, const struct value *v, int column)
{
    enum value_kind kind = value_kind(v);

    if (side == RIGHT_NUMBER && !value_is_number(v))
        return parse_fail_at(p, column, _("a number belongs here"));
    if (side == RIGHT_ADDRESS && kind != VALUE_STR && kind != VALUE_TUPLE &&
        kind != VALUE_NONE)
        return parse_fail_at(
            p, column, _("an address is quoted: '10.0.0.1:8080'"));
    return true;
}

static bool parse_value_operand(
    struct parser *p, enum right_side side, struct operand *out)
{
    struct lexer *lx = &p->lex;
    int64_t constant;

    out->kind = OPERAND_VALUE;
    if (lx->tok.kind == TOKEN_DURATION)
        return parse_fail_here(
            p, _("a value without a unit belongs here, not a duration"));
    if (lx->tok.kind == TOKEN_NAME && !lex_is_word(lx, "True") &&
        !lex_is_word(lx, "False") && !lex_is_word(lx, "None") &&
        !lex_is_word(lx, "len") && !lex_is_word(lx, "socket") &&
        !lex_is_word(lx, "struct")) {
        char *word = lex_copy(lx);
        bool is_constant = call_constant(word, &constant);
        free(word);
        if (!is_constant)
            return fail_bare_word(p);
    }
    p->nodes = 0;
    p->depth = 0;
    struct expr *x = parse_expr(p);
    if (!x)
        return false;
    out->value = parse_constant(p, x,
        _("on the right stands a value, or a subject such as server.msg"));
    int column = x->column;
    expr_free(x);
    return out->value && check_value_kind(p, side, out->value, column);
}

/* Whether a subject begins here: c1.n, len(c1.n), but not socket.AF_INET. */
static bool at_subject(const struct lexer *lx)
{
    struct lexer ahead = *lx;

    if (lx->tok.kind != TOKEN_NAME || lex_is_word(lx, "socket") ||
        lex_is_word(lx, "struct"))
        return false;
    lex_next(&ahead);
    if (lex_is_word(lx, "len") && lex_take(&ahead, '(')) {
        if (ahead.tok.kind != TOKEN_NAME)
            return false;
        lex_next(&ahead);
    }
    return lex_is(&ahead, '.');
}

static bool parse_operand(struct parser *p, struct expectation *e)
{
    enum right_side side = right_side_of(&e->subject);

    if (p->lex.tok.kind == TOKEN_END)
        return parse_fail_here(p, _("the value is missing"));
    if (at_subject(&p->lex)) {
        e->value.kind = OPERAND_SUBJECT;
        return parse_subject(p, &e->value.subject);
    }
    switch (side) {
    case RIGHT_STATE:
    case RIGHT_TIMER:
    case RIGHT_CALL:
    case RIGHT_ERROR:
        return parse_word_operand(p, side, &e->value);
    case RIGHT_DURATION:
        e->value.kind = OPERAND_DURATION;
        return parse_duration(p, &e->value.ns);
    default:
        return parse_value_operand(p, side, &e->value);
    }
}

/* ---- comparisons -------------------------------------------------------- */

static bool parse_op(struct parser *p, struct expectation *e)
{
    static const struct {
        int op;
        enum compare_op compare;
    } ops[] = {
        {LEX_OP2('=', '='), OP_EQ},
        {LEX_OP2('!', '='), OP_NE},
        {LEX_OP2('<', '='), OP_LE},
        {LEX_OP2('>', '='), OP_GE},
        {'<', OP_LT},
        {'>', OP_GT},
    };

    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        if (lex_take(&p->lex, ops[i].op)) {
            e->op = ops[i].compare;
            return true;
        }
    }
    if (lex_is(&p->lex, '='))
        return parse_fail_here(p, _("= gives a name a value; to compare write "
                                    "=="));
    if (lex_is_word(&p->lex, "is"))
        return parse_fail_here(p, _("to compare write =="));
    return parse_fail_here(
        p, _("a comparison belongs here: ==, !=, <, <=, > or >="));
}

/* Words and states have no order. */
static bool check_order(struct parser *p, const struct expectation *e)
{
    enum right_side side = right_side_of(&e->subject);
    bool has_order =
        side == RIGHT_NUMBER || side == RIGHT_DURATION || side == RIGHT_VALUE;

    if (has_order || e->op == OP_EQ || e->op == OP_NE)
        return true;
    return parse_fail_here(
        p, _("%s can be compared with == and != only"), e->subject.text);
}

static bool parse_limits(struct parser *p, struct expectation *e)
{
    struct lexer *lx = &p->lex;
    size_t at = lx->tok.start;

    if (lex_take_word(lx, "within"))
        return parse_duration(p, &e->within_ns);
    if (!lex_take_word(lx, "for"))
        return true;
    if (!parse_duration(p, &e->for_ns))
        return false;
    if (e->for_ns == 0)
        return parse_fail(p, at, _("for how long? for 300ms"));
    return true;
}

static bool parse_compare(struct parser *p, struct expectation *e)
{
    e->kind = EXPECT_COMPARE;
    return parse_subject(p, &e->subject) && parse_op(p, e) &&
           check_order(p, e) && parse_operand(p, e) && parse_limits(p, e);
}

/* ---- the wire ----------------------------------------------------------- */

static bool parse_quiet(struct parser *p, struct expectation *e)
{
    e->kind = EXPECT_WIRE_QUIET;
    if (!lex_take_word(&p->lex, "for"))
        return parse_fail_here(
            p, _("for how long? expect wire quiet for 300ms"));
    return parse_duration(p, &e->for_ns);
}

static bool parse_item(struct parser *p, struct wire_item *item)
{
    *item = (struct wire_item){0};
    if (lex_take(&p->lex, LEX_OP3('.', '.', '.'))) {
        item->any_number = true;
        return true;
    }
    return parse_pattern(p, &item->pattern);
}

static bool parse_items(struct parser *p, struct expectation *e)
{
    e->kind = EXPECT_WIRE;
    do {
        struct wire_item item;
        if (!parse_item(p, &item))
            return false;
        if (e->item_count >= PARSE_NODES_MAX)
            return parse_fail_here(p, _("this list is too long"));
        e->items = xreallocarray(e->items, e->item_count + 1, sizeof item);
        e->items[e->item_count++] = item;
    } while (lex_take(&p->lex, ','));
    if (lex_is_word(&p->lex, "for"))
        return parse_fail_here(
            p, _("a list of segments has no for; write within 2s"));
    return parse_limits(p, e);
}

bool parse_expect(struct parser *p)
{
    struct expectation *e = &p->out->expect;
    struct lexer ahead = p->lex;

    e->within_ns = EXPECT_WITHIN_DEFAULT_NS;
    lex_next(&ahead);
    if (!lex_is_word(&p->lex, "wire") || lex_is(&ahead, '.'))
        return parse_compare(p, e);
    lex_next(&p->lex);
    if (lex_take_word(&p->lex, "quiet"))
        return parse_quiet(p, e);
    if (p->lex.tok.kind == TOKEN_END)
        return parse_fail_here(
            p, _("say which segments: expect wire client SYN, server SYN+ACK"));
    return parse_items(p, e);
}
