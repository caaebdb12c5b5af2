/* Opening, closing and moving in the pictures of one connection. */
#include "scene.h"

#include "conn.h"

#include "sockstage/base/mem.h"

static const enum action opened_by[] = {[SCENE_COLUMNS] = ACTION_NONE,
    [SCENE_ZOOM] = ACTION_ZOOM,
    [SCENE_TIME] = ACTION_TIME,
    [SCENE_STATES] = ACTION_STATES};

enum action scene_action(enum ui_scene scene)
{
    return opened_by[scene];
}

/* What is typed and the menu mean what the picture shows. */
static void select_it(struct ui *ui, const struct conn *c)
{
    const struct model_sock *s = c->end[HOST_CLIENT];

    if (!s || s->owner_count == 0)
        s = c->end[HOST_SERVER] ? c->end[HOST_SERVER] : s;
    if (!s || s->owner_count == 0)
        return;
    ui->sel.column = s->host == HOST_SERVER ? COLUMN_SERVER : COLUMN_CLIENTS;
    ui->sel.sock = s->id;
    ui->sel.segment = 0;
    words_process(s->owners[0], ui->sel.process);
}

static void scene_open(
    struct ui *ui, const struct moment *m, enum ui_scene scene)
{
    struct conn c;

    if (ui->scene == scene) {
        ui->scene = SCENE_COLUMNS;
        return;
    }
    if (ui->scene == SCENE_COLUMNS) {
        c = conn_selected(m);
        ui->scene_sock = conn_id(&c);
        ui->inspect = false;
    }
    ui->scene = scene;
    ui->scene_scroll = 0;
}

static void scene_step(struct ui *ui, const struct moment *m, int by)
{
    struct conn c = conn_next(m, by);

    ui->scene_sock = conn_id(&c);
    ui->scene_scroll = 0;
    select_it(ui, &c);
}

void scene_scroll(struct ui *ui, const struct draw *d, int dy)
{
    if (dy <= UI_FIRST)
        ui->scene_scroll = d->scroll_max;
    else if (dy >= UI_LAST)
        ui->scene_scroll = 0;
    else
        ui->scene_scroll -= dy;
    if (ui->scene_scroll > d->scroll_max)
        ui->scene_scroll = d->scroll_max;
    if (ui->scene_scroll < 0)
        ui->scene_scroll = 0;
}

static bool opens(enum action a, enum ui_scene *scene)
{
    for (size_t i = SCENE_ZOOM; i < ARRAY_LEN(opened_by); i++) {
        *scene = (enum ui_scene)i;
        if (opened_by[i] == a)
            return true;
    }
    return false;
}

bool scene_act(
    struct ui *ui, const struct moment *m, const struct draw *d, enum action a)
{
    enum ui_scene scene;
    struct conn c;

    if (opens(a, &scene)) {
        scene_open(ui, m, scene);
        return true;
    }
    if (ui->scene == SCENE_COLUMNS)
        return false;
    switch (a) {
    case ACTION_BACK:
        ui->scene = SCENE_COLUMNS;
        return true;
    case ACTION_INSPECT: /* in the columns, of what the picture shows */
        c = conn_shown(m);
        select_it(ui, &c);
        ui->scene = SCENE_COLUMNS;
        return false;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        scene_step(ui, m, a == ACTION_LEFT ? -1 : 1);
        return true;
    case ACTION_UP:
    case ACTION_DOWN:
        scene_scroll(ui, d, a == ACTION_UP ? -1 : 1);
        return true;
    case ACTION_FIRST:
    case ACTION_LAST:
        scene_scroll(ui, d, a == ACTION_FIRST ? UI_FIRST : UI_LAST);
        return true;
    default:
        return false;
    }
}
