/* The empty stage: how to begin; and what of that is still to do.
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

#define WORDS_LEAST 30 /* columns: else only the lines */

static int widest(const struct draw *d)
{
    int most = 0;

    for (enum guide_step i = 0; i < GUIDE_STEPS; i++) {
        struct str line = STR_INIT;
        guide_add_line(&line, d->m->model, i);
        int w = canvas_width(d->cv, str_text(&line));
        most = w > most ? w : most;
        str_done(&line);
    }
    return most;
}

/* A line that is to do, and what it does. */
static void draw_step(struct draw *d, struct pen *p, enum guide_step step,
    int column, enum theme_key style)
{
    struct str line = STR_INIT;

    guide_add_line(&line, d->m->model, step);
    pen_fit(p, style, str_text(&line), pen_room(p));
    str_done(&line);
    if (p->clip.w - column < WORDS_LEAST)
        return;
    pen_go(p, column);
    pen_fit(p, THEME_DIM, _(guide_words(step)), pen_room(p));
}

static void welcome_free(struct draw *d, struct pen *p, bool tight)
{
    int column = widest(d) + 4;

    paragraph(p, THEME_SCREEN, _("Type these lines, and press %s after each:"),
        name_of_key(KEY_RETURN).text);
    if (!tight)
        pen_newline(p, 2);
    for (enum guide_step i = 0; i < GUIDE_STEPS; i++) {
        pen_newline(p, 2);
        draw_step(d, p, i, column, THEME_TITLE);
    }
    pen_newline(p, 0);
    if (!tight)
        pen_newline(p, 0);
    paragraph(p, THEME_DIM,
        _("%s offers the calls that make sense here; %s explains the keys."),
        ui_key(d->m, ACTION_CALL).text, ui_key(d->m, ACTION_HELP).text);
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

/* ---- what is still to do ------------------------------------------------- */

int guide_rows(const struct moment *m)
{
    int lines = 0;

    if (!m->play || m->steps > 0 || moment_is_past(m) ||
        m->ui->scene != SCENE_COLUMNS || !guide_is_wanted(m->model))
        return 0;
    for (enum guide_step i = 0; i < GUIDE_STEPS; i++)
        lines += !guide_is_done(m->model, i);
    return lines ? lines + 1 : 0;
}

void view_guide(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    enum theme_key style = THEME_TITLE; /* of the next; then of the others */
    int column = widest(d) + 4;

    pen_text(&p, THEME_RULE, "── ");
    pen_text(&p, THEME_DIM, _("still to do for a first connection"));
    pen_text(&p, THEME_RULE, " ");
    pen_repeat(&p, THEME_RULE, "─", pen_room(&p));
    for (enum guide_step i = 0; i < GUIDE_STEPS && p.y + 1 < r.h; i++) {
        if (guide_is_done(d->m->model, i))
            continue;
        pen_newline(&p, 1);
        draw_step(d, &p, i, column, style);
        style = THEME_SCREEN;
    }
}
