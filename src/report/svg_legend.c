/* What the shapes mean: only of those that occur. */
#include "svg_int.h"

#include "sockstage/base/text.h"

#define ENTRY_GAP 34.0
#define SAMPLE    62.0
#define LINE      38.0

struct entry {
    const char *words; /* translated */
    int look;          /* enum svg_look; -1: a call's bar, -2: a state's */
};

static bool occurs(const struct ladder_item *item, enum svg_look look)
{
    bool arrow = item->kind == LADDER_ARROW;

    switch (look) {
    case SVG_LOOK_AGAIN:
        return arrow && item->again;
    case SVG_LOOK_PROBE:
        return arrow && svg_is_probe(item);
    case SVG_LOOK_HELD:
        return arrow && item->was_held;
    case SVG_LOOK_LOST:
        return arrow && item->fate == LADDER_LOST;
    case SVG_LOOK_IGNORED:
        return arrow && item->fate == LADDER_IGNORED;
    case SVG_LOOK_TWICE:
        return arrow && item->fate == LADDER_TWICE;
    case SVG_LOOK_ANSWERED:
        return arrow && item->fate == LADDER_ANSWERED;
    case SVG_LOOK_UNDER_WAY:
        return arrow && item->fate == LADDER_UNDER_WAY;
    case SVG_LOOK_BUNDLE:
        return item->kind == LADDER_BUNDLE;
    default:
        return false;
    }
}

static const char *words_of(int look)
{
    static const char *const words[SVG_LOOKS] = {
        [SVG_LOOK_AGAIN] = N_("sent again"),
        [SVG_LOOK_PROBE] = N_("a probe: it asks for an ACK"),
        [SVG_LOOK_HELD] = N_("held: it waits to be delivered"),
        [SVG_LOOK_LOST] = N_("lost on the wire"),
        [SVG_LOOK_IGNORED] = N_("arrived, and the kernel there has no use "
                                "for it"),
        [SVG_LOOK_TWICE] = N_("arrived twice: the wire has doubled it"),
        [SVG_LOOK_ANSWERED] = N_("turned back: a router has answered with an "
                                 "ICMP error"),
        [SVG_LOOK_UNDER_WAY] = N_("on its way"),
        [SVG_LOOK_BUNDLE] = N_("many segments, faster than the eye"),
    };

    return look == -1   ? _("a call that waits")
           : look == -2 ? _("the state of a socket")
                        : _(words[look]);
}

static void draw_entry(struct svg *s, int look, double x, double y)
{
    if (look == -1)
        str_addf(s->out,
            "<rect class=\"l-call\" x=\"%.0f\" y=\"%.0f\" width=\"10\" "
            "height=\"28\" rx=\"5\"/>",
            x + SAMPLE - 12, y - 14);
    else if (look == -2)
        str_addf(s->out,
            "<rect class=\"l-established\" x=\"%.0f\" y=\"%.0f\" width=\"9\" "
            "height=\"28\"/>",
            x + SAMPLE - 12, y - 14);
    else
        svg_add_sample(s, (enum svg_look)look, x, y);
    str_addf(s->out, "<text class=\"l-sans l-dim\" x=\"%.0f\" y=\"%.0f\">",
        x + SAMPLE + 10, y + 6);
    svg_add_escaped(s->out, words_of(look));
    str_add(s->out, "</text>");
}

static bool has(const struct ladder *l, int look)
{
    for (size_t i = 0; i < l->items.len; i++) {
        const struct ladder_item *item = &l->items.items[i];
        if (look == -1   ? item->kind == LADDER_CALL && item->blocked
            : look == -2 ? item->kind == LADDER_STATE && item->lane >= 0
                         : occurs(item, (enum svg_look)look))
            return true;
    }
    return false;
}

double svg_add_legend(struct svg *s, double y, bool draw)
{
    double x = 40, top = y;

    for (int look = -2; look < SVG_LOOKS; look++) {
        double width;
        if (!has(s->l, look))
            continue;
        width = SAMPLE + 10 + svg_cells(words_of(look)) * 10.4;
        if (x > 40 && x + width > s->width - 40) {
            x = 40;
            y += LINE;
        }
        if (draw)
            draw_entry(s, look, x, y);
        x += width + ENTRY_GAP;
    }
    return x > 40 ? y - top + LINE : 0;
}
