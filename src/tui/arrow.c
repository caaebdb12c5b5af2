/* Draws an arrow from left to right, or, from the server, the same mirrored:
 * places are counted from the sender. */
#include "arrow.h"

#include <string.h>

#define SHORT_COLUMNS 3

static int head_width(struct canvas *cv, const struct arrow *a)
{
    return canvas_width(
        cv, a->from == HOST_CLIENT ? a->look->up : a->look->down);
}

/* Behind the head: the columns of the word and the blank before it. */
static int tail_width(struct canvas *cv, const struct arrow *a)
{
    if (a->look->reach == REACH_WHOLE || !a->word[0] || a->word_below)
        return 0;
    return canvas_width(cv, a->word) + 1;
}

static int label_width(struct canvas *cv, int width, const struct arrow *a)
{
    int most = width - 2 - head_width(cv, a) - tail_width(cv, a);
    int label = canvas_width(cv, a->label);

    return label < most ? label : most > 0 ? most : 0;
}

int arrow_room(struct canvas *cv, int width, const struct arrow *a)
{
    return width - label_width(cv, width, a) - 1;
}

bool arrow_cuts_label(struct canvas *cv, int width, const struct arrow *a)
{
    return label_width(cv, width, a) < canvas_width(cv, a->label);
}

bool arrow_holds_word(struct canvas *cv, int width, const struct arrow *a)
{
    if (a->word_below)
        return false;
    if (a->look->reach != REACH_WHOLE || !a->word[0])
        return true;
    int most = width - canvas_width(cv, a->label) - 1;
    return head_width(cv, a) + canvas_width(cv, a->word) + 5 <= most;
}

static int length_of(struct canvas *cv, const struct arrow *a, int room)
{
    int left = room - tail_width(cv, a);
    int head = head_width(cv, a);

    switch (a->look->reach) {
    case REACH_SHORT:
        return left < SHORT_COLUMNS ? left : SHORT_COLUMNS;
    case REACH_MIDDLE:
        return left < (room + 1) / 2 ? left : (room + 1) / 2;
    case REACH_TRAVELLED:
        return head + (room - head) * a->permille / 1000;
    default:
        return room;
    }
}

static void put(struct canvas *cv, struct rect r, const struct arrow *a, int at,
    enum theme_key style, const char *text, int width)
{
    struct pen p = pen_at(cv, r);

    pen_go(&p, a->from == HOST_CLIENT ? at : r.w - at - width);
    pen_fit(&p, style, text, width);
}

static void put_line(
    struct canvas *cv, struct rect r, const struct arrow *a, int at, int length)
{
    struct pen p = pen_at(cv, r);

    pen_go(&p, a->from == HOST_CLIENT ? at : r.w - at - length);
    pen_repeat(&p, a->look->style, a->line, length);
    if (a->mark && length >= 3)
        put(cv, r, a, at + length / 2, a->look->style, a->mark, 1);
}

/* In the line just before the head, with a blank on both sides. */
static void put_inside(
    struct canvas *cv, struct rect r, const struct arrow *a, int head_at)
{
    int width = canvas_width(cv, a->word);

    put(cv, r, a, head_at - width - 3, a->word_style, " ", 1);
    put(cv, r, a, head_at - width - 2, a->word_style, a->word, width);
    put(cv, r, a, head_at - 2, a->word_style, " ", 1);
}

void arrow_draw(struct canvas *cv, struct rect r, const struct arrow *a)
{
    const char *head = a->from == HOST_CLIENT ? a->look->up : a->look->down;
    struct rect line = {r.y, r.x, 1, r.w};
    struct rect below = {r.y + 1, r.x, 1, r.w};
    int label = label_width(cv, r.w, a);
    int head_w = head_width(cv, a);
    int length = length_of(cv, a, arrow_room(cv, r.w, a));
    int head_at = label + 1 + length - head_w;
    int word = canvas_width(cv, a->word);

    put(cv, line, a, 0, a->label_style, a->label, label);
    put_line(cv, line, a, label + 1, length - head_w);
    put(cv, line, a, head_at, a->look->style, head, head_w);
    if (!a->word[0])
        return;
    if (a->look->reach != REACH_WHOLE && !a->word_below)
        put(cv, line, a, head_at + head_w + 1, a->word_style, a->word, word);
    else if (arrow_holds_word(cv, r.w, a))
        put_inside(cv, line, a, head_at);
    else if (r.h > 1 && a->look->reach != REACH_WHOLE)
        put(cv, below, a, 1, a->word_style, a->word, word);
    else if (r.h > 1)
        put(cv, below, a, word < r.w ? r.w - word : 0, a->word_style, a->word,
            word < r.w ? word : r.w);
}
