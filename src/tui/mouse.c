/* What a click and the wheel do on the stage, by what was drawn where. */
#include "inspect.h"
#include "scene.h"

#include <string.h>

#define WHEEL_LINES 3

static bool is_inside(const struct rect *r, int y, int x)
{
    return y >= r->y && y < r->y + r->h && x >= r->x && x < r->x + r->w;
}

uint32_t mouse_press(const struct draw *d, int y, int x)
{
    for (size_t i = 0; i < d->press_count; i++) {
        if (is_inside(&d->presses[i].area, y, x))
            return d->presses[i].key;
    }
    return 0;
}

enum action mouse_deed(const struct draw *d, int y, int x)
{
    for (size_t i = 0; i < d->press_count; i++) {
        if (is_inside(&d->presses[i].area, y, x))
            return d->presses[i].action;
    }
    return ACTION_NONE;
}

const char *mouse_offered(const struct draw *d, int y, int x)
{
    for (size_t i = 0; i < d->offered_count; i++) {
        if (is_inside(&d->offered[i].area, y, x))
            return d->offered[i].line;
    }
    return NULL;
}

static bool is_inspecting(const struct moment *m)
{
    return ui_inspected(m) || ui_inspected_sock(m);
}

void ui_up_or_down(
    struct ui *ui, const struct moment *m, const struct draw *d, int dy)
{
    int *row = &ui->inspect_row;

    if (!is_inspecting(m) || d->last_row == 0) {
        ui_select(ui, m, 0, dy);
        return;
    }
    *row += dy;
    if (*row > d->last_row)
        *row = d->last_row;
    if (*row < 0)
        *row = 0;
}

void mouse_wheel(struct ui *ui, const struct moment *m, const struct draw *d,
    int dy, int y, int x)
{
    if (ui->scene != SCENE_COLUMNS) {
        scene_scroll(ui, d, dy * WHEEL_LINES);
        return;
    }
    if (is_inspecting(m) || !is_inside(&d->wire, y, x)) {
        ui_up_or_down(ui, m, d, dy);
        return;
    }
    ui->sel.column = COLUMN_WIRE;
    ui_select(ui, m, 0, dy * WHEEL_LINES);
}

bool mouse_click_header(struct ui *ui, const struct draw *d, int y, int x)
{
    enum header_part part = HEADER_NONE;

    for (size_t i = HEADER_TITLE; i < HEADER_PARTS; i++) {
        if (is_inside(&d->header[i], y, x))
            part = (enum header_part)i;
    }
    if (ui->mode != UI_STAGE || part == HEADER_NONE)
        return false;
    ui->explain = !ui->explain || ui->explain_header != part;
    ui->explain_header = part;
    ui->explain_scroll = 0;
    return true;
}

void mouse_click(
    struct ui *ui, const struct moment *m, const struct draw *d, int y, int x)
{
    if (ui->mode != UI_STAGE || is_inspecting(m))
        return;
    for (size_t i = 0; i < d->hit_count; i++) {
        const struct hit *h = &d->hits[i];
        if (!is_inside(&h->area, y, x))
            continue;
        struct selection old = ui->sel;
        if (h->sel.segment && old.segment == h->sel.segment) {
            ui_open_segment(ui, m);
            return;
        }
        ui->sel = h->sel;
        if (ui->sel.process[0] == '\0')
            memcpy(ui->sel.process, old.process, sizeof old.process);
        return;
    }
}
