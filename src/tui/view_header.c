/* The first line: whose screen it is, what is played, how the wire is set.
 *
 * |sockstage  backlog    100 ms each way, RTT 200  || holding 10   7 of 19| */
#include "views.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>

static void add_ms(struct str *s, uint64_t ns)
{
    uint64_t us = ns / NS_PER_US;

    if (us % 1000)
        str_addf(s, "%" PRIu64 ".%" PRIu64, us / 1000, us % 1000 / 100);
    else
        str_addf(s, "%" PRIu64, us / 1000);
}

static void wire_text(const struct moment *m, bool brief, struct str *out)
{
    const struct wire_status *w = model_wire_status(m->model);
    uint64_t up = w->delay_ns[HOST_CLIENT];
    uint64_t down = w->delay_ns[HOST_SERVER];

    if (str_equal(model_wire(m->model), "loopback")) {
        str_add(out, _("loopback: no wire"));
    } else if (up == 0 && down == 0) {
        str_add(out, brief ? "" : _("wire without delay"));
    } else {
        if (!brief && up == down) {
            add_ms(out, up);
            str_add(out, _(" ms each way, "));
        } else if (!brief) {
            add_ms(out, up);
            str_add(out, _(" ms there, "));
            add_ms(out, down);
            str_add(out, _(" back, "));
        }
        str_add(out, _("RTT "));
        add_ms(out, up + down);
        str_add(out, brief ? _(" ms") : "");
    }
}

static void hold_text(const struct moment *m, struct str *out)
{
    const struct wire_status *w = model_wire_status(m->model);
    uint64_t held = model_held(m->model);

    if (w->holding)
        str_addf(out, _(" ‖ holding %" PRIu64 " "), held);
    else if (held)
        str_addf(out, _(" %" PRIu64 " held "), held);
}

void view_header(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    struct str wire = STR_INIT;
    struct str hold = STR_INIT;
    struct str step = STR_INIT;

    canvas_ground(d->cv, r, THEME_HEADER);
    if (d->m->play && d->m->play->count)
        str_addf(
            &step, _("%zu of %zu"), d->m->play->position, d->m->play->count);
    hold_text(d->m, &hold);
    wire_text(d->m, r.w < 100, &wire);
    int step_x = r.w - 1 - canvas_width(d->cv, str_text(&step));
    int hold_x =
        step_x - (step.len ? 2 : 0) - canvas_width(d->cv, str_text(&hold));
    int wire_x =
        hold_x - (hold.len ? 2 : 0) - canvas_width(d->cv, str_text(&wire));
    pen_go(&p, 1);
    const char *title = d->m->title ? d->m->title : _("free play");
    int room = wire_x - 2 - p.x;
    if (canvas_width(d->cv, title) + 11 <= room || !d->m->title) {
        pen_text(&p, THEME_HEADER_NAME, "sockstage  ");
        room -= 11;
    }
    pen_fit(&p, THEME_HEADER, title, room);
    pen_go(&p, wire_x);
    pen_text(&p, THEME_HEADER, str_text(&wire));
    pen_go(&p, hold_x);
    pen_text(&p, THEME_HEADER_HOLD, str_text(&hold));
    pen_go(&p, step_x);
    pen_text(&p, THEME_HEADER_NAME, str_text(&step));
    str_done(&wire);
    str_done(&hold);
    str_done(&step);
}
