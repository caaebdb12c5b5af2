/* Segments between the lifelines: slanted arrows whose shape, and a word, tell
 * what became of them. Lines are drawn before all texts, so that no line
 * strikes a word out. */
#include "svg_int.h"

#include "sockstage/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD      15.0
#define GONE_AT   0.60 /* of the way: where a lost one ends */
#define ANSWER_AT 0.55
#define HELD_AT   0.20
#define PAD       16.0 /* from the lifeline to a text */

struct point {
    double x, y;
};

static double at(const struct svg *s, const struct ladder_item *item, double k)
{
    enum host to = host_other(item->side);

    return s->life[item->side] + k * (s->life[to] - s->life[item->side]);
}

/* From one held segment to the next. */
static double held_step(const struct ladder *l, enum host side)
{
    return l->hosts[side].held_lanes > 4 ? 10 : 16;
}

static double held_x(const struct svg *s, const struct ladder_item *item)
{
    int lane = item->lane < 0 ? LADDER_LANES_MAX - 1 : item->lane;

    return at(s, item, HELD_AT) -
           svg_outwards(item->side) * lane * held_step(s->l, item->side);
}

static void begin_group(
    struct svg *s, const char *class, uint64_t seq, uint64_t end_seq)
{
    str_addf(s->out,
        "<g class=\"l-item %s\" data-seq=\"%llu\" data-end=\"%llu\">", class,
        (unsigned long long)seq, (unsigned long long)end_seq);
}

/* ---- shapes -------------------------------------------------------------- */

static void add_line(
    struct svg *s, struct point a, struct point b, const char *class)
{
    str_addf(s->out, "<path class=\"l-line %s\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
        class, a.x, a.y, b.x, b.y);
}

/* With its tip at `b`, coming from `a`. */
static void add_head(
    struct svg *s, struct point a, struct point b, const char *class)
{
    double angle = atan2(b.y - a.y, b.x - a.x);
    double c = cos(angle), n = sin(angle);
    struct point back = {b.x - HEAD * c, b.y - HEAD * n};
    double side = HEAD * 0.38;

    str_addf(s->out,
        "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>", class,
        b.x, b.y, back.x - side * n, back.y + side * c, back.x + side * n,
        back.y - side * c);
}

static void add_cross(struct svg *s, struct point p)
{
    str_addf(s->out,
        "<path class=\"l-cross\" d=\"M%.1f %.1fl14 14m0 -14l-14 14\"/>",
        p.x - 7, p.y - 7);
}

static struct point back_from(struct point a, struct point b, double by)
{
    double len = hypot(b.x - a.x, b.y - a.y);

    if (len < 1)
        return b;
    return (struct point){
        b.x - (b.x - a.x) * by / len, b.y - (b.y - a.y) * by / len};
}

bool svg_is_probe(const struct ladder_item *item)
{
    return item->segment_kind == SEGMENT_KIND_PROBE ||
           item->segment_kind == SEGMENT_KIND_WINDOW_PROBE ||
           item->segment_kind == SEGMENT_KIND_KEEP_ALIVE;
}

static const char *line_class(const struct ladder_item *item)
{
    if (svg_is_probe(item))
        return "l-probe";
    return item->again ? "l-again" : "";
}

/* From `a` to the other lifeline. */
static void add_arrival(struct svg *s, struct point a, struct point b,
    const struct ladder_item *item)
{
    struct point tip = b;

    if (item->fate == LADDER_IGNORED)
        tip = back_from(a, b, 26);
    add_line(s, a, back_from(a, tip, HEAD), line_class(item));
    add_head(s, a, tip, item->fate == LADDER_IGNORED ? "l-hollow" : "l-head");
    if (item->fate == LADDER_TWICE)
        add_head(s, a, back_from(a, tip, HEAD + 3), "l-head");
    if (item->fate == LADDER_IGNORED)
        add_cross(s, back_from(a, b, 13));
}

static void add_stop(struct svg *s, struct point a, struct point b)
{
    add_line(s, a, b, "");
    str_addf(
        s->out, "<path class=\"l-cross\" d=\"M%.1f %.1fv26\"/>", b.x, b.y - 13);
}

/* ---- the line ------------------------------------------------------------ */

static void add_unheld(struct svg *s, const struct ladder_item *item)
{
    struct point a = {at(s, item, item->from_router ? 1 - ANSWER_AT : 0),
        svg_row_y(item->row)};
    struct point b = {at(s, item, 1), svg_row_y(item->end_row)};

    if (item->from_router)
        str_addf(s->out,
            "<path class=\"l-head\" d=\"M%.1f %.1fl9 9l-9 9l-9 -9Z\"/>", a.x,
            a.y - 9);
    switch (item->fate) {
    case LADDER_LOST:
        b.x = at(s, item, GONE_AT);
        add_line(s, a, b, line_class(item));
        add_cross(s, b);
        break;
    case LADDER_ANSWERED:
        b.x = at(s, item, ANSWER_AT);
        add_stop(s, a, b);
        break;
    case LADDER_UNDER_WAY:
        b.x = at(s, item, 0.5);
        add_line(s, a, back_from(a, b, HEAD), line_class(item));
        add_head(s, a, b, "l-head");
        break;
    default:
        add_arrival(s, a, b, item);
        break;
    }
}

static void add_held(struct svg *s, const struct ladder_item *item)
{
    struct point a = {at(s, item, 0), svg_row_y(item->row)};
    struct point stop = {held_x(s, item), svg_row_y(item->held_row)};
    struct point go = {stop.x, svg_row_y(item->end_row)};
    bool arrives = item->ends && item->fate != LADDER_LOST &&
                   item->fate != LADDER_ANSWERED;

    if (arrives)
        go.y = svg_row_y(item->go_row);
    else if (!item->ends)
        go.y += 22;
    if (go.y < stop.y)
        go.y = stop.y;
    add_line(s, a, stop, line_class(item));
    str_addf(s->out,
        "<rect class=\"l-stop\" x=\"%.1f\" y=\"%.1f\" width=\"10\" "
        "height=\"10\" rx=\"2\"/><path class=\"l-held\" d=\"M%.1f "
        "%.1fV%.1f\"/>",
        stop.x - 5, stop.y - 5, stop.x, stop.y + 8, go.y);
    str_add(s->out, "</g>\n");
    begin_group(s, "l-line-end", item->end_seq, item->end_seq);
    if (arrives)
        add_arrival(s, go,
            (struct point){at(s, item, 1), svg_row_y(item->end_row)}, item);
    else if (item->ends)
        add_cross(s, go);
}

static void add_title(struct svg *s, const struct ladder_item *item)
{
    const char *fate = ladder_fate_word(item);
    bool up = item->side == HOST_CLIENT;

    str_addf(s->out, "<title>%s \xe2\x86\x92 %s: ", host_name(item->side),
        host_name(up ? HOST_SERVER : HOST_CLIENT));
    svg_add_escaped(s->out, item->text);
    if (item->more != NULL && item->more[0] != '\0') {
        str_add(s->out, " ");
        svg_add_escaped(s->out, item->more);
    }
    if (fate[0] != '\0') {
        str_add(s->out, ", ");
        svg_add_escaped(s->out, fate);
    }
    str_add(s->out, "</title>");
}

/* ---- its text ------------------------------------------------------------ */

static bool has_client(const struct svg *s, const struct ladder_item *item)
{
    return item->who != NULL && s->l->hosts[HOST_CLIENT].processes.len > 1;
}

static void add_span(struct svg *s, const char *class, const char *text)
{
    str_addf(s->out, "<tspan class=\"%s\">", class);
    svg_add_escaped(s->out, text);
    str_add(s->out, "</tspan>\xc2\xa0");
}

/* What stands on the line, beyond its name. */
static const char *word_on_line(const struct ladder_item *item)
{
    return item->fate == LADDER_TWICE        ? ladder_fate_word(item)
           : item->was_held && item->doubled ? _("twice")
                                             : "";
}

static double text_width_of(
    const struct ladder *l, const struct ladder_item *item)
{
    const char *kind = ladder_kind_word(item);
    double width = svg_cells(item->text) * SVG_CELL;

    if (item->who != NULL && l->hosts[HOST_CLIENT].processes.len > 1)
        width += (svg_cells(item->who) + 1) * SVG_CELL;
    if (item->more != NULL && item->more[0] != '\0')
        width += svg_cells(item->more) * SVG_SMALL + SVG_CELL;
    if (kind[0] != '\0')
        width += svg_cells(kind) * SVG_SMALL + SVG_CELL;
    if (word_on_line(item)[0] != '\0')
        width += svg_cells(word_on_line(item)) * SVG_SMALL + SVG_CELL;
    return width;
}

static bool ends_on_wire(const struct ladder_item *item)
{
    return item->fate == LADDER_LOST || item->fate == LADDER_ANSWERED ||
           item->fate == LADDER_UNDER_WAY;
}

/* A lost one ends on the way, others leave room for what comes against them. */
static double room_of(const struct ladder *l, const struct ladder_item *item)
{
    double width = text_width_of(l, item) + 2 * PAD;

    if (item->was_held)
        return (width + PAD + svg_cells(_("held")) * SVG_SMALL +
                   item->lane * held_step(l, item->side)) /
               (1 - HELD_AT);
    return ends_on_wire(item) || item->from_router ? width / ANSWER_AT
                                                   : width * 1.5;
}

double svg_wire_width(const struct ladder *l)
{
    double most = 0;

    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        double width = item->kind == LADDER_ARROW ? room_of(l, item) : 0;
        most = width > most ? width : most;
    }
    return most;
}

static void add_words(struct svg *s, const struct ladder_item *item)
{
    const char *kind = ladder_kind_word(item), *word = word_on_line(item);

    if (has_client(s, item))
        add_span(s, "l-name", item->who);
    add_span(s,
        strncmp(item->text, "RST", 3) == 0 ? "l-strong l-bad" : "l-strong",
        item->text);
    if (item->more != NULL && item->more[0] != '\0')
        add_span(s, "l-small", item->more);
    if (kind[0] != '\0')
        add_span(s, "l-word l-late", kind);
    if (word[0] != '\0')
        add_span(s, "l-word l-late", word);
}

static void add_name_only(struct svg *s, const struct ladder_item *item)
{
    if (has_client(s, item))
        add_span(s, "l-name", item->who);
    add_span(s, "l-strong", item->text);
}

static void add_veil(
    struct svg *s, double x, double y, double width, double height)
{
    str_addf(s->out,
        "<rect class=\"l-veil\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
        "height=\"%.1f\"/>",
        x, y, width, height);
}

/* From where it was parked beyond all others that are. */
static double past_held(const struct ladder *l, const struct ladder_item *item)
{
    int others = l->hosts[item->side].held_lanes - 1 - item->lane;

    return PAD + (item->lane < 0 ? 0 : others) * held_step(l, item->side);
}

/* Along a line from `a` to `b`, above or below it, near its sender. */
static void add_along(struct svg *s, struct point a, struct point b,
    const struct ladder_item *item, bool above)
{
    bool right = b.x > a.x;
    double width = above ? text_width_of(s->l, item) : 0;
    double pad = above ? PAD : past_held(s->l, item);
    struct point from = right ? a : b, to = right ? b : a;
    double angle = atan2(to.y - from.y, to.x - from.x) * 180 / 3.14159265;

    str_addf(s->out, "<g transform=\"translate(%.1f %.1f) rotate(%.2f)\">", a.x,
        a.y, angle);
    if (above)
        add_veil(s, right ? PAD : -PAD - width, -25, width, 20);
    str_addf(s->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">",
        right ? pad : -pad, above ? -8 : 19, right ? "start" : "end");
    if (above)
        add_words(s, item);
    else
        add_name_only(s, item);
    str_add(s->out, "</text></g>");
}

/* Flat, from (x, y) in the direction of travel. */
static void add_flat(struct svg *s, double x, double y, double width,
    const struct ladder_item *item,
    void (*add)(struct svg *s, const struct ladder_item *item))
{
    bool right = item->side == HOST_CLIENT;

    add_veil(s, right ? x - 3 : x - width - 3, y - 12, width + 6, 22);
    str_addf(s->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x,
        y + 6, right ? "start" : "end");
    add(s, item);
    str_add(s->out, "</text>");
}

static void add_fate(struct svg *s, const struct ladder_item *item)
{
    add_span(s,
        item->fate == LADDER_UNDER_WAY ? "l-word l-late" : "l-word l-bad",
        ladder_fate_word(item));
}

static void add_held_words(struct svg *s, const struct ladder_item *item)
{
    add_words(s, item);
    add_span(s, "l-word l-late", _("held"));
}

static double fate_width(const struct ladder_item *item)
{
    return svg_cells(ladder_fate_word(item)) * SVG_SMALL;
}

static void add_unheld_text(struct svg *s, const struct ladder_item *item)
{
    double out = -svg_outwards(item->side);
    struct point a = {at(s, item, item->from_router ? 1 - ANSWER_AT : 0),
        svg_row_y(item->row)};
    struct point b = {at(s, item, 1), svg_row_y(item->end_row)};

    if (ends_on_wire(item))
        b.x = at(s, item,
            item->fate == LADDER_LOST       ? GONE_AT
            : item->fate == LADDER_ANSWERED ? ANSWER_AT
                                            : 0.5);
    add_along(s, a, b, item, true);
    if (ends_on_wire(item))
        add_flat(s, b.x + out * 16, b.y, fate_width(item), item, add_fate);
}

static void add_held_text(struct svg *s, const struct ladder_item *item)
{
    double out = -svg_outwards(item->side), x = held_x(s, item);
    double held = svg_cells(_("held")) * SVG_SMALL + SVG_CELL;

    add_flat(s, x + out * 12, svg_row_y(item->held_row),
        text_width_of(s->l, item) + held, item, add_held_words);
    str_add(s->out, "</g>\n");
    begin_group(s, "l-line-end", item->end_seq, item->end_seq);
    if (!item->ends)
        return;
    if (ends_on_wire(item))
        add_flat(s, x + out * 14, svg_row_y(item->end_row), fate_width(item),
            item, add_fate);
    else if (item->go_row > item->held_row + 1)
        add_along(s, (struct point){x, svg_row_y(item->go_row)},
            (struct point){at(s, item, 1), svg_row_y(item->end_row)}, item,
            false);
}

/* The line; its text is another group, drawn above all lines. */
static void add_arrow_line(struct svg *s, const struct ladder_item *item)
{
    begin_group(s, "l-arrow", item->seq, item->end_seq);
    add_title(s, item);
    if (item->was_held)
        add_held(s, item);
    else
        add_unheld(s, item);
    str_add(s->out, "</g>\n");
}

static void add_arrow_text(struct svg *s, const struct ladder_item *item)
{
    begin_group(s, "l-arrow-text", item->seq, item->end_seq);
    if (item->was_held)
        add_held_text(s, item);
    else
        add_unheld_text(s, item);
    str_add(s->out, "</g>\n");
}

void svg_add_arrow(struct svg *s, const struct ladder_item *item, bool text)
{
    if (text)
        add_arrow_text(s, item);
    else
        add_arrow_line(s, item);
}

/* ---- bundles ------------------------------------------------------------- */

static void add_stream(
    struct svg *s, struct point a, double a_end, struct point b, double b_start)
{
    str_addf(s->out,
        "<path class=\"l-stream\" d=\"M%.1f %.1fL%.1f %.1fV%.1fL%.1f "
        "%.1fZ\"/>",
        a.x, a.y, b.x, b_start, b.y, a.x, a_end);
}

void svg_add_bundle(struct svg *s, const struct ladder_item *item, bool text)
{
    struct point a = {at(s, item, 0), svg_row_y(item->row)};
    struct point b = {at(s, item, 1), svg_row_y(item->end_row)};
    double slant = SVG_ROW * 2;
    double in = -svg_outwards(item->side);
    char *words = ladder_bundle_words(item);

    begin_group(s, "l-bundle", item->seq, item->end_seq);
    if (!text) {
        double a_end = b.y - slant, b_start = a.y + slant;
        str_add(s->out, "<title>");
        svg_add_escaped(s->out, words);
        str_add(s->out, "</title>");
        add_stream(s, a, a_end, b, b_start);
        add_head(s, (struct point){a.x, a_end}, b, "l-head");
        add_head(s, a, (struct point){b.x, b_start}, "l-head");
    } else {
        double width = svg_cells(words) * SVG_CELL;
        double x = a.x + in * PAD, y = a.y + SVG_ROW + 10;
        add_veil(s, in > 0 ? x - 3 : x - width - 3, y - 16, width + 6, 22);
        str_addf(s->out,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" "
            "class=\"l-strong\">",
            x, y, in > 0 ? "start" : "end");
        svg_add_escaped(s->out, words);
        str_add(s->out, "</text>");
    }
    str_add(s->out, "</g>\n");
    free(words);
}

/* ---- samples ------------------------------------------------------------- */

void svg_add_sample(struct svg *s, enum svg_look look, double x, double y)
{
    struct point a = {x, y - 5}, b = {x + 62, y + 5};
    struct ladder_item item = {.fate = LADDER_ARRIVED};

    switch (look) {
    case SVG_LOOK_AGAIN:
        item.again = true;
        add_arrival(s, a, b, &item);
        break;
    case SVG_LOOK_PROBE:
        item.segment_kind = SEGMENT_KIND_PROBE;
        add_arrival(s, a, b, &item);
        break;
    case SVG_LOOK_IGNORED:
    case SVG_LOOK_TWICE:
        item.fate = look == SVG_LOOK_TWICE ? LADDER_TWICE : LADDER_IGNORED;
        add_arrival(s, a, b, &item);
        break;
    case SVG_LOOK_LOST:
        b.x -= 12;
        add_line(s, a, b, "");
        add_cross(s, b);
        break;
    case SVG_LOOK_ANSWERED:
        b.x -= 12;
        add_stop(s, a, b);
        break;
    case SVG_LOOK_UNDER_WAY:
        b.x -= 20;
        add_line(s, a, back_from(a, b, HEAD), "");
        add_head(s, a, b, "l-head");
        break;
    case SVG_LOOK_HELD:
        str_addf(s->out,
            "<rect class=\"l-stop\" x=\"%.1f\" y=\"%.1f\" width=\"10\" "
            "height=\"10\" rx=\"2\"/><path class=\"l-held\" d=\"M%.1f "
            "%.1fv18\"/>",
            x + 40, y - 15, x + 45, y - 2);
        break;
    case SVG_LOOK_BUNDLE:
        add_stream(s, (struct point){x, y - 12}, y + 6,
            (struct point){x + 62, y + 12}, y - 6);
        break;
    case SVG_LOOKS:
        break;
    }
}
