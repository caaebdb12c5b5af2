/* Completion of the lines that begin with a word of their own. */
#include "complete_int.h"

#include "parser.h"

#include "sockstage/base/text.h"
#include "sockstage/wire/order.h"

#include <string.h>

static const struct {
    const char *name, *help;
} settings[] = {
#define SETTING(name, help, explain, see) {name, help},
#include "settings.def"
#undef SETTING
};

/* ---- wire ---------------------------------------------------------------- */

static void offer_wire_words(struct completing *c)
{
    enum wire_word word;
    const char *text;

    for (size_t i = 0; (text = wire_word_at(i, &word)) != NULL; i++) {
        const struct wire_word_info *info = wire_word_info(word);
        struct str line = STR_INIT;
        str_addf(
            &line, "%s%s", text, info->shape == WIRE_TAKES_NOTHING ? "" : " ");
        complete_offer(c, CANDIDATE_WORD, str_text(&line), info->help);
        str_done(&line);
    }
}

/* What stands right behind the word, to be edited. */
static const char *const examples[][3] = {
    [WIRE_TAKES_DELAY] = {"100ms", NULL},
    [WIRE_TAKES_RATE] = {"1mbit", "off", NULL},
    [WIRE_TAKES_PERCENT] = {"10%", NULL},
    [WIRE_TAKES_SIZE] = {"576", "1500", NULL},
    [WIRE_TAKES_NUMBER] = {"7", NULL},
    [WIRE_TAKES_SWITCH] = {"on", "off", NULL},
};

static void offer_examples(struct completing *c, enum wire_shape shape)
{
    if ((size_t)shape >= ARRAY_LEN(examples))
        return;
    for (size_t i = 0; i < 3 && examples[shape][i]; i++)
        complete_offer(c, CANDIDATE_EXAMPLE, examples[shape][i], "");
}

static void behind_quantity(struct completing *c, enum wire_shape shape)
{
    if (complete_is_word(c, c->count - 1, "from")) {
        complete_hosts(c);
        return;
    }
    if (complete_is_word(c, c->count - 1, "jitter")) {
        complete_offer(c, CANDIDATE_EXAMPLE, "20ms", "");
        return;
    }
    if (shape == WIRE_TAKES_DELAY && c->count == 3)
        complete_offer(c, CANDIDATE_WORD, "jitter ",
            N_("and by chance up to so much longer"));
    complete_offer(c, CANDIDATE_WORD, "from ", N_("only what this side sends"));
}

static void offer_unreachables(struct completing *c)
{
    const char *word;

    for (int i = 0;
         (word = wire_unreachable_name((enum wire_unreachable)i)) != NULL; i++)
        complete_offer(c, CANDIDATE_WORD, word, "");
}

/* The pattern behind the count that may stand there. */
static void pattern_from(struct completing *c, size_t first)
{
    if (first < c->count && c->tokens[first].kind == TOKEN_INT)
        first++;
    complete_pattern(c, first);
}

static void complete_wire(struct completing *c)
{
    char word[COMPLETE_WORD_MAX];
    enum wire_word each = WIRE_WORDS;
    const char *text;

    if (c->count == 1) {
        offer_wire_words(c);
        return;
    }
    complete_word(c, 1, word);
    for (size_t i = 0; (text = wire_word_at(i, &each)) != NULL; i++)
        if (strcmp(text, word) == 0)
            break;
    if (!text)
        return;
    enum wire_shape shape = wire_word_info(each)->shape;
    if (shape == WIRE_TAKES_SOME || shape == WIRE_TAKES_NEXT)
        pattern_from(c, 2);
    else if (shape == WIRE_TAKES_UNREACHABLE && c->count > 2)
        pattern_from(c, 3);
    else if (shape == WIRE_TAKES_UNREACHABLE)
        offer_unreachables(c);
    else if (c->count == 2)
        offer_examples(c, shape);
    else if (shape == WIRE_TAKES_DELAY || shape == WIRE_TAKES_PERCENT)
        behind_quantity(c, shape);
}

/* ---- other lines --------------------------------------------------------- */

static void complete_set(struct completing *c)
{
    const struct complete_names *names = c->names;

    if (c->count == 1)
        complete_hosts(c);
    if (c->count != 2)
        return;
    for (size_t i = 0; i < ARRAY_LEN(settings); i++)
        if (!names->has_setting ||
            names->has_setting(names->ctx, settings[i].name))
            complete_offer(
                c, CANDIDATE_SETTING, settings[i].name, settings[i].help);
}

static void complete_repeat(struct completing *c)
{
    char process[COMPLETE_WORD_MAX];

    if (c->count == 1)
        complete_offer(c, CANDIDATE_EXAMPLE, "3", "");
    else if (c->count == 2)
        complete_processes(c, complete_next_char(c) == ':' ? "" : ": ", true);
    else if (complete_is_op(c, 3, ':'))
        complete_statement(c, complete_word(c, 2, process), 4);
}

static void complete_interrupt(struct completing *c)
{
    if (c->count == 1)
        complete_processes(c, "", false);
}

static void complete_wait(struct completing *c)
{
    if (c->count == 1)
        complete_offer(c, CANDIDATE_EXAMPLE, "200ms", "");
}

static void complete_vote(struct completing *c)
{
    if (c->count == 1)
        complete_offer(c, CANDIDATE_EXAMPLE, "1", "");
}

static void complete_require(struct completing *c)
{
    if (c->count == 1)
        complete_offer(c, CANDIDATE_WORD, "private", "");
}

static void complete_hide(struct completing *c)
{
    if (c->count != 1)
        return;
    complete_hosts(c);
    complete_offer(c, CANDIDATE_WORD, "wire", "");
}

/* Behind a name that may hold dots: np.hufs.ac.kr server. */
static void complete_name(struct completing *c)
{
    if (c->count > 1 && !complete_is_op(c, c->count - 1, '.') &&
        c->tokens[c->count - 1].end < c->lx.len - 1)
        complete_hosts(c);
}

static const struct {
    enum line_kind kind;
    void (*complete)(struct completing *c);
} lines[] = {
    {LINE_WIRE, complete_wire},
    {LINE_SET, complete_set},
    {LINE_EXPECT, complete_expect},
    {LINE_REPEAT, complete_repeat},
    {LINE_INTERRUPT, complete_interrupt},
    {LINE_WAIT, complete_wait},
    {LINE_VOTE, complete_vote},
    {LINE_REQUIRE, complete_require},
    {LINE_HIDE, complete_hide},
    {LINE_NAME, complete_name},
};

bool complete_directive(struct completing *c, const char *word)
{
    const struct directive *d = directive_find(word);

    if (!d)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(lines) && !d->is_text; i++)
        if (lines[i].kind == d->kind)
            lines[i].complete(c);
    return true;
}
