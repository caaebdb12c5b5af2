/* The curtain: a plain pattern over a column, or over the picture that would
 * show it.
 *
 * | SERVER                  |
 * | ░░░░░░░░░░░░░░░░░░░░░░░ |
 * | hidden until the vote   |
 * | ░░░░░░░░░░░░░░░░░░░░░░░ | */
#include "curtain.h"
#include "views.h"

#include "sockstage/base/text.h"

const char *curtain_words(void)
{
    return _("hidden until the vote");
}

static void pattern(struct draw *d, struct rect r)
{
    const char *words = curtain_words();
    int width = canvas_width(d->cv, words) + 2;
    struct pen p = pen_at(d->cv, r);

    for (p.y = 0; p.y < r.h; p.y++) {
        pen_go(&p, 0);
        pen_repeat(&p, THEME_RULE, "░", r.w);
    }
    p.y = r.h / 2;
    pen_go(&p, r.w > width ? (r.w - width) / 2 : 0);
    pen_text(&p, THEME_STRONG, " ");
    pen_fit(&p, THEME_STRONG, words, pen_room(&p) - 1);
    pen_text(&p, THEME_STRONG, " ");
}

bool curtain_draw(struct draw *d, struct rect r, enum column column)
{
    struct rect body = column_body(r);

    if (!curtain_hides(d->m, column))
        return false;
    if (body.h > 0)
        pattern(d, body);
    return true;
}

void view_curtain(struct draw *d, struct rect r)
{
    pattern(d, r);
}
