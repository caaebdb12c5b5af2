/* Picks the language. A text and its translations follow each other, whichever
 * comes first; only the next event says that there is none. */
#include "narration.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tell(
    struct narration *n, const struct telling *t, const char *text, bool right)
{
    struct telling told = *t;

    told.text = text;
    told.right = right;
    n->told(n->ctx, &told);
}

static void tell_waiting(struct narration *n)
{
    char *text = n->waiting;
    struct telling t = {
        .kind = n->kind, .t_ns = n->waiting_ns, .seq = n->waiting_seq};

    n->waiting = NULL;
    if (text != NULL && !n->is_told)
        tell(n, &t, text, n->waiting_right);
    free(text);
}

void narration_end(struct narration *n)
{
    tell_waiting(n);
    n->kind = TELLING_NONE;
    n->is_told = n->waiting_right = false;
    n->waiting_lang[0] = '\0';
}

void narration_done(struct narration *n)
{
    free(n->waiting);
    n->waiting = NULL;
    n->kind = TELLING_NONE;
    n->is_told = n->waiting_right = false;
    n->waiting_lang[0] = '\0';
}

/* Another text, not another language of the same one. */
static bool is_next(
    const struct narration *n, const struct telling *t, const char *lang)
{
    bool chosen = str_equal(lang, n->lang != NULL ? n->lang : "en");

    if (t->kind != n->kind)
        return true;
    return chosen ? n->is_told : str_equal(lang, n->waiting_lang);
}

static void take(struct narration *n, const struct telling *t, const char *lang)
{
    if (is_next(n, t, lang))
        narration_end(n);
    n->kind = t->kind;
    if (str_equal(lang, n->lang != NULL ? n->lang : "en")) {
        n->is_told = true;
        /* The right option may be marked in one language only. */
        tell(n, t, t->text, t->right || n->waiting_right);
        return;
    }
    snprintf(n->waiting_lang, sizeof n->waiting_lang, "%s", lang);
    n->waiting_right |= t->right;
    if (n->is_told || n->waiting != NULL)
        return;
    n->waiting = xstrdup(t->text);
    n->waiting_ns = t->t_ns;
    n->waiting_seq = t->seq;
}

static bool take_line(struct narration *n, struct telling *t, const char *text)
{
    struct lesson_line line;

    if (text == NULL)
        return false;
    if (strncmp(text, "note", 4) == 0) /* it has an event of its own */
        return true;
    if (!lesson_read_line(text, &line))
        return false;
    switch (line.kind) {
    case LESSON_ASK:
        t->kind = TELLING_ASK;
        break;
    case LESSON_OPTION:
        t->kind = TELLING_OPTION;
        break;
    case LESSON_TRY:
        t->kind = TELLING_TRY;
        break;
    case LESSON_TITLE:
        return true;
    default:
        return strncmp(text, "mark", 4) != 0;
    }
    t->text = line.text;
    t->right = line.right;
    take(n, t, line.lang);
    return true;
}

bool narration_take(struct narration *n, const struct event *e, uint64_t seq)
{
    struct telling t = {.t_ns = e->t_ns, .seq = seq};

    if (e->kind == EVENT_LINE && take_line(n, &t, e->u.line.text))
        return true;
    if (e->kind != EVENT_NOTE) {
        narration_end(n);
        return false;
    }
    t.kind = TELLING_NOTE;
    t.text = e->u.note.text != NULL ? e->u.note.text : "";
    take(n, &t, e->u.note.lang != NULL ? e->u.note.lang : "en");
    return true;
}
