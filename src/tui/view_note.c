/* The narration of a script: its note, and the question that is open. */
#include "views.h"

#include "sockstage/base/text.h"

#define NOTE_LINES_MAX 3

static int draw_options(
    struct draw *d, struct pen *p, const struct model_lesson *lesson)
{
    pen_newline(p, 1);
    for (size_t i = 0; i < lesson->option_count; i++) {
        const char *text = lesson->options[i];
        int width = canvas_width(d->cv, text) + 3;
        if (p->x > 1 && width > pen_room(p))
            pen_newline(p, 1);
        pen_textf(p, THEME_WAITING, "%zu  ", i + 1);
        pen_fit(p, THEME_WAITING, text, pen_room(p));
        pen_text(p, THEME_SCREEN, "   ");
    }
    return p->y;
}

static int draw_note(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct model_lesson lesson = model_lesson(d->m->model, d->m->lang);
    const struct model_note *note = model_note(d->m->model, d->m->lang);
    bool any = false;

    pen_go(&p, 1);
    if (note && note->text && *note->text) {
        pen_wrap(&p, THEME_NOTE, note->text, NOTE_LINES_MAX);
        any = true;
    }
    if (lesson.question) {
        if (any)
            pen_newline(&p, 1);
        pen_wrap(&p, THEME_QUESTION, lesson.question, 2);
        if (lesson.option_count)
            draw_options(d, &p, &lesson);
        any = true;
    }
    if (lesson.try_text) {
        if (any)
            pen_newline(&p, 1);
        pen_textf(&p, THEME_WAITING, "%s ", _("Try:"));
        pen_wrap(&p, THEME_NOTE, lesson.try_text, 2);
        any = true;
    }
    return any ? p.y + 1 : 0;
}

int note_lines(struct canvas *cv, const struct moment *m, int width)
{
    struct draw d = {.cv = cv, .m = m, .measuring = true};

    return draw_note(&d, (struct rect){0, 0, 0, width});
}

void view_note(struct draw *d, struct rect r)
{
    draw_note(d, r);
}
