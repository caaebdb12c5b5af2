/* The server's column, and how a listener shows its two queues.
 *
 * | ls  *:8080  LISTEN  listen(1)                 |
 * | half open 0 of 2 (SYN queue)                  |
 * | ready for accept 2 of 2   c3   c4             |
 * | FULL, 2 SYNs ignored so far                   | */
#include "block.h"
#include "curtain.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>

typedef const struct model_sock *queue_at(
    const struct model *m, const struct model_sock *listener, size_t i);

/* A queue as the screen shows it. What stands in it is told by the states of
 * the sockets, how many by the listener, which is asked at another time: where
 * they differ, the number counts. */
struct queue {
    const struct model_sock *listener;
    queue_at *at;
    size_t count;
};

static const struct model_sock *queued_at(
    struct draw *d, const struct queue *q, size_t i)
{
    return i < q->count ? q->at(d->m->model, q->listener, i) : NULL;
}

/* Columns of a queue's boxes; `pad` blanks inside each on both sides. Of a
 * queue wider than the column no more is looked at. */
static int slots_width(
    struct draw *d, const struct pen *p, const struct queue *q, int pad)
{
    const struct model_sock *queued = NULL;
    int width = 0;

    for (size_t i = 0; width <= p->clip.w + 1 && (queued = queued_at(d, q, i));
         i++) {
        char name[WORDS_MAX];
        model_client_words(d->m->model, queued, name);
        width += canvas_width(d->cv, name) + 2 * pad + 1;
    }
    return width;
}

/* The clients in a queue as boxes, oldest first, on as many lines as there are
 * rows for; without the blanks inside where they would not fit. */
static void slots(
    struct draw *d, struct pen *p, const struct queue *q, enum theme_key style)
{
    bool boxed = d->cv->colour && !d->cv->ascii;
    int pad = slots_width(d, p, q, 1) - 1 <= pen_room(p);
    int lines = d->queue_lines > 1 ? d->queue_lines - 1 : 0; /* more of them */
    int column = p->x < 2 ? p->x : 2;

    const struct model_sock *queued = queued_at(d, q, 0);

    for (size_t i = 1; queued; i++) {
        char name[WORDS_MAX];
        model_client_words(d->m->model, queued, name);
        int width = canvas_width(d->cv, name) + 2 * pad;
        enum theme_key own =
            draw_is_fresh(d, queued->state_changed_ns) ? THEME_CHANGED : style;
        queued = queued_at(d, q, i);
        bool last = !queued;
        bool on_last = lines == 0;
        if (!on_last && width > pen_room(p)) {
            pen_newline(p, column);
            lines--;
            on_last = lines == 0;
        }
        if (width + (on_last && !last ? 2 : 0) > pen_room(p)) {
            pen_text(p, style, "…");
            return;
        }
        pen_text(p, style, !pad ? "" : boxed ? " " : "[");
        pen_text(p, own, name);
        pen_text(p, style, !pad ? "" : boxed ? " " : "]");
        if (!last)
            pen_text(p, THEME_DIM, " ");
    }
}

static void half_open_line(
    struct draw *d, struct pen *p, const struct model_sock *s)
{
    struct queue q = {s, model_syn_queue_at, s->syn_queue};
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];
    int boxes = slots_width(d, p, &q, 1);
    unsigned limit = s->backlog + 1;

    pen_newline(p, 1);
    snprintf(longer, sizeof longer, _("half open %u of %u (SYN queue)"),
        s->syn_queue, limit);
    snprintf(
        shorter, sizeof shorter, _("half open  %u of %u"), s->syn_queue, limit);
    bool fits = canvas_width(d->cv, longer) + 1 + boxes <= pen_room(p);
    pen_fit(p, s->syn_queue ? THEME_SCREEN : THEME_DIM, fits ? longer : shorter,
        pen_room(p));
    pen_text(p, THEME_DIM, " ");
    slots(d, p, &q, THEME_SLOT_HALF_OPEN);
}

#define READY_WIDE 36 /* columns: the same words, whoever waits */

static void ready_line(
    struct draw *d, struct pen *p, const struct model_sock *s)
{
    struct queue q = {s, model_accept_queue_at, s->accept_queue};
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];
    int boxes = slots_width(d, p, &q, 1);
    unsigned limit = s->backlog + 1;

    pen_newline(p, 1);
    snprintf(longer, sizeof longer, _("ready for accept %u of %u"),
        s->accept_queue, limit);
    snprintf(shorter, sizeof shorter, _("to accept  %u of %u"), s->accept_queue,
        limit);
    bool wide = p->clip.w >= READY_WIDE;
    pen_fit(p, s->accept_queue ? THEME_SCREEN : THEME_DIM,
        wide ? longer : shorter, pen_room(p));
    if (wide && boxes + 1 > pen_room(p))
        pen_newline(p, 1);
    else
        pen_text(p, THEME_DIM, " ");
    slots(d, p, &q, THEME_SLOT_READY);
}

static void refused_text(
    const struct model_sock *s, bool full, bool brief, char out[WORDS_MAX])
{
    struct str text = STR_INIT;

    if (full)
        str_add(&text, _("FULL, "));
    model_refused_words(s, brief, &text);
    snprintf(out, WORDS_MAX, "%s", str_text(&text));
    str_done(&text);
}

/* Why so many may wait, or what it means that they do: the next SYN is the
 * first that is ignored, or some were. Linux takes one more than listen() was
 * given. */
static enum theme_key limit_texts(
    const struct model_sock *s, char longer[WORDS_MAX], char shorter[WORDS_MAX])
{
    bool full = s->accept_queue > s->backlog;

    if (s->ignored > 0) {
        refused_text(s, full, false, longer);
        refused_text(s, full, true, shorter);
        return THEME_FULL;
    }
    if (full) {
        snprintf(longer, WORDS_MAX, _("FULL: the next SYN will be ignored"));
        snprintf(shorter, WORDS_MAX, _("FULL: ignores the next SYN"));
        return THEME_WAITING;
    }
    snprintf(longer, WORDS_MAX, _("listen(%u): room for %u + 1"), s->backlog,
        s->backlog);
    snprintf(
        shorter, WORDS_MAX, _("listen(%u): %u + 1"), s->backlog, s->backlog);
    return THEME_DIM;
}

/* Behind the badge, as far as it fits there. */
static void backlog_text(
    struct draw *d, struct pen *p, const struct model_sock *s)
{
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];

    snprintf(longer, sizeof longer, " listen(%u)", s->backlog);
    snprintf(shorter, sizeof shorter, " (%u)", s->backlog);
    if (canvas_width(d->cv, shorter) <= pen_room(p))
        block_fit2(p, THEME_DIM, longer, shorter);
}

void listener_draw(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];
    enum theme_key style = limit_texts(s, longer, shorter);
    bool calm = style == THEME_DIM;
    bool beside = calm && canvas_width(d->cv, longer) < pen_room(p);

    if (beside)
        pen_textf(p, style, " %s", longer);
    else if (!calm || density == DENSITY_LEAST)
        backlog_text(d, p, s);
    bool spare = d->extras & 1u << EXTRA_HALF_OPEN;
    if (s->syn_queue || spare || density > DENSITY_LEAST)
        half_open_line(d, p, s);
    ready_line(d, p, s);
    if (beside || (calm && density == DENSITY_LEAST))
        return;
    pen_newline(p, 1);
    block_fit2(p, style, longer, shorter);
}

void view_server(struct draw *d, struct rect r)
{
    column_heading(d, r, _("SERVER"), HOST_SERVER);
    if (!curtain_draw(d, r, COLUMN_SERVER))
        column_draw(d, r, 1 + canvas_width(d->cv, _("SERVER")), column_body(r),
            COLUMN_SERVER);
}
