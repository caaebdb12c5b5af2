/* From segments to lines of the ladder; the cost of one line does not depend
 * on how many segments there are. */
#include "rung.h"

struct rung rung_at(const struct moment *m, size_t i)
{
    uint64_t id = model_segment_at(m->model, i)->seg.id;
    const struct model_run *run = model_run(m->model, id);

    if (!run || run->first == m->ui->open_run)
        return (struct rung){i, i + 1, NULL};
    return (struct rung){model_segment_index(m->model, run->first),
        model_segment_index(m->model, run->last + 1), run};
}

bool rung_selected(const struct moment *m, struct rung *out)
{
    const struct selection *sel = &m->ui->sel;
    size_t n = model_segment_count(m->model);

    if (sel->column != COLUMN_WIRE || !sel->segment)
        return false;
    size_t i = model_segment_index(m->model, sel->segment);
    if (i == n || model_segment_at(m->model, i)->seg.id != sel->segment)
        return false;
    *out = rung_at(m, i);
    return true;
}
