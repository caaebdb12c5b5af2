/* What stands beside the lifelines: calls, states, why a segment was ignored;
 * and the bars of states and of calls that wait. */
#include "svg_int.h"

#include "sockstage/base/text.h"
#include "sockstage/model/state.h"

#include <stdio.h>
#include <string.h>

#define GAP       "\xc2\xa0\xc2\xa0" /* two no-break spaces */
#define ARROW     "\xe2\x86\x92 "    /* an arrow to the right */
#define CROSS     "\xe2\x9c\x97 "
#define PILL_CELL 10.25 /* of its font, at 17 */
#define BAR       9.0

/* A line beside the lifeline: a name, a text, what came of it. Cells count what
 * is seen. */
struct label {
    char name[2 * MODEL_NAME_MAX + 8];
    const char *class; /* of the text */
    const char *mark;  /* before it */
    const char *text;
    int columns;           /* that `text` may take */
    const char *more_mark; /* before `more`; NULL: there is none */
    struct str more;
    const char *more_class;
};

static bool has_names(const struct ladder *l, enum host side)
{
    return l->hosts[side].processes.len > 1;
}

static void name_process(
    const struct ladder *l, const struct ladder_item *item, struct label *out)
{
    if (has_names(l, item->side) && item->who != NULL)
        snprintf(out->name, sizeof out->name, "%s", item->who);
}

/* Of "c1.s" as much as tells it apart. */
static void name_socket(
    const struct ladder *l, const struct ladder_item *item, struct label *out)
{
    const struct ladder_host *host = &l->hosts[item->side];
    const char *who = item->who != NULL ? item->who : "";
    const char *dot = strchr(who, '.');

    if (host->sockets < 2)
        return;
    if (who[0] != '(' && dot != NULL && has_names(l, item->side) &&
        (size_t)host->sockets <= host->processes.len)
        snprintf(out->name, sizeof out->name, "%.*s", (int)(dot - who), who);
    else if (who[0] == '(' && dot != NULL)
        snprintf(out->name, sizeof out->name, "%.*s)", (int)(dot - who), who);
    else if (dot != NULL && !has_names(l, item->side))
        snprintf(out->name, sizeof out->name, "%s", dot + 1);
    else
        snprintf(out->name, sizeof out->name, "%s", who);
}

/* OSError says nothing without its errno; the others' names say all. */
static size_t exception_len(const char *more)
{
    size_t len = strcspn(more, ":");

    if (strncmp(more, "OSError", 7) != 0)
        len = strcspn(more, " :");
    return len;
}

static void add_outcome(const struct ladder_item *item, struct label *out)
{
    size_t len = item->failed ? exception_len(item->more) : strlen(item->more);

    if (len == 0)
        return;
    out->more_mark = item->failed ? CROSS : ARROW;
    out->more_class = item->failed ? "l-bad" : "l-strong";
    str_addn(&out->more, item->more, len);
}

static struct label call_label(
    const struct ladder *l, const struct ladder_item *item)
{
    struct label out = {.text = item->text, .class = "", .mark = ""};
    name_process(l, item, &out);
    if (item->ends && !item->apart && strcmp(item->more, "None") != 0)
        add_outcome(item, &out);
    return out;
}

static void add_waited(const struct ladder_item *item, struct label *out)
{
    struct str time = STR_INIT;
    bool plain = out->more.len == 0 || strcmp(item->more, "None") == 0;

    ladder_add_duration(&time, item->end_ns - item->t_ns);
    if (plain) {
        str_clear(&out->more);
        out->more_mark = ARROW;
        out->more_class = "l-strong";
        str_addf(&out->more, _("returns after %s"), str_text(&time));
    } else {
        str_addf(&out->more, "  %s", str_text(&time));
    }
    str_done(&time);
}

static struct label return_label(
    const struct ladder *l, const struct ladder_item *item)
{
    struct label out = {.text = "", .class = "l-small", .mark = ""};

    name_process(l, item, &out);
    add_outcome(item, &out);
    if (!item->blocked)
        return out;
    add_waited(item, &out);
    return out;
}

static struct label other_label(
    const struct ladder *l, const struct ladder_item *item)
{
    struct label out = {.text = item->text, .class = "l-dim", .mark = ""};

    if (item->kind == LADDER_OUTPUT)
        out.mark = "| ";
    name_process(l, item, &out);
    return out;
}

static struct label ignored_label(const struct ladder_item *item)
{
    return (struct label){
        .text = ladder_fate_word(item), .class = "l-word l-bad", .mark = CROSS};
}

static int label_cells(const struct label *label)
{
    int cells = svg_cells(label->mark) + svg_cells(label->text);

    if (label->name[0] != '\0')
        cells += svg_cells(label->name) + 2;
    if (label->more_mark != NULL)
        cells += (label->text[0] != '\0' ? 2 : 0) +
                 svg_cells(label->more_mark) +
                 svg_cells(str_text(&label->more));
    return cells;
}

static int done_cells(struct label *label)
{
    int cells = label_cells(label);

    str_done(&label->more);
    return cells;
}

static int state_cells(const struct ladder *l, const struct ladder_item *item)
{
    struct label name = {.text = "", .mark = ""};

    name_socket(l, item, &name);
    return svg_cells(name.name) + svg_cells(item->text) + 3;
}

int svg_label_cells(const struct ladder *l, const struct ladder_item *item)
{
    struct label label;
    int cells, more = 0;

    if (item->kind == LADDER_STATE)
        return state_cells(l, item);
    if (item->kind == LADDER_PROCESS || item->kind == LADDER_OUTPUT)
        label = other_label(l, item);
    else if (item->kind == LADDER_ARROW && item->fate == LADDER_IGNORED)
        label = ignored_label(item);
    else if (item->kind == LADDER_CALL)
        label = call_label(l, item);
    else
        return 0;
    cells = done_cells(&label);
    if (item->kind == LADDER_CALL && item->apart) {
        label = return_label(l, item);
        more = done_cells(&label);
    }
    return cells > more ? cells : more;
}

/* ---- drawing ------------------------------------------------------------- */

double svg_outwards(enum host side)
{
    return side == HOST_CLIENT ? -1 : 1;
}

static void begin_group(
    struct svg *s, const char *class, uint64_t seq, uint64_t end_seq)
{
    str_addf(s->out,
        "<g class=\"l-item %s\" data-seq=\"%llu\" data-end=\"%llu\">", class,
        (unsigned long long)seq, (unsigned long long)end_seq);
}

static void add_span(struct svg *s, const char *class, const char *mark,
    const char *text, int columns)
{
    str_addf(s->out, "<tspan class=\"%s\">%s", class, mark);
    svg_add_cut(s->out, text, columns);
    str_add(s->out, "</tspan>");
}

static int room(const struct svg *s, enum host side)
{
    double px = (s->edge[side] - s->label[side]) * svg_outwards(side);

    return (int)(px / SVG_CELL);
}

static void add_label(
    struct svg *s, enum host side, int row, struct label *label)
{
    int most = room(s, side), taken = 0;
    bool has_more = label->more_mark != NULL;

    str_addf(s->out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">",
        s->label[side], svg_row_y(row) + 6.5,
        side == HOST_CLIENT ? "end" : "start");
    if (label->name[0] != '\0') {
        add_span(s, "l-name", "", label->name, 0);
        str_add(s->out, GAP);
        most -= svg_cells(label->name) + 2;
    }
    if (has_more) {
        taken = svg_cells(label->more_mark) + svg_cells(str_text(&label->more));
        if (label->text[0] != '\0')
            taken += 2;
    }
    /* The outcome before the end of a long line of Python. */
    if (has_more && taken > most - 12 && label->text[0] != '\0')
        taken = most - 12;
    if (label->text[0] != '\0') {
        int left = most - taken - svg_cells(label->mark);
        add_span(s, label->class, label->mark, label->text, left);
        str_add(s->out, has_more ? GAP : "");
    } else {
        taken = most;
    }
    if (has_more)
        add_span(s, label->more_class, label->more_mark, str_text(&label->more),
            taken - svg_cells(label->more_mark) -
                (label->text[0] != '\0' ? 2 : 0));
    str_add(s->out, "</text>");
    str_done(&label->more);
}

static void add_call_title(struct svg *s, const struct ladder_item *item)
{
    str_add(s->out, "<title>");
    svg_add_escaped(s->out, item->who != NULL ? item->who : "");
    str_add(s->out, ": ");
    svg_add_escaped(s->out, item->text);
    if (item->more != NULL) {
        str_add(s->out, " " ARROW);
        svg_add_escaped(s->out, item->more);
    }
    str_add(s->out, "</title>");
}

static void add_call(struct svg *s, const struct ladder_item *item)
{
    struct label label = call_label(s->l, item);

    begin_group(s, "l-made", item->seq, item->end_seq);
    add_call_title(s, item);
    add_label(s, item->side, item->row, &label);
    str_add(s->out, "</g>\n");
    if (!item->apart)
        return;
    label = return_label(s->l, item);
    begin_group(s, "l-returned", item->end_seq, item->end_seq);
    add_call_title(s, item);
    add_label(s, item->side, item->end_row, &label);
    str_add(s->out, "</g>\n");
}

static double state_x(const struct svg *s, const struct ladder_item *item)
{
    double out = svg_outwards(item->side);
    double near =
        s->life[item->side] + out * (6 + item->lane * SVG_STATE_PITCH);

    return out > 0 ? near : near - BAR;
}

static const char *class_of(const struct ladder_item *item)
{
    return state_class_name(state_class(item->proto, item->state));
}

/* Class names of the journal are upper case where they are states too. */
static void add_class(struct svg *s, const struct ladder_item *item)
{
    str_add(s->out, "l-");
    for (const char *c = class_of(item); *c != '\0'; c++)
        str_addc(s->out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
}

static void add_state(struct svg *s, const struct ladder_item *item)
{
    double out = svg_outwards(item->side), y = svg_row_y(item->row);
    double width = svg_cells(item->text) * PILL_CELL + 18;
    double x = s->label[item->side];
    double left = out > 0 ? x : x - width;
    struct label name = {.text = "", .mark = ""};

    name_socket(s->l, item, &name);
    begin_group(s, "l-state", item->seq, item->seq);
    if (item->lane >= 0)
        str_addf(s->out,
            "<path class=\"l-gap\" d=\"M%.0f %.0fH%.0f\" "
            "stroke-dasharray=\"1 3\"/>",
            x, y, state_x(s, item) + BAR / 2);
    str_addf(s->out,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"26\" rx=\"13\" "
        "class=\"",
        left, y - 13, width);
    add_class(s, item);
    str_addf(s->out,
        "\"/><text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" "
        "class=\"l-pill ",
        left + width / 2, y + 6);
    add_class(s, item);
    str_add(s->out, "\">");
    svg_add_escaped(s->out, item->text);
    str_add(s->out, "</text>");
    if (name.name[0] != '\0') {
        str_addf(s->out,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"l-name\">",
            x + out * (width + 9), y + 6.5, out > 0 ? "start" : "end");
        svg_add_escaped(s->out, name.name);
        str_add(s->out, "</text>");
    }
    str_add(s->out, "</g>\n");
}

static void add_other(
    struct svg *s, const struct ladder_item *item, struct label label)
{
    bool ignored = item->kind == LADDER_ARROW;
    enum host side = ignored ? host_other(item->side) : item->side;

    begin_group(s, "l-other", item->end_seq, item->end_seq);
    add_label(s, side, item->end_row, &label);
    str_add(s->out, "</g>\n");
}

void svg_add_side(struct svg *s, const struct ladder_item *item)
{
    switch (item->kind) {
    case LADDER_CALL:
        add_call(s, item);
        break;
    case LADDER_STATE:
        add_state(s, item);
        break;
    case LADDER_PROCESS:
    case LADDER_OUTPUT:
        add_other(s, item, other_label(s->l, item));
        break;
    case LADDER_ARROW:
        if (item->fate == LADDER_IGNORED)
            add_other(s, item, ignored_label(item));
        break;
    default:
        break;
    }
}

static void add_call_bar(struct svg *s, const struct ladder_item *item)
{
    double out = svg_outwards(item->side);
    double x = s->bars[item->side] + out * item->lane * SVG_CALL_PITCH;
    double y = svg_row_y(item->row) - 9;
    double end = svg_row_y(item->end_row) + (item->ends ? 9 : 22);

    begin_group(s, "l-waits", item->seq, item->end_seq);
    add_call_title(s, item);
    str_addf(s->out,
        "<rect class=\"l-call\" x=\"%.1f\" y=\"%.1f\" width=\"10\" "
        "height=\"%.1f\" rx=\"5\"%s/></g>\n",
        out > 0 ? x : x - 10, y, end - y,
        item->ends ? "" : " stroke-dasharray=\"5 4\"");
}

static void add_state_bar(struct svg *s, const struct ladder_item *item)
{
    double y = svg_row_y(item->row);
    double end = svg_row_y(item->until_row);

    if (item->until_seq == UINT64_MAX)
        end += 22;
    begin_group(s, "l-in-state", item->seq,
        item->until_seq == UINT64_MAX ? item->seq : item->until_seq);
    str_add(s->out, "<rect class=\"");
    add_class(s, item);
    str_addf(s->out,
        "\" x=\"%.1f\" y=\"%.1f\" width=\"%.0f\" height=\"%.1f\"/></g>\n",
        state_x(s, item), y, BAR, end > y ? end - y : 2);
}

void svg_add_bar(struct svg *s, const struct ladder_item *item)
{
    if (item->lane < 0)
        return;
    if (item->kind == LADDER_CALL && item->blocked)
        add_call_bar(s, item);
    else if (item->kind == LADDER_STATE)
        add_state_bar(s, item);
}
