/* The user's settings: what the command line leaves open, they say. */
#include "app.h"

#include "sockstage/tui/config.h"
#include "sockstage/tui/tui.h"

#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The font of the console has few symbols. */
static bool is_console(void)
{
    const char *term = getenv("TERM");

    return term && strcmp(term, "linux") == 0;
}

void settings_open(struct options *o)
{
    const struct tui_config_screen *screen;

    if (o->theme)
        tui_theme_check(o->theme, &o->theme_failure);
    o->config = tui_config_read();
    screen = tui_config_screen(o->config);
    if (!o->theme)
        o->theme = screen->theme;
    if (!o->lang)
        o->lang = screen->lang;
    if (screen->ascii == TUI_ASCII_YES ||
        (screen->ascii == TUI_ASCII_OPEN && is_console()))
        o->ascii = true;
}

/* What is wrong, one after the other; NULL behind the last. */
static const char *complaint_at(const struct options *o, size_t i)
{
    if (!o->theme_failure.msg[0])
        return tui_config_complaint(o->config, i);
    return i == 0 ? o->theme_failure.msg
                  : tui_config_complaint(o->config, i - 1);
}

void settings_tell(const struct options *o, struct tui *tui)
{
    char line[640];
    size_t n = 0;

    while (complaint_at(o, n))
        n++;
    if (n == 0)
        return;
    if (n == 1)
        snprintf(line, sizeof line, "%s", complaint_at(o, 0));
    else
        snprintf(line, sizeof line, _("%.500s (and %zu more, told at the end)"),
            complaint_at(o, 0), n - 1);
    tui_message(tui, line);
}

void settings_close(struct options *o)
{
    const char *complaint;

    for (size_t i = 0; o->config && (complaint = complaint_at(o, i)); i++) {
        struct str line = STR_INIT;
        str_addf(&line, "sockstage: %s", complaint);
        tell(str_text(&line));
        str_done(&line);
    }
    tui_config_free(o->config);
    o->config = NULL;
}
