/* A word of a line: the call, errno, constant, state, number, or word of the
 * notation that the cursor is on; else what the line does. */
#include "explain.h"

#include "sockstage/base/err.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/state.h"
#include "sockstage/wire/order.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

/* Also what holds half-closed and SYN+ACK together. */
static bool is_joined(char c)
{
    return is_word(c) || c == '-' || c == '+';
}

/* The word around that byte, or right before it; returns where it begins. */
static size_t word_at(
    const char *line, size_t at, bool (*is_part)(char c), char out[WORD_MAX])
{
    size_t from = at, to = at;

    while (from > 0 && is_part(line[from - 1]))
        from--;
    while (is_part(line[to]))
        to++;
    snprintf(out, WORD_MAX, "%.*s", (int)(to - from < WORD_MAX ? to - from : 0),
        line + from);
    return from;
}

/* ---- one kind of word each ----------------------------------------------- */

static bool explain_call(const char *name, struct explanation *e)
{
    struct explain_row row;

    if (!explain_row_find(EXPLAIN_CALL, name, &row))
        return false;
    str_addf(&e->title, "%s()", name);
    explain_add(e, THEME_SCREEN, _(row.text));
    explain_see(e, row.see);
    return true;
}

static bool explain_titled(
    struct explanation *e, enum explain_table table, const char *word)
{
    if (!explain_row(e, table, word))
        return false;
    str_add(&e->title, word);
    return true;
}

/* An alias has the row of the order that it means. */
static bool explain_order(const char *word, struct explanation *e)
{
    enum wire_word order;
    const char *each;

    for (size_t i = 0; (each = wire_word_at(i, &order)) != NULL; i++) {
        if (!str_equal(each, word))
            continue;
        str_addf(&e->title, "wire %s", word);
        return explain_row(e, EXPLAIN_ORDER, wire_word_info(order)->word);
    }
    return false;
}

static bool explain_errno(const char *word, struct explanation *e)
{
    static const struct {
        const char *error, *class;
    } exceptions[] = {
#define EXCEPTION(error, class) {#error, class},
#include "calls/exceptions.def"
#undef EXCEPTION
    };
    int number;

    if (explain_titled(e, EXPLAIN_ERRNO, word))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
        if (str_equal(exceptions[i].class, word) &&
            explain_row(e, EXPLAIN_ERRNO, exceptions[i].error))
            str_addf(&e->title, "%s%s", e->title.len ? ", " : "",
                exceptions[i].error);
    if (e->title.len > 0) {
        str_addf(&e->title, ": %s", word);
        return true;
    }
    number = word[0] == 'E' ? err_number(word) : 0;
    if (number == 0)
        return false;
    str_add(&e->title, word);
    explain_addf(e, THEME_SCREEN,
        _("Error %d of the kernel: %s. None of the calls here is known to "
          "raise it."),
        number, strerror(number));
    explain_see(e, "errno(3)");
    return true;
}

static bool explain_state(const char *word, struct explanation *e)
{
    struct state_word state;
    struct str see = STR_INIT;

    if (!state_word_parse(word, &state) || state.is_class)
        return false;
    str_add(&e->title, state_name(state.proto, state.state));
    explain_add(e, THEME_SCREEN, _(state_explain(state.proto, state.state)));
    if (state.proto == IPPROTO_UDP)
        str_add(&see, "RFC 768 / udp(7)");
    else
        str_addf(&see, "RFC 9293 %s / tcp(7)", state_section(state.state));
    explain_see(e, str_text(&see));
    str_done(&see);
    return true;
}

/* A segment by its flags, or one of these. */
static bool explain_flags(const char *word, struct explanation *e)
{
    enum pattern_class class;
    char role[WORD_MAX];

    if (!pattern_class_parse(word, &class))
        return explain_titled(e, EXPLAIN_FLAG, word);
    snprintf(role, sizeof role, "%s", word);
    for (char *plus = role; (plus = strchr(plus, '+')) != NULL;)
        *plus = '_';
    if (!explain_row(e, EXPLAIN_ROLE, role))
        return false;
    str_add(&e->title, word);
    return true;
}

/* Also as `ss -i` has it: ssthresh is snd_ssthresh. */
static bool explain_number(const char *word, struct explanation *e)
{
    static const char *const prefixes[] = {"", "snd_", "rcv_"};
    char name[WORD_MAX + 8];

    if (explain_titled(e, EXPLAIN_FIELD, word) ||
        explain_titled(e, EXPLAIN_TIMER, word))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        snprintf(name, sizeof name, "%s%s", prefixes[i], word);
        if (explain_titled(e, EXPLAIN_INFO, name))
            return true;
    }
    return explain_titled(e, EXPLAIN_MEM, word);
}

/* ---- the word in its line -------------------------------------------------
 */

struct typed {
    const char *line;
    char first[WORD_MAX];
    size_t first_at;
    bool is_wire;
    bool is_call; /* what a process does */
    bool is_text; /* behind the first word */
};

static struct typed typed_make(const char *line)
{
    struct typed t = {.line = line, .first_at = strspn(line, " ")};
    struct explain_row row;

    word_at(line, t.first_at, is_word, t.first);
    const char *behind = line + t.first_at + strlen(t.first);
    t.is_wire = str_equal(t.first, "wire");
    t.is_text = explain_row_find(EXPLAIN_TEXT_LINE, t.first, &row) &&
                *behind != ':' && *behind != '(';
    while (is_word(*behind) || *behind == '.') /* c1..c4: */
        behind++;
    t.is_call = t.first[0] && *behind == ':';
    return t;
}

static bool is_quoted(const char *line, size_t at)
{
    char quote = '\0';

    for (size_t i = 0; i < at; i++) {
        if (quote && line[i] == '\\' && i + 1 < at)
            i++;
        else if (quote && line[i] == quote)
            quote = '\0';
        else if (!quote && (line[i] == '\'' || line[i] == '"'))
            quote = line[i];
    }
    return quote != '\0';
}

/* The words that only lines of the notation have; a variable may be called so
 * as well. Those of Python may stand in a call too. */
static bool explain_notation(
    const struct typed *t, const char *word, struct explanation *e)
{
    struct explain_row row;
    bool known = explain_row_find(EXPLAIN_WORD, word, &row);

    if (known && (!t->is_call || strncmp(row.see, "Python", 6) == 0))
        return explain_titled(e, EXPLAIN_WORD, word);
    if (t->is_call)
        return false;
    return explain_flags(word, e) || explain_titled(e, EXPLAIN_LINE, word) ||
           explain_titled(e, EXPLAIN_TEXT_LINE, word) ||
           explain_titled(e, EXPLAIN_SETTING, word) || explain_order(word, e);
}

/* In the order of what a word means first: `close` is a call, CLOSED a state.
 */
static bool explain_name(
    const struct typed *t, const char *word, struct explanation *e)
{
    bool is_sock_word = str_equal(word, "state") || str_equal(word, "timer") ||
                        str_equal(word, "local") || str_equal(word, "peer");

    if (word[0] == '\0')
        return false;
    if (!t->is_wire && explain_call(word, e))
        return true;
    if (is_sock_word && !t->is_call)
        return explain_titled(e, EXPLAIN_SOCK_ROW, word);
    return explain_errno(word, e) ||
           explain_titled(e, EXPLAIN_CONSTANT, word) ||
           explain_number(word, e) || explain_notation(t, word, e) ||
           explain_state(word, e);
}

/* The word behind `wire` is an order, and `c1:` a process. */
static bool explain_here(
    const struct typed *t, size_t at, struct explanation *e)
{
    char word[WORD_MAX], joined[WORD_MAX];
    size_t from = word_at(t->line, at, is_word, word);
    size_t second = t->first_at + strlen(t->first);

    word_at(t->line, at, is_joined, joined);
    second += strspn(t->line + second, " ");
    if (is_quoted(t->line, from) || (t->is_text && from > t->first_at))
        return false;
    if (t->is_wire && from == second && explain_order(word, e))
        return true;
    if (t->is_call && from == t->first_at && !str_equal(word, "server")) {
        if (!explain_row(e, EXPLAIN_TOPIC, "PROCESS"))
            return false;
        str_add(&e->title, word);
        return true;
    }
    if (t->is_call && from == t->first_at)
        return explain_titled(e, EXPLAIN_WORD, word);
    return (!str_equal(joined, word) && explain_name(t, joined, e)) ||
           explain_name(t, word, e);
}

/* ---- the line -------------------------------------------------------------
 */

/* The last word before an opening parenthesis that is a call. */
static bool explain_around(const char *line, size_t at, struct explanation *e)
{
    char word[WORD_MAX];

    for (size_t i = at; i > 0; i--) {
        if (line[i - 1] != '(')
            continue;
        word_at(line, i - 1, is_word, word);
        if (explain_call(word, e))
            return true;
    }
    for (const char *p = line; (p = strchr(p, '(')) != NULL; p++) {
        word_at(line, (size_t)(p - line), is_word, word);
        if (explain_call(word, e))
            return true;
    }
    return false;
}

bool explain_line(const char *line, size_t at, struct explanation *e)
{
    struct typed t = typed_make(line);
    char word[WORD_MAX];

    if (t.is_wire) {
        const char *next = line + t.first_at + strlen(t.first);
        next += strspn(next, " ");
        word_at(line, (size_t)(next - line), is_word, word);
        if (explain_order(word, e))
            return true;
    }
    if (!t.is_call && !t.is_text && explain_around(line, at, e))
        return true;
    if (!t.is_call && (explain_titled(e, EXPLAIN_LINE, t.first) ||
                          explain_titled(e, EXPLAIN_TEXT_LINE, t.first)))
        return true;
    return t.is_call && explain_around(line, at, e);
}

bool explain_word(const char *line, size_t at, struct explanation *e)
{
    struct typed t;

    if (at > strlen(line))
        at = strlen(line);
    t = typed_make(line);
    return explain_here(&t, at, e) || explain_line(line, at, e);
}
