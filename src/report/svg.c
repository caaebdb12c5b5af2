/* The ladder as a picture: client, wire, server; time runs down. */
#include "svg_int.h"

#include "report_int.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <string.h>

#define MARGIN     28.0
#define TIME_WIDTH 84.0
#define WIRE_LEAST 460.0
#define WIRE_MOST  640.0
#define LEAST      1400.0 /* a caption's line */

/* Of the picture on a page, which may be that of a phone. */
#define PAGE_MARGIN      10.0
#define PAGE_WIRE_MOST   560.0
#define PAGE_LABEL_CELLS 24
#define PAGE_TOP         66.0 /* above is the title's place */

double svg_row_y(int row)
{
    return SVG_TOP + row * SVG_ROW;
}

/* ---- where things are ---------------------------------------------------- */

static int side_cells(const struct ladder *l, enum host side)
{
    int most = 12;

    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        enum host at =
            item->kind == LADDER_ARROW ? host_other(item->side) : item->side;
        int cells = at == side ? svg_label_cells(l, item) : 0;
        most = cells > most ? cells : most;
    }
    return most < SVG_LABEL_MOST ? most : SVG_LABEL_MOST;
}

static double bars_width(const struct ladder *l, enum host side)
{
    const struct ladder_host *host = &l->hosts[side];

    return 10 + host->state_lanes * SVG_STATE_PITCH +
           host->call_lanes * SVG_CALL_PITCH + 6;
}

static double wire_width(const struct ladder *l)
{
    double width = svg_wire_width(l);

    return width < WIRE_LEAST  ? WIRE_LEAST
           : width > WIRE_MOST ? WIRE_MOST
                               : width;
}

static void measure(struct svg *s)
{
    const struct ladder *l = s->l;
    double labels[HOST_COUNT], wire = wire_width(l), total;
    double margin = MARGIN, time = TIME_WIDTH;
    int cells_most = SVG_LABEL_MOST;

    if (s->on_page) {
        margin = PAGE_MARGIN;
        time = 0;
        cells_most = PAGE_LABEL_CELLS;
        wire = wire < PAGE_WIRE_MOST ? wire : PAGE_WIRE_MOST;
    }
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        int cells = side_cells(l, h);
        labels[h] = (cells < cells_most ? cells : cells_most) * SVG_CELL + 8;
    }
    total = 2 * margin + time + labels[HOST_CLIENT] +
            bars_width(l, HOST_CLIENT) + wire + bars_width(l, HOST_SERVER) +
            labels[HOST_SERVER];
    if (total < LEAST && !s->on_page) {
        double more = LEAST - total;
        double to_wire = WIRE_MOST - wire < more ? WIRE_MOST - wire : more;
        wire += to_wire;
        labels[HOST_CLIENT] += (more - to_wire) / 2;
        labels[HOST_SERVER] += (more - to_wire) / 2;
        total = LEAST;
    }
    s->width = total;
    s->edge[HOST_CLIENT] = margin + time;
    s->label[HOST_CLIENT] = s->edge[HOST_CLIENT] + labels[HOST_CLIENT];
    s->life[HOST_CLIENT] = s->label[HOST_CLIENT] + bars_width(l, HOST_CLIENT);
    s->life[HOST_SERVER] = s->life[HOST_CLIENT] + wire;
    s->label[HOST_SERVER] = s->life[HOST_SERVER] + bars_width(l, HOST_SERVER);
    s->edge[HOST_SERVER] = s->width - margin;
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++)
        s->bars[h] =
            s->life[h] +
            svg_outwards(h) * (8 + l->hosts[h].state_lanes * SVG_STATE_PITCH);
}

static double floor_y(const struct svg *s)
{
    return svg_row_y(s->l->rows > 0 ? s->l->rows - 1 : 0) + 34;
}

/* ---- around it ----------------------------------------------------------- */

static uint64_t count_of(const struct ladder *l, enum ladder_kind kind)
{
    uint64_t n = 0;

    for (size_t i = 0; i < l->items.len; i++) {
        if (l->items.items[i].kind == kind)
            n += kind == LADDER_ARROW || kind == LADDER_BUNDLE
                     ? l->items.items[i].count
                     : 1;
    }
    return n;
}

static void add_described(struct svg *s)
{
    const struct ladder *l = s->l;
    struct str text = STR_INIT, segments = STR_INIT, calls = STR_INIT;

    ladder_add_count(
        &segments, count_of(l, LADDER_ARROW) + count_of(l, LADDER_BUNDLE));
    ladder_add_count(&calls, count_of(l, LADDER_CALL));
    str_addf(&text,
        _("The client's host is on the left, the server's on the right, time "
          "runs down. Calls: %s, segments: %s."),
        str_text(&calls), str_text(&segments));
    str_add(s->out, "<title>");
    svg_add_escaped(s->out, l->title != NULL ? l->title : "sockstage");
    str_add(s->out, "</title>\n<desc>");
    svg_add_escaped(s->out, str_text(&text));
    str_add(s->out, "</desc>\n");
    str_done(&text);
    str_done(&segments);
    str_done(&calls);
}

static void add_host(struct svg *s, enum host side)
{
    const char *name = host_name(side);
    const char *address = s->l->hosts[side].address;
    double x = s->life[side];

    str_addf(
        s->out, "<path class=\"l-life\" d=\"M%.0f 110V%.0f\"/>", x, floor_y(s));
    str_addf(s->out,
        "<g class=\"l-host\"><rect x=\"%.0f\" y=\"76\" width=\"150\" "
        "height=\"36\" rx=\"8\"/><text x=\"%.0f\" y=\"101\" "
        "text-anchor=\"middle\">%s</text></g>\n",
        x - 75, x, name);
    if (address == NULL)
        return;
    str_addf(s->out,
        "<text class=\"l-small\" x=\"%.0f\" y=\"100\" text-anchor=\"%s\">",
        x + svg_outwards(side) * 86, side == HOST_CLIENT ? "end" : "start");
    svg_add_escaped(s->out, address);
    str_add(s->out, "</text>\n");
}

static void add_title(struct svg *s)
{
    if (s->l->title == NULL)
        return;
    str_addf(s->out, "<text class=\"l-title\" x=\"%.0f\" y=\"48\">", MARGIN);
    svg_add_cut(s->out, s->l->title, 72);
    str_add(s->out, "</text>\n");
}

static void add_pauses(struct svg *s)
{
    for (size_t i = 0; i < s->l->pauses.len; i++) {
        const struct ladder_mark *p = &s->l->pauses.items[i];
        double y = svg_row_y(p->row);
        double mid = (s->life[HOST_CLIENT] + s->life[HOST_SERVER]) / 2;
        str_add(s->out, "<g class=\"l-pause\">");
        for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++)
            str_addf(s->out,
                "<rect class=\"l-paper\" x=\"%.0f\" y=\"%.0f\" width=\"8\" "
                "height=\"12\"/><path class=\"l-gap\" d=\"M%.0f %.0fl18 "
                "-6m-18 14l18 -6\"/>",
                s->life[h] - 4, y - 6, s->life[h] - 9, y - 1);
        str_addf(s->out,
            "<rect class=\"l-veil\" x=\"%.0f\" y=\"%.0f\" width=\"120\" "
            "height=\"24\"/><text class=\"l-small\" x=\"%.0f\" y=\"%.0f\" "
            "text-anchor=\"middle\">\xe2\x8b\xae ",
            mid - 60, y - 12, mid, y + 6);
        ladder_add_duration(s->out, p->ns);
        str_add(s->out, "</text></g>\n");
    }
}

static void add_stamps(struct svg *s)
{
    for (size_t i = 0; i < s->l->stamps.len; i++) {
        const struct ladder_mark *m = &s->l->stamps.items[i];
        uint64_t ms = m->ns / 1000000;
        str_addf(s->out,
            "<text class=\"l-small\" x=\"%.0f\" y=\"%.1f\">%" PRIu64
            ".%03" PRIu64 " s</text>\n",
            MARGIN, svg_row_y(m->row) + 6, ms / 1000, ms % 1000);
    }
}

/* ---- what goes across ---------------------------------------------------- */

static void add_lines(struct svg *s, const struct ladder_item *item, double x)
{
    const char *text = item->text;

    for (int i = 0; text != NULL && i < item->lines; i++) {
        const char *next = NULL;
        size_t len = ladder_wrap(text, item->columns, &next);
        char *line = xstrndup(text, len);
        str_addf(s->out, "<text x=\"%.0f\" y=\"%.1f\">", x,
            svg_row_y(item->row + i) + 6.5);
        svg_add_escaped(s->out, line);
        str_add(s->out, "</text>");
        free(line);
        text = next;
    }
}

static void add_band(struct svg *s, const struct ladder_item *item)
{
    static const char *const classes[] = {[LADDER_NOTE] = "l-note",
        [LADDER_MARK] = "l-mark",
        [LADDER_FAILED] = "l-failed"};
    double y = svg_row_y(item->row);

    str_addf(s->out,
        "<g class=\"l-item %s\" data-seq=\"%" PRIu64 "\" data-end=\"%" PRIu64
        "\"><rect class=\"l-caption\" x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" "
        "height=\"%.1f\" rx=\"8\"/>",
        classes[item->kind], item->seq, item->end_seq, MARGIN - 8, y - 15,
        s->width - 2 * MARGIN + 16, item->lines * SVG_ROW - 2);
    if (item->kind == LADDER_MARK)
        str_addf(s->out, "<path d=\"M%.0f %.1fv20h2v-8l12 -6z\"/>", MARGIN + 6,
            y - 10);
    if (item->kind == LADDER_FAILED)
        str_addf(s->out,
            "<path class=\"l-cross\" d=\"M%.0f %.1fl14 14m0 -14l-14 14\"/>",
            MARGIN + 6, y - 7);
    add_lines(s, item, MARGIN + (item->kind == LADDER_NOTE ? 6 : 32));
    str_add(s->out, "</g>\n");
}

static void add_setting(struct svg *s, const struct ladder_item *item)
{
    double mid = (s->life[HOST_CLIENT] + s->life[HOST_SERVER]) / 2;
    int cells = svg_cells(item->text);
    double width;

    cells = cells < 40 ? cells : 40;
    width = cells * SVG_SMALL + 24;
    str_addf(s->out,
        "<g class=\"l-item l-set\" data-seq=\"%" PRIu64 "\" data-end=\"%" PRIu64
        "\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"26\" "
        "rx=\"5\"/><text class=\"l-small\" x=\"%.1f\" y=\"%.1f\" "
        "text-anchor=\"middle\">",
        item->seq, item->end_seq, mid - width / 2, svg_row_y(item->row) - 13,
        width, mid, svg_row_y(item->row) + 5.5);
    svg_add_cut(s->out, item->text, cells);
    str_add(s->out, "</text></g>\n");
}

/* ---- all of it ----------------------------------------------------------- */

static void add_items(struct svg *s)
{
    const struct ladder_item *items = s->l->items.items;
    size_t n = s->l->items.len;

    for (size_t i = 0; i < n; i++)
        svg_add_bar(s, &items[i]);
    for (int text = 0; text < 2; text++) {
        for (size_t i = 0; i < n; i++) {
            if (items[i].kind == LADDER_BUNDLE)
                svg_add_bundle(s, &items[i], text > 0);
            else if (items[i].kind == LADDER_ARROW)
                svg_add_arrow(s, &items[i], text > 0);
        }
    }
    for (size_t i = 0; i < n; i++)
        svg_add_side(s, &items[i]);
    for (size_t i = 0; i < n; i++) {
        enum ladder_kind kind = items[i].kind;
        if (kind == LADDER_NOTE || kind == LADDER_MARK || kind == LADDER_FAILED)
            add_band(s, &items[i]);
        else if (kind == LADDER_WIRE)
            add_setting(s, &items[i]);
    }
}

static double add_more(struct svg *s, double y)
{
    struct str text = STR_INIT;

    if (s->l->more == 0)
        return y;
    ladder_add_more(&text, s->l);
    str_addf(s->out, "<text class=\"l-sans l-dim\" x=\"%.0f\" y=\"%.0f\">",
        MARGIN, y);
    svg_add_escaped(s->out, str_text(&text));
    str_add(s->out, "</text>\n");
    str_done(&text);
    return y + SVG_ROW;
}

static void begin_element(struct svg *s)
{
    double top = s->on_page ? PAGE_TOP : 0;

    str_add(s->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                    "class=\"ladder\" role=\"graphics-document document\" ");
    str_addf(s->out, "lang=\"%s\" ", str_equal(s->l->lang, "ko") ? "ko" : "en");
    if (!s->on_page)
        str_addf(
            s->out, "width=\"%.0f\" height=\"%.0f\" ", s->width, s->height);
    str_addf(s->out, "viewBox=\"0 %.0f %.0f %.0f\">\n", top, s->width,
        s->height - top);
}

void svg_add_ladder(struct str *out, const struct ladder *l, bool on_page)
{
    struct svg s = {.out = out, .l = l, .on_page = on_page};
    double y, legend;

    measure(&s);
    y = floor_y(&s) + 44;
    legend = svg_add_legend(&s, y, false);
    s.height = y + legend + (l->more > 0 ? SVG_ROW : 0) - 4;
    begin_element(&s);
    add_described(&s);
    str_addf(out, "<style>%s</style>\n", svg_style);
    str_addf(out, "<rect class=\"l-paper\" width=\"%.0f\" height=\"%.0f\"/>\n",
        s.width, s.height);
    if (!on_page)
        add_title(&s);
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++)
        add_host(&s, h);
    if (!on_page)
        add_stamps(&s);
    add_items(&s);
    add_pauses(&s);
    y = add_more(&s, y);
    str_add(out, "<g class=\"l-legend\">");
    svg_add_legend(&s, y, true);
    str_add(out, "</g>\n</svg>\n");
}

/* ---- the format ---------------------------------------------------------- */

struct drawing {
    bool begun;
    struct ladder ladder;
};

static void drawing_begin(struct report *r, const char *name, const char *title)
{
    struct drawing *d = report_state(r);

    if (d->begun)
        return;
    d->begun = true;
    ladder_begin(&d->ladder, report_lang(r), title != NULL ? title : name);
}

static void drawing_event(struct report *r, const struct event *e)
{
    struct drawing *d = report_state(r);

    drawing_begin(r, NULL, NULL);
    ladder_add(&d->ladder, e);
}

static void svg_run_end(struct report *r)
{
    struct drawing *d = report_state(r);
    struct str out = STR_INIT;

    drawing_begin(r, NULL, NULL);
    ladder_finish(&d->ladder, SVG_CAPTION_COLUMNS);
    svg_add_ladder(&out, &d->ladder, false);
    report_write(r, str_text(&out), out.len);
    str_done(&out);
}

static void drawing_done(void *state)
{
    ladder_done(&((struct drawing *)state)->ladder);
}

const struct report_def report_svg = {
    .name = "svg",
    .suffix = "svg",
    .of_export = true,
    .of_one_stage = true,
    .help = N_("a picture of clients, wire and server"),
    .script_begin = drawing_begin,
    .event = drawing_event,
    .run_end = svg_run_end,
    .state_size = sizeof(struct drawing),
    .state_done = drawing_done,
};
