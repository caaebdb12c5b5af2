/* Lines that were pasted, before they are run.
 *
 * |PASTED: 12 lines for c1                  |
 * |  1  server:                             |
 * |  2      ls = socket()                   |
 * |         ^ what is wrong with this line  | */
#include "views.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

static void heading(struct pen *p, const struct draw *d)
{
    const struct paste *paste = &d->m->ui->paste;
    char text[128];

    snprintf(text, sizeof text,
        ngettext("PASTED: %zu line", "PASTED: %zu lines", paste->lines),
        paste->lines);
    pen_text(p, THEME_TITLE, text);
    snprintf(text, sizeof text, _("  without a process they are %s's"),
        ui_process(d->m));
    pen_fit(p, THEME_DIM, text, pen_room(p));
}

/* A tab is as wide as the notation takes it to be. */
static void expand_tabs(struct str *line)
{
    struct str out = STR_INIT;

    for (size_t i = 0; i < line->len; i++) {
        if (line->data[i] == '\t')
            str_add(&out, "    ");
        else
            str_addc(&out, line->data[i]);
    }
    str_done(line);
    *line = out;
}

static void error_line(struct pen *p, const struct paste *paste)
{
    pen_newline(p, 1);
    pen_text(p, THEME_ERROR, "^ ");
    pen_wrap(p, THEME_ERROR, paste->error.what, 2);
}

void view_paste(struct draw *d, struct rect r)
{
    const struct paste *paste = &d->m->ui->paste;
    struct rect inside = {r.y + 1, r.x + 2, r.h - 2, r.w - 4};
    struct pen p = pen_at(d->cv, inside);
    struct str line = STR_INIT;

    popup_frame(d, r);
    heading(&p, d);
    for (size_t i = paste->first; p.y + 1 < inside.h; i++) {
        if (!paste_line(paste, i, &line))
            break;
        bool wrong = paste->failed && (int)i + 1 == paste->error.line;
        expand_tabs(&line);
        pen_newline(&p, 0);
        pen_textf(&p, wrong ? THEME_ERROR : THEME_DIM, "%4zu ", i + 1);
        pen_fit(&p, wrong ? THEME_ERROR : THEME_SCREEN, str_text(&line),
            pen_room(&p));
        if (wrong)
            error_line(&p, paste);
    }
    str_done(&line);
    canvas_ground(d->cv, r, THEME_MENU);
}
