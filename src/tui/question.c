/* Choosing an option, and what was chosen. */
#include "question.h"

#include "ui.h"

static struct model_lesson lesson_of(const struct moment *m)
{
    return model_lesson(m->model, m->lang);
}

bool question_is_open(const struct moment *m)
{
    struct model_lesson l = lesson_of(m);

    return l.question && l.option_count > 0 && !l.judged;
}

size_t question_choice(const struct moment *m)
{
    return lesson_of(m).vote;
}

size_t question_arrow(const struct moment *m)
{
    const struct option_arrow *arrow = &m->ui->arrow;

    if (moment_is_past(m) || arrow->asked != lesson_of(m).asked)
        return 0;
    return arrow->at;
}

static bool choose(struct ui *ui, size_t option, size_t *vote)
{
    ui->arrow.at = 0;
    *vote = option;
    return true;
}

bool question_key(
    struct ui *ui, const struct moment *m, uint32_t key, size_t *vote)
{
    struct model_lesson l = lesson_of(m);
    size_t at = question_arrow(m);

    *vote = 0;
    if (!question_is_open(m) || moment_is_past(m))
        return false;
    if (key >= '1' && key < '1' + l.option_count)
        return choose(ui, key - '0', vote);
    if (key == KEY_RETURN && at > 0)
        return choose(ui, at, vote);
    if (key != KEY_CODE_UP && key != KEY_CODE_DOWN)
        return false;
    if (at == 0)
        at = question_choice(m);
    if (key == KEY_CODE_DOWN)
        at = at < l.option_count ? at + 1 : 1;
    else
        at = at > 1 ? at - 1 : l.option_count;
    ui->arrow = (struct option_arrow){l.asked, at};
    return true;
}
