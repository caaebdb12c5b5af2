/* Completion of expectations and of patterns of segments. */
#include "complete_int.h"

#include "parser.h"

#include "sockstage/base/err.h"
#include "sockstage/base/text.h"
#include "sockstage/model/state.h"

#include <string.h>

/* ---- patterns ------------------------------------------------------------ */

static bool is_side(const struct completing *c, size_t i)
{
    return complete_is_word(c, i, "client") ||
           complete_is_word(c, i, "server") || complete_is_word(c, i, "any");
}

static bool is_flags(const struct completing *c, size_t i)
{
    char word[COMPLETE_WORD_MAX];
    enum pattern_class class;

    return complete_is_op(c, i, '*') ||
           (i < c->count && c->tokens[i].kind == TOKEN_NAME &&
               pattern_class_parse(complete_word(c, i, word), &class));
}

static void offer_flags(struct completing *c)
{
    for (int k = PATTERN_SYN; k <= PATTERN_ICMP; k++)
        complete_offer(
            c, CANDIDATE_WORD, pattern_class_name((enum pattern_class)k), "");
    complete_offer(c, CANDIDATE_WORD, "*", N_("any segment"));
}

static void offer_pattern_words(struct completing *c)
{
    complete_offer(c, CANDIDATE_WORD, "again", N_("only a repeat"));
    complete_offer(c, CANDIDATE_WORD, "win ", N_("with that window field"));
    complete_offer(
        c, CANDIDATE_WORD, "seq ", N_("with that relative sequence number"));
    complete_processes(c, ".", false);
}

/* Half of SYN+ACK stands before the word. */
static bool takes_plus(struct completing *c)
{
    size_t n = c->count;

    if (n < 2 || !complete_is_op(c, n - 1, '+') ||
        c->tokens[n - 2].kind != TOKEN_NAME || !complete_is_glued(c, n - 1))
        return false;
    size_t len = c->tokens[n - 1].end - c->tokens[n - 2].start;
    if (len <= c->out->from)
        complete_widen(c, c->out->from - len);
    offer_flags(c);
    return true;
}

void complete_pattern(struct completing *c, size_t first)
{
    char process[COMPLETE_WORD_MAX];
    bool side = false, flags = false;
    size_t n = c->count;

    for (size_t i = first; i < n; i++) {
        if (complete_is_op(c, i, ','))
            side = flags = false;
        side = side || is_side(c, i);
        flags = flags || is_flags(c, i);
    }
    if (n > first && complete_is_op(c, n - 1, '.')) {
        if (n > first + 1)
            complete_variables(c, complete_word(c, n - 2, process), true, "");
        return;
    }
    if (takes_plus(c) || complete_is_word(c, n - 1, "win") ||
        complete_is_word(c, n - 1, "seq"))
        return;
    if (!side) {
        complete_hosts(c);
        complete_offer(c, CANDIDATE_WORD, "any", N_("of either side"));
    }
    if (!flags)
        offer_flags(c);
    offer_pattern_words(c);
}

/* ---- the left side ------------------------------------------------------- */

/* What may be asked of a socket, and of a process, beside the table of
 * fields. */
static const struct {
    const char *word, *help;
} sock_words[] = {
    {"state", N_("of RFC 9293, or a class: ESTABLISHED, half-closed")},
    {"timer", N_("which timer of the kernel runs")},
    {"local", N_("its own address")},
    {"peer", N_("the other end's address")},
};

static const struct {
    const char *word, *help;
} process_words[] = {
    {"call", N_("the call it waits in, or none")},
    {"result", N_("what the last call returned")},
    {"error", N_("the errno name of the last call, or none")},
    {"elapsed", N_("how long the last call took")},
};

static void offer_fields(struct completing *c)
{
    for (size_t i = 0; i < ARRAY_LEN(sock_words); i++)
        complete_offer(
            c, CANDIDATE_SUBJECT, sock_words[i].word, sock_words[i].help);
    for (size_t i = 0; field_at(i); i++)
        complete_offer(
            c, CANDIDATE_SUBJECT, field_at(i)->name, field_at(i)->help);
}

static void offer_states(struct completing *c, bool classes)
{
    const char *word;

    for (size_t i = 0; (word = state_word_at(i)) != NULL; i++) {
        struct state_word meaning;
        bool known = state_word_parse(word, &meaning);
        bool is_class = known && meaning.is_class;
        if (is_class && !classes)
            continue;
        complete_offer(c, CANDIDATE_STATE, word,
            !known || is_class ? "" : state_help(meaning.proto, meaning.state));
    }
}

/* Behind `P.`: names and words of the process, or of host and wire. */
static void behind_process(struct completing *c, const char *process)
{
    bool host = strcmp(process, "client") == 0;

    if (strcmp(process, "wire") == 0) {
        complete_offer(c, CANDIDATE_SUBJECT, "held", N_("segments held now"));
        complete_offer(
            c, CANDIDATE_SUBJECT, "dropped", N_("segments lost so far"));
        return;
    }
    if (!host) {
        complete_variables(c, process, false, ".");
        for (size_t i = 0; i < ARRAY_LEN(process_words); i++)
            complete_offer(c, CANDIDATE_SUBJECT, process_words[i].word,
                process_words[i].help);
    }
    if (host || strcmp(process, "server") == 0)
        complete_offer(c, CANDIDATE_SUBJECT, "sockets",
            N_("how many TCP sockets that host has; also by state"));
}

static void offer_subjects(struct completing *c)
{
    complete_processes(c, ".", false);
    complete_offer(
        c, CANDIDATE_SUBJECT, "len(", N_("the length of a variable"));
    complete_offer(c, CANDIDATE_SUBJECT, "wire.held", N_("segments held now"));
    complete_offer(
        c, CANDIDATE_SUBJECT, "wire.dropped", N_("segments lost so far"));
    complete_offer(c, CANDIDATE_SUBJECT, "server.sockets",
        N_("how many TCP sockets that host has; also by state"));
    complete_offer(c, CANDIDATE_SUBJECT, "client.sockets",
        N_("how many TCP sockets that host has; also by state"));
}

/* A subject whose dots reach up to the word; `first` is its first token. */
static void inside_subject(struct completing *c, size_t first)
{
    char process[COMPLETE_WORD_MAX];
    size_t dots = 0;

    for (size_t i = first; i < c->count; i++)
        dots += complete_is_op(c, i, '.');
    complete_word(c, first, process);
    if (dots == 1)
        behind_process(c, process);
    else if (complete_is_word(c, first + 2, "sockets"))
        offer_states(c, false);
    else
        offer_fields(c);
}

/* ---- the right side ------------------------------------------------------ */

static void offer_timers(struct completing *c)
{
    for (uint8_t t = 0; t <= 5; t++)
        complete_offer(c, CANDIDATE_STATE, timer_name(t), "");
}

static void offer_errors(struct completing *c)
{
    static const char *const first[] = {"none", "ECONNREFUSED", "ECONNRESET",
        "EPIPE", "ENOTCONN", "EAGAIN", "EINPROGRESS", "ETIMEDOUT", "EADDRINUSE",
        "EISCONN", "EINVAL", "EBADF", "EINTR", "EHOSTUNREACH", "ENETUNREACH",
        "EMSGSIZE", "EOPNOTSUPP", "EDESTADDRREQ"};

    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        int code = err_number(first[i]);
        complete_offer(
            c, CANDIDATE_STATE, first[i], code ? strerror(code) : "");
    }
}

static void offer_call_names(struct completing *c)
{
    complete_offer(c, CANDIDATE_STATE, "none", N_("it waits in no call"));
    for (size_t i = 0; call_at(i); i++)
        complete_offer(c, CANDIDATE_STATE, call_at(i)->name, call_at(i)->help);
}

static bool is_relation(const struct token *tok)
{
    return tok->kind == TOKEN_OP &&
           (tok->op == LEX_OP2('=', '=') || tok->op == LEX_OP2('!', '=') ||
               tok->op == LEX_OP2('<', '=') || tok->op == LEX_OP2('>', '=') ||
               tok->op == '<' || tok->op == '>');
}

/* The word that says what the subject is stands right before the relation. */
static void offer_values(struct completing *c, size_t relation)
{
    char word[COMPLETE_WORD_MAX];

    complete_word(c, relation - 1, word);
    if (strcmp(word, "state") == 0)
        offer_states(c, true);
    else if (strcmp(word, "timer") == 0)
        offer_timers(c);
    else if (strcmp(word, "error") == 0)
        offer_errors(c);
    else if (strcmp(word, "call") == 0)
        offer_call_names(c);
    else
        offer_subjects(c);
}

static void offer_limits(struct completing *c)
{
    complete_offer(c, CANDIDATE_WORD, "within 2s", N_("how long it may take"));
    complete_offer(
        c, CANDIDATE_WORD, "for 300ms", N_("true now and all that time"));
}

/* Words with a hyphen (half-closed) are one word, but several tokens. */
static void widen_hyphens(struct completing *c)
{
    size_t n = c->count;

    while (
        n > 2 && complete_is_op(c, n - 1, '-') && complete_is_glued(c, n - 1)) {
        size_t len = c->tokens[n - 1].end - c->tokens[n - 2].start;
        if (len > c->out->from)
            return;
        complete_widen(c, c->out->from - len);
        n -= 2;
    }
    c->count = n;
}

static void complete_comparison(struct completing *c)
{
    size_t relation = 0, first = 1;

    for (size_t i = 1; i < c->count && !relation; i++)
        relation = is_relation(&c->tokens[i]) ? i : 0;
    if (relation)
        first = relation + 1;
    if (complete_is_word(c, first, "len") && complete_is_op(c, first + 1, '('))
        first += 2;
    if (relation)
        widen_hyphens(c);
    if (c->count > first && complete_is_op(c, c->count - 1, '.'))
        inside_subject(c, first);
    else if (c->count == first && relation)
        offer_values(c, relation);
    else if (c->count == first && first == 1) {
        offer_subjects(c);
        complete_offer(c, CANDIDATE_WORD, "wire ",
            N_("the segments since the last `expect wire`, in order"));
    } else if (c->count == first) {
        complete_processes(c, ".", false);
    } else if (relation) {
        offer_limits(c);
    } else {
        complete_offer(c, CANDIDATE_WORD, "== ", N_("equal"));
        complete_offer(c, CANDIDATE_WORD, "!= ", N_("not equal"));
        complete_offer(c, CANDIDATE_WORD, ">= ", N_("at least"));
        complete_offer(c, CANDIDATE_WORD, "<= ", N_("at most"));
    }
}

void complete_expect(struct completing *c)
{
    if (!complete_is_word(c, 1, "wire") || complete_is_op(c, 2, '.')) {
        complete_comparison(c);
        return;
    }
    if (complete_is_word(c, c->count - 1, "within") ||
        complete_is_word(c, c->count - 1, "for"))
        return;
    complete_pattern(c, 2);
    if (c->count == 2)
        complete_offer(c, CANDIDATE_WORD, "quiet for 300ms",
            N_("no segment enters the wire"));
    else
        complete_offer(
            c, CANDIDATE_WORD, "within 2s", N_("how long it may take"));
}
