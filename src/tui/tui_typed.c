/* What Enter does at the prompt: a name selects, any other line is carried
 * out, exactly as it was typed. */
#include "tui_int.h"

#include "curtain.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"

#include <stdio.h>
#include <string.h>

#define LETTERS                                                                \
    "abcdefghijklmnopqrstuvwxyz"                                               \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* The socket that a call is made on: of "data = conn.recv(3)" conn. */
static void follow_sock(struct tui *t, const char *call)
{
    struct selection *sel = &t->ui.sel;
    size_t before = strcspn(call, "(");
    const char *set = memchr(call, '=', before);
    const struct model_sock *s;
    char name[MODEL_NAME_MAX];

    call = set ? set + 1 : call;
    call += strspn(call, " ");
    size_t len = strspn(call, LETTERS);
    if (len == 0 || len >= sizeof name || call[len] != '.' ||
        sel->column == COLUMN_WIRE)
        return;
    snprintf(name, sizeof name, "%.*s", (int)len, call);
    s = model_sock_owned(t->source.model, sel->process, name);
    if (s && !s->gone)
        sel->sock = s->id;
}

/* The process may come into being only when the stage has settled. */
static bool follow_process(struct tui *t, const char *line, size_t len)
{
    struct selection *sel = &t->ui.sel;
    char name[MODEL_NAME_MAX];

    if (len == 0 || len >= sizeof name ||
        (line[len] != ':' && strncmp(line + len, "..", 2) != 0))
        return false;
    snprintf(name, sizeof name, "%.*s", (int)len, line);
    const struct model_process *p = model_process(t->source.model, name);
    bool server = p ? p->host == HOST_SERVER : str_equal(name, "server");
    if (!str_equal(sel->process, name))
        sel->sock = 0;
    memcpy(sel->process, name, sizeof name);
    sel->column = server ? COLUMN_SERVER : COLUMN_CLIENTS;
    return line[len] == ':';
}

void tui_follow(struct tui *t, const char *line)
{
    size_t len = strspn(line, LETTERS);

    follow_sock(t, follow_process(t, line, len) ? line + len + 1 : line);
}

void tui_remember(struct tui *t, const char *const *lines, size_t count)
{
    const struct tui_history *h = &t->history;
    VEC(const char *) fresh = VEC_INIT;

    for (size_t i = 0; i < count; i++)
        if (prompt_remember(&t->ui.prompt, lines[i]))
            vec_push(&fresh, lines[i]);
    if (h->add && fresh.len > 0)
        h->add(h->ctx, fresh.items, fresh.len);
    vec_done(&fresh);
}

/* ---- what is behind the curtain ------------------------------------------ */

struct peek {
    const struct moment *m;
    struct script_error *e; /* of the first that is hidden */
    bool hidden;
};

static bool is_hidden(const struct moment *m, const struct script_asked *a)
{
    return a->whose ? curtain_hides_process(m, a->whose)
                    : curtain_hides(m, COLUMN_WIRE);
}

static void look(void *ctx, const struct script_asked *a)
{
    struct peek *p = ctx;

    if (p->hidden || !is_hidden(p->m, a))
        return;
    p->hidden = true;
    *p->e = (struct script_error){.line = a->line, .column = a->column};
    snprintf(p->e->what, sizeof p->e->what,
        _("%.80s is behind the curtain until `show`"), a->text);
}

/* Whether it holds would be an answer as well. What does not parse peeks at
 * nothing. */
static bool peeks(
    const struct moment *m, const char *text, struct script_error *e)
{
    struct peek p = {.m = m, .e = e};
    struct script_error ignored;
    struct script *script;

    if (!curtain_is_down(m))
        return false;
    script = script_parse_prompt(ui_process(m), text, &ignored);
    if (script)
        script_each_asked(script, look, &p);
    script_free(script);
    return p.hidden;
}

bool tui_submit(struct tui *t, const struct moment *m, const char *text,
    struct script_error *e)
{
    return !peeks(m, text, e) &&
           player_submit(t->source.player, ui_process(m), text, e);
}

void tui_submit_typed(struct tui *t)
{
    struct script_error e;
    struct shown s;
    char *text = xstrdup(str_text(&t->ui.prompt.text));

    tui_shown(t, &s);
    prompt_close_choices(&t->ui.prompt, false);
    if (text[strspn(text, " ")] == '\0' ||
        ui_select_named(&t->ui, &s.m, text)) {
        prompt_reset(&t->ui.prompt);
    } else if (tui_submit(t, &s.m, text, &e)) {
        t->by_hand = true;
        tui_remember(t, (const char *const *)&text, 1);
        prompt_reset(&t->ui.prompt);
        tui_follow(t, text);
        tui_made_await(t, text);
    } else {
        prompt_fail(&t->ui.prompt, e.column, e.what);
        t->ui.prompt.fix = e.fix;
    }
    free(text);
}

/* ---- lines that wait ----------------------------------------------------- */

static void tell_waiting(struct tui *t, const struct player_queued *last)
{
    char text[WORDS_MAX];

    snprintf(t->queued_process, sizeof t->queued_process, "%s",
        last->process && last->call ? last->process : "");
    snprintf(t->queued_call, sizeof t->queued_call, "%s",
        last->call ? last->call : "");
    if (t->queued_process[0])
        snprintf(text, sizeof text,
            _("%s waits in %s(): this line comes after it."), t->queued_process,
            t->queued_call);
    else
        snprintf(text, sizeof text, _("This line comes after `%.100s`."),
            last->line ? last->line : "");
    tui_show_message(t, text, false);
}

/* Why a call failed is worth more. */
static void tell_its_turn(struct tui *t)
{
    char text[WORDS_MAX];

    if (t->ui.message_call || !t->queued_process[0])
        return;
    snprintf(text, sizeof text,
        _("%s() of %s has returned: now what was typed behind it."),
        t->queued_call, t->queued_process);
    tui_show_message(t, text, false);
}

void tui_tell_queue(struct tui *t)
{
    struct player_queue q = player_queue(t->source.player);
    size_t before = t->queued;
    size_t shown = q.count < PLAYER_QUEUE_MAX ? q.count : PLAYER_QUEUE_MAX;

    t->queued = q.count;
    if (model_hides_any(t->source.model))
        return;
    if (q.count > before)
        tell_waiting(t, &q.first[shown - 1]);
    else if (q.count < before)
        tell_its_turn(t);
}
