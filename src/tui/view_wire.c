/* The wire as a ladder, newest segment at the bottom, each with its fate: an
 * arrow that reaches the other side arrived, one that ends in the middle with
 * a cross was lost, a short one with its word still waits.
 *
 * | SYN c1 ------------> |
 * | <-------- SYN+ACK c1 |
 * | DATA 1000 c1 -> held |
 * | SYN c5 ----X lost    | */
#include "views.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum fate {
    FATE_UNDER_WAY,
    FATE_HELD,
    FATE_ARRIVED,
    FATE_LOST,
    FATE_IGNORED, /* arrived, and the receiver threw it away */
};

static enum fate fate_of(const struct draw *d, const struct model_segment *s)
{
    if (!s->has_verdict)
        return FATE_UNDER_WAY;
    if (s->verdict == VERDICT_HELD)
        return FATE_HELD;
    if (ignored_has(&d->m->ui->ignored, s->seg.id))
        return FATE_IGNORED;
    return s->verdict == VERDICT_DROPPED || s->verdict == VERDICT_ANSWERED
               ? FATE_LOST
               : FATE_ARRIVED;
}

static const struct {
    const char *word; /* N_(), NULL: the arrow says it */
    enum theme_key style;
} fates[] = {
    [FATE_UNDER_WAY] = {N_("on its way"), THEME_SEG_FLIGHT},
    [FATE_HELD] = {N_("held"), THEME_SEG_HELD},
    [FATE_ARRIVED] = {NULL, THEME_SEG},
    [FATE_LOST] = {N_("lost"), THEME_SEG_LOST},
    [FATE_IGNORED] = {NULL, THEME_SEG_LOST},
};

#define TIME_FROM    32 /* columns from which the time is shown */
#define NUMBERS_FROM 54 /* and the relative sequence numbers */

/* `brief`: a repeat is only a sign. */
static void label_of(const struct draw *d, const struct model_segment *s,
    int width, bool brief, struct str *out)
{
    char name[64];
    char owner[WORDS_MAX];
    const char *again = brief ? "↻" : _("again");

    str_clear(out);
    str_add(out, segment_format_name(&s->seg, name, sizeof name));
    words_segment_owner(d->m->model, &s->seg, owner);
    if (owner[0])
        str_addf(out, " %s", owner);
    if (s->seg.retransmission || s->copies)
        str_addf(out, " %s", again);
    if (s->copies > 1)
        str_addf(out, brief ? "%u" : " x%u", s->copies);
    if (width >= NUMBERS_FROM && s->seg.has_relative) {
        str_addf(out, "  seq %" PRIu32, s->seg.seq);
        if (s->seg.flags & SEGMENT_ACK)
            str_addf(out, " ack %" PRIu32, s->seg.ack);
    }
}

/* The columns of the arrow itself, its head included. */
static int arrow_length(enum fate fate, int room, int word)
{
    int left = room - (word ? word + 1 : 0);

    if (fate == FATE_ARRIVED || fate == FATE_IGNORED)
        return room;
    if (fate == FATE_HELD)
        return left < 3 ? left : 3;
    int half = (room + 1) / 2;
    return left < half ? left : half;
}

/* From the client, left to right. */
static void draw_up(struct draw *d, struct pen *p, const char *label,
    enum fate fate, enum theme_key label_style)
{
    enum theme_key style = fates[fate].style;
    const char *word = fates[fate].word ? _(fates[fate].word) : "";
    int tail = canvas_width(d->cv, word);

    pen_fit(p, label_style, label, pen_room(p) - 2 - (tail ? tail + 1 : 0));
    pen_text(p, style, " ");
    int length = arrow_length(fate, pen_room(p), tail);
    bool ignored = fate == FATE_IGNORED;
    pen_repeat(p, style, "─", length - 1 - ignored);
    pen_text(p, style, ignored ? "▶✗" : fate == FATE_LOST ? "✗" : "▶");
    if (tail) {
        pen_text(p, style, " ");
        pen_text(p, style, word);
    }
}

/* From the server, right to left: the same, counted from the right edge. */
static void draw_down(struct draw *d, struct pen *p, const char *label,
    enum fate fate, enum theme_key label_style)
{
    enum theme_key style = fates[fate].style;
    const char *word = fates[fate].word ? _(fates[fate].word) : "";
    int tail = canvas_width(d->cv, word);
    int left = p->x;
    int most = pen_room(p) - 2 - (tail ? tail + 1 : 0);
    int width = canvas_width(d->cv, label);

    if (width > most)
        width = most;
    int room = p->clip.w - left - width - 1;
    int length = arrow_length(fate, room, tail);
    int start = left + room - length;
    if (tail) {
        pen_go(p, start - 1 - tail);
        pen_text(p, style, word);
    }
    pen_go(p, start);
    pen_text(p, style, fate == FATE_LOST ? "✗" : "◀");
    pen_repeat(p, style, "─", length - 1);
    pen_text(p, style, " ");
    pen_fit(p, label_style, label, width);
}

static void draw_segment(
    struct draw *d, struct rect r, const struct model_segment *s)
{
    struct pen p = pen_at(d->cv, r);
    struct str label = STR_INIT;
    enum fate fate = fate_of(d, s);
    enum theme_key style = fates[fate].style;
    struct selection sel = {.column = COLUMN_WIRE, .segment = s->seg.id};
    uint64_t last = s->verdict_ns > s->seg.t_ns ? s->verdict_ns : s->seg.t_ns;

    draw_hit(d, r, &sel);
    if (r.w >= TIME_FROM) {
        uint64_t ms = s->seg.t_ns / NS_PER_MS;
        pen_textf(&p, THEME_SEG_TIME, "%2" PRIu64 ".%03" PRIu64 "  ", ms / 1000,
            ms % 1000);
    }
    if (draw_is_fresh(d, last) && fate == FATE_ARRIVED)
        style = THEME_CHANGED;
    else if (fate == FATE_ARRIVED)
        style = THEME_SEG_LABEL;
    label_of(d, s, r.w, false, &label);
    const char *word = fates[fate].word ? _(fates[fate].word) : "";
    if (canvas_width(d->cv, str_text(&label)) + 5 + canvas_width(d->cv, word) >
        pen_room(&p))
        label_of(d, s, r.w, true, &label);
    if (s->seg.from == HOST_CLIENT)
        draw_up(d, &p, str_text(&label), fate, style);
    else
        draw_down(d, &p, str_text(&label), fate, style);
    if (d->m->ui->sel.column == COLUMN_WIRE &&
        d->m->ui->sel.segment == s->seg.id)
        canvas_ground(d->cv, r, THEME_SELECTED);
    str_done(&label);
}

static bool is_held(const struct model_segment *s)
{
    return s->has_verdict && s->verdict == VERDICT_HELD;
}

/* How many of the newest segments to leave out at the bottom: where many are
 * held, the oldest are the ones that go next. Sets how many held are hidden. */
static size_t ladder_end(const struct draw *d, int rows, size_t *hidden)
{
    const struct model *m = d->m->model;
    size_t n = model_segment_count(m);
    size_t most = (size_t)(rows / 2 > 3 ? rows / 2 : 3);
    size_t held = 0;

    *hidden = 0;
    if ((uint64_t)most >= model_held(m))
        return n;
    for (size_t i = 0; i < n; i++) {
        if (is_held(model_segment_at(m, i)) && ++held > most) {
            for (size_t k = i; k < n; k++)
                *hidden += is_held(model_segment_at(m, k));
            return i;
        }
    }
    return n;
}

/* The end of the window so that the selected segment lies inside. */
static size_t selected_end(const struct draw *d, int rows, size_t selected)
{
    size_t n = model_segment_count(d->m->model);
    size_t window = (size_t)rows;

    if (n <= window || selected + window / 2 >= n)
        return n;
    size_t end = selected + window / 2;
    return end < window ? window : end;
}

static size_t selected_index(const struct draw *d)
{
    const struct model *m = d->m->model;
    const struct selection *sel = &d->m->ui->sel;
    size_t n = model_segment_count(m);

    if (sel->column != COLUMN_WIRE || !sel->segment)
        return n;
    for (size_t i = n; i-- > 0;) {
        if (model_segment_at(m, i)->seg.id == sel->segment)
            return i;
    }
    return n;
}

static void explain_ignored(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);

    pen_go(&p, r.w >= TIME_FROM ? 8 : 1);
    pen_fit(&p, THEME_SEG_LOST,
        r.w >= 38 ? _("arrived, ignored: queue full")
                  : _("arrived, queue full"),
        pen_room(&p));
}

/* Draws segments [first, end) and returns the lines they took. The reason for
 * an ignored one stands below it where all lines have room. */
static int rungs(struct draw *d, struct rect r, size_t first, size_t end)
{
    const struct model *m = d->m->model;
    size_t ignored = 0;
    int y = 0;

    for (size_t i = first; i < end; i++)
        ignored += fate_of(d, model_segment_at(m, i)) == FATE_IGNORED;
    bool explain = end - first + ignored <= (size_t)r.h;
    for (size_t i = first; i < end; i++) {
        const struct model_segment *s = model_segment_at(m, i);
        draw_segment(d, (struct rect){r.y + y++, r.x, 1, r.w}, s);
        if (explain && fate_of(d, s) == FATE_IGNORED)
            explain_ignored(d, (struct rect){r.y + y++, r.x, 1, r.w});
    }
    return y;
}

static void ladder(struct draw *d, struct rect r)
{
    size_t n = model_segment_count(d->m->model);
    size_t selected = selected_index(d);
    size_t hidden = 0;
    size_t end = selected < n ? selected_end(d, r.h, selected)
                              : ladder_end(d, r.h, &hidden);

    if (r.h <= 0)
        return;
    r.h -= hidden > 0;
    size_t rows = (size_t)r.h;
    int y = rungs(d, r, end > rows ? end - rows : 0, end);
    if (hidden) {
        struct pen p = pen_at(d->cv, (struct rect){r.y + y, r.x, 1, r.w});
        pen_textf(&p, THEME_SEG_HELD, _("… %zu more held"), hidden);
    }
}

/* What stands in the header of the selected segment. */
static void details(
    struct draw *d, struct rect r, const struct model_segment *s)
{
    struct pen p = pen_at(d->cv, r);
    char flags[SEGMENT_FLAGS_TEXT_MAX];
    char options[SEGMENT_OPTIONS_TEXT_MAX];
    char src[ADDR_TEXT_MAX];
    char dst[ADDR_TEXT_MAX];

    pen_textf(&p, THEME_STRONG, _("SEGMENT %" PRIu64), s->seg.id);
    pen_textf(&p, THEME_DIM, "  %s → %s", host_name(s->seg.from),
        host_name(host_other(s->seg.from)));
    pen_newline(&p, 0);
    pen_textf(&p, THEME_DIM, "%s → ", addr_format(&s->seg.src, src));
    pen_fit(&p, THEME_DIM, addr_format(&s->seg.dst, dst), pen_room(&p));
    pen_newline(&p, 0);
    pen_textf(&p, THEME_DIM, "%-8s", _("flags"));
    pen_text(&p, THEME_SCREEN, segment_format_flags(s->seg.flags, flags));
    pen_textf(&p, THEME_DIM, "  %s ", _("bytes"));
    pen_textf(&p, THEME_SCREEN, "%" PRIu32, s->seg.len);
    pen_newline(&p, 0);
    pen_textf(&p, THEME_DIM, "%-8s", _("seq ack"));
    pen_textf(
        &p, THEME_SCREEN, "%" PRIu32 " · %" PRIu32, s->seg.seq, s->seg.ack);
    pen_newline(&p, 0);
    pen_textf(&p, THEME_DIM, "%-8s", _("window"));
    pen_textf(&p, THEME_SCREEN, "%u", s->seg.window);
    pen_newline(&p, 0);
    pen_textf(&p, THEME_DIM, "%-8s", _("options"));
    pen_fit(&p, THEME_SCREEN, segment_format_options(&s->seg.options, options),
        pen_room(&p));
}

#define DETAIL_LINES 6

static void no_wire(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);

    pen_wrap(&p, THEME_DIM,
        _("Loopback: both sides are on 127.0.0.1 of this machine. States and "
          "buffers are real; segments are not seen and can't be held. '' "
          "means 127.0.0.1 here."),
        r.h);
}

void view_wire(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    struct rect body = column_body(r);
    size_t selected = selected_index(d);

    body.x++;
    body.w -= 2;
    pen_go(&p, 1);
    pen_text(&p, THEME_TITLE, _("WIRE"));
    if (str_equal(model_wire(d->m->model), "loopback")) {
        no_wire(d, body);
        return;
    }
    pen_text(&p, THEME_DIM, _(" client ──▶ server"));
    bool has_detail = selected < model_segment_count(d->m->model) &&
                      r.w >= TIME_FROM && body.h >= 3 * DETAIL_LINES;
    if (has_detail) {
        body.h -= DETAIL_LINES + 1;
        details(d,
            (struct rect){body.y + body.h + 1, body.x, DETAIL_LINES, body.w},
            model_segment_at(d->m->model, selected));
    }
    ladder(d, body);
}
