/* What Enter does at the prompt: a name selects, any other line is carried
 * out, exactly as it was typed. */
#include "tui_int.h"

#include "sockstage/base/mem.h"

#include <stdio.h>
#include <string.h>

/* The process may come into being only when the stage has settled. */
void tui_follow(struct tui *t, const char *line)
{
    char name[MODEL_NAME_MAX];
    size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    struct selection *sel = &t->ui.sel;

    if (len == 0 || len >= sizeof name ||
        (line[len] != ':' && strncmp(line + len, "..", 2) != 0))
        return;
    snprintf(name, sizeof name, "%.*s", (int)len, line);
    const struct model_process *p = model_process(t->source.model, name);
    bool server = p ? p->host == HOST_SERVER : str_equal(name, "server");
    if (!str_equal(sel->process, name))
        sel->sock = 0;
    memcpy(sel->process, name, sizeof name);
    sel->column = server ? COLUMN_SERVER : COLUMN_CLIENTS;
}

static void remember(struct tui *t, const char *text)
{
    const struct tui_history *h = &t->history;

    if (prompt_remember(&t->ui.prompt, text) && h->add)
        h->add(h->ctx, text);
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
    } else if (player_submit(t->source.player, ui_process(&s.m), text, &e)) {
        t->by_hand = true;
        remember(t, text);
        prompt_reset(&t->ui.prompt);
        tui_follow(t, text);
    } else {
        prompt_fail(&t->ui.prompt, e.column, e.what);
        t->ui.prompt.fix = e.fix;
    }
    free(text);
}
