/* The user's settings: what the command line leaves open, they say. */
#include "app.h"

#include "sockstage/tui/config.h"
#include "sockstage/tui/tui.h"

#include "sockstage/base/text.h"

#include <stdio.h>

void settings_open(struct options *o)
{
    const struct tui_config_screen *screen;

    o->config = tui_config_read();
    screen = tui_config_screen(o->config);
    if (!o->theme)
        o->theme = screen->theme;
    if (!o->lang)
        o->lang = screen->lang;
    o->ascii = o->ascii || screen->ascii;
}

void settings_tell(const struct options *o, struct tui *tui)
{
    char line[640];
    size_t n = 0;

    while (tui_config_complaint(o->config, n))
        n++;
    if (n == 0)
        return;
    if (n == 1)
        snprintf(line, sizeof line, "%s", tui_config_complaint(o->config, 0));
    else
        snprintf(line, sizeof line, _("%.500s (and %zu more, told at the end)"),
            tui_config_complaint(o->config, 0), n - 1);
    tui_message(tui, line);
}

void settings_close(struct options *o)
{
    const char *complaint;

    for (size_t i = 0;
         o->config && (complaint = tui_config_complaint(o->config, i)); i++)
        fprintf(stderr, "sockstage: %s\n", complaint);
    tui_config_free(o->config);
    o->config = NULL;
}
