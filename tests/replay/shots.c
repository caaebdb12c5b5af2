/* See shots.h. */
#include "shots.h"

#include "../../src/model/model_pack.h"
#include "../../src/tui/ui.h"
#include "../../src/tui/views.h"

#include "sockstage/base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum show { SHOW_NOW, SHOW_PAST, SHOW_SEGMENT };

static const struct {
    const char *name;
    int rows, cols;
    uint64_t every;
    enum show show;
} kinds[] = {
#define SHOT(id, name, rows, cols, every, view) {name, rows, cols, every, view},
    SHOTS
#undef SHOT
};

/* FNV-1a */
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t hash(uint64_t h, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < len; i++)
        h = (h ^ at[i]) * HASH_PRIME;
    return h;
}

/* Not the struct: it has padding. */
static uint64_t hash_cell(uint64_t h, const struct cell *c)
{
    h = hash(h, c->code, sizeof c->code);
    h = hash(h, &c->style, sizeof c->style);
    return hash(h, &c->ground, sizeof c->ground);
}

/* ---- two moments of one model -------------------------------------------- */

static const struct player_state steps = {
    .position = 3, .count = 19, .next = "c1: s = socket()"};

static struct timeline_place place_at(const struct shot_source *from)
{
    return (struct timeline_place){
        .recording = true,
        .past = true,
        .cursor = from->cursor,
        .end = from->cursor + 10,
        .t_ns = from->now_ns,
        .chapters = 1,
    };
}

static void blank(struct canvas *cv, struct rect r)
{
    struct cell *c;

    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++)
            if ((c = canvas_at(cv, y, x)) != NULL)
                *c = (struct cell){.code = {' '}};
    }
}

static void blank_views(struct canvas *cv, const struct moment *m)
{
    static const enum view views[] = {VIEW_HEADER, VIEW_PROMPT, VIEW_TIMELINE,
        VIEW_SLIDER, VIEW_HINTS, VIEW_WELCOME};
    struct layout l;

    layout_compute(&l, cv, m);
    for (size_t i = 0; i < ARRAY_LEN(views); i++)
        blank(cv, l.rects[views[i]]);
}

/* Wherever the one or the other has such a view. */
static void blank_what_differs(struct canvas *cv, struct moment m)
{
    struct timeline_place past = {.recording = true, .past = true};

    m.place = NULL;
    m.play = &steps;
    m.steps = steps.count;
    blank_views(cv, &m);
    m.place = &past;
    m.play = NULL;
    m.steps = 0;
    blank_views(cv, &m);
}

static void select_newest(struct ui *ui, const struct model *m)
{
    size_t n = model_segment_count(m);
    const struct model_run *run;

    ui->sel.column = COLUMN_WIRE;
    ui->inspect = true;
    if (n == 0)
        return;
    ui->sel.segment = model_segment_at(m, n - 1)->seg.id;
    run = model_run(m, ui->sel.segment);
    ui->open_run = run ? run->first : 0;
}

static void draw(
    struct canvas *cv, const struct shot_source *from, enum show show)
{
    struct timeline_place place = place_at(from);
    struct ui ui = {.sel.process = "c1"};
    struct moment m = {.model = from->model,
        .now_ns = from->now_ns,
        .ui = &ui,
        .place = &place,
        .title = "A title",
        .lang = "en"};
    struct draw d = {.cv = cv, .m = &m};

    prompt_init(&ui.prompt);
    if (show == SHOW_SEGMENT)
        select_newest(&ui, from->model);
    if (show == SHOW_NOW) {
        m.place = from->place;
        m.play = from->place ? NULL : &steps;
        m.steps = from->place ? 0 : steps.count;
    }
    ui_draw(&d);
    if (show == SHOW_NOW)
        blank_what_differs(cv, m);
    prompt_done(&ui.prompt);
}

/* ---- taking and comparing ------------------------------------------------ */

static void take_screen(
    struct screen_shot *s, const struct shot_source *from, enum shot_id id)
{
    struct canvas cv;
    struct str text = STR_INIT;

    canvas_init(&cv, kinds[id].rows, kinds[id].cols);
    cv.colour = true;
    draw(&cv, from, kinds[id].show);
    s->rows = cv.rows;
    for (int y = 0; y < cv.rows; y++) {
        s->hashes[y] = HASH_BEGIN;
        for (int x = 0; x < cv.cols; x++)
            s->hashes[y] = hash_cell(s->hashes[y], canvas_at(&cv, y, x));
    }
    canvas_dump(&cv, &text);
    s->text = str_steal(&text);
    canvas_done(&cv);
}

void shot_take(struct shot *s, const struct shot_source *from)
{
    *s = (struct shot){.cursor = from->cursor};
    model_pack(from->model, &s->model);
    for (enum shot_id id = 0; id < SHOT_COUNT; id++)
        if (from->cursor % kinds[id].every == 0)
            take_screen(&s->screens[id], from, id);
}

void shot_done(struct shot *s)
{
    for (enum shot_id id = 0; id < SHOT_COUNT; id++)
        free(s->screens[id].text);
    str_done(&s->model);
    *s = (struct shot){0};
}

static bool screen_equal(const struct screen_shot *a,
    const struct screen_shot *b, enum shot_id id, struct str *why)
{
    for (int y = 0; y < a->rows; y++) {
        if (a->hashes[y] == b->hashes[y])
            continue;
        str_addf(why, "row %d of %s:\n%s---- the other:\n%s", y + 1,
            kinds[id].name, a->text, b->text);
        return false;
    }
    return true;
}

static bool model_equal(
    const struct str *a, const struct str *b, struct str *why)
{
    size_t at = 0;

    while (at < a->len && at < b->len && a->data[at] == b->data[at])
        at++;
    if (at == a->len && at == b->len)
        return true;
    str_addf(why, "the packed models differ at byte %zu (of %zu and %zu)", at,
        a->len, b->len);
    return false;
}

bool shot_equal(const struct shot *a, const struct shot *b, struct str *why)
{
    str_clear(why);
    str_addf(why, "after %" PRIu64 " and %" PRIu64 " events: ", a->cursor,
        b->cursor);
    if (a->cursor != b->cursor)
        return false;
    for (enum shot_id id = 0; id < SHOT_COUNT; id++)
        if (!screen_equal(&a->screens[id], &b->screens[id], id, why))
            return false;
    return model_equal(&a->model, &b->model, why);
}
