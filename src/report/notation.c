/* From events to lines of the notation. A call comes when it was made and any
 * other line when it was done, which is the order in which the player carried
 * them out. The texts are a recording's and may be anything: what is no line
 * of a script is found when all of it is parsed. */
#include "notation.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/script/ast.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* No script is longer, see the parser. */
#define LINES_MAX (size_t)200000
#define BYTES_MAX ((size_t)16 << 20)
/* Typed lines that lack a name, found one by one. */
#define UNPLAYABLE_MAX  100
#define TRIED_BYTES_MAX (2 * BYTES_MAX)

/* ---- lines -------------------------------------------------------------- */

static struct notation_line *add(struct notation *n, enum notation_kind kind,
    const struct event *e, struct str *text)
{
    struct notation_line fresh = {.kind = kind, .t_ns = e->t_ns};

    n->bytes += text->len + 1;
    n->too_long |= n->bytes > BYTES_MAX || n->lines.len >= LINES_MAX;
    if (n->too_long) {
        str_done(text);
        return NULL;
    }
    str_reserve(text, 0);
    fresh.text = str_steal(text);
    vec_push(&n->lines, fresh);
    return &n->lines.items[n->lines.len - 1];
}

static char *keep(struct notation *n, const char *text)
{
    if (text == NULL || n->too_long)
        return NULL;
    n->bytes += strlen(text);
    return xstrdup(text);
}

static const char *some(const char *text)
{
    return text != NULL ? text : "";
}

/* ---- calls -------------------------------------------------------------- */

/* What Python does by itself once no name holds a socket is nobody's line. */
static bool is_implied(const struct event_call *c)
{
    return c->socket == NULL && c->name != NULL &&
           strcmp(c->name, "close") == 0;
}

static struct notation_line *find_call(const struct notation *n, uint64_t id)
{
    size_t from = 0, to = n->calls.len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        struct notation_line *l = &n->lines.items[n->calls.items[middle]];

        if (l->id == id)
            return l;
        if (l->id < id)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static void add_call(struct notation *n, const struct event *e)
{
    const struct event_call *c = &e->u.call;
    struct str text = STR_INIT;
    struct notation_line *l;
    size_t last = n->calls.len;

    if (is_implied(c))
        return;
    str_addf(&text, "%s: %s", some(c->process), some(c->python));
    l = add(n, NOTATION_CALL, e, &text);
    if (l == NULL)
        return;
    l->id = c->id;
    l->line = c->line;
    l->process = keep(n, some(c->process));
    /* Ids that don't rise are no stage's: such a call never returns. */
    if (last == 0 || n->lines.items[n->calls.items[last - 1]].id < c->id)
        vec_push(&n->calls, n->lines.len - 1);
}

static void add_blocked(struct notation *n, const struct event *e)
{
    struct notation_line *l = find_call(n, e->u.blocked.id);

    if (l != NULL)
        l->blocked = true;
}

static void add_return(struct notation *n, const struct event *e)
{
    const struct event_return *r = &e->u.ret;
    struct notation_line *l = find_call(n, r->id);
    struct str number = STR_INIT;

    if (l == NULL || l->returned)
        return;
    l->returned = true;
    l->returned_after = n->lines.len;
    l->returned_ns = e->t_ns;
    vec_push(&n->fresh, (size_t)(l - n->lines.items));
    l->elapsed_ns = r->elapsed_ns;
    l->error = keep(n, r->error);
    l->exception = keep(n, r->exception);
    l->message = keep(n, r->message);
    l->syscall = keep(n, r->syscall);
    l->was_interrupted = str_equal(r->error, "EINTR");
    if (r->result_is_number)
        str_addf(&number, "%" PRId64, r->result_number);
    l->result = keep(n, r->result_is_number ? str_text(&number) : r->result);
    str_done(&number);
}

/* ---- other lines -------------------------------------------------------- */

bool notation_is_delivery(const struct notation_line *l)
{
    static const char *const words[] = {
        "wire deliver", "wire step", "wire release"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (l->kind == NOTATION_LINE &&
            strncmp(l->text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* A delivery is told of once it is done; what returned meanwhile did so
 * because of it. */
static void put_behind(struct notation *n, uint64_t since_ns)
{
    for (size_t i = 0; i < n->fresh.len; i++) {
        struct notation_line *l = &n->lines.items[n->fresh.items[i]];

        if (l->returned_ns >= since_ns)
            l->returned_after = n->lines.len;
    }
}

static void add_line(struct notation *n, const struct event *e)
{
    uint64_t delivered_ns = n->delivered_ns;
    struct notation_line *l;
    struct str text = STR_INIT;

    str_add(&text, some(e->u.line.text));
    l = add(n, NOTATION_LINE, e, &text);
    if (l == NULL)
        return;
    l->line = e->u.line.line;
    if (delivered_ns > 0 && notation_is_delivery(l))
        put_behind(n, delivered_ns);
}

static void add_verdict(struct notation *n, const struct event *e)
{
    if (e->u.verdict.action == VERDICT_DELIVERED && n->delivered_ns == 0)
        n->delivered_ns = e->t_ns;
}

/* Whatever it says, a note is one line. */
static void add_note(struct notation *n, const struct event *e)
{
    const char *lang = some(e->u.note.lang);
    struct str text = STR_INIT;

    if (e->u.note.notice)
        return;
    str_addf(&text, "note%s ", strcmp(lang, "ko") == 0 ? ".ko" : "");
    for (const char *at = some(e->u.note.text); *at != '\0'; at++)
        str_addc(&text, (unsigned char)*at < ' ' ? ' ' : *at);
    add(n, NOTATION_NOTE, e, &text);
}

static void add_expect(struct notation *n, const struct event *e)
{
    struct notation_line *l;
    struct str text = STR_INIT;

    str_add(&text, some(e->u.expect.text));
    l = add(n, NOTATION_EXPECT, e, &text);
    if (l == NULL)
        return;
    l->line = e->u.expect.line;
    l->held = e->u.expect.ok;
    l->actual = keep(n, e->u.expect.actual);
}

static void add_end(struct notation *n, const struct event *e)
{
    n->has_end = true;
    n->end = e->u.end.result;
}

void notation_add(struct notation *n, const struct event *e)
{
    static void (*const adders[EVENT_KINDS])(
        struct notation * n, const struct event *e) = {
        [EVENT_CALL] = add_call,
        [EVENT_BLOCKED] = add_blocked,
        [EVENT_RETURN] = add_return,
        [EVENT_LINE] = add_line,
        [EVENT_VERDICT] = add_verdict,
        [EVENT_NOTE] = add_note,
        [EVENT_EXPECT] = add_expect,
        [EVENT_END] = add_end,
    };

    size_t lines = n->lines.len;

    if (adders[e->kind] != NULL)
        adders[e->kind](n, e);
    if (n->lines.len == lines)
        return;
    vec_clear(&n->fresh);
    n->delivered_ns = 0;
}

void notation_done(struct notation *n)
{
    for (size_t i = 0; i < n->lines.len; i++) {
        struct notation_line *l = &n->lines.items[i];

        free(l->text);
        free(l->process);
        free(l->result);
        free(l->error);
        free(l->exception);
        free(l->message);
        free(l->syscall);
        free(l->actual);
    }
    vec_done(&n->lines);
    vec_done(&n->calls);
    vec_done(&n->fresh);
}

/* ---- all of it as a script ---------------------------------------------- */

/* Why the notation can't have it; NULL: it can. `include` makes no event: it
 * would be the reader's files that are read. */
static const char *why_no_line(const struct notation_line *l)
{
    const char *word = l->text + strspn(l->text, " \t");

    if (strncmp(word, "include", 7) == 0 &&
        word[7 + strspn(word + 7, " \t")] != ':')
        return _("it would read a file");
    for (const char *at = l->text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' && *at != '\t')
            return *at == '\n' ? _("it would be more than one line")
                               : _("it has a control character");
    return NULL;
}

static int refuse(
    struct err *e, const struct notation *n, size_t i, const char *why)
{
    struct str shown = STR_INIT;

    text_add_visible(&shown, n->lines.items[i].text, 60);
    err_set(e, EINVAL,
        _("the recording holds a line that is none of the "
          "notation: %s (%s)"),
        str_text(&shown), why);
    str_done(&shown);
    return -EINVAL;
}

static int put_together(
    const struct notation *n, struct str *out, struct err *e)
{
    if (n->too_long)
        return err_set(e, EFBIG, _("the recording is too long for a script"));
    for (size_t i = 0; i < n->lines.len; i++) {
        const struct notation_line *l = &n->lines.items[i];

        const char *why = why_no_line(l);
        if (why)
            return refuse(e, n, i, why);
        if (!l->unplayable && (l->kind != NOTATION_EXPECT || l->held))
            str_add(out, l->text);
        str_addc(out, '\n');
    }
    return 0;
}

/* At the screen nobody checks beforehand whether there is such a name. */
static bool may_lack_a_name(const struct notation_line *l)
{
    if (l->unplayable || l->line > 0)
        return false;
    if (l->kind == NOTATION_CALL)
        return l->returned && l->syscall == NULL && l->exception != NULL;
    return l->kind == NOTATION_EXPECT ||
           (l->kind == NOTATION_LINE && strncmp(l->text, "wire ", 5) == 0);
}

/* Each line of the text must have made a line by itself and no other one: a
 * block or a fence would change what those behind it mean. */
static bool check_lines(
    const struct notation *n, const struct script *s, struct err *e)
{
    size_t next = 0;

    for (size_t i = 0; i < n->lines.len; i++) {
        const struct notation_line *l = &n->lines.items[i];
        bool is_there =
            !l->unplayable && (l->kind != NOTATION_EXPECT || l->held);

        if (!is_there)
            continue;
        if (next < s->lines.len && s->lines.items[next]->line == (int)(i + 1)) {
            next++;
            continue;
        }
        refuse(e, n, i, _("it does nothing"));
        return false;
    }
    return true;
}

/* One try; on a line that lacks a name that line is left out of the next. */
static struct script *try_parsing(
    struct notation *n, size_t *bytes, struct err *e)
{
    struct script_error error;
    struct str text = STR_INIT;
    struct script *s = NULL;
    size_t i;

    e->code = 0;
    if (put_together(n, &text, e) < 0)
        goto out;
    *bytes += text.len;
    s = script_parse("recording", str_text(&text), text.len, &error);
    if (s != NULL)
        goto out;
    i = error.line > 0 ? (size_t)error.line - 1 : n->lines.len;
    if (i >= n->lines.len)
        err_set(e, EINVAL, "%s", error.what);
    else if (may_lack_a_name(&n->lines.items[i]) && *bytes < TRIED_BYTES_MAX)
        n->lines.items[i].unplayable = true;
    else
        refuse(e, n, i, error.what);
out:
    str_done(&text);
    return s;
}

struct script *notation_parse(struct notation *n, struct err *e)
{
    struct script *s = NULL;
    size_t bytes = 0;

    do {
        bytes += TRIED_BYTES_MAX / UNPLAYABLE_MAX;
        s = try_parsing(n, &bytes, e);
    } while (s == NULL && e->code == 0);
    if (s != NULL && !check_lines(n, s, e)) {
        script_free(s);
        return NULL;
    }
    return s;
}
