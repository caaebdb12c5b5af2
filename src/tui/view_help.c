/* Keys, what can be typed, and how to read the screen. */
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

static void gap(struct pen *p)
{
    pen_newline(p, 0);
    pen_newline(p, 0);
}

static void keys(struct pen *p, const struct keymap *map, enum action_when when)
{
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        const struct action_row *row = action_row(a);
        if (row->when != when && (row->when != ALWAYS || when == IN_PAST))
            continue;
        pen_newline(p, 0);
        pen_text(p, THEME_STRONG, keymap_keys(map, a));
        pen_go(p, 16);
        pen_fit(p, THEME_SCREEN, _(row->help), pen_room(p));
    }
}

static void keys_of_the_past(struct pen *p, const struct keymap *map)
{
    pen_text(p, THEME_TITLE, _("KEYS, while the past is shown"));
    keys(p, map, IN_PAST);
}

static void keys_of_now(struct pen *p, const struct keymap *map)
{
    pen_text(p, THEME_TITLE, _("KEYS, while the prompt is empty"));
    keys(p, map, AT_NOW);
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
        pen_wrap(p, THEME_SCREEN, _(reading[i]), 5);
    }
}

/* In the past its own keys come first. */
void view_help(struct draw *d, struct rect r)
{
    struct pen p = pen_at(d->cv, (struct rect){r.y, r.x + 2, r.h, r.w - 4});

    p.y = -d->m->ui->help_scroll;
    if (moment_is_past(d->m)) {
        keys_of_the_past(&p, d->m->keys);
        keys(&p, d->m->keys, ALWAYS);
        gap(&p);
        how_to_read(&p);
    } else {
        keys_of_now(&p, d->m->keys);
        gap(&p);
        how_to_read(&p);
        gap(&p);
        keys_of_the_past(&p, d->m->keys);
    }
    int lines = p.y + 1 + d->m->ui->help_scroll;
    d->scroll_max = lines > r.h ? lines - r.h : 0;
}
