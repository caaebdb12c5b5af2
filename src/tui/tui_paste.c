/* What is pasted: one line is typed at the cursor; several are shown first and
 * then run as one submission. */
#include "tui_int.h"

#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"

#include <stdio.h>
#include <string.h>

static void tell_left_out(struct tui *t)
{
    const struct paste *p = &t->ui.paste;
    char text[160];

    if (p->cut) {
        snprintf(text, sizeof text, _("Only the first %lu KiB were pasted."),
            PASTE_MAX >> 10);
        tui_show_message(t, text, true);
    } else if (p->left_out > 0) {
        snprintf(text, sizeof text,
            ngettext("%zu control character of the paste was left out.",
                "%zu control characters of the paste were left out.",
                p->left_out),
            p->left_out);
        tui_show_message(t, text, false);
    }
}

void tui_on_paste(void *ctx, const char *text, size_t len)
{
    struct tui *t = ctx;
    struct paste *p = &t->ui.paste;
    struct str line = STR_INIT;
    struct shown s;

    if (layout_is_too_small(&t->canvas))
        return;
    tui_letters_settle(t);
    tui_shown(t, &s);
    t->dirty = true;
    t->ui.message[0] = '\0';
    if (t->ui.mode == UI_NAME) {
        tui_paste_in_name(t, text, len);
        return;
    }
    if (s.place.past || !t->source.player) {
        tui_refuse(t, &s);
        return;
    }
    paste_take(p, text, len);
    tell_left_out(t);
    t->ui.mode = UI_STAGE;
    t->ui.explain = false;
    if (!paste_is_line(p)) {
        t->ui.mode = UI_PASTE;
        return;
    }
    if (paste_line(p, 0, &line)) {
        if (!t->ui.prompt.typing)
            prompt_start(&t->ui.prompt, "");
        prompt_insert(&t->ui.prompt, str_text(&line));
    }
    str_done(&line);
    paste_done(p);
}

/* Line by line, so that each can be taken again by itself. */
static void remember(struct tui *t, const char *process, const char *text)
{
    VEC(const char *) lines = VEC_INIT;
    struct script_error e;
    struct script *script = script_parse_prompt(process, text, &e);
    const char *line;

    if (!script)
        return;
    for (size_t i = 0; (line = script_typed_at(script, i)) != NULL; i++)
        if (strlen(line) <= PROMPT_LINE_MAX)
            vec_push(&lines, line);
    tui_remember(t, lines.items, lines.len);
    vec_done(&lines);
    script_free(script);
}

static void run(struct tui *t, const struct shown *s)
{
    struct paste *p = &t->ui.paste;
    const char *text = str_text(&p->text);

    p->failed = !tui_submit(t, &s->m, text, &p->error);
    if (!p->failed) {
        t->by_hand = true;
        remember(t, ui_process(&s->m), text);
        tui_follow(t, text);
        t->ui.mode = UI_STAGE;
        paste_done(p);
        return;
    }
    size_t at = p->error.line > 0 ? (size_t)p->error.line - 1 : 0;
    p->first = at > 1 ? at - 1 : 0;
}

void tui_key_in_paste(struct tui *t, const struct shown *s, uint32_t key)
{
    struct paste *p = &t->ui.paste;

    if (key == KEY_RETURN) {
        run(t, s);
    } else if (key == KEY_ESC) {
        t->ui.mode = UI_STAGE;
        paste_done(p);
    } else if (key == KEY_CODE_UP || key == KEY_CODE_PAGE_UP) {
        p->first -= p->first > 0;
    } else if (key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_DOWN) {
        p->first += p->first + 1 < p->lines;
    }
}
