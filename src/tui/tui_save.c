/* Saving by a key: a list of what can be saved, then the name of the file,
 * which may be changed. Who opened the screen writes the file; meanwhile the
 * session goes on. */
#include "tui_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <string.h>

void tui_open_formats(struct tui *t)
{
    if (!t->saving)
        return;
    menu_fill_formats(&t->ui.menu, t->saving);
    t->ui.mode = UI_MENU;
}

void tui_name_file(struct tui *t, size_t format)
{
    struct str name = STR_INIT;

    t->saving->propose(t->saving->ctx, format, &name);
    t->ui.format = format;
    prompt_start(&t->ui.prompt, str_text(&name));
    t->ui.mode = UI_NAME;
    str_done(&name);
}

static void leave(struct tui *t)
{
    prompt_reset(&t->ui.prompt);
    t->ui.mode = UI_STAGE;
}

static void save(struct tui *t, const struct shown *s)
{
    const struct tui_saving *saving = t->saving;
    char *name = xstrdup(str_text(&t->ui.prompt.text));

    if (name[strspn(name, " ")] == '\0') {
        tui_show_message(t, _("A file needs a name; Esc leaves this."), true);
    } else {
        leave(t);
        saving->save(saving->ctx, t->ui.format, name, s->place.cursor);
    }
    free(name);
}

void tui_key_in_name(struct tui *t, const struct shown *s, uint32_t key)
{
    switch (key) {
    case KEY_RETURN:
        save(t, s);
        break;
    case KEY_ESC:
        leave(t);
        break;
    case KEY_CODE_PAGE_DOWN:
    case KEY_CODE_PAGE_UP:
        tui_show_message(t, _("Esc first: a file's name is typed."), false);
        break;
    case KEY_TAB:
    case KEY_CODE_BACK_TAB:
    case KEY_CODE_UP:
    case KEY_CODE_DOWN:
    case KEY_CTRL('P'):
    case KEY_CTRL('N'):
    case KEY_CTRL('R'):
        break; /* completion and earlier lines are for calls */
    default:
        prompt_key(&t->ui.prompt, key);
        break;
    }
}

/* Its first line. */
void tui_paste_in_name(struct tui *t, const char *text, size_t len)
{
    struct str line = STR_INIT;

    paste_take(&t->ui.paste, text, len);
    if (paste_line(&t->ui.paste, 0, &line))
        prompt_insert(&t->ui.prompt, str_text(&line));
    str_done(&line);
    paste_done(&t->ui.paste);
}
