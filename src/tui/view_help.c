/* Keys, what can be typed, and how to read the screen. A click on an action
 * does it: so the mouse can do all that keys can. */
#include "views.h"

#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>

/* How the screen is read, a paragraph a row. */
static const char *const reading[] = {
    N_("send: bytes that the peer has not acknowledged yet (no ACK yet), and "
       "those that still wait to be sent (waiting)."),
    N_("recv: bytes that have arrived and wait for recv() (to read)."),
    N_("half open: a SYN has come, the third segment has not (SYN queue). "
       "ready for accept: the handshake is done, accept() takes them from "
       "here. Linux keeps n + 1 of each for listen(n)."),
    N_("The wire: an arrow that reaches the other side has arrived; with a "
       "cross behind its head the kernel there had no use for it, and why "
       "stands there. One that ends in the middle is lost, or turned back by a "
       "router (┤). ≠ a bit was turned over; two heads: it arrived twice; "
       "again (↻): a repeat. ═ is many at once: open it to look inside."),
    N_("The time diagram: time runs down, but not evenly: ⋮ is a pause left "
       "out. A bar on a lifeline is a call that waits. The state diagram: "
       "heavy lines and brackets are the way so far, ▲ the client is there, ▼ "
       "the server."),
    N_("A line is a process and a call: c1: s.connect(('server', 8080)). "
       "Without a process it is that of the prompt, which follows what is "
       "selected."),
    N_("At the prompt: Tab completes, again it goes through what fits. Up and "
       "Down: earlier lines that begin as what is typed; Ctrl-R searches "
       "them. Ctrl-_ undoes. A name alone (c1, c1.s, wire) selects. Several "
       "pasted lines are shown before they are run."),
    N_("Also: wire delay 100ms, wire hold, wire deliver, wire release, "
       "wire drop 1 SYN, interrupt c1, expect c1.s.state == ESTABLISHED."),
    N_("The past: everything on the screen is that moment, and the top and the "
       "bottom line say so. The stage goes on meanwhile; what a kernel has "
       "done can't be undone, only looked at again. Drag the slider, or click "
       "PAST to return."),
};

#define READING_MAX 12 /* lines of a paragraph */

static void gap(struct pen *p)
{
    pen_newline(p, 0);
    pen_newline(p, 0);
}

#define HELP_X   16 /* where the words behind the keys begin */
#define ROWS_MAX 4  /* of them */

/* The part of these rows that is on the page. */
static void row_is_clicked(
    struct draw *d, const struct pen *p, int from, enum action a)
{
    int top = from > 0 ? from : 0;
    int end = p->y + 1 < p->clip.h ? p->y + 1 : p->clip.h;

    if (top < end)
        draw_deed(d,
            (struct rect){p->clip.y + top, p->clip.x, end - top, p->clip.w}, a);
}

static void key_row(struct draw *d, struct pen *p, enum action a)
{
    const char *names = keymap_keys(d->m->keys, a);
    struct key_name first = ui_key(d->m, a);
    int from;

    pen_newline(p, 0);
    from = p->y;
    pen_text(p, THEME_STRONG, *names ? names : first.text);
    if (p->x >= HELP_X)
        pen_newline(p, 0);
    pen_go(p, HELP_X);
    pen_wrap(p, THEME_SCREEN, _(action_row(a)->help), ROWS_MAX);
    if (action_row(a)->when == ALWAYS ||
        (action_row(a)->when == IN_PAST) == moment_is_past(d->m))
        row_is_clicked(d, p, from, a);
}

static void keys(struct draw *d, struct pen *p, enum action_when when)
{
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        const struct action_row *row = action_row(a);
        if (row->when == when || (row->when == ALWAYS && when != IN_PAST))
            key_row(d, p, a);
    }
}

static void say_clicks(struct pen *p)
{
    pen_newline(p, 0);
    pen_wrap(p, THEME_DIM,
        _("A click on a line closes this page and does what stands there."), 2);
}

static void keys_of_the_past(struct draw *d, struct pen *p)
{
    pen_text(p, THEME_TITLE, _("KEYS, while the past is shown"));
    if (moment_is_past(d->m))
        say_clicks(p);
    keys(d, p, IN_PAST);
}

static void keys_of_now(struct draw *d, struct pen *p)
{
    pen_text(p, THEME_TITLE, _("KEYS, while the prompt is empty"));
    say_clicks(p);
    keys(d, p, AT_NOW);
    pen_newline(p, 0);
    pen_textf(p, THEME_DIM,
        _("Any other key, or : first, begins typing, until %s or %s."),
        name_of_key(KEY_RETURN).text, name_of_key(KEY_ESC).text);
    pen_newline(p, 0);
    pen_wrap(p, THEME_DIM,
        _("So does a letter above that a word goes on from at once."), 2);
}

static void how_to_read(struct pen *p)
{
    pen_text(p, THEME_TITLE, _("HOW TO READ IT"));
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++) {
        pen_newline(p, 0);
        pen_wrap(p, THEME_SCREEN, _(reading[i]), READING_MAX);
    }
}

/* In the past its own keys come first. */
void view_help(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, (struct rect){r.y, r.x + 2, r.h, r.w - 4});

    p.y = -d->m->ui->help_scroll;
    if (moment_is_past(d->m)) {
        keys_of_the_past(d, &p);
        keys(d, &p, ALWAYS);
        gap(&p);
        how_to_read(&p);
    } else {
        keys_of_now(d, &p);
        gap(&p);
        how_to_read(&p);
        gap(&p);
        keys_of_the_past(d, &p);
    }
    int lines = p.y + 1 + d->m->ui->help_scroll;
    d->scroll_max = lines > r.h ? lines - r.h : 0;
}
