/* The inspector of one socket: everything that the kernel says of it, a line
 * each, marked where it changed since the inspector was opened, and emphasised
 * where it changed just now; below, what the chosen line means and where that
 * stands.
 *
 * | SOCKET c1.s  ESTABLISHED   here for 12.3 s                          |
 * | send                                                                |
 * |>▲snd_cwnd        11 segments, was 10    congestion window           |
 * | △unsent          300 bytes, was 0       of these, not yet sent      |
 * |  snd_ssthresh    not set yet            slow start ends at this ..  |
 * | -- snd_cwnd  see: RFC 5681 3.1 -----------------------------------  |
 * | congestion window                                                   |
 * +-- ▲▼● just now   △▽○ since it was opened --------------------- ↓ ---+ */
#include "inspect.h"
#include "sock_rows.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <stdio.h>

/* Where there is room, the list goes on in a second column. */
#define COLUMN_WIDTH 66
#define VALUE_AT     20
#define MEANING_AT   41
#define FOOT_LINES                                                             \
    3 /* a rule with its name, and what the chosen line means                  \
       */

/* The list is gone through twice: to find the chosen line, and to draw. */
struct page {
    struct draw *d;
    struct rect inside;
    int columns, width;
    int top;    /* the first line on the screen */
    int chosen; /* row, from 0; headings do not count */
    int line, row;
    int chosen_line;
    bool drawing, begun;
    enum field_group group;
    struct rect foot;
};

/* Without colours and beyond ASCII the mark alone tells new from older. */
static const char *mark(bool ascii, enum sock_change change, bool fresh)
{
    static const char *const fresh_marks[] = {
        [SOCK_SAME] = "●",
        [SOCK_GREW] = "▲",
        [SOCK_SHRANK] = "▼",
        [SOCK_OTHER] = "●",
    };
    static const char *const older[][2] = {
        [SOCK_SAME] = {" ", " "},
        [SOCK_GREW] = {"△", "+"},
        [SOCK_SHRANK] = {"▽", "-"},
        [SOCK_OTHER] = {"○", "o"},
    };

    return fresh ? fresh_marks[change] : older[change][ascii];
}

/* Where a line of the list is; of height 0 where it is not on the screen. */
static struct rect place(const struct page *g, int line)
{
    int at = line - g->top;
    struct rect r = g->inside;

    if (!g->drawing || at < 0 || at >= r.h * g->columns)
        return (struct rect){0, 0, 0, g->width};
    r.x += at / r.h * g->width;
    r.y += at % r.h;
    r.h = 1;
    r.w = g->width - (g->columns > 1);
    return r;
}

static void heading(struct page *g, enum field_group group)
{
    if (g->begun && g->group == group)
        return;
    g->begun = true;
    g->group = group;
    struct pen p = pen_at(g->d->cv, place(g, g->line++));
    pen_text(&p, THEME_TITLE, _(field_group_name(group)));
}

static void draw_line(
    struct page *g, struct rect r, const struct sock_line *line, bool chosen)
{
    struct pen p = pen_at(g->d->cv, r);
    bool changed = line->change != SOCK_SAME;
    bool fresh = r.h > 0 && draw_is_fresh(g->d, line->changed_ns);
    enum theme_key style = chosen  ? THEME_MENU_SELECTED
                           : fresh ? THEME_CHANGED
                                   : THEME_SCREEN;
    struct str value = STR_INIT;

    pen_text(&p, style, chosen ? "▸" : " ");
    pen_text(&p, style, mark(g->d->cv->ascii, line->change, fresh));
    pen_fit(&p, chosen || changed || fresh ? style : THEME_DIM, line->name,
        VALUE_AT - 3);
    pen_go(&p, VALUE_AT);
    str_add(&value, str_text(&line->value));
    if (changed)
        str_addf(&value, _(", was %s"), str_text(&line->was));
    pen_fit(&p, style, str_text(&value), pen_room(&p));
    if (p.x < MEANING_AT)
        pen_go(&p, MEANING_AT);
    else
        pen_text(&p, style, "  ");
    pen_fit(&p, chosen ? style : THEME_WORDS, line->meaning, pen_room(&p));
    if (chosen && r.h > 0)
        canvas_ground(g->d->cv, r, THEME_MENU_SELECTED);
    str_done(&value);
}

static void draw_foot(struct page *g, const struct sock_line *line)
{
    struct pen p = pen_at(g->d->cv, g->foot);

    pen_repeat(&p, THEME_RULE, "─", 2);
    pen_textf(&p, THEME_STRONG, " %s  ", line->name);
    pen_textf(&p, THEME_DIM, "%s%s ", _("see: "), line->see);
    pen_repeat(&p, THEME_RULE, "─", pen_room(&p));
    pen_newline(&p, 0);
    pen_wrap(&p, THEME_SCREEN, line->meaning, FOOT_LINES - 1);
}

static void add_line(void *ctx, const struct sock_line *line)
{
    struct page *g = ctx;

    heading(g, line->group);
    bool chosen = g->row == g->chosen;
    if (chosen)
        g->chosen_line = g->line;
    if (g->drawing) {
        struct rect r = place(g, g->line);
        draw_line(g, r, line, chosen);
        g->d->ticking = g->d->ticking || (line->runs && r.h > 0);
    }
    if (g->drawing && chosen)
        draw_foot(g, line);
    g->line++;
    g->row++;
}

static void title(struct draw *d, struct rect r, const struct model_sock *s)
{
    struct pen p = pen_at(d->cv, r);
    const char *name = s->owner_count > 0 ? s->owners[0] : s->former;
    uint64_t age =
        d->m->now_ns > s->opened_ns ? d->m->now_ns - s->opened_ns : 0;
    char time[32];

    words_duration(age, time, sizeof time);
    pen_textf(&p, THEME_TITLE, "%s  ", _("SOCKET"));
    pen_textf(&p, THEME_STRONG, "%s ", name[0] ? name : _("of the kernel"));
    pen_textf(&p, words_state_badge(s), " %s ", state_name(s->proto, s->state));
    pen_textf(&p, THEME_DIM, _("  here for %s"), time);
    if (s->gone)
        pen_text(&p, THEME_FULL, _("  the kernel has it no more"));
    d->ticking = true;
}

static void go_through(struct page *g, bool drawing)
{
    g->drawing = drawing;
    g->begun = false;
    g->line = g->row = 0;
    sock_lines_each(g->d->m, ui_inspected_sock(g->d->m),
        ui_inspect_base(g->d->m), add_line, g);
}

/* So that the chosen line is on the screen, its neighbours too. */
static int first_line(const struct page *g)
{
    int most = g->line - g->inside.h * g->columns;
    int top = g->chosen_line - g->inside.h * g->columns / 2;

    if (top > most)
        top = most;
    return top > 0 ? top : 0;
}

static void draw_marks(
    struct draw *d, const struct rect *r, const struct page *g)
{
    struct pen p = pen_at(d->cv, *r);
    bool ascii = d->cv->ascii;

    pen_go(&p, r->w - 4);
    pen_text(
        &p, g->top > 0 ? THEME_STRONG : THEME_RULE, g->top > 0 ? "↑" : "─");
    p.y = r->h - 1;
    pen_go(&p, 2);
    pen_textf(&p, THEME_DIM, " %s%s%s %s   %s%s%s %s ",
        mark(ascii, SOCK_GREW, true), mark(ascii, SOCK_SHRANK, true),
        mark(ascii, SOCK_OTHER, true), _("changed just now"),
        mark(ascii, SOCK_GREW, false), mark(ascii, SOCK_SHRANK, false),
        mark(ascii, SOCK_OTHER, false), _("since this was opened"));
    pen_go(&p, r->w - 4);
    if (g->top + g->inside.h * g->columns < g->line)
        pen_text(&p, THEME_STRONG, "↓");
}

void view_socket(struct draw *d, struct rect r)
{
    const struct model_sock *s = ui_inspected_sock(d->m);
    struct page g = {.d = d, .chosen = d->m->ui->inspect_row};

    if (!s || r.h < 8)
        return;
    popup_frame(d, r);
    title(d, (struct rect){r.y + 1, r.x + 2, 1, r.w - 4}, s);
    g.inside = (struct rect){r.y + 2, r.x + 2, r.h - 3 - FOOT_LINES, r.w - 4};
    g.foot =
        (struct rect){r.y + r.h - 1 - FOOT_LINES, r.x + 2, FOOT_LINES, r.w - 4};
    g.columns = g.inside.w / COLUMN_WIDTH > 1 ? g.inside.w / COLUMN_WIDTH : 1;
    g.width = g.inside.w / g.columns;
    go_through(&g, false);
    if (g.chosen >= g.row) {
        g.chosen = g.row - 1;
        go_through(&g, false);
    }
    g.top = first_line(&g);
    go_through(&g, true);
    d->last_row = g.row - 1;
    draw_marks(d, &r, &g);
}
