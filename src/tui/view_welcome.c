/* The empty stage: how to begin. */
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

static const char *const examples[] = {
    "server: ls = socket()",
    "server: ls.bind(('', 8080))",
    "server: ls.listen(1)",
};

/* A text that names keys. */
__attribute__((format(printf, 3, 4))) static void paragraph(
    struct pen *p, enum theme_key style, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&text, fmt, args);
    va_end(args);
    pen_wrap(p, style, str_text(&text), 3);
    str_done(&text);
}

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
            paragraph(&p, THEME_SCREEN,
                _("%s plays the recording; %s shows its next event, %s the "
                  "next step."),
                ui_key(d->m, ACTION_PLAY).text,
                ui_key(d->m, ACTION_EVENT_ON).text,
                ui_key(d->m, ACTION_TARGET_ON).text);
        return;
    }
    if (script) {
        paragraph(&p, THEME_SCREEN,
            _("%s plays the script, line by line. The first:"),
            ui_key(d->m, ACTION_NEXT).text);
        pen_newline(&p, 2);
        pen_newline(&p, 2);
        pen_fit(&p, THEME_TITLE, play->next ? play->next : "", pen_room(&p));
        return;
    }
    paragraph(&p, THEME_SCREEN, _("Type a line and press %s:"),
        name_of_key(KEY_RETURN).text);
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
    paragraph(&p, THEME_DIM,
        _("%s offers the calls that make sense here; %s explains the keys."),
        ui_key(d->m, ACTION_CALL).text, ui_key(d->m, ACTION_HELP).text);
}
