/* Completion of what a process does: names, calls with their arguments, and
 * the constants that belong into the argument at the cursor. */
#include "complete_int.h"

#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- calls as templates -------------------------------------------------- */

static void add_argument(struct str *out, const struct call_def *def,
    const char *process, const char *variable, size_t i,
    const struct complete_names *names)
{
    if (names->argument &&
        names->argument(names->ctx, process, variable, def, i, out))
        return;
    str_add(out, def->args[i].suggestion);
}

/* The arguments it needs; of those that may be left out, the first where it
 * has no other (listen(1) teaches more than listen()). */
void complete_call(struct str *out, const struct call_def *def,
    const char *process, const char *variable,
    const struct complete_names *names)
{
    str_addf(out, "%s(", def->name);
    for (size_t i = 0; i < CALL_ARGS_MAX && def->args[i].name; i++) {
        const struct call_arg *a = &def->args[i];
        if (a->optional && (i > 0 || def->on != CALL_ON_SOCKET))
            break;
        if (!a->suggestion)
            break;
        str_add(out, i > 0 ? ", " : "");
        add_argument(out, def, process, variable, i, names);
    }
    str_addc(out, ')');
}

static void offer_calls(struct completing *c, enum call_receiver on,
    const char *process, const char *variable)
{
    const struct call_def *def;

    for (size_t i = 0; (def = call_at(i)) != NULL; i++) {
        if (def->on != on)
            continue;
        struct str text = STR_INIT;
        if (complete_next_char(c) == '(')
            str_add(&text, def->name);
        else
            complete_call(&text, def, process, variable, c->names);
        complete_offer(c, CANDIDATE_CALL, str_text(&text), def->help);
        str_done(&text);
    }
}

static void offer_constants(struct completing *c, const char *prefix)
{
    const char *each;

    for (size_t i = 0; (each = call_constant_at(i)) != NULL; i++)
        if (strncmp(each, prefix, strlen(prefix)) == 0)
            complete_offer(c, CANDIDATE_CONSTANT, each, "");
}

/* ---- the argument at the cursor ------------------------------------------ */

/* Which constants belong into an argument, by its name in Python's
 * documentation. */
static const struct {
    const char *arg, *prefix;
} arg_constants[] = {
    {"family", "AF_INET"}, /* what socket() of the stage takes; AF_INET6 too */
    {"type", "SOCK_STREAM"},
    {"type", "SOCK_DGRAM"},
    {"proto", "IPPROTO_TCP"},
    {"proto", "IPPROTO_UDP"},
    {"how", "SHUT_"},
    {"flags", "MSG_"},
    {"level", "SOL_"},
    {"level", "IPPROTO_"},
    {"backlog", "SOMAXCONN"},
};

/* The options of a level. */
static const struct {
    const char *level, *prefix;
} level_options[] = {
    {"SOL_SOCKET", "SO_"},
    {"SOL_TCP", "TCP_"},
    {"IPPROTO_TCP", "TCP_"},
    {"SOL_IP", "IP_"},
    {"IPPROTO_IP", "IP_"},
    {"SOL_IPV6", "IPV6_"},
    {"IPPROTO_IPV6", "IPV6_"},
};

bool complete_find_open(
    const struct completing *c, size_t first, size_t end, size_t *open)
{
    int depth = 0;

    for (size_t i = end; i-- > first;) {
        if (complete_is_op(c, i, ')') || complete_is_op(c, i, ']'))
            depth++;
        else if (complete_is_op(c, i, '(') || complete_is_op(c, i, '['))
            depth--;
        if (depth < 0) {
            *open = i;
            return true;
        }
    }
    return false;
}

size_t complete_count_commas(const struct completing *c, size_t from)
{
    size_t n = 0;
    int depth = 0;

    for (size_t i = from; i < c->count; i++) {
        if (complete_is_op(c, i, '(') || complete_is_op(c, i, '['))
            depth++;
        else if (complete_is_op(c, i, ')') || complete_is_op(c, i, ']'))
            depth--;
        else if (depth == 0 && complete_is_op(c, i, ','))
            n++;
    }
    return n;
}

/* Of two receivers with one name (os.read) the word before the dot decides. */
const struct call_def *complete_call_before(
    const struct completing *c, size_t open, size_t first, struct call_place *p)
{
    char name[COMPLETE_WORD_MAX];

    p->variable[0] = '\0';
    if (open == first || c->tokens[open - 1].kind != TOKEN_NAME)
        return NULL;
    complete_word(c, open - 1, name);
    if (open < first + 3 || !complete_is_op(c, open - 2, '.'))
        return call_find(CALL_ON_MODULE, name);
    complete_word(c, open - 3, p->variable);
    if (strcmp(p->variable, "socket") == 0)
        return call_find(CALL_ON_MODULE, name);
    if (strcmp(p->variable, "os") == 0)
        return call_find(CALL_ON_OS, name);
    return call_find(CALL_ON_SOCKET, name);
}

static bool find_place(
    const struct completing *c, size_t first, struct call_place *p)
{
    if (!complete_find_open(c, first, c->count, &p->open))
        return false;
    p->def = complete_call_before(c, p->open, first, p);
    p->arg = complete_count_commas(c, p->open + 1);
    return p->def && p->arg < CALL_ARGS_MAX && p->def->args[p->arg].name;
}

static void offer_options(struct completing *c, const struct call_place *p)
{
    char level[COMPLETE_WORD_MAX];
    size_t at = p->open + 1;

    if (complete_is_word(c, at, "socket") && complete_is_op(c, at + 1, '.'))
        at += 2;
    complete_word(c, at, level);
    for (size_t i = 0; i < ARRAY_LEN(level_options); i++)
        if (strcmp(level_options[i].level, level) == 0)
            offer_constants(c, level_options[i].prefix);
}

static bool at_argument_start(
    const struct completing *c, const struct call_place *p)
{
    return c->count == p->open + 1 || complete_is_op(c, c->count - 1, ',');
}

/* Constants and words that the argument takes. `only_constants`: behind
 * `socket.`. */
static void offer_argument(struct completing *c, const char *process,
    const struct call_place *p, bool only_constants)
{
    const struct call_arg *a = &p->def->args[p->arg];
    struct str text = STR_INIT;

    bool option = strcmp(a->name, "optname") == 0; /* follows the level */

    if (!only_constants && !option && at_argument_start(c, p) &&
        a->suggestion) {
        add_argument(&text, p->def, process,
            p->def->on == CALL_ON_SOCKET ? p->variable : NULL, p->arg,
            c->names);
        complete_offer(c, CANDIDATE_EXAMPLE, str_text(&text), "");
        str_done(&text);
    }
    for (size_t i = 0; i < ARRAY_LEN(arg_constants); i++)
        if (strcmp(arg_constants[i].arg, a->name) == 0)
            offer_constants(c, arg_constants[i].prefix);
    if (option)
        offer_options(c, p);
    if (only_constants)
        return;
    if (a->kind == CALL_ARG_BOOL) {
        complete_offer(c, CANDIDATE_CONSTANT, "True", "");
        complete_offer(c, CANDIDATE_CONSTANT, "False", "");
    }
    if (a->kind == CALL_ARG_TIMEOUT)
        complete_offer(
            c, CANDIDATE_CONSTANT, "None", N_("no timeout: blocking"));
}

/* ---- names --------------------------------------------------------------- */

static bool is_variable(
    const struct completing *c, const char *process, const char *name)
{
    const struct complete_names *names = c->names;
    const char *each;

    for (size_t i = 0; names->variable_at &&
                       (each = names->variable_at(names->ctx, process, i));
         i++)
        if (strcmp(each, name) == 0)
            return true;
    return false;
}

/* A variable may get its socket only in the line before, or be text. */
static void behind_variable(
    struct completing *c, const char *process, const char *name)
{
    const struct complete_names *names = c->names;
    bool sock = name[0] && names->is_socket &&
                names->is_socket(names->ctx, process, name);

    if (!sock) {
        complete_offer(c, CANDIDATE_CALL, "encode()", N_("text to bytes"));
        complete_offer(c, CANDIDATE_CALL, "decode()", N_("bytes to text"));
    }
    if (sock || (name[0] && !is_variable(c, process, name)))
        offer_calls(c, CALL_ON_SOCKET, process, name);
}

static void behind_dot(struct completing *c, const char *process, size_t first)
{
    char name[COMPLETE_WORD_MAX] = "";
    struct call_place p;
    size_t at = c->count - 1;

    if (at > first && c->tokens[at - 1].kind == TOKEN_NAME)
        complete_word(c, at - 1, name);
    if (strcmp(name, "socket") == 0) {
        if (find_place(c, first, &p)) {
            offer_argument(c, process, &p, true);
            if (c->out->of.len > 0)
                return;
        }
        offer_calls(c, CALL_ON_MODULE, process, NULL);
        if (c->out->to > c->out->from)
            offer_constants(c, "");
    } else if (strcmp(name, "os") == 0) {
        offer_calls(c, CALL_ON_OS, process, NULL);
    } else if (strcmp(name, "struct") == 0) {
        complete_offer(c, CANDIDATE_CALL, "pack('ii', 1, 0)",
            N_("the value of SO_LINGER: on, seconds"));
    } else {
        behind_variable(c, process, name);
    }
}

static void offer_expression(struct completing *c, const char *process)
{
    complete_variables(c, process, false, "");
    complete_offer(c, CANDIDATE_CALL, "len(", N_("how long it is"));
    complete_offer(c, CANDIDATE_CONSTANT, "True", "");
    complete_offer(c, CANDIDATE_CONSTANT, "False", "");
    complete_offer(c, CANDIDATE_CONSTANT, "None", "");
    if (c->out->to > c->out->from)
        offer_constants(c, "");
}

/* Where a call may begin: at the start, and behind `=`. */
static void offer_statement(
    struct completing *c, const char *process, bool assigned)
{
    complete_variables(c, process, false, ".");
    offer_calls(c, CALL_ON_MODULE, process, NULL);
    complete_offer(c, CANDIDATE_WORD, "socket.", N_("the module of Python"));
    complete_offer(c, CANDIDATE_WORD, "os.",
        N_("os.read() and os.write(): a socket is a file"));
    if (assigned)
        offer_expression(c, process);
    else
        complete_offer(c, CANDIDATE_CALL, "print(", N_("shows a value"));
}

/* Behind b'x' *: how many of them. */
static void offer_sizes(struct completing *c, const char *process, size_t first)
{
    const struct complete_names *names = c->names;
    struct call_place p = {.variable = ""};
    const char *help = "";
    uint64_t bytes = 0;
    char text[24];

    if (!find_place(c, first, &p))
        p.variable[0] = '\0';
    for (size_t i = 0; names->size_at && names->size_at(names->ctx, process,
                                             p.variable, i, &bytes, &help);
         i++) {
        snprintf(text, sizeof text, "%" PRIu64, bytes);
        complete_offer(c, CANDIDATE_SIZE, text, help);
    }
}

/* Behind a value stands an operator, no name. */
static bool ends_value(const struct completing *c, size_t i)
{
    return c->tokens[i].kind != TOKEN_OP || complete_is_op(c, i, ')') ||
           complete_is_op(c, i, ']');
}

void complete_statement(struct completing *c, const char *process, size_t first)
{
    struct call_place p;
    size_t open;
    bool starts = c->count <= first;

    if (!starts && complete_is_op(c, c->count - 1, '.')) {
        behind_dot(c, process, first);
        return;
    }
    if (!starts && ends_value(c, c->count - 1))
        return;
    if (!starts && complete_is_op(c, c->count - 1, '*')) {
        offer_sizes(c, process, first);
        return;
    }
    if (complete_address(c, process, first))
        return;
    if (find_place(c, first, &p)) {
        offer_argument(c, process, &p, false);
        complete_variables(c, process, false, "");
        if (c->out->of.len == 0)
            offer_expression(c, process);
        return;
    }
    if (complete_find_open(c, first, c->count, &open)) {
        offer_expression(c, process);
        return;
    }
    bool assigned = !starts && complete_is_op(c, c->count - 1, '=');
    if (starts || assigned)
        offer_statement(c, process, assigned);
    else
        offer_expression(c, process);
}
