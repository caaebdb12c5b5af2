/* The wire as a ladder, newest segment at the bottom, each with its fate: an
 * arrow that reaches the other side arrived, one that ends in the middle with
 * a cross was lost, a short one with its word still waits.
 *
 * | SYN c1 ------------> |
 * | <-------- SYN+ACK c1 |
 * | DATA 1000 c1 -> held |
 * | SYN c5 ----X lost    |
 * | SYN c6 -----------># |
 * |    accept queue full |
 * | DATA c1 x812 ======> |
 * |   812000 bytes 0.1 s | */
#include "arrow.h"
#include "curtain.h"
#include "rung.h"
#include "segment_rows.h"
#include "views.h"
#include "window_scale.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define TIME_FROM    32 /* columns from which the time is shown */
#define NUMBERS_FROM 46 /* of the arrow: the relative sequence numbers too */
#define TIME_WIDTH   9
#define STAMP_WIDTH  6 /* of it, the number */

#define TRAVEL_TICK_MIN_MS 66 /* 15 frames a second */
#define TRAVEL_TICK_MAX_MS 250

/* A line of the ladder, made ready. */
struct line {
    struct rung rung;
    struct arrow arrow;
    struct str label, word, numbers;
    int h; /* the numbers' line too */
    bool fresh;
};

/* Whether a transfer's acknowledgments or its data go this way. */
static enum host main_way(const struct model_run *run)
{
    uint64_t up = run->bytes[HOST_CLIENT];
    uint64_t down = run->bytes[HOST_SERVER];

    if (up == down)
        return run->count[HOST_CLIENT] >= run->count[HOST_SERVER] ? HOST_CLIENT
                                                                  : HOST_SERVER;
    return up > down ? HOST_CLIENT : HOST_SERVER;
}

static void run_label(
    const struct draw *d, const struct line *l, struct str *out)
{
    const struct model_run *run = l->rung.run;
    const struct model *m = d->m->model;
    enum host way = main_way(run);
    char owner[WORDS_MAX] = "";

    str_add(out, run->proto == IPPROTO_UDP ? "UDP"
                 : run->bytes[way]         ? "DATA"
                                           : "ACK");
    if (!run->several)
        words_segment_owner(m, &model_segment_at(m, l->rung.first)->seg, owner);
    str_addf(
        out, "%s%s x%" PRIu32, owner[0] ? " " : "", owner, run->count[way]);
}

static void run_word(const struct model_run *run, bool brief, struct str *out)
{
    char time[32];
    uint64_t bytes = run->bytes[main_way(run)];

    str_clear(out);
    uint64_t ns = run->to_ns - run->from_ns;
    if (ns < NS_PER_S)
        snprintf(time, sizeof time, "%" PRIu64 " ms", ns / NS_PER_MS);
    else
        words_duration(ns, time, sizeof time);
    if (bytes >= 10000 && brief)
        str_addf(out, _("%" PRIu64 " kB %s"), bytes / 1000, time);
    else if (bytes)
        str_addf(out, _("%" PRIu64 " bytes in %s"), bytes, time);
    else
        str_addf(out, _("in %s"), time);
    if (run->lost)
        str_addf(out, _(", %" PRIu32 " lost"), run->lost);
}

static void make_run(struct draw *d, struct line *l, int width)
{
    run_label(d, l, &l->label);
    run_word(l->rung.run, false, &l->word);
    if (canvas_width(d->cv, str_text(&l->word)) > width)
        run_word(l->rung.run, true, &l->word);
    l->arrow.from = main_way(l->rung.run);
    l->arrow.look = fate_row(FATE_ARRIVED);
    l->arrow.line = "═";
    l->arrow.word_style = l->rung.run->lost ? THEME_SEG_LOST : THEME_DIM;
    l->arrow.label_style = THEME_SEG_LABEL;
    l->fresh = draw_is_fresh(d, l->rung.run->to_ns);
}

/* In bytes, where the scale is known. */
static void window_text(
    const struct draw *d, const struct model_segment *s, char *out, size_t size)
{
    uint8_t scale;

    if (window_scale_of(d->scales, d->m->model, s, &scale))
        snprintf(out, size, "win %" PRIu32, (uint32_t)s->seg.window << scale);
}

/* What of the relative numbers fits, the most telling first: of a bare ACK its
 * own number is the least. The window is for those who ask for TCP's
 * numbers. */
static void add_numbers(const struct draw *d, const struct model_segment *s,
    int width, const char *before, struct str *out)
{
    enum { SEQ, ACK, WIN, NUMBERS };
    bool bare = s->seg.len == 0 &&
                (s->seg.flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST)) == 0;
    const int order[NUMBERS] = {
        bare ? ACK : SEQ, bare ? WIN : ACK, bare ? SEQ : WIN};
    char text[NUMBERS][24] = {"", "", ""};
    bool shown[NUMBERS] = {false};

    if (!s->seg.has_relative)
        return;
    snprintf(text[SEQ], sizeof text[SEQ], "seq %" PRIu32, s->seg.seq);
    if (s->seg.flags & SEGMENT_ACK)
        snprintf(text[ACK], sizeof text[ACK], "ack %" PRIu32, s->seg.ack);
    if (draw_detail(d) >= DETAIL_TCP)
        window_text(d, s, text[WIN], sizeof text[WIN]);
    width -= canvas_width(d->cv, before) - 1;
    for (size_t i = 0; i < NUMBERS; i++) {
        int taken = (int)strlen(text[order[i]]) + 1;
        shown[order[i]] = taken > 1 && taken <= width;
        width -= shown[order[i]] ? taken : 0;
    }
    for (size_t i = 0, n = 0; i < NUMBERS; i++) {
        if (shown[i])
            str_addf(out, "%s%s", n++ == 0 ? before : " ", text[i]);
    }
}

/* `brief`: a repeat is only a sign. */
static void label_of(const struct draw *d, const struct model_segment *s,
    int width, bool brief, struct str *out)
{
    char name[64];
    char owner[WORDS_MAX];
    const char *kind = fate_kind(&s->seg, brief);

    str_clear(out);
    segment_format_name(&s->seg, name, sizeof name);
    words_segment_owner(d->m->model, &s->seg, owner);
    if (brief && s->seg.quoted.src.family) {
        size_t icmp = strcspn(name, " ");
        str_add(out, name + icmp + (name[icmp] == ' '));
        owner[0] = '\0';
    } else {
        str_add(out, name);
    }
    if (owner[0])
        str_addf(out, " %s", owner);
    if (s->copies && !kind[0])
        kind = brief ? "↻" : _("again");
    if (kind[0])
        str_addf(out, " %s", kind);
    if (s->copies > 1)
        str_addf(out, brief ? "%u" : " x%u", s->copies);
    if (width >= NUMBERS_FROM && !brief)
        add_numbers(
            d, s, width - canvas_width(d->cv, str_text(out)) - 8, "  ", out);
}

/* The frames that a travelling head needs: one for each column. */
static void travel(struct draw *d, struct line *l, int width)
{
    const struct model_segment *s =
        model_segment_at(d->m->model, l->rung.first);
    uint64_t delay = model_wire_status(d->m->model)->delay_ns[s->seg.from];
    int room = arrow_room(d->cv, width, &l->arrow);

    l->arrow.permille = fate_permille(d->m->model, s, d->m->now_ns);
    if (l->arrow.permille >= 1000)
        return;
    uint64_t ms = delay / NS_PER_MS / (uint64_t)(room > 1 ? room : 1);
    if (ms < TRAVEL_TICK_MIN_MS)
        ms = TRAVEL_TICK_MIN_MS;
    if (ms > TRAVEL_TICK_MAX_MS)
        ms = TRAVEL_TICK_MAX_MS;
    if (d->travel_ms == 0 || ms < d->travel_ms)
        d->travel_ms = ms;
}

/* What it met on a host that is hidden isn't told. */
static enum fate seen_fate(const struct draw *d, const struct model_segment *s)
{
    enum host to = s->seg.from == HOST_CLIENT ? HOST_SERVER : HOST_CLIENT;
    enum fate fate = fate_of(d->m->model, s);
    bool met = fate == FATE_REFUSED || fate == FATE_CORRUPT;

    return met && curtain_hides_host(d->m, to) ? FATE_ARRIVED : fate;
}

static void make_single(struct draw *d, struct line *l, int width)
{
    const struct model_segment *s =
        model_segment_at(d->m->model, l->rung.first);
    enum fate fate = seen_fate(d, s);
    uint64_t last = s->verdict_ns > s->seg.t_ns ? s->verdict_ns : s->seg.t_ns;

    l->arrow.from = s->seg.from;
    l->arrow.look = fate_row(fate);
    l->arrow.line = "─";
    l->arrow.mark = fate == FATE_CORRUPT ? "≠" : NULL;
    l->arrow.word_style = l->arrow.label_style = l->arrow.look->style;
    if (fate == FATE_ARRIVED)
        l->arrow.label_style = THEME_SEG_LABEL;
    if (s->copied_ns > last)
        last = s->copied_ns;
    l->fresh = fate != FATE_TRAVELS && draw_is_fresh(d, last);
    label_of(d, s, width, false, &l->label);
    if (fate != FATE_ARRIVED)
        str_add(&l->word, fate_word(fate, s, width < TIME_FROM));
    int word = l->arrow.look->reach == REACH_WHOLE
                   ? 0
                   : canvas_width(d->cv, str_text(&l->word));
    if (canvas_width(d->cv, str_text(&l->label)) + 5 + word > width)
        label_of(d, s, width, true, &l->label);
    if (width < NUMBERS_FROM && draw_detail(d) >= DETAIL_TCP)
        add_numbers(d, s, width - 1, "", &l->numbers);
}

/* Of a doubled one the arrow's head tells enough. */
static void fit_word(struct draw *d, struct line *l, int width)
{
    const struct fate_row *twice = fate_row(FATE_TWICE);

    l->arrow.label = str_text(&l->label);
    l->arrow.word = str_text(&l->word);
    l->h = 1;
    l->arrow.word_below = l->word.len > 0 &&
                          l->arrow.look->reach != REACH_WHOLE &&
                          arrow_cuts_label(d->cv, width, &l->arrow);
    if (arrow_holds_word(d->cv, width, &l->arrow))
        return;
    if (l->arrow.look != twice) {
        l->h = 2;
        return;
    }
    l->arrow.word = _(twice->brief);
    if (!arrow_holds_word(d->cv, width, &l->arrow))
        l->arrow.word = "";
}

/* What is left for arrows beside the time. */
static int arrow_width(int width)
{
    return width >= TIME_FROM ? width - TIME_WIDTH : width;
}

static void line_make(struct draw *d, struct line *l, struct rung rung, int w)
{
    *l = (struct line){
        .rung = rung, .label = STR_INIT, .word = STR_INIT, .numbers = STR_INIT};
    if (rung.run)
        make_run(d, l, arrow_width(w));
    else
        make_single(d, l, arrow_width(w));
    fit_word(d, l, arrow_width(w));
    l->h += l->numbers.len > 0;
}

static void line_done(struct line *l)
{
    str_done(&l->label);
    str_done(&l->word);
    str_done(&l->numbers);
}

/* Below its arrow, at the sender. */
static void draw_numbers(struct draw *d, struct rect r, const struct line *l)
{
    const char *text = str_text(&l->numbers);
    struct pen p = pen_at(d->cv, r);

    pen_go(&p,
        l->arrow.from == HOST_CLIENT ? 1 : r.w - 1 - canvas_width(d->cv, text));
    pen_text(&p, THEME_SEG_TIME, text);
}

static int line_height(struct draw *d, struct rung rung, int w)
{
    struct line l;
    bool measuring = d->measuring;

    d->measuring = true;
    line_make(d, &l, rung, w);
    line_done(&l);
    d->measuring = measuring;
    return l.h;
}

static void draw_line(struct draw *d, struct rect r, struct line *l)
{
    const struct model_segment *s =
        model_segment_at(d->m->model, l->rung.first);
    struct selection sel = {.column = COLUMN_WIRE, .segment = s->seg.id};
    struct rung chosen;

    draw_hit(d, r, &sel);
    if (l->fresh)
        l->arrow.label_style = THEME_CHANGED;
    if (r.w >= TIME_FROM) {
        struct pen p = pen_at(d->cv, r);
        char stamp[32];
        words_stamp(s->seg.t_ns, STAMP_WIDTH, stamp, sizeof stamp);
        pen_textf(&p, THEME_SEG_TIME, "%s s ", stamp);
    }
    int w = arrow_width(r.w);
    if (l->arrow.look->reach == REACH_TRAVELLED)
        travel(d, l, w);
    struct rect right = {r.y, r.x + r.w - w, r.h, w};
    if (l->numbers.len > 0 && r.h == l->h) {
        struct rect last = {r.y + r.h - 1, right.x, 1, w};
        draw_numbers(d, last, l);
        right.h--;
    }
    arrow_draw(d->cv, right, &l->arrow);
    if (!rung_selected(d->m, &chosen) || chosen.first != l->rung.first)
        return;
    r.x--;
    r.w++;
    struct pen mark = pen_at(d->cv, r);
    canvas_ground(d->cv, r, THEME_SELECTED);
    pen_text(&mark, THEME_STRONG, "▸");
}

static bool is_held(const struct model_segment *s)
{
    return s->has_verdict && s->verdict == VERDICT_HELD;
}

/* How many of the newest segments to leave out at the bottom: where many are
 * held, the oldest are the ones that go next. Sets how many held are hidden. */
static size_t newest_end(const struct draw *d, int rows, size_t *hidden)
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

/* The end of the window so that the selected line lies in its middle. */
static size_t middle_end(
    struct draw *d, struct rect r, const struct rung *selected)
{
    size_t n = model_segment_count(d->m->model);
    size_t end = selected->end;

    for (int y = 0; end < n;) {
        struct rung next = rung_at(d->m, end);
        y += line_height(d, next, r.w);
        if (y > r.h / 2)
            break;
        end = next.end;
    }
    return end;
}

/* Going back from `end`, the first segment for which there is room. */
static size_t window_first(struct draw *d, struct rect r, size_t end, int *rows)
{
    *rows = 0;
    while (end > 0) {
        struct rung rung = rung_at(d->m, end - 1);
        int h = line_height(d, rung, r.w);
        if (*rows + h > r.h)
            break;
        *rows += h;
        end = rung.first;
    }
    return end;
}

/* Room that is left shows more of the held segments; `r` is without the line
 * that counts the rest. */
static size_t fill_up(
    struct draw *d, struct rect r, size_t end, int rows, size_t *hidden)
{
    while (*hidden > 0) {
        struct rung next = rung_at(d->m, end);
        size_t held = 0;
        for (size_t i = next.first; i < next.end; i++)
            held += is_held(model_segment_at(d->m->model, i));
        rows += line_height(d, next, r.w);
        if (rows > r.h + (*hidden == held))
            break;
        end = next.end;
        *hidden -= held;
    }
    return end;
}

/* Draws from `first` on to `end`, and beyond it where `more`; returns the
 * rows. */
static int draw_window(
    struct draw *d, struct rect r, size_t first, size_t end, bool more)
{
    size_t n = more ? model_segment_count(d->m->model) : end;
    int y = 0;

    for (size_t i = first; i < n && y < r.h;) {
        struct line l;
        line_make(d, &l, rung_at(d->m, i), r.w);
        int h = l.h < r.h - y ? l.h : r.h - y;
        draw_line(d, (struct rect){r.y + y, r.x, h, r.w}, &l);
        y += h;
        i = l.rung.end;
        line_done(&l);
    }
    return y;
}

static void ladder(struct draw *d, struct rect r)
{
    struct window_scales scales = {.next = 0};
    struct rung selected;
    size_t hidden = 0;
    int rows = 0;

    if (r.h <= 0)
        return;
    d->scales = &scales;
    bool chosen = rung_selected(d->m, &selected);
    size_t end =
        chosen ? middle_end(d, r, &selected) : newest_end(d, r.h, &hidden);
    int spare = hidden > 0;
    r.h -= spare;
    size_t first = window_first(d, r, end, &rows);
    if (first == 0)
        end = fill_up(d, r, end, rows, &hidden);
    r.h += hidden == 0 ? spare : 0;
    int y = draw_window(d, r, first, end, chosen);
    if (hidden) {
        struct pen p = pen_at(d->cv, (struct rect){r.y + y, r.x, 1, r.w});
        pen_textf(&p, THEME_SEG_HELD, _("… %zu more held"), hidden);
    }
    d->scales = NULL;
}

/* `wire` at the prompt selects it, also while it is empty. */
static void empty_wire(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, (struct rect){r.y, r.x - 1, 1, r.w + 1});

    if (d->m->ui->sel.column != COLUMN_WIRE || r.h <= 0)
        return;
    canvas_ground(d->cv, p.clip, THEME_SELECTED);
    pen_text(&p, THEME_STRONG, "▸");
    pen_fit(&p, THEME_DIM, _("no segment yet"), pen_room(&p));
}

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

    d->wire = r;
    body.x++;
    body.w -= 2;
    pen_go(&p, 1);
    pen_text(&p, THEME_TITLE, _("WIRE"));
    if (str_equal(model_wire(d->m->model), "loopback")) {
        no_wire(d, body);
        return;
    }
    if (curtain_draw(d, r, COLUMN_WIRE))
        return;
    pen_text(&p, THEME_DIM, _(" client ──▶ server"));
    if (model_segment_count(d->m->model) == 0)
        empty_wire(d, body);
    struct rung chosen;
    if (rung_selected(d->m, &chosen) && !chosen.run && !d->m->ui->inspect &&
        !curtain_is_down(d->m) && r.w >= TIME_FROM &&
        body.h >= 3 * SEGMENT_BOX_LINES) {
        body.h -= SEGMENT_BOX_LINES + 1;
        struct rect box = {
            body.y + body.h + 1, body.x, SEGMENT_BOX_LINES, body.w};
        segment_box_draw(d, box, model_segment_at(d->m->model, chosen.first));
    }
    ladder(d, body);
}
