/* See tui_grid.h. */
#include "tui_grid.h"

#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check_cell(const struct canvas *cv, int y, int x)
{
    uint32_t code = canvas_at(cv, y, x)->code[0];
    const struct cell *left = canvas_at(cv, y, x - 1);
    const struct cell *right = canvas_at(cv, y, x + 1);
    int width = code ? utf8_width(code) : 0;

    if (code == 0)
        assert_true(left && left->code[0] && utf8_width(left->code[0]) == 2);
    else if (width == 2)
        assert_true(right && right->code[0] == 0);
    else
        assert_int_equal(width, 1);
}

static void check_inside(const struct canvas *cv, const struct rect *r)
{
    assert_true(r->y >= 0 && r->y < cv->rows);
    assert_true(r->x >= 0 && r->x < cv->cols && r->x + r->w <= cv->cols);
}

void grid_check(const struct canvas *cv, const struct draw *d)
{
    for (int y = 0; y < cv->rows; y++) {
        for (int x = 0; x < cv->cols; x++)
            check_cell(cv, y, x);
    }
    for (size_t i = 0; i < d->press_count; i++)
        check_inside(cv, &d->presses[i].area);
    for (size_t i = 0; i < d->hit_count; i++)
        check_inside(cv, &d->hits[i].area);
    assert_true(d->cursor_y < cv->rows && d->cursor_x <= cv->cols);
}

void grid_text(const struct canvas *cv, struct rect r, struct str *out)
{
    for (int y = r.y; y < r.y + r.h && y < cv->rows; y++) {
        for (int x = r.x; x < r.x + r.w && x < cv->cols; x++) {
            const struct cell *c = canvas_at(cv, y, x);
            for (int i = 0; i < CELL_CODES && c->code[i]; i++) {
                char utf8[4];
                str_addn(out, utf8, utf8_encode(c->code[i], utf8));
            }
        }
        str_addc(out, '\n');
    }
}
