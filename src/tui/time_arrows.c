/* The arrows of the time diagram: slanted by the time under way, with what is
 * special about each on it. */
#include "time_page.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NUMBERS_FROM 46 /* columns between the lifelines: seq and ack too */
#define LABEL_EDGES  5  /* what an arrow needs beside its label */
#define TICK_MIN_MS  66
#define TICK_MAX_MS  250

static int between(const struct time_page *g)
{
    return g->line[HOST_SERVER] - g->line[HOST_CLIENT] - 1;
}

/* A column counted from the sender. */
static int column(
    const struct time_page *g, const struct chart_item *item, int at)
{
    return item->side == HOST_CLIENT ? g->line[HOST_CLIENT] + 1 + at
                                     : g->line[HOST_SERVER] - 1 - at;
}

static const char *head_of(const struct chart_item *item)
{
    return item->side == HOST_CLIENT ? "▶" : "◀";
}

#define BRAILLE     0x2800
#define BRAILLE_END 0x2900

/* Two dots, `dy` and the one below, of the 2 x 4 of a cell, beside those that
 * are there: seen from afar one is too thin. */
static void plot(const struct time_page *g, int row, int x, int dx, int dy,
    enum theme_key style)
{
    static const uint8_t dots[2][4] = {
        {0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    int y = row - g->first;
    const struct cell *cell = canvas_at(g->d->cv, g->body.y + y, g->body.x + x);
    uint32_t code = BRAILLE | dots[dx][dy] | dots[dx][dy + 1];
    char text[5] = "";

    if (y < 0 || y >= g->body.h || !cell)
        return;
    if (cell->code[0] >= BRAILLE && cell->code[0] < BRAILLE_END)
        code |= cell->code[0];
    utf8_encode(code, text);
    time_put(g, row, x, style, text);
}

/* From `begin` to `end`, of a line that would go the whole way. */
static void draw_slant(const struct time_page *g, const struct chart_item *item,
    int begin, int end, enum theme_key style, const char *mark)
{
    static const char *const plain[CHART_DEPTHS] = {"`", "-", "_"};
    int rows = item->end_row - item->row + 1;
    int per_cell = g->d->cv->ascii ? 1 : 2;

    for (int at = begin * per_cell; at < end * per_cell; at++) {
        int depth = 0;
        int row =
            item->row + chart_slant(at, between(g) * per_cell, rows, &depth);
        int x = column(g, item, at / per_cell);
        bool right = (at % 2 == 1) == (item->side == HOST_CLIENT);
        if (mark && at / per_cell % 6 == 3)
            time_put(g, row, x, style, mark);
        else if (g->d->cv->ascii)
            time_put(g, row, x, style, plain[depth]);
        else
            plot(g, row, x, right, depth, style);
    }
}

static void draw_end(const struct time_page *g, const struct chart_item *item,
    int at, enum theme_key style, const char *symbol)
{
    int depth = 0;
    int rows = item->end_row - item->row + 1;

    time_put(g, item->row + chart_slant(at, between(g), rows, &depth),
        column(g, item, at), style, symbol);
}

/* Beside the receiver: why its kernel had no use for it. */
static void draw_reason(const struct time_page *g,
    const struct chart_item *item, const struct model_segment *s)
{
    const char *word = fate_word(item->fate, s, true);
    struct pen p = pen_at(g->d->cv, g->body);
    int width = canvas_width(g->d->cv, word);
    bool left = item->side == HOST_SERVER;

    if (width > g->area)
        width = g->area;
    p.y = item->end_row - g->first;
    pen_go(
        &p, left ? g->line[HOST_CLIENT] - 1 - width : g->line[HOST_SERVER] + 2);
    pen_fit(&p, THEME_SEG_LOST, word, width);
}

static bool has_no_use(enum fate fate)
{
    return fate == FATE_REFUSED || fate == FATE_CORRUPT;
}

static void draw_whole(const struct time_page *g, const struct chart_item *item,
    const struct model_segment *s)
{
    const struct fate_row *look = fate_row(item->fate);
    int width = between(g);
    bool useless = has_no_use(item->fate);
    int heads = useless || item->fate == FATE_TWICE ? 2 : 1;

    draw_slant(g, item, 0, width - heads, look->style,
        item->fate == FATE_CORRUPT ? "≠" : NULL);
    draw_end(g, item, width - heads, look->style, head_of(item));
    if (useless) {
        draw_end(g, item, width - 1, look->style, "✗");
        draw_reason(g, item, s);
    } else if (heads == 2) {
        draw_end(g, item, width - 1, look->style, head_of(item));
    }
}

/* How far one that is under way has come; asks for the next drawing. */
static int travelled(const struct time_page *g, const struct model_segment *s)
{
    struct draw *d = g->d;
    uint64_t delay_ns = model_wire_status(d->m->model)->delay_ns[s->seg.from];
    int width = between(g);
    int permille = fate_permille(d->m->model, s, d->m->now_ns);
    uint64_t ms = delay_ns / NS_PER_MS / (uint64_t)(width > 1 ? width : 1);

    if (ms < TICK_MIN_MS)
        ms = TICK_MIN_MS;
    if (ms > TICK_MAX_MS)
        ms = TICK_MAX_MS;
    if (permille < 1000 && (d->travel_ms == 0 || ms < d->travel_ms))
        d->travel_ms = ms;
    return 1 + (width - 1) * permille / 1000;
}

static bool was_held(const struct model_segment *s, uint64_t *since_ns)
{
    for (size_t i = 0; i < s->fate_count; i++) {
        *since_ns = s->fates[i].t_ns;
        if (s->fates[i].verdict == VERDICT_HELD)
            return true;
    }
    return false;
}

/* What it is called: flags and length, what is special, on a wide screen the
 * numbers. */
static void label_of(const struct time_page *g, const struct model_segment *s,
    bool brief, struct str *out)
{
    char name[WORDS_MAX];
    const char *kind = fate_kind(&s->seg, brief);

    str_clear(out);
    segment_format_name(&s->seg, name, sizeof name);
    str_add(out, name);
    if (conn_is_listener(g->c)) {
        words_segment_owner(g->d->m->model, &s->seg, name);
        str_addf(out, " %s", name);
    }
    if (s->copies && !kind[0])
        kind = brief ? "↻" : _("again");
    if (kind[0])
        str_addf(out, " %s", kind);
    if (s->copies > 1)
        str_addf(out, " x%" PRIu32, s->copies);
    if (!brief && s->seg.has_relative) {
        str_addf(out, "  seq %" PRIu32, s->seg.seq);
        if (s->seg.flags & SEGMENT_ACK)
            str_addf(out, " ack %" PRIu32, s->seg.ack);
    }
}

/* A short one that waits: `-- SYN -> held 2.1 s`. Returns the columns to its
 * head. */
static int draw_waiting(struct time_page *g, const struct chart_item *item,
    const char *label, const char *word, enum theme_key style)
{
    struct draw *d = g->d;
    bool up = item->side == HOST_CLIENT;
    struct pen p = pen_at(d->cv, g->body);
    int text = canvas_width(d->cv, label);
    int most = between(g) - 6;
    if (text > most)
        text = most > 0 ? most : 0;
    int head = text + 4;
    int tail = canvas_width(d->cv, word);
    int room = between(g) - head - 2;
    if (tail > room) {
        word = _("held");
        tail = canvas_width(d->cv, word);
    }
    if (tail > room)
        tail = room > 0 ? room : 0;

    int end = head + 2 + tail;
    struct taken mine = {
        item->row, up ? column(g, item, 0) : column(g, item, end), end + 1};
    vec_push(&g->labels, mine);
    time_put(g, item->row, column(g, item, 0), style, "─");
    time_put(g, item->row, column(g, item, head - 1), style, "─");
    time_put(g, item->row, column(g, item, head), style, head_of(item));
    p.y = item->row - g->first;
    pen_go(&p, up ? column(g, item, 2) : column(g, item, 1 + text));
    pen_fit(&p, style, label, text);
    pen_go(
        &p, up ? column(g, item, head + 2) : column(g, item, head + 1 + tail));
    pen_fit(&p, style, word, tail);
    return head;
}

static void draw_held(struct time_page *g, const struct chart_item *item,
    const struct model_segment *s, uint64_t since_ns, const char *label)
{
    uint64_t until = item->ends ? item->to_ns : g->d->m->now_ns;
    char word[WORDS_MAX], time[32];

    words_duration(until > since_ns ? until - since_ns : 0, time, sizeof time);
    snprintf(word, sizeof word, _("held %s"), time);
    g->d->ticking = g->d->ticking || !item->ends;
    if (!item->ends) {
        draw_waiting(g, item, label, word, THEME_SEG_HELD);
        return;
    }
    int head = draw_waiting(g, item, label, word, THEME_SEG);
    for (int row = item->row + 1; row < item->end_row; row++)
        time_put(g, row, column(g, item, head), THEME_SEG, "┊");
    struct chart_item rest = *item;
    rest.row = item->end_row;
    int width = between(g);
    draw_slant(g, &rest, head + 1, width - 1, THEME_SEG, NULL);
    time_put(g, rest.row, column(g, item, head), THEME_SEG,
        item->side == HOST_CLIENT ? "└" : "┘");
    draw_end(g, &rest, width - 1, THEME_SEG, head_of(item));
    if (has_no_use(item->fate)) {
        draw_end(g, &rest, width - 1, THEME_SEG_LOST, "✗");
        draw_end(g, &rest, width - 2, THEME_SEG_LOST, head_of(item));
        draw_reason(g, item, s);
    }
}

static bool is_taken(const struct time_page *g, int row, int x, int width)
{
    for (size_t i = 0; i < g->labels.len; i++) {
        const struct taken *t = &g->labels.items[i];
        if (t->row == row && x < t->x + t->width && t->x < x + width)
            return true;
    }
    return false;
}

/* Puts it on the part of the arrow that lies in that row of its `rows`, unless
 * another stands there. */
static bool put_label(struct time_page *g, const struct chart_item *item,
    const char *label, enum theme_key style, int down, int text, int most)
{
    struct pen p = pen_at(g->d->cv, g->body);
    int rows = item->end_row - item->row + 1;
    int at = (2 * down + 1) * between(g) / (2 * rows) - text / 2;

    if (at + text > most + 1)
        at = most + 1 - text;
    if (at < 1)
        at = 1;
    int x = item->side == HOST_CLIENT ? column(g, item, at)
                                      : column(g, item, at + text - 1);
    if (is_taken(g, item->row + down, x, text))
        return false;
    struct taken mine = {item->row + down, x, text};
    vec_push(&g->labels, mine);
    p.y = item->row + down - g->first;
    pen_go(&p, x);
    pen_text(&p, style, " ");
    pen_fit(&p, style, label, text - 2);
    pen_text(&p, style, " ");
    return true;
}

/* In its middle row, else in the nearest one where there is room. */
static void draw_label(struct time_page *g, const struct chart_item *item,
    const char *label, enum theme_key style, int reach)
{
    int rows = item->end_row - item->row + 1;
    int width = between(g);
    int middle = (rows - 1) / 2;
    int text = canvas_width(g->d->cv, label) + 2;
    int most = (reach < width ? reach : width) - 3;

    if (text > most)
        text = most;
    if (text < 3)
        return;
    for (int i = 0; i < 2 * rows; i++) {
        int down = middle + (i % 2 ? (i + 1) / 2 : -i / 2);
        if (down >= 0 && down < rows &&
            put_label(g, item, label, style, down, text, most))
            return;
    }
}

/* The end in the middle, which no label may hide. */
static void draw_lost_end(struct time_page *g, const struct chart_item *item,
    const struct model_segment *s, int reach)
{
    const struct fate_row *look = fate_row(item->fate);
    const char *word = fate_word(item->fate, s, true);
    int text = canvas_width(g->d->cv, word);
    int depth = 0;
    int rows = item->end_row - item->row + 1;
    struct pen p = pen_at(g->d->cv, g->body);

    int row = item->row + chart_slant(reach, between(g), rows, &depth);
    bool up = item->side == HOST_CLIENT;
    int x = column(g, item, up ? reach + 1 : reach + 2 + text);
    struct taken mine = {row, up ? x - 1 : x, text + 3};
    vec_push(&g->labels, mine);
    draw_end(g, item, reach, look->style, up ? look->up : look->down);
    p.y = row - g->first;
    pen_go(&p, x);
    pen_textf(&p, look->style, " %s ", word);
}

void time_draw_arrow(
    struct time_page *g, const struct chart_item *item, enum pass pass)
{
    const struct model_segment *s =
        model_segment_at(g->d->m->model, item->segment);
    const struct fate_row *look = fate_row(item->fate);
    enum theme_key style =
        item->fate == FATE_ARRIVED ? THEME_SEG_LABEL : look->style;
    uint64_t since_ns = 0;
    struct str label = STR_INIT;
    int reach = between(g);
    bool held = was_held(s, &since_ns) &&
                (!item->ends || item->end_row > item->row + 1);

    if (look->reach == REACH_MIDDLE)
        reach = reach * 3 / 5;
    else if (look->reach == REACH_TRAVELLED)
        reach = travelled(g, s);
    label_of(g, s, between(g) < NUMBERS_FROM, &label);
    if (canvas_width(g->d->cv, str_text(&label)) + LABEL_EDGES > reach)
        label_of(g, s, true, &label);
    if (held && (item->ends || item->fate == FATE_HELD)) {
        if (pass == PASS_MARKS)
            draw_held(g, item, s, since_ns, str_text(&label));
    } else if (pass == PASS_MARKS && look->reach == REACH_MIDDLE) {
        draw_lost_end(g, item, s, reach);
    } else if (pass == PASS_LABELS) {
        draw_label(g, item, str_text(&label), style, reach);
    } else if (pass == PASS_LINES && look->reach == REACH_WHOLE) {
        draw_whole(g, item, s);
    } else if (pass == PASS_LINES && look->reach == REACH_TRAVELLED) {
        draw_slant(g, item, 0, reach - 1, look->style, NULL);
        draw_end(g, item, reach - 1, look->style, head_of(item));
    } else if (pass == PASS_LINES) {
        draw_slant(g, item, 0, reach, look->style, NULL);
    }
    str_done(&label);
}

void time_draw_bundle(
    struct time_page *g, const struct chart_item *item, enum pass pass)
{
    char text[WORDS_MAX];
    struct chart_item line = *item;

    line.row = line.end_row;
    if (pass == PASS_MARKS)
        return;
    if (pass == PASS_LINES) {
        for (int at = 0; at < between(g) - 1; at++)
            time_put(g, line.row, column(g, item, at), THEME_SEG, "═");
        draw_end(g, &line, between(g) - 1, THEME_SEG, head_of(item));
        return;
    }
    if (item->bytes)
        snprintf(text, sizeof text, _("DATA x%" PRIu32 ", %" PRIu64 " bytes"),
            item->count, item->bytes);
    else
        snprintf(text, sizeof text, "ACK x%" PRIu32, item->count);
    if (item->lost) {
        size_t len = strlen(text);
        snprintf(
            text + len, sizeof text - len, _(", %" PRIu32 " lost"), item->lost);
    }
    draw_label(g, &line, text, item->lost ? THEME_SEG_LOST : THEME_SEG_LABEL,
        between(g));
}
