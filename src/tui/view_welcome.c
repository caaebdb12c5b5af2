/* The empty stage: how to begin.
 *
 * | server: ls = socket()             the server's socket      |
 * | server: ls.bind(('', 8080))       gives it a port          | */
#include "guide.h"
#include "views.h"

#include "sockstage/base/text.h"

/* A text that names keys. */
__attribute__((format(printf, 3, 4))) static void paragraph(
    struct pen *p, enum theme_key style, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&text, fmt, args);
    va_end(args);
    pen_wrap(p, style, str_text(&text), 3);
    str_done(&text);
}

static void welcome_free(struct draw *d, struct pen *p, bool tight)
{
    struct guide g;
    int column;

    guide_fill(&g, d->m->model);
    column = guide_column(d, &g);
    paragraph(p, THEME_SCREEN, _("Type these lines, and press %s after each:"),
        name_of_key(KEY_RETURN).text);
    if (!tight)
        pen_newline(p, 2);
    for (size_t i = 0; i < g.lines.len; i++) {
        pen_newline(p, 2);
        guide_draw_line(d, p, &g.lines.items[i], column, THEME_TITLE);
    }
    guide_done(&g);
    pen_newline(p, 0);
    if (!tight)
        pen_newline(p, 0);
    paragraph(p, THEME_DIM,
        _("%s or a click types the line for you. %s offers the calls that make "
          "sense here; %s explains the keys."),
        ui_key(d->m, ACTION_NEXT).text, ui_key(d->m, ACTION_CALL).text,
        ui_key(d->m, ACTION_HELP).text);
}

static void welcome_script(struct draw *d, struct pen *p)
{
    const struct player_state *play = d->m->play;

    paragraph(p, THEME_SCREEN,
        _("%s plays the script, line by line. The first:"),
        ui_key(d->m, ACTION_NEXT).text);
    pen_newline(p, 2);
    pen_newline(p, 2);
    pen_wrap(p, THEME_TITLE, play->next_step ? play->next_step : "", 3);
}

void view_welcome(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct player_state *play = d->m->play;
    const struct timeline_place *place = d->m->place;
    bool script = play && play->count > 0;
    bool tight = r.h < 13;

    p.y = r.h > 13 ? 2 : 0;
    pen_go(&p, 0);
    if (script && d->m->title)
        pen_fit(&p, THEME_STRONG, d->m->title, pen_room(&p));
    else
        pen_text(&p, THEME_STRONG, _("The stage is empty."));
    pen_newline(&p, 0);
    if (!tight || script || moment_is_past(d->m))
        pen_newline(&p, 0);
    if (script && !moment_is_past(d->m))
        welcome_script(d, &p);
    else if (!moment_is_past(d->m))
        welcome_free(d, &p, tight);
    else if (place->recording)
        paragraph(&p, THEME_SCREEN,
            _("%s plays the recording; %s shows its next event, %s the "
              "next step."),
            ui_key(d->m, ACTION_PLAY).text, ui_key(d->m, ACTION_EVENT_ON).text,
            ui_key(d->m, ACTION_TARGET_ON).text);
}
