/* The narration of a script: its note, the answer to a question, what to try.
 */
#include "views.h"

#include "sockstage/base/text.h"

#define NOTE_LINES_MAX  3
#define NOTE_LINES      2 /* kept free for it while a script is open */
#define NOTE_LINES_TALL 3
#define NOTE_TALL       30 /* rows of the screen */

static int draw_try(struct pen *p, const char *text)
{
    pen_textf(p, THEME_WAITING, "%s ", _("Try:"));
    pen_wrap(p, THEME_NOTE, text, NOTE_LINES_MAX);
    return p->y + 1;
}

/* What was told after the question belongs to its answer. */
static int draw_judged(struct draw *d, struct pen *p,
    const struct model_lesson *lesson, const struct model_note *note, int room)
{
    if (!lesson->told || !note) {
        question_draw_judged(d, p, room);
        return p->y + 1;
    }
    pen_wrap(p, THEME_NOTE, note->text, NOTE_LINES);
    pen_newline(p, 1);
    question_draw_judged(d, p, 1);
    return p->y + 1;
}

/* One of them: what to try, the answer, a question without options, the note;
 * before there is any, the title, which the header may have to cut. */
static int draw_note(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct model_lesson lesson = model_lesson(d->m->model, d->m->lang);
    const struct model_note *note = model_note(d->m->model, d->m->lang);
    int room = r.h > 0 ? r.h : NOTE_LINES;

    pen_go(&p, 1);
    if (lesson.try_text && note && note->text && *note->text) {
        pen_wrap(&p, THEME_NOTE, note->text, NOTE_LINES);
        pen_newline(&p, 1);
    }
    if (lesson.try_text)
        return draw_try(&p, lesson.try_text);
    if (lesson.question && lesson.judged && lesson.option_count > 0)
        return draw_judged(d, &p, &lesson, note, room);
    if (lesson.question && lesson.option_count == 0)
        pen_wrap(&p, THEME_QUESTION, lesson.question, NOTE_LINES_MAX);
    else if (note && note->text && *note->text)
        pen_wrap(&p, THEME_NOTE, note->text, NOTE_LINES_MAX);
    else if (lesson.title)
        pen_wrap(&p, THEME_NOTE, lesson.title, NOTE_LINES_MAX);
    else
        return 0;
    return p.y + 1;
}

/* Once something was told the columns stay where they are: of a script and of
 * its recording alike. */
static int reserved(const struct canvas *cv, const struct moment *m)
{
    if (!model_lesson(m->model, m->lang).title &&
        !model_note(m->model, m->lang))
        return 0;
    return cv->rows >= NOTE_TALL ? NOTE_LINES_TALL : NOTE_LINES;
}

int note_lines(struct canvas *cv, const struct moment *m, int width)
{
    struct draw d = {.cv = cv, .m = m, .measuring = true};

    int lines = draw_note(&d, (struct rect){0, 0, 0, width});
    int least = reserved(cv, m);
    return lines > least ? lines : least;
}

void view_note(struct draw *d, struct rect r)
{
    draw_note(d, r);
}
