/* The first line: whose screen it is, what is played, how the wire is set; of
 * the past, that it is.
 *
 * A click on a part explains it; one on the level of detail takes the next.
 *
 * |sockstage  backlog    100 ms each way, RTT 200  || holding 10   7 of 19|
 * | || PAST   backlog    100 ms each way, RTT 200  || holding 10          | */
#include "curtain.h"
#include "views.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/model/words.h"

#include <inttypes.h>
#include <stdio.h>

#define TITLE_ROOM 20 /* columns that the title keeps */

/* What is set on the wire, as much of it as `width` columns take. */
static void wire_text(struct draw *d, bool brief, int width, struct str *out)
{
    const struct wire_status *w = model_wire_status(d->m->model);

    if (str_equal(model_wire(d->m->model), "loopback")) {
        str_add(out, _("loopback: no wire"));
        return;
    }
    for (size_t i = 0; i < MODEL_WIRE_WORDS; i++) {
        struct str part = STR_INIT;
        model_wire_words(w, i, brief, &part);
        if (part.len > 0 && canvas_width(d->cv, str_text(out)) + 3 +
                                    canvas_width(d->cv, str_text(&part)) <=
                                width)
            str_addf(out, "%s%s", out->len ? " · " : "", str_text(&part));
        str_done(&part);
    }
    if (out->len == 0 && !brief)
        str_add(out, _("wire without delay"));
}

static void hold_text(const struct moment *m, struct str *out)
{
    const struct wire_status *w = model_wire_status(m->model);
    uint64_t held = model_held(m->model);

    if (w->cut)
        str_add(out, _(" ✗ cut "));
    if (curtain_hides(m, COLUMN_WIRE)) {
        str_add(out, w->holding ? _(" ‖ holding ") : "");
        return;
    }
    if (w->holding)
        str_addf(out, _(" ‖ holding %" PRIu64 " "), held);
    else if (held)
        str_addf(out, _(" %" PRIu64 " held "), held);
}

/* What stands in these columns of the line. */
static void note_part(struct draw *d, const struct rect *r,
    enum header_part part, int from, int to)
{
    if (to > from)
        d->header[part] = (struct rect){r->y, r->x + from, 1, to - from};
}

static void draw_part(struct draw *d, const struct rect *r,
    enum header_part part, int x, enum theme_key style, const struct str *text)
{
    struct pen p = pen_at(d->cv, *r);

    pen_go(&p, x);
    pen_text(&p, style, str_text(text));
    note_part(d, r, part, x, p.x);
}

/* It has a ground of its own, so that it stands out without colours too. */
static void draw_badge(struct draw *d, struct rect r, struct pen *p)
{
    const struct timeline_place *place = d->m->place;
    int x = p->x;

    pen_text(p, THEME_PAST, place->playing ? " ▶ " : " ‖ ");
    pen_text(p, THEME_PAST, place->recording ? _("RECORDING") : _("PAST"));
    pen_text(p, THEME_PAST, " ");
    d->badge = (struct rect){r.y, r.x + x, 1, p->x - x};
    canvas_ground(d->cv, d->badge, THEME_PAST);
    pen_text(p, THEME_HEADER, "  ");
}

static void draw_title(struct draw *d, struct rect r, struct pen *p, int end)
{
    const char *title = model_lesson(d->m->model, d->m->lang).title;
    int room, from;

    if (!title)
        title = d->m->title;
    if (moment_is_past(d->m))
        draw_badge(d, r, p);
    room = end - p->x;
    from = p->x;
    if (!moment_is_past(d->m) &&
        (!title || canvas_width(d->cv, title) + 11 <= room)) {
        pen_text(p, THEME_HEADER_NAME, "sockstage  ");
        room -= 11;
    }
    pen_fit(p, THEME_HEADER, title ? title : _("free play"), room);
    note_part(d, &r, HEADER_TITLE, from, p->x);
}

static const char *const detail_words[] = {[DETAIL_NOTES] = N_("notes"),
    [DETAIL_TCP] = "TCP",
    [DETAIL_KERNEL] = N_("kernel")};

/* The level of detail, at the end; a click on it takes the next. */
static int draw_level(struct draw *d, struct rect r)
{
    const char *text = _(detail_words[d->m->ui->detail]);
    int x = r.w - 1 - canvas_width(d->cv, text);
    struct pen p = pen_at(d->cv, r);
    uint32_t key = keymap_first(d->m->keys, ACTION_DETAIL);

    pen_go(&p, x);
    pen_text(&p, THEME_HEADER_NAME, text);
    draw_press(d, (struct rect){r.y, r.x + x, 1, r.w - x}, key);
    return r.w - x + 1;
}

void view_header(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    struct str wire = STR_INIT;
    struct str hold = STR_INIT;
    struct str step = STR_INIT;

    canvas_ground(d->cv, r, THEME_HEADER);
    int level = draw_level(d, r);
    bool brief = r.w < 100;
    if (d->m->steps)
        str_addf(&step, _("step %zu of %zu"), d->m->step, d->m->steps);
    hold_text(d->m, &hold);
    int title_room = brief ? TITLE_ROOM : TITLE_ROOM + 11;
    int taken = title_room + level + canvas_width(d->cv, str_text(&step)) +
                canvas_width(d->cv, str_text(&hold)) + 6;
    wire_text(d, brief, r.w - taken, &wire);
    int step_x = r.w - 1 - level - canvas_width(d->cv, str_text(&step));
    int hold_x =
        step_x - (step.len ? 2 : 0) - canvas_width(d->cv, str_text(&hold));
    int wire_x =
        hold_x - (hold.len ? 2 : 0) - canvas_width(d->cv, str_text(&wire));
    pen_go(&p, 1);
    draw_title(d, r, &p, wire_x - 2);
    draw_part(d, &r, HEADER_WIRE, wire_x, THEME_HEADER, &wire);
    draw_part(d, &r, HEADER_HOLD, hold_x, THEME_HEADER_HOLD, &hold);
    draw_part(d, &r, HEADER_STEP, step_x, THEME_HEADER_NAME, &step);
    str_done(&wire);
    str_done(&hold);
    str_done(&step);
}
