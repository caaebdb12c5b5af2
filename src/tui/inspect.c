/* Opening, closing and moving the inspector of a socket. */
#include "inspect.h"

#include "block.h"
#include "curtain.h"

#include <string.h>

static enum host column_host(const struct ui *ui)
{
    return ui->sel.column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT;
}

const struct model_sock *ui_selected_sock(const struct moment *m)
{
    const struct selection *sel = &m->ui->sel;
    struct blocks b = {.spans = VEC_INIT};
    uint64_t id = 0;

    if (sel->column == COLUMN_WIRE)
        return NULL;
    blocks_fill(&b, m->model, column_host(m->ui));
    size_t at = blocks_selected(&b, sel);
    if (at < b.len)
        id = blocks_at(&b, at).sock;
    blocks_done(&b);
    return id ? model_sock(m->model, id) : NULL;
}

/* One that is gone may still be looked at. */
const struct model_sock *ui_inspected_sock(const struct moment *m)
{
    const struct ui *ui = m->ui;

    if (!ui->inspect_sock || ui->sel.column == COLUMN_WIRE ||
        curtain_is_down(m) || ui->scene != SCENE_COLUMNS)
        return NULL;
    return model_sock(m->model, ui->inspect_sock);
}

const struct model_sock *ui_inspect_base(const struct moment *m)
{
    const struct model_sock *base = &m->ui->inspect_base;

    return base->id == m->ui->inspect_sock ? base : NULL;
}

static void show(struct ui *ui, const struct model_sock *s)
{
    ui->inspect_sock = s->id;
    ui->inspect_base = *s;
    ui->inspect_row = 0;
}

bool ui_inspect_sock(struct ui *ui, const struct moment *m)
{
    const struct model_sock *s = ui_inspected_sock(m);
    int row = ui->inspect_row;

    if (!s) {
        s = ui_selected_sock(m);
        row = 0;
    }
    if (!s)
        return false;
    show(ui, s);
    ui->inspect_row = row;
    return true;
}

bool ui_inspect_close(struct ui *ui, const struct moment *m)
{
    bool was_open = ui_inspected_sock(m) != NULL;

    ui->inspect_sock = 0;
    return was_open;
}

void ui_inspect_other(struct ui *ui, const struct moment *m, int by)
{
    struct blocks b = {.spans = VEC_INIT};

    blocks_fill(&b, m->model, column_host(ui));
    size_t at = blocks_selected(&b, &ui->sel);
    struct block block = {.sock = 0};
    if (at < b.len) {
        do {
            at += (size_t)by; /* below 0 it is beyond the end */
            if (at < b.len)
                block = blocks_at(&b, at);
        } while (at < b.len && block.sock == 0);
    }
    const struct model_sock *s =
        at < b.len ? model_sock(m->model, block.sock) : NULL;
    if (s) {
        ui->sel.sock = s->id;
        if (block.process[0])
            memcpy(ui->sel.process, block.process, sizeof ui->sel.process);
        show(ui, s);
    }
    blocks_done(&b);
}
