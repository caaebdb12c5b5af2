/* The whole screen from a moment, and what the selection means. */
#include "ui.h"

#include "block.h"
#include "curtain.h"
#include "inspect.h"
#include "rung.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

bool draw_is_fresh(struct draw *d, uint64_t changed_ns)
{
    uint64_t until = changed_ns + FRESH_NS;

    if (d->m->now_ns >= until || changed_ns == 0 ||
        changed_ns < d->m->fresh_from_ns)
        return false;
    if (until > d->fresh_until_ns && !d->measuring)
        d->fresh_until_ns = until;
    return true;
}

#define PLENTY_COLS 160
#define PLENTY_ROWS 48

enum ui_detail draw_detail(const struct draw *d)
{
    enum ui_detail chosen = d->m->ui->detail;
    bool plenty = d->cv->cols >= PLENTY_COLS && d->cv->rows >= PLENTY_ROWS &&
                  !d->cv->large;

    return chosen == DETAIL_NOTES && plenty ? DETAIL_TCP : chosen;
}

void draw_hit(struct draw *d, struct rect area, const struct selection *sel)
{
    if (d->hit_count < HITS_MAX)
        d->hits[d->hit_count++] = (struct hit){area, *sel};
}

void draw_press(struct draw *d, struct rect area, uint32_t key)
{
    if (key && d->press_count < PRESSES_MAX)
        d->presses[d->press_count++] = (struct press){area, key, ACTION_NONE};
}

void draw_deed(struct draw *d, struct rect area, enum action a)
{
    if (d->press_count < PRESSES_MAX)
        d->presses[d->press_count++] = (struct press){area, 0, a};
}

void draw_offered(struct draw *d, struct rect area, const char *line)
{
    struct offered *o = &d->offered[d->offered_count];

    if (d->offered_count == OFFERED_MAX || strlen(line) >= sizeof o->line)
        return;
    o->area = area;
    snprintf(o->line, sizeof o->line, "%s", line);
    d->offered_count++;
}

static void (*const view_functions[VIEWS])(struct draw *, struct rect) = {
#define VIEW(id, function) function,
#include "views.def"
#undef VIEW
};

static void draw_rule(struct draw *d, const struct rect *r)
{
    struct pen p = pen_at(d->cv, *r);

    if (r->h == 1) {
        pen_repeat(&p, THEME_RULE, "─", r->w);
        return;
    }
    for (p.y = 0; p.y < r->h; p.y++) {
        pen_go(&p, 0);
        pen_text(&p, THEME_RULE, "│");
    }
}

static void draw_too_small(struct draw *d)
{
    struct rect all = {0, 0, d->cv->rows, d->cv->cols};
    struct pen p = pen_at(d->cv, all);
    char text[WORDS_MAX];

    snprintf(text, sizeof text,
        _("sockstage needs a window of %dx%d; this one is %dx%d. %s "
          "quits."),
        LAYOUT_MIN_COLS, LAYOUT_MIN_ROWS, d->cv->cols, d->cv->rows,
        ui_key(d->m, keymap_first(d->m->keys, ACTION_QUIT) ? ACTION_QUIT
                                                           : ACTION_INTERRUPT)
            .text);
    pen_wrap(&p, THEME_STRONG, text, d->cv->rows);
}

void ui_draw(struct draw *d)
{
    struct layout l;

    canvas_clear(d->cv);
    d->ticking = d->measuring = d->many_fresh = false;
    d->number_lines = d->queue_lines = 0;
    d->extras = 0;
    d->scales = NULL;
    d->measures = NULL;
    d->fresh_until_ns = 0;
    d->travel_ms = 0;
    d->scroll_max = d->last_row = 0;
    d->list.h = 0;
    memset(d->header, 0, sizeof d->header);
    d->wire.h = d->slider.h = d->badge.h = 0;
    d->cursor_y = d->cursor_x = -1;
    d->hit_count = d->press_count = d->offered_count = 0;
    layout_compute(&l, d->cv, d->m);
    if (l.too_small) {
        draw_too_small(d);
        return;
    }
    for (size_t i = 0; i < l.rule_count; i++)
        draw_rule(d, &l.rules[i]);
    bool empty = l.rects[VIEW_WELCOME].h > 0;
    for (enum view v = 0; v < VIEWS; v++) {
        struct rect r = l.rects[v];
        /* On the empty stage the columns are only their headings. */
        if (empty && (v == VIEW_CLIENTS || v == VIEW_SERVER || v == VIEW_WIRE))
            r.h = r.h > 1 ? 1 : r.h;
        if (r.h > 0 && r.w > 0)
            view_functions[v](d, r);
    }
}

/* ---- what is selected -----------------------------------------------------
 */

static void next_client(const struct model *m, char out[MODEL_NAME_MAX])
{
    int n = 1;

    do {
        snprintf(out, MODEL_NAME_MAX, "c%d", n++);
    } while (model_process(m, out));
}

const char *ui_process(const struct moment *m)
{
    const struct selection *sel = &m->ui->sel;

    return sel->process[0] ? sel->process : "c1";
}

static const struct model_segment *oldest_held(const struct model *m)
{
    if (model_held(m) == 0)
        return NULL;
    for (size_t i = 0; i < model_segment_count(m); i++) {
        const struct model_segment *s = model_segment_at(m, i);
        if (s->has_verdict && s->verdict == VERDICT_HELD)
            return s;
    }
    return NULL;
}

uint64_t ui_held_segment(const struct moment *m)
{
    const struct selection *sel = &m->ui->sel;
    const struct model_segment *s = sel->column == COLUMN_WIRE && sel->segment
                                        ? model_segment(m->model, sel->segment)
                                        : NULL;

    if (s && s->has_verdict && s->verdict == VERDICT_HELD)
        return s->seg.id;
    s = oldest_held(m->model);
    return s ? s->seg.id : 0;
}

bool moment_is_past(const struct moment *m)
{
    return m->place && m->place->past;
}

struct key_name ui_key(const struct moment *m, enum action a)
{
    return keymap_name(m->keys, a);
}

static bool can_inspect(const struct moment *m, bool wire)
{
    if (m->ui->scene != SCENE_COLUMNS)
        return model_sock(m->model, m->ui->scene_sock) != NULL;
    if (m->ui->sel.column == COLUMN_WIRE)
        return wire && model_segment_count(m->model) > 0;
    return ui_selected_sock(m) != NULL;
}

/* In the past; false where its end is reached. */
static bool can_go(const struct moment *m, int direction)
{
    const struct timeline_place *p = m->place;

    if (!moment_is_past(m))
        return true;
    return direction < 0 ? p->cursor > p->first : !p->recording || !p->at_end;
}

static bool can_step_back(const struct moment *m)
{
    if (m->steps > 0)
        return m->step > 0;
    return moment_is_past(m) && can_go(m, -1);
}

bool ui_can(const struct moment *m, enum action a)
{
    bool wire = !str_equal(model_wire(m->model), "loopback");

    if (action_row(a)->when == (moment_is_past(m) ? AT_NOW : IN_PAST))
        return false;
    if (curtain_stops(m, a))
        return false;
    switch (a) {
    case ACTION_CHAPTERS:
        return m->place && m->place->chapters > 1;
    case ACTION_DELIVER:
    case ACTION_DROP:
    case ACTION_DUPLICATE:
        return wire && ui_held_segment(m) != 0;
    case ACTION_INSPECT:
        return can_inspect(m, wire);
    case ACTION_HOLD:
        return wire;
    case ACTION_NEXT:
        return moment_is_past(m) ? can_go(m, 1) : m->play && m->play->next;
    case ACTION_EVENT_BACK:
    case ACTION_TARGET_BACK:
    case ACTION_OLDEST:
        return can_go(m, -1);
    case ACTION_EVENT_ON:
    case ACTION_TARGET_ON:
    case ACTION_RETURN:
        return can_go(m, 1);
    case ACTION_ZOOM:
    case ACTION_TIME:
    case ACTION_STATES:
        return m->ui->scene != SCENE_COLUMNS || model_sock_count(m->model) > 0;
    case ACTION_STEP_BACK:
        return can_step_back(m);
    case ACTION_AUTOPLAY:
        return m->play && m->play->next;
    case ACTION_RESTART:
        return m->lessons && m->steps > 0;
    case ACTION_LESSONS:
        return m->lessons != NULL;
    case ACTION_SAVE:
        return m->saving != NULL;
    case ACTION_FASTER:
    case ACTION_SLOWER:
        return moment_is_past(m) || m->ui->playing;
    default:
        return true;
    }
}

static void select_block(struct ui *ui, const struct block *b)
{
    ui->sel.sock = b->sock;
    if (b->process[0])
        memcpy(ui->sel.process, b->process, sizeof ui->sel.process);
}

static void select_in_blocks(
    struct ui *ui, const struct moment *m, int dy, bool arriving)
{
    struct blocks b = {.spans = VEC_INIT};
    enum host host =
        ui->sel.column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT;

    blocks_fill(&b, m->model, host);
    size_t at = blocks_selected(&b, &ui->sel);
    if (b.len > 0) {
        if (at >= b.len || (arriving && at >= b.len))
            at = 0;
        else if (dy == UI_FIRST || dy == UI_LAST)
            at = dy == UI_FIRST ? 0 : b.len - 1;
        else if (dy < 0 && at > 0)
            at--;
        else if (dy > 0 && at + 1 < b.len)
            at++;
        struct block block = blocks_at(&b, at);
        select_block(ui, &block);
    }
    blocks_done(&b);
}

static void select_rung(
    struct ui *ui, const struct moment *m, const struct rung *rung)
{
    const struct model_segment *s = model_segment_at(m->model, rung->first);
    const struct model_run *run = model_run(m->model, s->seg.id);

    ui->sel.segment = s->seg.id;
    if (!run || run->first != ui->open_run)
        ui->open_run = 0;
    ui->inspect_row = 0;
}

/* At first what is held, else the newest. */
static bool select_any_segment(struct ui *ui, const struct moment *m)
{
    size_t n = model_segment_count(m->model);
    uint64_t held = ui_held_segment(m);

    if (n == 0)
        return false;
    ui->sel.segment = held ? held : model_segment_at(m->model, n - 1)->seg.id;
    return true;
}

static void select_segment(struct ui *ui, const struct moment *m, int dy)
{
    size_t n = model_segment_count(m->model);
    struct rung at;

    if (dy == UI_LAST) {
        ui->sel.segment = 0; /* follows the newest */
        ui->open_run = 0;
        return;
    }
    if (n > 0 && dy == UI_FIRST) {
        at = rung_at(m, 0);
        select_rung(ui, m, &at);
        return;
    }
    if (!rung_selected(m, &at)) {
        select_any_segment(ui, m);
        return;
    }
    for (; dy < 0 && at.first > 0; dy++)
        at = rung_at(m, at.first - 1);
    for (; dy > 0 && at.end < n; dy--)
        at = rung_at(m, at.end);
    select_rung(ui, m, &at);
}

bool ui_open_segment(struct ui *ui, const struct moment *m)
{
    struct rung at;

    if (ui->inspect || (!rung_selected(m, &at) && !select_any_segment(ui, m)))
        return false;
    if (!rung_selected(m, &at))
        return false;
    if (at.run) {
        ui->open_run = at.run->first;
        ui->sel.segment = model_segment_at(m->model, at.first)->seg.id;
        return true;
    }
    ui->inspect = true;
    ui->inspect_row = 0;
    return true;
}

bool ui_close_segment(struct ui *ui, const struct moment *m)
{
    if (ui->sel.column != COLUMN_WIRE)
        return false;
    if (ui_inspected(m)) {
        ui->inspect = false;
        return true;
    }
    bool any = ui->open_run || ui->sel.segment;
    if (ui->open_run)
        ui->open_run = 0;
    else
        ui->sel.segment = 0;
    return any;
}

/* On a wire without segments nothing is there to select. */
static bool is_skipped(const struct moment *m, enum column column)
{
    if (column == COLUMN_WIRE && model_segment_count(m->model) == 0)
        return true;
    return curtain_hides(m, column);
}

void ui_select(struct ui *ui, const struct moment *m, int dx, int dy)
{
    if (ui->sel.process[0] == '\0') {
        next_client(m->model, ui->sel.process);
        ui->sel.column = COLUMN_CLIENTS;
    }
    if (dx) {
        for (int i = 0; i < COLUMNS; i++) {
            int to = ((int)ui->sel.column + dx + COLUMNS) % COLUMNS;
            ui->sel.column = (enum column)to;
            if (!is_skipped(m, ui->sel.column))
                break;
        }
        ui->sel.segment = 0;
        ui->inspect = false;
        ui->inspect_sock = 0;
        ui->open_run = 0;
    }
    if (curtain_hides(m, ui->sel.column))
        return;
    if (ui->sel.column == COLUMN_WIRE)
        select_segment(ui, m, dy);
    else
        select_in_blocks(ui, m, dy, dx != 0);
}

void ui_restore(struct ui *ui, const struct ui *before)
{
    ui->mode = before->mode;
    ui->sel = before->sel;
    ui->help_scroll = before->help_scroll;
    ui->open_run = before->open_run;
    ui->inspect = before->inspect;
    ui->inspect_row = before->inspect_row;
    ui->inspect_sock = before->inspect_sock;
    ui->inspect_base = before->inspect_base;
    ui->explain = before->explain;
    ui->explain_header = before->explain_header;
    ui->explain_scroll = before->explain_scroll;
    ui->detail = before->detail;
    ui->scene = before->scene;
    ui->scene_sock = before->scene_sock;
    ui->scene_scroll = before->scene_scroll;
    ui->lesson = before->lesson;
    ui->lesson_sure = before->lesson_sure;
}
