/* The empty stage: how to begin. */
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

static const char *const examples[] = {
    "server: ls = socket()",
    "server: ls.bind(('', 8080))",
    "server: ls.listen(1)",
};

void view_welcome(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, r);
    const struct player_state *play = d->m->play;
    const struct timeline_place *place = d->m->place;
    bool script = play && play->count > 0;

    p.y = r.h > 13 ? 2 : 0;
    pen_go(&p, 0);
    pen_text(&p, THEME_STRONG, _("The stage is empty."));
    pen_newline(&p, 0);
    pen_newline(&p, 0);
    if (moment_is_past(d->m)) {
        if (place->recording)
            pen_wrap(&p, THEME_SCREEN,
                _("Space plays the recording; ] shows its next event, } the "
                  "next step."),
                3);
        return;
    }
    if (script) {
        pen_wrap(&p, THEME_SCREEN,
            _("PgDn or n plays the script, line by line. The first:"), 2);
        pen_newline(&p, 2);
        pen_newline(&p, 2);
        pen_fit(&p, THEME_TITLE, play->next ? play->next : "", pen_room(&p));
        return;
    }
    pen_wrap(&p, THEME_SCREEN, _("Type a line and press Enter:"), 2);
    pen_newline(&p, 2);
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        pen_newline(&p, 2);
        pen_fit(&p, THEME_TITLE, examples[i], pen_room(&p));
    }
    pen_newline(&p, 0);
    pen_newline(&p, 0);
    pen_wrap(&p, THEME_DIM,
        _("Then a client, at the prompt below: s = socket() and "
          "s.connect(('server', 8080))."),
        3);
    pen_newline(&p, 0);
    pen_wrap(&p, THEME_DIM,
        _("Enter offers the calls that make sense here; ? explains the "
          "keys."),
        3);
}
