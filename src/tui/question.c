/* Choosing an option, and what was chosen. */
#include "question.h"

#include "ui.h"

static struct model_lesson lesson_of(const struct moment *m)
{
    return model_lesson(m->model, m->lang);
}

static size_t chapter_of(const struct moment *m)
{
    return m->place ? m->place->chapter : 0;
}

bool question_is_open(const struct moment *m)
{
    struct model_lesson l = lesson_of(m);

    return l.question && l.option_count > 0 && !l.judged;
}

size_t question_choice(const struct moment *m)
{
    const struct votes *v = &m->ui->votes;
    uint64_t asked = lesson_of(m).asked;
    size_t kept = v->count < VOTES_MAX ? v->count : VOTES_MAX;
    bool past = moment_is_past(m);

    for (size_t i = 1; i <= kept && asked; i++) {
        const struct vote *vote = &v->of[(v->count - i) % VOTES_MAX];
        if (vote->asked == asked && vote->chapter == chapter_of(m) &&
            (!past || vote->cursor <= m->place->cursor))
            return vote->option;
    }
    return 0;
}

size_t question_arrow(const struct moment *m)
{
    const struct votes *v = &m->ui->votes;

    if (moment_is_past(m) || v->asked != lesson_of(m).asked)
        return 0;
    return v->at;
}

static void choose(
    struct votes *v, const struct moment *m, uint64_t asked, size_t option)
{
    uint64_t cursor = m->place ? m->place->cursor : 0;
    struct vote vote = {asked, chapter_of(m), cursor, option};

    v->of[v->count++ % VOTES_MAX] = vote;
    v->at = 0;
}

bool question_key(struct ui *ui, const struct moment *m, uint32_t key)
{
    struct votes *v = &ui->votes;
    struct model_lesson l = lesson_of(m);
    size_t at = question_arrow(m);

    if (!question_is_open(m) || moment_is_past(m))
        return false;
    if (key >= '1' && key < '1' + l.option_count) {
        choose(v, m, l.asked, key - '0');
        return true;
    }
    if (key == KEY_RETURN && at > 0) {
        choose(v, m, l.asked, at);
        return true;
    }
    if (key != KEY_CODE_UP && key != KEY_CODE_DOWN)
        return false;
    if (at == 0)
        at = question_choice(m);
    if (key == KEY_CODE_DOWN)
        at = at < l.option_count ? at + 1 : 1;
    else
        at = at > 1 ? at - 1 : l.option_count;
    v->asked = l.asked;
    v->at = at;
    return true;
}
