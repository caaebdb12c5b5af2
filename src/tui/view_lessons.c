/* The lessons by section, each with what has been played of it; below, what the
 * marked one shows.
 *
 * | establishing a connection                              |
 * |▸ ✓ handshake   The three-way handshake       course 2  |
 * |  … refused     Nobody listens there          course 3  |
 * | ------------------------------------------------------ |
 * | Three segments, one at a time: ..                      |
 * | ✓ played to its end   … begun                          | */
#include "lesson_list.h"
#include "views.h"

#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>

static bool begins_section(const struct tui_lessons *l, size_t i)
{
    return i == 0 || !str_equal(l->list[i].section, l->list[i - 1].section);
}

size_t lesson_list_row(const struct tui_lessons *l, size_t lesson)
{
    size_t row = 0;

    for (size_t i = 0; i < l->count && i <= lesson; i++)
        row += (size_t)begins_section(l, i) + (size_t)(i < lesson);
    return row;
}

size_t lesson_list_rows(const struct tui_lessons *l)
{
    return l->count > 0 ? lesson_list_row(l, l->count - 1) + 1 : 0;
}

bool lesson_list_at(const struct tui_lessons *l, size_t row, size_t *lesson)
{
    for (size_t i = 0; i < l->count; i++) {
        if (lesson_list_row(l, i) != row)
            continue;
        *lesson = i;
        return true;
    }
    return false;
}

static int name_width(const struct draw *d, const struct tui_lessons *l)
{
    int most = 8;

    for (size_t i = 0; i < l->count; i++) {
        int w = canvas_width(d->cv, l->list[i].name);
        most = w > most ? w : most;
    }
    return most;
}

static size_t course_length(const struct tui_lessons *l)
{
    size_t most = 0;

    for (size_t i = 0; i < l->count; i++)
        most = l->list[i].place > most ? l->list[i].place : most;
    return most;
}

static const char *played_sign(enum tui_played played)
{
    return played == TUI_PLAYED ? "✓" : played == TUI_BEGUN ? "…" : " ";
}

/* Its place in the course, in as many words as its title leaves room for. */
static void place_text(const struct draw *d, const struct tui_lesson *lesson,
    int room, char *out, size_t size)
{
    size_t length = course_length(d->m->lessons);

    snprintf(out, size, _("course %zu of %zu"), lesson->place, length);
    if (canvas_width(d->cv, out) + canvas_width(d->cv, lesson->title) > room)
        snprintf(out, size, "%zu/%zu", lesson->place, length);
}

static void draw_lesson(struct draw *d, struct rect r, size_t i, int names)
{
    const struct tui_lessons *l = d->m->lessons;
    const struct tui_lesson *lesson = &l->list[i];
    bool selected = d->m->ui->lesson == i;
    enum theme_key style = selected ? THEME_MENU_SELECTED : THEME_SCREEN;
    struct pen p = pen_at(d->cv, r);
    char place[64] = "";

    if (lesson->place)
        place_text(d, lesson, r.w - names - 11, place, sizeof place);
    int end = r.w - 1 - canvas_width(d->cv, place);
    pen_text(&p, style, selected ? "▸" : " ");
    pen_go(&p, 2);
    pen_text(
        &p, selected ? style : THEME_LOG_RESULT, played_sign(lesson->played));
    pen_go(&p, 6);
    pen_text(&p, selected ? style : THEME_STRONG, lesson->name);
    pen_go(&p, names + 8);
    pen_fit(&p, style, lesson->title, end - p.x - 1);
    pen_go(&p, end);
    pen_text(&p, selected ? style : THEME_DIM, place);
    if (selected)
        canvas_ground(d->cv, r, THEME_MENU_SELECTED);
}

static void draw_rows(struct draw *d, struct rect r)
{
    const struct tui_lessons *l = d->m->lessons;
    size_t rows = lesson_list_rows(l), room = (size_t)r.h;
    size_t at = lesson_list_row(l, d->m->ui->lesson);
    size_t first = at >= room - room / 3 ? at - (room - room / 3) + 1 : 0;
    int names = name_width(d, l);

    if (rows <= room)
        first = 0;
    else if (first > rows - room)
        first = rows - room;
    d->list = r;
    d->list_first = first;
    for (size_t i = 0; i < l->count; i++) {
        size_t row = lesson_list_row(l, i);
        struct rect line = {r.y + (int)row - (int)first, r.x, 1, r.w};
        if (begins_section(l, i) && row >= first + 1 && row <= first + room) {
            struct pen p =
                pen_at(d->cv, (struct rect){line.y - 1, line.x, 1, line.w});
            pen_go(&p, 1);
            pen_fit(&p, THEME_TITLE, l->list[i].section, r.w - 2);
        }
        if (row >= first && row < first + room)
            draw_lesson(d, line, i, names);
    }
}

static const char *below(const struct draw *d)
{
    if (d->m->ui->lesson_sure)
        return _("What is on the stage now ends: Enter once more opens the "
                 "lesson, Esc keeps the stage.");
    return _("✓ played to its end   … begun");
}

/* Its rule says which lesson it tells of, for whom the colours tell little. */
static void draw_about(struct draw *d, struct rect r)
{
    const struct tui_lessons *l = d->m->lessons;
    struct pen p = pen_at(d->cv, r);

    if (d->m->ui->lesson >= l->count)
        return;
    const struct tui_lesson *lesson = &l->list[d->m->ui->lesson];
    pen_repeat(&p, THEME_RULE, "─", 2);
    pen_textf(&p, THEME_STRONG, " %s ", lesson->name);
    pen_repeat(&p, THEME_RULE, "─", pen_room(&p));
    pen_newline(&p, 0);
    pen_wrap(&p, THEME_SCREEN, lesson->about, LESSON_LIST_ABOUT);
}

void view_lessons(struct draw *d, struct rect r)
{
    const struct tui_lessons *l = d->m->lessons;
    struct rect in = {r.y + 1, r.x + 1, r.h - 2, r.w - 2};
    struct pen p = pen_at(d->cv, in);

    popup_frame(d, r);
    if (!l || l->count == 0) {
        pen_go(&p, 1);
        pen_wrap(&p, THEME_SCREEN,
            _("No lessons are built in. A script of your own opens with: "
              "sockstage FILE.stage"),
            in.h);
        return;
    }
    int rows = in.h - LESSON_LIST_BELOW;
    draw_rows(d, (struct rect){in.y, in.x, rows, in.w});
    draw_about(d,
        (struct rect){in.y + rows, in.x + 1, 1 + LESSON_LIST_ABOUT, in.w - 2});
    p.y = in.h - 1;
    pen_go(&p, 1);
    pen_fit(&p, d->m->ui->lesson_sure ? THEME_MESSAGE : THEME_DIM, below(d),
        in.w - 2);
}
